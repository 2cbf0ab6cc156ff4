"""Which contacts of a past day a change of the law would touch: the same facts under the packs before and after."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import duckdb

from arrears.book.build import BookQueries
from arrears.book.build import book_queries as queries_of
from arrears.day.facts import Zones, bind_facts, zones_of
from arrears.day.past import hashes_of, manifests_of, strategy_of
from arrears.day.queries import CANDIDATE_KEY, DayQueries
from arrears.day.workspace import Strategy, Workspace
from arrears.engine import Session, Sessions
from arrears.errors import LawError
from arrears.law.model import Pack
from arrears.store import quoted

LISTED_MAX = 10_000
"""Contacts listed one by one; the counts are of all."""
TOLD_MAX = 20
"""Of them told in words."""

Change = Literal["refused", "allowed", "made", "not_made"]
"""A candidate is newly refused or newly allowed; or it is neither, and planned only now or no longer, in place of another."""

_CHANGE = """CASE WHEN was.lawful AND NOT is_now.lawful THEN 'refused' WHEN is_now.lawful AND NOT was.lawful THEN 'allowed'
    WHEN is_now.decision = 'chosen' THEN 'made' ELSE 'not_made' END"""
_TOUCHED = f"""SELECT was.customer_id, was.step, was.alternative, was.channel, was.segment, {_CHANGE} AS change,
    CASE WHEN was.lawful = is_now.lawful THEN '' WHEN was.lawful THEN is_now.refused_by ELSE was.refused_by END AS rules,
    was.decision AS decision_before, is_now.decision AS decision_after
    FROM decisions_before AS was JOIN decisions_after AS is_now
    ON was.customer_id = is_now.customer_id AND was.step = is_now.step AND was.alternative = is_now.alternative
    WHERE was.lawful <> is_now.lawful
    OR (was.decision <> is_now.decision AND (was.decision = 'chosen' OR is_now.decision = 'chosen'))"""
_CHOSEN = "sum(CASE WHEN decision = 'chosen' THEN 1 ELSE 0 END)"


@dataclass(frozen=True)
class TouchedContact:
    """One candidate of the day; `rules` are those that newly refuse it, or that refused it and no longer do."""

    customer_id: str
    step: str
    alternative: int
    channel: str
    segment: str
    change: Change
    rules: tuple[str, ...]
    decision_before: str
    decision_after: str


@dataclass(frozen=True)
class Count:
    """How many candidates of one rule, channel or segment are touched."""

    name: str
    refused_n: int
    """Newly refused."""
    refused_planned_n: int
    """Of them planned before: contacts that would no longer be made."""
    allowed_n: int
    """Newly allowed."""
    allowed_planned_n: int
    """Of them planned after."""


@dataclass(frozen=True)
class Touched:
    """What a change of the law does to a day."""

    day: date
    candidates_n: int
    planned_before_n: int
    planned_after_n: int
    changes: dict[Change, int]
    planned_refused_n: int
    """Contacts that were planned and are newly refused."""
    by_rule: tuple[Count, ...]
    by_channel: tuple[Count, ...]
    by_segment: tuple[Count, ...]
    contacts: tuple[TouchedContact, ...]
    """By customer, step and alternative; at most `LISTED_MAX`."""

    @property
    def total(self) -> int:
        return sum(self.changes.values())

    def as_json(self) -> dict[str, Any]:
        data = asdict(self) | {"day": self.day.isoformat(), "touched": self.total}
        return data | {"contacts": [asdict(one) for one in self.contacts], "not_listed": self.total - len(self.contacts)}

    def lines(self, language: Literal["en", "zh"]) -> list[str]:
        """The whole in a few sentences, the counts, and the first contacts."""
        zh = language == "zh"
        if not self.total:
            return [f"{self.day}：不影响任何联系" if zh else f"{self.day}: no contact is touched"]
        refused, allowed = self.changes.get("refused", 0), self.changes.get("allowed", 0)
        planned = self.planned_refused_n
        if zh:
            head = [
                f"{self.day}：{self.candidates_n} 项候选联系中，新被拒绝 {refused} 项（原已计划 {planned} 项），"
                f"新获允许 {allowed} 项",
                f"计划联系由 {self.planned_before_n} 项变为 {self.planned_after_n} 项",
            ]
        else:
            head = [
                f"{self.day}: of {self.candidates_n} candidates {refused} newly refused ({planned} of them planned), "
                f"{allowed} newly allowed",
                f"planned contacts: {self.planned_before_n} before, {self.planned_after_n} after",
            ]
        named = [("规则", "rule", self.by_rule), ("渠道", "channel", self.by_channel), ("客群", "segment", self.by_segment)]
        lines = head
        for chinese, english, counts in named:
            lines += [f"  {chinese if zh else english} {one.name}: {_counted(one, zh)}" for one in counts]
        lines += [_contact_line(one, zh) for one in self.contacts[:TOLD_MAX]]
        if self.total > TOLD_MAX:
            more = self.total - TOLD_MAX
            lines.append(f"  另有 {more} 项，见 --json" if zh else f"  and {more} more; --json lists them")
        return lines


def touched(
    workspace: Workspace, day: date, old: Sequence[Pack], new: Sequence[Pack], *, sessions: Sessions,
    progress: Callable[[int, int], None] = lambda done, total: None, book_queries: BookQueries | None = None,
) -> Touched:  # fmt: skip
    """What the day's candidates would have met under `new` that they do not under `old`, and what would have been planned.

    The day's other packs, and the charges that it blocked, stay as they were. Nothing is published. Raises `BookError` where
    the day is not whole or its settings are not kept, `LawError` where a rule would stand in two packs.
    """
    strategy = strategy_of(workspace, day, hashes_of(manifests_of(workspace, day)))
    sides = [with_packs(strategy, packs, [*old, *new]) for packs in (old, new)]
    shards = [f"{number:04d}.parquet" for number in range(strategy.bank.shards)]
    zones = zones_of(sessions, workspace, day, shards)
    before, after = (DayQueries(side, day, sessions.dialect, zones.offsets) for side in sides)
    book = book_queries or queries_of(strategy.bank, sessions.dialect)
    counted = [0, 0, 0]
    with tempfile.TemporaryDirectory(prefix=".law-diff-", dir=workspace.path) as folder:
        files = [Path(folder) / shard for shard in shards]
        for number, file in enumerate(files):
            with sessions.session() as session:
                found = _of_shard(session, (before, after), book, workspace, zones, file)
                session.clear()
            counted = [had + more for had, more in zip(counted, found, strict=True)]
            progress(number + 1, len(files))
        return _summed(day, counted, files)


def with_packs(strategy: Strategy, packs: Sequence[Pack], replaced: Sequence[Pack]) -> Strategy:
    """The strategy with `packs` in place of those of its own that bear the id of one in `replaced`."""
    ids = {pack.id for pack in replaced}
    laws = (*(pack for pack in strategy.packs if pack.id not in ids), *packs)
    home: dict[str, str] = {}
    for pack in laws:
        for rule in pack.rules:
            if home.setdefault(rule.id, pack.id) != pack.id:
                raise LawError(
                    f"rule {rule.id} stands in two packs", where=f"{home[rule.id]}, {pack.id}",
                    remedy="give the pack the id of the one it is to replace",
                )  # fmt: skip
    return replace(strategy, packs=laws)


def _of_shard(
    session: Session, sides: tuple[DayQueries, DayQueries], book: BookQueries, workspace: Workspace, zones: Zones, file: Path
) -> tuple[int, int, int]:
    """Write the shard's touched candidates; returns the candidates, and the planned ones before and after."""
    bind_facts(session, sides[0], book, workspace, file.name, zones)
    session.bind("blocked_charges", [workspace.step("plan", zones.day) / "blocked_charges" / file.name])
    session.let("amounts_over", sides[0].amounts_over)
    numbers = []
    for name, queries in zip(("before", "after"), sides, strict=True):
        session.let("verdicts", queries.verdicts)
        session.let(f"decisions_{name}", queries.decisions)
        numbers.append(session.rows(f"SELECT count(*), coalesce({_CHOSEN}, 0) FROM decisions_{name}")[0])
    session.write(_TOUCHED, file, CANDIDATE_KEY)
    return int(numbers[0][0]), int(numbers[0][1]), int(numbers[1][1])


