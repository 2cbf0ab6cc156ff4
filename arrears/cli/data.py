"""What comes in: `arrears sample`, `arrears import uci`, `arrears feed check`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from arrears.cli.options import AsJson, Lang, Language, day_of, example
from arrears.cli.output import progress, tell_json
from arrears.errors import ConfigError, UsageError

START = "2026-01-05"
QUARANTINED = 3
"""Exit code of a command that is done and left rows in quarantine."""

Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="A new folder to write to.")]

import_app = typer.Typer(help="Make feeds of foreign data.", no_args_is_help=True, rich_markup_mode=None)
feed_app = typer.Typer(help="Look at a feed before it is taken in.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Hang the commands of this page into the program."""
    app.command(epilog=example("arrears sample --accounts 20000 --days 20 --seed 1 --out bank"))(sample)
    import_app.command("uci", epilog=example("arrears import uci default_of_credit_card_clients.tsv --out uci"))(import_uci)
    import_app.callback()(_group)
    app.add_typer(import_app, name="import")
    feed_app.command("check", epilog=example("arrears feed check bank/feed/date=2026-01-05"))(feed_check)
    feed_app.callback()(_group)
    app.add_typer(feed_app, name="feed")


def _group() -> None:
    """A group of commands stays one even while it has a single command."""


def sample(
    out: Out,
    accounts: Annotated[int, typer.Option("--accounts", metavar="N", help="Card accounts.")],
    days: Annotated[int, typer.Option("--days", metavar="D", help="Business days, the first with the bank's history.")],
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="The same seed gives the same bytes.")] = 1,
    start: Annotated[date, typer.Option("--start", parser=day_of, metavar="YYYY-MM-DD", help="First business date.")] = START,  # type: ignore[assignment]
    history: Annotated[int, typer.Option("--history", metavar="DAYS", help="Days of history handed over at the start.")] = 180,
    wrong_charges: Annotated[
        int, typer.Option("--wrong-charges", metavar="BP", help="Charge wrongly in this share of closings (basis points).")
    ] = 0,
    json: AsJson = False,
) -> None:
    """Write the feed of a simulated bank.

    Day by day, the first with the history that a bank hands over. Nobody in it exists; docs/sample.md tells what it assumes.
    """
    from arrears.lab.sample import write_sample

    with progress(quiet=json) as step:
        made = write_sample(
            out, accounts=accounts, days=days, seed=seed, start=start, history_days=history,
            wrong_charges_bp=wrong_charges, progress=lambda done, total: step("simulated days", done, total),
        )  # fmt: skip
    if json:
        tell_json(asdict(made))
        return
    rows = sum(made.rows.values())
    typer.echo(f"{made.accounts:,} accounts of {made.customers:,} customers, {made.first_date} to {made.last_date}")
    typer.echo(f"{rows:,} rows, {made.bytes_written / 1e6:,.1f} MB in {out}/feed; settings in {out}/bank.toml")
    typer.echo(
        f"past due at the end: {_percent(made.past_due_bp)} of accounts; over 90 days: {_percent(made.npl_bp)} of balances"
    )
    typer.echo(f"next: arrears run --feed {out}/feed --date {made.first_date} --until {made.last_date}")


def import_uci(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The tab-separated table of UCI data set 350.")],
    out: Out,
    daily: Annotated[bool, typer.Option("--daily", help="A feed for every calendar date instead of a single one.")] = False,
    json: AsJson = False,
) -> None:
    """Make feeds of 30,000 real accounts (Taiwan, 2005).

    What is derived and not observed is said plainly, here and in DERIVED.md beside the feeds.
    """
    from arrears.feed.uci import import_uci as imported

    made = imported(file, out, daily=daily)
    if json:
        tell_json(asdict(made))
        return
    typer.echo(f"{made.accounts:,} accounts, {made.statements:,} statements, {made.payments:,} payments: observed")
    typer.echo(f"{made.purchases:,} purchases and {made.refunds:,} refunds balance the bills, and more is derived:")
    for line in made.derived:
        typer.echo(f"  - {line}")
    first, last = made.feeds[0].name.removeprefix("date="), made.feeds[-1].name.removeprefix("date=")
    until = f" --until {last}" if last != first else ""
    typer.echo(f"next: arrears run --feed {out}/feed --date {first}{until} --workspace uci-workspace")


def feed_check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A feed of one business date.")],
    day: Annotated[
        date | None, typer.Option("--date", parser=day_of, metavar="YYYY-MM-DD", help="If the folder's name bears none.")
    ] = None,
    bank: Annotated[
        Path | None, typer.Option("--bank", metavar="FILE", help="bank.toml; else looked for near the feed.")
    ] = None,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", metavar="DIR", help="Check accounts against its newest earlier book too.")
    ] = None,
    lang: Language = Lang.en,
    json: AsJson = False,
) -> None:
    """Say what of a feed would be taken in.

    And what would be quarantined, with reason and position. Nothing is written. Exit code 3 if rows are bad.
    """
    from arrears.bank import load_bank
    from arrears.feed.check import check_feed

    report = check_feed(
        folder, bank=load_bank(bank or bank_near(folder, workspace)), business_date=day, known=_known(folder, day, workspace)
    )
    if json:
        tell_json(report.as_json())
    else:
        typer.echo("\n".join(report.lines(lang)))
    if report.quarantined_n:
        raise typer.Exit(QUARANTINED)


def bank_near(feed: Path, workspace: Path | None = None) -> Path:
    """The `bank.toml` of the workspace, or in the feed's folder or one of the two above it; raises `ConfigError`."""
    near = [feed.resolve(), *feed.resolve().parents[:2]]
    for folder in ([workspace] if workspace else []) + near:
        if (folder / "bank.toml").is_file():
            return folder / "bank.toml"
    raise ConfigError(
        "no bank.toml in the feed's folder or the two above it", where=str(feed),
        remedy="say who the bank is with --bank FILE; docs/bank.md has every key",
    )  # fmt: skip


def _known(folder: Path, day: date | None, workspace: Path | None):  # type: ignore[no-untyped-def]
    """The accounts that a workspace knows on the eve of the feed; None (parents are taken on trust) without a workspace."""
    from arrears.day.workspace import Workspace
    from arrears.feed.examine import date_of
    from arrears.feed.relations import KnownAccounts

    if workspace is None:
        return None
    if not workspace.is_dir():
        raise UsageError("no such workspace", where=str(workspace), remedy="name the folder that arrears run works in")
    place, feed_day = Workspace(workspace), date_of(folder, day)
    earlier = [known for known in place.days() if known < feed_day]
    return KnownAccounts(place.step("book", earlier[-1]) if earlier else None)


def _percent(share_bp: int) -> str:
    return f"{share_bp // 100}.{share_bp % 100:02d} %"
