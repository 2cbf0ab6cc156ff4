"""Compiled loops over the customers of one partition. All sums are exact integers, so their order does not matter.

The *reduced value* of a candidate is its value times `2 ** scale`, less what it takes at the prices, plus a tie-breaker of less
than `2 ** -12` minor units that follows from the customer's key; leaving a customer alone has the reduced value 0. Prices are
whole numbers of `2 ** -scale` minor units. A customer's *margin* is by how much its best choice beats the second best.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from arrears.allocate.problem import Ints

P = ParamSpec("P")
R = TypeVar("R")
FAR = np.int64(1) << np.int64(62)
"""Margin of a customer who has no second choice."""
TILE = 512
"""Customers that are ranked before they are summed up: what is known of them stays in the first cache."""
BAND_ALL = 1 << 21
"""A band that takes in every customer who has a candidate and no floor."""


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compiled once and kept on disk; lets other threads run. No fast-math: what floats there are, are IEEE everywhere."""
    return cast(Callable[P, R], numba.njit(nogil=True, cache=True)(function))


@compiled
def mixed(key: Any) -> Any:
    """64 well-mixed bits of a key (the finaliser of SplitMix64, Steele, Lea and Flood, OOPSLA 2014)."""
    z = np.uint64(key) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@compiled
def tie_of(bits: Any, place: Any, mask: Any) -> Any:
    """The tie-breaker of a customer's candidate at `place`: `mask` bits out of the mixed key."""
    return np.int64(bits >> np.uint64((place * 11) & 47)) & mask


@compiled
def survey(
    value: Ints, amount: Ints, pattern: NDArray[np.int32], resource: NDArray[np.int32], offsets: NDArray[np.int64], width: int,
    customers: int, forced: NDArray[np.int32], most: NDArray[np.int64], taken: NDArray[np.int64], found: NDArray[np.int64],
) -> None:  # fmt: skip
    """Most that one candidate takes of each capacity into `most`, what floors take into `taken`.

    `found`: largest absolute value, a negative amount (or 0), customers with floors, widest customer, an amount without a
    capacity (or 0). The last place of `most` and `taken` is for slots without a capacity.
    """
    slots = amount.shape[1]
    for i in range(customers):
        start = i * width if width else offsets[i]
        stop = start + width if width else offsets[i + 1]
        found[3] = max(found[3], stop - start)
        for c in range(start, stop):
            v = np.int64(value[c])
            found[0] = max(found[0], v, -v if v != -v or v == 0 else FAR)
            p = c - start if width else np.int64(pattern[c])
            for s in range(slots):
                a = np.int64(amount[c, s])
                if a > most[resource[p, s]]:
                    most[resource[p, s]] = a
                elif a < 0:
                    found[1] = a
        if len(forced) and forced[i] >= 0:
            found[2] += 1
            c = start + forced[i]
            p = np.int64(forced[i]) if width else np.int64(pattern[c])
            for s in range(slots):
                taken[resource[p, s]] += amount[c, s]


@compiled
def _cost(amount: Any, price: Any, c: Any, p: Any) -> Any:
    """What a candidate takes, at the prices."""
    cost = np.int64(0)
    for s in range(amount.shape[1]):
        cost += price[p, s] * np.int64(amount[c, s])
    return cost


@compiled
def _rank_four(
    value: Any, amount: Any, price: Any, width: Any, key: Any, low: Any, high: Any, scale: Any, tie_mask: Any, best: Any,
    second: Any, at: Any, at_second: Any,
) -> None:  # fmt: skip
    """`_rank` of the dense form with four slots, written out: three times as fast, and what a bank's day looks like."""
    for i in range(low, high):
        bits = mixed(key[i - low])
        one, two, at_one, at_two = np.int64(0), -FAR, np.int64(-1), np.int64(-1)
        for j in range(width):
            c = i * width + j
            cost = (
                price[j, 0] * np.int64(amount[c, 0]) + price[j, 1] * np.int64(amount[c, 1])
                + price[j, 2] * np.int64(amount[c, 2]) + price[j, 3] * np.int64(amount[c, 3])
            )  # fmt: skip
            worth = (np.int64(value[c]) << scale) + tie_of(bits, j, tie_mask) - cost
            wins, places = worth > one, worth > two  # selects, not branches: who wins cannot be predicted
            at_two = at_one if wins else (c if places else at_two)
            two = one if wins else (worth if places else two)
            at_one = c if wins else at_one
            one = worth if wins else one
        best[i - low], second[i - low], at[i - low], at_second[i - low] = one, two, at_one, at_two


@compiled
def _rank(
    value: Any, amount: Any, pattern: Any, offsets: Any, price: Any, width: Any, key: Any, low: Any, high: Any, scale: Any,
    tie_mask: Any, best: Any, second: Any, at: Any, at_second: Any,
) -> None:  # fmt: skip
    """Best and second-best reduced value of customers `low` to before `high`, and the rows of these candidates (-1: none)."""
    for i in range(low, high):
        start = i * width if width else offsets[i]
        stop = start + width if width else offsets[i + 1]
        bits = mixed(key[i - low])
        one, two, at_one, at_two = np.int64(0), -FAR, np.int64(-1), np.int64(-1)
        for place in range(stop - start):
            c = start + np.int64(place)
            cost = _cost(amount, price, c, c - start if width else np.int64(pattern[c]))
            worth = (np.int64(value[c]) << scale) + tie_of(bits, place, tie_mask) - cost
            wins, places = worth > one, worth > two
            at_two = at_one if wins else (c if places else at_two)
            two = one if wins else (worth if places else two)
            at_one = c if wins else at_one
            one = worth if wins else one
        best[i - low], second[i - low], at[i - low], at_second[i - low] = one, two, at_one, at_two


