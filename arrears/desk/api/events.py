"""What other systems are told of: events, each told by one entry of the ledger, so that none is lost or made up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from arrears.desk.ledger.appending import Connection
from arrears.desk.ledger.identity import Identities

EVENTS: dict[str, tuple[str, str]] = {
    "case.opened": ("a case begins", "案件建立"), "promise.kept": ("a promise was kept", "承诺已履行"),
    "promise.broken": ("a promise was broken", "承诺未履行"), "plan.accepted": ("a plan was accepted", "分期协议已接受"),
    "plan.breached": ("a plan was breached", "分期协议违约"), "contact.made": ("a contact was made", "已联系"),
    "contact.refused": ("the gate refused a contact", "联系被合规拒绝"), "matter.opened": ("a matter was opened", "事项已受理"),
    "payment.received": ("money came in", "收到还款"),
}  # fmt: skip
"""(English, Chinese)."""
SPAN = 2_000
"""Entries of the ledger read at once."""

_ENTRIES = """SELECT seq, at, customer_id, kind, intent_id, attempt_seq, account_id, channel, body FROM ledger_entry
WHERE seq > %s AND seq <= %s AND kind IN ('attempt', 'receipt', 'refusal', 'payment', 'promise', 'plan', 'matter', 'note')
ORDER BY seq"""
_OPENING = ("promise", "plan", "matter")
_NOTES_OPENING = ("reason", "document", "task")
"""What begins a case where there is none: entries of these kinds, and notes of these, but for that of a write-off."""
_EARLIER = f"""SELECT 1 FROM ledger_entry WHERE customer_id = %s AND seq < %s AND (kind IN {_OPENING}
OR CASE WHEN kind = 'note' THEN body::jsonb ?| ARRAY{list(_NOTES_OPENING)} AND NOT body::jsonb ? 'write_off'
    ELSE false END) LIMIT 1"""


@dataclass(frozen=True)
class Event:
    """One thing to tell."""

    event: str
    event_id: str
    """The same whenever it is told again: the ledger's identity, the entry's number, the event."""
    seq: int
    body: str
    """JSON as it is signed and sent: `type`, `timestamp`, `data` of ids and codes."""


def head_of(connection: Connection) -> int:
    """The ledger's last entry; those before it are all there, for entries are numbered as they are committed."""
    found = connection.execute("SELECT seq FROM ledger_head").fetchone()
    return 0 if found is None else int(found[0])


def events_between(connection: Connection, after: int, until: int, identities: Identities) -> list[Event]:
    """Every event of the entries after one, up to another, in the ledger's order."""
    rows = connection.execute(_ENTRIES, [after, until]).fetchall()
    return [event for row in rows for event in _events(connection, row, identities)]


def _events(connection: Connection, row: Sequence[Any], identities: Identities) -> list[Event]:
    seq, at, customer_id, kind, intent_id, attempt_seq, account_id, channel, text = row
    body: dict[str, Any] = json.loads(text)
    names = [name] if (name := _named(kind, channel, body)) else []
    if _opens(kind, body) and connection.execute(_EARLIER, [customer_id, seq]).fetchone() is None:
        names.insert(0, "case.opened")
    known = {"customer_id": customer_id, "account_id": account_id, "intent_id": intent_id, "channel": channel}
    known |= {"attempt_seq": seq if kind == "attempt" else attempt_seq}
    known |= {name: body.get(name) for name in ("promise_id", "plan_id", "matter_id", "payment_id", "rules")}
    known |= {"matter": body.get("what")}
    data = {"seq": seq, **{name: value for name, value in known.items() if value not in (None, "")}}
    return [_event(name, seq, at, data, identities) for name in names]


def _event(name: str, seq: int, at: datetime, data: dict[str, Any], identities: Identities) -> Event:
    identity = next(one for one, until in identities if until is None or seq <= until)
    told = {"type": name, "timestamp": at.astimezone(UTC).isoformat(), "data": {"ledger": identity, **data}}
    # No full stop in it: the signature joins it with one to what follows.
    event_id = f"{identity}-{seq:012d}-{name.replace('.', '_')}"
    return Event(name, event_id, seq, json.dumps(told, separators=(",", ":")))


def _named(kind: str, channel: str | None, body: dict[str, Any]) -> str | None:  # noqa: PLR0911 - a table
    """The event that an entry is, by its kind and body; None where nobody is told of such."""
    state = body.get("state")
    match kind:
        case "promise":
            return f"promise.{state}" if state in ("kept", "broken") else None
        case "plan":
            accepted = state == "performing" and "paid_minor" not in body  # with it: a breach that a late payment mended
            return "plan.accepted" if accepted else "plan.breached" if state == "breached" else None
        case "matter":
            return "matter.opened" if "deadline_on" in body else None
        case "payment":
            return "payment.received"
        case "refusal":
            return "contact.refused" if body.get("fate") == "refused" else None
        case "attempt":
            return "contact.made" if channel in ("call", "visit") else None
        case "receipt":
            return "contact.made" if state == "sent" else None
    return None


def _opens(kind: str, body: dict[str, Any]) -> bool:
    """Whether an entry is of those that begin a case where there is none."""
    return kind in _OPENING or (kind == "note" and "write_off" not in body and not body.keys().isdisjoint(_NOTES_OPENING))
