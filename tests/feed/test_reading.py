"""Reading CSV: every row's fields and line are what was written, whatever stands between the good rows."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import numpy as np
import pytest

from arrears.feed.contracts import FLAGS_TABLE
from arrears.feed.reading import loaded, places
from arrears.feed.sources import feed_parts
from tests.feed.world import write_feed

VALUES = ["x", "", "a b", 'q"t', "com,ma", "王", '"', '""', '"a', "'", "two\nlines"]


def written_file(seed: int) -> tuple[bytes, list[tuple[int, list[str | None]]], list[int]]:
    """A CSV file with quoted, blank, torn, overlong and wrongly encoded rows; the good rows with their lines; the bad lines."""
    dice = random.Random(seed)
    end = dice.choice(["\n", "\r\n"])
    content = b"\xef\xbb\xbf" * dice.randint(0, 1) + (",".join(column.name for column in FLAGS_TABLE.columns) + end).encode()
    good: list[tuple[int, list[str | None]]] = []
    bad: list[int] = []
    line = 2
    for number in range(40):
        values = [f"C{number}"] + [dice.choice(VALUES).replace("\n", end) for _ in range(5)]
        text = ",".join('"' + value.replace('"', '""') + '"' for value in values).encode()
        spoilt = {0: b"", 1: b"C1,a,b", 2: b"C1,a,b,c,d,e,f,g", 3: b"C1,a,\xff,c,d,e", 4: b'C1,a"b,c"",d,e,f'}.get(
            dice.randint(0, 20)
        )
        if spoilt is None:
            good.append((line, [value or None for value in values]))
        elif b'"' in spoilt:
            good.append((line, ["C1", 'a"b', 'c""', "d", "e", "f"]))
        elif spoilt:
            bad.append(line)
        row = (text if spoilt is None else spoilt) + end.encode()
        content += row
        line += row.count(b"\n")
    return content, good, bad


@pytest.mark.parametrize("seed", range(25))
def test_rows_and_their_lines_are_read_as_they_were_written(tmp_path: Path, seed: int) -> None:
    content, good, bad = written_file(seed)
    folder = write_feed(tmp_path / "[brackets]*?'quote")
    (folder / "flags.csv").write_bytes(content)

    with duckdb.connect() as con:
        found = loaded(con, FLAGS_TABLE, feed_parts(folder)["flags"])
        rows = con.execute("SELECT * FROM raw_flags ORDER BY rowid").fetchall()
    lines = places(found, np.arange(found.rows)).column("row").to_pylist()

    assert list(zip(lines, map(list, rows), strict=True)) == good
    assert [row.line for row in found.unreadable] == bad
