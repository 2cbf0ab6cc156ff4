"""The queues as a supervisor sees them: what of the day's plan is done, who waits, and what each agent did today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import cache
from psycopg.rows import class_row, dict_row

from arrears.desk.ledger.appending import Connection
from arrears.desk.paging import cut, window
from arrears.desk.people.models import User
from arrears.desk.people.roles import rights_of
from arrears.desk.work.queue import CALL_BACK_LATE
from arrears.feed.contracts import CONVERSATION_OUTCOMES

PAGE = 50
PAGES_MAX = 20
"""Nobody reads further down a queue; what is wanted of its top is assigned by number."""
COUNTED_SECONDS = 30
"""So long counts of a whole day are kept: a day of a large bank is some hundred thousand contacts."""

_COUNTS = """SELECT segment, channel, count(*) FILTER (WHERE state = 'due') AS due,
    count(*) FILTER (WHERE state IN ('made', 'sent', 'sending')) AS made, count(*) FILTER (WHERE state = 'refused') AS refused,
    count(*) FILTER (WHERE state = 'withdrawn') AS withdrawn, count(*) FILTER (WHERE state IN ('unknown', 'failed')) AS unknown,
    count(*) FILTER (WHERE state = 'expired') AS expired,
    count(DISTINCT customer_id) FILTER (WHERE state = 'due' AND due_at <= %(now)s AND not_after > %(now)s) AS waiting,
    min(due_at) FILTER (WHERE state = 'due' AND due_at <= %(now)s AND not_after > %(now)s) AS oldest
FROM intent WHERE business_date = %(day)s GROUP BY segment, channel ORDER BY segment, channel"""

QUEUE = """i.business_date = %(day)s AND i.segment = %(segment)s AND i.channel = %(channel)s AND i.state = 'due'
AND i.not_after > %(now)s AND NOT EXISTS (
    SELECT 1 FROM intent AS j WHERE j.customer_id = i.customer_id AND j.business_date = i.business_date
    AND j.channel = i.channel AND j.segment = i.segment AND j.state = 'due'
    AND (-j.priority, j.due_at, j.intent_id) < (-i.priority, i.due_at, i.intent_id))"""
"""A customer's most urgent contact that is due in a queue: one row a customer."""
ORDER = "ORDER BY i.priority DESC, i.due_at, i.intent_id"

_WAITING = f"""SELECT i.customer_id, i.due_at, i.priority, i.step, i.purpose, i.deferred_n, s.past_due_minor, s.currency,
    split_part(s.zones, ',', 1) AS zone, a.agent, p.agency, h.agent AS held_by
FROM intent AS i JOIN standing AS s USING (business_date, customer_id)
LEFT JOIN assignment AS a ON a.customer_id = i.customer_id
LEFT JOIN placement AS p ON p.customer_id = i.customer_id AND p.recalled_at IS NULL
LEFT JOIN work_hold AS h ON h.customer_id = i.customer_id AND h.until > %(now)s
WHERE {QUEUE} {ORDER} LIMIT %(limit)s OFFSET %(offset)s"""

_DONE = """SELECT actor, count(*) FILTER (WHERE kind = 'attempt'),
    count(DISTINCT attempt_seq) FILTER (WHERE kind = 'outcome' AND outcome = ANY(%(spoken)s)),
    count(*) FILTER (WHERE CASE WHEN kind = 'promise' THEN body::jsonb ? 'made' ELSE FALSE END), max(at)
FROM ledger_entry WHERE actor = ANY(%(agents)s) AND at >= %(since)s GROUP BY actor"""
_HELD = "SELECT agent, customer_id, since FROM work_hold WHERE until > %s"
_OPEN = """SELECT agent, count(*), count(*) FILTER (WHERE at <= %s) FROM call_back WHERE state = 'open' GROUP BY agent"""
_LATE = """SELECT c.customer_id, c.agent, c.at, (SELECT split_part(s.zones, ',', 1) FROM standing AS s
    WHERE s.customer_id = c.customer_id ORDER BY s.business_date DESC LIMIT 1) AS zone
FROM call_back AS c WHERE c.state = 'open' AND c.at <= %s ORDER BY c.at, c.call_back_id LIMIT %s OFFSET %s"""


