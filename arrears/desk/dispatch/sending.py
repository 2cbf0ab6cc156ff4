"""After the gate: what it passed is sent, once, and what the carrier says is written down.

This module alone calls a driver. A crash between the attempt and its receipt leaves the contact `sending`; whoever finds that
its worker is gone marks it `unknown` and never tries it again, since nobody can tell whether it went out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from arrears.channels import Driver, Receipt
from arrears.desk.dispatch.gatekeeping import Passed, steady
from arrears.desk.ledger.appending import Connection, Deed, append

STALE_SECONDS = 60
"""So long after the gate's word a message is still handed over; what is lawful now may not be an hour later."""
_RECEIVED = """UPDATE intent SET state = moved.state, worker = NULL
FROM unnest(%s::bigint[], %s::text[]) AS moved (intent_id, state)
WHERE intent.intent_id = moved.intent_id AND intent.state = 'sending'"""
_LOST = """SELECT i.intent_id, i.customer_id, a.seq, i.channel, split_part(s.zones, ',', 1) FROM intent AS i
JOIN standing AS s ON s.customer_id = i.customer_id AND s.business_date = i.business_date
JOIN ledger_entry AS a ON a.customer_id = i.customer_id AND a.intent_id = i.intent_id AND a.kind = 'attempt'
WHERE i.state = 'sending' AND i.worker = %s ORDER BY i.intent_id FOR UPDATE OF i"""


@dataclass(frozen=True)
class Sent:
    """A message and its receipt; None where nobody can tell whether it went out."""

    passed: Passed
    receipt: Receipt | None


def send(passed: Sequence[Passed], drivers: Mapping[str, Driver]) -> list[Sent]:
    """Hand every message to its channel's driver, but for those whose moment has passed: a process may have been held up."""
    return [Sent(one, _carried(one, drivers)) for one in passed]


def _carried(one: Passed, drivers: Mapping[str, Driver]) -> Receipt | None:
    if steady() - one.decided > STALE_SECONDS:
        return Receipt(accepted=False, problem="not carried: too long after the gate")
    try:
        return drivers[one.message.channel].carry(one.message)
    except Exception:  # whatever a driver stumbles over, the others' messages go on, and this one is never tried again
        return None


def write_receipts(connection: Connection, sent: Sequence[Sent], actor: str) -> None:
    """What the carriers said, into the ledger; commits."""
    if not sent:
        return
    with connection.transaction():
        # Contacts first, then customers, the ledger last: so does everybody who locks, and nobody waits in a ring.
        states = [(one.passed.intent_id, state_of(one.receipt)) for one in sent]
        connection.execute(_RECEIVED, [list(column) for column in zip(*states, strict=True)])
        append(connection, [_receipt(one, actor) for one in sent])


def state_of(receipt: Receipt | None) -> str:
    """What becomes of a contact by what its carrier says."""
    return "unknown" if receipt is None else "sent" if receipt.accepted else "failed"


def _receipt(one: Sent, actor: str) -> Deed:
    passed, receipt = one.passed, one.receipt
    body: dict[str, Any] = {"state": state_of(receipt)}
    if receipt is not None:
        body |= {name: value for name, value in (("reference", receipt.reference), ("problem", receipt.problem)) if value}
    outcome = None if receipt is None else receipt.outcome or (None if receipt.accepted else "bounced")
    return Deed(
        passed.customer_id, "receipt", passed.at, passed.zone, actor, passed.intent_id, passed.attempt_seq,
        channel=passed.message.channel, outcome=outcome, body=body,
    )  # fmt: skip


def mark_lost(connection: Connection, now: datetime, actor: str) -> int:
    """Mark as `unknown` what workers that are gone left unsent or unreceipted; returns how many. Commits.

    A worker holds a lock of its own number as long as its connection lives, however it ends.
    """
    lost_n = 0
    rows = connection.execute("SELECT DISTINCT worker FROM intent WHERE state = 'sending'").fetchall()
    connection.commit()
    for (worker,) in rows:
        with connection.transaction():
            gone = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", [worker]).fetchone()
            if gone is None or not gone[0]:
                continue
            intents = connection.execute(_LOST, [worker]).fetchall()
            deeds = [
                Deed(who, "receipt", now, zone, actor, intent_id, seq, channel=channel, body={"state": "unknown"})
                for intent_id, who, seq, channel, zone in intents
            ]
            connection.execute(_RECEIVED, [[one[0] for one in intents], ["unknown"] * len(intents)])
            append(connection, deeds)
            lost_n += len(intents)
    return lost_n


def hold_worker(connection: Connection) -> int:
    """A number for a worker, locked as long as its connection lives."""
    found = connection.execute("SELECT (random() * 9e18)::bigint").fetchone()
    assert found is not None  # noqa: S101 - a SELECT without FROM has one row
    connection.execute("SELECT pg_advisory_lock(%s)", [found[0]])
    connection.commit()
    return int(found[0])
