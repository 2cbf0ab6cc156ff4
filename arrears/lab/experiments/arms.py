"""From columns to a sample: which rows count, which arm is the control, what the outcome is. Nothing is dropped unsaid."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from arrears.errors import UsageError
from arrears.lab.experiments.columns import Column
from arrears.lab.experiments.findings import Both, Finding, note
from arrears.lab.experiments.reading import Frame
from arrears.lab.experiments.words import CONTROL_WHY

Array = np.ndarray[Any, Any]

ARMS_MAX = 50
_CONTROLS = (
    r"control( group)?|ctrl|ctl|对照组?|控制组", r"placebo|安慰剂组?", r"hold[ _-]?out|留白组?",
    r"champion|baseline|status[ _-]?quo|bau|现状|基准",
    r"none|no|untreated|nothing|false|无|未处理|(no|without)[ _-].*|.*[ _-](control|placebo)",
)  # fmt: skip
"""Names by which a control is known, the surest first."""


@dataclass(frozen=True)
class Sample:
    """Rows that name an arm. `y` is NaN where the outcome is missing; `arm` points into `names`."""

    where: str
    rows: Array
    """Places of these rows in the file."""
    names: tuple[str, ...]
    arm: Array
    control: int
    y: Array
    binary: bool
    weight: Array | None
    propensity: Array | None
    cluster: Array | None
    nested: bool
    """Each cluster is in one arm: clusters were assigned, not rows."""
    findings: tuple[Finding, ...]


def sample_of(
    frame: Frame, treatment: str, outcome: str, *, control: str | None, success: str | None, weight: str | None,
    propensity: str | None, cluster: str | None,
) -> Sample:  # fmt: skip
    """The sample that the columns named make; raises `UsageError` with the column and the remedy."""
    _apart(frame, {"treatment": treatment, "outcome": outcome, "weight": weight, "propensity": propensity, "cluster": cluster})
    if weight and propensity:
        raise UsageError(
            "both --weight and --propensity were given", where=frame.where, remedy="give one: a propensity makes its weight"
        )
    arms, findings = frame.column(treatment), []
    keep = arms.codes >= 0
    if not keep.all():
        findings.append(note("treatment_missing", n=int((~keep).sum())))
    weights = _positive(frame, weight or propensity, at_most=1.0 if propensity else math.inf)
    if weights is not None:
        lacking = keep & np.isnan(weights)
        if lacking.any():
            findings.append(note("weight_missing", n=int(lacking.sum())))
        keep &= ~np.isnan(weights)
    used = np.unique(arms.codes[keep])
    if not 2 <= len(used) <= ARMS_MAX:
        what = "one arm only" if len(used) < 2 else f"{len(used):,} different values"
        raise UsageError(
            f"column {treatment!r} has {what}", where=frame.where,
            remedy=f"a treatment column names two to {ARMS_MAX} arms; choose another, or check the rows",
        )  # fmt: skip
    renumbered = np.full(arms.distinct_n, -1)
    renumbered[used] = np.arange(len(used))
    names = tuple(str(arms.labels[code]) for code in used)
    arm = renumbered[arms.codes[keep]]
    place, why = _control(arms, names, arm, control, frame.where)
    if why:
        findings.append(note("control_assumed", control=names[place], why=Both(*CONTROL_WHY[why])))
    y, binary = outcome_of(frame.column(outcome), success, frame.where)
    clusters = _clusters(frame, cluster, keep, findings)
    kept = None if weights is None else weights[keep]
    return Sample(
        frame.where, np.flatnonzero(keep), names, arm, place, y[keep], binary,
        None if kept is None else 1 / kept if propensity else kept, kept if propensity else None, clusters,
        clusters is not None and _nested(clusters, arm), tuple(findings),
    )  # fmt: skip


def _apart(frame: Frame, roles: Mapping[str, str | None]) -> None:
    seen: dict[str, str] = {}
    for role, name in roles.items():
        if name is None:
            continue
        frame.column(name)
        if name in seen:
            raise UsageError(
                f"column {name!r} is both {seen[name]} and {role}", where=frame.where, remedy="give each its own column"
            )
        seen[name] = role


def _control(arms: Column, names: Sequence[str], arm: Array, wanted: str | None, where: str) -> tuple[int, str]:
    """The control's place, and how it was found if nobody named it."""
    if wanted is not None:
        for same in (
            lambda name: name == wanted,
            lambda name: name.casefold() == wanted.strip().casefold(),
            _as_number(wanted),
        ):
            found = [place for place, name in enumerate(names) if same(name)]
            if found:
                return found[0], ""
        raise UsageError(f"no arm is called {wanted!r}", where=where, remedy=f"--control names one of: {', '.join(names)}")
    for pattern in _CONTROLS:
        found = [place for place, name in enumerate(names) if re.fullmatch(pattern, name.strip(), re.IGNORECASE)]
        if len(found) == 1:
            return found[0], "name"
    if arms.kind == "number":
        return 0, "zero"
    sizes = np.bincount(arm)
    return int(np.argmax(sizes)), "largest"


