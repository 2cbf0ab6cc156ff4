"""The law held against contacts that were made: which were outside it, and which were close to its edge.

The rules are the packs' own (`scope` and `screened` of `arrears.law`); only the counting differs from a plan's. What a rule
counts for a contact is what had been made before it, to the second, and states and consents are those of the eve.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from arrears.book.tables import customer_table
from arrears.conduct.chain import Chain
from arrears.conduct.patterns import history
from arrears.day.queries import HISTORY
from arrears.feed.contracts import OPENING_FLAGS
from arrears.law.asking import Active, active_rules, scope, within
from arrears.law.columns import CANDIDATE_SCHEMA, Columns, prepared
from arrears.law.counting import DAYS_MAX, KEY_COLUMN, Counted, Tally, with_counts
from arrears.law.kinds import CoolOff, Hours
from arrears.law.kinds.hours import DAY_MINUTES
from arrears.law.model import NO_PACK, Pack

MANY = 1_000
"""Visitors of a visit: the history does not say how many went, so rules on them are not asked."""

SPANS = {
    "zones": "string", "zone": "string", "from_day": "string", "to_day": "string", "offset": "int64", "offset_lo": "int64",
    "offset_hi": "int64",
}  # fmt: skip
"""Minutes east of UTC at a customer's own zone and at the extremes of the plausible ones, from one ISO day to another."""

JUDGED = ("event_id", "customer_id", "refused_by", "hours_near", "silence_near")
"""A contact: ids of the rules it broke, of the rules of hours it was close to, and of the silences it came right after."""


def delivered() -> ir.Table:
    """The day's outbound contacts as they are to be judged, in `HISTORY`."""
    return ibis.table(HISTORY, name="contacts_to_judge")


def made_candidates(contacts: ir.Table, third_parties: tuple[str, ...]) -> ir.Table:
    """Contacts made as the law's candidates; `step` is the event's id. The facts are those of the eve, `..._then`.

    What opened a way on the very day (one of `OPENING_FLAGS`, a consent) is taken as given before the contact, and what closed
    one as after it: nobody is accused of what cannot be told.
    """
    now = customer_table("customers").select(
        now_of="customer_id", country="country", region="region", dpd="dpd", flags_now="flags", consents_now="consents",
        refusals_now="refusals", places="zones", home="timezone", mobile_id="mobile_id",
    )  # fmt: skip
    then = customer_table("customers_then").select(
        then_of="customer_id", flags_then="flags", consents_then="consents", refusals_then="refusals"
    )
    points = ibis.table({"point": "string", "source": "string", "contact_status": "string"}, name="points_then")
    spans = ibis.table(SPANS, name="zone_spans")
    table = contacts.inner_join(now, contacts.customer_id == now.now_of)
    table = table.left_join(then, table.customer_id == then.then_of)
    table = table.left_join(points, table.contact_id == points.point)
    table = table.mutate(day_text=table.local_date.cast("string"))
    table = table.left_join(spans, [
        table.places == spans.zones, table.home == spans.zone, table.day_text >= spans.from_day, table.day_text <= spans.to_day,
    ])  # fmt: skip
    flags = _both(table.flags_then.coalesce(table.flags_now), _opened_today(table.flags_then, table.flags_now))
    third = functools.reduce(operator.or_, [table.party == party for party in third_parties])
    utc_minute = (table["at"].hour() * 60 + table["at"].minute()).cast("int64")
    told = table.select(
        "customer_id", "channel", "party", "actor", "zones", "source", "offset", "offset_lo", "offset_hi", "event_id", "at",
        step=table.event_id, alternative=ibis.literal(0, "int64"), account_id=table.account_id, contact_id=table.contact_id,
        purpose=ibis.cases((third, "relay"), (table.dpd > 0, "collection"), else_="reminder"),
        jurisdiction=ibis.ifelse(table.region == "", table.country, table.country + "-" + table.region),
        acts=ibis.ifelse(table.actor == "", "issuer", "agency"), flags=flags,
        consents=_both(table.consents_now, table.consents_then.coalesce("")),
        refusals=table.refusals_then.coalesce(table.refusals_now), contact_status=table.contact_status,
        minute=(utc_minute + table.offset + DAY_MINUTES) % DAY_MINUTES, visitors=ibis.literal(MANY, "int64"), dpd=table.dpd,
        requested=table.requested.cast("int64"), workplace=ibis.literal(0, "int64"),
        mobile_invalid=(table.mobile_id == "").cast("int64"),
    )  # fmt: skip
    # what a text said or whether the debt is barred stands in no history: rules that ask for it do not decide
    untold = {name: ibis.null(kind) for name, kind in CANDIDATE_SCHEMA.items() if name not in told.columns}
    return told.mutate(**untold)


