"""From segmented customers to the contacts that are due today: one row for each step and each of its alternatives.

Every customer is read once. Those for whom no trigger of any segment can fire are dropped by a few comparisons of days. For the
rest each trigger is one bit of a whole number, and the playbook itself, laid out as a small table of steps and alternatives, is
joined on segment and arm: the rows whose bit is set are the candidates.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from arrears.playbook.conditions import SCORE_COLUMNS, as_column, columns_of, without
from arrears.playbook.model import Playbook, Segment, Step, Way
from arrears.playbook.triggers import Trigger, due_on

COLUMNS = (
    "customer_id", "account_id", "segment", "step", "alternative", "channel", "party", "purpose", "content", "clause",
    "contact_id", "minute", "priority", "visitors", "reason",
)  # fmt: skip
"""The columns of `docs/architecture.md`, in order."""

WHOLE_COLUMNS = ("alternative", "minute", "priority", "visitors")
"""Those of them that are int64; the others are text."""

TRIGGER_COLUMNS = {"due": "next_due_date", "dpd": "dpd", "bucket_day": "bucket_entry_date", "since_days": "since_date"}
"""The column a trigger's day is counted on; `month_day` looks at the business date alone."""

CONTACT_COLUMNS: dict[tuple[str, str], tuple[str, ...]] = {
    ("sms", "debtor"): ("mobile_id",),
    ("call", "debtor"): ("mobile_id", "landline_id"),
    ("email", "debtor"): ("email_id",),
    ("letter", "debtor"): ("address_id",),
    ("visit", "debtor"): ("address_id",),
    ("sms", "relative"): ("relative_id",),
    ("call", "relative"): ("relative_id",),
    ("sms", "contact_person"): ("relative_id",),
    ("call", "contact_person"): ("relative_id",),
}
"""Where a channel reaches a party: the first column that is not empty. Other pairs have no contact point in the book."""


WORD_BITS = 62
"""Triggers that fit into one int64 with room for the sign."""


@dataclass(frozen=True)
class _Row:
    """One alternative of a step in one segment and arm: a row of the playbook as a table."""

    segment: Segment
    arm: str
    step: Step
    alternative: int
    way: Way
    trigger_no: int

    @property
    def own_columns(self) -> frozenset[str]:
        """Columns the segment was decided by."""
        return columns_of(self.segment.condition)

    @property
    def trigger_column(self) -> str:
        """The column the trigger's day is counted on, if the segment's reason does not quote it already; else empty."""
        column = TRIGGER_COLUMNS.get(self.step.trigger.kind, "")
        return "" if column in self.own_columns else column


def candidates(customers: ir.Table, segments: ir.Table, playbook: Playbook, as_of: date) -> ir.Table:
    """Every contact due on `as_of`, with the columns of `COLUMNS`; `segments` is what `segmented` gave.

    Alternatives without a contact point are rows too, with an empty `contact_id`.
    """
    triggers, rows = laid_out(playbook, as_of)
    if not rows:
        return _nobody(customers, segments)
    customers_due = fired(may_be_due(customers, rows, as_of), triggers, as_of)
    return told(expanded(decided(in_play(customers_due, segments, rows), rows), rows), rows, as_of)


def laid_out(playbook: Playbook, as_of: date) -> tuple[list[Trigger], list[_Row]]:
    """The triggers that may fire on `as_of`, each once, and the playbook's rows that wait for them."""
    numbers: dict[str, int] = {}
    triggers: list[Trigger] = []
    rows = []
    for segment in playbook.segments:
        for arm, steps in playbook.variants(segment).items():
            for step in (step for step in steps if may_fire(step.trigger, as_of)):
                key = step.trigger.model_dump_json()
                if key not in numbers:
                    numbers[key] = len(triggers)
                    triggers.append(step.trigger)
                rows += [_Row(segment, arm, step, number, way, numbers[key]) for number, way in enumerate(step.ways)]
    return triggers, rows


def may_fire(trigger: Trigger, as_of: date) -> bool:
    """False for a day of the month that is not today's; every other trigger depends on the customer."""
    return trigger.month_day is None or as_of.day in trigger.month_day


def fires(trigger: Trigger, table: ir.Table, as_of: date) -> ir.BooleanValue:
    """The trigger as a boolean column; a null day counts as false."""
    if trigger.month_day is not None:
        return ibis.literal(as_of.day in trigger.month_day)
    if trigger.dpd is not None:
        days = trigger.dpd
        if days.days is not None:
            return table.dpd.isin(days.days)
        later = (table.dpd >= days.from_) & ((table.dpd - days.from_) % days.every == 0)
        return later if days.to is None else later & (table.dpd <= days.to)
    return _on(table[TRIGGER_COLUMNS[trigger.kind]], getattr(trigger, trigger.kind), as_of)


def _on(column: Any, days: Sequence[int], as_of: date) -> ir.BooleanValue:
    """Whether `as_of` is one of these days after the date in `column`; a null date is none."""
    dates = [ibis.literal(due_on(as_of, day)) for day in days]
    return ibis.coalesce(column == dates[0] if len(dates) == 1 else column.isin(dates), ibis.literal(False))


