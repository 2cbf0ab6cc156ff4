"""A small bank in the field's words: products, cards, statements, payments, and a book carried from feed to feed on DuckDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from arrears.bank import Bank, Product
from arrears.book.build import BookQueries, bind_before, build_shard, write_empty_shard
from arrears.book.columns import ACCOUNT_COLUMNS, CYCLES, DIARY
from arrears.book.tables import feed_schema
from arrears.engine import open_sessions
from arrears.feed.contracts import CONTRACTS

Row = dict[str, Any]

PRODUCTS = (
    Product(product_id="classic", currency="CNY"),
    Product(product_id="kind", currency="CNY", grace_days=3, tolerance_minor=1_000),
    Product(product_id="strict", currency="CNY", tolerance_minor=100),
    Product(product_id="patient", currency="CNY", grace_days=10),
    Product(product_id="long", currency="CNY", grace_days=30),
)
BANK = Bank(name="Test Bank", country="CN", timezone="Asia/Shanghai", currency="CNY", products=PRODUCTS)
TWO_CURRENCIES = Bank(
    name="Test Bank", country="CN", timezone="Asia/Shanghai", currency="CNY", fx_ppm={"USD": 7_123_456},
    products=(*PRODUCTS, Product(product_id="dollar", currency="USD")),
)  # fmt: skip

SHARD = "0000.parquet"
SETTLED = tuple(column.name for column in ACCOUNT_COLUMNS if column.name not in DIARY)
"""Columns of an account that follow from what happened alone, however it was delivered."""

_ARROW = {
    "string": pa.string(), "int64": pa.int64(), "date": pa.date32(), "boolean": pa.bool_(), "timestamp(6)": pa.timestamp("us"),
}  # fmt: skip


_COMPILED: dict[str, BookQueries] = {}


def queries(bank: Bank) -> BookQueries:
    """The book's SQL, compiled once for all tests."""
    return _COMPILED.setdefault(bank.content_hash, BookQueries(bank, "duckdb"))


@cache
def _sessions() -> Any:
    return open_sessions("duckdb", memory_limit_mb=1_000, workers=1)


@dataclass
class Book:
    """The book of one bank on disk, carried forward feed by feed."""

    root: Path
    bank: Bank = BANK
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder = self.root / "none"
        with _sessions().session() as session:
            write_empty_shard(session, self.folder, SHARD)

    def run(self, as_of: date, **delivered: Sequence[Row]) -> Book:
        """Carry the book to `as_of` with a feed of these rows; tables that are not named are empty."""
        feed, folder = self.root / f"feed-{as_of}", self.root / f"date={as_of}"
        holders = {row["account_id"]: row["customer_id"] for row in self._holders()}
        holders |= {row["account_id"]: row["customer_id"] for row in delivered.get("accounts", ())}
        with _sessions().session() as session:
            bind_before(session, self.folder, SHARD)
            for table in CONTRACTS:
                rows = [_with_holder(row, holders) for row in delivered.get(table, ())]
                session.bind(f"feed_{table}", [_written(feed, table, rows)])
            build_shard(session, queries(self.bank), self.folder, folder, SHARD, as_of)
        self.folder = folder
        return self

    def _holders(self) -> list[Row]:
        return pq.read_table(self.folder / "accounts" / SHARD, columns=["account_id", "customer_id"]).to_pylist()

    def rows(self, table: str) -> list[Row]:
        return pq.read_table(self.folder / table / SHARD).to_pylist()

    def account(self, account_id: str = "A1") -> Row:
        return next(row for row in self.rows("accounts") if row["account_id"] == account_id)

    def customer(self, customer_id: str = "C1") -> Row:
        return next(row for row in self.rows("customers") if row["customer_id"] == customer_id)


def settled(row: Mapping[str, Any]) -> Row:
    """An account's row without its diary."""
    return {name: row[name] for name in SETTLED}


def day(text: str) -> date:
    """`"01-25"` is in 2026; a full ISO date is itself."""
    return date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def customer(customer_id: str = "C1", **changed: Any) -> Row:
    known = {"full_name": "Wang Fang", "language": "zh", "country": "CN", "region": "SH", "since_date": day("2019-03-01")}
    return {"customer_id": customer_id, **known, "timezone": None} | changed


