"""A workspace of a few accounts, written as the day writes one."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from arrears.bank import Bank
from arrears.book.columns import ACCOUNT_COLUMNS, CUSTOMER_COLUMNS, BookColumn
from arrears.day.queries import CANDIDATES, DECISIONS, SCORES, SEGMENTS
from arrears.feed.quarantine import SCHEMA as QUARANTINE
from arrears.store import FORMAT, Manifest

DAY = date(2026, 3, 14)
ARROW = {"string": pa.string(), "int64": pa.int64(), "date": pa.date32(), "boolean": pa.bool_()}
EMPTY = {"string": "", "int64": 0, "date": None, "boolean": False}

BANK = Bank.model_validate(
    {
        "name": "Bank of <Tests> & Sons", "name_zh": "测试银行", "country": "CN", "timezone": "Asia/Shanghai",
        "currency": "CNY",
        "fx_ppm": {"USD": 7_000_000},
        "products": ({"product_id": "std", "currency": "CNY"}, {"product_id": "usd", "currency": "USD"}),
    }
)  # fmt: skip


def account(number: int, bucket: int, balance: int, **values: Any) -> dict[str, Any]:
    """An account of customer `number`, in the same bucket as the day before; `balance` in minor units."""
    return {
        "account_id": f"A{number:06d}", "customer_id": f"C{number:06d}", "currency": "CNY", "status": "open",
        "balance_minor": balance, "bucket": bucket, "bucket_before": bucket, "dpd": max(0, 30 * bucket - 15),
        "past_due_minor": balance // 10 if bucket else 0, "cured_today": False,
        "class_card": "normal" if bucket < 4 else "substandard", "class_general": "normal" if bucket < 4 else "substandard",
    } | values  # fmt: skip


def candidate(number: int, step: str, channel: str, decision: str, **values: Any) -> dict[str, Any]:
    """A candidate of customer `number`, with what was decided on it."""
    return {
        "customer_id": f"C{number:06d}", "account_id": f"A{number:06d}", "segment": "early", "step": step, "channel": channel,
        "clause": "R2", "party": "debtor", "lawful": decision != "refused", "decision": decision,
    } | values  # fmt: skip


def quarantined(table: str, column: str, reason: str, row: int, key: str) -> dict[str, Any]:
    """A row that was not taken in."""
    return {
        "table": table, "file": f"{table}.parquet", "row": row, "key": key, "column": column, "reason": reason,
        "text_en": f"{column} <b>is</b> wrong", "text_zh": f"{column} 有误", "value": "(hidden)", "remedy": "mend it",
        "also": "",
        "raw": '{"full_name": "Somebody Secret"}',
    }  # fmt: skip


def _types(columns: tuple[BookColumn, ...]) -> dict[str, str]:
    return {column.name: column.type for column in columns}


class World:
    """Days of one bank, in two shards."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def day(
        self, day: date = DAY, *, accounts: list[dict[str, Any]], decisions: list[dict[str, Any]] | None = None,
        quarantine: list[dict[str, Any]] | None = None, bands: str = "AB", holdout: tuple[int, ...] = (),
    ) -> World:  # fmt: skip
        """Publish every step of a day; customers follow from the accounts."""
        customers = [
            {
                "customer_id": one["customer_id"], "accounts_n": 1, "accounts_past_due_n": int(one["bucket"] > 0),
                "bucket": one["bucket"],
            }
            for one in accounts
        ]  # fmt: skip
        segments = [
            {
                "customer_id": one["customer_id"], "segment": "early" if one["bucket"] else "current",
                "arm": f"calls:{'holdout' if number in holdout else 'champion'}" if one["bucket"] else "",
                "score": 700, "band": "B",
            }
            for number, one in enumerate(accounts)
        ]  # fmt: skip
        scores = [
            {"customer_id": one["customer_id"], "score": 700, "band": bands[n % len(bands)]} for n, one in enumerate(accounts)
        ]
        decisions = decisions or []
        chosen = [one for one in decisions if one["decision"] == "chosen"]
        self._step(
            "book", day, {"accounts": (_types(ACCOUNT_COLUMNS), accounts), "customers": (_types(CUSTOMER_COLUMNS), customers)}
        )
        self._step("risk", day, {"scores": (SCORES, scores)})
        self._step("playbook", day, {"segments": (SEGMENTS, segments), "candidates": (CANDIDATES, decisions)})
        self._step("law", day, {})
        self._step("plan", day, {"decisions": (DECISIONS, decisions), "contacts": (DECISIONS, chosen)})
        self._step("feed", day, {}, rows={"transactions": 100, "accounts": 5})
        rows = [{name: one[name] for name in QUARANTINE.names} for one in quarantine or []]
        folder = self.path / "feed" / f"date={day}"
        pq.write_table(pa.Table.from_pylist(rows, schema=QUARANTINE), folder / "quarantine.parquet")
        return self

    def _step(
        self,
        step: str,
        day: date,
        tables: dict[str, tuple[dict[str, str], list[dict[str, Any]]]],
        rows: dict[str, int] | None = None,
    ) -> None:
        folder = self.path / step / f"date={day}"
        folder.mkdir(parents=True)
        counted = dict(rows or {})
        for name, (types, content) in tables.items():
            (folder / name).mkdir()
            counted[name] = len(content)
            schema = pa.schema([(column, ARROW[kind]) for column, kind in types.items()])
            for shard in (0, 1):
                part = [
                    {column: one.get(column, EMPTY[kind]) for column, kind in types.items()}
                    for one in content
                    if int(one["customer_id"][1:]) % 2 == shard
                ]
                pq.write_table(pa.Table.from_pylist(part, schema=schema), folder / name / f"{shard:04d}.parquet")
        manifest = Manifest(step, day.isoformat(), inputs={}, outputs={}, rows=counted, format=FORMAT)
        (folder / "manifest.json").write_text(json.dumps(manifest.__dict__), encoding="utf-8")