def may_be_due(customers: ir.Table, rows: Sequence[_Row], as_of: date) -> ir.Table:
    """The customers with something to do and some without, by few comparisons; the columns that the rest needs."""
    contact_columns = {name for names in CONTACT_COLUMNS.values() for name in names}
    wanted = {*TRIGGER_COLUMNS.values(), *contact_columns}.union(*(columns_of(row.segment.condition) for row in rows))
    wanted -= {*SCORE_COLUMNS, "customer_id", "account_id"}
    table = customers.select("customer_id", "account_id", *(name for name in customers.columns if name in wanted))
    looks: list[ir.BooleanValue] = []
    days_past_due = [row.step.trigger.dpd.first_in(1, None) for row in rows if row.step.trigger.dpd is not None]
    if days_past_due:
        looks.append(table.dpd >= min(day for day in days_past_due if day is not None))
    for kind in ("due", "bucket_day", "since_days"):
        days = {day for row in rows for day in getattr(row.step.trigger, kind) or ()}
        if days:
            looks.append(_on(table[TRIGGER_COLUMNS[kind]], sorted(days), as_of))
    # a campaign's day fires for everybody, so its segment's own conditions narrow it
    campaigns = {row.segment.id: row.segment for row in rows if row.step.trigger.month_day is not None}
    looks += [as_column(without(segment.condition, SCORE_COLUMNS), table, as_of) for segment in campaigns.values()]
    return table.filter(functools.reduce(operator.or_, looks))


def fired(table: ir.Table, triggers: Sequence[Trigger], as_of: date) -> ir.Table:
    """`fired_0`, `fired_1`, ...: bit n is set where trigger n fires today."""
    words = {}
    for word, start in enumerate(range(0, len(triggers), WORD_BITS)):
        bits = [
            ibis.ifelse(fires(trigger, table, as_of), _int(1 << bit), _int(0))
            for bit, trigger in enumerate(triggers[start : start + WORD_BITS])
        ]
        words[f"fired_{word}"] = functools.reduce(operator.add, bits)
    return table.mutate(**words)


def in_play(table: ir.Table, segments: ir.Table, rows: Sequence[_Row]) -> ir.Table:
    """`variant`: number of segment and arm; `score`, `band`; only customers for whom a trigger of their own steps fires."""
    known = segments.select("segment", "arm", "score", "band", segmented_id=segments.customer_id)
    joined = table.inner_join(known, table.customer_id == known.segmented_id).drop("segmented_id")
    variants = _variants(rows)
    branches = [(_is_variant(joined, variant), _int(number)) for number, variant in enumerate(variants)]
    number = ibis.cases(*branches, else_=_int(-1))
    # the number hangs on the customer's triggers too, else DuckDB joins the playbook to all segments before the customers
    idle = functools.reduce(operator.and_, [joined[f"fired_{word}"] == 0 for word in _words(table)])
    joined = joined.mutate(variant=ibis.ifelse(idle, _int(-1), number))
    asked = {
        word: [_mask({row.trigger_no for row in rows if _variant(row) == one}, word) for one in variants]
        for word in _words(table)
    }
    met = [(joined[f"fired_{word}"] & _at(joined.variant, masks)) != 0 for word, masks in asked.items()]
    return joined.filter((joined.variant >= 0) & functools.reduce(operator.or_, met))


def decided(table: ir.Table, rows: Sequence[_Row]) -> ir.Table:
    """`because`: `segment=...;arm=...;band=D;dpd=12`, the values the segment was decided by in order of name.

    Told once a customer, before the rows are multiplied by steps and alternatives.
    """
    columns = sorted(frozenset[str]().union(*(row.own_columns for row in rows)))
    own = {_variant(row): row.own_columns for row in rows}
    masks = [sum(1 << bit for bit, column in enumerate(columns) if column in own[variant]) for variant in own]
    asked = _at(table.variant, masks)
    because = ibis.literal("segment=") + table.segment + ibis.ifelse(table.arm == "", "", ibis.literal(";arm=") + table.arm)
    for bit, column in enumerate(columns):
        because = because + ibis.ifelse((asked & _int(1 << bit)) != 0, _quoted(table, column), "")
    return table.mutate(because=because)


