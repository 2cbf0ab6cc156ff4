"""Thresholds are data: shipped, overridden key by key by the bank, and refused as a whole where they make no sense."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from arrears.conduct import Thresholds, load_thresholds
from arrears.conduct.words import PATTERNS
from arrears.errors import ConfigError

ROOT = Path(__file__).parents[2]
SHIPPED = yaml.safe_load((ROOT / "arrears" / "conduct" / "conduct.yaml").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs" / "conduct.md").read_text(encoding="utf-8")


def load(tmp_path: Path, text: str) -> Thresholds:
    (tmp_path / "conduct.yaml").write_text(text, encoding="utf-8")
    return load_thresholds(tmp_path)


def test_a_bank_without_its_own_has_the_shipped_ones(tmp_path: Path) -> None:
    assert load_thresholds(tmp_path).near_limits.share_percent == SHIPPED["near_limits"]["share_percent"]


def test_the_bank_overrides_single_values_and_keeps_the_others(tmp_path: Path) -> None:
    own = load(tmp_path, "third_parties: {repeated_max: 1}\n")
    assert own.third_parties.repeated_max == 1
    assert own.third_parties.days == SHIPPED["third_parties"]["days"]
    assert own.attempts.windows[0].days == SHIPPED["attempts"]["windows"][0]["days"]


def test_a_list_is_replaced_whole(tmp_path: Path) -> None:
    assert [one.days for one in load(tmp_path, "attempts: {windows: [{days: 3, attempts_max: 5}]}\n").attempts.windows] == [3]


def test_an_empty_file_overrides_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, "# nothing yet\n") == load_thresholds(tmp_path / "elsewhere")


def test_the_share_of_the_command_beats_the_file(tmp_path: Path) -> None:
    (tmp_path / "conduct.yaml").write_text("near_limits: {share_percent: 70}\n", encoding="utf-8")
    assert load_thresholds(tmp_path, share_percent=90).near_limits.share_percent == 90


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("attemps: {severity: watch}\n", "attemps: unknown key"),
        ("attempts: {attempts_max: 5}\n", "attempts.attempts_max: unknown key"),
        (
            "near_limits: {share_percent: 0}\n",
            "near_limits.share_percent: Input should be greater than or equal to 1 (found 0)",
        ),
        ("near_limits: {share_percent: eighty}\n", "near_limits.share_percent"),
        ("near_limits: {edge_minutes: true}\n", "near_limits.edge_minutes"),
        ("attempts: {channels: [fax]}\n", "attempts.channels.0: 'fax' is not one of"),
        ("attempts: {windows: [{days: 61, attempts_max: 5}]}\n", "attempts.windows.0.days"),
        ("complaints: {severity: mild}\n", "complaints.severity"),
        ("complaints: 7\n", "complaints: not a mapping of keys"),
        ("- 7\n", "not a mapping of keys"),
        ("a: [\n", "not YAML"),
        ("a: 2026-13-01\n", "not YAML: a date or number that is none"),
        ("a: " + "[" * 999, "nested too deeply"),
    ],
)
def test_what_makes_no_sense_is_refused_with_file_and_key(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as error:
        load(tmp_path, text)
    assert says in error.value.line()
    assert "conduct.yaml" in error.value.line()
    assert "\n" not in error.value.line()


def test_the_page_names_every_threshold_with_its_shipped_value() -> None:
    for name, value in SHIPPED.items():
        for key, inner in value.items() if isinstance(value, dict) else [(name, value)]:
            told = re.search(rf"\| `{re.escape(name if key == name else f'{name}.{key}')}` \| ([^|]+) \|", PAGE)
            assert told, f"{name}.{key}"
            if isinstance(inner, int | str):
                assert told[1].strip() == str(inner).lower()


def test_the_page_names_every_pattern() -> None:
    assert all(f"| `{pattern}` |" in PAGE for pattern in PATTERNS)
