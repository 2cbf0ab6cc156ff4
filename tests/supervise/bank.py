"""A bank whose days are run as far as supervision: the later steps do not matter here and cost the most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from arrears.day import run as running
from arrears.day.steps import Context
from arrears.day.workspace import Workspace, require_next
from arrears.engine import Sessions, open_sessions
from arrears.store import Manifest
from tests.day.compiled import book_queries

Row = dict[str, Any]
STEPS = ("feed", "book", "supervise")


def supervised(workspace: Workspace, feed: Path, days: list[date], sessions: Sessions | None = None) -> None:
    """Run the first steps of every day in order."""
    engine = sessions or open_sessions("duckdb", memory_limit_mb=1_000, workers=1)
    strategy = workspace.strategy()
    queries = book_queries(strategy.bank, engine.dialect)
    for day in days:
        before = require_next(workspace, day)
        folder = feed / f"date={day}"
        context = Context(workspace, strategy, day, before, folder, engine, queries, lambda _: None)
        manifests: dict[str, Manifest] = {}
        for step in STEPS:
            inputs = running._inputs(context, step, manifests, running.feed_hashes(folder))
            manifests[step] = running.run_step(context, step, inputs)


@dataclass(frozen=True)
class Ran:
    """A workspace whose days were supervised."""

    workspace: Workspace
    days: tuple[date, ...]

    def table(self, name: str, day: date | None = None) -> list[Row]:
        """Rows of a table of supervision, of one day or of all, with the `day` that left them."""
        days = [day] if day else self.days
        return [row for one in days for row in self._of(name, one)]

    def _of(self, name: str, day: date) -> Iterator[Row]:
        files = self.workspace.step("supervise", day) / name / "*.parquet"
        with duckdb.connect() as connection:
            found = connection.sql(f"SELECT * FROM read_parquet('{files}', hive_partitioning = false)")
            columns, rows = found.columns, found.fetchall()
        for row in rows:
            yield {**dict(zip(columns, row, strict=True)), "day": day}


def days_from(first: date, count: int) -> tuple[date, ...]:
    return tuple(first + timedelta(days=number) for number in range(count))
