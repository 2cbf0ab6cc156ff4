"""Payoff under minimum payments: held against the program of Appendix M2, and at its edges."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.card.disclosure import time_shown, warn_of_minimum
from arrears.card.payoff import (
    MONTHS_MAX,
    Balance,
    MinimumRule,
    annuity_payment,
    interest_of_month,
    monthly_rate,
    pay_minimum_only,
    payment_to_clear,
)
from tests.card import appendix_m2

SAMPLE = (Balance(50_000, 170_000, 0, 6), Balance(25_000, 170_000), Balance(25_000, 210_000))
TWO_PERCENT = MinimumRule(20_000, floor_minor=2_000)


def test_sample_of_appendix_m2_to_the_cent() -> None:
    warning = warn_of_minimum([(TWO_PERCENT, SAMPLE)], "monthly")
    judge = appendix_m2.run((0.0, 0.17, 0.21), (500, 250, 250), dmin=20, pmin=0.02, expm=6, rrate=0.17, regular_from=7)
    assert (warning.months, warning.total_minor) == (judge.month, round(judge.sumpmts * 100)) == (93, 185_002)
    assert (warning.clear.payment_minor, warning.clear.total_minor) == (round(judge.pmt01 * 100), 127_620) == (3_545, 127_620)
    assert judge.savtot == 574
    assert time_shown(warning.months) == "8 years"


def test_a_promotion_that_ends_a_month_sooner_stays_within_the_two_months_that_appendix_m1_allows() -> None:
    judge = appendix_m2.run((0.0, 0.17, 0.21), (500, 250, 250), dmin=20, pmin=0.02, expm=6, rrate=0.17, regular_from=6)
    assert abs(judge.month - pay_minimum_only(SAMPLE, TWO_PERCENT, "monthly").months) <= 2


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(*[st.integers(100, 500_000)] * 3),
    st.tuples(*[st.integers(1, 24)] * 3),
    st.integers(0, 12),
    st.integers(30, 60),
)
def test_any_case_of_appendix_m2_to_the_cent(
    amounts: tuple[int, int, int], percents: tuple[int, int, int], promotion: int, share: int
) -> None:
    low, middle, high = sorted(percents)
    rule = MinimumRule(share * 1_000, floor_minor=2_000)
    balances = (
        Balance(amounts[0], middle * 10_000, low * 10_000, promotion) if promotion else Balance(amounts[0], low * 10_000),
        Balance(amounts[1], middle * 10_000),
        Balance(amounts[2], high * 10_000),
    )
    payoff = pay_minimum_only(balances, rule, "monthly")
    judge = appendix_m2.run(
        (low / 100, middle / 100, high / 100),
        (amounts[0] / 100, amounts[1] / 100, amounts[2] / 100),
        dmin=20,
        pmin=share / 1_000,
        expm=promotion,
        rrate=middle / 100,
        regular_from=promotion + 1,
    )
    assert (payoff.stuck_month, payoff.months, payoff.total_minor) == (None, judge.month, round(judge.sumpmts * 100))
    assert payment_to_clear(balances, "monthly") == pytest.approx(judge.pmt01 * 100, abs=0.6)


def test_the_36_month_payment_clears_the_balance_but_for_the_rounding_of_one_cent_a_month() -> None:
    balance = Balance(1_000_000, 189_900)
    payment = payment_to_clear([balance], "monthly")
    payoff = pay_minimum_only([balance], MinimumRule(0, floor_minor=payment), "monthly")
    assert payoff.months in (36, 37)
    assert abs(payoff.total_minor - 36 * payment) <= 36


def test_known_annuity() -> None:
    assert annuity_payment(10_000_000, monthly_rate(60_000, "monthly"), 12) == 860_664


def test_daily_compounding_is_exact_and_costs_more() -> None:
    assert float(monthly_rate(180_000, "daily")) == pytest.approx((1 + 0.18 / 365) ** (365 / 12) - 1, rel=1e-12)
    assert interest_of_month(10**9, 180_000, "daily") > interest_of_month(10**9, 180_000, "monthly") == 15_000_000


def test_zero_balance_needs_no_warning_and_takes_no_time() -> None:
    warning = warn_of_minimum([(TWO_PERCENT, [Balance(0, 180_000)])], "monthly")
    assert (warning.months, warning.total_minor, warning.clear.payment_minor) == (0, 0, 0)
    assert warning.not_required == warning.clear.omitted == "nothing is owed"


def test_zero_rate_pays_back_exactly_what_is_owed() -> None:
    payoff = pay_minimum_only([Balance(100_000, 0)], TWO_PERCENT, "monthly")
    assert (payoff.total_minor, payoff.interest_minor, payoff.months) == (100_000, 0, 50)


def test_minimum_equal_to_the_interest_never_amortises() -> None:
    payoff = pay_minimum_only([Balance(120_000, 120_000)], MinimumRule(10_000), "monthly")
    assert (payoff.stuck_month, payoff.months) == (1, 0)
    one_cent_more = pay_minimum_only([Balance(120_000, 120_000)], MinimumRule(0, floor_minor=1_201), "monthly")
    assert one_cent_more.stuck_month is None


def test_a_promotion_that_ends_may_begin_to_grow_the_debt() -> None:
    payoff = pay_minimum_only([Balance(500_000, 360_000, 0, 3)], MinimumRule(10_000), "monthly")
    assert (payoff.months, payoff.stuck_month) == (3, 4)


def test_a_thousand_years_are_tried_and_no_more() -> None:
    payoff = pay_minimum_only([Balance(10**15, 0)], MinimumRule(0, floor_minor=1), "monthly")
    assert payoff.stuck_month == MONTHS_MAX + 1


def test_a_share_without_a_floor_never_pays_its_last_cents() -> None:
    payoff = pay_minimum_only([Balance(1_000, 0)], MinimumRule(20_000), "monthly")
    assert (payoff.stuck_month is None, payoff.owed_minor) == (False, 24)


def test_share_plus_interest_always_amortises() -> None:
    payoff = pay_minimum_only(
        [Balance(300_000, 299_900)], MinimumRule(10_000, plus_interest=True, floor_minor=2_500), "monthly"
    )
    assert payoff.stuck_month is None
    assert payoff.schedule[0].payment_minor == 3_000 + 7_498


def test_fixed_fees_are_asked_for_on_top_of_the_share() -> None:
    payoff = pay_minimum_only([Balance(100_000, 0)], MinimumRule(20_000, fees_minor=500), "monthly")
    assert payoff.schedule[0].payment_minor == 2_500


@pytest.mark.parametrize(
    ("months", "shown"),
    [(1, "1 month"), (23, "23 months"), (24, "2 years"), (29, "2 years"), (30, "3 years"), (41, "3 years"), (42, "4 years")],
)
def test_months_below_two_years_and_the_nearest_year_from_there(months: int, shown: str) -> None:
    assert time_shown(months) == shown


@pytest.mark.parametrize(("months", "omitted"), [(41, True), (42, False)])
def test_36_month_line_is_left_out_when_the_estimate_rounds_to_three_years(months: int, omitted: bool) -> None:
    rule = MinimumRule(0, floor_minor=100)
    warning = warn_of_minimum([(rule, [Balance(100 * months, 0)])], "monthly")
    assert warning.months == months
    assert bool(warning.clear.omitted) is omitted
    assert (warning.clear.saving_minor is None) is omitted


def test_36_month_line_is_left_out_when_its_payment_is_below_the_minimum() -> None:
    rule = MinimumRule(40_000, floor_minor=500)
    warning = warn_of_minimum([(rule, [Balance(500_000, 180_000)])], "monthly")
    assert warning.clear.payment_minor < warning.minimum_minor
    assert warning.clear.omitted == "the payment for 36 months is less than the minimum payment"


def test_balance_within_the_minimum_needs_no_warning() -> None:
    warning = warn_of_minimum([(TWO_PERCENT, [Balance(1_500, 180_000)])], "monthly")
    assert (warning.months, warning.minimum_minor) == (1, 1_523)
    assert warning.not_required == "the minimum payment pays the whole balance"


def test_of_two_formulas_the_longest_time_counts_and_the_totals_add_up() -> None:
    club, general = MinimumRule(0, floor_minor=10_000), MinimumRule(0, floor_minor=1_000)
    warning = warn_of_minimum([(club, [Balance(30_000, 0)]), (general, [Balance(60_000, 0)])], "monthly")
    assert (warning.months, warning.total_minor) == (60, 90_000)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 300_000)), min_size=1, max_size=4),
    st.integers(30_000, 10**6),
    st.integers(0, 10**6),
)
def test_paying_more_never_costs_more(owed: list[tuple[int, int]], payment: int, more: int) -> None:
    balances = [Balance(amount, apr) for amount, apr in owed]
    less = pay_minimum_only(balances, MinimumRule(0, floor_minor=payment), "monthly")
    greater = pay_minimum_only(balances, MinimumRule(0, floor_minor=payment + more), "monthly")
    if less.stuck_month is None:
        assert greater.stuck_month is None
        assert greater.interest_minor <= less.interest_minor
        assert greater.months <= less.months


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 500_000), st.integers(0, 12)), min_size=1, max_size=4),
    st.integers(0, 100_000),
    st.sampled_from(["monthly", "daily"]),
)
def test_all_that_is_paid_is_balance_and_interest(owed: list[tuple[int, int, int]], share: int, compounding: str) -> None:
    balances = [Balance(amount, apr, 0, promotion) for amount, apr, promotion in owed]
    payoff = pay_minimum_only(balances, MinimumRule(share, floor_minor=1_000), compounding)  # type: ignore[arg-type]
    left = payoff.schedule[-1].balance_minor if payoff.schedule else sum(balance.amount_minor for balance in balances)
    assert payoff.total_minor + left == sum(balance.amount_minor for balance in balances) + payoff.interest_minor
    assert (left == 0) == (payoff.stuck_month is None)
    assert all(row.interest_minor >= 0 and row.payment_minor > row.interest_minor for row in payoff.schedule)
