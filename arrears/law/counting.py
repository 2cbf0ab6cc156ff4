"""What the caps count: one description of "these contacts within that window", read as columns and over one case's history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
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
            found &= history.channel.isin(self.channels)
        if self.parties != PARTIES:
            found &= history.party.isin(self.parties)
        if self.outcomes != OUTCOMES:
            found &= history.outcome.isin(self.outcomes)
        if not self.inbound:
            found &= history.direction == "outbound"
        return ibis.coalesce(found, ibis.literal(False))


def counted_outcomes(counting: Counting, not_counted: tuple[str, ...]) -> tuple[str, ...]:
    """The outcomes that count, in the contract's order."""
    among = OUTCOMES if counting == "attempts" else CONVERSATION_OUTCOMES
    return tuple(outcome for outcome in OUTCOMES if outcome in among and outcome not in not_counted)


def with_counts(candidates: ir.Table, history: ir.Table, tallies: dict[Tally, str], as_of: date) -> ir.Table:
    """`candidates` with one int64 column for each tally, under the name it maps to.

    The history is read once for each kind of key (customer, debt, contact point), whatever the number of tallies.
    """
    if not tallies:
        return candidates
    days = max(tally.days for tally in tallies)
    recent = history.filter(
        (history.local_date >= ibis.literal(as_of - timedelta(days=days - 1))) & (history.local_date <= ibis.literal(as_of))
    )
    recent = recent.mutate(
        account_id=ibis.coalesce(recent.account_id, ibis.literal("")),
        contact_id=ibis.coalesce(recent.contact_id, ibis.literal("")),
    )
    table = candidates
    for per, key in KEY_COLUMN.items():
        table = _joined(table, _sums(recent, per, tallies, as_of), key)
    own = candidates.columns
    total: dict[str, Any] = {}
    for tally, name in tallies.items():
        parts = [f"{name}_{per}" for per in KEY_COLUMN if f"{name}_{per}" in table.columns]
        columns = [ibis.coalesce(table[part], ibis.literal(0, type="int64")) for part in parts]
        total[name] = columns[0] if len(columns) == 1 else columns[0] + columns[1]
        assert len(parts) == (1 if tally.per == "customer" else 2)  # noqa: S101 - own key, and unnamed ones of the customer
    return table.select(*own, **total)


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
    return named.group_by(**{f"{key}_{per}": named[key]}).aggregate(**{name: column for name, column in sums.items()})


def _sum(counted: ir.BooleanValue) -> ir.IntegerScalar:
    return counted.cast("int64").sum().cast("int64")


def _joined(table: ir.Table, sums: ir.Table | None, key: str) -> ir.Table:
    if sums is None:
        return table
    own = sums.columns[0]
    return table.left_join(sums, table[key] == sums[own]).drop(own)
