"""A past day computed again is the same to the byte, and whatever is not is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import duckdb
import pytest

from arrears.day.replay import ReplayResult, replay
from arrears.errors import BookError
from arrears.store import file_hashes, quoted
from tests.day.compiled import book_queries, sessions
from tests.day.conftest import Ran
from tests.day.test_running import stamps

Copied = Callable[..., Ran]


def again(ran: Ran, day: date) -> ReplayResult:
    return replay(ran.workspace, day, sessions=sessions(), book_queries=book_queries(ran.workspace.strategy().bank))


@pytest.mark.parametrize("number", [0, 1])
def test_day_and_first_day_replay_the_same(lotus: Ran, number: int) -> None:
    before = stamps(lotus.workspace)
    result = again(lotus, lotus.days[number])
    assert result.same
    assert {table.table for table in result.tables} >= {
        "accounts",
        "scores",
        "candidates",
        "verdicts",
        "decisions",
        "files/sms.csv",
    }
    assert result.lines()[-1] == f"{lotus.days[number]}: {len(result.tables)} of {len(result.tables)} tables are the same"
    assert stamps(lotus.workspace) == before


def test_replay_uses_the_settings_kept_and_not_todays(golden: Ran, copied: Copied) -> None:
    later = copied(golden)
    settings = later.workspace.path / "bank.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("grace_days = 3", "grace_days = 30"), encoding="utf-8")
    assert replay(
        later.workspace, later.day, sessions=sessions(), book_queries=book_queries(golden.workspace.strategy().bank)
    ).same


def forge(ran: Ran, step: str, table: str, change: str) -> None:
    """Rewrite a table of a published step and its manifest, so that the folder is whole but not what the day makes."""
    folder = ran.workspace.step(step, ran.day)
    file = next((folder / table).glob("*.parquet"))
    forged = file.with_suffix(".forged")
    rows = f"read_parquet({quoted(file)}, hive_partitioning = false)"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * {change} FROM {rows}) TO {quoted(forged)} (FORMAT parquet)")
    forged.replace(file)
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(manifest | {"outputs": file_hashes(folder)}), encoding="utf-8")


def test_forged_decision_is_found_by_table_and_key(golden: Ran, copied: Copied) -> None:
    forged = copied(golden)
    forge(forged, "plan", "decisions", "REPLACE (CASE WHEN customer_id = 'C5' THEN 'chosen' ELSE decision END AS decision)")
    result = again(forged, forged.day)
    assert not result.same
    (different,) = [table for table in result.tables if not table.same]
    assert (different.step, different.table) == ("plan", "decisions")
    assert different.first_difference == "decisions/0000.parquet at customer_id C5, step plan_call_d31, alternative 0"
    assert result.as_json()["same"] is False


def test_table_of_other_columns_is_said_to_have_them(golden: Ran, copied: Copied) -> None:
    forged = copied(golden)
    forge(forged, "risk", "scores", "EXCLUDE (reason_3)")
    (different,) = [table for table in again(forged, forged.day).tables if not table.same]
    assert different.first_difference == "scores/0000.parquet has other columns: reason_3"


def test_damaged_file_is_named_before_anything_is_computed(golden: Ran, copied: Copied) -> None:
    damaged = copied(golden)
    file = damaged.workspace.step("law", damaged.day) / "verdicts" / "0000.parquet"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(BookError) as error:
        again(damaged, damaged.day)
    assert error.value.where == str(file)


def version(ran: Ran, name: str, value: str) -> None:
    """Let the manifests say that the day was run with another version."""
    for path in ran.workspace.path.glob("*/date=*/manifest.json"):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if name in manifest["inputs"]:
            path.write_text(json.dumps(manifest | {"inputs": manifest["inputs"] | {name: value}}), encoding="utf-8")


@pytest.mark.parametrize(("name", "value"), [("arrears", "0.0.9"), ("law:cn", "0" * 64)])
def test_another_version_with_the_same_tables_is_said(golden: Ran, copied: Copied, name: str, value: str) -> None:
    older = copied(golden)
    version(older, name, value)
    result = again(older, older.day)
    assert result.same
    (said,) = result.changed
    assert said.startswith(f"{name} {value[:12]} then, ")
    assert said in result.lines()[-2]


def test_another_version_with_other_tables_is_refused(golden: Ran, copied: Copied) -> None:
    older = copied(golden)
    version(older, "arrears", "0.0.9")
    forge(older, "risk", "scores", "REPLACE (score + 1 AS score)")
    with pytest.raises(BookError) as error:
        again(older, older.day)
    assert "arrears 0.0.9 then" in error.value.what and "risk/scores" in error.value.what
    assert "arrears==0.0.9" in error.value.remedy


def test_book_before_that_is_gone_is_named(lotus: Ran, copied: Copied) -> None:
    bare = copied(lotus)
    folder = bare.workspace.step("book", bare.days[0])
    folder.rename(folder.with_name("moved"))
    with pytest.raises(BookError, match=f"the book of {bare.days[0]} that {bare.day} was made from is not here"):
        again(bare, bare.day)
