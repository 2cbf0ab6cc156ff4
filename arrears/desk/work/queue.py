"""Whose turn it is: the next customer to be called, locked to one agent; and call-backs that customers asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from arrears.desk.cases.file import case_file
from arrears.desk.dispatch.judging import Fate
from arrears.desk.ledger.appending import Connection, append
from arrears.desk.saying import _
from arrears.errors import StoreError

HOLD = timedelta(minutes=20)
"""So long a customer is an agent's since they last did something with them."""
CALL_BACK_DAYS_MAX = 30

# Scalar subqueries, and not NOT EXISTS: as a join they would make PostgreSQL sort the whole queue to find its first.
_FREE = """(SELECT 1 FROM work_hold AS h WHERE h.customer_id = {0}.customer_id AND h.agent <> %(agent)s
    AND h.until > %(now)s) IS NULL"""
# What the desk itself would hold back (arrears.desk.dispatch.judging) is not offered in the first place.
_ASKED = """(SELECT 1 FROM promise AS q WHERE q.customer_id = i.customer_id AND q.state = 'open'
    AND q.due_on >= %(today)s) IS NULL
AND (SELECT 1 FROM matter AS m WHERE m.customer_id = i.customer_id AND m.closed_at IS NULL LIMIT 1) IS NULL
AND (SELECT 1 FROM repayment_plan AS r WHERE r.customer_id = i.customer_id AND r.state = 'performing') IS NULL"""
_WAITS = (
    """i.state = 'due' AND i.channel = 'call' AND i.due_at <= %(now)s AND i.not_after > %(now)s
AND """
    + f"{_FREE.format('i')}\nAND {_ASKED}"
)
_CALL_BACK = f"""SELECT c.customer_id FROM call_back AS c WHERE c.state = 'open' AND c.at <= %(now)s
AND (c.agent = %(agent)s OR c.at <= %(late)s) AND {_FREE.format("c")} ORDER BY c.agent <> %(agent)s, c.at LIMIT 1"""
_ASSIGNED = f"""SELECT i.customer_id FROM assignment AS a JOIN intent AS i USING (customer_id)
WHERE a.agent = %(agent)s AND {_WAITS} ORDER BY i.priority DESC, i.due_at, i.intent_id LIMIT 1"""
_DUE = f"""SELECT i.customer_id FROM intent AS i
WHERE {_WAITS}
AND (SELECT 1 FROM assignment AS a WHERE a.customer_id = i.customer_id AND a.agent <> %(agent)s) IS NULL
AND (SELECT 1 FROM placement AS p WHERE p.customer_id = i.customer_id AND p.recalled_at IS NULL
    AND (p.until_date IS NULL OR p.until_date >= %(today)s)) IS NULL
ORDER BY i.priority DESC, i.due_at LIMIT 1 FOR UPDATE OF i SKIP LOCKED"""
_PLACED = f"""SELECT i.customer_id FROM placement AS p JOIN intent AS i USING (customer_id)
WHERE p.agency = %(agency)s AND p.recalled_at IS NULL AND (p.until_date IS NULL OR p.until_date >= %(today)s) AND {_WAITS}
ORDER BY i.priority DESC, i.due_at, i.intent_id LIMIT 1 FOR UPDATE OF i SKIP LOCKED"""
_TAKE = """INSERT INTO work_hold (customer_id, agent, since, until) VALUES (%(customer)s, %(agent)s, %(now)s, %(until)s)
ON CONFLICT (customer_id) DO UPDATE SET agent = excluded.agent, until = excluded.until,
    since = CASE WHEN work_hold.agent = excluded.agent THEN work_hold.since ELSE excluded.since END
WHERE work_hold.agent = excluded.agent OR work_hold.until <= %(now)s RETURNING customer_id"""
CALL_BACK_LATE = timedelta(minutes=10)
"""So long a call-back waits for the agent who booked it; then anybody gets it."""


def next_customer(connection: Connection, agent: str, now: datetime, *, agency: str = "") -> str | None:
    """The customer to work on now, locked to the agent; None where nobody waits. Commits.

    First call-backs that are due, the agent's own before others'; then customers assigned to the agent; then the queue, most
    urgent first, without those assigned to others or placed with agencies. An agency's user gets what is placed with it.
    """
    values: dict[str, Any] = {
        "agent": agent, "now": now, "late": now - CALL_BACK_LATE, "agency": agency, "today": now.date(),
    }  # fmt: skip
    queries = (_PLACED,) if agency else (_CALL_BACK, _ASSIGNED, _DUE)
    while True:
        with connection.transaction():
            release(connection, agent)
            found = next((row for query in queries if (row := connection.execute(query, values).fetchone())), None)
            if found is None:
                return None
            if _taken(connection, str(found[0]), agent, now):
                return str(found[0])


