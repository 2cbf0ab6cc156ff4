"""The lists of phrases, one YAML file a language, read and checked as a whole; how to add a phrase is in docs/content.md."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Literal

import yaml
from pydantic import Field, ValidationError, field_validator

from arrears.errors import LawError
from arrears.law.content.folding import folded_word, name_placeholders
from arrears.law.content.phrases import Phrase, PhraseError, compiled
from arrears.law.words import CONTENT_FEATURES, CONTENT_FIELDS, ContentFeature, ContentField, Language, Strict, Text

LANGUAGES: tuple[Language, ...] = ("en", "zh")

GUIDE = "see docs/content.md"

CONTEXT = 60
"""Characters before a phrase that are looked at for a negator."""

Group = Literal["fields", "features"]
GROUPS: tuple[Group, ...] = ("fields", "features")

GRAM = {"en": 4, "zh": 2}
"""How many letters of a word the index is made of: about as many as tell words apart."""

_YamlLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Placeholder(Strict):
    """What a placeholder of a text not filled in yet will say."""

    stands_for: str = Field(min_length=1)
    """A long but usual value: how many characters it takes in a message."""
    discloses_debt: bool = False
    """Its value tells whoever reads it that there is a debt."""


class Entry(Strict):
    """Phrases with one meaning, sentences in which they must be found, and near misses in which they must not."""

    means: Text
    phrases: tuple[str, ...] = Field(min_length=1)
    match: tuple[str, ...]
    near: tuple[str, ...]
    even_negated: bool = False
    """The words do it whether or not they are negated: "he does not owe us anything" tells of a debt too."""

    @field_validator("match", "near")
    @classmethod
    def _tested(cls, sentences: tuple[str, ...]) -> tuple[str, ...]:
        if not sentences:
            raise ValueError("an untested phrase does not load; give sentences that match and near misses")
        return sentences


class PhraseList(Strict):
    """One file."""

    format: Literal[1]
    language: Language
    gap: int = Field(ge=1, le=60)
    """Characters that `..` may cover."""
    words: dict[str, str]
    """Lists of words that phrases name by `@`."""
    negators: tuple[str, ...] = Field(min_length=1)
    """Words right before a phrase, or within it, that turn it into its opposite."""
    clause_negators: tuple[str, ...]
    """Negators that turn everything after them in the same clause (in Chinese: up to the next comma)."""
    clause_reach: int = Field(ge=1, le=60)
    """How many characters after such a negator a phrase may begin and still be turned."""
    fillers: tuple[str, ...]
    """Words that may stand between a negator and the phrase."""
    no_negators: tuple[str, ...]
    """Expressions that hold such a word and do not."""
    negator_reach: int = Field(ge=1, le=60)
    """How many characters before the next word of a phrase a negator still turns it."""
    placeholders: dict[str, Placeholder]
    features: dict[ContentFeature, tuple[Entry, ...]]
    fields: dict[ContentField, tuple[Entry, ...]]


@dataclass(frozen=True, eq=False)
class Sought:
    """A phrase and what finding it means: the field or feature, and the words for people."""

    place: int
    """Its place in the list."""
    group: Group
    name: str
    phrase: Phrase
    means: Text
    even_negated: bool


class Index:
    """The words of phrases by their first letters, so that a text is asked only for the phrases it may hold."""

    def __init__(self, sought: Iterable[Sought], gram: int) -> None:
        self.sought = tuple(sought)
        self._gram = gram
        self._by_word: dict[str, list[Sought]] = {}
        for one in self.sought:
            for word in one.phrase.needs[0]:
                self._by_word.setdefault(word, []).append(one)
        words = {word for one in self.sought for group in one.phrase.needs for word in group}
        self._short = tuple(sorted(word for word in words if len(word) < gram))
        self._by_gram: dict[str, list[str]] = {}
        for word in sorted(words):
            if len(word) >= gram:
                self._by_gram.setdefault(word[:gram], []).append(word)

    def possible(self, flat: str) -> list[Sought]:
        """The phrases that a text may hold, in the order of the list."""
        gram = self._gram
        grams = {flat[start : start + gram] for start in range(len(flat) - gram + 1)}
        words = {word for known in self._by_gram.keys() & grams for word in self._by_gram[known] if word in flat}
        words.update(word for word in self._short if word in flat)
        found = {one for word in self._by_word.keys() & words for one in self._by_word[word] if one.phrase.possible(words)}
        return sorted(found, key=lambda one: one.place)


class Lists:
    """One language's list, compiled."""

    def __init__(self, data: PhraseList, file: str) -> None:
        self.data = data
        self._file = file
        self.index = Index(self._sought(), GRAM[data.language])
        self._expressions = _any_of(data.no_negators)
        between = rf"(?: ?{_any_of(data.fillers).pattern}){{0,3}}" if data.fillers else ""
        self._negated_before = re.compile(rf"{_any_of(data.negators).pattern}{between} ?$")
        self._negator = _any_of(data.negators)
        self._negates_clause = _any_of(data.clause_negators) if data.clause_negators else None

    def entries(self, group: Group) -> Iterator[tuple[str, Entry]]:
        """Every entry with the field or feature it finds."""
        found = self.data.fields if group == "fields" else self.data.features
        for name, entries in found.items():
            yield from ((name, entry) for entry in entries)

    def phrases(self, entry: Entry) -> tuple[Phrase, ...]:
        """The phrases of an entry, compiled."""
        return tuple(compiled(source, self.data.words, self.data.gap) for source in entry.phrases)

    def _sought(self) -> Iterator[Sought]:
        place = 0
        for group in GROUPS:
            for name, entry in self.entries(group):
                try:
                    phrases = self.phrases(entry)
                except PhraseError as error:
                    where = f"{self._file}: {group}: {name}: {entry.means.en}"
                    raise LawError(str(error), where=where, remedy=GUIDE) from None
                for phrase in phrases:
                    place += 1
                    yield Sought(place, group, name, phrase, entry.means, entry.even_negated)

    def negated(self, spaced: str, match: re.Match[str]) -> bool:
        """Whether a negator right before the phrase or in one of its gaps turns it into its opposite."""
        reach = self.data.negator_reach
        begin = match.start()
        before = spaced[max(spaced.rfind("\n", 0, begin) + 1, begin - CONTEXT) : begin]
        if self._negator.search(before):
            before = self._expressions.sub("□", before)
            if self._negated_before.search(before):
                return True
        if self._negates_clause is not None:
            clause = self._expressions.sub("□", before[before.rfind(" ") + 1 :])
            if any(len(clause) - one.end() <= self.data.clause_reach for one in self._negates_clause.finditer(clause)):
                return True
        for gap in match.groups():
            if gap and self._negator.search(gap):
                inside = self._expressions.sub("□", gap)
                if any(len(inside) - one.end() <= reach for one in self._negator.finditer(inside)):
                    return True
        return False


