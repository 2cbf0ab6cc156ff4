"""Ratios of weighted sums by group, their differences, and how sure they are when a customer comes back on many days.

Rows with weights come in; a figure a group and the covariance of all of them go out, the rows of a customer taken as one
(Liang and Zeger 1986): groups share customers, so that their errors are not independent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

Array = np.ndarray[Any, Any]

EFFECTIVE_MIN = 25.0
"""Equally heavy rows that an arm must be worth, or its standard error says nothing."""


@dataclass(frozen=True)
class Contrast:
    """Of the groups that have enough rows."""

    group: Array
    """Their numbers, rising."""
    value: Array
    covariance: Array
    rows_n: Array
    """Rows of the first arm in every group, enough or not."""

    @property
    def se(self) -> Array:
        found: Array = np.sqrt(np.diag(self.covariance))
        return found


@dataclass(frozen=True)
class _Arm:
    ratio: Array
    base: Array
    effective: Array
    spread: Array
    """Weighted squares of the residuals around the ratio of both arms."""
    residual: Array


def ratios(
    top: Array, bottom: Array, weight: Array, group: Array, groups_n: int, customer: Array, customers_n: int
) -> Contrast:  # fmt: skip
    """`sum of weight x top / sum of weight x bottom` by group."""
    arm = _arm(top, bottom, weight, group, groups_n)
    enough = np.flatnonzero(arm.effective >= EFFECTIVE_MIN)
    influence = arm.residual / np.maximum(arm.base, 1e-300)[group]
    covariance = _clustered(influence, group, enough, groups_n, customer, customers_n)
    covariance = _floored(covariance, (arm.spread / np.maximum(arm.effective, 1e-300))[enough])
    return Contrast(enough, arm.ratio[enough], covariance, np.bincount(group, minlength=groups_n))


def differences(
    top: Array, bottom: Array, weight: Array, treated: Array, group: Array, groups_n: int, customer: Array, customers_n: int
) -> Contrast:  # fmt: skip
    """The ratio of those treated less that of the others, by group: Hajek's, its weights summing to one in each arm."""
    common = _arm(top, bottom, weight, group, groups_n).ratio
    arms = [_arm(top[mine], bottom[mine], weight[mine], group[mine], groups_n, common) for mine in (treated, ~treated)]
    one, other = arms
    enough = np.flatnonzero((one.effective >= EFFECTIVE_MIN) & (other.effective >= EFFECTIVE_MIN))
    influence = np.empty(len(top))
    for mine, arm, sign in ((treated, one, 1.0), (~treated, other, -1.0)):
        influence[mine] = sign * arm.residual / np.maximum(arm.base, 1e-300)[group[mine]]
    covariance = _clustered(influence, group, enough, groups_n, customer, customers_n)
    weights = [np.bincount(group[mine], minlength=groups_n) for mine in (treated, ~treated)]
    spread = (one.spread * weights[0] + other.spread * weights[1]) / np.maximum(weights[0] + weights[1], 1)
    alike = spread * (1 / np.maximum(one.effective, 1e-300) + 1 / np.maximum(other.effective, 1e-300))
    covariance = _floored(covariance, alike[enough])
    return Contrast(enough, (one.ratio - other.ratio)[enough], covariance, weights[0])


def _arm(top: Array, bottom: Array, weight: Array, group: Array, groups_n: int, common: Array | None = None) -> _Arm:
    heavy = weight * bottom
    base, squares = (np.bincount(group, weights=w, minlength=groups_n) for w in (heavy, heavy**2))
    ratio = np.bincount(group, weights=weight * top, minlength=groups_n) / np.maximum(base, 1e-300)
    residual = weight * top - ratio[group] * heavy
    around = residual if common is None else weight * top - common[group] * heavy
    spread = np.bincount(group, weights=around**2, minlength=groups_n) / np.maximum(squares, 1e-300)
    return _Arm(ratio, base, base**2 / np.maximum(squares, 1e-300), spread, residual)


def _clustered(
    influence: Array, group: Array, enough: Array, groups_n: int, customer: Array, customers_n: int
) -> Array:  # fmt: skip
    summed = sparse.csr_matrix((influence, (customer, group)), shape=(customers_n, groups_n))[:, enough]
    there = int(np.count_nonzero(np.bincount(customer, minlength=customers_n)))
    covariance: Array = (summed.T @ summed).toarray() * there / max(there - 1, 1)
    return covariance


def _floored(covariance: Array, least: Array) -> Array:
    """No variance below that of independent rows with the spread that both arms have together.

    Where none of a few treated rows paid, they all look alike and the clustered variance is too small by far.
    """
    own = np.diag(covariance)
    stretch = np.sqrt(np.maximum(least, own) / np.where(own > 0, own, 1.0))
    found: Array = covariance * np.outer(stretch, stretch)
    found[np.diag_indices_from(found)] = np.maximum(least, own)
    return found
