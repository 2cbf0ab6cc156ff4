"""A text judged by itself: what packs say to its content, every other fact of a contact aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from pydantic import ValidationError

from arrears.errors import LawError
from arrears.law.binding import Statutes
from arrears.law.case import Case
from arrears.law.content import Found, Reading, read_text
from arrears.law.content.named import FEATURE_WORDS, FIELD_WORDS
from arrears.law.facts import Facts
from arrears.law.kinds import ContentRule
from arrears.law.model import Pack
from arrears.law.moment import Moment
from arrears.law.verdict import Refusal
from arrears.law.words import Language


@dataclass(frozen=True)
class Use:
    """How a text will be used: to whom, by what, for what, and what is known of the debt."""

    language: Language
    channel: str
    party: str
    purpose: str
    acts: str
    jurisdiction: str
    day: date
    dpd: int = 1
    time_barred: bool = False
    earlier: bool = False
    """Something about the debt has reached the debtor before."""
    told_in: Language = "en"
    """The language of the reasons."""


def case_of_text(text: str, use: Use) -> Case:
    """A case that tells nothing but the text and its use; raises `LawError` naming what no case may hold."""
    noon = datetime.combine(use.day, time(12), tzinfo=UTC)
    before = {"at": noon - timedelta(days=1), "channel": "letter", "outcome": "sent", "debt": "D1"}
    try:
        return Case.model_validate(
            {
                "at": noon, "language": use.told_in, "jurisdictions": (use.jurisdiction,), "acts": use.acts,
                "channel": use.channel, "party": use.party, "purpose": use.purpose, "debt": "D1",
                "debts": ({"id": "D1", "dpd": use.dpd, "time_barred": use.time_barred},), "places": ({"zone": "UTC"},),
                "content": {"language": use.language, "text": text}, "history": (before,) if use.earlier else (),
            }
        )  # fmt: skip
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise LawError(
            str(first["msg"]).removeprefix("Value error, "), where=f"text: {key}", remedy="see docs/content.md"
        ) from None


def content_refusals(case: Case, packs: Sequence[Pack]) -> tuple[Refusal, ...]:
    """What the content rules of `packs` refuse of a case, in order of id; no other rule is asked."""
    moment = Moment(Facts(case), case.at)
    found = []
    for one in Statutes(packs).bound(case, moment.days[0]).rules:
        if isinstance(one.params, ContentRule) and one.params.stands(moment, case.channel):
            reason = one.params.judged(moment)
            if reason is not None:
                rule = one.active.rule
                said = reason.zh if case.language == "zh" else reason.en
                found.append(Refusal(one.id, rule.title.said(case.language), rule.citation.line(case.language), said))
    return tuple(found)


def told(text: str, use: Use, packs: Sequence[Pack]) -> dict[str, Any]:
    """`arrears law content --json`: fields, features, length, and the verdict of `packs` where there are any."""
    case = case_of_text(text, use)
    reading: Reading = read_text(text, use.language, use.channel)
    answer: dict[str, Any] = {
        "fields": [_place(found, FIELD_WORDS, use.told_in) for found in reading.fields],
        "features": [_place(found, FEATURE_WORDS, use.told_in) for found in reading.features],
        "sms": None if reading.sms is None else reading.sms._asdict(),
    }
    if packs:
        refusals = content_refusals(case, packs)
        answer["lawful"] = not refusals
        answer["refusals"] = [one._asdict() for one in refusals]
    return answer


def _place(found: Found, names: dict[str, tuple[str, str]], language: Language) -> dict[str, Any]:
    return {
        "name": found.name,
        "meaning": names[found.name][1 if language == "zh" else 0],
        "because": found.means.said(language),
        "words": found.words,
        "start": found.start,
        "end": found.end,
    }
