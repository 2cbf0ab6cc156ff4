"""The desk: `arrears publish|dispatch|received|ledger|backup|restore`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arrears.cli.options import WORKSPACE_DEFAULT, AsJson, Day, Lang, Language, WorkspacePath, day_of, example
from arrears.cli.output import progress, tell_json
from arrears.money import ENTERED_MAX_MINOR

if TYPE_CHECKING:
    from arrears.desk.opening import Store

UNSOUND = REFUSED = 1
YEARS = range(2000, 2100)
"""In which something may be said to happen."""
WORKERS_MAX = 64

received_app = typer.Typer(help="What comes in during the day.", no_args_is_help=True, rich_markup_mode=None)
ledger_app = typer.Typer(help="Every contact and what came of it, append-only.", no_args_is_help=True, rich_markup_mode=None)


class Sent(StrEnum):
    """The channels that dispatch sends by itself; calls and visits are made by people."""

    sms = "sms"
    email = "email"
    letter = "letter"


def moment_of(word: str) -> datetime:
    """A time with its offset; raises `typer.BadParameter`."""
    try:
        found = datetime.fromisoformat(word)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or found.year not in YEARS:
        raise typer.BadParameter(
            f"{word!r} is not a time with its offset, of {YEARS[0]} to {YEARS[-1]}; write it as 2026-01-05T10:30:00+08:00"
        )
    return found


def person_of(word: str) -> str:
    """A staff number or the name of a process, as the feed's ids are written; raises `typer.BadParameter`."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,32}", word):
        raise typer.BadParameter(f"{word!r} is no id; write 1 to 32 letters, digits, '.', '_' or '-', such as agent-017")
    return word


def currency_of(word: str) -> str:
    """A code of ISO 4217; raises `typer.BadParameter`."""
    if not re.fullmatch(r"[A-Z]{3}", word):
        raise typer.BadParameter(f"{word!r} is no currency; write three capital letters of ISO 4217, such as CNY")
    return word


def payment_of(word: str) -> str:
    """A payment's own number; raises `typer.BadParameter`."""
    if not re.fullmatch(r"[A-Za-z0-9._:/-]{1,64}", word):
        raise typer.BadParameter(
            f"{word!r} is no number of a payment; write 1 to 64 letters, digits, '.', '_', ':', '/' or '-'"
        )
    return word


def id_or_none(word: str) -> str:
    """An id as the feed's are written, or none; raises `typer.BadParameter`."""
    return person_of(word) if word else word


At = Annotated[
    datetime | None,
    typer.Option(
        "--at", parser=moment_of, metavar="TIME", help="Take it that it is this time, with its offset; else the clock."
    ),
]
Amount = Annotated[
    int, typer.Option("--amount", max=ENTERED_MAX_MINOR, metavar="MINOR", help="In minor units: 12345 for 123.45.")
]
Account = Annotated[str, typer.Option("--account", parser=id_or_none, metavar="ID", help="The card account, if known.")]
Customer = Annotated[str, typer.Option("--customer", metavar="ID", help="The customer.")]
Who = Annotated[str, typer.Option("--by", parser=person_of, metavar="WHO", help="Who does it, for the ledger.")]


def register(app: typer.Typer) -> None:
    """Hang the commands of this page into the program."""
    app.command(epilog=example("arrears publish --date 2026-01-24"))(publish)
    app.command(epilog=example("arrears dispatch", "arrears dispatch --wait --workers 4"))(dispatch)
    app.command(epilog=example("arrears contact 17 --by agent-017"))(contact)
    received_app.command(
        "payment", epilog=example("arrears received payment --customer C000001 --id X1 --amount 12345 --currency CNY")
    )(payment)
    received_app.command("state", epilog=example("arrears received state --customer C000001 --flag dispute"))(state)
    received_app.command("outcome", epilog=example("arrears received outcome --attempt 17 --outcome right_party"))(outcome)
    app.add_typer(received_app, name="received")
    ledger_app.command("verify", epilog=example("arrears ledger verify"))(verify)
    ledger_app.command("export", epilog=example("arrears ledger export --date 2026-01-24 --out feed/date=2026-01-25"))(export)
    app.add_typer(ledger_app, name="ledger")
    app.command(epilog=example("arrears backup desk-2026-01-24.backup"))(backup)
    app.command(epilog=example("arrears restore desk-2026-01-24.backup --workspace restored"))(restore)


