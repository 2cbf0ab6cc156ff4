"""The UCI data set "default of credit card clients" as feeds: 30,000 real Taiwanese accounts, April to September 2005.

The source's table comes in; a folder with `bank.toml`, dated feeds, the bank's own delay codes and `DERIVED.md` goes out. What
was observed is taken over to the unit; everything else a feed needs is derived by the rules in `DERIVED.md`, written beside it.

Source: UCI data set 350, I-Cheng Yeh, CC BY 4.0, DOI 10.24432/C55S3H. Sex, education, marriage and age are never taken in.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from arrears.errors import UsageError
from arrears.feed.contracts import CONTRACTS
from arrears.feed.uci_source import MONTHS, UciSource, read_uci
from arrears.feed.uci_texts import bank_toml, derived_md

MINOR = 100
"""Minor units in a New Taiwan dollar; the source is in whole dollars."""
FIRST_DAY = date(2005, 4, 1)
CLOSING = {6: date(2005, 4, 30), 5: date(2005, 5, 31), 4: date(2005, 6, 30), 3: date(2005, 7, 31), 2: date(2005, 8, 31),
           1: date(2005, 9, 30)}  # fmt: skip
"""Closing date of the statement of each month of the source: assumed, the month's last day."""
DUE_DAY, PAYMENT_DAY, PURCHASE_DAY = 20, 15, 10
"""Days of the month: a statement is due on the 20th of the next, payments count from the 15th, purchases from the 10th."""


@dataclass(frozen=True)
class UciImport:
    """What was written. Amounts are minor units (NT$ 1 is 100)."""

    out: Path
    feeds: tuple[Path, ...]
    accounts: int
    statements: int
    payments: int
    payments_minor: int
    purchases: int
    refunds: int
    derived: tuple[str, ...]
    """What in the feeds is derived and how, a line each; the same as in `DERIVED.md`."""


