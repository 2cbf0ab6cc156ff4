"""Card cases, law packs and playbooks from the shell."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from arrears.card.cases import COMMANDS, run_case
from arrears.cli.edge import run
from arrears.playbook import default_path
from tests.cli.conftest import Call


@pytest.mark.parametrize("command", COMMANDS)
def test_a_shipped_case_can_be_piped_into_its_command(call: Call, command: str) -> None:
    case = call("card", "example", command).out.encode()
    answer = call("card", command, "--json", stdin=case)
    assert answer.code == 0, answer.err
    assert json.loads(answer.out) == json.loads(json.dumps(run_case(command, case)))


def test_a_case_may_stand_in_a_file_and_be_told_as_text(call: Call, tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(call("card", "example", "minimum").out)
    answer = call("card", "minimum", "case.json")
    assert answer.code == 0
    assert "command" in answer.out and "{" not in answer.out


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"[]", b'{"currency": 5}'])
def test_a_broken_case_is_one_line(call: Call, raw: bytes) -> None:
    answer = call("card", "payoff", "--json", stdin=raw)
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)


def test_a_mark_of_the_encoding_before_a_case_or_a_text_says_nothing(call: Call, tmp_path: Path) -> None:
    case = call("law", "example", "cn").out.encode()
    told = call("law", "gate", "--pack", "cn", "--json", stdin=case)
    assert call("law", "gate", "--pack", "cn", "--json", stdin=b"\xef\xbb\xbf" + case) == told
    text = call("law", "content", "--json", stdin=b"Pay today")
    assert call("law", "content", "--json", stdin=b"\xef\xbb\xbfPay today") == text


def test_a_matter_may_not_say_a_key_twice(call: Call) -> None:
    matter = call("law", "matter", "plan").out.strip().removesuffix("}") + ', "term_months": 1}'
    answer = call("law", "check", "--pack", "cn", "--json", stdin=matter.encode())
    assert (answer.code, answer.out) == (1, "")
    assert "matter: term_months: the key is there twice" in answer.err


def test_a_case_without_end_is_not_read_to_its_end(call: Call) -> None:
    answer = call("law", "gate", "/dev/zero", "--pack", "cn")
    assert (answer.code, "larger than 8,000,000 bytes" in answer.err) == (2, True)


@pytest.mark.parametrize("words", [["law", "gate", "--pack", "cn"], ["card", "plan"]])
def test_a_closed_standard_input_holds_no_case(monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert run(words) == 2


def test_a_case_file_that_is_not_there(call: Call) -> None:
    answer = call("card", "payoff", "nowhere.json")
    assert answer.code == 2
    assert "nowhere.json" in answer.err and "arrears card example payoff" in answer.err


def test_card_schema_is_json_schema(call: Call) -> None:
    schema = json.loads(call("card", "schema", "payoff").out)
    assert "balances" in schema["properties"]


def test_law_lists_rules_by_their_state_on_a_date(call: Call) -> None:
    rules = json.loads(call("law", "list", "cn", "--date", "2026-03-01", "--json").out)["rules"]
    states = {rule["rule"]: rule["state"] for rule in rules}
    assert states["CN-CBA-time"] == "in force"
    before = json.loads(call("law", "list", "cn", "--date", "2026-01-01", "--json").out)["rules"]
    assert {rule["rule"]: rule["state"] for rule in before}["CN-CBA-time"] == "not yet"


def test_law_list_as_text_names_each_rule_once_a_line(call: Call) -> None:
    out = call("law", "list", "us", "--date", "2026-03-01").out.splitlines()
    rules = json.loads(call("law", "list", "us", "--date", "2026-03-01", "--json").out)["rules"]
    assert len(out) == 1 + len(rules) + 2


def test_law_show_takes_a_rule_or_a_pack(call: Call) -> None:
    one = json.loads(call("law", "show", "CN-CBA-time", "--json").out)
    assert [rule["id"] for rule in one] == ["CN-CBA-time"] * len(one)
    assert len(json.loads(call("law", "show", "cn", "--json").out)) > len(one)
    assert call("law", "show", "CN-nothing").code == 1


def test_law_test_decides_every_example(call: Call) -> None:
    answer = call("law", "test", "cn", "--json")
    told = json.loads(answer.out)["cn"]
    assert (answer.code, told["failures"]) == (0, [])
    assert told["examples"] > 50


def test_law_test_fails_on_a_wrong_example(call: Call, tmp_path: Path) -> None:
    import arrears.law

    shutil.copytree(Path(arrears.law.__file__).parent / "packs" / "sg", tmp_path / "own")
    rules = tmp_path / "own" / "matters.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("max: 60", "max: 61"), encoding="utf-8")
    answer = call("law", "test", "own/")
    assert answer.code == 1
    assert "SG-MAS-60: example 2: judge says allowed; expected: refuse" in answer.out


def test_law_gate_judges_a_case(call: Call) -> None:
    case = json.loads(call("law", "example", "cn").out)
    by_day = call("law", "gate", "--pack", "cn", "--json", stdin=json.dumps(case).encode())
    assert json.loads(by_day.out)["allowed"] is True
    at_night = case | {"at": case["at"][:11] + "23:30:00+08:00"}
    answer = call("law", "gate", "--pack", "cn", "--json", stdin=json.dumps(at_night).encode())
    verdict = json.loads(answer.out)
    assert (answer.code, verdict["allowed"]) == (0, False)
    assert verdict["allowed_from"] is not None


def test_playbook_check_show_and_diff(call: Call, tmp_path: Path) -> None:
    assert json.loads(call("playbook", "check", "--json").out)["errors"] == 0
    assert len(json.loads(call("playbook", "show", "--json").out)["segments"]) >= 30
    text = default_path().read_text(encoding="utf-8").replace("contents: contents", "contents: default")
    (tmp_path / "old.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "new.yaml").write_text(text.replace("priority: 200", "priority: 201", 1), encoding="utf-8")
    changes = json.loads(call("playbook", "diff", "old.yaml", "new.yaml", "--json").out)["changes"]
    assert changes
    assert all((change["old"], change["new"]) == (200, 201) for change in changes)


def test_playbook_check_names_file_and_line_and_fails(call: Call, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("format: 1\nid: x\nsegmnts: []\n", encoding="utf-8")
    answer = call("playbook", "check", "bad.yaml")
    assert answer.code == 1
    assert "bad.yaml:3" in answer.out