@contextmanager
def store_of(workspace: Path, *, migrate: bool = True) -> Iterator[Store]:
    """The desk's database: the workspace's own, or that of ARREARS_DATABASE_URL."""
    from arrears.desk.opening import opened

    with opened(workspace, os.environ, migrate=migrate) as store:
        yield store


def publish(day: Day, workspace: WorkspacePath = Path(WORKSPACE_DEFAULT), json: AsJson = False) -> None:
    """Put a day's plan on the desk: once, as a whole.

    The same plan again changes nothing; another plan of the same day is refused.
    """
    from arrears.day.workspace import Workspace
    from arrears.desk.plan.publishing import publish as put
    from arrears.desk.plan.rows import day_of_plan

    plan = day_of_plan(Workspace(workspace), day)
    with progress(quiet=json) as step, store_of(workspace) as store:
        found = put(store, plan, step)
    if json:
        tell_json(found.as_json())
    else:
        done = "was published already" if found.was_done else "published"
        typer.echo(f"{found.business_date}: {found.intents_n:,} contacts with {found.customers_n:,} customers {done}")


def dispatch(
    workspace: WorkspacePath = Path(WORKSPACE_DEFAULT),
    channel: Annotated[
        list[Sent] | None, typer.Option("--channel", help="Only this channel; may be given again. All three if left out.")
    ] = None,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=WORKERS_MAX, metavar="N", help="So many processes at once.")
    ] = 1,
    wait: Annotated[bool, typer.Option("--wait", help="Go on as contacts become due, until Ctrl-C.")] = False,
    at: At = None,
    by: Who = "dispatch",
    json: AsJson = False,
) -> None:
    """Send what is due: each contact passes the gate, is written to the ledger, then leaves, once.

    Messages and letters go to files below spool/ of the workspace. What became unlawful since it was planned is refused with
    its rules, or put off to the first lawful time of the day; what was paid is withdrawn. Calls and visits are made by people:
    arrears contact. With --at it is a rehearsal, in a store that is for nothing else, and the files go below rehearsal/.
    """
    from arrears.desk.dispatch.running import require_clock, require_mode
    from arrears.desk.dispatch.workers import Task
    from arrears.desk.dispatch.workers import dispatch as send

    channels = tuple(one.value for one in channel or Sent)
    with store_of(workspace) as store:
        require_mode(store, rehearsal=at is not None)
        if at is None:
            require_clock(store, datetime.now(UTC))
        environment = {name: value for name, value in os.environ.items() if name.startswith("ARREARS_")}
        found = send(Task(workspace, environment, channels, at, wait, by), workers)
    if json:
        tell_json(found.as_json())
        return
    fates = ", ".join(f"{n:,} {fate}" for fate, n in sorted(found.fates.items())) or "nothing was due"
    lost = f"; {found.lost_n:,} of a worker that is gone marked unknown" if found.lost_n else ""
    typer.echo(f"{fates}; handed over: {found.receipts['sent']:,}{lost}")