def account(account_id: str = "A1", customer_id: str = "C1", **changed: Any) -> Row:
    return {
        "account_id": account_id, "customer_id": customer_id, "product_id": "classic", "currency": "CNY",
        "opened_date": day("2019-03-01"), "credit_limit_minor": 1_000_000, "status": "open", "opening_balance_minor": 500_000,
    } | changed  # fmt: skip


def statement(
    close: str, due: str, minimum: int, account_id: str = "A1", *, past_due: int = 0, balance: int = 500_000, **changed: Any
) -> Row:
    """A statement that asks `minimum`, of which `past_due` carries over from earlier ones."""
    return {
        "account_id": account_id, "statement_date": day(close), "due_date": day(due), "currency": "CNY",
        "balance_minor": balance, "minimum_payment_minor": minimum, "past_due_minor": past_due,
    } | changed  # fmt: skip


def posting(kind: str, amount: int, value: str, account_id: str = "A1", **changed: Any) -> Row:
    """A transaction valued on `value`; its id follows from what it is, so the same one twice needs another `transaction_id`."""
    return {
        "transaction_id": f"T-{account_id}-{kind}-{value}-{amount}", "account_id": account_id, "kind": kind,
        "amount_minor": amount, "currency": "CNY", "posted_date": day(value), "value_date": day(value), "reverses_id": None,
    } | changed  # fmt: skip


def payment(amount: int, value: str, account_id: str = "A1", **changed: Any) -> Row:
    return posting("payment", amount, value, account_id, **changed)


def reversal(amount: int, value: str, account_id: str = "A1", **changed: Any) -> Row:
    """A payment of `value` that bounced: it bears the payment's value date."""
    reversed_id = f"T-{account_id}-payment-{value}-{amount}"
    return posting("payment_reversal", amount, value, account_id, reverses_id=reversed_id, **changed)


def contact(on: str, customer_id: str = "C1", *, channel: str = "call", direction: str = "outbound", **changed: Any) -> Row:
    when = day(on)
    return {
        "event_id": f"E-{customer_id}-{on}-{channel}-{direction}", "customer_id": customer_id, "account_id": None,
        "contact_id": None, "at": datetime(when.year, when.month, when.day, 3, tzinfo=UTC).replace(tzinfo=None),
        "local_date": when, "channel": channel, "direction": direction, "party": "debtor", "outcome": "no_answer",
    } | changed  # fmt: skip


def contact_point(contact_id: str, kind: str = "mobile", customer_id: str = "C1", **changed: Any) -> Row:
    return {
        "contact_id": contact_id, "customer_id": customer_id, "kind": kind, "value": "+8613800000000", "party": "debtor",
        "source": "contract", "timezone": None, "status": "active", "rank": 1,
    } | changed  # fmt: skip


def flag(name: str, since: str, *, active: bool = True, until: str | None = None, customer_id: str = "C1") -> Row:
    ends = day(until) if until else None
    return {"customer_id": customer_id, "flag": name, "active": active, "from_date": day(since), "until_date": ends}


def consent(channel: str, at: str, *, given: bool, until: str | None = None, purpose: str = "collection") -> Row:
    ends = day(until) if until else None
    return {
        "customer_id": "C1", "channel": channel, "purpose": purpose, "given": given, "at_date": day(at), "until_date": ends,
    }  # fmt: skip


def months_of(first: date, count: int) -> list[date]:
    """The same day of `count` months, from `first` on."""
    found = []
    for number in range(count):
        years, month = divmod(first.month - 1 + number, 12)
        found.append(first.replace(year=first.year + years, month=month + 1))
    return found


def _with_holder(row: Row, holders: Mapping[str, str]) -> Row:
    return row if "customer_id" in row else row | {"customer_id": holders[row["account_id"]]}


def _written(folder: Path, table: str, rows: Sequence[Row]) -> Path:
    fields = [(name, _ARROW[kind]) for name, kind in feed_schema(table).items()]
    path = folder / f"{table}.parquet"
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(list(rows), schema=pa.schema(fields)), path)
    return path


__all__ = ["BANK", "CYCLES", "SETTLED", "TWO_CURRENCIES", "Book", "settled"]
