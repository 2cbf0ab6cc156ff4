"""Who may matter to a playbook today: everybody else would be read by the day's queries for nothing.

What the bank knows and a playbook come in, the numbers of cardholders go out. Conservative: a customer whom it leaves out has
no candidate whatever the segment, since no trigger of any step fires; who is in may still have none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import numpy as np

from arrears.bank import Bank
from arrears.lab.simulation.book_of_the_day import BookOfTheDay, next_due, ordinal
from arrears.lab.simulation.cardholders import OPEN, Known
from arrears.playbook import Playbook
from arrears.playbook.candidates import laid_out
from arrears.playbook.conditions import All, Between, Condition, Either, Not, OneOf
from arrears.playbook.triggers import DpdTrigger, due_on

DPD_MAX = 4_000


def held(known: Known, today: int) -> np.ndarray:
    """The cardholders of the bank: those who have joined, and whose debt is not another's to collect."""
    found: np.ndarray = (known.opened <= today) & (known.status == OPEN)
    return found


def relevant(known: Known, playbook: Playbook, bank: Bank, day: date) -> np.ndarray:
    """The cardholders for whom some trigger of the playbook may fire on `day`, ascending."""
    triggers, rows = laid_out(playbook, day)
    today = ordinal(day)
    by_dpd = np.zeros(DPD_MAX, np.bool_)
    for trigger in triggers:
        if trigger.dpd is not None:
            by_dpd |= days_past_due_of(trigger.dpd)
    fires = by_dpd[known.dpd]
    dates = {"due": next_due(known, today), "bucket_day": known.bucket_since, "since_days": known.opened}
    for kind, column in dates.items():
        days = {offset for trigger in triggers for offset in getattr(trigger, kind) or ()}
        if days:
            fires |= np.isin(column, [ordinal(due_on(day, offset)) for offset in days])
    campaigns = {row.segment.id: row.segment for row in rows if row.step.trigger.month_day is not None}
    if campaigns:
        everybody = np.arange(len(fires))
        numbers = BookOfTheDay(known, bank, today, today, everybody).numbers
        for segment in campaigns.values():
            holds = may_hold(segment.condition, numbers)
            fires |= True if holds is None else holds
    return np.flatnonzero(fires & held(known, today))


@lru_cache(maxsize=1_000)
def days_past_due_of(trigger: DpdTrigger) -> np.ndarray:
    """By days past due: whether the trigger fires."""
    return np.array([late > 0 and trigger.first_in(late, late) == late for late in range(DPD_MAX)])


def may_hold(condition: Condition, numbers: Mapping[str, np.ndarray]) -> np.ndarray | None:
    """Where a condition may hold, judged by these columns alone; None where they cannot say: it may hold for everybody."""
    if isinstance(condition, Between) and condition.column in numbers:
        column = numbers[condition.column]
        low = True if condition.low is None else column >= condition.low
        high = True if condition.high is None else column <= condition.high
        return np.broadcast_to(np.asarray(low) & np.asarray(high), column.shape)
    if isinstance(condition, OneOf) and condition.column in numbers:
        return np.isin(numbers[condition.column], condition.values)
    if isinstance(condition, All):
        parts = [part for part in (may_hold(one, numbers) for one in condition.parts) if part is not None]
        return np.logical_and.reduce(parts) if parts else None
    if isinstance(condition, Either):
        ways = [part for part in (may_hold(one, numbers) for one in condition.parts) if part is not None]
        return np.logical_or.reduce(ways) if ways and len(ways) == len(condition.parts) else None
    if isinstance(condition, Not) and isinstance(condition.part, Between | OneOf):
        holds = may_hold(condition.part, numbers)
        return None if holds is None else ~holds
    return None
