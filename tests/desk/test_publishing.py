"""A day's plan on the desk: whole, once, and lawful at the time it is due."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from arrears.day.workspace import Workspace
from arrears.desk.dispatch.gatekeeping import pass_due
from arrears.desk.dispatch.running import gates_of
from arrears.desk.opening import Store
from arrears.desk.plan import publishing
from arrears.desk.plan.publishing import publish
from arrears.desk.plan.rows import day_of_plan
from arrears.errors import BookError, StoreError
from tests.desk.conftest import DAY, FIRST_DAY, Bank


def planned(workspace: Workspace) -> list[tuple[object, ...]]:
    files = str(workspace.step("plan", DAY) / "contacts" / "*.parquet")
    query = (
        "SELECT customer_id, step, alternative, channel, party, purpose, contact_id, minute FROM read_parquet(?) ORDER BY 1, 2"
    )
    with duckdb.connect() as connection:
        return connection.execute(query, [files]).fetchall()


def test_every_planned_contact_is_there_with_its_text_and_time(store: Store, bank: Bank) -> None:
    found = publish(store, day_of_plan(bank.workspace, DAY))
    with store.connect() as connection:
        rows = connection.execute(
            "SELECT customer_id, step, alternative, channel, party, purpose, contact_id, "
            "(extract(epoch FROM (due_at AT TIME ZONE split_part(zones, ',', 1)) - business_date::timestamp) / 60)::int, "
            "text <> '' OR channel = 'visit', contact <> '' FROM intent JOIN standing "
            "USING (business_date, customer_id) ORDER BY 1, 2"
        ).fetchall()
    assert [row[:8] for row in rows] == planned(bank.workspace)
    assert len(rows) == found.intents_n > 10
    assert all(row[8] and row[9] for row in rows)


def test_the_same_again_changes_nothing_and_another_plan_is_refused(store: Store, bank: Bank) -> None:
    plan = day_of_plan(bank.workspace, DAY)
    first = publish(store, plan)
    again = publish(store, plan)
    assert (first.was_done, again.was_done) == (False, True)
    assert (again.customers_n, again.intents_n) == (first.customers_n, first.intents_n)
    with pytest.raises(StoreError, match="another plan of 2026-06-15 was published"):
        publish(store, replace(plan, plan_hash="0" * 64))
    with store.connect() as connection:
        assert connection.execute("SELECT count(*) FROM intent").fetchone() == (first.intents_n,)


def test_two_days_stand_beside_each_other(store: Store, bank: Bank) -> None:
    for day in (FIRST_DAY, DAY):
        publish(store, day_of_plan(bank.workspace, day))
    with store.connect() as connection:
        assert connection.execute("SELECT count(DISTINCT business_date) FROM intent").fetchone() == (2,)


def test_broken_off_it_leaves_nothing(store: Store, bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        yield b'"nonsense"\n'

    monkeypatch.setattr(publishing, "intent_rows", broken)
    with pytest.raises(Exception, match="nonsense"):
        publish(store, day_of_plan(bank.workspace, DAY))
    with store.connect() as connection:
        for table in ("publication", "standing", "intent", "customer"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_a_plan_that_was_changed_on_disk_is_refused(bank: Bank, tmp_path: Path) -> None:
    place = tmp_path / "workspace"
    shutil.copytree(bank.workspace.path, place, ignore=shutil.ignore_patterns("store", "spool", "*.jsonl"))
    spoilt = next((place / "plan" / f"date={DAY}" / "contacts").glob("*.parquet"))
    spoilt.write_bytes(spoilt.read_bytes()[:-1] + b"x")
    with pytest.raises(BookError, match="is not what was planned; compare with: arrears replay"):
        day_of_plan(Workspace(place), DAY)


def test_a_day_that_never_ran_is_refused(bank: Bank) -> None:
    with pytest.raises(BookError, match="arrears run --feed"):
        day_of_plan(bank.workspace, DAY.replace(day=20))


def test_what_the_screen_allowed_the_gate_allows_at_the_planned_time(store: Store, bank: Bank) -> None:
    """The same law twice, over a whole plan: columns in the night, one by one at send time."""
    published = publish(store, day_of_plan(bank.workspace, DAY))
    gates = gates_of(bank.workspace.path, store)
    decided = {"allowed": 0}
    with store.connect() as connection:
        for (due,) in connection.execute("SELECT DISTINCT due_at FROM intent ORDER BY due_at").fetchall():
            while found := pass_due(
                connection, due, gates, worker=1, actor="t", channels=("sms", "email", "call", "letter", "visit"), limit=50
            ).judged:
                for one in found:
                    assert one.fate == "allowed", (one.intent.customer_id, one.why)
                decided["allowed"] += len(found)
    assert decided["allowed"] == published.intents_n
