"""What a worker takes up at once: due contacts, their customers locked, and all that the gate must know of these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from psycopg.rows import namedtuple_row

from arrears.desk.ledger.appending import Connection
from arrears.desk.ledger.history import Contact, contacts_of

Clock = datetime | None
"""A time taken for the present, in rehearsals and tests; None: the database's clock."""
HISTORY_DAYS = 61
"""Days of the ledger that the gate is asked with: the longest window of any rule, and the zones' day."""

_INTENT = """SELECT intent_id, business_date, customer_id, account_id, contact_id, step, channel, party, purpose, content,
    content_fields, content_features, visitors, language, subject, text, name, contact, due_at, not_after, deferred_n
FROM intent WHERE state = 'due' AND """
_DUE = _INTENT + "due_at <= %s AND channel = ANY(%s) ORDER BY due_at, priority DESC LIMIT %s FOR UPDATE SKIP LOCKED"
_ONE = _INTENT + "intent_id = %s FOR UPDATE"
_HELD = _INTENT + "intent_id = ANY(%s) ORDER BY intent_id"
_NOW = """SELECT greatest(coalesce(%s::timestamptz, clock_timestamp()), last_at),
    (SELECT identity FROM ledger_identity WHERE until_seq IS NULL) FROM ledger_head"""
_LOCK = "SELECT customer_id FROM customer WHERE customer_id = ANY(%s) ORDER BY customer_id FOR UPDATE"
_STANDING = """SELECT business_date, customer_id, jurisdiction, zones, currency, past_due_minor, minimum_unpaid_minor, flags,
    consents, refusals, debts, points, history, published_at, timezone FROM standing JOIN publication USING (business_date)
WHERE (business_date, customer_id) IN (SELECT * FROM unnest(%s::date[], %s::text[]))"""
_STATES = """SELECT customer_id, flag, from_date, until_date, evidence, origin FROM state
WHERE customer_id = ANY(%s) AND ended_at IS NULL ORDER BY state_id"""
_PROMISED = "SELECT customer_id, due_on FROM promise WHERE customer_id = ANY(%s) AND state = 'open'"
_PAID = "SELECT customer_id, currency, paid_at, received_at, amount_minor FROM payment WHERE customer_id = ANY(%s)"


@dataclass
class Known:
    """What is known of one customer now."""

    states: list[dict[str, Any]] = field(default_factory=list)
    """Entered at the desk, as `arrears.law.case.FlagSet` reads them."""
    matters: set[str] = field(default_factory=set)
    """States that stand because a matter is open."""
    payments: list[tuple[str, datetime, datetime, int]] = field(default_factory=list)
    """Currency, when it was valued and when it was told to the desk, minor units."""
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
    identity: str
    """Of the ledger: with it a message's number is like no other's."""


def claim(connection: Connection, clock: Clock, channels: Sequence[str], limit: int) -> Claimed:
    """Take up to so many contacts that are due; none where nothing is."""
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        intents: list[Any] = cursor.execute(_DUE, [now_of(connection, clock), list(channels), limit]).fetchall()
    return _locked(connection, clock, intents)


def claim_one(connection: Connection, clock: Clock, intent_id: int) -> Claimed:
    """Take this one, due or not yet; nothing where it is no longer to be made."""
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        intents: list[Any] = cursor.execute(_ONE, [intent_id]).fetchall()
    return _locked(connection, clock, intents)


def claim_held(connection: Connection, clock: Clock, intent_ids: Sequence[int]) -> Claimed:
    """Take contacts that `hold_contacts` holds."""
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        intents: list[Any] = cursor.execute(_HELD, [list(intent_ids)]).fetchall()
    return _locked(connection, clock, intents)


def lock_customers(connection: Connection, customer_ids: Iterable[str]) -> None:
    """From here on nobody else decides about these customers; in one order, so that no two wait for each other."""
    connection.execute(_LOCK, [sorted(customer_ids)])


def hold_contacts(connection: Connection, customer_id: str) -> list[int]:
    """Take what is to be made with a customer, today or later, before the customer's own row; returns the contacts' numbers.

    In this order everybody takes both, so that nobody waits in a ring.
    """
    query = "SELECT intent_id FROM intent WHERE customer_id = %s AND state = 'due' ORDER BY intent_id FOR UPDATE"
    return [row[0] for row in connection.execute(query, [customer_id]).fetchall()]


def now_of(connection: Connection, clock: Clock) -> datetime:
    """The present: the database's clock, or the time given, or the ledger's latest, if that is later.

    The workers' own clocks do not count; and a clock set back, the database's among them, opens nothing again.
    """
    return _now(connection, clock)[0]


def _now(connection: Connection, clock: Clock) -> tuple[datetime, str]:
    found = connection.execute(_NOW, [clock]).fetchone()
    assert found is not None  # noqa: S101 - the ledger has a head from its migration on
    return found[0], found[1]


def _locked(connection: Connection, clock: Clock, intents: list[Any]) -> Claimed:
    now, identity = _now(connection, clock)
    if not intents:
        return Claimed([], {}, {}, now, identity)
    who = sorted({one.customer_id for one in intents})
    lock_customers(connection, who)
    now, identity = _now(connection, clock)  # again: locks may have been waited for
    known = {customer_id: Known() for customer_id in who}
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        days, ids = [one.business_date for one in intents], [one.customer_id for one in intents]
        found: list[Any] = cursor.execute(_STANDING, [days, ids]).fetchall()
    standings = {(one.business_date, one.customer_id): one for one in found}
    for customer_id, flag, from_date, until_date, evidence, origin in connection.execute(_STATES, [who]):
        if origin == "matter":
            known[customer_id].matters.add(flag)
        state = {"flag": flag, "from_date": from_date.isoformat(), "evidence": evidence}
        known[customer_id].states.append(state | ({"until_date": until_date.isoformat()} if until_date else {}))
    for customer_id, due_on in connection.execute(_PROMISED, [who]):
        known[customer_id].promised_on = due_on
    for customer_id, *payment in connection.execute(_PAID, [who]):
        known[customer_id].payments.append((payment[0], payment[1], payment[2], payment[3]))
    for customer_id, contacts in contacts_of(connection, who, now - timedelta(days=HISTORY_DAYS)).items():
        known[customer_id].contacts = contacts
    return Claimed(intents, standings, known, now, identity)
