"""The card's month: closings with their statement, minimum payment and late charge, then days past due, buckets, late payments.

Formulas are those of `arrears.card`, fed with the columns of the cards that close today. Unlike the sample, a cycle's purchases
and interest are booked in one sum on its closing date, and interest on what was owed over the cycle.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from arrears.bank import Bank
from arrears.card.delinquency import carried
from arrears.card.late import late_charge_beyond_tolerance
from arrears.card.minimum import newly_asked
from arrears.lab.population import DUE_DAYS, SLOPPY
from arrears.lab.simulation import parameters as chosen
from arrears.lab.simulation.cardholders import CHARGED_OFF, NEVER, NORMAL, OPEN, Known, Nature
from arrears.lab.simulation.chance import FORGET, PAY_EARLY, PAY_MODE, SPEND, normals_of, uniforms_of
from arrears.lab.world import NO_PLAN, PAY_FULL, PAY_MINIMUM, PAY_PART, PAY_SHORT
from arrears.money import share_ppm

CYCLE_DAYS = 30
KEPT_BITS = 2**12 - 1


class Terms(NamedTuple):
    """Settings of the products, by their number."""

    grace_days: np.ndarray
    tolerance_minor: np.ndarray
    daily_rate_ppm: np.ndarray
    minimum_share_bp: np.ndarray
    minimum_floor_minor: np.ndarray
    late_charge_bp: np.ndarray
    late_charge_floor_minor: np.ndarray
    late_charge_cap_minor: np.ndarray
    due_days: np.ndarray


def terms_of(bank: Bank) -> Terms:
    """The products' settings as arrays."""
    columns = [np.array([getattr(product, name) for product in bank.products], np.int64) for name in Terms._fields[:-1]]
    return Terms._make([*columns, np.array(DUE_DAYS, np.int64)])


def close_cycles(known: Known, nature: Nature, terms: Terms, seed: int, day: int, rows: np.ndarray, reminded: float) -> int:
    """Close the statements of the cards `rows` (those whose day it is); returns the balance charged off, minor units.

    `reminded` is what a practice outside the simulated strategies leaves of forgetting: 1 where there is none.
    """
    rows = rows[(known.status[rows] == OPEN) & (known.opened[rows] <= day)]
    gone = rows[known.dpd[rows] > chosen.CHARGE_OFF_DPD]
    lost = int(np.maximum(known.balance[gone], 0).sum())
    known.status[gone] = CHARGED_OFF
    known.dpd[gone], known.bucket[gone], known.oldest_due[gone] = 0, 0, NEVER
    nature.level[gone], nature.pay_day[gone], nature.promise_day[gone] = 0.0, -1, -1
    rows = rows[known.dpd[rows] <= chosen.CHARGE_OFF_DPD]
    charges = _charge_and_spend(known, nature, terms, seed, day, rows)
    _ask(known, terms, day, rows, charges)
    _plan(known, nature, seed, day, rows, reminded)
    return lost


def _charge_and_spend(known: Known, nature: Nature, terms: Terms, seed: int, day: int, rows: np.ndarray) -> np.ndarray:
    """Book the cycle's interest, late charge and purchases; returns interest and charge together."""
    product = known.product[rows]
    owed = np.maximum(known.balance[rows], 0)
    in_full = known.paid_cycle[rows] >= known.statement[rows]
    interest = np.where(in_full, 0, share_ppm(owed, terms.daily_rate_ppm[product] * CYCLE_DAYS))
    charge = late_charge_beyond_tolerance(
        known.unpaid[rows], terms.tolerance_minor[product], terms.late_charge_bp[product],
        terms.late_charge_floor_minor[product], terms.late_charge_cap_minor[product],
    )  # fmt: skip
    spread = chosen.SPEND_SPREAD
    wish = nature.spends[rows] * np.exp(spread * normals_of(seed, rows, day, SPEND) - spread**2 / 2)
    room = np.maximum(known.limit[rows] - owed - interest - charge, 0)
    spent = np.where(known.dpd[rows] > chosen.BLOCKED_DPD, 0, np.minimum(wish.astype(np.int64), room))
    known.balance[rows] += interest + charge + spent
    booked: np.ndarray = interest + charge
    return booked


def _ask(known: Known, terms: Terms, day: int, rows: np.ndarray, charges: np.ndarray) -> None:
    """Issue the statement: what is newly due, by when; the cycles' columns move by one."""
    product = known.product[rows]
    tolerance = terms.tolerance_minor[product]
    owed = np.maximum(known.balance[rows], 0)
    past = np.minimum(carried(known.unpaid[rows], tolerance), owed)
    asked = known.asked[rows]
    # the oldest is paid first; a shortfall that is tolerated, or above what is owed, is asked for no more
    asked = np.where((known.unpaid[rows] <= tolerance)[:, None], 0, asked)
    new = newly_asked(owed, past, charges, terms.minimum_share_bp[product], terms.minimum_floor_minor[product])
    late_now = (known.late[rows] & 1) == 1
    cured = late_now & (known.unpaid[rows] <= tolerance) & ~known.worked[rows]
    bits = (known.self_cured[rows] | cured).astype(np.int64) << 1
    late = known.late[rows].astype(np.int64) << 1
    known.self_cured[rows] = bits & KEPT_BITS
    known.late_before[rows] += ((late >> 12) & 1).astype(np.int16)
    known.late[rows] = late & KEPT_BITS
    asked[:, 1:], asked[:, 0] = asked[:, :-1].copy(), new
    dues = known.dues[rows]
    dues[:, 1:] = dues[:, :-1].copy()
    dues[:, 0] = known.due[rows] = day + terms.due_days[product]
    known.asked[rows], known.dues[rows] = asked, dues
    known.unpaid[rows] = asked.sum(axis=1)
    known.oldest_due[rows] = oldest_unpaid(asked, dues, tolerance)
    known.statement_before[rows], known.statement[rows] = known.statement[rows], known.balance[rows]
    known.paid_cycle_before[rows], known.paid_cycle[rows] = known.paid_cycle[rows], 0
    known.worked[rows] = False
    known.statements_n[rows] += 1


