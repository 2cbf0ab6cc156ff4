"""Threads, partitions, chunks and forms of the columns do not change a bit of the plan."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np
import pytest

from arrears.allocate.problem import Capacity, Partition, dense, sparse
from arrears.allocate.solve import Plan, solve, solve_in_memory
from arrears.allocate.sweeping import Chunks, in_memory
from tests.allocate.worlds import collections

N = 300_000
"""Large enough that prices come from a sample first."""


def told(plan: Plan) -> tuple[object, ...]:
    return plan.objective, plan.bound, plan.prices, plan.use, plan.worked, plan.choice().tobytes()


@pytest.fixture(scope="module")
def whole() -> Partition:
    return collections(N, 3, 2, seed=8)[0]


@pytest.fixture(scope="module")
def plan(whole: Partition) -> Plan:
    return solve_in_memory(whole, SHARED, threads=1)


SHARED = collections(N, 3, 2, seed=8)[1]


def test_two_threads_find_what_one_finds(whole: Partition, plan: Plan) -> None:
    assert told(solve_in_memory(whole, SHARED, threads=2)) == told(plan)


def test_partitions_of_odd_sizes_find_what_one_finds(whole: Partition, plan: Plan) -> None:
    cuts = [0, 1, 70_000, 70_003, 211_111, N]

    pieces = [whole.rows(low, high) for low, high in pairwise(cuts)]

    assert told(solve_in_memory(pieces, SHARED)) == told(plan)


def test_chunks_loaded_one_by_one_find_the_same(whole: Partition, plan: Plan) -> None:
    loaders = [partial(whole.rows, low, min(low + 50_000, N)) for low in range(0, N, 50_000)]

    assert told(solve(Chunks(loaders), SHARED)) == told(plan)


def test_the_sparse_form_finds_what_the_dense_one_finds(whole: Partition, plan: Plan) -> None:
    spelled = sparse(np.arange(N + 1) * 3, whole.value, whole.amount, np.tile(np.arange(2), (N * 3, 1)))

    assert told(solve_in_memory(spelled, SHARED)) == told(plan)


def test_customers_in_another_order_get_the_same_by_their_keys(whole: Partition, plan: Plan) -> None:
    order = np.random.default_rng(9).permutation(N)
    shuffled = dense(whole.value.reshape(-1, 3)[order], whole.amount.reshape(-1, 3, 2)[order], key=order)

    found = solve_in_memory(shuffled, SHARED)

    assert (found.objective, found.prices) == (plan.objective, plan.prices)
    assert (found.choice() == plan.choice()[order]).all()


def test_the_rule_of_a_plan_gives_the_choices_again(whole: Partition, plan: Plan) -> None:
    uncollected = solve(in_memory([whole]), SHARED, collect=False)

    assert uncollected.choices == ()
    assert (uncollected.rule(whole.rows(1_000, 2_000)).choice == plan.choice()[1_000:2_000]).all()


def test_four_slots_written_out_find_what_any_number_finds() -> None:
    four, shared = collections(5_000, 3, 4, seed=10)
    five = dense(four.value.reshape(-1, 3), np.pad(four.amount.reshape(-1, 3, 4), ((0, 0), (0, 0), (0, 1))))

    plans = [solve_in_memory(four, shared), solve_in_memory(five, [*shared, Capacity("not used", 0)])]

    assert plans[0].choice().tobytes() == plans[1].choice().tobytes()
