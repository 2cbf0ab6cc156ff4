"""The allocator of the business day, over the simulator's offers: effort goes where it is worth most.

Offers and capacities come in; the same options, worths and prices as in the step `allocate` decide. It reads what a bank knows.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from arrears.allocate.options import Groups, options
from arrears.allocate.problem import NO_CAPACITY, Capacity
from arrears.allocate.response import ANY_BAND, STAGES, Response, load_response
from arrears.allocate.solve import solve_in_memory
from arrears.allocate.worths import Worths
from arrears.feed.contracts import CHANNELS
from arrears.lab.simulation.efforts import RESOURCES, TAKES, Offers
from arrears.playbook.conditions import BANDS


def by_worth(offers: Offers, left: np.ndarray, day: int) -> np.ndarray:
    """The offers that together are worth most within what is left; ties by the cardholder's number."""
    del day
    order = np.lexsort((offers.alternative, offers.step, -offers.priority, offers.customer))
    made = np.zeros(len(offers), np.bool_)
    if not len(order):
        return made
    customer = offers.customer[order]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(customer)) + 1, [len(customer)]]).astype(np.int64)
    groups = Groups(starts, offers.step[order], offers.channel[order], offers.room[order], np.zeros(len(order), np.bool_))
    worths = _worths(offers, order)
    found = options(groups, worths, customer[starts[:-1]])
    capacities = [Capacity(name, max(int(amount), 0)) for name, amount in zip(RESOURCES, left, strict=True)]
    plan = solve_in_memory(found.partition, capacities, threads=1)
    made[order[found.made(plan.choice(), len(order))]] = True
    return made


def _worths(offers: Offers, order: np.ndarray) -> Worths:
    shares, costs = _tables()
    channel, band = offers.channel[order], offers.band[order]
    stage = np.minimum(offers.bucket[order], len(STAGES) - 1)
    takes = TAKES[channel]
    slots = np.where(takes > 0, np.arange(len(RESOURCES), dtype=np.int32), NO_CAPACITY).astype(np.int32)
    return Worths(shares[channel, stage, band], np.maximum(offers.balance_minor[order], 0), costs[channel], slots, takes)


@cache
def _tables() -> tuple[np.ndarray, np.ndarray]:
    """Share of the balance by channel, stage and band (the last column for no band), and cost by channel."""
    response: Response = load_response()
    bands = (*BANDS, ANY_BAND)
    shares = np.array(
        [[[response.share_ppm(channel, stage, band, 0) for band in bands] for stage in STAGES] for channel in CHANNELS],  # type: ignore[arg-type]
        np.int64,
    )
    return shares, np.array([response.efforts[channel].cost_minor for channel in CHANNELS], np.int64)  # type: ignore[index]
