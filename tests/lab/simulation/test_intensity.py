"""The repayment process against what is known of it in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest

from arrears.lab.simulation.intensity import (
    counted_days,
    daily_covariance,
    integral,
    relaxed,
    stationary_mean,
    waiting,
)

LONG_RUN, RELAX, JUMP = 0.05, 0.25, 0.10
ACCOUNTS, DAYS, SETTLED = 20_000, 120, 60


@pytest.fixture(scope="module")
def lived() -> tuple[np.ndarray, np.ndarray]:
    """Counts and levels at the ends of the days, once the process has settled."""
    counts, levels = np.zeros((ACCOUNTS, DAYS), np.int64), np.zeros((ACCOUNTS, DAYS))
    counted_days(7, ACCOUNTS, DAYS, LONG_RUN, LONG_RUN, RELAX, JUMP, counts, levels)
    return counts[:, SETTLED:], levels[:, SETTLED:]


def within(found: np.ndarray, expected: float, errors: float = 4.0) -> bool:
    """The mean over the accounts, which are independent, lies within so many standard errors."""
    return bool(abs(found.mean() - expected) < errors * found.std(ddof=1) / math.sqrt(len(found)))


def test_mean_intensity_is_the_long_run_level_over_one_less_the_branching_ratio(lived: tuple[np.ndarray, np.ndarray]) -> None:
    _, levels = lived
    assert stationary_mean(LONG_RUN, RELAX, JUMP) == pytest.approx(0.05 / 0.6)
    assert within(levels.mean(axis=1), stationary_mean(LONG_RUN, RELAX, JUMP))


def test_repayments_a_day_have_the_mean_of_the_intensity(lived: tuple[np.ndarray, np.ndarray]) -> None:
    counts, _ = lived
    assert within(counts.mean(axis=1), stationary_mean(LONG_RUN, RELAX, JUMP))


@pytest.mark.parametrize("lag_days", [0, 1, 2, 5, 10])
def test_repayments_of_two_days_covary_as_the_process_says(lived: tuple[np.ndarray, np.ndarray], lag_days: int) -> None:
    counts, _ = lived
    away = counts - stationary_mean(LONG_RUN, RELAX, JUMP)
    products = (away[:, : away.shape[1] - lag_days] * away[:, lag_days:]).mean(axis=1)
    assert within(products, daily_covariance(LONG_RUN, RELAX, JUMP, lag_days))


def test_without_jumps_repayments_are_poisson() -> None:
    counts, levels = np.zeros((20_000, 20), np.int64), np.zeros((20_000, 20))
    counted_days(3, 20_000, 20, 0.3, 0.3, RELAX, 0.0, counts, levels)
    assert within(counts.mean(axis=1), 0.3)
    assert counts.var() == pytest.approx(0.3, rel=0.02)


def test_a_level_above_the_long_run_relaxes_at_the_rate() -> None:
    assert relaxed(1.0, 0.2, 0.25, 4.0) == pytest.approx(0.2 + 0.8 * math.exp(-1.0))


def test_the_integral_is_the_area_under_the_level() -> None:
    days = np.linspace(0, 3, 30_001)
    levels = [relaxed(0.9, 0.1, 0.25, day) for day in days]
    assert integral(0.9, 0.1, 0.25, 3.0) == pytest.approx(np.trapezoid(levels, days), rel=1e-7)


@pytest.mark.parametrize("level", [1e-9, 0.02, 0.5, 6.0])
def test_the_wait_is_where_the_integral_reaches_the_area(level: float) -> None:
    whole = integral(level, 0.05, 0.25, 1.0)
    for share in (0.01, 0.3, 0.99):
        days = waiting(level, 0.05, 0.25, share * whole, 1.0)
        assert integral(level, 0.05, 0.25, days) == pytest.approx(share * whole, rel=1e-8)
