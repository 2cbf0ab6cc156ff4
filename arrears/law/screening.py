"""`screen`: every candidate of a day judged by every rule in force, as columns; `cap_budgets`: how many more the caps leave."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import ibis
import ibis.expr.types as ir

from arrears.law.columns import Columns, prepared, wrapped
from arrears.law.counting import KEY_COLUMN, Counted, among, with_counts
from arrears.law.kinds import FrequencyCap, Hours
from arrears.law.kinds.hours import DAY_MINUTES
from arrears.law.model import NO_PACK, Pack, Rule

KEY = ("customer_id", "step", "alternative")
VERDICT_COLUMNS = (*KEY, "lawful", "refused_by", "earliest_minute")

REFUSED_BY_MAX = 10_000
"""Characters of `refused_by`; longer than all ids of any day's rules together."""


class Active(NamedTuple):
    """A rule that decides over contacts on the day, and the pack it stands in."""

    pack: Pack
    rule: Rule


def active_rules(packs: Sequence[Pack], day: date) -> tuple[Active, ...]:
    """The rules of `packs` in force on `day` that can refuse a contact, in order of id."""
    found = [Active(pack, rule) for pack in packs for rule in pack.rules_in_force(day) if rule.params.binds_contacts()]
    return tuple(sorted(found, key=lambda active: active.rule.id))


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
    columns = _columns(candidates, history, active, as_of, business_utc_offsets)
    scoped = {one.rule.id: f"s{number}" for number, one in enumerate(active)}
    applies = {name: _all(scope(columns, one)) for one, name in zip(active, scoped.values(), strict=True)}
    # Columns of their own, so that the query names each scope once however often it is asked.
    columns = columns.over(columns.table.mutate(**applies))
    refusing = {NO_PACK: ~_covered(columns, packs)}
    refusing |= {one.rule.id: columns.table[scoped[one.rule.id]] & one.rule.params.screened(columns) for one in active}
    names = {rule_id: f"r{number}" for number, rule_id in enumerate(sorted(refusing))}
    judged = columns.table.mutate(
        **{names[rule_id]: refused for rule_id, refused in refusing.items()}, earliest_minute=_earliest(columns, active, scoped)
    )
    lawful = ~_any([judged[name] for name in names.values()])
    listed = functools.reduce(
        operator.add,
        [ibis.ifelse(judged[name], ibis.literal(f",{rule_id}"), ibis.literal("")) for rule_id, name in names.items()],
    )
    return judged.select(
        *KEY,
        lawful=lawful,
        refused_by=ibis.ifelse(lawful, ibis.literal(""), listed.substr(1, REFUSED_BY_MAX)),
        earliest_minute=judged.earliest_minute,
    )


def cap_budgets(
    candidates: ir.Table, history: ir.Table, packs: Sequence[Pack], *, as_of: date, business_utc_offsets: Mapping[str, int]
) -> ir.Table:
    """Table `budgets`: `customer_id, step, alternative, rule, key, remaining`, a row for each candidate and cap it falls under.

    Candidates with the same `rule` and `key` draw on the same budget: a plan takes at most `remaining` of them today. Each
    planned contact counts as if it will count under the cap (a call as a conversation, where the cap counts those).
    """
    active = tuple(one for one in active_rules(packs, as_of) if isinstance(one.rule.params, FrequencyCap))
    columns = _columns(candidates, history, active, as_of, business_utc_offsets)
    parts = [_budget(columns, one) for one in active] or [_no_budget(columns)]
    return functools.reduce(lambda table, part: table.union(part), parts)


def _budget(columns: Columns, one: Active) -> ir.Table:
    cap = one.rule.params
    assert isinstance(cap, FrequencyCap)  # noqa: S101 - the caller chose caps
    table = columns.table
    left = ibis.literal(cap.max, type="int64") - columns.count(cap.tally)
    rows = table.mutate(budget_left=ibis.greatest(left, ibis.literal(0, type="int64"))).filter(_all([*scope(columns, one)]))
    return rows.select(
        *KEY, rule=ibis.literal(one.rule.id), key=rows[KEY_COLUMN[cap.per]], remaining=rows.budget_left.cast("int64")
    )


