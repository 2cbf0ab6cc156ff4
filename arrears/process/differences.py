"""Two shares held against each other: the difference, its standard error and interval, and what could have been seen at all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from statsmodels.stats.proportion import confint_proportions_2indep

from arrears.money import PPM
from arrears.process.model import Difference, Verdict

LEVEL, POWER = 0.05, 0.8
_Z = NormalDist().inv_cdf(1 - LEVEL / 2)
_DETECT = _Z + NormalDist().inv_cdf(POWER)


@dataclass(frozen=True)
class Sums:
    """Over customers: how often the step was due and made (`n1`), of these paid (`y1`), due and not made (`n0`), paid (`y0`).

    The products are sums over customers too. From them follows the variance that allows for one customer's being counted on
    several days and on both sides.
    """

    n1: int
    y1: int
    n0: int
    y0: int
    n1n1: int
    y1y1: int
    y1n1: int
    n0n0: int
    y0y0: int
    y0n0: int
    n1n0: int
    y1y0: int
    y1n0: int
    n1y0: int
    customers_n: int


def clustered(sums: Sums) -> Difference:
    """The difference of shares with a standard error clustered by customer, and its normal interval.

    Where nobody, or everybody, paid on a side, that side would look certain. Then the error is not taken smaller than that of
    so many independent customers with one paid and one unpaid added on each side (Agresti and Caffo 2000).
    """
    p1, p0 = sums.y1 / sums.n1, sums.y0 / sums.n0
    # each customer moves the difference by (y1 - p1 n1) / N1 - (y0 - p0 n0) / N0; here is the sum of the squares
    own = (sums.y1y1 - 2 * p1 * sums.y1n1 + p1**2 * sums.n1n1) / sums.n1**2
    other = (sums.y0y0 - 2 * p0 * sums.y0n0 + p0**2 * sums.n0n0) / sums.n0**2
    both = (sums.y1y0 - p0 * sums.y1n0 - p1 * sums.n1y0 + p1 * p0 * sums.n1n0) / (sums.n1 * sums.n0)
    few = sums.customers_n / max(sums.customers_n - 1, 1)
    variance = few * (own + other - 2 * both)
    if sums.y1 in (0, sums.n1) or sums.y0 in (0, sums.n0):
        variance = max(variance, _smoothed(sums.y1, sums.n1, sums.y0, sums.n0))
    error = math.sqrt(max(variance, 0.0))
    gap = p1 - p0
    return _difference(sums.n1, sums.y1, sums.n0, sums.y0, error, max(gap - _Z * error, -1), min(gap + _Z * error, 1))


def independent(with_n: int, with_paid_n: int, without_n: int, without_paid_n: int) -> Difference:
    """The difference of two independent shares, each customer counted once, with Newcombe's interval (1998, method 10)."""
    low, high = confint_proportions_2indep(
        with_paid_n, with_n, without_paid_n, without_n, compare="diff", method="newcomb", alpha=LEVEL
    )
    error = math.sqrt(_smoothed(with_paid_n, with_n, without_paid_n, without_n))
    return _difference(with_n, with_paid_n, without_n, without_paid_n, error, float(low), float(high))


def verdict(found: Difference | None) -> Verdict:
    """What the interval says; never that there is nothing."""
    if found is None:
        return "too_few"
    if found.low_ppm > 0:
        return "more_paid"
    return "fewer_paid" if found.high_ppm < 0 else "nothing_seen"


def _smoothed(y1: int, n1: int, y0: int, n0: int) -> float:
    """Variance of the difference of independent shares with one paid and one unpaid added on each side."""
    p1, p0 = (y1 + 1) / (n1 + 2), (y0 + 1) / (n0 + 2)
    return p1 * (1 - p1) / (n1 + 2) + p0 * (1 - p0) / (n0 + 2)


def _difference(n1: int, y1: int, n0: int, y0: int, error: float, low: float, high: float) -> Difference:
    ppm = (round(value * PPM) for value in (y1 / n1 - y0 / n0, error, low, high, _DETECT * error))
    return Difference(n1, y1, n0, y0, *ppm)
