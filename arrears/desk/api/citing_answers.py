"""What is answered to those who read the law."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field, Json

from arrears.desk.api.values import Out


class PackOut(Out):
    pack: str
    title_en: str
    title_zh: str
    covers: list[str]
    """Jurisdictions it speaks for."""
    source: str
    """What it was compiled from, and what it is not."""
    content_hash: str
    """SHA-256."""
    rules_n: int
    applies: bool
    """Whether it is the bank's law."""


class PacksOut(Out):
    packs: list[PackOut]


class RuleOut(Out):
    pack: str
    rule: str
    title_en: str
    title_zh: str
    kind: str
    binding: str
    """`law`, `standard`, `policy`."""
    applies_to: str
    """`issuer`, `agency`, `both`."""
    evidence: str
    """`text`, `second-hand`, `unconfirmed`."""
    state: str
    """On the date: `in force`, `procedural` (in force, for people), `not yet`, `ended`, `off`."""
    from_: date | None = Field(alias="from")
    """Its first day."""
    to: date | None
    """Its last; null while it stands."""
    jurisdictions: list[str]
    citation_en: str
    citation_zh: str
    note_en: str | None
    """How the text was read where it leaves a choice."""
    note_zh: str | None
    why_en: str | None
    """Why it is switched off."""
    why_zh: str | None


class RulesOut(Out):
    day: date
    rules: list[RuleOut]
    next_skip: int | None
    """To be given as `skip` for those that follow; null: there are none."""


class ExampleOut(Out):
    number: int
    expect: str
    """`allow`, `refuse`."""
    case: Json[dict[str, Any]]
    """What differs from the pack's lawful case."""
    why: str
    refused_by: list[str]
    """Rules that refuse it now."""
    as_expected: bool


class VersionOut(RuleOut):
    params: dict[str, Any]
    """What the rule is made of, in the pack's own codes."""
    last_checked: date | None
    """When somebody last compared it with its source."""
    examples: list[ExampleOut]


class VersionsOut(Out):
    day: date
    versions: list[VersionOut]
    """Earliest first."""
