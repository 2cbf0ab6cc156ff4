"""Where the normal interval is doubtful: exact tests of two proportions, and permutation for outcomes with heavy tails."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from scipy import stats

Array = np.ndarray[Any, Any]

SKEWNESS_MAX = 0.2
"""Cochran (1977) asks for 25 times the squared skewness in rows: that is a mean, here a difference of means, with this much."""
ONE_ROW_MAX = 0.2
"""Part of the difference's variance that may come from a single row."""
ROWS_MIN = 20
CELL_MIN = 5.0
"""Expected rows of a cell below which a proportion is tested exactly."""
PERMUTATIONS_MAX, PERMUTATIONS_MIN = 4_999, 199
WORK_MAX = 300_000_000
"""Rows times permutations at most."""
SEED = 20_240_601


def skewness(y: Array) -> float:
    """The third standardised moment; 0 for a constant."""
    centred = y - y.mean()
    variance = float((centred**2).mean())
    return float((centred**3).mean()) / variance**1.5 if variance > 0 else 0.0


def doubtful(y: Array, other: Array) -> str:
    """Why the normal interval of a difference is doubtful: `few` rows, a heavy `tail`, or nothing.

    Tails that both arms have cancel as far as the arms are of one size: it is the difference whose skewness counts.
    """
    if min(len(y), len(other)) < ROWS_MIN:
        return "few"
    thirds, squares, largest = 0.0, 0.0, 0.0
    for sign, values in ((1, y), (-1, other)):
        centred = (values - values.mean()) / len(values)
        thirds += sign * float((centred**3).sum())
        squares += float((centred**2).sum())
        largest = max(largest, float((centred**2).max()))
    if squares <= 0:
        return ""
    return "tail" if abs(thirds) / squares**1.5 > SKEWNESS_MAX or largest / squares > ONE_ROW_MAX else ""


def small_cells(successes: int, n: int, other_successes: int, other_n: int) -> bool:
    """Whether a cell of the 2x2 table expects fewer than five rows."""
    share = (successes + other_successes) / (n + other_n)
    return min(n, other_n) * min(share, 1 - share) < CELL_MIN


def fisher(successes: int, n: int, other_successes: int, other_n: int) -> float:
    """Fisher's exact two-sided p of two proportions."""
    return float(stats.fisher_exact([[successes, n - successes], [other_successes, other_n - other_successes]])[1])


def permutation_p(y: Array, treated: Array, seed: int = SEED) -> tuple[float, int]:
    """Two-sided p of Welch's t under shuffled arms, and the number of shuffles.

    The studentised statistic keeps the level where variances differ (Janssen 1997). The zeros that most outcomes of money
    have are not shuffled one by one: how many non-zero rows fall into the arm is hypergeometric.
    """
    n, n_treated = len(y), int(treated.sum())
    if min(n_treated, n - n_treated) < 2:
        return math.nan, 0
    if n_treated > n - n_treated:
        treated, n_treated = ~treated, n - n_treated
    if (y == 0).mean() < 0.5:
        y = y - y.mean()  # no zeros to save, and sums of squares lose no digits
    values = y[y != 0].astype(np.float64)
    times = max(PERMUTATIONS_MIN, min(PERMUTATIONS_MAX, WORK_MAX // max(len(values), 1)))
    seen = abs(_welch_t(*_sums(y[treated]), n_treated, *_sums(y), n))
    taken = np.random.default_rng(seed).hypergeometric(len(values), n - len(values), n_treated, times)
    reached = _shuffled(values, taken, n_treated, n, seen * (1 - 1e-12), seed)
    return (1 + reached) / (1 + times), times


def _sums(y: Array) -> tuple[float, float]:
    return float(y.sum()), float(y @ y)


@njit(cache=True)
def _welch_t(total: float, squares: float, n: int, all_total: float, all_squares: float, all_n: int) -> float:
    rest, rest_squares, m = all_total - total, all_squares - squares, all_n - n
    variance = (squares - total * total / n) / (n - 1) / n + (rest_squares - rest * rest / m) / (m - 1) / m
    gap = total / n - rest / m
    if variance <= 0.0:
        return 0.0 if gap == 0.0 else 1e300
    return gap / math.sqrt(variance)


@njit(cache=True)
def _shuffled(values: Array, taken: Array, n_treated: int, n: int, seen: float, seed: int) -> int:
    """How many shuffles reach the statistic seen; draws without replacement by a partial Fisher-Yates shuffle."""
    np.random.seed(seed)
    all_total, all_squares = values.sum(), (values * values).sum()
    reached = 0
    for one in range(len(taken)):
        total, squares = 0.0, 0.0
        for place in range(taken[one]):
            other = place + np.random.randint(0, len(values) - place)
            value = values[other]
            values[other] = values[place]
            values[place] = value
            total += value
            squares += value * value
        if abs(_welch_t(total, squares, n_treated, all_total, all_squares, n)) >= seen:
            reached += 1
    return reached
