"""Process measurement: `arrears process`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from arrears.cli.options import WORKSPACE_DEFAULT, AsJson, Day, Lang, Language, WorkspacePath, day_of, example
from arrears.cli.output import tell_json


def register(app: typer.Typer) -> None:
    """Hang the command into the program."""
    app.command(
        epilog=example("arrears process --date 2026-01-24", "arrears process --date 2026-01-24 --since 2026-01-12 --json")
    )(process)


def process(
    day: Day,
    since: Annotated[
        date | None,
        typer.Option("--since", parser=day_of, metavar="YYYY-MM-DD", help="First day measured; else 60 days in all."),
    ] = None,
    workspace: WorkspacePath = Path(WORKSPACE_DEFAULT),
    lang: Language = Lang.en,
    json: AsJson = False,
) -> None:
    """Measure the process: waits, steps, agents.

    Where cases wait and what holds them up, which planned contacts were not made, which steps change nothing that could be
    seen, and where agents stand idle or drown. Targets: docs/process.md.
    """
    from arrears.bank import load_bank
    from arrears.day.past import playbook_of
    from arrears.day.workspace import Workspace
    from arrears.process import measure
    from arrears.process.telling import lines

    place = Workspace(workspace)
    place.require("plan", day)
    playbook = playbook_of(place, day)
    found = measure(place, day, load_bank(workspace / "bank.toml"), playbook, since=since)
    if json:
        tell_json(found.as_json())
    else:
        titles = {segment.id: (segment.title.en, segment.title.zh) for segment in playbook.segments}
        typer.echo("\n".join(lines(found, lang.value, titles)))
