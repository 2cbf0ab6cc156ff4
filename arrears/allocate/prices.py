"""Prices of capacities: the dual of the allocation, found by Newton steps on exact sums.

With price `p[r]` of capacity `r` every customer takes the candidate that is worth most after paying for what it takes. What
this comes to, plus the price of all there is, is an upper bound on every plan, whatever the prices. It is convex in the prices,
its slope is what is left of each capacity, and its curvature can be read off the customers whose best and second-best choice
are close: a step of price moves these. Zhang et al. (WWW 2020) descend by coordinate from buckets of such breakpoints;
collecting the cross products too gives the whole curvature in one pass, and so a step that minds how capacities hang together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arrears.allocate.kernels import BAND_ALL, compiled
from arrears.allocate.tasks import PassAt, Scales, Sums

Evaluate = Callable[[PassAt], Sums]
"""The sums of a pass over all customers in question."""
_WHOLE = 1 << 20
"""A band of all that is spent."""


@dataclass(frozen=True)
class Point:
    """A pass, the sums it found, and the bound they give."""

    at: PassAt
    sums: Sums
    dual: int
    """Upper bound on any plan's value, in `2 ** -scale` minor units."""

    @staticmethod
    def of(at: PassAt, sums: Sums, capacity: Sequence[int]) -> Point:
        """The bound, in integers: value and tie-breakers of the best choices, and the price of what they leave."""
        left = sum(price * (have - took) for price, have, took in zip(at.prices, capacity, sums.use, strict=True))
        return Point(at, sums, (sums.value << at.scales.scale) + sums.ties + left)

    def imbalance(self, capacity: Sequence[int]) -> int:
        """Price of all that is left or too much, over all capacities; what is free and over-used counts at its weight."""
        return sum(
            abs(have - took) * (price if took <= have else weight)
            for price, weight, have, took in zip(self.at.prices, self.at.weigh, capacity, self.sums.use, strict=True)
        )


@dataclass(frozen=True)
class Effort:
    """How long to look."""

    passes: int
    near: int
    """Customers that a band should hold."""
    imbalance_ppb: int
    """Price of what is left or too much, in parts per billion of the bound, that is good enough."""
    idle_ppb: int
    """A step that lowers the bound by less brings nothing."""
    patience: int = 4
    """Steps in a row that bring nothing after which the search ends."""


@dataclass(frozen=True)
class Found:
    """The best point, and how many passes it took to find."""

    best: Point
    passes: int


def descend(evaluate: Evaluate, start: PassAt, capacity: Sequence[int], effort: Effort) -> Found:
    """Lower the bound from the pass `start` until nothing more is gained; `capacity` in the capacities' units."""
    best, reach, idle, at = Point.of(start, evaluate(start), capacity), 0.5, 0, start
    sums, passes = best.sums, 1
    while passes < effort.passes and idle < effort.patience:
        if best.imbalance(capacity) * 1_000_000_000 <= effort.imbalance_ppb * best.dual:
            break
        band = max(1, min(max(at.band * effort.near // max(sums.near, 1), at.band // 8), at.band * 8, _WHOLE))
        prices = stepped(best, capacity, reach)
        weigh = tuple(max(price, old // 2, 1) for price, old in zip(prices, best.at.weigh, strict=True))
        at = PassAt(prices, band, weigh, start.scales)
        sums = evaluate(at)
        passes += 1
        point = Point.of(at, sums, capacity)
        gained = best.dual - point.dual
        idle = 0 if gained * 1_000_000_000 > best.dual * effort.idle_ppb else idle + 1
        reach = min(reach * 2, 0.5) if gained > 0 else reach / 4
        best = point if gained > 0 else best
    return Found(best, passes)


def guessed(evaluate: Evaluate, capacity: Sequence[int], scales: Scales) -> PassAt:
    """Prices to start from: what all that is wanted when everything is free is worth per unit, for what is then over-used."""
    free = PassAt((0,) * len(capacity), BAND_ALL, (0,) * len(capacity), scales)
    sums = evaluate(free)
    worth = (sums.value << scales.scale) // len(capacity)
    weigh = tuple(
        min(max(1, worth // max(took, 1)), most) for took, most in zip(sums.use, scales.price_max, strict=True)
    )  # fmt: skip
    prices = tuple(one if took > have else 0 for one, took, have in zip(weigh, sums.use, capacity, strict=True))
    return PassAt(prices, _WHOLE // 8, weigh, scales)


def stepped(point: Point, capacity: Sequence[int], reach: float) -> tuple[int, ...]:
    """Prices after one Newton step within a box: each moves by at most `reach` times its weight.

    Floats are used here, in a fixed order and once for all partitions; they only say where to look next, never what is true.
    """
    at, most = point.at, point.at.scales.price_max
    unit = float(1 << at.scales.coarse) * _WHOLE / (2.0 * 65536.0 * at.band)
    curvature = point.sums.curvature.astype(np.float64) * unit
    price, weigh = np.array([float(one) for one in at.prices]), np.array([float(one) for one in at.weigh])
    slope = weigh * np.array([float(have - took) for have, took in zip(capacity, point.sums.use, strict=True)])
    low = np.maximum(-price / weigh, -reach)
    high = np.minimum(reach, (np.array([float(one) for one in most]) - price) / weigh)
    move = weigh * boxed_newton(curvature, slope, low, high)
    return tuple(
        min(max(0, round(old + by)), limit) for old, by, limit in zip(price.tolist(), move.tolist(), most, strict=True)
    )  # fmt: skip


@compiled
def boxed_newton(
    curvature: NDArray[np.float64], slope: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The move within the box that makes `slope . move + move . curvature . move / 2` small, by projected Gauss-Seidel."""
    n = len(slope)
    move = np.zeros(n)
    pull = slope.copy()
    for _ in range(400):
        largest = 0.0
        for r in range(n):
            bend = curvature[r, r] * 1.0001
            flat = low[r] if pull[r] > 0.0 else (high[r] if pull[r] < 0.0 else 0.0)
            to = min(max(move[r] - pull[r] / bend if bend > 0.0 else flat, low[r]), high[r])
            by = to - move[r]
            if by != 0.0:
                move[r] = to
                for s in range(n):
                    pull[s] += curvature[s, r] * by
                span = high[r] - low[r]
                if span > 0.0 and abs(by) / span > largest:
                    largest = abs(by) / span
        if largest < 1e-9:
            break
    return move
