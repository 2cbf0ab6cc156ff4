"""Statements of one day: interest, late charges, instalments, the minimum payment and its past-due part, charge-off.

The world at the end of a day comes in; accounts whose cycle ends are closed as their product says, and statements and charges
go to the journal. Interest is charged on the whole balance but for fees and late charges, day by day from posting, unless the
last statement was paid in full by due date and grace; cash advances bear it from the first day, and once. Interest posted is
not corrected for later backdating.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from arrears.card.late import late_charge_beyond_tolerance
from arrears.card.minimum import newly_asked
from arrears.lab.life import set_status
from arrears.lab.paying import plan_payments
from arrears.lab.world import (
    BLOCKED,
    CHARGED_OFF,
    CYCLES,
    FLAG_BIT,
    LOST,
    NEVER,
    OPEN,
    Journal,
    World,
    oldest_unpaid,
    settled,
)  # fmt: skip
from arrears.lab.wrongs import Due, WrongCharges
from arrears.money import share_bp, share_ppm, smallest

CHARGE_OFF_DPD = 180
BLOCK_DPD = 60
GOODWILL = 0.02
EPOCH = date(1970, 1, 1)


def close_cycles(
    world: World, journal: Journal, rng: np.random.Generator, by_cycle_day: dict[int, np.ndarray], cut: int,
    wrongs: WrongCharges | None = None,
) -> None:  # fmt: skip
    """Close the statements due today, wrongly where `wrongs` plants it.

    Until the day `cut`, remember from where a clean history can be told.
    """
    day = journal.day
    rows = by_cycle_day.get((EPOCH + timedelta(days=day)).day)
    if rows is not None:
        rows = rows[(world.status[rows] <= BLOCKED) & (world.population.accounts.opened[rows] < day)]
        lost = charged_off(world, rows, day)
        set_status(world, journal, rows[lost], CHARGED_OFF)
        world.oldest_due[rows[lost]] = NEVER
        rows = rows[~lost]
        fixed = _charge(world, journal, rng, rows, wrongs)
        _issue(world, journal, rows, fixed, wrongs)
        plan_payments(world, rng, rows)
        if day <= cut:
            clean = rows[(world.asked[rows, 1:].sum(axis=1) == 0) & (world.loose_ends[rows] == 0)]
            world.clean_close[clean] = day
            world.clean_balance[clean] = world.balance[clean]
    world.end_day()
    _block(world, journal)


def charged_off(world: World, rows: np.ndarray, day: int) -> np.ndarray:
    """Which of the accounts are written off instead of getting a statement."""
    customer = world.population.accounts.customer[rows]
    hopeless = (world.flags[customer] & (FLAG_BIT["deceased"] | FLAG_BIT["bankruptcy"])) != 0
    lost: np.ndarray = world.oldest_due[rows] < day - np.where(hopeless, CHARGE_OFF_DPD // 2, CHARGE_OFF_DPD)
    return lost


def _charge(
    world: World, journal: Journal, rng: np.random.Generator, rows: np.ndarray, wrongs: WrongCharges | None
) -> np.ndarray:
    """Post interest, late charges and instalments; returns what the minimum payment asks for in full."""
    setting = world.of_product
    tolerance = setting("tolerance_minor", rows)
    alive = (world.flags[world.population.accounts.customer[rows]] & FLAG_BIT["deceased"]) == 0
    missing = np.maximum(world.minimum[rows] - np.maximum(world.on_time[rows], 0), 0)
    missing = smallest(missing, world.shortfall(rows) + np.maximum(world.credited[rows] - world.on_time[rows], 0))
    late = late_charge_beyond_tolerance(
        missing, tolerance, setting("late_charge_bp", rows), setting("late_charge_floor_minor", rows),
        setting("late_charge_cap_minor", rows),
    )  # fmt: skip
    late = np.where(alive, late, 0)

    full = world.on_time[rows] >= world.statement[rows] - tolerance
    whole = world.days_sum[rows] + np.where(world.paid_full_before[rows], world.days_sum_before[rows], 0)
    interest = share_ppm(np.where(full, world.cash_days_sum[rows], whole), setting("daily_rate_ppm", rows))
    interest = np.where(alive, interest, 0)

    part = np.where(world.instalments_left[rows] > 0, world.instalment[rows], 0)
    fee = share_bp(part * setting("instalment_months", rows), setting("instalment_fee_bp", rows))
    world.instalments_left[rows] -= (part > 0).astype(np.int8)
    charges = {"instalment": part, "fee": fee, "interest": interest, "late_charge": late}
    if wrongs is not None:
        charge_days = world.charge_days_sum[rows] + np.where(world.paid_full_before[rows], world.charge_days_before[rows], 0)
        due_now = Due(rows, interest, late, np.where(full, 0, whole), np.where(full, 0, charge_days))
        over = wrongs.over(world, journal, due_now)
        charges |= {kind: charges.get(kind, 0) + amount for kind, amount in over.items()}
    for name, amount in charges.items():
        due = amount > 0
        numbers = world.post(journal, rows[due], "fee" if name == "over_limit_fee" else name, amount[due])
        if name == "late_charge":
            _waive(world, journal, rng, rows=rows[due], amount=amount[due], numbers=numbers)
        if wrongs is not None and name in over:
            wrongs.note(world, journal, name, rows[due], numbers, np.flatnonzero(due))
    world.paid_full_before[rows] = full
    fixed: np.ndarray = sum(charges.values()) + world.fees[rows]
    return fixed


def _waive(
    world: World, journal: Journal, rng: np.random.Generator, *, rows: np.ndarray, amount: np.ndarray, numbers: np.ndarray
) -> None:
    """Some late charges are taken back a few days later, in goodwill."""
    waived = (rng.random(len(rows)) < GOODWILL) & (world.state[world.population.accounts.customer[rows]] != LOST)
    if waived.any():
        world.loose_ends[rows[waived]] += 1
        value = np.full(int(waived.sum()), journal.day, np.int32)
        entry = (rows[waived], amount[waived], value, numbers[waived], np.ones(len(value), np.int8))
        world.reversals.setdefault(journal.day + 5, []).append(entry)


def _issue(world: World, journal: Journal, rows: np.ndarray, fixed: np.ndarray, wrongs: WrongCharges | None) -> None:
    """The statement itself: balance, minimum payment, past due; then a new cycle begins."""
    setting, day = world.of_product, journal.day
    balance = world.balance[rows]
    owed = np.maximum(balance, 0)
    unpaid = world.shortfall(rows)
    past_due = smallest(unpaid, owed)
    asked_new = newly_asked(owed, past_due, fixed, setting("minimum_share_bp", rows), setting("minimum_floor_minor", rows))
    if wrongs is not None:
        asked_new = asked_new + wrongs.asked_too_much(journal, rows, owed, asked_new + past_due)
    minimum = asked_new + past_due
    due = (day + world.due_days(rows)).astype(np.int32)
    journal.statements.append((rows.astype(np.int32), due, balance, minimum, past_due))

    _shift_asked(world, rows, past_due, asked_new, due)
    # A minimum payment above the balance was cut to it: what was cut is not owed any more.
    world.minimum_before[rows] = world.due_new[rows] + world.carried(rows) - (unpaid - past_due)
    world.minimum[rows], world.due_new[rows], world.due[rows] = minimum, asked_new, due
    world.statement[rows] = balance
    world.paid_before[rows], world.paid[rows] = world.paid[rows], 0
    world.credited[rows], world.on_time[rows], world.fees[rows] = 0, 0, 0
    world.days_sum_before[rows] = world.days_sum[rows] - world.cash_days_sum[rows]
    world.charge_days_before[rows] = world.charge_days_sum[rows]
    world.days_sum[rows], world.cash_days_sum[rows], world.charge_days_sum[rows] = 0, 0, 0
    world.close_before[rows], world.last_close[rows] = world.last_close[rows], day
    world.unpaid[rows] = minimum
    world.oldest_due[rows] = oldest_unpaid(world.asked[rows], world.asked_due[rows], minimum)


def _shift_asked(world: World, rows: np.ndarray, past_due: np.ndarray, asked_new: np.ndarray, due: np.ndarray) -> None:
    old, old_due = settled(world.asked[rows], past_due), world.asked_due[rows]
    asked, asked_due = np.empty_like(old), np.empty_like(old_due)
    asked[:, 0], asked_due[:, 0] = asked_new, due
    asked[:, 1:], asked_due[:, 1:] = old[:, : CYCLES - 1], old_due[:, : CYCLES - 1]
    asked[:, -1] += old[:, -1]
    asked_due[:, -1] = np.where(old[:, -1] > 0, old_due[:, -1], asked_due[:, -1])
    world.asked[rows], world.asked_due[rows] = asked, asked_due


def _block(world: World, journal: Journal) -> None:
    """Stop cards that are long past due, and let those pay again that are not."""
    late = (world.oldest_due < journal.day - BLOCK_DPD) & (world.status == OPEN)
    set_status(world, journal, np.flatnonzero(late), BLOCKED)
    blocked = np.flatnonzero(world.status == BLOCKED)
    customer = world.population.accounts.customer[blocked]
    held = (world.flags[customer] & (FLAG_BIT["deceased"] | FLAG_BIT["fraud"])) != 0
    set_status(world, journal, blocked[(world.oldest_due[blocked] > journal.day - 1) & ~held], OPEN)
