"""The eight steps of a day: what each reads, writes and depends on. Each is called with a staging folder and fills it."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from arrears.book.build import BookQueries, bind_before, bind_kept, build_shard, write_empty_shard
from arrears.book.tables import feed_schema
from arrears.day.allocating import share_out
from arrears.day.facts import HISTORY_DAYS, bind_facts, bind_history, zones_of
from arrears.day.files import write_blocked_file, write_work_files
from arrears.day.queries import CANDIDATE_KEY, DayQueries
from arrears.day.supervising import bind_findings, feeds_of
from arrears.day.workspace import Strategy, Workspace
from arrears.engine.session import Session, Sessions, bind_as
from arrears.errors import ArrearsError, FeedError
from arrears.feed.contracts import CONTRACTS
from arrears.feed.intake import take_in
from arrears.store import clear_partials
from arrears.supervise.columns import BLOCKED_KEY
from arrears.supervise.queries import supervise_queries, supervise_shard

SHARDS_TOLD_AT_ONCE = 5
"""Shards whose texts one query fills in; a constant, so that the files do not depend on the machine."""


@dataclass(frozen=True)
class Progress:
    """One thing done: `done` of `total` shards of a step, or the step published (`done` is then `total`)."""

    step: str
    done: int
    total: int
    published: bool = False


@dataclass(frozen=True)
class Context:
    """What all steps of a run share."""

    workspace: Workspace
    strategy: Strategy
    day: date
    before: date | None
    feed: Path
    sessions: Sessions
    book_queries: BookQueries
    progress: Callable[[Progress], None]

    @property
    def shards(self) -> list[str]:
        return [f"{number:04d}.parquet" for number in range(self.strategy.bank.shards)]

    def folder(self, step: str) -> Path:
        return self.workspace.step(step, self.day)

    @cached_property
    def queries(self) -> DayQueries:
        """The day's SQL but for the law's, which needs the time zones of the customers."""
        return DayQueries(self.strategy, self.day, self.sessions.dialect, {})

    def compile_book(self) -> None:
        """Compile what the book needs; takes seconds and no data, so it runs while the feed is read."""
        self.book_queries.compile()

    def compile_rest(self) -> None:
        """Compile what else can be known beforehand, while the book is aged."""
        supervision = supervise_queries(self.strategy.bank, self.sessions.dialect)
        supervision.compile()
        _ = supervision.findings, supervision.law(self.strategy.packs, self.day)
        self.queries.compile()


@dataclass(frozen=True)
class Made:
    """What a step found out: rows by table, and facts for the manifest."""

    rows: dict[str, int]
    facts: dict[str, Any]


def take_feed(context: Context, staging: Path) -> Made:
    """The feed checked and cut into shards."""
    known = context.workspace.step("book", context.before) if context.before else None
    intake = take_in(
        context.feed, business_date=context.day, bank=context.strategy.bank, known=known, out=staging,
        shards=context.strategy.bank.shards,
    )  # fmt: skip
    try:
        _require_new(context, intake.content_hash)
    except ArrearsError:
        # nobody takes a refused feed up again, and names and numbers are not to lie about in a staging folder
        shutil.rmtree(staging)
        raise
    facts = {
        "delivered": intake.delivered, "quarantined": intake.quarantined_n, "reasons": intake.reasons, "notes": intake.notes,
        "feed_hash": intake.content_hash,
    }  # fmt: skip
    return Made(intake.rows, facts)


def _require_new(context: Context, content_hash: str) -> None:
    """Raise `FeedError` where a recent day took in the very same files: its transactions would count twice."""
    for back in range(1, HISTORY_DAYS):
        earlier = context.workspace.manifest("feed", context.day - timedelta(days=back))
        if content_hash and earlier and earlier.facts.get("feed_hash") == content_hash:
            raise FeedError(
                f"the same files were taken in for {earlier.business_date}",
                where=str(context.feed),
                remedy=f"deliver the feed of {context.day}",
            )


def age_book(context: Context, staging: Path) -> Made:
    """Every account and customer as of the end of the day."""
    before = context.workspace.step("book", context.before) if context.before else staging / ".before"

    def one(session: Session, shard: str) -> dict[str, int]:
        if context.before is None:
            write_empty_shard(session, before, shard)
        bind_before(session, before, shard)
        _bind_feed(context, session, shard)
        return build_shard(session, context.book_queries, before, staging, shard, context.day)

    return Made(_by_shard(context, "book", staging, one), {})


def supervise(context: Context, staging: Path) -> Made:
    """Every charge of the day computed again, the breaches, and what the next closings need of these."""
    queries = supervise_queries(context.strategy.bank, context.sessions.dialect)
    law = queries.law(context.strategy.packs, context.day)

    def one(session: Session, shard: str) -> dict[str, int]:
        _bind_book(context, session, shard, "accounts", "customers")
        _bind_feed(context, session, shard)
        feeds = feeds_of(context.workspace, context.day, context.before, shard)
        return supervise_shard(session, queries, feeds, law, staging, shard, context.day)

    return Made(_by_shard(context, "supervise", staging, one), {})


def score(context: Context, staging: Path) -> Made:
    """Every customer's score and its reasons."""
    queries = context.queries

    def one(session: Session, shard: str) -> dict[str, int]:
        _bind_book(context, session, shard, "customers")
        return {"scores": session.write(queries.scores, staging / "scores" / shard, ("customer_id",))}

    return Made(_by_shard(context, "risk", staging, one), {})


