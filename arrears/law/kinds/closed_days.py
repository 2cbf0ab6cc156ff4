"""Days on which no contact is made: weekdays, public holidays and own dates, by the calendar of every plausible place."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, ClassVar, NamedTuple

import ibis
import ibis.expr.types as ir
from pydantic import Field, model_validator

from arrears.calendar import BusinessCalendar, CalendarYear
from arrears.errors import CalendarError
from arrears.law.kinds.base import Kind
from arrears.law.kinds.hours import IMMEDIATE
from arrears.law.words import WEEKDAYS, Channel, Reason, Strict, Weekday
from arrears.saying import said

if TYPE_CHECKING:
    from arrears.law.columns import Columns
    from arrears.law.moment import Moment

_WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

CLOSED_MAX = 400
"""So many closed days in a row are looked through for the next open one."""


class GivenYear(Strict):
    """The official days of one year, where arrears does not hold them yet."""

    year: int = Field(ge=1990, le=2200)
    holidays: tuple[date, ...] = Field(min_length=1)
    """Days off, weekends aside."""
    working_days: tuple[date, ...] = ()
    """Weekend days that are worked."""

    @model_validator(mode="after")
    def _of_that_year(self) -> GivenYear:
        for day in (*self.holidays, *self.working_days):
            if day.year != self.year:
                raise ValueError(said("{day} is not in {year}", day=day, year=self.year))
        return self


class Closed(NamedTuple):
    """Why a day is closed: (English, Chinese)."""

    en: str
    zh: str


class ClosedDays(Kind):
    """No contact on `weekdays`, on public `holidays` of a country or region, and on `dates`."""

    name: ClassVar[str] = "closed_days"

    channels: tuple[Channel, ...] = IMMEDIATE
    weekdays: tuple[Weekday, ...] = ()
    holidays: Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")] | None = None
    """`CN`, or with a region `US-MA`. In a year whose days are not known the rule is an error, not a guess."""
    breaks: bool = False
    """The weekend days in the same run of days off as a holiday are closed with it."""
    adjusted: bool = False
    """A weekday of `weekdays` that the holidays' calendar makes a working day is open."""
    years: tuple[GivenYear, ...] = ()
    """Years of that calendar, given by hand; they stand instead of what arrears holds."""
    dates: tuple[date, ...] = ()
    """Further closed days."""

    @model_validator(mode="after")
    def _closes_something(self) -> ClosedDays:
        if not (self.weekdays or self.holidays or self.dates):
            raise ValueError(said("it closes no day; give weekdays, holidays or dates"))
        if self.holidays is None and (self.breaks or self.adjusted or self.years):
            raise ValueError(said("breaks, adjusted and years belong to a calendar; give holidays: CN"))
        if self.adjusted and not self.weekdays:
            raise ValueError(said("adjusted opens some of weekdays; give weekdays"))
        if len({one.year for one in self.years}) < len(self.years):
            raise ValueError(said("years: a year stands twice"))
        try:
            _ = self.calendar
        except CalendarError as error:
            raise ValueError(said("holidays: {what}; {remedy}", what=error.what, remedy=error.remedy)) from None
        return self

    @cached_property
    def calendar(self) -> BusinessCalendar | None:
        """The calendar of `holidays`, by which working days can be counted too."""
        if self.holidays is None:
            return None
        country, _, region = self.holidays.partition("-")
        years = (CalendarYear(one.year, frozenset(one.holidays), frozenset(one.working_days)) for one in self.years)
        return BusinessCalendar(country, region, tuple(years))

    def closed(self, day: date) -> Closed | None:
        """Why a calendar date is closed, None where it is open; raises `CalendarError` for a year that is not loaded."""
        if day not in self._seen:
            if len(self._seen) >= CLOSED_MAX:
                self._seen.clear()
            self._seen[day] = self._closed(day)
        return self._seen[day]

    @cached_property
    def _seen(self) -> dict[date, Closed | None]:
        """The dates asked for lately: the gate asks the same few for case after case."""
        return {}

    def _closed(self, day: date) -> Closed | None:
        text = day.isoformat()
        if day in self.dates:
            return Closed(f"{text} is a closed day of the bank", f"{text} 为本行停止联系日")
        calendar = self.calendar
        if calendar is not None:
            if calendar.is_holiday(day):
                en, zh = calendar.name(day, "en"), calendar.name(day, "zh")
                code = calendar.code
                return Closed(f"{text} is a public holiday of {code}, {en}", f"{text} 为 {code} 公共假日：{zh}")
            if self.breaks and calendar.is_in_break(day):
                return Closed(
                    f"{text} lies in a public holiday of {calendar.code}, with the weekend",
                    f"{text} 属于 {calendar.code} 公共假期（含周末）",
                )
        if WEEKDAYS[day.weekday()] not in self.weekdays:
            return None
        if self.adjusted and calendar is not None and calendar.is_adjusted(day):
            return None
        return Closed(f"{text} is a {_WEEKDAYS_EN[day.weekday()]}", f"{text} 是{_WEEKDAYS_ZH[day.weekday()]}")

    def screened(self, columns: Columns) -> ir.BooleanValue:
        return ibis.literal(self.closed(columns.as_of) is not None)

    def judged(self, moment: Moment) -> Reason | None:
        for place in moment.local:
            try:
                found = self.closed(place.date)
            except CalendarError as error:
                if moment.at <= moment.facts.case.at:
                    raise
                # Only looking ahead for the first lawful moment: what lies beyond the calendar is not known to be open.
                return Reason(
                    f"the public holidays of {error.country} in {error.year} are not known yet",
                    f"尚不知 {error.country} {error.year} 年的公共假日安排",
                    passes=False,
                )
            if found is not None:
                return Reason(
                    f"{found.en}, in {place.zone} where the customer may be; no contact then",
                    f"{found.zh}（客户可能所在的 {place.zone}），当日不联系",
                    passes=True,
                )
        return None

    def clears(self, moment: Moment) -> datetime | None:
        """The first instant at which it is an open day at every place, or one that the calendar does not know."""
        at = moment.at
        for _ in range(CLOSED_MAX):
            shut = [index for index, clock in enumerate(moment.facts.clocks) if self._shut(at.astimezone(clock).date())]
            if not shut:
                return at if at > moment.at else None
            at = max(
                moment.first_instant(index, at.astimezone(moment.facts.clocks[index]).date() + timedelta(days=1), 0)
                for index in shut
            )
        return None

    def _shut(self, day: date) -> bool:
        try:
            return self.closed(day) is not None
        except CalendarError:
            return False
