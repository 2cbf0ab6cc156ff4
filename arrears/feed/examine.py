"""One feed examined: every file read, every row checked, good rows apart from refused ones. Nothing is written.

`check` reports what was found and `intake` writes it; both stand on `examined`, so what a check says is what an intake does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import available_timezones

import duckdb
import pyarrow as pa

from arrears.bank import Bank
from arrears.errors import ArrearsError, FeedError, UsageError
from arrears.feed.checks import Check, parsed, row_checks
from arrears.feed.contracts import CONTRACTS, Contract
from arrears.feed.quarantine import make_quarantine, quarantine_rows, quarantine_unreadable, raw_columns
from arrears.feed.reading import Loaded, loaded
from arrears.feed.relations import (
    KnownAccounts,
    duplicates,
    joined,
    known_ids,
    known_parents,
    lost_keys,
    quarantine_reversals,
    reversal_checks,
)
from arrears.feed.sources import Part, feed_parts
from arrears.store import quoted, sha256_file

_DATED = re.compile(r"date=(.*)")


@dataclass(frozen=True)
class Examined:
    """What was found. Good rows stand in `seen_<table>` where `_problem` is null, refused ones in `quarantine`."""

    business_date: date
    delivered: dict[str, int]
    """Rows in the files, by table."""
    good: dict[str, int]
    notes: dict[str, int]
    """Rows taken in that deserve a look, by what is odd about them."""
    inputs: dict[str, str]
    """File, relative to the feed folder, to SHA-256."""


@contextmanager
def feed_session(scratch: Path, *, threads: int, memory_limit: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection of its own that spills into `scratch`; out of memory becomes an `ArrearsError`."""
    con = duckdb.connect(":memory:")
    settings = {
        "threads": str(threads), "memory_limit": memory_limit, "temp_directory": str(scratch), "TimeZone": "UTC",
        "preserve_insertion_order": "true", "enable_progress_bar": "false", "autoinstall_known_extensions": "false",
    }  # fmt: skip
    try:
        for name, value in settings.items():
            con.execute(f"SET {name} = {quoted(value)}")
        yield con
    except duckdb.OutOfMemoryException:
        raise ArrearsError(
            f"the feed does not fit into {memory_limit} of memory", where="feed", remedy="raise the memory limit"
        ) from None
    except duckdb.IOException:
        raise ArrearsError(
            "a file cannot be read or written", where=str(scratch.parent), remedy="check free disk space and permissions"
        ) from None
    finally:
        con.close()


def date_of(folder: Path, business_date: date | None) -> date:
    """The business date of a feed: as given, or from the folder's name `date=YYYY-MM-DD`; both must agree."""
    named = _DATED.fullmatch(folder.resolve().name)
    if named is None:
        if business_date is None:
            raise UsageError(
                "the feed has no business date", where=str(folder), remedy="name the folder date=YYYY-MM-DD, or give --date"
            )
        return business_date
    try:
        stated = date.fromisoformat(named[1])
    except ValueError:
        raise FeedError("the folder's name bears no date", where=str(folder), remedy="name it date=YYYY-MM-DD") from None
    if business_date is not None and stated != business_date:
        raise FeedError(
            f"the folder is of {stated}, the day asked for is {business_date}",
            where=str(folder),
            remedy="name the folder of that date",
        )
    return stated


