"""Payments of one day: planned ones, those that a contact or conscience moves, backdated, bounced and taken back.

The world comes in with plans made when statements closed and with what is left of the effect of contacts; balances, unpaid
minimum payments and the journal change. Never asks what the bank should do. Chances are assumptions (docs/sample.md).
"""

from __future__ import annotations

import numpy as np

from arrears.lab.population import REVOLVER, SLEEPER, SLOPPY, TRANSACTOR
from arrears.lab.world import (
    CHARGED_OFF,
    DISTRESSED,
    FLAG_BIT,
    LOST,
    NEVER,
    NO_PLAN,
    NORMAL,
    PAY_FULL,
    PAY_MINIMUM,
    PAY_PART,
    PAY_SHORT,
    TIGHT,
    Journal,
    World,
)  # fmt: skip

FORGETS = {TRANSACTOR: 0.055, REVOLVER: 0.100, SLOPPY: 0.55, SLEEPER: 0.10}
"""Chance that a customer in ordinary circumstances does not pay by the due date, by habit."""
MISSES = {TIGHT: 0.55, DISTRESSED: 0.90, LOST: 1.0}
AUTOPAY_FAILS = 0.004

PAYS_UNASKED = (0.026, 0.022, 0.004, 0.000_2)
"""Daily chance that somebody past due pays without being asked, by state of life."""
RESPONDS = (0.50, 0.50, 0.15, 0.008)
"""How much of a contact's stimulus turns into chance of paying, by state of life."""
FATIGUE_PER_MONTH = 0.85
"""Each month past due leaves this share of the chance."""
STIMULUS_KEPT = 0.78
"""Share of a contact's effect left after a day: half is gone after three."""

BACKDATED, BACKDATED_FAR = 0.004, 0.000_6
BOUNCES = (0.000_8, 0.010, 0.02, 0.02)
PLAN_PAYS = 0.05
"""Daily chance of an instalment under a plan that performs."""
RECOVERY_CHANCE = 0.000_4
"""Daily chance of a payment on a charged-off account."""


def plan_payments(world: World, rng: np.random.Generator, rows: np.ndarray) -> None:
    """When and how much the holders of accounts that just closed a statement mean to pay."""
    accounts = world.population.accounts
    habit, autopay = accounts.habit[rows], accounts.autopay[rows]
    customer = accounts.customer[rows]
    state, risk = world.state[customer], world.population.customers.risk[customer]
    miss = np.array([FORGETS[key] for key in range(4)])[habit] * np.exp(0.5 * risk)
    miss = np.where(autopay, AUTOPAY_FAILS, miss)
    miss = np.where(state == NORMAL, miss, np.array([0, *MISSES.values()])[state])
    # Who is behind already has less to pay with.
    miss = np.where((world.asked[rows, 1] > 0) & (state > NORMAL), np.sqrt(miss), miss)
    pays = (rng.random(len(rows)) >= miss) & (world.statement[rows] > 0)

    early = np.minimum(rng.geometric(0.13, len(rows)) - 1, 17)
    early = np.where(habit == SLOPPY, rng.integers(-2, 3, len(rows)), early)
    day = np.where(autopay, world.due[rows], world.due[rows] - early)
    world.pay_day[rows] = np.where(pays, day, -1)

    mode = np.array([PAY_FULL, PAY_PART, PAY_PART, PAY_FULL])[habit]
    mode = np.where((mode == PAY_PART) & (rng.random(len(rows)) < 0.35), PAY_MINIMUM, mode)
    mode = np.where((habit == SLOPPY) & (rng.random(len(rows)) < 0.4), PAY_FULL, mode)
    mode = np.where(state == TIGHT, np.where(rng.random(len(rows)) < 0.2, PAY_SHORT, PAY_MINIMUM), mode)
    mode = np.where(state >= DISTRESSED, PAY_SHORT, mode)
    world.pay_mode[rows] = np.where(pays, mode, NO_PLAN)


def pay(world: World, journal: Journal, rng: np.random.Generator) -> None:
    """One day of payments, reversals and recoveries."""
    _take_back(world, journal)
    day = journal.day
    planned = np.flatnonzero(world.pay_day == day)
    planned = planned[world.status[planned] != CHARGED_OFF]
    moved = _moved(world, rng, day)
    moved = moved[world.pay_day[moved] != day]
    rows = np.concatenate([planned, moved])
    mode = np.concatenate([world.pay_mode[planned], _mode_when_moved(world, rng, moved)])
    amount = _amounts(world, rng, rows, mode)
    rows, amount = rows[amount > 0], amount[amount > 0]
    _receive(world, journal, rng, rows, amount)
    _recover(world, journal, rng)


def fade(world: World) -> None:
    """Let a night pass over the effect of contacts."""
    np.multiply(world.stimulus, np.float32(STIMULUS_KEPT), out=world.stimulus)


