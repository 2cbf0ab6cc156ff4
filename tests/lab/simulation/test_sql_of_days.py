"""One text for days that differ in dates alone, and never the wrong one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from arrears.day.workspace import Strategy
from arrears.lab.simulation.sql_of_days import Pattern, compiled, sql_of_days
from arrears.lab.simulation.strategy_day import zone_offsets

FIRST = date(2026, 3, 13)


def test_dates_that_stand_still_stay_and_others_move_over_the_month() -> None:
    first = "a >= MAKE_DATE(2026, 1, 30) AND b = MAKE_DATE(2025, 12, 31) AND c = ';date=2026-01-30'"
    last = "a >= MAKE_DATE(2026, 2, 9) AND b = MAKE_DATE(2025, 12, 31) AND c = ';date=2026-02-09'"
    pattern = Pattern.between(first, date(2026, 1, 30), last, date(2026, 2, 9))
    assert pattern is not None
    assert pattern.on(date(2026, 2, 1)) == (
        "a >= MAKE_DATE(2026, 2, 1) AND b = MAKE_DATE(2025, 12, 31) AND c = ';date=2026-02-01'"
    )


@pytest.mark.parametrize("last", ["x < 4 AND d = DATE '2026-01-09'", "x < 3 AND d = DATE '2026-01-08'"])
def test_texts_that_differ_in_more_than_moved_dates_have_nothing_in_common(last: str) -> None:
    assert Pattern.between("x < 3 AND d = DATE '2026-01-05'", date(2026, 1, 5), last, date(2026, 1, 9)) is None


@pytest.mark.slow
def test_every_day_has_the_text_that_it_would_be_compiled_to(strategy: Strategy) -> None:
    days = [FIRST + timedelta(days=number) for number in range(12)]
    offsets = zone_offsets(FIRST)
    found = sql_of_days(strategy, days, offsets)
    assert list(found) == days
    for day in days:
        assert found[day] == compiled(strategy, day, offsets)
