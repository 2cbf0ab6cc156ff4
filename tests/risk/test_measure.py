from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.risk.measure import evaluate, performance, scores_of
from arrears.risk.scorecard import RiskError
from tests.risk.worlds import GOOD_FEATURES, small_scorecard


def test_scores_that_separate_completely_have_auc_and_ks_of_one() -> None:
    measured = performance(np.array([10, 20, 30, 40]), np.array([True, True, False, False]))

    assert (measured.auc_ppm, measured.ks_ppm, measured.accounts_n, measured.defaults_n) == (1_000_000, 1_000_000, 4, 2)


def test_equal_scores_tell_nothing() -> None:
    measured = performance(np.array([5, 5, 5]), np.array([True, False, False]))

    assert (measured.auc_ppm, measured.ks_ppm) == (500_000, 0)


@given(st.lists(st.tuples(st.integers(-20, 20), st.booleans()), min_size=2).filter(lambda a: len({bad for _, bad in a}) == 2))
def test_auc_is_the_share_of_pairs_in_order_and_ks_the_widest_gap(accounts: list[tuple[int, bool]]) -> None:
    bads = [score for score, bad in accounts if bad]
    goods = [score for score, bad in accounts if not bad]
    twice = sum(2 * (bad < good) + (bad == good) for bad in bads for good in goods)
    gap = max(abs(sum(b <= cut for b in bads) * len(goods) - sum(g <= cut for g in goods) * len(bads)) for cut, _ in accounts)
    pairs = len(bads) * len(goods)

    measured = performance(np.array([score for score, _ in accounts]), np.array([bad for _, bad in accounts]))

    assert measured.auc_ppm == twice * 1_000_000 // (2 * pairs)
    assert measured.ks_ppm == gap * 1_000_000 // pairs


def test_auc_agrees_with_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    draw = np.random.default_rng(7)
    bad = draw.random(5000) < 0.2
    scores = draw.integers(0, 50, 5000) - 8 * bad

    assert performance(scores, bad).auc_ppm == int(metrics.roc_auc_score(~bad, scores) * 1_000_000)


def test_features_are_scored_in_their_order() -> None:
    assert scores_of(GOOD_FEATURES, small_scorecard()).tolist() == [105, 80, 65]


def test_evaluation_takes_features_of_the_book_and_outcomes() -> None:
    measured = evaluate(GOOD_FEATURES, [0, 0, 1], small_scorecard())

    assert (measured.accounts_n, measured.defaults_n, measured.auc_ppm) == (3, 1, 1_000_000)


@pytest.mark.parametrize("default", [[0, 0, 0], [1, 1, 1], [0, 1]])
def test_evaluation_without_both_outcomes_or_of_another_length_is_refused(default: list[int]) -> None:
    with pytest.raises(RiskError):
        evaluate(GOOD_FEATURES, default, small_scorecard())


def test_evaluation_without_an_attribute_is_refused_by_its_name() -> None:
    features = {name: column for name, column in GOOD_FEATURES.items() if name != "late_in_6"}

    with pytest.raises(RiskError, match="the features lack late_in_6"):
        evaluate(features, [0, 0, 1], small_scorecard())
