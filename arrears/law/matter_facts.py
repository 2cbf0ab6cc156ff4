"""The facts of a matter as rules ask for them: of one matter, or of a whole column of them.

Both say the same of the same facts, so that a kind writes its formula once. An event that is not given happened `NEVER`, or
lies `FAR` ahead.
"""

from __future__ import annotations

import functools
import operator
from abc import ABC, abstractmethod
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
from pydantic import Field, model_validator

from arrears.law.matter import COUNT_MAX, EPOCH, EVENTS_MAX
from arrears.law.words import Strict
from arrears.money import Number, choose, divide_down, largest, smallest
from arrears.saying import said

NEVER, FAR = -10_000_000, 10_000_000
"""Days since 1970 of what has not happened: long ago, or far ahead."""


class Period(Strict):
    """So long after a day: `first_days`, then months, then days; or the end of a later month.

    A month ends on the day of the same number, or on its last.
    """

    first_days: int = Field(default=0, ge=0, le=COUNT_MAX)
    months: int = Field(default=0, ge=0, le=1_200)
    days: int = Field(default=0, ge=0, le=COUNT_MAX)
    month_ends: int = Field(default=0, ge=0, le=1_200)
    """1 is the last day of the next month."""

    @model_validator(mode="after")
    def _one_way(self) -> Period:
        if self.month_ends and (self.first_days or self.days or self.months):
            raise ValueError(said("give month_ends alone, or months and days"))
        return self

    @property
    def nominal_days(self) -> int:
        """About how many days, and at least one: what is missing where an event did not happen at all."""
        return max(1, self.first_days + self.days + 30 * (self.months + self.month_ends))

    def said(self) -> tuple[str, str]:
        if self.month_ends:
            return f"the end of month {self.month_ends} after", f"其后第{self.month_ends}个月月末"
        parts = [(self.first_days, "days", "天"), (self.months, "months", "个月"), (self.days, "days", "天")]
        told = [(f"{n} {en}", f"{n}{zh}") for n, en, zh in parts if n]
        return " and ".join(en for en, _ in told) or "0 days", "加".join(zh for _, zh in told) or "0天"


NO_TIME = Period()


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months on; the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def weekdays_until(day: Number) -> Number:
    """Mondays to Fridays from a fixed Monday up to and including a day (days since 1970); differences of two count weekdays."""
    since_monday = day + 3 + 7 * 10_000_000  # 1970-01-01 was a Thursday; the weeks added keep it positive
    rest = since_monday % 7
    return (since_monday - rest) - 2 * divide_down(since_monday - rest, 7) + smallest(rest + 1, 5)


def period_end(day: date, period: Period) -> date:
    """The last day of a period that begins with `day`."""
    if period.month_ends:
        return months_later(day.replace(day=1), period.month_ends + 1) - timedelta(days=1)
    return months_later(day + timedelta(days=period.first_days), period.months) + timedelta(days=period.days)


class Facts(ABC):
    """What a kind may ask. Conditions are bools or boolean columns, numbers ints or int64 columns."""

    on: Number
    """The day it is judged on, days since 1970."""

    @abstractmethod
    def number(self, name: str) -> Number: ...

    @abstractmethod
    def is_one_of(self, name: str, words: Sequence[str]) -> Any:
        """Whether a text is one of `words`."""

    @abstractmethod
    def carries(self, name: str, word: str) -> Any:
        """Whether a list of words holds `word`."""

    @abstractmethod
    def end(self, slot: int, period: Period = NO_TIME) -> Number:
        """The last day of a period that begins with the event in `slot`, days since 1970."""

    def event(self, slot: int, events: Sequence[str]) -> Any:
        """Whether the event in that slot is one of `events`."""
        return self.is_one_of(f"event_{slot}", events)

    def last(self, events: Sequence[str], period: Period = NO_TIME) -> Number:
        """The latest of these events plus the period, `NEVER` where there is none."""
        found: Number = NEVER
        for slot in SLOTS:
            found = largest(found, choose(self.event(slot, events), self.end(slot, period), NEVER))
        return found

    def first(self, events: Sequence[str]) -> Number:
        """The earliest of these events, `FAR` where there is none."""
        found: Number = FAR
        for slot in SLOTS:
            found = smallest(found, choose(self.event(slot, events), self.end(slot), FAR))
        return found


SLOTS = range(1, EVENTS_MAX + 1)
"""The events of a row: `event_1`, `event_1_on`, ..."""


class RowFacts(Facts):
    """Of one matter, as a row of `matter_rows.row_of`."""

    def __init__(self, row: Mapping[str, Any], on: date) -> None:
        self._row = row
        self.on = day_number(on)

    def number(self, name: str) -> int:
        return int(self._row[name])

    def text(self, name: str) -> str:
        return str(self._row[name])

    def is_one_of(self, name: str, words: Sequence[str]) -> bool:
        return self._row[name] in words

    def carries(self, name: str, word: str) -> bool:
        return f",{word}," in self._row[name]

    def end(self, slot: int, period: Period = NO_TIME) -> int:
        day: date = self._row[f"event_{slot}_on"]
        return day_number(period_end(day, period))


class ColumnFacts(Facts):
    """Of a table with the columns of `matter_rows.columns_of`, free of nulls; `on` is one day for all, or a column of days."""

    def __init__(self, table: ir.Table, on: date | ir.DateColumn) -> None:
        self.table = table
        self.on = day_number(on) if isinstance(on, date) else on.delta(EPOCH, unit="day").cast("int64")

    def number(self, name: str) -> ir.IntegerValue:
        return self.table[name]

    def is_one_of(self, name: str, words: Sequence[str]) -> ir.BooleanValue:
        return _any(self.table[name] == word for word in words)

    def carries(self, name: str, word: str) -> ir.BooleanValue:
        return self.table[name].contains(f",{word},")

    def end(self, slot: int, period: Period = NO_TIME) -> ir.IntegerValue:
        day: Any = self.table[f"event_{slot}_on"]
        days = period.days
        if period.month_ends:
            day, days = day.truncate("M") + ibis.interval(months=period.month_ends + 1), -1
        if period.first_days:
            day = day + ibis.interval(days=period.first_days)
        if period.months:
            day = day + ibis.interval(months=period.months)
        return day.cast("date").delta(EPOCH, unit="day").cast("int64") + days


def _any(conditions: Iterable[Any]) -> Any:
    return functools.reduce(operator.or_, conditions)
