"""What stands in the book's files: their types, their order, and how the order is kept."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from arrears.book.build import TABLE_SCHEMAS
from arrears.engine.duck import write_in_place
from tests.book.world import SHARD, Book, account, consent, contact, contact_point, customer, day, flag, payment, statement

ARROW = {
    "string": pa.string(), "int64": pa.int64(), "date": pa.date32(), "boolean": pa.bool_(), "timestamp(6)": pa.timestamp("us"),
}  # fmt: skip


def test_every_column_of_the_book_has_the_type_it_is_said_to_have(tmp_path: Path) -> None:
    book = Book(tmp_path)
    asked, paid = [statement("01-05", "01-25", 9_000), statement("02-05", "02-25", 100)], [payment(100, "01-26")]
    book.run(day("02-05"), customers=[customer()], accounts=[account()], statements=asked, transactions=paid,
             contacts=[contact("02-01")], contact_points=[contact_point("P1")], flags=[flag("cease", "02-01")],
             consents=[consent("sms", "02-01", given=True)])  # fmt: skip
    for table, columns in TABLE_SCHEMAS.items():
        found = pq.read_schema(book.folder / table / SHARD)
        assert {field.name: field.type for field in found} == {name: ARROW[kind] for name, kind in columns.items()}, table


def test_new_accounts_and_customers_are_appended_and_nothing_else_moves(tmp_path: Path) -> None:
    book = Book(tmp_path)
    first = ["A5", "A3", "A4"]
    people = [customer(name.replace("A", "C")) for name in first]
    book.run(day("02-03"), customers=people, accounts=[account(name, name.replace("A", "C")) for name in first])
    book.run(day("02-04"), customers=[customer("C1"), customer("C9"), customer("C4", language="en")],
             accounts=[account("A9", "C9"), account("A1", "C1"), account("A4", "C4", status="blocked")])  # fmt: skip
    for table, key, names in (("accounts", "account_id", "A"), ("customers", "customer_id", "C")):
        rows = book.rows(table)
        assert [row["seq"] for row in rows] == [0, 1, 2, 3, 4]
        assert [row[key] for row in rows] == [f"{names}{number}" for number in (3, 4, 5, 1, 9)]
    assert [row["status"] for row in book.rows("accounts")] == ["open", "blocked", "open", "open", "open"]


@pytest.mark.parametrize("numbers", [[0, 1, 2, 3], [0, 2, 1, 3], [3, 2, 1, 0], []])
def test_rows_are_in_order_whether_they_came_so_or_not(tmp_path: Path, numbers: list[int]) -> None:
    path, sorted_path = tmp_path / "there.parquet", tmp_path / "sorted.parquet"
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        for rows, target in ((numbers, path), (sorted(numbers), sorted_path)):
            query = f"SELECT seq, 'x' || seq AS told FROM (SELECT unnest({rows}::BIGINT[]) AS seq)"
            assert write_in_place(connection, query, target, ("seq",)) == len(numbers)
    assert pq.read_table(path)["seq"].to_pylist() == sorted(numbers)
    assert path.read_bytes() == sorted_path.read_bytes()
    assert sorted(tmp_path.iterdir()) == [sorted_path, path]


def test_a_key_of_two_columns_is_put_in_order_by_both(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        query = "SELECT * FROM (VALUES ('a', 2), ('a', 1), ('b', 0)) AS given(name, number)"
        write_in_place(connection, query, tmp_path / "t.parquet", ("name", "number"))
    assert [tuple(row.values()) for row in pq.read_table(tmp_path / "t.parquet").to_pylist()] == [("a", 1), ("a", 2), ("b", 0)]


def test_a_day_run_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        asked = [statement("01-05", "01-25", 9_000)]
        book = Book(tmp_path / name).run(day("02-03"), customers=[customer()], accounts=[account()], statements=asked)
        made.append({table: (book.folder / table / SHARD).read_bytes() for table in TABLE_SCHEMAS})
    assert made[0] == made[1]
