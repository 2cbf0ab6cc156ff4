"""The contacts, promises and payments behind a number of the work, customer by customer, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from arrears.desk.figures.worked import ATTEMPTS, KEYS, MEASURES, PAYMENTS, SEGMENT_OF_PROMISE, span
from arrears.desk.ledger.appending import Connection

STATES = ("kept", "broken", "open")
DIGITS_MAX = 18


@dataclass(frozen=True)
class Behind:
    """Which number: its table, its row and its column."""

    kind: str
    """`contacts`, `promises`, `payments`."""
    first: date
    last: date
    by: str
    """Of contacts: one of `worked.By`; the others are by segment."""
    name: str
    """The row."""
    measure: str
    """Of contacts one of `worked.MEASURES`, of promises their state."""
    channel: str = ""


@dataclass(frozen=True)
class Line:
    """One contact, promise or payment."""

    mark: str
    """The next page begins after it."""
    customer_id: str
    account_id: str
    at: str
    """The customer's local time of a contact, the day of a promise, the bank's day of a payment."""
    channel: str
    agent: str
    state: str
    """A contact's latest outcome, a promise's state."""
    amount_minor: int | None


_CONTACTS = (
    f"SELECT a.seq, a.customer_id, coalesce(a.account_id, ''), a.local_at, a.channel, a.actor, coalesce(o.outcome, ''), NULL "
    f"FROM {ATTEMPTS} AND {{key}} = %s AND {{measure}} AND a.seq > %s ORDER BY a.seq LIMIT %s"
)
_PROMISES = (
    "SELECT p.promise_id, p.customer_id, '', p.due_on::text, '', '', p.state, p.amount_minor FROM promise AS p "
    f"WHERE p.due_on >= %s AND p.due_on <= %s AND p.state = %s AND {SEGMENT_OF_PROMISE} = %s AND p.promise_id > %s "
    "ORDER BY p.promise_id LIMIT %s"
)
_PAYMENTS = (
    "SELECT p.payment_id, p.customer_id, p.account_id, to_char(p.paid_at AT TIME ZONE %s, 'YYYY-MM-DD'), '', '', '', "
    f"p.amount_minor FROM {PAYMENTS} AND i.segment = %s AND p.payment_id > %s ORDER BY p.payment_id LIMIT %s"
)


def behind(connection: Connection, asked: Behind, zone: str, currency: str, after: str, limit: int) -> list[Line]:
    """The lines after one, in the order they came; raises `ValueError` for a number that there is not."""
    begin, end = span(asked.first, asked.last, zone)
    match asked.kind:
        case "contacts" if asked.by in KEYS and asked.measure in MEASURES:
            query = _CONTACTS.format(key=KEYS[asked.by], measure=MEASURES[asked.measure])
            values = [begin, end, asked.channel, asked.channel, asked.name, _mark(after), limit]
        case "promises" if asked.measure in STATES:
            query = _PROMISES
            values = [asked.first, asked.last, asked.measure, asked.name, _mark(after), limit]
        case "payments":
            query = _PAYMENTS
            values = [zone, asked.first, asked.last, begin, end, currency, asked.name, after, limit]
        case _:
            raise ValueError(asked.kind)
    return [Line(str(row[0]), *row[1:]) for row in connection.execute(query, values).fetchall()]


def _mark(after: str) -> int:
    """The number of a line; raises `ValueError` for what is none."""
    if len(after) > DIGITS_MAX:
        raise ValueError(after)
    return int(after or 0)
