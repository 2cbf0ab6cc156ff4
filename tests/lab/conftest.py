"""A small simulated bank, written once for all tests of the room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from arrears.feed.contracts import CONTRACTS
from arrears.lab.sample import SampleSummary, write_sample

START, DAYS, HISTORY_DAYS = date(2026, 2, 2), 40, 180


@dataclass(frozen=True)
class Bank:
    folder: Path
    summary: SampleSummary
    sql: duckdb.DuckDBPyConnection
    """One view for each table of the feed, all days together, with the folder's date as `date`."""

    def column(self, query: str) -> list[object]:
        return [row[0] for row in self.sql.execute(query).fetchall()]

    def number(self, query: str) -> Any:
        row = self.sql.execute(query).fetchone()
        assert row is not None
        return row[0]


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    folder = tmp_path_factory.mktemp("lotus") / "bank"
    summary = write_sample(folder, accounts=20_000, days=DAYS, seed=11, start=START, history_days=HISTORY_DAYS)
    sql = duckdb.connect()
    for name in CONTRACTS:
        sql.execute(
            f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{folder}/feed/*/{name}.parquet', hive_partitioning = true)"
        )
    return Bank(folder, summary, sql)
