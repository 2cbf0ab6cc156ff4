"""Spark leaves what DuckDB leaves, byte for byte: every table and work file of an on-boarding day and of the days after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from arrears.book.build import BookQueries
from arrears.day.run import run_day
from arrears.day.workspace import STEPS, Workspace
from arrears.engine import Sessions, open_sessions
from arrears.lab.sample import write_sample
from arrears.store import Manifest

START = date(2026, 1, 5)
SHARDS = 2


@dataclass(frozen=True)
class World:
    """A simulated bank: `bank.toml` and a feed of some days, the first of which brings a month of history."""

    folder: Path
    days: tuple[date, ...]

    def run(self, name: str, sessions: Sessions) -> dict[str, Manifest]:
        """Run every day in a workspace of its own; returns the manifests by `<step> <date>`."""
        workspace = Workspace(self.folder / name)
        workspace.path.mkdir()
        settings = (self.folder / "bank.toml").read_text(encoding="utf-8").splitlines()
        kept = [f"shards = {SHARDS}", *(line for line in settings if not line.startswith("shards"))]
        (workspace.path / "bank.toml").write_text("\n".join(kept), encoding="utf-8")
        queries = BookQueries(workspace.strategy().bank, sessions.dialect)
        made = {}
        for day in self.days:
            result = run_day(workspace, self.folder / "feed", day, sessions=sessions, book_queries=queries)
            made |= {f"{step} {day}": result.manifests[step] for step in STEPS}
        return made


def world(folder: Path, *, accounts: int, days: int) -> World:
    write_sample(folder, accounts=accounts, days=days, seed=7, start=START, history_days=30)
    return World(folder, tuple(START + timedelta(days=number) for number in range(days)))


def assert_same_bytes(bank: World, spark: Sessions) -> None:
    by_duckdb = bank.run("duckdb", open_sessions("duckdb", memory_limit_mb=2000, workers=2))
    by_spark = bank.run("spark", spark)

    different = {
        name: sorted(file for file, digest in manifest.outputs.items() if by_spark[name].outputs.get(file) != digest)
        for name, manifest in by_duckdb.items()
        if dict(manifest.outputs) != dict(by_spark[name].outputs)
    }
    assert different == {}
    assert [manifest.rows for manifest in by_spark.values()] == [manifest.rows for manifest in by_duckdb.values()]
    for day in bank.days:  # two empty plans would agree about nothing
        assert by_duckdb[f"plan {day}"].rows["contacts"] > 0


@pytest.mark.spark
@pytest.mark.slow
def test_spark_and_duckdb_leave_the_same_bytes_of_a_small_bank(tmp_path: Path, spark: Sessions) -> None:
    assert_same_bytes(world(tmp_path, accounts=1_500, days=2), spark)


@pytest.mark.spark
@pytest.mark.slow
def test_spark_and_duckdb_leave_the_same_bytes_of_twenty_thousand_accounts(tmp_path: Path, spark: Sessions) -> None:
    assert_same_bytes(world(tmp_path, accounts=20_000, days=3), spark)
