"""Files: what is read, what is refused as a whole, and that a refused feed leaves nothing behind."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from arrears.errors import FeedError, UsageError
from arrears.feed.check import check_feed
from arrears.feed.contracts import CONTRACTS
from arrears.feed.intake import CUSTOMER_HASH_SQL, take_in
from arrears.feed.relations import KnownAccounts
from tests.feed.world import BANK, DAY, csv_text, example, quarantined, rows_of, taken_in, write_feed


def refused(folder: Path, out: Path) -> str:
    """The one line the user sees; and nothing may have been written."""
    with pytest.raises(FeedError) as caught:
        taken_in(folder, out)
    assert [path for path in out.rglob("*") if path.is_file()] == []
    line = caught.value.line()
    assert "\n" not in line and caught.value.remedy
    return line


def spoil(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)


HEADER = b"customer_id,flag,active,from_date,until_date\n"
ROW = b"C000001,dispute,true,2026-01-10,\n"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("flags.csv", b"", "flags.csv: the file is empty"),
        ("flags.csv", HEADER[:-20], "may be half-written"),
        ("flags.csv", HEADER + ROW + b"C000001,fr", "may be half-written"),
        ("flags.csv", HEADER + ROW + b'C000001,"fraud,true,2026-01-10,\n' + ROW, "line 3: a quote is opened and never closed"),
        ("flags.csv", b"customer_id,flag,active\n", "flags.csv, header: the column from_date is missing"),
        ("flags.csv", HEADER[:-1] + b",memo\n", "flags.csv, header: unknown columns: memo"),
        ("flags.csv", HEADER[:-1] + b",flag\n", "a column is there twice"),
        ("flags.csv", HEADER.replace(b",", b";"), "not separated by commas"),
        ("flags.csv", HEADER.decode().encode("utf-16"), "looks like UTF-16"),
        ("flags.csv", b"\n" + HEADER, "header"),
        ("flags.csv", HEADER[:-1] + b"\r\nC000001,fraud,true,2026-01-10,2027-01-01\n" + ROW[:-1] + b"\r\n", "lines end in"),
        ("flags.csv", HEADER[:-1] + b"\r" + ROW, "carriage return"),
        ("flags.csv", b"PAR1xxxx\n", "Parquet but is called .csv"),
        ("flags.csv", HEADER + b"C000001\nC000001\nC000001,fraud\n", "3 of 3 rows are not CSV"),
        ("customers.csv", csv_text("customers", [example("customers")] * 9).encode("gb18030"), "9 of 9 rows are not UTF-8"),
        ("payments.csv", b"id\n", "this is no table of a feed"),
        ("readme.txt", b"hello", "this is no table of a feed"),
        ("flags.parquet", b"PAR1", "both as CSV and as Parquet"),
    ],
)  # fmt: skip
def test_a_file_that_breaks_its_contract_stops_the_feed(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    folder = write_feed(tmp_path)
    spoil(folder, name, content)
    assert says in refused(folder, tmp_path / "out")


@pytest.mark.parametrize("table", ["customers", "contacts"])
def test_a_missing_table_is_named(tmp_path: Path, table: str) -> None:
    folder = write_feed(tmp_path)
    (folder / f"{table}.csv").unlink()
    assert f"the feed has no {table}; deliver {table}.csv" in refused(folder, tmp_path / "out")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert "no such feed folder" in refused(tmp_path / f"date={DAY}", tmp_path / "out")


def as_parquet(folder: Path, table: str, rows: list[dict[str, str]] | None = None) -> Path:
    """A table of the feed as Parquet in the contract's types, instead of CSV."""
    (folder / f"{table}.csv").unlink(missing_ok=True)
    contract = CONTRACTS[table]
    columns = []
    for column in contract.columns:
        texts = pa.array([row[column.name] or None for row in (rows or [example(table)])], pa.string())
        values = texts if column.kind != "bool" else pc.equal(texts, "true")
        columns.append(values.cast(contract.schema.field(column.name).type))
    pq.write_table(pa.table(columns, schema=contract.schema), folder / f"{table}.parquet")
    return folder / f"{table}.parquet"


