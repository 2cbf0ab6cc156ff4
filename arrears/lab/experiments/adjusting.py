"""Regression with each arm its own slopes (Lin 2013): a sharper estimate of a difference, and a test whether slopes differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg, stats

from arrears.lab.experiments.estimates import Estimate, estimate

Array = np.ndarray[Any, Any]

ROWS_A_COLUMN_MIN = 5
"""Rows of the smallest arm for each column regressed on; with fewer the variance is not to be trusted."""
SINGULAR = 1e-9


@dataclass(frozen=True)
class Fit:
    """Least squares in one arm: coefficients, their HC2 or HC3 covariance, and each row's part in the intercept."""

    beta: Array
    covariance: Array
    n: int
    influence: Array


@dataclass(frozen=True)
class Adjusted:
    """The adjusted difference of one arm; `columns_n` columns were regressed on."""

    difference: Estimate
    columns_n: int


def independent(x: Array) -> Array:
    """Places of columns that no others can replace, by pivoted QR of the standardised columns."""
    if x.shape[1] == 0:
        return np.zeros(0, dtype=np.int64)
    mean = x.mean(axis=0)
    centred = x - mean
    gram = centred.T @ centred / len(x)
    scale = np.sqrt(np.diag(gram))
    alive = np.flatnonzero(scale > 1e-12 * np.maximum(1.0, np.abs(mean)))
    if not len(alive):
        return alive
    correlation = gram[np.ix_(alive, alive)] / np.outer(scale[alive], scale[alive])
    _, r, pivots = linalg.qr(correlation, pivoting=True)
    rank = int((np.abs(np.diag(r)) > SINGULAR * max(abs(r[0, 0]), 1.0)).sum())
    return np.sort(alive[pivots[:rank]])


def centred_design(columns: Sequence[Array], rows: Array) -> Array:
    """Independent columns over `rows`, centred and scaled: no interval depends on a unit of measurement."""
    x: Array = np.column_stack([column[rows] for column in columns]) if columns else np.zeros((int(rows.sum()), 0))
    return scaled(x)


def scaled(x: Array) -> Array:
    """The independent ones of these columns, centred and scaled."""
    kept = independent(x)
    found: Array = x - x.mean(axis=0) if len(kept) == x.shape[1] else x[:, kept] - x[:, kept].mean(axis=0)
    found /= np.sqrt(np.einsum("ij,ij->j", found, found) / max(len(found), 1))
    return found


def fit(x: Array, y: Array, weight: Array | None = None, *, hc: int = 2) -> Fit | None:
    """Least squares with an intercept and a covariance that allows for unequal variances (MacKinnon and White 1985)."""
    root = np.ones(len(y)) if weight is None else np.sqrt(weight)
    full = np.column_stack([np.ones(len(y)), x]) * root[:, None]
    gram = full.T @ full
    try:
        inverse = np.linalg.inv(gram)
    except np.linalg.LinAlgError:
        return None
    if not np.all(np.isfinite(inverse)) or np.linalg.cond(gram) > 1 / SINGULAR / 10:
        return None
    hat = full @ inverse
    beta = hat.T @ (y * root)
    leverage = np.minimum((hat * full).sum(axis=1), 1.0)
    residual = (y * root - full @ beta) / np.where(leverage < 1 - 1e-8, (1 - leverage) ** ((hc - 1) / 2), 1.0)
    scores = hat * residual[:, None]
    return Fit(beta, scores.T @ scores, len(y), scores[:, 0])


def adjusted_difference(
    y: Array, treated: Array, x: Array, weight: Array | None = None, cluster: Array | None = None
) -> Adjusted | None:
    """Lin's estimator: both arms regressed on columns centred over both, intercepts subtracted; None where arms are too small.

    One regression an arm is the fully interacted regression, and its HC2 variance is the sum of the two intercepts'.
    """
    columns_n = x.shape[1]
    smallest = min(int(treated.sum()), int((~treated).sum()))
    if columns_n == 0 or smallest < max(20, ROWS_A_COLUMN_MIN * (columns_n + 1)):
        return None
    if weight is not None:
        x = x - np.average(x, axis=0, weights=weight)
    fits = [fit(x[arm], y[arm], None if weight is None else weight[arm]) for arm in (treated, ~treated)]
    one, other = fits
    if one is None or other is None:
        return None
    variance, df = one.covariance[0, 0] + other.covariance[0, 0], float(len(y) - 2 * (columns_n + 1))
    if cluster is not None:
        influence = np.zeros(len(y))
        influence[treated], influence[~treated] = one.influence, -other.influence
        _, inverse = np.unique(cluster, return_inverse=True)
        summed = np.bincount(inverse, weights=influence)
        variance, df = float(summed @ summed) * len(summed) / max(len(summed) - 1, 1), float(len(summed) - 1)
    return Adjusted(estimate(float(one.beta[0] - other.beta[0]), math.sqrt(variance), df), columns_n)


def slopes_alike(y: Array, treated: Array, x: Array, weight: Array | None = None) -> tuple[float, int, float]:
    """Joint test that no column changes the effect: F, columns, p. Wald with HC3; open where arms are too small."""
    columns_n = x.shape[1]
    smallest = min(int(treated.sum()), int((~treated).sum()))
    if columns_n == 0 or smallest < 2 * ROWS_A_COLUMN_MIN * (columns_n + 1):
        return math.nan, columns_n, math.nan
    one = fit(x[treated], y[treated], None if weight is None else weight[treated], hc=3)
    other = fit(x[~treated], y[~treated], None if weight is None else weight[~treated], hc=3)
    if one is None or other is None:
        return math.nan, columns_n, math.nan
    gap = one.beta[1:] - other.beta[1:]
    covariance = one.covariance[1:, 1:] + other.covariance[1:, 1:]
    try:
        wald = float(gap @ np.linalg.solve(covariance, gap))
    except np.linalg.LinAlgError:
        return math.nan, columns_n, math.nan
    # Hotelling's correction: the covariance of that many columns is itself an estimate
    df = min(one.n, other.n) - 1
    df2 = df - columns_n + 1
    statistic = wald * df2 / (df * columns_n)
    return statistic, columns_n, float(stats.f.sf(statistic, columns_n, df2))
