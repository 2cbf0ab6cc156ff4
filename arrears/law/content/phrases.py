"""The phrases of a list: a small language that a lawyer can read, compiled to what is sought in a folded text.

    (we|our agents) will .. (tell|inform) .. @family
    ...
A word stands for itself, however it is spaced or spelt out; `(a|b)` is either; `?` after a word or a bracket makes it optional;
`..` is a gap within the sentence (`..40` of at most 40 characters); `*` ends a word that may go on; `#` is a number; `{name}` a
placeholder not filled in yet; `@name` a list of words given once for the whole file; `~` any one word; `!(a|b)` forbids what
follows to begin so; `^` and `$` are where a sentence begins and ends.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from arrears.law.content.folding import folded_word, open_character, squeezed

_TOKEN = re.compile(
    r"\s*(?:(?P<gap>\.\.(?P<width>\d*))|(?P<sign>[()|?#*~!^$])|\{(?P<open>[a-z0-9_]+)\}|(?P<word>[^\s()|?#*~!^$@{}.]+))"
)

_EDGE = "(?:(?<![a-z])|(?![a-z]))"
"""Not in the middle of a Latin word; between other letters always true."""

_TAIL_MAX = 8
"""Letters a word with `*` may go on for."""

_WORD_MAX = 20
"""Letters of the word that `~` stands for."""

_SIGNS = {
    "#": "[0-9][0-9 ]*",
    "~": f"{_EDGE}([^\\n ]{{1,{_WORD_MAX}}}){_EDGE}",
    "^": r"(?:\A|(?<=\n))",
    "$": r"(?=\s*(?:\n|\Z))",
}

ANCHOR_ALTERNATIVES_MAX = 80
"""A bracket with more alternatives than these is no anchor: asking for so many words costs more than it saves."""


class PhraseError(ValueError):
    """A phrase that cannot be read; the message says what is wrong with it."""


@dataclass(frozen=True)
class Phrase:
    """A compiled phrase. Of each group of `needs` a word is in the `flat` reading of every text that holds the phrase."""

    source: str
    pattern: re.Pattern[str]
    needs: tuple[frozenset[str], ...]
    """The most telling group first."""

    def possible(self, words: Set[str]) -> bool:
        """Whether a text that has these of all phrases' words may hold the phrase."""
        return not any(group.isdisjoint(words) for group in self.needs)

    def found(self, spaced: str) -> Iterator[re.Match[str]]:
        """Every place where the phrase begins, at the edge of a word."""
        start = 0
        while match := self.pattern.search(spaced, start):
            begin = match.start()
            if begin == 0 or not ("a" <= spaced[begin - 1] <= "z" and "a" <= spaced[begin] <= "z"):
                yield match
            start = begin + 1


@dataclass(frozen=True)
class _Part:
    """A piece of a phrase: what it looks like, and words one of which it always holds (none where it may be left out)."""

    pattern: str
    anchors: tuple[str, ...] = ()
    literal: str = ""
    """The word itself, where the part is a single whole word, so that neighbours make one longer anchor."""
    gap: bool = False
    open_ended: bool = False


def compiled(source: str, shared: Mapping[str, str], gap: int) -> Phrase:
    """The phrase written as `source`; `shared` are the lists named by `@`, `gap` the width of `..` in characters."""
    tokens = list(_tokens(_unfolded(source, shared)))
    parts, rest = _sequence(tokens, 0, gap)
    if rest < len(tokens):
        raise PhraseError(f"a bracket closes that was not opened in {source!r}")
    if not parts or parts[0].gap or parts[-1].gap:
        raise PhraseError(f"{source!r} begins or ends with a gap, or says nothing")
    needs = tuple(frozenset(group) for group in sorted(_anchors(parts), key=_telling, reverse=True))
    if not needs:
        raise PhraseError(f"everything in {source!r} may be left out")
    pattern = _joined(parts) + ("" if parts[-1].open_ended else _EDGE)
    return Phrase(source, re.compile(pattern), needs)


def _unfolded(source: str, shared: Mapping[str, str], depth: int = 0) -> str:
    def one(match: re.Match[str]) -> str:
        if match[1] not in shared or depth >= 4:
            raise PhraseError(f"@{match[1]} is not one of the lists: {', '.join(shared)}")
        return f"({_unfolded(shared[match[1]], shared, depth + 1)})"

    return re.sub(r"@([a-z_]+)", one, source)


