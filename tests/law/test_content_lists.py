"""The lists of phrases as data: every phrase is found in its sentences, no near miss is, what is untested does not load."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml

from arrears.errors import LawError
from arrears.law.content import LANGUAGES, lists, read_text
from arrears.law.content.folding import folded
from arrears.law.content.lists import GROUPS, Entry, Lists, parsed
from arrears.law.content.named import FEATURE_WORDS, FIELD_WORDS
from arrears.law.content.phrases import Phrase, PhraseError, compiled
from arrears.law.words import CONTENT_FEATURES, CONTENT_FIELDS

ENTRIES = [
    pytest.param(lists(language), group, name, entry, id=f"{language}-{name}-{entry.means.en}")
    for language in LANGUAGES
    for group in GROUPS
    for name, entry in lists(language).entries(group)
]
PAGE = Path(__file__).parents[2] / "docs" / "content.md"


def finds(one: Lists, entry: Entry, phrase: Phrase, sentence: str) -> bool:
    """Whether the phrase stands in the sentence and is not turned into its opposite."""
    return any(
        entry.even_negated or not one.negated(reading.spaced, match)
        for reading in folded(sentence)
        for match in phrase.found(reading.spaced)
    )


def names(one: Lists, group: str, sentence: str) -> frozenset[str]:
    reading = read_text(sentence, one.data.language)
    return reading.field_names if group == "fields" else reading.feature_names


@pytest.mark.parametrize(("one", "group", "name", "entry"), ENTRIES)
def test_every_sentence_that_must_match_does(one: Lists, group: str, name: str, entry: Entry) -> None:
    assert [sentence for sentence in entry.match if name not in names(one, group, sentence)] == []


@pytest.mark.parametrize(("one", "group", "name", "entry"), ENTRIES)
def test_no_near_miss_matches(one: Lists, group: str, name: str, entry: Entry) -> None:
    assert [sentence for sentence in entry.near if name in names(one, group, sentence)] == []


@pytest.mark.parametrize(("one", "group", "name", "entry"), ENTRIES)
def test_every_phrase_is_found_in_a_sentence_of_its_own(one: Lists, group: str, name: str, entry: Entry) -> None:
    unseen = [
        phrase.source
        for phrase in one.phrases(entry)
        if not any(finds(one, entry, phrase, sentence) for sentence in entry.match)
    ]
    assert unseen == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lists_are_serious(language: str) -> None:
    features = lists(language).data.features  # type: ignore[arg-type]
    expressions = {
        name: sum(phrase.count("|") + 1 for entry in entries for phrase in entry.phrases) for name, entries in features.items()
    }
    wanted = {
        "threat": 400,
        "insult": 150,
        "false_authority": 150,
        "false_statement": 150,
        "shaming": 150,
        "threat_of_suit": 100,
    }
    assert {name for name, least in wanted.items() if expressions[name] < least} == set()


def test_fields_and_features_all_have_words_for_people() -> None:
    assert set(FIELD_WORDS) == set(CONTENT_FIELDS)
    assert set(FEATURE_WORDS) == set(CONTENT_FEATURES)


def test_the_page_lists_every_field_and_feature() -> None:
    listed = re.findall(r"^\| `([a-z_]+)` \|", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert [name for name in listed if name in (*CONTENT_FIELDS, *CONTENT_FEATURES)] == [*CONTENT_FIELDS, *CONTENT_FEATURES]


def shipped() -> dict[str, Any]:
    raw = (resources.files("arrears.law.content") / "en.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(raw)
    return data


def changed(**entry: Any) -> bytes:
    data = shipped()
    data["features"]["threat"][0] |= entry
    return yaml.safe_dump(data, allow_unicode=True).encode()


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"match": []}, "an untested phrase does not load"),
        ({"near": []}, "an untested phrase does not load"),
        ({"phrases": []}, "features.threat.0.phrases"),
        ({"phrases": ["(arrest"]}, "a bracket is not closed"),
        ({"phrases": ["arrest)"]}, "closes that was not opened"),
        ({"phrases": [".. arrest"]}, "begins or ends with a gap"),
        ({"phrases": ["@nobody arrests"]}, "@nobody is not one of the lists"),
        ({"phrases": ["(arrest)?"]}, "may be left out"),
        ({"phrases": ["arrest !now"]}, "a bracket follows"),
        ({"phrases": ["arrest (|now)"]}, "an alternative is empty"),
        ({"phrases": ["arrest -"]}, "has no letter or digit"),
        ({"colour": "red"}, "features.threat.0.colour"),
    ],
)
def test_a_list_that_does_not_hold_together_names_file_and_entry(entry: dict[str, Any], told: str) -> None:
    with pytest.raises(LawError) as refused:
        parsed(changed(**entry), "own.yaml")
    assert told in refused.value.line()
    assert refused.value.where.startswith("own.yaml")


def test_a_list_without_a_feature_says_which() -> None:
    data = shipped()
    del data["features"]["shaming"]
    with pytest.raises(LawError, match="no phrases for shaming"):
        parsed(yaml.safe_dump(data, allow_unicode=True).encode(), "own.yaml")


def test_a_list_that_is_no_yaml_names_its_line() -> None:
    with pytest.raises(LawError) as refused:
        parsed(b"format: 1\nwords: [\n", "own.yaml")
    assert refused.value.where.startswith("own.yaml:")


@pytest.mark.parametrize(
    ("source", "sentence", "found"),
    [
        ("call .. police", "We call the local police", True),
        ("call .. police", "We call. Police stations are closed.", False),
        ("call ..4 police", "call the local police", False),
        ("call (the)? police", "call police", True),
        ("call (the|your) police", "call our police", False),
        ("threat*", "threatening", True),
        ("threat", "threatening", False),
        ("sue", "we will issue it", False),
        ("owe us #", "You owe us 12,000.50", True),
        ("owe us #", "You owe us money", False),
        ("dear !(customer) ~", "Dear Ada,", True),
        ("dear !(customer) ~", "Dear customer,", False),
        ("^ police", "Call the police", False),
        ("^ police", "Hello! Police here", True),
        ("bank $", "Elm Bank.", True),
        ("bank $", "Elm Bank calls.", False),
        ("call {phone}", "Call {phone}.", True),
        ("call {phone}", "Call {name}.", False),
        ("call {phone}", "Call \ue001.", False),
    ],
)
def test_the_language_of_phrases(source: str, sentence: str, found: bool) -> None:
    lists("en")
    phrase = compiled(source, {}, 30)
    (reading, *_) = folded(sentence)
    assert any(phrase.found(reading.spaced)) is found


def test_an_unknown_sign_is_told() -> None:
    with pytest.raises(PhraseError, match="cannot be read"):
        compiled("call {Phone}", {}, 30)
