"""What the book says: totals, buckets, roll rates, ratios, score bands. Each from one pass over the columns it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from arrears.bank import Bank
from arrears.day.workspace import Workspace
from arrears.report.summary import BUCKETS, LEFT_THE_BOOK, Band, Bucket, Npl, Roll, RollCell, ratio_ppm
from arrears.report.tables import ON_BOOK, in_bank_currency, relation, shards, table

NPL_DAYS_MAX = 31
NPL_ROWS_MAX = 40_000_000
"""Rows read for the ratio's history at most: on a large book days are left out, evenly, rather than the reader kept waiting."""

MONTH_DAYS, MONTH_SLACK_DAYS = 30, 5

_OWED = "greatest(balance_minor, 0)"
_BAD = "('substandard', 'doubtful', 'loss')"


@dataclass(frozen=True)
class Cell:
    """Accounts alike in everything the report counts by."""

    bucket: int
    before: int | None
    cured: bool
    over_90: bool
    card_bad: bool
    general_bad: bool
    accounts_n: int
    balance_minor: int
    past_due_minor: int


def cells(con: duckdb.DuckDBPyConnection, workspace: Workspace, day: date, bank: Bank) -> tuple[Cell, ...]:
    """The book of a day as a few hundred cells; every total of the day is a sum over them."""
    found = con.execute(
        f"SELECT bucket, bucket_before, coalesce(cured_today, false), dpd > 90, class_card IN {_BAD}, class_general IN {_BAD}, "
        f"count(*), {in_bank_currency(_OWED, bank)}, {in_bank_currency('past_due_minor', bank)} "
        f"FROM {table(workspace, 'book', day, 'accounts')} WHERE {ON_BOOK} "
        "GROUP BY 1, 2, 3, 4, 5, 6, currency ORDER BY ALL NULLS LAST"
    ).fetchall()
    return tuple(Cell(*row) for row in found)


def accounts(of: Iterable[Cell], which: Callable[[Cell], bool] = lambda _: True) -> int:
    """Accounts in the cells that fit."""
    return sum(cell.accounts_n for cell in of if which(cell))


def balance(of: Iterable[Cell], which: Callable[[Cell], bool] = lambda _: True) -> int:
    """Balances of the cells that fit, minor units."""
    return sum(cell.balance_minor for cell in of if which(cell))


def npl(of: tuple[Cell, ...], day: date) -> Npl:
    """The ratios of a day."""
    owed = balance(of)
    return Npl(
        day,
        ratio_ppm(balance(of, lambda cell: cell.over_90), owed),
        ratio_ppm(balance(of, lambda cell: cell.card_bad), owed),
        ratio_ppm(balance(of, lambda cell: cell.general_bad), owed),
        ratio_ppm(balance(of, lambda cell: cell.card_bad or cell.general_bad), owed),
    )


def buckets(of: tuple[Cell, ...]) -> tuple[Bucket, ...]:
    """Every bucket, empty ones too."""
    return tuple(
        Bucket(
            bucket,
            accounts(of, lambda cell, bucket=bucket: cell.bucket == bucket),  # type: ignore[misc]
            balance(of, lambda cell, bucket=bucket: cell.bucket == bucket),  # type: ignore[misc]
            sum(cell.past_due_minor for cell in of if cell.bucket == bucket),
        )
        for bucket in BUCKETS
    )


def day_roll(of: tuple[Cell, ...], day: date) -> Roll:
    """From the buckets of the day before to today's; balances are today's."""
    return Roll(
        day - timedelta(days=1), day, _summed((cell.before, cell.bucket, cell.accounts_n, cell.balance_minor) for cell in of)
    )


def month_roll(con: duckdb.DuckDBPyConnection, workspace: Workspace, day: date, bank: Bank) -> Roll | None:
    """From the buckets of the book nearest to 30 days ago to today's; balances are those of then. None without such a book."""
    near = [then for then in workspace.days() if abs((day - then).days - MONTH_DAYS) <= MONTH_SLACK_DAYS]
    if not near:
        return None
    then = min(near, key=lambda earlier: (abs((day - earlier).days - MONTH_DAYS), earlier))
    return roll_between(con, workspace, then, day, bank)


