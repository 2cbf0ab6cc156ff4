"""What a text says is found however it is written, and what it denies is not held against it."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arrears.law.content import read_text
from arrears.law.content.folding import folded

THREATS = (
    ("en", "threat", "You will be arrested"),
    ("en", "threat", "We will tell your employer"),
    ("en", "insult", "You dirty thief"),
    ("en", "shaming", "We will post your photo on Facebook"),
    ("en", "false_statement", "blacklist"),
    ("zh", "threat", "让你坐牢"),
    ("zh", "threat", "我们会联系你的家人"),
    ("zh", "insult", "不要脸的老赖"),
    ("zh", "false_authority", "我是法院的法官"),
    ("zh", "shaming", "把你的照片发到网上"),
)
INVISIBLE = (
    "",
    " ",
    "\u200b",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\u00ad",
    "\u3000",
    "\u00a0",
    "\u0301",
    "\ufe0f",
    "\u3164",
    "\u202e",
)
SIGNS = ("", ".", "·", "-", "_", "*", "/", "~", "★", "，", "。", "…", "😀", "(", "】")
WIDE = {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)}
LOOKALIKE = {"a": "а", "e": "е", "o": "о", "p": "р", "c": "с", "y": "у", "i": "і", "x": "х"}


def features(text: str, language: str = "en") -> frozenset[str]:
    return read_text(text, language).feature_names


@st.composite
def disguised(draw: st.DrawFn, between: tuple[str, ...]) -> tuple[str, str, str]:
    """A threat with something between its letters, some of them wide, capital or lookalikes."""
    language, feature, plain = draw(st.sampled_from(THREATS))
    written = ""
    for letter in plain:
        shown = letter
        change = draw(st.sampled_from(("", "", "wide", "capital", "lookalike")))
        if change == "wide":
            shown = WIDE.get(letter, letter)
        elif change == "capital":
            shown = letter.upper()
        elif change == "lookalike":
            shown = LOOKALIKE.get(letter, letter)
        written += shown + draw(st.sampled_from(between))
    return language, feature, written


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(disguised(INVISIBLE))
def test_blanks_and_invisible_characters_hide_no_threat(drawn: tuple[str, str, str]) -> None:
    language, feature, text = drawn
    assert feature in features(text, language)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from([one for one in THREATS if one[0] == "zh"]), st.data())
def test_signs_between_the_characters_hide_no_threat(threat: tuple[str, str, str], data: st.DataObject) -> None:
    language, feature, plain = threat
    sign = data.draw(st.sampled_from(SIGNS))
    assert feature in features(sign.join(plain), language)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(THREATS), st.integers(2, 5))
def test_letters_written_several_times_hide_no_threat(threat: tuple[str, str, str], times: int) -> None:
    language, feature, plain = threat
    assert feature in features("".join(letter * times if letter.isalpha() else letter for letter in plain), language)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(THREATS), st.sampled_from(("Dear Ada, ", "您好，", "12 days. ", "{name}: ", "\n")), st.text(max_size=30))
def test_what_stands_around_hides_no_threat(threat: tuple[str, str, str], before: str, after: str) -> None:
    language, feature, plain = threat
    assert feature in features(f"{before}{plain}. {after}" if language == "en" else f"{before}{plain}。{after}", language)


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("You will be arr3sted.", "threat"),
        ("We will call the po1ice.", "threat"),
        ("You go to ja!l.", "threat"),
        ("You are a th1ef.", "insult"),
        ("𝗬𝗼𝘂 𝘄𝗶𝗹𝗹 𝗯𝗲 𝗮𝗿𝗿𝗲𝘀𝘁𝗲𝗱", "threat"),
        ("Ⓨⓞⓤ ⓦⓘⓛⓛ ⓑⓔ ⓐⓡⓡⓔⓢⓣⓔⓓ", "threat"),
        ("We. will. call. the. police.", "threat"),
        ("we will call\nthe police", "threat"),
        ("逮捕您，讓您坐牢", "threat"),
        ("我們會聯繫您的家人", "threat"),
        ("把您的照片發到網上", "shaming"),
        ("再不还就报jing", "threat"),
        ("你这个老lai", "insult"),
        ("坐【】牢", "threat"),
    ],
)
def test_known_disguises(text: str, feature: str) -> None:
    assert feature in features(text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "We will not contact your family, your employer or your neighbours."),
        ("en", "We never call the police about a debt, and nobody will arrest you."),
        ("en", "You will not go to jail, and you are not a criminal."),
        ("en", "If somebody threatens you in our name, tell us."),
        ("en", "It may be reported to the credit register, where other lenders see it."),
        ("en", "You have the right to object and to ask for a repayment plan."),
        ("en", "If your card was stolen, report the theft to the police and send us the report."),
        ("en", "Dear Jai, your payment is due on Friday."),
        ("en", "Your statement shows the consequences of paying only the minimum."),
        ("zh", "我们不会联系您的家人、单位或邻居。"),
        ("zh", "欠款不会导致坐牢，任何人无权抓捕您。"),
        ("zh", "如有人冒充公安机关或法院，请勿相信。"),
        ("zh", "逾期会产生利息和违约金，并可能报送征信系统。"),
        ("zh", "您有权了解欠款构成、提出异议，并申请个性化分期还款。"),
        ("zh", "卡片被盗请及时报警，并致电我们挂失。"),
        ("zh", "如您对处理结果有异议，可向金融监管部门投诉或向人民法院起诉。"),
        ("zh", "我行严禁辱骂、恐吓客户，如遇不当催收请拨打投诉电话。"),
    ],
)
def test_lawful_sentences_are_let_alone(language: str, text: str) -> None:
    assert features(text, language) - {"discloses_debt"} == set()


@pytest.mark.parametrize(
    "text",
    [
        "If you do not pay, we will contact your employer.",
        "We will not hesitate to contact your employer.",
        "You leave us no choice but to inform your family.",
        "It is not only that you will be arrested; you will pay for it.",
    ],
)
def test_a_not_elsewhere_in_the_sentence_does_not_excuse(text: str) -> None:
    assert "threat" in features(text)


@pytest.mark.parametrize(
    "text", ["如不还款，我们将联系您的单位。", "您不还款就等着坐牢。", "我们不得不报警。", "再不处理，通知您的家人。"]
)
def test_a_chinese_not_elsewhere_does_not_excuse_either(text: str) -> None:
    assert "threat" in features(text, "zh")


def test_findings_say_which_words_and_where() -> None:
    text = "Ｄear {name}, you will be ａrrested."
    (threat,) = [one for one in read_text(text).features if one.name == "threat"]
    assert threat.words == "you will be ａrrested"
    assert text[threat.start : threat.end] == threat.words
    assert threat.means.zh == "以逮捕、拘留相威胁"


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80), st.sampled_from(THREATS))
def test_every_place_lies_in_the_text(noise: str, threat: tuple[str, str, str]) -> None:
    text = f"{noise} {threat[2]} {noise}"
    for found in (*read_text(text).fields, *read_text(text).features):
        assert text[found.start : found.end] == found.words != ""


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=120))
def test_any_text_can_be_read(text: str) -> None:
    read_text(text, "zh", "sms")
    assert all(unicodedata.category(character) not in ("Mn", "Cf") for one in folded(text) for character in one.spaced)


def test_a_text_in_one_language_with_a_threat_in_the_other_is_found() -> None:
    assert "threat" in features("您好，we will call the police。", "zh")
    assert "threat" in features("Hello, 我们将报警.", "en")


def test_a_placeholder_that_tells_of_the_debt_is_found_under_its_name() -> None:
    told = [one.words for one in read_text("{name}: {amount}, {due_date}").features if one.name == "discloses_debt"]
    assert told == ["{amount}", "{due_date}"]


def test_a_text_is_read_once_and_then_remembered() -> None:
    text = ("Your card is 12 days past due. Please call us on 95000 to agree a plan; we will find a way together. " * 5)[:500]
    read_text(text, "en", "sms")
    begun = time.process_time()
    for _ in range(2_000):
        read_text(text, "en", "sms")
    assert (time.process_time() - begun) / 2_000 < 0.000_2
