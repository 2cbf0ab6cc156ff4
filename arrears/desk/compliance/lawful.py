"""The law as the pages show it: packs by what their rules are on a date, and a rule's examples decided anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.cache import cache

from arrears.day.workspace import packs_in_force
from arrears.desk.current import desk
from arrears.desk.saying import _
from arrears.errors import StoreError
from arrears.law import gate
from arrears.law.examples import case_of, switched_on, test_pack
from arrears.law.kinds import MatterKind, Procedural
from arrears.law.listing import state
from arrears.law.loading import load_pack, packs_shipped
from arrears.law.matters.examples import examples_of
from arrears.law.matters.judging import breaches_of
from arrears.law.model import NO_PACK, Pack, Rule

EXAMPLES_SECONDS = 24 * 3_600
SECTIONS = ("in force", "matters", "procedural", "off", "not yet", "ended")
"""Rules on contacts, rules on matters, duties of people; switched off; of another time."""


@dataclass(frozen=True)
class Decided:
    """An example, and what the judge says of it now."""

    number: int
    expect: str
    case: str
    why: str
    refused_by: tuple[str, ...]
    as_expected: bool


@dataclass(frozen=True)
class Tested:
    """All examples of a pack, run through gate, judge and screen."""

    at: datetime
    examples_n: int
    failures: tuple[str, ...]


def packs_now() -> tuple[Pack, ...]:
    """The bank's packs, as `bank.toml` names them."""
    return packs_in_force(desk().bank, desk().workspace)


def pack_named(pack_id: str) -> Pack:
    """A pack of the bank, else one that comes with arrears; raises `StoreError`."""
    own = next((pack for pack in packs_now() if pack.id == pack_id), None)
    if own is not None:
        return own
    if pack_id not in packs_shipped():
        raise StoreError(
            _("there is no pack {pack!r}").format(pack=pack_id[:40]),
            where=_("law"),
            remedy=_("one of: {packs}").format(packs=_(", ").join(packs_shipped())),
        )
    return load_pack(pack_id)


def sections(pack: Pack, day: date) -> list[tuple[str, list[Rule]]]:
    """The pack's rules by section, those without a rule left out."""
    found: dict[str, list[Rule]] = {name: [] for name in SECTIONS}
    for rule in sorted(pack.rules, key=lambda one: (one.id, one.from_date or date.min)):
        name = state(rule, day)
        if isinstance(rule.params, Procedural) and name == "off":
            name = "off"
        elif name == "in force" and isinstance(rule.params, MatterKind):
            name = "matters"
        found[name].append(rule)
    return [(name, rules) for name, rules in found.items() if rules]


def versions(pack: Pack, rule_id: str) -> list[Rule]:
    """A rule's versions, the earliest first; raises `StoreError` where it has none."""
    found = sorted((rule for rule in pack.rules if rule.id == rule_id), key=lambda one: one.from_date or date.min)
    if not found:
        raise StoreError(
            _("pack {pack} has no rule {rule!r}").format(pack=pack.id, rule=rule_id[:80]),
            where=_("law"),
            remedy=_("choose one of its list"),
        )
    return found


def decided(pack: Pack, rule: Rule) -> list[Decided]:
    """The rule's examples, each decided now by the gate, or one about a matter by its judge."""
    if isinstance(rule.params, MatterKind):
        return [*_matters(pack, rule)]
    if not rule.params.binds_contacts():
        return []
    asked = pack if rule.enabled else switched_on(pack, rule)
    found = []
    for number, example in enumerate(rule.examples, 1):
        verdict = gate(case_of(pack, example, rule.id), [asked])
        refused = tuple(one.rule for one in verdict.refusals if not (one.rule == NO_PACK and pack.covers == ("*",)))
        found.append(_decided(rule, number, refused))
    return found


def _matters(pack: Pack, rule: Rule) -> Iterator[Decided]:
    same = [version for version in pack.rules if version.id == rule.id]
    before = sum(len(version.examples) for version in same[: same.index(rule)])
    mine = [one for one in examples_of(pack) if one.rule_id == rule.id][before : before + len(rule.examples)]
    for one in mine:
        refused = tuple(broken.rule.id for broken, _ in breaches_of(one.matter, one.rules))
        yield _decided(rule, one.number + 1, refused)


def _decided(rule: Rule, number: int, refused: tuple[str, ...]) -> Decided:
    example = rule.examples[number - 1]
    as_expected = not refused if example.expect == "allow" else rule.id in refused
    case = json.dumps(example.case, ensure_ascii=False, default=str)
    return Decided(number, example.expect, case, example.why, refused, as_expected)


def tested(pack: Pack) -> Tested:
    """Run every example of the pack, as `arrears law test` does; kept for a day under the pack's own hash."""
    name = _name(pack)
    found: Tested | None = cache.get(name)
    if found is None:
        failures = tuple(failure.line() for failure in test_pack(pack))
        found = Tested(desk().now(), sum(len(rule.examples) for rule in pack.rules), failures)
        cache.set(name, found, EXAMPLES_SECONDS)
    return found


def known_test(pack: Pack) -> Tested | None:
    """The latest run of these very rules in this process, if there was one."""
    found: Tested | None = cache.get(_name(pack))
    return found


def _name(pack: Pack) -> str:
    return f"law-test-{pack.content_hash}"


def pack_summary(pack: Pack, day: date) -> dict[str, Any]:
    """A pack for the list: its sections, and how its examples came out when they were last run."""
    return {"pack": pack, "sections": sections(pack, day), "tested": known_test(pack)}
