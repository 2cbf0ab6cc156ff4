"""Trouble of every kind becomes one line and an exit code, never a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from arrears.cli.edge import workspace_named
from tests.cli.conftest import DAY_1, Call

PROGRAM = [sys.executable, "-c", "from arrears.cli import main; main()"]


def test_what_nobody_foresaw_names_a_log_in_the_workspace(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "workspace").mkdir()
    monkeypatch.setattr("importlib.metadata.version", lambda name: 1 // 0)
    answer = call("version")
    assert answer.code == 1
    assert answer.err.count("\n") == 1
    assert "unexpected ZeroDivisionError" in answer.err
    log = Path(answer.err.split(" in ")[-1].strip())
    assert log.parent == Path("workspace/errors")
    assert "Traceback" in (tmp_path / log).read_text() and "1 // 0" in (tmp_path / log).read_text()


def test_without_a_workspace_the_log_goes_to_the_temp_folder(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("importlib.metadata.version", lambda name: 1 // 0)
    log = Path(call("version").err.split(" in ")[-1].strip())
    assert log.parent == tmp_path and log.exists()


def test_a_folder_that_cannot_be_written_is_named(call: Call, tmp_path: Path, bank: Path) -> None:
    (tmp_path / "taken").write_text("a file where the workspace's parent should be")
    answer = call("run", "--feed", bank / "feed", "--date", DAY_1, "--workspace", tmp_path / "taken" / "ws")
    assert answer.code == 1
    assert "taken" in answer.err and answer.err.count("\n") == 1 and "unexpected" not in answer.err


def test_workspace_is_found_in_the_words_or_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARREARS_WORKSPACE", "/from/environment")
    assert workspace_named(["run", "--workspace", "here"]) == Path("here")
    assert workspace_named(["run", "--workspace=there", "--json"]) == Path("there")
    assert workspace_named(["run"]) == Path("/from/environment")


def test_interrupted_says_so_in_one_line_and_leaves_with_130(tmp_path: Path) -> None:
    words = ["sample", "--accounts", "200000", "--days", "200", "--out", str(tmp_path / "bank")]
    # a shell that runs the tests in the background leaves SIGINT ignored to its children
    listening = ["env", "--default-signal=INT", *PROGRAM, *words]
    process = subprocess.Popen(listening, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not (tmp_path / "bank" / "bank.toml").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert (out, err.count("\n")) == ("", 1)
    assert "interrupted" in err


def test_a_reader_that_leaves_early_is_no_error() -> None:
    law = subprocess.Popen([*PROGRAM, "law", "show", "us", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert law.stdout is not None and law.stderr is not None
    os.read(law.stdout.fileno(), 10)
    law.stdout.close()
    law.wait(timeout=60)
    assert law.stderr.read() == b""
    law.stderr.close()
