"""Why a customer is in a segment, in plain Python: the same conditions read for one row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from arrears.playbook.conditions import All, Flagged, atoms, holds, text_of
from arrears.playbook.model import Playbook


@dataclass(frozen=True)
class Seen:
    """One condition, the values it looked at, and whether it holds."""

    condition: str
    values: Mapping[str, Any]
    holds: bool


@dataclass(frozen=True)
class SegmentMatch:
    """One segment asked in turn; `matched` is true only of the last, which is the customer's."""

    segment: str
    matched: bool
    conditions: tuple[Seen, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def explain_segment(row: Mapping[str, Any], playbook: Playbook, as_of: date | None = None) -> list[SegmentMatch]:
    """The segments asked for `row` (book and score columns), from the first to the one that takes the customer.

    `as_of` is needed only by playbooks that compare dates.
    """
    asked: list[SegmentMatch] = []
    for segment in playbook.segments:
        condition = segment.condition
        parts = condition.parts if isinstance(condition, All) else (condition,)
        seen = []
        for part in parts:
            names = ["flags" if isinstance(atom, Flagged) else atom.column for atom in atoms(part)]
            seen.append(Seen(text_of(part), {name: row.get(name) for name in dict.fromkeys(names)}, holds(part, row, as_of)))
        matched = all(one.holds for one in seen)
        asked.append(SegmentMatch(segment.id, matched, tuple(seen)))
        if matched:
            break
    return asked
