"""Means and differences of arms with honest standard errors: unpooled, weighted, clustered; and adjustment for many of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

Array = np.ndarray[Any, Any]
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A figure, its standard error, the degrees of freedom of its t-distribution, interval and two-sided p-value."""

    value: float
    se: float
    df: float
    low: float
    high: float
    p: float

    def as_json(self) -> dict[str, Any]:
        return {name: plain(getattr(self, name)) for name in ("value", "se", "df", "low", "high", "p")}


@dataclass(frozen=True)
class Mean:
    """One arm: rows with an outcome, their mean and standard deviation, and the variance of the mean."""

    n: int
    mean: float
    sd: float
    variance: float
    units_n: int
    """Rows, or clusters where they are the units of assignment."""


def plain(value: Any) -> Any:
    """A number as JSON knows it: no NumPy types, null for what is not a number."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | np.integer):
        return int(value)
    number = float(value)
    return number if math.isfinite(number) else None


def estimate(value: float, se: float, df: float, confidence: float = CONFIDENCE) -> Estimate:
    """Interval and p-value by Student's t; a standard error of zero or none leaves them open."""
    if not se > 0 or not df > 0:
        return Estimate(value, se, df, math.nan, math.nan, math.nan)
    half = float(stats.t.ppf(0.5 + confidence / 2, df)) * se
    return Estimate(value, se, df, value - half, value + half, float(2 * stats.t.sf(abs(value) / se, df)))


def mean_of(y: Array, weight: Array | None = None, cluster: Array | None = None) -> Mean:
    """The mean of one arm; with weights the ratio of weighted sums, its variance linearised."""
    n = len(y)
    if n == 0:
        return Mean(0, math.nan, math.nan, math.nan, 0)
    w = np.ones(n) if weight is None else weight
    mean = float(np.average(y, weights=w))
    sd = math.sqrt(float(np.average((y - mean) ** 2, weights=w)) * n / (n - 1)) if n > 1 else math.nan
    influence = w * (y - mean) / w.sum()
    units_n, parts = (n, influence) if cluster is None else _summed(influence, cluster)
    variance = float(parts @ parts) * units_n / (units_n - 1) if units_n > 1 else math.nan
    return Mean(n, mean, sd, variance, units_n)


def difference(one: Mean, other: Mean) -> Estimate:
    """The difference of two independent means with Neyman's unpooled variance and the degrees of freedom of Welch."""
    variance = one.variance + other.variance
    if not variance > 0:
        return estimate(one.mean - other.mean, math.sqrt(variance) if variance == 0 else math.nan, math.nan)
    return estimate(one.mean - other.mean, math.sqrt(variance), _welch_df(one, other))


def _welch_df(one: Mean, other: Mean) -> float:
    total = (one.variance + other.variance) ** 2
    return total / (one.variance**2 / (one.units_n - 1) + other.variance**2 / (other.units_n - 1))


def crossing_difference(
    y: Array, treated: Array, weight: Array | None, cluster: Array
) -> tuple[Estimate, float]:  # fmt: skip
    """The same where clusters have rows in both arms, and the covariance of the two means that this brings."""
    w = np.ones(len(y)) if weight is None else weight
    parts = []
    for arm in (treated, ~treated):
        mean = np.average(y[arm], weights=w[arm])
        parts.append(np.where(arm, w * (y - mean), 0.0) / w[arm].sum())
    means = [float(np.average(y[arm], weights=w[arm])) for arm in (treated, ~treated)]
    clusters_n, summed = _summed(np.column_stack(parts), cluster)
    covariance = summed.T @ summed * clusters_n / max(clusters_n - 1, 1)
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    found = estimate(means[0] - means[1], math.sqrt(max(variance, 0.0)), clusters_n - 1)
    return found, float(covariance[0, 1])


def _summed(parts: Array, cluster: Array) -> tuple[int, Array]:
    _, inverse = np.unique(cluster, return_inverse=True)
    clusters_n = int(inverse.max()) + 1
    if parts.ndim == 1:
        return clusters_n, np.bincount(inverse, weights=parts, minlength=clusters_n)
    return clusters_n, np.column_stack(
        [np.bincount(inverse, weights=column, minlength=clusters_n) for column in parts.T]
    )  # fmt: skip


def lift(one: Mean, other: Mean, covariance: float = 0.0) -> Estimate | None:
    """`one / other - 1` by the delta method; None where the other's mean is too close to zero for a ratio to mean anything."""
    if not other.variance >= 0 or not one.variance >= 0 or abs(other.mean) < 3 * math.sqrt(other.variance) or other.mean == 0:
        return None
    ratio = one.mean / other.mean
    variance = (one.variance + ratio**2 * other.variance - 2 * ratio * covariance) / other.mean**2
    df = _welch_df(one, other) if one.variance + other.variance > 0 and min(one.units_n, other.units_n) > 1 else math.nan
    return estimate(ratio - 1, math.sqrt(max(variance, 0.0)), df)


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm (1979): p-values that keep the chance of any false one; an open p-value stays open and does not count."""
    known = [index for index, p in enumerate(p_values) if not math.isnan(p)]
    adjusted = [math.nan] * len(p_values)
    worst = 0.0
    for place, index in enumerate(sorted(known, key=lambda index: p_values[index])):
        worst = max(worst, min(1.0, (len(known) - place) * p_values[index]))
        adjusted[index] = worst
    return adjusted


def discovery_rates(p_values: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg (1995), step up; open ones stay open."""
    known = [index for index, p in enumerate(p_values) if not math.isnan(p)]
    rates = [math.nan] * len(p_values)
    if known:
        for index, rate in zip(known, stats.false_discovery_control([p_values[index] for index in known]), strict=True):
            rates[index] = float(rate)
    return rates


def alike(values: Array, variances: Array, dfs: Array) -> tuple[float, float, float, float]:
    """Are these independent figures one and the same? F, its two degrees of freedom, p (Welch 1951).

    Precision-weighted squares around their mean, with Welch's correction for variances that are themselves estimates.
    """
    count = len(values)
    if count < 2 or not np.all(variances > 0):
        return math.nan, max(count - 1, 0), math.nan, math.nan
    w = 1 / variances
    total = w.sum()
    squares = float(w @ (values - (w @ values) / total) ** 2)
    spread = float((((1 - w / total) ** 2) / np.maximum(dfs, 1)).sum())
    statistic = squares / (count - 1) / (1 + 2 * (count - 2) / (count**2 - 1) * spread)
    df2 = (count**2 - 1) / (3 * spread)
    return statistic, count - 1, df2, float(stats.f.sf(statistic, count - 1, df2))
