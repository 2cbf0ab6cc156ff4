"""How much of each frequency cap was used: customers, debts and contact points that have come close to one."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from arrears.conduct.chain import Chain
from arrears.conduct.lawful import Rules, made_candidates, stands, strangers
from arrears.conduct.patterns import found, history, marked
from arrears.conduct.thresholds import Thresholds
from arrears.law.asking import Active, scope
from arrears.law.columns import Columns, prepared
from arrears.law.counting import DAYS_MAX, KEY_COLUMN, Counted, with_counts
from arrears.law.kinds import FrequencyCap


def watched_caps(rules: Rules, thresholds: Thresholds) -> tuple[tuple[Active, FrequencyCap], ...]:
    """The caps in force that are not used up by a single contact."""
    return tuple(
        (one, one.rule.params)
        for one in rules.active
        if isinstance(one.rule.params, FrequencyCap) and one.rule.params.max >= thresholds.near_limits.cap_from
    )


def near_caps(rules: Rules, offsets: Mapping[str, int], thresholds: Thresholds) -> Chain | None:
    """`FOUND` of whoever used the share of a cap in the window that ends on the day; None where no cap is in force.

    The cap's own count decides, asked as for one contact more of a kind that was made. What went over the cap is no near miss:
    it was found on its day, as outside the law.
    """
    caps = watched_caps(rules, thresholds)
    if not caps:
        return None
    day = rules.day
    wanted = dict.fromkeys(tally for one, cap in caps for tally in cap.counted())
    counted: dict[Counted, str] = {tally: f"n{number}" for number, tally in enumerate(wanted)}
    chain = Chain()
    kinds = chain.let("kinds_made", _kinds_made(day, max(_window(cap) for _, cap in caps)))
    facts = chain.let("kinds_facts", made_candidates(kinds, thresholds.third_parties.parties))
    table = chain.let("kinds_counts", with_counts(prepared(facts), history(), counted, day, strangers(facts)))
    columns = Columns(table, counted, offsets, day)
    parts = [_near(columns, one, cap, thresholds.near_limits.share_percent, day) for one, cap in caps]
    near = chain.let("near_contacts", functools.reduce(lambda whole, part: whole.union(part), parts))
    chain.let("near_found", found(near, thresholds.listed_max))
    return chain


def _window(cap: FrequencyCap) -> int:
    return DAYS_MAX if cap.days is None else cap.days


def _kinds_made(day: date, days: int) -> ir.Table:
    """One row, of the shape of a contact, for each kind made: customer, debt, contact point, channel, party, company."""
    table = history()
    first = ibis.literal(day - timedelta(days=days - 1), "date")
    made = table.filter(
        (table.direction == "outbound") & (table.local_date >= first) & (table.local_date <= ibis.literal(day, "date"))
    )
    kinds = made.group_by("customer_id", "account_id", "contact_id", "channel", "party", "actor").agg(
        event_id=made.event_id.max(), at=made["at"].max(), local_date=made.local_date.max()
    )
    return kinds.mutate(requested=ibis.literal(False))


def _near(columns: Columns, one: Active, cap: FrequencyCap, share_percent: int, day: date) -> ir.Table:
    table = columns.table
    used = columns.count(cap.tally)
    near = table.filter(
        [
            *scope(columns, one),
            *stands(columns, one),
            used * 100 >= share_percent * cap.max,
            used <= cap.max,
            table[KEY_COLUMN[cap.per]] != "",
        ]
    )
    hits = near.select(
        hit_customer="customer_id", hit_key=KEY_COLUMN[cap.per],
        hit_actor=near.actor if cap.whose == "own" else ibis.literal(""),
    ).distinct()  # fmt: skip
    every = history()
    first = ibis.literal(day - timedelta(days=_window(cap) - 1), "date")
    counts = every.filter(
        (every.local_date >= first) & (every.local_date <= ibis.literal(day, "date")) & cap.tally.counted(every, day)
    )
    pairs = hits.inner_join(counts, hits.hit_customer == counts.customer_id)
    if cap.per != "customer":
        key = pairs[KEY_COLUMN[cap.per]].coalesce("")
        pairs = pairs.filter((key == pairs.hit_key) | (key == ""))
    if cap.whose == "own":
        pairs = pairs.filter((pairs.actor == pairs.hit_actor) | (pairs.actor == ""))
    subject = pairs.hit_key if cap.whose == "all" else pairs.hit_key + "@" + pairs.hit_actor
    return marked(
        pairs, "near_cap", days=_window(cap), floor=0, threshold=cap.max, rule=one.rule.id, subject=subject
    )  # fmt: skip