def _no_budget(columns: Columns) -> ir.Table:
    table = columns.table.filter(ibis.literal(False))
    return table.select(*KEY, rule=ibis.literal(""), key=table.customer_id, remaining=ibis.literal(0, type="int64"))


def _columns(
    candidates: ir.Table, history: ir.Table, active: Iterable[Active], as_of: date, offsets: Mapping[str, int]
) -> Columns:
    """The candidates prepared, with what the active rules count."""
    wanted = dict.fromkeys(tally for one in active for tally in one.rule.params.tallies())
    tallies: dict[Counted, str] = {tally: f"n{number}" for number, tally in enumerate(wanted)}
    return Columns(with_counts(prepared(candidates), history, tallies, as_of), tallies, offsets)


def scope(columns: Columns, one: Active) -> list[ir.BooleanValue]:
    """Where a rule applies: jurisdiction, for whom the contact counts, and the scope of its kind."""
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
    return among(jurisdiction, codes) | _any([jurisdiction.startswith(code + "-") for code in codes])


def _covered(columns: Columns, packs: Sequence[Pack]) -> ir.BooleanValue:
    """Some pack speaks for the jurisdiction by name; a pack for everywhere (`*`) does not count as having looked."""
    codes = sorted({code for pack in packs for code in pack.covers if code != "*"})
    return within(columns.table.jurisdiction, codes) if codes else ibis.literal(False)


def _earliest(columns: Columns, active: Sequence[Active], scoped: Mapping[str, str]) -> ir.IntegerValue:
    """First minute of the local day at `zone` that no rule of hours refuses; null when there is none."""
    table = columns.table
    # Rules with the same window are one constraint: the expression grows with the square of their number.
    windows: dict[tuple[int, int], tuple[ir.BooleanValue, Hours]] = {}
    for one in active:
        hours = one.rule.params
        if isinstance(hours, Hours):
            applies = table[scoped[one.rule.id]]
            known = windows.get(hours.window_minutes)
            windows[hours.window_minutes] = (applies if known is None else known[0] | applies, hours)
    rules = list(windows.values())
    if not rules:
        return ibis.literal(0, type="int64")
    starts = sorted({0} | {hours.window_minutes[0] for _, hours in rules})
    none = ibis.literal(DAY_MINUTES, type="int64")

    together = [
        ibis.ifelse(
            _any([ibis.literal(False), *(applies for applies, hours in rules if not hours.lawful(start))]),
            none,
            ibis.literal(start, type="int64"),
        )
        for start in starts
    ]
    one_place = _least(together)

    shifts = (table.offset_lo - table.offset, table.offset_hi - table.offset)
    begins = [ibis.literal(0, type="int64")]
    begins += [wrapped(ibis.literal(hours.window_minutes[0], type="int64") - shift) for _, hours in rules for shift in shifts]
    apart = [
        ibis.ifelse(
            _all([~applies | hours.lawful_minute(wrapped(begin + shift)) for applies, hours in rules for shift in shifts]),
            begin,
            none,
        )
        for begin in begins
    ]
    same_clock = (table.offset_lo == table.offset) & (table.offset_hi == table.offset)
    first = ibis.ifelse(same_clock, one_place, _least(apart))
    return ibis.ifelse((first >= DAY_MINUTES) | ~table.placed, ibis.null("int64"), first)


def _least(columns: Sequence[ir.IntegerValue]) -> ir.IntegerValue:
    return columns[0] if len(columns) == 1 else ibis.least(*columns)


def _all(conditions: Sequence[ir.BooleanValue]) -> ir.BooleanValue:
    return functools.reduce(operator.and_, conditions) if conditions else ibis.literal(True)


def _any(conditions: Sequence[ir.BooleanValue]) -> ir.BooleanValue:
    return functools.reduce(operator.or_, conditions)
