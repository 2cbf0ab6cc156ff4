"""The card's arithmetic from the shell: `arrears card payoff --json < case.json` and the like."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Callable
from typing import Annotated

import typer

from arrears.cli.options import AsJson, CaseFile, example
from arrears.cli.output import read_case, tell, tell_json
from arrears.errors import UsageError

ABOUT = {
    "payoff": "How long minimum payments take to clear the balances, and the payment that clears them in 36 months.",
    "interest": "Interest of a cycle, on the whole statement balance and on the residual only.",
    "minimum": "The minimum payment of a statement.",
    "plan": "An instalment or hardship plan: every instalment, and what it costs in all.",
    "late-charge": "The late charge on an unpaid minimum payment.",
    "apportion": "What a payment pays: the order of the law, by balance.",
    "classify": "Days past due, bucket and the classes of the two Chinese ladders.",
}

card_app = typer.Typer(
    help="Compute one case of the card's arithmetic; docs/card.md tells the formats.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    """Hang the commands of this page into the program."""
    for name, about in ABOUT.items():
        card_app.command(name, help=about, epilog=example(f"arrears card example {name} | arrears card {name} --json"))(
            _case(name)
        )
    card_app.command("schema", epilog=example("arrears card schema payoff"))(schema)
    card_app.command("example", epilog=example("arrears card example plan-fee", "arrears card example"))(shipped_example)
    app.add_typer(card_app, name="card")


def _case(name: str) -> Callable[..., None]:
    def command(file: CaseFile = None, json: AsJson = False) -> None:
        from arrears.card.cases import run_case

        hint = f"arrears card example {name} > case.json; arrears card {name} --json < case.json"
        answer = run_case(name, read_case(file, hint))
        (tell_json if json else tell)(answer)

    return command


def schema(command: Annotated[str, typer.Argument(metavar="COMMAND")], json: AsJson = True) -> None:
    """Print the JSON Schema of a command's cases."""
    from arrears.card.cases import case_schema

    tell_json(case_schema(command))


def shipped_example(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="A command's name, or one of its examples.")] = "",
    json: AsJson = True,
) -> None:
    """Print a case that ships with arrears, to start from; without a name, list them."""
    from arrears.card.cases import examples

    cases = examples()
    if not name:
        tell_json(list(cases))
        return
    found = next((case for key, case in cases.items() if key == name or key.startswith(f"{name}-")), None)
    if found is None:
        raise UsageError(f"no example {name[:40]!r}", remedy=f"use one of {', '.join(cases)}")
    typer.echo(jsonlib.dumps(found, ensure_ascii=False, indent=2))
