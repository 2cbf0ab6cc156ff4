"""Vintages: what became of the accounts opened in a quarter, on a day and by months on book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from arrears.day.workspace import Workspace
from arrears.report.tables import ON_BOOK, table

QUARTERS_MAX, MONTHS_MAX = 24, 36
_OFF = "status IN ('charged_off', 'sold')"

LATE = {
    "all": "true",
    "30": f"{ON_BOOK} AND dpd > 30",
    "90": f"{ON_BOOK} AND dpd > 90",
    "off": _OFF,
    "bad": f"({ON_BOOK} AND dpd > 30 OR {_OFF})",
}
"""Which accounts of a quarter; `bad`: over 30 days past due, charged off or sold."""


@dataclass(frozen=True)
class Vintage:
    """Accounts opened in a quarter, as they stand on a day."""

    quarter: date
    """Its first day."""
    day: date
    months_n: int
    """On book: from the quarter's first month to the day's."""
    accounts_n: int
    """Ever taken into the book, whatever became of them."""
    over_30_n: int
    """Days past due, of those still on the book."""
    over_90_n: int
    charged_off_n: int
    """Or sold."""
    bad_n: int
    """Over 30 days past due, charged off or sold."""


def vintages(con: duckdb.DuckDBPyConnection, workspace: Workspace, day: date) -> list[Vintage]:
    """The latest quarters of opening, latest first, as the book of the day tells them."""
    counts = ", ".join(f"count(*) FILTER (WHERE {LATE[late]})" for late in ("all", "30", "90", "off", "bad"))
    rows = con.execute(
        f"SELECT date_trunc('quarter', opened_date)::DATE AS quarter, {counts} "
        f"FROM {table(workspace, 'book', day, 'accounts')} WHERE opened_date IS NOT NULL GROUP BY 1 ORDER BY 1 DESC LIMIT ?",
        [QUARTERS_MAX],
    ).fetchall()
    return [Vintage(quarter, day, 12 * (day.year - quarter.year) + day.month - quarter.month, *n) for quarter, *n in rows]


def history(con: duckdb.DuckDBPyConnection, workspace: Workspace, days: Sequence[date]) -> list[Vintage]:
    """The same quarters as on the last of `days`, on each of them; by quarter, latest first, then by day."""
    found = [one for day in days for one in vintages(con, workspace, day)]
    latest = {one.quarter for one in found if one.day == days[-1]}
    return sorted((one for one in found if one.quarter in latest), key=lambda one: (-one.quarter.toordinal(), one.day))


def months(days: Sequence[date], now: date) -> list[date]:
    """The last of `days`, oldest first, in each month up to `now`; `MONTHS_MAX` of them at most."""
    last = {(day.year, day.month): day for day in days if day <= now}
    return list(last.values())[-MONTHS_MAX:]
