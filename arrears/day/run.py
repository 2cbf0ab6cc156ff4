"""Run one business day: every step once, in order, published whole; resume after a kill; change nothing the second time."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from arrears.book.build import BookQueries
from arrears.book.build import book_queries as queries_of
from arrears.day.facts import history_hash
from arrears.day.steps import DEPENDS, WORK, Context, Progress
from arrears.day.supervising import past_hash
from arrears.day.workspace import STEPS, Strategy, Workspace, require_next
from arrears.engine import Sessions
from arrears.errors import BookError, FeedError
from arrears.store import Manifest, clear_partials, clear_staging, damaged, file_hashes, publish, sha256_file, sha256_json


@dataclass(frozen=True)
class DayResult:
    """What a run did."""

    day: date
    manifests: dict[str, Manifest]
    seconds: dict[str, float]
    """Time spent by step; nothing for steps that were done already."""

    @property
    def quarantined_n(self) -> int:
        return int(self.manifests["feed"].facts.get("quarantined", 0))

    @property
    def was_done(self) -> bool:
        return not self.seconds


def feed_folder(feed: Path, day: date) -> Path:
    """The folder of the day's feed: `feed` itself, or `feed/date=YYYY-MM-DD`."""
    dated = feed / f"date={day.isoformat()}"
    if dated.is_dir():
        return dated
    if feed.is_dir() and not any(feed.glob("date=*")):
        return feed
    raise FeedError(f"no feed of {day}", where=str(dated), remedy="an empty day needs its (empty) files too; see docs/feed.md")


def run_day(
    workspace: Workspace, feed: Path, day: date, *, sessions: Sessions, progress: Callable[[Progress], None] = lambda _: None,
    book_queries: BookQueries | None = None,
) -> DayResult:  # fmt: skip
    """Bring the workspace to the end of `day`; raises an `ArrearsError` and publishes nothing further where it cannot."""
    strategy = workspace.strategy()
    with workspace.alone():
        before = require_next(workspace, day)
        require_intact(workspace, before)
        require_same_cut(workspace, before, strategy)
        folder = feed_folder(feed, day)
        workspace.keep(strategy)
        queries = book_queries or queries_of(strategy.bank, sessions.dialect)
        context = Context(workspace, strategy, day, before, folder, sessions, queries, progress)
        return run_steps(context, feed_hashes(folder))


def run_steps(context: Context, delivered: dict[str, str]) -> DayResult:
    """All steps of the context's day, those that are published already left as they are."""
    seconds: dict[str, float] = {}
    manifests: dict[str, Manifest] = {}
    with ThreadPoolExecutor(1) as beside:
        compiling: list[Future[None]] = []
        for step in STEPS:
            inputs = _inputs(context, step, manifests, delivered)
            published = context.workspace.manifest(step, context.day)
            if published is None:
                started = time.perf_counter()
                if not compiling:
                    compiling = [beside.submit(context.compile_book), beside.submit(context.compile_rest)]
                for needed in compiling[: {"feed": 0, "book": 1}.get(step, 2)]:
                    needed.result()
                published = run_step(context, step, inputs)
                seconds[step] = time.perf_counter() - started
            elif dict(published.inputs) != inputs:
                _refuse_change(context, step, published, inputs)
            manifests[step] = published
            context.progress(Progress(step, len(context.shards), len(context.shards), published=True))
    return DayResult(context.day, manifests, seconds)


def run_step(context: Context, step: str, inputs: dict[str, str]) -> Manifest:
    """Fill a staging folder named by the inputs, so that only a run of the same inputs takes up what a killed one left."""
    final = context.folder(step)
    staging = final.parent / f".staging-{final.name}-{sha256_json(inputs)[:16]}"
    clear_staging(final.parent, keep=[staging])
    staging.mkdir(parents=True, exist_ok=True)
    clear_partials(staging)  # a run killed while it wrote the manifest left one half-written, which is no output
    made = WORK[step](context, staging)
    for hidden in staging.glob(".*"):
        shutil.rmtree(hidden)
    manifest = Manifest(step, context.day.isoformat(), inputs, file_hashes(staging), made.rows, made.facts)
    publish(staging, final, manifest)
    return manifest


def _inputs(context: Context, step: str, manifests: dict[str, Manifest], delivered: dict[str, str]) -> dict[str, str]:
    """Name to hash of everything a step reads."""
    hashes = context.strategy.hashes
    inputs = {"arrears": hashes["arrears"], "bank": hashes["bank"]}
    for name in DEPENDS[step]:
        if name == "before":
            found = context.workspace.manifest("book", context.before) if context.before else None
            inputs["before"] = found.content_hash if found else "none"
        else:
            inputs[name] = manifests[name].content_hash
    if step == "feed":
        inputs |= {f"file:{name}": digest for name, digest in delivered.items()}
    if step == "allocate":
        inputs["response"] = hashes["response"]
    if step == "risk":
        inputs["scorecard"] = hashes["scorecard"]
    if step in ("playbook", "allocate", "plan"):
        inputs |= {name: hashes[name] for name in ("playbook", "contents")}
    if step in ("law", "supervise"):
        inputs |= {name: digest for name, digest in hashes.items() if name.startswith("law:")}
    if step == "supervise":
        inputs["past"] = past_hash(context.workspace, context.day)
    if step in ("law", "allocate", "plan"):
        inputs["history"] = history_hash(context.workspace, context.day)
    return inputs


def feed_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a feed folder, by relative path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): sha256_file(path) for path in files}


def require_intact(workspace: Workspace, before: date | None) -> None:
    """Raise `BookError` where yesterday's book is not what was written."""
    if before is None:
        return
    manifest = workspace.manifest("book", before)
    if manifest is None:
        return
    wrong = damaged(workspace.step("book", before), manifest)
    if wrong:
        raise BookError(
            "yesterday's book is damaged, this file is not what was written",
            where=str(workspace.step("book", before) / wrong[0]),
            remedy=f"restore it from a backup, or delete {workspace.step('book', before)} and run {before} again",
        )  # fmt: skip


def require_same_cut(workspace: Workspace, before: date | None, strategy: Strategy) -> None:
    """Raise `BookError` where `bank.toml` asks for another number of shards than the book has."""
    if before is None:
        return
    found = len(list((workspace.step("book", before) / "accounts").glob("*.parquet")))
    if found != strategy.bank.shards:
        raise BookError(
            f"the book is cut into {found} shards and bank.toml asks for {strategy.bank.shards}", where="bank.toml: shards",
            remedy=f"set shards = {found}; a new cut needs a new workspace",
        )  # fmt: skip


def _refuse_change(context: Context, step: str, published: Manifest, inputs: dict[str, str]) -> None:
    changed = sorted(name for name in {*published.inputs, *inputs} if published.inputs.get(name) != inputs.get(name))
    raise BookError(
        f"{context.day} was run already with another {', '.join(changed[:3])}", where=str(context.folder(step)),
        remedy="a day that was published is never rewritten: put the input back, or run the day in a new workspace",
    )  # fmt: skip
