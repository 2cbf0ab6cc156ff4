"""A transaction that the database broke off for the sake of another is done again, a few times, and done once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.core.cache import cache
from django.db import OperationalError

from arrears.desk import repeating
from arrears.desk.current import Desk
from tests.desk.conftest import owner_of
from tests.desk.making import customer, gates, intent
from tests.desk.test_api import call, token
from tests.desk.users import client_of

_BROKEN = """CREATE SEQUENCE broken_off; GRANT USAGE ON SEQUENCE broken_off TO PUBLIC;
CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF nextval('broken_off') <= {times} THEN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '{code}'; END IF; RETURN NEW;
END $$;
CREATE TRIGGER break_off BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION break_off();"""
"""The first so many writes of a table end as one of two that wait for each other does; sequences are not rolled back."""
DEADLOCK, NOT_SERIAL, UNIQUE = "40P01", "40001", "23505"


@pytest.fixture
def queued(here: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Two customers, a call each due."""
    cache.clear()
    monkeypatch.setattr(repeating, "WAIT_SECONDS", 0.001)
    here.__dict__["gates"] = gates
    with here.store.connect() as connection:
        for n in (1, 2):
            customer(connection, f"C{n}")
            intent(connection, f"C{n}", priority=n)
    yield here


def broken(desk: Desk, times: int, table: str = "work_hold", code: str = DEADLOCK) -> None:
    with owner_of(desk.store) as connection:
        connection.execute(_BROKEN.format(times=times, table=table, code=code))


def held(desk: Desk) -> list[tuple[Any, ...]]:
    with desk.connection() as connection:
        return connection.execute("SELECT customer_id, agent FROM work_hold").fetchall()


@pytest.mark.parametrize("code", [DEADLOCK, NOT_SERIAL])
def test_the_next_customer_comes_though_it_was_broken_off(queued: Desk, code: str) -> None:
    broken(queued, repeating.TIMES_MAX - 1, code=code)
    assert client_of("collector").post("/work/take/").headers["Location"] == "/work/case/C2/"
    assert held(queued) == [("C2", "collector")]


def test_by_the_api_too_once_under_its_key(queued: Desk) -> None:
    broken(queued, repeating.TIMES_MAX - 1)
    secret = token("collector")
    first = call(secret, "POST", "/work/next")
    assert (first.status_code, first.json()["customer_id"]) == (200, "C2")
    assert call(secret, "POST", "/work/next").content == first.content, "kept as its answer"
    assert held(queued) == [("C2", "collector")]


def test_what_writes_by_djangos_models_is_done_again_as_a_whole(queued: Desk) -> None:
    from arrears.desk.people.models import Record

    broken(queued, 2, table="assignment")
    given = {"agent": "collector", "customer_ids": ["C1"]}
    assert call(token("supervisor"), "POST", "/assignments", given).json()["customer_ids"] == ["C1"]
    assert Record.objects.filter(kind="assigned").count() == 1


def test_whoever_is_broken_off_each_time_is_told_to_do_it_again(queued: Desk) -> None:
    broken(queued, 10 * repeating.TIMES_MAX)
    page = client_of("collector").post("/work/take/")
    assert (page.status_code, "do it again" in page.content.decode()) == (422, True)
    secret = token("collector")
    refused = call(secret, "POST", "/work/next")
    assert (refused.status_code, refused.json()["error"]["what"]) == (409, "it met another change of the same customer")
    with owner_of(queued.store) as connection:
        assert connection.execute("SELECT last_value FROM broken_off").fetchone() == (2 * repeating.TIMES_MAX,)
        connection.execute("DROP TRIGGER break_off ON work_hold")
    assert call(secret, "POST", "/work/next").json()["customer_id"] == "C2", "under the same key: nothing was kept"


def test_nothing_else_is_done_again(queued: Desk) -> None:
    broken(queued, 1, code=UNIQUE)
    with pytest.raises(psycopg.errors.UniqueViolation):
        client_of("collector").post("/work/take/")
    assert held(queued) == []
    other, deadlock = OperationalError("gone"), OperationalError("deadlock")
    deadlock.__cause__ = psycopg.errors.DeadlockDetected()
    assert (repeating.broken_off(other), repeating.broken_off(deadlock)) == (False, True)
