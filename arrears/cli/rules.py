"""What decides: `arrears law list|show|test|diff|gate|schema` and `arrears playbook check|show|diff`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from arrears.cli import content, law_diff, matters
from arrears.cli.options import AsJson, CaseFile, Lang, Language, day_of, example
from arrears.cli.output import read_case, table_lines, tell, tell_json

FAILED = 1

law_app = typer.Typer(
    help="Packs of dated rules, one jurisdiction each, and their word on a contact.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
playbook_app = typer.Typer(help="The strategy as data: check, read, compare.", no_args_is_help=True, rich_markup_mode=None)

Packs = Annotated[
    list[str] | None, typer.Argument(metavar="[PACK]...", help="Names such as cn, or files; all packs if left out.")
]
AsOf = Annotated[
    date | None, typer.Option("--date", parser=day_of, metavar="YYYY-MM-DD", help="The rules in force on this date; today.")
]
PlaybookFile = Annotated[
    Path | None, typer.Argument(metavar="[FILE]", help="A playbook.yaml; the one that comes with arrears if left out.")
]


def register(app: typer.Typer) -> None:
    """Hang the commands of this page into the program."""
    law_app.command("list", epilog=example("arrears law list --date 2026-01-05"))(law_list)
    law_app.command("show", epilog=example("arrears law show CN-CBA-time", "arrears law show cn --json"))(law_show)
    law_app.command("test", epilog=example("arrears law test cn"))(law_test)
    law_app.command("diff", epilog=example(*law_diff.EXAMPLES))(law_diff.law_diff)
    law_app.command(
        "gate", epilog=example("arrears law example cn > case.json", "arrears law gate --pack cn --json < case.json")
    )(law_gate)
    law_app.command("content", epilog=example(*content.EXAMPLES))(content.law_content)
    law_app.command("example", epilog=example("arrears law example cn"))(law_example)
    law_app.command("schema", epilog=example("arrears law schema", "arrears law schema --matter"))(law_schema)
    matters.register(law_app)
    app.add_typer(law_app, name="law")
    playbook_app.command("check", epilog=example("arrears playbook check workspace/playbook.yaml"))(playbook_check)
    playbook_app.command("show", epilog=example("arrears playbook show"))(playbook_show)
    playbook_app.command("diff", epilog=example("arrears playbook diff old.yaml new.yaml"))(playbook_diff)
    app.add_typer(playbook_app, name="playbook")


def law_list(packs: Packs = None, day: AsOf = None, lang: Language = Lang.en, json: AsJson = False) -> None:
    """List rules: state on a date, source, evidence."""
    from arrears.law.listing import listing

    day = day or datetime.now(UTC).date()
    rows = [{"pack": pack.id, **row} for pack in _packs(packs) for row in listing(pack, day)]
    if json:
        tell_json({"date": day, "rules": rows})
        return
    shown = ("pack", "rule", "state", "from", "to", "binding", "evidence", f"title_{lang.value}")
    typer.echo("\n".join(table_lines(list(shown), [[row[name] for name in shown] for row in rows])))
    in_force = sum(row["state"] in ("in force", "procedural") for row in rows)
    typer.echo(f"\n{len(rows)} rules, {in_force} in force on {day}; one of them whole: arrears law show RULE")


def law_show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A rule's id, or a pack's name or file.")], json: AsJson = False
) -> None:
    """Show a rule, or a whole pack, with sources and examples."""
    from arrears.law.listing import show
    from arrears.law.loading import load_pack, named_by_path, packs_shipped

    if name.lower() in packs_shipped() or named_by_path(name):
        pack = load_pack(name)
        found = [version for rule in dict.fromkeys(rule.id for rule in pack.rules) for version in show(rule, [pack])]
    else:
        found = show(name)
    (tell_json if json else tell)(found)


def law_test(packs: Packs = None, json: AsJson = False) -> None:
    """Decide the examples of packs by gate and screen.

    Exit code 1 if one does not come out as its pack says.
    """
    from arrears.law.examples import test_pack

    found = {pack.id: (pack, test_pack(pack)) for pack in _packs(packs)}
    if json:
        tell_json(
            {
                name: {"examples": _examples_n(pack), "failures": [failure._asdict() for failure in failures]}
                for name, (pack, failures) in found.items()
            }
        )
    else:
        for name, (pack, failures) in found.items():
            typer.echo(f"{name}: {_examples_n(pack)} examples of {len(pack.rules)} rules, {len(failures)} failed")
            for failure in failures:
                typer.echo(f"  {failure.line()}")
    if any(failures for _, failures in found.values()):
        raise typer.Exit(FAILED)


def law_gate(
    pack: Annotated[str, typer.Option("--pack", metavar="PACK", help="A name, a file, or several with commas between.")],
    file: CaseFile = None,
    json: AsJson = False,
) -> None:
    """Judge one contact: may it be made now.

    If not: by which rules, and from when it may. The exit code is 0 either way.
    """
    from arrears.law import gate, load_packs
    from arrears.law import read_case as case_of
    from arrears.law.telling import verdict_lines

    raw = read_case(file, "arrears law example cn > case.json; arrears law gate --pack cn < case.json")
    packs = load_packs(pack.split(","))
    case = case_of(raw)
    verdict = gate(case, packs)
    if json:
        tell_json(verdict.as_json())
    else:
        typer.echo("\n".join(verdict_lines(verdict, case.language)))


def law_example(pack: Annotated[str, typer.Argument(metavar="PACK")], json: AsJson = True) -> None:
    """Print a lawful case of a pack, to start from."""
    from arrears.law import load_pack
    from arrears.law.examples import case_of
    from arrears.law.model import Example

    base = case_of(load_pack(pack), Example(case={}, expect="allow"))
    tell_json(base.model_dump(mode="json", exclude_defaults=True))


def law_schema(
    matter: Annotated[bool, typer.Option("--matter", help="Of a matter, for arrears law check.")] = False, json: AsJson = True
) -> None:
    """Print the JSON Schema of a case, or of a matter."""
    from arrears.law import case_schema
    from arrears.law.matters import matter_schema

    tell_json(matter_schema() if matter else case_schema())


def _packs(names: list[str] | None) -> list[Any]:
    from arrears.law.loading import load_pack, packs_shipped

    return [load_pack(name) for name in names or packs_shipped()]


def _examples_n(pack: Any) -> int:
    return sum(len(rule.examples) for rule in pack.rules)


def playbook_check(file: PlaybookFile = None, json: AsJson = False) -> None:
    """Check a playbook and its texts.

    Every finding names file, line and remedy. Exit code 1 if there are errors.
    """
    from arrears.playbook import check, default_path

    path = file or default_path()
    findings = check(path)
    errors = sum(finding.level == "error" for finding in findings)
    if json:
        tell_json({"playbook": path, "errors": errors, "findings": [finding.as_json() for finding in findings]})
    else:
        for finding in findings:
            typer.echo(finding.line())
        typer.echo(f"{path}: {errors} errors, {len(findings) - errors} warnings")
    if errors:
        raise typer.Exit(FAILED)


def playbook_show(file: PlaybookFile = None, json: AsJson = False) -> None:
    """Show a playbook in words.

    Segments, steps with their clauses, targets, experiments.
    """
    from arrears.playbook import contents_path, default_path, load, load_contents, shown

    path = file or default_path()
    playbook = load(path)
    (tell_json if json else tell)(shown(playbook, load_contents(contents_path(path, playbook))))


def playbook_diff(
    old: Annotated[Path, typer.Argument(metavar="OLD")],
    new: Annotated[Path, typer.Argument(metavar="NEW")],
    json: AsJson = False,
) -> None:
    """Say what changed between two playbooks."""
    from arrears.playbook import diff, load

    before, after = load(old), load(new)
    changes = diff(before, after)
    if json:
        tell_json({"old": before.content_hash, "new": after.content_hash, "changes": changes})
        return
    for change in changes:
        typer.echo(change["text"])
    typer.echo(f"{len(changes)} changes, {before.content_hash[:12]} -> {after.content_hash[:12]}")
