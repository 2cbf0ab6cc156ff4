"""Any CSV or Parquet file as columns of codes and labels: delimiters, quotes, byte order marks and encodings are found out."""

from __future__ import annotations

import codecs
import csv
import gzip
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from arrears.errors import UsageError
from arrears.lab.experiments.columns import Column, column_of
from arrears.store import quoted

DELIMITERS = ",;\t|"
ROWS_MAX = 50_000_000
LINE_BYTES_MAX = 1_000_000
HEAD_BYTES = 1_000_000
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Frame:
    """The columns of one file. `where` names the file in errors."""

    def __init__(self, table: pa.Table, where: str, decimal_comma: bool = False) -> None:
        self.table, self.where, self.rows_n = table, where, table.num_rows
        self._decimal_comma = decimal_comma
        self._known: dict[str, Column] = {}

    @property
    def names(self) -> list[str]:
        return list(self.table.column_names)

    def column(self, name: str) -> Column:
        """The column of that name; raises `UsageError` with the names there are."""
        if name not in self.names:
            folded = {other.strip().casefold(): other for other in self.names}
            close = folded.get(name.strip().casefold())
            hint = f"did you mean {close!r}?" if close else f"it has: {', '.join(self.names[:40])}"
            raise UsageError(f"there is no column {name!r}", where=self.where, remedy=hint)
        if name not in self._known:
            self._known[name] = column_of(name, self.table.column(name), decimal_comma=self._decimal_comma)
        return self._known[name]

    def repeated_rows_n(self, among: np.ndarray[Any, Any]) -> int:
        """Rows of `among` that equal an earlier one in every column."""
        with duckdb.connect() as con:
            con.register("rows_read", self.table.filter(pa.array(among)))
            found = con.execute("SELECT count(*) - count(DISTINCT hash(r)) FROM rows_read r").fetchone()
        return int(found[0]) if found else 0


def read(path: Path, columns: Sequence[str] | None = None) -> Frame:
    """The file as columns; raises `UsageError` where it cannot be read whole: nothing is skipped."""
    if not path.is_file():
        raise UsageError("there is no such file", where=str(path), remedy="give the path of a CSV or Parquet file")
    with path.open("rb") as stream:
        magic = stream.read(4)
    if not magic:
        raise UsageError("the file is empty", where=str(path), remedy="give a table with a header line")
    frame = _parquet(path) if magic == b"PAR1" else _csv(path)
    if frame.rows_n == 0:
        raise UsageError("the file has a header and no rows", where=str(path), remedy="give a table with rows")
    if frame.rows_n > ROWS_MAX:
        raise UsageError(
            f"{frame.rows_n:,} rows are more than {ROWS_MAX:,}", where=str(path), remedy="draw a random part of it first"
        )
    for name in columns or ():
        frame.column(name)
    return frame


def _parquet(path: Path) -> Frame:
    try:
        return Frame(pq.read_table(path), str(path))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise UsageError(f"not readable as Parquet: {error}", where=str(path), remedy="write it again, or give a CSV") from None


def _csv(path: Path) -> Frame:
    with tempfile.TemporaryDirectory(prefix="arrears-read-") as folder:
        text = _as_utf8(path, Path(folder) / "rows.csv")
        with text.open(encoding="utf-8", newline="") as stream:
            head = stream.read(HEAD_BYTES)
        delimiter = _delimiter(head)
        header = next(csv.reader(head.splitlines(keepends=True), delimiter=delimiter), [])
        names = _names(header, path)
        listed = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in names)
        query = (
            f"SELECT * FROM read_csv({quoted(text)}, header = true, auto_detect = false, delim = {quoted(delimiter)}, "
            f"quote = '\"', escape = '\"', columns = {{{listed}}}, max_line_size = {LINE_BYTES_MAX}, nullstr = '', "
            "strict_mode = true, null_padding = false)"
        )
        try:
            with duckdb.connect() as con:
                con.execute("SET enable_progress_bar = false")
                table = con.sql(query).to_arrow_table()
        except duckdb.Error as error:
            said = [line.strip() for line in str(error).splitlines() if line.strip()]
            told = "; ".join(line for line in said[:3] if not line.startswith("Possible"))
            raise UsageError(
                f"not readable as a table of {len(names)} columns separated by {delimiter!r}: {told}", where=str(path),
                remedy="mend that line; nothing is skipped",
            ) from None  # fmt: skip
    return Frame(table, str(path), decimal_comma=delimiter != ",")


def _as_utf8(path: Path, spare: Path) -> Path:
    """The file itself if it is plain UTF-8 without a mark, else a copy that is: UTF-16 by its mark, else GB 18030."""
    opened: Any = gzip.open if path.name.endswith(".gz") else open
    with opened(path, "rb") as stream:
        start = stream.read(4)
    encoding = next((name for bom, name in _BOMS if start.startswith(bom)), "")
    if not encoding:
        encoding = "utf-8" if _decodes(opened, path, "utf-8") else "gb18030" if _decodes(opened, path, "gb18030") else "latin-1"
    if encoding == "utf-8" and opened is open:
        return path
    try:
        with opened(path, "rt", encoding=encoding, newline="") as source, spare.open("w", encoding="utf-8", newline="") as out:
            shutil.copyfileobj(source, out, 1 << 20)
    except (UnicodeError, OSError, EOFError) as error:
        raise UsageError(f"not readable as {encoding} text: {error}", where=str(path), remedy="save it as UTF-8") from None
    return spare


def _decodes(opened: Any, path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with opened(path, "rb") as stream:
            while piece := stream.read(1 << 22):
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    except (OSError, EOFError) as error:
        raise UsageError(f"cannot be read: {error}", where=str(path), remedy="give a whole file") from None
    return True


def _delimiter(head: str) -> str:
    """The sign that cuts the header, and the lines after it, into the same number of fields, most of them."""
    lines = [line for line in head.splitlines(keepends=True)[:200] if line.strip()]
    if len(head) >= HEAD_BYTES:
        lines = lines[:-1] or lines
    best, most = ",", (0.0, 0)
    for sign in DELIMITERS:
        widths = [len(row) for row in csv.reader(lines, delimiter=sign)]
        if widths and widths[0] > 1:
            agreeing = sum(width == widths[0] for width in widths) / len(widths)
            if (agreeing, widths[0]) > most:
                best, most = sign, (agreeing, widths[0])
    return best


def _names(header: list[str], path: Path) -> list[str]:
    names = [name.strip() for name in header]
    names = [name or f"column_{place + 1}" for place, name in enumerate(names)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(
            f"the header has {twice[0]!r} more than once", where=f"{path}: line 1", remedy="give each column its own name"
        )
    if len(names) < 2:
        raise UsageError(
            "only one column was found", where=f"{path}: line 1", remedy="separate columns by a comma, semicolon, tab or |"
        )
    return names
