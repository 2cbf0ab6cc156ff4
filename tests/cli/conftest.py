"""A small simulated bank with two days that have run, and a way to call the program as the shell does."""

from __future__ import annotations

import contextlib
import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from arrears.cli.edge import run
from tests.day.compiled import compile_once

DAY_1, DAY_2, DAY_3 = "2026-01-05", "2026-01-06", "2026-01-07"


class Answer(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Call = Callable[..., Answer]


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> None:
    compile_once()


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Call:
    """Call a command in an empty folder: `call("run", "--date", ..., stdin=b"...")`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ARREARS_WORKSPACE", raising=False)

    def called(*words: object, stdin: bytes = b"") -> Answer:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = run([str(word) for word in words])
        return Answer(code, *capsys.readouterr())

    return called


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three days of 300 accounts; nobody writes to it."""
    out = tmp_path_factory.mktemp("cli") / "bank"
    assert run(["sample", "--accounts", "300", "--days", "3", "--seed", "5", "--out", str(out), "--json"]) == 0
    return out


class Ran(NamedTuple):
    """A workspace with two days, and what the run of the first printed."""

    workspace: Path
    told: str


@pytest.fixture(scope="session")
def first_days(bank: Path) -> Ran:
    """The first two days of that bank; nobody writes to it."""
    workspace = bank.parent / "workspace"
    words = ["run", "--feed", str(bank / "feed"), "--workspace", str(workspace), "--date"]
    with contextlib.redirect_stdout(io.StringIO()) as told:
        assert run([*words, DAY_1]) == 0
    assert run([*words, DAY_2, "--json"]) == 0
    return Ran(workspace, told.getvalue())


@pytest.fixture
def ran(first_days: Ran) -> Path:
    """The workspace of those days; nobody writes to it."""
    return first_days.workspace


@pytest.fixture
def workspace(ran: Path, tmp_path: Path) -> Path:
    """A copy of that workspace, for a test that writes."""
    return Path(shutil.copytree(ran, tmp_path / "ws"))
