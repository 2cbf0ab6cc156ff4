"""Days run, told, explained and replayed from the shell."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from arrears.lab.dirt import dirty
from tests.cli.conftest import DAY_1, DAY_2, DAY_3, Call, Ran


def _fingerprint(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _an_account(workspace: Path) -> str:
    contacts = pq.read_table(workspace / "plan" / f"date={DAY_2}" / "contacts", partitioning=None)
    return str(contacts["account_id"][0])


def test_a_new_workspace_takes_the_settings_from_beside_the_feed(bank: Path, first_days: Ran) -> None:
    assert (first_days.workspace / "bank.toml").read_bytes() == (bank / "bank.toml").read_bytes()
    assert f"settings from {bank / 'bank.toml'}" in first_days.told


def test_a_run_tells_the_day_and_writes_its_page(first_days: Ran) -> None:
    page = first_days.workspace / "report" / f"date={DAY_1}" / "index.html"
    assert f"{DAY_1}: " in first_days.told and "Where to look next" in first_days.told
    assert str(page) in first_days.told
    assert "<html" in page.read_text(encoding="utf-8")


def test_a_day_that_has_run_is_left_as_it_is(call: Call, bank: Path, workspace: Path) -> None:
    before = _fingerprint(workspace)
    answer = call("run", "--feed", bank, "--date", DAY_1, "--until", DAY_2, "--workspace", workspace, "--json")
    told = json.loads(answer.out)
    assert (answer.code, answer.err) == (0, "")
    assert [day["date"] for day in told["days"]] == [DAY_1, DAY_2]
    assert all(day["was_done"] for day in told["days"])
    assert _fingerprint(workspace) == before


def test_a_gap_is_refused_with_the_command_that_fills_it(call: Call, bank: Path, workspace: Path) -> None:
    answer = call("run", "--feed", bank / "feed", "--date", "2026-01-09", "--workspace", workspace)
    assert answer.code == 1
    assert f"arrears run --feed DIR --date {DAY_3} --until 2026-01-09" in answer.err


def test_quarantined_rows_make_exit_code_3(call: Call, bank: Path, workspace: Path, tmp_path: Path) -> None:
    feed = tmp_path / "feed" / f"date={DAY_3}"
    shutil.copytree(bank / "feed" / f"date={DAY_3}", feed)
    planted = sum(one.rows for one in dirty(feed, seed=3))
    checked = call("feed", "check", feed, "--bank", bank / "bank.toml", "--workspace", workspace, "--json")
    assert (checked.code, json.loads(checked.out)["quarantined_n"]) == (3, planted)
    answer = call("run", "--feed", tmp_path / "feed", "--date", DAY_3, "--workspace", workspace, "--json")
    assert (answer.code, answer.err) == (3, "")
    assert json.loads(answer.out)["days"][0]["quarantined"] == planted


def test_two_runs_at_once_are_refused(call: Call, bank: Path, workspace: Path) -> None:
    with (workspace / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        answer = call("run", "--feed", bank / "feed", "--date", DAY_3, "--workspace", workspace)
    assert answer.code == 1
    assert "another run is at work" in answer.err


def test_a_feed_without_settings_near_it_is_refused(call: Call, bank: Path, tmp_path: Path) -> None:
    shutil.copytree(bank / "feed" / f"date={DAY_1}", tmp_path / "a" / "b" / "c" / f"date={DAY_1}")
    answer = call("run", "--feed", tmp_path / "a" / "b" / "c", "--date", DAY_1)
    assert answer.code == 1
    assert "no bank.toml" in answer.err
    assert not (tmp_path / "workspace").exists()


def test_the_workspace_may_come_from_the_environment(call: Call, ran: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARREARS_WORKSPACE", str(ran))
    answer = call("explain", _an_account(ran), "--date", DAY_2)
    assert answer.code == 0
    assert _an_account(ran) in answer.out


def test_explain_speaks_chinese_and_json(call: Call, ran: Path) -> None:
    account = _an_account(ran)
    chinese = call("explain", account, "--date", DAY_2, "--workspace", ran, "--lang", "zh")
    assert "逾期天数" in chinese.out
    told = json.loads(call("explain", account, "--date", DAY_2, "--workspace", ran, "--json").out)
    assert told["account_id"] == account
    assert any(way["decision"] == "chosen" for way in told["ways"])


def test_an_unknown_account_is_one_line(call: Call, ran: Path) -> None:
    answer = call("explain", "A-nobody", "--date", DAY_2, "--workspace", ran)
    assert (answer.code, answer.err.count("\n")) == (1, 1)


def test_report_is_written_again_and_told_as_json(call: Call, workspace: Path) -> None:
    page = workspace / "report" / f"date={DAY_1}" / "index.html"
    page.unlink()
    told = json.loads(call("report", "--date", DAY_1, "--workspace", workspace, "--json").out)
    assert Path(told["report"]) == page and page.exists()
    assert told["summary"]["day"] == DAY_1


def test_report_of_a_day_that_has_not_run_says_what_to_type(call: Call, ran: Path) -> None:
    answer = call("report", "--date", DAY_3, "--workspace", ran)
    assert answer.code == 1
    assert f"arrears run --feed DIR --date {DAY_3}" in answer.err


def test_replay_finds_the_same_day(call: Call, workspace: Path) -> None:
    told = json.loads(call("replay", "--date", DAY_2, "--workspace", workspace, "--json").out)
    assert told["same"] is True
    assert {table["step"] for table in told["tables"]} == {"book", "supervise", "risk", "playbook", "law", "plan"}
