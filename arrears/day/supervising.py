"""What the step `supervise` reads of earlier days: transactions and statements taken in, and what supervision left."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from arrears.day.facts import history_days
from arrears.day.workspace import Workspace
from arrears.engine.session import Session
from arrears.store import Manifest, sha256_json
from arrears.supervise.columns import FINDINGS, HISTORY_DAYS
from arrears.supervise.queries import Feeds, bind_or_none

EVER = date(1900, 1, 1)
READ_OF_FEEDS = ("transactions", "statements")


def days_read(workspace: Workspace, day: date) -> list[date]:
    """The days whose feeds are read, oldest first and `day` last; raises `BookError` where what was taken in is gone."""
    since = day - timedelta(days=HISTORY_DAYS - 1)
    return [earlier for earlier in history_days(workspace, day) if earlier >= since]


def days_stood(workspace: Workspace, day: date) -> list[date]:
    """The earlier ones among them for which supervision left its tables."""
    return [earlier for earlier in days_read(workspace, day)[:-1] if workspace.manifest("supervise", earlier)]


def past_hash(workspace: Workspace, day: date) -> str:
    """One hash over everything that the step reads of earlier days."""
    read = [("feed", earlier) for earlier in days_read(workspace, day)[:-1]]
    read += [("supervise", earlier) for earlier in days_stood(workspace, day)]
    manifests = [workspace.manifest(step, earlier) for step, earlier in read]
    return sha256_json([manifest.content_hash for manifest in manifests if manifest])


def feeds_of(workspace: Workspace, day: date, before: date | None, shard: str) -> Feeds:
    """Where a shard's inputs lie; `before` is the day before, None on the first day of the workspace."""
    read, stood = days_read(workspace, day), days_stood(workspace, day)
    return Feeds(
        transactions=[workspace.step("feed", earlier) / "transactions" / shard for earlier in read],
        statements=[workspace.step("feed", earlier) / "statements" / shard for earlier in read],
        standings=[workspace.step("supervise", earlier) / "standings" / shard for earlier in stood],
        findings=[workspace.step("supervise", before) / "findings" / shard] if before in stood else [],
        news_from=EVER if before else day,
    )


def is_read(name: str, manifest: Manifest, earlier: date, day: date) -> bool:
    """Whether the step on `day` reads the file `name` of a published step of an earlier day."""
    table = name.split("/", 1)[0]
    if (day - earlier).days >= HISTORY_DAYS:
        return False
    if manifest.step == "feed":
        return table in READ_OF_FEEDS
    return table == "standings" or (table == "findings" and (day - earlier).days == 1)


def bind_findings(session: Session, folder: Path, shard: str) -> None:
    """Let `findings` stand for a shard of what supervision found on a day."""
    file = folder / "findings" / shard
    bind_or_none(session, "findings", [file] if file.exists() else [], FINDINGS)
