"""Opening the desk's database: the bundled server or the one of `ARREARS_DATABASE_URL`, Django set up on it, tables migrated.

Django owns the tables and the screens; what handles many rows at once speaks to PostgreSQL through psycopg.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from arrears.desk.configuring import configure
from arrears.desk.server import OWNER, WORKER, BundledServer
from arrears.errors import StoreError

DATABASE_VARIABLE, OWNER_VARIABLE = "ARREARS_DATABASE_URL", "ARREARS_DATABASE_OWNER_URL"
VERSION_MIN = 15
"""Of PostgreSQL; older ones are not tested."""
CONNECT_SECONDS = 10
MAINTAIN_SINCE = 170_000
READ_ONLY = ("ledger_entry", "ledger_head", "ledger_identity", "record", "django_migrations")
ADDED_TO = ("ledger_entry", "record")
"""Tables that the working role may read, and those of them that it may also add to."""


@dataclass(frozen=True)
class Store:
    """An open database."""

    worker: Mapping[str, Any] = field(repr=False)
    """How the desk's own role connects: psycopg's keywords."""
    owner: Mapping[str, Any] = field(repr=False)
    """How the owner of the tables does."""

    def connect(self, *, autocommit: bool = False) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection as the desk's own role."""
        return connected(self.worker, autocommit=autocommit)


@contextmanager
def opened(workspace: Path, environment: Mapping[str, str], *, migrate: bool = True) -> Iterator[Store]:
    """The database of a workspace, its tables up to date; the bundled server runs as long as somebody needs it.

    Raises `StoreError` where it cannot be reached, started or migrated.
    """
    url = environment.get(DATABASE_VARIABLE)
    if url:
        worker = parameters_of(url, DATABASE_VARIABLE)
        owner = parameters_of(environment.get(OWNER_VARIABLE) or url, OWNER_VARIABLE)
        yield _ready(Store(worker, owner), migrate=migrate)
        return
    server = BundledServer((workspace / "store").resolve())
    with server.in_use():
        yield _ready(Store(server.parameters(WORKER), server.parameters(OWNER)), migrate=migrate)


def parameters_of(url: str, where: str) -> dict[str, Any]:
    """A connection URL as keywords; raises `StoreError`, which never repeats the URL: it holds a password."""
    try:
        return dict(conninfo_to_dict(url))
    except psycopg.Error:
        raise StoreError(
            "this is no PostgreSQL URL", where=where, remedy="write it as postgresql://user:password@host/database"
        ) from None


def connected(parameters: Mapping[str, Any], *, autocommit: bool = False) -> psycopg.Connection[tuple[Any, ...]]:
    try:
        return psycopg.connect(**{"connect_timeout": CONNECT_SECONDS, **parameters}, autocommit=autocommit)
    except psycopg.OperationalError as error:
        raise StoreError(
            f"the database does not answer: {str(error).strip().splitlines()[-1]}", where=str(parameters.get("host", "")),
            remedy=f"start it, or mend {DATABASE_VARIABLE}",
        ) from None  # fmt: skip


def _ready(store: Store, *, migrate: bool) -> Store:
    with connected(store.owner) as connection:
        if connection.info.server_version < VERSION_MIN * 10_000:
            found = connection.info.server_version // 10_000
            raise StoreError(
                f"it is PostgreSQL {found}",
                where=str(store.owner.get("host", "")),
                remedy=f"arrears needs {VERSION_MIN} or newer",
            )
    set_up(store)
    if migrate:
        _migrate(store)
    return store


def set_up(store: Store) -> None:
    """Django on this store from now on."""
    configure({"default": _database(store.worker), "owner": _database(store.owner)})


def _database(parameters: Mapping[str, Any]) -> dict[str, Any]:
    known = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    named = {django_name: str(parameters.get(name, "")) for name, django_name in known.items()}
    options = {name: value for name, value in parameters.items() if name not in known}
    return {"ENGINE": "django.db.backends.postgresql", **named, "OPTIONS": options}


def _migrate(store: Store) -> None:
    """Every table as this version wants it, and the working role's rights; one process at a time."""
    with connected(store.owner, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('arrears migrate'))")
        try:
            call_command("migrate", database="owner", verbosity=0, interactive=False)
            _grant(connection, str(store.worker.get("user", "")), str(store.owner.get("user", "")))
        finally:
            connections["owner"].close()


def _grant(connection: psycopg.Connection[tuple[Any, ...]], worker: str, owner: str) -> None:
    """What the desk's own role may do; nothing to grant where it owns the tables itself."""
    if worker == owner:
        return
    role = sql.Identifier(worker)
    tables = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    # So that whoever publishes can tell the planner what came in; older servers do it by themselves a little later.
    maintain = ", MAINTAIN" if connection.info.server_version >= MAINTAIN_SINCE else ""
    with connection.transaction():
        for table in tables:
            rights = "SELECT" if table in READ_ONLY else "SELECT, INSERT, UPDATE, DELETE"
            rights = "SELECT, INSERT" if table in ADDED_TO else rights
            rights += maintain
            query = sql.SQL("REVOKE ALL ON {table} FROM {role}; GRANT " + rights + " ON {table} TO {role}")
            connection.execute(query.format(table=sql.Identifier(table), role=role))
        connection.execute(sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(role))
