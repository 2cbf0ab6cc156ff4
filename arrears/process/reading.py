"""The days of a workspace as a few temporary tables: contacts, cases past due, payments, steps due.

Each is one pass over the Parquet of the days, with the few columns and rows that are measured; everything else is asked of
these tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from arrears.calendar import noon_offset_min
from arrears.day.workspace import Workspace
from arrears.errors import BookError, UsageError
from arrears.feed.contracts import CONVERSATION_OUTCOMES
from arrears.store import quoted

WINDOW_DAYS = 60
"""Days measured unless told otherwise, the last one included."""
DAYS_MAX = 400
THREADS, MEMORY_LIMIT = 2, "4GB"
SPOKE = f"({', '.join(map(quoted, CONVERSATION_OUTCOMES))})"
"""Outcomes of a right-party contact, where the party is the debtor."""


@dataclass(frozen=True)
class Days:
    """The days measured: `known` have been run; contacts from `since` on count, whichever feed brought them."""

    workspace: Workspace
    since: date
    day: date
    known: tuple[date, ...]

    def relation(self, step: str, table: str, days: Sequence[date] | None = None) -> str:
        """A table of every day as one relation with its `date`; raises `BookError` where a day is not there."""
        files = []
        for one in self.known if days is None else days:
            found = sorted((self.workspace.require(step, one) / table).glob("*.parquet"))
            if not found:
                raise BookError(
                    f"{step} of {one} has no table {table}", where=str(self.workspace.step(step, one)),
                    remedy="restore the folder from a backup, or begin later with --since",
                )  # fmt: skip
            files += found
        return f"read_parquet([{', '.join(map(quoted, files))}], hive_partitioning = true)"


def days_of(workspace: Workspace, day: date, since: date | None) -> Days:
    """The days run from `since`, or from `WINDOW_DAYS` before, up to `day`."""
    workspace.require("plan", day)
    first = day - timedelta(days=WINDOW_DAYS - 1) if since is None else since
    if not day - timedelta(days=DAYS_MAX) <= first <= day:
        raise UsageError(
            f"--since {first} must lie within {DAYS_MAX} days before --date {day}", where="--since",
            remedy="give an earlier day, and not too early a one",
        )  # fmt: skip
    return Days(workspace, first, day, tuple(one for one in workspace.days("plan") if first <= one <= day))


@contextmanager
def reading() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for reading Parquet, with bounded memory."""
    with duckdb.connect(config={"threads": THREADS, "memory_limit": MEMORY_LIMIT}) as con:
        con.execute(
            "SET disabled_optimizers = 'partial_aggregate_pushdown,projection_placement'"
        )  # DuckDB 2.0 blows up on them
        con.execute("SET enable_progress_bar = false; SET preserve_insertion_order = false")
        yield con


def take_contacts(con: duckdb.DuckDBPyConnection, days: Days, zone: str) -> None:
    """`contacts`: those of the window, with `delivered` (date of the feed), `spoke`, and `minute` of the bank's clock and day.

    `own_day` is the bank's date at the contact; the customer's own is `local_date`.
    """
    span = [days.since + timedelta(days=number - 2) for number in range((days.day - days.since).days + 5)]
    con.execute("CREATE TEMP TABLE clock (utc_day DATE, offset_min BIGINT)")
    con.executemany("INSERT INTO clock VALUES (?, ?)", [(day, noon_offset_min(zone, day)) for day in span])
    con.execute(
        "CREATE TEMP TABLE contacts AS SELECT event_id, customer_id, party, channel, direction, outcome, "
        f"coalesce(agent, '') AS agent, local_date, CAST(date AS DATE) AS delivered, outcome IN {SPOKE} AS spoke, "
        'CAST("at" + to_minutes(offset_min) AS DATE) AS own_day, '
        "date_part('hour', \"at\" + to_minutes(offset_min)) * 60 + "
        "date_part('minute', \"at\" + to_minutes(offset_min)) AS minute "
        f"FROM {days.relation('feed', 'contacts')} AS made JOIN clock ON CAST(made.\"at\" AS DATE) = clock.utc_day "
        "WHERE local_date BETWEEN ? AND ?", [days.since, days.day],
    )  # fmt: skip


def take_late(con: duckdb.DuckDBPyConnection, days: Days) -> None:
    """`late`: every customer past due on every day, by the worst account: `bucket`, since when, `dpd`."""
    con.execute(
        "CREATE TEMP TABLE late AS SELECT CAST(date AS DATE) AS day, customer_id, bucket, bucket_entry_date AS entry, dpd "
        f"FROM {days.relation('book', 'customers')} WHERE bucket > 0"
    )


def take_stays(con: duckdb.DuckDBPyConnection, days: Days) -> None:
    """`stays`: customers who came into a bucket on a day measured, with `left_on`, null while they are in it."""
    con.execute(
        "CREATE TEMP TABLE stays AS SELECT customer_id, bucket, entry, min(day) AS first_day, "
        "CASE WHEN max(day) < ? THEN max(day) + 1 END AS left_on "
        "FROM late WHERE entry >= ? GROUP BY customer_id, bucket, entry HAVING min(day) = entry",
        [days.day, days.known[0]],
    )


def take_segments(con: duckdb.DuckDBPyConnection, days: Days) -> None:
    """`placed`: segment and arm of whoever is asked after, on the day asked after."""
    con.execute(
        "CREATE TEMP TABLE asked AS SELECT customer_id, entry AS day FROM stays "
        "UNION SELECT customer_id, local_date - 1 FROM contacts WHERE outcome = 'promise' AND party = 'debtor' "
        "UNION SELECT customer_id, day FROM late WHERE day = ?", [days.day],
    )  # fmt: skip
    con.execute(
        "CREATE TEMP TABLE placed AS SELECT said.customer_id, CAST(said.date AS DATE) AS day, segment, arm "
        f"FROM {days.relation('playbook', 'segments')} AS said "
        "SEMI JOIN asked ON said.customer_id = asked.customer_id AND CAST(said.date AS DATE) = asked.day"
    )


def take_payments(con: duckdb.DuckDBPyConnection, days: Days) -> None:
    """`payments`: customer and day posted, without those that were reversed since."""
    moved = days.relation("feed", "transactions")
    con.execute(
        f"CREATE TEMP TABLE payments AS SELECT DISTINCT customer_id, posted_date FROM {moved} AS paid ANTI JOIN ("
        f"SELECT reverses_id FROM {moved} WHERE kind = 'payment_reversal') AS back ON paid.transaction_id = back.reverses_id "
        "WHERE kind = 'payment' AND posted_date BETWEEN ? AND ?", [days.since, days.day],
    )  # fmt: skip


def rows(con: duckdb.DuckDBPyConnection, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of a query with its values bound."""
    found: list[tuple[Any, ...]] = con.execute(query, list(values)).fetchall()
    return found
