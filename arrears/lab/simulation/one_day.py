"""What another choice on one day would have brought, lived twice: the truth that estimates from a log are held against.

A plan that draws its contacts comes in; the draws of some days go out, with what came of them, and with what came of the same
customers when on that one day a mapping chose for them and all later days were drawn as before. Cardholders do not touch each
other and draws have no capacities, so one second life serves every customer of a day.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import numpy as np

from arrears.errors import UsageError
from arrears.lab.simulation.book_of_the_day import next_due_minor
from arrears.lab.simulation.efforts import Offers
from arrears.lab.simulation.exploring import Drawn, explored, mapped
from arrears.lab.simulation.running import Plan, World, live_a_day, new_tally
from arrears.lab.simulation.strategy_day import Made, StrategyDays

Wanted = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class TwoLives:
    """One entry a customer and day with an offer, on the days asked for."""

    customer: np.ndarray
    day: np.ndarray
    bucket: np.ndarray
    band: np.ndarray
    score: np.ndarray
    due_minor: np.ndarray
    action: np.ndarray
    """As drawn; -1 for none."""
    propensity_ppm: np.ndarray
    other: np.ndarray
    """The mapping's, -1 for none."""
    paid_minor: np.ndarray
    """Within the window, as drawn."""
    other_paid_minor: np.ndarray
    """Within the window, had the mapping chosen on this day alone."""


def two_lives(plan: Plan, wanted: Wanted, numbers: Sequence[int], window_days: int) -> TwoLives:
    """Live the plan, and from each of these days a second time; days are numbered from the plan's first, rising."""
    if not numbers or any(later <= one for one, later in pairwise(numbers)) or numbers[-1] + window_days > plan.days:
        raise UsageError("days must rise and leave room for the window", where="days", remedy=f"at most {plan.days} days")
    world = World(plan)
    world.settle(lambda done: None)
    past: list[Made] = []
    parts: list[list[np.ndarray]] = []
    with _at_work(world, past) as strategy:
        for number in range(numbers[-1] + 1):
            if number in numbers:
                parts.append(_both(world, past, wanted, number, window_days))
            past.append(_live(world, strategy, number))
    return TwoLives(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _both(world: World, past: Sequence[Made], wanted: Wanted, number: int, window_days: int) -> list[np.ndarray]:
    """Live the window twice from the morning of a day; the world itself stays where it is."""
    facts: list[np.ndarray] = []
    paid: list[np.ndarray] = []
    other: list[np.ndarray] = []
    life = _copied(world)

    def as_drawn(offers: Offers, today: int) -> np.ndarray:
        made, drawn = explored(offers, world.plan.explore_ppm, today)
        facts.extend(_facts(life, offers, drawn, today))
        return made

    def as_mapped(offers: Offers, today: int) -> np.ndarray:
        made = mapped(offers, wanted)
        action = np.full(len(facts[0]), -1)
        action[np.searchsorted(facts[0], offers.customer[made])] = offers.channel[made]
        other.append(action)
        return made

    for choose in (as_drawn, as_mapped):
        life = _copied(world)
        with _at_work(world, past) as strategy:
            _live(life, strategy, number, choose)
            for later in range(number + 1, number + window_days):
                _live(life, strategy, later)
        paid.append((life.known.paid_total - world.known.paid_total)[facts[0]])
    return [*facts, other[0], *paid]


def _facts(life: World, offers: Offers, drawn: Drawn, today: int) -> list[np.ndarray]:
    at, who = drawn.first, drawn.customer
    due = np.where(life.known.dpd[who] > 0, offers.past_due_minor[at], next_due_minor(life.known, today)[who])
    day = np.full(len(who), today - life.first)
    return [who, day, offers.bucket[at], offers.band[at], offers.score[at], due, drawn.action, drawn.propensity_ppm]


def _at_work(world: World, past: Sequence[Made]) -> StrategyDays:
    """The plan's strategy that remembers these contacts."""
    plan = world.plan
    strategy = StrategyDays(
        plan.strategy, plan.sql, world.first, threads=plan.threads, memory_mb=plan.memory_mb, floors=not plan.explore_ppm
    )
    for contacts in past:
        strategy.made(contacts)
    return strategy


def _copied(world: World) -> World:
    life = copy.copy(world)
    life.known, life.nature = copy.deepcopy(world.known), copy.deepcopy(world.nature)
    return life


def _live(
    world: World, strategy: StrategyDays, number: int, choose: Callable[[Offers, int], np.ndarray] | None = None
) -> Made:  # fmt: skip
    return live_a_day(world, strategy, world.plan.start + timedelta(days=number), new_tally(), instead=choose)
