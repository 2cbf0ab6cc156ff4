"""The measurements measure the real thing: a whole day, and answers that agree with those of other tools."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from arrears.day.workspace import STEPS, Workspace
from arrears.errors import UsageError
from arrears.lab.against import against_pandas, against_zen
from arrears.lab.bench_day import DAY, DayFigures, as_growth, bench_day, prepare

BALLAST_BYTES = 800 * 2**20
"""Held while the day is started; the day of so small a bank needs less than half of it."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="module")
def figures(kept: Path) -> DayFigures:
    ballast = bytearray(b"x") * BALLAST_BYTES
    found = bench_day(3_000, shard_accounts=2_000, keep=kept, workers=1)
    assert len(ballast) == BALLAST_BYTES
    return found


def test_timed_day_leaves_every_step_published(figures: DayFigures, kept: Path) -> None:
    workspace = Workspace(kept / "workspace")
    made = {step: workspace.manifest(step, DAY) for step in STEPS}

    assert all(made.values())
    book = made["book"]
    assert book is not None and book.rows["accounts"] == 3_000 == figures.accounts
    assert workspace.days() == [DAY - timedelta(days=1), DAY]
    assert len(list((workspace.step("book", DAY) / "accounts").iterdir())) == 2


def test_a_tenth_of_the_accounts_transact_and_one_in_thirty_closes_a_statement(figures: DayFigures, kept: Path) -> None:
    feed = Workspace(kept / "workspace").manifest("feed", DAY)
    assert feed is not None and feed.facts["quarantined"] == 0
    assert feed.rows["statements"] == figures.accounts // 30
    assert figures.accounts * 0.08 < feed.rows["transactions"] < figures.accounts * 0.12


def test_seconds_of_the_steps_add_up_to_the_day(figures: DayFigures) -> None:
    assert [step.step for step in figures.steps] == ["start", *STEPS]
    assert sum(step.seconds for step in figures.steps) == pytest.approx(figures.seconds, abs=0.01)
    assert figures.segments >= 30
    assert figures.peak_bytes > 50 * 2**20


def test_figures_tell_what_the_issue_asks_for(figures: DayFigures) -> None:
    told = json.loads(json.dumps(figures.as_json()))
    assert {"accounts", "seconds", "accounts_per_second", "peak_bytes", "steps"} <= told.keys()
    assert f"| {figures.accounts:,} |" in as_growth([figures])
    assert "accounts a second" in figures.as_text()


def test_day_is_not_charged_for_the_memory_of_the_process_that_starts_it(figures: DayFigures) -> None:
    assert figures.peak_bytes < BALLAST_BYTES


def test_bank_is_never_prepared_over_another(kept: Path, figures: DayFigures) -> None:
    with pytest.raises(UsageError, match="there is a bank already"):
        prepare(kept, accounts=3_000)
    with pytest.raises(UsageError, match="--accounts"):
        bench_day(10)


def test_pandas_finds_the_same_days_past_due() -> None:
    pytest.importorskip("pandas", reason="pip install 'arrears[bench]'")
    found = against_pandas(5_000)
    assert (found.rows, found.disagreeing) == (5_000, 0)
    assert "all answers agree" in found.as_text()


def test_zen_finds_the_same_segments_by_row_and_by_batch() -> None:
    pytest.importorskip("zen", reason="pip install 'arrears[bench]'")
    found = against_zen(2_000)
    assert (found.rows, found.disagreeing) == (2_000, 0)
    assert found.as_json()["ratio"] > 1