def _opened_today(then: ir.StringValue, now: ir.StringValue) -> ir.StringValue:
    """What opens a way now and did not on the eve, with commas at both ends; empty where there is none, or no eve."""
    tokens = [token for flag in OPENING_FLAGS for token in (flag, f"{flag}:evidenced")]
    new = [
        ibis.ifelse(now.contains(f",{token},") & ~then.contains(f",{token},").coalesce(True), f"{token},", "")
        for token in tokens
    ]
    found = functools.reduce(operator.add, new)
    return ibis.ifelse(found == "", "", ibis.literal(",") + found)


def _both(first: ir.StringValue, second: ir.StringValue) -> ir.StringValue:
    """Two lists with commas at both ends as one."""
    return ibis.cases((first == "", second), (second == "", first), else_=first + second.substr(1))


@dataclass(frozen=True)
class Rules:
    """The packs' rules in force on a day, and what they count."""

    packs: Sequence[Pack]
    day: date

    @functools.cached_property
    def active(self) -> tuple[Active, ...]:
        return active_rules(self.packs, self.day)

    @functools.cached_property
    def hours(self) -> tuple[tuple[Active, Hours], ...]:
        return tuple((one, one.rule.params) for one in self.active if isinstance(one.rule.params, Hours))

    @functools.cached_property
    def silences(self) -> tuple[tuple[Active, CoolOff], ...]:
        return tuple((one, one.rule.params) for one in self.active if isinstance(one.rule.params, CoolOff))

    def counted(self, longer: Iterable[Tally] = ()) -> dict[Counted, str]:
        """Everything the rules count, and `longer`, each under the name of a column."""
        wanted = dict.fromkeys([*(tally for one in self.active for tally in one.rule.params.counted()), *longer])
        return {tally: f"n{number}" for number, tally in enumerate(wanted)}


def judged(rules: Rules, offsets: Mapping[str, int], *, edge_minutes: int, cool_off_days: int, third: tuple[str, ...]) -> Chain:
    """`JUDGED` of the contacts that broke a rule or were close to one, as `judged_contacts`.

    `offsets` maps every zone of the customers to minutes east of UTC at noon of the rules' day.
    """
    longer = {one.rule.id: _longer(params.tally, cool_off_days) for one, params in rules.silences}
    counted = rules.counted(longer.values() if cool_off_days else ())
    chain = Chain()
    facts = chain.let("judged_facts", made_candidates(delivered(), third))
    table = chain.let("judged_counts", _counted_before(prepared(facts), facts, counted, rules.day))
    columns = Columns(table, counted, offsets, rules.day)
    numbers = {one.rule.id: number for number, one in enumerate(rules.active)}
    known = {f"s{numbers[one.rule.id]}": _all([*scope(columns, one), *stands(columns, one)]) for one in rules.active}
    for one in rules.active:
        parts = one.rule.params.parts(columns) if one.rule.params.counted() else {}
        known |= {f"p{numbers[one.rule.id]}_{name}": part for name, part in parts.items()}
    columns = columns.over(chain.let("judged_scopes", columns.table.mutate(**known)))

    def applies(one: Active) -> ir.BooleanValue:
        return columns.table[f"s{numbers[one.rule.id]}"]

    def refuses(one: Active) -> ir.BooleanValue:
        number = numbers[one.rule.id]
        return one.rule.params.screened(columns.knowing(lambda part: columns.table[f"p{number}_{part}"]))

    broken = {NO_PACK: ~_covered(columns, rules.packs)}
    broken |= {one.rule.id: applies(one) & refuses(one) for one in rules.active}
    near = {one.rule.id: applies(one) & near_edge(columns.table, params, edge_minutes) for one, params in rules.hours}
    after = {
        one.rule.id: applies(one) & (columns.count(params.tally) == 0) & (columns.count(longer[one.rule.id]) > 0)
        for one, params in rules.silences
        if cool_off_days
    }
    told = chain.let("judged_rules", columns.table.select(
        event_id="step", customer_id="customer_id", refused_by=_listed(broken), hours_near=_listed(near),
        silence_near=_listed(after),
    ))  # fmt: skip
    # whoever broke a rule was not merely close to one
    lawful = told.refused_by == ""
    near_ones = {name: ibis.ifelse(lawful, told[name], "") for name in ("hours_near", "silence_near")}
    told = told.mutate(**near_ones)
    chain.let("judged_contacts", told.filter((told.refused_by != "") | (told.hours_near != "") | (told.silence_near != "")))
    return chain


def stands(columns: Columns, one: Active) -> list[ir.BooleanValue]:
    """That no consent lifts the rule which a conversation would have spent; `scope` leaves it to whoever has counted."""
    lifting = one.rule.params.lifting
    return [~columns.lifted(lifting)] if lifting is not None and lifting.until_conversation else []


