"""The sample passes the feed's own check; every bad row planted in it is refused for its reason, and nothing else is."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from arrears.bank import load_bank
from arrears.errors import FeedError, UsageError
from arrears.feed.check import CheckReport, check_feed
from arrears.feed.relations import KnownAccounts
from arrears.lab.dirt import FILE_KINDS, dirty, empty_day, spoil
from tests.lab.conftest import START, Bank

FIRST = f"date={START}"


def copied(bank: Bank, tmp_path: Path, day: str) -> Path:
    return Path(shutil.copytree(bank.folder / "feed" / day, tmp_path / day))


def checked(bank: Bank, folder: Path, known: KnownAccounts | None) -> CheckReport:
    return check_feed(folder, bank=load_bank(bank.folder / "bank.toml"), business_date=None, known=known)


def test_no_row_of_the_handover_is_quarantined(bank: Bank) -> None:
    report = checked(bank, bank.folder / "feed" / FIRST, KnownAccounts(None))
    assert report.findings == ()
    assert report.quarantined_n == 0


def test_no_row_of_a_later_day_is_quarantined(bank: Bank) -> None:
    report = checked(bank, bank.folder / "feed" / "date=2026-03-01", None)
    assert report.findings == ()


def test_every_planted_row_is_refused_for_its_reason_and_no_other(bank: Bank, tmp_path: Path) -> None:
    clean = checked(bank, bank.folder / "feed" / FIRST, KnownAccounts(None))
    folder = copied(bank, tmp_path, FIRST)
    planted = dirty(folder, seed=3)
    report = checked(bank, folder, KnownAccounts(None))
    wanted = Counter({(one.table, one.reason): one.rows for one in planted})
    assert Counter({(one.table, one.reason): one.rows for one in report.findings}) == wanted
    good = {table.table: table.good for table in report.tables}
    for table in clean.tables:
        added = {"customers": 2, "accounts": 1}.get(table.table, 0)
        assert good[table.table] == table.good + added, table.table


def test_the_same_seed_plants_the_same_dirt(bank: Bank, tmp_path: Path) -> None:
    day = "date=2026-02-20"
    once, again = copied(bank, tmp_path / "a", day), copied(bank, tmp_path / "b", day)
    assert dirty(once, seed=1) == dirty(again, seed=1)
    for path in sorted(once.iterdir()):
        assert path.read_bytes() == (again / path.name).read_bytes(), path.name


@pytest.mark.parametrize("kind", list(FILE_KINDS))
def test_a_broken_file_stops_the_day(bank: Bank, tmp_path: Path, kind: str) -> None:
    folder = copied(bank, tmp_path, "date=2026-02-20")
    spoil(folder, kind)
    with pytest.raises(FeedError):
        checked(bank, folder, None)


def test_an_empty_day_is_a_good_day(bank: Bank, tmp_path: Path) -> None:
    folder = copied(bank, tmp_path, "date=2026-02-20")
    empty_day(folder)
    report = checked(bank, folder, KnownAccounts(None))
    assert [table.delivered for table in report.tables] == [0] * 8


def test_unknown_kind_and_folder_without_a_date_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown kind"):
        spoil(tmp_path, "smudged")
    with pytest.raises(UsageError, match="bears no date"):
        dirty(tmp_path, seed=1)
