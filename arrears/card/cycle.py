"""The statement cycle of one account: when a statement closes, when it is due, how long a purchase is free of interest.

Dates are calendar dates of the account; nothing here knows of holidays (a bank that moves due dates passes the moved date on).
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def closing_in_month(year: int, month: int, closing_day: int) -> date:
    """The closing date of a month: `closing_day` (1-31), or the month's last day where it has fewer."""
    return date(year, month, min(closing_day, calendar.monthrange(year, month)[1]))


def closing_on_or_after(day: date, closing_day: int) -> date:
    """The statement a posting of `day` falls into: a posting of the closing date itself is still in that statement."""
    closing = closing_in_month(day.year, day.month, closing_day)
    if closing >= day:
        return closing
    return closing_in_month(day.year + day.month // 12, day.month % 12 + 1, closing_day)


def next_closing(closing: date, closing_day: int) -> date:
    """The closing date after `closing`."""
    return closing_on_or_after(closing + timedelta(days=1), closing_day)


def due_date(closing: date, due_days: int) -> date:
    """The day by which the statement asks to be paid, `due_days` after the closing date."""
    return closing + timedelta(days=due_days)


def interest_free_days(purchase: date, closing_day: int, due_days: int) -> int:
    """Days from a purchase to the due date of its statement: what a holder who pays in full gets free of interest."""
    return (due_date(closing_on_or_after(purchase, closing_day), due_days) - purchase).days
