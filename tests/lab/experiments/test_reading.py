"""Files as people have them: other delimiters, encodings, quotes and kinds of values; and what cannot be read is named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from arrears.errors import UsageError
from arrears.lab.experiments import analyse, analyse_file
from arrears.lab.experiments.columns import column_of
from arrears.lab.experiments.features import Feature, looks_like_id
from arrears.lab.experiments.reading import Frame, read
from tests.lab.experiments.tables import written

ROWS = [("A", "1.5"), ("B", "2.5"), ("A", "3.5"), ("B", "4.5")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("sep", [",", ";", "\t", "|"])
def test_every_delimiter_and_encoding_reads_the_same(tmp_path: Path, encoding: str, sep: str) -> None:
    path = written(tmp_path / "t.csv", ["组别", "还款"], [("对照", "1.5"), ("催, 收", "2.5")] * 2, encoding=encoding, sep=sep)
    frame = read(path)
    assert frame.names == ["组别", "还款"]
    assert list(frame.column("组别").labels) == ["催, 收", "对照"]
    assert frame.column("还款").values.tolist() == [1.5, 2.5, 1.5, 2.5]


def test_a_decimal_comma_is_one_where_the_comma_does_not_separate(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", ["arm", "y"], [("A", "1,5"), ("B", "2,5")], sep=";")
    assert read(path).column("y").values.tolist() == [1.5, 2.5]


def test_quotes_lines_and_blanks_inside_fields(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", ["arm", "y"], [('say "yes",\nplease', " 1 "), ("none", "2")])
    frame = read(path)
    assert set(frame.column("arm").labels) == {'say "yes",\nplease', "none"}
    assert frame.column("y").values.tolist() == [1, 2]


def test_what_is_missing_is_counted_and_none_may_be_an_arm(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", ["arm", "y"], [("none", "NA"), ("x", "?"), ("none", ""), ("x", "1"), ("", "2")])
    frame = read(path)
    assert list(frame.column("arm").labels) == ["none", "x"] and frame.column("arm").missing_n == 1
    assert frame.column("y").missing_n == 3


def test_yes_and_no_are_numbers_and_dates_are_days(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", ["paid", "since", "mixed"], [("yes", "2026-01-02", "a"), ("NO", "1970/01/03", "1")])
    frame = read(path)
    assert frame.column("paid").values.tolist() == [1, 0]
    assert frame.column("since").kind == "date" and frame.column("since").values[1] == 2
    assert frame.column("mixed").kind == "text"


def test_parquet_is_read_with_its_types(tmp_path: Path) -> None:
    table = pa.table(
        {"arm": [True, False, None, True], "y": [1, 2, 3, 4], "since": [date(2026, 1, day) for day in (1, 2, 3, 4)]}
    )
    pq.write_table(table, tmp_path / "t.parquet")
    frame = read(tmp_path / "t.parquet")
    assert frame.column("arm").missing_n == 1 and list(frame.column("arm").labels) == ["0", "1"]
    assert frame.column("since").kind == "date" and frame.column("since").labels[0] == "2026-01-01"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("arm,y\n", "no rows"),
        ("arm\nA\n", "only one column"),
        ("arm,y,y\nA,1,2\n", "'y' more than once"),
        ("arm,y\nA,1\nB,2,3\nA,4\n", "Line: 3"),
        ("arm,y\nA,1\nA,2\n", "'arm' has one arm only"),
        ("arm,y\nA,1\nA,2\nB,3\n", "arm 'B' has 1 rows"),
        ("arm,y\nA,1\nB,2\nA,x3\nB,4\n", "'x3' in data row 3"),
        ("arm,y\nA,1\nB,inf\nA,3\nB,4\n", "is infinite"),
        ("arm,z\nA,1\nB,2\n", "no column 'y'"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        analyse_file(path, treatment="arm", outcome="y")
    line = caught.value.line()
    assert said in line and str(path) in line and "\n" not in line and caught.value.remedy


def test_the_control_is_known_by_its_name_or_named(tmp_path: Path) -> None:
    table = pa.table({"arm": ["No E-Mail", "Mens", "Womens"] * 4, "y": np.arange(12.0)})
    assert analyse(table, treatment="arm", outcome="y").control == "No E-Mail"
    assert analyse(table, treatment="arm", outcome="y", control="mens").control == "Mens"
    with pytest.raises(UsageError, match="--control names one of"):
        analyse(table, treatment="arm", outcome="y", control="nobody")


def test_a_text_outcome_needs_its_success_named() -> None:
    table = pa.table({"arm": ["a", "b"] * 4, "y": ["paid", "unpaid", "paid", "paid"] * 2})
    with pytest.raises(UsageError, match="--success VALUE"):
        analyse(table, treatment="arm", outcome="y")
    assert analyse(table, treatment="arm", outcome="y", success="paid", control="a").comparisons[0].difference.value == -0.5


def test_numbers_are_cut_into_quantiles_and_missing_is_a_level() -> None:
    values = [*map(float, range(100)), None]
    codes, names = Feature(column_of("age", pa.chunked_array([values]))).levels
    assert len(names) == 6 and names[-1] == "(missing)"
    assert np.bincount(codes).tolist() == [20, 20, 20, 20, 20, 1]


def test_keys_are_no_features() -> None:
    ids = column_of("customer_id", pa.chunked_array([[f"C{one}" for one in range(100)]]))
    running = column_of("row", pa.chunked_array([list(range(100))]))
    income = column_of("income", pa.chunked_array([[1_000 + 7 * one for one in range(100)]]))
    assert looks_like_id(ids) and looks_like_id(running) and not looks_like_id(income)


def test_copies_are_counted_over_all_columns() -> None:
    frame = Frame(pa.table({"a": [1, 1, 2, 1], "b": ["x", "x", "x", None]}), "table")
    assert frame.repeated_rows_n(np.ones(4, dtype=bool)) == 1
