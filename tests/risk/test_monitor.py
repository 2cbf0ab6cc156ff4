from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.risk.monitor import COUNTS, development_counts, monitoring, stability_ppm
from arrears.risk.scorecard import RiskError, load_scorecard
from tests.risk.worlds import count_rows, small_scorecard

COUNT_BY_BIN = st.dictionaries(st.integers(-1, 5), st.integers(0, 1000), min_size=1)


def counts(*rows: tuple[str, int, int]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(COUNTS.names, row, strict=True)) for row in rows], schema=COUNTS)


def test_index_of_a_known_shift() -> None:
    # 50/50 then, 40/60 now: 0.1 * ln(0.6 / 0.4) = 0.0405465
    assert stability_ppm({0: 40, 1: 60}, {0: 500, 1: 500}) == 40_547


def test_population_that_only_grew_is_stable() -> None:
    assert stability_ppm({0: 10, 1: 30}, {0: 1000, 1: 3000}) == 0


def test_a_bin_that_empties_is_seen() -> None:
    assert stability_ppm({0: 100}, {0: 50, 1: 50}) > 250_000


@given(COUNT_BY_BIN, COUNT_BY_BIN)
def test_index_is_never_negative_and_the_same_both_ways(today: dict[int, int], then: dict[int, int]) -> None:
    assert stability_ppm(today, then) == stability_ppm(then, today) >= 0


def test_verdicts_follow_the_rule_of_thumb() -> None:
    reference = counts(("a", 0, 50), ("a", 1, 50), ("b", 0, 50), ("b", 1, 50), ("c", 0, 50), ("c", 1, 50))
    today = counts(("a", 0, 48), ("a", 1, 52), ("b", 0, 33), ("b", 1, 67), ("c", 0, 20), ("c", 1, 80))

    verdicts = {row["attribute"]: row["verdict"] for row in monitoring(today, reference).to_pylist()}

    assert verdicts == {"a": "stable", "b": "watch", "c": "shifted"}


def test_the_fit_against_itself_is_stable_in_every_attribute_and_band() -> None:
    fit = development_counts(load_scorecard())

    found = monitoring(fit, fit).to_pylist()

    assert [row["attribute"] for row in found] == ["band", "cycles_past_due", "late_in_6", "paid_ratio_bp", "utilisation_bp"]
    assert {row["psi_ppm"] for row in found} == {0}


def test_counts_of_customers_can_be_compared_with_the_fit() -> None:
    scorecard = load_scorecard()
    late = {"cycles_past_due": 2, "late_in_6": 4, "utilisation_bp": 9000, "paid_ratio_bp": 0}

    found = monitoring(count_rows([late] * 50, scorecard), development_counts(scorecard)).to_pylist()

    assert {row["verdict"] for row in found} == {"shifted"}


def test_a_scorecard_without_counts_is_refused() -> None:
    with pytest.raises(RiskError, match="no accounts_n"):
        development_counts(small_scorecard())


def test_counts_of_different_scorecards_are_refused_by_name() -> None:
    with pytest.raises(RiskError, match="only one of the two has b"):
        monitoring(counts(("a", 0, 1)), counts(("a", 0, 1), ("b", 0, 1)))
