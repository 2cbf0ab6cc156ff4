"""Two statistics, exact and explained: is one agent's count more than chance, and how many of those listed are chance alone.

Counts come in, probabilities go out. Nothing here knows what was counted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

SUPPORT_MAX = 200_000
"""Events of one agent and stage beyond which the exact sum is not worth its memory."""


class Stratum(NamedTuple):
    """One stage: an agent's events among the agent's chances, and everybody's among everybody's, the agent included."""

    events: int
    chances: int
    all_events: int
    all_chances: int


def expected(strata: Sequence[Stratum]) -> float:
    """What the agent would have at the others' rates, stage by stage; a stage that nobody else works expects what it saw."""
    total = 0.0
    for one in strata:
        others = one.all_chances - one.chances
        total += one.chances * (one.all_events - one.events) / others if others else one.events
    return total


def tail(strata: Sequence[Stratum]) -> float:
    """P(at least as many events) if the agent were as everybody: the exact conditional test for stratified 2x2 tables.

    Within a stage, given its events in all, an agent's share of them is hypergeometric; stages are independent, so the sum is
    their convolution (Fisher 1935 for one stage; Agresti, Categorical Data Analysis, for several). It assumes no size of
    sample and no common rate of the stages.
    """
    seen = sum(one.events for one in strata)
    joint, low = np.ones(1), 0
    for one in strata:
        first, pmf = _hypergeometric(one)
        joint, low = np.convolve(joint, pmf), low + first
    return float(min(1.0, joint[max(0, seen - low) :].sum()))


def _hypergeometric(one: Stratum) -> tuple[int, np.ndarray]:
    """The smallest possible count, and the probability of it and each one above."""
    low = max(0, one.all_events + one.chances - one.all_chances)
    high = min(one.all_events, one.chances)
    if high - low > SUPPORT_MAX:
        raise ValueError(f"{high - low} outcomes of one stage are more than {SUPPORT_MAX}")
    # each probability from its neighbour, as logarithms: the factorials of many contacts fit no float
    counts = np.arange(low, high, dtype=np.float64)
    others = one.all_chances - one.chances
    ratio = (one.all_events - counts) * (one.chances - counts) / ((counts + 1) * (others - one.all_events + counts + 1))
    log_pmf = np.concatenate(([0.0], np.cumsum(np.log(ratio))))
    pmf = np.exp(log_pmf - log_pmf.max())
    return low, pmf / pmf.sum()


def discovery_rates(p_values: Sequence[float]) -> list[float]:
    """For each p-value, the smallest false discovery rate at which it is listed (Benjamini and Hochberg 1995, step up)."""
    count = len(p_values)
    order = sorted(range(count), key=lambda index: p_values[index])
    rates = [1.0] * count
    best = 1.0
    for place in range(count, 0, -1):
        index = order[place - 1]
        best = min(best, p_values[index] * count / place)
        rates[index] = best
    return rates


def significant(value: float, digits: int = 3) -> float:
    """A probability to so many significant digits, for printing."""
    if value <= 0.0:
        return 0.0
    return round(value, digits - 1 - math.floor(math.log10(value)))