def contact(
    intent: Annotated[int, typer.Argument(metavar="N", help="The planned contact; arrears case show lists a customer's.")],
    workspace: WorkspacePath = Path(WORKSPACE_DEFAULT),
    at: At = None,
    by: Who = "desk",
    json: AsJson = False,
) -> None:
    """Ask the gate for a contact that you are about to make yourself: a call or a visit.

    Allowed, its attempt is in the ledger, and you may make it now; say what came of it by arrears received outcome. Exit code 1
    where it may not be made.
    """
    from arrears.desk.dispatch.gatekeeping import pass_one
    from arrears.desk.dispatch.running import gates_of, require_mode

    with store_of(workspace) as store, store.connect() as connection:
        require_mode(store, rehearsal=at is not None)
        found = pass_one(connection, at, gates_of(workspace, store), actor=by, intent_id=intent)
    if not found.judged:
        raise typer.BadParameter(f"{intent} is no contact that is still to be made; see: arrears case show", param_hint="N")
    (judged,) = found.judged
    attempt = found.passed[0].attempt_seq if found.passed else None
    if json:
        tell_json({"intent": intent, "fate": judged.fate, "attempt": attempt, "why": judged.why})
    elif attempt is not None:
        typer.echo(f"allowed; attempt {attempt}")
    else:
        typer.echo(f"{judged.fate}: {', '.join(judged.why.get('rules', [])) or judged.why.get('reason', 'its day is over')}")
    if attempt is None:
        raise typer.Exit(REFUSED)


def payment(
    customer: Customer,
    payment_id: Annotated[
        str, typer.Option("--id", parser=payment_of, metavar="ID", help="The payment's own number; the same twice counts once.")
    ],
    amount: Amount,
    currency: Annotated[str, typer.Option("--currency", parser=currency_of, metavar="CODE", help="ISO 4217.")],
    account: Account = "",
    at: At = None,
    by: Who = "payments",
    workspace: WorkspacePath = Path(WORKSPACE_DEFAULT),
    json: AsJson = False,
) -> None:
    """Take a payment in, withdraw at once what asked for it, and judge promise and plan."""
    from arrears.desk.cases.policy import load_case_policy
    from arrears.desk.dispatch.receiving import Payment, receive_payment

    now = at or datetime.now(UTC)
    policy = load_case_policy(workspace)
    with store_of(workspace) as store, store.connect() as connection:
        found = receive_payment(connection, Payment(payment_id, customer, account, now, amount, currency), now, by, policy)
    if json:
        tell_json(found.as_json())
        return
    agreed = "".join(f"; {one}" for one in found.judged)
    typer.echo("known already" if found.was_known else f"taken in; planned contacts withdrawn: {found.withdrawn_n}{agreed}")


def state(
    customer: Customer,
    flag: Annotated[str, typer.Option("--flag", metavar="FLAG", help="dispute, cease, deceased, ...: docs/feed.md, flags.")],
    end: Annotated[bool, typer.Option("--end", help="It stands no longer.")] = False,
    until: Annotated[
        date | None, typer.Option("--until", parser=day_of, metavar="YYYY-MM-DD", help="Last day, where it ends by itself.")
    ] = None,
    evidence: Annotated[
        str, typer.Option("--evidence", metavar="TEXT", help="Under which number or name what shows it is kept.")
    ] = "",
    at: At = None,
    by: Who = "desk",
    workspace: WorkspacePath = Path(WORKSPACE_DEFAULT),
    json: AsJson = False,
) -> None:
    """Let a state of the customer stand, or end it: from this second on the gate knows."""
    from arrears.desk.cases.states import end_state, enter_state

    now = at or datetime.now(UTC)
    with store_of(workspace) as store, store.connect() as connection:
        if end:
            changed = end_state(connection, customer, flag, now, by)
        else:
            changed = enter_state(connection, customer, flag, now, by, until=until, evidence=evidence)
    if json:
        tell_json({"changed": changed})
    else:
        typer.echo(("ended" if end else "stands") if changed else ("did not stand" if end else "stood already"))


