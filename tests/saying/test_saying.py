"""What rooms below the desk say: English as it always was, and the same again in Chinese."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError, field_validator

from arrears.bank import load_bank
from arrears.card.plan import require_lawful
from arrears.day.workspace import Workspace
from arrears.errors import ArrearsError, BookError, CardError, LawError
from arrears.law.loading import parse_pack
from arrears.law.model import Failure
from arrears.playbook import check, default_path
from arrears.saying import in_language, in_our_words, reworded, said, said_in_both


def test_a_text_is_english_and_remembers_what_it_is_made_of() -> None:
    text = said("longer than {most} months", most=60)
    assert text == "longer than 60 months"
    assert in_language(text, "zh") == "期限超过 60 个月"
    assert in_language(text, "en") == in_language(text, "fr") == "longer than 60 months"
    for again in (pickle.loads(pickle.dumps(text)), copy.deepcopy(text)):  # noqa: S301
        assert (again, in_language(again, "zh")) == (text, "期限超过 60 个月")


def test_values_that_are_said_are_said_again() -> None:
    inner = said("longer than {most} months", most=60)
    text = said("the law does not allow such a plan {what} (rule {rule})", what=inner, rule="R-{1}")
    assert in_language(text, "zh") == "依规不得签订此类协议：期限超过 60 个月（规则 R-{1}）"
    assert in_language(said("{what} (found {seen!r})", what=said_in_both("a threat", "威胁"), seen="x"), "zh") == (
        "威胁（实际为 'x'）"
    )


def test_without_values_braces_are_text() -> None:
    assert said("add {bank}") == "add {bank}"
    assert in_language(said("add {bank}"), "zh") == "请加上 {bank}"
    assert said("add {{{phrase}}}", phrase="x") == "add {x}"


def test_what_was_not_said_or_has_no_words_stays() -> None:
    assert in_language("segment", "zh") == "segment", "a code is not a word of ours"
    assert in_language(said("segment"), "zh") == "客群"
    assert in_language(said("nobody has words for this {n}", n=1), "zh") == "nobody has words for this 1"
    assert in_language(said(""), "zh") == ""


def test_an_error_is_one_line_in_either_language() -> None:
    error = CardError(said("longer than {most} months", most=60), where="x.yaml:1", remedy=said("keep one of them"))
    assert error.line() == str(error) == "x.yaml:1: longer than 60 months; keep one of them"
    assert error.line("zh") == "x.yaml:1：期限超过 60 个月；请保留其一"
    assert ArrearsError("a\n b").line("zh") == "a b"
    assert pickle.loads(pickle.dumps(error)).line("zh") == error.line("zh")  # noqa: S301


def test_validators_are_told_as_they_spoke_and_pydantic_in_its_own_words() -> None:
    class Model(BaseModel):
        n: int

        @field_validator("n")
        @classmethod
        def _small(cls, n: int) -> int:
            if n > 9:
                raise ValueError(said("longer than {most} months", most=9))
            return n

    for value, english, chinese in (
        (10, "longer than 9 months", "期限超过 9 个月"),
        ("x", "Input should be a valid integer, unable to parse string as an integer", None),
    ):
        with pytest.raises(ValidationError) as caught:
            Model.model_validate({"n": value})
        told = in_our_words(caught.value.errors()[0])
        assert (told, in_language(told, "zh")) == (english, chinese or english)


def test_findings_of_a_playbook(tmp_path: Path) -> None:
    guide = default_path().read_text(encoding="utf-8").replace("contents: contents", "contents: default")
    path = tmp_path / "playbook.yaml"
    path.write_text(guide.replace("per_7_days_max: 10", "per_7_days_max: 0", 1).replace("flag: ", "flag: x", 1), "utf-8")
    lines = [(one.line().partition(": ")[2], one.line("zh").partition("：")[2]) for one in check(path)]
    assert ("error: intensity: per_7_days_max is below per_day_max; see docs/playbook.md") in [en for en, _ in lines]
    assert "错误：intensity：per_7_days_max 小于 per_day_max；请参阅 docs/playbook.md" in [zh for _, zh in lines]
    unknown = next(zh for en, zh in lines if "unknown flag" in en)
    assert unknown.startswith("错误：未知的状态 'x")
    assert "；是否应为 '" in unknown


def test_what_a_text_may_not_do_is_told_in_the_words_of_the_lists(tmp_path: Path) -> None:
    from arrears.playbook.contents import default_contents, read_contents

    for file in default_contents().glob("*.yaml"):
        (tmp_path / file.name).write_text(
            file.read_text(encoding="utf-8").replace('sms: "', 'sms: "we arrest you. ', 1), "utf-8"
        )
    _, findings = read_contents(tmp_path)
    found = [one.line("zh") for one in findings if "arrest" in one.what]
    assert found, findings
    assert "属于“" in found[0] and "say" not in found[0]


@pytest.mark.parametrize(
    ("raw", "english", "chinese"),
    [
        (b"- a", "p.yaml: not a pack: no keys at the top; see docs/law.md",
         "p.yaml：不是规则包：顶层没有任何键；请参阅 docs/law.md"),
        (b"a: 1\na: 2", "p.yaml:1: not YAML: key 'a' stands twice; mend the YAML",
         "p.yaml:1：不是有效的 YAML：键 'a' 出现两次；请修正 YAML"),
        (
            b"rules: [{id: R1, kind: hours, params: {allowed: ['8:00', '21:00']}}]",
            "p.yaml: R1: params: '8:00' is not a time of day; write \"HH:MM\" in quotes; the keys of hours are in docs/law.md",
            "p.yaml: R1: params：'8:00' 不是时刻；请写成带引号的 \"HH:MM\"；hours 的各键见 docs/law.md",
        ),
    ],
)  # fmt: skip
def test_a_pack_that_does_not_load(raw: bytes, english: str, chinese: str) -> None:
    with pytest.raises(LawError) as caught:
        parse_pack(raw, "p.yaml")
    assert (caught.value.line(), caught.value.line("zh")) == (english, chinese)


def test_an_example_that_did_not_come_out() -> None:
    failure = Failure("R1", 0, "gate", "allow", ("R1", "R2"))
    assert failure.line() == "R1: example 1: gate says refused by R1, R2; expected: allow"
    assert in_language(failure.line(), "zh") == "R1：示例 1：逐笔审核的结果为被 R1, R2 拒绝；预期为准许"


def test_a_plan_that_the_law_does_not_allow() -> None:
    with pytest.raises(CardError) as caught:
        require_lawful(100_000, 72, "hardship", "CN", "CNY")
    assert caught.value.line() == (
        "plan: term_months: the law does not allow such a plan longer than 60 months (rule CN-CC2011-70a); ask for 1 to 60"
    )
    assert (
        caught.value.line("zh")
        == "还款协议：期数：依规不得签订此类协议：期限超过 60 个月（规则 CN-CC2011-70a）；请填写 1 至 60"
    )


def test_a_book_or_settings_that_are_not_there(tmp_path: Path) -> None:
    from datetime import date

    with pytest.raises(BookError) as caught:
        Workspace(tmp_path).require("book", date(2026, 1, 24))
    assert caught.value.what == "no book of 2026-01-24; the workspace has no day yet"
    assert (
        caught.value.line("zh")
        == f"{tmp_path}：没有 2026-01-24 的账册；工作区尚无任何日期的数据；请联系运维人员运行 2026-01-24 的日批"
    )
    with pytest.raises(ArrearsError) as missing:
        load_bank(tmp_path / "bank.toml")
    assert missing.value.line("zh").startswith(f"{tmp_path}/bank.toml：此处没有 bank.toml；")


def test_a_text_is_told_by_another_name_in_both_languages() -> None:
    inner = said("not YAML: {problem}", problem="in /laid/x/playbook.yaml")
    other = reworded(said("{what} (found {seen!r})", what=inner, seen=3), lambda part: part.replace("/laid/x/", ""))
    assert other == "not YAML: in playbook.yaml (found 3)"
    assert in_language(other, "zh") == "不是有效的 YAML：in playbook.yaml（实际为 3）"
    assert reworded("/laid/x/a", lambda part: part.replace("/laid/x/", "")) == "a"
