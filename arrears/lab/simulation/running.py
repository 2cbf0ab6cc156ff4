"""One strategy on one seed, from the drawing of the cardholders to the outcome.

A plan comes in, an outcome goes out; every day life goes on, cards close and age, the strategy looks at the morning's book and
makes its contacts, and in the evening people repay. Nothing depends on the clock, on threads or on what other runs do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np

from arrears.day.workspace import Strategy
from arrears.feed.contracts import CHANNELS
from arrears.lab.simulation import parameters as chosen
from arrears.lab.simulation.book_of_the_day import EPOCH, ordinal
from arrears.lab.simulation.cardholders import Known, Nature, draw_cardholders
from arrears.lab.simulation.cycles import AGED, CURE_DAYS, Terms, age, close_cycles, judge_dues, terms_of
from arrears.lab.simulation.efforts import TAKES, Allocator, Capacities, Offers, require_possible
from arrears.lab.simulation.exploring import explored
from arrears.lab.simulation.learning_log import LearningLog
from arrears.lab.simulation.life import live
from arrears.lab.simulation.measures import Outcome, Tally, npl_ppm
from arrears.lab.simulation.parameters import MODEL, Model
from arrears.lab.simulation.repaying import REPAID, repay
from arrears.lab.simulation.response import ANSWERED, EFFECTS, Effects, respond
from arrears.lab.simulation.strategy_day import Found, Made, StrategyDays

SETTLING_DAYS = 270
"""Days lived before the first, under a practice that is none of the strategies: charge-off takes 200, and then levels stand."""


People = tuple[int, int]
"""Numbers of cardholders: the first, and the one after the last."""


@dataclass(frozen=True)
class Plan:
    """Everything a run depends on."""

    strategy: Strategy
    sql: Mapping[date, Mapping[str, str]]
    allocator: Allocator
    capacities: Capacities
    seed: int
    accounts: int
    start: date
    days: int
    threads: int = 1
    memory_mb: int = 2_000
    model: Model = MODEL
    effects: Effects = EFFECTS
    settling_days: int = SETTLING_DAYS
    explore_ppm: int = 0
    """Above 0: contacts are drawn with this chance in place of allocated; capacities then bind nobody."""
    log: Path | None = None
    """Where the drawn contacts and what came of them are written."""


class World:
    """The cardholders of one seed, and the days that pass over them."""

    def __init__(self, plan: Plan) -> None:
        self.first = ordinal(plan.start)
        self.plan = plan
        drawn = draw_cardholders(plan.seed, plan.accounts, self.first, self.first + plan.days)
        self.known: Known = drawn[0]
        self.nature: Nature = drawn[1]
        self.terms: Terms = terms_of(plan.strategy.bank)
        ends = np.linspace(0, plan.accounts, plan.threads + 1).astype(int).tolist()
        self._parts: list[People] = list(pairwise(ends))
        self._threads = ThreadPoolExecutor(plan.threads)
        self._by_closing_day = [np.flatnonzero(self.known.closing_day == day) for day in range(32)]

    def morning(self, today: int, tally: Tally) -> None:
        """Life, closings and ageing, as of the morning's book."""
        plan, known, nature, terms = self.plan, self.known, self.nature, self.terms
        settling = today < self.first

        def rise(people: People, _: np.ndarray) -> None:
            live(known, nature, plan.model, plan.seed, today, people)
            judge_dues(known, terms, today, people)

        self._in_parts(rise, np.zeros(0, np.int64))
        rows = self._by_closing_day[(EPOCH + timedelta(days=today)).day]
        reminded = chosen.REMINDED_BEFORE if settling else 1.0
        tally.charged_off += close_cycles(known, nature, terms, plan.seed, today, rows, reminded)
        last = self.first + plan.days - CURE_DAYS - 1
        self._in_parts(lambda people, counts: age(known, terms, today, self.first, last, people, counts), tally.aged)

    def evening(self, today: int, tally: Tally) -> None:
        """Repayments, and the book's quality after them."""
        plan = self.plan
        more = chosen.UNWORKED_YET if today < self.first else 1.0
        known, nature, terms = self.known, self.nature, self.terms
        self._in_parts(
            lambda people, counts: repay(known, nature, terms, plan.model, plan.seed, today, more, people, counts), tally.paid
        )

    def _in_parts(self, work: Callable[[People, np.ndarray], None], counts: np.ndarray) -> None:
        """Let `work` go over everybody, a thread a part; `counts` gain what the parts counted, whole numbers in any order."""
        parts = [np.zeros_like(counts) for _ in self._parts]
        list(self._threads.map(work, self._parts, parts))
        counts += sum(parts)

    def settle(self, progress: Callable[[int], None]) -> None:
        """The days before the first."""
        unread = new_tally()
        for back in range(self.plan.settling_days, 0, -1):
            self.morning(self.first - back, unread)
            self.evening(self.first - back, unread)
            progress(self.plan.settling_days - back + 1)
        self.known.complaints[:] = 0


