"""Customers and due contacts made up in an empty desk, and the words to work them with."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from arrears.channels import Message, Receipt
from arrears.desk.dispatch.gatekeeping import Round, pass_due
from arrears.desk.opening import Store
from arrears.law import Gate, load_packs

DAY = date(2026, 6, 15)
MORNING = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)
"""Ten in the morning in Shanghai."""
SHANGHAI = timedelta(hours=8)


@functools.cache
def gates(day: date) -> Gate:
    """The whole Chinese pack, whatever the day."""
    return Gate(load_packs(["cn"]))


def at(hour: int, minute: int = 0, second: int = 0, *, day: date = DAY) -> datetime:
    """A time by the clock of Shanghai."""
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=UTC) - SHANGHAI


def customer(
    connection: psycopg.Connection[Any], customer_id: str, *, flags: str = "", consents: str = "", refusals: str = "",
    zones: str = "Asia/Shanghai", history: str = "[]", past_due: int = 10_000, day: date = DAY, dpd: int = 20,
) -> None:  # fmt: skip
    """A customer with one card past due and two mobile numbers, `P...` and `Q...`."""
    points = [
        f'{{"id":"{name}{customer_id}","kind":"mobile","party":"debtor","source":"contract","status":"active"}}'
        for name in "PQ"
    ]
    debts = f'[{{"id":"A{customer_id}","dpd":{dpd},"currency":"CNY","balance_minor":50000}}]'
    connection.execute(
        "INSERT INTO publication VALUES (%s, 'made', '{}', 0, 0, 'Asia/Shanghai', clock_timestamp()) ON CONFLICT DO NOTHING",
        [day],
    )
    connection.execute("INSERT INTO customer VALUES (%s) ON CONFLICT DO NOTHING", [customer_id])
    connection.execute(
        "INSERT INTO standing VALUES (%s, %s, 'CN-SH', %s, 'zh', 'CNY', %s, %s, 50000, %s, %s, %s, %s, %s, %s)",
        [day, customer_id, zones, past_due, past_due, flags, consents, refusals, debts, f"[{','.join(points)}]", history],
    )


def intent(
    connection: psycopg.Connection[Any], customer_id: str, step: str = "step", *, channel: str = "call",
    due: datetime = MORNING, party: str = "debtor", purpose: str = "collection", point: str = "P", day: date = DAY,
    priority: int = 0, visitors: int = 0,
) -> int:  # fmt: skip
    """A contact that is due; returns its number."""
    found = connection.execute(
        """INSERT INTO intent (business_date, customer_id, account_id, contact_id, step, alternative, channel, party, purpose,
        content, content_fields, content_features, visitors, priority, language, subject, text, name, contact, segment, clause,
        reason, due_at, not_after) VALUES (%s, %s, %s, %s, %s, 0, %s, %s, %s, 'missed_payment',
        ',sender,cardholder_name,balance,reason,legal_basis,rights_obligations,how_to_query,how_to_repay,how_to_object,'
        'how_to_submit_evidence,issuer_contact,business_seal,opt_out,', '', %s, %s, 'zh', 's', 't', 'n', '+86138', 'seg', 'R1',
        '', %s, %s) RETURNING intent_id""",
        [
            day, customer_id, f"A{customer_id}", f"{point}{customer_id}", step, channel, party, purpose, visitors, priority,
            due, at(0, day=day + timedelta(days=1)),
        ],
    ).fetchone()  # fmt: skip
    assert found is not None
    return int(found[0])


@dataclass
class Recorder:
    """A carrier that remembers what it was handed."""

    messages: list[Message] = field(default_factory=list)
    receipts: Sequence[Receipt] = ()

    def check(self) -> None:
        """It can."""

    def carry(self, message: Message) -> Receipt:
        self.messages.append(message)
        return self.receipts[len(self.messages) - 1] if self.receipts else Receipt(True, message.number)


def decide(store: Store, now: datetime, *, worker: int = 1, limit: int = 100, actor: str = "test") -> Round:
    """One round of the gate over all channels."""
    with store.connect() as connection:
        return pass_due(
            connection,
            now,
            gates,
            worker=worker,
            actor=actor,
            channels=("sms", "email", "call", "letter", "visit"),
            limit=limit,
        )


def states(store: Store) -> dict[int, str]:
    """Every contact's number to its state."""
    with store.connect() as connection:
        return dict(connection.execute("SELECT intent_id, state FROM intent ORDER BY intent_id").fetchall())


def entries(store: Store, *columns: str) -> list[tuple[Any, ...]]:
    """The ledger in its order."""
    with store.connect() as connection:
        return connection.execute(f"SELECT {', '.join(columns)} FROM ledger_entry ORDER BY seq").fetchall()
