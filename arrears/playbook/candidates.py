"""From segmented customers to the contacts that are due today: one row for each step and each of its alternatives.

Every customer is read once. Those for whom no trigger of any segment can fire are dropped by a few comparisons of days; for the
rest the due steps are found slot by slot, the n-th step of each segment together, and expanded into rows.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from arrears.playbook.conditions import SCORE_COLUMNS, columns_of
from arrears.playbook.model import Playbook, Step, Trigger, Way, due_on

COLUMNS = (
    "customer_id", "account_id", "segment", "step", "alternative", "channel", "party", "purpose", "content", "clause",
    "contact_id", "minute", "priority", "visitors", "reason",
)  # fmt: skip
"""The columns of `docs/architecture.md`, in order."""

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


def candidates(customers: ir.Table, segments: ir.Table, playbook: Playbook, as_of: date) -> ir.Table:
    """Every contact due on `as_of`, with the columns of `COLUMNS`; `segments` is what `segmented` gave.

    Alternatives without a contact point are rows too, with an empty `contact_id`.
    """
    plan = _Plan(playbook, as_of)
    if not plan.steps:
        return _nobody(customers, segments)
    return told(expanded(stepped(_joined(customers, segments, plan), plan), plan), plan)


class _Plan:
    """The playbook cut down to the steps whose trigger may fire on `as_of`, numbered for lookup by position."""

    def __init__(self, playbook: Playbook, as_of: date) -> None:
        self.playbook, self.as_of = playbook, as_of
        self.variants: list[tuple[str, str, list[int]]] = []
        self.steps: list[Step] = []
        self.ways: list[Way] = []
        self.first_way: list[int] = []
        number_of: dict[str, int] = {}
        for segment in playbook.segments:
            for arm, steps in playbook.variants(segment).items():
                due = [step for step in steps if may_fire(step.trigger, as_of)]
                for step in due:
                    if step.id not in number_of:
                        number_of[step.id] = len(self.steps)
                        self.steps.append(step)
                        self.first_way.append(len(self.ways))
                        self.ways += step.ways
                if due:
                    self.variants.append((segment.id, arm, [number_of[step.id] for step in due]))
        self.slots = max((len(numbers) for _, _, numbers in self.variants), default=0)

    def condition_columns(self) -> list[str]:
        """Columns the segments in play are decided by, in the book's order."""
        named = frozenset[str]().union(*(columns_of(segment.condition) for segment in self.playbook.segments))
        return sorted(named)


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
    column = table[TRIGGER_COLUMNS[trigger.kind]]
    dates = [due_on(as_of, day) for day in getattr(trigger, trigger.kind)]
    return ibis.coalesce(column.isin([ibis.literal(day) for day in dates]), ibis.literal(False))


def _joined(customers: ir.Table, segments: ir.Table, plan: _Plan) -> ir.Table:
    """Customers on whom some trigger fires today, with segment, arm, score and band; `segment_no` counts the plan's variants."""
    wanted = {
        *TRIGGER_COLUMNS.values(),
        *plan.condition_columns(),
        *(name for names in CONTACT_COLUMNS.values() for name in names),
    }
    own = [name for name in customers.columns if name in wanted and name not in SCORE_COLUMNS]
    left = customers.select("customer_id", "account_id", *own)
    triggers = {step.trigger.model_dump_json(): step.trigger for step in plan.steps}
    left = left.filter(functools.reduce(operator.or_, [fires(trigger, left, plan.as_of) for trigger in triggers.values()]))
    right = segments.select(
        segmented_id=segments.customer_id, segment=segments.segment, arm=segments.arm, score=segments.score, band=segments.band
    )
    joined = left.inner_join(right, left.customer_id == right.segmented_id).drop("segmented_id")
    number = ibis.cases(
        *(
            ((joined.segment == segment) & (joined.arm == arm), _int(number))
            for number, (segment, arm, _) in enumerate(plan.variants)
        ),
        else_=_int(-1),
    )
    return joined.mutate(variant=number).filter(lambda table: table.variant >= 0)


