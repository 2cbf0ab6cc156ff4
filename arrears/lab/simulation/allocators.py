"""Two plain allocators: capacities filled by the playbook's priority, or by the largest balance.

Both make what `first_lawful` chose, and where a capacity is exhausted the step's next lawful alternative that still has one.
Ties are broken by a hash of customer and day, so that nobody is last for ever.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from arrears.errors import UsageError
from arrears.lab.simulation.chance import uniforms_of
from arrears.lab.simulation.efforts import Allocator, Offers
from arrears.lab.simulation.optimised import by_worth

_TIES = 2_000
"""Purpose of the hash that breaks ties."""


def by_priority(offers: Offers, left: np.ndarray, day: int) -> np.ndarray:
    """The most urgent step first."""
    return _filled(offers, left, np.lexsort((_ties(offers, day), -offers.priority)))


def by_balance(offers: Offers, left: np.ndarray, day: int) -> np.ndarray:
    """Whoever owes most first, of one customer the most urgent step."""
    return _filled(offers, left, np.lexsort((-offers.priority, _ties(offers, day), -offers.balance_minor)))


ALLOCATORS: dict[str, Allocator] = {"rule": by_priority, "balance": by_balance, "optimised": by_worth}
"""By the name they have on the command line."""


def allocator_named(name: str) -> Allocator:
    """Raises `UsageError` where there is none of that name."""
    if name not in ALLOCATORS:
        raise UsageError(
            f"no allocator {name!r} here", where="--allocator", remedy=f"use one of {', '.join(sorted(ALLOCATORS))}"
        )
    return ALLOCATORS[name]


def _ties(offers: Offers, day: int) -> np.ndarray:
    drawn: np.ndarray = uniforms_of(0, offers.customer, day, _TIES)
    return drawn


def _filled(offers: Offers, left: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Planned offers in this order, each or its step's next alternative as long as there is capacity."""
    group = np.concatenate([[0], np.cumsum((np.diff(offers.customer) != 0) | (np.diff(offers.step) != 0))])
    made = np.zeros(len(offers), np.bool_)
    if len(offers):
        _fill(order[offers.planned[order]], group, offers.customer, offers.channel, offers.takes, left.copy(), made)
    return made


@njit(cache=True)
def _fill(
    order: np.ndarray, group: np.ndarray, customer: np.ndarray, channel: np.ndarray, takes: np.ndarray, left: np.ndarray,
    made: np.ndarray,
) -> None:  # fmt: skip
    """The planned offer of each group, or the first after it that fits and whose channel the customer has no contact in.

    Offers of one customer stand together; those planned and not reached yet hold their channel.
    """
    reserved = np.zeros(len(made), np.bool_)
    for offer in order:
        reserved[offer] = True
    for offer in order:
        reserved[offer] = False
        way = offer
        while way < len(made) and group[way] == group[offer]:
            fits = True
            for resource in range(len(left)):
                if takes[way, resource] > left[resource]:
                    fits = False
            if fits and _free(way, customer, channel, reserved, made):
                made[way] = True
                for resource in range(len(left)):
                    left[resource] -= takes[way, resource]
                break
            way += 1


@njit(cache=True)
def _free(way, customer, channel, reserved, made):  # type: ignore[no-untyped-def]
    """No other contact with the customer in this channel is made or reserved."""
    other = way
    while other > 0 and customer[other - 1] == customer[way]:
        other -= 1
    while other < len(made) and customer[other] == customer[way]:
        if other != way and channel[other] == channel[way] and (made[other] or reserved[other]):
            return False
        other += 1
    return True
