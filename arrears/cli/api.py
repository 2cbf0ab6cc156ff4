"""Other systems: `arrears token make|list|revoke` and `arrears webhook add|list|remove|deliver`."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from arrears.cli.desk import store_of
from arrears.cli.options import WORKSPACE_DEFAULT, AsJson, WorkspacePath, example, operator
from arrears.cli.output import tell_done, tell_json

IDLE_SECONDS = 1.0
token_app = typer.Typer(help="What other systems sign in to the API with.", no_args_is_help=True, rich_markup_mode=None)
webhook_app = typer.Typer(help="Systems that are told of events.", no_args_is_help=True, rich_markup_mode=None)
Name = Annotated[str, typer.Option("--name", metavar="TEXT", help="Which system it is.")]
TokenNumber = Annotated[int, typer.Argument(metavar="TOKEN", min=1, max=2**63 - 1, help="Its number of the list.")]
WebhookNumber = Annotated[int, typer.Argument(metavar="WEBHOOK", min=1, max=2**63 - 1, help="Its number of the list.")]


def register(app: typer.Typer) -> None:
    """Hang the commands of this page into the program."""
    made = "arrears token make --owner sup-01 --name crm --scope cases:read --scope cases:write"
    token_app.command("make", epilog=example(made))(make)
    token_app.command("list", epilog=example("arrears token list --json"))(list_tokens)
    token_app.command("revoke", epilog=example("arrears token revoke 1"))(revoke)
    added = "arrears webhook add --name crm --url https://crm.bank.example/told --event promise.broken"
    webhook_app.command("add", epilog=example(added))(add)
    webhook_app.command("list", epilog=example("arrears webhook list"))(list_webhooks)
    webhook_app.command("remove", epilog=example("arrears webhook remove 1"))(remove)
    webhook_app.command("deliver", epilog=example("arrears webhook deliver --wait"))(deliver)
    app.add_typer(token_app, name="token")
    app.add_typer(webhook_app, name="webhook")


def make(
    owner: Annotated[str, typer.Option("--owner", metavar="USER", help="Whose rights bound it.")],
    name: Name,
    scope: Annotated[list[str], typer.Option("--scope", metavar="SCOPE", help="cases:read, ...; may be repeated.")],
    days: Annotated[int, typer.Option("--days", metavar="N", help="So long it is good.")] = 90,
    workspace: WorkspacePath = Path(WORKSPACE_DEFAULT),
    json: AsJson = False,
) -> None:
    """Make a token, and print its secret, which is kept nowhere."""
    with store_of(workspace):
        from arrears.desk.api.tokens import make_token
        from arrears.desk.people.accounts import user_named

        token, secret = make_token(operator(), user_named(owner), name, scope, days=days)
    tell_done(json, f"token {token.pk}: {secret}", token=token.pk, secret=secret, expires_at=token.expires_at)


def list_tokens(workspace: WorkspacePath = Path(WORKSPACE_DEFAULT), json: AsJson = False) -> None:
    """List the tokens, the newest first."""
    with store_of(workspace):
        from arrears.desk.api.tokens import all_tokens, state_of

        rows = [
            {"token": one.pk, "name": one.name, "begins": one.hint, "owner": one.owner.username, "scopes": one.scopes,
             "state": state_of(one), "expires_at": one.expires_at, "last_used_at": one.last_used_at}
            for one in all_tokens()
        ]  # fmt: skip
    if json:
        tell_json(rows)
        return
    for row in rows:
        typer.echo(f"{row['token']:>4} {row['name']:<20} {row['owner']:<16} {row['state']:<13} {' '.join(row['scopes'])}")


def revoke(token: TokenNumber, workspace: WorkspacePath = Path(WORKSPACE_DEFAULT), json: AsJson = False) -> None:
    """Let a token in no more, at once."""
    with store_of(workspace):
        from arrears.desk.api.tokens import revoke_token, token_numbered

        changed = revoke_token(operator(), token_numbered(token))
    tell_done(json, f"token {token} is revoked", token=token, changed=changed)


def add(
    name: Name,
    url: Annotated[str, typer.Option("--url", metavar="URL", help="Where it is told; in a rehearsal also this machine.")],
    event: Annotated[list[str], typer.Option("--event", metavar="EVENT", help="promise.broken, ...; may be repeated.")],
    workspace: WorkspacePath = Path(WORKSPACE_DEFAULT),
    json: AsJson = False,
) -> None:
    """Tell a system of these events from now on, and print the secret that signs them, shown once."""
    with store_of(workspace):
        from arrears.desk.api.webhooks import subscribe

        made, secret = subscribe(operator(), workspace, name, url, event)
    tell_done(json, f"webhook {made.pk}: {secret}", webhook=made.pk, secret=secret)


def list_webhooks(workspace: WorkspacePath = Path(WORKSPACE_DEFAULT), json: AsJson = False) -> None:
    """List who is told, how far, and what went wrong last."""
    with store_of(workspace):
        from arrears.desk.api.webhooks import all_subscriptions, waiting_n

        found = all_subscriptions()
        waiting = waiting_n(found)
        rows = [
            {"webhook": one.pk, "name": one.name, "url": one.url, "events": one.events, "open": one.closed_at is None,
             "waiting_n": waiting[one.pk], "failures_n": one.failures_n, "last_fault": one.last_fault, "next_at": one.next_at}
            for one in found
        ]  # fmt: skip
    if json:
        tell_json(rows)
        return
    for row in rows:
        state = (row["last_fault"] or "well") if row["open"] else "closed"
        typer.echo(f"{row['webhook']:>4} {row['name']:<20} {state:<14} {row['waiting_n']:>8} entries to go  {row['url']}")


def remove(webhook: WebhookNumber, workspace: WorkspacePath = Path(WORKSPACE_DEFAULT), json: AsJson = False) -> None:
    """Tell a system nothing more."""
    with store_of(workspace):
        from arrears.desk.api.webhooks import subscription_numbered, unsubscribe

        changed = unsubscribe(operator(), subscription_numbered(webhook))
    tell_done(json, f"webhook {webhook} is closed", webhook=webhook, changed=changed)


def deliver(
    wait: Annotated[bool, typer.Option("--wait", help="Go on until Ctrl-C.")] = False,
    workspace: WorkspacePath = Path(WORKSPACE_DEFAULT),
    json: AsJson = False,
) -> None:
    """Tell every system what it has not been told yet; what is not taken is tried again, more and more slowly."""
    with store_of(workspace) as store, store.connect() as connection:
        from arrears.desk.api.telling import deliver_once

        connection.autocommit = True
        done: Counter[str] = Counter()
        try:
            while (found := deliver_once(connection, workspace))["read"] or wait:
                done += found
                if not found["read"]:
                    time.sleep(IDLE_SECONDS)
            done += found
        except KeyboardInterrupt:
            pass
    tell_done(json, f"told {done['told']}, failed {done['failed']}", told=done["told"], failed=done["failed"])
