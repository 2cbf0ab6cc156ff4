"""What the packs hold, as plain data for `arrears law list` and `show`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from arrears.errors import LawError
from arrears.law.kinds import Procedural
from arrears.law.loading import load_pack, packs_shipped
from arrears.law.model import Pack, Rule


def listing(pack: Pack, day: date) -> list[dict[str, Any]]:
    """One row a rule, by id; `title`, `citation`, `note` and `why`, each with `_en` and `_zh`, are for readers.

    `state` on `day` is `in force`, `procedural` (in force, for people), `not yet`, `ended` or `off`.
    """
    rules = sorted(pack.rules, key=lambda rule: (rule.id, rule.from_date or date.min))
    return [
        {
            "rule": rule.id,
            "title_en": rule.title.en,
            "title_zh": rule.title.zh,
            "kind": rule.kind,
            "binding": rule.binding,
            "applies_to": rule.applies_to,
            "evidence": rule.evidence,
            "state": state(rule, day),
            "from": rule.from_date,
            "to": rule.to_date,
            "citation_en": rule.citation.line("en"),
            "citation_zh": rule.citation.line("zh"),
            "note_en": rule.note.en if rule.note else None,
            "note_zh": rule.note.zh if rule.note else None,
            "why_en": rule.why.en if rule.why else None,
            "why_zh": rule.why.zh if rule.why else None,
        }
        for rule in rules
    ]


def state(rule: Rule, day: date) -> str:
    """See `listing`."""
    if not rule.enabled or rule.from_date is None:
        return "off"
    if day < rule.from_date:
        return "not yet"
    if rule.to_date is not None and rule.to_date < day:
        return "ended"
    return "procedural" if isinstance(rule.params, Procedural) else "in force"


def show(rule_id: str, packs: Sequence[Pack] | None = None) -> list[dict[str, Any]]:
    """Everything a pack says about a rule, one entry for each of its versions; all shipped packs where none are given.

    Raises `LawError` for an unknown id.
    """
    among = packs if packs is not None else [load_pack(name) for name in packs_shipped()]
    found = [
        {
            "pack": pack.id,
            "content_hash": pack.content_hash,
            **rule.model_dump(mode="json", by_alias=True, exclude={"params"}),
            "jurisdictions": list(pack.codes(rule)),
            "params": rule.params.model_dump(mode="json", exclude_defaults=True),
        }
        for pack in among
        for rule in pack.rules
        if rule.id == rule_id
    ]
    if not found:
        raise LawError(f"no rule {rule_id!r}", where="law packs", remedy="see the ids with: arrears law list")
    return found
