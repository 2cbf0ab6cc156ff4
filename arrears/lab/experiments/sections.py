"""Pieces of a report: a heading, sentences, a table. A terminal prints them now, a page may show them later."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from arrears.lab.experiments.estimates import CONFIDENCE, Estimate
from arrears.lab.experiments.findings import p_text


@dataclass(frozen=True)
class Section:
    """`rows` are cells as text in the order of `head`; the first column is a name, the others are figures."""

    title: str
    lines: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "title": self.title, "lines": list(self.lines), "head": list(self.head), "rows": [list(row) for row in self.rows],
        }  # fmt: skip


def number(value: float, digits: int = 4) -> str:
    """A figure to so many significant digits, with thousands apart; a dash for none."""
    if not math.isfinite(value):
        return "-"
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(decimals, 10)}f}"


def with_se(one: Estimate) -> tuple[str, str, str, str]:
    """Value, standard error, interval, p."""
    span = f"{number(one.low)} .. {number(one.high)}" if math.isfinite(one.low) else "-"
    return number(one.value), number(one.se), span, p_text(one.p)


CONFIDENCE_WORD = f"{CONFIDENCE:.0%}"
