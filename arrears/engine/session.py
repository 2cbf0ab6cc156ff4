"""What the steps of a day ask of an engine, and the choice between the two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

from arrears.errors import UsageError


class Session(Protocol):
    """One worker's view of the data: names bound to Parquet files or to results, and queries over them."""

    def bind(self, name: str, files: Sequence[Path]) -> None:
        """Let `name` stand for the rows of these Parquet files (at least one)."""

    def alias(self, name: str, query: str) -> None:
        """Let `name` stand for a query, computed wherever it is used."""

    def let(self, name: str, query: str) -> None:
        """Compute a query once and let `name` stand for its rows until the session is cleared."""

    def write(self, query: str, path: Path, order: Sequence[str]) -> int:
        """Write a query's rows, sorted by `order` (a key), to a Parquet file; returns the number of rows."""

    def write_in_place(self, query: str, path: Path, order: Sequence[str]) -> int:
        """The same for rows that are likely to come in order already: sorted only if they turn out not to be."""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """A small result."""

    def clear(self) -> None:
        """Forget every name."""


class Sessions(Protocol):
    """A running engine."""

    dialect: str
    """Ibis' name of its SQL."""
    workers: int
    """How many sessions it is worth running at once."""

    def session(self) -> AbstractContextManager[Session]:
        """A new session, closed at the end of the block."""

    def close(self) -> None: ...


def open_sessions(engine: str, *, memory_limit_mb: int, workers: int) -> Sessions:
    """The engine named `duckdb` or `spark`; raises `UsageError` where it is unknown or cannot run here."""
    if engine == "duckdb":
        from arrears.engine.duck import DuckSessions  # noqa: PLC0415 - the other engine's library need not be there

        return DuckSessions(memory_limit_mb=memory_limit_mb, workers=workers)
    if engine == "spark":
        from arrears.engine.spark import SparkSessions  # noqa: PLC0415

        return SparkSessions(memory_limit_mb=memory_limit_mb, workers=workers)
    raise UsageError(f"unknown engine {engine!r}", where="--engine", remedy="use duckdb or spark")


SQL_TYPES = {"string": "STRING", "date": "DATE", "int64": "BIGINT", "boolean": "BOOLEAN", "timestamp(6)": "TIMESTAMP"}
"""Ibis types in SQL that every engine reads."""


def bind_as(session: Session, name: str, files: Sequence[Path], columns: Mapping[str, str]) -> None:
    """Let `name` stand for these columns (name to Ibis type) of the files; one that an older file lacks is null in its rows."""
    alike: dict[tuple[str, ...], list[Path]] = {}
    for file in files:
        there = frozenset(pq.read_schema(file).names)
        alike.setdefault(tuple(column for column in columns if column in there), []).append(file)
    selects = []
    for number, (there_now, mine) in enumerate(alike.items()):
        session.bind(f"{name}_files_{number}", mine)
        listed = (
            f"f.{column}" if column in there_now else f"CAST(NULL AS {SQL_TYPES[kind]}) AS {column}"
            for column, kind in columns.items()
        )
        selects.append(f"SELECT {', '.join(listed)} FROM {name}_files_{number} f")
    session.alias(name, " UNION ALL ".join(selects))


_CAST_TO = {"int64": "BIGINT", "date": "DATE"}


def to_sql(expression: ir.Table, dialect: str) -> str:
    """The SQL of an expression on named tables, whose columns are of the types that the expression says.

    Ibis drops a cast to the type it believes a column has already, but engines widen: DuckDB adds int64 up to a HUGEINT, which
    Parquet would hold as a float, and makes a timestamp of a date plus days. So whole numbers and dates are cast once more.
    """
    query = str(ibis.to_sql(expression, dialect=dialect, pretty=False))
    quote = '"' if dialect == "duckdb" else "`"
    columns = []
    for name, kind in expression.schema().items():
        quoted, wanted = f"{quote}{name}{quote}", _CAST_TO.get(str(kind).lstrip("!"))
        columns.append(f"CAST({quoted} AS {wanted}) AS {quoted}" if wanted else quoted)
    return f"SELECT {', '.join(columns)} FROM ({query}) AS typed"
