"""The simulated bank's late cards a month later, with nobody contacted and under the practice before the first day.

A seed and a number of cardholders come in, the bucket of every card on three mornings goes out. It is the self-cure that no
record of a real bank can show.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from arrears.lab.simulation.allocators import by_priority
from arrears.lab.simulation.cardholders import OPEN
from arrears.lab.simulation.comparing import DEFAULT_PLAYBOOK, strategy_of
from arrears.lab.simulation.efforts import capacities_for
from arrears.lab.simulation.running import Plan, World, new_tally

MONTH_DAYS = 30
CHARGED_OFF_BUCKET = 99


@dataclass(frozen=True)
class Buckets:
    """Of every card, 0 where nothing is past due."""

    month_before: np.ndarray
    """A month before the first day, the practice then at work."""
    first: np.ndarray
    month_after: np.ndarray
    """After a month without any contact."""


def untouched(accounts: int, seed: int, start: date) -> Buckets:
    """Live the settling days, and then a month that nobody is contacted in; no strategy is asked, nothing is drawn."""
    plan = Plan(
        strategy_of(DEFAULT_PLAYBOOK, accounts),
        {},
        by_priority,
        capacities_for(accounts),
        seed,
        accounts,
        start,
        MONTH_DAYS + 1,
    )
    world, tally = World(plan), new_tally()
    found = []
    for today in range(world.first - plan.settling_days, world.first + MONTH_DAYS + 1):
        world.morning(today, tally)
        if today in (world.first - MONTH_DAYS, world.first, world.first + MONTH_DAYS):
            known = world.known
            found.append(np.where(known.status == OPEN, known.bucket, CHARGED_OFF_BUCKET))
        world.evening(today, tally)
    return Buckets(*found)
