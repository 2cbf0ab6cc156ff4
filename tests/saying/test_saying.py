"""What rooms below the desk say: English as it always was, and the same again in Chinese."""

from __future__ import annotations

import copy
import pickle
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, ValidationError, field_validator
from pydantic_core import PydanticKnownError

from arrears.bank import load_bank
from arrears.card.plan import require_lawful
from arrears.day.workspace import Workspace
from arrears.errors import ArrearsError, BookError, CardError, ConfigError, LawError
from arrears.file_errors import in_our_words, of_toml, of_yaml
from arrears.law.loading import parse_pack
from arrears.law.model import Failure
from arrears.playbook import check, default_path
from arrears.saying import in_language, reworded, said, said_in_both


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
        ("x", "Input should be a valid integer, unable to parse string as an integer", "应为整数，该文本不是整数"),
    ):
        with pytest.raises(ValidationError) as caught:
            Model.model_validate({"n": value})
        told = in_our_words(caught.value.errors()[0])
        assert (told, in_language(told, "zh")) == (english, chinese)


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


@pytest.mark.parametrize(
    ("kind", "context", "chinese"),
    [
        ("missing", None, "缺少该键"), ("extra_forbidden", None, "不允许有其他键"), ("int_type", None, "应为整数"),
        ("int_parsing", None, "应为整数，该文本不是整数"), ("int_from_float", None, "应为整数，不得带小数"),
        ("float_type", None, "应为数字"), ("string_type", None, "应为文本"),
        ("string_pattern_mismatch", {"pattern": "^[a-z]{1,3} or .$"}, "文本应符合格式 '^[a-z]{1,3} or .$'"),
        ("string_too_short", {"min_length": 1}, "文本至少 1 个字符"),
        ("string_too_long", {"max_length": 9}, "文本至多 9 个字符"),
        ("bool_type", None, "应为 true 或 false"), ("date_type", None, "应为日期"),
        ("date_from_datetime_parsing", {"error": "input is too short"}, "应为日期或时间（input is too short）"),
        ("list_type", None, "应为列表"), ("tuple_type", None, "应为列表"), ("dict_type", None, "应为键值映射"),
        ("model_type", {"class_name": "Step"}, "应为 Step 的键值映射"),
        ("literal_error", {"expected": "'a', 'b' or 'c'"}, "应为 'a', 'b' 或 'c'"), ("enum", {"expected": "'a'"}, "应为 'a'"),
        ("greater_than", {"gt": 0}, "应大于 0"), ("greater_than_equal", {"ge": 1}, "应大于或等于 1"),
        ("less_than", {"lt": 9}, "应小于 9"), ("less_than_equal", {"le": 9}, "应小于或等于 9"),
        ("too_short", {"field_type": "Tuple", "min_length": 2, "actual_length": 1}, "列表至少应有 2 项，实际为 1 项"),
        ("too_long", {"field_type": "List", "max_length": 1, "actual_length": 3}, "列表至多应有 1 项，实际为 3 项"),
        ("uuid_type", None, None),
    ],
)  # fmt: skip
def test_what_pydantic_says_is_said_in_chinese_by_its_type(kind: Any, context: Any, chinese: str | None) -> None:
    problem = PydanticKnownError(kind, context)
    told = in_our_words({"type": kind, "msg": problem.message(), "ctx": context or {}})
    assert (str(told), in_language(told, "en")) == (problem.message(), problem.message()), "their English, word for word"
    assert in_language(told, "zh") == (chinese or problem.message())
    other = in_our_words({"type": kind, "msg": "as another version says it", "ctx": context or {}})
    assert in_language(other, "zh") == "as another version says it"


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("a: b: c", "此处不能出现键值"), ("a: [1", "此处应为 ',' 或 ']'，却出现 '<stream end>'"),
        ("a: {b: 1", "此处应为 ',' 或 '}'，却出现 '<stream end>'"), ("a: *b", "引用了未定义的别名 'b'"),
        ("a:\n\t- b", "字符 '\\t' 不能用于此处"), ("a: 1\nb\n", "缺少冒号"), ("a: 'b", "文件意外结束"),
        ("- a\nb: 1", "该段应在此结束，却出现 '?'"),
    ],
)  # fmt: skip
def test_what_yaml_is_not_is_said_in_chinese(text: str, chinese: str) -> None:
    with pytest.raises(yaml.MarkedYAMLError) as caught:
        yaml.safe_load(text)
    told = of_yaml(caught.value.problem)
    assert (told, in_language(told, "zh")) == (caught.value.problem, chinese)
    assert in_language(of_yaml("something else"), "zh") == "something else"


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("a 1", "键之后应为 '='（第 1 行，第 3 列）"),
        ("a = ", "无效的值（文件末尾）"),
        ("a = 1\na = 2", "同一个值写了两次（文件末尾）"),
        ("a = 1 2", "语句之后应换行（第 1 行，第 7 列）"),
    ],
)
def test_what_toml_is_not_is_said_in_chinese(tmp_path: Path, text: str, chinese: str) -> None:
    (tmp_path / "bank.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_bank(tmp_path / "bank.toml")
    with pytest.raises(tomllib.TOMLDecodeError) as theirs:
        tomllib.loads(text)
    assert (caught.value.what, in_language(caught.value.what, "zh")) == (str(theirs.value), chinese)
    assert of_toml("elsewhere") == "elsewhere"