def small_bank(path: Path) -> World:
    """Two days of eight accounts: one cures, one falls past due, one rolls on, one is charged off, one owes dollars."""
    world = World(path)
    before = [
        account(1, 0, 100_000),
        account(2, 1, 200_000),
        account(3, 0, 300_000),
        account(4, 1, 400_000),
        account(5, 4, 500_000),
        account(6, 7, 600_000),
        account(7, 2, 100_000, currency="USD"),
    ]
    today = [
        account(1, 0, 110_000),
        account(2, 0, 190_000, bucket_before=1, cured_today=True),
        account(3, 1, 300_000, bucket_before=0),
        account(4, 2, 400_000, bucket_before=1),
        account(5, 4, 500_000, class_general="special_mention"),
        account(6, 7, 600_000, status="charged_off"),
        account(7, 2, 100_000, currency="USD", class_general="doubtful"),
        account(8, 0, -5_000, bucket_before=None),
    ]
    decisions = [
        candidate(3, "sms_d1", "sms", "chosen"),
        candidate(3, "sms_d1", "email", "not_needed", alternative=1),
        candidate(4, "call_d31", "call", "refused", refused_by="CN-CBA-time,X-9"),
        candidate(4, "call_d31", "sms", "refused", refused_by="CN-CBA-time", alternative=1),
        candidate(4, "call_d31", "email", "no_contact_point", alternative=2),
        candidate(5, "visit_d95", "visit", "chosen", clause="R9", segment="late"),
        candidate(5, "letter_d91", "letter", "outranked", clause="P1", segment="late"),
    ]
    refused_rows = [
        quarantined("transactions", "amount_minor", "decimal_amount", row, f"transaction_id=T00000{row}, account_id=A1234567")
        for row in (4, 1, 9, 2)
    ] + [quarantined("customers", "full_name", "missing_value", 3, "customer_id=C1")]
    world.day(DAY - timedelta(days=1), accounts=before)
    return world.day(DAY, accounts=today, decisions=decisions, quarantine=refused_rows, holdout=(2,))
