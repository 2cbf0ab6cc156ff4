"""Rolls and arms, from the books of the workspace; and the accounts behind these and the other figures of books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb
from statsmodels.stats.proportion import proportion_confint

from arrears.bank import Bank
from arrears.day.workspace import Workspace
from arrears.desk.figures.moving import BAD, PARTS, pairs
from arrears.desk.figures.vintages import LATE
from arrears.report.of_book import roll_between
from arrears.report.summary import BUCKETS, Roll
from arrears.report.tables import ON_BOOK, one_in_bank_currency, table
from arrears.store import quoted

_OWED = "greatest(balance_minor, 0)"


@dataclass(frozen=True)
class Arm:
    """Customers of an experiment's arm who were past due on the first day, as they stand on the second."""

    arm: str
    """`experiment:arm`."""
    customers_n: int
    cured_n: int
    """Current on the second day, with no account charged off or sold by then."""
    low_bp: int
    high_bp: int
    """Wilson's interval of 95 %, basis points."""


def rolls(con: duckdb.DuckDBPyConnection, workspace: Workspace, then: date, now: date, bank: Bank) -> Roll:
    """Where accounts of each bucket went between two days; balances are those of then."""
    return roll_between(con, workspace, then, now, bank)


def arms(con: duckdb.DuckDBPyConnection, workspace: Workspace, then: date, now: date) -> list[Arm]:
    """Every arm drawn on the first day, holdouts among them; empty where no experiment ran then.

    A look at two days, not the experiment's own measure, which follows customers from their entry (docs/experiments.md).
    """
    rows = con.execute(
        f"SELECT arm, count(*), count(*) FILTER (WHERE cured) FROM {_drawn(workspace, then, now)} GROUP BY 1 ORDER BY 1"
    ).fetchall()
    found = []
    for arm, customers, cured in rows:
        low, high = proportion_confint(cured, customers, method="wilson")
        found.append(Arm(str(arm), customers, cured, round(float(low) * 10_000), round(float(high) * 10_000)))
    return found


def _drawn(workspace: Workspace, then: date, now: date) -> str:
    """Who was past due when an experiment drew them on the first day, as a relation: `customer_id`, `arm`, `cured`."""
    return (
        "(SELECT s.customer_id, s.arm, coalesce(n.dpd = 0, false) AND NOT coalesce(a.lost, false) AS cured "
        f"FROM {table(workspace, 'playbook', then, 'segments')} AS s "
        f"JOIN {table(workspace, 'book', then, 'customers')} AS o USING (customer_id) "
        f"LEFT JOIN {table(workspace, 'book', now, 'customers')} AS n USING (customer_id) "
        "LEFT JOIN (SELECT customer_id, bool_or(status IN ('charged_off', 'sold')) AS lost "
        f"FROM {table(workspace, 'book', now, 'accounts')} GROUP BY customer_id) AS a USING (customer_id) "
        "WHERE s.arm <> '' AND o.dpd > 0)"
    )


@dataclass(frozen=True)
class Asked:
    """Which accounts: of the NPL or a part of its change, a cell of the rolls, a bucket, a quarter, an arm."""

    kind: str
    """`npl`, `book`, `part`, `roll`, `bucket`, `vintage`, `arm`."""
    then: date
    now: date
    name: str
    """Empty; the part; `before-after` of buckets, or `before-left`; the bucket; a quarter's first day, a comma and one of
    `vintages.LATE`; the arm, a comma and `all` or `cured`."""


@dataclass(frozen=True)
class AccountRow:
    """An account behind a figure; balances in minor units of the bank's currency."""

    account_id: str
    customer_id: str
    bucket: int
    dpd: int
    owed_minor: int
    change_minor: int | None
    """Of the non-performing balance, where that was asked for."""


def accounts(
    con: duckdb.DuckDBPyConnection, workspace: Workspace, bank: Bank, asked: Asked, after: str, limit: int
) -> list[AccountRow]:
    """The accounts behind a figure, by id, from one id on; raises `ValueError` for a figure that there is not."""
    relation, where = _behind(workspace, bank, asked)
    rows = con.execute(
        f"SELECT account_id, customer_id, bucket, dpd, owed, change_minor FROM {relation} WHERE {where} AND account_id > ? "
        "ORDER BY account_id LIMIT ?", [after, limit],
    ).fetchall()  # fmt: skip
    return [AccountRow(*row) for row in rows]


def _behind(workspace: Workspace, bank: Bank, asked: Asked) -> tuple[str, str]:  # noqa: PLR0911 - a table
    """The relation, with the columns of `AccountRow`, and which of its rows."""
    then, now = (_standing(workspace, bank, day) for day in (asked.then, asked.now))
    name, _, more = asked.name.rpartition(",")
    match asked.kind:
        case "npl":
            return now, f"{ON_BOOK} AND {BAD}"
        case "book":
            return now, ON_BOOK
        case "part" if asked.name in PARTS:
            return pairs(workspace, asked.then, asked.now, bank), f"part = {quoted(asked.name)}"
        case "bucket":
            return now, f"{ON_BOOK} AND bucket = {_bucket(asked.name)}"
        case "vintage" if more in LATE:
            first = date.fromisoformat(name)
            return now, f"date_trunc('quarter', opened_date) = DATE '{first}' AND {LATE[more]}"
        case "roll":
            before, _, after = asked.name.partition("-")
            return _rolled(then, now, left=after == "left"), (
                f"before = {_bucket(before)}" + ("" if after == "left" else f" AND bucket = {_bucket(after)}")
            )
        case "arm" if more in {"all", "cured"}:
            drawn = f"(SELECT customer_id, cured FROM {_drawn(workspace, asked.then, asked.now)} WHERE arm = {quoted(name)})"
            latest = (
                f"(SELECT * FROM {now} UNION ALL BY NAME SELECT * FROM {then} AS o ANTI JOIN {now} AS n USING (account_id))"
            )
            return f"(SELECT * FROM {latest} JOIN {drawn} USING (customer_id))", "cured" if more == "cured" else "true"
    raise ValueError(asked.kind)


def _bucket(text: str) -> int:
    """Raises `ValueError` where there is no such bucket."""
    bucket = int(text)
    if bucket not in BUCKETS:
        raise ValueError(text)
    return bucket


def _standing(workspace: Workspace, bank: Bank, day: date) -> str:
    """The accounts of a day's book with the columns of `AccountRow`."""
    owed = one_in_bank_currency(_OWED, bank)
    return f"(SELECT *, {owed} AS owed, NULL::BIGINT AS change_minor FROM {table(workspace, 'book', day, 'accounts')})"


def _rolled(then: str, now: str, *, left: bool) -> str:
    """Accounts on the book then, with their bucket then as `before`: as they stand now, or, if they left, as they stood."""
    old, new = f"(SELECT *, bucket AS before FROM {then} WHERE {ON_BOOK})", f"(SELECT * FROM {now} WHERE {ON_BOOK})"
    if left:
        return f"(SELECT * FROM {old} AS o ANTI JOIN {new} AS n USING (account_id))"
    return f"(SELECT n.*, o.before FROM {new} AS n JOIN {old} AS o USING (account_id))"
