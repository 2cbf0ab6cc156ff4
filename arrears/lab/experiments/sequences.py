"""Intervals that hold at every look: asymptotic confidence sequences.

Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic confidence sequences",
Annals of Statistics 52 (2024), theorem 2.2: with n customers seen, mean and standard deviation m and s of their signals,

    m +- s * sqrt( 2 (n r^2 + 1) / (n^2 r^2) * log( sqrt(n r^2 + 1) / alpha ) )

holds for all n at once with probability 1 - alpha, up to an error that vanishes as the first look moves out. `r` says where it
is tightest; it is fixed before any data (`TIGHTEST_AT` customers), as it must be.
"""

from __future__ import annotations

import math

TIGHTEST_AT = 10_000
"""Customers of two arms together at which the interval is narrowest; ten times more or fewer cost some tenth of width."""


def tightness(tightest_at: float = TIGHTEST_AT, alpha: float = 0.05) -> float:
    """`r`, by the paper's approximation of the best one for a given number of customers."""
    twice = -2 * math.log(alpha)
    return math.sqrt((twice + math.log(twice) + 1) / tightest_at)


def half_width(n: int, se: float, alpha: float = 0.05, tightest_at: float = TIGHTEST_AT) -> float:
    """Half the interval around a mean of `n` signals of standard error `se`: their standard deviation is se * sqrt(n)."""
    if n < 1 or not se >= 0:
        return math.nan
    r2 = tightness(tightest_at) ** 2
    grown = n * r2 + 1
    return se * math.sqrt(n) * math.sqrt(2 * grown / (n**2 * r2) * math.log(math.sqrt(grown) / alpha))


def interval(value: float, n: int, se: float, alpha: float = 0.05) -> tuple[float, float]:
    """The interval around `value`."""
    half = half_width(n, se, alpha)
    return value - half, value + half


def always_p(value: float, n: int, se: float) -> float:
    """The smallest alpha whose interval leaves zero out: a p-value that may be looked at every day."""
    if n < 1 or not se > 0:
        return math.nan
    r2 = tightness() ** 2
    grown = n * r2 + 1
    squared = (value / se) ** 2 / n
    return min(1.0, math.sqrt(grown) * math.exp(-squared * n**2 * r2 / (2 * grown)))
