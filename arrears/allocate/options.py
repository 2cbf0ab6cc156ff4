"""A customer's options of a day: every set of contacts that can be made together, as candidates of the knapsack.

Openings come in as arrays, sorted by customer; options go out, each with its worth, its takings and its members. Of a step
one way is made, of a channel one contact, together no more than the customer's room.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from arrears.allocate.problem import NO_CAPACITY, Partition, sparse
from arrears.allocate.worths import PPM, Worths

Ints = NDArray[np.int64]
TOGETHER_MAX = 3
"""Contacts in one option; no segment of ours allows more a day."""
OPENINGS_MAX = 12
"""Openings of one customer that are combined: the most urgent ones."""
NOBODY = -1


@dataclass(frozen=True)
class Groups:
    """A day's openings by customer."""

    starts: Ints
    """First row of each customer, and the number of rows; shape (customers + 1,)."""
    step: Ints
    channel: Ints
    """Numbers that tell steps and channels apart; shape (rows,)."""
    room: Ints
    """Contacts the customer may still get today; shape (rows,)."""
    required: NDArray[np.bool_]


@dataclass(frozen=True)
class Options:
    """The options of all customers, in the order of their openings."""

    partition: Partition
    members: Ints
    """Rows of the openings in each option, `NOBODY` in unused places; shape (options, TOGETHER_MAX)."""

    def made(self, choice: NDArray[np.signedinteger], rows: int) -> NDArray[np.bool_]:
        """Which of the openings the chosen options make."""
        offsets = self.partition.offsets
        worked = np.flatnonzero(choice >= 0)
        chosen = self.members[offsets[worked] + choice[worked]]
        found = np.zeros(rows, np.bool_)
        found[chosen[chosen != NOBODY]] = True
        return found


def required_first(groups: Groups) -> tuple[NDArray[np.bool_], Groups]:
    """The openings that a rule or a floor demands, and what is left for the others.

    Of each such step the first way, of each channel the most urgent, within the customer's room. What is left has no more ways
    of these steps and channels.
    """
    made = np.zeros(len(groups.step), np.bool_)
    room = groups.room.copy()
    _require(groups.starts, groups.step, groups.channel, room, groups.required, made)
    return made, Groups(groups.starts, groups.step, groups.channel, room, groups.required)


def options(groups: Groups, worths: Worths, key: Ints) -> Options:
    """Every option that has worth above 0; `key` tells customers apart and breaks ties, one number a customer."""
    counts = np.zeros(len(groups.starts) - 1, np.int64)
    nothing = np.empty((0, TOGETHER_MAX), np.int64)
    args = (groups.starts, groups.step, groups.channel, groups.room, worths.worth_minor)
    _combine(*args, counts, nothing, False)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    members = np.full((offsets[-1], TOGETHER_MAX), NOBODY, np.int64)
    _combine(*args, offsets[:-1].copy(), members, True)
    value = _together(members, worths.share_ppm, worths.owed_minor, worths.cost_minor)
    resource, amount = _drawn(members, worths.resource, worths.amount)
    return Options(sparse(offsets, value, amount, resource, key=key), members)


def _together(members: Ints, share: Ints, owed: Ints, cost: Ints) -> Ints:
    """Worth of each option: the chance that none of its contacts brings the money shrinks with each, their costs add up."""
    missed = np.full(len(members), PPM, np.int64)
    spent = np.zeros(len(members), np.int64)
    for place in range(members.shape[1]):
        there = members[:, place] != NOBODY
        row = np.where(there, members[:, place], 0)
        missed = np.where(there, missed * (PPM - share[row]) // PPM, missed) if len(share) else missed
        spent += np.where(there, cost[row], 0) if len(cost) else 0
    first = members[:, 0]
    return (owed[first] * (PPM - missed) // PPM - spent).astype(np.int64) if len(members) else np.empty(0, np.int64)


def _drawn(members: Ints, resource: NDArray[np.int32], amount: Ints) -> tuple[NDArray[np.int32], Ints]:
    """Capacities of each option, those that several members draw on added up."""
    slots = resource.shape[1] * members.shape[1] if len(members) and (members[:, 1:] != NOBODY).any() else resource.shape[1]
    found = np.full((len(members), slots), NO_CAPACITY, np.int32)
    taken = np.zeros((len(members), slots), np.int64)
    if len(members):
        _add_up(members, resource, amount, found, taken)
    used = (found != NO_CAPACITY).any(axis=0)
    width = max(1, int(np.flatnonzero(used).max(initial=-1)) + 1)
    return np.ascontiguousarray(found[:, :width]), np.ascontiguousarray(taken[:, :width])


@njit(cache=True)
def _clash(one, other, step, channel):  # type: ignore[no-untyped-def]
    """Two ways of one step, or two contacts in one channel."""
    return step[one] == step[other] or channel[one] == channel[other]


@njit(cache=True)
def _require(starts, step, channel, room, required, made):  # type: ignore[no-untyped-def]
    for customer in range(len(starts) - 1):
        first, end = starts[customer], starts[customer + 1]
        for row in range(first, end):
            if required[row] and room[row] > 0:
                made[row] = True
                for other in range(first, end):
                    room[other] = 0 if _clash(other, row, step, channel) else room[other] - 1


@njit(cache=True)
def _combine(  # type: ignore[no-untyped-def]
    starts, step, channel, room, worth, at, members, write
):
    """Count the options of each customer into `at`, or write them from where `at` says."""
    for customer in range(len(starts) - 1):
        first = starts[customer]
        end = min(starts[customer + 1], first + OPENINGS_MAX)
        place = at[customer]
        for one in range(first, end):
            if room[one] <= 0 or worth[one] <= 0:
                continue
            if write:
                members[place, 0] = one
            place += 1
            for two in range(one + 1, end):
                if min(room[one], room[two]) < 2 or worth[two] <= 0 or _clash(one, two, step, channel):
                    continue
                if write:
                    members[place, 0], members[place, 1] = one, two
                place += 1
                for three in range(two + 1, end):
                    if min(room[one], room[two], room[three]) < 3 or worth[three] <= 0:
                        continue
                    if _clash(one, three, step, channel) or _clash(two, three, step, channel):
                        continue
                    if write:
                        members[place, 0], members[place, 1], members[place, 2] = one, two, three
                    place += 1
        at[customer] = place


@njit(cache=True)
def _add_up(members, resource, amount, found, taken):  # type: ignore[no-untyped-def]
    for option in range(len(members)):
        used = 0
        for place in range(members.shape[1]):
            row = members[option, place]
            if row < 0:
                continue
            for slot in range(resource.shape[1]):
                capacity = resource[row, slot]
                if capacity < 0:
                    continue
                at = -1
                for known in range(used):
                    if found[option, known] == capacity:
                        at = known
                if at < 0:
                    at = used
                    found[option, at] = capacity
                    used += 1
                taken[option, at] += amount[row, slot]
