"""What the law is asked with on a day: the candidates' facts, the customers' time zones, the contacts of the days before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from arrears.book.build import BookQueries, bind_kept
from arrears.book.tables import feed_schema
from arrears.calendar import noon_offset_min, offsets_min
from arrears.day.queries import DayQueries
from arrears.day.texts import CONTENT_FACTS, content_facts
from arrears.day.workspace import Workspace
from arrears.engine.session import Session, Sessions, bind_as
from arrears.errors import BookError
from arrears.saying import said
from arrears.store import sha256_json

HISTORY_DAYS = 60
"""Days of contacts that the law is asked with; the longest window of any rule is shorter."""


@dataclass(frozen=True)
class Zones:
    """The time zones of a day's customers."""

    sets: tuple[str, ...]
    """Every set of plausible zones that some customer has, comma-separated."""
    day: date

    @cached_property
    def offsets(self) -> dict[str, int]:
        """Every zone to its minutes east of UTC, as of noon."""
        names = sorted({zone for zones in self.sets for zone in zones.split(",")})
        return {zone: noon_offset_min(zone, self.day) for zone in names}

    def bind(self, session: Session) -> None:
        """Let `zone_sets` and `zone_offsets` stand for them."""
        rows = [(zones, *offsets_min(zones.split(","), self.day)) for zones in self.sets]
        session.let("zone_sets", small_table(("places", "offset_lo", "offset_hi"), rows))
        session.let("zone_offsets", small_table(("home", "offset"), list(self.offsets.items())))


def zones_of(sessions: Sessions, workspace: Workspace, day: date, shards: list[str]) -> Zones:
    """The zones of the book of `day`."""
    with sessions.session() as session:
        session.bind("customers", [workspace.step("book", day) / "customers" / shard for shard in shards])
        found = session.rows("SELECT DISTINCT zones FROM customers UNION SELECT DISTINCT timezone FROM customers")
    return Zones(tuple(sorted(str(row[0]) for row in found)), day)


def bind_facts(
    session: Session, queries: DayQueries, book_queries: BookQueries, workspace: Workspace, shard: str, zones: Zones
) -> None:
    """Let `candidates`, `facts`, `contacts_taken_in` and `contact_history` stand for a shard of the day of `queries`."""
    book = workspace.step("book", queries.day)
    session.bind("customers", [book / "customers" / shard])
    bind_kept(session, book_queries, "contact_points", book, shard)
    session.bind("candidates", [workspace.step("playbook", queries.day) / "candidates" / shard])
    bind_history(session, workspace, queries.day, shard)
    session.let("misdirected_points", queries.misdirected_points)
    session.alias("contact_history", queries.contact_history)
    zones.bind(session)
    session.let("content_facts", small_table(tuple(CONTENT_FACTS), content_facts(queries.strategy)))
    session.let("facts", queries.facts)


def history_days(workspace: Workspace, day: date) -> list[date]:
    """The days, oldest first and `day` last, whose contacts the law is asked with.

    Raises `BookError` where a day was run and what it took in is gone: the law would count too few contacts and allow too many.
    """
    days = [day - timedelta(days=back) for back in reversed(range(1, HISTORY_DAYS))]
    for earlier in days:
        if workspace.step("book", earlier).exists() and not workspace.step("feed", earlier).exists():
            raise BookError(
                said(
                    "what was taken in on {earlier} is gone, and the law counts its contacts on {day}", earlier=earlier, day=day
                ),
                where=str(workspace.step("feed", earlier)),
                remedy=said("restore it from a backup; the feeds of the last {n} days are needed", n=HISTORY_DAYS),
            )
    return [earlier for earlier in days if workspace.step("feed", earlier).exists()] + [day]


def history_hash(workspace: Workspace, day: date) -> str:
    """One hash over what was taken in on the days before that the law looks back to."""
    manifests = [workspace.manifest("feed", earlier) for earlier in history_days(workspace, day)[:-1]]
    return sha256_json([manifest.content_hash for manifest in manifests if manifest])


def bind_history(session: Session, workspace: Workspace, day: date, shard: str) -> None:
    """Let `contacts_taken_in` stand for a shard's contacts of the days that the law looks back to, as they were taken in."""
    files = [workspace.step("feed", earlier) / "contacts" / shard for earlier in history_days(workspace, day)]
    bind_as(session, "contacts_taken_in", files, feed_schema("contacts"))


def small_table(columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    """A small table of texts and whole numbers as SQL that every engine reads."""

    def cell(value: Any) -> str:
        return f"CAST({value} AS BIGINT)" if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"

    selects = (
        "SELECT " + ", ".join(f"{cell(value)} AS {name}" for name, value in zip(columns, row, strict=True)) for row in rows
    )
    none = (
        "SELECT "
        + ", ".join(f"{cell('' if number == 0 else 0)} AS {name}" for number, name in enumerate(columns))
        + " WHERE FALSE"
    )
    return " UNION ALL ".join(selects) if rows else none
