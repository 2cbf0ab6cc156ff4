"""Differences, standard errors and adjustment against published tables, hand calculation and statsmodels."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.stats.oneway import anova_oneway

from arrears.lab.experiments import analyse
from arrears.lab.experiments.adjusting import adjusted_difference
from arrears.lab.experiments.estimates import alike, crossing_difference, difference, discovery_rates, holm, lift, mean_of
from tests.lab.experiments.tables import ISIS_2, PHYSICIANS, SALK, trial, two_by_two


@pytest.mark.parametrize("counts", [SALK, ISIS_2, PHYSICIANS])
def test_published_trials_are_reproduced(counts: dict[str, tuple[int, int]]) -> None:
    (arm, (hits, n)), (control, (other_hits, other_n)) = counts.items()
    found = analyse(two_by_two(counts), treatment="arm", outcome="event", control=control)
    (comparison,) = found.comparisons
    p, q = hits / n, other_hits / other_n
    assert comparison.arm == arm
    assert comparison.difference.value == pytest.approx(p - q, rel=1e-12)
    assert comparison.difference.se == pytest.approx(math.sqrt(p * (1 - p) / (n - 1) + q * (1 - q) / (other_n - 1)), rel=1e-9)
    assert comparison.lift is not None and comparison.lift.value == pytest.approx(p / q - 1)


def test_physicians_difference_is_the_textbooks() -> None:
    (comparison,) = analyse(two_by_two(PHYSICIANS), treatment="arm", outcome="event").comparisons
    assert round(-comparison.difference.value, 4) == 0.0077
    assert round(comparison.difference.se, 5) == 0.00154


def test_unequal_variances_give_welchs_t() -> None:
    one, other = np.array([1.0, 2.0, 3.0, 4.0]), np.array([10.0, 20.0, 30.0])
    table = pd.DataFrame({"arm": ["b"] * 4 + ["a"] * 3, "y": np.r_[one, other]})
    gap = analyse(table, treatment="arm", outcome="y", control="a").comparisons[0].difference
    a, b = one.var(ddof=1) / 4, other.var(ddof=1) / 3
    assert gap.se == pytest.approx(math.sqrt(a + b))
    assert gap.df == pytest.approx((a + b) ** 2 / (a**2 / 3 + b**2 / 2))


def test_adjusted_difference_is_the_interacted_regression_with_hc2() -> None:
    rng = np.random.default_rng(5)
    x, treated = rng.normal(size=(300, 3)), rng.random(300) < 0.4
    y = x @ [1, 2, 0.5] + treated * (1 + x[:, 0]) + rng.normal(size=300) * (1 + treated)
    centred = x - x.mean(axis=0)
    design = np.column_stack([np.ones(300), treated, centred, centred * treated[:, None]])
    theirs = sm.OLS(y, design).fit(cov_type="HC2")
    ours = adjusted_difference(y, treated, centred)
    assert ours is not None
    assert ours.difference.value == pytest.approx(theirs.params[1], rel=1e-9)
    assert ours.difference.se == pytest.approx(theirs.bse[1], rel=1e-9)


def test_clusters_across_arms_are_the_clustered_regression() -> None:
    rng = np.random.default_rng(6)
    cluster = np.repeat(np.arange(60), 5)
    treated = rng.random(300) < 0.5
    y = rng.normal(size=60)[cluster] + treated + rng.normal(size=300)
    theirs = sm.OLS(y, sm.add_constant(treated.astype(float))).fit(
        cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": False}
    )
    ours, _ = crossing_difference(y, treated, None, cluster)
    assert ours.value == pytest.approx(theirs.params[1])
    assert ours.se == pytest.approx(theirs.bse[1] * math.sqrt(60 / 59))


def test_clusters_within_arms_count_as_units() -> None:
    table = pd.DataFrame(trial(600))
    table["branch"] = [f"{arm}{place % 20}" for place, arm in enumerate(table["arm"])]
    found = analyse(table, treatment="arm", outcome="paid", features=[], cluster="branch")
    assert [mean.units_n for _, _, mean in found.arms] == [20, 20]
    assert found.comparisons[0].difference.df < 39


def test_weights_move_the_mean_as_they_should() -> None:
    y, weight = np.array([1.0, 2.0, 6.0]), np.array([1.0, 1.0, 2.0])
    mean = mean_of(y, weight)
    assert mean.mean == pytest.approx(15 / 4)
    residual = weight * (y - 15 / 4) / 4
    assert mean.variance == pytest.approx(float(residual @ residual) * 3 / 2)


def test_no_lift_over_a_mean_that_may_be_zero() -> None:
    assert lift(mean_of(np.array([1.0, 2, 3])), mean_of(np.array([-1.0, 0.5, 1]))) is None


def test_adjustment_for_many_tests_is_holms_and_benjamini_hochbergs() -> None:
    assert holm([0.01, math.nan, 0.04, 0.03]) == pytest.approx([0.03, math.nan, 0.06, 0.06], nan_ok=True)
    assert discovery_rates([0.01, 0.02, 0.03]) == pytest.approx([0.03, 0.03, 0.03])


def test_alike_is_welchs_test_of_means() -> None:
    rng = np.random.default_rng(7)
    groups = [rng.normal(0, 1 + place, 12 + place) for place in range(4)]
    theirs = anova_oneway(groups, use_var="unequal")
    means, variances = np.array([g.mean() for g in groups]), np.array([g.var(ddof=1) / len(g) for g in groups])
    statistic, _, _, p = alike(means, variances, np.array([len(g) - 1 for g in groups]))
    assert (statistic, p) == pytest.approx((theirs.statistic, theirs.pvalue))


def test_an_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng, covered = np.random.default_rng(8), 0
    for _ in range(600):
        one, other = rng.exponential(2, 200), rng.exponential(1, 100)
        found = difference(mean_of(one), mean_of(other))
        covered += found.low <= 1 <= found.high
    assert 0.92 <= covered / 600 <= 0.975
