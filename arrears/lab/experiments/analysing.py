"""One randomised table, analysed: differences of arms, who responds, and whether the assignment can be believed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from arrears.errors import UsageError
from arrears.lab.experiments import auditing, ranking, responding, tails, tree
from arrears.lab.experiments.adjusting import Adjusted, adjusted_difference, centred_design, slopes_alike
from arrears.lab.experiments.arms import Sample, sample_of
from arrears.lab.experiments.checks import Balance
from arrears.lab.experiments.estimates import Estimate, Mean, crossing_difference, difference, holm, lift, mean_of
from arrears.lab.experiments.features import Feature
from arrears.lab.experiments.findings import Both, Finding, note, warning
from arrears.lab.experiments.reading import Frame, read
from arrears.lab.experiments.words import CLUSTERS, ROWS

Array = np.ndarray[Any, Any]
Step = Callable[[str, int, int], None]

TINY = 30
"""Rows or clusters of an arm below which a warning says so."""
FOUND_LEVEL = 0.05


@dataclass(frozen=True)
class WhoResponds:
    """Whether, and for whom, the effect of one arm differs."""

    responses: tuple[responding.Response, ...]
    slopes_statistic: float
    slopes_p: float
    ranking: ranking.Ranking | None
    tree: tree.Tree | None
    p: float
    """That everybody responds alike: Bonferroni over the kinds of test, then Holm over the arms."""

    @property
    def found(self) -> bool:
        return self.p < FOUND_LEVEL


@dataclass(frozen=True)
class Comparison:
    """One arm against the control."""

    arm: str
    difference: Estimate
    p_holm: float
    lift: Estimate | None
    adjusted: Adjusted | None
    exact: tuple[str, float, int] | None
    """`fisher` or `permutation`, its p, and the shuffles; where the normal interval is doubtful."""
    who: WhoResponds | None


@dataclass(frozen=True)
class Analysis:
    """Everything said of one table."""

    where: str
    rows_n: int
    treatment: str
    outcome: str
    binary: bool
    control: str
    arms: tuple[tuple[str, int, Mean], ...]
    """Name, rows assigned, figures of those with an outcome."""
    comparisons: tuple[Comparison, ...]
    features: tuple[str, ...]
    ratio: Mapping[str, Any]
    balance: tuple[Balance, ...]
    balance_p: float
    findings: tuple[Finding, ...]

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.severity == "warning")


def analyse_file(path: Path, **named: Any) -> Analysis:
    """`analyse` for a CSV or Parquet file."""
    return analyse(read(path), **named)


def analyse(
    table: Frame | pa.Table | Any, *, treatment: str, outcome: str, features: Sequence[str] | None = None,
    control: str | None = None, shares: Mapping[str, float] | None = None, cluster: str | None = None,
    weight: str | None = None, propensity: str | None = None, success: str | None = None,
    progress: Step = lambda what, done, total: None,
) -> Analysis:  # fmt: skip
    """Analyse a table (a `Frame`, an Arrow table or a pandas DataFrame); raises `UsageError` where it cannot be.

    `features` must be known before treatment; None takes every other column, and says so. `shares` are the arms' intended
    shares. `cluster` names the unit that was assigned or that rows repeat; `propensity` each row's chance of its own arm.
    """
    frame = _frame(table)
    sample = sample_of(
        frame, treatment, outcome, control=control, success=success, weight=weight, propensity=propensity, cluster=cluster
    )
    progress("features", 0, 1)
    roles = {treatment, outcome, *filter(None, (cluster, weight, propensity))}
    used, audit = auditing.audit(frame, sample, features, roles, auditing.declared(shares, sample))
    findings = [*sample.findings, *audit.findings]
    means = [_mean(sample, place) for place in range(len(sample.names))]
    findings += _about_arms(sample, means)
    if sample.weight is not None and (sample.propensity is None or len(sample.names) > 2) and used:
        findings.append(note("ranking_unweighted"))
    linear = [feature.linear[0] for feature in used]
    compared = []
    others = [place for place in range(len(sample.names)) if place != sample.control]
    for done, place in enumerate(others):
        progress("who responds", done, len(others))
        compared.append(_compared(sample, place, means, used, linear, adjust=features is not None))
    progress("who responds", len(others), len(others))
    if features and any(one.adjusted is None for one in compared):
        columns = sum(one.shape[1] for one in linear)
        findings += [
            note("not_adjusted", arm=one.arm, n=means[place].n, columns=columns)
            for one, place in zip(compared, others, strict=True) if one.adjusted is None and columns
        ]  # fmt: skip
    sizes = np.bincount(sample.arm, minlength=len(sample.names)).tolist()
    return Analysis(
        frame.where, frame.rows_n, treatment, outcome, sample.binary, sample.names[sample.control],
        tuple(zip(sample.names, sizes, means, strict=True)), tuple(_over_arms(compared)), tuple(one.name for one in used),
        audit.ratio, audit.balance, audit.balance_p, tuple(sorted(findings, key=lambda one: one.severity != "warning")),
    )  # fmt: skip


def _frame(table: Any) -> Frame:
    if isinstance(table, Frame):
        return table
    try:
        arrow = table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False)
    except (TypeError, AttributeError, pa.ArrowException) as error:
        raise UsageError(f"not a table: {error}", remedy="give a Frame, an Arrow table or a pandas DataFrame") from None
    return Frame(arrow, "table")


def _mean(sample: Sample, place: int) -> Mean:
    mine = (sample.arm == place) & ~np.isnan(sample.y)
    if int(mine.sum()) < 2:
        raise UsageError(
            f"arm {sample.names[place]!r} has {int(mine.sum())} rows with an outcome", where=sample.where,
            remedy="leave the arm out of the file, or wait for its outcomes",
        )  # fmt: skip
    weight = None if sample.weight is None else sample.weight[mine]
    return mean_of(sample.y[mine], weight, None if sample.cluster is None else sample.cluster[mine])


def _about_arms(sample: Sample, means: Sequence[Mean]) -> list[Finding]:
    if np.ptp(sample.y[~np.isnan(sample.y)]) == 0:
        return [warning("outcome_constant", value=f"{np.nanmax(sample.y):g}")]
    found: list[Finding] = []
    for place, (name, mean) in enumerate(zip(sample.names, means, strict=True)):
        if mean.units_n < TINY:
            units = ROWS if sample.cluster is None else CLUSTERS
            found.append(warning("tiny_arm", arm=name, n=mean.units_n, units=Both(*units)))
        if place == sample.control:
            continue
        known = ~np.isnan(sample.y)
        values, others = sample.y[known & (sample.arm == place)], sample.y[known & (sample.arm == sample.control)]
        if not sample.binary and tails.doubtful(values, others) == "tail":
            found.append(warning("heavy_tail", arm=name, skewness=f"{tails.skewness(values):.1f}", n=mean.n))
        if sample.binary:
            control = means[sample.control]
            if tails.small_cells(round(mean.mean * mean.n), mean.n, round(control.mean * control.n), control.n):
                found.append(warning("few_events", arm=name))
    return found


def _compared(
    sample: Sample, place: int, means: Sequence[Mean], used: Sequence[Feature], linear: Sequence[Array], *, adjust: bool
) -> Comparison:
    rows = ((sample.arm == place) | (sample.arm == sample.control)) & ~np.isnan(sample.y)
    y, treated = sample.y[rows], sample.arm[rows] == place
    weight = None if sample.weight is None else sample.weight[rows]
    cluster = None if sample.cluster is None else sample.cluster[rows]
    one, other = means[place], means[sample.control]
    gap, covariance = difference(one, other), 0.0
    if cluster is not None and not sample.nested:
        gap, covariance = crossing_difference(y, treated, weight, cluster)
    x = centred_design(linear, rows)
    adjusted = adjusted_difference(y, treated, x, weight, cluster) if adjust else None
    who = _who(sample, rows, y, treated, weight, cluster, x, used) if used else None
    exact = _exact(sample, y, treated) if weight is None and cluster is None else None
    return Comparison(sample.names[place], gap, math.nan, lift(one, other, covariance), adjusted, exact, who)


def _exact(sample: Sample, y: Array, treated: Array) -> tuple[str, float, int] | None:
    if sample.binary:
        hits, n = int(y[treated].sum()), int(treated.sum())
        other_hits, other_n = int(y[~treated].sum()), int((~treated).sum())
        if tails.small_cells(hits, n, other_hits, other_n):
            return "fisher", tails.fisher(hits, n, other_hits, other_n), 0
    elif tails.doubtful(y[treated], y[~treated]):
        return "permutation", *tails.permutation_p(y, treated)
    return None


def _who(
    sample: Sample, rows: Array, y: Array, treated: Array, weight: Array | None, cluster: Array | None, x: Array,
    used: Sequence[Feature],
) -> WhoResponds:  # fmt: skip
    found = responding.responses(used, rows, y, treated, weight, cluster)
    statistic, _, slopes_p = slopes_alike(y, treated, x, weight) if cluster is None else (math.nan, 0, math.nan)
    share = None
    if sample.propensity is not None and len(sample.names) == 2:
        share = np.where(treated, sample.propensity[rows], 1 - sample.propensity[rows])
    ranks = weight is None or (share is not None and float(share.min()) > 0 and float(share.max()) < 1)
    order = ranking.ranked(used, rows, y, treated, share, cluster) if ranks else None
    split = tree.grown(used, rows, y, treated, weight, cluster)
    ps = [min((one.p_holm for one in found if not math.isnan(one.p_holm)), default=math.nan), slopes_p]
    known = [p for p in (*ps, order.p if order else math.nan) if not math.isnan(p)]
    p = min(1.0, len(known) * min(known)) if known else math.nan
    return WhoResponds(tuple(found), statistic, slopes_p, order, split, p)


def _over_arms(compared: Sequence[Comparison]) -> list[Comparison]:
    """Holm over the arms, of differences and of who responds."""
    ps = holm([one.difference.p for one in compared])
    who = holm([one.who.p if one.who else math.nan for one in compared])
    return [
        replace(one, p_holm=ps[place], who=replace(one.who, p=who[place]) if one.who else None)
        for place, one in enumerate(compared)
    ]  # fmt: skip
