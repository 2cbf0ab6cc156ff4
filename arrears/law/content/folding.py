"""A text as its reader sees it: one case, one width, simplified characters, no marks or invisible characters.

What is folded away is what people use to slip a threat past a filter: full-width letters, `j a i l`, `ja1l`, `j.a.i.l`,
characters that show nothing, traditional ones, Cyrillic letters that look like Latin ones. Every folded character keeps its
place in the text it came from.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources

OPEN = re.compile(r"\{([a-z0-9_]{1,40})\}")
"""A placeholder in a text that is not filled in yet."""

_OPEN_FIRST, _OPEN_LAST = 0xE000, 0xE7FF
"""Private characters that stand for placeholders in folded text; the first of them for any that is not known."""

_PRIVATE = re.compile(f"[{chr(_OPEN_FIRST)}-{chr(_OPEN_LAST)}]")

_SEPARATORS = " .!?;@$|。\n"
"""What is left of everything that is neither letter nor digit; `@ $ ! |` may still turn out to stand for letters."""

_SEEMING = "аАеЕоОрРсСуУхХіІїјЈѕЅһԁԛԝкКмМтТнНвВαΑεΕιΙοΟρΡτΤυΥχΧκΚνΝΒΗΜΖıɑɡ"
_MEANT = "aAeEoOpPcCyYxXiIijJsShdqwkKmMtTnHbBaAeEiIoOpPtTuYxXkKvNBHMZiag"
_LATIN_LOOKALIKES = dict(zip(_SEEMING, _MEANT, strict=True))
"""Cyrillic, Greek and IPA letters that look like Latin ones."""

_FILLERS = "\u115f\u1160\u3164\uffa0"
"""Letters that show nothing."""

_APOSTROPHES = "'’‘ʼ`´′＇"
_POLITE = {"您": "你", "妳": "你", "祢": "你"}
_STANDS_FOR = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i", "|": "i"}
_HIDDEN_LETTER = re.compile(r"(?<=[A-Za-z])[013457@$!|]{1,2}(?=[a-z])")

_SENTENCE_END = re.compile(rf"(?:[\n。]|[.!?;](?=[\s。]|$|[^\x00-\x7f]))[{re.escape(_SEPARATORS)}]*+(?![a-z])")
_ENDED = "\x01"
_LONE_WORD = re.compile(rf"{_ENDED}(?=(?:[A-Za-z]+|[^\x00-\x7f])(?:{_ENDED}|$))")
_APART = re.compile(rf"[{re.escape(_SEPARATORS)}]+")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_TWICE = re.compile(r"([^\W\d_])\1+")


class Folded:
    """A folded text. `spaced` has single blanks between words and line ends between sentences; `flat` has neither, and no
    letter twice in a row, so that whatever a phrase may match in `spaced` has its letters side by side in `flat`."""

    def __init__(self, text: str, shown: str, kept: Sequence[int] | None = None) -> None:
        """`shown`: the text's characters folded one by one; `kept`: which of these they are, where some are left out."""
        self.text = text
        self._shown = shown
        self._kept = kept
        ended = _SENTENCE_END.sub(_ENDED, shown)
        ended = _APART.sub(" ", ended)
        if _ENDED in ended:
            # A sentence of one word is none: "We. will. call." is one sentence written so that nobody finds it.
            ended = _LONE_WORD.sub(" ", ended.replace(f" {_ENDED}", _ENDED)).replace(_ENDED, "\n")
        self.spaced = ended.lower()
        self.flat = squeezed(self.spaced.replace(" ", "").replace("\n", ""))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a piece of `spaced` stands in the text: from, and to just before."""
        places = self._places
        return places[self._letters(start)][0], places[self._letters(end) - 1][1]

    def _letters(self, end: int) -> int:
        """How many letters and digits `spaced` has before `end`."""
        return end - self.spaced.count(" ", 0, end) - self.spaced.count("\n", 0, end)

    @functools.cached_property
    def _places(self) -> list[tuple[int, int]]:
        """For each letter of `spaced`, the piece of the text it came from."""
        lengths = [len(_FOLDS[ord(character)]) for character in self.text]
        if "{" not in self.text and lengths.count(1) == len(lengths):
            spread = [(place, place + 1) for place in range(len(lengths))]
        else:
            spread = list(_spread(self.text))
        pieces = spread if self._kept is None else [spread[place] for place in self._kept]
        return [piece for piece, character in zip(pieces, self._shown, strict=True) if character not in _SEPARATORS]


def _spread(text: str) -> Iterator[tuple[int, int]]:
    """For each folded character of a text, the piece it came from: a placeholder is one character, some signs are several."""
    opened = {match.start(): match.end() for match in OPEN.finditer(text)}
    place = 0
    while place < len(text):
        end = opened.get(place, place + 1)
        yield from itertools.repeat((place, end), 1 if place in opened else len(_FOLDS[ord(text[place])]))
        place = end


def squeezed(flat: str) -> str:
    """The letters of `flat`, none of them twice in a row."""
    return _TWICE.sub(r"\1", flat)


def folded(text: str) -> tuple[Folded, ...]:
    """The text folded; several readings where letters are drawn out, or digits and signs in words may stand for letters."""
    if _PRIVATE.search(text):
        text = _PRIVATE.sub(" ", text)
    shown = OPEN.sub(_open, text) if "{" in text else text
    shown = shown.translate(_FOLDS)
    readings = [Folded(text, shown)]
    if _DRAWN_OUT.search(shown):
        left_out = {place for run in _DRAWN_OUT.finditer(shown) for place in range(run.start() + 1, run.end())}
        kept = [place for place in range(len(shown)) if place not in left_out]
        readings.append(Folded(text, "".join(shown[place] for place in kept), kept))
    if _HIDDEN_LETTER.search(shown):
        as_i = _HIDDEN_LETTER.sub(lambda match: "".join(_STANDS_FOR[sign] for sign in match[0]), shown)
        readings.append(Folded(text, as_i))
        if any(sign in match for match in _HIDDEN_LETTER.findall(shown) for sign in "1!|"):
            as_l = _HIDDEN_LETTER.sub(
                lambda match: "".join("l" if sign in "1!|" else _STANDS_FOR[sign] for sign in match[0]), shown
            )
            readings.append(Folded(text, as_l))
    return tuple(readings)


def folded_word(word: str) -> str:
    """A word of a phrase, folded like the texts it is sought in; empty where nothing of it is left."""
    return "".join(character for character in word.translate(_FOLDS).lower() if character not in _SEPARATORS)


_open_numbers: dict[str, int] = {}


def name_placeholders(names: Mapping[str, object]) -> None:
    """Give each of these placeholders a character of its own in folded texts."""
    for name in names:
        _open_numbers.setdefault(name, _OPEN_FIRST + 1 + len(_open_numbers))


def open_character(name: str) -> str:
    """The character that stands for a placeholder in folded text."""
    return chr(_open_numbers.get(name, _OPEN_FIRST))


def _open(match: re.Match[str]) -> str:
    return open_character(match[1])


class _Folds(dict[int, str]):
    """What each character is folded to, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _fold(chr(code))
        return found


def _fold(character: str) -> str:
    if _OPEN_FIRST <= ord(character) <= _OPEN_LAST:
        return character
    if character in "\n\r\v\f\x85\u2028\u2029【】":
        return "\n"
    if character in _APOSTROPHES or character in _FILLERS:
        return ""
    return "".join(_plain(one) for one in unicodedata.normalize("NFKD", character))


def _plain(character: str) -> str:
    """One decomposed character: a letter or digit, a separator, or nothing."""
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf", "Cs") or (category == "Cc" and not character.isspace()):
        return ""
    if category[0] == "L":
        character = _traditional().get(character, character)
        character = _POLITE.get(character, character)
        character = _LATIN_LOOKALIKES.get(character, character)
        lower = character.lower()
        return character if len(lower) == 1 else lower
    if category[0] == "N":
        value = unicodedata.digit(character, None)
        return character if value is None else str(value)
    return character if character in _SEPARATORS else " "


@functools.cache
def _traditional() -> dict[str, str]:
    lines = (resources.files("arrears.law.content") / "traditional.txt").read_text(encoding="utf-8").splitlines()
    return {pair[0]: pair[1] for line in lines if not line.startswith("#") for pair in line.split()}


_FOLDS = _Folds()
