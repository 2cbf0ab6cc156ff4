"""What is said to people, so that it can be said again in their language: English at first, Chinese from a catalogue.

The rooms below the desk know no language and no Django. What they say is English text, of which `said` keeps the template and
its values; whoever shows it to a reader asks for it `in_language`. Commands and the API show it as it is.
"""

from __future__ import annotations

import functools
import gettext
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

LOCALE = Path(__file__).parent / "locale"
CATALOGUES: Final = {"zh": "zh_Hans"}


class Said(str):
    """English text that remembers what it was made of."""

    template: str = ""
    values: Mapping[str, Any] = {}
    others: Mapping[str, str] = {}
    """Language to text, where whoever said it has it already."""


def said(template: str, /, **values: Any) -> Said:
    """The template filled with its values; those that are `said` themselves are said again with it.

    Without values the template is the text, braces and all.
    """
    text = Said(template.format(**values) if values else template)
    text.template, text.values = template, values
    return text


def said_in_both(en: str, zh: str) -> Said:
    """Words that stand in both languages in our own tables."""
    text = Said(en)
    text.template, text.others = en, {"zh": zh}
    return text


def in_language(text: str, language: str) -> str:
    """The text in that language; as it is what was not `said`, or has no words there."""
    if language not in CATALOGUES or not text or not isinstance(text, Said):
        return str(text)
    if language in text.others:
        return text.others[language]
    template = _catalogue(language).gettext(text.template)
    values = {name: in_language(value, language) if isinstance(value, Said) else value for name, value in text.values.items()}
    return template.format(**values) if values else template


def reworded(text: str, change: Callable[[str], str]) -> str:
    """The text with its values changed, to be said again all the same; where it was not `said`, the text itself changed."""
    if not isinstance(text, Said) or text.others:
        return change(text)
    values = {name: reworded(value, change) if isinstance(value, str) else value for name, value in text.values.items()}
    again = Said(text.template.format(**values) if values else text.template)
    again.template, again.values = text.template, values
    return again


def in_one_line(where: str, what: str, remedy: str, language: str = "en") -> str:
    """`where: what; remedy`, with the language's own stops; of `where` and `remedy` there may be none."""
    line = said("{where}: {what}", where=where, what=what) if where else what
    line = said("{what}; {remedy}", what=line, remedy=remedy) if remedy else line
    return " ".join(in_language(line, language).split())


@functools.cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("arrears", LOCALE, [CATALOGUES[language]], fallback=True)
