"""Hours of the day at which no contact is made, by the customer's clock at every place where they may be."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import ibis
import ibis.expr.types as ir
from pydantic import model_validator

from arrears.law.kinds.base import Kind
from arrears.law.words import Channel, Reason
from arrears.saying import said

if TYPE_CHECKING:
    from arrears.law.columns import Columns
    from arrears.law.moment import Moment

DAY_SECONDS = 86_400
DAY_MINUTES = 1_440
_CLOCK = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])\Z")

PLACES_TURNS_MAX = 50
"""So often the places are asked in turn for an hour that suits all of them."""

IMMEDIATE: tuple[str, ...] = ("sms", "email", "call", "visit")
"""Channels that reach the customer when used; a letter arrives by day."""


class Hours(Kind):
    """Either `allowed: ["08:00", "21:00"]`, both ends lawful, or `forbidden: ["22:00", "08:00"]`, unlawful from the first to
    just before the second, over midnight if it must be."""

    name: ClassVar[str] = "hours"

    channels: tuple[Channel, ...] = IMMEDIATE
    allowed: tuple[str, str] | None = None
    forbidden: tuple[str, str] | None = None

    @model_validator(mode="after")
    def _one_window(self) -> Hours:
        if (self.allowed is None) == (self.forbidden is None):
            raise ValueError(said("give either allowed or forbidden, not both"))
        for clock in self.allowed or self.forbidden or ():
            if not _CLOCK.match(clock) or clock > "24:00":
                raise ValueError(said('{clock!r} is not a time of day; write "HH:MM" in quotes', clock=clock))
        first, last = self.window
        if first == last or (self.allowed is not None and first > last):
            raise ValueError(said("the window is empty or runs backwards"))
        return self

    @cached_property
    def window(self) -> tuple[int, int]:
        """First and last lawful second of the local day, both inclusive; it runs over midnight where first > last."""
        if self.allowed is not None:
            return _second(self.allowed[0]), min(_second(self.allowed[1]), DAY_SECONDS - 1)
        assert self.forbidden is not None  # noqa: S101 - the validator saw to it
        return _second(self.forbidden[1]) % DAY_SECONDS, (_second(self.forbidden[0]) - 1) % DAY_SECONDS

    @property
    def window_minutes(self) -> tuple[int, int]:
        """The same for whole minutes."""
        first, last = self.window
        return -(-first // 60) % DAY_MINUTES, last // 60

    @property
    def forbidden_minutes(self) -> int:
        """How many minutes of the day are unlawful."""
        first, last = self.window_minutes
        return DAY_MINUTES - ((last - first) % DAY_MINUTES + 1)

    def lawful_minute(self, minute: ir.IntegerValue) -> ir.BooleanValue:
        """Whether a local minute, 0 to 1439, lies in the window."""
        first, last = self.window_minutes
        return (minute >= first) & (minute <= last) if first <= last else (minute >= first) | (minute <= last)

    def lawful(self, minute: int) -> bool:
        first, last = self.window_minutes
        return first <= minute <= last if first <= last else minute >= first or minute <= last

    def screened(self, columns: Columns) -> ir.BooleanValue:
        table = columns.table
        refused = ~(self.lawful_minute(table.minute_lo) & self.lawful_minute(table.minute_hi) & table.placed)
        if columns.spread_minutes < self.forbidden_minutes:
            return refused
        # So far apart that the places between the extremes may have night while both ends have day.
        return refused | ibis.ifelse(
            table.offset_hi - table.offset_lo >= self.forbidden_minutes,
            columns.refused_at_some_zone(self),
            ibis.literal(False),
        )

    def judged(self, moment: Moment) -> Reason | None:
        first, last = self.window
        for place in moment.local:
            inside = first <= place.second <= last if first <= last else place.second >= first or place.second <= last
            if not inside:
                clock = f"{place.second // 3600:02d}:{place.second // 60 % 60:02d}"
                window = f"{_clock(first)}-{_clock(last + 1 if self.forbidden else last)}"
                return Reason(
                    f"it is {clock} in {place.zone}, where the customer may be; contact is allowed {window} local time",
                    f"客户可能所在的 {place.zone} 当地时间为 {clock}，仅可在 {window} 联系",
                    passes=True,
                )
        return None

    def clears(self, moment: Moment) -> datetime | None:
        at = moment.at
        for _ in range(PLACES_TURNS_MAX):
            later = max(self._next_lawful(moment, index, at) for index in range(len(moment.local)))
            if later <= at:
                return at
            at = later
        return None  # the places' days never meet

    def _next_lawful(self, moment: Moment, index: int, at: datetime) -> datetime:
        """The first lawful instant at one place, from `at` on."""
        facts = moment.facts
        wall = at.astimezone(facts.clocks[index])
        second = wall.hour * 3600 + wall.minute * 60 + wall.second
        first, last = self.window
        inside = first <= second <= last if first <= last else second >= first or second <= last
        if inside:
            return at
        day = wall.date() if second < first else wall.date() + timedelta(days=1)
        return moment.first_instant(index, day, first)


def _second(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def _clock(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}"
