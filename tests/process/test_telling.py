"""What is told of the process, in both languages; and what the bank may set itself."""

from __future__ import annotations

import json
import re
import string
from datetime import timedelta
from pathlib import Path

import pytest

from arrears.errors import ConfigError, UsageError
from arrears.process import load_targets, measure
from arrears.process.model import CLOCKS
from arrears.process.telling import lines
from arrears.process.words import WORDS
from tests.process.world import BANK, PLAYBOOK, World


def some_days() -> World:
    world = World(12)
    for number in range(3):
        world.late(f"C{number}", 2)
        world.contact(f"C{number}", 4, "promise", agent=f"agent-{number}")
        world.due(f"C{number}", 3)
        world.due(f"C{number}", 6, "refused", refused_by="CN-A")
    return world


@pytest.mark.parametrize("key", WORDS)
def test_every_text_stands_in_both_languages_with_the_same_blanks(key: str) -> None:
    english, chinese = WORDS[key]
    blanks = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (english, chinese)]
    assert english and chinese and blanks[0] == blanks[1]


def test_every_clock_has_its_words() -> None:
    assert set(CLOCKS) <= WORDS.keys()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_lines_tell_everything_that_was_found(language: str, tmp_path: Path) -> None:
    world = some_days()
    found = measure(world.written(tmp_path), world.last, BANK, PLAYBOOK)
    told = "\n".join(lines(found, language, {"early": ("Early", "早期")}))  # type: ignore[arg-type]
    for word in ("CN-A", "agent-1", "call_d3", "calls: "):
        assert word in told
    assert not re.search(r"C[0-9]", told)
    assert bool(re.search(r"[\u4e00-\u9fff]", told)) == (language == "zh")


def test_json_is_plain(tmp_path: Path) -> None:
    world = some_days()
    found = measure(world.written(tmp_path), world.last, BANK, PLAYBOOK)
    assert json.loads(json.dumps(found.as_json()))["day"] == str(world.last)


def test_since_narrows_the_days(tmp_path: Path) -> None:
    world = some_days()
    found = measure(world.written(tmp_path), world.last, BANK, PLAYBOOK, since=world.last - timedelta(days=1))
    assert (found.since, found.made, found.held_up) == (found.first_day, (), ())


def test_since_after_the_date_is_refused(tmp_path: Path) -> None:
    world = World(2)
    with pytest.raises(UsageError, match="--since"):
        measure(world.written(tmp_path), world.last, BANK, PLAYBOOK, since=world.last + timedelta(days=1))


def test_the_bank_sets_single_targets(tmp_path: Path) -> None:
    (tmp_path / "process.yaml").write_text("first_attempt_days: {d1: 1}\npromise_days: 3\n", encoding="utf-8")
    targets = load_targets(tmp_path)
    assert (targets.first_attempt_days.of(1), targets.first_attempt_days.of(2), targets.promise_days) == (1, 2, 3)


@pytest.mark.parametrize("text", ["promise_days: soon", "who: 3", "first_attempt_days: {d2: 3}", "- 1", "a: ["])
def test_a_wrong_target_is_told_with_file_and_key(text: str, tmp_path: Path) -> None:
    (tmp_path / "process.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"process\.yaml"):
        load_targets(tmp_path)
