"""Interest of one statement: the familiar Chinese examples, the edges of dates, and what must always hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.card.interest import InterestTerms, Posting, StatementInterest, statement_interest

FULL = InterestTerms(date(2026, 4, 5), date(2026, 4, 23), date(2026, 5, 5), 500, "full_balance")
RESIDUAL = replace(FULL, method="residual")
SHOP = Posting("shop", date(2026, 3, 30), "purchase", 100_000)


def paid(day: int, amount_minor: int, month: int = 4) -> Posting:
    return Posting("paid", date(2026, month, day), "payment", amount_minor)


def cost(terms: InterestTerms, *postings: Posting) -> int:
    return statement_interest(postings, terms).interest_minor


def test_spend_1000_pay_the_minimum_of_100_costs_17_40_on_the_whole_balance() -> None:
    assert cost(FULL, SHOP, paid(23, 10_000)) == 1_740  # 1000 x 24 days + 900 x 12 days, at 0.05 % a day


def test_spend_1000_pay_900_costs_12_60_on_the_whole_balance_and_1_80_on_the_residual() -> None:
    assert cost(FULL, SHOP, paid(23, 90_000)) == 1_260
    assert cost(RESIDUAL, SHOP, paid(23, 90_000)) == 180


def test_paid_in_full_on_the_due_date_costs_nothing() -> None:
    assert cost(FULL, SHOP, paid(23, 100_000)) == cost(RESIDUAL, SHOP, paid(23, 100_000)) == 0


def test_paid_in_full_a_day_late_costs_every_day_from_the_purchase() -> None:
    assert cost(FULL, SHOP, paid(24, 100_000)) == cost(RESIDUAL, SHOP, paid(24, 100_000)) == 1_250


def test_the_last_day_of_grace_is_on_time_and_the_next_is_not() -> None:
    assert cost(replace(FULL, grace_days=3), SHOP, paid(26, 100_000)) == 0
    assert cost(replace(FULL, grace_days=3), SHOP, paid(27, 100_000)) == 1_400


def test_a_shortfall_within_the_tolerance_counts_as_paid_and_one_unit_more_does_not() -> None:
    assert cost(replace(FULL, tolerance_minor=1_000), SHOP, paid(23, 99_000)) == 0
    assert cost(replace(FULL, tolerance_minor=1_000), SHOP, paid(23, 98_999)) > 1_200


def test_a_payment_on_the_closing_date_is_in_the_statement() -> None:
    result = statement_interest([SHOP, paid(5, 100_000)], FULL)
    assert (result.statement_balance_minor, result.paid_in_full, result.interest_minor) == (0, True, 0)


def test_fees_never_bear_interest_and_are_paid_before_purchases() -> None:
    fee = Posting("late", date(2026, 4, 5), "late_charge", 5_000)
    result = statement_interest([SHOP, fee, paid(23, 5_000)], FULL)
    assert [line.amount_days for line in result.lines] == [100_000 * 36, 0]
    principal_first = statement_interest([SHOP, fee, paid(23, 5_000)], replace(FULL, order="principal_first"))
    assert principal_first.lines[0].amount_days == 100_000 * 24 + 95_000 * 12


def test_interest_bears_interest_only_where_the_contract_says_so() -> None:
    old = Posting("old interest", date(2026, 4, 5), "interest", 10_000)
    assert cost(FULL, old) == 0
    assert cost(replace(FULL, interest_bears_interest=True), old) == 150


def test_cash_bears_interest_from_its_date_even_when_all_is_paid() -> None:
    cash = Posting("atm", date(2026, 4, 1), "cash", 100_000)
    assert cost(FULL, cash, paid(23, 100_000)) == cost(RESIDUAL, cash, paid(23, 100_000)) == 1_100
    assert cost(replace(FULL, interest_from=date(2026, 4, 5)), cash, paid(23, 100_000)) == 900


def test_purchases_after_the_closing_date_are_still_free() -> None:
    later = Posting("later", date(2026, 4, 6), "purchase", 70_000)
    assert cost(FULL, SHOP, later, paid(23, 90_000)) == 1_260


def test_a_refund_after_the_closing_date_lowers_what_is_unpaid() -> None:
    refund = Posting("refund", date(2026, 4, 10), "refund", 10_000)
    assert cost(FULL, SHOP, refund, paid(23, 90_000)) == 0


def test_credit_on_the_account_pays_the_next_purchase_at_once() -> None:
    ahead = Posting("paid ahead", date(2026, 3, 1), "payment", 40_000)
    assert cost(FULL, ahead, SHOP) == 60_000 * 36 * 500 // 10**6
    assert statement_interest([ahead], FULL).statement_balance_minor == -40_000


def test_29_february_is_a_day_like_any_other() -> None:
    terms = InterestTerms(date(2028, 2, 5), date(2028, 2, 25), date(2028, 3, 5), 500, "full_balance")
    assert cost(terms, Posting("x", date(2028, 2, 5), "purchase", 100_000)) == 1_450  # 29 days


def test_interest_is_rounded_once_and_half_a_unit_goes_up() -> None:
    pennies = [Posting(str(i), date(2026, 4, 4), "purchase", 1) for i in range(100)]
    assert cost(FULL, *pennies) == 2  # 100 x 31 days x 0.05 % = 1.55, though each alone is 0.0155
    exactly_half = Posting("half", date(2026, 4, 5), "purchase", 100)
    assert cost(replace(FULL, until=date(2026, 4, 25), due_date=date(2026, 4, 20)), exactly_half) == 1
    assert cost(replace(FULL, until=date(2026, 4, 15), due_date=date(2026, 4, 10)), exactly_half) == 1  # 0.5
    assert cost(replace(FULL, until=date(2026, 4, 14), due_date=date(2026, 4, 10)), exactly_half) == 0  # 0.45


KINDS = ["purchase", "cash", "instalment", "fee", "late_charge", "interest", "payment", "refund"]
POSTINGS = st.lists(
    st.builds(
        Posting,
        st.just("x"),
        st.integers(0, 70).map(lambda days: date(2026, 3, 1) + timedelta(days=days)),
        st.sampled_from(KINDS),
        st.integers(0, 10**9),
    ),
    max_size=12,
)
TERMS = st.builds(
    replace,
    st.sampled_from([FULL, RESIDUAL]),
    grace_days=st.integers(0, 5),
    tolerance_minor=st.integers(0, 10**6),
    interest_bears_interest=st.booleans(),
    order=st.sampled_from(["charges_first", "principal_first"]),
)


def _lines_add_up(result: StatementInterest, terms: InterestTerms) -> bool:
    exact = sum(line.amount_days for line in result.lines) * terms.daily_rate_ppm
    return abs(result.interest_minor * 10**6 - exact) * 2 <= 10**6


@settings(deadline=None)
@given(POSTINGS, TERMS)
def test_interest_is_never_negative_and_its_lines_add_up(postings: list[Posting], terms: InterestTerms) -> None:
    result = statement_interest(postings, terms)
    assert result.interest_minor >= 0
    assert all(segment.days > 0 and segment.amount_minor > 0 for line in result.lines for segment in line.segments)
    assert _lines_add_up(result, terms)


@settings(deadline=None)
@given(POSTINGS, TERMS, st.integers(0, 60), st.integers(0, 10**9))
def test_more_paid_never_costs_more(postings: list[Posting], terms: InterestTerms, day: int, more: int) -> None:
    extra = Posting("extra", date(2026, 3, 1) + timedelta(days=day), "payment", more)
    assert cost(terms, *postings, extra) <= cost(terms, *postings)


@settings(deadline=None)
@given(POSTINGS, TERMS)
def test_the_residual_never_costs_more_than_the_whole_balance(postings: list[Posting], terms: InterestTerms) -> None:
    assert cost(replace(terms, method="residual"), *postings) <= cost(replace(terms, method="full_balance"), *postings)


def test_payments_are_the_fall_of_what_is_open_and_the_rest_is_credit() -> None:
    postings = [SHOP, Posting("atm", date(2026, 4, 2), "cash", 5_000), paid(20, 50_000), paid(24, 70_000)]
    result = statement_interest(postings, FULL)
    assert result.balance_minor == -15_000
    shop, atm = result.lines
    assert [(segment.days, segment.amount_minor) for segment in shop.segments] == [(21, 100_000), (4, 50_000)]
    assert [(segment.days, segment.amount_minor) for segment in atm.segments] == [(22, 5_000)]


def test_a_posting_of_nothing_is_listed_and_costs_nothing() -> None:
    (line,) = statement_interest([Posting("nothing", date(2026, 4, 1), "purchase", 0)], FULL).lines
    assert (line.amount_days, line.segments) == (0, ())


@pytest.mark.parametrize("terms", [FULL, RESIDUAL])
def test_no_postings_cost_nothing(terms: InterestTerms) -> None:
    assert cost(terms) == 0