def oldest_unpaid(asked: np.ndarray, dues: np.ndarray, tolerance: np.ndarray) -> np.ndarray:
    """Due day of the oldest statement of which, with older ones, more than the tolerance is unpaid; NEVER where none."""
    found = np.full(len(asked), NEVER, np.int32)
    older = np.zeros(len(asked), np.int64)
    for k in reversed(range(asked.shape[1])):
        older += asked[:, k]
        found = np.where((found == NEVER) & (older > tolerance), dues[:, k], found)
    return found


def _plan(known: Known, nature: Nature, seed: int, day: int, rows: np.ndarray, reminded: float) -> None:
    """When and how much the holders mean to pay by the due date, as in the sample (`arrears.lab.paying.plan_payments`)."""
    habit, state, autopay = nature.habit[rows], nature.state[rows], nature.autopay[rows]
    miss = chosen.FORGETS_OF[habit] * np.exp(0.5 * nature.risk[rows]) * reminded
    miss = np.where(state == NORMAL, np.where(autopay, 0.004, miss), chosen.MISSES_IN[state])
    # who is behind is the repayment process's
    pays = (uniforms_of(seed, rows, day, FORGET) >= miss) & (known.unpaid[rows] > 0) & (known.dpd[rows] == 0)
    drawn = uniforms_of(seed, rows, day, PAY_EARLY)
    early = np.minimum(np.log(drawn) / np.log(1 - 0.13), 17).astype(np.int32)
    early = np.where(habit == SLOPPY, (drawn * 3).astype(np.int32), early)
    nature.pay_day[rows] = np.where(pays, np.where(autopay, known.due[rows], known.due[rows] - early), -1)
    drawn = uniforms_of(seed, rows, day, PAY_MODE)
    mode = np.array([PAY_FULL, PAY_PART, PAY_PART, PAY_FULL])[habit]
    mode = np.where((mode == PAY_PART) & (drawn < 0.35), PAY_MINIMUM, mode)
    mode = np.where((habit == SLOPPY) & (drawn > 0.6), PAY_FULL, mode)
    mode = np.where(state > NORMAL, np.where(drawn < 0.2 * state, PAY_SHORT, PAY_MINIMUM), mode)
    nature.pay_mode[rows] = np.where(pays, mode, NO_PLAN)


ENTERED, CURED, CURED_IN_TIME, IN_TIME_OF = range(4)
AGED = 4
"""What `age` counts."""
CURE_DAYS = 30
_NEVER = NEVER


@njit(cache=True, nogil=True)
def judge_dues(known: Known, terms: Terms, day: int, people: tuple[int, int]) -> None:
    """Mark the newest statement late where due date and grace ended yesterday with more than the tolerance unpaid.

    `people`: the first, and the one after the last.

    Before the closings of the day: in February a month is over as soon as the grace is.
    """
    for i in range(people[0], people[1]):
        product = known.product[i]
        passed = known.due[i] + terms.grace_days[product] + 1 == day and known.status[i] == 0
        if passed and known.unpaid[i] > terms.tolerance_minor[product]:
            known.late[i] |= 1
            if known.statements_n[i] == 1:
                known.first_missed[i] = True


@njit(cache=True, nogil=True)
def age(
    known: Known, terms: Terms, day: int, first: int, last: int, people: tuple[int, int], counts: np.ndarray
) -> None:  # fmt: skip
    """Days past due and buckets of `people` (the first, the one after the last) as of the morning of `day`.

    `counts` gains cards that came past due, those that came out of it, and, of those that came past due from `first` to
    `last`, all and the ones out of it within `CURE_DAYS`.
    """
    for i in range(people[0], people[1]):
        if known.status[i] != 0 or known.opened[i] > day:
            continue
        grace = terms.grace_days[known.product[i]]
        oldest, before = known.oldest_due[i], known.dpd[i]
        if oldest >= day and before == 0:
            continue
        late = day - oldest
        now = late if oldest != _NEVER and late > grace else 0
        now = max(now, 0)
        known.dpd[i] = now
        if before == 0 and now > 0:
            known.entered[i] = day
            counts[ENTERED] += 1
            if first <= day <= last:
                counts[IN_TIME_OF] += 1
        elif before > 0 and now == 0:
            counts[CURED] += 1
            entered = known.entered[i]
            if first <= entered <= last and day - entered <= CURE_DAYS:
                counts[CURED_IN_TIME] += 1
        bucket = min((now + 29) // 30, 7)
        if bucket != known.bucket[i]:
            known.bucket[i] = bucket
            known.bucket_since[i] = day
