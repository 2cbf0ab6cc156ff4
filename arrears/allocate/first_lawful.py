"""The plain rule: of each step the first lawful alternative, of a customer's steps the most urgent, one a channel.

At most one contact in a channel is planned for a customer on a day, so no plan can by itself exceed a daily cap that the
screen found open; the segment's intensity limits all channels together, by day and by seven days.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

DECISIONS = ("chosen", "refused", "no_contact_point", "not_needed", "outranked", "charges_blocked")
"""`not_needed`: an earlier alternative is lawful. `outranked`: the customer's day is full of more urgent contacts.
`charges_blocked`: it would ask for nothing but charges that supervision found wrong (`arrears.day.blocking`)."""


def recent_contacts(history: ir.Table, day: date) -> ir.Table:
    """Per customer: `today_n` contacts made with them on `day` already, `recent_n` on the six days before, in any channel."""
    today, first = ibis.literal(day, "date"), ibis.literal(day - timedelta(days=6), "date")
    made = history.filter((history.direction == "outbound") & (history.local_date >= first) & (history.local_date <= today))
    one, none = ibis.literal(1, "int64"), ibis.literal(0, "int64")
    return made.group_by(recent_customer=made.customer_id).agg(
        today_n=ibis.ifelse(made.local_date == today, one, none).sum().cast("int64"),
        recent_n=ibis.ifelse(made.local_date < today, one, none).sum().cast("int64"),
    )


def decided(
    candidates: ir.Table, verdicts: ir.Table, recent: ir.Table, per_day: Mapping[str, int], per_7_days: Mapping[str, int]
) -> ir.Table:
    """Candidates with `lawful`, `refused_by`, `earliest_minute` and `decision` (one of `DECISIONS`).

    `recent` is what `recent_contacts` gave; `per_day` and `per_7_days` are the most contacts with a customer, by segment.
    """
    said = verdicts.select(
        said_customer="customer_id", said_step="step", said_alternative="alternative",
        lawful="lawful", refused_by="refused_by", earliest_minute="earliest_minute",
    )  # fmt: skip
    same = [
        candidates.customer_id == said.said_customer,
        candidates.step == said.said_step,
        candidates.alternative == said.said_alternative,
    ]
    judged = candidates.inner_join(said, same).drop("said_customer", "said_step", "said_alternative")
    possible = judged.lawful & (judged.contact_id != "")
    judged = judged.mutate(
        possible=possible, rank_key=ibis.ifelse(possible, judged.alternative, ibis.literal(1_000_000, "int64"))
    )
    within_step = ibis.window(group_by=[judged.customer_id, judged.step])
    best = judged.mutate(best=judged.rank_key.min().over(within_step))
    best = best.mutate(eligible=best.possible & (best.alternative == best.best))
    in_channel = ibis.window(
        group_by=[best.customer_id, best.channel, best.eligible], order_by=[best.priority.desc(), best.step, best.alternative]
    )
    ranked = best.mutate(channel_place=ibis.row_number().over(in_channel).cast("int64"))
    ranked = ranked.mutate(standing=ranked.eligible & (ranked.channel_place == 0))
    in_day = ibis.window(
        group_by=[ranked.customer_id, ranked.standing], order_by=[ranked.priority.desc(), ranked.step, ranked.alternative]
    )
    placed = ranked.mutate(day_place=ibis.row_number().over(in_day).cast("int64"))
    placed = placed.left_join(recent, placed.customer_id == recent.recent_customer)
    # the feed of the day tells of contacts made on it, and they leave less room as they do under the law's own caps
    today_n, recent_n = placed.today_n.coalesce(0), placed.recent_n.coalesce(0)
    most = ibis.least(limit_of(placed.segment, per_day) - today_n, limit_of(placed.segment, per_7_days) - recent_n - today_n)
    decision = ibis.cases(
        (~placed.lawful, "refused"),
        (placed.contact_id == "", "no_contact_point"),
        (~placed.eligible, "not_needed"),
        (placed.standing & (placed.day_place < most), "chosen"),
        else_="outranked",
    )
    return placed.select(*candidates.columns, "lawful", "refused_by", "earliest_minute", decision=decision)


def limit_of(segment: ir.StringValue, limits: Mapping[str, int]) -> ir.IntegerValue:
    """The number of the row's segment, 0 where it has none."""
    branches = [(segment == name, ibis.literal(number, "int64")) for name, number in sorted(limits.items())]
    return ibis.cases(*branches, else_=ibis.literal(0, "int64")) if branches else ibis.literal(0, "int64")
