"""Features as levels to compare, and as columns to regress on. Which of them cannot serve is said, with the reason."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from arrears.lab.experiments.columns import Column

Array = np.ndarray[Any, Any]

LEVELS_MAX = 20
"""Levels of a feature that are told apart; rarer ones count together."""
NUMBERS_AS_LEVELS_MAX = 10
"""A number with so few values is taken value by value."""
QUANTILES = 5
TEXT_LEVELS_MAX = 1_000
"""Text with more values than this, nearly all different, is no feature."""
MISSING, OTHER = "(missing)", "(other)"
_ID = re.compile(r"(^|[_\W])(id|ids|uuid|guid|key|index|idx|rowid|row|nr)([_\W]|$)|(编号|序号|号码)$|[a-z]I[dD]$|^Unnamed")


@dataclass(frozen=True)
class Feature:
    """One feature over the rows analysed."""

    column: Column

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def numeric(self) -> bool:
        """Whether it is a quantity, to be cut into quantiles and to enter regressions as it is."""
        return self.column.kind != "text" and self.column.distinct_n > NUMBERS_AS_LEVELS_MAX

    @property
    def ordered(self) -> bool:
        """Whether its levels have an order."""
        return self.column.kind != "text"

    @cached_property
    def levels(self) -> tuple[Array, tuple[str, ...]]:
        """A level a row, and what the levels are called, in order; a missing value is a level of its own, the last."""
        codes, names = self._cut() if self.numeric else self._values()
        lacking = codes < 0
        if lacking.any():
            codes = np.where(lacking, len(names), codes)
            names = [*names, MISSING]
        return codes, tuple(names)

    def _values(self) -> tuple[Array, list[str]]:
        codes, labels = self.column.codes, [str(label) for label in self.column.labels]
        counts = np.bincount(codes[codes >= 0], minlength=len(labels))
        if len(labels) <= LEVELS_MAX:
            used = np.flatnonzero(counts)
        else:
            used = np.sort(np.argsort(-counts, kind="stable")[: LEVELS_MAX - 1])
        new = np.full(len(labels) + 1, -1 if len(used) == np.count_nonzero(counts) else len(used), dtype=np.int64)
        new[used], new[-1] = np.arange(len(used)), -1
        names = [labels[place] for place in used]
        return new[codes], [*names, OTHER] if len(used) < np.count_nonzero(counts) else names

    def _cut(self) -> tuple[Array, list[str]]:
        values = self.column.values
        known = values[~np.isnan(values)]
        places = [-(-len(known) * part // QUANTILES) - 1 for part in range(1, QUANTILES)]
        edges = np.unique(np.partition(known, places)[places])
        edges = edges[edges < known.max()]
        codes = np.where(np.isnan(values), -1, np.searchsorted(edges, np.nan_to_num(values), side="left"))
        show = self.column.shown
        names = [f"<= {show(edges[0])}"] if len(edges) else ["all"]
        names += [f"{show(low)} < .. <= {show(high)}" for low, high in itertools.pairwise(edges)]
        return codes, [*names, f"> {show(edges[-1])}"] if len(edges) else names

    @cached_property
    def linear(self) -> tuple[Array, list[str]]:
        """Columns of a linear model: a quantity as it is with its mean where missing, levels as indicators but the largest."""
        if not self.numeric:
            return self._indicators()
        values = self.column.values
        lacking = np.isnan(values)
        filled = np.where(lacking, np.nanmean(values), values)
        if not lacking.any():
            return filled[:, None], [self.name]
        return np.column_stack([filled, lacking]), [self.name, f"{self.name} {MISSING}"]

    @cached_property
    def curved(self) -> Array:
        """Columns for ranking: place among the others, from -1 to 1, and its square; outliers have no pull."""
        if not self.numeric:
            return self._indicators()[0]
        values = self.column.values
        lacking = np.isnan(values)
        _, inverse, counts = np.unique(values[~lacking], return_inverse=True, return_counts=True)
        place = (np.cumsum(counts) - (counts + 1) / 2) / max(len(inverse), 1)
        rank = np.zeros(len(values))
        rank[~lacking] = 2 * place[inverse] - 1
        columns = [rank, np.where(lacking, 0.0, rank**2 - 1 / 3)] + ([lacking.astype(float)] if lacking.any() else [])
        return np.column_stack(columns)

    def _indicators(self) -> tuple[Array, list[str]]:
        codes, names = self.levels
        largest = int(np.argmax(np.bincount(codes, minlength=len(names))))
        kept = [level for level in range(len(names)) if level != largest]
        columns = [(codes == level).astype(float) for level in kept]
        return (
            np.column_stack(columns) if columns else np.zeros((len(codes), 0)),
            [f"{self.name} = {names[level]}" for level in kept],
        )


def looks_like_id(column: Column) -> bool:
    """Whether the column names its rows: every value once and the name of a key, a running number, or nearly all text apart."""
    known_n = len(column.codes) - column.missing_n
    if known_n < 20 or column.distinct_n < 0.5 * known_n:
        return False
    named = bool(_ID.search(column.name))
    if column.kind == "text":
        return named or column.distinct_n > max(TEXT_LEVELS_MAX, 0.9 * known_n) or column.distinct_n == known_n
    if column.kind != "number" or column.numbers is None:
        return False
    whole = bool(np.all(column.numbers == np.floor(column.numbers)))
    running = whole and column.distinct_n == known_n and column.numbers[-1] - column.numbers[0] == known_n - 1
    return running or (named and whole)


def unusable(column: Column) -> str:
    """Why a column cannot be a feature: a key of `words.WHY`, empty if it can."""
    if column.missing_n == len(column.codes):
        return "all_missing"
    if column.distinct_n < 2 and column.missing_n == 0:
        return "constant"
    if looks_like_id(column):
        return "id"
    if column.kind == "text" and column.distinct_n > TEXT_LEVELS_MAX and column.distinct_n > 0.5 * len(column.codes):
        return "free_text"
    return "infinite" if column.numbers is not None and not np.all(np.isfinite(column.numbers)) else ""
