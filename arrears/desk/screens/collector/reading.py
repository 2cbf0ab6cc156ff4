"""Everything that a case's page shows, each by an index, each list bounded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from arrears.desk.cases.documents import documents_of
from arrears.desk.cases.reading import read_case
from arrears.desk.current import Desk
from arrears.desk.dispatch.foreseeing import foresee
from arrears.desk.ledger.appending import Connection
from arrears.desk.people.masking import masked_name

CONTACTS_MAX, TIMELINE_MAX = 12, 40

_STANDING = """SELECT zones, language, jurisdiction, consents, refusals FROM standing
WHERE customer_id = %s ORDER BY business_date DESC LIMIT 1"""
_CONTACTS = """SELECT intent_id, business_date, account_id, step, channel, party, purpose, subject, text, name, contact,
    segment, clause, reason, due_at, not_after, state, deferred_n FROM intent WHERE customer_id = %s
ORDER BY business_date DESC, state <> 'due', due_at LIMIT %s"""
_TIMELINE = """SELECT seq, at, local_at, kind, actor, intent_id, attempt_seq, step, account_id, channel, party, outcome, body,
    (SELECT currency FROM standing AS s WHERE s.customer_id = e.customer_id ORDER BY business_date DESC LIMIT 1) AS currency
FROM ledger_entry AS e WHERE customer_id = %s AND seq < %s ORDER BY seq DESC LIMIT %s"""
_UNTOLD = """SELECT a.seq, a.channel, a.local_at, i.text, i.name, i.contact FROM ledger_entry AS a
LEFT JOIN intent AS i ON i.intent_id = a.intent_id AND i.customer_id = a.customer_id
WHERE a.customer_id = %s AND a.kind = 'attempt' AND a.actor = %s AND a.channel IN ('call', 'visit')
AND NOT EXISTS (SELECT 1 FROM ledger_entry AS o WHERE o.customer_id = a.customer_id AND o.kind = 'outcome'
    AND o.attempt_seq = a.seq)
ORDER BY a.seq DESC LIMIT 5"""
_PAYMENTS = "SELECT paid_at, amount_minor, currency FROM payment WHERE customer_id = %s ORDER BY paid_at DESC LIMIT 5"
_BOOKED = "SELECT agent, at FROM call_back WHERE customer_id = %s AND state = 'open'"
_HOLD = "SELECT agent, until FROM work_hold WHERE customer_id = %s AND until > %s"
LAST = 2**63 - 1


@dataclass(frozen=True)
class Outlook:
    """A contact still to be made, with what the gate says now."""

    row: dict[str, Any]
    fate: str
    rules: tuple[dict[str, str], ...]
    """Of a refusal: rule, title, citation, reason."""
    reason: str
    """Of a withdrawal: paid, promise, the state that holds."""
    allowed_from: datetime | None
    budgets: tuple[dict[str, Any], ...]
    """What the caps leave: channel, today, this week, rules."""


def case_page(connection: Connection, desk: Desk, customer_id: str, agent: str) -> dict[str, Any]:
    """What `collector/case.html` shows; raises `StoreError` where nobody of that id was ever published."""
    now = desk.now()
    case = read_case(connection, customer_id, now)
    with connection.cursor(row_factory=dict_row) as cursor:
        about = cursor.execute(_STANDING, [customer_id]).fetchone() or {}
        contacts = cursor.execute(_CONTACTS, [customer_id, CONTACTS_MAX]).fetchall()
        untold = cursor.execute(_UNTOLD, [customer_id, agent]).fetchall()
        payments = cursor.execute(_PAYMENTS, [customer_id]).fetchall()
        booked = cursor.execute(_BOOKED, [customer_id]).fetchone()
        held = cursor.execute(_HOLD, [customer_id, now]).fetchone()
    documents, more_documents = documents_of(connection, customer_id)
    outlooks = [_outlook(connection, desk, one) for one in contacts if one["state"] == "due" and one["not_after"] > now]
    return {
        "case": case, "about": about, "zone": str(about.get("zones", "UTC")).split(",")[0],
        "debts": json.loads(case["standing"].get("debts", "[]")), "outlooks": [one for one in outlooks if one],
        "over": [one for one in contacts if one["state"] != "due" or one["not_after"] <= now], "untold": untold,
        "documents": documents, "more_documents": more_documents,
        "payments": payments, "booked": booked, "held": held, "name": contacts[0]["name"] if contacts else "",
        "entries": timeline_of(connection, customer_id, LAST), "now": now,
    }  # fmt: skip


def _outlook(connection: Connection, desk: Desk, row: dict[str, Any]) -> Outlook | None:
    found = foresee(connection, desk.clock(), desk.gates, row["intent_id"])
    if found is None:
        return None
    verdict = found.verdict
    capped = [one for one in verdict.remaining if one.today is not None or one.this_week is not None]
    return Outlook(
        row, found.judged.fate, tuple(one._asdict() for one in verdict.refusals), str(found.judged.why.get("reason", "")),
        verdict.allowed_from, tuple(one._asdict() for one in capped),
    )  # fmt: skip


def timeline_of(connection: Connection, customer_id: str, before: int) -> list[dict[str, Any]]:
    """Entries of the ledger, latest first, with `more` of the body as pairs that a page can show."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_TIMELINE, [customer_id, before, TIMELINE_MAX]).fetchall()
    for row in rows:
        # Entries about what was agreed before bear no currency: it is the customer's.
        row["body"] = {"currency": row["currency"], **json.loads(row["body"])}
    return rows


def script_of(text: str, name: str, *, revealed: bool) -> str:
    """The words to be said, the customer's name hidden until it is needed."""
    return text if revealed or not name else text.replace(name, masked_name(name))