def new_tally() -> Tally:
    """Nothing counted yet."""
    paid, aged, answered, channels, taken = (
        np.zeros(size, np.int64) for size in (REPAID, AGED, ANSWERED, len(CHANNELS), TAKES.shape[1])
    )
    return Tally(paid, aged, answered, channels, taken)


def run(plan: Plan, progress: Callable[[str, int, int], None] = lambda what, done, total: None) -> Outcome:
    """Live the plan's days; `progress(what, done, total)` counts days."""
    world = World(plan)
    world.settle(lambda done: progress("settling", done, plan.settling_days))
    tally = new_tally()
    log = LearningLog(plan.log) if plan.log else None
    with StrategyDays(
        plan.strategy, plan.sql, world.first, threads=plan.threads, memory_mb=plan.memory_mb, floors=not plan.explore_ppm
    ) as strategy:
        for number in range(plan.days):
            day = plan.start + timedelta(days=number)
            live_a_day(world, strategy, day, tally, log)
            progress("living", number + 1, plan.days)
    if log:
        log.close(world.known, world.first + plan.days)
    return tally.outcome(world.known, plan.capacities.columns, plan.days)


def live_a_day(
    world: World, strategy: StrategyDays, day: date, tally: Tally, log: LearningLog | None = None,
    instead: Callable[[Offers, int], np.ndarray] | None = None,
) -> Made:  # fmt: skip
    """One day: the morning's book, the strategy's contacts and what comes of them, the evening's repayments.

    `instead` chooses among the offers in place of the plan's way, capacities set aside; it may look at them and take notes.
    """
    plan, known, today = world.plan, world.known, ordinal(day)
    world.morning(today, tally)
    strategy.recount(known, today)
    found = strategy.found(known, day)
    rest, open_ = _rest(found)
    if instead:
        made = instead(rest, today)
    elif plan.explore_ppm:
        made, drawn = explored(rest, plan.explore_ppm, today)
        if log:
            log.day(known, rest, drawn, today)
    else:
        required = TAKES[found.offers.channel[found.required & found.offers.planned]].sum(axis=0)
        left = np.maximum(plan.capacities.columns - required, 0)
        made = plan.allocator(rest, left, today)
        require_possible(rest, left, made)
    chosen_rows = found.required & found.offers.planned
    chosen_rows[open_[made]] = True
    contacts = _make(world, found, np.flatnonzero(chosen_rows), today, tally)
    strategy.made(contacts)
    world.evening(today, tally)
    tally.npl_ppm_sum += npl_ppm(known)
    return contacts


def _rest(found: Found) -> tuple[Offers, np.ndarray]:
    """The offers that are left beside the required contacts, and their places among all offers."""
    offers, required = found.offers, found.required & found.offers.planned
    taken_n = np.bincount(offers.customer[required], minlength=int(offers.customer.max(initial=0)) + 1)
    channels, steps = len(CHANNELS), int(offers.step.max(initial=0)) + 1
    in_channel = np.isin(offers.customer * channels + offers.channel, (offers.customer * channels + offers.channel)[required])
    in_step = np.isin(offers.customer * steps + offers.step, (offers.customer * steps + offers.step)[required])
    room = offers.room - taken_n[offers.customer]
    open_ = np.flatnonzero(~found.required & ~in_channel & ~in_step & (room > 0))
    columns = {name: getattr(offers, name)[open_] for name in Offers.__dataclass_fields__}
    return Offers(**(columns | {"room": room[open_]})), open_


def _make(world: World, found: Found, rows: np.ndarray, today: int, tally: Tally) -> Made:
    """Let the chosen contacts happen, each customer's in the order of the clock."""
    offers = found.offers
    rows = rows[np.lexsort((offers.channel[rows], found.minute[rows], offers.customer[rows]))]
    who, channel = offers.customer[rows], offers.channel[rows]
    outcomes = np.zeros(len(rows), np.int64)
    respond(
        world.known, world.nature, world.plan.effects, world.plan.seed, today, who, channel, found.point[rows],
        found.minute[rows], offers.purpose[rows], offers.debtor[rows], outcomes, tally.answered,
    )  # fmt: skip
    tally.channels += np.bincount(channel, minlength=len(CHANNELS))
    tally.taken += TAKES[channel].sum(axis=0)
    return Made(
        today, who.astype(np.int32), found.point[rows].astype(np.int8), found.minute[rows].astype(np.int16),
        channel.astype(np.int8), offers.debtor[rows], outcomes.astype(np.int8),
    )  # fmt: skip
