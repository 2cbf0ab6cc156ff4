"""The files of one feed: which there are, what their headers say, and whether they are whole.

A folder comes in; the parts of every table go out. Whatever cannot be told from a half-written, misnamed or foreign file
stops the feed here, before a single row is read.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from arrears.errors import FeedError
from arrears.feed.contracts import CONTRACTS, Contract

FORMS = ("csv", "parquet")
HEADER_BYTES_MAX = 65_536
PARTS_MAX = 10_000
"""Files a table may be cut into."""

_NATIVE = {
    "int": pa.types.is_integer,
    "money": pa.types.is_integer,
    "date": pa.types.is_date,
    "timestamp": pa.types.is_timestamp,
    "bool": pa.types.is_boolean,
}
_WANTED = {
    "int": "a whole number (int64)",
    "money": "a whole number of minor units (int64)",
    "date": "a date (YYYY-MM-DD)",
    "timestamp": "a UTC timestamp (YYYY-MM-DD HH:MM:SS)",
    "bool": "true or false",
}


@dataclass(frozen=True)
class Part:
    """One file of a table; `text` names the columns it holds as text, to be parsed."""

    table: str
    path: Path
    name: str
    """Relative to the feed folder: what users are shown."""
    form: str
    columns: tuple[str, ...]
    text: frozenset[str]


def wanted(kind: str) -> str:
    """A kind of column in words."""
    return _WANTED.get(kind, "text")


def feed_parts(folder: Path) -> dict[str, tuple[Part, ...]]:
    """Every table's files, in order of name. Raises `FeedError` for a missing, unknown, doubled or broken file."""
    if not folder.is_dir():
        raise FeedError("no such feed folder", where=str(folder), remedy="name the folder of one business date")

    found: dict[str, list[tuple[Path, str]]] = {name: [] for name in CONTRACTS}
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith((".", "_")):
            continue
        table, form = _table_of(entry)
        if table not in CONTRACTS or (form == "" and not entry.is_dir()):
            raise FeedError(
                "this is no table of a feed", where=str(entry),
                remedy=f"remove it, or name it after one of {', '.join(CONTRACTS)} (.csv or .parquet)",
            )  # fmt: skip
        found[table].extend(_inside(entry) if entry.is_dir() else [(entry, form)])

    try:
        return {name: _parts(folder, CONTRACTS[name], files) for name, files in found.items()}
    except OSError as error:
        raise FeedError(
            "the file cannot be read", where=str(error.filename or folder), remedy="check its permissions and the disk"
        ) from None


def _table_of(entry: Path) -> tuple[str, str]:
    for form in FORMS:
        if entry.name.endswith("." + form):
            return entry.name[: -len(form) - 1], "" if entry.is_dir() else form
    return entry.name, ""


def _inside(folder: Path) -> list[tuple[Path, str]]:
    files = []
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith((".", "_")):
            continue
        form = entry.suffix[1:]
        if entry.is_dir() or form not in FORMS:
            raise FeedError("this is no part of a table", where=str(entry), remedy="leave only .csv or .parquet files here")
        files.append((entry, form))
    return files


def _parts(folder: Path, contract: Contract, files: list[tuple[Path, str]]) -> tuple[Part, ...]:
    if not files:
        raise FeedError(
            f"the feed has no {contract.name}", where=str(folder),
            remedy=f"deliver {contract.name}.csv or {contract.name}.parquet; a table without news is a file with no rows",
        )  # fmt: skip
    if len({form for _, form in files}) > 1:
        raise FeedError(
            f"{contract.name} is there both as CSV and as Parquet",
            where=", ".join(path.name for path, _ in files[:4]),
            remedy="remove one of them",
        )
    if len({path.parent for path, _ in files}) > 1:
        raise FeedError(
            f"{contract.name} is there both as a file and as a folder", where=str(folder), remedy="remove one of them"
        )
    if len(files) > PARTS_MAX:
        raise FeedError(f"more than {PARTS_MAX} files", where=str(files[0][0].parent), remedy="write fewer, larger parts")

    read = {"csv": _csv_part, "parquet": _parquet_part}
    parts = tuple(read[form](contract, path, str(path.relative_to(folder))) for path, form in files)
    if any(_differ(part, parts[0]) for part in parts):
        raise FeedError(
            f"the parts of {contract.name} differ in the types of their columns",
            where=parts[0].name,
            remedy="write all parts alike",
        )
    return parts


