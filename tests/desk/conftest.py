"""One bundled server a test process; each test has a database of its own, copied from a migrated one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest

from arrears.day.workspace import Workspace
from arrears.desk.opening import Store, connected, opened
from arrears.desk.server import runs_as
from arrears.errors import StoreError
from arrears.lab.sample import write_sample
from tests.day.compiled import compile_once
from tests.day.world import run

FIRST_DAY = date(2026, 6, 14)
DAY = date(2026, 6, 15)
NUMBERS = itertools.count()


@pytest.fixture(scope="session", autouse=True)
def _postgres_can_run() -> None:
    """Skip the room where this machine lets nobody run PostgreSQL, and only there: it is no skip where it merely fails."""
    try:
        runs_as()
    except StoreError as error:
        pytest.skip(error.line())


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A migrated database, closed to sessions so that it can be copied."""
    with opened(tmp_path_factory.mktemp("server"), {}) as store:
        yield store


@pytest.fixture
def store(migrated: Store) -> Iterator[Store]:
    """An empty desk."""
    name = f"desk_{next(NUMBERS)}"
    with psycopg.connect(**{**migrated.owner, "dbname": "postgres"}, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE arrears")
        yield Store({**migrated.worker, "dbname": name}, {**migrated.owner, "dbname": name})
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True)
class Bank:
    """A simulated bank whose days have run."""

    workspace: Workspace
    feed: Path


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """Of 600 accounts in 4 shards, with the days before `DAY` and `DAY`."""
    compile_once()
    folder = tmp_path_factory.mktemp("bank")
    write_sample(folder / "bank", accounts=600, days=2, seed=5, start=FIRST_DAY, history_days=120)
    where = Workspace(folder / "workspace")
    where.path.mkdir()
    settings = (folder / "bank" / "bank.toml").read_text(encoding="utf-8")
    (where.path / "bank.toml").write_text(settings.replace("shards = 1", "shards = 4"), encoding="utf-8")
    for back in (1, 0):
        run(where, folder / "bank" / "feed", DAY - timedelta(days=back))
    return Bank(where, folder / "bank" / "feed")


def owner_of(store: Store) -> psycopg.Connection[tuple[object, ...]]:
    """A connection as the owner of the tables, whom no right holds back but the triggers."""
    return connected(store.owner)
