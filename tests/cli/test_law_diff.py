"""`arrears law diff` from the shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import DAY_2, Call

POLICY = Path(__file__).parents[2] / "docs" / "examples" / "policy.yaml"


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    """The example policy with one call a day in place of two."""
    text = POLICY.read_text(encoding="utf-8")
    old = "params: {channels: [call], per: customer, counting: attempts, max: 2, window: calendar_day}"
    assert old in text
    path = tmp_path / "stricter.yaml"
    path.write_text(text.replace(old, old.replace("max: 2", "max: 1")), encoding="utf-8")
    return path


def test_what_begins_between_two_dates(call: Call) -> None:
    answer = call("law", "diff", "--pack", "cn", "--from-date", "2026-01-29", "--to-date", "2026-01-30")
    assert (answer.code, answer.err) == (0, "")
    assert "+ CN-CBA-time  in force now (from 2026-01-30): No collection at night without the debtor's consent" in answer.out


def test_the_same_in_chinese(call: Call) -> None:
    answer = call("law", "diff", "--pack", "cn", "--from-date", "2026-01-29", "--to-date", "2026-01-30", "--lang", "zh")
    assert "+ CN-CBA-time  生效（自 2026-01-30）：未经债务人同意，夜间不得催收" in answer.out


def test_without_a_pack_all_that_come_with_arrears_are_compared(call: Call) -> None:
    changes = json.loads(call("law", "diff", "--from-date", "2027-01-30", "--to-date", "2027-01-31", "--json").out)
    assert {(one["pack"], one["rule"], one["what"]) for one in changes["changes"]} == {("us", "US-TCPA-all", "begins")}


def test_no_difference_is_said_so_and_is_no_failure(call: Call) -> None:
    assert call("law", "diff", "cn", "cn") == (0, "no differences\n", "")
    assert json.loads(call("law", "diff", "cn", "cn", "--json").out)["differences"] == 0


def test_two_files_are_compared_key_by_key(call: Call, stricter: Path) -> None:
    lines = call("law", "diff", POLICY, stricter).out.splitlines()
    assert lines[0].startswith("~ BANK-calls  changed: ")
    assert lines[1:] == ["    params.max: 2 -> 1", "1 difference: 1 changed"]


def test_a_policy_put_on_top_adds_its_rules(call: Call) -> None:
    found = json.loads(call("law", "diff", "cn", f"cn,{POLICY}", "--json").out)
    assert {one["what"] for one in found["changes"]} == {"added"}
    assert "BANK-closed" in {one["rule"] for one in found["changes"]}
    assert [one["pack"] for one in found["new"]] == ["cn", "policy"]


def test_contacts_of_a_day_are_counted_and_listed(call: Call, ran: Path) -> None:
    found = json.loads(call("law", "diff", "cn", f"cn,{POLICY}", "--workspace", ran, "--day", DAY_2, "--json").out)["touched"]
    assert found["candidates_n"] > 0
    listed = [one for one in found["contacts"] if one["change"] == "refused"]
    assert len(listed) == found["changes"].get("refused", 0)
    assert found["not_listed"] == 0
    assert {rule for one in listed for rule in one["rules"]} <= {"BANK-hours", "BANK-visit-hours", "BANK-calls", "BANK-sms",
                                                               "BANK-closed", "BANK-hardship"}  # fmt: skip


def test_contacts_of_a_day_under_the_packs_it_had(call: Call, ran: Path) -> None:
    answer = call("law", "diff", "--from-date", "2026-01-06", "--to-date", "2026-02-01", "--workspace", ran, "--day", DAY_2)
    assert answer.code == 0
    assert "+ CN-CBA-freq" in answer.out
    assert answer.out.splitlines()[-1]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("cn",),
        ("--from-date", "2026-01-01"),
        ("cn", "us", "--from-date", "2026-01-01", "--to-date", "2026-02-01"),
        ("cn", "us", "--workspace", "."),
        ("cn", "us", "--day", "2026-01-01"),
    ],
)
def test_half_a_question_is_wrong_usage(call: Call, words: tuple[str, ...]) -> None:
    answer = call("law", "diff", *words)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)


def test_a_pack_that_is_not_there_is_one_line(call: Call) -> None:
    answer = call("law", "diff", "cn", "nowhere.yaml")
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)
    assert "nowhere.yaml" in answer.err


def test_the_page_shows_what_the_command_prints(call: Call, tmp_path: Path) -> None:
    page = (POLICY.parents[1] / "law-diff.md").read_text(encoding="utf-8")
    text = POLICY.read_text(encoding="utf-8")
    for old, new in (("max: 2, window: calendar_day", "max: 1, window: calendar_day"), ("max: 3, window", "max: 2, window")):
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "stricter.yaml").write_text(text, encoding="utf-8")
    shown = [block for block in page.split("```") if block.startswith("\n$ arrears law diff") and "--workspace" not in block]
    assert len(shown) == 2
    for block in shown:
        command, _, printed = block.strip().partition("\n")
        words = command.removeprefix("$ arrears ").replace("docs/examples/policy.yaml", str(POLICY)).split()
        assert call(*words).out.strip() == printed
