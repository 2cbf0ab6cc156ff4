"""`screen_matters`: a day's matters of one sort as columns, and which rule each exceeds by how much."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from arrears.errors import LawError
from arrears.law.kinds.matter import MatterName
from arrears.law.matter import MODELS
from arrears.law.matter_facts import ColumnFacts
from arrears.law.matter_rows import prepared
from arrears.law.matters.judging import MatterRule, covered_codes, matter_rules
from arrears.law.model import NO_PACK, Pack
from arrears.law.words import Actor

BREACHES_SCHEMA = {"matter_id": "string", "rule": "string", "over": "int64"}


def screen_matters(table: ir.Table, matter: MatterName, packs: Sequence[Pack], *, as_of: date) -> ir.Table:
    """Table `breaches`: `matter_id, rule, over`, one row for each matter and rule in force on `as_of` that refuses it.

    `table` has the columns of `matter_rows.columns_of(matter)`, every matter of the day `as_of`. `over` counts what the rule's
    kind counts (minor units, ppm, days, ...) and is above zero. `NO-PACK` refuses, by one, where no pack speaks for the
    jurisdiction. Tables may be unbound; nothing is computed here. Raises `LawError` for a missing column.
    """
    if matter not in MODELS:
        raise LawError(f"no matter {matter!r}", where="screen_matters", remedy=f"use one of {', '.join(MODELS)}")
    return breaches(prepared(table, matter), matter_rules(packs, as_of, matter), as_of, covered_codes(packs))


def breaches(table: ir.Table, rules: Sequence[MatterRule], on: date | ir.DateColumn, covered: Sequence[str] | None) -> ir.Table:
    """The same for rules given, in force or not, and for one day or a column of days.

    `covered` are the jurisdictions spoken for, None where that is not asked.
    """
    facts = ColumnFacts(table, on)
    over = {one.rule.id: _over(facts, one) for one in rules}
    if covered is not None:
        over[NO_PACK] = ibis.ifelse(_lies_in(table, covered), ibis.literal(0), ibis.literal(1)).cast("int64")
    if not over:
        none = table.filter(ibis.literal(False))
        return none.select("matter_id", rule=ibis.literal(""), over=ibis.literal(0, type="int64"))
    # Each rule from the table anew: Ibis weighs a shared selection once more for every part that reads it.
    parts = [
        table.select("matter_id", rule=ibis.literal(rule_id), over=column).filter(ibis._.over > 0)
        for rule_id, column in sorted(over.items())
    ]
    return functools.reduce(lambda table, part: table.union(part), parts)


def _over(facts: ColumnFacts, one: MatterRule) -> ir.IntegerValue:
    """By how much a rule is exceeded; 0 where it does not bind the actor or the place."""
    table, rule = facts.table, one.rule
    over = one.kind.screened(facts)
    conditions: list[Any] = [_lies_in(table, one.pack.codes(rule))]
    if rule.outside:
        conditions.append(~_lies_in(table, rule.outside))
    if rule.applies_to != "both":
        actor: Actor = rule.applies_to
        conditions.append(table.acts == actor)
    return ibis.ifelse(functools.reduce(operator.and_, conditions), over, ibis.literal(0, type="int64"))


def _lies_in(table: ir.Table, codes: Sequence[str]) -> Any:
    """Whether the jurisdiction is one of `codes` or part of one."""
    if "*" in codes:
        return ibis.literal(True)
    place = table.jurisdiction
    parts = [(place == code) | place.startswith(f"{code}-") for code in codes]
    return functools.reduce(operator.or_, parts, ibis.literal(False))