@functools.cache
def lists(language: Language) -> Lists:
    """The list that comes with arrears; raises `LawError` naming file and key where it does not hold together."""
    file = f"{language}.yaml"
    raw = (resources.files("arrears.law.content") / file).read_bytes()
    return parsed(raw, file)


def parsed(raw: bytes, file: str) -> Lists:
    """A list from YAML; `file` is the name that errors use."""
    try:
        data = yaml.load(raw, Loader=_YamlLoader)  # noqa: S506 - the safe loader, in C where there is one
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise LawError(
            f"not YAML: {getattr(error, 'problem', error)}",
            where=f"{file}:{mark.line + 1}" if mark else file,
            remedy="mend the YAML",
        ) from None
    try:
        checked = PhraseList.model_validate(_frozen(data))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "list"
        raise LawError(str(first["msg"]).removeprefix("Value error, "), where=f"{file}: {key}", remedy=GUIDE) from None
    missing = [name for name in CONTENT_FEATURES if name not in checked.features]
    missing += [name for name in CONTENT_FIELDS if name not in checked.fields]
    if missing:
        raise LawError(f"no phrases for {', '.join(missing)}", where=file, remedy=GUIDE)
    name_placeholders(checked.placeholders)
    return Lists(checked, file)


def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these expressions, as whole words where they are Latin."""
    alternatives = (" ?".join(folded_word(word) for word in one.split()) for one in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<![a-z])(?:{'|'.join(alternatives)})(?![a-z])")


def _frozen(value: object) -> object:
    if isinstance(value, dict):
        return {key: _frozen(inner) for key, inner in value.items()}
    return tuple(_frozen(inner) for inner in value) if isinstance(value, list) else value
