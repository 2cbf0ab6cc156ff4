"""The facts of a day's candidates as columns, null-free, and the questions kinds ask of them."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from arrears.law.counting import Counted, LastConversation, among, summed
from arrears.law.kinds.hours import DAY_MINUTES, Hours
from arrears.law.words import NOTICE_PREFIX

if TYPE_CHECKING:
    from arrears.law.kinds.base import Lifting

TEXT_COLUMNS = (
    "customer_id", "account_id", "step", "channel", "party", "purpose", "contact_id", "jurisdiction", "acts", "flags",
    "consents", "refusals", "zones", "source", "contact_status", "actor", "content_fields", "content_features",
)  # fmt: skip
NUMBER_COLUMNS = (
    "alternative", "minute", "visitors", "dpd", "requested", "workplace", "mobile_invalid", "inconvenient", "quiet_from",
    "quiet_to", "content_known", "sms_parts", "time_barred", "offset", "offset_lo", "offset_hi",
)  # fmt: skip

PLACE_COLUMNS = ("minute", "offset", "offset_lo", "offset_hi")
"""Numbers for which unknown is not 0 but nowhere."""

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
    "actor": "string",
    "requested": "boolean",
    "misdirected": "boolean",
    "agreed_date": "date",
}
"""What it reads of the history: the contract table `contacts`, whether the contact point used is another person's, and the
day of the consent to further contacts under which it was made."""

NOWHERE = 10_000_000
"""Stands for an unknown offset: no minute is lawful then."""


def prepared(candidates: ir.Table) -> ir.Table:
    """The columns read, without nulls, and `minute_lo`, `minute_hi`: the local minute at the extremes of the plausible zones.

    `placed` is false where an offset or the planned minute is unknown: no hour is lawful then.
    """
    table = candidates.select(**{name: _plain(candidates, name) for name in (*TEXT_COLUMNS, *NUMBER_COLUMNS)})
    return table.mutate(
        placed=table.minute + table.offset + table.offset_lo + table.offset_hi < NOWHERE // 2,
        minute_lo=_minute_at(table, table.offset_lo),
        minute_hi=_minute_at(table, table.offset_hi),
    )


def alike(candidates: ir.Table, names: Sequence[str]) -> ir.Table:
    """Every set of values that those of the prepared columns have among the candidates, once.

    From the candidates as they came: were the prepared ones named twice, an engine might write them down whole before going on.
    """
    return candidates.select(**{name: _plain(candidates, name) for name in names}).distinct()


def _plain(candidates: ir.Table, name: str) -> ir.Value:
    """A column without nulls."""
    if name in TEXT_COLUMNS:
        return ibis.coalesce(candidates[name], ibis.literal(""))
    unknown = NOWHERE if name in PLACE_COLUMNS else 0
    return ibis.coalesce(candidates[name], ibis.literal(unknown, type="int64"))


def _minute_at(table: ir.Table, offset: ir.IntegerColumn) -> ir.IntegerValue:
    """The planned minute by the clock of another place."""
    return ibis.ifelse(offset == table.offset, table.minute, wrapped(table.minute - table.offset + offset))


def wrapped(minute: ir.IntegerValue) -> ir.IntegerValue:
    """A minute count as a minute of the day, 0 to 1439, for counts no further than two days off."""
    return (minute + 2 * DAY_MINUTES) % DAY_MINUTES


class Columns:
    """One day's candidates, after `prepared` and with the tallies joined, as the kinds see them."""

    def __init__(
        self,
        table: ir.Table,
        tallies: Mapping[Counted, str],
        offsets: Mapping[str, int],
        as_of: date,
        *,
        summands: Mapping[str, Sequence[str]] | None = None,
        known: Callable[[str], ir.BooleanValue] | None = None,
    ) -> None:
        self.table = table
        self.as_of = as_of
        self._tallies = tallies
        self._offsets = offsets
        self._summands = summands
        self._known = known
        self.spread_minutes = max(offsets.values(), default=0) - min(offsets.values(), default=0)
        """How far apart the clocks of any two places of today's customers can be."""

    def over(self, table: ir.Table) -> Columns:
        """The same questions over a table with further columns."""
        return Columns(table, self._tallies, self._offsets, self.as_of)

    def counting(
        self, table: ir.Table, tallies: Mapping[Counted, str], summands: Mapping[str, Sequence[str]] | None = None
    ) -> Columns:
        """The same over a table with what was counted, by column; or by the columns that are still to be summed."""
        return Columns(table, tallies, self._offsets, self.as_of, summands=summands)

    def knowing(self, known: Callable[[str], ir.BooleanValue]) -> Columns:
        """The same table as one rule sees it, whose parts `known` tells by name."""
        return Columns(self.table, self._tallies, self._offsets, self.as_of, summands=self._summands, known=known)

    def part(self, name: str) -> ir.BooleanValue:
        """What the rule's `parts` told before anything was counted."""
        assert self._known is not None  # noqa: S101 - only rules that count have parts, and they are asked by `knowing`
        return self._known(name)

    def count(self, tally: Counted) -> ir.IntegerValue:
        name = self._tallies[tally]
        return self.table[name] if self._summands is None else summed([self.table[one] for one in self._summands[name]])

    def any_flag(self, flags: tuple[str, ...]) -> ir.BooleanValue:
        column = self.table.flags
        found = functools.reduce(operator.or_, [column.contains(f",{flag},") for flag in flags])
        return ibis.ifelse(column == "", ibis.literal(False), found)

    def any_notice(self, notices: tuple[str, ...]) -> ir.BooleanValue:
        """The contact's content is one of these notices, as is declared of it."""
        fields = self.table.content_fields
        return functools.reduce(operator.or_, [fields.contains(f",{NOTICE_PREFIX}{notice},") for notice in notices])

    def consented(self, purpose: str) -> ir.BooleanValue:
        """A consent for the contact's channel and `purpose` stands, whomever it was given to."""
        return self._agreed(self.table.consents, ibis.literal("") + self.table.channel + f":{purpose}@")

    def refused(self, purpose: str) -> ir.BooleanValue:
        return self._agreed(self.table.refusals, ibis.literal(",") + self.table.channel + f":{purpose},")

    def refused_by(self, channel: str, purpose: str) -> ir.BooleanValue:
        """The same for a channel other than the contact's own."""
        return self._agreed(self.table.refusals, ibis.literal(f",{channel}:{purpose},"))

    def lifted(self, by: Lifting) -> ir.BooleanValue:
        """A consent that lifts a rule stands: of that purpose, given directly where asked, young enough, not yet spoken on."""
        table = self.table
        wanted = ibis.literal("," if by.direct else "") + table.channel + f":{by.purpose}@"
        if by.max_age_days is None and not by.until_conversation:
            return self._agreed(table.consents, wanted)
        given_on = table.consents.substr(table.consents.find(wanted) + wanted.length(), len("2026-01-05"))
        stands = table.consents.contains(wanted)
        if by.max_age_days is not None:
            stands &= given_on >= ibis.literal((self.as_of - timedelta(days=by.max_age_days - 1)).isoformat())
        if by.until_conversation:
            stands &= given_on >= table[self._tallies[LastConversation()]]
        return ibis.ifelse(table.consents == "", ibis.literal(False), stands)

    def _agreed(self, column: ir.StringColumn, wanted: ir.StringValue) -> ir.BooleanValue:
        return ibis.ifelse(column == "", ibis.literal(False), column.contains(wanted))

    def stranger(self, allowed: tuple[str, ...]) -> ir.BooleanValue:
        """Whoever answers is none of `allowed`; a point found to be another person's is answered by `other`."""
        meant = ~among(self.table.party, allowed)
        return ibis.ifelse(self.table.contact_status == "wrong_party", ibis.literal("other" not in allowed), meant)

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