@dataclass(frozen=True)
class Queue:
    """The day's contacts of a segment by one channel; times are UTC."""

    segment: str
    channel: str
    due: int
    made: int
    """Made by a person, sent, or being sent."""
    refused: int
    withdrawn: int
    unknown: int
    """Of which nobody can tell whether they went out, or that failed."""
    expired: int
    waiting: int
    """Customers whose time has come."""
    oldest: datetime | None
    """Since when the first of them waits."""


@dataclass(frozen=True)
class Agent:
    """Somebody who works on cases, and their day so far."""

    username: str
    name: str
    agency: str
    customer_id: str
    """Whom they work on now; empty: nobody."""
    since: datetime | None
    attempts_n: int
    conversations_n: int
    promises_n: int
    last: datetime | None
    call_backs_open: int
    call_backs_overdue: int


def queues_of(connection: Connection, day: date, now: datetime) -> list[Queue]:
    """Every queue of a day, by segment and channel; kept for a few seconds."""
    name = f"queues-{connection.info.dbname}-{day}"
    found: list[Queue] | None = cache.get(name)
    if found is None:
        with connection.cursor(row_factory=class_row(Queue)) as cursor:
            found = cursor.execute(_COUNTS, {"day": day, "now": now}).fetchall()
        cache.set(name, found, COUNTED_SECONDS)
    return found


def waiting_in(
    connection: Connection, day: date, segment: str, channel: str, now: datetime, page: int
) -> tuple[list[dict[str, Any]], bool]:
    """Customers of a queue, most urgent first, a page of them, and whether more follow.

    Columns: those of the contact (`due_at`, `priority`, `step`, `purpose`; `deferred_n`: how often the gate put it off), what
    is past due, and whose they are: `agent` (assigned), `agency` (placed), `held_by` (works on them now).
    """
    values = {
        "day": day, "segment": segment, "channel": channel, "now": now, "limit": PAGE + 1, "offset": (page - 1) * PAGE,
    }  # fmt: skip
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_WAITING, values).fetchall()
    return rows[:PAGE], len(rows) > PAGE


def day_start(day: date, zone: str) -> datetime:
    """Midnight by the bank's clock."""
    return datetime.combine(day, datetime.min.time(), ZoneInfo(zone))


def zone_of(connection: Connection, day: date) -> str:
    """The bank's own time zone, as the published day has it."""
    found = connection.execute("SELECT timezone FROM publication WHERE business_date = %s", [day]).fetchone()
    return str(found[0]) if found else "UTC"


def workers(*, closed: bool = False) -> list[User]:
    """Active users who work on cases, the bank's own and agencies'; also `closed` ones, who may still have customers."""
    found = (User.objects.all() if closed else User.objects.filter(is_active=True)).order_by("username")
    return [one for one in found if rights_of(one.roles) & {"case.work", "case.visit"}]


def agents_of(connection: Connection, users: Sequence[User], since: datetime, now: datetime) -> list[Agent]:
    """These agents with what they did since a moment, by the ledger; who works now comes first."""
    names = [one.username for one in users]
    values = {"agents": names, "since": since, "spoken": list(CONVERSATION_OUTCOMES)}
    done = {row[0]: row[1:] for row in connection.execute(_DONE, values).fetchall()}
    held = {row[0]: row[1:] for row in connection.execute(_HELD, [now]).fetchall()}
    booked = {row[0]: row[1:] for row in connection.execute(_OPEN, [now - CALL_BACK_LATE]).fetchall()}
    found = [
        Agent(
            one.username, one.name, one.agency, *held.get(one.username, ("", None)),
            *done.get(one.username, (0, 0, 0, None)), *booked.get(one.username, (0, 0)),
        )
        for one in users
    ]  # fmt: skip
    return sorted(found, key=lambda one: (not one.customer_id, -one.attempts_n, one.username))


def late_call_backs(connection: Connection, now: datetime, page: int) -> tuple[list[dict[str, Any]], bool]:
    """Call-backs whose agent did not come in time, the oldest first, and whether more follow."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cut(cursor.execute(_LATE, [now - CALL_BACK_LATE, *window(page)]).fetchall())
