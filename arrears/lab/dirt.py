"""Bad input on purpose: rows that must go to quarantine, and files that must stop the day.

A good feed folder comes in and is spoilt in place, so give it a copy; what was planted goes out, with the reason code
(`arrears.feed.reasons`) that each bad row must be refused for. It never touches a good row: bad ones are added, and refer to
a customer and an account that are added with them.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from arrears.errors import UsageError
from arrears.feed.contracts import CONTRACTS
from arrears.lab.delivery import as_csv

AS_TEXT = ("transactions", "contact_points")
"""Tables turned into CSV, for what only a text file can get wrong."""


@dataclass(frozen=True)
class Planted:
    """One thing made bad: rows of a table and the reason they must be refused for, or a file."""

    table: str
    reason: str
    """Reason code of the quarantine; for a file, the kind of `FILE_KINDS`."""
    rows: int
    """Rows that must be refused; 0 for a file, which stops the day."""


def dirty(feed_folder: Path, seed: int) -> tuple[Planted, ...]:
    """Add bad rows of every kind to a copy of one day's folder (`date=YYYY-MM-DD`, Parquet); returns what was added.

    `transactions` and `contact_points` become CSV on the way. The seed decides ids and where among the good rows they stand.
    """
    day, rng = _day(feed_folder), np.random.default_rng(seed)
    mark = f"{int(rng.integers(0, 10**6)):06d}"
    bad = _bad_rows(day, mark)
    planted = [Planted(table, reason, refused) for table, reason, refused, _ in bad if refused]
    for name in CONTRACTS:
        rows = [row for table, _, _, group in bad if table == name for row in group]
        if name not in AS_TEXT:
            _add_typed(feed_folder / f"{name}.parquet", name, rows, rng)
    for name in AS_TEXT:
        rows = [row for table, _, _, group in bad if table == name for row in group]
        planted += _add_text(feed_folder, name, rows, rng, mark)
    return tuple(planted)


def _day(feed_folder: Path) -> date:
    try:
        return date.fromisoformat(feed_folder.name.removeprefix("date="))
    except ValueError:
        raise UsageError("the folder's name bears no date", where=str(feed_folder), remedy="name it date=YYYY-MM-DD") from None


Row = dict[str, Any]
Group = tuple[str, str, int, list[Row]]


def _bad_rows(day: date, mark: str) -> list[Group]:
    """Table, reason, rows that must be refused, rows to add (the good ones among them are what the bad ones refer to)."""
    c, a, tomorrow = f"CDIRT{mark}", f"ADIRT{mark}", day + timedelta(days=1)

    def customer(number: int, **changed: Any) -> Row:
        return {
            "customer_id": f"{c}.{number}", "full_name": "莲花", "language": "zh", "country": "CN", "region": "SH",
            "timezone": "Asia/Shanghai", "since_date": day,
        } | changed  # fmt: skip

    def account(number: int, **changed: Any) -> Row:
        return {
            "account_id": f"{a}.{number}", "customer_id": f"{c}.0", "product_id": "classic", "currency": "CNY",
            "opened_date": day, "credit_limit_minor": 1_000_000, "status": "open", "opening_balance_minor": 0,
        } | changed  # fmt: skip

    def statement(number: int, **changed: Any) -> Row:
        return {
            "account_id": f"{a}.0", "statement_date": day - timedelta(days=number), "due_date": day + timedelta(days=20),
            "currency": "CNY", "balance_minor": 50_000, "minimum_payment_minor": 5_000, "past_due_minor": 0,
        } | changed  # fmt: skip

    def transaction(number: int, **changed: Any) -> Row:
        return {
            "transaction_id": f"TDIRT{mark}.{number}", "account_id": f"{a}.0", "kind": "purchase", "amount_minor": 1_000,
            "currency": "CNY", "posted_date": day, "value_date": day, "reverses_id": None,
        } | changed  # fmt: skip

    def point(number: int, **changed: Any) -> Row:
        return {
            "contact_id": f"PDIRT{mark}.{number}", "customer_id": f"{c}.0", "kind": "mobile", "value": "+8614200000000",
            "party": "debtor", "source": "contract", "timezone": "Asia/Shanghai", "status": "active", "rank": 1,
        } | changed  # fmt: skip

    consent = {
        "customer_id": f"{c}.0", "channel": "sms", "purpose": "collection", "given": True, "at_date": day,
        "until_date": day - timedelta(days=1),
    }  # fmt: skip
    flag = {"customer_id": f"{c}.0", "flag": "asleep", "active": True, "from_date": day, "until_date": None}
    contact = {
        "event_id": f"EDIRT{mark}", "customer_id": f"{c}.0", "account_id": f"{a}.0", "contact_id": None,
        "at": datetime(day.year, day.month, day.day, 2, tzinfo=UTC) - timedelta(days=5), "local_date": day, "channel": "call",
        "direction": "outbound", "party": "debtor", "outcome": "no_answer",
    }  # fmt: skip
    # Not every year has a 29 February; this one has none.
    year = day.year if day.year % 4 else day.year - 1
    return [
        ("customers", "", 0, [customer(0)]),
        ("customers", "missing_value", 1, [customer(1, full_name=None)]),
        ("customers", "bad_id", 1, [customer(2, customer_id=f"{c} 2")]),
        ("customers", "unknown_code", 1, [customer(3, language="fr")]),
        ("customers", "unknown_country", 1, [customer(4, country="cn")]),
        ("customers", "unknown_time_zone", 1, [customer(5, timezone="Asia/Lotus")]),
        ("customers", "future_date", 1, [customer(6, since_date=tomorrow)]),
        ("customers", "bad_characters", 1, [customer(7, full_name="莲\x07花")]),
        ("customers", "duplicate_row", 1, [customer(8), customer(8)]),
        ("customers", "duplicate_conflict", 2, [customer(9), customer(9, region="BJ")]),
        ("accounts", "", 0, [account(0)]),
        ("accounts", "unknown_product", 1, [account(1, product_id="platinum")]),
        ("accounts", "product_currency", 1, [account(2, currency="USD")]),
        ("accounts", "below_low", 1, [account(3, credit_limit_minor=-1)]),
        ("accounts", "unknown_parent", 1, [account(4, customer_id=f"CNOBODY{mark}")]),
        ("accounts", "parent_quarantined", 1, [account(5, customer_id=f"{c}.1")]),
        ("statements", "dates_disagree", 1, [statement(1, due_date=day - timedelta(days=1))]),
        ("statements", "past_due_above_minimum", 1, [statement(2, past_due_minor=6_000)]),
        ("statements", "account_currency", 1, [statement(3, currency="USD")]),
        ("statements", "unknown_parent", 1, [statement(4, account_id=f"ANOBODY{mark}")]),
        ("statements", "future_date", 1, [statement(-1)]),
        ("transactions", "below_low", 1, [transaction(1, amount_minor=-500)]),
        ("transactions", "above_high", 1, [transaction(2, amount_minor=10**16)]),
        ("transactions", "decimal_amount", 1, [transaction(3, amount_minor="12.50")]),
        ("transactions", "wrong_type", 1, [transaction(4, value_date="yesterday")]),
        ("transactions", "no_such_date", 1, [transaction(5, value_date=f"{year}-02-29")]),
        ("transactions", "future_date", 1, [transaction(6, posted_date=tomorrow)]),
        ("transactions", "too_old", 1, [transaction(7, value_date=day - timedelta(days=500))]),
        ("transactions", "reversal_without_original", 1, [transaction(8, kind="payment_reversal")]),
        ("transactions", "account_currency", 1, [transaction(9, currency="EUR")]),
        ("transactions", "unknown_parent", 1, [transaction(10, account_id=f"ANOBODY{mark}")]),
        ("transactions", "unknown_code", 1, [transaction(11, kind="gift")]),
        ("contact_points", "wrong_type", 1, [point(1, rank="first")]),
        ("contact_points", "below_low", 1, [point(2, rank=0)]),
        ("consents", "dates_disagree", 1, [consent]),
        ("flags", "unknown_code", 1, [flag]),
        ("contacts", "dates_disagree", 1, [contact]),
    ]


def _add_typed(path: Path, name: str, rows: list[Row], rng: np.random.Generator) -> None:
    good = pq.read_table(path, partitioning=None)
    added = pa.Table.from_pylist(rows, schema=CONTRACTS[name].schema)
    mixed = pa.concat_tables([good, added])
    pq.write_table(mixed.take(pa.array(rng.permutation(len(mixed)))), path)


def _add_text(folder: Path, name: str, rows: list[Row], rng: np.random.Generator, mark: str) -> list[Planted]:
    """Bad rows into a CSV in place of the Parquet file, with lines that are no CSV at all."""
    scratch = folder / ".as_csv"
    as_csv(folder, scratch)
    header, *lines = (scratch / f"{name}.csv").read_bytes().split(b"\n")[:-1]
    shutil.rmtree(scratch)
    text = io.StringIO()
    csv.DictWriter(text, [column.name for column in CONTRACTS[name].columns], lineterminator="\n").writerows(rows)
    lines += text.getvalue().encode().split(b"\n")[:-1]
    width = len(CONTRACTS[name].columns)
    lines.append(f"XDIRT{mark}.1,".encode() + b",".join([b"x"] * (width + 1)))
    lines.append(f"XDIRT{mark}.2,".encode() + b"\xb0\xa2," + b",".join([b"x"] * (width - 2)))
    mixed = [lines[index] for index in rng.permutation(len(lines))]
    (folder / f"{name}.csv").write_bytes(b"\n".join([header, *mixed]) + b"\n")
    (folder / f"{name}.parquet").unlink()
    return [Planted(name, "column_count", 1), Planted(name, "bad_encoding", 1)]


def spoil(feed_folder: Path, kind: str) -> Planted:
    """Break one file of a copy of a day's folder (Parquet), so that the day must not be taken in; see `FILE_KINDS`."""
    if kind not in FILE_KINDS:
        raise UsageError(f"unknown kind {kind!r}", where="spoil", remedy=f"choose one of {', '.join(FILE_KINDS)}")
    return Planted(FILE_KINDS[kind](feed_folder), kind, 0)


