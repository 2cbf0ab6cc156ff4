"""`arrears demo`: a simulated bank, thirty business days, the last of them told, and a desk that has been worked at."""

from __future__ import annotations

import json as jsonlib
import secrets
import shutil
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from arrears.cli.desk import store_of
from arrears.cli.options import AsJson, Engine, Lang, Language, example
from arrears.cli.output import progress, tell_json
from arrears.errors import UsageError

if TYPE_CHECKING:
    from arrears.desk.opening import Store

START = date(2026, 1, 5)
MEMORY_MB = 2_000
PORT_MAX = 65_535


def register(app: typer.Typer) -> None:
    """Hang the commands of this page into the program."""
    app.command(epilog=example("arrears demo", "arrears demo --accounts 5000 --days 5 --out small --no-serve"))(demo)


def demo(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder of the demo; one that was made before is taken up.")
    ] = Path("demo"),
    accounts: Annotated[int, typer.Option("--accounts", metavar="N", help="Card accounts.")] = 20_000,
    days: Annotated[int, typer.Option("--days", metavar="D", min=1, max=60, help="Business days.")] = 30,
    seed: Annotated[int, typer.Option("--seed", metavar="S")] = 1,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the desk on 127.0.0.1 until Ctrl-C.")] = False,
    port: Annotated[int, typer.Option("--port", metavar="PORT", min=0, max=PORT_MAX, help="0 is any free one.")] = 8000,
    lang: Language = Lang.en,
    json: AsJson = False,
) -> None:
    """Simulate a bank, run its days and work at its desk: begin here.

    Thirty days of twenty thousand accounts; the last day is told, and one account explained. On the desk the days have been
    lived through: messages, calls, promises, payments, disputes. Nobody in it exists, and nothing leaves the machine.
    """
    from arrears.cli.running import last_day_told, run_days, settle
    from arrears.lab.living import try_something

    bank, workspace, last = out / "bank", out / "workspace", START + timedelta(days=days - 1)
    made = _bank(out, {"accounts": accounts, "days": days, "seed": seed}, json=json)
    settle(workspace, bank / "feed")
    try_something(workspace)
    if not json:
        typer.echo(f"{'made' if made else 'found'} a simulated bank in {bank}; running {days} business days in {workspace}\n")
    results = run_days(workspace, bank / "feed", START, last, engine=Engine.duckdb, memory_mb=MEMORY_MB, json=json)
    page, told = last_day_told(workspace, last, lang, json=json)
    account = _telling(workspace, last)
    if not json:
        _explained(workspace, account, last, lang)
    with store_of(workspace) as store:
        password, lived = _lived(store, workspace, bank / "feed", last, days, seed, json=json)
        if json:
            tell_json({
                "bank": bank, "workspace": workspace, "days": len(results), "report": page, "account": account,
                "summary": told, "desk": lived, "password": password,
            })  # fmt: skip
        else:
            _next(workspace, last, page, lived)
        if serve:
            _serve(store, workspace, last, port, password)


def _lived(
    store: Store, workspace: Path, feed: Path, last: date, days: int, seed: int, *, json: bool
) -> tuple[str, dict[str, Any]]:
    """Work the days off at the desk; returns the password of the demo's users and what came of the days."""
    from arrears.lab.living import leave_open, live_in, make_people

    password = secrets.token_urlsafe(9)
    with progress(quiet=json) as step:
        every = [last - timedelta(days=back) for back in reversed(range(days))]
        lived = live_in(store, workspace, feed, every, seed=seed, progress=step)
        with store.connect(autocommit=True) as connection:
            make_people(connection, opening_of(last), password)
            leave_open(connection, opening_of(last), seed=seed)
    return password, asdict(lived)


def opening_of(last: date) -> datetime:
    """When the demo's desk begins: ten in the morning of the last day, where the simulated bank is."""
    return datetime.combine(last, time(10), ZoneInfo("Asia/Shanghai"))


