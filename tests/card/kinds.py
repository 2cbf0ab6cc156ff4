"""Evaluate one formula as a Python int, a NumPy array and an Ibis column on DuckDB, so that tests can hold them together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

_duckdb = ibis.duckdb.connect()


def as_ints(formula: Callable[..., Any], rows: Sequence[tuple[int, ...]]) -> list[Any]:
    return [formula(*row) for row in rows]


def as_array(formula: Callable[..., Any], rows: Sequence[tuple[int, ...]]) -> list[Any]:
    columns = [np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)]
    return [value.item() if hasattr(value, "item") else value for value in np.asarray(formula(*columns))]


def as_column(formula: Callable[..., Any], rows: Sequence[tuple[int, ...]]) -> list[Any]:
    names = [f"c{i}" for i in range(len(rows[0]))]
    data = {name: pa.array(column, pa.int64()) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
    table = ibis.memtable(pa.table({"row": pa.array(range(len(rows)), pa.int64()), **data}))
    answer = table.select("row", answer=formula(*(table[name] for name in names))).order_by("row")
    return list(_duckdb.to_pyarrow(answer)["answer"].to_pylist())


def same_in_all_kinds(formula: Callable[..., Any], rows: Sequence[tuple[int, ...]]) -> list[Any]:
    """The answers, having asserted that all three kinds agree on them."""
    ints = as_ints(formula, rows)
    assert as_array(formula, rows) == ints
    assert as_column(formula, rows) == ints
    return ints