def empty_day(feed_folder: Path) -> None:
    """Make a day on which nothing happened: all tables there, none with a row."""
    for name, contract in CONTRACTS.items():
        pq.write_table(contract.schema.empty_table(), feed_folder / f"{name}.parquet")


def _missing_file(folder: Path) -> str:
    (folder / "statements.parquet").unlink()
    return "statements"


def _empty_folder(folder: Path) -> str:
    for path in folder.glob("*.parquet"):
        path.unlink()
    return ""


def _half_written(folder: Path) -> str:
    path = folder / "transactions.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return "transactions"


def _missing_column(folder: Path) -> str:
    path = folder / "statements.parquet"
    pq.write_table(pq.read_table(path, partitioning=None).drop_columns(["past_due_minor"]), path)
    return "statements"


def _wrong_types(folder: Path) -> str:
    path = folder / "transactions.parquet"
    table = pq.read_table(path, partitioning=None)
    place = table.schema.get_field_index("amount_minor")
    pq.write_table(table.set_column(place, "amount_minor", table.column(place).cast(pa.float64())), path)
    return "transactions"


def _delivered_twice(folder: Path) -> str:
    as_csv(folder, folder / ".as_csv")
    (folder / ".as_csv" / "accounts.csv").rename(folder / "accounts.csv")
    shutil.rmtree(folder / ".as_csv")
    return "accounts"


def _stray_file(folder: Path) -> str:
    (folder / "transactons.parquet").write_bytes((folder / "transactions.parquet").read_bytes())
    return "transactons"


FILE_KINDS: dict[str, Callable[[Path], str]] = {
    "missing_file": _missing_file,
    "empty_folder": _empty_folder,
    "half_written": _half_written,
    "missing_column": _missing_column,
    "wrong_types": _wrong_types,
    "delivered_twice": _delivered_twice,
    "stray_file": _stray_file,
}
"""Ways to break a file as a whole; each breaks the folder and names the table."""
