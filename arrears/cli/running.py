"""Several days by one process, and what is told at their end; shared by `run`, `report` and `demo`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import typer

from arrears.bank import load_bank
from arrears.book.build import BookQueries
from arrears.cli.data import bank_near
from arrears.cli.options import WORKSPACE_DEFAULT, WORKSPACE_VARIABLE, Lang
from arrears.cli.output import Step, progress
from arrears.day.run import DayResult, run_day
from arrears.day.steps import Progress
from arrears.day.workspace import STEPS, Workspace, is_shipped
from arrears.engine import Sessions, open_sessions
from arrears.report import print_summary, summarise, write_page

WORKERS_MAX = 32
PAPER_WIDTH = 120
"""Columns of what is not printed to a terminal."""


@contextmanager
def sessions_of(engine: str, memory_mb: int) -> Iterator[Sessions]:
    """An engine with a worker for each processor this process may use."""
    workers = min(len(os.sched_getaffinity(0)), WORKERS_MAX)
    sessions = open_sessions(engine, memory_limit_mb=memory_mb, workers=workers)
    try:
        yield sessions
    finally:
        sessions.close()


def settle(workspace: Path, feed: Path) -> Path | None:
    """Give a new workspace the `bank.toml` that lies with the feed, and the bank's own law packs beside it.

    Returns what was copied, None where nothing was.
    """
    if (workspace / "bank.toml").exists():
        return None
    source = bank_near(feed)
    names = load_bank(source).jurisdictions
    workspace.mkdir(parents=True, exist_ok=True)
    for name in names:
        pack = source.parent / name
        beside = pack.resolve().is_relative_to(source.parent.resolve())
        if beside and not is_shipped(name) and pack.exists() and not (workspace / name).exists():
            (workspace / name).parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if pack.is_dir() else shutil.copyfile)(pack, workspace / name)
    partial = workspace / "bank.toml.partial"
    shutil.copyfile(source, partial)
    partial.rename(workspace / "bank.toml")
    return source


def run_days(
    workspace: Path, feed: Path, first: date, last: date, *, engine: str, memory_mb: int, json: bool
) -> list[DayResult]:
    """Run the days in order with one compiled book; a line a day is printed, with `json` nothing."""
    place = Workspace(workspace)
    folder = feed / "feed" if (feed / "feed").is_dir() and not any(feed.glob("date=*")) else feed
    results = []
    with progress(quiet=json) as step, sessions_of(engine, memory_mb) as sessions:
        queries = BookQueries(place.strategy().bank, sessions.dialect)
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)

            advanced = fraction(step, str(day), number, (last - first).days + 1)
            results.append(run_day(place, folder, day, sessions=sessions, progress=advanced, book_queries=queries))
            if not json:
                typer.echo(day_line(results[-1]))
    return results


def fraction(step: Step, what: str, number: int, days: int) -> Callable[[Progress], None]:
    """Turns what a day says of its steps into hundredths of a step on the bar of `days` days, of which this is `number`."""

    def advanced(made: Progress) -> None:
        done = STEPS.index(made.step) + (1 if made.published else made.done / max(made.total, 1))
        step(f"{what} {made.step}", int(100 * (number * len(STEPS) + done)), 100 * len(STEPS) * days)

    return advanced


def day_line(result: DayResult) -> str:
    """A day in one line."""
    rows = {name: manifest.rows for name, manifest in result.manifests.items()}
    taken = "was done already" if result.was_done else f"{sum(result.seconds.values()):.1f} s"
    quarantined = f", {result.quarantined_n:,} rows in quarantine" if result.quarantined_n else ""
    return (
        f"{result.day}: {sum(rows['feed'].values()):,} rows in{quarantined}, {rows['book']['accounts']:,} accounts, "
        f"{rows['playbook']['candidates']:,} candidates, {rows['plan']['contacts']:,} contacts, {taken}"
    )


def last_day_told(workspace: Path, day: date, lang: Lang, *, json: bool) -> tuple[Path, dict[str, Any]]:
    """Write the page of a day and print its summary (with `json` nothing); returns the page and the summary as JSON."""
    from rich.console import Console

    summary = summarise(workspace, day, load_bank(workspace / "bank.toml"))
    page = workspace / "report" / f"date={day}" / "index.html"
    write_page(summary, page, lang.value)
    if not json:
        console = Console()
        typer.echo()
        print_summary(summary, console if console.is_terminal else Console(width=PAPER_WIDTH), lang.value)
        typer.echo(f"\nwork files: {workspace / 'plan' / f'date={day}' / 'files'}\nreport:     {page}")
        if workspace != Path(os.environ.get(WORKSPACE_VARIABLE, WORKSPACE_DEFAULT)):
            typer.echo(f"the commands above look here after: export {WORKSPACE_VARIABLE}={workspace}")
    return page, summary.as_json()
