"""What a worker takes up at once: due contacts, their customers locked, and all that the gate must know of these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from psycopg.rows import namedtuple_row

from arrears.desk.ledger.appending import Connection
from arrears.desk.ledger.history import Contact, contacts_of

HISTORY_DAYS = 61
"""Days of the ledger that the gate is asked with: the longest window of any rule, and the zones' day."""

_INTENT = """SELECT intent_id, business_date, customer_id, account_id, contact_id, step, channel, party, purpose, content,
    content_fields, content_features, visitors, language, subject, text, name, contact, due_at, not_after, deferred_n
FROM intent WHERE state = 'due' AND """
_DUE = _INTENT + "due_at <= %s AND channel = ANY(%s) ORDER BY due_at, priority DESC LIMIT %s FOR UPDATE SKIP LOCKED"
_ONE = _INTENT + "intent_id = %s FOR UPDATE"
_OF_CUSTOMER = _INTENT + "customer_id = %s ORDER BY intent_id FOR UPDATE"
_LOCK = "SELECT customer_id FROM customer WHERE customer_id = ANY(%s) ORDER BY customer_id FOR UPDATE"
_STANDING = """SELECT business_date, customer_id, jurisdiction, zones, currency, past_due_minor, minimum_unpaid_minor, flags,
    consents, refusals, debts, points, history FROM standing
WHERE (business_date, customer_id) IN (SELECT * FROM unnest(%s::date[], %s::text[]))"""
_STATES = """SELECT customer_id, flag, from_date, until_date, evidence FROM state
WHERE customer_id = ANY(%s) AND ended_at IS NULL ORDER BY state_id"""
_PROMISED = "SELECT customer_id, due_on FROM promise WHERE customer_id = ANY(%s) AND state = 'open'"
_PAID = "SELECT customer_id, currency, paid_at, amount_minor FROM payment WHERE customer_id = ANY(%s)"


@dataclass
class Known:
    """What is known of one customer now."""

    states: list[dict[str, Any]] = field(default_factory=list)
    """Entered at the desk, as `arrears.law.case.FlagSet` reads them."""
    payments: list[tuple[str, datetime, int]] = field(default_factory=list)
    """Currency, when, minor units."""
    contacts: list[Contact] = field(default_factory=list)
    """Of the ledger."""
    promised_on: date | None = None
    """The day by which an open promise is to be kept."""


@dataclass
class Claimed:
    """Due contacts whose rows, and whose customers' rows, this transaction holds."""

    intents: list[Any]
    standings: dict[tuple[date, str], Any]
    known: dict[str, Known]
    now: datetime
    """By the worker's clock, or the latest time that the ledger knows, if that is later: a clock set back does not count."""


def claim(connection: Connection, clock: datetime, channels: Sequence[str], limit: int) -> Claimed:
    """Take up to so many contacts that are due; none where nothing is."""
    now = _now(connection, clock)
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        intents: list[Any] = cursor.execute(_DUE, [now, list(channels), limit]).fetchall()
    return _locked(connection, clock, intents)


def claim_one(connection: Connection, clock: datetime, intent_id: int) -> Claimed:
    """Take this one, due or not yet; nothing where it is no longer to be made."""
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        intents: list[Any] = cursor.execute(_ONE, [intent_id]).fetchall()
    return _locked(connection, clock, intents)


def claim_customer(connection: Connection, clock: datetime, customer_id: str) -> Claimed:
    """Take everything that is to be made with this customer, today or later."""
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        intents: list[Any] = cursor.execute(_OF_CUSTOMER, [customer_id]).fetchall()
    return _locked(connection, clock, intents)


def lock_customers(connection: Connection, customer_ids: Iterable[str]) -> None:
    """From here on nobody else decides about these customers; in one order, so that no two wait for each other."""
    connection.execute(_LOCK, [sorted(customer_ids)])


def hold_contacts(connection: Connection, customer_id: str) -> None:
    """Take the customer's contacts before the customer's own row, as everybody does who needs both: nobody waits in a ring."""
    connection.execute(
        "SELECT 1 FROM intent WHERE customer_id = %s AND state = 'due' ORDER BY intent_id FOR UPDATE", [customer_id]
    )


def _locked(connection: Connection, clock: datetime, intents: list[Any]) -> Claimed:
    if not intents:
        return Claimed([], {}, {}, clock)
    who = sorted({one.customer_id for one in intents})
    lock_customers(connection, who)
    now = _now(connection, clock)
    known = {customer_id: Known() for customer_id in who}
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        days, ids = [one.business_date for one in intents], [one.customer_id for one in intents]
        found: list[Any] = cursor.execute(_STANDING, [days, ids]).fetchall()
    standings = {(one.business_date, one.customer_id): one for one in found}
    for customer_id, flag, from_date, until_date, evidence in connection.execute(_STATES, [who]):
        state = {"flag": flag, "from_date": from_date.isoformat(), "evidence": evidence}
        known[customer_id].states.append(state | ({"until_date": until_date.isoformat()} if until_date else {}))
    for customer_id, due_on in connection.execute(_PROMISED, [who]):
        known[customer_id].promised_on = due_on
    for customer_id, currency, paid_at, amount in connection.execute(_PAID, [who]):
        known[customer_id].payments.append((currency, paid_at, amount))
    for customer_id, contacts in contacts_of(connection, who, now - timedelta(days=HISTORY_DAYS)).items():
        known[customer_id].contacts = contacts
    return Claimed(intents, standings, known, now)


def _now(connection: Connection, clock: datetime) -> datetime:
    last = connection.execute("SELECT last_at FROM ledger_head WHERE seq > 0").fetchone()
    return clock if last is None else max(clock, last[0])