def find_candidates(context: Context, staging: Path) -> Made:
    """Every customer's segment, and every contact that the playbook has for them today."""
    queries = context.queries

    def one(session: Session, shard: str) -> dict[str, int]:
        _bind_book(context, session, shard, "customers")
        session.bind("scores", [context.folder("risk") / "scores" / shard])
        segments_n = session.write(queries.segments, staging / "segments" / shard, ("customer_id",))
        session.bind("segments", [staging / "segments" / shard])
        candidates_n = session.write(queries.candidates, staging / "candidates" / shard, CANDIDATE_KEY)
        return {"segments": segments_n, "candidates": candidates_n}

    return Made(_by_shard(context, "playbook", staging, one), {})


def screen_candidates(context: Context, staging: Path) -> Made:
    """The law's word on every candidate."""
    zones = zones_of(context.sessions, context.workspace, context.day, context.shards)
    queries = DayQueries(context.strategy, context.day, context.sessions.dialect, zones.offsets)
    _ = queries.facts, queries.verdicts, queries.misdirected_points, queries.contact_history

    def one(session: Session, shard: str) -> dict[str, int]:
        bind_facts(session, queries, context.book_queries, context.workspace, shard, zones)
        return {"verdicts": session.write(queries.verdicts, staging / "verdicts" / shard, CANDIDATE_KEY)}

    return Made(_by_shard(context, "law", staging, one), {})


def plan(context: Context, staging: Path) -> Made:
    """One decision for every candidate, and the work files of what was chosen."""
    queries = context.queries

    def one(session: Session, shard: str) -> dict[str, int]:
        _bind_book(context, session, shard, "customers")
        for name in ("contact_points", "people"):
            bind_kept(session, context.book_queries, name, context.folder("book"), shard)
        session.bind("candidates", [context.folder("playbook") / "candidates" / shard])
        session.bind("verdicts", [context.folder("law") / "verdicts" / shard])
        bind_history(session, context.workspace, context.day, shard)
        bind_findings(session, context.folder("supervise"), shard)
        blocked_n = session.write(queries.blocked, staging / "blocked_charges" / shard, BLOCKED_KEY)
        session.bind("blocked_charges", [staging / "blocked_charges" / shard])
        session.let("amounts_over", queries.amounts_over)
        if context.strategy.bank.effort is not None:
            session.bind("worths", [context.folder("allocate") / "worths" / shard])
        decisions = staging / "decisions" / shard
        decisions_n = session.write(queries.decisions, decisions, CANDIDATE_KEY)
        session.bind("decisions", [decisions])
        contacts = "SELECT * FROM decisions WHERE decision = 'chosen'"
        contacts_n = session.write(contacts, staging / "contacts" / shard, CANDIDATE_KEY)
        session.write(queries.work_facts, staging / ".facts" / shard, CANDIDATE_KEY)
        return {"decisions": decisions_n, "contacts": contacts_n, "blocked_charges": blocked_n}

    def tell(group: int) -> Path:
        """The texts of several shards at once: the query is long to plan and quick to run."""
        shards = context.shards[group : group + SHARDS_TOLD_AT_ONCE]
        path = staging / "work" / f"{group // SHARDS_TOLD_AT_ONCE:04d}.parquet"
        with context.sessions.session() as session:
            session.bind("work_facts", [staging / ".facts" / shard for shard in shards])
            session.write(queries.work, path, ("customer_id", "step"))
            session.clear()
        return path

    rows = _by_shard(context, "plan", staging, one)
    with ThreadPoolExecutor(context.sessions.workers) as pool:
        work = list(pool.map(tell, range(0, len(context.shards), SHARDS_TOLD_AT_ONCE)))
    files = write_work_files(work, [staging / "decisions" / shard for shard in context.shards], staging / "files")
    files |= write_blocked_file([staging / "blocked_charges" / shard for shard in context.shards], staging / "files")
    return Made(rows, {"files": files})


