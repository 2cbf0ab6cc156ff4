"""The day plan knows what its texts say: a letter without its fields is refused already there, with the rule."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from arrears.day.texts import CONTENT_FACTS, content_facts
from arrears.day.workspace import Workspace
from arrears.law.content import lists
from arrears.playbook import default_contents, default_path
from arrears.playbook.contents import PLACEHOLDERS
from tests.day.world import LEAP_DAY, cardholder, deliver, rows, run, workspace

SEAL = 'art69_business_seal: "（{bank}业务公章）"'


def with_texts(where: Workspace, old: str, new: str) -> Workspace:
    """The bank with a playbook of its own, whose Chinese texts differ."""
    shutil.copyfile(default_path(), where.path / "playbook.yaml")
    shutil.copytree(default_contents(), where.path / "contents")
    texts = where.path / "contents" / "zh.yaml"
    written = texts.read_text(encoding="utf-8")
    assert old in written
    texts.write_text(written.replace(old, new), encoding="utf-8")
    return where


def letters(where: Workspace, feed: Path) -> dict[str, str]:
    run(where, deliver(feed, LEAP_DAY, cardholder(1, LEAP_DAY, dpd=33)), LEAP_DAY)
    ways = {(row["step"], row["alternative"]): row["channel"] for row in rows(where, "playbook", LEAP_DAY, "candidates")}
    verdicts = rows(where, "law", LEAP_DAY, "verdicts")
    return {row["step"]: row["refused_by"] for row in verdicts if ways[row["step"], row["alternative"]] == "letter"}


def test_a_letter_with_its_fields_is_lawful_in_the_plan(tmp_path: Path) -> None:
    assert letters(workspace(tmp_path / "bank"), tmp_path / "feed") == {"letter_d33": ""}


def test_a_letter_without_its_seal_is_refused_in_the_plan(tmp_path: Path) -> None:
    where = with_texts(workspace(tmp_path / "bank"), SEAL, 'art69_business_seal: "此致敬礼"')
    assert letters(where, tmp_path / "feed") == {"letter_d33": "CN-CC2011-69"}


@pytest.fixture
def facts(tmp_path: Path) -> dict[str, tuple[str, str, int]]:
    found = content_facts(workspace(tmp_path / "bank").strategy())
    return {key: (fields, features, parts) for key, fields, features, known, parts in found if known}


def test_every_text_is_told_of_once(facts: dict[str, tuple[str, str, int]]) -> None:
    assert {"overdue_notice/letter/zh", "overdue_notice/letter/en", "call_back/sms/zh"} <= set(facts)
    assert len(CONTENT_FACTS) == 5


def test_only_messages_have_parts(facts: dict[str, tuple[str, str, int]]) -> None:
    assert {key.split("/")[1] for key, (_, _, parts) in facts.items() if parts} == {"sms"}


def test_what_a_relative_reads_tells_nothing(facts: dict[str, tuple[str, str, int]]) -> None:
    assert "discloses_debt" not in facts["call_back/sms/zh"][1]
    assert "discloses_debt" in facts["missed_payment/sms/zh"][1]


def test_a_banks_own_name_may_tell_too_much(tmp_path: Path) -> None:
    where = workspace(tmp_path / "bank")
    settings = (where.path / "bank.toml").read_text(encoding="utf-8")
    (where.path / "bank.toml").write_text(settings.replace("莲花银行", "莲花银行信用卡中心"), encoding="utf-8")
    found = {key: features for key, _, features, *_ in content_facts(where.strategy())}
    assert "discloses_debt" in found["call_back/sms/zh"]


def test_the_lists_know_every_placeholder_of_a_playbook() -> None:
    assert all(set(lists(language).data.placeholders) == set(PLACEHOLDERS) for language in ("en", "zh"))
