"""A small feed in the field's words: one customer, one account, one statement, one payment, and room for what goes wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from arrears.bank import Bank, Product
from arrears.feed.contracts import CONTRACTS
from arrears.feed.intake import Intake, take_in

DAY = date(2026, 1, 20)
BANK = Bank(
    name="Test Bank",
    country="CN",
    timezone="Asia/Shanghai",
    currency="CNY",
    fx_ppm={"USD": 7_000_000},
    products=(Product(product_id="classic", currency="CNY"), Product(product_id="dollar", currency="USD")),
)


def example(table: str, **changed: str) -> dict[str, str]:
    """The contract's own example row, as text."""
    return {column.name: column.example for column in CONTRACTS[table].columns} | changed


def csv_text(table: str, rows: list[dict[str, str]]) -> str:
    """Rows as CSV with a header, every field quoted."""
    names = [column.name for column in CONTRACTS[table].columns]
    lines = [",".join(names)] + [",".join('"' + row[name].replace('"', '""') + '"' for name in names) for row in rows]
    return "\n".join(lines) + "\n"


def write_feed(root: Path, rows: dict[str, list[dict[str, str]]] | None = None, day: date = DAY) -> Path:
    """A feed folder as CSV; tables that are not named hold the contract's example row."""
    folder = root / f"date={day}"
    folder.mkdir(parents=True, exist_ok=True)
    for table in CONTRACTS:
        wanted = (rows or {}).get(table, [example(table)])
        (folder / f"{table}.csv").write_text(csv_text(table, wanted), encoding="utf-8")
    return folder


def taken_in(folder: Path, out: Path, **changed: Any) -> Intake:
    """The feed taken in on its day, on the first day of all, in one shard unless told otherwise."""
    return take_in(folder, **({"business_date": DAY, "bank": BANK, "known": None, "out": out, "shards": 1} | changed))


def quarantined(out: Path) -> list[dict[str, Any]]:
    return pq.read_table(out / "quarantine.parquet").to_pylist()


def rows_of(out: Path, table: str) -> list[dict[str, Any]]:
    return [row for file in sorted((out / table).glob("*.parquet")) for row in pq.read_table(file).to_pylist()]
