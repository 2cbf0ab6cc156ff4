"""Logged decisions in a file, handed to the estimators of `offpolicy`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from arrears.errors import UsageError
from arrears.lab.experiments.arms import outcome_of
from arrears.lab.experiments.columns import Column
from arrears.lab.experiments.features import QUANTILES, Feature, unusable
from arrears.lab.experiments.offpolicy import PolicyValue, evaluate
from arrears.lab.experiments.reading import Frame, read

Array = np.ndarray[Any, Any]


def evaluate_file(
    path: Path, *, action: str, propensity: str, outcome: str, policy: str | None = None,
    policy_shares: Mapping[str, str] | None = None, features: Sequence[str] = (), cluster: str | None = None,
    weight_cap: float | None = None,
) -> PolicyValue:  # fmt: skip
    """The value of a policy from a CSV or Parquet file; raises `UsageError` with file, column and row."""
    if bool(policy) == bool(policy_shares):
        raise UsageError(
            "give either the new policy's action or its probabilities", where=str(path),
            remedy="--policy COL, or --policy-share ACTION=COL for each action",
        )  # fmt: skip
    frame = read(path)
    logged = _labels(frame, action)
    y, _ = outcome_of(frame.column(outcome), None, frame.where)
    wanted: Array | dict[str, Array]
    if policy:
        wanted = _labels(frame, policy)
    else:
        wanted = {name: _numbers(frame, column) for name, column in (policy_shares or {}).items()}
    usable = [Feature(frame.column(name)) for name in features if not unusable(frame.column(name))]
    context = np.column_stack([one.curved for one in usable]) if usable else None
    clusters = None if cluster is None else frame.column(cluster).codes
    try:
        return evaluate(
            logged, _numbers(frame, propensity), y, wanted, context=context, cluster=clusters, segment=_segment(usable),
            weight_cap=weight_cap,
        )  # fmt: skip
    except UsageError as error:
        raise UsageError(error.what, where=f"{frame.where}: {error.where}", remedy=error.remedy) from None


def _labels(frame: Frame, name: str) -> Array:
    column = frame.column(name)
    if column.missing_n:
        row = int(np.argmax(column.codes < 0)) + 1
        raise UsageError(
            f"{name} is missing in {column.missing_n:,} rows", where=f"{frame.where}: data row {row:,}",
            remedy="every decision names its action; leave unfinished rows out",
        )  # fmt: skip
    return np.array([str(label) for label in column.labels])[column.codes]


def _numbers(frame: Frame, name: str) -> Array:
    column: Column = frame.column(name)
    if column.kind != "number":
        raise UsageError(f"column {name!r} is not a number", where=frame.where, remedy="choose a column of probabilities")
    return column.values


def _segment(usable: Sequence[Feature]) -> Array | None:
    """The levels of every feature by name, for overlap; a feature at a time is what can be seen in it."""
    few = [one for one in usable if not one.numeric and len(one.levels[1]) <= 4 * QUANTILES]
    if not few:
        return None
    codes, names = few[0].levels
    return np.array([f"{few[0].name} = {name}" for name in names])[codes]
