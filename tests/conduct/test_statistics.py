"""The exact test and the false discovery rates, against published figures and against counting every possibility."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import comb, prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.conduct.statistics import Stratum, discovery_rates, expected, significant, tail


def counted(strata: list[Stratum]) -> Fraction:
    """The same probability by adding up every way the events can fall, in whole numbers."""
    total = Fraction(0)
    ways = prod(comb(one.all_chances, one.all_events) for one in strata)
    for falls in product(*(range(one.all_events + 1) for one in strata)):
        if sum(falls) >= sum(one.events for one in strata):
            total += Fraction(
                prod(
                    comb(one.chances, fall) * comb(one.all_chances - one.chances, one.all_events - fall)
                    for one, fall in zip(strata, falls, strict=True)
                ),
                ways,
            )
    return total


@pytest.mark.parametrize(
    ("stratum", "probability"),
    [
        # Fisher 1935, The Design of Experiments: the lady tasting tea, all four cups right; and three of four
        (Stratum(4, 4, 4, 8), Fraction(1, 70)),
        (Stratum(3, 4, 4, 8), Fraction(17, 70)),
        # Fisher 1935, The Logic of Inductive Inference: 10 of 13 monozygotic and 2 of 17 dizygotic twins convicted
        (Stratum(10, 13, 12, 30), Fraction(619, 1_330_665)),
    ],
)
def test_published_examples_of_one_stage(stratum: Stratum, probability: Fraction) -> None:
    assert tail([stratum]) == pytest.approx(float(probability), rel=1e-12)


STRATUM = st.tuples(st.integers(0, 8), st.integers(0, 12), st.integers(0, 8), st.integers(0, 12)).map(
    lambda n: Stratum(min(n[0], n[1]), n[1], min(n[0], n[1]) + min(n[2], n[3]), n[1] + n[3])
)


@settings(max_examples=300, deadline=None)
@given(st.lists(STRATUM, min_size=1, max_size=3))
def test_tail_is_every_possibility_added_up(strata: list[Stratum]) -> None:
    assert tail(strata) == pytest.approx(float(counted(strata)), rel=1e-9, abs=1e-15)


def test_stages_are_compared_each_with_itself() -> None:
    """Simpson's paradox: more events in all only because of harder work; against the same stages there is nothing."""
    easy, hard = Stratum(1, 100, 20, 2_000), Stratum(90, 300, 120, 400)
    assert expected([easy, hard]) == pytest.approx(100 * 19 / 1_900 + 300 * 30 / 100)
    assert tail([easy, hard]) > 0.5
    assert tail([Stratum(91, 400, 140, 2_400)]) < 1e-9


def test_counts_of_a_large_bank_are_no_trouble() -> None:
    even = tail([Stratum(5_000, 100_000, 50_000, 1_000_000)])
    assert 0.5 < even < 0.52
    assert tail([Stratum(5_600, 100_000, 50_000, 1_000_000)]) < 1e-15


def test_nobody_to_compare_with_proves_nothing() -> None:
    assert tail([Stratum(7, 100, 7, 100)]) == 1.0
    assert expected([Stratum(7, 100, 7, 100)]) == 7


def test_published_example_of_false_discovery_rates() -> None:
    """Benjamini and Hochberg 1995, section 4.1: fifteen tests, of which four are rejected at 5 %."""
    p_values = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    rates = discovery_rates(p_values)
    assert sum(rate <= 0.05 for rate in rates) == 4
    assert rates[0] == pytest.approx(0.0015)
    assert rates[3] == pytest.approx(0.0095 * 15 / 4)
    assert rates == sorted(rates)


def test_rates_stand_in_the_order_of_the_tests() -> None:
    assert discovery_rates([0.5, 0.001, 0.04]) == pytest.approx([0.5, 0.003, 0.06])
    assert discovery_rates([]) == []


@pytest.mark.parametrize(("value", "shown"), [(0.0123456, 0.0123), (1.0, 1.0), (3.4567e-12, 3.46e-12), (0.0, 0.0)])
def test_probabilities_are_shown_to_three_digits(value: float, shown: float) -> None:
    assert significant(value) == shown
