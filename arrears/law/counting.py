"""What the caps count: one description of "these contacts within that window", read as columns and over one case's history."""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import ibis
import ibis.expr.types as ir

from arrears.feed.contracts import CHANNELS, CONVERSATION_OUTCOMES, OUTCOMES, PARTIES

Per = Literal["customer", "debt", "contact_point"]
Counting = Literal["attempts", "conversations"]

KEY_COLUMN: dict[Per, str] = {"customer": "customer_id", "debt": "account_id", "contact_point": "contact_id"}
"""The column that holds the key, in the candidates and in the history alike."""

DAYS_MAX = 60
"""The history handed to the screen reaches back this many days, so no window may be longer."""


Excluded = Literal["misdirected", "requested"]
"""Contacts a rule may leave out of its count: to a number found to be another person's; asked for beforehand."""


@dataclass(frozen=True)
class Tally:
    """Contacts that count together: per whom, over how many local calendar days ending today, and which.

    A contact that names no debt (or contact point) counts against every debt (or contact point) of its customer, and one that
    names no company counts as everybody's.
    """

    per: Per
    days: int | None
    """None: over the whole history given."""
    outcomes: tuple[str, ...]
    channels: tuple[str, ...] = CHANNELS
    parties: tuple[str, ...] = PARTIES
    inbound: bool = False
    """Contacts the customer began count too."""
    excluded: tuple[Excluded, ...] = ()
    whose: Literal["all", "own"] = "all"
    """Contacts of every company that acts for the creditor, or of the one that makes this contact."""
    whom: Literal["all", "same"] = "all"
    """Contacts with everybody, or with the party that this contact is meant for."""
    agreed_days: int | None = None
    """Left out too are contacts under a consent to further ones, its own day the first of so many."""

    def since(self, as_of: date) -> date:
        """The first local date that counts on `as_of`."""
        return date.min if self.days is None else as_of - timedelta(days=self.days - 1)

    def counted(self, history: ir.Table, as_of: date) -> ir.BooleanValue:
        """Whether a contact of the history counts, its key and company aside, as a column."""
        found = ibis.literal(True) if self.days is None else history.local_date >= ibis.literal(self.since(as_of))
        if self.channels != CHANNELS:
            found &= among(history.channel, self.channels)
        if self.parties != PARTIES:
            found &= among(history.party, self.parties)
        if self.outcomes != OUTCOMES:
            found &= among(history.outcome, self.outcomes)
        if not self.inbound:
            found &= history.direction == "outbound"
        for name in self.excluded:
            found &= ~ibis.coalesce(history[name], ibis.literal(False))
        if self.agreed_days is not None:
            last = history.agreed_date + ibis.interval(days=self.agreed_days - 1)
            found &= ~ibis.coalesce(history.local_date <= last.cast("date"), ibis.literal(False))
        return ibis.coalesce(found, ibis.literal(False))


@dataclass(frozen=True)
class FailedDials:
    """Calls to the debtor in a row that nobody took, made before today, since anything else came of one or the debtor spoke.

    Counted per customer over the whole history given (at most `DAYS_MAX` days).
    """

    per: Per = "customer"
    days: int = DAYS_MAX


@dataclass(frozen=True)
class LastConversation:
    """The local date of the last telephone conversation with the debtor about the debt, as ISO text; empty where none was.

    A conversation that names no debt was about each of the customer's.
    """

    per: Per = "debt"
    days: int = DAYS_MAX


UNANSWERED = ("no_answer", "busy", "dead_line", "voicemail")
"""Outcomes of a call that nobody took."""


def among(column: ir.StringColumn, values: Sequence[str]) -> ir.BooleanValue:
    """`column` is one of `values`. In small groups: a long list becomes a join, which costs more than the comparisons."""
    groups = [tuple(values)[start : start + 4] for start in range(0, len(values), 4)]
    found = [column == group[0] if len(group) == 1 else column.isin(group) for group in groups]
    return functools.reduce(operator.or_, found, ibis.literal(False)) if len(found) != 1 else found[0]


def counted_outcomes(counting: Counting, not_counted: tuple[str, ...]) -> tuple[str, ...]:
    """The outcomes that count, in the contract's order."""
    among = OUTCOMES if counting == "attempts" else CONVERSATION_OUTCOMES
    return tuple(outcome for outcome in OUTCOMES if outcome in among and outcome not in not_counted)