def _differ(part: Part, other: Part) -> bool:
    """Whether a column that both have is text in one of them only; what a part lacks differs from nothing."""
    shared = frozenset(part.columns) & frozenset(other.columns)
    return part.text & shared != other.text & shared


def _csv_part(contract: Contract, path: Path, name: str) -> Part:
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(HEADER_BYTES_MAX)
        stream.seek(max(size - 1, 0))
        last = stream.read(1)

    if not head:
        raise FeedError("the file is empty, not even a header", where=name, remedy="deliver it again; it looks half-written")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in head.split(b"\n", 1)[0]:
        raise FeedError("the file is not UTF-8 (it looks like UTF-16)", where=name, remedy="export it as UTF-8")
    if head.startswith(b"PAR1"):
        raise FeedError("the file is Parquet but is called .csv", where=name, remedy="rename it to .parquet")
    if last != b"\n":
        raise FeedError(
            "the last line does not end with a line break, so the file may be half-written", where=name,
            remedy="deliver it again, whole, with a line break after the last row",
        )  # fmt: skip

    first = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].rstrip(b"\r")
    if b"\r" in first:
        raise FeedError("lines end with a bare carriage return", where=name, remedy="use LF or CRLF")
    try:
        header = next(csv.reader([first.decode("utf-8")], strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        raise FeedError(
            "the header is not readable UTF-8 CSV", where=f"{name}, line 1", remedy="export it as UTF-8 CSV"
        ) from None
    if len(header) < 2 and any(mark in first for mark in (b";", b"\t", b"|")):
        raise FeedError("the fields are not separated by commas", where=f"{name}, line 1", remedy="export it with commas")
    _require_columns(contract, header, name)
    return Part(contract.name, path, name, "csv", tuple(header), frozenset(column.name for column in contract.columns))


def _parquet_part(contract: Contract, path: Path, name: str) -> Part:
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError):
        raise FeedError(
            "the file is not a whole Parquet file (half-written or damaged)", where=name, remedy="deliver it again"
        ) from None
    _require_columns(contract, schema.names, name)

    text = set()
    for column in contract.columns:
        if column.name not in schema.names:
            continue
        kind = schema.field(column.name).type
        value = kind.value_type if pa.types.is_dictionary(kind) else kind
        if pa.types.is_string(value) or pa.types.is_large_string(value) or pa.types.is_null(value):
            text.add(column.name)
        elif column.kind not in _NATIVE or not _NATIVE[column.kind](value):
            raise FeedError(
                f"{column.name} is of type {kind}, not {wanted(column.kind)}", where=f"{name}, column {column.name}",
                remedy=f"write {column.name} as docs/feed.md says",
            )  # fmt: skip
    return Part(contract.name, path, name, "parquet", tuple(schema.names), frozenset(text))


def _require_columns(contract: Contract, names: list[str], where: str) -> None:
    known = [column.name for column in contract.columns]
    missing = [column.name for column in contract.columns if column.required and column.name not in names]
    unknown = [name for name in names if name not in known]
    if missing:
        raise FeedError(
            f"the column{'s' * (len(missing) > 1)} {', '.join(missing)} {'are' if len(missing) > 1 else 'is'} missing",
            where=f"{where}, header", remedy=f"{contract.name} has the columns {', '.join(known)}",
        )  # fmt: skip
    if unknown:
        shown = ", ".join(name if name.isascii() and len(name) <= 40 else "(unprintable)" for name in unknown[:5])
        raise FeedError(
            f"unknown columns: {shown}", where=f"{where}, header", remedy=f"{contract.name} has the columns {', '.join(known)}"
        )
    if len(names) != len(set(names)):
        raise FeedError("a column is there twice", where=f"{where}, header", remedy="name every column once")
