"""Simulated banks that charge wrongly here and there, supervised once for all tests of the room."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from arrears.day.workspace import Workspace
from arrears.lab.sample import write_sample
from tests.supervise.bank import Ran, Row, days_from, supervised

START = date(2026, 1, 5)


@dataclass(frozen=True)
class Wronged:
    """A bank, its supervised days, and what was planted in them."""

    ran: Ran
    planted: tuple[Row, ...]

    def of(self, *wrongs: str) -> list[Row]:
        return [row for row in self.planted if row["wrong"] in wrongs]


@pytest.fixture(scope="session")
def wronged(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int, int], Wronged]:
    """A bank of so many accounts whose first days have run, one in twenty closings charged wrongly in each way."""
    made: dict[tuple[int, int], Wronged] = {}

    def bank(accounts: int, days: int) -> Wronged:
        if (accounts, days) not in made:
            folder = tmp_path_factory.mktemp("wronged")
            write_sample(folder / "bank", accounts=accounts, days=days, seed=1, start=START, wrong_charges_bp=500)
            made[accounts, days] = run(folder, days_from(START, days))
        return made[accounts, days]

    return bank


def run(folder: Path, days: tuple[date, ...]) -> Wronged:
    workspace = folder / "workspace"
    workspace.mkdir()
    shutil.copyfile(folder / "bank" / "bank.toml", workspace / "bank.toml")
    supervised(Workspace(workspace), folder / "bank" / "feed", list(days))
    with (folder / "bank" / "wrong_charges.csv").open(encoding="utf-8", newline="") as stream:
        planted = tuple({**row, "over_minor": int(row["over_minor"])} for row in csv.DictReader(stream))
    return Wronged(Ran(Workspace(workspace), days), planted)
