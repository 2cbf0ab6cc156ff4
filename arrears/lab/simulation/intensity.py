"""The repayment process: intensity that relaxes to a long-run level and jumps at repayments and contacts, as exact formulas.

After Chehrazi and Weber, Dynamic Valuation of Delinquent Credit-Card Accounts (Management Science 2015). Between events the
level is `long_run + (level - long_run) exp(-relax t)`, so its integral is known in closed form and the next event is where the
integral reaches an exponential number: no step of time is chosen, and nothing is lost between the days.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from arrears.lab.simulation.chance import REPAY, uniform

EVENTS_A_DAY_MAX = 40
"""Far above what any intensity here brings; a bound on the loop."""


@njit(cache=True)
def relaxed(level: float, long_run: float, relax: float, days: float) -> float:
    """The intensity after `days` without an event."""
    return long_run + (level - long_run) * math.exp(-relax * days)


@njit(cache=True)
def integral(level: float, long_run: float, relax: float, days: float) -> float:
    """Events to be expected in `days` if none changes the level."""
    return long_run * days - (level - long_run) * math.expm1(-relax * days) / relax


@njit(cache=True)
def waiting(level: float, long_run: float, relax: float, area: float, most: float) -> float:
    """Days until the integral reaches `area`, at most `most`: Newton's method, kept inside by halving."""
    low, high = 0.0, most
    days = min(most, area / level) if level > 0 else 0.5 * most
    for _ in range(60):
        over = integral(level, long_run, relax, days) - area
        if over > 0:
            high = days
        else:
            low = days
        slope = relaxed(level, long_run, relax, days)
        after = days - over / slope if slope > 0 else 0.5 * (low + high)
        if not low < after < high:
            after = 0.5 * (low + high)
        if abs(after - days) < 1e-12:
            break
        days = after
    return days


@njit(cache=True)
def counted_days(
    seed: int, accounts: int, days: int, level: float, long_run: float, relax: float, jump: float, counts: np.ndarray,
    levels: np.ndarray,
) -> None:  # fmt: skip
    """The bare process with one fixed jump: repayments of each account and day, and the level at the end of each day.

    It is what the cardholders' kernel does with each account, without money; its moments are known in closed form.
    """
    for i in range(accounts):
        now = level
        for day in range(days):
            left, n = 1.0, 0
            while n < EVENTS_A_DAY_MAX:
                area = -math.log(uniform(seed, i, day, REPAY + n))
                if area >= integral(now, long_run, relax, left):
                    break
                passed = waiting(now, long_run, relax, area, left)
                now = relaxed(now, long_run, relax, passed) + jump
                left -= passed
                n += 1
            now = relaxed(now, long_run, relax, left)
            counts[i, day] = n
            levels[i, day] = now


def stationary_mean(long_run: float, relax: float, jump: float) -> float:
    """The mean intensity once settled: `long_run / (1 - jump / relax)`."""
    return long_run / (1 - jump / relax)


def daily_covariance(long_run: float, relax: float, jump: float, lag_days: int) -> float:
    """Covariance of the counts of two whole days, `lag_days` apart (0: the variance), of the settled process.

    From the covariance density of the exponential Hawkes process (Hawkes 1971), `mean jump (relax - jump/2) / (relax - jump)
    exp(-(relax - jump) u)` for u > 0, integrated over the two days; on one day the events themselves come on top.
    """
    mean, slow = stationary_mean(long_run, relax, jump), relax - jump
    density = mean * jump * (relax - jump / 2) / slow
    if lag_days == 0:
        return mean + 2 * density * (slow - 1 + math.exp(-slow)) / slow**2
    return density * math.exp(-slow * (lag_days - 1)) * ((1 - math.exp(-slow)) / slow) ** 2
