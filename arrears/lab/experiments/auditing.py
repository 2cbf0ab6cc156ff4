"""Everything that could make a comparison a lie, looked for in one go: ratio, balance, attrition, leaks, repeats."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from arrears.errors import UsageError
from arrears.lab.experiments import checks
from arrears.lab.experiments.adjusting import centred_design
from arrears.lab.experiments.arms import Sample
from arrears.lab.experiments.checks import LEAK_SHARE, LEVEL, Balance
from arrears.lab.experiments.columns import Column
from arrears.lab.experiments.estimates import holm
from arrears.lab.experiments.features import Feature, looks_like_id, unusable
from arrears.lab.experiments.findings import Both, Finding, note, p_text, warning
from arrears.lab.experiments.reading import Frame
from arrears.lab.experiments.words import WHY

Array = np.ndarray[Any, Any]

FEATURES_MAX = 200
NOTED_MAX = 12
COPIES_LEVEL = 1e-4


@dataclass(frozen=True)
class Audit:
    """What was found about the assignment."""

    ratio: Mapping[str, Any]
    balance: tuple[Balance, ...]
    balance_p: float
    findings: tuple[Finding, ...]


def declared(shares: Mapping[str, float] | None, sample: Sample) -> dict[str, float]:
    """Intended shares by arm, summing to one; an arm not named takes what is left if it is the only one."""
    if not shares:
        return {}
    unknown = [name for name in shares if name not in sample.names]
    if unknown:
        raise UsageError(
            f"--share names {unknown[0]!r}, which is no arm", where=sample.where, remedy=f"arms: {', '.join(sample.names)}"
        )
    left = [name for name in sample.names if name not in shares]
    total = sum(shares.values())
    if min(shares.values()) < 0 or (total > 1.0001 and not left and total <= 0) or not math.isfinite(total) or total <= 0:
        raise UsageError("shares must be 0 or more", where=sample.where, remedy="such as --share treatment=0.3")
    if len(left) > 1 or (left and not total < 1):
        raise UsageError(
            f"no share was declared for {', '.join(left)}", where=sample.where, remedy="declare all but one, below 1 in sum"
        )
    whole = {**shares, **dict.fromkeys(left, 1 - total)}
    return {name: share / sum(whole.values()) for name, share in whole.items()}


def audit(
    frame: Frame, sample: Sample, named: Sequence[str] | None, roles: set[str], shares: Mapping[str, float]
) -> tuple[list[Feature], Audit]:
    """The features that can be used, and all that was found."""
    wanted = [name for name in frame.names if name not in roles] if named is None else _named(frame, named, roles)
    columns = [_kept(frame.column(name), sample.rows) for name in wanted]
    why = {column.name: unusable(column) for column in columns}
    usable = [Feature(column) for column in columns if not why[column.name]][:FEATURES_MAX]
    findings = _ratio_findings(sample, shares)
    ratio = findings.pop(0)
    used, leaks = _without_leaks(usable, sample)
    findings += leaks
    skipped = {name: Both(*WHY[reason]) for name, reason in why.items() if reason}
    if skipped:
        findings.append(note("feature_unusable", features=dict(list(skipped.items())[:NOTED_MAX])))
    if named is None and used:
        findings.append(note("features_assumed", features=[one.name for one in used][:NOTED_MAX]))
    rows, balance_p, found = _balance(used, sample)
    findings += found
    findings += _attrition(sample)
    lacking = {one.name: one.column.missing_n for one in used if one.column.missing_n}
    if lacking:
        findings.append(note("feature_missing", counts=lacking))
    findings += _repeats(frame, sample, roles)
    return used, Audit(ratio, tuple(rows), balance_p, tuple(findings))


def _named(frame: Frame, named: Sequence[str], roles: set[str]) -> list[str]:
    for name in named:
        frame.column(name)
        if name in roles:
            raise UsageError(
                f"{name!r} is named as a feature and as something else", where=frame.where, remedy="leave it out of --features"
            )
    return list(dict.fromkeys(named))


def _kept(column: Column, rows: Array) -> Column:
    if len(rows) == len(column.codes):
        return column
    return Column(column.name, column.codes[rows], column.labels, column.kind, column.numbers)


def _ratio_findings(sample: Sample, shares: Mapping[str, float]) -> list[Any]:
    """The ratio check, then its findings."""
    arm = _units(sample)[0] if sample.nested else sample.arm
    counts = np.bincount(arm, minlength=len(sample.names))
    findings: list[Any] = []
    if sample.nested:
        findings.append(note("cluster_arms", clusters=len(arm)))
    if sample.propensity is not None:
        told = {
            "counts": dict(zip(sample.names, counts.tolist(), strict=True)),
            "shares": None,
            "declared": True,
            "p": math.nan,
        }
        return [told, *findings, *checks.propensity_ratio(sample.arm, sample.names, sample.propensity)]
    ratio, found = checks.ratio(counts, sample.names, shares)
    return [ratio, *findings, *found]


def _units(sample: Sample) -> tuple[Array, Array]:
    """Arm of each cluster, and the cluster of each row."""
    assert sample.cluster is not None  # noqa: S101 - only where clusters are the units
    arm = np.zeros(int(sample.cluster.max()) + 1, dtype=np.int64)
    arm[sample.cluster] = sample.arm
    return arm, sample.cluster


def _without_leaks(usable: Sequence[Feature], sample: Sample) -> tuple[list[Feature], list[Finding]]:
    known = ~np.isnan(sample.y)
    filled = np.where(known, sample.y, np.nanmean(sample.y))
    used, findings = [], []
    for feature in usable:
        outcome = checks.explained(feature, filled)
        treatment = max(checks.explained(feature, (sample.arm == place).astype(float)) for place in range(len(sample.names)))
        if outcome > LEAK_SHARE:
            findings.append(warning("leaks_outcome", feature=feature.name, share=f"{outcome:.1%}"))
        elif treatment > LEAK_SHARE:
            findings.append(warning("leaks_treatment", feature=feature.name, share=f"{treatment:.1%}"))
        else:
            used.append(feature)
    return used, findings


def _balance(used: Sequence[Feature], sample: Sample) -> tuple[list[Balance], float, list[Finding]]:
    if not used:
        return [], math.nan, []
    arms_n = len(sample.names)
    everybody = np.ones(len(sample.arm), dtype=bool)
    x = centred_design([feature.linear[0] for feature in used], everybody)
    if sample.propensity is not None or sample.weight is not None:
        return [], math.nan, []
    if not sample.nested:
        rows, findings = checks.balance(used, sample.arm, arms_n, sample.control)
        joint = checks.joint_p(x, sample.arm, arms_n)
    else:
        arm, cluster = _units(sample)
        ps = [checks.joint_p(_by_cluster(feature.linear[0], cluster), arm, arms_n) for feature in used]
        adjusted = holm(ps)
        rows = [
            Balance(one.name, math.nan, ps[place], adjusted[place], math.nan) for place, one in enumerate(used)
        ]  # fmt: skip
        findings = [
            warning("imbalance", feature=row.feature, p=p_text(row.p_holm), difference="-")
            for row in rows if row.p_holm < LEVEL
        ]  # fmt: skip
        joint = checks.joint_p(_by_cluster(x, cluster), arm, arms_n)
    if joint < LEVEL:
        findings = [*findings, warning("imbalance_joint", p=p_text(joint))]
    return rows, joint, findings


def _by_cluster(x: Array, cluster: Array) -> Array:
    sizes = np.bincount(cluster)
    means = np.column_stack([np.bincount(cluster, weights=column) / sizes for column in x.T])
    return centred_design([means], np.ones(len(means), dtype=bool))


def _attrition(sample: Sample) -> list[Finding]:
    missing = np.isnan(sample.y)
    if not missing.any():
        return []
    p, shares = checks.shares_differ(missing, sample.arm, len(sample.names))
    told = {name: f"{share:.2%}" for name, share in zip(sample.names, shares, strict=True)}
    found = [note("outcome_missing", n=int(missing.sum()), shares=told)]
    return [*found, warning("attrition", shares=told, p=p_text(p))] if p < LEVEL else found


def _repeats(frame: Frame, sample: Sample, roles: set[str]) -> list[Finding]:
    """Ids on more than one row, and rows that are copies of another where a copy cannot be chance."""
    findings: list[Finding] = []
    for name in frame.names:
        column = _kept(frame.column(name), sample.rows)
        if name in roles or not looks_like_id(column) or column.distinct_n == len(column.codes) - column.missing_n:
            continue
        known = column.codes >= 0
        sizes = np.bincount(column.codes[known])
        pairs = np.unique(column.codes[known] * len(sample.names) + sample.arm[known]) // len(sample.names)
        crossing = int((np.bincount(pairs) > 1).sum())
        findings.append(warning("repeated_ids", column=name, n=int(sizes[sizes > 1].sum()), crossing=crossing))
    copies = _copies(frame)
    return [*findings, warning("repeated_rows", n=copies)] if copies else findings


def _copies(frame: Frame) -> int:
    """Rows that are copies of another, if that is more than chance: 0 where rows have too little in them to tell.

    Rows that agree in the finest column agree in all others by chance at most as often as two rows agree in the next finest.
    """
    fineness = []
    for name in frame.names:
        sizes = np.bincount(frame.column(name).codes + 1)
        fineness.append((frame.column(name).distinct_n, float((sizes.astype(float) ** 2).sum()) / frame.rows_n**2, name))
    (finest, _, name), (_, agreeing, _) = sorted(fineness, reverse=True)[:2]
    known = frame.column(name).codes >= 0
    known_n = int(known.sum())
    if not known_n / 2 < finest < known_n:
        return 0
    copies = frame.repeated_rows_n(known)
    chance = float(stats.binom.sf(copies - 1, known_n - finest, min(agreeing, 1.0)))
    return copies if copies > 2 and chance < COPIES_LEVEL else 0