def test_parquet_and_csv_of_the_same_rows_are_taken_in_as_the_same_bytes(tmp_path: Path) -> None:
    folder = write_feed(tmp_path)
    taken_in(folder, tmp_path / "csv")
    for table in CONTRACTS:
        as_parquet(folder, table)
    taken_in(folder, tmp_path / "parquet")

    csv_files, parquet_files = (
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*.parquet")}
        for root in (tmp_path / "csv", tmp_path / "parquet")
    )
    assert csv_files == parquet_files


def test_the_row_of_a_parquet_file_is_told(tmp_path: Path) -> None:
    folder = write_feed(tmp_path)
    rows = [example("transactions", transaction_id=f"T{n}", amount_minor=str(100 - 60 * n)) for n in range(3)]
    as_parquet(folder, "transactions", rows)
    taken_in(folder, tmp_path / "out")
    (bad,) = quarantined(tmp_path / "out")
    assert (bad["file"], bad["row"], bad["reason"], bad["value"]) == ("transactions.parquet", 3, "below_low", "-20")


def test_a_truncated_parquet_file_stops_the_feed(tmp_path: Path) -> None:
    folder = write_feed(tmp_path)
    file = as_parquet(folder, "transactions")
    file.write_bytes(file.read_bytes()[:-100])
    assert "transactions.parquet: the file is not a whole Parquet file" in refused(folder, tmp_path / "out")


def test_a_parquet_file_with_damaged_pages_stops_the_feed(tmp_path: Path) -> None:
    folder = write_feed(tmp_path)
    file = as_parquet(folder, "transactions")
    content = bytearray(file.read_bytes())
    content[4:200] = b"\xff" * 196
    file.write_bytes(content)
    assert "transactions.parquet: the Parquet file is damaged" in refused(folder, tmp_path / "out")


def test_amounts_as_floating_point_stop_the_feed(tmp_path: Path) -> None:
    folder = write_feed(tmp_path)
    file = as_parquet(folder, "transactions")
    table = pq.read_table(file)
    index = table.schema.get_field_index("amount_minor")
    pq.write_table(table.set_column(index, "amount_minor", table["amount_minor"].cast(pa.float64())), file)
    says = "transactions.parquet, column amount_minor: amount_minor is of type double, not a whole number of minor units"
    assert says in refused(folder, tmp_path / "out")


def test_a_table_may_come_in_parts_and_each_row_is_found_in_its_part(tmp_path: Path) -> None:
    folder = write_feed(tmp_path)
    (folder / "transactions.csv").unlink()
    (folder / "transactions").mkdir()
    for part in range(3):
        rows = [example("transactions", transaction_id=f"T{part}{n}") for n in range(2)]
        rows[1]["kind"] = "payment" if part != 2 else "gift"
        (folder / "transactions" / f"part-{part}.csv").write_text(csv_text("transactions", rows), encoding="utf-8")
    (folder / "transactions" / "_SUCCESS").touch()
    intake = taken_in(folder, tmp_path / "out")

    (bad,) = quarantined(tmp_path / "out")
    assert (bad["file"], bad["row"]) == ("transactions/part-2.csv", 3)
    assert intake.rows["transactions"] == 5
    assert sum(name.startswith("transactions/") for name in intake.inputs) == 3


def test_a_row_that_is_not_utf8_goes_to_quarantine_whole_and_its_children_are_told(tmp_path: Path) -> None:
    folder = write_feed(
        tmp_path, {"customers": [example("customers", customer_id="C2"), example("customers", customer_id="C3")]}
    )
    good = (folder / "customers.csv").read_bytes()
    bad_line = "C000001,王芳,zh,CN,SH,,2019-01-01\n".encode("gb18030")
    spoil(folder, "customers.csv", b"\xef\xbb\xbf" + good + bad_line)
    taken_in(folder, tmp_path / "out")

    first, second, *_ = quarantined(tmp_path / "out")
    assert (first["reason"], first["row"], first["column"], first["key"]) == (
        "bad_encoding",
        4,
        "full_name",
        "customer_id=C000001",
    )
    assert first["value"] == f"from byte {len(good) + 3} of the file"
    assert json.loads(first["raw"])["line"].encode().decode("unicode_escape").encode("latin-1") + b"\n" == bad_line
    assert (second["table"], second["reason"]) == ("accounts", "parent_quarantined")