@compiled
def scan(  # noqa: PLR0912 - calls in the loop cost time
    value: Ints, amount: Ints, pattern: NDArray[np.int32], resource: NDArray[np.int32], offsets: NDArray[np.int64], width: int,
    customers: int, first: int, key: NDArray[np.int64], forced: NDArray[np.int32], price: NDArray[np.int64], scale: int,
    tie_mask: int, band: int, weigh: NDArray[np.int64], coarse: int, use: NDArray[np.int64], curvature: NDArray[np.int64],
    sums: NDArray[np.int64], choice: NDArray[np.int32], near: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Every customer's best choice at the prices, and the sums over them.

    `price` holds the price of each pattern's slots. Into `use` goes what the choices take of each capacity; into `sums` their
    value, their tie-breakers, and how many customers are near: their margin is below `band / 2 ** 20` of what best and second
    choice take at the prices (all are, who have a second choice, from `BAND_ALL` on). Over these, `_bend` sums up `curvature`.
    `choice` and `near` are filled where they are not empty: place of the choice (-1: none), and whether the customer is near.
    Customers under a floor get it, and are never near.
    """
    slots, four = amount.shape[1], width > 0 and amount.shape[1] == 4
    fill_choice, fill_near, floors = len(choice) > 0, len(near) > 0, len(forced) > 0
    which, by = np.empty(2 * slots, np.int64), np.empty(2 * slots, np.int64)
    best, second = np.empty(TILE, np.int64), np.empty(TILE, np.int64)
    at, at_second, keys = np.empty(TILE, np.int64), np.empty(TILE, np.int64), np.empty(TILE, np.int64)
    for low in range(0, customers, TILE):
        high = min(low + TILE, customers)
        for i in range(low, high):
            keys[i - low] = key[i] if len(key) else first + i
        if four:
            _rank_four(value, amount, price, width, keys, low, high, scale, tie_mask, best, second, at, at_second)
        else:
            _rank(
                value, amount, pattern, offsets, price, width, keys, low, high, scale, tie_mask, best, second, at, at_second
            )  # fmt: skip
        for i in range(low, high):
            start = i * width if width else offsets[i]
            one: Any = at[i - low]
            two: Any = at_second[i - low]
            fixed = floors and forced[i] >= 0
            if fixed:
                one = start + forced[i]
            cost: Any = np.int64(0)
            p: Any = np.int64(-1)
            if one >= 0:
                p = one - start if width else np.int64(pattern[one])
                sums[0] += value[one]
                for s in range(slots):
                    use[resource[p, s]] += amount[one, s]
                cost = _cost(amount, price, one, p)
                if not fixed:
                    sums[1] += best[i - low] + cost - (np.int64(value[one]) << scale)
            if fill_choice:
                choice[i] = one - start if one >= 0 else -1
            if fixed or second[i - low] <= -FAR:
                continue
            if two >= 0:
                cost += _cost(amount, price, two, two - start if width else np.int64(pattern[two]))
            if band >= BAND_ALL or best[i - low] - second[i - low] < (cost >> 20) * band:
                sums[2] += 1
                if fill_near:
                    near[i] = True
                if cost > 0 and band < BAND_ALL:
                    _bend(amount, pattern, resource, start, width, one, two, cost, weigh, coarse, which, by, curvature)


@compiled
def _bend(
    amount: Any, pattern: Any, resource: Any, start: Any, width: Any, at: Any, at_second: Any, spent: Any, weigh: Any,
    coarse: Any, which: Any, by: Any, curvature: Any,
) -> None:  # fmt: skip
    """Adds to `curvature` the products of the differences in use between best and second choice.

    Differences are priced at `weigh` and counted in 256ths of `spent`; their products in `spent / 2 ** coarse`. If these sums
    ever wrap around they still do not depend on the order, and only make the next step a poor one.
    """
    unit = max(spent >> 8, 1)
    n = 0
    for sign, c in ((1, at), (-1, at_second)):
        if c >= 0:
            p = c - start if width else np.int64(pattern[c])
            for s in range(amount.shape[1]):
                if amount[c, s] != 0:
                    which[n] = resource[p, s]
                    by[n] = sign * min(weigh[which[n]] * np.int64(amount[c, s]) // unit, 4096)
                    n += 1
    mass = min(max(spent >> coarse, 1), 1 << 30)
    for a in range(n):
        for b in range(n):
            curvature[which[a], which[b]] += by[a] * by[b] * mass


@compiled
def total(
    value: Ints, amount: Ints, pattern: NDArray[np.int32], resource: NDArray[np.int32], offsets: NDArray[np.int64], width: int,
    choice: NDArray[np.int32], use: NDArray[np.int64], sums: NDArray[np.int64],
) -> None:  # fmt: skip
    """What given choices bring (`sums[0]`) and take (`use`); `sums[1]` counts customers who are worked."""
    for i in range(len(choice)):
        if choice[i] >= 0:
            start = i * width if width else offsets[i]
            c = start + choice[i]
            p = np.int64(choice[i]) if width else np.int64(pattern[c])
            sums[0] += value[c]
            sums[1] += 1
            for s in range(amount.shape[1]):
                use[resource[p, s]] += amount[c, s]


@compiled
def drawn(first: int, key: NDArray[np.int64], forced: NDArray[np.int32], below: Any, into: NDArray[np.bool_]) -> None:
    """Marks customers without a floor whose mixed key, mixed again, is below `below`."""
    for i in range(len(into)):
        bits = mixed(np.int64(mixed(key[i] if len(key) else first + i)))
        into[i] = bits < below and not (len(forced) and forced[i] >= 0)
