"""`screen`: every candidate of a day judged by every rule in force, as columns; `cap_budgets`: how many more the caps leave."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from arrears.law.asking import (
    Active,
    active_rules,
    all_hold,
    any_holds,
    asked_of,
    before_counting,
    part_name,
    scope,
)
from arrears.law.columns import Columns, prepared, wrapped
from arrears.law.counting import KEY_COLUMN, Counted, with_summands
from arrears.law.kinds import FrequencyCap, Hours, PartyAllowed
from arrears.law.masks import Masks, Questions
from arrears.law.model import NO_PACK, Pack

KEY = ("customer_id", "step", "alternative")
VERDICT_COLUMNS = (*KEY, "lawful", "refused_by", "earliest_minute")

REFUSED_BY_MAX = 10_000
"""Characters of `refused_by`; longer than all ids of any day's rules together."""


def screen(
    candidates: ir.Table,
    history: ir.Table,
    packs: Sequence[Pack],
    *,
    as_of: date,
    business_utc_offsets: Mapping[str, int],
) -> ir.Table:
    """Table `verdicts`: `customer_id, step, alternative, lawful, refused_by, earliest_minute`, one row a candidate.

    `candidates` has the columns of `columns.CANDIDATE_SCHEMA`, `history` is the contract table `contacts` of the last 60 days
    up to and including `as_of`, `packs` are the law packs in force, and `business_utc_offsets` maps every zone of today's
    customers to minutes east of UTC on `as_of`. Tables may be unbound; nothing is computed here.
    """
    active = active_rules(packs, as_of)
    told = Columns(prepared(candidates), {}, business_utc_offsets, as_of)
    masks = Masks([NO_PACK, *(one.rule.id for one in active)])
    first, parts = before_counting(candidates, told, asked_of(told, active, packs), masks)
    first = first.mutate(earliest_minute=_earliest(first, active, masks))
    columns, signs = _counted(candidates, told.over(first), history, active)
    table = columns.table
    applies = [table[f"a{word}"] for word in masks.words]
    knows = [table[f"k{word}"] for word in parts.words]
    refusing, ready = Questions(), []
    # Of most customers nothing was counted that matters today, and they need not be asked further.
    touched = [table[sign].notnull() for sign in signs]
    for number, one in enumerate(active):
        params = one.rule.params
        if params.counted():
            seen = columns.knowing(functools.partial(_part, parts, knows, number))
            refusing.ask(one.rule.id, _stands(columns, one) & params.screened(seen))
            uncounted = params.refusing_uncounted()
            if uncounted is None:
                touched.append(masks.has(applies, one.rule.id))
            else:
                ready += [part_name(number, part) for part in uncounted]
    touched.append(parts.has(knows, *ready))
    judged = table.mutate(
        **{
            f"m{word}": table[f"m{word}"]
            | ibis.ifelse(any_holds(touched), applies[word] & masks.any_of(word, refusing), ibis.literal(0, type="int64"))
            for word in masks.words
        }
    )
    found = [judged[f"m{word}"] for word in masks.words]
    lawful = all_hold([word == 0 for word in found])
    return judged.select(
        *KEY,
        lawful=lawful,
        refused_by=ibis.ifelse(lawful, ibis.literal(""), masks.listed(found).substr(1, REFUSED_BY_MAX)),
        earliest_minute=judged.earliest_minute,
    )


def _part(parts: Masks, words: Sequence[ir.IntegerValue], number: int, part: str) -> ir.BooleanValue:
    return parts.has(words, part_name(number, part))


def _stands(columns: Columns, one: Active) -> ir.BooleanValue:
    """Whether no consent lifts the rule that a conversation would have spent."""
    lifting = one.rule.params.lifting
    return ibis.literal(True) if lifting is None or not lifting.until_conversation else ~columns.lifted(lifting)


def cap_budgets(
    candidates: ir.Table, history: ir.Table, packs: Sequence[Pack], *, as_of: date, business_utc_offsets: Mapping[str, int]
) -> ir.Table:
    """Table `budgets`: `customer_id, step, alternative, rule, key, remaining`, a row for each candidate and cap it falls under.

    Candidates with the same `rule` and `key` draw on the same budget: a plan takes at most `remaining` of them today. Each
    planned contact counts as if it will count under the cap (a call as a conversation, where the cap counts those).
    """
    active = tuple(one for one in active_rules(packs, as_of) if isinstance(one.rule.params, FrequencyCap))
    told = Columns(prepared(candidates), {}, business_utc_offsets, as_of)
    columns, _ = _counted(candidates, told, history, active)
    parts = [_budget(columns, one) for one in active] or [_no_budget(columns)]
    return functools.reduce(lambda table, part: table.union(part), parts)


