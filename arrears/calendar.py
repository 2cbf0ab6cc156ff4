"""Business dates and local time: how far each zone is from UTC on a date, and which days are worked in a country.

A country and a date come in; whether it is worked, its holiday, and dates so many working days away go out. A year whose days
are decreed and not known for certain is an error, never an estimate.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple
from zoneinfo import ZoneInfo

from arrears.errors import ArrearsError, CalendarError
from arrears.saying import said

if TYPE_CHECKING:
    from holidays import HolidayBase

WORKING_DAYS_MAX = 2_600
"""Most working days counted at once, ten years."""


def utc_offset_min(zone: str, moment: datetime) -> int:
    """Minutes east of UTC in `zone` at an aware `moment`; raises `ArrearsError` for an unknown zone."""
    try:
        offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
    except (KeyError, ValueError, OSError):
        raise ArrearsError(
            said("unknown time zone {zone!r}", zone=zone), remedy=said("use an IANA name such as Asia/Shanghai")
        ) from None
    return int((offset or timedelta()).total_seconds() // 60)


def noon_offset_min(zone: str, day: date) -> int:
    """Minutes east of UTC at local noon of `day`: after the night in which clocks change."""
    return utc_offset_min(zone, datetime.combine(day, time(12), tzinfo=UTC))


def offsets_min(zones: Iterable[str], day: date) -> tuple[int, int]:
    """Smallest and largest minutes east of UTC that any of `zones` has on `day`, clock changes included."""
    start = datetime.combine(day, time(), tzinfo=UTC)
    found = {utc_offset_min(zone, start + timedelta(hours=hour)) for zone in zones for hour in (-14, 0, 12, 24, 38)}
    return min(found), max(found)


class CalendarYear(NamedTuple):
    """One country's official days of one year, as a bank writes them down where arrears does not hold them yet."""

    year: int
    holidays: frozenset[date]
    """Days off, weekends aside."""
    working_days: frozenset[date] = frozenset()
    """Weekend days that are worked."""


@dataclass(frozen=True)
class BusinessCalendar:
    """The working days of a country, or of one of its regions (`US`, `MA`).

    Public holidays are those of the `holidays` library, days off in lieu included. Weekend days that a decree makes working
    days, and weekdays it gives off instead, are what the decree says. Every question about a date in a year that is not loaded
    raises `CalendarError`, and so does a country or region that the library does not have.
    """

    country: str
    region: str = ""
    years: tuple[CalendarYear, ...] = ()
    """Years given by the bank; they stand instead of what the library holds."""
    closed: frozenset[date] = frozenset()
    """The bank's own days off besides."""

    def __post_init__(self) -> None:
        _require_known(self.country, self.region)

    def is_holiday(self, day: date) -> bool:
        """A public holiday or a day given off for one; a plain weekend day is none."""
        return day in self._year(day.year).names["en"]

    def is_working_day(self, day: date) -> bool:
        """Neither weekend nor holiday nor closed, or a weekend day that is worked by decree."""
        year = self._year(day.year)
        if day in self.closed:
            return False
        if day in year.worked:
            return True
        return day.weekday() not in year.weekend and day not in year.names["en"]

    def is_adjusted(self, day: date) -> bool:
        """A weekend day that is worked by decree."""
        return day in self._year(day.year).worked

    def is_in_break(self, day: date) -> bool:
        """Within a run of days off that holds a holiday, weekend days included: China announces holidays as such runs."""
        return any(self.is_holiday(off) for off in self._run_of_days_off(day))

    def _run_of_days_off(self, day: date) -> Iterator[date]:
        if self.is_working_day(day):
            return
        yield day
        for step in (timedelta(days=1), timedelta(days=-1)):
            near = day + step
            while not self.is_working_day(near):
                yield near
                near += step

    def name(self, day: date, language: Literal["en", "zh"]) -> str:
        """What holiday `day` is; empty for none, and in the country's own language where it has none in the one asked for."""
        return self._year(day.year).names[language].get(day, "")

    def add_working_days(self, day: date, n: int) -> date:
        """The `n`-th working day after `day`, or before it where `n` is negative; `day` itself, worked or not, for 0.

        The day itself never counts. Raises `CalendarError` where the count runs into a year that is not loaded.
        """
        if abs(n) > WORKING_DAYS_MAX:
            raise ArrearsError(
                said("{n} working days are more than {most}", n=n, most=WORKING_DAYS_MAX),
                where=said("calendar of {country}", country=self.country),
                remedy=said("count fewer"),
            )
        step, left = timedelta(days=1 if n > 0 else -1), abs(n)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def _year(self, year: int) -> _Year:
        given = next((one for one in self.years if one.year == year), None)
        return _year(self.country, self.region, year) if given is None else _given(self.country, given)

    @property
    def code(self) -> str:
        """`US-MA`, or the country alone."""
        return f"{self.country}-{self.region}" if self.region else self.country


