"""The work files: complete, ordered, within every limit, safe to open, and nobody in them whom the law protects."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from arrears.day.files import CHANNEL_FILES
from arrears.day.workspace import Workspace
from arrears.playbook import default_path, load
from tests.day.conftest import Ran
from tests.day.world import LEAP_DAY, Row, Tables, cardholder, deliver, rows, run, together, work_file, workspace

FILES = list(CHANNEL_FILES.values())


@pytest.fixture(scope="module")
def listed(lotus: Ran) -> list[dict[str, str]]:
    """Every row of every work file, with its channel."""
    found = [
        row | {"channel": channel}
        for channel, name in CHANNEL_FILES.items()
        for row in work_file(lotus.workspace, lotus.day, name)
    ]
    assert len(found) > 5, "a day without work would prove nothing"
    return found


@pytest.fixture(scope="module")
def decisions(lotus: Ran) -> list[Row]:
    return rows(lotus.workspace, "plan", lotus.day, "decisions")


def test_every_row_says_why_by_which_clause_and_step_and_that_it_is_lawful(listed: list[dict[str, str]]) -> None:
    steps = {step.id: step.clause for step in load(default_path()).all_steps()}
    for row in listed:
        assert row["clause"] == steps[row["step"]]
        assert row["reason"].startswith(f"segment={row['segment']}")
        assert row["reason"].endswith(f";date={LEAP_DAY}")
        assert row["verdict"] == "lawful" or row["verdict"].startswith("lawful, as fallback ")
        assert bool(row["instead_of"]) == row["verdict"].startswith("lawful, as fallback")


@pytest.mark.parametrize("name", FILES)
def test_most_urgent_first(lotus: Ran, name: str) -> None:
    found = work_file(lotus.workspace, lotus.day, name)
    keys = [(-int(row["priority"]), -int(row["dpd"]), -int(row["past_due_minor"]), row["customer_id"]) for row in found]
    assert keys == sorted(keys)
    assert [int(row["place"]) for row in found] == list(range(1, len(found) + 1))


def test_files_hold_exactly_what_was_chosen(listed: list[dict[str, str]], decisions: list[Row]) -> None:
    chosen = {(row["customer_id"], row["step"], row["channel"]) for row in decisions if row["decision"] == "chosen"}
    assert Counter((row["customer_id"], row["step"], row["channel"]) for row in listed) == Counter(chosen)


def test_nothing_refused_and_nothing_without_a_contact_point_is_chosen(decisions: list[Row]) -> None:
    assert {row["decision"] for row in decisions} >= {"chosen", "refused"}
    for row in decisions:
        assert row["lawful"] == (row["refused_by"] == "")
        assert (row["decision"] == "refused") == (not row["lawful"])
        if row["decision"] == "chosen":
            assert row["lawful"] and row["contact_id"]


def test_at_most_one_contact_a_channel_and_customer(decisions: list[Row]) -> None:
    chosen = Counter((row["customer_id"], row["channel"]) for row in decisions if row["decision"] == "chosen")
    assert max(chosen.values()) == 1


def test_intensity_of_the_segment_holds_by_day_and_by_seven_days(lotus: Ran, decisions: list[Row]) -> None:
    assert_within_intensity(lotus.workspace, decisions, lotus.days)


def assert_within_intensity(where: Workspace, decisions: list[Row], delivered: tuple[object, ...]) -> None:
    made = [row for day in delivered for row in rows(where, "feed", day, "contacts") if row["direction"] == "outbound"]  # type: ignore[arg-type]
    today = Counter(row["customer_id"] for row in made if row["local_date"] == LEAP_DAY)
    week = Counter(row["customer_id"] for row in made if LEAP_DAY - timedelta(days=6) <= row["local_date"] <= LEAP_DAY)
    assert week, "a bank that never contacted anybody would prove nothing"
    chosen = Counter((row["customer_id"], row["segment"]) for row in decisions if row["decision"] == "chosen")
    playbook = load(default_path())
    for (customer, segment), planned in chosen.items():
        limit = playbook.segment(segment).intensity
        assert planned + today[customer] <= limit.per_day_max
        assert planned + week[customer] <= limit.per_7_days_max


FORMULAS = ("=HYPERLINK(\"http://x\")", "+1+1", "-2+3", "@SUM(A1)", "＝1+1", " =1", "=+@-王芳")  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Names and addresses that a spreadsheet would run."""
    folder = tmp_path_factory.mktemp("hostile")
    people = [_named(number, text) for number, text in enumerate(FORMULAS, 1)]
    where = workspace(folder / "workspace")
    feed = deliver(folder / "feed", LEAP_DAY, together(*people))
    run(where, feed, LEAP_DAY)
    return Ran(where, feed, (LEAP_DAY,))


def _named(number: int, text: str) -> Tables:
    """Two customers of that name: one is visited at an address that begins so, one is called."""
    visited = cardholder(number, LEAP_DAY, dpd=95, balance=8_000_000, reach=("mobile", "address"), full_name=text)
    visited["contact_points"][1]["value"] = f"{text} Lotus Road"
    called = cardholder(100 + number, LEAP_DAY, dpd=46, full_name=text)
    return together(visited, called)


def test_no_cell_is_a_formula_to_a_spreadsheet(hostile: Ran) -> None:
    cells = [
        (column, cell) for name in FILES for row in work_file(hostile.workspace, LEAP_DAY, name) for column, cell in row.items()
    ]
    assert {column for column, _ in cells} >= {"name", "address", "contact", "script", "instructions"}
    for column, cell in cells:
        if column == "contact" and cell.startswith("+"):
            assert cell[1:].isdigit()
        else:
            assert not cell.startswith(tuple("=+-@＝＋－＠\t\r\n ")), column


def test_what_is_left_of_a_hostile_name_is_its_harmless_rest(hostile: Ran) -> None:
    names = {row["customer_id"]: row["name"] for row in work_file(hostile.workspace, LEAP_DAY, "calls.csv")}
    assert len(names) == len(FORMULAS)
    assert names["C107"] == "王芳"
    assert names["C101"] == 'HYPERLINK("http://x")'


@pytest.mark.parametrize("name", FILES)
def test_files_are_utf_8_and_every_line_is_whole(lotus: Ran, name: str) -> None:
    path: Path = lotus.workspace.step("plan", lotus.day) / "files" / name
    text = path.read_bytes().decode("utf-8")
    widths = {len(row) for row in csv.reader(text.splitlines(keepends=True), strict=True)}
    assert len(widths) == 1
    assert text.endswith("\n")


def test_chinese_names_and_texts_survive(listed: list[dict[str, str]]) -> None:
    chinese = [row for row in listed if row["language"] == "zh"]
    assert any("\u4e00" <= sign <= "\u9fff" for row in chinese for sign in row["name"])
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in row.get("text") or row.get("script") or "") for row in chinese)
