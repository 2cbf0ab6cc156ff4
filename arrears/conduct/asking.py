"""One shard of a date: its tables bound, the patterns asked, and small rows handed back."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from arrears.book.build import TABLE_SCHEMAS, BookQueries, bind_kept
from arrears.calendar import noon_offset_min, offsets_min
from arrears.conduct.caps import near_caps
from arrears.conduct.chain import CompiledChain
from arrears.conduct.lawful import SPANS, Rules, judged
from arrears.conduct.outliers import PeerCount
from arrears.conduct.patterns import FOUND, customer_patterns
from arrears.conduct.peers import peer_counts
from arrears.conduct.thresholds import Thresholds
from arrears.day.facts import HISTORY_DAYS, bind_history, small_table
from arrears.day.queries import contact_history, misdirected_points
from arrears.day.workspace import Workspace
from arrears.engine import Session, bind_as
from arrears.engine.session import to_sql
from arrears.law.model import Pack

JUDGED_MAX = 20_000
"""Contacts outside or close to the law that are read of one shard and date; how many were not is told."""

Row = dict[str, Any]
JUDGED_ROW = ("event_id", "customer_id", "refused_by", "hours_near", "silence_near", "at", "local_date")


@dataclass
class Asked:
    """What one shard answered."""

    found: list[Row] = field(default_factory=list)
    """Rows of `patterns.FOUND`."""
    judged: list[Row] = field(default_factory=list)
    judged_n: int = 0
    late_n: int = 0
    unread_n: int = 0
    """Contacts outside or close to the law beyond `JUDGED_MAX`."""
    counts: list[PeerCount] = field(default_factory=list)
    planned: dict[str, int] = field(default_factory=dict)
    """Customer to contacts in the plan, of the customers in `found` and `judged`."""


@dataclass(frozen=True)
class Questions:
    """The SQL of a date, compiled once and asked of every shard."""

    workspace: Workspace
    day: date
    dialect: str
    packs: tuple[Pack, ...]
    thresholds: Thresholds
    book: BookQueries
    places: tuple[tuple[str, str], ...]
    """Every set of plausible zones with the customer's own zone that the bank's customers have."""
    dates: tuple[date, ...]
    """Local dates of the contacts delivered with the date that are judged."""

    def compile(self) -> None:
        """Compile everything, before workers share it."""
        _ = self.patterns, self.caps, self.peers, self.judging, self.spans, self.histories

    def _rules(self, day: date) -> Rules:
        return Rules(self.packs, day)

    def _offsets(self, day: date) -> Mapping[str, int]:
        zones = {zone for zones, home in self.places for zone in (*zones.split(","), home)}
        return {zone: noon_offset_min(zone, day) for zone in sorted(zones)}

    @functools.cached_property
    def histories(self) -> tuple[str, str]:
        return to_sql(misdirected_points(), self.dialect), to_sql(contact_history(), self.dialect)

    @functools.cached_property
    def patterns(self) -> CompiledChain:
        return customer_patterns(self.thresholds, self.day).compiled(self.dialect)

    @functools.cached_property
    def caps(self) -> CompiledChain | None:
        asked = near_caps(self._rules(self.day), self._offsets(self.day), self.thresholds)
        return None if asked is None else asked.compiled(self.dialect)

    @functools.cached_property
    def peers(self) -> CompiledChain:
        return peer_counts(self._rules(self.day), self._offsets(self.day), self.thresholds).compiled(self.dialect)

    @functools.cached_property
    def judging(self) -> dict[date, CompiledChain]:
        limits = self.thresholds.near_limits
        return {
            day: judged(
                self._rules(day), self._offsets(day), edge_minutes=limits.edge_minutes,
                cool_off_days=limits.cool_off_days, third=self.thresholds.third_parties.parties,
            ).compiled(self.dialect)
            for day in self.dates
        }  # fmt: skip

    @functools.cached_property
    def spans(self) -> str:
        """`SPANS` of every place, a row for each run of days on which the clocks stay as they are."""
        days = [self.day - timedelta(days=back) for back in range(HISTORY_DAYS, -2, -1)]
        rows: list[tuple[Any, ...]] = []
        for zones, home in self.places:
            runs: list[list[Any]] = []
            for day in days:
                clocks = (noon_offset_min(home, day), *offsets_min(zones.split(","), day))
                if runs and runs[-1][4:] == list(clocks):
                    runs[-1][3] = day.isoformat()
                else:
                    runs.append([zones, home, day.isoformat(), day.isoformat(), *clocks])
            rows += [tuple(run) for run in runs]
        return small_table(tuple(SPANS), rows)


def ask(session: Session, questions: Questions, shard: str) -> Asked:
    """Everything about one shard."""
    place, day, asked = questions.workspace, questions.day, Asked()
    book = place.step("book", day)
    bind_kept(session, questions.book, "contact_points", book, shard)
    bind_history(session, place, day, shard)
    misdirected, history = questions.histories
    session.let("misdirected_points", misdirected)
    session.let("contact_history", history)
    session.bind("delivered_with", [place.step("feed", day) / "contacts" / shard])
    for name in ("flags", "consents"):
        bind_as(session, name, [book / name / shard], TABLE_SCHEMAS[name])
    session.let("zone_spans", questions.spans)
    _judge(session, questions, shard, asked)

    if questions.dates[-1:] != (day,):  # else it is bound from judging
        _bind_eve(session, questions, day, shard)
    for query in (questions.patterns, questions.caps):
        if query is not None:
            listed = ", ".join(f"f.{name}" for name in FOUND)
            rows = session.rows(f"SELECT {listed} FROM {query.run(session)} f")
            asked.found += [dict(zip(FOUND, row, strict=True)) for row in rows]
    asked.counts = [PeerCount(*row) for row in session.rows(f"SELECT * FROM {questions.peers.run(session)}")]
    asked.planned = _planned(session, questions, shard, {row["customer_id"] for row in [*asked.found, *asked.judged]})
    return asked


def _judge(session: Session, questions: Questions, shard: str, asked: Asked) -> None:
    """Hold the contacts delivered with the date against the law, local date by local date."""
    outbound = "SELECT event_id FROM delivered_with WHERE direction = 'outbound'"
    for local in questions.dates:
        _bind_eve(session, questions, local, shard)
        session.let(
            "contacts_to_judge",
            f"SELECT h.* FROM contact_history h WHERE h.local_date = DATE '{local}' AND h.event_id IN ({outbound})",
        )
        asked.judged_n += int(session.rows("SELECT count(*) FROM contacts_to_judge")[0][0])
        columns = ", ".join(f"j.{name}" for name in JUDGED_ROW[:-2])
        answer = questions.judging[local].run(session)
        rows = session.rows(
            f"SELECT {columns}, c.at, c.local_date FROM {answer} j "
            f"JOIN contacts_to_judge c ON c.event_id = j.event_id ORDER BY c.at DESC, j.event_id LIMIT {JUDGED_MAX}"
        )
        asked.judged += [dict(zip(JUDGED_ROW, row, strict=True)) for row in rows]
        asked.unread_n += int(session.rows(f"SELECT count(*) FROM {answer}")[0][0]) - len(rows)
    delivered = int(session.rows(f"SELECT count(*) FROM ({outbound}) o")[0][0])
    asked.late_n = delivered - asked.judged_n


def _bind_eve(session: Session, questions: Questions, local: date, shard: str) -> None:
    """The customers at the end of a local date, and customers and contact points as they were known on its eve."""
    place = questions.workspace
    now = min(local, questions.day)
    now = now if place.step("book", now).exists() else questions.day
    eve = local - timedelta(days=1)
    then = eve if place.step("book", eve).exists() else now
    session.bind("customers", [place.step("book", now) / "customers" / shard])
    session.bind("customers_then", [place.step("book", then) / "customers" / shard])
    bind_kept(session, questions.book, "contact_points", place.step("book", then), shard)
    session.let(
        "points_then",
        "SELECT p.contact_id AS point, p.source AS source, p.status AS contact_status FROM contact_points p "
        "WHERE p.contact_id IN (SELECT contact_id FROM contact_history)",
    )


def _planned(session: Session, questions: Questions, shard: str, customers: set[str]) -> dict[str, int]:
    """Contacts in the plan of the date, for these customers."""
    if not customers:
        return {}
    session.bind("planned", [questions.workspace.step("plan", questions.day) / "contacts" / shard])
    listed = small_table(("customer_id",), [(one,) for one in sorted(customers)])
    session.let("listed_customers", listed)
    rows = session.rows(
        "SELECT p.customer_id, count(*) FROM planned p JOIN listed_customers l ON l.customer_id = p.customer_id GROUP BY 1"
    )
    return {str(customer): int(number) for customer, number in rows}


def dates_to_judge(session: Session, workspace: Workspace, day: date, shards: list[str], late_days: int) -> tuple[date, ...]:
    """The local dates of the contacts delivered with `day`, from `late_days` before it to the day after, oldest first."""
    session.bind("delivered_all", [workspace.step("feed", day) / "contacts" / shard for shard in shards])
    first, last = day - timedelta(days=late_days), day + timedelta(days=1)
    rows = session.rows(
        f"SELECT DISTINCT local_date FROM delivered_all WHERE direction = 'outbound' AND local_date >= DATE '{first}' "
        f"AND local_date <= DATE '{last}'"
    )
    return tuple(sorted(row[0] for row in rows))
