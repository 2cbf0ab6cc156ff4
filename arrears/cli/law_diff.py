"""`arrears law diff`: what changed between two dates or two packs, and which contacts of a past day that touches."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arrears.cli.options import AsJson, Engine, EngineName, Lang, Language, MemoryMb, day_of
from arrears.cli.output import progress, tell_json
from arrears.errors import UsageError

if TYPE_CHECKING:
    from arrears.day.touching import Touched
    from arrears.law.model import Pack

MEMORY_MB = 4_000
EXAMPLES = (
    "arrears law diff --pack cn --from-date 2026-01-01 --to-date 2026-03-01",
    "arrears law diff old-policy.yaml policy.yaml",
    "arrears law diff cn cn,docs/examples/policy.yaml --workspace bank/workspace --day 2026-01-24",
)

_PACKS = "name, file or folder, or several with commas between."
Old = Annotated[str | None, typer.Argument(metavar="[OLD]", help=f"The earlier pack: {_PACKS}")]
New = Annotated[str | None, typer.Argument(metavar="[NEW]", help=f"The later one: {_PACKS}")]
OnDate = date | None


def law_diff(
    old: Old = None,
    new: New = None,
    pack: Annotated[
        str | None, typer.Option("--pack", metavar="PACK", help="Packs to compare at two dates; the day's own if left out.")
    ] = None,
    from_date: Annotated[
        OnDate, typer.Option("--from-date", parser=day_of, metavar="YYYY-MM-DD", help="The rules in force on this date ...")
    ] = None,
    to_date: Annotated[
        OnDate, typer.Option("--to-date", parser=day_of, metavar="YYYY-MM-DD", help="... against those on this one.")
    ] = None,
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", metavar="DIR", file_okay=False, help="Also say which contacts of a day there it touches."),
    ] = None,
    day: Annotated[OnDate, typer.Option("--day", parser=day_of, metavar="YYYY-MM-DD", help="That day.")] = None,
    engine: EngineName = Engine.duckdb,
    memory: MemoryMb = MEMORY_MB,
    lang: Language = Lang.en,
    json: AsJson = False,
) -> None:
    """Say what changed in the law.

    Between two packs (OLD NEW), or between two dates (--from-date --to-date). With --workspace and --day the candidates of
    that day are judged again both ways: what would be refused or allowed, and planned. Exit code 0 whatever it finds.
    """
    from arrears.law.comparing import between, compared, standing_on, told

    if (workspace is None) != (day is None):
        raise UsageError("--workspace and --day belong together", where="arrears law diff", remedy="give both, or neither")
    if from_date is not None and to_date is not None and old is None:
        packs = _packs(pack, workspace, day)
        changes = between(packs, from_date, to_date)
        sides = standing_on(packs, from_date), standing_on(packs, to_date)
        head: dict[str, Any] = {"from_date": from_date, "to_date": to_date, "packs": _named(packs)}
    elif old is not None and new is not None and (pack, from_date, to_date) == (None, None, None):
        sides = _loaded(old), _loaded(new)
        changes = compared(*sides)
        head = {"old": _named(sides[0]), "new": _named(sides[1])}
    else:
        raise UsageError(
            "give either OLD and NEW, or --from-date and --to-date", where="arrears law diff", remedy=f"such as: {EXAMPLES[0]}"
        )
    found = _touched(workspace, day, sides, engine, memory, quiet=json) if workspace and day else None
    if json:
        touched = {} if found is None else {"touched": found.as_json()}
        tell_json(head | {"differences": len(changes), "changes": [change.as_json() for change in changes]} | touched)
        return
    typer.echo("\n".join(told(changes, lang.value)))
    if found is not None:
        typer.echo("\n" + "\n".join(found.lines(lang.value)))


def _loaded(names: str) -> tuple[Pack, ...]:
    from arrears.law.loading import load_packs

    return load_packs(names.split(","))


def _packs(names: str | None, workspace: Path | None, day: date | None) -> tuple[Pack, ...]:
    """The packs named; without names those of the day, and without a day all that come with arrears."""
    from arrears.day.past import hashes_of, manifests_of, strategy_of
    from arrears.day.workspace import Workspace
    from arrears.law.loading import load_packs, packs_shipped

    if names is not None:
        return _loaded(names)
    if workspace is None or day is None:
        return load_packs(packs_shipped())
    place = Workspace(workspace)
    return strategy_of(place, day, hashes_of(manifests_of(place, day))).packs


def _named(packs: tuple[Pack, ...]) -> list[dict[str, str]]:
    return [{"pack": pack.id, "content_hash": pack.content_hash} for pack in packs]


def _touched(
    workspace: Path, day: date, sides: tuple[tuple[Pack, ...], tuple[Pack, ...]], engine: str, memory_mb: int, *, quiet: bool
) -> Touched:
    from arrears.cli.running import sessions_of
    from arrears.day.touching import touched
    from arrears.day.workspace import Workspace

    with progress(quiet=quiet) as step, sessions_of(engine, memory_mb) as sessions:
        return touched(
            Workspace(workspace),
            day,
            *sides,
            sessions=sessions,
            progress=lambda done, total: step(f"judging {day}", done, total),
        )
