"""A bank small enough to know by name: customers written in the field's words, delivered as feeds, run day by day."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from arrears.bank import load_bank
from arrears.day.run import DayResult, run_day
from arrears.day.workspace import Workspace
from arrears.feed.contracts import CONTRACTS
from tests.day.compiled import book_queries, sessions

Row = dict[str, Any]
Tables = dict[str, list[Row]]

LEAP_DAY = date(2028, 2, 29)
"""Most days here are run on it."""

BANK = """
name = "Lotus Bank"
name_zh = "莲花银行"
country = "CN"
timezone = "Asia/Shanghai"
currency = "CNY"
jurisdictions = [{packs}]
phone = "+861000000000"
shards = {shards}

[[products]]
product_id = "classic"
currency = "CNY"
grace_days = 3
tolerance_minor = 1000
"""


def workspace(path: Path, *, shards: int = 1, packs: Sequence[str] = ("CN",)) -> Workspace:
    path.mkdir(parents=True)
    quoted = ", ".join(f'"{pack}"' for pack in packs)
    (path / "bank.toml").write_text(BANK.format(shards=shards, packs=quoted), encoding="utf-8")
    return Workspace(path)


def run(where: Workspace, feed: Path, day: date) -> DayResult:
    queries = book_queries(load_bank(where.path / "bank.toml"))
    return run_day(where, feed, day, sessions=sessions(), book_queries=queries)


def deliver(root: Path, day: date, tables: Tables | None = None) -> Path:
    """Write the feed of a day below `root`; returns `root`. Tables that are not named are empty."""
    folder = root / f"date={day}"
    folder.mkdir(parents=True)
    for name, contract in CONTRACTS.items():
        rows = (tables or {}).get(name, [])
        pq.write_table(pa.Table.from_pylist(rows, schema=contract.schema), folder / f"{name}.parquet")
    return root


def together(*parts: Tables) -> Tables:
    return {name: [row for part in parts for row in part.get(name, [])] for name in CONTRACTS}


def rows(where: Workspace, step: str, day: date, table: str) -> list[Row]:
    """All shards of a table of a published step."""
    files = sorted((where.step(step, day) / table).glob("*.parquet"))
    return [row for file in files for row in pq.read_table(file, partitioning=None).to_pylist()]


def work_file(where: Workspace, day: date, name: str) -> list[dict[str, str]]:
    with (where.step("plan", day) / "files" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


# --- people ------------------------------------------------------------------------------------------------------------------
def cardholder(
    number: int, day: date, *, dpd: int | None = None, due_in: int | None = None, minimum: int = 60_000, balance: int = 600_000,
    late_before: int = 0, reach: Sequence[str] = ("mobile", "email", "address"), flags: Sequence[str] = (),
    refuses: Sequence[str] = (), opened: date = date(2024, 5, 6), **changed: Any,
) -> Tables:  # fmt: skip
    """Customer `C<number>` with one card, `A<number>`.

    `dpd`: the newest statement but those since unpaid for so many days. `due_in`: its due date is so many days ahead.
    `late_before`: earlier statements were paid, so many of them late. `refuses`: channels opted out of. A flag may name its
    evidence: `lost_contact:EV-12`.
    """
    who, card = f"C{number}", f"A{number}"
    due = day - timedelta(days=dpd) if dpd is not None else day + timedelta(days=20 if due_in is None else due_in)
    person = {
        "customer_id": who, "full_name": f"顾客{number}", "language": "zh", "country": "CN", "region": "SH",
        "timezone": "Asia/Shanghai", "since_date": opened,
    } | changed  # fmt: skip
    account = {
        "account_id": card, "customer_id": who, "product_id": "classic", "currency": "CNY", "opened_date": opened,
        "credit_limit_minor": 10_000_000, "status": "open", "opening_balance_minor": 0,
    }  # fmt: skip
    statements, payments = _earlier(card, due, late_before)
    first = due - timedelta(days=20)
    statements += _unpaid_since(card, first, day, minimum, balance)
    spent = _posting(card, "purchase", balance + sum(row["amount_minor"] for row in payments), first - timedelta(days=150))
    return {
        "customers": [person],
        "accounts": [account],
        "statements": statements,
        "transactions": [spent, *payments],
        "contact_points": [contact_point(number, kind) for kind in reach],
        "consents": [
            {"customer_id": who, "channel": channel, "purpose": "collection", "given": False, "at_date": opened,
             "until_date": None}
            for channel in refuses
        ],
        "flags": [
            {"customer_id": who, "flag": flag.partition(":")[0], "active": True, "from_date": day - timedelta(days=30),
             "until_date": None, "evidence": flag.partition(":")[2] or None}
            for flag in flags
        ],
    }  # fmt: skip


def _earlier(card: str, due: date, late: int) -> tuple[list[Row], list[Row]]:
    """Four statements before the one due on `due`, all paid; the oldest `late` of them ten days after their due date."""
    statements, payments = [], []
    for number, back in enumerate((120, 90, 60, 30)):
        due_then = due - timedelta(days=back)
        statements.append(_statement(card, due_then - timedelta(days=20), due_then, 50_000, 0, 500_000))
        paid = due_then + timedelta(days=8 if number < late else -3)
        payments.append(_posting(card, "payment", 50_000, paid))
    return statements, payments


def _unpaid_since(card: str, first: date, day: date, minimum: int, balance: int) -> list[Row]:
    """A statement every 30 days from `first` up to `day`, none of them paid: each asks anew and carries the rest."""
    made, closing, carried = [], first, 0
    while closing <= day:
        made.append(_statement(card, closing, closing + timedelta(days=20), carried + minimum, carried, balance))
        closing, carried = closing + timedelta(days=30), carried + minimum
    return made


def _statement(card: str, closing: date, due: date, minimum: int, past_due: int, balance: int) -> Row:
    return {
        "account_id": card, "statement_date": closing, "due_date": due, "currency": "CNY", "balance_minor": balance,
        "minimum_payment_minor": minimum, "past_due_minor": past_due,
    }  # fmt: skip


def _posting(card: str, kind: str, amount: int, on: date) -> Row:
    return {
        "transaction_id": f"T{card}-{kind}-{on}", "account_id": card, "kind": kind, "amount_minor": amount, "currency": "CNY",
        "posted_date": on, "value_date": on, "reverses_id": None,
    }  # fmt: skip


def contact_point(number: int, kind: str, *, party: str = "debtor", source: str = "contract", zone: str | None = None) -> Row:
    value = {"mobile": f"+86139{number:08d}", "email": f"c{number}@example.org", "address": f"{number} Lotus Road"}[kind]
    return {
        "contact_id": f"P{number}-{kind}-{party}", "customer_id": f"C{number}", "kind": kind, "value": value, "party": party,
        "source": source, "timezone": zone, "status": "active", "rank": 1,
    }  # fmt: skip


def contacted(number: int, on: date, channel: str, times: int = 1, *, outcome: str = "delivered") -> Tables:
    """Contacts made with the customer on a day, noon in Shanghai."""
    noon = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    return {
        "contacts": [
            {"event_id": f"E{number}-{on}-{channel}-{n}", "customer_id": f"C{number}", "account_id": f"A{number}",
             "contact_id": f"P{number}-{'mobile' if channel in ('sms', 'call') else channel}-debtor",
             "at": (noon + timedelta(minutes=n)).replace(tzinfo=None), "local_date": on, "channel": channel,
             "direction": "outbound", "party": "debtor", "outcome": outcome}
            for n in range(times)
        ]
    }  # fmt: skip
