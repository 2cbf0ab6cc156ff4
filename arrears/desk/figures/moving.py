"""What moved the NPL ratio between two days, exactly: every account is in one part, and the parts sum to the change.

An account counts as non-performing where either ladder has it substandard or worse (the stricter ratio of `arrears.report`),
while it is on the book. With `N` the non-performing balances and `D` all balances, of then (0) and now (1), an account adds
`n1 - n0` to the change of `N`, and goes into the first part that fits; one that still is and owes the same is in none:

| part | of an account that |
|---|---|
| inflow | is non-performing now and was not |
| plan | was, is not any more, and its customer keeps a plan that day |
| cure | was, is on the book, and is not any more |
| write_off, sale | was, and is charged off or sold now |
| recovery | was, and left the book otherwise; or is still, with less owed: payments, refunds, waivers |
| growth | is still, with more owed: interest, charges, purchases |

`N1/D1 - N0/D0` = the sum of the parts divided by `D0`, and the denominator's part, `N1/D1 - N1/D0`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import duckdb

from arrears.bank import Bank
from arrears.day.workspace import Workspace
from arrears.report.tables import ON_BOOK, one_in_bank_currency, table

PARTS = ("inflow", "growth", "cure", "plan", "recovery", "write_off", "sale")
_OWED = "greatest(balance_minor, 0)"
BAD = "(class_card IN ('substandard', 'doubtful', 'loss') OR class_general IN ('substandard', 'doubtful', 'loss'))"
"""Substandard or worse by either ladder."""


@dataclass(frozen=True)
class Part:
    """One part of the change."""

    name: str
    accounts_n: int
    change_minor: int
    """Of the non-performing balances, minor units of the bank's currency."""


@dataclass(frozen=True)
class Moved:
    """The change between two days."""

    then: date
    now: date
    bad_then_minor: int
    owed_then_minor: int
    bad_now_minor: int
    owed_now_minor: int
    parts: tuple[Part, ...]
    """In the order of `PARTS`, empty ones too."""

    def ratio_then(self) -> Fraction:
        return Fraction(self.bad_then_minor, self.owed_then_minor or 1)

    def ratio_now(self) -> Fraction:
        return Fraction(self.bad_now_minor, self.owed_now_minor or 1)

    def effect(self, part: Part) -> Fraction:
        """Of a part on the ratio."""
        return Fraction(part.change_minor, self.owed_then_minor or 1)

    def denominator(self) -> Fraction:
        """What the change of all balances did to the ratio."""
        return self.ratio_now() - Fraction(self.bad_now_minor, self.owed_then_minor or 1)


def pairs(workspace: Workspace, then: date, now: date, bank: Bank) -> str:
    """Every account of either day as a relation: `account_id`, `customer_id`, `bucket`, `dpd`, `owed`, `part`, `change_minor`,
    `bad0`, `bad1`, `owed0`, `owed1`; balances in the bank's currency."""
    owed = one_in_bank_currency(_OWED, bank)

    def book(day: date) -> str:
        return (
            f"SELECT account_id, customer_id, status, bucket, dpd, CASE WHEN {ON_BOOK} THEN {owed} ELSE 0 END AS owed, "
            f"{ON_BOOK} AND {BAD} AS bad FROM {table(workspace, 'book', day, 'accounts')}"
        )

    people = table(workspace, "book", now, "customers")
    return f"""(SELECT *, CASE WHEN bad1 THEN owed1 ELSE 0 END - CASE WHEN bad0 THEN owed0 ELSE 0 END AS change_minor FROM (
        SELECT coalesce(n.account_id, o.account_id) AS account_id, coalesce(n.customer_id, o.customer_id) AS customer_id,
            coalesce(n.bucket, 0) AS bucket, coalesce(n.dpd, 0) AS dpd, coalesce(n.owed, 0) AS owed1,
            coalesce(o.owed, 0) AS owed0,
            coalesce(n.owed, 0) AS owed, coalesce(n.bad, false) AS bad1, coalesce(o.bad, false) AS bad0,
            CASE WHEN coalesce(n.bad, false) AND NOT coalesce(o.bad, false) THEN 'inflow'
                WHEN NOT coalesce(o.bad, false) THEN NULL
                WHEN n.bad AND n.owed > o.owed THEN 'growth'
                WHEN n.bad AND n.owed = o.owed THEN NULL
                WHEN n.bad THEN 'recovery'
                WHEN n.status = 'charged_off' THEN 'write_off'
                WHEN n.status = 'sold' THEN 'sale'
                WHEN n.account_id IS NULL OR n.owed = 0 THEN 'recovery'
                WHEN p.customer_id IS NOT NULL THEN 'plan'
                ELSE 'cure' END AS part
        FROM ({book(then)}) AS o FULL JOIN ({book(now)}) AS n USING (account_id)
        LEFT JOIN (SELECT customer_id FROM {people} WHERE list_contains(string_split(flags, ','), 'plan_performing')) AS p
            ON p.customer_id = n.customer_id) AS both_days)"""


def moved(con: duckdb.DuckDBPyConnection, workspace: Workspace, then: date, now: date, bank: Bank) -> Moved:
    """The change between two days of the workspace's books; raises `BookError` where one is not there."""
    every = pairs(workspace, then, now, bank)
    totals = con.execute(
        "SELECT coalesce(sum(owed0) FILTER (WHERE bad0), 0)::BIGINT, coalesce(sum(owed0), 0)::BIGINT, "
        f"coalesce(sum(owed1) FILTER (WHERE bad1), 0)::BIGINT, coalesce(sum(owed1), 0)::BIGINT FROM {every}"
    ).fetchone()
    assert totals is not None  # noqa: S101 - an aggregate without GROUP BY has a row
    found = {
        name: Part(name, n, change)
        for name, n, change in con.execute(
            f"SELECT part, count(*), sum(change_minor)::BIGINT FROM {every} WHERE part IS NOT NULL GROUP BY part"
        ).fetchall()
    }
    bad_then, owed_then, bad_now, owed_now = totals
    return Moved(then, now, bad_then, owed_then, bad_now, owed_now, tuple(found.get(name, Part(name, 0, 0)) for name in PARTS))