class _Year(NamedTuple):
    """One loaded year."""

    names: Mapping[str, Mapping[date, str]]
    """Language to holidays and their names."""
    worked: frozenset[date]
    weekend: frozenset[int]


def _given(country: str, year: CalendarYear) -> _Year:
    from holidays import country_holidays  # noqa: PLC0415 - not needed by commands that ask no calendar

    names = {"en": dict.fromkeys(year.holidays, "public holiday"), "zh": dict.fromkeys(year.holidays, "公共假日")}
    return _Year(names, year.working_days, frozenset(country_holidays(country).weekend))


@functools.cache
def _require_known(country: str, region: str) -> None:
    from holidays import list_supported_countries  # noqa: PLC0415 - not needed by commands that ask no calendar

    known = list_supported_countries(include_aliases=False)
    if country not in known:
        raise CalendarError(
            said("no such calendar"),
            country=country or said("nowhere"),
            year=None,
            remedy=said("use an ISO 3166-1 code such as CN or US"),
        )
    if region and region not in known[country]:
        regions = ", ".join(known[country]) or said("none")
        raise CalendarError(
            said("it has no region {region!r}", region=region),
            country=country,
            year=None,
            remedy=said("its regions: {regions}", regions=regions),
        )


@functools.lru_cache(maxsize=1_024)
def _year(country: str, region: str, year: int) -> _Year:
    """A year of the library, if it is known for certain."""
    with warnings.catch_warnings(record=True) as doubts:  # the library's own word that a year is beyond what it knows
        warnings.simplefilter("always")
        native = _library(country, region, year, None)
    if doubts or not _certain(native, year):
        raise CalendarError(
            said("the days of {year} are not loaded", year=year), country=country, year=year,
            remedy=said(
                "upgrade arrears, or give the official days of {year} in the bank's policy pack (docs/calendars.md)", year=year
            ),
        )  # fmt: skip
    names = {language: MappingProxyType(dict(_library(country, region, year, language).items())) for language in ("en", "zh")}
    return _Year(
        MappingProxyType(names),
        frozenset(day for day in native.weekend_workdays if day.year == year),
        frozenset(native.weekend),
    )


_SPOKEN = {"en": ("en_US", "en_GB"), "zh": ("zh_CN", "zh_HK", "zh_TW")}
"""The library's names for our languages, best first."""


def _library(country: str, region: str, year: int, language: str | None) -> HolidayBase:
    """The library's calendar in one language; in the country's own where it lacks that one."""
    from holidays import country_holidays  # noqa: PLC0415

    kind = type(country_holidays(country))
    own = kind.default_language or "en_US"
    spoken = next((one for one in _SPOKEN.get(language or "", ()) if one in kind.supported_languages), own)
    # The language is always said: left out, the library takes the machine's.
    return country_holidays(country, subdiv=region or None, years=year, expand=False, language=spoken)


def _certain(native: HolidayBase, year: int) -> bool:
    """Whether the library holds what was decreed for the year, not what it expects.

    Where weekends are worked by decree (China), only a year with its decree counts; elsewhere no holiday may be an estimate.
    """
    if not native.start_year <= year <= native.end_year:
        return False
    if native.has_substituted_holidays:
        return any(len(entry) > 3 or isinstance(entry[2], int) for entry in _decreed(native, year))
    labels = (getattr(native, name, None) for name in ("estimated_label", "observed_estimated_label"))
    marks = [str(label).replace("%s", "").strip() for label in labels if label]
    return not any(mark in name for name in native.values() for mark in marks)


def _decreed(native: HolidayBase, year: int) -> tuple[tuple[int | str, ...], ...]:
    """The library's entries for one year: (month, day, name), or (month, day, worked month, worked day)."""
    found = getattr(native, "special_public_holidays", {}).get(year, ())
    return (found,) if found and isinstance(found[0], int) else tuple(found)
