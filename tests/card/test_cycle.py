"""Closing and due dates, at the ends of months and in leap years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.card.cycle import closing_in_month, closing_on_or_after, due_date, interest_free_days, next_closing


@pytest.mark.parametrize(
    ("day", "closing_day", "closing"),
    [
        (date(2026, 4, 5), 5, date(2026, 4, 5)),
        (date(2026, 4, 6), 5, date(2026, 5, 5)),
        (date(2026, 12, 20), 5, date(2027, 1, 5)),
        (date(2028, 2, 10), 31, date(2028, 2, 29)),
        (date(2027, 2, 10), 30, date(2027, 2, 28)),
        (date(2028, 2, 29), 28, date(2028, 3, 28)),
    ],
)
def test_a_posting_falls_into_the_statement_that_closes_on_its_day_or_next(day: date, closing_day: int, closing: date) -> None:
    assert closing_on_or_after(day, closing_day) == closing


def test_due_date_and_interest_free_days() -> None:
    assert due_date(date(2026, 4, 5), 18) == date(2026, 4, 23)
    assert interest_free_days(date(2026, 3, 30), 5, 18) == 24
    assert interest_free_days(date(2026, 4, 6), 5, 18) == 47


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 31))
def test_closings_follow_one_another_once_a_month(day: date, closing_day: int) -> None:
    closing = closing_on_or_after(day, closing_day)
    following = next_closing(closing, closing_day)
    assert day <= closing < following
    assert timedelta(28) <= following - closing <= timedelta(31)
    assert following == closing_in_month(following.year, following.month, closing_day)
