"""Times that the customer said are inconvenient."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

import ibis.expr.types as ir

from arrears.law.kinds.base import Kind
from arrears.law.kinds.hours import IMMEDIATE
from arrears.law.words import Channel, Circumstance, Reason

if TYPE_CHECKING:
    from arrears.law.case import InconvenientTime
    from arrears.law.columns import Columns
    from arrears.law.moment import Moment

WINDOWS_MAX = 400
"""So many inconvenient times in a row are passed in search of a convenient one."""


class StatedTimes(Kind):
    """No contact at a time the customer said is inconvenient, by their clock at any place where they may be."""

    name: ClassVar[str] = "stated_times"

    channels: tuple[Channel, ...] = IMMEDIATE

    def screened(self, columns: Columns) -> ir.BooleanValue:
        table = columns.table
        first, end = table.quiet_from, table.quiet_to
        low, high = table.minute_lo, table.minute_hi
        return (end > 0) & (((low >= first) & (low < end)) | ((high >= first) & (high < end)))

    def circumstance(self, party: str) -> Circumstance:
        return "stated_time"

    def judged(self, moment: Moment) -> Reason | None:
        found = _standing(moment, moment.at)
        if found is None:
            return None
        place, stated = found
        zone = moment.facts.zones[place]
        return Reason(
            f"the customer said that {stated.begins}-{stated.ends} is inconvenient, and it is that time in {zone}",
            f"客户表示 {stated.begins}-{stated.ends} 不便接受联系，{zone} 当地正处于该时段",
            passes=True,
        )

    def clears(self, moment: Moment) -> datetime | None:
        at = moment.at
        for _ in range(WINDOWS_MAX):
            found = _standing(moment, at)
            if found is None:
                return at
            place, stated = found
            wall = at.astimezone(moment.facts.clocks[place])
            end = stated.seconds[1]
            day = wall.date() if end < DAY_SECONDS else wall.date() + timedelta(days=1)
            at = moment.first_instant(place, day, end % DAY_SECONDS)
        return None


DAY_SECONDS = 86_400


def _standing(moment: Moment, at: datetime) -> tuple[int, InconvenientTime] | None:
    """A place where it is an inconvenient time at that instant, and the time."""
    case = moment.facts.case
    if not case.inconvenient_times:
        return None
    for place, clock in enumerate(moment.facts.clocks):
        wall = at.astimezone(clock)
        second = wall.hour * 3600 + wall.minute * 60 + wall.second
        for stated in case.inconvenient_times:
            first, end = stated.seconds
            if stated.covers(case.channel, wall.date()) and first <= second < end:
                return place, stated
    return None
