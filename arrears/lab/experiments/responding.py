"""Who responds, feature by feature: the effect in each level, and a test whether it is the same in all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from arrears.lab.experiments.estimates import Estimate, alike, discovery_rates, estimate, holm
from arrears.lab.experiments.features import OTHER, Feature

Array = np.ndarray[Any, Any]

ROWS_MIN = 20
"""Rows of a level in each arm below which it is not tested by itself."""
EVENTS_MIN = 5.0
"""For a yes-or-no outcome: rows of the rarer answer expected in each arm's part of a level."""
VARIED_MIN = 10
"""For other outcomes: rows of each arm's part that are not the commonest value (most customers pay nothing)."""


@dataclass(frozen=True)
class Level:
    """The effect in one level of a feature."""

    level: str
    n_treated: int
    n_control: int
    effect: Estimate


@dataclass(frozen=True)
class Response:
    """One feature: its levels and the test of interaction, by itself and among all features tested."""

    feature: str
    levels: tuple[Level, ...]
    statistic: float
    p: float
    p_holm: float
    q: float
    """The false discovery rate at which the feature is listed (Benjamini and Hochberg)."""


@dataclass(frozen=True)
class Cells:
    """Sums by level and arm: what every figure here is made of."""

    n: Array
    mean: Array
    variance: Array
    units: Array
    """Rows, or clusters where arms are given to clusters."""


def responses(
    features: Sequence[Feature], rows: Array, y: Array, treated: Array, weight: Array | None, cluster: Array | None
) -> list[Response]:  # fmt: skip
    """Every feature over the rows of two arms; features whose levels are all too small keep an open p."""
    found = [_response(feature, rows, y, treated, weight, cluster) for feature in features]
    adjusted, rates = holm([one.p for one in found]), discovery_rates([one.p for one in found])
    return [
        Response(one.feature, one.levels, one.statistic, one.p, p, q)
        for one, p, q in zip(found, adjusted, rates, strict=True)
    ]  # fmt: skip


def _response(feature: Feature, rows: Array, y: Array, treated: Array, weight: Array | None, cluster: Array | None) -> Response:
    codes, names = feature.levels
    codes = codes[rows]
    groups, shown = together(codes, names, y, treated, ordered=feature.ordered)
    cells = cells_of(groups[codes], len(shown), y, treated, weight, cluster)
    effects = cells.mean[:, 1] - cells.mean[:, 0]
    variances = cells.variance.sum(axis=1)
    dfs = welch_dfs(cells)
    levels = tuple(
        Level(
            shown[place], int(cells.n[place, 1]), int(cells.n[place, 0]),
            estimate(float(effects[place]), math.sqrt(variances[place]), float(dfs[place])),
        )
        for place in range(len(shown))
        if cells.n[place].min() > 0
    )  # fmt: skip
    tested = cells.n.min(axis=1) >= ROWS_MIN
    statistic, _, _, p = alike(effects[tested], variances[tested], dfs[tested])
    return Response(feature.name, levels, statistic, p, math.nan, math.nan)


