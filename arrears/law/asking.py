"""What the rules of a day ask of the candidates before anything is counted, each question once.

Most of it has few answers: thousands of candidates are alike in channel, party, purpose, place and states. Of every such set of
facts it is asked once, and the answer joined to the candidates; only what differs from row to row is asked row by row.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import ibis
import ibis.expr.types as ir

from arrears.law.columns import Columns, alike
from arrears.law.counting import among
from arrears.law.kinds.base import NAMED
from arrears.law.masks import Masks, Questions, conjuncts
from arrears.law.model import NO_PACK, ContactRule, Pack, judges_contacts

OWN_COLUMNS = frozenset(
    {"customer_id", "account_id", "contact_id", "step", "alternative", "minute", "minute_lo", "minute_hi", "placed", "dpd",
     "consents", "quiet_from", "quiet_to"}
)  # fmt: skip
"""Columns with nearly as many values as there are candidates; consents bear their dates."""


LATER_COLUMNS = (
    "customer_id", "account_id", "contact_id", "actor", "party", "step", "alternative", "channel", "consents", "offset",
    "offset_lo", "offset_hi", "placed",
)  # fmt: skip
"""What is asked of the candidates once the questions before counting are answered."""


class Active(NamedTuple):
    """A rule that decides over contacts on the day, and the pack it stands in."""

    pack: Pack
    rule: ContactRule


def active_rules(packs: Sequence[Pack], day: date) -> tuple[Active, ...]:
    """The rules of `packs` in force on `day` that can refuse a contact, in order of id."""
    found = [Active(pack, rule) for pack in packs for rule in pack.rules_in_force(day) if judges_contacts(rule)]
    return tuple(sorted(found, key=lambda active: active.rule.id))


class Asked(NamedTuple):
    """Conditions by rule, and by part of a rule that counts."""

    scope: Questions
    """All must hold for a rule to apply."""
    refusing: Questions
    """All must hold for a rule that applies, and counts nothing, to refuse."""
    known: Questions
    """What the rules that count know already, by `part_name`."""
    counting: frozenset[str]
    """The rules that count."""


def asked_of(columns: Columns, active: Sequence[Active], packs: Sequence[Pack]) -> Asked:
    """Everything that needs no history."""
    scope_asked, refusing, known = Questions(), Questions(), Questions()
    refusing.ask(NO_PACK, ~covered(columns, packs))
    counting = set()
    for number, one in enumerate(active):
        params = one.rule.params
        scope_asked.ask(one.rule.id, *(part for condition in scope(columns, one) for part in conjuncts(condition)))
        if params.counted():
            counting.add(one.rule.id)
            for name, part in params.parts(columns).items():
                known.ask(part_name(number, name), part)
        else:
            refusing.ask(one.rule.id, *conjuncts(params.screened(columns)))
    return Asked(scope_asked, refusing, known, frozenset(counting))


def part_name(number: int, part: str) -> str:
    """The name of a part of the rule of that place among the active ones."""
    return f"{number}_{part}"


def before_counting(candidates: ir.Table, told: Columns, asked: Asked, masks: Masks) -> tuple[ir.Table, Masks]:
    """`told`, the candidates prepared, with the answers: bits, so that few columns go through the joins to come.

    By word of `masks`: `a0`, where each rule applies; `m0`, which of those that count nothing refuse. By word of the masks
    returned: `k0`, what the others know already.
    """
    parts = Masks(asked.known.names)
    (scope_alike, scope_own), (refusing_alike, refusing_own), (known_alike, known_own) = (
        questions.without(OWN_COLUMNS) for questions in (asked.scope, asked.refusing, asked.known)
    )
    names = sorted(scope_alike.columns | refusing_alike.columns | known_alike.columns)
    facts = alike(candidates, names) if names else told.table
    scope_there, refusing_there, known_there = (one.of(told.table, facts) for one in (scope_alike, refusing_alike, known_alike))
    answers = {
        **{f"alike_a{word}": masks.all_of(word, scope_there) for word in masks.words},
        **{f"alike_m{word}": masks.all_of(word, refusing_there) for word in masks.words},
        **{f"alike_k{word}": parts.any_of(word, known_there) for word in parts.words},
    }
    if names:
        answered = facts.select(**{f"alike_{name}": facts[name] for name in names}, **answers)
        table = told.table.inner_join(answered, [told.table[name] == answered[f"alike_{name}"] for name in names])
    else:
        table = facts.mutate(**answers)
    scope_here, refusing_here, known_here = (one.of(told.table, table) for one in (scope_own, refusing_own, known_own))
    table = table.select(
        *LATER_COLUMNS,
        *(f"alike_m{word}" for word in masks.words),
        **{f"a{word}": table[f"alike_a{word}"] & masks.all_of(word, scope_here) for word in masks.words},
        **{f"own_m{word}": masks.all_of(word, refusing_here) for word in masks.words},
        **{f"k{word}": table[f"alike_k{word}"] | parts.any_of(word, known_here) for word in parts.words},
    )
    counted_not = [ibis.literal(masks.mask(word, set(masks.names) - asked.counting), type="int64") for word in masks.words]
    judged = table.mutate(
        **{
            f"m{word}": table[f"a{word}"] & table[f"alike_m{word}"] & table[f"own_m{word}"] & counted_not[word]
            for word in masks.words
        }
    )
    return judged.drop(*(f"{side}_m{word}" for side in ("alike", "own") for word in masks.words)), parts


def scope(columns: Columns, one: Active) -> list[ir.BooleanValue]:
    """Where a rule applies: jurisdiction, for whom the contact counts, and the scope of its kind."""
    named = [among(columns.table[name], few) for name in NAMED if (few := one.rule.params.named(name)) is not None]
    return [*named, *_scope_beside_named(columns, one)]


def _scope_beside_named(columns: Columns, one: Active) -> list[ir.BooleanValue]:
    """The scope but for the channels, parties and purposes that the rule names."""
    rule = one.rule
    place = columns.table.jurisdiction
    parts = [] if "*" in one.pack.codes(rule) else [within(place, one.pack.codes(rule))]
    if rule.outside:
        parts.append(~within(place, rule.outside))
    if rule.applies_to != "both":
        parts.append(columns.table.acts == rule.applies_to)
    return [*parts, *rule.params.covered(columns)]


def within(jurisdiction: ir.StringColumn, codes: Sequence[str]) -> ir.BooleanValue:
    """`lies_in`, as a column."""
    return among(jurisdiction, codes) | any_holds([jurisdiction.startswith(code + "-") for code in codes])


def covered(columns: Columns, packs: Sequence[Pack]) -> ir.BooleanValue:
    """Some pack speaks for the jurisdiction by name; a pack for everywhere (`*`) does not count as having looked."""
    codes = sorted({code for pack in packs for code in pack.covers if code != "*"})
    return within(columns.table.jurisdiction, codes) if codes else ibis.literal(False)


def all_hold(conditions: Sequence[ir.BooleanValue]) -> ir.BooleanValue:
    """Every one; true where there is none."""
    return functools.reduce(operator.and_, conditions) if conditions else ibis.literal(True)


def any_holds(conditions: Sequence[ir.BooleanValue]) -> ir.BooleanValue:
    """Some one."""
    return functools.reduce(operator.or_, conditions)
