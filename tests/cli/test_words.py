"""Every command has help with an example and --json; wrong words get one line and exit code 2."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import typer

from arrears.cli.edge import app
from tests.cli.conftest import Call


def _commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            yield from _commands(inner, (*words, name))
    else:
        yield words


COMMANDS = sorted(_commands(typer.main.get_command(app)))


def test_the_commands_of_the_design_are_there() -> None:
    wanted = {"sample", "import uci", "feed check", "run", "explain", "replay", "report", "law list", "law show", "law test"}
    wanted |= {"law gate", "playbook check", "playbook show", "playbook diff", "card payoff", "card plan", "risk uci", "demo"}
    assert wanted <= {" ".join(words) for words in COMMANDS}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_shows_an_example_and_json(call: Call, words: tuple[str, ...]) -> None:
    answer = call(*words, "--help")
    assert answer.code == 0
    assert f"arrears {' '.join(words)}" in answer.out.partition("Example:")[2]
    assert "--json" in answer.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("frobnicate",), "No such command 'frobnicate'"),
        (("run", "--feed", "x"), "Missing option '--date'"),
        (("run", "--feed", "x", "--date", "5 January"), "write it as YYYY-MM-DD"),
        (("run", "--feed", "x", "--date", "20260105"), "write it as YYYY-MM-DD"),
        (("run", "--feed", "x", "--date", "2026-02-29"), "'2026-02-29' is not a date"),
        (("run", "--feed", "x", "--date", "2026-01-05", "--until", "2026-01-04"), "--until 2026-01-04 must lie"),
        (("run", "--feed", "x", "--date", "2026-01-05", "--engine", "abacus"), "'duckdb', 'spark'"),
        (("run", "--feed", "x", "--date", "2026-01-05", "--memory", "1"), "--memory"),
        (("card", "payoff", "--jsn"), "No such option: --jsn"),
        (("card", "schema", "pay"), "no such card command: pay; use one of payoff"),
        (("card", "example", "pay-nothing"), "no example 'pay-nothing'"),
    ],
)
def test_wrong_words_are_refused_in_one_line(call: Call, words: tuple[str, ...], said: str) -> None:
    answer = call(*words)
    assert answer.code == 2
    assert answer.out == ""
    assert said in answer.err
    assert answer.err.count("\n") == 1


def test_without_words_the_help_is_shown(call: Call) -> None:
    answer = call()
    assert (answer.code, "arrears demo" in answer.err) == (2, True)