def _moved(world: World, rng: np.random.Generator, day: int) -> np.ndarray:
    rows = world.past_due_rows(day)
    customer = world.population.accounts.customer[rows]
    state = world.state[customer]
    months = np.minimum((day - world.oldest_due[rows]) / 30.0, 12.0)
    chance = np.array(PAYS_UNASKED)[state] + np.array(RESPONDS)[state] * world.stimulus[customer]
    chance = chance + np.where((world.flags[customer] & FLAG_BIT["plan_performing"]) != 0, PLAN_PAYS, 0.0)
    moved: np.ndarray = rows[rng.random(len(rows)) < np.minimum(chance * FATIGUE_PER_MONTH**months, 0.8)]
    return moved


def _mode_when_moved(world: World, rng: np.random.Generator, rows: np.ndarray) -> np.ndarray:
    state = world.state[world.population.accounts.customer[rows]]
    habit = world.population.accounts.habit[rows]
    ordinary = np.where((habit == TRANSACTOR) | (habit == SLEEPER), PAY_FULL, PAY_MINIMUM)
    short = rng.random(len(rows)) < np.array([0.03, 0.3, 0.6, 0.7])[state]
    return np.where(short, PAY_SHORT, np.where(state == NORMAL, ordinary, PAY_MINIMUM))


def _amounts(world: World, rng: np.random.Generator, rows: np.ndarray, mode: np.ndarray) -> np.ndarray:
    owed = np.maximum(np.minimum(world.statement[rows] - world.credited[rows], world.balance[rows]), 0)
    asked = np.minimum(world.unpaid[rows], np.maximum(world.balance[rows], 0))
    part = (world.statement[rows] * world.population.accounts.part[rows]).astype(np.int64)
    # People pay round sums: the minimum payment up to the next 10 yuan, a part of the balance in hundreds.
    minimum = -(-asked // 1_000) * 1_000
    part = np.maximum(part // 10_000 * 10_000, minimum)
    short = (asked * rng.uniform(0.15, 0.9, len(rows))).astype(np.int64) // 100 * 100
    amount = np.select([mode == PAY_FULL, mode == PAY_PART, mode == PAY_MINIMUM], [owed, part, minimum], short)
    paid: np.ndarray = np.minimum(amount, np.maximum(world.balance[rows], 0))
    return paid


def _receive(world: World, journal: Journal, rng: np.random.Generator, rows: np.ndarray, amount: np.ndarray) -> None:
    day = journal.day
    draw = rng.random(len(rows))
    lag = np.where(draw < BACKDATED, rng.integers(1, 7, len(rows)), 0)
    lag = np.where(draw > 1 - BACKDATED_FAR, rng.integers(5, 25, len(rows)), lag)
    # No further back than the cycle before the last closing date, and not before the account was there.
    floor = np.maximum(world.close_before[rows], world.population.accounts.opened[rows]) + 1
    value = np.maximum(day - lag, np.minimum(floor, day)).astype(np.int32)
    numbers = world.post(journal, rows, "payment", amount, value=value)
    world.credit(rows, amount, value)

    state = world.state[world.population.accounts.customer[rows]]
    bounced = rng.random(len(rows)) < np.array(BOUNCES)[state]
    if bounced.any():
        world.loose_ends[rows[bounced]] += 1
        after = day + int(rng.integers(1, 4))
        kinds = np.zeros(int(bounced.sum()), np.int8)
        entry = (rows[bounced], amount[bounced], value[bounced], numbers[bounced], kinds)
        world.reversals.setdefault(after, []).append(entry)


def _take_back(world: World, journal: Journal) -> None:
    """Bounced payments (kind 0) and charges waived in goodwill (kind 1)."""
    for rows, amount, value, numbers, kinds in world.reversals.pop(journal.day, []):
        world.loose_ends[rows] -= 1
        if kinds[0] == 0:
            world.post(journal, rows, "payment_reversal", amount, value=value, reverses=numbers)
            world.credit(rows, -amount, value)
        else:
            world.post(journal, rows, "charge_reversal", amount, value=value, reverses=numbers)


def _recover(world: World, journal: Journal, rng: np.random.Generator) -> None:
    rows = np.flatnonzero(world.status == CHARGED_OFF)
    rows = rows[(rng.random(len(rows)) < RECOVERY_CHANCE) & (world.balance[rows] > 10_000)]
    amount = (world.balance[rows] * rng.uniform(0.02, 0.3, len(rows))).astype(np.int64) // 100 * 100
    value = np.full(len(rows), journal.day, np.int32)
    world.post(journal, rows, "payment", amount, value=value)
    world.credit(rows, amount, value)
    world.oldest_due[rows] = NEVER
