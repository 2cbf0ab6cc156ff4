"""Customers who must get a treatment get it first, whatever it is worth."""

from __future__ import annotations

import numpy as np
import pytest

from arrears.allocate.problem import NONE, AllocationError, Capacity, FloorsExceedCapacityError, dense
from arrears.allocate.solve import solve_in_memory
from tests.allocate.worlds import assert_sound, collections

VALUE = np.array([[90, -40], [80, -40], [70, -40]], np.int32)
USE = np.full((3, 2, 1), 10, np.int32)


def test_the_forbearance_path_comes_before_worth() -> None:
    floors = np.array([NONE, NONE, 1])

    plan = solve_in_memory(dense(VALUE, USE, forced=floors), [Capacity("agents", 20, "min")])

    assert plan.choice().tolist() == [0, -1, 1]
    assert (plan.objective, plan.forced) == (50, 1)


def test_floors_that_take_too_much_name_the_capacity_and_the_excess() -> None:
    with pytest.raises(FloorsExceedCapacityError) as caught:
        solve_in_memory(dense(VALUE, USE, forced=np.array([1, 1, NONE])), [Capacity("agents", 15, "min")])

    assert caught.value.line() == (
        "capacity agents: forced treatments take 20 min of 15, 5 too many; "
        "raise the capacity to 20 min, or put fewer customers under its floor"
    )


def test_a_floor_on_a_candidate_that_is_not_there_is_refused() -> None:
    with pytest.raises(AllocationError, match="candidate that its customer does not have"):
        dense(VALUE, USE, forced=np.array([2, NONE, NONE]))


def test_every_floor_is_kept_among_many_customers() -> None:
    free, shared = collections(300_000, 3, 2, seed=7)
    floors = np.where(np.arange(300_000) % 50 == 0, 2, NONE)
    partition = dense(free.value.reshape(-1, 3), free.amount.reshape(-1, 3, 2), forced=floors)

    plan = solve_in_memory(partition, shared)

    assert_sound(plan, partition, shared)
    assert (plan.choice()[floors == 2] == 2).all()
    assert (plan.forced, plan.sample_passes > 0) == (6_000, True)
    assert plan.gap_ppb <= 100_000
