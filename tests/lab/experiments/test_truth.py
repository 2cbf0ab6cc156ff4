"""Off-policy estimates against the simulator's truth of the same estimand."""

from __future__ import annotations

from datetime import date

import pytest

from arrears.lab.experiments.truth import ESTIMATORS, held_against_truth, summaries


@pytest.mark.slow
def test_estimates_from_draws_find_the_truth_of_a_mapping_that_was_never_run() -> None:
    """Six small banks, two days each: the mean error is no more than chance, and errors are no larger than is said."""
    held = list(held_against_truth(6_000, range(301, 307), (2, 5), 7, date(2026, 2, 2), settling_days=200))
    assert all(one.n > 200 for one in held)
    for name in ESTIMATORS:
        one = summaries(held)[name]
        assert abs(one.bias) < 4 * max(one.bias_se, one.se_mean / len(held) ** 0.5), name
        assert one.error_sd < 2 * one.se_mean and one.covered >= 4 / 6