def together(codes: Array, names: Sequence[str], y: Array, treated: Array, *, ordered: bool) -> tuple[Array, list[str]]:
    """Level to group: levels too small to be tested join their neighbour if there is an order, else each other."""
    count = len(names)
    sizes = np.column_stack([np.bincount(codes[arm], minlength=count) for arm in (~treated, treated)])
    values, repeats = np.unique(y, return_counts=True)
    commonest = values[np.argmax(repeats)]
    varied = np.bincount(codes, weights=(y != commonest).astype(float), minlength=count)
    least = EVENTS_MIN if len(values) == 2 else VARIED_MIN
    share = varied / np.maximum(sizes.sum(axis=1), 1)
    expected = sizes.min(axis=1) * (np.minimum(share, 1 - share) if len(values) == 2 else share)
    weak = (sizes.min(axis=1) < ROWS_MIN) | (expected < least)
    present = sizes.sum(axis=1) > 0
    groups = np.full(count, -1)
    shown: list[str] = []
    if not ordered:
        small = [level for level in range(count) if weak[level] and present[level]]
        for level in range(count):
            if present[level] and (not weak[level] or len(small) == 1):
                groups[level] = len(shown)
                shown.append(names[level])
        if len(small) > 1:
            groups[small] = len(shown)
            shown.append(OTHER)
        return groups, shown
    open_group: list[int] = []
    for level in (level for level in range(count) if present[level]):
        open_group.append(level)
        if not weak[level] and sizes[open_group].sum(axis=0).min() >= ROWS_MIN:
            groups[open_group] = len(shown)
            shown.append(_span(names, open_group))
            open_group = []
    if open_group and shown:
        groups[open_group] = len(shown) - 1
        shown[-1] = _span(names, [int(level) for level in np.flatnonzero(groups == len(shown) - 1)])
    elif open_group:
        groups[open_group], shown = 0, [_span(names, open_group)]
    return groups, shown


def _span(names: Sequence[str], levels: Sequence[int]) -> str:
    return names[levels[0]] if len(levels) == 1 else f"{names[levels[0]]} .. {names[levels[-1]]}"


def cells_of(
    groups: Array, count: int, y: Array, treated: Array, weight: Array | None, cluster: Array | None
) -> Cells:  # fmt: skip
    """Means and their variances by group and arm (control first). A cell in which nothing varies gets a variance that says so
    little was seen: (n p + 1/2) / (n + 1) of the commoner value for yes-or-no outcomes, the arm's own variance for others."""
    cell = groups * 2 + treated
    size = 2 * count
    w = np.ones(len(y)) if weight is None else weight
    centre = float(np.average(y, weights=w))
    off = y - centre
    n = np.bincount(cell, minlength=size)
    total = np.bincount(cell, weights=w, minlength=size)
    safe = np.where(total > 0, total, 1.0)
    mean = np.bincount(cell, weights=w * off, minlength=size) / safe
    influence = w * (off - mean[cell]) / safe[cell]
    if cluster is None:
        units = n
        squares = np.bincount(cell, weights=influence**2, minlength=size)
    else:
        _, inverse = np.unique(cluster.astype(np.int64) * size + cell, return_inverse=True)
        sums = np.bincount(inverse, weights=influence)
        owner = np.zeros(len(sums), dtype=np.int64)
        owner[inverse] = cell
        squares, units = np.bincount(owner, weights=sums**2, minlength=size), np.bincount(owner, minlength=size)
    variance = squares * units / np.maximum(units - 1, 1)
    flat = (n > 0) & ((variance <= 0) | (units < 2))
    if flat.any():
        variance = np.where(flat, _little_seen(y, off, treated, n), variance)
    shape = (count, 2)
    return Cells(n.reshape(shape), (mean + centre).reshape(shape), variance.reshape(shape), units.reshape(shape))


def _little_seen(y: Array, off: Array, treated: Array, n: Array) -> Array:
    values = np.unique(y) if len(y) < 1_000 or len(np.unique(y[:1_000])) <= 2 else y[:3]
    if len(values) == 2:
        share = 0.5 / (n + 1)
        smoothed: Array = (values[1] - values[0]) ** 2 * share * (1 - share) / np.maximum(n, 1)
        return smoothed
    own: Array = np.array([off[~treated].var(), off[treated].var()])
    found: Array = np.tile(own, len(n) // 2) / np.maximum(n, 1)
    return found


def welch_dfs(cells: Cells) -> Array:
    """Degrees of freedom of each group's difference."""
    parts = cells.variance**2 / np.maximum(cells.units - 1, 1)
    below = parts.sum(axis=1)
    return np.where(below > 0, cells.variance.sum(axis=1) ** 2 / np.where(below > 0, below, 1), 1.0)
