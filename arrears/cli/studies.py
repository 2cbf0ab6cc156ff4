"""Measurements: `arrears risk uci` and `arrears bench ...`; and `arrears version`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from arrears.cli.options import AsJson, Engine, EngineName, MemoryMb, example
from arrears.cli.output import progress, tell_json

risk_app = typer.Typer(help="How far scores and ageing can be trusted.", no_args_is_help=True, rich_markup_mode=None)
bench_app = typer.Typer(help="How fast, and against what.", no_args_is_help=True, rich_markup_mode=None)


class Rival(StrEnum):
    """What a bank would write instead."""

    zen = "zen"
    pandas = "pandas"


class Solver(StrEnum):
    """What an allocation would be solved with instead."""

    highs = "highs"
    highs_lp = "highs-lp"


def register(app: typer.Typer) -> None:
    """Hang the commands of this page into the program."""
    risk_app.command("uci", epilog=example("arrears risk uci default_of_credit_card_clients.tsv"))(uci)
    risk_app.callback()(_group)
    app.add_typer(risk_app, name="risk")
    bench_app.command("day", epilog=example("arrears bench day --accounts 10000000", "arrears bench day --against zen"))(bench)
    bench_app.command("law", epilog=example("arrears bench law", "arrears bench law --candidates 1000000 --json"))(bench_law)
    bench_app.command(
        "allocate",
        epilog=example(
            "arrears bench allocate --accounts 10000000", "arrears bench allocate --accounts 100000 --against highs"
        ),
    )(bench_allocate)
    bench_app.command("gate", epilog=example("arrears bench gate --workers 16", "arrears bench gate --kill --set-back"))(
        bench_gate
    )
    bench_app.command("desk", epilog=example(
        "arrears bench desk", "arrears bench desk --customers 10000 --entries 100000 --seconds 20"
    ))(bench_desk)  # fmt: skip
    bench_app.command("publish", epilog=example("arrears bench publish --accounts 1500000"))(bench_publish)
    app.add_typer(bench_app, name="bench")
    app.command(epilog=example("arrears version --json"))(version)


def _group() -> None:
    """A group of commands stays one even while it has a single command."""


def uci(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The tab-separated table of UCI data set 350.")],
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the tables as a page for docs/.")] = False,
    json: AsJson = False,
) -> None:
    """Measure ageing and scorecard on real accounts.

    Days past due against the bank's own delay codes, and how well the scorecard tells who will default.
    """
    from arrears.lab.uci import measure_uci

    with progress(quiet=json) as step:
        found = measure_uci(file, progress=step)
    if json:
        tell_json(found.as_json())
    else:
        typer.echo(found.as_markdown() if markdown else found.as_text())


def bench(
    accounts: Annotated[
        int, typer.Option("--accounts", metavar="N", help="Accounts of the bank whose day is timed.")
    ] = 1_000_000,
    against: Annotated[
        list[Rival] | None, typer.Option("--against", help="Time the same work done this way too, on 200,000 accounts.")
    ] = None,
    keep: Annotated[Path | None, typer.Option("--keep", metavar="DIR", help="Leave bank and day in this new folder.")] = None,
    engine: EngineName = Engine.duckdb,
    memory: MemoryMb = 4_000,
    json: AsJson = False,
) -> None:
    """Time a business day, from files to files.

    Yesterday's book and today's feed on disk to today's book and plan on disk. The bank is made first and not counted.
    """
    from arrears.lab.against import against_pandas, against_zen
    from arrears.lab.bench_day import bench_day

    with progress(quiet=json) as step:
        figures = bench_day(
            accounts, keep=keep, engine=engine.value, memory_mb=memory,
            progress=lambda done, total: step("preparing the bank" if done < total else "running the day", done, total),
        )  # fmt: skip
    if not json:
        typer.echo(figures.as_text())
    compared = []
    for rival in dict.fromkeys(against or ()):
        with progress(quiet=json) as step:
            step(f"against {rival.value}", 0, 1)
            compared.append(against_zen() if rival is Rival.zen else against_pandas())
        if not json:
            typer.echo(compared[-1].as_text())
    if json:
        tell_json(figures.as_json() | ({"against": [one.as_json() for one in compared]} if compared else {}))


def bench_publish(
    accounts: Annotated[
        int,
        typer.Option("--accounts", metavar="N", help="Accounts of a bank that writes to every customer; two in three are one."),
    ] = 300_000,
    json: AsJson = False,
) -> None:
    """Time how a day's plan comes onto the desk.

    In a bank and a store of its own, in a temporary folder; its day is run first, which takes a while and is not counted.
    """
    from arrears.lab.bench_publish import bench_publish

    with progress(quiet=json) as step:
        figures = bench_publish(accounts, step)
    if json:
        tell_json(figures.as_json())
    else:
        typer.echo(figures.as_text())


def bench_gate(
    workers: Annotated[int, typer.Option("--workers", metavar="N", help="Processes at work at once.")] = 16,
    customers: Annotated[
        int, typer.Option("--customers", metavar="N", help="Customers, each with eight calls and two messages due.")
    ] = 3_000,
    kill: Annotated[bool, typer.Option("--kill", help="Kill workers at random, and start others in their place.")] = False,
    set_back: Annotated[
        bool, typer.Option("--set-back", help="Set the clocks of half the workers back by 3 and 26 hours.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="Of who is killed.")] = 1,
    json: AsJson = False,
) -> None:
    """Time the gate at send time, and count from the ledger alone what it let through that it should not have.

    In a store of its own, in a temporary folder.
    """
    from arrears.lab.bench_gate import bench_gate

    with progress(quiet=json) as step:
        figures = bench_gate(customers, workers, kill=kill, set_back=set_back, seed=seed, progress=step)
    if json:
        tell_json(figures.as_json())
    else:
        typer.echo(figures.as_text())


def bench_desk(
    customers: Annotated[int, typer.Option("--customers", metavar="N", help="Customers, each with a call due.")] = 1_000_000,
    entries: Annotated[int, typer.Option("--entries", metavar="N", help="Entries of the ledger.")] = 20_000_000,
    collectors: Annotated[int, typer.Option("--collectors", metavar="N", help="Collectors at work at once.")] = 200,
    pause: Annotated[float, typer.Option("--pause", metavar="S", min=0, help="Seconds between a collector's clicks.")] = 15,
    seconds: Annotated[int, typer.Option("--seconds", metavar="S", min=5, help="How long they work.")] = 120,
    json: AsJson = False,
) -> None:
    """Time the collectors' pages on a served desk, many collectors at once.

    In a bank and a store of its own, in a temporary folder, which by default takes some 12 GB and a few minutes to make up.
    """
    from arrears.lab.bench_desk import bench_desk

    with progress(quiet=json) as step:
        figures = bench_desk(customers, entries, collectors, pause=pause, seconds=seconds, progress=step)
    if json:
        tell_json(figures.as_json())
    else:
        typer.echo(figures.as_text())


def bench_law(
    candidates: Annotated[int, typer.Option("--candidates", metavar="N", help="Candidate contacts to screen.")] = 5_000_000,
    cases: Annotated[int, typer.Option("--cases", metavar="N", help="Single cases for the gate.")] = 20_000,
    pack: Annotated[str, typer.Option("--pack", metavar="PACK", help="A name, a file, or several with commas between.")] = "cn",
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="Of the made-up cases.")] = 1,
    json: AsJson = False,
) -> None:
    """Time the law: screen and gate.

    The screen judges a day's candidate contacts as columns, the gate one case after the other in one process.
    """
    from arrears.lab.bench_law import bench_law

    with progress(quiet=json) as step:
        figures = bench_law(candidates, cases, pack=pack, seed=seed, progress=step)
    (tell_json(figures.as_json()) if json else typer.echo(figures.as_text()))


def bench_allocate(
    accounts: Annotated[int, typer.Option("--accounts", metavar="N", help="Accounts to plan treatments for.")] = 1_000_000,
    treatments: Annotated[int, typer.Option("--treatments", metavar="T", help="Candidate treatments of each account.")] = 8,
    capacities: Annotated[int, typer.Option("--capacities", metavar="K", help="Shared capacities, all of them scarce.")] = 5,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="Of the made-up accounts.")] = 1,
    against: Annotated[
        Solver | None,
        typer.Option("--against", help="Solve the same instance with this too; highs-lp alone may split treatments."),
    ] = None,
    time_limit: Annotated[
        int, typer.Option("--time-limit", metavar="SECONDS", min=1, help="End the other solver after this, a programme.")
    ] = 600,
    json: AsJson = False,
) -> None:
    """Time the allocation of treatments under shared capacities.

    Columns in memory to a plan with its bound. Beyond 30 million accounts every pass makes its columns anew, which is counted.
    """
    from arrears.lab.bench_allocate import bench_allocate

    with progress(quiet=json) as step:
        figures = bench_allocate(accounts, treatments=treatments, capacities=capacities, seed=seed, progress=step)
    if not json:
        typer.echo(figures.as_text())
    said = figures.as_json()
    if against is not None:
        from arrears.lab.allocate_highs import against_highs

        with progress(quiet=json) as step:
            step("solving with HiGHS", 0, 1)
            compared = against_highs(
                figures, capacities=capacities, seed=seed, seconds_max=time_limit, whole=against is Solver.highs
            )
        if not json:
            typer.echo(compared.as_text())
        said |= compared.as_json()
    if json:
        tell_json(said)


def version(json: AsJson = False) -> None:
    """Print the versions that results depend on."""
    from importlib.metadata import version as installed

    from arrears import __version__

    libraries = {name: installed(name) for name in ("duckdb", "ibis-framework", "numpy", "pyarrow", "pydantic")}
    if json:
        tell_json({"arrears": __version__, "libraries": libraries})
    else:
        typer.echo(f"arrears {__version__} ({', '.join(f'{name} {each}' for name, each in libraries.items())})")