Counted = Tally | FailedDials | LastConversation


def with_counts(
    candidates: ir.Table, history: ir.Table, counted: Mapping[Counted, str], as_of: date, strangers: ir.Table
) -> ir.Table:
    """`candidates` with one column for each thing counted, under the name it maps to: int64, text for `LastConversation`.

    Failed dials are counted for the customers of `strangers` only, the candidates that somebody else might answer.
    """
    table, summands, _ = with_summands(candidates, history, counted, as_of, strangers)
    total = {name: summed([table[column] for column in columns]) for name, columns in summands.items()}
    return table.select(*candidates.columns, *set(table.columns) & {counted.get(LastConversation(), "")}, **total)


def summed(summands: Sequence[ir.IntegerValue]) -> ir.IntegerValue:
    """What was counted; a summand is null where nothing stands under its key."""
    return functools.reduce(operator.add, [ibis.coalesce(one, ibis.literal(0, type="int64")) for one in summands])


def with_summands(
    candidates: ir.Table, history: ir.Table, counted: Mapping[Counted, str], as_of: date, strangers: ir.Table
) -> tuple[ir.Table, dict[str, list[str]], list[str]]:
    """`candidates` with the columns that `summed` adds up, by name counted; and columns of which one is set where any is.

    The history is read once for each kind of key (customer, debt, contact point), whatever the number of tallies.
    """
    tallies = {tally: name for tally, name in counted.items() if isinstance(tally, Tally)}
    table = candidates
    if LastConversation() in counted:
        table = _with_last_conversation(table, history, counted[LastConversation()], as_of)
    summands: dict[str, list[str]] = {}
    signs: list[str] = []
    for keys, found in _by_key(history, tallies, as_of).items():
        if keys == ("customer_id",) and FailedDials() in counted:
            found.append(_failed_dials(history, strangers, counted[FailedDials()], as_of))
        if not found:
            continue
        sums = _together(found, keys)
        table = _joined(table, sums, keys)
        columns = sums.columns[len(keys) :]
        signs.append(columns[0])
        for column in columns:
            summands.setdefault(column.split("_")[0], []).append(column)
    return table, summands, signs


Keys = tuple[str, ...]


def _by_key(history: ir.Table, tallies: Mapping[Tally, str], as_of: date) -> dict[Keys, list[ir.Table]]:
    """What is summed under each kind of key; a table for every first day that counts, so that older contacts are not read."""
    found: dict[Keys, list[ir.Table]] = {}
    for per, key in KEY_COLUMN.items():
        for more in ((), ("actor",), ("party",), ("actor", "party")):
            keys = (key, *more)
            found[keys] = []
            for first in sorted({tally.since(as_of) for tally in tallies}):
                recent = history.filter(
                    (history.local_date >= ibis.literal(first)) & (history.local_date <= ibis.literal(as_of))
                )
                since = {tally: name for tally, name in tallies.items() if tally.since(as_of) == first}
                sums = _sums(recent, per, keys, since, as_of)
                if sums is not None:
                    found[keys].append(sums)
    return found


def _together(sums: Sequence[ir.Table], keys: Keys) -> ir.Table:
    """Sums under the same keys as one table, so that it is joined once."""
    if len(sums) == 1:
        return sums[0]
    own = sums[0].columns[: len(keys)]
    columns = [column for one in sums for column in one.columns[len(keys) :]]
    aligned = [
        one.select(
            **{name: one[mine] for name, mine in zip(own, one.columns, strict=False)},
            **{column: one[column] if column in one.columns else ibis.literal(0, "int64") for column in columns},
        )
        for one in sums
    ]
    whole = functools.reduce(lambda table, more: table.union(more), aligned)
    return whole.group_by(*own).aggregate(**{column: whole[column].sum().cast("int64") for column in columns})


