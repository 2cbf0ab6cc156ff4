"""Quality checks: attempts drawn by chance from the ledger, marked by somebody else, and what that says of each agent."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from psycopg.rows import dict_row

from arrears.desk.keeping import NotKeptError
from arrears.desk.ledger.appending import Connection
from arrears.desk.paging import cut, page_of_set, window
from arrears.desk.people.models import User
from arrears.desk.saying import _
from arrears.desk.work.models import QualityCheck
from arrears.errors import StoreError

CRITERIA: dict[str, tuple[str, str]] = {
    "identified": ("said who they are and for whom they call", "表明身份及受托机构"),
    "reason": ("said what the call is about, and the right sum", "说明来意，金额准确"),
    "tone": ("lawful and civil in tone: no threat, no pressure", "语气文明合规，无威胁施压"),
    "secrecy": ("told no third party of the debt", "未向第三人透露欠款"),
    "options": ("offered what fits the customer, with its cost", "提供适当方案并说明成本"),
    "notes": ("outcome and notes complete and true", "结果及记录完整属实"),
}
"""What is marked: (English, Chinese)."""
MARKS = (0, 1, 2)
"""Not met, partly, met."""
DAYS_MAX, PER_AGENT_MAX, REMARK_MAX, SEED_MAX = 92, 50, 1_000, 2**31
AGENT_DAYS_MAX = 4_000
"""So much of the ledger is looked through for one sample: a day of an agent is some hundred entries."""

_DRAW = """INSERT INTO quality_check (attempt_seq, agent, customer_id, drawn_by, seed, checked_by, marks, remark)
SELECT seq, agent, customer_id, %(by)s, %(seed)s, '', '{}', ''
FROM unnest(%(agents)s::text[]) AS agent CROSS JOIN LATERAL (
    SELECT e.seq, e.customer_id FROM (
        SELECT DISTINCT attempt_seq, md5(%(seed)s || ':' || attempt_seq) AS place FROM ledger_entry
        WHERE actor = agent AND at >= %(first)s AND at < %(end)s AND kind = 'outcome' AND channel IN ('call', 'visit')
        AND outcome IS NOT NULL AND NOT EXISTS (SELECT 1 FROM quality_check AS q WHERE q.attempt_seq = ledger_entry.attempt_seq)
        ORDER BY 2, 1 LIMIT 2 * %(each)s) AS told
    JOIN ledger_entry AS e ON e.seq = told.attempt_seq AND e.kind = 'attempt' AND e.actor = agent
    ORDER BY told.place, e.seq LIMIT %(each)s) AS drawn
ON CONFLICT (attempt_seq) DO NOTHING RETURNING agent"""
_WAITING = """SELECT q.check_id, q.agent, q.customer_id, q.drawn_at, e.local_at, e.channel, e.party,
    (SELECT o.outcome FROM ledger_entry AS o WHERE o.customer_id = e.customer_id AND o.seq > e.seq AND o.kind = 'outcome'
     AND o.attempt_seq = e.seq AND o.outcome IS NOT NULL ORDER BY o.seq DESC LIMIT 1) AS outcome
FROM quality_check AS q JOIN ledger_entry AS e ON e.seq = q.attempt_seq
WHERE q.checked_at IS NULL ORDER BY q.agent = %s, q.check_id LIMIT %s OFFSET %s"""
_AROUND = """SELECT seq, local_at, kind, channel, party, outcome, step, actor, attempt_seq, body::jsonb AS body
FROM ledger_entry WHERE customer_id = %s AND seq >= %s AND at <= %s ORDER BY seq LIMIT 30"""
_RESULTS = f"""SELECT agent, count(*) AS checked_n, sum((SELECT sum(value::int) FROM jsonb_each_text(marks))) AS marks_sum,
    {", ".join(f"sum((marks->>'{name}')::int) AS {name}" for name in CRITERIA)}
