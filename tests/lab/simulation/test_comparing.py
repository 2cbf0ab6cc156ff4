"""Two strategies side by side: pairs, intervals, and the words of the table."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from arrears.cli.edge import run as arrears
from arrears.errors import UsageError
from arrears.lab.simulation.comparing import Settings, Side, compare, paired
from arrears.lab.simulation.efforts import capacities_for
from arrears.lab.simulation.measures import MEASURES
from arrears.lab.simulation.telling import lines

START = date(2026, 2, 10)


def settings(*allocators: str, accounts: int = 2_000, days: int = 2, workers: int = 1) -> Settings:
    sides = tuple(Side("guide", name) for name in allocators)
    return Settings(sides, accounts, START, days, (1, 2), capacities_for(accounts), workers)


def test_the_interval_is_students() -> None:
    values = np.array([3.0, 5.0, 4.0, 8.0])
    found = paired(values)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.clear_of_zero and not paired(values - 5).clear_of_zero


def test_one_seed_has_no_interval() -> None:
    assert paired(np.array([4.0])).low is None


@pytest.mark.slow
def test_a_strategy_against_itself_differs_in_nothing_and_processes_change_nothing() -> None:
    one, two = compare(settings("rule", "rule")), compare(settings("rule", "rule", workers=2))
    assert one.outcomes == two.outcomes
    assert all(one.difference(measure).mean == 0 for measure in MEASURES)
    for language in ("en", "zh"):
        head, rows, below = lines(one, language, "CNY")
        assert len(rows) == len(MEASURES) and all(len(row) == len(head) for row in rows) and below


def test_a_playbook_that_is_not_there_is_refused_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert arrears(["simulate", "--playbook", "nowhere.yaml", "--accounts", "1000", "--days", "1"]) == 2
    assert "nowhere.yaml" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("wrong", "flag"), [({"accounts": 5}, "--accounts"), ({"days": 0}, "--days")],
)  # fmt: skip
def test_sizes_out_of_range_are_refused(wrong: dict[str, int], flag: str) -> None:
    with pytest.raises(UsageError, match=flag):
        settings("rule", **wrong)


def test_a_log_is_of_one_run_that_draws() -> None:
    with pytest.raises(UsageError, match="--log"):
        Settings((Side("guide", "rule"),), 2_000, START, 2, (1,), capacities_for(2_000), 1, log=Path("x.parquet"))


@pytest.mark.slow
def test_the_command_prints_one_document(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ["simulate", "--accounts", "2000", "--days", "2", "--seed", "5", "--json", "--out", str(tmp_path / "out.json")]
    assert arrears(words) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert printed["strategies"][0]["by_seed"][0]["contacts_n"] > 0 and printed["seconds"] > 0 and printed["peak_bytes"] > 0
