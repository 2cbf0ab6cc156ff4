"""What an experiment is judged by: each measure of each arm, and the differences with two intervals.

One interval is for a single look at a date fixed beforehand; the other holds at every look, so that a strategist may look
every day and stop whenever it is clear of zero.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from arrears.lab.experiments import sequences
from arrears.lab.experiments.entries import Outcomes
from arrears.lab.experiments.estimates import Estimate, Mean, difference, mean_of, plain

Array = np.ndarray[Any, Any]
Unit = Literal["money", "share", "count"]

ROWS_MIN = 50
"""Matured customers of each arm below which no interval that holds at every look is told: it is asymptotic."""
EVENTS_MIN = 10
"""Customers of both arms together with something to count, below which likewise."""


@dataclass(frozen=True)
class Measure:
    """Something counted a customer. `better` is 1 where more is better, -1 where less is, 0 where it is neither."""

    key: str
    unit: Unit
    better: int
    en: str
    zh: str


MEASURES = (
    Measure("recovered", "money", 1, "recovered per customer", "户均回收"),
    Measure("cost", "money", -1, "cost of contacts per customer", "户均联系成本"),
    Measure("net", "money", 1, "recovered less cost", "户均净回收"),
    Measure("cured", "share", 1, "cure rate of those late at entry", "入组逾期客户的治愈率"),
    Measure("npl", "share", -1, "NPL ratio at the end of the window", "窗口期末不良率"),
    Measure("contacts", "count", 0, "contacts per customer", "户均联系次数"),
    Measure("complaints", "count", -1, "complaints per customer", "户均投诉"),
)


@dataclass(frozen=True)
class Signals:
    """Per customer of one arm: the value whose mean is the measure (for a ratio, its linearisation), and customers counted."""

    values: Array
    varied_n: int

    @property
    def mean(self) -> Mean:
        return mean_of(self.values)


@dataclass(frozen=True)
class Effect:
    """One arm against another in one measure."""

    measure: Measure
    difference: Estimate
    """Interval and p for one look fixed beforehand."""
    low: float
    high: float
    """Holds at every look, at 95 %; open where too little has been seen."""
    always_p: float

    @property
    def good(self) -> bool:
        """Clear of zero on the better side at every look."""
        return self.measure.better * self.low > 0 if self.measure.better > 0 else self.measure.better * self.high > 0

    @property
    def bad(self) -> bool:
        """Clear of zero on the worse side."""
        return self.measure.better * self.high < 0 if self.measure.better > 0 else self.measure.better * self.low < 0

    def as_json(self) -> dict[str, Any]:
        return {
            "measure": self.measure.key, "unit": self.measure.unit, **self.difference.as_json(),
            "always_low": plain(self.low), "always_high": plain(self.high), "always_p": plain(self.always_p),
        }  # fmt: skip


def signals(found: Outcomes, costs: Mapping[str, int] | None, arms: Sequence[str]) -> dict[str, dict[str, Signals]]:
    """By arm and measure; customers whose window has not passed are left out."""
    return {arm: _of_arm(found, found.matured & (found.arm == arm), costs) for arm in arms}


def _of_arm(found: Outcomes, mine: Array, costs: Mapping[str, int] | None) -> dict[str, Signals]:
    contacts = sum(column[mine] for column in found.contacts.values())
    told = {
        "recovered": _signals(found.recovered_minor[mine]),
        "cured": _signals(found.cured[mine & found.late_at_entry].astype(float)),
        "npl": _ratio(found.npl_minor[mine], found.balance_minor[mine]),
        "contacts": _signals(np.asarray(contacts, dtype=float)),
        "complaints": _signals(found.complaints[mine]),
    }
    if costs is not None:
        spent: Array = np.zeros(int(mine.sum()))
        for channel, column in found.contacts.items():
            spent = spent + column[mine] * costs[channel]
        told["cost"] = _signals(spent)
        told["net"] = _signals(found.recovered_minor[mine] - spent)
    return told


def _signals(values: Array) -> Signals:
    if not len(values):
        return Signals(values, 0)
    kinds, repeats = np.unique(values, return_counts=True)
    return Signals(values, len(values) - int(repeats.max()) if len(kinds) > 1 else 0)


def _ratio(over: Array, under: Array) -> Signals:
    """A ratio of sums as a mean: each customer's part of its linearisation around the ratio (delta method)."""
    total = float(under.sum())
    if not len(under) or total <= 0:
        return Signals(np.zeros(0), 0)
    ratio = float(over.sum()) / total
    return Signals(ratio + (over - ratio * under) * len(under) / total, int((over > 0).sum()))


def effects(one: Mapping[str, Signals], other: Mapping[str, Signals], alpha: float = 0.05) -> tuple[Effect, ...]:
    """Every measure that both arms have, one less other."""
    found = []
    for measure in MEASURES:
        mine, theirs = one.get(measure.key), other.get(measure.key)
        if mine is None or theirs is None or min(len(mine.values), len(theirs.values)) < 2:
            continue
        gap, n = difference(mine.mean, theirs.mean), len(mine.values) + len(theirs.values)
        enough = min(len(mine.values), len(theirs.values)) >= ROWS_MIN and mine.varied_n + theirs.varied_n >= EVENTS_MIN
        low, high, always = math.nan, math.nan, math.nan
        if enough and gap.se > 0:
            low, high = sequences.interval(gap.value, n, gap.se, alpha)
            always = sequences.always_p(gap.value, n, gap.se)
        found.append(Effect(measure, gap, low, high, always))
    return tuple(found)
