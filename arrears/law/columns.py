"""The facts of a day's candidates as columns, null-free, and the questions kinds ask of them."""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from arrears.law.counting import Counted, among
from arrears.law.kinds.hours import DAY_MINUTES, Hours

TEXT_COLUMNS = (
    "customer_id", "account_id", "step", "channel", "party", "purpose", "contact_id", "jurisdiction", "acts", "flags",
    "consents", "refusals", "zones", "source", "contact_status",
)  # fmt: skip
NUMBER_COLUMNS = ("alternative", "minute", "visitors", "dpd", "offset", "offset_lo", "offset_hi")

CANDIDATE_SCHEMA: dict[str, str] = {
    **dict.fromkeys(TEXT_COLUMNS, "string"),
    **dict.fromkeys(NUMBER_COLUMNS, "int64"),
}
"""What `screen` reads of the candidates; further columns are ignored."""

HISTORY_SCHEMA: dict[str, str] = {
    "customer_id": "string",
    "account_id": "string",
    "contact_id": "string",
    "at": "timestamp(6)",
    "local_date": "date",
    "channel": "string",
    "direction": "string",
    "party": "string",
    "outcome": "string",
}
"""What it reads of the history."""

NOWHERE = 10_000_000
"""Stands for an unknown offset: no minute is lawful then."""


def prepared(candidates: ir.Table) -> ir.Table:
    """The columns read, without nulls, and `minute_lo`, `minute_hi`: the local minute at the extremes of the plausible zones.

    `placed` is false where an offset or the planned minute is unknown: no hour is lawful then.
    """
    texts = {name: ibis.coalesce(candidates[name], ibis.literal("")) for name in TEXT_COLUMNS}
    numbers = {
        name: ibis.coalesce(candidates[name], ibis.literal(0, type="int64")) for name in ("alternative", "visitors", "dpd")
    }
    places = {
        name: ibis.coalesce(candidates[name], ibis.literal(NOWHERE, type="int64"))
        for name in ("minute", "offset", "offset_lo", "offset_hi")
    }
    table = candidates.select(**texts, **numbers, **places)
    return table.mutate(
        placed=table.minute + table.offset + table.offset_lo + table.offset_hi < NOWHERE // 2,
        minute_lo=wrapped(table.minute - table.offset + table.offset_lo),
        minute_hi=wrapped(table.minute - table.offset + table.offset_hi),
    )


def wrapped(minute: ir.IntegerValue) -> ir.IntegerValue:
    """A minute count as a minute of the day, 0 to 1439, for counts no further than two days off."""
    return (minute + 2 * DAY_MINUTES) % DAY_MINUTES


class Columns:
    """One day's candidates, after `prepared` and with the tallies joined, as the kinds see them."""

    def __init__(self, table: ir.Table, tallies: Mapping[Counted, str], offsets: Mapping[str, int]) -> None:
        self.table = table
        self._tallies = tallies
        self._offsets = offsets
        self.spread_minutes = max(offsets.values(), default=0) - min(offsets.values(), default=0)
        """How far apart the clocks of any two places of today's customers can be."""

    def over(self, table: ir.Table) -> Columns:
        """The same questions over a table with further columns."""
        return Columns(table, self._tallies, self._offsets)

    def count(self, tally: Counted) -> ir.IntegerColumn:
        return self.table[self._tallies[tally]]

    def any_flag(self, flags: tuple[str, ...]) -> ir.BooleanValue:
        column = self.table.flags
        found = functools.reduce(operator.or_, [column.contains(f",{flag},") for flag in flags])
        return ibis.ifelse(column == "", ibis.literal(False), found)

    def consented(self, purpose: str) -> ir.BooleanValue:
        return self._agreed(self.table.consents, purpose)

    def refused(self, purpose: str) -> ir.BooleanValue:
        return self._agreed(self.table.refusals, purpose)

    def _agreed(self, column: ir.StringColumn, purpose: str) -> ir.BooleanValue:
        wanted = ibis.literal(",") + self.table.channel + f":{purpose},"
        return ibis.ifelse(column == "", ibis.literal(False), column.contains(wanted))

    def stranger(self, allowed: tuple[str, ...]) -> ir.BooleanValue:
        """Whoever answers is none of `allowed`; a point found to be another person's is answered by `other`."""
        meant = ~among(self.table.party, allowed)
        return meant if "other" in allowed else meant | (self.table.contact_status == "wrong_party")

    def refused_at_some_zone(self, hours: Hours) -> ir.BooleanValue:
        """Whether any of the row's zones has an unlawful hour, asked zone by zone."""
        table = self.table
        listed = ibis.literal(",") + table.zones + ","
        by_offset: dict[int, list[str]] = {}
        for zone, offset in sorted(self._offsets.items()):
            by_offset.setdefault(offset, []).append(zone)
        found = ibis.literal(False)
        for offset, zones in by_offset.items():
            there = functools.reduce(operator.or_, [listed.contains(f",{zone},") for zone in zones])
            found = found | (there & ~hours.lawful_minute(wrapped(table.minute - table.offset + offset)))
        return found
