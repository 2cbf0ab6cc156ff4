"""The desk's day: what is published last, and the time by the bank's clock."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from arrears.desk.current import desk
from arrears.desk.ledger.appending import Connection
from arrears.desk.work.queues import zone_of


class Today(NamedTuple):
    """The desk's day: what is published last, and the time by the bank's clock."""

    published: date
    zone: str
    now: datetime

    @property
    def date(self) -> date:
        """By the bank's calendar."""
        return self.now.astimezone(ZoneInfo(self.zone)).date()


def today_of(connection: Connection) -> Today:
    """Raises `StoreError` where no day is published."""
    published = desk().latest_day()
    return Today(published, zone_of(connection, published), desk().now())
