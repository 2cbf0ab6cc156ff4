"""Targets of a month by segment, and what was reached, counted from the ledger day by day.

How each is counted, by the bank's calendar:

- `right_party_rate`: of the attempts by call and visit, those of which it was told that somebody spoke with the customer. An
  outcome counts on the day on which it was told.
- `promise_rate`: promises taken down, of those conversations.
- `kept_rate`: of the promises that were due in the month and are judged, those kept.

An attempt is of the segment for which the contact was planned, a promise of that of the customer's latest planned contact.
A day that is over is counted once and kept (`day_count`), for the ledger does not change behind it; only the present day is
counted when somebody asks, and promises of the month, whose judgement may change; both are kept for a minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.cache import cache

from arrears.card.cycle import closing_in_month
from arrears.desk.ledger.appending import Connection
from arrears.desk.people.recording import record
from arrears.desk.saying import _
from arrears.desk.work.queues import day_start
from arrears.errors import StoreError
from arrears.feed.contracts import CONVERSATION_OUTCOMES

MEASURES = ("right_party_rate", "promise_rate", "kept_rate")
BP = 10_000
KEPT_SECONDS = 60
SETTLED = timedelta(minutes=15)
"""So long after midnight entries of the day before may still come in: acts take their time when they begin."""
SEGMENTS_MAX = 200

_OF_CUSTOMER = """LEFT JOIN LATERAL (SELECT i.segment FROM intent AS i WHERE i.customer_id = p.customer_id
    ORDER BY i.business_date DESC, i.intent_id DESC LIMIT 1) AS of_customer ON TRUE"""
_DAY = f"""WITH entries AS MATERIALIZED (
    SELECT kind, intent_id, attempt_seq, outcome, customer_id, channel,
        CASE WHEN kind = 'promise' THEN body::jsonb ? 'made' ELSE FALSE END AS made
    FROM ledger_entry WHERE at >= %(first)s AND at < %(end)s AND kind IN ('attempt', 'outcome', 'promise')
    AND (kind = 'promise' OR channel IN ('call', 'visit')))
SELECT segment, sum(attempts), sum(right_party), sum(promises) FROM (
    SELECT i.segment, count(*) FILTER (WHERE e.kind = 'attempt') AS attempts,
        count(DISTINCT e.attempt_seq) FILTER (WHERE e.kind = 'outcome' AND e.outcome = ANY(%(spoken)s)) AS right_party,
        0 AS promises
    FROM entries AS e JOIN intent AS i USING (intent_id) WHERE e.kind <> 'promise' GROUP BY i.segment
    UNION ALL
    SELECT coalesce(of_customer.segment, ''), 0, 0, count(*) FROM entries AS p {_OF_CUSTOMER} WHERE p.made GROUP BY 1
) AS counted GROUP BY segment"""
_KEEP = """INSERT INTO day_count (day, segment, attempts_n, right_party_n, promises_n) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (day, segment) DO NOTHING"""
_KEPT = """SELECT day, segment, attempts_n, right_party_n, promises_n FROM day_count WHERE day >= %s AND day <= %s"""
_PROMISES = f"""SELECT coalesce(of_customer.segment, ''), count(*) FILTER (WHERE p.state = 'kept'), count(*)
FROM promise AS p {_OF_CUSTOMER} WHERE p.due_on >= %s AND p.due_on <= %s AND p.state IN ('kept', 'broken') GROUP BY 1"""
_SET = """INSERT INTO target (month, segment, measure, value_bp, set_by) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (month, segment, measure) DO UPDATE SET value_bp = excluded.value_bp, set_by = excluded.set_by
WHERE target.value_bp <> excluded.value_bp RETURNING segment"""


@dataclass(frozen=True)
class Reached:
    """A measure of a segment in a month: so many of so many, against the target."""

    measure: str
    part_n: int
    whole_n: int
    target_bp: int | None

    @property
    def actual_bp(self) -> int | None:
        """The share in basis points, rounded half up; none of nothing."""
        return (2 * BP * self.part_n + self.whole_n) // (2 * self.whole_n) if self.whole_n else None

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None where there is none, or nothing to judge by."""
        return None if self.target_bp is None or self.actual_bp is None else self.actual_bp >= self.target_bp


