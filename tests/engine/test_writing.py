"""One writer for both engines: what is in a file depends on the rows and on nothing else."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from arrears.engine import Sessions, bind_as, open_sessions
from arrears.engine.duck import write_sorted
from arrears.engine.session import to_sql
from arrears.store import sha256_file

ROWS = pa.table({"account_id": ["A2", "A1", "A3"], "amount_minor": [5, -7, 2**40], "paid": [True, False, True]})


def test_file_of_rows_without_statistics_has_the_bytes_of_the_file_of_a_table(tmp_path: Path) -> None:
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 1")
        connection.register("arrived", ROWS)
        connection.execute("CREATE TABLE known AS SELECT * FROM arrived")
        write_sorted(connection, "SELECT * FROM arrived", tmp_path / "arrived.parquet", ["account_id"])
        write_sorted(connection, "SELECT * FROM known", tmp_path / "known.parquet", ["account_id"])

    assert sha256_file(tmp_path / "arrived.parquet") == sha256_file(tmp_path / "known.parquet")
    assert pq.read_table(tmp_path / "known.parquet")["account_id"].to_pylist() == ["A1", "A2", "A3"]


def test_number_too_large_for_its_type_is_an_error_and_no_null(tmp_path: Path) -> None:
    with duckdb.connect(":memory:") as connection:
        connection.register("arrived", ROWS)
        with pytest.raises(duckdb.ConversionException):
            write_sorted(connection, "SELECT CAST(amount_minor AS INTEGER) AS a FROM arrived", tmp_path / "t.parquet", ["a"])


def test_sum_of_money_is_a_whole_number_at_rest(tmp_path: Path) -> None:
    pq.write_table(ROWS, tmp_path / "rows.parquet")
    table = ibis.table({"account_id": "string", "amount_minor": "int64", "paid": "boolean"}, name="rows_in")
    owed = table.group_by("paid").agg(owed_minor=table.amount_minor.sum())
    with open_sessions("duckdb", memory_limit_mb=512, workers=1).session() as session:
        session.bind("rows_in", [tmp_path / "rows.parquet"])
        session.write(to_sql(owed, "duckdb"), tmp_path / "owed.parquet", ["paid"])

    assert pq.read_schema(tmp_path / "owed.parquet").field("owed_minor").type == pa.int64()


NEW_COLUMNS = {"account_id": "string", "at": "timestamp(6)", "paid": "boolean", "rank": "int64", "note": "string"}


def older_and_newer(folder: Path) -> list[Path]:
    """Two files of one table: the older has neither `rank` nor `note`, the newer no `paid`, and an order of its own."""
    at = pa.array([datetime(2026, 1, 5, 2)], pa.timestamp("us"))  # noqa: DTZ001 - the column is UTC without a zone
    older = pa.table({"account_id": ["A1"], "at": at, "paid": [True]})
    newer = pa.table({"note": ["new"], "rank": [7], "at": at, "account_id": ["A2"]})
    for name, table in (("older", older), ("newer", newer)):
        pq.write_table(table, folder / f"{name}.parquet")
    return [folder / "older.parquet", folder / "newer.parquet"]


TOLD = [("A1", datetime(2026, 1, 5, 2), True, None, None), ("A2", datetime(2026, 1, 5, 2), None, 7, "new")]  # noqa: DTZ001


def test_older_files_are_read_with_the_columns_that_came_later_as_null(tmp_path: Path) -> None:
    with open_sessions("duckdb", memory_limit_mb=512, workers=1).session() as session:
        bind_as(session, "rows_in", older_and_newer(tmp_path), NEW_COLUMNS)
        assert sorted(session.rows("SELECT * FROM rows_in")) == TOLD


@pytest.mark.spark
def test_older_files_are_read_by_spark_likewise(tmp_path: Path, spark: Sessions) -> None:
    with spark.session() as session:
        bind_as(session, "rows_in", older_and_newer(tmp_path), NEW_COLUMNS)
        assert sorted(session.rows("SELECT * FROM rows_in")) == TOLD


@pytest.mark.spark
def test_spark_session_forgets_its_names(tmp_path: Path, spark: Sessions) -> None:
    pq.write_table(ROWS, tmp_path / "rows.parquet")
    with spark.session() as session:
        session.bind("rows_in", [tmp_path / "rows.parquet"])
        session.let("paid_rows", "SELECT * FROM rows_in WHERE paid")
        assert session.rows("SELECT count(*) FROM paid_rows") == [(2,)]
        session.clear()
        assert session.rows("SHOW TABLES") == []
