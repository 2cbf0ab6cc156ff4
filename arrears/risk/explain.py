"""One customer's score in plain Python: what was seen of each attribute, the points it earned and the points it lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from arrears.risk.scorecard import Attribute, Bin, Missing, RiskError, Scorecard, Text


@dataclass(frozen=True)
class AttributeScore:
    """One line of the explanation. `bin` is the bin's label, `missing` where the value is not known."""

    attribute: str
    title: Text
    reason: Text
    seen: int | str | bool | None
    bin: str
    points: int
    lost: int


def bin_of(value: int | str | bool | None, attribute: Attribute) -> Bin | Missing:
    """The bin that `value` falls into."""
    if value is None:
        return attribute.missing
    for each in attribute.bins:
        if value in each.values if each.values is not None else each.to is None or int(value) <= each.to:
            return each
    return attribute.missing


def explain_score(row: Mapping[str, Any], scorecard: Scorecard) -> list[AttributeScore]:
    """Every attribute of the scorecard for one row of the customers book, in the scorecard's order.

    The score is the scorecard's base and the points of every line; the reasons of `scored` are the lines by points lost.
    Raises `RiskError` where the row lacks a column.
    """
    lines = []
    for attribute in scorecard.attributes:
        if attribute.id not in row:
            raise RiskError(
                f"the customer's row has no column {attribute.id}",
                where=f"scorecard {scorecard.name}",
                remedy="pass a whole row of the customers book",
            )
        seen = row[attribute.id]
        found = bin_of(seen, attribute)
        label, reason = (found.label, attribute.reason) if isinstance(found, Bin) else ("missing", _not_known(attribute))
        lost = attribute.best - found.points
        lines.append(AttributeScore(attribute.id, attribute.title, reason, seen, label, found.points, lost))
    return lines


def _not_known(attribute: Attribute) -> Text:
    """What a customer is told when points are missing because nothing is known, which is not their doing."""
    return Text(en=f"Not known yet: {attribute.title.en}.", zh=f"暂无记录：{attribute.title.zh}。")


def reasons_of(lines: list[AttributeScore], limit: int = 3) -> list[AttributeScore]:
    """The lines that lost points, most first; the order of the scorecard decides between equals."""
    return sorted((line for line in lines if line.lost > 0), key=lambda line: -line.lost)[:limit]
