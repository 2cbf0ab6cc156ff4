"""The UCI table as it stands in its file: read, checked as a whole, not changed.

Months carry the source's own suffix: 6 is April 2005, 1 is September. Amounts are whole New Taiwan dollars.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from arrears.errors import FeedError

MONTHS = (6, 5, 4, 3, 2, 1)
"""The source's suffixes, oldest first."""
OUTCOME = "default payment next month"
ROWS_MAX = 99_999
"""Accounts; ids are written with five digits."""
DOLLARS_MAX = 10**9

_LIMITS: dict[str, tuple[int, int]] = {
    "ID": (1, ROWS_MAX),
    "LIMIT_BAL": (0, DOLLARS_MAX),
    **{("PAY_0" if month == 1 else f"PAY_{month}"): (-2, 12) for month in MONTHS},
    **{f"BILL_AMT{month}": (-DOLLARS_MAX, DOLLARS_MAX) for month in MONTHS},
    **{f"PAY_AMT{month}": (0, DOLLARS_MAX) for month in MONTHS},
    OUTCOME: (0, 1),
}
"""Columns read, with the smallest and largest value each may hold."""
_GET_IT = "take the table of UCI data set 350 again, tab-separated, with its header"


@dataclass(frozen=True)
class UciSource:
    """The source by account, int64; months by the source's suffix."""

    ids: np.ndarray
    limit: np.ndarray
    bills: dict[int, np.ndarray]
    payments: dict[int, np.ndarray]
    codes: dict[int, np.ndarray]
    defaulted: np.ndarray


def read_uci(tsv: Path) -> UciSource:
    """The table in `tsv`. Raises `FeedError` naming file, line and column where it is not as published."""
    columns = {name: _whole(column, name, tsv) for name, column in zip(_LIMITS, _texts(tsv), strict=True)}
    ids = columns["ID"]
    _, first, times = np.unique(ids, return_index=True, return_counts=True)
    if (times > 1).any():
        again = int(np.flatnonzero(ids == ids[first[times > 1][0]])[1])
        raise FeedError("the account is there twice", where=f"{tsv}, line {again + 2}, column ID", remedy=_GET_IT)
    return UciSource(
        ids=ids,
        limit=columns["LIMIT_BAL"],
        bills={month: columns[f"BILL_AMT{month}"] for month in MONTHS},
        payments={month: columns[f"PAY_AMT{month}"] for month in MONTHS},
        codes={month: columns["PAY_0" if month == 1 else f"PAY_{month}"] for month in MONTHS},
        defaulted=columns[OUTCOME],
    )


def _texts(tsv: Path) -> list[pa.ChunkedArray]:
    """The columns that are read, as text."""
    try:
        content = tsv.read_bytes()
    except OSError:
        raise FeedError("the file cannot be read", where=str(tsv), remedy="name the UCI table") from None
    content = content.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n"
    blank = re.search(rb"\n[ \t]*\n", content)
    if blank:
        line = content.count(b"\n", 0, blank.start() + 1) + 1
        raise FeedError("a blank line", where=f"{tsv}, line {line}", remedy="remove it")

    names = content[: content.index(b"\n")].decode("utf-8", "replace").split("\t")
    missing = [name for name in _LIMITS if name not in names]
    if missing:
        raise FeedError(f"no column {', '.join(missing[:5])}", where=f"{tsv}, line 1", remedy=_GET_IT)
    options = csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), include_columns=list(_LIMITS), strings_can_be_null=False
    )
    parse = csv.ParseOptions(delimiter="\t", quote_char=False)
    try:
        table = csv.read_csv(pa.BufferReader(content), csv.ReadOptions(use_threads=False), parse, options)
    except pa.ArrowInvalid as error:
        row = re.search(r"Row #(\d+)", str(error))
        where = f"{tsv}, line {row[1]}" if row else str(tsv)
        raise FeedError("the line has not as many fields as the header, or is not UTF-8", where=where, remedy=_GET_IT) from None
    if not 0 < table.num_rows <= ROWS_MAX:
        raise FeedError(f"{table.num_rows} accounts, not 1 to {ROWS_MAX}", where=str(tsv), remedy=_GET_IT)
    return [table[name] for name in _LIMITS]


def _whole(texts: pa.ChunkedArray, name: str, tsv: Path) -> np.ndarray:
    """A column as int64 within its limits."""
    low, high = _LIMITS[name]
    fits = pc.match_substring_regex(texts, r"^-?[0-9]{1,12}$")
    _require(fits, texts, f"{tsv}", name, "a whole number")
    values = pc.cast(texts, pa.int64())
    _require(pc.and_(pc.greater_equal(values, low), pc.less_equal(values, high)), texts, f"{tsv}", name, f"{low} to {high}")
    return np.asarray(values.to_numpy(), dtype=np.int64)


def _require(fits: pa.ChunkedArray, texts: pa.ChunkedArray, file: str, name: str, wanted: str) -> None:
    index = pc.index(fits, False).as_py()
    if index >= 0:
        seen = texts[index].as_py()[:20]
        raise FeedError(f"{seen!r} is not {wanted}", where=f"{file}, line {index + 2}, column {name}", remedy=_GET_IT)
