"""Formulas for whole portfolios: minimum payment, late charge, interest bases and apportionment, the same in all kinds."""

from __future__ import annotations

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.card import delinquency
from arrears.card.apportion import apportion_china_sums
from arrears.card.interest import base_full, base_residual, daily_interest
from arrears.card.late import LateTerms, late_charge, late_charge_by_history, not_above_minimum
from arrears.card.minimum import MinimumTerms, minimum_payment, unpaid_after
from tests.card.kinds import same_in_all_kinds

MONEY = st.integers(0, 10**12)
SIGNED = st.integers(-(10**12), 10**12)
TERMS = MinimumTerms(floor_minor=5_000)


def _minimum(balance: object, purchases: object, cash: object, fees: object, past_due: object) -> object:
    return minimum_payment(balance, TERMS, purchases_minor=purchases, cash_minor=cash, fees_minor=fees, past_due_minor=past_due)


def test_minimum_is_the_shares_plus_past_due_between_floor_and_balance() -> None:
    rows = [
        (1_000_000, 900_000, 0, 0, 0),  # a tenth of the purchases
        (1_000_000, 800_000, 100_000, 2_000, 50_000),  # all of cash, fees and past due
        (100_000, 10_000, 0, 0, 0),  # the floor
        (3_000, 3_000, 0, 0, 0),  # less than the floor is owed
        (0, 0, 0, 0, 0),
        (-700, 0, 0, 0, 0),  # in credit
        (1_000_000, 10_005, 0, 0, 10_000),  # half a unit goes up
    ]
    assert same_in_all_kinds(_minimum, rows) == [90_000, 232_000, 5_000, 3_000, 0, 0, 11_001]


def test_late_charge_keeps_floor_and_cap_and_is_nothing_when_nothing_is_unpaid() -> None:
    rows = [(0,), (-5,), (1,), (20_000,), (20_010,), (1_000_000,), (5_000_000,)]
    charges = same_in_all_kinds(lambda unpaid: late_charge(unpaid, 500, 1_000, 50_000), rows)
    assert charges == [0, 0, 1_000, 1_000, 1_001, 50_000, 50_000]


def test_repeated_lateness_costs_more_and_never_more_than_the_minimum_in_the_us() -> None:
    first, repeated = LateTerms(0, 3_000, 3_000), LateTerms(0, 4_100, 4_100)
    rows = [(2_500, 0), (2_500, 1), (3_500, 1), (10_000, 2), (10_000, 0)]
    assert same_in_all_kinds(
        lambda due, before: not_above_minimum(late_charge_by_history(due, before, first, repeated), due), rows
    ) == [2_500, 2_500, 3_500, 4_100, 3_000]


def test_interest_base_flips_at_the_tolerance() -> None:
    rows = [(100_000, 100_000, 1_000), (100_000, 99_000, 1_000), (100_000, 98_999, 1_000), (100_000, 150_000, 0), (-500, 0, 0)]
    assert same_in_all_kinds(base_full, rows) == [0, 0, 100_000, 0, 0]
    assert same_in_all_kinds(base_residual, rows) == [0, 0, 1_001, 0, 0]


def test_apportionment_flips_on_day_91() -> None:
    rows = [(100, 80, 500, 90), (100, 80, 500, 91), (700, 80, 500, 91), (0, 80, 500, 0)]
    assert same_in_all_kinds(lambda *row: apportion_china_sums(*row)[0], rows) == [80, 0, 80, 0]
    assert same_in_all_kinds(lambda *row: apportion_china_sums(*row)[1], rows) == [20, 100, 500, 0]
    assert same_in_all_kinds(lambda *row: apportion_china_sums(*row)[2], rows) == [0, 0, 120, 0]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(SIGNED, MONEY, MONEY, MONEY, MONEY), min_size=1, max_size=40))
def test_all_kinds_agree(rows: list[tuple[int, int, int, int, int]]) -> None:
    for value, row in zip(same_in_all_kinds(_minimum, rows), rows, strict=True):
        assert 0 <= value <= max(row[0], 0)
    same_in_all_kinds(lambda unpaid, *_: late_charge(unpaid, 500, 1_000, 50_000), rows)
    same_in_all_kinds(lambda minimum, paid, *_: unpaid_after(minimum, paid), rows)
    same_in_all_kinds(lambda balance, _a, _b, days, _c: daily_interest(balance, 500, days % 400), rows)
    same_in_all_kinds(lambda statement, paid, tolerance, *_: base_full(statement, paid, tolerance), rows)
    same_in_all_kinds(lambda statement, paid, tolerance, *_: base_residual(statement, paid, tolerance), rows)
    for part in range(3):
        same_in_all_kinds(lambda _s, p, c, o, d, part=part: apportion_china_sums(p, c, o, d % 200)[part], rows)


@given(MONEY, MONEY, MONEY, st.integers(0, 400))
def test_sums_apportioned_add_up_to_the_payment(payment: int, charges: int, principal: int, dpd: int) -> None:
    to_charges, to_principal, left = apportion_china_sums(payment, charges, principal, dpd)
    assert to_charges + to_principal + left == payment
    assert 0 <= to_charges <= charges
    assert 0 <= to_principal <= principal


@given(SIGNED, st.integers(0, 10_000), st.integers(0, 400))
def test_interest_is_never_negative(balance: int, rate: int, days: int) -> None:
    assert daily_interest(balance, rate, days) >= 0


@pytest.mark.parametrize("dialect", ["duckdb", "pyspark"])
def test_formulas_compile_for_both_engines(dialect: str) -> None:
    table = ibis.table({"a": "int64", "b": "int64", "c": "int64", "d": "int64", "e": "int64"}, name="t")
    sql = ibis.to_sql(
        table.select(
            minimum=_minimum(table.a, table.b, table.c, table.d, table.e),
            bucket=delinquency.bucket(table.a),
            code=delinquency.class_stricter(table.a),
            charge=late_charge(table.a, table.b, table.c, table.d),
            parts=apportion_china_sums(table.a, table.b, table.c, table.d)[0],
        ),
        dialect=dialect,
    )
    assert "SELECT" in sql
