"""Business dates and local time: how far each time zone is from UTC on a date, clock changes included."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from arrears.errors import ArrearsError


def utc_offset_min(zone: str, moment: datetime) -> int:
    """Minutes east of UTC in `zone` at an aware `moment`; raises `ArrearsError` for an unknown zone."""
    try:
        offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
    except (KeyError, ValueError, OSError):
        raise ArrearsError(f"unknown time zone {zone!r}", remedy="use an IANA name such as Asia/Shanghai") from None
    return int((offset or timedelta()).total_seconds() // 60)


def noon_offset_min(zone: str, day: date) -> int:
    """Minutes east of UTC at local noon of `day`: after the night in which clocks change."""
    return utc_offset_min(zone, datetime.combine(day, time(12), tzinfo=UTC))


def offsets_min(zones: Iterable[str], day: date) -> tuple[int, int]:
    """Smallest and largest minutes east of UTC that any of `zones` has on `day`, clock changes included."""
    start = datetime.combine(day, time(), tzinfo=UTC)
    found = {utc_offset_min(zone, start + timedelta(hours=hour)) for zone in zones for hour in (-14, 0, 12, 24, 38)}
    return min(found), max(found)
