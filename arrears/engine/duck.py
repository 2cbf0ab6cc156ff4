"""The DuckDB engine: one single-threaded connection a worker, since the work is already cut into shards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from arrears.store import COPY_OPTIONS, finish_file, quoted


class DuckSession:
    """See `Session`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._names: list[tuple[str, str]] = []

    def bind(self, name: str, files: Sequence[Path]) -> None:
        listed = ", ".join(quoted(file) for file in files)
        rows = f"SELECT * FROM read_parquet([{listed}], hive_partitioning = false)"
        self._connection.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS {rows}')
        self._names.append(("VIEW", name))

    def alias(self, name: str, query: str) -> None:
        self._connection.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS {query}')
        self._names.append(("VIEW", name))

    def let(self, name: str, query: str) -> None:
        self._connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {query}')
        self._names.append(("TABLE", name))

    def write(self, query: str, path: Path, order: Sequence[str]) -> int:
        return write_sorted(self._connection, query, path, order)

    def write_in_place(self, query: str, path: Path, order: Sequence[str]) -> int:
        return write_in_place(self._connection, query, path, order)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(query).fetchall()

    def clear(self) -> None:
        for kind, name in reversed(dict.fromkeys(self._names)):
            self._connection.execute(f'DROP {kind} IF EXISTS "{name}"')
        self._names.clear()


def write_sorted(connection: duckdb.DuckDBPyConnection, query: str, path: Path, order: Sequence[str]) -> int:
    """Write a query's rows sorted by key into a Parquet file that appears only when it is complete; returns its rows."""
    return _copy(connection, f"SELECT * FROM ({query}) ORDER BY {_listed(order)}", path)


def write_in_place(connection: duckdb.DuckDBPyConnection, query: str, path: Path, order: Sequence[str]) -> int:
    """The same where a single thread that reads a sorted table most likely keeps its order: checked, and sorted if not.

    Sorting is a fifth of the cost of a wide table, and an untouched order is free.
    """
    partial = path.with_name(path.name + ".unsorted")
    rows = _copy(connection, query, partial)
    source = f"SELECT * FROM read_parquet({quoted(partial)}, hive_partitioning = false)"
    keys = _listed(order)
    out_of_order = f"SELECT count(*) FROM (SELECT ({keys}) <= lag(({keys})) OVER () AS back FROM ({source})) WHERE back"
    found = connection.execute(out_of_order).fetchone()
    if found and found[0]:
        write_sorted(connection, source, path, order)
        partial.unlink()
    else:
        finish_file(partial, path)
    return rows


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    copied = connection.execute(f"COPY ({_nullable(query)}) TO {quoted(partial)} ({COPY_OPTIONS})").fetchone()
    finish_file(partial, path)
    return int(copied[0]) if copied else 0


def _nullable(query: str) -> str:
    """The same rows, in the same order, without what the engine knows about them from statistics.

    DuckDB writes a column as REQUIRED where its statistics rule out a null, and they depend on where the rows came from: the
    same rows from Spark would give another file. TRY of a column says "may be null" and costs nothing; an error stays one.
    """
    return f"SELECT TRY(COLUMNS(*)) FROM ({query})"


def _listed(order: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in order)


class DuckSessions:
    """See `Sessions`."""

    dialect = "duckdb"

    def __init__(self, *, memory_limit_mb: int, workers: int) -> None:
        self.workers = workers
        self._limit_mb = max(256, memory_limit_mb // workers)

    @contextmanager
    def session(self) -> Iterator[DuckSession]:
        # placing projections anew costs a fifth of a second for the widest query, and wins nothing there
        config = {
            "disabled_optimizers": "projection_placement",
            "threads": "1",
            "memory_limit": f"{self._limit_mb}MB",
            "TimeZone": "UTC",
            "enable_progress_bar": "false",
        }
        with duckdb.connect(":memory:") as connection:
            for name, value in config.items():
                connection.execute(f"SET {name} = '{value}'")
            yield DuckSession(connection)

    def close(self) -> None:
        """Nothing is held between sessions."""
