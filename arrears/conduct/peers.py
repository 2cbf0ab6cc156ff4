"""What each agent and company did in the window, counted stage by stage, so that like is compared with like."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from arrears.book.tables import customer_table, days_between
from arrears.conduct.chain import Chain
from arrears.conduct.lawful import Rules, made_candidates, near_edge
from arrears.conduct.patterns import book_table, history
from arrears.conduct.thresholds import Thresholds
from arrears.feed.contracts import CONVERSATION_OUTCOMES
from arrears.law.asking import scope
from arrears.law.columns import Columns, prepared
from arrears.law.counting import KEY_COLUMN, among
from arrears.law.kinds import FrequencyCap

STAGES = ("current", "1-30", "31-60", "61-90", "91+")
"""By number: days past due on the day of the contact, counted back from the date's book; who has paid since is current."""

MEASURES: dict[str, str] = {
    "outlier_refusals": "conversations that ended in a refusal",
    "outlier_complaints": "customers who complained soon after a contact",
    "outlier_redials": "calls soon after the last one to the same customer",
    "outlier_near_limit": "contacts close to the edge of lawful hours, or among the last that a day's cap allows",
}
"""Pattern to what is counted."""

_BY_HAND = ("call", "visit")
"""Channels that a person, or a robot in a person's place, works."""
_ONE, _NONE = ibis.literal(1, "int64"), ibis.literal(0, "int64")


def peer_counts(rules: Rules, offsets: Mapping[str, int], thresholds: Thresholds) -> Chain:
    """`measure, company, agent, stage, chances, events`; a row with the agent `*` is of the whole company."""
    limits, day = thresholds.outliers, rules.day
    chain = Chain()
    plain = chain.let("worked_contacts", _worked(day, limits.days))
    facts = chain.let("worked_facts", prepared(made_candidates(plain, thresholds.third_parties.parties)))
    worked = chain.let("worked", _with_nearness(plain, facts, rules, offsets, thresholds))
    parts = []
    for agent in (worked.agent, ibis.literal("*")):
        table = worked.mutate(who=agent)
        parts += [
            _summed(_spoken(table), "outlier_refusals", lambda rows: rows.outcome == "refused"),
            _complained(table, limits.complaint_days),
            _summed(_calls(table), "outlier_redials", lambda rows: _redialled(rows, limits.redial_minutes)),
            _summed(table, "outlier_near_limit", lambda rows: rows.is_near),
        ]
    chain.let("peer_counts", functools.reduce(lambda whole, part: whole.union(part), parts))
    return chain


def _worked(day: date, days: int) -> ir.Table:
    """The window's outbound calls and visits, with `stage` and minutes since the last call to the customer (`gap`)."""
    table = history()
    first = ibis.literal(day - timedelta(days=days - 1), "date")
    made = table.filter(
        (table.direction == "outbound") & among(table.channel, _BY_HAND) & (table.local_date >= first)
        & (table.local_date <= ibis.literal(day, "date"))
    )  # fmt: skip
    before = ibis.window(group_by=[made.customer_id, made.channel], order_by=[made["at"], made.event_id])
    made = made.mutate(minute_utc=_minutes(made, day), gap_from=_minutes(made, day).lag().over(before))
    late = customer_table("customers").select(late_of="customer_id", dpd_now="dpd")
    joined = made.left_join(late, made.customer_id == late.late_of)
    dpd = joined.dpd_now.coalesce(0) - days_between(ibis.literal(day, "date"), joined.local_date)
    then = ibis.ifelse((joined.dpd_now.coalesce(0) == 0) | (dpd <= 0), _NONE, (dpd + 29) // 30)
    return joined.mutate(stage=ibis.least(then, ibis.literal(len(STAGES) - 1, "int64")).cast("int64"))


def _minutes(table: ir.Table, day: date) -> ir.IntegerValue:
    """Minutes since the UTC midnight of the date: whole numbers, since engines tell intervals apart."""
    days = days_between(table["at"].date(), ibis.literal(day, "date"))
    return (days * 1_440 + table["at"].hour() * 60 + table["at"].minute()).cast("int64")


def _spoken(table: ir.Table) -> ir.Table:
    return table.filter((table.party == "debtor") & among(table.outcome, CONVERSATION_OUTCOMES))


def _calls(table: ir.Table) -> ir.Table:
    return table.filter((table.channel == "call") & ~table.requested)


def _redialled(rows: ir.Table, minutes: int) -> ir.BooleanValue:
    return (rows.minute_utc - rows.gap_from <= minutes).coalesce(False)


def _summed(rows: ir.Table, measure: str, event: Callable[[ir.Table], ir.BooleanValue]) -> ir.Table:
    happened = ibis.ifelse(event(rows), _ONE, _NONE)
    summed = rows.group_by("actor", "who", "stage").agg(chances=rows.count().cast("int64"), events=happened.sum().cast("int64"))
    return summed.select(
        measure=ibis.literal(measure), company="actor", agent="who", stage="stage", chances="chances", events="events"
    )


def _complained(table: ir.Table, within_days: int) -> ir.Table:
    """Customers of each agent, and those of them with a complaint within some days after a contact; a customer counts once."""
    flags = book_table("flags")
    told = flags.filter(flags.flag == "complaint").select(told_by="customer_id", told_on="from_date")
    joined = table.left_join(told, table.customer_id == told.told_by)
    after = days_between(joined.told_on, joined.local_date)
    follows = ((after >= 0) & (after <= within_days)).coalesce(False)
    each = joined.mutate(follows=ibis.ifelse(follows, _ONE, _NONE))
    each = each.group_by("actor", "who", "customer_id").agg(stage=each.stage.max(), follows=each.follows.max())
    return _summed(each, "outlier_complaints", lambda rows: rows.follows == 1)


def _with_nearness(
    table: ir.Table, facts: ir.Table, rules: Rules, offsets: Mapping[str, int], thresholds: Thresholds
) -> ir.Table:
    """`is_near`: near the edge of lawful hours or the end of a day's cap, by the rules in force on the date."""
    limits = thresholds.near_limits
    columns = Columns(facts, {}, offsets, rules.day)
    near = [_all(scope(columns, one)) & near_edge(facts, hours, limits.edge_minutes) for one, hours in rules.hours]
    close = facts.select(close_event="step", close=functools.reduce(operator.or_, near, ibis.literal(False)))
    judged = table.inner_join(close, table.event_id == close.close_event)
    last: ir.BooleanValue = judged.close
    for one in rules.active:
        cap = one.rule.params
        if isinstance(cap, FrequencyCap) and cap.days == 1 and cap.max >= limits.cap_from:
            last = last | _last_of_day(judged, cap, -(-limits.share_percent * cap.max // 100), rules.day)
    return judged.mutate(is_near=last)


def _last_of_day(table: ir.Table, cap: FrequencyCap, place: int, day: date) -> ir.BooleanValue:
    """Whether a contact is at least the `place`-th of its day that counts for its customer, debt or contact point."""
    key = KEY_COLUMN[cap.per]
    counts = ibis.ifelse(replace(cap.tally, days=None).counted(table, day), _ONE, _NONE)
    window = ibis.cumulative_window(
        group_by=[table.customer_id, table[key], table.local_date], order_by=[table["at"], table.event_id]
    )
    return (counts == 1) & (counts.sum().over(window) >= place)


def _all(conditions: Sequence[ir.BooleanValue]) -> ir.BooleanValue:
    return functools.reduce(operator.and_, conditions, ibis.literal(True))
