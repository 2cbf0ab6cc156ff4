"""Which steps change nothing: what was made of each step and who paid; and, where arms were drawn at random, what steps do.

The comparison of a step is descriptive: whom nobody reached, or the law protected, differs from the others before anything is
done. Only arms drawn by hash are alike but for their steps.
"""

from __future__ import annotations

from datetime import timedelta

import duckdb

from arrears.playbook import Playbook
from arrears.playbook.model import Experiment
from arrears.process.differences import Sums, clustered, independent, verdict
from arrears.process.model import ArmEffect, StepEffect
from arrears.process.reading import Days, rows
from arrears.process.targets import Targets

_COUNTED = """
SELECT segment, step, any_value(own_channel), count(*) FILTER (planned AND plan_day < ?),
       count(*) FILTER (made), count(*) FILTER (reached) FROM done GROUP BY segment, step
"""
_COMPARED = """
WITH due_days AS (SELECT segment, step, customer_id, plan_day, CAST(made AS BIGINT) AS m FROM done
                  WHERE plan_day + CAST(? AS INTEGER) <= ? AND NOT pending),
     settled AS (SELECT due_days.*, CAST(EXISTS (SELECT 1 FROM payments WHERE payments.customer_id = due_days.customer_id
                 AND posted_date > plan_day AND posted_date <= plan_day + CAST(? AS INTEGER)) AS BIGINT) AS y FROM due_days),
     people AS (SELECT segment, step, customer_id, sum(m) AS n1, sum(m * y) AS y1, sum(1 - m) AS n0, sum((1 - m) * y) AS y0
                FROM settled GROUP BY ALL)
SELECT segment, step, sum(n1), sum(y1), sum(n0), sum(y0), sum(n1 * n1), sum(y1 * y1), sum(y1 * n1), sum(n0 * n0),
       sum(y0 * y0), sum(y0 * n0), sum(n1 * n0), sum(y1 * y0), sum(y1 * n0), sum(n1 * y0), count(*),
       count(*) FILTER (n1 > 0), count(*) FILTER (n0 > 0)
FROM people GROUP BY segment, step
"""
_ENTERED = """
WITH entered AS (SELECT customer_id, string_split(arm, ':')[1] AS experiment, arg_min(string_split(arm, ':')[2], date) AS arm,
                 CAST(min(date) AS DATE) AS entry FROM {segments} WHERE arm <> '' GROUP BY 1, 2),
     paid AS (SELECT DISTINCT customer_id, experiment FROM entered JOIN payments USING (customer_id)
              WHERE posted_date > entry AND posted_date <= entry + CAST(? AS INTEGER))
SELECT entered.experiment, arm, count(*), count(*) FILTER (entry + CAST(? AS INTEGER) <= ?),
       count(*) FILTER (entry + CAST(? AS INTEGER) <= ? AND paid.customer_id IS NOT NULL)
FROM entered LEFT JOIN paid USING (customer_id, experiment) WHERE entry > ? GROUP BY ALL
"""


def steps(con: duckdb.DuckDBPyConnection, days: Days, targets: Targets) -> tuple[StepEffect, ...]:
    """Every step of every segment that was due for somebody."""
    window = targets.payment_days
    sums = {
        (segment, step): (Sums(*(int(number) for number in numbers)), min(with_n, without_n))
        for segment, step, *numbers, with_n, without_n in rows(con, _COMPARED, [window, days.day, window])
    }
    found = []
    for segment, step, channel, planned_n, made_n, reached_n in rows(con, _COUNTED, [days.day]):
        of, fewest_n = sums.get((segment, step), (None, 0))
        compared = clustered(of) if of is not None and fewest_n >= targets.compared_min else None
        found.append(StepEffect(segment, step, channel or "", planned_n, made_n, reached_n, compared, verdict(compared)))
    return tuple(sorted(found, key=lambda one: (-one.planned_n, one.segment, one.step)))


def arms(con: duckdb.DuckDBPyConnection, days: Days, playbook: Playbook, targets: Targets) -> tuple[ArmEffect, ...]:
    """Each arm against the holdout, or the champion where there is none: who paid within so many days of entry."""
    if not playbook.experiments:
        return ()
    window, earlier = targets.experiment_days, days.known[0] - timedelta(days=1)
    # whoever was in the experiment before the first day read had been worked by their arm already, unless no day came before
    after = days.known[0] if days.workspace.manifest("playbook", earlier) is not None else earlier
    told = rows(
        con, _ENTERED.format(segments=days.relation("playbook", "segments")),
        [window, window, days.day, window, days.day, after],
    )  # fmt: skip
    counts = {(experiment, arm): tuple(numbers) for experiment, arm, *numbers in told}
    return tuple(
        _effect(playbook, experiment, arm, against, counts, targets.compared_min)
        for experiment in playbook.experiments
        for arm, against in _pairs(experiment)
    )


def _pairs(experiment: Experiment) -> list[tuple[str, str]]:
    names = [challenger.id for challenger in experiment.challengers]
    against_nothing = [("champion", "holdout")] if experiment.holdout_ppm else []
    return against_nothing + [(name, "champion") for name in names]


def _effect(
    playbook: Playbook, experiment: Experiment, arm: str, against: str, counts: dict[tuple[str, str], tuple[int, ...]],
    compared_min: int,
) -> ArmEffect:  # fmt: skip
    entered, n, paid_n = counts.get((experiment.id, arm), (0, 0, 0))
    others, other_n, other_paid_n = counts.get((experiment.id, against), (0, 0, 0))
    enough = min(n, other_n) >= compared_min
    found = independent(n, paid_n, other_n, other_paid_n) if enough else None
    differing = _differing(playbook, experiment, arm, against)
    return ArmEffect(experiment.id, arm, against, differing, entered + others, found, verdict(found))


def _differing(playbook: Playbook, experiment: Experiment, arm: str, against: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for segment_id in experiment.segments:
        variants = playbook.variants(playbook.segment(segment_id))
        one, other = variants[f"{experiment.id}:{arm}"], variants[f"{experiment.id}:{against}"]
        found |= {step.id: None for step in (*one, *other) if (step in one) != (step in other)}
    return tuple(found)
