"""Conduct and supervision of a day, as the project's own rooms compute them; kept, so that a page only reads."""

from __future__ import annotations

import json
import os
from datetime import date
from typing import Any

from django.core.cache import cache

from arrears.conduct import load_thresholds, monitor
from arrears.conduct.words import SEVERITY_WORDS
from arrears.day.past import packs_of
from arrears.day.workspace import Workspace
from arrears.desk.compliance.longer import Progress, Work, begin, work_of
from arrears.desk.current import desk
from arrears.desk.keeping import digest_of
from arrears.desk.saying import on_page
from arrears.engine import open_sessions
from arrears.errors import ArrearsError
from arrears.report.of_supervision import Supervision, supervision
from arrears.report.tables import reading, table
from arrears.supervise.columns import FINDING_KEY, FINDINGS

MEMORY_MB, WORKERS = 2_000, 2
SHOWN_MAX = 20
"""Findings of a pattern on the page; the command lists all that are listed."""
OPEN_MAX = 50
HOUR_SECONDS = 3_600


def days_run() -> list[date]:
    """Business dates with a plan, the latest first."""
    return sorted(Workspace(desk().workspace).days("plan"), reverse=True)


def conduct_work(day: date) -> Work:
    """The day's list, or how far it is."""
    return work_of(f"conduct-{day}")


def begin_conduct(day: date, by: str) -> None:
    """Compute the day's list in the background; raises where the day has not run or a list is being computed."""
    place = Workspace(desk().workspace)
    place.require("plan", day)
    begin(f"conduct-{day}", by, lambda progress: _conduct(place, day, progress), kind="conduct")


def _conduct(place: Workspace, day: date, progress: Progress) -> dict[str, Any]:
    workers = min(WORKERS, len(os.sched_getaffinity(0)))
    sessions = open_sessions("duckdb", memory_limit_mb=MEMORY_MB, workers=workers)
    try:
        found = monitor(place, day, load_thresholds(place.path), sessions=sessions, progress=progress)
    finally:
        sessions.close()
    told = [one.as_json() | {"line": {"en": one.line("en"), "zh": one.line("zh")}} for one in found.findings]
    plain: dict[str, Any] = json.loads(json.dumps(found.as_json() | {"findings": told}, default=str))
    return plain


def by_pattern(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The findings of a list by pattern, the severest first: `title`, `do`, `severity`, `found_n`, `listed`."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for one in result["findings"]:
        grouped.setdefault(one["pattern"], []).append(one)
    return [
        {
            "pattern": pattern, "severity": mine[0]["severity"],
            "severity_word": SEVERITY_WORDS[mine[0]["severity"]], "found_n": result["found"][pattern],
            "title": (mine[0]["title_en"], mine[0]["title_zh"]), "do": (mine[0]["do_en"], mine[0]["do_zh"]),
            "listed": mine[:SHOWN_MAX], "command": f"arrears conduct --date {result['date']}",
        }
        for pattern, mine in grouped.items()
    ]  # fmt: skip


def supervised(day: date) -> tuple[Supervision | None, list[dict[str, Any]]]:
    """What supervision of the day's charges found, and the first open findings; kept for an hour."""
    place = Workspace(desk().workspace)
    manifest = place.manifest("supervise", day)
    if manifest is None:
        return None, []
    name = f"supervision-{digest_of(str(place.path.resolve()).encode())}-{day}"
    found: tuple[Supervision | None, list[dict[str, Any]]] | None = cache.get(name)
    if found is None:
        with reading() as con:
            packs = packs_of(place, day, desk().bank, manifest.inputs)
            found = supervision(con, place, day, packs), _open(con, place, day, 0, OPEN_MAX)
        cache.set(name, found, HOUR_SECONDS)
    return found


def open_findings(day: date, skip: int, limit: int) -> list[dict[str, Any]]:
    """Findings open at the end of the day, by account; raises `BookError` where charges were not supervised then."""
    with reading() as con:
        return _open(con, Workspace(desk().workspace), day, skip, limit)


def _open(con: Any, place: Workspace, day: date, skip: int, limit: int) -> list[dict[str, Any]]:
    rows = con.execute(
        f"SELECT {', '.join(FINDINGS)} FROM {table(place, 'supervise', day, 'findings')} WHERE cleared_date IS NULL "
        f"ORDER BY {', '.join(FINDING_KEY)} LIMIT ? OFFSET ?", [limit, skip],
    ).fetchall()  # fmt: skip
    return [dict(zip(FINDINGS, row, strict=True)) for row in rows]


def supervised_or_why(day: date) -> dict[str, Any]:
    """The same for a page that shows other things too: an error in one of them is told in its place."""
    try:
        found, rows = supervised(day)
    except ArrearsError as error:
        return {"supervision": None, "supervision_error": on_page(error)}
    return {"supervision": found, "open_findings": rows}