def import_uci(
    tsv: Path, out: Path, *, daily: bool = False, minimum_share_bp: int = 200, minimum_floor_minor: int = 1_000 * MINOR
) -> UciImport:
    """Write the source as feeds below `out`, which must not hold anything yet.

    By default one feed, `feed/date=2005-09-30`, brings all six statements of each account; with `daily` every calendar date
    from 2005-04-01 has a feed with what happened on it. The minimum payment is assumed: a share of the balance, basis points,
    with a floor, plus what is past due. Raises `FeedError` naming row and column of a malformed source, `UsageError` where
    `out` is taken.
    """
    if out.exists() and any(out.iterdir()):
        raise UsageError("the folder is not empty", where=str(out), remedy="name a new folder with --out")
    source = read_uci(tsv)
    tables = uci_tables(source, minimum_share_bp, minimum_floor_minor)

    staging = out.with_name(f".{out.name}.partial")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    feeds = _write_daily(tables, staging) if daily else _write_once(tables, staging)
    pq.write_table(_pay_codes(source), staging / "observed_pay_codes.parquet", compression="zstd")
    derived = derived_md(minimum_share_bp, minimum_floor_minor // MINOR)
    (staging / "DERIVED.md").write_text(derived, encoding="utf-8")
    (staging / "bank.toml").write_text(bank_toml(minimum_share_bp, minimum_floor_minor), encoding="utf-8")
    if out.exists():
        out.rmdir()
    os.replace(staging, out)

    kinds = tables["transactions"]["kind"]
    paid = tables["transactions"].filter(pc.equal(kinds, "payment"))["amount_minor"]
    return UciImport(
        out=out,
        feeds=tuple(out / feed.relative_to(staging) for feed in feeds),
        accounts=tables["accounts"].num_rows,
        statements=tables["statements"].num_rows,
        payments=len(paid),
        payments_minor=pc.sum(paid).as_py() or 0,
        purchases=pc.sum(pc.equal(kinds, "purchase")).as_py() or 0,
        refunds=pc.sum(pc.equal(kinds, "refund")).as_py() or 0,
        derived=tuple(line[2:] for line in derived.splitlines() if line.startswith("- ")),
    )


def uci_tables(source: UciSource, minimum_share_bp: int, minimum_floor_minor: int) -> dict[str, pa.Table]:
    """The eight tables of all six months together, in the contract's types."""
    numbers = pc.cast(pa.array(source.ids), pa.string())
    number = pc.utf8_lpad(numbers, 5, padding="0")
    customer, account = _joined("C", number), _joined("A", number)
    made = {
        "customers": {
            "customer_id": customer, "full_name": _joined("Cardholder ", number), "language": "zh", "country": "TW",
            "region": None, "timezone": "Asia/Taipei", "since_date": FIRST_DAY,
        },
        "accounts": {
            "account_id": account, "customer_id": customer, "product_id": "uci", "currency": "TWD", "opened_date": FIRST_DAY,
            "credit_limit_minor": pa.array(source.limit * MINOR), "status": "open",
            "opening_balance_minor": pa.array((source.bills[6] + source.payments[6]) * MINOR),
        },
    }  # fmt: skip
    tables = {name: _table(name, columns, len(number)) for name, columns in made.items()}
    tables["statements"] = _statements(source, account, minimum_share_bp, minimum_floor_minor)
    tables["transactions"] = _transactions(source, number)
    tables["contact_points"] = _contact_points(number, customer)
    return {name: tables.get(name, contract.schema.empty_table()) for name, contract in CONTRACTS.items()}


def _statements(source: UciSource, account: pa.Array, share_bp: int, floor_minor: int) -> pa.Table:
    """Six statements an account. What is past due is what the last minimum payment asked for, less what was paid since."""
    parts = []
    asked = np.zeros(len(source.ids), dtype=np.int64)
    for month in MONTHS:
        balance = source.bills[month] * MINOR
        owed = np.maximum(balance, 0)
        past_due = np.minimum(np.maximum(asked - source.payments[month] * MINOR, 0), owed)
        newly = np.minimum(np.maximum(owed * share_bp // 10_000, floor_minor), owed - past_due)
        asked = past_due + newly
        columns = {
            "account_id": account, "statement_date": CLOSING[month], "due_date": _due(CLOSING[month]), "currency": "TWD",
            "balance_minor": pa.array(balance), "minimum_payment_minor": pa.array(asked), "past_due_minor": pa.array(past_due),
        }  # fmt: skip
        parts.append(_table("statements", columns, len(account)))
    return pa.concat_tables(parts)


def _transactions(source: UciSource, number: pa.Array) -> pa.Table:
    """Payments as observed, and one balancing item a month from May on: what the bill rose by beyond its payment."""
    parts = []
    for month in MONTHS:
        paid = source.payments[month]
        parts.append(_events(number, "payment", f"P{month}", paid, CLOSING[month].replace(day=PAYMENT_DAY)))
        if month < max(MONTHS):
            spent = source.bills[month] - source.bills[month + 1] + paid
            day = CLOSING[month].replace(day=PURCHASE_DAY)
            parts.append(_events(number, "purchase", f"D{month}", np.maximum(spent, 0), day))
            parts.append(_events(number, "refund", f"R{month}", np.maximum(-spent, 0), day))
    return pa.concat_tables(parts)


def _events(number: pa.Array, kind: str, mark: str, amount: np.ndarray, day: date) -> pa.Table:
    """One transaction for every account whose amount is not nought."""
    some = pa.array(amount > 0)
    columns = {
        "transaction_id": _joined(f"{mark}-", number.filter(some)), "account_id": _joined("A", number.filter(some)),
        "kind": kind,
        "amount_minor": pa.array(amount[amount > 0] * MINOR), "currency": "TWD", "posted_date": day, "value_date": day,
        "reverses_id": None,
    }  # fmt: skip
    return _table("transactions", columns, int((amount > 0).sum()))


def _contact_points(number: pa.Array, customer: pa.Array) -> pa.Table:
    """Placeholders that can reach nobody: +999 is an unassigned country code, `.invalid` is reserved (RFC 2606)."""
    values = {
        "mobile": _joined("+9990000", number),
        "email": pc.binary_join_element_wise("uci-", number, "@example.invalid", ""),
        "address": _joined("(no address in the source) ", number),
    }
    parts = [
        _table(
            "contact_points",
            {
                "contact_id": _joined(f"{kind[0].upper()}", number), "customer_id": customer, "kind": kind, "value": value,
                "party": "debtor", "source": "contract", "timezone": "Asia/Taipei", "status": "active",
                "rank": pa.array(np.ones(len(number), dtype=np.int64)),
            },
            len(number),
        )
        for kind, value in values.items()
    ]  # fmt: skip
    return pa.concat_tables(parts)


def _pay_codes(source: UciSource) -> pa.Table:
    """The bank's own codes and the outcome, as observed: `account_id, month (YYYY-MM), pay_code, default_next_month`."""
    account = _joined("A", pc.utf8_lpad(pc.cast(pa.array(source.ids), pa.string()), 5, padding="0"))
    return pa.concat_tables(
        pa.table(
            {
                "account_id": account,
                "month": pa.array([f"{CLOSING[month]:%Y-%m}"] * len(account)),
                "pay_code": pa.array(source.codes[month]),
                "default_next_month": pa.array(source.defaulted),
            }
        )
        for month in MONTHS
    )


def _due(closing: date) -> date:
    """The 20th of the month after."""
    return (closing + timedelta(days=1)).replace(day=DUE_DAY)


def _joined(prefix: str, number: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(prefix, number, "")


def _table(name: str, columns: dict[str, object], rows: int) -> pa.Table:
    """Columns in the contract's order and types; a single value stands for every row."""
    schema = CONTRACTS[name].schema
    arrays = []
    for field in schema:
        value = columns[field.name]
        column = value if isinstance(value, pa.Array) else pa.repeat(pa.scalar(value, field.type), rows)
        arrays.append(column.cast(field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def _write_once(tables: dict[str, pa.Table], out: Path) -> list[Path]:
    return [_write_feed(tables, out, CLOSING[1])]


def _write_daily(tables: dict[str, pa.Table], out: Path) -> list[Path]:
    """A feed for every calendar date: statements on their date, transactions on the date they are booked, all else first."""
    dated = {"statements": "statement_date", "transactions": "posted_date"}
    feeds = []
    for offset in range((CLOSING[1] - FIRST_DAY).days + 1):
        day = FIRST_DAY + timedelta(days=offset)
        news = {
            name: table.filter(pc.equal(table[dated[name]], pa.scalar(day)))
            if name in dated
            else table.slice(0, table.num_rows if offset == 0 else 0)
            for name, table in tables.items()
        }
        feeds.append(_write_feed(news, out, day))
    return feeds


def _write_feed(tables: dict[str, pa.Table], out: Path, day: date) -> Path:
    folder = out / "feed" / f"date={day}"
    folder.mkdir(parents=True)
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")
    return folder
