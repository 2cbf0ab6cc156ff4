"""Intervals that hold at every look."""

from __future__ import annotations

import math

import numpy as np
import pytest

from arrears.lab.experiments.sequences import TIGHTEST_AT, always_p, half_width, tightness


def test_the_width_is_the_papers() -> None:
    n, se, alpha = 400, 0.1, 0.05
    r2 = (-2 * math.log(alpha) + math.log(-2 * math.log(alpha)) + 1) / TIGHTEST_AT
    by_hand = se * 20 * math.sqrt(2 * (n * r2 + 1) / (n**2 * r2) * math.log(math.sqrt(n * r2 + 1) / alpha))
    assert half_width(n, se) == pytest.approx(by_hand)


def test_it_is_tightest_about_where_it_is_meant_to_be() -> None:
    relative = {n: half_width(n, 1.0) for n in (100, 1_000, TIGHTEST_AT, 100_000, 1_000_000)}
    assert min(relative, key=lambda n: relative[n]) == TIGHTEST_AT
    assert relative[1_000] < 1.25 * relative[TIGHTEST_AT] and relative[100_000] < 1.15 * relative[TIGHTEST_AT]
    assert tightness() > 0


def test_the_p_value_reaches_alpha_where_the_interval_leaves_zero() -> None:
    assert always_p(half_width(5_000, 0.3), 5_000, 0.3) == pytest.approx(0.05)
    assert always_p(0.0, 5_000, 0.3) == 1.0


def test_looking_every_day_it_errs_rarely_where_the_fixed_interval_errs_often() -> None:
    rng, runs, looks = np.random.default_rng(9), 1_000, np.arange(100, 4_001, 50)
    values = rng.exponential(1.0, (runs, looks[-1])) * rng.choice([-1.0, 1.0], (runs, looks[-1]))
    sums, squares = values.cumsum(axis=1)[:, looks - 1], (values**2).cumsum(axis=1)[:, looks - 1]
    mean = sums / looks
    se = np.sqrt((squares / looks - mean**2) / looks)
    width = np.array([half_width(int(n), 1.0) for n in looks])
    wrong_ever = (np.abs(mean) > se * width).any(axis=1).mean()
    fixed_ever = (np.abs(mean) > 1.96 * se).any(axis=1).mean()
    assert wrong_ever <= 0.05
    assert fixed_ever > 0.25