def _budget(columns: Columns, one: Active) -> ir.Table:
    cap = one.rule.params
    assert isinstance(cap, FrequencyCap)  # noqa: S101 - the caller chose caps
    table = columns.table
    left = ibis.literal(cap.max, type="int64") - columns.count(cap.tally)
    applies = all_hold([*scope(columns, one), _stands(columns, one)])
    rows = table.mutate(budget_left=ibis.greatest(left, ibis.literal(0, type="int64"))).filter(applies)
    return rows.select(
        *KEY, rule=ibis.literal(one.rule.id), key=rows[KEY_COLUMN[cap.per]], remaining=rows.budget_left.cast("int64")
    )


def _no_budget(columns: Columns) -> ir.Table:
    table = columns.table.filter(ibis.literal(False))
    return table.select(*KEY, rule=ibis.literal(""), key=table.customer_id, remaining=ibis.literal(0, type="int64"))


def _counted(candidates: ir.Table, known: Columns, history: ir.Table, active: Iterable[Active]) -> tuple[Columns, list[str]]:
    """`known`, the same candidates prepared, with what the active rules count, still to be summed.

    And columns of which one is set where anything was counted.
    """
    wanted = dict.fromkeys(tally for one in active for tally in one.rule.params.counted())
    tallies: dict[Counted, str] = {tally: f"n{number}" for number, tally in enumerate(wanted)}
    strangers = _strangers(candidates, [one.rule.params for one in active if isinstance(one.rule.params, PartyAllowed)])
    table, summands, signs = with_summands(known.table, history, tallies, known.as_of, strangers)
    return known.counting(table, tallies, summands), signs


def _strangers(candidates: ir.Table, rules: Sequence[PartyAllowed]) -> ir.Table:
    """The candidates that somebody whom some rule does not allow might answer.

    From the table as it came: were the prepared one named twice, an engine might write it down whole before going on. In two
    parts, each with comparisons of one column, by which a reader of files leaves rows out before it reads their customers.
    """
    allowed = sorted(set.intersection(*(set(rule.allowed) for rule in rules))) if rules else []
    if not allowed:
        return candidates.select("customer_id")
    others = candidates.filter([candidates.party != party for party in allowed])
    nameless = candidates.filter(candidates.party.isnull())
    found_others = candidates.filter(candidates.contact_status == "wrong_party")
    parts = [others, nameless, found_others]
    return functools.reduce(lambda table, more: table.union(more), [part.select("customer_id") for part in parts])


def _earliest(table: ir.Table, active: Sequence[Active], masks: Masks) -> ir.IntegerValue:
    """First minute of the local day at `zone` that no rule of hours refuses; null when there is none."""
    # Rules with the same window are one constraint: the expression grows with the square of their number.
    windows: dict[tuple[int, int], tuple[Hours, list[str]]] = {}
    for one in active:
        hours = one.rule.params
        if isinstance(hours, Hours):
            windows.setdefault(hours.window_minutes, (hours, []))[1].append(one.rule.id)
    words = [table[f"a{word}"] for word in masks.words]
    rules = [(masks.has(words, *ids), hours) for hours, ids in windows.values()]
    if not rules:
        return ibis.literal(0, type="int64")
    never = ibis.null("int64")
    one_place: ir.IntegerValue = never
    for start in sorted({0} | {hours.window_minutes[0] for _, hours in rules}, reverse=True):
        refusing = [applies for applies, hours in rules if not hours.lawful(start)]
        there = ibis.literal(start, type="int64")
        one_place = ibis.ifelse(any_holds(refusing), one_place, there) if refusing else there

    shifts = (table.offset_lo - table.offset, table.offset_hi - table.offset)
    begins = [ibis.literal(0, type="int64")]
    begins += [wrapped(ibis.literal(hours.window_minutes[0], type="int64") - shift) for _, hours in rules for shift in shifts]
    apart = [
        ibis.ifelse(
            all_hold([~applies | hours.lawful_minute(wrapped(begin + shift)) for applies, hours in rules for shift in shifts]),
            begin,
            never,
        )
        for begin in begins
    ]
    same_clock = (table.offset_lo == table.offset) & (table.offset_hi == table.offset)
    return ibis.ifelse(table.placed, ibis.ifelse(same_clock, one_place, _least(apart)), never)


def _least(columns: Sequence[ir.IntegerValue]) -> ir.IntegerValue:
    return columns[0] if len(columns) == 1 else ibis.least(*columns)
