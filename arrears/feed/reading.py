"""Files into DuckDB: each table's rows as they stand in the files, in their order, and the rows that cannot be read.

A raw table `raw_<table>` holds every readable row; its `rowid` is the row's place in the files, which `Loaded` turns back into
file and line. CSV columns stay text here, so that the checks can say what they saw.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from arrears.errors import FeedError
from arrears.feed.contracts import Column, Contract
from arrears.feed.lines import Records, records
from arrears.feed.sources import Part
from arrears.store import quoted

UNREADABLE_MAX = 10_000
"""Rows of one file that may be unreadable; with more, the file as a whole is refused."""
UNREADABLE_ROWS_MIN = 10
"""From this many rows on, more than half unreadable means a wrong file, not bad rows."""

_REJECTS = {
    "INVALID ENCODING": "bad_encoding",
    "TOO MANY COLUMNS": "column_count",
    "MISSING COLUMNS": "column_count",
    "UNQUOTED VALUE": "bad_quoting",
}
_SQL_TYPE = {"int": "BIGINT", "money": "BIGINT", "date": "DATE", "timestamp": "TIMESTAMP", "bool": "BOOLEAN"}
_ID = re.compile(r"[A-Za-z0-9._-]{1,32}")


class Reject(NamedTuple):
    """Where DuckDB stopped: line, first byte of the row, reason code, and the column if that is known."""

    line: int
    start: int
    code: str
    column: str


@dataclass(frozen=True)
class Unreadable:
    """A row that could not be cut into fields: where it is, why, what can be said of it, and its bytes as they are."""

    part: Part
    line: int
    code: str
    column: str
    value: str
    raw: str
    key: dict[str, str]
    """Key columns that could be made out; ids only."""


@dataclass(frozen=True)
class Loaded:
    """A table in `raw_<table>`: its parts, the first rowid of each, the rows, and the rows that could not be read."""

    parts: tuple[Part, ...]
    bases: np.ndarray
    rows: int
    text: frozenset[str]
    unreadable: tuple[Unreadable, ...]

    @property
    def delivered(self) -> int:
        """Rows in the files, readable or not."""
        return self.rows + len(self.unreadable)


def loaded(con: duckdb.DuckDBPyConnection, contract: Contract, parts: tuple[Part, ...]) -> Loaded:
    """Read the parts of a table into `raw_<table>`. Raises `FeedError` if a file as a whole is not what it should be."""
    text = frozenset().union(*(part.text for part in parts))
    names = ", ".join(f'"{column.name}" {_raw_type(column, text)}' for column in contract.columns)
    con.execute(f"CREATE TABLE raw_{contract.name} ({names})")

    bases, rows, unreadable = [], 0, []
    for part in parts:
        bases.append(rows)
        try:
            count = con.execute(f"INSERT INTO raw_{contract.name} {_select(contract, part)}").fetchone()[0]  # type: ignore[index]
        except duckdb.Error as error:
            raise _refused(part, error) from None
        rows += count
        if part.form == "csv":
            unreadable.extend(_rejected(con, contract, part, count))
    return Loaded(parts, np.array(bases, dtype=np.int64), rows, text, tuple(unreadable))


def places(found: Loaded, rowids: np.ndarray) -> pa.Table:
    """For rowids of a raw table: `_rid`, `file` and `row` (line of a CSV file, row of a Parquet file, both from 1)."""
    part_of = np.searchsorted(found.bases, rowids, side="right") - 1
    row = rowids - found.bases[part_of] + 1
    for index in np.unique(part_of):
        part, mine = found.parts[index], part_of == index
        if part.form == "csv":
            row[mine] = _readable(found, part).lines[row[mine] - 1]
    names = pa.array([part.name for part in found.parts], pa.string())
    return pa.table(
        {"_rid": pa.array(rowids, pa.int64()), "file": names.take(pa.array(part_of)), "row": pa.array(row, pa.int64())}
    )


def _readable(found: Loaded, part: Part) -> Records:
    lost = {unreadable.line for unreadable in found.unreadable if unreadable.part == part}
    every = records(part.path)
    return every.without(every.starts[np.isin(every.lines, list(lost))])


def _raw_type(column: Column, text: frozenset[str]) -> str:
    return "VARCHAR" if column.name in text else _SQL_TYPE.get(column.kind, "VARCHAR")


def _select(contract: Contract, part: Part) -> str:
    def value(column: Column) -> str:
        if column.name not in part.columns:
            return f'NULL AS "{column.name}"'
        if column.name in part.text:
            return f'nullif(CAST("{column.name}" AS VARCHAR), \'\') AS "{column.name}"'
        return f'CAST("{column.name}" AS {_SQL_TYPE[column.kind]}) AS "{column.name}"'

    values = ", ".join(value(column) for column in contract.columns)
    if part.form == "parquet":
        return f"SELECT {values} FROM read_parquet({quoted(part.path)}, hive_partitioning=false)"
    names = ", ".join(f"'{name}': 'VARCHAR'" for name in part.columns)
    return (
        f"SELECT {values} FROM read_csv({quoted(part.path)}, auto_detect=false, header=true, all_varchar=true, delim=',', "
        f"quote='\"', escape='\"', encoding='utf-8', null_padding=false, strict_mode=true, store_rejects=true, "
        f"hive_partitioning=false, columns={{{names}}})"
    )


def _refused(part: Part, error: duckdb.Error) -> FeedError:
    if isinstance(error, duckdb.OutOfMemoryException):
        return FeedError("not enough memory to read the file", where=part.name, remedy="raise the memory limit")
    if part.form == "parquet":
        return FeedError("the Parquet file is damaged or its text is not UTF-8", where=part.name, remedy="deliver it again")
    if "state machine" in str(error):
        return FeedError(
            "lines end in different ways, or quotes do not pair",
            where=part.name,
            remedy="end every line alike, LF or CRLF; RFC 4180",
        )
    return FeedError(
        "the file cannot be read as CSV", where=part.name, remedy="write it as UTF-8 CSV (RFC 4180); see docs/feed.md"
    )


def _rejected(con: duckdb.DuckDBPyConnection, contract: Contract, part: Part, good: int) -> list[Unreadable]:
    """The rows DuckDB could not cut into fields, each with its bytes."""
    seen = con.execute(
        "SELECT line_byte_position - 1, any_value(error_type ORDER BY column_idx), any_value(column_name ORDER BY column_idx) "
        "FROM reject_errors GROUP BY 1 ORDER BY 1"
    ).fetchall()
    con.execute("DROP TABLE IF EXISTS reject_errors")
    con.execute("DROP TABLE IF EXISTS reject_scans")
    if not seen:
        return []

    broken, total = len(seen), len(seen) + good
    if broken > UNREADABLE_MAX or (broken * 2 > total >= UNREADABLE_ROWS_MIN) or (broken == total > 1):
        what = "not UTF-8" if seen[0][1] == "INVALID ENCODING" else "not CSV with the columns of its header"
        raise FeedError(
            f"{broken} of {total} rows are {what}",
            where=part.name,
            remedy="export the whole file again as UTF-8 CSV (RFC 4180)",
        )

    every = records(part.path)
    told = np.array([start for start, *_ in seen], dtype=np.int64)
    at = np.searchsorted(every.starts, told)
    if len(every.starts) != total or not _aligned(every, at, told):
        line = every.lines[min(at[0], len(every.lines) - 1)]
        raise FeedError(
            "a quote is opened and never closed", where=f"{part.name}, line {line}",
            remedy="deliver the file again; it is half-written, or its quotes are not doubled (RFC 4180)",
        )  # fmt: skip

    with part.path.open("rb") as stream:
        return [
            _unreadable(contract, part, _bytes(stream, every, index), _reject(every, index, error, column))
            for index, (_, error, column) in zip(at.tolist(), seen, strict=True)
        ]


def _aligned(every: Records, at: np.ndarray, told: np.ndarray) -> bool:
    """Whether the rows DuckDB tells of begin where ours do. It may point at blank lines before, or at the LF of a CRLF."""
    if at[-1] >= len(every.starts) or len(np.unique(at)) != len(at):
        return False
    before = np.concatenate(([0], every.ends))[at]
    return bool((before - told <= 1).all())


def _reject(every: Records, index: int, error: str, column: str | None) -> Reject:
    code = _REJECTS.get(error, "unreadable_row")
    return Reject(int(every.lines[index]), int(every.starts[index]), code, (column or "") if code == "bad_encoding" else "")


def _bytes(stream: io.BufferedReader, every: Records, index: int) -> bytes:
    stream.seek(int(every.starts[index]))
    return stream.read(int(every.ends[index] - every.starts[index])).rstrip(b"\r\n")


def _unreadable(contract: Contract, part: Part, raw: bytes, seen: Reject) -> Unreadable:
    fields = next(csv.reader([raw.decode("utf-8", "replace")]), [])
    named = dict(zip(part.columns, fields, strict=False))
    key = {name: named[name] for name in contract.key if _ID.fullmatch(named.get(name, ""))}
    whole = json.dumps({"line": raw.decode("utf-8", "backslashreplace")}, ensure_ascii=False)
    return Unreadable(part, seen.line, seen.code, seen.column, f"from byte {seen.start} of the file", whole, key)