def allocate(context: Context, staging: Path) -> Made:
    """The bank's effort shared out over all customers; nothing to do where it is not limited."""
    effort = context.strategy.bank.effort
    if effort is None:
        return Made({}, {})
    queries = context.queries
    openings = staging / ".openings"

    def one(session: Session, shard: str) -> dict[str, int]:
        _bind_book(context, session, shard, "customers")
        session.bind("candidates", [context.folder("playbook") / "candidates" / shard])
        session.bind("segments", [context.folder("playbook") / "segments" / shard])
        session.bind("verdicts", [context.folder("law") / "verdicts" / shard])
        bind_history(session, context.workspace, context.day, shard)
        bind_findings(session, context.folder("supervise"), shard)
        session.let("blocked_charges", queries.blocked)
        session.let("amounts_over", queries.amounts_over)
        return {"openings": session.write(queries.openings, openings / shard, CANDIDATE_KEY)}

    rows = _by_shard(context, "allocate", staging, one)
    files = [openings / shard for shard in context.shards]
    worths_n, facts = share_out(files, context.strategy.response, effort, context.strategy.bank, staging / "worths")
    return Made(rows | {"worths": worths_n}, facts)


DEPENDS: dict[str, tuple[str, ...]] = {
    "feed": ("before",), "book": ("before", "feed"), "supervise": ("book", "feed"), "risk": ("book",),
    "playbook": ("book", "risk"), "law": ("book", "playbook", "feed"),
    "allocate": ("book", "supervise", "playbook", "law", "feed"),
    "plan": ("book", "supervise", "playbook", "law", "allocate", "feed"),
}  # fmt: skip
"""Earlier steps that a step reads; `before` is the book of the day before."""

WORK: dict[str, Callable[[Context, Path], Made]] = {
    "feed": take_feed, "book": age_book, "supervise": supervise, "risk": score, "playbook": find_candidates,
    "law": screen_candidates, "allocate": allocate, "plan": plan,
}  # fmt: skip


def _by_shard(context: Context, step: str, staging: Path, one: Callable[[Session, str], dict[str, int]]) -> dict[str, int]:
    """Run `one` for every shard that a killed run has not left done, several at once; returns the rows by table."""
    done = staging / ".done"
    done.mkdir(parents=True, exist_ok=True)
    rows: dict[str, dict[str, int]] = {}
    lock = threading.Lock()

    def finish(shard: str) -> None:
        with context.sessions.session() as session:
            made = one(session, shard)
            session.clear()
        (done / f"{shard}.partial").write_text(json.dumps(made), encoding="utf-8")
        (done / f"{shard}.partial").rename(done / f"{shard}.json")
        with lock:
            rows[shard] = made
            context.progress(Progress(step, len(rows), len(context.shards)))

    for shard in context.shards:
        if (done / f"{shard}.json").exists():
            rows[shard] = json.loads((done / f"{shard}.json").read_text(encoding="utf-8"))
    clear_partials(staging)
    with ThreadPoolExecutor(context.sessions.workers) as pool:
        pending = [pool.submit(finish, shard) for shard in context.shards if shard not in rows]
        try:
            for finished in wait(pending, return_when=FIRST_EXCEPTION).done:
                finished.result()
        except BaseException:  # an interrupt too: the shards at work are finished, the others wait for the next run
            pool.shutdown(cancel_futures=True)
            raise
    tables = dict.fromkeys(name for shard in context.shards for name in rows[shard])
    return {name: sum(made[name] for made in rows.values()) for name in tables}


def _bind_feed(context: Context, session: Session, shard: str) -> None:
    for name in CONTRACTS:
        bind_as(session, f"feed_{name}", [context.folder("feed") / name / shard], feed_schema(name))


def _bind_book(context: Context, session: Session, shard: str, *names: str) -> None:
    for name in names:
        session.bind(name, [context.folder("book") / name / shard])
