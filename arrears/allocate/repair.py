"""From best choices at prices to a plan that keeps every capacity: the marginal customers are decided one by one.

At good prices nearly everything fits. Of what does not, or is left over, the customers whose best and second-best choice are
close decide: they are few, are gathered in one place and taken in the order of what a change costs per unit of (priced)
capacity that it frees or fills, ties by key; so the result follows from the columns alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arrears.allocate.chains import chained
from arrears.allocate.kernels import compiled, mixed, tie_of
from arrears.allocate.problem import Ints
from arrears.allocate.tasks import Marginal, PassAt

FILL_ROUNDS_MAX = 12


@dataclass(frozen=True)
class Repaired:
    """The marginal customers' choices, and what is then left of each capacity (below 0: they were too few to repair it)."""

    choice: NDArray[np.int32]
    left: tuple[int, ...]

    @property
    def feasible(self) -> bool:
        """Whether every capacity is kept."""
        return min(self.left) >= 0


def repaired(marginal: Marginal, left: Sequence[int], at: PassAt, spare_max: int) -> Repaired:
    """Relieve what is over-used, then fill what is left, by changing marginal customers only.

    `left` is what all customers' choices at the pass leave of each capacity. Where after that more is left than `spare_max` at
    the prices (in `2 ** -scale` minor units), chains of changes are tried too.
    """
    partition, choice = marginal.partition, marginal.choice.copy()
    rest = np.array([*left, 0], np.int64)
    priced = np.array([*at.prices, 0], np.int64)
    weight = np.array([*at.weigh, 0], np.float64)
    starts = partition.offsets[:-1] if not partition.width else np.arange(partition.customers, dtype=np.int64) * partition.width
    lengths = np.diff(partition.offsets) if not partition.width else np.full(partition.customers, partition.width, np.int64)
    owner = np.repeat(np.arange(partition.customers), lengths + 1)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(lengths + 1) - (lengths + 1), lengths + 1) - 1
    columns = (
        partition.value, partition.amount, partition.pattern, partition.resource, starts, partition.width, partition.key,
        priced, weight, at.scales.scale, at.scales.tie_mask,
    )  # fmt: skip
    for step, rounds in ((_RELIEVE, partition.customers + 1), (_FILL, FILL_ROUNDS_MAX)):
        for _ in range(rounds):
            score = scores(*columns, owner, place, choice, rest, step)
            useful = np.flatnonzero(score < np.inf)
            if not len(useful):
                break
            order = useful[np.lexsort((place[useful], partition.key[owner[useful]], score[useful]))]
            if not moved(*columns[:6], owner, place, order, choice, rest, step):
                break
    if min(rest[:-1].tolist()) >= 0 and int(sum(p * n for p, n in zip(at.prices, rest.tolist(), strict=False))) > spare_max:
        chained(columns, owner, place, choice, rest)
    return Repaired(choice, tuple(rest[:-1].tolist()))


_RELIEVE, _FILL = 0, 1


