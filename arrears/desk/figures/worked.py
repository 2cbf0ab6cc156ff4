"""Contacts, promises and what they cost, from the ledger and the desk's own tables, over a month at most.

A contact counts on the customer's own day on which it was attempted. Right party: its outcome was `right_party`, `promise`,
`refused` or `met`. The promise rate is of these; the kept rate is of promises whose day is over. Cost is what the workspace's
`response.yaml` says of a channel, times attempts; money is the payments that the desk was told of, by customers to whom a
contact of the segment was planned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from arrears.day.workspace import Workspace
from arrears.desk.ledger.appending import Connection
from arrears.desk.saying import _
from arrears.errors import UsageError

By = Literal["day", "month", "channel", "segment", "agent"]
DAYS_MAX = 31
KEYS: dict[str, str] = {
    "day": "left(a.local_at, 10)", "month": "left(a.local_at, 7)", "channel": "a.channel",
    "segment": "coalesce(i.segment, '')", "agent": "a.actor",
}  # fmt: skip
ATTEMPTS = """ledger_entry AS a
LEFT JOIN intent AS i ON i.intent_id = a.intent_id
LEFT JOIN LATERAL (SELECT e.outcome FROM ledger_entry AS e WHERE e.customer_id = a.customer_id AND e.seq > a.seq
    AND e.attempt_seq = a.seq AND e.outcome IS NOT NULL ORDER BY e.seq DESC LIMIT 1) AS o ON true
WHERE a.kind = 'attempt' AND a.at >= %s AND a.at < %s AND (%s = '' OR a.channel = %s)"""
"""Attempts of some instants, of a channel or of all, with their latest outcome; takes the channel twice."""
MEASURES: dict[str, str] = {
    "attempts": "true", "told": "o.outcome IS NOT NULL",
    "right_party": "o.outcome IN ('right_party', 'promise', 'refused', 'met')", "promises": "o.outcome = 'promise'",
}  # fmt: skip
"""What is counted of them, as a condition."""
_RATES = f"""SELECT {{key}} AS name, {", ".join(f"count(*) FILTER (WHERE {one})" for one in MEASURES.values())}
FROM {ATTEMPTS} GROUP BY 1 ORDER BY 1 LIMIT 500"""
SEGMENT_OF_PROMISE = """coalesce((SELECT i.segment FROM intent AS i WHERE i.customer_id = p.customer_id
    AND i.business_date <= p.due_on ORDER BY i.business_date DESC, i.intent_id DESC LIMIT 1), '')"""
"""Of the last contact planned for the customer by the promise's day."""
_PROMISES = f"""SELECT segment, count(*) FILTER (WHERE state = 'kept'), count(*) FILTER (WHERE state = 'broken'),
    count(*) FILTER (WHERE state = 'open')
FROM (SELECT p.state, {SEGMENT_OF_PROMISE} AS segment FROM promise AS p
    WHERE p.due_on >= %s AND p.due_on <= %s AND p.state <> 'replaced') AS due
GROUP BY 1 ORDER BY 1"""
_COSTS = """SELECT coalesce(i.segment, ''), a.channel, count(*) FROM ledger_entry AS a
JOIN intent AS i ON i.intent_id = a.intent_id
WHERE a.kind = 'attempt' AND a.at >= %s AND a.at < %s GROUP BY 1, 2"""
PAYMENTS = """payment AS p
JOIN (SELECT DISTINCT ON (customer_id) customer_id, segment FROM intent WHERE business_date BETWEEN %s AND %s
    ORDER BY customer_id, business_date DESC, intent_id DESC) AS i USING (customer_id)
WHERE p.paid_at >= %s AND p.paid_at < %s AND p.currency = %s"""
"""Payments of some days by customers with a contact planned in them, with the segment of the last; takes the days twice."""
_MONEY = f"SELECT i.segment, sum(p.amount_minor) FROM {PAYMENTS} GROUP BY 1"


@dataclass(frozen=True)
class Rate:
    """Attempts of a kind, and what came of them."""

    name: str
    attempts_n: int
    told_n: int
    """Whose outcome somebody told."""
    right_party_n: int
    promises_n: int


@dataclass(frozen=True)
class Kept:
    """Promises due in a time, of customers of a segment."""

    segment: str
    kept_n: int
    broken_n: int
    open_n: int

    @property
    def judged_n(self) -> int:
        return self.kept_n + self.broken_n


@dataclass(frozen=True)
class Cost:
    """Of a segment."""

    segment: str
    attempts_n: int
    cost_minor: int
    collected_minor: int


def first_of(then: date, now: date) -> date:
    """The first of these days that is read: a month before the last at most."""
    return max(then, now - timedelta(days=DAYS_MAX - 1))


def minor_by_channel(workspace: Path) -> dict[str, int]:
    """What a contact of each channel costs, as the workspace's `response.yaml` says, minor units."""
    return {name: one.cost_minor for name, one in Workspace(workspace).strategy().response.efforts.items()}


def span(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """The instants of some days of the bank's; raises `UsageError` where they are more than a month or none."""
    if not timedelta() <= last - first < timedelta(days=DAYS_MAX):
        raise UsageError(
            _("these are no days, or too many"), where=_("days"), remedy=_("choose {most} days at most").format(most=DAYS_MAX)
        )
    begin = datetime.combine(first, datetime.min.time(), ZoneInfo(zone))
    return begin, datetime.combine(last + timedelta(days=1), datetime.min.time(), ZoneInfo(zone))


def rates(connection: Connection, first: date, last: date, zone: str, by: By, channel: str = "") -> list[Rate]:
    """Attempts of these days by day, channel, segment or agent."""
    begin, end = span(first, last, zone)
    rows = connection.execute(_RATES.format(key=KEYS[by]), [begin, end, channel, channel]).fetchall()
    return [Rate(str(name), *numbers) for name, *numbers in rows]


def promises(connection: Connection, first: date, last: date) -> list[Kept]:
    """Promises whose day was among these, by segment; one replaced by a later one or a plan is never judged."""
    return [Kept(*row) for row in connection.execute(_PROMISES, [first, last]).fetchall()]


def together(kept: Sequence[Kept]) -> Kept:
    """Of all segments."""
    return Kept("", sum(one.kept_n for one in kept), sum(one.broken_n for one in kept), sum(one.open_n for one in kept))


def costs(
    connection: Connection, first: date, last: date, zone: str, currency: str, minor_by_channel: dict[str, int]
) -> list[Cost]:
    """What contacts of these days cost, and what came in, by segment, dearest first."""
    begin, end = span(first, last, zone)
    made: dict[str, list[int]] = {}
    for segment, channel, n in connection.execute(_COSTS, [begin, end]).fetchall():
        sofar = made.setdefault(str(segment), [0, 0])
        sofar[0] += n
        sofar[1] += n * minor_by_channel.get(str(channel), 0)
    money: dict[str, int] = dict(connection.execute(_MONEY, [first, last, begin, end, currency]).fetchall())
    found = [
        Cost(name, n, cost, int(money.get(name, 0)))
        for name in made.keys() | money.keys()
        for n, cost in [made.get(name, [0, 0])]
    ]
    return sorted(found, key=lambda one: (-one.cost_minor, one.segment))