def month_of(day: date) -> date:
    """Its first day."""
    return day.replace(day=1)


def last_of(month: date) -> date:
    """The month's last day."""
    return closing_in_month(month.year, month.month, 31)


def set_target(connection: Connection, month: date, segment: str, measure: str, value_bp: int, by: str) -> bool:
    """Set one, in place of another; whether that changed anything. Commits. Raises `StoreError` for one that is none."""
    if measure not in MEASURES or not 0 <= value_bp <= BP or not segment:
        raise StoreError(_("this is no target"), where=f"{segment} {measure}", remedy=_("give 0 to 100 %"))
    changed = connection.execute(_SET, [month_of(month), segment, measure, value_bp, by]).fetchone() is not None
    if changed:
        record(by, "target", subject=f"{month:%Y-%m} {segment} {measure}", value_bp=value_bp)
    return changed


def reached(
    connection: Connection, month: date, segments: Iterable[str], now: datetime, today: date, zone: str
) -> dict[str, list[Reached]]:
    """By segment each measure of `MEASURES`: of these segments, and those with a target, a call, a visit or a promise."""
    counts = _counts(connection, month, now, today, zone)
    kept = _promises(connection, month)
    targets = {
        (str(segment), str(measure)): int(value)
        for segment, measure, value in connection.execute(
            "SELECT segment, measure, value_bp FROM target WHERE month = %s", [month]
        ).fetchall()
    }
    names = sorted({*counts, *kept, *(segment for segment, _ in targets), *segments} - {""})[:SEGMENTS_MAX]
    found = {}
    for name in names:
        attempts, right, promises = counts.get(name, (0, 0, 0))
        kept_n, judged = kept.get(name, (0, 0))
        parts = zip(MEASURES, ((right, attempts), (promises, right), (kept_n, judged)), strict=True)
        found[name] = [Reached(measure, part, whole, targets.get((name, measure))) for measure, (part, whole) in parts]
    return found


def _counts(connection: Connection, month: date, now: datetime, today: date, zone: str) -> dict[str, tuple[int, int, int]]:
    """Attempts, conversations and promises by segment in the month so far."""
    last = min(last_of(month), today)
    kept = connection.execute(_KEPT, [month, last]).fetchall()
    days = {row[0] for row in kept}
    rows = [row[1:] for row in kept]
    for number in range((last - month).days + 1):
        day = month + timedelta(days=number)
        if day not in days:
            rows += _day(connection, day, now, zone)
    found: dict[str, tuple[int, int, int]] = {}
    for segment, *numbers in rows:
        before = found.get(segment, (0, 0, 0))
        found[segment] = (before[0] + int(numbers[0]), before[1] + int(numbers[1]), before[2] + int(numbers[2]))
    return found


def _day(connection: Connection, day: date, now: datetime, zone: str) -> Sequence[tuple[str, int, int, int]]:
    """A day's counts, from the ledger; kept for good where the day is over."""
    name = f"day-count-{connection.info.dbname}-{day}"
    found: list[tuple[str, int, int, int]] | None = cache.get(name)
    if found is not None:
        return found
    end = day_start(day + timedelta(days=1), zone)
    values = {"first": day_start(day, zone), "end": end, "spoken": list(CONVERSATION_OUTCOMES)}
    found = [(str(one), int(a), int(b), int(c)) for one, a, b, c in connection.execute(_DAY, values).fetchall()]
    if now < end + SETTLED:
        cache.set(name, found, KEPT_SECONDS)
        return found
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(_KEEP, [(day, *row) for row in [*found, ("", 0, 0, 0)]])  # where there is one of "", it stays
    return found


def _promises(connection: Connection, month: date) -> dict[str, tuple[int, int]]:
    """(kept, judged) by segment, of the promises due in the month."""
    name = f"promises-{connection.info.dbname}-{month}"
    found: dict[str, tuple[int, int]] | None = cache.get(name)
    if found is None:
        rows = connection.execute(_PROMISES, [month, last_of(month)]).fetchall()
        found = {str(segment): (int(kept), int(judged)) for segment, kept, judged in rows}
        cache.set(name, found, KEPT_SECONDS)
    return found