def _serve(store: Store, workspace: Path, last: date, port: int, password: str) -> None:
    from arrears.cli.people import free_port
    from arrears.desk.current import Desk
    from arrears.desk.serving import Address, serve
    from arrears.lab.living import PEOPLE

    address = Address("127.0.0.1", free_port("127.0.0.1", port))
    names = ", ".join(name for name in PEOPLE if not name.startswith("agent-"))
    serve(
        Desk(store, workspace, opening_of(last), one_factor=True), address,
        ready=lambda: typer.echo(
            f"\nThe desk is at http://{address.host}:{address.port}/ (Ctrl-C to stop). "
            f"Sign in with the password {password} as one of\n  {names}"
        ),
    )  # fmt: skip


def _bank(out: Path, wanted: dict[str, int], *, json: bool) -> bool:
    """Simulate the bank unless the folder holds it already; whole or not at all. Returns whether it was made."""
    from arrears.lab.sample import write_sample

    record, bank = out / "demo.json", out / "bank"
    if record.exists():
        found = jsonlib.loads(record.read_text(encoding="utf-8"))
        if found != wanted:
            raise UsageError(
                f"this demo was made with {_words(found)}, not {_words(wanted)}", where=str(out),
                remedy="name another folder with --out, or delete this one",
            )  # fmt: skip
        return False
    if bank.exists() or (out / "workspace").exists():
        raise UsageError("the folder holds something else", where=str(out), remedy="name another folder with --out")
    out.mkdir(parents=True, exist_ok=True)
    partial = out / ".bank.partial"
    shutil.rmtree(partial, ignore_errors=True)
    with progress(quiet=json) as step:
        write_sample(
            partial, accounts=wanted["accounts"], days=wanted["days"], seed=wanted["seed"], start=START,
            progress=lambda done, total: step("simulating a bank", done, total),
        )  # fmt: skip
    partial.rename(bank)
    record.write_text(jsonlib.dumps(wanted), encoding="utf-8")
    return True


def _words(arguments: dict[str, int]) -> str:
    return " ".join(f"--{name} {value}" for name, value in arguments.items())


def _telling(workspace: Path, day: date) -> str:
    """The account with the most to tell: the law refused one way to reach its customer, and another was found."""
    import duckdb

    from arrears.store import quoted

    decisions = quoted(workspace / "plan" / f"date={day}" / "decisions" / "*.parquet")
    with duckdb.connect(":memory:") as connection:
        found = connection.execute(
            f"SELECT account_id FROM read_parquet({decisions}, hive_partitioning = false) GROUP BY customer_id, account_id "
            "ORDER BY bool_or(decision = 'refused' AND refused_by <> 'NO-PACK') AND bool_or(decision = 'chosen') DESC, "
            "max(priority) DESC, customer_id LIMIT 1"
        ).fetchone()
    return str(found[0]) if found else ""


def _explained(workspace: Path, account: str, day: date, lang: Lang) -> None:
    from arrears.day.explain import explain
    from arrears.day.workspace import Workspace

    if account:
        typer.echo(f"\n$ arrears explain {account} --date {day} --workspace {workspace}")
        typer.echo("\n".join(explain(Workspace(workspace), account, day, lang.value).lines()))


def _next(workspace: Path, day: date, page: Path, lived: dict[str, Any]) -> None:
    files = workspace / "plan" / f"date={day}" / "files"
    where = f"--date {day} --workspace {workspace}"
    rows = (
        ("the day as a page, in English and Chinese", str(page)),
        ("the work: calls, SMS, e-mail, letters, visits", f"{files}/"),
        ("the day computed again and compared", f"arrears replay {where}"),
        ("the desk again, to sign in to", f"arrears demo --out {workspace.parent} --serve"),
        ("the desk's ledger, every hash reckoned anew", f"arrears ledger verify --workspace {workspace}"),
        ("the law, rule by rule with its sources", "arrears law list"),
        ("the strategy, clause by clause", "arrears playbook show"),
    )
    if lived["days"]:
        typer.echo(
            f"\nOn the desk: {lived['contacts']:,} contacts published, {lived['attempts']:,} made, {lived['refusals']:,} "
            f"refused at the gate, {lived['payments']:,} payments"
        )
    typer.echo("\nAnd then (with the program on the path: . .venv/bin/activate)")
    for what, how in rows:
        typer.echo(f"  {what:<46} {how}")
