"""What the strategy's texts say, read once for a day: the fields and features that the law asks of each candidate's content."""

from __future__ import annotations

from collections.abc import Iterator

from arrears.day.workspace import Strategy
from arrears.law.content import Reading, read_text
from arrears.playbook.contents import Text

CONTENT_FACTS = {
    "text_key": "string", "content_fields": "string", "content_features": "string", "content_known": "int64",
    "sms_parts": "int64",
}  # fmt: skip
"""One row a text: `content/channel/language`, `,a,b,` of each, 1, and parts as a message (0 on other channels)."""

NO_TEXT = ("", "", "", 0, 0)
"""Stands where a strategy has no text at all, so that the table has its types."""


def content_facts(strategy: Strategy) -> list[tuple[str, str, str, int, int]]:
    """The rows of `CONTENT_FACTS`.

    A text is read twice: with its placeholders, which tell what it will carry, and with the bank's own name, telephone and word
    for stopping filled in, which are the same for everybody and may tell more than they should ("... card centre").
    """
    rows = list(_rows(strategy))
    return rows or [NO_TEXT]


def _rows(strategy: Strategy) -> Iterator[tuple[str, str, str, int, int]]:
    for language, by_id in strategy.contents.texts.items():
        for content, ways in by_id.items():
            for channel, text in ways.items():
                open_, filled = _read(strategy, text, language, channel)
                fields = open_.field_names | filled.field_names
                features = open_.feature_names | filled.feature_names
                parts = filled.sms.parts if filled.sms else 0
                yield f"{content}/{channel}/{language}", _listed(fields), _listed(features), 1, parts


def _read(strategy: Strategy, text: Text, language: str, channel: str) -> tuple[Reading, Reading]:
    whole = text.whole
    bank = strategy.bank
    name = bank.name_zh or bank.name if language == "zh" else bank.name
    own = {"bank": name, "phone": bank.phone, "opt_out": bank.opt_out}
    filled = whole
    for placeholder, value in own.items():
        filled = filled.replace(f"{{{placeholder}}}", value)
    return read_text(whole, language, channel), read_text(filled, language, channel)


def _listed(names: frozenset[str]) -> str:
    found = ",".join(sorted(names))
    return f",{found}," if found else ""
