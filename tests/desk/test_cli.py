"""The desk's commands as a person types them, one bank from the plan to the export."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.desk.conftest import DAY, Bank

ARREARS = (sys.executable, "-c", "from arrears.cli import main; main()")


def arrears(*words: object, expect: int = 0) -> str:
    command = [*ARREARS, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == expect, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if expect == 0 else done.stderr or done.stdout


@pytest.fixture
def at_work(bank: Bank) -> Path:
    """The bank's workspace; every test leaves what it put on the desk."""
    return bank.workspace.path


def test_a_day_of_the_desk(at_work: Path, tmp_path: Path) -> None:
    where = ("--workspace", at_work)
    assert "published" in arrears("publish", "--date", DAY, *where)
    assert "published already" in arrears("publish", "--date", DAY, *where)
    sent = json.loads(arrears("dispatch", "--at", f"{DAY}T13:00:00+08:00", "--workers", 2, "--json", *where))
    assert sent["fates"]["allowed"] == sent["receipts"]["sent"] > 5
    spooled = list((at_work / "spool").rglob("*.json"))
    assert len(spooled) == sent["receipts"]["sent"]
    assert {path.stat().st_mode & 0o777 for path in spooled} == {0o600}
    again = json.loads(arrears("dispatch", "--at", f"{DAY}T13:00:00+08:00", "--json", *where))
    assert again["receipts"] == {}
    refused = arrears("received", "state", "--customer", "C404", "--flag", "dispute", *where, expect=1)
    assert refused.count("\n") == 1
    assert "the chain is sound" in arrears("ledger", "verify", *where)
    assert "链完好" in arrears("ledger", "verify", "--lang", "zh", *where)
    assert (at_work / "ledger-anchors.jsonl").exists()
    out = tmp_path / "feed"
    assert json.loads(arrears("ledger", "export", "--date", DAY, "--out", out, "--json", *where))["contacts"] == len(spooled)
    rows = pq.read_table(out / "contacts" / "ledger.parquet").to_pylist()
    assert {row["event_id"][:4] for row in rows} == {"LGR-"}
    saved = tmp_path / "desk.backup"
    arrears("backup", saved, *where)
    assert saved.stat().st_mode & 0o777 == 0o600
    assert "sound" in arrears("restore", saved, "--workspace", tmp_path / "restored")
    assert "mix two ledgers" in arrears("restore", saved, "--workspace", tmp_path / "restored", expect=1)
    assert json.loads(arrears("ledger", "verify", "--json", "--workspace", tmp_path / "restored"))["entries_n"] >= len(spooled)


def test_a_waiting_dispatch_ends_cleanly(at_work: Path) -> None:
    arrears("publish", "--date", DAY, "--workspace", at_work)
    words = ["dispatch", "--wait", "--at", f"{DAY}T13:00:00+08:00", "--json", "--workspace", str(at_work)]
    child = subprocess.Popen(
        [*ARREARS, *words], stdout=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - no thread runs here
    )  # fmt: skip
    time.sleep(6)
    os.kill(child.pid, signal.SIGINT)
    out, _ = child.communicate(timeout=30)
    assert child.returncode == 0
    assert "fates" in json.loads(out)


@pytest.mark.parametrize("words", [
    ["publish", "--date", "2031-01-01"], ["dispatch", "--at", "nonsense"], ["dispatch", "--channel", "call"],
    ["received", "payment", "--customer", "C1"], ["restore", "nowhere.backup"],
])  # fmt: skip
def test_wrong_words_are_one_line(words: list[str], tmp_path: Path) -> None:
    said = arrears(*words, "--workspace", tmp_path, expect=1 if words[0] in ("publish", "restore") else 2)
    assert said.count("\n") == 1
    assert said.startswith("arrears")
