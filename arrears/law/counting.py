"""What the caps count: one description of "these contacts within that window", read as columns and over one case's history."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

import ibis
import ibis.expr.types as ir

from arrears.feed.contracts import CHANNELS, CONVERSATION_OUTCOMES, OUTCOMES, PARTIES

Per = Literal["customer", "debt", "contact_point"]
Counting = Literal["attempts", "conversations"]

KEY_COLUMN: dict[Per, str] = {"customer": "customer_id", "debt": "account_id", "contact_point": "contact_id"}
"""The column that holds the key, in the candidates and in the history alike."""

DAYS_MAX = 60
"""The history handed to the screen reaches back this many days, so no window may be longer."""


@dataclass(frozen=True)
class Tally:
    """Contacts that count together: per whom, over how many local calendar days ending today, and which.

    A contact that names no debt (or contact point) counts against every debt (or contact point) of its customer.
    """

    per: Per
    days: int
    outcomes: tuple[str, ...]
    channels: tuple[str, ...] = CHANNELS
    parties: tuple[str, ...] = PARTIES
    inbound: bool = False
    """Contacts the customer began count too."""

    def counts(self, channel: str, party: str, direction: str, outcome: str) -> bool:
        """Whether one contact of the history counts, its date and key aside."""
        return (
            channel in self.channels
            and party in self.parties
            and outcome in self.outcomes
            and (self.inbound or direction == "outbound")
        )

    def counted(self, history: ir.Table, as_of: date) -> ir.BooleanValue:
        """The same as a column of the history, its date included and its key aside."""
        since = ibis.literal(as_of - timedelta(days=self.days - 1))
        found = history.local_date >= since
        if self.channels != CHANNELS:
            found &= among(history.channel, self.channels)
        if self.parties != PARTIES:
            found &= among(history.party, self.parties)
        if self.outcomes != OUTCOMES:
            found &= among(history.outcome, self.outcomes)
        if not self.inbound:
            found &= history.direction == "outbound"
        return ibis.coalesce(found, ibis.literal(False))


@dataclass(frozen=True)
class FailedDials:
    """Calls to the debtor in a row that nobody took, made before today, since anything else came of one or the debtor spoke.

    Counted per customer over the whole history given (at most `DAYS_MAX` days).
    """

    per: Per = "customer"
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


Counted = Tally | FailedDials


def with_counts(candidates: ir.Table, history: ir.Table, counted: dict[Counted, str], as_of: date) -> ir.Table:
    """`candidates` with one int64 column for each thing counted, under the name it maps to.

    The history is read once for each kind of key (customer, debt, contact point), whatever the number of tallies.
    """
    tallies = {tally: name for tally, name in counted.items() if isinstance(tally, Tally)}
    table = candidates
    if FailedDials() in counted:
        table = _with_failed_dials(table, history, counted[FailedDials()], as_of)
    if not tallies:
        return table
    days = max(tally.days for tally in tallies)
    recent = history.filter(
        (history.local_date >= ibis.literal(as_of - timedelta(days=days - 1))) & (history.local_date <= ibis.literal(as_of))
    )
    recent = recent.mutate(
        account_id=ibis.coalesce(recent.account_id, ibis.literal("")),
        contact_id=ibis.coalesce(recent.contact_id, ibis.literal("")),
    )
    plain = table.columns
    for per, key in KEY_COLUMN.items():
        table = _joined(table, _sums(recent, per, tallies, as_of), key)
    total: dict[str, Any] = {}
    for tally, name in tallies.items():
        parts = [f"{name}_{per}" for per in KEY_COLUMN if f"{name}_{per}" in table.columns]
        columns = [ibis.coalesce(table[part], ibis.literal(0, type="int64")) for part in parts]
        total[name] = columns[0] if len(columns) == 1 else columns[0] + columns[1]
        assert len(parts) == (1 if tally.per == "customer" else 2)  # noqa: S101 - own key, and unnamed ones of the customer
    return table.select(*plain, **total)


def _with_failed_dials(table: ir.Table, history: ir.Table, name: str, as_of: date) -> ir.Table:
    """`name`: failed dials in a row before today."""
    since = ibis.literal(as_of - timedelta(days=DAYS_MAX - 1))
    recent = history.filter((history.local_date >= since) & (history.local_date <= ibis.literal(as_of)))
    debtor = recent.filter(recent.party == "debtor")
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
    sums = after.group_by(failed_of="dialled_by").aggregate(failed_n=after.count().cast("int64"))
    joined = table.left_join(sums, table.customer_id == sums.failed_of)
    return joined.select(*table.columns, **{name: ibis.coalesce(joined.failed_n, ibis.literal(0, type="int64"))})


def _sums(recent: ir.Table, per: Per, tallies: dict[Tally, str], as_of: date) -> ir.Table | None:
    """One row a key with the sums of the tallies kept under it; None where there are none."""
    key = KEY_COLUMN[per]
    sums: dict[str, Any] = {}
    for tally, name in tallies.items():
        counted = tally.counted(recent, as_of)
        if tally.per == per:
            sums[f"{name}_{per}"] = _sum(counted)
        elif per == "customer":
            sums[f"{name}_{per}"] = _sum(counted & (recent[KEY_COLUMN[tally.per]] == ""))
    if not sums:
        return None
    named = recent if per == "customer" else recent.filter(recent[key] != "")
    return named.group_by(**{f"{key}_{per}": named[key]}).aggregate(**sums)


def _sum(counted: ir.BooleanValue) -> ir.IntegerScalar:
    return counted.cast("int64").sum().cast("int64")


def _joined(table: ir.Table, sums: ir.Table | None, key: str) -> ir.Table:
    if sums is None:
        return table
    own = sums.columns[0]
    return table.left_join(sums, table[key] == sums[own]).drop(own)