def _summed(day: date, counted: Sequence[int], files: Sequence[Path]) -> Touched:
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 1; SET memory_limit = '1GB'")
        listed = ", ".join(quoted(file) for file in files)
        connection.execute(f"CREATE VIEW touched AS SELECT * FROM read_parquet([{listed}], hive_partitioning = false)")
        changes = dict(connection.execute("SELECT change, count(*) FROM touched GROUP BY change ORDER BY change").fetchall())
        planned = connection.execute(
            "SELECT count(*) FROM touched WHERE change = 'refused' AND decision_before = 'chosen'"
        ).fetchone()
        keys = ", ".join(CANDIDATE_KEY)
        rows = connection.execute(f"SELECT * FROM touched ORDER BY {keys} LIMIT {LISTED_MAX}").fetchall()
        by_rule, by_channel, by_segment = (
            _counts(connection, name) for name in ("unnest(string_split(rules, ','))", "channel", "segment")
        )
        contacts = [
            TouchedContact(who, step, alternative, channel, segment, change, tuple(rules.split(",")) if rules else (), was, now)
            for who, step, alternative, channel, segment, change, rules, was, now in rows
        ]
        candidates_n, before_n, after_n = counted
        planned_n = planned[0] if planned else 0
        return Touched(
            day, candidates_n, before_n, after_n, changes, planned_n, by_rule, by_channel, by_segment, tuple(contacts)
        )  # fmt: skip


