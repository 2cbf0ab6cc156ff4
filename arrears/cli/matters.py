"""The law on what is no contact: `arrears law check` judges a charge, a plan, a payment, a record, a document and more."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from arrears.cli.options import AsJson, CaseFile, example
from arrears.cli.output import read_case, tell, tell_json

HINT = "arrears law matter plan > matter.json; arrears law check --pack cn < matter.json"


class MatterKindName(StrEnum):
    """What is judged."""

    charge = "charge"
    plan = "plan"
    payment = "payment"
    act = "act"
    duty = "duty"
    record = "record"
    classification = "classification"
    disclosure = "disclosure"


def register(law_app: typer.Typer) -> None:
    """Hang the commands of this page under `arrears law`."""
    law_app.command(
        "check", epilog=example("arrears law matter plan > matter.json", "arrears law check --pack cn --json < matter.json")
    )(law_check)
    law_app.command("matter", epilog=example("arrears law matter charge"))(law_matter)


def law_check(
    pack: Annotated[str, typer.Option("--pack", metavar="PACK", help="A name, a file, or several with commas between.")],
    file: CaseFile = None,
    json: AsJson = False,
) -> None:
    """Judge one matter: a charge, a plan, a payment, a record.

    Every rule it breaks, by how much and why; of a record also whether it may or must go. The exit code is 0 either way.
    """
    from arrears.law.matters import judge_json

    verdict = judge_json(read_case(file, HINT), pack)
    (tell_json if json else tell)(verdict)


def law_matter(
    name: Annotated[MatterKindName, typer.Argument(metavar="MATTER", help="What is judged.")], json: AsJson = True
) -> None:
    """Print a lawful matter of that sort, to start from.

    MATTER is charge, plan, payment, act, duty, record, classification or disclosure.
    """
    tell_json(lawful_matter(name.value))


def lawful_matter(name: str) -> dict[str, Any]:
    """The first matter of that sort that a shipped pack gives as an example of what it allows."""
    from arrears.law import load_pack
    from arrears.law.loading import packs_shipped
    from arrears.law.matters.examples import examples_of

    found = next(
        one.matter
        for pack in packs_shipped()
        for one in examples_of(load_pack(pack))
        if one.expect == "allow" and one.matter.matter == name
    )
    return {"format": 1, **found.model_dump(mode="json", exclude_defaults=True)}
