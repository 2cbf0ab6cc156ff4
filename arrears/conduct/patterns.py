"""The patterns of single customers, as columns: each marks contacts, and enough of them make a finding.

Every pattern is a small function from the history to `MARKED` rows, so that counting, dates, evidence and limits stand once, in
`found`. A customer's contacts lie in one shard, so everything here is a shard's own.
"""

from __future__ import annotations

import functools
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from arrears.book.tables import days_between, feed_schema
from arrears.conduct.chain import Chain
from arrears.conduct.findings import EVIDENCE_MAX
from arrears.conduct.thresholds import Thresholds
from arrears.day.queries import HISTORY
from arrears.feed.contracts import CONVERSATION_OUTCOMES
from arrears.law.counting import among

MARKED = (
    "pattern", "rule", "subject", "customer_id", "window_days", "floor", "threshold", "since", "event_id", "at", "local_date",
)  # fmt: skip
"""One contact that belongs to a pattern of a subject. More than `floor` of them are a finding; `threshold` is what is shown."""

FOUND = ("pattern", "rule", "subject", "customer_id", "window_days", "threshold", "n", "since", "first_date", "last_date",
         "event_id", "at", "place", "rank", "found_n")  # fmt: skip
"""`n` contacts of a finding; one row for each of the newest `EVIDENCE_MAX`. `found_n` findings of the pattern in all."""


def history() -> ir.Table:
    """The contacts of 60 days, in `HISTORY`."""
    return ibis.table(HISTORY, name="contact_history")


def book_table(name: str) -> ir.Table:
    """`flags` or `consents` of the date's book, in the feed's form."""
    return ibis.table(feed_schema(name), name=name)


def customer_patterns(thresholds: Thresholds, day: date) -> Chain:
    """`FOUND` of every pattern that needs no law: attempts, refusals, third parties, complaints."""
    parts = [
        *_attempts(thresholds, day), _after_refused(thresholds, day), _after_opt_out(thresholds, day),
        _after_cease(thresholds, day), *_third_parties(thresholds, day), _complaints(thresholds, day),
    ]  # fmt: skip
    chain = Chain()
    contacts = chain.let("marked_contacts", functools.reduce(lambda table, part: table.union(part), parts))
    chain.let("patterns_found", found(contacts, thresholds.listed_max))
    return chain


def found(marked: ir.Table, listed_max: int) -> ir.Table:
    """The findings that `MARKED` rows make, at most `listed_max` of each pattern, the largest counts first."""
    group = [marked.pattern, marked.rule, marked.window_days, marked.subject]
    whole = ibis.window(group_by=group)
    counted = marked.mutate(
        n=marked.event_id.count().over(whole).cast("int64"),
        first_date=marked.local_date.min().over(whole), last_date=marked.local_date.max().over(whole),
        earliest=marked.since.min().over(whole),
    )  # fmt: skip
    enough = counted.filter(counted.n > counted.floor)
    newest = ibis.window(
        group_by=[enough.pattern, enough.rule, enough.window_days, enough.subject],
        order_by=[enough["at"].desc(), enough.event_id],
    )
    largest = ibis.window(group_by=enough.pattern, order_by=[enough.n.desc(), enough.window_days, enough.subject, enough.rule])
    placed = enough.mutate(
        place=ibis.row_number().over(newest).cast("int64"), rank=ibis.dense_rank().over(largest).cast("int64")
    )
    placed = placed.mutate(found_n=placed["rank"].max().over(ibis.window(group_by=placed.pattern)) + 1)
    shown = placed.filter((placed["place"] < EVIDENCE_MAX) & (placed["rank"] < listed_max))
    return shown.mutate(since=shown.earliest).select(*FOUND)


def _since(table: ir.Table, day: date, days: int) -> ir.BooleanValue:
    """The `days` calendar days that end on `day`."""
    first, last = ibis.literal(day - timedelta(days=days - 1), "date"), ibis.literal(day, "date")
    return (table.local_date >= first) & (table.local_date <= last)


def marked(
    table: ir.Table, pattern: str, *, days: int, floor: int, since: ir.DateValue | None = None,
    rule: str | ir.StringValue = "", subject: ir.StringValue | None = None, threshold: int | ir.IntegerValue | None = None,
) -> ir.Table:  # fmt: skip
    """Contacts (with `customer_id, event_id, at, local_date`) as `MARKED` rows."""
    whole = "int64"
    return table.select(
        pattern=ibis.literal(pattern), rule=ibis.literal(rule) if isinstance(rule, str) else rule,
        subject=table.customer_id if subject is None else subject, customer_id=table.customer_id,
        window_days=ibis.literal(days, whole), floor=ibis.literal(floor, whole),
        threshold=ibis.literal(floor if threshold is None else threshold, whole)
        if threshold is None or isinstance(threshold, int) else threshold,
        since=ibis.null("date") if since is None else since, event_id=table.event_id, at=table["at"],
        local_date=table.local_date,
    )  # fmt: skip


def _tried(channels: tuple[str, ...], day: date, days: int) -> ir.Table:
    """Outbound contacts with the debtor that the customer had not asked for."""
    table = history()
    return table.filter(
        (table.direction == "outbound") & (table.party == "debtor") & among(table.channel, channels) & ~table.requested
        & _since(table, day, days)
    )  # fmt: skip


def _attempts(thresholds: Thresholds, day: date) -> list[ir.Table]:
    """Attempts at customers with whom no conversation came about in the window, whoever began it."""
    parts = []
    for window in thresholds.attempts.windows:
        tried, every = _tried(thresholds.attempts.channels, day, window.days), history()
        spoken = every.filter(
            _since(every, day, window.days) & (every.party == "debtor") & among(every.outcome, CONVERSATION_OUTCOMES)
        )
        spoken = spoken.select(spoken_of="customer_id").distinct()
        tried = tried.filter(~tried.misdirected)
        silent = tried.anti_join(spoken, tried.customer_id == spoken.spoken_of)
        parts.append(marked(silent, "attempts_without_conversation", days=window.days, floor=window.attempts_max))
    return parts


