"""A matter as one flat row, so that a day's matters are a table: the columns, a row of one matter, a table made fit to read."""

from __future__ import annotations

import functools
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from arrears.errors import LawError
from arrears.law.matter import BALANCES_MAX, EPOCH, EVENTS_MAX, MODELS, Balance, MatterBase

BALANCE_COLUMNS = tuple(Balance.model_fields)
_NOT_COLUMNS = ("format", "matter", "on", "jurisdictions", "language", "events", "balances")
_ARROW = {"string": pa.string(), "int64": pa.int64(), "date": pa.date32()}
_UNKNOWN: dict[str, Any] = {"string": "", "int64": 0, "date": EPOCH}


@functools.cache
def columns_of(matter: str) -> dict[str, str]:
    """The columns of a table of such matters, name to type; none may be missing, and a null is as unknown.

    Lists of words are one text, `,first,second,`. Events stand in `event_1`, `event_1_on` to `event_6_on`, an empty slot as ''
    and any date; balances of a payment in `apr_ppm_1`, `owed_minor_1`, ... to `_4`, an empty one all zero.
    """
    fields = MODELS[matter].model_fields
    columns = {"matter_id": "string", "jurisdiction": "string"}
    for name, field in fields.items():
        if name not in _NOT_COLUMNS:
            columns[name] = "int64" if field.annotation is int else "string"
    if "events" in fields:
        for slot in range(1, EVENTS_MAX + 1):
            columns |= {f"event_{slot}": "string", f"event_{slot}_on": "date"}
    if "balances" in fields:
        columns |= {f"{name}_{slot}": "int64" for slot in range(1, BALANCES_MAX + 1) for name in BALANCE_COLUMNS}
    return columns


def row_of(matter: MatterBase, matter_id: str = "", jurisdiction: str = "") -> dict[str, Any]:
    """The matter's row; it has one jurisdiction, the first where none is named."""
    kinds = columns_of(matter.matter)  # type: ignore[attr-defined]
    row = {name: _UNKNOWN[kind] for name, kind in kinds.items()}
    for name, value in matter:
        if name in kinds:
            row[name] = listed(value) if isinstance(value, tuple) else value
    for slot, event in enumerate(getattr(matter, "events", ()), start=1):
        row |= {f"event_{slot}": event.event, f"event_{slot}_on": event.on}
    for slot, balance in enumerate(getattr(matter, "balances", ()), start=1):
        row |= {f"{name}_{slot}": getattr(balance, name) for name in BALANCE_COLUMNS}
    return row | {"matter_id": matter_id, "jurisdiction": jurisdiction or matter.jurisdictions[0]}


def listed(words: tuple[str, ...]) -> str:
    """Words as the text of one column."""
    return f",{','.join(sorted(words))}," if words else ""


def matters_table(matter: str, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, _ARROW[kind]) for name, kind in columns_of(matter).items()]))


def prepared(table: ir.Table, matter: str) -> ir.Table:
    """The columns read, without nulls. Raises `LawError` naming the columns that are missing."""
    columns = columns_of(matter)
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise LawError(
            f"the table of {matter}s lacks {', '.join(missing)}",
            where="screen_matters",
            remedy="give every column of columns_of (docs/matters.md); '' or 0 where nothing is known",
        )
    return table.select(
        **{name: ibis.coalesce(table[name], ibis.literal(_UNKNOWN[kind], type=kind)) for name, kind in columns.items()}
    )
