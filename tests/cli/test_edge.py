"""Trouble of every kind becomes one line and an exit code, never a traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer

from arrears.cli.desk import moment_of
from arrears.cli.edge import workspace_named
from arrears.cli.options import day_of, operator
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


def test_a_word_that_is_not_utf_8_is_refused(call: Call) -> None:
    answer = call("law", "show", os.fsdecode(b"\xff"))
    assert (answer.code, answer.err) == (2, "arrears: word 3 is not UTF-8; write it, or name the file, in UTF-8\n")


def test_an_error_steers_no_terminal(call: Call, tmp_path: Path) -> None:
    case = tmp_path / "case.json"
    case.write_text('{"\\u001b[31m\\u202e": 1, "\\u001b[31m\\u202e": 2}')
    err = call("law", "gate", case, "--pack", "cn").err
    assert err.startswith("arrears: case: ?[31m?: the key is there twice")


@pytest.mark.parametrize("words", [["backup", "nowhere/desk.backup"], ["backup", "x" * 300]])
def test_a_place_that_there_is_not_is_no_defect(call: Call, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    def opened(*_: object, **__: object) -> None:
        Path(words[1]).write_bytes(b"")

    monkeypatch.setattr("arrears.cli.desk.store_of", opened)
    answer = call(*words)
    assert answer.code == 1
    assert "name a place that there is" in answer.err and "defect" not in answer.err


def test_a_terminal_without_chinese_shows_the_rest_and_json_stays_json() -> None:
    latin = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    for words in (["law", "list", "cn", "--lang", "zh"], ["law", "show", "CN-CBA-time", "--json"]):
        done = subprocess.run([*PROGRAM, *words], env=latin, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)[0]["id"] == "CN-CBA-time"


def test_whoever_has_a_number_and_no_name_is_on_the_record_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr("getpass.getuser", unknown)
    assert operator() == f"cli:uid-{os.getuid()}"


@pytest.mark.parametrize("word", ["2026-02-29", "2026-W01-1", "２０２６-01-05", "20260105", "2026-01-05\n", "0001-01-01", ""])
def test_a_date_is_written_in_one_way(word: str) -> None:
    with pytest.raises(typer.BadParameter, match="YYYY-MM-DD"):
        day_of(word)


@pytest.mark.parametrize("word", ["2026-01-05T10:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "now"])
def test_a_time_has_its_offset_and_a_year_of_ours(word: str) -> None:
    with pytest.raises(typer.BadParameter, match="with its offset, of 2000 to 2099"):
        moment_of(word)


@pytest.mark.parametrize(
    "words",
    [
        ["case", "promise", "--customer", "C1", "--due", "2026-01-08", "--amount", 10**13 + 1],
        ["case", "plan", "offer", "--customer", "C1", "--first-due", "2026-01-08", "--amount", 10**30],
        ["case", "plan", "offer", "--customer", "C1", "--first-due", "2026-01-08", "--amount", 1, "--waived", 10**30],
        ["case", "plan", "offer", "--customer", "C1", "--first-due", "2026-01-08", "--amount", 1, "--apr-ppm", 10**6 + 1],
        ["case", "matter", "--open", "dispute", "--customer", "C1", "--account", "a,b"],
        ["case", "task", "--open", "follow_up", "--customer", "C1", "--due", "2026-01-08", "--agent", "a,b"],
        ["received", "payment", "--customer", "C1", "--id", "P1", "--currency", "CNY", "--amount", 2**63],
        ["received", "payment", "--customer", "C1", "--id", "P1", "--currency", "cny", "--amount", 1],
        ["received", "payment", "--customer", "C1", "--id", "", "--currency", "CNY", "--amount", 1],
        ["user", "add", "u1", "--role", "collector", "--language", "fr"],
    ],
)
def test_a_command_takes_what_the_api_takes_and_no_more(call: Call, words: list[object]) -> None:
    answer = call(*words)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert "Invalid value" in answer.err


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


def test_the_module_is_the_command() -> None:
    words = [sys.executable, "-m", "arrears", "version"]
    script = subprocess.run([str(Path(sys.executable).parent / "arrears"), "version"], capture_output=True, check=True)
    assert subprocess.run(words, capture_output=True, check=True).stdout == script.stdout
