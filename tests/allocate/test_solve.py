"""A plan keeps every capacity, is never better than its bound, and close to the best."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.allocate.problem import NO_CAPACITY, AllocationError, Capacity, dense, sparse
from arrears.allocate.solve import solve_in_memory
from tests.allocate.worlds import assert_sound, best_by_highs, best_by_trying, capacities, collections


@st.composite
def tiny(draw: st.DrawFn) -> tuple[list[list[int]], list[list[list[int]]], list[int]]:
    n, width, kinds = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    number, amount = st.integers(-5, 30), st.integers(0, 4)
    value = draw(st.lists(st.lists(number, min_size=width, max_size=width), min_size=n, max_size=n))
    slots = st.lists(st.lists(amount, min_size=kinds, max_size=kinds), min_size=width, max_size=width)
    return (
        value,
        draw(st.lists(slots, min_size=n, max_size=n)),
        draw(st.lists(st.integers(0, 8), min_size=kinds, max_size=kinds)),
    )


@settings(max_examples=150, deadline=None)
@given(tiny())
def test_no_plan_beats_the_bound_and_ours_is_feasible(world: tuple[list[list[int]], list[list[list[int]]], list[int]]) -> None:
    value, use, have = world
    partition, shared = dense(np.array(value, np.int32), np.array(use, np.int32)), capacities(*have)

    plan = solve_in_memory(partition, shared, threads=1)

    assert_sound(plan, partition, shared)
    assert plan.objective <= best_by_trying(value, use, have) <= plan.bound
    assert plan.objective >= 0


@pytest.mark.parametrize("seed", [1, 2])
def test_a_thousand_customers_come_close_to_the_best_plan(seed: int) -> None:
    partition, shared = collections(1_000, 4, 3, seed=seed)

    plan = solve_in_memory(partition, shared)

    best = best_by_highs(partition, shared)
    assert_sound(plan, partition, shared)
    assert plan.objective <= best * (1 + 1e-6)
    assert best <= plan.bound * (1 + 1e-6)
    assert plan.gap_ppb < 2_000_000


def test_a_hundred_thousand_customers_come_within_a_ten_thousandth_of_the_bound() -> None:
    partition, shared = collections(100_000, 6, 5, seed=3)

    plan = solve_in_memory(partition, shared)

    assert_sound(plan, partition, shared)
    assert plan.gap_ppb <= 100_000


def test_a_price_is_what_one_more_unit_is_worth() -> None:
    partition, shared = collections(20_000, 4, 2, seed=4)
    plan = solve_in_memory(partition, shared)

    more = [shared[0], Capacity(shared[1].name, shared[1].amount + 1_000)]
    gained = solve_in_memory(partition, more).objective - plan.objective

    assert gained == pytest.approx(1_000 * float(plan.price(1)), rel=0.1)


def test_enough_of_everything_is_free_and_all_get_their_best() -> None:
    partition, _ = collections(500, 4, 2, seed=5)

    plan = solve_in_memory(partition, capacities(10**9, 10**9))

    best = partition.value.reshape(500, 4).max(axis=1).clip(min=0).sum()
    assert (plan.prices, plan.objective, plan.bound) == ((0, 0), best, best)


def test_nothing_of_a_capacity_leaves_what_needs_none_of_it() -> None:
    value, use = np.array([[50, 10], [60, 20]], np.int32), np.array([[[1], [0]], [[1], [0]]], np.int32)

    plan = solve_in_memory(dense(value, use), capacities(0))

    assert plan.choice().tolist() == [1, 1]


def test_treatments_that_cost_more_than_they_bring_are_left_alone() -> None:
    plan = solve_in_memory(dense(np.full((9, 3), -7, np.int32), np.ones((9, 3, 1), np.int32)), capacities(5))

    assert (plan.choice().tolist(), plan.objective, plan.bound, plan.gap_ppb) == ([-1] * 9, 0, 0, 0)


def test_customers_without_candidates_are_left_alone() -> None:
    partition = sparse(
        np.array([0, 0, 1, 1, 3]), np.array([5, 7, 9], np.int32), np.ones((3, 1), np.int32), np.zeros((3, 1), np.int32)
    )

    assert solve_in_memory(partition, capacities(2)).choice().tolist() == [-1, 0, -1, 1]


def test_nobody_at_all_is_a_plan_too() -> None:
    partition = dense(np.empty((0, 2), np.int32), np.empty((0, 2, 1), np.int32))

    plan = solve_in_memory(partition, capacities(3))

    assert (plan.objective, plan.bound, plan.customers, len(plan.choice())) == (0, 0, 0, 0)


def test_a_thousand_like_customers_fill_the_capacity_exactly() -> None:
    plan = solve_in_memory(dense(np.full((1_000, 1), 70, np.int32), np.full((1_000, 1, 1), 3, np.int32)), capacities(301))

    assert (plan.worked, plan.use, plan.objective) == (100, (300,), 7_000)
    assert plan.bound == pytest.approx(7_023, abs=2)


def test_visits_of_three_hundred_districts_each_keep_their_own_capacity() -> None:
    random = np.random.default_rng(6)
    n, districts = 30_000, 300
    district = random.integers(1, districts + 1, n)
    value = np.column_stack([random.lognormal(6, 1, n), random.lognormal(8, 1, n)]).astype(np.int32)
    amount = np.stack([np.tile([1, 0], (n, 1)), np.column_stack([np.zeros(n), random.integers(20, 90, n)])], axis=1)
    resource = np.full((n, 2, 2), NO_CAPACITY)
    resource[:, 0, 0], resource[:, 1, 1] = 0, district
    partition = sparse(np.arange(n + 1) * 2, value.reshape(-1), amount.reshape(-1, 2).astype(np.int32), resource.reshape(-1, 2))
    shared = [Capacity("texts", 9_000), *(Capacity(f"visits in district {d}", 600, "min") for d in range(districts))]

    plan = solve_in_memory(partition, shared)

    assert_sound(plan, partition, shared)
    assert plan.gap_ppb < 10_000_000
    assert sum(price > 0 for price in plan.prices) > 290


def test_values_too_large_for_exact_sums_are_refused() -> None:
    partition = dense(np.full((3, 1), 1 << 50), np.ones((3, 1, 1), np.int64))

    with pytest.raises(AllocationError, match="more than 46 bits hold"):
        solve_in_memory(partition, capacities(1))


def test_amounts_that_would_overflow_are_refused() -> None:
    partition = dense(np.ones((9, 1), np.int64), np.full((9, 1, 1), 1 << 60))

    with pytest.raises(AllocationError, match="would overflow 64 bits"):
        solve_in_memory(partition, capacities(1))


@pytest.mark.parametrize(
    ("use", "have", "said"),
    [
        (np.full((2, 1, 1), -1, np.int32), [3], "amounts are 0 or more"),
        (np.ones((2, 1, 2), np.int32), [3], "takes of capacity number 1, there are 1"),
        (np.ones((2, 1, 1), np.int32), [-3], "give each once, with 0 or more"),
        (np.ones((2, 1, 1), np.int32), [], "give 1 to 2,000"),
    ],
)
def test_columns_that_make_no_sense_are_refused(use: np.ndarray, have: list[int], said: str) -> None:
    with pytest.raises(AllocationError, match=said):
        solve_in_memory(dense(np.ones((2, 1), np.int32), use), capacities(*have))
