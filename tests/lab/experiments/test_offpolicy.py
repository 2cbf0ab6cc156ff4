"""The value of a policy never tried: by hand, and against a simulated truth over many seeds."""

from __future__ import annotations

import math

import numpy as np
import pytest

from arrears.errors import UsageError
from arrears.lab.experiments import PolicyValue, evaluate


def test_four_decisions_by_hand() -> None:
    found = evaluate(["a", "b", "a", "b"], [0.5, 0.5, 0.25, 0.75], [4.0, 1.0, 8.0, 2.0], ["a", "a", "a", "b"])
    # weights 2, 0, 4, 4/3
    assert found.ips.value == pytest.approx((2 * 4 + 4 * 8 + 4 / 3 * 2) / 4)
    assert found.snips.value == pytest.approx((2 * 4 + 4 * 8 + 4 / 3 * 2) / (2 + 4 + 4 / 3))
    products = np.array([8.0, 0.0, 32.0, 8 / 3])
    assert found.ips.se == pytest.approx(products.std(ddof=1) / 2)
    assert found.effective_n == pytest.approx((2 + 4 + 4 / 3) ** 2 / (4 + 16 + 16 / 9))


def test_the_logged_policy_is_worth_what_it_earned() -> None:
    rng = np.random.default_rng(1)
    action, y = rng.choice(["a", "b"], 500), rng.normal(size=500)
    found = evaluate(action, np.full(500, 0.5), y, {"a": np.full(500, 0.5), "b": np.full(500, 0.5)})
    assert found.ips.value == pytest.approx(y.mean())
    assert found.ips.se == pytest.approx(found.logged.se)
    assert not found.findings


def test_rows_of_one_customer_count_together() -> None:
    y = np.repeat(np.random.default_rng(2).normal(size=50), 4)
    action, p = np.array(["a"] * 200), np.ones(200)
    alone = evaluate(action, p, y, action)
    together = evaluate(action, p, y, action, cluster=np.repeat(np.arange(50), 4))
    assert together.ips.se == pytest.approx(2 * alone.ips.se * math.sqrt(50 / 49 * 199 / 200))


def _world(seed: int, n: int = 800) -> tuple[PolicyValue, float]:
    """Decisions of customers with an effect of their own; truth of the policy `call if x > 0`: 1 + E[max(x, 0)]."""
    rng = np.random.default_rng(seed)
    customer = np.repeat(np.arange(n // 2), 2)
    x = rng.normal(size=n // 2)[customer] if seed % 2 else rng.normal(size=n)
    p = 1 / (1 + np.exp(-0.8 * x))
    called = rng.random(n) < p
    y = 1 + x * called + 0.7 * rng.normal(size=n // 2)[customer] + rng.normal(size=n)
    found = evaluate(
        np.where(called, "call", "wait"), np.where(called, p, 1 - p), y, np.where(x > 0, "call", "wait"),
        context=x[:, None], cluster=customer,
    )  # fmt: skip
    return found, 1 + 1 / math.sqrt(2 * math.pi)


def test_intervals_cover_the_truth_over_many_seeds() -> None:
    hits = {"ips": 0, "snips": 0, "dr": 0}
    widths = {"ips": 0.0, "snips": 0.0, "dr": 0.0}
    for seed in range(300):
        found, truth = _world(seed)
        for name in hits:
            one = getattr(found, name)
            hits[name] += one.low <= truth <= one.high
            widths[name] += one.se
    for name, hit in hits.items():
        assert 0.915 <= hit / 300 <= 0.985, (name, hit / 300)
    assert widths["dr"] < widths["snips"] < widths["ips"]


def test_a_wrong_propensity_is_seen_by_its_weights() -> None:
    rng = np.random.default_rng(3)
    called = rng.random(5_000) < 0.7
    found = evaluate(
        np.where(called, "call", "wait"), np.full(5_000, 0.5), rng.normal(size=5_000), np.full(5_000, "call")
    )  # fmt: skip
    assert {"weights_off", "propensity_ratio"} <= {one.kind for one in found.findings}


def test_little_overlap_is_seen_and_a_cap_is_disclosed() -> None:
    rng = np.random.default_rng(4)
    p = np.where(rng.random(4_000) < 0.5, 0.004, 0.9)
    called = rng.random(4_000) < p
    named = (np.where(called, "call", "wait"), np.where(called, p, 1 - p), rng.normal(size=4_000), np.full(4_000, "call"))
    assert {"effective_n", "large_weight"} & {one.kind for one in evaluate(*named).findings}
    capped = evaluate(*named, weight_cap=10.0)
    assert capped.capped_n > 0 and 0 < capped.capped_share < 1 and "capped" in {one.kind for one in capped.findings}


def test_an_action_never_logged_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="takes 'visit', which was never logged"):
        evaluate(["a", "b"], [0.5, 0.5], [1.0, 2.0], ["a", "visit"])


def test_an_action_never_logged_in_a_segment_is_named() -> None:
    action, segment = np.array(["a", "b"] * 100), np.array(["old", "old", "new", "old"] * 50)
    found = evaluate(action, np.full(200, 0.5), np.ones(200), np.full(200, "b"), segment=segment)
    (bare,) = [one for one in found.findings if one.kind == "no_support"]
    assert bare.facts["action"] == "b" and bare.facts["segments"] == ["new"] and bare.facts["n"] == 50


@pytest.mark.parametrize(("p", "said"), [(0.0, "data row 2"), (1.5, "data row 2"), (math.nan, "data row 2")])
def test_a_propensity_that_is_none_is_refused_with_its_row(p: float, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        evaluate(["a", "b"], [0.5, p], [1.0, 2.0], ["a", "b"])


def test_probabilities_of_the_new_policy_must_sum_to_one() -> None:
    with pytest.raises(UsageError, match=r"sum to 0\.9"):
        evaluate(["a", "b"], [0.5, 0.5], [1.0, 2.0], {"a": [0.5, 0.5], "b": [0.5, 0.4]})
