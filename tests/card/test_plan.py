"""Plan quotes: schedules that clear, the annual rate that a fee amounts to, and the limits of the law."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.card.plan import Kind, Law, PlanTerms, quote, require_lawful
from arrears.card.rates import annualised_ppm, effective_ppm, monthly_rate_of_return
from arrears.errors import CardError

FEE_ONLY = PlanTerms(1_200_000, 12, "equal_principal", 0, periodic_fee_ppm=6_000)


def test_a_fee_of_0_6_percent_a_month_over_twelve_months_is_13_03_percent_a_year() -> None:
    quoted = quote(FEE_ONLY)
    assert (quoted.fees_minor, quoted.annualised_rate_ppm) == (86_400, 130_342)


def test_equal_payments_of_100000_at_6_percent_over_a_year() -> None:
    quoted = quote(PlanTerms(10_000_000, 12, "equal_payment", 60_000))
    assert {row.payment_minor for row in quoted.schedule[:-1]} == {860_664}
    assert quoted.annualised_rate_ppm == 60_000
    assert quoted.effective_rate_ppm == 61_678


def test_equal_principal_costs_less_than_equal_payments() -> None:
    equal_principal = quote(PlanTerms(1_200_000, 12, "equal_principal", 120_000))
    assert [row.principal_minor for row in equal_principal.schedule] == [100_000] * 12
    assert equal_principal.interest_minor == 78_000
    assert equal_principal.interest_minor < quote(PlanTerms(1_200_000, 12, "equal_payment", 120_000)).interest_minor


def test_a_one_off_fee_at_the_start_weighs_more_than_with_the_first_instalment() -> None:
    at_start = quote(PlanTerms(100_000, 6, "equal_payment", 0, 3_000, "start"))
    at_first = quote(PlanTerms(100_000, 6, "equal_payment", 0, 3_000, "first_instalment"))
    assert at_start.total_minor == at_first.total_minor == 103_000
    assert (at_start.fee_at_start_minor, at_first.schedule[0].fee_minor) == (3_000, 3_000)
    assert (at_start.annualised_rate_ppm or 0) > (at_first.annualised_rate_ppm or 0) > 0


def test_a_term_of_one_is_one_payment_of_everything() -> None:
    (only,) = quote(PlanTerms(100_000, 1, "equal_payment", 120_000)).schedule
    assert (only.payment_minor, only.interest_minor, only.balance_minor) == (101_000, 1_000, 0)


def test_nothing_owed_is_quoted_as_nothing() -> None:
    assert quote(PlanTerms(0, 12, "equal_payment", 60_000)).schedule == ()
    assert quote(PlanTerms(-500, 12, "equal_payment", 60_000)).total_minor == 0


def test_no_rate_describes_a_fee_that_takes_all() -> None:
    assert quote(PlanTerms(1_000, 3, "equal_payment", 0, 1_000, "start")).annualised_rate_ppm is None
    assert monthly_rate_of_return(1, [10**9]) is None


def test_rates_of_a_known_schedule() -> None:
    monthly = monthly_rate_of_return(100_000, [110_000])
    assert monthly is not None
    assert abs(monthly - Decimal("0.1")) < Decimal("1e-15")
    assert (annualised_ppm(monthly), effective_ppm(monthly)) == (1_200_000, 2_138_428)


@pytest.mark.parametrize(
    ("principal", "term", "kind", "law", "rule"),
    [
        (100, 60, "purchase_instalment", "CN", ""),
        (100, 61, "purchase_instalment", "CN", "CN-2022-inst-term"),
        (100, 60, "hardship", "CN", ""),
        (100, 61, "hardship", "CN", "CN-CC2011-70a"),
        (5_000_000, 24, "cash_instalment", "CN", ""),
        (5_000_000, 25, "cash_instalment", "CN", "CN-2022-inst-cash"),
        (5_000_001, 24, "cash_instalment", "CN", "CN-2022-inst-cash"),
        (5_000_001, 120, "cash_instalment", "none", ""),
    ],
)
def test_limits_of_the_law(principal: int, term: int, kind: Kind, law: Law, rule: str) -> None:
    if not rule:
        require_lawful(principal, term, kind, law, "CNY")
        return
    with pytest.raises(CardError, match=rule):
        require_lawful(principal, term, kind, law, "CNY")


def test_the_limit_of_a_cash_instalment_cannot_be_told_in_another_currency() -> None:
    with pytest.raises(CardError, match="quote in CNY"):
        require_lawful(100, 12, "cash_instalment", "CN", "USD")
    require_lawful(10**9, 12, "cash_instalment", "none", "USD")


TERMS = st.builds(
    PlanTerms,
    st.integers(1, 10**9),
    st.integers(1, 60),
    st.sampled_from(["equal_payment", "equal_principal"]),
    st.integers(0, 360_000),
    st.integers(0, 10**6),
    st.sampled_from(["start", "first_instalment"]),
    st.integers(0, 20_000),
)


@settings(deadline=None, max_examples=60)
@given(TERMS)
def test_the_schedule_adds_up_and_the_last_payment_clears(terms: PlanTerms) -> None:
    quoted = quote(terms)
    assert len(quoted.schedule) == terms.term_months
    assert sum(row.principal_minor for row in quoted.schedule) == terms.principal_minor
    assert quoted.total_minor == terms.principal_minor + quoted.interest_minor + quoted.fees_minor
    assert quoted.schedule[-1].balance_minor == 0
    assert all(row.principal_minor >= 0 and row.interest_minor >= 0 and row.balance_minor >= 0 for row in quoted.schedule)
    assert all(row.payment_minor == row.principal_minor + row.interest_minor + row.fee_minor for row in quoted.schedule)


@settings(deadline=None, max_examples=40)
@given(
    st.integers(10**7, 10**10),
    st.integers(1, 60),
    st.sampled_from(["equal_payment", "equal_principal"]),
    st.integers(0, 360_000),
)
def test_without_fees_the_annualised_rate_is_the_rate_itself(
    principal: int, term: int, method: Literal["equal_payment", "equal_principal"], apr: int
) -> None:
    assert quote(PlanTerms(principal, term, method, apr)).annualised_rate_ppm == pytest.approx(apr, abs=2)


@settings(deadline=None, max_examples=40)
@given(TERMS, st.integers(0, 100_000))
def test_a_higher_rate_never_costs_less(terms: PlanTerms, more: int) -> None:
    dearer = PlanTerms(**{**terms.__dict__, "apr_ppm": terms.apr_ppm + more})
    assert quote(dearer).cost_minor >= quote(terms).cost_minor