def _tokens(source: str) -> Iterator[tuple[str, str]]:
    place = 0
    text = source.strip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise PhraseError(f"{text[place:]!r} cannot be read in {source!r}")
        place = match.end()
        if match["gap"]:
            yield "gap", match["width"]
        elif match["sign"]:
            yield match["sign"], ""
        elif match["open"]:
            yield "open", match["open"]
        else:
            yield "word", match["word"]


def _sequence(tokens: list[tuple[str, str]], place: int, gap: int) -> tuple[list[_Part], int]:
    """The parts from `place` to the end, a `|` or the bracket's close."""
    parts: list[_Part] = []
    while place < len(tokens):
        kind, value = tokens[place]
        if kind in ("|", ")"):
            break
        place += 1
        if kind == "(":
            part, place = _choice(tokens, place, gap)
        elif kind == "gap":
            width = int(value) if value else gap
            part = _Part(f"{_EDGE}([^\\n]{{0,{width}}}?){_EDGE}", gap=True)
        elif kind in _SIGNS:
            part = _Part(_SIGNS[kind])
        elif kind == "!":
            part, place = _forbidden(tokens, place, gap)
        elif kind == "open":
            part = _Part(open_character(value), (open_character(value),))
        elif kind == "word":
            part = _word(value)
        else:
            raise PhraseError(f"{kind!r} has nothing before it")
        if place < len(tokens) and tokens[place][0] == "*":
            part = _Part(f"{part.pattern}[a-z]{{0,{_TAIL_MAX}}}", part.anchors, open_ended=True)
            place += 1
        if place < len(tokens) and tokens[place][0] == "?":
            part = _Part(f"(?:{part.pattern} ?)?")
            place += 1
        parts.append(part)
    return parts, place


def _choice(tokens: list[tuple[str, str]], place: int, gap: int) -> tuple[_Part, int]:
    choices: list[list[_Part]] = []
    while True:
        parts, place = _sequence(tokens, place, gap)
        choices.append(parts)
        if place >= len(tokens):
            raise PhraseError("a bracket is not closed")
        place += 1
        if tokens[place - 1][0] == ")":
            break
    if not all(choices):
        raise PhraseError("an alternative is empty; write `?` after the bracket instead")
    anchors = [max(_anchors(parts), key=_telling, default=()) for parts in choices]
    pattern = f"(?:{'|'.join(_joined(parts) for parts in choices)})"
    fewest = _fewest(itertools.chain(*anchors)) if all(anchors) else ()
    return _Part(pattern, fewest if len(fewest) <= ANCHOR_ALTERNATIVES_MAX else ()), place


def _fewest(anchors: Iterable[str]) -> tuple[str, ...]:
    """Without those that hold another: where one of them is, so is the other."""
    known: list[str] = []
    for anchor in sorted(set(anchors), key=lambda one: (len(one), one)):
        if not any(shorter in anchor for shorter in known):
            known.append(anchor)
    return tuple(known)


def _forbidden(tokens: list[tuple[str, str]], place: int, gap: int) -> tuple[_Part, int]:
    if place >= len(tokens) or tokens[place][0] != "(":
        raise PhraseError("write `!(a|b)`: a bracket follows the exclamation mark")
    choice, place = _choice(tokens, place + 1, gap)
    return _Part(f"(?! ?{choice.pattern}{_EDGE})"), place


def _word(value: str) -> _Part:
    letters = folded_word(value)
    if not letters:
        raise PhraseError(f"{value!r} has no letter or digit")
    runs = [(letter, len(list(group))) for letter, group in itertools.groupby(letters)]
    pattern = r"\s?".join(letter * count if letter.isdigit() else rf"{letter}(?:\s?{letter})*" for letter, count in runs)
    return _Part(pattern, (squeezed(letters),), literal=letters)


def _joined(parts: list[_Part]) -> str:
    """Side by side, with at most a blank between."""
    written = ""
    for before, part in itertools.pairwise([None, *parts]):
        assert part is not None  # noqa: S101 - only the first is
        between = "" if before is None or before.gap or part.gap or before.pattern.endswith(" ?)?") else " ?"
        written += between + part.pattern
    return written


def _anchors(parts: list[_Part]) -> Iterator[tuple[str, ...]]:
    """For each of the parts that cannot be left out, words one of which it holds; side by side, single words make one."""
    run = ""
    for part in [*parts, _Part("")]:
        if part.literal:
            run += part.literal
            continue
        if run:
            yield (squeezed(run),)
        run = ""
        if part.anchors:
            yield part.anchors


def _telling(anchors: tuple[str, ...]) -> float:
    """How seldom one of these words will be met: long and few. A Chinese character tells as much as three letters."""
    return min(sum(1 if character < "\x7f" else 3 for character in anchor) for anchor in anchors) - len(anchors) / 2
