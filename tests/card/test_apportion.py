"""Payments on one account: the Chinese and the American order, and every unit accounted for."""

from __future__ import annotations

from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from arrears.card.apportion import Charge, RatedBalance, apportion_china, apportion_us

OWED = (Charge("purchases", "principal", 500_000), Charge("interest", "interest", 32_000), Charge("late", "late_charge", 8_000))


def test_to_day_90_interest_and_fees_come_first_and_from_day_91_principal() -> None:
    assert apportion_china(100_000, OWED, 0) == apportion_china(100_000, OWED, 90) == ([60_000, 32_000, 8_000], 0)
    assert apportion_china(100_000, OWED, 91) == ([100_000, 0, 0], 0)
    assert apportion_china(510_000, OWED, 91) == ([500_000, 10_000, 0], 0)


def test_what_is_paid_above_all_that_is_owed_is_credit() -> None:
    assert apportion_china(600_000, OWED, 10) == ([500_000, 32_000, 8_000], 60_000)


def test_excess_over_the_minimum_goes_down_the_rates() -> None:
    balances = (RatedBalance("a", 100_000, 120_000), RatedBalance("b", 20_000, 240_000), RatedBalance("c", 50_000, 180_000))
    assert apportion_us(60_000, 10_000, balances, "lowest_apr") == ([10_000, 20_000, 30_000], 0)
    assert apportion_us(10_000, 10_000, balances, "highest_apr") == ([0, 10_000, 0], 0)


def test_deferred_balance_comes_first_in_its_last_two_cycles_and_last_before_them() -> None:
    def owed(cycles: int) -> tuple[RatedBalance, ...]:
        return (RatedBalance("cash", 30_000, 240_000), RatedBalance("sofa", 20_000, 270_000, cycles))

    assert apportion_us(25_000, 0, owed(2), "lowest_apr") == ([5_000, 20_000], 0)
    assert apportion_us(25_000, 0, owed(1), "lowest_apr") == ([5_000, 20_000], 0)
    assert apportion_us(25_000, 0, owed(3), "lowest_apr") == ([25_000, 0], 0)


def test_of_two_deferred_balances_the_one_that_ends_sooner_comes_first() -> None:
    balances = (RatedBalance("tv", 10_000, 290_000, 2), RatedBalance("sofa", 10_000, 200_000, 1))
    assert apportion_us(12_000, 0, balances, "lowest_apr") == ([2_000, 10_000], 0)


AMOUNTS = st.integers(0, 10**12)


@given(
    AMOUNTS,
    st.lists(st.tuples(st.sampled_from(["interest", "fee", "late_charge", "principal"]), AMOUNTS), max_size=8),
    st.integers(0, 400),
)
def test_china_money_is_conserved(
    payment: int, owed: list[tuple[Literal["interest", "fee", "late_charge", "principal"], int]], dpd: int
) -> None:
    applied, left = apportion_china(payment, [Charge("x", kind, amount) for kind, amount in owed], dpd)
    assert sum(applied) + left == payment
    assert all(0 <= part <= amount for part, (_, amount) in zip(applied, owed, strict=True))
    assert left == 0 or sum(applied) == sum(amount for _, amount in owed)


@given(
    AMOUNTS,
    AMOUNTS,
    st.lists(st.tuples(AMOUNTS, st.integers(0, 400_000), st.none() | st.integers(1, 12)), max_size=8),
    st.sampled_from(["lowest_apr", "highest_apr"]),
)
def test_us_money_is_conserved(
    payment: int,
    minimum: int,
    owed: list[tuple[int, int, int | None]],
    minimum_to: Literal["lowest_apr", "highest_apr"],
) -> None:
    applied, left = apportion_us(payment, minimum, [RatedBalance("x", *item) for item in owed], minimum_to)
    assert sum(applied) + left == payment
    assert all(0 <= part <= item[0] for part, item in zip(applied, owed, strict=True))
    assert left == 0 or sum(applied) == sum(item[0] for item in owed)
