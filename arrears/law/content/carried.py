"""What a contact says in the end: what is declared of its content, and what is read from its words."""

from __future__ import annotations

import functools
from typing import NamedTuple

from arrears.law.content.reading import DISCLOSES_DEBT, KEPT_READINGS, read_text


class Carried(NamedTuple):
    """The fields and features of one content on one channel."""

    fields: frozenset[str]
    features: frozenset[str]
    sms_parts: int
    """0 on other channels, and where the words are not given."""


@functools.lru_cache(maxsize=KEPT_READINGS)
def carried(
    fields: tuple[str, ...], features: tuple[str, ...], discloses_debt: bool, text: str, language: str, channel: str
) -> Carried:
    """The declared `fields` and `features` with those of the text; `discloses_debt` is one more feature."""
    declared = frozenset(features) | ({DISCLOSES_DEBT} if discloses_debt else frozenset())
    if not text:
        return Carried(frozenset(fields), declared, 0)
    reading = read_text(text, language, channel)
    return Carried(
        frozenset(fields) | reading.field_names,
        declared | reading.feature_names,
        reading.sms.parts if reading.sms else 0,
    )