def strangers(facts: ir.Table) -> ir.Table:
    """The candidates that somebody other than the debtor would answer."""
    return facts.filter((facts.party != "debtor") | (facts.contact_status.coalesce("") == "wrong_party"))


def near_edge(table: ir.Table, hours: Hours, edge_minutes: int) -> ir.BooleanValue:
    """Within so many minutes after lawful hours begin or before they end, at either extreme of the plausible zones."""
    first, last = hours.window_minutes
    found = ibis.literal(False)
    if edge_minutes == 0 or hours.forbidden_minutes == 0:
        return found
    for minute in (table.minute_lo, table.minute_hi):
        since = (minute - first + DAY_MINUTES) % DAY_MINUTES
        until = (ibis.literal(last, "int64") - minute + DAY_MINUTES) % DAY_MINUTES
        found = found | (((since < edge_minutes) | (until < edge_minutes)) & hours.lawful_minute(minute))
    return found & table.placed


def _longer(tally: Tally, more_days: int) -> Tally:
    """The same count over some days more; a window that would outgrow the history stays as it is."""
    return replace(tally, days=None if tally.days is None else min(tally.days + more_days, DAYS_MAX))


def _counted_before(table: ir.Table, facts: ir.Table, counted: Mapping[Counted, str], day: date) -> ir.Table:
    """`table` with what each thing counted came to just before each contact."""
    tallies = {tally: name for tally, name in counted.items() if isinstance(tally, Tally)}
    others: dict[Counted, str] = {tally: name for tally, name in counted.items() if not isinstance(tally, Tally)}
    if others:
        # dials in a row and the last conversation are counted up to the eve by the rules themselves
        every = history()
        table = with_counts(table, every.filter(every.local_date < ibis.literal(day, "date")), others, day, strangers(facts))
    if not tallies:
        return table
    mine = facts.select(
        of_event="event_id", of_customer="customer_id", of_account=facts.account_id.coalesce(""),
        of_point=facts.contact_id.coalesce(""), of_actor="actor", made_at="at",
    )  # fmt: skip
    every = history()
    first = ibis.literal(day - timedelta(days=DAYS_MAX - 1), "date")
    earlier = every.filter((every.local_date >= first) & (every.local_date <= ibis.literal(day, "date")))
    counts = {name: tally.counted(earlier, day) for tally, name in tallies.items()}
    earlier = earlier.select(
        "customer_id", "event_id", "at", "actor", account_id=earlier.account_id.coalesce(""),
        contact_id=earlier.contact_id.coalesce(""), **{f"{name}_counts": value for name, value in counts.items()},
    )  # fmt: skip
    pairs = mine.inner_join(earlier, mine.of_customer == earlier.customer_id)
    pairs = pairs.filter((pairs["at"] < pairs.made_at) | ((pairs["at"] == pairs.made_at) & (pairs.event_id < pairs.of_event)))
    sums = {
        name: _concerned(pairs, tally, f"{name}_counts").cast("int64").sum().cast("int64") for tally, name in tallies.items()
    }
    before = pairs.group_by("of_event").agg(**sums)
    joined = table.left_join(before, table.step == before.of_event)
    return joined.select(*table.columns, **{name: joined[name].coalesce(0).cast("int64") for name in tallies.values()})


def _concerned(pairs: ir.Table, tally: Tally, counts: str) -> ir.BooleanValue:
    """Whether the earlier contact counts for the later one: its debt or contact point, and its company."""
    found = pairs[counts]
    if tally.per != "customer":
        key = KEY_COLUMN[tally.per]
        own = pairs.of_account if tally.per == "debt" else pairs.of_point
        found = found & ((pairs[key] == own) | (pairs[key] == ""))
    if tally.whose == "own":
        found = found & ((pairs.actor == pairs.of_actor) | (pairs.actor == ""))
    return found


def _covered(columns: Columns, packs: Sequence[Pack]) -> ir.BooleanValue:
    codes = sorted({code for pack in packs for code in pack.covers if code != "*"})
    return within(columns.table.jurisdiction, codes) if codes else ibis.literal(False)


def _listed(rules: Mapping[str, ir.BooleanValue]) -> ir.StringValue:
    """The ids of the rules that are true of a row, each with a comma before it; empty for none."""
    parts = [ibis.ifelse(true, f",{rule_id}", "") for rule_id, true in sorted(rules.items())]
    return functools.reduce(operator.add, parts, ibis.literal(""))


def _all(conditions: Sequence[ir.BooleanValue]) -> ir.BooleanValue:
    return functools.reduce(operator.and_, conditions) if conditions else ibis.literal(True)