def stepped(table: ir.Table, plan: _Plan) -> ir.Table:
    """One row for each step due: `step_no`, position in the plan's steps."""
    fired = table
    slots = []
    for slot in range(plan.slots):
        branches = [
            ((table.variant == number) & fires(plan.steps[numbers[slot]].trigger, table, plan.as_of), _int(numbers[slot]))
            for number, (_, _, numbers) in enumerate(plan.variants)
            if len(numbers) > slot
        ]
        slots.append(ibis.cases(*branches, else_=_int(-1)))
    fired = fired.mutate(step_no=ibis.array(slots).unnest())
    return fired.filter(fired.step_no >= 0)


def expanded(table: ir.Table, plan: _Plan) -> ir.Table:
    """One row for each alternative: `alternative`, and the step's and the way's own columns."""
    widest = max(len(step.ways) for step in plan.steps)
    table = table.mutate(alternative=ibis.array([_int(position) for position in range(widest)]).unnest())
    table = table.mutate(
        alternative=table.alternative.cast("int64"),
        ways_n=_at(table.step_no, [len(step.ways) for step in plan.steps]),
        way_no=_at(table.step_no, plan.first_way) + table.alternative,
    )
    table = table.filter(table.alternative < table.ways_n)
    return table.mutate(
        step=_at(table.step_no, [step.id for step in plan.steps]),
        clause=_at(table.step_no, [step.clause for step in plan.steps]),
        priority=_at(table.step_no, [step.priority for step in plan.steps]),
        channel=_at(table.way_no, [way.channel for way in plan.ways]),
        party=_at(table.way_no, [way.party for way in plan.ways]),
        purpose=_at(table.way_no, [way.purpose for way in plan.ways]),
        content=_at(table.way_no, [way.content for way in plan.ways]),
        minute=_at(table.way_no, [way.minute for way in plan.ways]),
        visitors=_at(table.way_no, [way.visitors for way in plan.ways]),
    )


def told(table: ir.Table, plan: _Plan) -> ir.Table:
    """`contact_id` by channel and party, and `reason`: the segment and the values it was decided by."""
    reaches = [
        ((table.channel == channel) & (table.party == party), _first_id([table[name] for name in names]))
        for (channel, party), names in CONTACT_COLUMNS.items()
    ]
    return table.mutate(contact_id=ibis.cases(*reaches, else_=""), reason=_reason(table, plan)).select(*COLUMNS)


def _reason(table: ir.Table, plan: _Plan) -> ir.StringValue:
    """`segment=...;arm=...;dpd=12;band=D`: the columns of the segment's conditions and of the trigger, in order of name."""
    segments_by_column: dict[str, list[int]] = {}
    for number, (segment_id, _, _) in enumerate(plan.variants):
        for column in columns_of(plan.playbook.segment(segment_id).condition):
            segments_by_column.setdefault(column, []).append(number)
    steps_by_column: dict[str, list[int]] = {}
    for number, step in enumerate(plan.steps):
        if step.trigger.kind in TRIGGER_COLUMNS:
            steps_by_column.setdefault(TRIGGER_COLUMNS[step.trigger.kind], []).append(number)
    reason = ibis.literal("segment=") + table.segment + ibis.ifelse(table.arm == "", "", ibis.literal(";arm=") + table.arm)
    for column in sorted({*segments_by_column, *steps_by_column}):
        uses = [table.variant.isin(segments_by_column[column])] if column in segments_by_column else []
        uses += [table.step_no.isin(steps_by_column[column])] if column in steps_by_column else []
        used = functools.reduce(operator.or_, uses)
        reason = reason + ibis.ifelse(used, ibis.literal(f";{column}=") + _text(table[column]), "")
    return reason + f";date={plan.as_of.isoformat()}"


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
    kind = "int64" if isinstance(values[0], int) else "string"
    # Spark takes only 32-bit positions
    return ibis.literal(list(values), type=f"array<{kind}>")[position.cast("int32")].cast(kind)


def _int(value: int) -> ir.IntegerScalar:
    return ibis.literal(value, type="int64")


def _nobody(customers: ir.Table, segments: ir.Table) -> ir.Table:
    """No rows, right columns."""
    joined = customers.select("customer_id", "account_id").inner_join(segments.select("customer_id", "segment"), "customer_id")
    numbers = ("alternative", "minute", "priority", "visitors")
    empty = {name: _int(0) if name in numbers else ibis.literal("") for name in COLUMNS if name not in joined.columns}
    return joined.mutate(**empty).filter(ibis.literal(False)).select(*COLUMNS)
