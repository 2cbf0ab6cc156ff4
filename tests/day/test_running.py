"""A day run again, out of order, with changed inputs, or on bad ground."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from arrears.day.workspace import STEPS, Workspace
from arrears.errors import ArrearsError, BookError, FeedError
from arrears.lab.dirt import FILE_KINDS, dirty, empty_day, spoil
from arrears.playbook import default_path
from arrears.store import read_manifest
from tests.day.conftest import Ran
from tests.day.world import LEAP_DAY, cardholder, deliver, rows, run, work_file, workspace

Copied = Callable[..., Ran]


def stamps(where: Workspace) -> dict[str, tuple[int, int, bytes]]:
    """Every file of the workspace with its time of change, its inode and its bytes."""
    files = [path for path in where.path.rglob("*") if path.is_file()]
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino, path.read_bytes()) for path in files}


def refused(where: Workspace, feed: Path, day: date) -> ArrearsError:
    """The error of a run that must leave the workspace as it was, but for kept settings."""
    before = {name: stamp for name, stamp in stamps(where).items() if "/strategies/" not in name}
    with pytest.raises(ArrearsError) as error:
        run(where, feed, day)
    assert {name: stamp for name, stamp in stamps(where).items() if "/strategies/" not in name} == before
    assert "\n" not in error.value.line()
    return error.value


def test_day_run_twice_changes_no_byte_and_no_time(lotus: Ran) -> None:
    before = stamps(lotus.workspace)
    again = run(lotus.workspace, lotus.feed, lotus.day)
    assert again.was_done
    assert stamps(lotus.workspace) == before


def test_earlier_day_run_again_is_left_as_it_is(lotus: Ran) -> None:
    before = stamps(lotus.workspace)
    assert run(lotus.workspace, lotus.feed, lotus.days[0]).was_done
    assert stamps(lotus.workspace) == before


def test_same_bank_run_elsewhere_makes_the_same_bytes(lotus: Ran, copied: Copied) -> None:
    other = copied(lotus, until=lotus.days[0])
    run(other.workspace, other.feed, lotus.day)
    for step in STEPS:
        made, first = other.workspace.manifest(step, lotus.day), lotus.workspace.manifest(step, lotus.day)
        assert made is not None and first is not None
        assert dict(made.outputs) == dict(first.outputs)


# --- changed inputs ---
def test_changed_feed_is_refused_by_the_name_of_its_file(lotus: Ran, copied: Copied) -> None:
    changed = copied(lotus)
    file = changed.feed / f"date={lotus.day}" / "flags.parquet"
    shutil.copyfile(changed.feed / f"date={lotus.days[0]}" / "flags.parquet", file)
    assert "another file:flags.parquet" in refused(changed.workspace, changed.feed, lotus.day).what


def test_changed_playbook_is_refused_by_name(lotus: Ran, copied: Copied) -> None:
    changed = copied(lotus)
    text = default_path().read_text(encoding="utf-8").replace("contents: contents", "contents: default")
    (changed.workspace.path / "playbook.yaml").write_text(text.replace("value_bp: 9300", "value_bp: 9301"), encoding="utf-8")
    assert "another playbook" in refused(changed.workspace, changed.feed, lotus.day).what


def test_changed_bank_is_refused_by_name(lotus: Ran, copied: Copied) -> None:
    changed = copied(lotus)
    settings = changed.workspace.path / "bank.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("+861000000000", "+861000000001"), encoding="utf-8")
    assert "another bank" in refused(changed.workspace, changed.feed, lotus.day).what


def test_feed_of_yesterday_delivered_once_more_is_refused(lotus: Ran, copied: Copied) -> None:
    again = copied(lotus)
    feed = again.feed.parent / "again" / f"date={LEAP_DAY + timedelta(days=1)}"
    shutil.copytree(again.feed / f"date={lotus.day}", feed)
    error = refused(again.workspace, feed.parent, LEAP_DAY + timedelta(days=1))
    assert isinstance(error, FeedError)
    assert f"the same files were taken in for {lotus.day}" in error.what


# --- order ---
def test_gap_is_refused_with_the_command_that_fills_it(lotus: Ran) -> None:
    wanted = LEAP_DAY + timedelta(days=3)
    error = refused(lotus.workspace, lotus.feed, wanted)
    assert f"2028-03-01 comes before {wanted}" in error.what
    assert "arrears run --feed DIR --date 2028-03-01 --until 2028-03-03" in error.remedy


def test_day_before_the_first_is_refused(lotus: Ran) -> None:
    error = refused(lotus.workspace, lotus.feed, lotus.days[0] - timedelta(days=1))
    assert f"before the first day of this workspace, {lotus.days[0]}" in error.what


def test_missing_feed_is_named(lotus: Ran) -> None:
    error = refused(lotus.workspace, lotus.feed, LEAP_DAY + timedelta(days=1))
    assert isinstance(error, FeedError)
    assert error.where.endswith("date=2028-03-01")


# --- ground ---
@pytest.mark.parametrize("step", ["book", "feed"])
def test_manifest_of_a_newer_version_is_refused(lotus: Ran, copied: Copied, step: str) -> None:
    newer = copied(lotus, until=lotus.days[0])
    file = newer.workspace.step(step, lotus.days[0]) / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | {"format": 2, "new_key": 1}), encoding="utf-8")
    error = refused(newer.workspace, newer.feed, lotus.day)
    assert "newer arrears" in error.what and error.where == str(file)


def test_unreadable_manifest_is_refused(lotus: Ran, copied: Copied) -> None:
    torn = copied(lotus, until=lotus.days[0])
    file = torn.workspace.step("book", lotus.days[0]) / "manifest.json"
    file.write_bytes(file.read_bytes()[:100])
    assert "damaged" in refused(torn.workspace, torn.feed, lotus.day).what


def test_damaged_book_of_yesterday_is_refused_by_file(lotus: Ran, copied: Copied) -> None:
    damaged = copied(lotus, until=lotus.days[0])
    file = damaged.workspace.step("book", lotus.days[0]) / "accounts" / "0002.parquet"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    error = refused(damaged.workspace, damaged.feed, lotus.day)
    assert isinstance(error, BookError)
    assert error.where == str(file)


def test_history_that_the_law_counts_may_not_be_missing(lotus: Ran, copied: Copied) -> None:
    without = copied(lotus, until=lotus.days[0])
    shutil.rmtree(without.workspace.step("feed", lotus.days[0]))
    with pytest.raises(BookError) as error:
        run(without.workspace, without.feed, lotus.day)
    assert str(lotus.days[0]) in error.value.what
    assert without.workspace.manifest("plan", lotus.day) is None


def test_another_number_of_shards_is_refused(lotus: Ran, copied: Copied) -> None:
    recut = copied(lotus, until=lotus.days[0])
    settings = recut.workspace.path / "bank.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("shards = 4", "shards = 2"), encoding="utf-8")
    error = refused(recut.workspace, recut.feed, lotus.day)
    assert "cut into 4 shards" in error.what and "set shards = 4" in error.remedy


def test_second_run_at_the_same_time_is_kept_out(lotus: Ran) -> None:
    with lotus.workspace.alone():
        assert "another run is at work" in refused(lotus.workspace, lotus.feed, lotus.day).what
    assert run(lotus.workspace, lotus.feed, lotus.day).was_done


def test_folder_that_bears_no_date_is_named(lotus: Ran, copied: Copied) -> None:
    stray = copied(lotus)
    folder = stray.workspace.step("book", lotus.days[0])
    shutil.copytree(folder, folder.with_name(folder.name + ".bak"))
    error = refused(stray.workspace, stray.feed, lotus.day)
    assert error.where == str(folder) + ".bak"


# --- odd days ---
def test_empty_day_ages_the_book_and_still_plans(lotus: Ran, copied: Copied) -> None:
    quiet = copied(lotus, until=lotus.days[0])
    empty_day(quiet.feed / f"date={lotus.day}")
    result = run(quiet.workspace, quiet.feed, lotus.day)
    before, after = (
        {row["account_id"]: row for row in rows(quiet.workspace, "book", day, "accounts")} for day in (lotus.days[0], lotus.day)
    )
    assert before.keys() == after.keys()
    late = [name for name, row in before.items() if row["dpd"] > 0]
    assert late
    assert all(after[name]["dpd"] == before[name]["dpd"] + 1 for name in late)
    assert all(row["bucket_before"] == before[name]["bucket"] for name, row in after.items())
    assert result.manifests["feed"].facts["delivered"] == dict.fromkeys(result.manifests["feed"].facts["delivered"], 0)
    assert result.manifests["plan"].rows["decisions"] > 0


def test_day_without_a_due_step_writes_empty_work_files(tmp_path: Path) -> None:
    where = workspace(tmp_path / "workspace")
    run(where, deliver(tmp_path / "feed", LEAP_DAY, cardholder(1, LEAP_DAY, due_in=17)), LEAP_DAY)
    assert rows(where, "playbook", LEAP_DAY, "candidates") == []
    for name in ("sms.csv", "email.csv", "calls.csv", "letters.csv", "visits.csv"):
        assert work_file(where, LEAP_DAY, name) == []
        assert (where.step("plan", LEAP_DAY) / "files" / name).read_bytes().startswith(b'"place","priority"')


def test_bank_without_a_customer_has_a_day_too(tmp_path: Path) -> None:
    where = workspace(tmp_path / "workspace")
    result = run(where, deliver(tmp_path / "feed", LEAP_DAY), LEAP_DAY)
    assert result.manifests["book"].rows["accounts"] == result.manifests["plan"].rows["decisions"] == 0


def test_bad_rows_go_to_quarantine_and_the_good_ones_go_on(lotus: Ran, copied: Copied) -> None:
    dirt = copied(lotus, until=lotus.days[0])
    planted = dirty(dirt.feed / f"date={lotus.day}", 5)
    result = run(dirt.workspace, dirt.feed, lotus.day)
    assert result.quarantined_n == sum(one.rows for one in planted) > 30
    clean = {row["account_id"]: row for row in rows(lotus.workspace, "book", lotus.day, "accounts")}
    found = {row["account_id"]: row for row in rows(dirt.workspace, "book", lotus.day, "accounts")}
    assert clean.keys() < found.keys()
    assert all({**found[name], "seq": 0} == {**row, "seq": 0} for name, row in clean.items())


@pytest.mark.parametrize("kind", sorted(FILE_KINDS))
def test_spoilt_file_stops_the_day_before_anything_is_published(lotus: Ran, copied: Copied, kind: str) -> None:
    spoilt = copied(lotus, until=lotus.days[0])
    spoil(spoilt.feed / f"date={lotus.day}", kind)
    assert isinstance(refused(spoilt.workspace, spoilt.feed, lotus.day), FeedError)
    assert [step for step in STEPS if spoilt.workspace.step(step, lotus.day).exists()] == []


def test_leap_day_is_a_day_like_any_other(golden: Ran) -> None:
    dated = {row["reason"].rpartition(";date=")[2] for row in rows(golden.workspace, "plan", LEAP_DAY, "decisions")}
    assert dated == {"2028-02-29"}
    manifest = read_manifest(golden.workspace.step("book", LEAP_DAY))
    assert manifest is not None and manifest.business_date == "2028-02-29"
    account = next(row for row in rows(golden.workspace, "book", LEAP_DAY, "accounts") if row["account_id"] == "A11")
    assert (account["oldest_due_date"], account["dpd"]) == (date(2027, 11, 26), 95)
