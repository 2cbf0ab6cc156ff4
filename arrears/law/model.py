"""A law pack: the rules of one jurisdiction as dated data, each with its source, how sure it is, and examples that test it."""

from __future__ import annotations

import itertools
from datetime import date
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeGuard

from pydantic import Field, model_validator

from arrears.law.citing import cited
from arrears.law.kinds import Kind, MatterKind
from arrears.law.words import Actor, Format, Language, Remark, Strict, Text
from arrears.saying import Said, said

NO_PACK = "NO-PACK"
"""Refuses where no pack in force covers the customer's jurisdiction: nothing is lawful because nobody looked."""

NO_PACK_TITLE = Text(en="No law pack covers this jurisdiction", zh="没有覆盖该法域的规则包")

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$"


class Citation(Strict):
    """Where the rule stands."""

    instrument: str = Field(min_length=1)
    article: str = Field(min_length=1)

    def line(self, language: Language = "en") -> str:
        """As a reader of that language knows it."""
        return cited(self.instrument, self.article, language)


class Example(Strict):
    """A case and what the rule must say to it. `case` overrides the pack's `base_case` key by key."""

    expect: Literal["allow", "refuse"]
    case: dict[str, Any]
    why: str = ""
    """For who keeps the pack, so in English only."""


_JUDGES = {"gate": said("gate"), "screen": said("screen"), "judge": said("judge")}
_EXPECTED = {"allow": said("allow"), "refuse": said("refuse")}


class Failure(NamedTuple):
    """An example that did not come out: which one, who decided, what was expected and what the refusing rules were."""

    rule: str
    example: int
    by: str
    expected: str
    refused_by: tuple[str, ...]

    def line(self) -> Said:
        verdict = said("refused by {rules}", rules=", ".join(self.refused_by)) if self.refused_by else said("allowed")
        return said(
            "{rule}: example {number}: {by} says {verdict}; expected: {expected}",
            rule=self.rule,
            number=self.example + 1,
            by=_JUDGES[self.by],
            verdict=verdict,
            expected=_EXPECTED[self.expected],
        )


class Rule(Strict):
    """One rule. A changed rule is written again under the same id, from the day after the old one's `to`."""

    id: str = Field(pattern=ID_PATTERN)
    title: Text
    citation: Citation
    evidence: Literal["text", "second-hand", "unconfirmed"]
    from_date: date | None = Field(default=None, alias="from")
    """First day in force; left out only by a rule that is switched off."""
    to_date: date | None = Field(default=None, alias="to")
    """Last day in force; null while it stands."""
    binding: Literal["law", "standard", "policy"]
    applies_to: Literal["issuer", "agency", "both"]
    within: tuple[str, ...] = ()
    """Jurisdictions the rule is limited to, where narrower than the pack."""
    outside: tuple[str, ...] = ()
    """Jurisdictions of the pack in which it does not hold."""
    kind: str
    params: Kind | MatterKind
    enabled: bool = True
    why: Remark = None
    """Why it is switched off."""
    note: Remark = None
    """How the text was read where it leaves a choice, and which exceptions are not encoded."""
    last_checked: date | None = None
    """Last day on which somebody compared the rule with its source."""
    examples: tuple[Example, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Rule:
        if self.enabled and self.from_date is None:
            raise ValueError(said("from: a rule in force needs its first day"))
        if self.from_date and self.to_date and self.to_date < self.from_date:
            raise ValueError(said("to: lies before from"))
        if self.evidence == "unconfirmed" and self.enabled:
            raise ValueError(said("enabled: an unconfirmed rule ships switched off; write enabled: false and why"))
        if not self.enabled and not self.why:
            raise ValueError(said("why: say why the rule is switched off"))
        if self.enabled and (self.params.binds_contacts() or isinstance(self.params, MatterKind)):
            verdicts = {example.expect for example in self.examples}
            if verdicts != {"allow", "refuse"}:
                lacking = sorted({"allow", "refuse"} - verdicts)
                missing = lacking[0] if len(lacking) == 1 else said("{first} and {second}", first=lacking[0], second=lacking[1])
                raise ValueError(
                    said("examples: an untested rule does not load; give at least one that expects {missing}", missing=missing)
                )
        return self

    def in_force(self, day: date) -> bool:
        """Switched on, and `day` within its dates."""
        return (
            self.enabled
            and self.from_date is not None
            and self.from_date <= day
            and (self.to_date is None or day <= self.to_date)
        )

    def binds(self, acts: Actor) -> bool:
        return self.applies_to in ("both", acts)


class ContactRule(Rule):
    """A rule that judges contacts; what `judges_contacts` tells the type checker."""

    params: Kind


def judges_contacts(rule: Rule) -> TypeGuard[ContactRule]:
    """Whether the gate and the screen ask this rule anything."""
    return rule.params.binds_contacts()


class Pack(Strict):
    """The rules of one jurisdiction. `covers` lists the codes it speaks for: `US` covers `US-MA` too."""

    format: Format
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")
    title: Text
    covers: tuple[str, ...] = Field(min_length=1)
    source: str = Field(min_length=1)
    """What the pack was compiled from, and what it is not."""
    base_case: dict[str, Any]
    """A lawful case from which the examples differ."""
    rules: tuple[Rule, ...] = Field(min_length=1)
    content_hash: str
    """SHA-256 of the pack's data, hex."""

    @model_validator(mode="after")
    def _one_version_a_day(self) -> Pack:
        versions: dict[str, list[Rule]] = {}
        for rule in self.rules:
            versions.setdefault(rule.id, []).append(rule)
        for rule_id, found in versions.items():
            dated = sorted(found, key=lambda rule: rule.from_date or date.min)
            for earlier, later in itertools.pairwise(dated):
                if earlier.to_date is None or later.from_date is None or later.from_date <= earlier.to_date:
                    raise ValueError(
                        said(
                            "rule {rule_id}: two versions hold on the same day; end one (to) before the next begins (from)",
                            rule_id=rule_id,
                        )
                    )
        return self

    def with_rules(self, rules: tuple[Rule, ...], name: str) -> Pack:
        """The pack with other rules; `name` tells it from the pack itself wherever packs are kept by their hash."""
        changed = self.model_copy(update={"rules": rules, "content_hash": f"{self.content_hash} {name}"})
        changed.__dict__.pop("_sorted", None)
        return changed

    def rules_in_force(self, day: date) -> tuple[Rule, ...]:
        """The rules switched on and in force on `day`, procedural ones included, in order of id."""
        return tuple(rule for rule in self._sorted if rule.in_force(day))

    @cached_property
    def _sorted(self) -> tuple[Rule, ...]:
        return tuple(sorted(self.rules, key=lambda rule: (rule.id, rule.from_date or date.min)))

    def codes(self, rule: Rule) -> tuple[str, ...]:
        """The jurisdictions a rule of this pack holds in."""
        return rule.within or self.covers


def lies_in(jurisdiction: str, codes: tuple[str, ...]) -> bool:
    """Whether a jurisdiction is one of `codes` or part of one; `*` is every one."""
    return any(code in ("*", jurisdiction) or jurisdiction.startswith(code + "-") for code in codes)
