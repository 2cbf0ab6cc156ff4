"""Small banks, run once for all tests of the room; a test that changes something takes a copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from arrears.day.workspace import Workspace
from arrears.lab.sample import write_sample
from tests.day.compiled import compile_once
from tests.day.golden import people
from tests.day.world import LEAP_DAY, deliver, run, together, workspace


@dataclass(frozen=True)
class Ran:
    """A bank with its feeds, and the days run on it."""

    workspace: Workspace
    feed: Path
    days: tuple[date, ...]

    @property
    def day(self) -> date:
        return self.days[-1]

    def copy(self, path: Path, *, until: date | None = None) -> Ran:
        """The same in another folder, feeds and all; with the days up to `until` only."""
        shutil.copytree(self.workspace.path, path / "workspace")
        shutil.copytree(self.feed, path / "feed")
        kept = tuple(day for day in self.days if until is None or day <= until)
        for day in set(self.days) - set(kept):
            for folder in (path / "workspace").glob(f"*/date={day}"):
                shutil.rmtree(folder)
        return Ran(Workspace(path / "workspace"), path / "feed", kept)


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> None:
    compile_once()


@pytest.fixture(scope="session")
def lotus(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A simulated bank of 300 accounts in 4 shards: the day before the leap day and the leap day."""
    folder = tmp_path_factory.mktemp("lotus")
    days = (LEAP_DAY - timedelta(days=1), LEAP_DAY)
    write_sample(folder / "bank", accounts=300, days=2, seed=7, start=days[0], history_days=120)
    where = Workspace(folder / "workspace")
    where.path.mkdir()
    settings = (folder / "bank" / "bank.toml").read_text(encoding="utf-8")
    (where.path / "bank.toml").write_text(settings.replace("shards = 1", "shards = 4"), encoding="utf-8")
    for day in days:
        run(where, folder / "bank" / "feed", day)
    return Ran(where, folder / "bank" / "feed", days)


@pytest.fixture(scope="session")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The people of `tests.day.golden` on the leap day."""
    folder = tmp_path_factory.mktemp("golden")
    where = workspace(folder / "workspace")
    feed = deliver(folder / "feed", LEAP_DAY, together(*(tables for _, tables in people().values())))
    run(where, feed, LEAP_DAY)
    return Ran(where, feed, (LEAP_DAY,))


@pytest.fixture
def copied(tmp_path: Path) -> Callable[..., Ran]:
    """A copy of a bank that the test may spoil."""
    return lambda ran, **how: ran.copy(tmp_path, **how)