def test_rows_with_too_many_or_too_few_fields_go_to_quarantine_by_their_line(tmp_path: Path) -> None:
    folder = write_feed(tmp_path)
    lines = [
        b'"C000001","dispute",true,2026-01-10,',
        b"C000001,fraud,true",
        b"C000001,cease,true,2026-01-10,,x",
        b'C000001,"mi"nor,true,,',
    ]
    spoil(folder, "flags.csv", HEADER + b"\n".join([*lines, b"C000001,hardship,yes,2026-01-10,"]) + b"\n")
    taken_in(folder, tmp_path / "out")
    assert [(row["row"], row["reason"]) for row in quarantined(tmp_path / "out")] == [
        (3, "column_count"), (4, "column_count"), (5, "bad_quoting"), (6, "wrong_type"),
    ]  # fmt: skip


def test_an_empty_day_is_taken_in_and_has_every_file(tmp_path: Path) -> None:
    intake = taken_in(write_feed(tmp_path, {table: [] for table in CONTRACTS}), tmp_path / "out", shards=3)
    assert set(intake.rows.values()) == {0}
    assert intake.content_hash == ""
    for table, contract in CONTRACTS.items():
        files = sorted((tmp_path / "out" / table).iterdir())
        assert [file.name for file in files] == ["0000.parquet", "0001.parquet", "0002.parquet"]
        assert pq.read_schema(files[0]).names[: len(contract.columns)] == contract.schema.names
        assert [field.type for field in pq.read_schema(files[0])][: len(contract.columns)] == contract.schema.types


def test_rows_are_cut_by_customer_sorted_by_key_and_the_same_bytes_every_time(tmp_path: Path) -> None:
    n = 200
    ids = [f"{(k * 37) % n:05d}" for k in range(n)]
    rows = {
        "customers": [example("customers", customer_id=f"C{k}") for k in ids],
        "accounts": [example("accounts", account_id=f"A{k}", customer_id=f"C{k}") for k in ids],
        "transactions": [example("transactions", transaction_id=f"T{k}", account_id=f"A{k}") for k in ids],
    }
    folder = write_feed(tmp_path, rows | {table: [] for table in CONTRACTS if table not in rows})
    for out, threads in (("one", 1), ("two", 2)):
        taken_in(folder, tmp_path / out, shards=4, duckdb_threads=threads)

    for file in sorted((tmp_path / "one").rglob("*.parquet")):
        assert file.read_bytes() == (tmp_path / "two" / file.relative_to(tmp_path / "one")).read_bytes()
    for shard in range(4):
        found = pq.read_table(tmp_path / "one" / "transactions" / f"{shard:04d}.parquet").to_pylist()
        assert found == sorted(found, key=lambda row: row["transaction_id"])
        assert {shard_of(row["customer_id"], 4) for row in found} == {shard}
    assert len(rows_of(tmp_path / "one", "transactions")) == n


def shard_of(customer_id: str, shards: int) -> int:
    import hashlib

    return (int(hashlib.md5(customer_id.encode(), usedforsecurity=False).hexdigest()[:8], 16) & 0x7FFFFFFF) % shards


def test_a_feed_under_another_date_keeps_its_content_hash(tmp_path: Path) -> None:
    first = taken_in(write_feed(tmp_path), tmp_path / "a")
    later = date(2026, 1, 21)
    second = take_in(write_feed(tmp_path, day=later), business_date=later, bank=BANK, known=None, out=tmp_path / "b", shards=1)
    assert first.content_hash == second.content_hash != ""


def test_a_folder_of_another_date_is_refused(tmp_path: Path) -> None:
    folder = write_feed(tmp_path)
    with pytest.raises(FeedError, match="the folder is of 2026-01-20, the day asked for is 2026-01-21"):
        taken_in(folder, tmp_path / "out", business_date=date(2026, 1, 21))


