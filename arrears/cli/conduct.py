"""Conduct monitoring: `arrears conduct`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
    example,
)  # fmt: skip
from arrears.cli.output import progress, tell_json

BREACHED = 1
MEMORY_MB = 4_000


def register(app: typer.Typer) -> None:
    """Hang the command into the program."""
    app.command(epilog=example("arrears conduct --date 2026-01-24", "arrears conduct --date 2026-01-24 --min-share 90 --json"))(
        conduct
    )


def conduct(
    day: Day,
    workspace: WorkspacePath = Path(WORKSPACE_DEFAULT),
    min_share: Annotated[
        int | None,
        typer.Option(
            "--min-share", min=1, max=100, metavar="PERCENT", help="List caps used up to this share; else as conduct.yaml says."
        ),
    ] = None,
    engine: EngineName = Engine.duckdb,
    memory: MemoryMb = MEMORY_MB,
    lang: Language = Lang.en,
    json: AsJson = False,
) -> None:
    """List what customers may complain of, with the numbers.

    Attempts in vain, contacts after refusals, third parties, contacts near and outside the law, agents far from their peers,
    complaints: of a day that has run. Thresholds: docs/conduct.md. Exit code 1 if something of the severest class (breach) is
    listed, 0 if not.
    """
    from arrears.cli.running import sessions_of
    from arrears.conduct import load_thresholds, monitor
    from arrears.day.workspace import Workspace

    thresholds = load_thresholds(workspace, share_percent=min_share)
    with progress(quiet=json) as step, sessions_of(engine, memory) as sessions:
        found = monitor(
            Workspace(workspace), day, thresholds, sessions=sessions, progress=lambda done, total: step("conduct", done, total)
        )
    if json:
        tell_json(found.as_json())
    else:
        typer.echo("\n".join(found.lines(lang.value)))
    if found.breaches_n:
        raise typer.Exit(BREACHED)