FROM quality_check WHERE checked_at >= %s AND checked_at < %s GROUP BY agent ORDER BY agent"""
AROUND_HOURS = 12


def draw(
    connection: Connection, agents: Sequence[str], first: datetime, end: datetime, each: int, by: str, *,
    seed: int | None = None,
) -> dict[str, int]:  # fmt: skip
    """Draw up to so many attempts of each agent from a stretch of time; returns how many of whom. Commits.

    Calls and visits that they made, and told the outcome of in that time; none is ever drawn twice. The order of chance is the
    seed's, and it is kept with each check, so that a sample can be drawn again for whoever doubts it; without one, it is chosen
    by chance.
    """
    if not timedelta(0) < end - first <= timedelta(days=DAYS_MAX):
        raise StoreError(
            _("these are no days to draw from"),
            where=_("days"),
            remedy=_("give 1 to {most}, the first one first").format(most=DAYS_MAX),
        )
    if (end - first).days * len(agents) > AGENT_DAYS_MAX:
        raise StoreError(
            _("so many days of so many agents are not drawn from at once"), where=_("days"), remedy=_("give fewer days")
        )
    if not 1 <= each <= PER_AGENT_MAX:
        raise StoreError(
            _("so many are not drawn of one agent"), where=_("number"), remedy=_("give 1 to {most}").format(most=PER_AGENT_MAX)
        )
    chosen = secrets.randbelow(SEED_MAX) if seed is None else seed
    values = {"agents": list(agents), "first": first, "end": end, "each": each, "by": by, "seed": chosen}
    found: dict[str, int] = {}
    for (agent,) in connection.execute(_DRAW, values).fetchall():
        found[agent] = found.get(agent, 0) + 1
    return found


def waiting_checks(connection: Connection, user: str, page: int) -> tuple[list[dict[str, Any]], bool]:
    """Attempts drawn and not marked yet, this person's own last, for others mark those; and whether more follow."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cut(cursor.execute(_WAITING, [user, *window(page)]).fetchall())


def lately_checked(page: int) -> tuple[list[QualityCheck], bool]:
    """Those that are marked, the latest first, and whether more follow."""
    return page_of_set(QualityCheck.objects.exclude(checked_at=None).order_by("-checked_at", "-check_id"), page)


def whose(agent: str, by: str, users: Sequence[User]) -> list[str]:
    """Of whom a sample is drawn: one agent, or all of these but who draws, whose calls another draws."""
    return [agent] if agent else [one.username for one in users if one.username != by]


def check_of(check_id: int) -> QualityCheck:
    """The check of a number; raises `NotKeptError` where there is none."""
    found = QualityCheck.objects.filter(check_id=check_id).first()
    if found is None:
        raise NotKeptError(
            _("there is no check {check_id}").format(check_id=check_id), where=_("quality"), remedy=_("choose one of the list")
        )
    return found


def around(connection: Connection, check: QualityCheck) -> list[dict[str, Any]]:
    """The attempt and what the ledger has of the customer in the hours after it: outcome, promise, plan, notes."""
    with connection.cursor(row_factory=dict_row) as cursor:
        attempt = cursor.execute("SELECT at FROM ledger_entry WHERE seq = %s", [check.attempt_seq]).fetchone()
        if attempt is None:
            return []
        until = attempt["at"] + timedelta(hours=AROUND_HOURS)
        return cursor.execute(_AROUND, [check.customer_id, check.attempt_seq, until]).fetchall()


def mark(check_id: int, by: str, marks: Mapping[str, int], remark: str, now: datetime) -> QualityCheck:
    """Mark one attempt, once; commits. Raises `StoreError` for one's own, one that is marked, or marks that are none."""
    if set(marks) != set(CRITERIA) or not set(marks.values()) <= set(MARKS):
        raise StoreError(
            _("every criterion gets 0, 1 or 2"),
            where=_("check {check_id}").format(check_id=check_id),
            remedy=_("fill in the whole card"),
        )
    with transaction.atomic():
        found = QualityCheck.objects.select_for_update().filter(check_id=check_id).first() or check_of(check_id)
        if found.agent == by:
            raise StoreError(
                _("nobody checks their own calls"),
                where=_("check {check_id}").format(check_id=check_id),
                remedy=_("let another supervisor do it"),
            )
        if found.checked_at is not None:
            raise StoreError(
                _("{who} has checked it").format(who=found.checked_by),
                where=_("check {check_id}").format(check_id=check_id),
                remedy=_("choose another"),
            )
        found.checked_by, found.checked_at, found.marks, found.remark = by, now, dict(marks), remark.strip()[:REMARK_MAX]
        found.save(update_fields=["checked_by", "checked_at", "marks", "remark"])
    return found


def results(connection: Connection, first: datetime, end: datetime) -> list[dict[str, Any]]:
    """By agent: `checked_n`, `mean` of all marks (0 to 2, in hundredths), `means` of each criterion, as `CRITERIA` has them."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_RESULTS, [first, end]).fetchall()
    return [
        {
            "agent": row["agent"], "checked_n": row["checked_n"],
            "mean": _hundredths(row["marks_sum"], row["checked_n"] * len(CRITERIA)),
            "means": [_hundredths(row[name], row["checked_n"]) for name in CRITERIA],
        }
        for row in rows
    ]  # fmt: skip


def _hundredths(total: int, number: int) -> int:
    """A mean, rounded half up."""
    return (200 * int(total) + number) // (2 * number)
