"""Content rules: every field and feature of a pack's rules matters, and the texts that come with arrears keep all of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from arrears.errors import LawError
from arrears.feed.contracts import CHANNELS
from arrears.law import gate, load_pack, load_packs
from arrears.law.examples import case_of
from arrears.law.gating import parse_case
from arrears.law.kinds import ContentRule
from arrears.law.loading import packs_shipped, parse_pack
from arrears.law.model import Pack, Rule
from arrears.law.wording import Use, case_of_text, content_refusals, told
from arrears.playbook import default_contents, load_contents
from arrears.playbook.contents import LANGUAGES
from tests.law.test_gate import CHINESE

PACKS = {name: load_pack(name) for name in packs_shipped()}
RULES = [
    pytest.param(pack, rule, id=rule.id)
    for pack in PACKS.values()
    for rule in pack.rules
    if isinstance(rule.params, ContentRule)
]
LISTS = ("required_fields", "forbidden_features", "when_time_barred", "parties", "channels", "purposes")
TEXTS = load_contents(default_contents())
EVERY = [
    pytest.param(language, content, channel, text.whole, id=f"{language}-{content}-{channel}")
    for language in LANGUAGES
    for content, ways in TEXTS.texts[language].items()
    for channel, text in ways.items()
]


def outcomes(pack: Pack, rule: Rule, params: ContentRule) -> list[bool]:
    """Of each example, whether the rule refuses it with other parameters, as if it were in force."""
    on = rule.model_copy(update={"params": params, "enabled": True})
    changed = pack.with_rules((on,), f"{rule.id} {params!r}")
    return [rule.id in {one.rule for one in gate(case_of(pack, example), [changed]).refusals} for example in rule.examples]


@pytest.mark.parametrize(("pack", "rule"), RULES)
def test_nothing_can_be_dropped_from_a_rule_without_an_example_failing(pack: Pack, rule: Rule) -> None:
    params = rule.params
    assert isinstance(params, ContentRule)
    expected = [example.expect == "refuse" for example in rule.examples]
    for name in LISTS:
        if name not in params.model_fields_set:
            continue
        values = getattr(params, name)
        if len(values) == 1:
            continue  # without it the rule would speak of everything, or of nothing
        for dropped in values:
            fewer = params.model_copy(update={name: tuple(one for one in values if one != dropped)})
            decided = outcomes(pack, rule, fewer)
            assert any(wanted and not found for wanted, found in zip(expected, decided, strict=True)), (
                f"{name} without {dropped}"
            )


BESIDE = ("US-MA-household-disclosure", "CN-CBA-third-disclosure")
"""Their words are in the rule beside them."""
SPOKEN = [one for one in RULES if one.values[1].enabled and one.id not in BESIDE]


@pytest.mark.parametrize(("pack", "rule"), SPOKEN)
def test_every_rule_has_examples_of_both_verdicts_with_real_words(pack: Pack, rule: Rule) -> None:
    said = {example.expect for example in rule.examples if example.case["content"].get("text")}
    assert said == {"allow", "refuse"}


@pytest.mark.parametrize(("pack", "rule"), [one for one in SPOKEN if not str(one.id).startswith("IN-")])
def test_chinese_and_american_rules_have_them_in_both_languages(pack: Pack, rule: Rule) -> None:
    said = {example.case["content"]["language"] for example in rule.examples if example.case["content"].get("text")}
    assert said == {"en", "zh"}


@pytest.mark.parametrize(("language", "content", "channel", "text"), EVERY)
def test_the_texts_that_come_with_arrears_are_lawful_in_china_by_every_channel(
    language: Any, content: str, channel: str, text: str
) -> None:
    relayed = content == "call_back"
    for used in CHANNELS:
        # only a letter can be a letter's text; whatever else it is used for, nothing of it is forbidden
        purpose = "relay" if relayed else "collection" if used != "letter" or channel == "letter" else "reminder"
        if content in ("due_soon", "dispute_status", "hardship_support") and purpose == "collection":
            purpose = "reminder"
        use = Use(
            language=language, channel=used, party="relative" if relayed else "debtor", purpose=purpose, acts="issuer",
            jurisdiction="CN", day=TODAY, dpd=40,
        )  # fmt: skip
        assert content_refusals(case_of_text(text, use), [PACKS["cn"]]) == ()


TODAY = parse_case(json.dumps(CHINESE)).at.date()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filled_in_text_keeps_its_fields(language: Any) -> None:
    from arrears.law.content.reading import filled, read_text

    for content in ("missed_payment", "overdue_notice", "formal_notice"):
        text = TEXTS.text(language, content, "letter")
        assert text is not None
        assert read_text(filled(text.whole, language), language).field_names >= read_text(text.whole, language).field_names - {
            "sender"
        }


def decided(**over: Any) -> list[str]:
    case = parse_case(json.dumps({**CHINESE, **over}))
    return [one.rule for one in gate(case, load_packs(["CN"])).refusals]


def test_a_text_is_read_at_the_gate_whatever_is_declared_of_it() -> None:
    threat = {"language": "zh", "text": "再不还就报警。", "features": []}
    assert decided(channel="sms", content=threat) == ["CN-CBA-ban", "CN-CC2011-68b"]


def test_what_is_declared_counts_though_the_words_do_not_show_it() -> None:
    assert decided(channel="sms", content={"features": ["insult"], "text": "您好"}) == ["CN-CBA-ban", "CN-CC2011-68b"]


def test_without_a_content_its_rules_are_not_decided_and_said_so() -> None:
    verdict = gate(parse_case(json.dumps(CHINESE)), load_packs(["CN"]))
    assert verdict.allowed
    assert {"CN-CBA-ban", "CN-CC2011-68b"} <= set(verdict.unchecked)
    letter = gate(parse_case(json.dumps({**CHINESE, "channel": "letter"})), load_packs(["CN"]))
    assert "CN-CC2011-69" in letter.unchecked


def test_with_a_content_nothing_is_left_unchecked() -> None:
    assert gate(parse_case(json.dumps({**CHINESE, "content": {}})), load_packs(["CN"])).unchecked == ()


def test_the_reason_names_what_is_missing_in_both_languages() -> None:
    letter = {**CHINESE, "channel": "letter", "content": {"fields": ["balance"]}}
    english, chinese = (
        next(one for one in gate(parse_case(json.dumps({**letter, "language": language})), load_packs(["CN"])).refusals)
        for language in ("en", "zh")
    )
    assert "the cardholder's name" in english.reason and "the balance" not in english.reason
    assert "持卡人姓名" in chinese.reason and "欠款余额" not in chinese.reason


def test_a_refusal_by_content_does_not_pass_with_time() -> None:
    case = parse_case(json.dumps({**CHINESE, "content": {"features": ["threat"]}}))
    assert gate(case, load_packs(["CN"])).allowed_from is None


def test_the_reason_never_quotes_the_text() -> None:
    case = parse_case(json.dumps({**CHINESE, "content": {"language": "zh", "text": "王芳，再不还就报警。"}}))
    assert not [one for one in gate(case, load_packs(["CN"])).refusals if "王芳" in one.reason or "报警" in one.reason]


SHORT = """
format: 1
id: policy
title: {en: Policy, zh: 政策}
covers: [CN]
source: a test
base_case: {at: "2026-03-02T10:00:00+08:00", jurisdictions: [CN], acts: issuer, channel: sms, party: debtor,
  purpose: collection, places: [{zone: Asia/Shanghai}]}
