"""Days by the bank's calendar, as addresses and forms give them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from arrears.desk.saying import _
from arrears.errors import StoreError

YEARS = range(2000, 2100)
"""Beyond these nothing happened, and a midnight may be none that the database knows."""


def day_given(text: str, absent: date) -> date:
    """A date of a form or an address; raises `StoreError` where it is none."""
    try:
        day = date.fromisoformat(text) if text else absent
    except ValueError:
        raise StoreError(_("this is no date"), where=text[:20], remedy=_("write it as 2026-01-24")) from None
    if day.year not in YEARS:
        raise StoreError(
            _("this is no day of the bank's"), where=text[:20],
            remedy=_("give a year from {first} to {last}").format(first=YEARS.start, last=YEARS.stop - 1),
        )  # fmt: skip
    return day


def midnights(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """From the first moment of these days to just before the second, within `YEARS`."""
    clock = ZoneInfo(zone)
    first, after = _within(first), _within(last) + timedelta(days=1)
    return datetime.combine(first, datetime.min.time(), clock), datetime.combine(after, datetime.min.time(), clock)


def _within(day: date) -> date:
    return min(max(day, date(YEARS.start, 1, 1)), date(YEARS.stop - 1, 12, 31))
