"""A segment's steps on a day axis: places of marks, lines and words in one drawing; how it is drawn is the template's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from arrears.desk.strategy.showing import days_of
from arrears.playbook.conditions import Condition
from arrears.playbook.model import Step

LEFT, RIGHT, ROW, HEAD, FOOT = 290, 930, 36, 26, 30
"""Units of the drawing: where the axis begins and ends, height of a step, of a heading, of an axis."""
WIDTH = 960
TICKS_MAX = 10
KINDS: dict[str, tuple[str, str]] = {
    "due": ("days from the due date", "距还款日天数"), "dpd": ("days past due", "逾期天数"),
    "bucket_day": ("days in the bucket", "进入账龄段天数"), "since_days": ("days as a customer", "成为客户天数"),
    "month_day": ("day of the month", "每月日期"),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A step: its marks on the axis, and whether it goes on beyond the last of them."""

    step: Step
    y: int
    marks: tuple[tuple[int, int], ...]
    """(place, day)."""
    endless: bool


@dataclass(frozen=True)
class Lane:
    """The steps with the same kind of trigger, and their axis."""

    kind: tuple[str, str]
    y: int
    axis_y: int
    ticks: tuple[tuple[int, int], ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Diagram:
    """All lanes below each other."""

    lanes: tuple[Lane, ...]
    height: int
    width: int = WIDTH
    left: int = LEFT
    right: int = RIGHT


def diagram(steps: Sequence[Step], condition: Condition) -> Diagram:
    """The drawing of some steps of a segment; `condition` says to which day past due a step that repeats is drawn."""
    lanes: list[Lane] = []
    y = 0
    for kind, words in KINDS.items():
        mine = [(step, *days_of(step.trigger, condition)) for step in steps if step.trigger.kind == kind]
        if not mine:
            continue
        mine.sort(key=lambda one: (one[1][0], -one[0].priority))
        every = [day for _, days, _ in mine for day in days]
        low, high = min(every), max(every)
        top = y + HEAD
        rows = tuple(
            Row(step, top + ROW * number, tuple((_place(day, low, high), day) for day in days), endless)
            for number, (step, days, endless) in enumerate(mine)
        )
        axis = top + ROW * len(rows)
        lanes.append(Lane(words, y, axis, tuple((_place(day, low, high), day) for day in _ticks(every)), rows))
        y = axis + FOOT
    return Diagram(tuple(lanes), y)


def _place(day: int, low: int, high: int) -> int:
    return (LEFT + RIGHT) // 2 if low == high else LEFT + (RIGHT - LEFT) * (day - low) // (high - low)


def _ticks(days: Sequence[int]) -> tuple[int, ...]:
    """The days themselves while they are few and far enough apart; else some of them, the first and the last among them."""
    named = sorted(set(days))
    span = max(named[-1] - named[0], 1)
    kept = [named[0]]
    for day in named[1:-1]:
        if (day - kept[-1]) * TICKS_MAX * 2 >= span and (named[-1] - day) * TICKS_MAX * 2 >= span:
            kept.append(day)
    return tuple(kept if named[-1] == named[0] else [*kept, named[-1]])