def held_by(connection: Connection, agent: str, now: datetime) -> str | None:
    """The customer that the agent works on."""
    found = connection.execute("SELECT customer_id FROM work_hold WHERE agent = %s AND until > %s", [agent, now]).fetchone()
    return None if found is None else str(found[0])


def hold(connection: Connection, customer_id: str, agent: str, now: datetime) -> None:
    """Lock a customer to the agent, or go on holding; the one held before is free. Commits.

    Raises `StoreError` where another agent works on this one.
    """
    with connection.transaction():
        connection.execute("DELETE FROM work_hold WHERE agent = %s AND customer_id <> %s", [agent, customer_id])
        if not _taken(connection, customer_id, agent, now):
            found = connection.execute("SELECT agent, until FROM work_hold WHERE customer_id = %s", [customer_id]).fetchone()
            who, until = found or ("somebody", now)
            raise StoreError(
                _("{who} works on this customer").format(who=who),
                where=customer_id,
                remedy=_("wait until {until:%H:%M} UTC, or ask {who}").format(until=until, who=who),
            )


def release(connection: Connection, agent: str) -> None:
    """Let go of the customer that the agent works on, within the caller's transaction."""
    connection.execute("DELETE FROM work_hold WHERE agent = %s", [agent])


def _taken(connection: Connection, customer_id: str, agent: str, now: datetime) -> bool:
    values = {"customer": customer_id, "agent": agent, "now": now, "until": now + HOLD}
    return connection.execute(_TAKE, values).fetchone() is not None


def book_call_back(
    connection: Connection, customer_id: str, agent: str, at: datetime, now: datetime, actor: str
) -> int:  # fmt: skip
    """Book a call that the customer asked for; returns its number. A later one takes the place of one that is open. Commits.

    When it is made it passes the gate as every call does. Raises `StoreError` for a time that is over or too far off.
    """
    if not now < at <= now + timedelta(days=CALL_BACK_DAYS_MAX):
        raise StoreError(
            _("a call-back is booked for a time to come"),
            where=_("call-back"),
            remedy=_("give one within {most} days").format(most=CALL_BACK_DAYS_MAX),
        )
    with connection.transaction():
        file = case_file(connection, customer_id)
        connection.execute("UPDATE call_back SET state = 'cancelled' WHERE customer_id = %s AND state = 'open'", [customer_id])
        found = connection.execute(
            "INSERT INTO call_back (customer_id, agent, at) VALUES (%s, %s, %s) RETURNING call_back_id",
            [customer_id, agent, at],
        ).fetchone()
        assert found is not None  # noqa: S101 - INSERT ... RETURNING has a row
        append(connection, [file.deed("note", now, actor, call_back_id=found[0], call_back_at=at.isoformat())])
        return int(found[0])


_COPIED = (
    "account_id, contact_id, alternative, channel, party, purpose, content, content_fields, content_features, visitors, "
    "priority, language, subject, text, name, contact, segment, clause, reason"
)
_AGAIN = f"""INSERT INTO intent (business_date, customer_id, step, due_at, not_after, {_COPIED})
SELECT s.business_date, i.customer_id, %(step)s, %(now)s, %(end)s, {_COPIED}
FROM (SELECT * FROM intent WHERE customer_id = %(customer)s AND channel = 'call' ORDER BY business_date DESC, intent_id DESC
      LIMIT 1) AS i
CROSS JOIN (SELECT max(business_date) AS business_date FROM standing WHERE customer_id = %(customer)s) AS s
ON CONFLICT (business_date, customer_id, step) DO UPDATE SET due_at = excluded.due_at RETURNING intent_id"""


def contact_of_call_back(connection: Connection, customer_id: str, now: datetime) -> int | None:
    """The contact to be made for a call-back that is due, made from the customer's latest planned call; None where none is due.

    Commits. Raises `StoreError` where no call was ever planned, so that there is no script that the law could check.
    """
    with connection.transaction():
        file = case_file(connection, customer_id)
        booked = connection.execute(
            "SELECT call_back_id FROM call_back WHERE customer_id = %s AND state = 'open' AND at <= %s", [customer_id, now]
        ).fetchone()
        if booked is None:
            return None
        values = {"customer": customer_id, "step": f"call_back_{booked[0]}", "now": now, "end": file.end_of(file.today(now))}
        made = connection.execute(_AGAIN, values).fetchone()
        if made is None:
            raise StoreError(
                _("no call to this customer was ever planned"), where=customer_id, remedy=_("answer in another way")
            )
        return int(made[0])


def settle_call_back(connection: Connection, customer_id: str, now: datetime, fate: Fate, until: datetime | None) -> None:
    """What the gate said of a contact, for a call-back that was due: made, put off to `until`, or cancelled."""
    state = "made" if fate == "allowed" else "open" if fate == "deferred" else "cancelled"
    connection.execute(
        "UPDATE call_back SET state = %s, at = coalesce(%s, at) WHERE customer_id = %s AND state = 'open' AND at <= %s",
        [state, until, customer_id, now],
    )