def _with_last_conversation(table: ir.Table, history: ir.Table, name: str, as_of: date) -> ir.Table:
    """`name`: ISO date of the last telephone conversation with the debtor about the debt."""
    since = ibis.literal(as_of - timedelta(days=DAYS_MAX - 1))
    spoken = history.filter(
        (history.local_date >= since)
        & (history.local_date <= ibis.literal(as_of))
        & (history.channel == "call")
        & (history.party == "debtor")
        & among(history.outcome, CONVERSATION_OUTCOMES)
    )
    about = ibis.coalesce(spoken.account_id, ibis.literal(""))
    days = []
    for key, named in (("customer_id", about == ""), ("account_id", about != "")):
        day = f"{name}_{key}"
        which = spoken.filter(named)
        last = which.group_by(spoken_of=which[key]).aggregate(**{day: which.local_date.max().cast("string")})
        joined = table.left_join(last, table[key] == last.spoken_of)
        table = joined.select(*table.columns, day)
        days.append(day)
    said = [ibis.coalesce(table[day], ibis.literal("")) for day in days]
    return table.mutate(**{name: ibis.greatest(*said)}).drop(*days)


def _failed_dials(history: ir.Table, strangers: ir.Table, name: str, as_of: date) -> ir.Table:
    """Per customer of `strangers` with any: failed dials in a row before today."""
    asked = strangers.select(asked_of="customer_id").distinct()
    since = ibis.literal(as_of - timedelta(days=DAYS_MAX - 1))
    taken_up = among(history.outcome, CONVERSATION_OUTCOMES)
    recent = history.filter(
        history.local_date >= since,
        history.local_date <= ibis.literal(as_of),
        history.party == "debtor",
        ((history.channel == "call") & (history.direction == "outbound")) | taken_up,
    )
    debtor = recent.semi_join(asked, recent.customer_id == asked.asked_of)
    dialled = (debtor.channel == "call") & (debtor.direction == "outbound")
    failed = dialled & among(debtor.outcome, UNANSWERED)
    reached = among(debtor.outcome, CONVERSATION_OUTCOMES) | (dialled & ~failed)
    never = ibis.literal(datetime(1970, 1, 1), type="timestamp(6)")  # noqa: DTZ001 - the column is UTC without a zone
    marked = debtor.select(
        dialled_by=debtor.customer_id,
        dialled_at=debtor["at"],
        failed_before=ibis.coalesce(failed & (debtor.local_date < ibis.literal(as_of)), ibis.literal(False)),
        reached_at=ibis.ifelse(ibis.coalesce(reached, ibis.literal(False)), debtor["at"], never),
    )
    last = marked.group_by(last_of="dialled_by").aggregate(last_at=marked.reached_at.max())
    dials = marked.filter(marked.failed_before)
    after = dials.inner_join(last, dials.dialled_by == last.last_of).drop("last_of")
    after = after.filter(after.dialled_at > after.last_at)
    return after.group_by(own_customer_id_customer_id="dialled_by").aggregate(**{f"{name}_dials": after.count().cast("int64")})


def _sums(recent: ir.Table, per: Per, keys: Keys, tallies: Mapping[Tally, str], as_of: date) -> ir.Table | None:
    """One row a key with the sums of the tallies kept under it; None where there are none.

    Contacts that name no debt, contact point or company stand under the customer, or under the key without the company.
    """
    by_company = "actor" in keys
    counting: dict[str, ir.BooleanValue] = {}
    for tally, name in tallies.items():
        if (by_company and tally.whose == "all") or ("party" in keys) != (tally.whom == "same"):
            continue
        counted = tally.counted(recent, as_of)
        if not by_company and tally.whose == "own":
            counted &= ibis.coalesce(recent.actor, ibis.literal("")) == ""
        if per == "customer" and tally.per != "customer":
            counted &= ibis.coalesce(recent[KEY_COLUMN[tally.per]], ibis.literal("")) == ""
        elif tally.per != per:
            continue
        counting["_".join((name, *keys))] = counted
    if not counting:
        return None
    # Few contacts count at all, most being of other days: leave the others out before anything is grouped and joined.
    named = recent.select(**{key: recent[key] for key in keys}, **counting)
    named = named.filter(functools.reduce(operator.or_, [named[name] for name in counting]))
    for key in keys:
        named = named if key == "customer_id" else named.filter(ibis.coalesce(named[key], ibis.literal("")) != "")
    return named.group_by(**{f"own_{'_'.join(keys)}_{key}": named[key] for key in keys}).aggregate(
        **{name: named[name].cast("int64").sum().cast("int64") for name in counting}
    )


def _joined(table: ir.Table, sums: ir.Table, keys: Keys) -> ir.Table:
    own = sums.columns[: len(keys)]
    return table.left_join(sums, [table[key] == sums[name] for key, name in zip(keys, own, strict=True)]).drop(*own)
