"""A text read and judged from the shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import DAY_1, DAY_2, Call


def test_a_piped_text_is_read(call: Call) -> None:
    answer = call("law", "content", "--json", stdin=b"You will be arrested. Reply STOP.")
    told = json.loads(answer.out)
    assert answer.code == 0
    assert [one["name"] for one in told["features"]] == ["threat"]
    assert [one["name"] for one in told["fields"]] == ["opt_out"]
    assert told["sms"] == {"encoding": "GSM-7", "units": 33, "parts": 1}
    assert "lawful" not in told


def test_a_file_is_judged_by_packs_in_chinese(call: Call, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("王芳的信用卡已逾期，烦请转告。", encoding="utf-8")
    words = ["law", "content", "text.txt", "--language", "zh", "--party", "relative", "--purpose", "relay"]
    answer = call(*words, "--pack", "cn", "--lang", "zh", "--date", "2026-03-02")
    assert answer.code == 0
    assert "lawful: no" in answer.out
    assert "CN-GBT-contact-disclosure: 内容含有欠款信息" in answer.out


def test_rules_not_yet_in_force_do_not_judge(call: Call) -> None:
    words = ["law", "content", "--pack", "cn", "--language", "zh", "--json", "--date"]
    text = "把您的照片发到网上。".encode()
    assert json.loads(call(*words, "2026-01-29", stdin=text).out)["lawful"] is True
    assert json.loads(call(*words, "2026-01-30", stdin=text).out)["lawful"] is False


def test_an_agencys_suit_over_a_time_barred_debt(call: Call) -> None:
    words = ["law", "content", "--pack", "us", "--acts", "agency", "--channel", "letter", "--earlier", "--json"]
    text = b"This is from a debt collector. We will sue you."
    assert json.loads(call(*words, stdin=text).out)["lawful"] is True
    refused = json.loads(call(*words, "--time-barred", stdin=text).out)["refusals"]
    assert [one["rule"] for one in refused] == ["US-RF-26"]


def test_a_text_that_is_not_utf8_or_too_long_is_one_line(call: Call) -> None:
    for raw in (b"\xff\xfe", b"a" * 20_001):
        answer = call("law", "content", stdin=raw)
        assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)


def test_an_unknown_channel_names_those_there_are(call: Call) -> None:
    answer = call("law", "content", "--channel", "fax", stdin=b"x")
    assert answer.code == 1
    assert "sms, email, call, letter, visit" in answer.err


def test_a_dash_is_standard_input(call: Call) -> None:
    for words in (["law", "content"], ["law", "gate", "--pack", "cn"], ["card", "minimum"]):
        text = (
            b"Reply STOP."
            if words[1] == "content"
            else call(words[0], "example", "cn" if words[0] == "law" else "minimum").out.encode()
        )
        assert call(*words, "-", "--json", stdin=text) == call(*words, "--json", stdin=text)


@pytest.mark.parametrize("named", ["", " ", "cn,", ",cn"])
def test_a_pack_without_a_name_is_refused(call: Call, named: str) -> None:
    for words in (["law", "content"], ["law", "gate"], ["law", "diff", "--from-date", DAY_1, "--to-date", DAY_2]):
        answer = call(*words, "--pack", named, stdin=call("law", "example", "cn").out.encode())
        assert (answer.code, answer.out) == (1, "")
        assert answer.err == "arrears: packs: a law pack without a name; name each, such as cn,us; see: arrears law list\n"
