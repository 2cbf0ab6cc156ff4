"""Working days are what was decreed, day for day; what was not decreed yet is an error and no guess."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.calendar import BusinessCalendar, CalendarYear
from arrears.errors import ArrearsError, CalendarError

CN = BusinessCalendar("CN")

# The State Council's arrangements, entered by hand: days off from and to, then weekend days that are worked.
DECREED: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = {
    2024: (
        ("01-01", "02-10/02-17", "04-04/04-06", "05-01/05-05", "06-10", "09-15/09-17", "10-01/10-07"),
        ("02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"),
    ),
    2025: (
        ("01-01", "01-28/02-04", "04-04/04-06", "05-01/05-05", "05-31/06-02", "10-01/10-08"),
        ("01-26", "02-08", "04-27", "09-28", "10-11"),
    ),
    2026: (
        ("01-01/01-03", "02-15/02-23", "04-04/04-06", "05-01/05-05", "06-19/06-21", "09-25/09-27", "10-01/10-07"),
        ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10"),
    ),
}  # fmt: skip


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=number) for number in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]


def spelt_out(year: int, spans: tuple[str, ...]) -> set[date]:
    found = set()
    for span in spans:
        first, _, last = span.partition("/")
        start, end = (date.fromisoformat(f"{year}-{text}") for text in (first, last or first))
        found |= {start + timedelta(days=number) for number in range((end - start).days + 1)}
    return found


@pytest.mark.parametrize("year", DECREED)
def test_every_day_of_china_is_worked_as_the_state_council_arranged(year: int) -> None:
    off, worked = (spelt_out(year, spans) for spans in DECREED[year])
    by_hand = {day for day in days_of(year) if day in worked or (day.weekday() < 5 and day not in off)}
    assert {day for day in days_of(year) if CN.is_working_day(day)} == by_hand


@pytest.mark.parametrize("year", DECREED)
def test_every_day_off_of_the_arrangement_lies_in_a_break_and_no_worked_day_does(year: int) -> None:
    off, worked = (spelt_out(year, spans) for spans in DECREED[year])
    inside = {day for day in [*off, *worked] if CN.is_in_break(day)}
    assert inside == off


def test_a_plain_weekend_is_no_break() -> None:
    assert not CN.is_in_break(date(2026, 3, 1))
    assert not CN.is_working_day(date(2026, 3, 1))


def test_a_sunday_made_a_working_day_is_adjusted_and_no_holiday() -> None:
    day = date(2026, 1, 4)
    assert (CN.is_adjusted(day), CN.is_working_day(day), CN.is_holiday(day)) == (True, True, False)


def test_a_holiday_has_its_name_in_both_languages() -> None:
    assert (CN.name(date(2026, 2, 17), "en"), CN.name(date(2026, 2, 17), "zh")) == (
        "Chinese New Year (Spring Festival)",
        "春节",
    )
    assert CN.name(date(2026, 3, 2), "en") == ""


def test_the_name_does_not_follow_the_language_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    assert BusinessCalendar("US", "OH").name(date(2026, 7, 3), "en") == "Independence Day (observed)"


@pytest.mark.parametrize("year", [1999, 2027, 2050])
def test_a_year_of_china_without_its_decree_is_an_error_that_names_it(year: int) -> None:
    with pytest.raises(CalendarError) as refused:
        CN.is_working_day(date(year, 6, 1))
    assert (refused.value.country, refused.value.year) == ("CN", year)
    assert f"{year}" in refused.value.line() and "upgrade arrears" in refused.value.line() and "policy" in refused.value.line()


@pytest.mark.parametrize(("country", "known", "estimated"), [("IN", 2026, 2028), ("SG", 2026, 2029), ("AE", 2026, 2040)])
def test_a_year_with_estimated_holidays_is_not_loaded(country: str, known: int, estimated: int) -> None:
    calendar = BusinessCalendar(country)
    calendar.is_working_day(date(known, 1, 2))
    with pytest.raises(CalendarError, match=f"{estimated} are not loaded"):
        calendar.is_working_day(date(estimated, 1, 2))


@pytest.mark.parametrize(("country", "region"), [("US", ""), ("US", "MA"), ("GB", "SCT"), ("DE", "BY")])
def test_statutory_holidays_reach_as_far_as_the_library(country: str, region: str) -> None:
    calendar = BusinessCalendar(country, region)
    assert calendar.is_holiday(date(2040, 12, 25))
    with pytest.raises(CalendarError, match="2101 are not loaded"):
        calendar.is_holiday(date(2101, 12, 25))


def test_a_region_has_its_own_holidays() -> None:
    patriots_day = date(2026, 4, 20)
    assert BusinessCalendar("US", "MA").is_holiday(patriots_day)
    assert not BusinessCalendar("US", "NY").is_holiday(patriots_day)
    assert BusinessCalendar("US", "MA").code == "US-MA"


@pytest.mark.parametrize(
    ("country", "region", "told"), [("XX", "", "ISO 3166-1"), ("GB", "XX", "ENG, NIR, SCT, WLS"), ("", "", "ISO")]
)
def test_an_unknown_calendar_is_refused_at_once_with_those_there_are(country: str, region: str, told: str) -> None:
    with pytest.raises(CalendarError, match=told):
        BusinessCalendar(country, region)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2026-02-13", 1, "2026-02-14"),  # a Saturday made a working day
        ("2026-02-14", 1, "2026-02-24"),  # over the whole Spring Festival
        ("2026-02-24", -1, "2026-02-14"),
        ("2026-03-02", 5, "2026-03-09"),
        ("2026-03-01", 0, "2026-03-01"),  # the day itself, worked or not
        ("2026-03-01", 1, "2026-03-02"),
        ("2025-12-31", 1, "2026-01-04"),  # over a year's end
        ("2026-09-30", 3, "2026-10-10"),
    ],
)  # fmt: skip
def test_working_days_are_counted_from_the_day_after(start: str, n: int, end: str) -> None:
    assert CN.add_working_days(date.fromisoformat(start), n) == date.fromisoformat(end)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.dates(date(2024, 1, 1), date(2026, 6, 30)), st.integers(1, 60))
def test_so_many_working_days_lie_between(start: date, n: int) -> None:
    end = CN.add_working_days(start, n)
    between = [start + timedelta(days=number) for number in range(1, (end - start).days + 1)]
    assert (sum(CN.is_working_day(day) for day in between), CN.is_working_day(end)) == (n, True)


def test_counting_into_a_year_that_is_not_loaded_is_an_error() -> None:
    with pytest.raises(CalendarError, match="2027 are not loaded"):
        CN.add_working_days(date(2026, 12, 30), 3)
    assert CN.add_working_days(date(2026, 12, 30), 1) == date(2026, 12, 31)


def test_there_is_a_limit_to_counting() -> None:
    with pytest.raises(ArrearsError, match="more than 2600"):
        BusinessCalendar("US").add_working_days(date(2026, 1, 1), 2_601)


def test_a_year_given_by_the_bank_stands_and_is_right_about_its_weekends() -> None:
    given_2027 = CalendarYear(2027, frozenset({date(2027, 1, 1)}), frozenset({date(2027, 1, 3)}))
    calendar = BusinessCalendar("CN", years=(given_2027,))
    worked = [calendar.is_working_day(date(2027, 1, day)) for day in range(1, 5)]
    assert worked == [False, False, True, True]
    assert calendar.name(date(2027, 1, 1), "zh") == "公共假日"
    assert calendar.add_working_days(date(2026, 12, 31), 1) == date(2027, 1, 3)


def test_the_banks_own_closed_day_is_no_working_day_and_no_holiday() -> None:
    calendar = BusinessCalendar("CN", closed=frozenset({date(2026, 12, 31)}))
    assert not calendar.is_working_day(date(2026, 12, 31))
    assert not calendar.is_holiday(date(2026, 12, 31))