def test_check_reports_what_intake_does_and_shows_no_personal_data(tmp_path: Path) -> None:
    rows = {"contact_points": [example("contact_points"), example("contact_points", contact_id="P2", rank="+8613812345678")]}
    folder = write_feed(tmp_path, rows)
    intake = taken_in(folder, tmp_path / "out")
    report = check_feed(folder, bank=BANK, business_date=None, known=KnownAccounts(None))

    assert report.business_date == DAY
    assert {table.table: table.good for table in report.tables} == intake.rows
    assert {finding.reason: finding.rows for finding in report.findings} == intake.reasons == {"wrong_type": 1}
    shown = json.dumps(report.as_json()) + "\n".join(report.lines()) + "\n".join(report.lines("zh"))
    assert "contact_points.csv, row 3 (contact_id=P2)" in shown
    assert "138" not in shown and "王芳" not in shown


def test_check_without_a_book_trusts_parents_and_says_so(tmp_path: Path) -> None:
    folder = write_feed(tmp_path, {"customers": [], "accounts": []})
    report = check_feed(folder, bank=BANK, business_date=DAY, known=None)
    assert report.quarantined_n == 0
    assert report.notes["transactions_parent_not_checked"] == 1


def test_check_needs_a_date_from_somewhere(tmp_path: Path) -> None:
    folder = write_feed(tmp_path).rename(tmp_path / "today")
    with pytest.raises(UsageError, match="no business date"):
        check_feed(folder, bank=BANK, business_date=None, known=None)
    assert check_feed(folder, bank=BANK, business_date=DAY, known=None).quarantined_n == 0


def test_a_column_that_is_not_required_may_be_left_out_of_a_csv(tmp_path: Path) -> None:
    folder = write_feed(tmp_path)
    lines = (folder / "contacts.csv").read_text(encoding="utf-8").splitlines()
    old = [",".join(line.split(",")[:10]) for line in lines]
    assert old[0].endswith("party,outcome")
    (folder / "contacts.csv").write_text("\n".join(old) + "\n", encoding="utf-8")
    taken_in(folder, tmp_path / "out")
    (row,) = rows_of(tmp_path / "out", "contacts")
    assert (row["actor"], row["agent"], row["requested"]) == (None, None, None)


def test_a_parquet_file_without_the_columns_that_came_later_is_taken_in(tmp_path: Path) -> None:
    folder = write_feed(tmp_path)
    for table, later in (("contacts", ["actor", "agent", "requested"]), ("flags", ["evidence"])):
        path = as_parquet(folder, table)
        pq.write_table(pq.read_table(path).drop_columns(later), path)
    assert taken_in(folder, tmp_path / "out").quarantined_n == 0
    (row,) = rows_of(tmp_path / "out", "contacts")
    assert (row["actor"], row["agent"], row["requested"]) == (None, None, None)


def test_parts_with_and_without_a_column_that_is_not_required_are_read_together(tmp_path: Path) -> None:
    folder = write_feed(tmp_path)
    whole = pq.read_table(as_parquet(folder, "contacts", [example("contacts", actor="agency-1", requested="true")]))
    old = pa.table({**{name: whole[name] for name in whole.column_names[:10]}, "event_id": pa.array(["E2"])})
    (folder / "contacts.parquet").unlink()
    (folder / "contacts").mkdir()
    for name, table in (("a", old), ("b", whole), ("c", old.set_column(0, "event_id", pa.array(["E3"])))):
        pq.write_table(table, folder / "contacts" / f"{name}.parquet")
    taken_in(folder, tmp_path / "out")
    told = {row["event_id"]: (row["actor"], row["requested"]) for row in rows_of(tmp_path / "out", "contacts")}
    assert told == {"E00000001": ("agency-1", True), "E2": (None, None), "E3": (None, None)}


def test_the_hash_that_cuts_shards_is_31_bits_of_md5() -> None:
    import duckdb

    with duckdb.connect() as connection:
        rows = connection.sql(f"SELECT {CUSTOMER_HASH_SQL} % 1000 FROM (SELECT 'C000001' AS customer_id)").fetchall()
    assert rows == [(shard_of("C000001", 1000),)]


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    folder = write_feed(tmp_path)
    (folder / "flags.csv").unlink()
    (folder / "flags.csv").symlink_to(tmp_path / "nowhere.csv")
    assert "flags.csv: the file cannot be read" in refused(folder, tmp_path / "out")
