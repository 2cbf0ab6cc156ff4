"""The segments as a GoRules decision table (JDM), so that zen-engine can decide the same and be compared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from arrears.playbook.conditions import All, Between, Condition, DaysAgo, Either, Flagged, Not, OneOf, columns_of
from arrears.playbook.model import Playbook


def decision_table(playbook: Playbook) -> dict[str, Any]:
    """JDM content with one decision table, first hit wins: plain tests as a cell a column, the rest as one expression.

    Feed it rows made by `decision_input`; the answer is `{"segment": id}`.
    """
    cells = [_cells(segment.condition) for segment in playbook.segments]
    fields = sorted({field for row in cells for field in row if field})
    inputs = [{"id": f"in_{field}", "name": field, "field": field} for field in fields]
    inputs.append({"id": "in_", "name": "other conditions", "field": ""})
    rules = [
        {"_id": segment.id, "_description": segment.title.en}
        | {f"in_{field}": row.get(field, "") for field in [*fields, ""]}
        | {"out_segment": f"'{segment.id}'"}
        for segment, row in zip(playbook.segments, cells, strict=True)
    ]
    content = {
        "hitPolicy": "first",
        "inputs": inputs,
        "outputs": [{"id": "out_segment", "name": "segment", "field": "segment"}],
        "rules": rules,
    }
    nodes = [
        {"id": "request", "type": "inputNode", "name": "customer", "position": {"x": 0, "y": 0}},
        {"id": "segments", "type": "decisionTableNode", "name": "segments", "position": {"x": 240, "y": 0}, "content": content},
        {"id": "response", "type": "outputNode", "name": "segment", "position": {"x": 480, "y": 0}},
    ]
    edges = [
        {"id": "to_segments", "type": "edge", "sourceId": "request", "targetId": "segments"},
        {"id": "to_response", "type": "edge", "sourceId": "segments", "targetId": "response"},
    ]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}


def decision_input(row: Mapping[str, Any], playbook: Playbook, as_of: date) -> dict[str, Any]:
    """A customer's row as the table's input: only the columns asked for, dates as `<column>_days_ago`."""
    named = sorted(frozenset[str]().union(*(columns_of(segment.condition) for segment in playbook.segments)))
    found: dict[str, Any] = {}
    for name in named:
        value = row.get(name)
        if isinstance(value, date) or name.endswith("_date"):
            found[f"{name}_days_ago"] = None if value is None else (as_of - value).days
        else:
            found[name] = (value or "") if name == "flags" else value
    return found


def _cells(condition: Condition) -> dict[str, str]:
    """Field to cell; the field "" holds what no single cell can say, as one expression."""
    cells: dict[str, str] = {}
    rest: list[str] = []
    for part in condition.parts if isinstance(condition, All) else (condition,):
        field = _field(part)
        if field and field not in cells:
            cells[field] = _unary(part)
        else:
            rest.append(_expression(part))
    return cells | ({"": " and ".join(rest)} if rest else {})


def _field(part: Condition) -> str:
    if isinstance(part, DaysAgo):
        return f"{part.column}_days_ago"
    return part.column if isinstance(part, Between | OneOf) else ""


def _unary(part: Condition) -> str:
    if isinstance(part, OneOf):
        return ", ".join(_literal(value) for value in part.values)
    assert isinstance(part, Between | DaysAgo)  # noqa: S101
    if part.low is not None and part.high is not None:
        return f"[{part.low}..{part.high}]"
    return f">= {part.low}" if part.low is not None else f"<= {part.high}"


def _expression(part: Condition) -> str:
    if isinstance(part, All | Either):
        word = " and " if isinstance(part, All) else " or "
        return "(" + word.join(_expression(one) for one in part.parts) + ")" if part.parts else "true"
    if isinstance(part, Not):
        return f"not({_expression(part.part)})"
    if isinstance(part, Flagged):
        return f"contains(flags, ',{part.flag},')"
    field = _field(part)
    if isinstance(part, OneOf):
        return "(" + " or ".join(f"{field} == {_literal(value)}" for value in part.values) + ")"
    limits = ([] if part.low is None else [f"{field} >= {part.low}"]) + (
        [] if part.high is None else [f"{field} <= {part.high}"]
    )
    return f"({field} != null and {' and '.join(limits)})"


def _literal(value: str | int | bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    return f'"{value}"' if "'" in value else f"'{value}'"  # `parsing` refuses text with a double quote
