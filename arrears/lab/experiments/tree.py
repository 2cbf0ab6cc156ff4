"""An honest tree: splits are chosen on one half of the rows, effects are told from the other (Athey and Imbens 2016)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from arrears.lab.experiments.estimates import Estimate, alike, estimate
from arrears.lab.experiments.features import Feature
from arrears.lab.experiments.responding import cells_of, welch_dfs

Array = np.ndarray[Any, Any]

DEPTH = 2
LEAF_MIN = 50
"""Rows of each arm in a leaf, in the half that chooses."""
SPLIT_LEVEL = 0.05
"""A split stands if the best of all cuts tried is beyond chance at this level, after Bonferroni over them."""
SEED = 20_240_603


@dataclass(frozen=True)
class Leaf:
    """Conditions that lead to it, and the effect among the rows of the half that did not choose them."""

    conditions: tuple[str, ...]
    n_treated: int
    n_control: int
    effect: Estimate


@dataclass(frozen=True)
class Tree:
    """Leaves, the most responsive first, and the test on the second half that all respond alike; one leaf: no split stood."""

    leaves: tuple[Leaf, ...]
    p: float


@dataclass(frozen=True)
class _Cut:
    feature: int
    levels: Array
    """Which levels go left."""
    left: str
    right: str
    p: float


def grown(
    features: Sequence[Feature], rows: Array, y: Array, treated: Array, weight: Array | None, cluster: Array | None
) -> Tree | None:
    """The tree of two arms' rows; None where a half is too small to cut."""
    if not features or min(int(treated.sum()), int((~treated).sum())) < 4 * LEAF_MIN:
        return None
    codes = [feature.levels[0][rows] for feature in features]
    chooses = _half(len(y), cluster)
    leaves = _split(features, codes, y, treated, weight, cluster, chooses, DEPTH, ())
    told = ~chooses
    found = []
    for conditions, chosen in leaves:
        mine = chosen & told
        cells = cells_of(
            np.zeros(int(mine.sum()), dtype=np.int64), 1, y[mine], treated[mine],
            None if weight is None else weight[mine], None if cluster is None else cluster[mine],
        )  # fmt: skip
        if cells.n.min() < 2:
            continue
        value, variance = float(cells.mean[0, 1] - cells.mean[0, 0]), float(cells.variance.sum())
        effect = estimate(value, math.sqrt(variance), float(welch_dfs(cells)[0]))
        found.append(Leaf(conditions, int(cells.n[0, 1]), int(cells.n[0, 0]), effect))
    values = np.array([leaf.effect.value for leaf in found])
    p = alike(values, np.array([leaf.effect.se**2 for leaf in found]), np.array([leaf.effect.df for leaf in found]))[3]
    return Tree(tuple(sorted(found, key=lambda leaf: -leaf.effect.value)), p if len(found) > 1 else math.nan)


def _half(n: int, cluster: Array | None) -> Array:
    rng = np.random.default_rng(SEED)
    if cluster is None:
        return rng.permutation(np.arange(n) % 2).astype(bool)
    _, inverse = np.unique(cluster, return_inverse=True)
    return rng.permutation(np.arange(int(inverse.max()) + 1) % 2).astype(bool)[inverse]


def _split(
    features: Sequence[Feature], codes: Sequence[Array], y: Array, treated: Array, weight: Array | None,
    cluster: Array | None, chooses: Array, depth: int, conditions: tuple[str, ...],
    within: Array | None = None,
) -> list[tuple[tuple[str, ...], Array]]:  # fmt: skip
    """Conditions and rows (of both halves) of every leaf."""
    within = np.ones(len(y), dtype=bool) if within is None else within
    cut = None
    if depth:
        mine = within & chooses
        part = (None if one is None else one[mine] for one in (weight, cluster))
        cut = _best(features, [code[mine] for code in codes], y[mine], treated[mine], *part)
    if cut is None:
        return [(conditions, within)]
    left = cut.levels[codes[cut.feature]]
    sides = ((left, cut.left), (~left, cut.right))
    return [
        leaf
        for side, word in sides
        for leaf in _split(features, codes, y, treated, weight, cluster, chooses, depth - 1, (*conditions, word), within & side)
    ]


def _best(
    features: Sequence[Feature], codes: Sequence[Array], y: Array, treated: Array, weight: Array | None, cluster: Array | None
) -> _Cut | None:
    """The cut whose two sides differ most beyond chance; None where even the best is within it."""
    best, tried = None, 0
    for place, feature in enumerate(features):
        names = feature.levels[1]
        cells = cells_of(codes[place], len(names), y, treated, weight, cluster)
        for levels in _ways(feature, len(names)):
            if min(cells.n[levels].sum(axis=0).min(), cells.n[~levels].sum(axis=0).min()) < LEAF_MIN:
                continue
            tried += 1
            exact = cluster is not None or weight is not None
            z = _gap(codes[place], levels, y, treated, weight, cluster) if exact else _gap_of(cells, levels)
            p = 2 * stats.norm.sf(abs(z))
            if best is None or p < best.p:
                left, right = _called(feature, levels)
                best = _Cut(place, levels, left, right, p)
    return best if best is not None and best.p * tried < SPLIT_LEVEL else None


def _ways(feature: Feature, count: int) -> list[Array]:
    """Cuts along an order, one level against the rest without one."""
    place = np.arange(count)
    if feature.ordered:
        return [place <= cut for cut in range(count - 1)]
    return [place == level for level in range(count if count > 2 else 1)]


def _gap_of(cells: Any, levels: Array) -> float:
    """How far apart the effects on both sides are, in standard errors, from the cells' sums alone."""
    values, variances = [], []
    for side in (levels, ~levels):
        n = cells.n[side]
        share = n / np.maximum(n.sum(axis=0), 1)
        mean = (share * cells.mean[side]).sum(axis=0)
        # within and between levels: the variance of a mean over the side
        spread = share**2 * cells.variance[side] + share * (cells.mean[side] - mean) ** 2 / np.maximum(n.sum(axis=0), 1)
        values.append(mean[1] - mean[0])
        variances.append(spread.sum())
    return float((values[0] - values[1]) / math.sqrt(variances[0] + variances[1])) if sum(variances) > 0 else 0.0


def _gap(
    codes: Array, levels: Array, y: Array, treated: Array, weight: Array | None, cluster: Array | None
) -> float:  # fmt: skip
    cells = cells_of((~levels)[codes].astype(np.int64), 2, y, treated, weight, cluster)
    effects, variances = cells.mean[:, 1] - cells.mean[:, 0], cells.variance.sum(axis=1)
    return float((effects[0] - effects[1]) / math.sqrt(variances.sum())) if variances.sum() > 0 else 0.0


def _called(feature: Feature, levels: Array) -> tuple[str, str]:
    names = feature.levels[1]
    if feature.ordered:
        if feature.column.missing_n and levels.sum() == len(names) - 1:
            return f"{feature.name} known", f"{feature.name} missing"
        last = names[int(levels.sum()) - 1]
        edge = last.split("<= ")[-1] if "<= " in last else last
        missing = " or missing" if feature.column.missing_n else ""
        return f"{feature.name} <= {edge}", f"{feature.name} > {edge}{missing}"
    name = names[int(np.argmax(levels))]
    if len(names) == 2:
        return f"{feature.name} = {name}", f"{feature.name} = {names[1 - int(np.argmax(levels))]}"
    return f"{feature.name} = {name}", f"{feature.name} != {name}"