def outcome(
    attempt: Annotated[int, typer.Option("--attempt", metavar="SEQ", help="The ledger's number of the attempt.")],
    code: Annotated[str, typer.Option("--outcome", metavar="CODE", help="no_answer, right_party, promise, ...: docs/feed.md.")],
    at: At = None,
    by: Who = "desk",
    workspace: WorkspacePath = Path(WORKSPACE_DEFAULT),
    json: AsJson = False,
) -> None:
    """Say what came of a call or visit; until then it counts as answered and as not answered."""
    from arrears.desk.dispatch.telling import Told, tell

    with store_of(workspace) as store, store.connect() as connection:
        tell(connection, [Told(attempt, code)], at or datetime.now(UTC), by)
    if json:
        tell_json({"attempt": attempt, "outcome": code})
    else:
        typer.echo("written")


def verify(workspace: WorkspacePath = Path(WORKSPACE_DEFAULT), lang: Language = Lang.en, json: AsJson = False) -> None:
    """Read the whole ledger and find any entry that was edited, removed or put elsewhere.

    The chain is held against itself and against the anchors in ledger-anchors.jsonl of the workspace, to which this adds one
    where all is sound. Exit code 1 where it is not.
    """
    from arrears.desk.ledger.verifying import keep_anchor, read_anchors
    from arrears.desk.ledger.verifying import verify as check

    with progress(quiet=json) as step, store_of(workspace) as store, store.connect() as connection:
        found = check(connection, read_anchors(workspace), lambda done, total: step("verifying", done, total))
        keep_anchor(found, workspace)
    if json:
        tell_json(found.as_json())
    elif found.findings:
        typer.echo("\n".join(one.line(lang.value) for one in found.findings))
    else:
        sound = "链完好" if lang is Lang.zh else "the chain is sound"
        typer.echo(f"{found.entries_n:,}: {sound} ({found.last_hash[:16]})")
    if found.findings:
        raise typer.Exit(UNSOUND)


def export(
    day: Day,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder of the feed that is to take them in.")],
    workspace: WorkspacePath = Path(WORKSPACE_DEFAULT),
    json: AsJson = False,
) -> None:
    """Write a day's contacts as a part of a feed, contacts/ledger.parquet or .csv, for the book to count."""
    from arrears.desk.ledger.exporting import export_day

    with store_of(workspace) as store, store.connect() as connection:
        found = export_day(connection, day, out)
    if json:
        tell_json({"date": day, "contacts": found})
    else:
        typer.echo(f"{found:,} contacts of {day} in {out / 'contacts'}")


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.")],
    workspace: WorkspacePath = Path(WORKSPACE_DEFAULT),
    json: AsJson = False,
) -> None:
    """Write the desk's database and the files it names to one file, readable by its owner alone."""
    from arrears.desk.saving import backup as save

    with store_of(workspace) as store:
        size = save(store, workspace, file)
    if json:
        tell_json({"file": file, "bytes": size})
    else:
        typer.echo(f"{size:,} bytes in {file}")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that arrears backup wrote.")],
    workspace: WorkspacePath = Path(WORKSPACE_DEFAULT),
    json: AsJson = False,
) -> None:
    """Read a backup into an empty database, bring it up to date, and verify the ledger.

    Contacts still to be made are not made: some may have been made since the backup. Put ledger-anchors.jsonl into the
    workspace first, and it is told whether the ledger went on after the backup. Exit code 1 where the ledger is not sound or
    not whole.
    """
    from arrears.desk.ledger.verifying import read_anchors
    from arrears.desk.ledger.verifying import verify as check
    from arrears.desk.saving import restore as load

    with store_of(workspace, migrate=False) as store:
        load(store, workspace, file)
    with store_of(workspace) as store, store.connect() as connection:
        found = check(connection, read_anchors(workspace))
    if json:
        tell_json(found.as_json())
    else:
        faults = "; ".join(one.line("en") for one in found.findings)
        typer.echo(f"restored; {found.entries_n:,} entries of the ledger, {faults or 'sound'}")
    if found.findings:
        raise typer.Exit(UNSOUND)