def expanded(table: ir.Table, rows: Sequence[_Row]) -> ir.Table:
    """One row for each alternative of each step due, with the step's columns; `reach_no`, `counted_on` for the next step."""
    numbers = {variant: number for number, variant in enumerate(_variants(rows))}
    pairs = list(CONTACT_COLUMNS)
    bits = {f"bit_{word}": [_mask({row.trigger_no}, word) for row in rows] for word in _words(table)}
    columns: dict[str, list[Any]] = {
        "of_variant": [numbers[_variant(row)] for row in rows],
        "step": [row.step.id for row in rows],
        "clause": [row.step.clause for row in rows],
        "priority": [row.step.priority for row in rows],
        "alternative": [row.alternative for row in rows],
        "channel": [row.way.channel for row in rows],
        "party": [row.way.party for row in rows],
        "purpose": [row.way.purpose for row in rows],
        "content": [row.way.content for row in rows],
        "minute": [row.way.minute for row in rows],
        "visitors": [row.way.visitors for row in rows],
        "reach_no": [pairs.index(pair) if (pair := (row.way.channel, row.way.party)) in pairs else -1 for row in rows],
        "counted_on": [row.trigger_column for row in rows],
    }
    steps = _literal_table(columns | bits)
    joined = table.inner_join(steps, table.variant == steps.of_variant)
    met = [(joined[f"fired_{word}"] & joined[f"bit_{word}"]) != 0 for word in _words(table)]
    return joined.filter(functools.reduce(operator.or_, met))


def told(table: ir.Table, rows: Sequence[_Row], as_of: date) -> ir.Table:
    """`contact_id` by channel and party, and `reason`: the segment and the values it was decided by."""
    same: dict[tuple[str, ...], list[int]] = {}
    for number, names in enumerate(CONTACT_COLUMNS.values()):
        same.setdefault(names, []).append(number)
    reaches = [(table.reach_no.isin(numbers), _first_id([table[name] for name in names])) for names, numbers in same.items()]
    # an array of small numbers is 32 bits wide on Spark, whatever Ibis takes it for: narrow by name, then widen
    whole = {name: table[name].cast("int32").cast("int64") for name in WHOLE_COLUMNS}
    found = {"contact_id": ibis.cases(*reaches, else_=""), "reason": _reason(table, rows, as_of)}
    return table.mutate(**whole, **found).select(*COLUMNS)


def _reason(table: ir.Table, rows: Sequence[_Row], as_of: date) -> ir.StringValue:
    """The segment's reason, then the day the trigger was counted on, then the business date."""
    columns = sorted({row.trigger_column for row in rows} - {""})
    days = [(table.counted_on == column, _quoted(table, column)) for column in columns]
    reason = table.because + ibis.cases(*days, else_="") if days else table.because
    return reason + f";date={as_of.isoformat()}"


def _quoted(table: ir.Table, column: str) -> ir.StringValue:
    return ibis.literal(f";{column}=") + _text(table[column])


def _variant(row: _Row) -> tuple[str, str]:
    return row.segment.id, row.arm


def _is_variant(table: ir.Table, variant: tuple[str, str]) -> ir.BooleanValue:
    segment, arm = variant
    # a segment outside experiments has the empty arm only: one comparison of text less
    return (table.segment == segment) & (table.arm == arm) if arm else table.segment == segment


def _variants(rows: Sequence[_Row]) -> list[tuple[str, str]]:
    return list(dict.fromkeys(_variant(row) for row in rows))


def _words(table: ir.Table) -> list[int]:
    return [int(name.removeprefix("fired_")) for name in table.columns if name.startswith("fired_")]


def _mask(trigger_numbers: set[int], word: int) -> int:
    """The bits of these triggers within one word."""
    return sum(1 << (number % WORD_BITS) for number in trigger_numbers if number // WORD_BITS == word)


def _literal_table(columns: dict[str, list[Any]]) -> ir.Table:
    """A small table out of the playbook, written into the statement itself: any engine reads it, none has to be told of it."""
    size = len(next(iter(columns.values())))
    rows = ibis.array([_int(number) for number in range(size)]).unnest().name("row_no").as_table()
    return rows.select(**{name: _at(rows.row_no, values) for name, values in columns.items()})


def _text(column: ir.Value) -> ir.StringValue:
    """A value as text, the same on every engine; nothing for null."""
    if column.type().is_boolean():
        return ibis.cases((column, "true"), (~column, "false"), else_="")
    return ibis.coalesce(column.cast("string"), ibis.literal(""))


def _first_id(columns: Sequence[Any]) -> ir.StringValue:
    *earlier, last = [ibis.coalesce(column, ibis.literal("")) for column in columns]
    return functools.reduce(lambda rest, column: ibis.ifelse(column == "", rest, column), reversed(earlier), last)


def _at(position: ir.IntegerValue, values: Sequence[Any]) -> Any:
    """The value at a position: a lookup in a literal array."""
    # Spark takes only 32-bit positions
    if isinstance(values[0], int):
        return ibis.array([_int(value) for value in values])[position.cast("int32")]
    return ibis.literal(list(values), type="array<string>")[position.cast("int32")]


def _int(value: int) -> ir.IntegerScalar:
    return ibis.literal(value, type="int64")


def _nobody(customers: ir.Table, segments: ir.Table) -> ir.Table:
    """No rows, right columns."""
    joined = customers.select("customer_id", "account_id").inner_join(segments.select("customer_id", "segment"), "customer_id")
    empty = {name: _int(0) if name in WHOLE_COLUMNS else ibis.literal("") for name in COLUMNS if name not in joined.columns}
    return joined.mutate(**empty).filter(ibis.literal(False)).select(*COLUMNS)
