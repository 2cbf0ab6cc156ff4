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
from arrears.law.kinds import FrequencyCap, Hours, PartyAllowed
from arrears.law.kinds.hours import DAY_MINUTES
from arrears.law.model import NO_PACK, ContactRule, Pack, judges_contacts

KEY = ("customer_id", "step", "alternative")
VERDICT_COLUMNS = (*KEY, "lawful", "refused_by", "earliest_minute")

REFUSED_BY_MAX = 10_000
"""Characters of `refused_by`; longer than all ids of any day's rules together."""


class Active(NamedTuple):
    """A rule that decides over contacts on the day, and the pack it stands in."""

    pack: Pack
    rule: ContactRule


def active_rules(packs: Sequence[Pack], day: date) -> tuple[Active, ...]:
    """The rules of `packs` in force on `day` that can refuse a contact, in order of id."""
    found = [Active(pack, rule) for pack in packs for rule in pack.rules_in_force(day) if judges_contacts(rule)]
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
    told = Columns(prepared(candidates), {}, business_utc_offsets, as_of)
    first = _before_counting(told, active, packs)
    columns = _counted(candidates, told.over(first), history, active)
    order = _bits(active)
    counting = [(number, one.rule.params) for number, one in enumerate(active) if one.rule.params.counted()]
    # Of most customers nothing was counted that matters today, and they need not be asked further.
    touched = _any([columns.counted_anything(), *(params.screened_uncounted(columns.of(f"p{n}")) for n, params in counting)])
    judged = columns.table.mutate(
        **{
            f"m{mask}": columns.table[f"m{mask}"]
            + ibis.ifelse(touched, _mask(_refusing_by_count(columns, active, order, mask)), ibis.literal(0, type="int64"))
            for mask in range(_masks(order))
        }
    )
    masks = [judged[f"m{mask}"] for mask in range(_masks(order))]
    lawful = _all([mask == 0 for mask in masks])
    return judged.select(
        *KEY,
        lawful=lawful,
        refused_by=ibis.ifelse(lawful, ibis.literal(""), _listed(masks, order)),
        earliest_minute=judged.earliest_minute,
    )


def _before_counting(told: Columns, active: Sequence[Active], packs: Sequence[Pack]) -> ir.Table:
    """Everything that needs no history, while the rows are as they were read: text is compared fastest there.

    `s0`..: where each rule applies; `p0_...`: what the rules that count know already; `m0`..: a bit for each of the others
    that refuses, so that few columns go through the joins; `earliest_minute`.
    """
    scopes = {f"s{number}": _all(scope(told, one)) for number, one in enumerate(active)}
    scoped = told.over(told.table.mutate(**scopes))  # named, so that the query says each scope once however often it is asked
    known: dict[str, ir.Value] = {}
    refusing: dict[str, ir.BooleanValue] = {NO_PACK: ~_covered(scoped, packs)}
    for number, one in enumerate(active):
        params = one.rule.params
        if params.counted():
            known |= {f"p{number}_{name}": part for name, part in params.parts(scoped).items()}
        else:
            refusing[one.rule.id] = scoped.table[f"s{number}"] & params.screened(scoped)
    names = {rule_id: f"r{number}" for number, rule_id in enumerate(refusing)}
    judged = scoped.table.mutate(
        **{names[rule_id]: refused for rule_id, refused in refusing.items()}, **known, earliest_minute=_earliest(scoped, active)
    )
    order = _bits(active)
    masks = {
        f"m{mask}": _mask({bit: judged[names[rule]] for bit, rule in _of_mask(order, mask) if rule in names})
        for mask in range(_masks(order))
    }
    kept = [name for name in judged.columns if name not in names.values()]
    return judged.select(*kept, **masks)


def _refusing_by_count(
    columns: Columns, active: Sequence[Active], order: Sequence[str], mask: int
) -> dict[int, ir.BooleanValue]:
    """By bit of one mask, where the rules that count refuse."""
    numbers = {one.rule.id: number for number, one in enumerate(active) if one.rule.params.counted()}
    found = {}
    for bit, rule in _of_mask(order, mask):
        if rule in numbers:
            number = numbers[rule]
            params = active[number].rule.params
            applies = columns.table[f"s{number}"] & _stands(columns, active[number])
            found[bit] = applies & params.screened(columns.of(f"p{number}"))
    return found


RULES_A_MASK = 60
"""Bits of an int64 that are used."""
RULES_A_LOOKUP = 4
"""Bits whose rules are listed by one look into a table of all their combinations."""


