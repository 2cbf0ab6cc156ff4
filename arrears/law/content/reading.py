"""A text read: which fields it carries, what it does that rules may forbid, and how long it is as a message."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from arrears.law.content.folding import OPEN, Folded, folded
from arrears.law.content.lists import LANGUAGES, Lists, Sought, lists
from arrears.law.content.sms import Sms, counted
from arrears.law.words import Text

KEPT_READINGS = 4_096
"""Readings kept in memory: a bank has some hundred texts, and each is judged many thousand times."""

LETTERS_MIN = {"en": re.compile(r"[a-z][^a-z]?[a-z][^a-z]?[a-z]"), "zh": re.compile(r"[\u3400-\u9fff]")}
"""What of a script a text must hold before its list is asked."""

DISCLOSES_DEBT = "discloses_debt"

PLACEHOLDER_TELLS = Text(en="a value that tells of the debt", zh="可推知欠款的信息")


class Found(NamedTuple):
    """A field or feature, and the words that gave it."""

    name: str
    words: str
    start: int
    """First character in the text, from 0."""
    end: int
    """Just after the last."""
    means: Text


@dataclass(frozen=True)
class Reading:
    """What a text says."""

    fields: tuple[Found, ...]
    """One for each field it carries."""
    features: tuple[Found, ...]
    """Every passage that does something a rule may forbid, in the order of the text."""
    sms: Sms | None
    """Its length as a message, placeholders filled with long but usual values; None for other channels."""

    @functools.cached_property
    def field_names(self) -> frozenset[str]:
        return frozenset(one.name for one in self.fields)

    @functools.cached_property
    def feature_names(self) -> frozenset[str]:
        return frozenset(one.name for one in self.features)


@functools.lru_cache(maxsize=KEPT_READINGS)
def read_text(text: str, language: str = "", channel: str = "") -> Reading:
    """The reading of a text, filled in or with placeholders.

    Both languages' lists are asked, as far as the text has their letters: `language` says which values its placeholders take,
    and `channel` whether its length as a message is asked for.
    """
    known = {one: lists(one) for one in LANGUAGES}  # first: they name the placeholders that folding knows
    readings = folded(text)
    asked = [one for script, one in known.items() if LETTERS_MIN[script].search(readings[0].spaced)]
    fields: dict[str, Found] = {}
    features = list(_disclosing(text, known["zh" if language == "zh" else "en"]))
    for one in asked:
        for reading in readings:
            for sought in one.index.possible(reading.flat):
                if sought.name in fields:
                    continue
                found = _found(text, reading, one, sought)
                if found is None:
                    continue
                if sought.group == "fields":
                    fields[found.name] = found
                else:
                    features.append(found)
    return Reading(
        fields=tuple(sorted(fields.values(), key=_place)),
        features=tuple(sorted(_widest(features), key=_place)),
        sms=counted(filled(text, language)) if channel == "sms" else None,
    )


def filled(text: str, language: str) -> str:
    """The text with long but usual values for its placeholders."""
    known = lists("zh" if language == "zh" else "en").data.placeholders
    return OPEN.sub(lambda match: known[match[1]].stands_for if match[1] in known else match[0], text)


def _found(text: str, reading: Folded, one: Lists, sought: Sought) -> Found | None:
    """The first place where the phrase stands and is not turned into its opposite."""
    for match in sought.phrase.found(reading.spaced):
        if sought.even_negated or not one.negated(reading.spaced, match):
            start, end = reading.span(match.start(), match.end())
            return Found(sought.name, text[start:end], start, end, sought.means)
    return None


def _disclosing(text: str, one: Lists) -> Iterator[Found]:
    """Placeholders whose values tell of the debt."""
    for match in OPEN.finditer(text):
        known = one.data.placeholders.get(match[1])
        if known is not None and known.discloses_debt:
            yield Found(DISCLOSES_DEBT, match[0], match.start(), match.end(), PLACEHOLDER_TELLS)


def _widest(found: Iterable[Found]) -> list[Found]:
    """Without those that lie within another of the same name."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one.name, one.start, -one.end)):
        if not kept or kept[-1].name != one.name or one.end > kept[-1].end:
            kept.append(one)
    return kept


def _place(found: Found) -> tuple[int, int, str]:
    return (found.start, found.end, found.name)
