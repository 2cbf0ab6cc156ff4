"""Local time: zones by name, and the instant at which a clock on the wall shows a time."""

from __future__ import annotations

import functools
from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from arrears.saying import said


@functools.cache
def zone_of(name: str) -> ZoneInfo:
    """The IANA zone of that name; raises `ValueError` where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError(said("unknown time zone {name!r}; use an IANA name such as Asia/Shanghai", name=name)) from None


@functools.lru_cache(maxsize=65_536)
def first_instant(zone: str, day: date, second: int) -> datetime:
    """The first instant of a local date at which the clock shows `second` or later, in UTC.

    A clock time that a change of the clock skips is first passed at the change itself.
    """
    clock = zone_of(zone)
    wall = datetime.combine(day, datetime.min.time()) + timedelta(seconds=second)
    instants = [wall.replace(tzinfo=clock, fold=fold).astimezone(UTC) for fold in (0, 1)]
    for instant in instants:
        if instant.astimezone(clock).replace(tzinfo=None) == wall:
            return instant
    low, high = min(instants), max(instants)
    span = range(int((high - low).total_seconds()))
    passed = bisect_left(
        span, True, key=lambda after: (low + timedelta(seconds=after)).astimezone(clock).replace(tzinfo=None) >= wall
    )
    return low + timedelta(seconds=passed)
