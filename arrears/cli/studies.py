"""Measurements: `arrears risk uci`, `arrears bench day`, and `arrears version`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arrears.cli.options import AsJson, example
from arrears.cli.output import progress, tell_json

risk_app = typer.Typer(help="How far scores and ageing can be trusted.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Hang the commands of this page into the program."""
    risk_app.command("uci", epilog=example("arrears risk uci default_of_credit_card_clients.tsv"))(uci)
    risk_app.callback()(_group)
    app.add_typer(risk_app, name="risk")
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


def version(json: AsJson = False) -> None:
    """Print the versions that results depend on."""
    from importlib.metadata import version as installed

    from arrears import __version__

    libraries = {name: installed(name) for name in ("duckdb", "ibis-framework", "numpy", "pyarrow", "pydantic")}
    if json:
        tell_json({"arrears": __version__, "libraries": libraries})
    else:
        typer.echo(f"arrears {__version__} ({', '.join(f'{name} {each}' for name, each in libraries.items())})")
