"""Where cases wait: from entry into a bucket to the first attempt and the first word with the customer, from a promise to
its payment, and from the last contact until now."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import duckdb

from arrears.playbook import Playbook
from arrears.process.model import EVERY, Clock, Wait
from arrears.process.reading import Days, rows
from arrears.process.targets import Targets
from arrears.process.waiting import Waited, product_limit

_Row = tuple[str, int, int, bool, bool, int]
"""Segment, bucket, days, whether it ended, whether the case went away, cases."""

_TO_FIRST = """
WITH worked AS (SELECT stays.*, segment FROM stays JOIN placed ON stays.customer_id = placed.customer_id AND entry = placed.day
                WHERE NOT list_contains(?, segment) AND NOT ends_with(arm, ':holdout')),
     first AS (SELECT worked.customer_id, bucket, entry, min(local_date) AS came FROM worked JOIN contacts
               ON worked.customer_id = contacts.customer_id AND local_date BETWEEN entry AND coalesce(left_on, ?) AND {which}
               GROUP BY ALL)
SELECT segment, bucket, coalesce(came, left_on, ?) - entry AS days, came IS NOT NULL AS ended,
       came IS NULL AND left_on IS NOT NULL AS gone, count(*)
FROM worked LEFT JOIN first USING (customer_id, bucket, entry) GROUP BY ALL
"""
_WHICH: dict[Clock, str] = {"first_attempt": "direction = 'outbound'", "right_party": "spoke AND party = 'debtor'"}

# the stage is that of the evening before: a promise kept at once has cured the account by the evening
_FROM_PROMISE = """
WITH promised AS (SELECT DISTINCT contacts.customer_id, local_date AS on_day, segment, coalesce(bucket, 0) AS bucket
                  FROM contacts JOIN placed ON contacts.customer_id = placed.customer_id AND local_date = placed.day + 1
                  LEFT JOIN late ON contacts.customer_id = late.customer_id AND local_date = late.day + 1
                  WHERE outcome = 'promise' AND party = 'debtor'),
     kept AS (SELECT promised.customer_id, on_day, min(posted_date) AS came FROM promised JOIN payments
              ON promised.customer_id = payments.customer_id AND posted_date >= on_day GROUP BY ALL)
SELECT segment, bucket, coalesce(came, ?) - on_day AS days, came IS NOT NULL AS ended, false AS gone, count(*)
FROM promised LEFT JOIN kept USING (customer_id, on_day) GROUP BY ALL
"""

_IDLE = """
WITH last AS (SELECT customer_id, max(local_date) AS last_date FROM contacts WHERE direction = 'outbound' GROUP BY ALL)
SELECT segment, bucket, least(dpd, coalesce(? - last_date, dpd)) AS days, true, false, count(*)
FROM late JOIN placed USING (customer_id, day) LEFT JOIN last USING (customer_id)
WHERE day = ? AND NOT list_contains(?, segment) AND NOT ends_with(arm, ':holdout') GROUP BY ALL
"""


def held_segments(playbook: Playbook) -> list[str]:
    """Segments of which nobody is contacted by plan: people decide there."""
    return [segment.id for segment in playbook.segments if segment.intensity.per_day_max == 0]


def waits(con: duckdb.DuckDBPyConnection, days: Days, playbook: Playbook, targets: Targets) -> tuple[Wait, ...]:
    """Every clock, each for all segments together and for each segment, by bucket."""
    held = held_segments(playbook)
    found: dict[Clock, list[_Row]] = {
        clock: rows(con, _TO_FIRST.format(which=which), [held, days.day, days.day]) for clock, which in _WHICH.items()
    }
    found["promise"] = rows(con, _FROM_PROMISE, [days.day])
    found["idle"] = rows(con, _IDLE, [days.day, days.day, held])
    order = {segment.id: place for place, segment in enumerate(playbook.segments)}
    return tuple(wait for clock, said in found.items() for wait in _by_stage(clock, said, targets, order))


def left_alone_n(con: duckdb.DuckDBPyConnection, days: Days, playbook: Playbook) -> int:
    """Customers past due on the day whom the playbook leaves alone."""
    found = rows(
        con, "SELECT count(*) FROM late JOIN placed USING (customer_id, day) WHERE day = ? "
        "AND (list_contains(?, segment) OR ends_with(arm, ':holdout'))", [days.day, held_segments(playbook)],
    )  # fmt: skip
    return int(found[0][0])


def _by_stage(clock: Clock, said: Sequence[_Row], targets: Targets, order: dict[str, int]) -> list[Wait]:
    whole = [(EVERY, *row[1:]) for row in said]

    def place(row: _Row) -> tuple[int, str, int]:
        return -1 if row[0] == EVERY else order.get(row[0], len(order)), row[0], row[1]

    grouped = itertools.groupby(sorted([*whole, *said], key=place), key=lambda row: (row[0], row[1]))
    return [_wait(clock, segment, bucket, list(of), targets) for (segment, bucket), of in grouped]


def _wait(clock: Clock, segment: str, bucket: int, said: Iterable[_Row], targets: Targets) -> Wait:
    listed = list(said)
    target = _target(clock, bucket, targets)
    curve = product_limit(Waited(days, ended, cases_n) for _, _, days, ended, _, cases_n in listed)
    cases_n = sum(row[5] for row in listed)
    ended_n = 0 if clock == "idle" else sum(row[5] for row in listed if row[3])
    left_n = sum(row[5] for row in listed if row[4])
    over_n = sum(row[5] for row in listed if row[2] > target)
    return Wait(
        clock, segment, bucket, cases_n, ended_n, left_n, cases_n - ended_n - left_n, curve.quantile(0.5), curve.quantile(0.9),
        target, over_n, curve.still_ppm(target), curve.followed_days,
    )  # fmt: skip


def _target(clock: Clock, bucket: int, targets: Targets) -> int:
    if clock == "promise":
        return targets.promise_days
    by_stage = {
        "first_attempt": targets.first_attempt_days, "right_party": targets.right_party_days, "idle": targets.idle_days,
    }  # fmt: skip
    return by_stage[clock].of(bucket)
