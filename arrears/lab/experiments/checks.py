"""Was the assignment random, and is what is left of it still comparable? Every test names its level, and none cries wolf."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from arrears.lab.experiments.estimates import alike, holm
from arrears.lab.experiments.features import Feature
from arrears.lab.experiments.findings import Finding, note, p_text, warning

Array = np.ndarray[Any, Any]

RATIO_LEVEL = 0.001
"""Level of the sample-ratio check: it is run on every experiment, and a mismatch is grave."""
LEVEL = 0.01
"""Level of balance and attrition, after Holm over the features."""
NEAR_EQUAL = 0.15
"""Undeclared shares are held against equal ones only where each arm is within this part of an equal share."""
LEAK_SHARE = 0.95
"""Part of the outcome's or treatment's variance that a feature may explain before it is taken for the thing itself."""
EXPECTED_MIN = 5.0


@dataclass(frozen=True)
class Balance:
    """One feature over the arms: largest standardised difference to the control, test of any difference, after Holm."""

    feature: str
    difference: float
    p: float
    p_holm: float
    missing_p_holm: float


def ratio(counts: Array, names: Sequence[str], shares: Mapping[str, float]) -> tuple[dict[str, Any], list[Finding]]:
    """The sample-ratio check against declared shares, else against equal ones, and what was assumed."""
    declared = bool(shares)
    expected = np.array([shares[name] for name in names]) if declared else np.full(len(names), 1 / len(names))
    p = ratio_p(counts, expected)
    told = dict(zip(names, counts.tolist(), strict=True))
    found: dict[str, Any] = {
        "counts": told, "shares": dict(zip(names, expected.tolist(), strict=True)), "declared": declared, "p": p,
    }  # fmt: skip
    if p >= RATIO_LEVEL:
        return found, []
    if declared:
        shown = {name: f"{share:.2%}" for name, share in zip(names, expected.tolist(), strict=True)}
        return found, [warning("sample_ratio", counts=told, shares=shown, p=p_text(p))]
    near = bool(np.all(np.abs(counts / counts.sum() / expected - 1) <= NEAR_EQUAL))
    return found, [
        warning("sample_ratio_assumed", counts=told, p=p_text(p)) if near else note("sample_ratio_unequal", counts=told)
    ]


def ratio_p(counts: Array, expected: Array) -> float:
    """Exact binomial for two arms, chi-square for more; an arm of share zero must be empty."""
    total = int(counts.sum())
    if len(counts) == 2:
        return float(stats.binomtest(int(counts[0]), total, float(expected[0])).pvalue)
    if np.any(counts[expected == 0]):
        return 0.0
    alive = expected > 0
    return float(stats.chisquare(counts[alive], expected[alive] * total).pvalue)


def propensity_ratio(arm: Array, names: Sequence[str], propensity: Array) -> list[Finding]:
    """Rows of an arm weighted by one over their propensity stand for all rows, but for chance."""
    found, n = [], len(arm)
    ps = []
    for place in range(len(names)):
        mine = propensity[arm == place]
        spread = math.sqrt(float(((1 - mine) / mine**2).sum()))
        ps.append(float(2 * stats.norm.sf(abs(float((1 / mine).sum()) - n) / spread)) if spread > 0 else math.nan)
    for place, p in enumerate(holm(ps)):
        if p < RATIO_LEVEL:
            stands = round(float((1 / propensity[arm == place]).sum()))
            found.append(warning("propensity_ratio", arm=names[place], stands_for=stands, n=n, p=p_text(p)))
    return found


def shares_differ(flags: Array, arm: Array, arms_n: int) -> tuple[float, list[float]]:
    """p of equal shares of a flag over the arms, and the shares."""
    sizes = np.bincount(arm, minlength=arms_n)
    hits = np.bincount(arm, weights=flags.astype(float), minlength=arms_n)
    return table_p(np.vstack([hits, sizes - hits])), (hits / np.maximum(sizes, 1)).tolist()


def table_p(table: Array) -> float:
    """p of no association: chi-square, Fisher for a sparse 2x2; open where there is nothing to test."""
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape) < 2:
        return math.nan
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    if table.shape == (2, 2) and expected.min() < EXPECTED_MIN:
        return float(stats.fisher_exact(np.rint(table).astype(int))[1])
    statistic = float(((table - expected) ** 2 / expected).sum())
    return float(stats.chi2.sf(statistic, (table.shape[0] - 1) * (table.shape[1] - 1)))


def balance(features: Sequence[Feature], arm: Array, arms_n: int, control: int) -> tuple[list[Balance], list[Finding]]:
    """Each feature compared over the arms, and the findings."""
    ps, lacking, gaps = [], [], []
    for feature in features:
        p, gap = _quantity(feature, arm, arms_n, control) if feature.numeric else _levels(feature, arm, arms_n, control)
        ps.append(p)
        gaps.append(gap)
        missing = feature.column.codes < 0
        lacking.append(shares_differ(missing, arm, arms_n) if missing.any() else (math.nan, []))
    adjusted, adjusted_lacking = holm(ps), holm([p for p, _ in lacking])
    rows, findings = [], []
    for place, feature in enumerate(features):
        rows.append(Balance(feature.name, gaps[place], ps[place], adjusted[place], adjusted_lacking[place]))
        if adjusted[place] < LEVEL:
            findings.append(
                warning("imbalance", feature=feature.name, p=p_text(adjusted[place]), difference=f"{gaps[place]:.3f}")
            )
        if adjusted_lacking[place] < LEVEL:
            shares = [f"{share:.1%}" for share in lacking[place][1]]
            findings.append(warning("missing_feature", feature=feature.name, shares=shares, p=p_text(adjusted_lacking[place])))
    return rows, findings


def _quantity(feature: Feature, arm: Array, arms_n: int, control: int) -> tuple[float, float]:
    values = feature.column.values
    known = ~np.isnan(values)
    parts = [values[known & (arm == place)] for place in range(arms_n)]
    if min(len(part) for part in parts) < 2:
        return math.nan, math.nan
    means = np.array([part.mean() for part in parts])
    variances = np.array([part.var(ddof=1) for part in parts])
    sizes = np.array([len(part) for part in parts])
    pooled = np.sqrt((variances + variances[control]) / 2)
    gap = np.max(np.abs(means - means[control]) / np.where(pooled > 0, pooled, np.inf))
    if not np.all(variances > 0):
        return (0.0 if np.ptp(means) > 0 else math.nan), float(gap)
    return alike(means, variances / sizes, sizes - 1)[3], float(gap)


def _levels(feature: Feature, arm: Array, arms_n: int, control: int) -> tuple[float, float]:
    codes, names = feature.levels
    table = np.bincount(codes * arms_n + arm, minlength=len(names) * arms_n).reshape(len(names), arms_n).astype(float)
    shares = table / np.maximum(table.sum(axis=0), 1)
    spread = shares * (1 - shares)
    pooled = np.sqrt((spread + spread[:, [control]]) / 2)
    gap = np.max(np.abs(shares - shares[:, [control]]) / np.where(pooled > 0, pooled, np.inf))
    rare = np.outer(table.sum(axis=1), table.sum(axis=0)).min(axis=1) / table.sum() < EXPECTED_MIN
    if rare.sum() > 1 and len(names) > 2:
        table = np.vstack([table[~rare], table[rare].sum(axis=0)])
    return table_p(table), float(gap)


def joint_p(x: Array, arm: Array, arms_n: int) -> float:
    """Do features taken together tell the arms apart? Hansen and Bowers (2008): squared gaps of means in the metric that
    shuffling the arms gives them; open where arms are too small for so many columns."""
    n, columns_n = x.shape
    if columns_n == 0 or np.bincount(arm, minlength=arms_n).min() < 5 * (columns_n + 1):
        return math.nan
    centred = x - x.mean(axis=0)
    covariance = centred.T @ centred / (n - 1)
    statistic = 0.0
    for place in range(arms_n):
        mine = centred[arm == place]
        gap = mine.mean(axis=0)
        statistic += len(mine) * float(gap @ np.linalg.solve(covariance, gap))
    return float(stats.chi2.sf(statistic, columns_n * (arms_n - 1)))


def explained(feature: Feature, target: Array) -> float:
    """Part of the target's variance that the feature's levels, or a straight line, explain; corrected for their number."""
    codes, names = feature.levels
    target = target - target.mean()
    total = float((target**2).sum())
    n = len(target)
    if total == 0 or n <= 2 * len(names):
        return 0.0
    sizes = np.maximum(np.bincount(codes, minlength=len(names)), 1)
    sums = np.bincount(codes, weights=target, minlength=len(names))
    within = float((target**2).sum() - (sums**2 / sizes).sum())
    by_levels = 1 - max(within, 0.0) / total * (n - 1) / max(n - len(names), 1)
    if not feature.numeric:
        return by_levels
    values = feature.column.values
    known = ~np.isnan(values)
    if known.sum() < 10 or np.ptp(values[known]) == 0 or np.ptp(target[known]) == 0:
        return by_levels
    line = float(np.corrcoef(values[known], target[known])[0, 1]) ** 2 * float(known.mean())
    return max(by_levels, line)
