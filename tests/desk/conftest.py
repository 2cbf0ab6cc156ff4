"""One bundled server a test process; each test has a database of its own, copied from one that holds what it begins with."""

from __future__ import annotations

import itertools
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from arrears.day.workspace import Workspace
from arrears.desk.current import Desk, set_desk
from arrears.desk.opening import Store, connected, opened, set_up
from arrears.desk.plan.publishing import publish
from arrears.desk.plan.rows import day_of_plan
from arrears.desk.server import runs_as
from arrears.desk.serving import Address, prepare
from arrears.errors import StoreError
from arrears.lab.sample import write_sample
from tests.day.compiled import compile_once
from tests.day.world import run
from tests.desk.making import MORNING

FIRST_DAY = date(2026, 6, 14)
DAY = date(2026, 6, 15)
NUMBERS = itertools.count()
HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def _postgres_can_run() -> None:
    """Skip the room where this machine lets nobody run PostgreSQL, and only there: it is no skip where it merely fails."""
    try:
        runs_as()
    except StoreError as error:
        pytest.skip(error.line())


@pytest.fixture(scope="session", autouse=True)
def migrated(_postgres_can_run: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A migrated database, closed to sessions so that it can be copied.

    Used by all, for a test that opens no store may be the first one of its process and finds Django not set up.
    """
    with opened(tmp_path_factory.mktemp("server"), {}) as store:
        with psycopg.connect(**store.owner, autocommit=True) as connection:  # nothing of it is to outlive the machine
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield store


@pytest.fixture(scope="session")
def peopled(migrated: Store) -> str:
    """The name of a database with users, likewise closed."""
    from tests.desk.users import make_users

    set_up(copied(migrated, "arrears", "peopled"))
    settings.PASSWORD_HASHERS = HASHERS
    make_users()
    connections.close_all()
    return "peopled"


@pytest.fixture(scope="session")
def published(migrated: Store, peopled: str, bank: Bank) -> str:
    """The same with the day's plan published."""
    publish(copied(migrated, peopled, "published"), day_of_plan(bank.workspace, DAY))
    return "published"


@pytest.fixture
def store(request: pytest.FixtureRequest, migrated: Store) -> Iterator[Store]:
    """An empty desk; or one with users where the test asks for `here`, and with the day's plan where it asks for `at_work`."""
    asked = {"at_work": "published", "here": "peopled"}
    wanted = next((template for fixture, template in asked.items() if fixture in request.fixturenames), None)
    name = f"desk_{next(NUMBERS)}"
    yield copied(migrated, request.getfixturevalue(wanted) if wanted else "arrears", name)
    with connected({**migrated.owner, "dbname": "postgres"}, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True)
class Bank:
    """A simulated bank whose days have run."""

    workspace: Workspace
    feed: Path


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """Of 600 accounts in 2 shards, with the days before `DAY` and `DAY`."""
    compile_once()
    folder = tmp_path_factory.mktemp("bank")
    write_sample(folder / "bank", accounts=600, days=2, seed=5, start=FIRST_DAY, history_days=120)
    where = Workspace(folder / "workspace")
    where.path.mkdir()
    settings = (folder / "bank" / "bank.toml").read_text(encoding="utf-8")
    (where.path / "bank.toml").write_text(settings.replace("shards = 1", "shards = 2"), encoding="utf-8")
    for back in (1, 0):
        run(where, folder / "bank" / "feed", DAY - timedelta(days=back))
    return Bank(where, folder / "bank" / "feed")


@pytest.fixture
def here(store: Store, bank: Bank) -> Iterator[Desk]:
    """A desk with users and nothing else, a rehearsal at ten in the morning of `DAY` in Shanghai; Django speaks to it."""
    set_up(store)
    settings.PASSWORD_HASHERS = HASHERS
    found = Desk(store, bank.workspace.path, MORNING)
    prepare(found, Address("testserver", 80))
    yield found
    found.close()
    connections.close_all()


@pytest.fixture
def at_work(here: Desk) -> Desk:
    """The same with the day's plan published, which `store` sees to."""
    return here


@pytest.fixture
def own(here: Desk, tmp_path: Path) -> Iterator[Desk]:
    """The same desk with a workspace of its own, whose files a test may change."""
    shutil.copytree(here.workspace, tmp_path / "workspace", ignore=shutil.ignore_patterns("ledger-anchors.jsonl", "desk"))
    found = Desk(here.store, tmp_path / "workspace", MORNING)
    set_desk(found)
    yield found
    found.close()


@pytest.fixture(scope="session")
def served(bank: Bank, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a desk that `arrears serve` serves, as a user's browser sees it: the bank's day published, users made."""
    workspace = tmp_path_factory.mktemp("served") / "workspace"
    shutil.copytree(bank.workspace.path, workspace)
    program = Path(sys.executable).parent / "arrears"
    for command in (
        [program, "publish", "--date", str(DAY), "--workspace", workspace],
        [sys.executable, "-m", "tests.desk.users", workspace],
    ):  # fmt: skip
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [program, "serve", "--port", str(port), "--at", MORNING.isoformat(), "--workspace", workspace],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    assert "The desk is at" in server.stdout.readline()
    yield f"http://127.0.0.1:{port}"
    server.send_signal(signal.SIGTERM)
    server.wait(30)


def copied(server: Store, template: str, name: str) -> Store:
    """A database of the server made as a copy of another, to which nobody may be connected."""
    with connected({**server.owner, "dbname": "postgres"}, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return Store({**server.worker, "dbname": name}, {**server.owner, "dbname": name})


def owner_of(store: Store) -> psycopg.Connection[tuple[object, ...]]:
    """A connection as the owner of the tables, whom no right holds back but the triggers."""
    return connected(store.owner)
