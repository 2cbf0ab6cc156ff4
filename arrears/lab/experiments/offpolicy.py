"""What another policy would have earned, told from decisions that were logged with their propensities.

Identified where every action the new policy takes could have been taken then (overlap), and the propensities are true: they
must be recorded when the decision is drawn, not guessed afterwards.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from arrears.errors import UsageError
from arrears.lab.experiments.adjusting import independent
from arrears.lab.experiments.estimates import Estimate, estimate, plain
from arrears.lab.experiments.findings import Finding, note, p_text, warning

Array = np.ndarray[Any, Any]

FOLDS = 5
RIDGE = 1.0
ROWS_OF_ACTION_MIN = 20
"""Logged rows of an action from which its outcome is modelled by itself."""
EFFECTIVE_MIN, EFFECTIVE_SHARE_MIN = 100, 0.05
WEIGHT_MAX = 50.0
"""A weight above this, times its mean, makes one decision stand for too many."""
LEVEL = 0.001
SEED = 20_240_604


@dataclass(frozen=True)
class PolicyValue:
    """Value of the new policy per decision by three estimators, the logged policy's own, and what to beware of."""

    n: int
    clusters_n: int
    logged: Estimate
    ips: Estimate
    snips: Estimate
    dr: Estimate
    gain: Estimate
    """Doubly robust value less the logged policy's mean, their covariance taken into account."""
    effective_n: float
    weight_mean: float
    weight_max: float
    capped_n: int
    capped_share: float
    """Part of the whole weight that the cap cut off."""
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        figures = {name: getattr(self, name).as_json() for name in ("logged", "ips", "snips", "dr", "gain")}
        facts = ("n", "clusters_n", "effective_n", "weight_mean", "weight_max", "capped_n", "capped_share")
        return {name: plain(getattr(self, name)) for name in facts} | figures | {
            "findings": [one.as_json() for one in self.findings]
        }  # fmt: skip


def evaluate(
    action: Sequence[Any] | Array, propensity: Sequence[float] | Array, outcome: Sequence[float] | Array,
    policy: Sequence[Any] | Array | Mapping[Any, Any], *, context: Array | None = None,
    cluster: Sequence[Any] | Array | None = None, segment: Sequence[Any] | Array | None = None, weight_cap: float | None = None,
) -> PolicyValue:  # fmt: skip
    """Value of `policy`: the action it takes in each row, or by action the probability with which it takes it.

    `context` are columns for the outcome model; `segment` is only looked at for overlap. Raises `UsageError` where an action of
    the policy was never logged, or a propensity is no probability.
    """
    logged, actions = _coded(action)
    p, y = np.asarray(propensity, dtype=float), np.asarray(outcome, dtype=float)
    target = _target(policy, actions, len(y))
    _require(logged, actions, p, y, target)
    groups = np.arange(len(y)) if cluster is None else np.unique(np.asarray(cluster), return_inverse=True)[1]
    raw = target[np.arange(len(y)), logged] / p
    w = raw if weight_cap is None else np.minimum(raw, weight_cap)
    model = _model(logged, len(actions), y, context, groups)
    direct = (target * model).sum(axis=1)
    at_logged = model[np.arange(len(y)), logged]
    ips = w * y
    dr = direct + w * (y - at_logged)
    mean_w = float(w.mean())
    snips = float(ips.sum() / w.sum()) if w.sum() > 0 else math.nan
    effective = float(w.sum()) ** 2 / float(w @ w) if w.any() else 0.0
    clusters_n = int(groups.max()) + 1
    findings = _beware(raw, w, p, logged, actions, target, segment, groups, effective, weight_cap)
    capped_share = float((raw - w).sum() / raw.sum()) if raw.any() else 0.0
    return PolicyValue(
        len(y), clusters_n, _mean(y, groups), _mean(ips, groups), _ratio(snips, w * (y - snips) / mean_w, groups),
        _mean(dr, groups), _mean(dr - y, groups), effective, float(raw.mean()), float(raw.max()), int((raw > w).sum()),
        capped_share, tuple(findings),
    )  # fmt: skip


def _coded(action: Sequence[Any] | Array) -> tuple[Array, list[str]]:
    names, codes = np.unique(np.asarray(action).astype(str), return_inverse=True)
    return codes, names.tolist()


def _target(policy: Sequence[Any] | Array | Mapping[Any, Any], actions: list[str], n: int) -> Array:
    """Probability of each logged action under the new policy; raises by name where it takes one that never was."""
    if isinstance(policy, Mapping):
        shares = {str(name): np.broadcast_to(np.asarray(column, dtype=float), (n,)) for name, column in policy.items()}
        never = [name for name, column in shares.items() if name not in actions and np.any(column > 0)]
        found = np.column_stack([shares.get(name, np.zeros(n)) for name in actions])
    else:
        taken = np.asarray(policy).astype(str)
        never = sorted(set(taken.tolist()) - set(actions))
        found = (taken[:, None] == np.array(actions)[None, :]).astype(float)
    if never:
        raise UsageError(
            f"the new policy takes {never[0]!r}, which was never logged", where="policy",
            remedy=f"nothing here tells what it earns; logged were: {', '.join(actions)}",
        )  # fmt: skip
    sums = found.sum(axis=1)
    wrong = np.flatnonzero((np.abs(sums - 1) > 1e-6) | (found < 0).any(axis=1) | np.isnan(sums))
    if len(wrong):
        raise UsageError(
            f"the new policy's probabilities sum to {sums[wrong[0]]:.6g}", where=f"policy: data row {wrong[0] + 1:,}",
            remedy="give a probability for every action, in sum 1",
        )  # fmt: skip
    return found