def _after_refused(thresholds: Thresholds, day: date) -> ir.Table:
    """Contacts within some days after a conversation that ended in a refusal."""
    limits = thresholds.after_refusal
    tried, every = _tried(limits.channels, day, limits.days), history()
    refused = every.filter((every.party == "debtor") & (every.outcome == "refused"))
    refused = refused.select(refused_by="customer_id", refused_at="at", refused_on="local_date")
    pairs = tried.inner_join(refused, tried.customer_id == refused.refused_by)
    pairs = pairs.filter(
        (pairs["at"] > pairs.refused_at) & (days_between(pairs.local_date, pairs.refused_on) <= limits.refused_days)
    )
    after = pairs.group_by("customer_id", "event_id", "at", "local_date").agg(refused_on=pairs.refused_on.max())
    return marked(
        after, "contact_after_refused", days=limits.days, floor=limits.refused_max, since=after.refused_on
    )  # fmt: skip


def _after_opt_out(thresholds: Thresholds, day: date) -> ir.Table:
    """Contacts by a channel on days after the consent to collection on it was refused or withdrawn."""
    limits = thresholds.after_refusal
    tried, words = _tried(limits.channels, day, limits.days), book_table("consents")
    stands = words.until_date.isnull() | (words.until_date >= ibis.literal(day, "date"))
    refused = words.filter((words.purpose == "collection") & ~words.given & stands)
    refused = refused.select(refused_by="customer_id", refused_channel="channel", refused_on="at_date")
    after = tried.inner_join(refused, [tried.customer_id == refused.refused_by, tried.channel == refused.refused_channel])
    after = after.filter(after.local_date > after.refused_on)
    return marked(after, "contact_after_opt_out", days=limits.days, floor=limits.opt_out_max, since=after.refused_on)


def _after_cease(thresholds: Thresholds, day: date) -> ir.Table:
    """Contacts on days after the customer asked that contact cease."""
    limits = thresholds.after_refusal
    tried, flags = _tried(limits.channels, day, limits.days), book_table("flags")
    asked = flags.filter((flags.flag == "cease") & flags.active).select(asked_by="customer_id", asked_on="from_date")
    after = tried.inner_join(asked, tried.customer_id == asked.asked_by)
    after = after.filter(after.local_date > after.asked_on)
    return marked(after, "contact_after_cease", days=limits.days, floor=limits.cease_max, since=after.asked_on)


def _third_parties(thresholds: Thresholds, day: date) -> list[ir.Table]:
    """Contacts meant for third parties: after they refused, without the customer out of contact, and repeated."""
    limits = thresholds.third_parties
    table = history()
    third = among(table.party, limits.parties)
    made = table.filter(third & (table.direction == "outbound") & _since(table, day, limits.days))

    every = history()
    refused = every.filter(among(every.party, limits.parties) & (every.outcome == "refused"))
    refused = refused.select(
        refused_by="customer_id", refused_party="party", refused_point=refused.contact_id.coalesce(""), refused_at="at",
        refused_on="local_date",
    )  # fmt: skip
    same = [
        made.customer_id == refused.refused_by, made.party == refused.refused_party,
        made.contact_id.coalesce("") == refused.refused_point,
    ]  # fmt: skip
    pairs = made.inner_join(refused, same)
    pairs = pairs.filter(pairs["at"] > pairs.refused_at)
    after = pairs.group_by("customer_id", "event_id", "at", "local_date").agg(refused_on=pairs.refused_on.max())

    flags = book_table("flags")
    lost = flags.filter(flags.flag == "lost_contact")
    lost = lost.filter(lost.evidence.coalesce("") != "") if limits.evidence_required else lost
    lost = lost.select(lost_of="customer_id", lost_from="from_date")
    # a flag cleared since may have stood then: a finding is raised only where it cannot have
    known = made.anti_join(lost, [made.customer_id == lost.lost_of, made.local_date >= lost.lost_from])

    def named(rows: ir.Table, pattern: str, floor: int, since: ir.DateValue | None = None) -> ir.Table:
        return marked(rows, pattern, days=limits.days, floor=floor, since=since)

    return [
        named(after, "third_party_after_refusal", limits.refused_max, after.refused_on),
        named(known, "third_party_without_condition", limits.no_condition_max),
        named(made, "third_party_repeated", limits.repeated_max),
    ]


def _complaints(thresholds: Thresholds, day: date) -> ir.Table:
    """Complaints of the last days, each with the outbound contacts before it; listed with none too."""
    limits = thresholds.complaints
    flags, table = book_table("flags"), history()
    first = ibis.literal(day - timedelta(days=limits.days - 1), "date")
    new = flags.filter(
        (flags.flag == "complaint") & (flags.from_date >= first) & (flags.from_date <= ibis.literal(day, "date"))
    )
    new = new.select(complained_by="customer_id", complained_on="from_date")
    made = table.filter(table.direction == "outbound").select("customer_id", "event_id", "at", "local_date")
    before = new.left_join(made, [
        new.complained_by == made.customer_id, made.local_date <= new.complained_on,
        days_between(new.complained_on, made.local_date) < limits.before_days,
    ])  # fmt: skip
    before = before.select(
        customer_id="complained_by", event_id="event_id", at="at", local_date="local_date", complained_on="complained_on"
    )
    return marked(
        before, "complaint", days=limits.before_days, floor=-1, threshold=0, since=before.complained_on
    )  # fmt: skip
