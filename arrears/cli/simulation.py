"""What would come of a strategy: `arrears simulate` and `arrears bench simulate`."""

from __future__ import annotations

import json as json_
import os
from dataclasses import replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from arrears.cli.options import AsJson, Lang, Language, MemoryMb, day_of, example
from arrears.cli.output import progress, table_lines, tell_json
from arrears.cli.studies import bench_app

WORKERS_MAX = 64
START = date(2026, 2, 2)
"""After the industry association's guidance on collection came into force."""


class Sharing(StrEnum):
    """How a strategy shares scarce effort out."""

    rule = "rule"
    balance = "balance"
    optimised = "optimised"


Accounts = Annotated[int, typer.Option("--accounts", metavar="N", help="Cardholders, one card each.")]
Days = Annotated[int, typer.Option("--days", metavar="D", help="Days the strategy is at work.")]
Workers = Annotated[
    int | None, typer.Option("--workers", metavar="N", min=1, max=WORKERS_MAX, help="Processes; one a core if left out.")
]
Allocator = Annotated[Sharing, typer.Option("--allocator", help="How A shares scarce effort out.")]


def register(app: typer.Typer) -> None:
    """Hang the command into the program."""
    epilog = example(
        "arrears simulate --against-allocator balance --accounts 100000 --days 90 --seeds 5",
        "arrears simulate --playbook mine.yaml --against guide --accounts 1000000 --days 180 --json",
        "arrears simulate --explore 500000 --log learned.parquet --accounts 200000 --days 120",
    )
    app.command(epilog=epilog)(simulate)
    bench_app.command("simulate", epilog=example("arrears bench simulate --accounts 1000000 --days 180 --json"))(bench_simulate)


def simulate(
    playbook: Annotated[str, typer.Option("--playbook", metavar="A", help="A playbook.yaml, or guide.")] = "guide",
    against: Annotated[str | None, typer.Option("--against", metavar="B", help="The playbook to compare with.")] = None,
    allocator: Allocator = Sharing.rule,
    against_allocator: Annotated[
        Sharing | None, typer.Option("--against-allocator", help="How B shares it out; rule if only a playbook is given.")
    ] = None,
    accounts: Accounts = 100_000,
    days: Days = 180,
    seeds: Annotated[int, typer.Option("--seeds", metavar="K", min=1, help="Seeds 1 to K.")] = 1,
    seed: Annotated[int | None, typer.Option("--seed", metavar="S", min=0, max=2**62, help="One seed instead.")] = None,
    start: Annotated[
        date | None, typer.Option("--start", parser=day_of, metavar="YYYY-MM-DD", help="First day; 2026-02-02 if left out.")
    ] = None,
    agent_minutes: Annotated[int | None, typer.Option("--agent-minutes", min=0, help="Agents' minutes a day.")] = None,
    sms: Annotated[int | None, typer.Option("--sms", min=0, help="Messages a day.")] = None,
    letters: Annotated[int | None, typer.Option("--letters", min=0, help="Registered letters a day.")] = None,
    visits: Annotated[int | None, typer.Option("--visits", min=0, help="Visits a day.")] = None,
    money: Annotated[int | None, typer.Option("--money", metavar="MINOR", min=0, help="Money a day, minor units.")] = None,
    explore: Annotated[int, typer.Option("--explore", metavar="PPM", help="Draw contacts with this chance, ppm.")] = 0,
    log: Annotated[Path | None, typer.Option("--log", metavar="FILE", help="Write what was drawn and what came of it.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the JSON document here too.")] = None,
    workers: Workers = None,
    memory: MemoryMb = 4_000,
    lang: Language = Lang.en,
    json: AsJson = False,
) -> None:
    """Try a strategy on simulated cardholders, or two against each other.

    Each seed lives both strategies with the same luck and the same capacities; differences are paired by seed.
    """
    from arrears.lab.simulation.comparing import Settings, Side, compare
    from arrears.lab.simulation.efforts import capacities_for
    from arrears.lab.simulation.telling import lines

    sides = [Side(playbook, allocator.value)]
    if against is not None or against_allocator is not None:
        sides.append(Side(against or playbook, (against_allocator or Sharing.rule).value))
    given = {
        "agent_seconds": None if agent_minutes is None else 60 * agent_minutes, "sms": sms, "letters": letters,
        "visits": visits, "money_minor": money,
    }  # fmt: skip
    capacities = replace(capacities_for(accounts), **{name: value for name, value in given.items() if value is not None})
    settings = Settings(
        tuple(sides), accounts, start or START, days, (seed,) if seed is not None else tuple(range(1, seeds + 1)), capacities,
        workers or _cores(), memory, explore, log,
    )  # fmt: skip
    with progress(quiet=json) as step:
        comparison = compare(settings, step)
    document = comparison.as_json()
    if out:
        out.write_text(json_.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if json:
        tell_json(document)
        return
    head, rows, below = lines(comparison, lang.value, "CNY")
    typer.echo("\n".join([*table_lines(head, rows), "", *below]))


def bench_simulate(
    accounts: Accounts = 1_000_000,
    days: Days = 180,
    workers: Workers = None,
    memory: MemoryMb = 4_000,
    json: AsJson = False,
) -> None:
    """Time the simulator: one strategy, one seed.

    From the drawing of the cardholders to the outcome, the days before the first and all compiling counted in.
    """
    from arrears.lab.simulation.comparing import Settings, Side, compare
    from arrears.lab.simulation.efforts import capacities_for

    settings = Settings(
        (Side("guide", Sharing.rule.value),), accounts, START, days, (1,), capacities_for(accounts), workers or _cores(), memory
    )
    with progress(quiet=json) as step:
        comparison = compare(settings, step)
    document = comparison.as_json()
    figures = {
        name: document[name]
        for name in ("accounts", "days", "workers", "seconds", "compile_seconds", "account_days_per_second", "peak_bytes")
    }
    if json:
        tell_json(figures)
        return
    typer.echo(
        f"{accounts:,} cardholders for {days} days in {comparison.seconds:.1f} s on {settings.workers} cores "
        f"(compiling {comparison.compile_seconds:.1f} s): {comparison.account_days_per_second:,} account-days a second, "
        f"peak memory {comparison.peak_bytes / 1e9:.1f} GB"
    )


def _cores() -> int:
    """The processors this process may use."""
    return min(len(os.sched_getaffinity(0)), WORKERS_MAX)
