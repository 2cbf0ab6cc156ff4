"""The desk's server and its users: `arrears serve`, `arrears user add|list|reset|close|open`."""

from __future__ import annotations

import contextlib
import socket
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from arrears.cli.desk import At, store_of
from arrears.cli.options import WORKSPACE_DEFAULT, AsJson, Lang, WorkspacePath, example, operator
from arrears.cli.output import tell_done, tell_json
from arrears.errors import UsageError

user_app = typer.Typer(help="Who may sign in at the desk.", no_args_is_help=True, rich_markup_mode=None)
Username = Annotated[str, typer.Argument(metavar="NAME", help="Staff number or name, as it stands in the ledger.")]
PORT_MAX = 65_535


def register(app: typer.Typer) -> None:
    """Hang the commands of this page into the program."""
    app.command(epilog=example("arrears serve", "arrears serve --host 0.0.0.0 --name desk.bank.example --https"))(serve)
    user_app.command("add", epilog=example("arrears user add sup-01 --role supervisor --called 'Li Na'"))(add)
    user_app.command("list", epilog=example("arrears user list --json"))(list_)
    user_app.command("reset", epilog=example("arrears user reset sup-01"))(reset)
    user_app.command("close", epilog=example("arrears user close sup-01"))(close)
    user_app.command("open", epilog=example("arrears user open sup-01"))(open_)
    app.add_typer(user_app, name="user")


def serve(
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="PORT", min=1, max=PORT_MAX)] = 8000,
    name: Annotated[
        list[str] | None, typer.Option("--name", metavar="HOST", help="A name it is reached by; may be repeated.")
    ] = None,
    https: Annotated[
        bool,
        typer.Option("--https", help="A proxy before it ends TLS: cookies go over TLS only, and its headers are believed."),
    ] = False,
    workers: Annotated[int, typer.Option("--workers", metavar="N", min=1, max=64, help="Processes.")] = 2,
    at: At = None,
    one_factor: Annotated[
        bool, typer.Option("--one-factor", help="Let passwords alone in: with --at, on this machine's own address only.")
    ] = False,
    workspace: WorkspacePath = Path(WORKSPACE_DEFAULT),
    json: AsJson = False,
) -> None:
    """Serve the desk's pages and API, until Ctrl-C.

    Users are made by arrears user add. With --at it is a rehearsal that begins at that time, in a store for nothing else.
    """
    from arrears.desk.current import Desk
    from arrears.desk.dispatch.running import require_mode
    from arrears.desk.serving import LOCAL, Address
    from arrears.desk.serving import serve as run

    if one_factor and (at is None or host not in LOCAL):
        raise typer.BadParameter("it goes with --at and this machine's own address alone", param_hint="--one-factor")
    with store_of(workspace) as store:
        require_mode(store, rehearsal=at is not None)
        address = f"http://{host}:{port}"
        found = Desk(store, workspace, at, one_factor=one_factor)
        run(
            found, Address(host, port, name or (), https), workers=workers,
            ready=lambda: tell_done(json, f"The desk is at {address}/ (Ctrl-C to stop)", address=address),
        )  # fmt: skip


def free_port(host: str, port: int) -> int:
    """This port, or any free one where it is taken or 0."""
    for wanted in (port, 0):
        with contextlib.suppress(OSError), socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, wanted))
            return int(trial.getsockname()[1])
    raise UsageError("no port is free", where="--port", remedy="stop what listens there")


def add(
    username: Username,
    role: Annotated[list[str], typer.Option("--role", metavar="ROLE", help="collector, supervisor, ...; may be repeated.")],
    called: Annotated[str, typer.Option("--called", metavar="TEXT", help="Their name.")] = "",
    agency: Annotated[
        str, typer.Option("--agency", metavar="CODE", help="With the role agency: whose placements they see.")
    ] = "",
    language: Annotated[Lang, typer.Option("--language", help="Of their pages.")] = Lang.en,
    workspace: WorkspacePath = Path(WORKSPACE_DEFAULT),
    json: AsJson = False,
) -> None:
    """Make a user, and print the password for their first sign-in, at which they choose their own and set up two-factor."""
    with store_of(workspace):
        from arrears.desk.people.accounts import add_user

        _, password = add_user(operator(), username, called, role, agency=agency, language=language.value)
    tell_done(json, f"{username} may sign in with {password}", user=username, password=password)


def list_(workspace: WorkspacePath = Path(WORKSPACE_DEFAULT), json: AsJson = False) -> None:
    """List the users."""
    with store_of(workspace):
        from arrears.desk.people.models import User

        rows = [
            {"user": one.username, "name": one.name, "roles": one.roles, "agency": one.agency, "active": one.is_active,
             "last_login": one.last_login}
            for one in User.objects.order_by("username")
        ]  # fmt: skip
    if json:
        tell_json(rows)
        return
    for row in rows:
        last: datetime | None = row["last_login"]
        seen = f"last in {last:%Y-%m-%d %H:%M}" if last else "never in"
        typer.echo(f"{row['user']:<20} {', '.join(row['roles']):<30} {'' if row['active'] else 'closed, '}{seen}")


def reset(username: Username, workspace: WorkspacePath = Path(WORKSPACE_DEFAULT), json: AsJson = False) -> None:
    """Take away a user's password and second factor, open a lock, and print a password for the next sign-in."""
    with store_of(workspace):
        from arrears.desk.people.accounts import reset_user, user_named

        password = reset_user(operator(), user_named(username))
    tell_done(json, f"{username} may sign in with {password}", user=username, password=password)


def close(username: Username, workspace: WorkspacePath = Path(WORKSPACE_DEFAULT), json: AsJson = False) -> None:
    """Shut a user out, at once."""
    _set(workspace, username, active=False, json=json)


def open_(username: Username, workspace: WorkspacePath = Path(WORKSPACE_DEFAULT), json: AsJson = False) -> None:
    """Let a user in again."""
    _set(workspace, username, active=True, json=json)


def _set(workspace: Path, username: str, *, active: bool, json: bool) -> None:
    with store_of(workspace):
        from arrears.desk.people.accounts import set_active, user_named

        set_active(operator(), user_named(username), active=active)
    tell_done(json, f"{username} may {'sign in again' if active else 'not sign in any more'}", user=username, active=active)
