"""A bank's own law pack lies beside its bank.toml, and a day keeps the one it was decided by."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from arrears.day.explain import explain
from arrears.day.replay import replay
from arrears.day.workspace import Workspace
from arrears.errors import BookError
from arrears.report import summarise
from tests.day import policies
from tests.day.compiled import book_queries, sessions
from tests.day.world import LEAP_DAY, cardholder, deliver, rows, run, together, workspace

NEXT_DAY = LEAP_DAY + timedelta(days=1)


@dataclass(frozen=True)
class Policed:
    """A bank of two customers whose own policy let no message be sent on the leap day."""

    workspace: Workspace
    feed: Path

    @property
    def policy(self) -> Path:
        return self.workspace.path / "laws" / "policy.yaml"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Policed:
    folder = tmp_path_factory.mktemp("policed")
    where = workspace(folder / "workspace", packs=("CN", "./laws/policy.yaml"))
    (where.path / "laws").mkdir()
    bank = Policed(where, folder / "feed")
    policies.write(bank.policy, policies.hours("03:00", "03:30", "Never by day"))
    people = [cardholder(1, LEAP_DAY, due_in=3), cardholder(2, LEAP_DAY, dpd=46)]
    run(where, deliver(bank.feed, LEAP_DAY, together(*people)), LEAP_DAY)
    return bank


@pytest.fixture
def bank(ran: Policed, tmp_path: Path) -> Policed:
    """A copy that the test may change."""
    shutil.copytree(ran.workspace.path, tmp_path / "workspace")
    shutil.copytree(ran.feed, tmp_path / "feed")
    return Policed(Workspace(tmp_path / "workspace"), tmp_path / "feed")


def same(bank: Policed, day: object = LEAP_DAY) -> bool:
    return replay(
        bank.workspace,
        day,
        sessions=sessions(),
        book_queries=book_queries(bank.workspace.strategy().bank),  # type: ignore[arg-type]
    ).same


def refusing(bank: Policed, day: object = LEAP_DAY) -> set[str]:
    found = rows(bank.workspace, "law", day, "verdicts")  # type: ignore[arg-type]
    return {rule for row in found for rule in row["refused_by"].split(",") if rule.startswith("BANK")}


def test_a_path_in_bank_toml_is_seen_from_its_own_folder(ran: Policed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert [pack.id for pack in ran.workspace.strategy().packs] == ["cn", "policy"]
    assert refusing(ran) == {"BANK-hours"}


def _change(bank: Policed) -> None:
    policies.write(bank.policy, policies.cap(3, 7))


def _remove(bank: Policed) -> None:
    bank.policy.unlink()
    settings = bank.workspace.path / "bank.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace(', "./laws/policy.yaml"', ""), encoding="utf-8")


@pytest.mark.parametrize("change", [_change, _remove])
def test_a_day_replays_by_the_policy_it_was_decided_by(bank: Policed, change: Callable[[Policed], None]) -> None:
    change(bank)
    assert same(bank)


def test_each_day_keeps_its_own_policy_under_the_same_settings(bank: Policed) -> None:
    _change(bank)
    deliver(bank.feed, NEXT_DAY)
    run(bank.workspace, bank.feed, NEXT_DAY)
    assert (refusing(bank), refusing(bank, NEXT_DAY)) == ({"BANK-hours"}, set())
    assert same(bank) and same(bank, NEXT_DAY)


def test_the_day_is_explained_and_reported_by_the_policy_of_that_day(bank: Policed) -> None:
    _remove(bank)
    told = "\n".join(explain(bank.workspace, "A1", LEAP_DAY, "en").lines())
    assert "Never by day" in told
    summary = summarise(bank.workspace.path, LEAP_DAY, bank.workspace.strategy().bank)
    assert {rule.rule_id: rule.title_en for rule in summary.rules}["BANK-hours"] == "Never by day"


def test_without_the_kept_policy_the_day_is_not_replayed_by_another(bank: Policed) -> None:
    (kept,) = (bank.workspace.path / "strategies" / "packs").iterdir()
    shutil.rmtree(kept)
    with pytest.raises(BookError, match="law pack policy that 2028-02-29 was run with is not kept here") as refused:
        same(bank)
    assert refused.value.where == str(kept)


def test_a_folder_of_files_is_kept_whole(tmp_path: Path) -> None:
    where = workspace(tmp_path / "workspace", packs=("CN", "laws"))
    (where.path / "laws").mkdir()
    policies.write(where.path / "laws" / "pack.yaml", policies.hours("09:00", "20:00"))
    (where.path / "laws" / "caps.yaml").write_text("rules:\n" + policies.cap(3, 7), encoding="utf-8")
    strategy = where.strategy()
    where.keep(strategy)
    kept = where.kept_pack(strategy.packs[1].content_hash)
    assert sorted(file.name for file in kept.iterdir()) == ["caps.yaml", "pack.yaml"]
    where.keep(strategy)


def test_a_policy_changed_since_it_was_read_is_not_kept_for_the_other(tmp_path: Path) -> None:
    where = workspace(tmp_path / "workspace", packs=("CN", "policy.yaml"))
    policies.write(where.path / "policy.yaml", policies.hours("09:00", "20:00"))
    strategy = where.strategy()
    policies.write(where.path / "policy.yaml", policies.hours("09:00", "21:00"))
    with pytest.raises(BookError, match="changed while the day began"):
        where.keep(strategy)