def examined(
    con: duckdb.DuckDBPyConnection, folder: Path, bank: Bank, business_date: date, known: KnownAccounts | None
) -> Examined:
    """Read and check a whole feed. With `known` None, parents that are not in the feed are taken on trust.

    Raises `FeedError` where a file breaks its contract as a whole, `BookError` where the book cannot be read.
    """
    parts = feed_parts(folder)
    before = _states(parts)
    con.register("zone_names", pa.table({"zone": sorted(available_timezones())}))
    con.execute("CREATE TABLE zones AS SELECT zone FROM zone_names")
    make_quarantine(con)

    found = {name: loaded(con, CONTRACTS[name], parts[name]) for name in CONTRACTS}
    known_ids(con, known or KnownAccounts(None))
    notes: dict[str, int] = {}
    for name, contract in CONTRACTS.items():
        notes |= _check_table(
            con, contract, found[name], row_checks(contract, bank, business_date, found[name].text), known is not None
        )
        known_parents(con, name)

    inputs = {part.name: sha256_file(part.path) for table in parts.values() for part in table}
    if _states(parts) != before:
        raise FeedError(
            "the feed changed while it was read", where=str(folder), remedy="wait until it is complete, then run again"
        )
    return Examined(business_date, {name: one.delivered for name, one in found.items()}, _good(con), notes, inputs)


def good_rows(contract: Contract) -> str:
    """The query for a table's good rows: the contract's columns, and `customer_id` where it has none."""
    columns = [f'"{column.name}"' for column in contract.columns]
    if "customer_id" not in {column.name for column in contract.columns}:
        columns.append("customer_id")
    return f"SELECT {', '.join(columns)} FROM seen_{contract.name} WHERE _problem IS NULL"


def _check_table(
    con: duckdb.DuckDBPyConnection, contract: Contract, found: Loaded, checks: tuple[Check, ...], parents_known: bool
) -> dict[str, int]:
    """`seen_<table>`: parsed rows with the number of the first check that fails as `_problem`; refused ones to quarantine."""
    lost_keys(con, contract, found)
    duplicates(con, contract)
    view = _view(contract, found, parents_known)
    kept = [f'"{column.name}"' for column in contract.columns]
    kept += (
        ["customer_id", "_parent"]
        if contract.name in ("statements", "transactions")
        else ["_parent"]
        if contract.parents
        else []
    )
    chain = " ".join(f"WHEN {check.bad} THEN {number}" for number, check in enumerate(checks))
    con.execute(
        f"CREATE TABLE seen_{contract.name} AS "
        f"SELECT _rid, {', '.join(kept)}, CAST(CASE {chain} END AS SMALLINT) AS _problem FROM ({view})"
    )

    notes = {}
    every = checks
    if contract.name == "transactions":
        every = checks + reversal_checks()
        away = quarantine_reversals(con, reversal_checks(), len(checks))
        notes["reversal_of_a_transaction_not_in_this_feed"] = away
    if contract.parents and not parents_known:
        row = con.execute(f"SELECT count(*) FROM seen_{contract.name} WHERE _problem IS NULL AND _parent IS NULL").fetchone()
        notes[f"{contract.name}_parent_not_checked"] = row[0] if row else 0

    quarantine_rows(con, contract, found, every, view=view, listed_n=len(checks))
    quarantine_unreadable(con, found.unreadable)
    con.execute(f"DROP TABLE raw_{contract.name}")
    return {name: count for name, count in notes.items() if count}


def _view(contract: Contract, found: Loaded, parents_known: bool) -> str:
    """The query with parsed columns, the texts behind them, and what other rows say."""
    values = ", ".join(f'{parsed(column, column.name in found.text)} AS "{column.name}"' for column in contract.columns)
    columns, joins = joined(contract, parents_known=parents_known)
    return (
        f"SELECT p.*, {columns} FROM (SELECT rowid AS _rid, {values}{raw_columns(contract, found.text)} "
        f"FROM raw_{contract.name}) p {joins}"
    )


def _good(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    counts = {}
    for name in CONTRACTS:
        row = con.execute(f"SELECT count(*) FROM seen_{name} WHERE _problem IS NULL").fetchone()
        counts[name] = int(row[0]) if row else 0
    return counts


def _states(parts: dict[str, tuple[Part, ...]]) -> list[tuple[str, int, int]]:
    """Size and time of change of every file: the same before and after, or the feed was still being written."""
    files = [part.path for table in parts.values() for part in table]
    return [(str(file), (state := file.stat()).st_size, state.st_mtime_ns) for file in files]