rules:
  - id: BANK-short
    title: {en: Two parts at most, zh: 至多两条}
    citation: {instrument: bank policy, article: "1"}
    evidence: text
    from: 2020-01-01
    binding: policy
    applies_to: both
    kind: content
    params: {channels: [sms], sms_parts_max: 2}
    examples:
      - {expect: allow, case: {content: {text: "LONG134"}}}
      - {expect: refuse, case: {content: {text: "LONG135"}}}
"""


def test_a_policy_may_limit_the_parts_of_a_message() -> None:
    raw = SHORT.replace("LONG134", "好" * 134).replace("LONG135", "好" * 135)
    pack = parse_pack(raw.encode(), "policy.yaml")
    (rule,) = pack.rules
    assert outcomes(pack, rule, rule.params) == [False, True]  # type: ignore[arg-type]
    letter = parse_case(json.dumps({**pack.base_case, "channel": "letter", "content": {"text": "好" * 500}}))
    assert gate(letter, [pack]).allowed


def test_a_content_rule_that_asks_nothing_does_not_load() -> None:
    with pytest.raises(LawError, match="give required_fields"):
        parse_pack(SHORT.replace("sms_parts_max: 2", "dpd_from: 1").encode(), "policy.yaml")


def test_a_text_judged_by_itself_names_place_and_rule() -> None:
    use = Use("zh", "sms", "debtor", "collection", "issuer", "CN", TODAY, told_in="zh")
    answer = told("再不还就报警。", use, [PACKS["cn"]])
    assert [one["name"] for one in answer["features"]] == ["threat"]
    assert answer["lawful"] is False
    assert [one["rule"] for one in answer["refusals"]] == ["CN-CBA-ban", "CN-CC2011-68b"]
    assert answer["sms"] == {"encoding": "UCS-2", "units": 7, "parts": 1}


def test_a_use_that_no_case_may_have_is_named() -> None:
    with pytest.raises(LawError, match="text: channel"):
        case_of_text("x", Use("en", "fax", "debtor", "collection", "issuer", "CN", TODAY))
