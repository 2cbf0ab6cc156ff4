"""Repayments of one day: planned ones before the due date, promised ones, and past it those of the self-exciting process.

The cardholders of a day come in, with the jumps that contacts left; balances, unpaid minimum payments and intensities change.
Every amount is whole minor units, so that sums are the same in any order.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from arrears.lab.population import SLEEPER, TRANSACTOR
from arrears.lab.simulation.cardholders import NEVER, NORMAL, STATEMENTS, Known, Nature
from arrears.lab.simulation.chance import MARK, MARK_SIZE, REPAY, uniform
from arrears.lab.simulation.cycles import Terms
from arrears.lab.simulation.intensity import EVENTS_A_DAY_MAX, integral, relaxed, waiting
from arrears.lab.simulation.parameters import Model
from arrears.lab.world import NO_PLAN, PAY_FULL, PAY_MINIMUM, PAY_PART, PAY_SHORT

PAID, RECOVERED, PROMISES_DUE, PROMISES_KEPT = range(4)
REPAID = 4
"""What `repay` counts: everything paid, what was paid on cards past due (minor units), promises that came due, and kept."""

_MARKS_A_DAY = 1_000
"""Purposes of the marks of a day's repayments begin here, beside those of their times."""


@njit(cache=True, nogil=True)
def repay(
    known: Known, nature: Nature, terms: Terms, model: Model, seed: int, day: int, more: float, people: tuple[int, int],
    counts: np.ndarray,
) -> None:  # fmt: skip
    """One day of repayments; `more` multiplies the long-run level (1 but before the first day).

    `people`: the first, and the one after the last.
    """
    for i in range(people[0], people[1]):
        if known.status[i] != 0:
            continue
        promised = nature.promise_day[i] == day
        if promised:
            counts[PROMISES_DUE] += 1
            nature.promise_day[i] = -1
            if nature.promise_holds[i] or known.unpaid[i] == 0:
                counts[PROMISES_KEPT] += 1
            if nature.promise_holds[i] and known.unpaid[i] > 0:
                _receive(known, terms, i, _amount(known, nature, model, i, PAY_MINIMUM, 0.0), day, counts)
        if nature.pay_day[i] == day:
            nature.pay_day[i] = -1
            amount = _amount(known, nature, model, i, nature.pay_mode[i], uniform(seed, i, day, MARK_SIZE))
            _receive(known, terms, i, amount, day, counts)
        if known.oldest_due[i] < day:
            _by_process(known, nature, terms, model, seed, i, day, more, counts)
        elif nature.level[i] > 0:
            nature.level[i] = 0.0


@njit(cache=True)
def long_run_level(known: Known, nature: Nature, model: Model, i: int, day: int) -> float:
    """Repayments a day that this person comes back to, as of `day`."""
    months = min((day - known.oldest_due[i]) / 30.0, 12.0)
    level = model.long_run[nature.state[i]] * math.exp(model.long_run_risk * nature.risk[i]) * model.long_run_month**months
    planned: float = level + model.plan_extra if known.flags[i] & model.plan_bit else level
    return planned


@njit(cache=True)
def _by_process(known, nature, terms, model, seed, i, day, more, counts):  # type: ignore[no-untyped-def]
    long_run = more * long_run_level(known, nature, model, i, day)
    level = nature.level[i]
    if level <= 0:
        level = long_run * model.fresh
    level += nature.stirred[i]
    nature.stirred[i] = 0.0
    if nature.letter_day[i] == day:
        level += nature.letter_jump[i]
        nature.letter_jump[i] = 0.0
    left, n = 1.0, 0
    while n < EVENTS_A_DAY_MAX:
        area = -math.log(uniform(seed, i, day, REPAY + n))
        if area >= integral(level, long_run, model.relax, left):
            break
        passed = waiting(level, long_run, model.relax, area, left)
        level = relaxed(level, long_run, model.relax, passed)
        left -= passed
        balance = known.balance[i]
        mode = _mode(nature, model, i, uniform(seed, i, day, _MARKS_A_DAY + 2 * n + MARK))
        amount = _amount(known, nature, model, i, mode, uniform(seed, i, day, _MARKS_A_DAY + 2 * n + MARK_SIZE))
        if balance > 0 and amount > 0:
            level += model.jump + model.jump_relative * min(amount / balance, 1.0)
            _receive(known, terms, i, amount, day, counts)
        n += 1
        if known.oldest_due[i] >= day:
            break
    nature.level[i] = relaxed(level, long_run, model.relax, left) if known.oldest_due[i] < day else 0.0


@njit(cache=True)
def _mode(nature, model, i, drawn):  # type: ignore[no-untyped-def]
    """How much is repaid: the mark's kind."""
    short = model.short[nature.state[i]]
    if drawn < short:
        return PAY_SHORT
    if nature.state[i] == NORMAL and (nature.habit[i] == TRANSACTOR or nature.habit[i] == SLEEPER):
        return PAY_FULL
    return PAY_MINIMUM if drawn < short + 0.85 * (1 - short) else PAY_PART


@njit(cache=True)
def _amount(known, nature, model, i, mode, drawn):  # type: ignore[no-untyped-def]
    """Minor units: people pay round sums, at least a little, and never more than they owe."""
    owed = max(known.balance[i], 0)
    if mode == NO_PLAN or owed == 0:
        return 0
    unpaid = min(known.unpaid[i], owed)
    least = (unpaid + 999) // 1_000 * 1_000
    amount = least
    if mode == PAY_FULL:
        amount = max(known.statement[i] - known.paid_cycle[i], unpaid)
    elif mode == PAY_PART:
        amount = max(int(known.statement[i] * nature.part[i]) // 10_000 * 10_000, least)
    elif mode == PAY_SHORT:
        amount = int(unpaid * (0.15 + 0.75 * drawn)) // 100 * 100
    return min(max(amount, min(model.repayment_min, unpaid)), owed)


@njit(cache=True)
def _receive(known, terms, i, amount, day, counts):  # type: ignore[no-untyped-def]
    """Book a payment: the oldest unpaid minimum payment first."""
    if amount <= 0:
        return
    if known.dpd[i] > 0:
        counts[RECOVERED] += amount
    counts[PAID] += amount
    known.balance[i] -= amount
    known.paid_cycle[i] += amount
    known.paid_total[i] += amount
    rest = amount
    for k in range(STATEMENTS - 1, -1, -1):
        part = min(rest, known.asked[i, k])
        known.asked[i, k] -= part
        known.unpaid[i] -= part
        rest -= part
    tolerance = terms.tolerance_minor[known.product[i]]
    older = 0
    known.oldest_due[i] = NEVER
    for k in range(STATEMENTS - 1, -1, -1):
        older += known.asked[i, k]
        if older > tolerance:
            known.oldest_due[i] = known.dues[i, k]
            break
