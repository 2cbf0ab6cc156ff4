"""A few days of a small simulated bank: nothing is lost, nothing is unlawful, and the same seed is the same bank."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import numpy as np
import pytest

from arrears.lab.simulation.allocators import by_balance
from arrears.lab.simulation.book_of_the_day import BookOfTheDay, ordinal
from arrears.lab.simulation.cardholders import OPEN, Known, Nature
from arrears.lab.simulation.efforts import TAKES, AllocationError, Capacities, Offers, require_possible
from arrears.lab.simulation.relevance import held, relevant
from arrears.lab.simulation.running import Plan, World, live_a_day, new_tally, run
from arrears.lab.simulation.strategy_day import Found, Made, StrategyDays

PLENTY = Capacities(10**9, 10**9, 10**9, 10**9, 10**12)


@pytest.fixture(scope="module")
def settled(plan: Plan) -> World:
    """The bank on the morning of the first day."""
    world = World(plan)
    world.settle(lambda done: None)
    world.morning(world.first, new_tally())
    return world


@pytest.fixture(scope="module")
def lived(plan: Plan) -> tuple[World, list[Made]]:
    """The days lived with capacity for everything, and the contacts made."""
    world = World(replace(plan, capacities=PLENTY))
    world.settle(lambda done: None)
    tally, made = new_tally(), []
    with StrategyDays(plan.strategy, plan.sql, world.first, threads=1, memory_mb=1_000) as strategy:
        for number in range(plan.days):
            made.append(live_a_day(world, strategy, plan.start + timedelta(days=number), tally))
    return world, made


def test_bank_and_nature_know_different_things() -> None:
    assert not set(Known._fields) & set(Nature._fields)


def test_who_is_left_out_of_the_days_tables_would_have_had_no_candidate(plan: Plan, settled: World) -> None:
    with StrategyDays(plan.strategy, plan.sql, settled.first, threads=1, memory_mb=1_000) as strategy:
        for number in range(plan.days):
            day = plan.start + timedelta(days=number)
            everybody = np.flatnonzero(held(settled.known, ordinal(day)))
            few = relevant(settled.known, plan.strategy.playbook, plan.strategy.bank, day)
            whole, part = strategy.found(settled.known, day, everybody), strategy.found(settled.known, day, few)
            assert len(few) < len(everybody) and part.candidates_n == whole.candidates_n > 0
            for field in fields(Offers):
                assert np.array_equal(getattr(part.offers, field.name), getattr(whole.offers, field.name)), field.name


def test_one_thread_and_two_give_the_same_outcome(plan: Plan) -> None:
    short = replace(plan, days=2)
    assert run(short) == run(replace(short, threads=2))


def test_another_seed_is_another_bank(plan: Plan) -> None:
    assert run(replace(plan, days=1)) != run(replace(plan, days=1, seed=4))


def test_with_capacity_for_everything_the_plain_rule_makes_what_the_days_decisions_chose(plan: Plan, settled: World) -> None:
    with StrategyDays(plan.strategy, plan.sql, settled.first, threads=1, memory_mb=1_000) as strategy:
        offers = strategy.found(settled.known, plan.start).offers
    for allocate in (plan.allocator, by_balance):
        assert np.array_equal(allocate(offers, PLENTY.columns, 0), offers.planned)


def test_nobody_is_contacted_beyond_the_law_or_the_segments_intensity(lived: tuple[World, list[Made]]) -> None:
    world, days = lived
    intensities = [segment.intensity for segment in world.plan.strategy.playbook.segments]
    assert sum(len(made.customer) for made in days) > 100
    for made in days:
        _, each = np.unique(made.customer, return_counts=True)
        assert each.max() <= max(one.per_day_max for one in intensities)
        calls = made.customer[(made.channel == 2) & made.debtor]
        assert np.unique(calls, return_counts=True)[1].max(initial=0) <= 3  # CN-GBT-freq
        assert made.minute.min() >= 8 * 60 and made.minute.max() < 22 * 60  # CN-CBA-time
    _, week = np.unique(np.concatenate([made.customer for made in days]), return_counts=True)
    assert week.max() <= max(one.per_7_days_max for one in intensities)


def test_whoever_told_the_bank_to_stop_is_left_alone(plan: Plan) -> None:
    world = World(replace(plan, capacities=PLENTY))
    world.settle(lambda done: None)
    cease = world.plan.effects.cease_bit
    world.known.flags[:] |= cease
    with StrategyDays(plan.strategy, plan.sql, world.first, threads=1, memory_mb=1_000) as strategy:
        assert len(live_a_day(world, strategy, plan.start, new_tally()).customer) == 0


def test_money_is_neither_lost_nor_made(lived: tuple[World, list[Made]]) -> None:
    known = lived[0].known
    assert np.array_equal(known.unpaid, known.asked.sum(axis=1))
    assert (known.asked >= 0).all() and (known.unpaid <= np.maximum(known.balance, 0)).all()
    assert ((known.status == OPEN) | (known.dpd == 0)).all()


def test_the_customers_table_holds_together(plan: Plan, settled: World) -> None:
    today = ordinal(plan.start)
    who = np.flatnonzero(held(settled.known, today))
    book = BookOfTheDay(settled.known, plan.strategy.bank, today, today, who)
    rows = book.customers.to_pandas()
    assert rows.customer_id.is_unique and not rows.drop(
        columns=["oldest_due_date", "next_due_date", "last_worked_date"]
    ).isna().any(axis=None)
    assert ((rows.dpd > 0) == (rows.past_due_minor > 0)).all()
    assert (rows.past_due_minor <= rows.minimum_unpaid_minor).all()
    assert (rows.times_overdue_total >= rows.times_overdue_12).all()
    assert (rows.late_in_6 <= rows.times_overdue_12).all()
    assert (rows.next_due_date.isna() == (rows.next_due_minor == 0)).all()


def test_the_floor_of_a_segment_is_made_whatever_the_allocator_says(plan: Plan, settled: World) -> None:
    playbook = plan.strategy.playbook
    segments = tuple(one.model_copy(update={"floor": n % 2 == 0}) for n, one in enumerate(playbook.segments))
    floors = np.array([one.floor for one in segments])
    strategy = replace(plan.strategy, playbook=playbook.model_copy(update={"segments": segments}))
    by_rule, with_floors = (
        _found_today(replace(plan, strategy=strategy), settled, floors=wanted) for wanted in (False, True)
    )  # fmt: skip
    held = floors[with_floors.offers.segment]
    assert held.any() and not held.all() and not by_rule.required[held].all()
    assert (with_floors.required == (by_rule.required | held)).all()


def _found_today(plan: Plan, settled: World, *, floors: bool) -> Found:
    with StrategyDays(plan.strategy, plan.sql, settled.first, threads=1, memory_mb=1_000, floors=floors) as strategy:
        return strategy.found(settled.known, plan.start)


def test_an_allocator_that_goes_beyond_a_capacity_is_told_so(plan: Plan, settled: World) -> None:
    with StrategyDays(plan.strategy, plan.sql, settled.first, threads=1, memory_mb=1_000) as strategy:
        offers = strategy.found(settled.known, plan.start).offers
    left = np.zeros(TAKES.shape[1], np.int64)
    with pytest.raises(AllocationError, match="money_minor"):
        require_possible(offers, left, offers.planned)
    assert not plan.allocator(offers, left, 0).any()


def test_what_fits_no_more_goes_by_the_steps_next_way(plan: Plan, settled: World) -> None:
    with StrategyDays(plan.strategy, plan.sql, settled.first, threads=1, memory_mb=1_000) as strategy:
        offers = strategy.found(settled.known, plan.start).offers
    no_calls = replace(PLENTY, agent_seconds=0).columns
    made = plan.allocator(offers, no_calls, 0)
    require_possible(offers, no_calls, made)
    assert not (offers.channel[made] == 2).any()
    assert made.sum() > (offers.planned & (offers.channel != 2)).sum()


def test_a_slow_query_draws_no_bar_into_what_is_printed(plan: Plan) -> None:
    with StrategyDays(plan.strategy, plan.sql, ordinal(plan.start), threads=1, memory_mb=1_000) as strategy:
        asked = strategy._connection.execute("SELECT current_setting('enable_progress_bar')")
        assert asked.fetchall() == [(False,)]
