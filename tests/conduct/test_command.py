"""`arrears conduct`: the list as text and as JSON, and an exit code that says whether the severest class is in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from arrears.cli.edge import run
from arrears.conduct.words import PATTERNS
from tests.conduct.world import DAY, EVE, World


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Near a cap, and nothing worse."""
    world = World()
    world.customer("C1")
    world.calls("C1", DAY, 5)
    root = tmp_path_factory.mktemp("conduct") / "bank"
    world.written(root)
    return root


@pytest.fixture(scope="module")
def breached(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One call at night."""
    world = World()
    world.customer("C1")
    world.contact("C1", DAY, "23:00")
    root = tmp_path_factory.mktemp("conduct") / "bank"
    world.written(root)
    return root


def test_without_a_breach_the_exit_code_is_0(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["conduct", "--date", str(DAY), "--workspace", str(bank), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["date"], told["breaches"], told["judged"]) == (str(DAY), 0, 5)
    (finding,) = told["findings"]
    assert (finding["pattern"], finding["subject"], finding["count"], finding["threshold"]) == ("near_cap", "C1-mobile", 5, 6)
    assert finding["do_zh"] == PATTERNS["near_cap"].do_zh


def test_with_a_breach_the_exit_code_is_1(breached: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["conduct", "--date", str(DAY), "--workspace", str(breached), "--lang", "zh"]) == 1
    assert "违规" in capsys.readouterr().out


def test_min_share_lists_fewer_caps(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["conduct", "--date", str(DAY), "--workspace", str(bank), "--min-share", "90", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []


def test_a_day_without_a_plan_is_refused_in_one_line(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["conduct", "--date", str(EVE), "--workspace", str(bank)]) == 1
    said = capsys.readouterr().err
    assert "no plan of 2026-03-09" in said and said.count("\n") == 1
