"""Fill what single changes cannot: one change that takes of a capacity with some left, and the cheapest ones that make room.

A visit may find minutes left but no money; dropping a few letters of little worth pays for it. Chains are tried in the order of
what their first change promises, and kept where all together brings money and every capacity is kept. This matters where a
capacity is a few dozen treatments; among millions of customers hardly anything is left to fill.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from arrears.allocate.kernels import compiled, mixed, tie_of
from arrears.allocate.problem import Ints

LENGTH_MAX = 12
STARTS_MAX = 20_000
"""First changes that are tried in a round."""
ROUNDS_MAX = 3
_ROOM_MAX = 256
"""Cheapest changes that are looked through to make room in one capacity."""


def chained(
    columns: tuple[Any, ...], owner: NDArray[np.int64], place: NDArray[np.int64], choice: NDArray[np.int32],
    left: NDArray[np.int64],
) -> None:  # fmt: skip
    """Change `choice` and `left` by chains that bring money; `columns` as for `arrears.allocate.repair.scores`."""
    value, amount, pattern, resource, starts, width, key, price, weight, scale, tie_mask = columns
    shape = (value, amount, pattern, resource, starts, width)
    for _ in range(ROUNDS_MAX):
        spare = float((price[:-1].astype(np.float64) * left[:-1]).sum())
        cost = costs(*shape, key, price, scale, tie_mask, owner, place, choice)
        able = np.flatnonzero((cost < spare) & (place != choice[owner]))
        order = able[np.lexsort((place[able], key[owner[able]], cost[able]))]
        room, count = makers(*shape, weight, owner, place, choice, cost, order, len(left) - 1, _ROOM_MAX)
        promise = cost[able] - fills(*shape, price, owner, place, choice, left, able)
        start = able[np.lexsort((place[able], key[owner[able]], promise))][: min(STARTS_MAX, int((promise < 0.0).sum()))]
        if not linked(*shape, price, owner, place, choice, left, cost, start, room, count, spare):
            break


@compiled
def costs(
    value: Ints, amount: Ints, pattern: NDArray[np.int32], resource: NDArray[np.int32], starts: NDArray[np.int64], width: int,
    key: NDArray[np.int64], price: NDArray[np.int64], scale: int, tie_mask: int, owner: NDArray[np.int64],
    place: NDArray[np.int64], choice: NDArray[np.int32],
) -> NDArray[np.float64]:  # fmt: skip
    """What each change to another place loses in reduced value; below 0 where it gains."""
    result = np.zeros(len(owner))
    current = np.zeros(len(starts), np.int64)
    for turn in range(2):
        for m in range(len(owner)):
            i, j = owner[m], place[m]
            worth = np.int64(0)
            if j >= 0:
                c = starts[i] + j
                p = j if width else np.int64(pattern[c])
                worth = (np.int64(value[c]) << scale) + tie_of(mixed(key[i]), j, tie_mask)
                for s in range(amount.shape[1]):
                    worth -= price[resource[p, s]] * np.int64(amount[c, s])
            if turn == 0 and j == choice[i]:
                current[i] = worth
            elif turn == 1:
                result[m] = float(current[i] - worth)
    return result


@compiled
def _shift(amount: Any, pattern: Any, resource: Any, starts: Any, width: Any, i: Any, at: Any, sign: Any, left: Any) -> None:
    """Gives back (`sign` 1) or takes (-1) what customer `i` takes with the candidate at place `at`."""
    if at >= 0:
        c = starts[i] + at
        p = at if width else np.int64(pattern[c])
        for s in range(amount.shape[1]):
            left[resource[p, s]] += sign * np.int64(amount[c, s])


@compiled
def fills(
    value: Ints, amount: Ints, pattern: NDArray[np.int32], resource: NDArray[np.int32], starts: NDArray[np.int64], width: int,
    price: NDArray[np.int64], owner: NDArray[np.int64], place: NDArray[np.int64], choice: NDArray[np.int32],
    left: NDArray[np.int64], which: NDArray[np.int64],
) -> NDArray[np.float64]:  # fmt: skip
    """Price of what each change would fill of what is left: what a chain from it has to gain, before its cost."""
    result, taken = np.zeros(len(which)), np.zeros(len(left), np.int64)
    for n in range(len(which)):
        m = which[n]
        i, j = owner[m], place[m]
        if j < 0:
            continue
        _shift(amount, pattern, resource, starts, width, i, j, 1, taken)
        _shift(amount, pattern, resource, starts, width, i, np.int64(choice[i]), -1, taken)
        p = j if width else np.int64(pattern[starts[i] + j])
        for s in range(amount.shape[1]):
            r = resource[p, s]
            if taken[r] > 0:
                result[n] += float(price[r]) * float(min(taken[r], left[r]))
                taken[r] = 0
        for at in (j, np.int64(choice[i])):
            if at >= 0:
                p = at if width else np.int64(pattern[starts[i] + at])
                for s in range(amount.shape[1]):
                    taken[resource[p, s]] = 0
    return result


@compiled
def makers(
    value: Ints, amount: Ints, pattern: NDArray[np.int32], resource: NDArray[np.int32], starts: NDArray[np.int64], width: int,
    weight: NDArray[np.float64], owner: NDArray[np.int64], place: NDArray[np.int64], choice: NDArray[np.int32],
    cost: NDArray[np.float64], order: NDArray[np.int64], kinds: int, most: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:  # fmt: skip
    """Per capacity the cheapest changes that free some of it, and how many there are; shape (kinds, most)."""
    room, count = np.zeros((kinds + 1, most), np.int64), np.zeros(kinds + 1, np.int64)
    freed = np.zeros(kinds + 1, np.int64)
    for m in order:
        i, had = owner[m], np.int64(choice[owner[m]])
        if had < 0:
            continue
        _shift(amount, pattern, resource, starts, width, i, had, 1, freed)
        _shift(amount, pattern, resource, starts, width, i, place[m], -1, freed)
        p = had if width else np.int64(pattern[starts[i] + had])
        for s in range(amount.shape[1]):
            r = resource[p, s]
            if r >= 0 and freed[r] > 0 and count[r] < most:
                room[r, count[r]] = m
                count[r] += 1
                freed[r] = 0
        for at in (had, place[m]):
            if at >= 0:
                p = at if width else np.int64(pattern[starts[i] + at])
                for s in range(amount.shape[1]):
                    freed[resource[p, s]] = 0
    return room, count


@compiled
def linked(  # noqa: PLR0912 - calls in the loop cost time
    value: Ints, amount: Ints, pattern: NDArray[np.int32], resource: NDArray[np.int32], starts: NDArray[np.int64], width: int,
    price: NDArray[np.int64], owner: NDArray[np.int64], place: NDArray[np.int64], choice: NDArray[np.int32],
    left: NDArray[np.int64], cost: NDArray[np.float64], order: NDArray[np.int64], room: NDArray[np.int64],
    count: NDArray[np.int64], spare: float,
) -> int:  # fmt: skip
    """Tries a chain from each change in order and keeps those that bring money; returns how many were kept."""
    kinds, kept = len(left) - 1, 0
    stale = np.zeros(len(starts), np.bool_)
    chain = np.empty(LENGTH_MAX, np.int64)
    held = np.empty(LENGTH_MAX, np.int32)
    saved = left.copy()
    for m in order:
        if stale[owner[m]]:
            continue
        saved[:] = left
        n, gain, lost, link = 0, np.int64(0), 0.0, m
        while link >= 0 and n < LENGTH_MAX and lost + cost[link] < spare:
            i, j = owner[link], place[link]
            chain[n], held[n] = link, choice[i]
            _shift(amount, pattern, resource, starts, width, i, np.int64(choice[i]), 1, left)
            _shift(amount, pattern, resource, starts, width, i, j, -1, left)
            gain += np.int64(value[starts[i] + j]) if j >= 0 else 0
            gain -= np.int64(value[starts[i] + choice[i]]) if choice[i] >= 0 else 0
            lost += cost[link]
            choice[i], stale[i] = np.int32(j), True
            n += 1
            short = -1
            for r in range(kinds):
                if left[r] < 0:
                    short = r
                    break
            if short < 0:
                break
            link = np.int64(-1)
            for k in range(count[short]):
                one = room[short, k]
                i, j = owner[one], place[one]
                if stale[i]:
                    continue
                _shift(amount, pattern, resource, starts, width, i, j, -1, left)
                new_shortage = False
                if j >= 0:
                    p = j if width else np.int64(pattern[starts[i] + j])
                    for s in range(amount.shape[1]):
                        new_shortage = new_shortage or (
                            left[resource[p, s]] < 0 <= left[resource[p, s]] + amount[starts[i] + j, s]
                        )
                _shift(amount, pattern, resource, starts, width, i, j, 1, left)
                if not new_shortage:
                    link = one
                    break
        whole = gain > 0
        for r in range(kinds):
            whole = whole and left[r] >= 0
        if whole:
            kept += 1
            spare = 0.0
            for r in range(kinds):
                spare += float(price[r]) * float(left[r])
        else:
            for k in range(n - 1, -1, -1):
                choice[owner[chain[k]]], stale[owner[chain[k]]] = held[k], False
            left[:] = saved
    return kept
