"""The business day: `arrears run`, `arrears explain`, `arrears replay`, `arrears report`."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arrears.cli.options import (
    WORKSPACE_DEFAULT,
    AsJson,
    Day,
    Engine,
    EngineName,
    Lang,
    Language,
    MemoryMb,
    WorkspacePath,
    day_of,
    example,
)  # fmt: skip
from arrears.cli.output import progress, tell_json
from arrears.errors import UsageError

if TYPE_CHECKING:
    from arrears.day.run import DayResult

MEMORY_MB = 4_000
DAYS_MAX = 3_700
"""Days of one `--until`, ten years."""
QUARANTINED = 3
WORKSPACE = Path(WORKSPACE_DEFAULT)


def register(app: typer.Typer) -> None:
    """Hang the commands of this page into the program."""
    app.command(
        epilog=example(
            "arrears run --feed bank/feed --date 2026-01-05",
            "arrears run --feed bank/feed --date 2026-01-06 --until 2026-01-24 --json",
        )
    )(run)
    app.command(epilog=example("arrears explain A00000012 --date 2026-01-24 --lang zh"))(explain)
    app.command(epilog=example("arrears replay --date 2026-01-24"))(replay)
    app.command(epilog=example("arrears report --date 2026-01-24"))(report)


def run(
    feed: Annotated[Path, typer.Option("--feed", metavar="DIR", help="The folder of dated feeds, or the feed of the day.")],
    day: Day,
    until: Annotated[
        date | None, typer.Option("--until", parser=day_of, metavar="YYYY-MM-DD", help="Run every day up to this one.")
    ] = None,
    workspace: WorkspacePath = WORKSPACE,
    engine: EngineName = Engine.duckdb,
    memory: MemoryMb = MEMORY_MB,
    lang: Language = Lang.en,
    json: AsJson = False,
) -> None:
    """Run a business day, or several in order.

    Feed, book, scores, playbook, law, plan and work files, then the report. A killed run goes on where it stopped; a day that
    has run is left as it is. Exit code 3 if rows went to quarantine.
    """
    from arrears.cli.running import last_day_told, run_days, settle

    if until is not None and not day <= until <= day + timedelta(days=DAYS_MAX):
        raise UsageError(f"--until {until} must lie at most {DAYS_MAX} days after --date {day}", where="--until")
    settled = settle(workspace, feed)
    if settled and not json:
        typer.echo(f"new workspace {workspace}, settings from {settled}")
    results = run_days(workspace, feed, day, until or day, engine=engine, memory_mb=memory, json=json)
    page, told = last_day_told(workspace, results[-1].day, lang, json=json)
    if json:
        days = [day_json(result) for result in results]
        tell_json({"workspace": workspace, "days": days, "report": page, "summary": told})
    if any(result.quarantined_n for result in results):
        raise typer.Exit(QUARANTINED)


def day_json(result: DayResult) -> dict[str, Any]:
    """What a day did, step by step."""
    steps = {
        name: {
            "content_hash": manifest.content_hash, "rows": dict(manifest.rows), "facts": dict(manifest.facts),
            "seconds": round(result.seconds[name], 3) if name in result.seconds else None,
        }
        for name, manifest in result.manifests.items()
    }  # fmt: skip
    return {"date": result.day, "was_done": result.was_done, "quarantined": result.quarantined_n, "steps": steps}


def explain(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="An account id.")],
    day: Day,
    workspace: WorkspacePath = WORKSPACE,
    lang: Language = Lang.en,
    json: AsJson = False,
) -> None:
    """Say what was decided about an account, and why.

    Its state, score and segment, every contact that came into question, and the law's word on each.
    """
    from arrears.day.explain import explain as explained
    from arrears.day.workspace import Workspace

    found = explained(Workspace(workspace), account, day, lang.value)
    if json:
        tell_json(found.as_json())
    else:
        typer.echo("\n".join(found.lines()))


def replay(
    day: Day,
    workspace: WorkspacePath = WORKSPACE,
    engine: EngineName = Engine.duckdb,
    memory: MemoryMb = MEMORY_MB,
    lang: Language = Lang.en,
    json: AsJson = False,
) -> None:
    """Compute a past day again and compare.

    By the settings it was decided with; every table is held against what was published. Exit code 1 if one differs.
    """
    from arrears.cli.running import fraction, sessions_of
    from arrears.day.replay import replay as replayed
    from arrears.day.workspace import Workspace

    with progress(quiet=json) as step, sessions_of(engine, memory) as sessions:
        advanced = fraction(step, f"replaying {day}", 0, 1)
        found = replayed(Workspace(workspace), day, sessions=sessions, progress=advanced)
    if json:
        tell_json(found.as_json())
    else:
        typer.echo("\n".join(found.lines(lang.value)))
    if not found.same:
        raise typer.Exit(1)


def report(day: Day, workspace: WorkspacePath = WORKSPACE, lang: Language = Lang.en, json: AsJson = False) -> None:
    """Tell a day that has run, and write its page.

    The page is one HTML file in both languages that needs no network.
    """
    from arrears.cli.running import last_day_told

    page, told = last_day_told(workspace, day, lang, json=json)
    if json:
        tell_json({"report": page, "summary": told})
