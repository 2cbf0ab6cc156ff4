"""Off-policy estimates held against what the simulator lets happen, on the same customers and days.

Seeds and a mapping of stage and band to channels come in; for every seed the estimates from the draws and the truth of a second
life go out. The estimand is one day: the mapping chooses today, later days are drawn as logged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from scipy import stats

from arrears.feed.contracts import CHANNELS
from arrears.lab.experiments.estimates import CONFIDENCE, Estimate
from arrears.lab.experiments.offpolicy import evaluate
from arrears.lab.simulation.allocators import by_priority
from arrears.lab.simulation.comparing import DEFAULT_PLAYBOOK, strategy_of
from arrears.lab.simulation.efforts import capacities_for
from arrears.lab.simulation.one_day import TwoLives, two_lives
from arrears.lab.simulation.parameters import CALL, SMS
from arrears.lab.simulation.running import Plan
from arrears.lab.simulation.sql_of_days import compiled
from arrears.lab.simulation.strategy_day import zone_offsets
from arrears.money import PPM

Array = np.ndarray[Any, Any]
ESTIMATORS = ("ips", "snips", "dr")
NAMES = np.array(["none", *CHANNELS])
EXPLORE_PPM = 500_000


@dataclass(frozen=True)
class Held:
    """One seed."""

    n: int
    truth: float
    """Mean share of the amount due that was paid in the second life."""
    logged_truth: float
    """In the first."""
    estimates: dict[str, Estimate]


@dataclass(frozen=True)
class Summary:
    """One estimator over the seeds."""

    bias: float
    """Mean of estimate less truth of the same seed."""
    bias_se: float
    error_sd: float
    """Standard deviation of that difference from seed to seed."""
    se_mean: float
    """What the estimator says of itself: it also counts which customers there are."""
    covered: float
    """Share of intervals that hold the mean truth of all seeds."""


def call_the_doubtful(bucket: Array, band: Array) -> Array:
    """Calls in stages 1 and 2 of bands C to E where on offer; else, and there, a message; else nothing."""
    called = np.isin(bucket, (1, 2)) & (band >= 2)
    return np.stack([np.where(called, CALL, SMS), np.where(called, SMS, -1)], axis=1)


def held_against_truth(
    accounts: int, seeds: Sequence[int], numbers: Sequence[int], window_days: int, start: date, settling_days: int = 270
) -> Iterator[Held]:  # fmt: skip
    """The mapping `call_the_doubtful` on these days of each seed."""
    strategy = strategy_of(DEFAULT_PLAYBOOK, accounts)
    days = [start + timedelta(days=number) for number in range(numbers[-1] + window_days)]
    sql = {day: compiled(strategy, day, zone_offsets(day)) for day in days}
    for seed in seeds:
        plan = Plan(
            strategy, sql, by_priority, capacities_for(accounts), seed, accounts, start, len(days), explore_ppm=EXPLORE_PPM,
            settling_days=settling_days,
        )  # fmt: skip
        yield _held(two_lives(plan, call_the_doubtful, numbers, window_days))


def _held(lives: TwoLives) -> Held:
    """A row's outcome is the share of its amount due that is paid; rows without one say nothing."""
    owing = np.flatnonzero(lives.due_minor > 0)
    due = lives.due_minor[owing].astype(float)
    paid, other = (np.minimum(column[owing], due) / due for column in (lives.paid_minor, lives.other_paid_minor))
    context = np.column_stack([
        *(lives.bucket[owing] == bucket for bucket in range(1, 5)), *(lives.band[owing] == band for band in range(1, 5)),
        lives.score[owing], np.log(due),
    ]).astype(float)  # fmt: skip
    found = evaluate(
        NAMES[lives.action[owing] + 1], lives.propensity_ppm[owing] / PPM, paid, NAMES[lives.other[owing] + 1],
        context=context, cluster=lives.customer[owing],
    )  # fmt: skip
    return Held(len(owing), float(other.mean()), float(paid.mean()), {name: getattr(found, name) for name in ESTIMATORS})


def summaries(held: Sequence[Held]) -> dict[str, Summary]:
    """Bias and coverage of each estimator; at least two seeds."""
    truth = np.array([one.truth for one in held])
    told = {}
    for name in ESTIMATORS:
        value, se = (np.array([getattr(one.estimates[name], figure) for one in held]) for figure in ("value", "se"))
        error = value - truth
        half = stats.norm.ppf(0.5 + CONFIDENCE / 2) * se
        told[name] = Summary(
            float(error.mean()), float(error.std(ddof=1) / np.sqrt(len(held))), float(error.std(ddof=1)), float(se.mean()),
            float((np.abs(value - truth.mean()) < half).mean()),
        )  # fmt: skip
    return told
