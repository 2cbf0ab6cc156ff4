"""The one transaction that every contact passes: claimed, judged, written to the ledger. What it returns may be sent, once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from arrears.channels import Message
from arrears.desk.dispatch.claiming import Claimed, Clock, claim, claim_held, claim_one
from arrears.desk.dispatch.judging import Fate, Gates, Judged, judge, withdrawn
from arrears.desk.ledger.appending import Connection, Deed, append

STATES: dict[Fate, str] = {
    "allowed": "sending", "deferred": "due", "refused": "refused", "withdrawn": "withdrawn", "expired": "expired",
}  # fmt: skip
DEFERRED_MAX = 20
"""So often a contact is put off; after that it is refused, so that none goes round for ever."""

_MOVE = """UPDATE intent SET state = moved.state, due_at = coalesce(moved.due_at, intent.due_at), worker = moved.worker,
    deferred_n = deferred_n + CASE WHEN moved.due_at IS NULL THEN 0 ELSE 1 END
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::bigint[]) AS moved (intent_id, state, due_at, worker)
WHERE intent.intent_id = moved.intent_id"""


@dataclass(frozen=True)
class Passed:
    """A contact that may be made now: the ledger has its attempt, committed."""

    message: Message
    intent_id: int
    attempt_seq: int
    customer_id: str
    zone: str
    at: datetime
    decided: float
    """When, by a clock of this machine that nobody sets (`steady`)."""


@dataclass(frozen=True)
class Round:
    """What one transaction decided."""

    passed: tuple[Passed, ...]
    fates: Mapping[Fate, int]
    judged: tuple[Judged, ...]


def steady() -> float:
    """Seconds by a clock that nobody sets and that runs on while the machine sleeps, where it has one."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def pass_due(
    connection: Connection, clock: Clock, gates: Gates, *, worker: int, actor: str, channels: Sequence[str], limit: int
) -> Round:
    """Decide about up to so many due contacts; commits."""
    with connection.transaction():
        return _decide(connection, claim(connection, clock, channels, limit), gates, worker, actor)


def pass_one(connection: Connection, clock: Clock, gates: Gates, *, actor: str, intent_id: int) -> Round:
    """Decide about this one, for a person who is about to make it; commits. Allowed, it is `made`: no carrier has it."""
    with connection.transaction():
        return _decide(connection, claim_one(connection, clock, intent_id), gates, None, actor)


def withdraw_paid(connection: Connection, clock: Clock, *, actor: str, intent_ids: Sequence[int]) -> int:
    """Withdraw of a customer's contacts, which `hold_contacts` holds, those whose money has come in; returns how many.

    Within the caller's transaction.
    """
    claimed = claim_held(connection, clock, intent_ids)
    return len(_written(connection, withdrawn(claimed), claimed.now, None, actor))


def _decide(connection: Connection, claimed: Claimed, gates: Gates, worker: int | None, actor: str) -> Round:
    decided = steady()
    judged = [_ended(one) for one in judge(claimed, gates)]
    seqs = _written(connection, judged, claimed.now, worker, actor)
    passed = tuple(
        Passed(_message(intent, claimed.identity), intent.intent_id, seq, intent.customer_id, one.zone, claimed.now, decided)
        for one, intent, seq in zip(judged, [one.intent for one in judged], seqs, strict=True)
        if one.fate == "allowed"
    )
    return Round(passed, Counter(one.fate for one in judged), tuple(judged))


def _written(connection: Connection, judged: Sequence[Judged], now: datetime, worker: int | None, actor: str) -> list[int]:
    """What was decided, into the contacts and the ledger; returns the ledger's numbers."""
    states = STATES if worker is not None else STATES | {"allowed": "made"}
    moves = [(one.intent.intent_id, states[one.fate], one.until, worker if one.fate == "allowed" else None) for one in judged]
    if moves:
        connection.execute(_MOVE, [list(column) for column in zip(*moves, strict=True)])
    # Last, for from here to the commit nobody else can add to the ledger.
    return append(connection, [_deed(one, now, actor) for one in judged])


def _ended(one: Judged) -> Judged:
    if one.fate == "deferred" and one.intent.deferred_n >= DEFERRED_MAX:
        return Judged(one.intent, "refused", one.zone, one.why | {"deferred_n": one.intent.deferred_n})
    return one


def _deed(one: Judged, now: datetime, actor: str) -> Deed:
    intent = one.intent
    until = {} if one.until is None else {"deferred_until": one.until.isoformat()}
    return Deed(
        intent.customer_id, "attempt" if one.fate == "allowed" else "refusal", now, one.zone, actor, intent.intent_id,
        step=intent.step, account_id=intent.account_id or None, contact_id=intent.contact_id or None, channel=intent.channel,
        party=intent.party, body={"fate": one.fate, "purpose": intent.purpose, **one.why, **until},
    )  # fmt: skip


def _message(intent: Any, identity: str) -> Message:
    return Message(
        f"{identity}-{intent.intent_id}",
        intent.channel,
        intent.contact,
        intent.name,
        intent.language,
        intent.subject,
        intent.text,
    )
