"""The rules that bind a contact, chosen once: packs and their dates in, short lists by who, whom, how and what for out.

A bank asks the gate about the same few kinds of contact all day, so the part of every rule's scope that neither time nor the
case's facts change is resolved once for each. Never looks at a case's facts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from arrears.feed.contracts import CHANNELS
from arrears.law.asking import Active, active_rules
from arrears.law.case import Case
from arrears.law.facts import ALWAYS, BIT
from arrears.law.kinds import CoolOff, FrequencyCap, Kind
from arrears.law.model import Pack, Rule, lies_in

LISTS_MAX = 4_096
"""Lists kept; a gate asked about more different kinds of contact begins anew."""


class Binding(NamedTuple):
    """A rule that binds, its parameters at hand."""

    id: str
    params: Kind
    active: Active
    dpd_from: int
    conditional: bool
    """Whether consents, requests of the customer, the contact point's place, states or notices decide whether it stands."""
    moved_by: int
    """Circumstances, one bit each, any of which must be there before it can refuse."""


@dataclass(frozen=True)
class Bound:
    """The rules for contacts of one sort."""

    rules: tuple[Binding, ...]
    """That can refuse them, in order of id."""
    of_content: tuple[Binding, ...]
    """Those of them that say nothing where the case gives no content."""
    covered: bool
    """A pack speaks for every jurisdiction."""
    caps: tuple[tuple[str, tuple[Binding, ...]], ...]
    """By channel, the caps and cool-offs that limit how often it may be used for this customer, whatever the contact's own."""
    unchecked: tuple[str, ...] | None
    """The ids of `of_content`, where nothing but the content decides whether they must see it; else None, to be asked."""
    _asked: dict[tuple[int, bool], tuple[Binding, ...]] = field(default_factory=dict)

    def asked(self, circumstances: int, with_content: bool) -> tuple[Binding, ...]:
        """The rules that can refuse a case which holds these circumstances, one bit each, with or without its content."""
        key = (circumstances, with_content)
        found = self._asked.get(key)
        if found is None:
            left_out = () if with_content else [one.id for one in self.of_content]
            found = self._asked[key] = tuple(
                one for one in self.rules if one.moved_by & circumstances and one.id not in left_out
            )
        return found


class Statutes:
    """Packs as the gate reads them."""

    def __init__(self, packs: Sequence[Pack]) -> None:
        self.packs = tuple(packs)
        self._codes = tuple(code for pack in self.packs for code in pack.covers if code != "*")
        self._bound: dict[tuple[object, ...], Bound] = {}

    @cached_property
    def _turns(self) -> tuple[list[int], list[tuple[Active, ...]]]:
        """The days (ordinals) on which the rules in force change, and the rules from each of them on."""
        days = {date.min.toordinal()}
        for pack in self.packs:
            for rule in pack.rules:
                days |= {day.toordinal() for day in _changes(rule)}
        ordered = sorted(days)
        return ordered, [active_rules(self.packs, date.fromordinal(day)) for day in ordered]

    def _period(self, day: int) -> int:
        return bisect_right(self._turns[0], day) - 1

    def bound(self, case: Case, day: int) -> Bound:
        """The rules that can refuse the case's contact on a day (ordinal), its facts aside."""
        period = self._period(day)
        key = (period, case.channel, case.party, case.purpose, case.acts, case.jurisdictions)
        found = self._bound.get(key)
        if found is None:
            binding = [_binding(active, case.party) for active in self._turns[1][period] if _binds(active, case)]
            caps = [one for one in binding if isinstance(one.params, FrequencyCap | CoolOff)]
            speaking = [one for one in binding if one.params.speaks_of(case.channel, case.party, case.purpose)]
            of_content = tuple(one for one in speaking if type(one.params).undecided is not Kind.undecided)
            plain = all(not (one.conditional or one.dpd_from or one.params.tallies()) for one in of_content)
            found = Bound(
                tuple(speaking),
                of_content,
                all(lies_in(one, self._codes) for one in case.jurisdictions),
                tuple(
                    (channel, tuple(one for one in caps if one.params.speaks_of(channel, case.party, case.purpose)))
                    for channel in CHANNELS
                ),
                tuple(one.id for one in of_content) if plain else None,
            )
            if len(self._bound) >= LISTS_MAX:
                self._bound.clear()
            self._bound[key] = found
        return found


def _binding(active: Active, party: str) -> Binding:
    params = active.rule.params
    by_facts = bool(params.lifted_by_flags or params.lifted_by_notice)
    conditional = params.lifting is not None or params.lifted_on_request or params.at_work is not None or by_facts
    moved_by = params.circumstance(party)
    bits = ALWAYS if moved_by == "any" else BIT[moved_by]
    return Binding(active.rule.id, params, active, params.dpd_from or 0, conditional, bits)


def _changes(rule: Rule) -> list[date]:
    """The first day of a rule, and the first after its last."""
    ends = [rule.to_date + timedelta(days=1)] if rule.to_date is not None and rule.to_date < date.max else []
    return [rule.from_date, *ends] if rule.from_date is not None else ends


def _binds(active: Active, case: Case) -> bool:
    """Whether a rule binds the actor in one of the case's jurisdictions."""
    rule = active.rule
    codes = active.pack.codes(rule)
    return rule.binds(case.acts) and any(
        lies_in(one, codes) and not (rule.outside and lies_in(one, rule.outside)) for one in case.jurisdictions
    )