def _bits(active: Sequence[Active]) -> list[str]:
    """The rules in the order in which they are listed and stand as bits."""
    return sorted([NO_PACK, *(one.rule.id for one in active)])


def _masks(order: Sequence[str]) -> int:
    return -(-len(order) // RULES_A_MASK)


def _of_mask(order: Sequence[str], mask: int) -> list[tuple[int, str]]:
    """Bit and rule of one mask."""
    return list(enumerate(order[mask * RULES_A_MASK : (mask + 1) * RULES_A_MASK]))


def _mask(refused: Mapping[int, ir.BooleanValue]) -> ir.IntegerValue:
    """A bit for each that holds; most rows have none, and for them nothing is added up."""
    none = ibis.literal(0, type="int64")
    if not refused:
        return none
    bits = [ibis.ifelse(one, ibis.literal(1 << bit, type="int64"), none) for bit, one in refused.items()]
    return ibis.ifelse(_any(list(refused.values())), functools.reduce(operator.add, bits), none)


def _listed(masks: Sequence[ir.IntegerValue], order: Sequence[str]) -> ir.StringValue:
    """The rules of the bits, comma-separated."""
    found = ibis.literal("")
    for mask, value in enumerate(masks):
        rules = [rule for _, rule in _of_mask(order, mask)]
        for start in range(0, len(rules), RULES_A_LOOKUP):
            few = rules[start : start + RULES_A_LOOKUP]
            texts = ["".join(f",{rule}" for bit, rule in enumerate(few) if at >> bit & 1) for at in range(1 << len(few))]
            found = found.concat(ibis.literal(texts, type="array<string>")[(value >> start) & ((1 << len(few)) - 1)])
    return found.substr(1, REFUSED_BY_MAX)


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
    columns = _counted(candidates, told, history, active)
    parts = [_budget(columns, one) for one in active] or [_no_budget(columns)]
    return functools.reduce(lambda table, part: table.union(part), parts)


def _budget(columns: Columns, one: Active) -> ir.Table:
    cap = one.rule.params
    assert isinstance(cap, FrequencyCap)  # noqa: S101 - the caller chose caps
    table = columns.table
    left = ibis.literal(cap.max, type="int64") - columns.count(cap.tally)
    applies = _all([*scope(columns, one), _stands(columns, one)])
    rows = table.mutate(budget_left=ibis.greatest(left, ibis.literal(0, type="int64"))).filter(applies)
    return rows.select(
        *KEY, rule=ibis.literal(one.rule.id), key=rows[KEY_COLUMN[cap.per]], remaining=rows.budget_left.cast("int64")
    )


def _no_budget(columns: Columns) -> ir.Table:
    table = columns.table.filter(ibis.literal(False))
    return table.select(*KEY, rule=ibis.literal(""), key=table.customer_id, remaining=ibis.literal(0, type="int64"))


def _counted(candidates: ir.Table, known: Columns, history: ir.Table, active: Iterable[Active]) -> Columns:
    """`known`, the same candidates prepared, with what the active rules count."""
    wanted = dict.fromkeys(tally for one in active for tally in one.rule.params.counted())
    tallies: dict[Counted, str] = {tally: f"n{number}" for number, tally in enumerate(wanted)}
    allowed = [set(one.rule.params.allowed) for one in active if isinstance(one.rule.params, PartyAllowed)]
    # From the table as it came: were the prepared one named twice, an engine might write it down whole before going on.
    texts = {name: ibis.coalesce(candidates[name], ibis.literal("")) for name in ("customer_id", "party", "contact_status")}
    plain = known.over(candidates.select(**texts))
    strangers = plain.table.filter(plain.stranger(tuple(sorted(set.intersection(*allowed)))) if allowed else ibis.literal(True))
    return known.counting(with_counts(known.table, history, tallies, known.as_of, strangers), tallies)


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


def _earliest(columns: Columns, active: Sequence[Active]) -> ir.IntegerValue:
    """First minute of the local day at `zone` that no rule of hours refuses; null when there is none."""
    table = columns.table
    # Rules with the same window are one constraint: the expression grows with the square of their number.
    windows: dict[tuple[int, int], tuple[ir.BooleanValue, Hours]] = {}
    for number, one in enumerate(active):
        hours = one.rule.params
        if isinstance(hours, Hours):
            applies = table[f"s{number}"]
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