def _require(logged: Array, actions: list[str], p: Array, y: Array, target: Array) -> None:
    if not len(y) == len(p) == len(logged) == len(target):
        raise UsageError("columns of different length", where="policy", remedy="give one value a decision in each")
    wrong = np.flatnonzero(~((p > 0) & (p <= 1)))
    if len(wrong):
        raise UsageError(
            f"the propensity of {actions[logged[wrong[0]]]!r} is {p[wrong[0]]:g}",
            where=f"propensity: data row {wrong[0] + 1:,}",
            remedy="it must be above 0 and at most 1: a decision that was made had a chance",
        )  # fmt: skip
    wrong = np.flatnonzero(~np.isfinite(y))
    if len(wrong):
        raise UsageError(
            "the outcome is missing", where=f"outcome: data row {wrong[0] + 1:,}", remedy="leave unfinished rows out"
        )


def _model(logged: Array, actions_n: int, y: Array, context: Array | None, groups: Array) -> Array:
    """Outcome of every action in every row, by a ridge regression an action on the other folds, customers kept whole."""
    n = len(y)
    x: Array = np.zeros((n, 0)) if context is None else np.asarray(context, dtype=float).reshape(n, -1)
    x = x[:, independent(x)] if x.shape[1] else x
    if x.shape[1]:
        x = (x - x.mean(axis=0)) / x.std(axis=0)
    full = np.column_stack([np.ones(n), x])
    clusters_n = int(groups.max()) + 1
    fold = np.random.default_rng(SEED).permutation(np.arange(clusters_n) % FOLDS)[groups]
    found = np.empty((n, actions_n))
    for one in range(FOLDS):
        out = fold == one
        for code in range(actions_n):
            mine = (logged == code) & ~out
            if mine.sum() < ROWS_OF_ACTION_MIN:
                found[out, code] = y[mine].mean() if mine.any() else y[~out].mean() if (~out).any() else 0.0
                continue
            pull = np.eye(full.shape[1]) * RIDGE * math.sqrt(mine.sum())
            pull[0, 0] = 1e-9
            beta = np.linalg.solve(full[mine].T @ full[mine] + pull, full[mine].T @ y[mine])
            found[out, code] = full[out] @ beta
    return found


def _mean(values: Array, groups: Array) -> Estimate:
    return _ratio(float(values.mean()), values - values.mean(), groups)


def _ratio(value: float, influence: Array, groups: Array) -> Estimate:
    """A mean with its standard error, what belongs to one customer taken together (Liang and Zeger 1986)."""
    summed = np.bincount(groups, weights=influence)
    clusters_n = len(summed)
    if clusters_n < 2:
        return estimate(value, math.nan, math.nan)
    se = math.sqrt(float(summed @ summed) * clusters_n / (clusters_n - 1)) / len(influence)
    return estimate(value, se, clusters_n - 1)


def _beware(
    raw: Array, w: Array, p: Array, logged: Array, actions: list[str], target: Array, segment: Sequence[Any] | Array | None,
    groups: Array, effective: float, cap: float | None,
) -> list[Finding]:  # fmt: skip
    found: list[Finding] = []
    n = len(raw)
    if effective < EFFECTIVE_MIN or effective < EFFECTIVE_SHARE_MIN * n:
        found.append(warning("effective_n", effective=f"{effective:,.0f}", n=n))
    if float(raw.max()) > WEIGHT_MAX * max(float(raw.mean()), 1.0):
        found.append(warning("large_weight", largest=f"{raw.max():.1f}", share=f"{raw.max() / raw.sum():.2%}"))
    if cap is not None:
        share = float((raw - w).sum() / raw.sum()) if raw.any() else 0.0
        found.append(note("capped", cap=cap, n=int((raw > w).sum()), share=f"{share:.2%}"))
    centred = _mean(raw - 1, groups)
    if centred.p < LEVEL:
        found.append(warning("weights_off", mean=f"{raw.mean():.3f}", p=p_text(centred.p)))
    for code, name in enumerate(actions):
        mine = logged == code
        stands = float((1 / p[mine]).sum())
        spread = math.sqrt(float(((1 - p[mine]) / p[mine] ** 2).sum()))
        p_value = float(2 * stats.norm.sf(abs(stands - n) / spread)) if spread > 0 else math.nan
        if p_value < LEVEL / len(actions):
            found.append(warning("propensity_ratio", arm=name, stands_for=round(stands), n=n, p=p_text(p_value)))
    if segment is not None:
        names, codes = np.unique(np.asarray(segment).astype(str), return_inverse=True)
        for code, name in enumerate(actions):
            wanted = np.bincount(codes, weights=target[:, code], minlength=len(names))
            seen = np.bincount(codes[logged == code], minlength=len(names))
            bare = [str(names[place]) for place in np.flatnonzero((wanted > 0) & (seen == 0))]
            if bare:
                rows = round(float(wanted[(wanted > 0) & (seen == 0)].sum()))
                found.append(warning("no_support", action=name, segments=bare[:10], n=rows))
    return found