def _counts(connection: duckdb.DuckDBPyConnection, name: str) -> tuple[Count, ...]:
    found = connection.execute(
        f"""SELECT name, count(*) FILTER (change = 'refused') AS refused_n,
        count(*) FILTER (change = 'refused' AND decision_before = 'chosen'), count(*) FILTER (change = 'allowed') AS allowed_n,
        count(*) FILTER (change = 'allowed' AND decision_after = 'chosen')
        FROM (SELECT {name} AS name, * FROM touched WHERE change IN ('refused', 'allowed'))
        GROUP BY name ORDER BY refused_n + allowed_n DESC, name"""
    ).fetchall()
    return tuple(Count(*row) for row in found)


def _counted(one: Count, zh: bool) -> str:
    if zh:
        refused = f"新被拒绝 {one.refused_n}（原已计划 {one.refused_planned_n}）"
        return f"{refused}，新获允许 {one.allowed_n}（将计划 {one.allowed_planned_n}）"
    return (
        f"{one.refused_n} newly refused ({one.refused_planned_n} planned before), "
        f"{one.allowed_n} newly allowed ({one.allowed_planned_n} planned after)"
    )


_CHANGE_WORDS: dict[Change, tuple[str, str]] = {
    "refused": ("newly refused", "新被拒绝"), "allowed": ("newly allowed", "新获允许"), "made": ("planned instead", "改为计划"),
    "not_made": ("no longer planned", "不再计划"),
}  # fmt: skip


def _contact_line(one: TouchedContact, zh: bool) -> str:
    rules = (f"：{'、'.join(one.rules)}" if zh else f" by {', '.join(one.rules)}") if one.rules else ""
    said = _CHANGE_WORDS[one.change][1 if zh else 0]
    what = f"{one.customer_id} {one.step}/{one.alternative} {one.channel}"
    return f"  {what}: {said}{rules}, {one.decision_before} -> {one.decision_after}"
