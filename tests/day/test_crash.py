"""A run killed by SIGKILL anywhere leaves nothing half-published, and the next run makes the very same files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from arrears.day.workspace import STEPS
from tests.day.conftest import Ran

REPOSITORY = Path(__file__).parents[2]
WHOLE = ("feed", "allocate")
"""Steps of one event: the feed, and the allocation of a bank whose effort is not scarce, which writes nothing."""
BY_SHARD = tuple(step for step in STEPS if step not in WHOLE)
A_FEW = ("rename:feed:0:9", "event:book:1", "event:law:3", "event:plan:0", "event:plan:4", "moment:supervise:1",
         "moment:plan:3")  # fmt: skip
"""One of each kind, early and late in the day; the slow tests go through all of them."""
EVERY_EVENT = (
    *(f"event:{step}:0" for step in WHOLE),
    *(f"event:{step}:{number}" for step in BY_SHARD for number in range(5)),
)
EVERY_RENAME = ("rename:feed:0:1", "rename:book:0:5",
                *(f"rename:{step}:0:1" for step in ("supervise", "risk", "playbook", "law")), "rename:plan:0:2")  # fmt: skip
MANY_MOMENTS = (
    "moment:playbook:1", "moment:law:2", "moment:plan:4",
    *(f"moment:{step}:{seed}" for step in ("feed", "book", "supervise", "playbook", "law", "plan") for seed in (11, 12)),
)  # fmt: skip


def killed(lotus: Ran, tmp_path: Path, *modes: str) -> list[dict[str, Any]]:
    """A report for each kill on the leap day."""
    start = lotus.copy(tmp_path, until=lotus.days[0])
    command = [sys.executable, "-m", "tests.day.crashing", start.workspace.path, start.feed, lotus.day.isoformat(), *modes]
    done = subprocess.run([str(part) for part in command], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def assert_harmless(reports: list[dict[str, Any]]) -> None:
    assert [(report["mode"], report["half_published"]) for report in reports if report["half_published"]] == []
    assert [(report["mode"], report["different"]) for report in reports if report["different"]] == []


def test_killed_at_step_boundaries_inside_steps_and_at_random_moments(lotus: Ran, tmp_path: Path) -> None:
    reports = killed(lotus, tmp_path, *A_FEW)
    assert_harmless(reports)
    assert [report["mode"] for report in reports] == ["rename:feed:0", *A_FEW[1:]]
    at_events = [report for report in reports if report["mode"].startswith("event")]
    assert all(report["killed"] for report in at_events)
    assert [len(report["published"]) for report in at_events] == [1, 5, 7, 8], "allocate writes nothing here"
    assert any(report["staging_n"] for report in reports), "no kill left a step half done, so nothing was resumed"


@pytest.mark.slow
def test_killed_at_every_event_of_the_day(lotus: Ran, tmp_path: Path) -> None:
    reports = killed(lotus, tmp_path, *EVERY_EVENT)
    assert_harmless(reports)
    assert len(reports) == len(EVERY_EVENT) == 32
    assert all(report["killed"] for report in reports)
    assert {len(report["published"]) for report in reports} >= {1, 2, 3, 4, 5, 7, 8}, "allocate writes nothing here"


@pytest.mark.slow
def test_killed_before_renames_of_files_and_folders(lotus: Ran, tmp_path: Path) -> None:
    reports = killed(lotus, tmp_path, *EVERY_RENAME)
    assert_harmless(reports)
    assert all(report["killed"] for report in reports)
    assert {report["mode"].split(":")[1] for report in reports} == set(STEPS) - {"allocate"}, "allocate writes nothing here"
    assert any(report["partial_n"] for report in reports), "no kill left a half-written file"


@pytest.mark.slow
def test_killed_at_many_random_moments(lotus: Ran, tmp_path: Path) -> None:
    reports = killed(lotus, tmp_path, *MANY_MOMENTS)
    assert_harmless(reports)
    assert any(report["killed"] and report["staging_n"] for report in reports)