@compiled
def scores(  # noqa: PLR0912 - calls in the loop cost time
    value: Ints, amount: Ints, pattern: NDArray[np.int32], resource: NDArray[np.int32], starts: NDArray[np.int64], width: int,
    key: NDArray[np.int64], price: NDArray[np.int64], weight: NDArray[np.float64], scale: int, tie_mask: int,
    owner: NDArray[np.int64], place: NDArray[np.int64], choice: NDArray[np.int32], left: NDArray[np.int64], step: int,
) -> NDArray[np.float64]:  # fmt: skip
    """What each change from a customer's choice to another place costs per unit it frees (step 0) or takes (step 1).

    The smaller the better; infinite for a change that does nothing of the kind.
    """
    slots = amount.shape[1]
    result = np.empty(len(owner))
    reduced = np.zeros(len(owner), np.int64)
    current = np.zeros(len(starts), np.int64)
    for m in range(len(owner)):
        i, j = owner[m], place[m]
        if j >= 0:
            c = starts[i] + j
            p = j if width else np.int64(pattern[c])
            worth = (np.int64(value[c]) << scale) + tie_of(mixed(key[i]), j, tie_mask)
            for s in range(slots):
                worth -= price[resource[p, s]] * np.int64(amount[c, s])
            reduced[m] = worth
        if j == choice[i]:
            current[i] = reduced[m]
    for m in range(len(owner)):
        i, j, had = owner[m], place[m], np.int64(choice[owner[m]])
        result[m] = np.inf
        if j == had:
            continue
        freed, gain = 0.0, np.int64(0)
        for sign, at in ((1.0, had), (-1.0, j)):
            if at >= 0:
                c = starts[i] + at
                p = at if width else np.int64(pattern[c])
                gain += np.int64(value[c]) if sign < 0.0 else -np.int64(value[c])
                for s in range(slots):
                    r = resource[p, s]
                    if step == 1 or left[r] < 0:
                        freed += sign * weight[r] * float(amount[c, s])
        cost = float(current[i] - reduced[m])
        if step == 0 and freed > 0.0:
            result[m] = cost / freed
        elif step == 1 and gain > 0:
            fits = True
            for s in range(slots):
                if had >= 0:
                    c = starts[i] + had
                    left[resource[had if width else np.int64(pattern[c]), s]] += amount[c, s]
            for s in range(slots):
                if j >= 0:
                    c = starts[i] + j
                    r = resource[j if width else np.int64(pattern[c]), s]
                    left[r] -= amount[c, s]
                    fits = fits and left[r] >= 0
            for sign, at in ((1, j), (-1, had)):
                for s in range(slots):
                    if at >= 0:
                        c = starts[i] + at
                        left[resource[at if width else np.int64(pattern[c]), s]] += sign * np.int64(amount[c, s])
            if fits:
                result[m] = cost / max(-freed, 1.0)
    return result


@compiled
def moved(  # noqa: PLR0912 - calls in the loop cost time
    value: Ints, amount: Ints, pattern: NDArray[np.int32], resource: NDArray[np.int32], starts: NDArray[np.int64], width: int,
    owner: NDArray[np.int64], place: NDArray[np.int64], order: NDArray[np.int64], choice: NDArray[np.int32],
    left: NDArray[np.int64], step: int,
) -> int:  # fmt: skip
    """Makes the changes that help, in order, one a customer; returns how many. No capacity ever gets worse than over-used.

    Step 0 takes a change that relieves an over-used capacity and over-uses no other; step 1 one that fits.
    """
    slots = amount.shape[1]
    touched = np.zeros(len(starts), np.bool_)
    before = np.empty(2 * slots + 1, np.int64)
    which = np.empty(2 * slots + 1, np.int64)
    over = 0
    for r in range(len(left) - 1):
        over += left[r] < 0
    made = 0
    for m in order:
        if step == 0 and over == 0:
            break
        i, j, had = owner[m], place[m], np.int64(choice[owner[m]])
        if touched[i] or j == had:
            continue
        n = 0
        for sign, at in ((1, had), (-1, j)):
            if at >= 0:
                c = starts[i] + at
                p = at if width else np.int64(pattern[c])
                for s in range(slots):
                    which[n] = resource[p, s]
                    before[n] = left[which[n]]
                    left[which[n]] += sign * np.int64(amount[c, s])
                    n += 1
        fits, relieves = True, False
        for k in range(n):
            first = before[k]
            for earlier in range(k):
                if which[earlier] == which[k]:
                    first = before[earlier]
                    break
            now = left[which[k]]
            fits = fits and now >= min(first, 0)
            relieves = relieves or (first < 0 and now > first)
        if fits and (step == 1 or relieves):
            touched[i], choice[i] = True, np.int32(j)
            made += 1
            over = 0
            for r in range(len(left) - 1):
                over += left[r] < 0
        else:
            for k in range(n - 1, -1, -1):
                left[which[k]] = before[k]
    return made
