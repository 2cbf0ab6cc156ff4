"""Partial pooling: estimates of small groups lean on those of their kin, by as much as the data say that kin are alike.

Estimates with the covariance of their errors and the family of each come in; posterior means and standard deviations go out, of
every group and of one that was not seen. Empirical Bayes: the spreads are moment estimates and then taken as known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Pooled:
    """The posterior of a normal-normal model in two levels: members around their family, families around one mean."""

    mean: float
    """Of all families."""
    mean_sd: float
    member_tau: float
    """Standard deviation of members around their family."""
    family_tau: float
    """Standard deviation of families around the mean."""
    value: Array
    """Posterior mean of each group that came in."""
    sd: Array
    family_value: Array
    """Of a member of each family that was not seen."""
    family_sd: Array
    new_value: float
    """Of a member of a family that was not seen."""
    new_sd: float


def pooled(estimate: Array, covariance: Array, family: Array, families_n: int) -> Pooled:
    """Lean the groups on each other; `family` numbers each group's family, 0 to `families_n` less one.

    The posterior is exact for the spreads estimated: best linear prediction with an unknown mean (Harville 1976), so that the
    doubt about the mean is in every standard deviation. Families without a group get what an unseen one gets.
    """
    same = (family[:, None] == family[None, :]).astype(float)
    member_variance = _member_variance(estimate, covariance, same)
    family_variance = _family_variance(estimate, covariance, same, member_variance)
    prior = family_variance * same + member_variance * np.eye(len(estimate))
    inverse = np.linalg.pinv(covariance + prior, hermitian=True)
    ones = np.ones(len(estimate))
    information = float(ones @ inverse @ ones)
    mean = float(ones @ inverse @ estimate) / information
    whole = family_variance + member_variance

    def predicted(shared: Array) -> tuple[Array, Array]:
        """Mean and standard deviation of targets; `shared` is their prior covariance with the groups, a row a target."""
        pull = shared @ inverse
        variance = whole - (pull * shared).sum(axis=1) + (1 - pull @ ones) ** 2 / information
        return mean + pull @ (estimate - mean), np.sqrt(np.maximum(variance, 0.0))

    value, sd = predicted(prior)
    kin = family_variance * (np.arange(families_n)[:, None] == family[None, :])
    family_value, family_sd = predicted(kin)
    return Pooled(
        mean, information**-0.5, member_variance**0.5, family_variance**0.5, value, sd, family_value, family_sd, mean,
        float(np.sqrt(whole + 1 / information)),
    )  # fmt: skip


def _member_variance(estimate: Array, covariance: Array, same: Array) -> float:
    """DerSimonian and Laird (1986) within families, all families together; correlated errors are allowed for."""
    centring = _centred(1 / np.diag(covariance), same)
    return _moment(estimate, centring, covariance, np.eye(len(estimate)))


def _family_variance(estimate: Array, covariance: Array, same: Array, member_variance: float) -> float:
    """The same between families: what is left of the spread around the mean once that within families is taken off."""
    weight = 1 / (np.diag(covariance) + member_variance)
    between = _centred(weight, np.ones_like(same)) - _centred(weight, same)
    return _moment(estimate, between, covariance + member_variance * np.eye(len(estimate)), same)


def _centred(weight: Array, same: Array) -> Array:
    """The form `q` with `y q y` the weighted squares of `y` around the weighted means of the blocks of `same`."""
    sums = same @ weight
    centring: Array = np.diag(weight) - same * np.outer(weight, weight) / sums[:, None]
    return centring


def _moment(estimate: Array, form: Array, known: Array, pattern: Array) -> float:
    """The variance at which the form has the expectation that it is observed to have; never below zero."""
    scale = float((form * pattern).sum())
    if scale <= 1e-9 * float(np.abs(form).sum()):
        return 0.0
    return max(0.0, float(estimate @ form @ estimate - (form * known).sum()) / scale)