def _as_number(wanted: str) -> Any:
    aliases = {"true": "1", "yes": "1", "false": "0", "no": "0"}
    try:
        number = float(aliases.get(wanted.strip().casefold(), wanted))
    except ValueError:
        return lambda name: False

    def same(name: str) -> bool:
        try:
            return float(name) == number
        except ValueError:
            return False

    return same


def outcome_of(column: Column, success: str | None, where: str) -> tuple[Array, bool]:
    """The outcome as floats, NaN where missing, and whether it is yes or no."""
    if success is not None:
        hits = [place for place, label in enumerate(column.labels) if str(label).casefold() == success.strip().casefold()]
        if not hits:
            raise UsageError(
                f"column {column.name!r} never is {success!r}", where=where,
                remedy=f"--success names one of: {', '.join(str(label) for label in column.labels[:20])}",
            )  # fmt: skip
        return np.where(column.codes < 0, np.nan, (column.codes == hits[0]).astype(float)), True
    if column.missing_n == len(column.codes):
        raise UsageError(f"column {column.name!r} has no values", where=where, remedy="choose another outcome")
    if column.kind != "number":
        shown = _offender(column) or ", ".join(repr(str(label)) for label in column.labels[:5])
        few = column.distinct_n <= 20
        raise UsageError(
            f"the outcome {column.name!r} is not a number; it has {shown}",
            where=where, remedy="say which value is success: --success VALUE" if few else "choose a column of numbers",
        )  # fmt: skip
    assert column.numbers is not None  # noqa: S101 - of kind number
    wild = ~np.isfinite(column.numbers)
    if wild.any():
        row = int(np.flatnonzero(np.isin(column.codes, np.flatnonzero(wild)))[0]) + 1
        raise UsageError(
            f"the outcome {column.name!r} is infinite", where=f"{where}: data row {row:,}", remedy="mend the value"
        )
    return column.values, set(column.numbers.tolist()) <= {0.0, 1.0}


def _offender(column: Column) -> str:
    """The first value that is no number among ones that mostly are, and its row; empty where most are not."""
    wrong = [place for place, label in enumerate(column.labels) if not _is_number(str(label))]
    if not wrong or len(wrong) > 0.5 * column.distinct_n:
        return ""
    row = int(np.argmax(np.isin(column.codes, wrong)))
    return f"{str(column.labels[column.codes[row]])!r} in data row {row + 1:,}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _positive(frame: Frame, name: str | None, *, at_most: float) -> Array | None:
    if name is None:
        return None
    column = frame.column(name)
    if column.kind != "number":
        raise UsageError(f"column {name!r} is not a number", where=frame.where, remedy="choose a column of numbers")
    values = column.values
    wrong = np.flatnonzero((values <= 0) | (values > at_most) | np.isinf(values))
    if len(wrong):
        limit = "above 0 and at most 1" if at_most == 1 else "above 0"
        raise UsageError(
            f"{name} is {values[wrong[0]]:g} ({len(wrong):,} such rows)", where=f"{frame.where}: data row {wrong[0] + 1:,}",
            remedy=f"it must be {limit}; leave out rows that could not have got their arm",
        )  # fmt: skip
    return values


def _clusters(frame: Frame, name: str | None, keep: Array, findings: list[Finding]) -> Array | None:
    if name is None:
        return None
    codes = frame.column(name).codes
    lacking = codes < 0
    if (lacking & keep).any():
        findings.append(note("cluster_missing", n=int((lacking & keep).sum())))
    own = np.where(lacking, codes.max(initial=0) + 1 + np.arange(len(codes)), codes)
    _, inverse = np.unique(own[keep], return_inverse=True)
    if int(inverse.max(initial=0)) < 2:
        raise UsageError(f"column {name!r} has too few clusters", where=frame.where, remedy="at least three are needed")
    return inverse


def _nested(cluster: Array, arm: Array) -> bool:
    lowest = np.full(int(cluster.max()) + 1, np.iinfo(np.int64).max)
    highest = np.full(int(cluster.max()) + 1, -1)
    np.minimum.at(lowest, cluster, arm)
    np.maximum.at(highest, cluster, arm)
    return bool(np.all(lowest == highest)) and len(lowest) < len(arm)
