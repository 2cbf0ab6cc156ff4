"""Experiments: `arrears experiment analyse`, `report`, `evaluate`, `learn` and `selfcure`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arrears.cli.options import WORKSPACE_DEFAULT, AsJson, Day, Lang, Language, WorkspacePath, day_of, example
from arrears.cli.output import progress, tell_json
from arrears.errors import UsageError

if TYPE_CHECKING:
    from arrears.lab.experiments.sections import Section

app = typer.Typer(
    help="What a treatment changed, for whom, and whether the comparison can be believed.", no_args_is_help=True,
    rich_markup_mode=None,
)  # fmt: skip

Date = date | None
TableFile = Annotated[Path, typer.Argument(metavar="FILE", help="CSV (any delimiter, .gz too) or Parquet, one row a unit.")]
Cluster = Annotated[
    str | None, typer.Option("--cluster", metavar="COL", help="The unit that was assigned, or whose rows belong together.")
]


def register(program: typer.Typer) -> None:
    """Hang the commands of this page into the program."""
    app.command("analyse", epilog=example(
        "arrears experiment analyse trial.csv --treatment arm --outcome paid --features age,region,score",
        "arrears experiment analyse trial.csv --treatment arm --outcome paid --control none --share letter=0.3 --json",
    ))(analyse)  # fmt: skip
    app.command("report", epilog=example(
        "arrears experiment report --date 2026-03-31", "arrears experiment report --date 2026-03-31 --window 60 --lang zh",
        "arrears experiment report --date 2026-03-31 --experiment early_touch --smallest-effect 500 --json",
    ))(report)  # fmt: skip
    app.command("evaluate", epilog=example(
        "arrears experiment evaluate decisions.csv --action sent --propensity p --outcome paid --policy proposed "
        "--features dpd,balance --cluster customer_id",
    ))(evaluate)  # fmt: skip
    app.command("learn", epilog=example(
        "arrears experiment learn log.parquet --out response.yaml",
        "arrears experiment learn seed101.parquet seed102.parquet --days 60 --efforts efforts.yaml --out response.yaml --json",
    ))(learn)  # fmt: skip
    app.command("selfcure", epilog=example(
        "arrears experiment selfcure credit_record.zip",
        "arrears experiment selfcure default_of_credit_card_clients.tsv --json",
    ))(selfcure)  # fmt: skip
    program.add_typer(app, name="experiment")


def analyse(
    file: TableFile,
    treatment: Annotated[str, typer.Option("--treatment", metavar="COL", help="The column that names each row's arm.")],
    outcome: Annotated[str, typer.Option("--outcome", metavar="COL", help="The result: a number, or yes and no.")],
    features: Annotated[
        str | None,
        typer.Option(
            "--features", metavar="A,B,C", help="Columns known before treatment; else all others are taken, and it is said."
        ),
    ] = None,
    control: Annotated[
        str | None, typer.Option("--control", metavar="VALUE", help="The arm to compare with; else guessed, and said.")
    ] = None,
    share: Annotated[
        list[str] | None, typer.Option("--share", metavar="ARM=0.3", help="An arm's intended share; repeat for each arm.")
    ] = None,
    cluster: Cluster = None,
    weight: Annotated[str | None, typer.Option("--weight", metavar="COL", help="Weight of each row.")] = None,
    propensity: Annotated[
        str | None,
        typer.Option("--propensity", metavar="COL", help="Each row's chance of the arm it got, if it differs by row."),
    ] = None,
    success: Annotated[
        str | None, typer.Option("--success", metavar="VALUE", help="Which value of a text outcome counts as yes.")
    ] = None,
    lang: Language = Lang.en,
    json: AsJson = False,
) -> None:
    """Analyse a randomised table.

    Differences of arms with standard errors, who responds, and warnings of a broken randomisation. What each figure is:
    docs/experiments.md. Exit code 0 whatever it finds.
    """
    from arrears.lab.experiments.analysing import analyse_file
    from arrears.lab.experiments.telling import as_json, sections

    with progress(quiet=json) as step:
        found = analyse_file(
            file, treatment=treatment, outcome=outcome, features=names_of(features), control=control,
            shares=_shares(share or []), cluster=cluster, weight=weight, propensity=propensity, success=success, progress=step,
        )  # fmt: skip
    if json:
        tell_json(as_json(found))
    else:
        print_sections(sections(found, lang.value))


def report(
    day: Day,
    workspace: WorkspacePath = Path(WORKSPACE_DEFAULT),
    experiment: Annotated[
        str | None, typer.Option("--experiment", metavar="ID", help="One experiment of the playbook; else all.")
    ] = None,
    since: Annotated[
        Date, typer.Option("--since", parser=day_of, metavar="YYYY-MM-DD", help="Only customers who entered on it or later.")
    ] = None,
    window: Annotated[
        int, typer.Option("--window", metavar="DAYS", min=1, max=720, help="Days after entry over which outcomes are counted.")
    ] = 30,
    smallest: Annotated[
        int | None,
        typer.Option(
            "--smallest-effect", metavar="MINOR", min=1, help="Recovery per customer, minor units, that would matter."
        ),
    ] = None,
    planned_end: Annotated[
        Date, typer.Option("--planned-end", parser=day_of, metavar="YYYY-MM-DD", help="The day the experiment was to end on.")
    ] = None,
    lang: Language = Lang.en,
    json: AsJson = False,
) -> None:
    """Say what the playbook's experiments have shown so far.

    Champion, challengers and holdout by the arm they entered by: money, cure rate, NPL ratio, cost, complaints, with intervals
    for one look and for a look every day, and what the stop rules say. docs/experiments.md tells each figure.
    """
    from arrears.lab.experiments.report_telling import sections
    from arrears.lab.experiments.reporting import report as reported

    found = reported(
        workspace, day, experiment, since=since, window_days=window, smallest_minor=smallest, planned_end=planned_end
    )
    if json:
        tell_json([one.as_json() for one in found])
        return
    for place, one in enumerate(found):
        if place:
            typer.echo()
        print_sections(sections(one, lang.value))


def evaluate(
    file: TableFile,
    action: Annotated[str, typer.Option("--action", metavar="COL", help="The action logged.")],
    propensity: Annotated[str, typer.Option("--propensity", metavar="COL", help="Its probability when it was drawn.")],
    outcome: Annotated[str, typer.Option("--outcome", metavar="COL", help="What came of it, a number or yes and no.")],
    policy: Annotated[str | None, typer.Option("--policy", metavar="COL", help="The action the new policy would take.")] = None,
    policy_share: Annotated[
        list[str] | None,
        typer.Option("--policy-share", metavar="ACTION=COL", help="Instead: the new policy's probability of each action."),
    ] = None,
    features: Annotated[
        str | None, typer.Option("--features", metavar="A,B,C", help="Columns for the outcome model, known at the decision.")
    ] = None,
    cluster: Cluster = None,
    weight_cap: Annotated[
        float | None, typer.Option("--weight-cap", metavar="W", min=1.0, help="Cut weights at this; what it cuts is told.")
    ] = None,
    lang: Language = Lang.en,
    json: AsJson = False,
) -> None:
    """Value a new policy from logged decisions.

    Inverse propensity, self-normalised and doubly robust, with standard errors by customer and warnings of poor overlap.
    """
    from arrears.lab.experiments.logged import evaluate_file
    from arrears.lab.experiments.policy_telling import sections

    found = evaluate_file(
        file, action=action, propensity=propensity, outcome=outcome, policy=policy, policy_shares=_columns(policy_share or []),
        features=names_of(features) or [], cluster=cluster, weight_cap=weight_cap,
    )  # fmt: skip
    if json:
        tell_json({"file": str(file)} | found.as_json())
    else:
        print_sections(sections(found, lang.value))


def learn(
    files: Annotated[list[Path], typer.Argument(metavar="LOG...", help="Logs of contacts drawn at random, Parquet or CSV.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the table of response is written.")],
    days: Annotated[int, typer.Option("--days", metavar="N", min=1, max=120, help="Days within which a payment counts.")] = 30,
    efforts: Annotated[
        Path | None,
        typer.Option("--efforts", metavar="FILE", help="YAML of channel: {seconds, cost_minor}; else round figures."),
    ] = None,
    currency: Annotated[str, typer.Option("--currency", metavar="ISO", help="Of the costs.")] = "CNY",
    source: Annotated[
        str | None, typer.Option("--source", metavar="TEXT", help="Where the logs are from, for the reader of the table.")
    ] = None,
    lang: Language = Lang.en,
    json: AsJson = False,
) -> None:
    """Learn what contacts bring from contacts drawn at random.

    By channel, stage and band the extra share of the balance that is repaid because of a contact, pooled, with standard errors
    by customer; complaints, and what is paid without any contact. Method, columns and format: docs/values.md.
    """
    from arrears.lab.experiments.learning import as_yaml
    from arrears.lab.experiments.learning import learn as learned
    from arrears.lab.experiments.learning_telling import sections

    command = f"arrears experiment learn {' '.join(file.name for file in files)} --days {days}"
    with progress(quiet=json) as step:
        found = learned(
            files, days=days, learned_from=command + (f"; {source}" if source else ""), efforts=efforts,
            currency=currency, progress=step
        )  # fmt: skip
    out.write_text(as_yaml(found.response), encoding="utf-8")
    if json:
        tell_json({"files": [str(file) for file in files], "out": str(out)} | found.as_json())
    else:
        print_sections(sections(found, lang.value))


def selfcure(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A monthly credit record (CSV or zip), or the UCI table.")],
    accounts: Annotated[
        int, typer.Option("--accounts", metavar="N", min=1_000, max=1_000_000, help="Simulated cardholders to hold it against.")
    ] = 50_000,
    seed: Annotated[int, typer.Option("--seed", metavar="S", min=0, max=2**62, help="Of the simulated ones.")] = 101,
    lang: Language = Lang.en,
    json: AsJson = False,
) -> None:
    """Say who is current a month after being late, in a real record and in the simulated bank.

    Whom the real bank contacted is not known, so its share is an upper bound of self-cure; docs/values.md tells what follows.
    """
    from dataclasses import asdict

    from arrears.cli.simulation import START
    from arrears.lab.experiments.rolling import roll_rates, sections, simulated_rolls

    found = roll_rates(file)
    practice, alone = simulated_rolls(accounts, seed, START)
    if json:
        beside = {"practice": [asdict(one) for one in practice], "nobody_contacted": [asdict(one) for one in alone]}
        tell_json({"file": str(file)} | found.as_json() | {"simulated": beside})
    else:
        print_sections(sections(found, practice, alone, lang.value))


def _columns(words: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words:
        name, _, column = word.rpartition("=")
        if not name or not column:
            raise UsageError(f"{word!r} names no column", where="--policy-share", remedy="write ACTION=COL for each action")
        found[name.strip()] = column.strip()
    return found


def names_of(listed: str | None) -> list[str] | None:
    """Column names with commas between; a name that holds a comma is quoted as in CSV."""
    import csv

    if listed is None:
        return None
    return [name.strip() for name in next(csv.reader([listed]), []) if name.strip()]


def _shares(words: Sequence[str]) -> dict[str, float]:
    shares: dict[str, float] = {}
    for word in words:
        arm, _, text = word.rpartition("=")
        try:
            number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            number = -1.0
        if not arm or not 0 <= number < float("inf"):
            raise UsageError(f"{word!r} is no share", where="--share", remedy="write ARM=SHARE, such as --share letter=0.3")
        shares[arm.strip()] = number
    return shares


def print_sections(told: Sequence[Section]) -> None:
    """Headings, sentences and tables on standard output; wide enough to keep every figure where nobody watches."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console, wide = Console(highlight=False, soft_wrap=True), Console(highlight=False, width=1_000)
    for place, section in enumerate(told):
        if place:
            console.print()
        console.print(f"[bold]{escape(section.title)}[/bold]")
        for line in section.lines:
            console.print(f"  {escape(line)}")
        if section.rows:
            table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
            for column, name in enumerate(section.head):
                table.add_column(escape(name), justify="right" if column else "left", no_wrap=True, overflow="ignore")
            for row in section.rows:
                table.add_row(*(escape(cell) for cell in row))
            wide.print(table, width=wide.measure(table).maximum, no_wrap=True, crop=False, overflow="ignore")
