"""Chance by counters: the same wherever it is asked."""

from __future__ import annotations

import numpy as np

from arrears.lab.simulation.chance import uniform, uniforms, uniforms_of


def test_numbers_do_not_depend_on_who_else_is_asked() -> None:
    whole = uniforms(5, 0, 1_000, 20_000, 3)
    assert np.array_equal(uniforms(5, 400, 100, 20_000, 3), whole[400:500])
    assert np.array_equal(uniforms_of(5, np.array([7, 3, 999]), 20_000, 3), whole[[7, 3, 999]])


def test_numbers_are_uniform_and_unrelated_across_seeds_days_purposes_and_neighbours() -> None:
    n = 200_000
    numbers = uniforms(1, 0, n, 20_000, 1)
    assert abs(numbers.mean() - 0.5) < 4 * np.sqrt(1 / 12 / n)
    assert np.histogram(numbers, 64, (0, 1))[0].std() < 4 * np.sqrt(n / 64)
    others = [uniforms(2, 0, n, 20_000, 1), uniforms(1, 0, n, 20_001, 1), uniforms(1, 0, n, 20_000, 2), np.roll(numbers, 1)]
    for other in others:
        assert abs(np.corrcoef(numbers, other)[0, 1]) < 4 / np.sqrt(n)


def test_no_number_is_zero_or_one() -> None:
    numbers = uniforms(9, 0, 100_000, 1, 1)
    assert numbers.min() > 0 and numbers.max() < 1
    assert 0 < uniform(0, 0, 0, 0) < 1