def roll_between(con: duckdb.DuckDBPyConnection, workspace: Workspace, then: date, day: date, bank: Bank) -> Roll:
    """From the buckets of one book to those of a later one; balances are those of then."""
    old, new = shards(workspace, "book", then, "accounts"), shards(workspace, "book", day, "accounts")
    same_cut = [file.name for file in old] == [file.name for file in new]

    # An account stays in its shard for ever, so the join is done shard by shard and its memory is bounded by one.
    pairs = list(zip(([file] for file in old), ([file] for file in new), strict=True)) if same_cut else [(old, new)]
    found: list[tuple[int | None, int, int, int]] = []
    for before, after in pairs:
        found += con.execute(
            f"SELECT o.bucket, coalesce(n.bucket, {LEFT_THE_BOOK}), count(*), {in_bank_currency('o.owed', bank)} "
            f"FROM (SELECT account_id, currency, bucket, {_OWED} AS owed FROM {relation(before)} WHERE {ON_BOOK}) o "
            f"LEFT JOIN (SELECT account_id, bucket FROM {relation(after)} WHERE {ON_BOOK}) n USING (account_id) "
            "GROUP BY 1, 2, currency"
        ).fetchall()
    return Roll(then, day, _summed(found))


def npl_history(con: duckdb.DuckDBPyConnection, workspace: Workspace, day: date, bank: Bank, today: Npl) -> tuple[Npl, ...]:
    """The ratio over the last days of the workspace, `today` last; days are left out evenly where the book is large."""
    known = [known for known in workspace.days() if day - timedelta(days=NPL_DAYS_MAX) < known < day]
    rows = {then: _rows(workspace, then) for then in known}
    step = max(1, -(-sum(rows.values()) // NPL_ROWS_MAX))
    kept = known[::-1][step - 1 :: step][::-1]
    return (*(_npl_of(con, workspace, then, bank) for then in kept), today)


def bands(con: duckdb.DuckDBPyConnection, workspace: Workspace, day: date) -> tuple[Band, ...]:
    """Customers and those past due by score band, best first."""
    scores, people = shards(workspace, "risk", day, "scores"), shards(workspace, "book", day, "customers")
    same_cut = [file.name for file in scores] == [file.name for file in people]
    pairs = list(zip(([file] for file in scores), ([file] for file in people), strict=True)) if same_cut else [(scores, people)]
    counted: dict[str, tuple[int, int]] = {}
    for scored, known in pairs:
        for band, customers_n, late_n in con.execute(
            "SELECT band, count(*), count(*) FILTER (WHERE p.customer_id IS NOT NULL) "
            f"FROM {relation(scored)} s LEFT JOIN (SELECT customer_id FROM {relation(known)} WHERE accounts_past_due_n > 0) p "
            "USING (customer_id) GROUP BY band"
        ).fetchall():
            before = counted.get(band, (0, 0))
            counted[band] = (before[0] + customers_n, before[1] + late_n)
    return tuple(Band(band, *counted[band]) for band in sorted(counted))


def _npl_of(con: duckdb.DuckDBPyConnection, workspace: Workspace, day: date, bank: Bank) -> Npl:
    found = con.execute(
        f"SELECT dpd > 90, class_card IN {_BAD}, class_general IN {_BAD}, count(*), {in_bank_currency(_OWED, bank)} "
        f"FROM {table(workspace, 'book', day, 'accounts')} WHERE {ON_BOOK} GROUP BY 1, 2, 3, currency"
    ).fetchall()
    cells_of_day = (
        Cell(0, None, False, over_90, card_bad, general_bad, accounts_n, balance_minor, 0)
        for over_90, card_bad, general_bad, accounts_n, balance_minor in found
    )
    return npl(tuple(cells_of_day), day)


def _rows(workspace: Workspace, day: date) -> int:
    manifest = workspace.manifest("book", day)
    return manifest.rows.get("accounts", 0) if manifest else 0


def _summed(rows: Iterable[tuple[int | None, int, int, int]]) -> tuple[RollCell, ...]:
    totals: dict[tuple[int | None, int], tuple[int, int]] = {}
    for before, after, accounts_n, balance_minor in rows:
        sofar = totals.get((before, after), (0, 0))
        totals[before, after] = (sofar[0] + accounts_n, sofar[1] + balance_minor)
    order = sorted(totals, key=lambda key: (key[0] is None, key[0] or 0, key[1]))
    return tuple(RollCell(*key, *totals[key]) for key in order)
