"""The golden day: every decision about people known by name, held against a file that a person wrote and can read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.day.conftest import Ran
from tests.day.golden import people
from tests.day.world import LEAP_DAY, rows, work_file

EXPECTED = yaml.safe_load((Path(__file__).parent / "golden_day.yaml").read_text(encoding="utf-8"))


def said(ran: Ran) -> dict[str, Any]:
    """The day in the words of the golden file."""
    customers = {row["customer_id"]: row for row in rows(ran.workspace, "book", LEAP_DAY, "customers")}
    segments = {row["customer_id"]: row["segment"] for row in rows(ran.workspace, "playbook", LEAP_DAY, "segments")}
    found: dict[str, Any] = {
        name: {"story": story, "dpd": customers[name]["dpd"], "segment": segments[name], "contacts": []}
        for name, (story, _) in people().items()
    }
    for row in rows(ran.workspace, "plan", LEAP_DAY, "decisions"):
        why = f" by {row['refused_by']}" if row["refused_by"] else ""
        found[row["customer_id"]]["contacts"].append(
            f"{row['step']}.{row['alternative']}, {row['channel']} to {row['party']}: {row['decision']}{why}"
        )
    return found


@pytest.fixture(scope="module")
def decided(golden: Ran) -> dict[str, Any]:
    return said(golden)


def test_golden_file_tells_of_everybody() -> None:
    assert list(EXPECTED) == list(people())


@pytest.mark.parametrize("name", list(people()))
def test_golden_day(decided: dict[str, Any], name: str) -> None:
    assert decided[name] == EXPECTED[name]


def test_chosen_contacts_are_in_the_work_files_and_nobody_else(golden: Ran) -> None:
    listed = {
        name: {row["customer_id"] for row in work_file(golden.workspace, LEAP_DAY, name)}
        for name in ("sms.csv", "email.csv", "calls.csv", "letters.csv", "visits.csv")
    }
    assert listed == {
        "sms.csv": {"C1", "C2", "C5", "C9", "C12"},
        "email.csv": {"C6", "C7"},
        "calls.csv": {"C3", "C4", "C13"},
        "letters.csv": set(),
        "visits.csv": {"C11"},
    }


def test_visit_is_made_by_two_and_says_where(golden: Ran) -> None:
    (visit,) = work_file(golden.workspace, LEAP_DAY, "visits.csv")
    assert (visit["visitors"], visit["address"], visit["local_time"]) == ("2", "11 Lotus Road", "14:00")


def test_relative_is_told_nothing_of_the_debt(golden: Ran) -> None:
    relay = next(row for row in work_file(golden.workspace, LEAP_DAY, "sms.csv") if row["customer_id"] == "C12")
    assert relay["party"] == "relative"
    assert relay["contact"] == "+8613900000012"
    for word in ("CNY", "逾期", "欠", "还款", "1,200", "40"):
        assert word not in relay["text"].replace("+861000000000", "")


def test_fallback_says_which_rules_refused_the_earlier_ways(golden: Ran) -> None:
    email = next(row for row in work_file(golden.workspace, LEAP_DAY, "email.csv") if row["customer_id"] == "C6")
    assert email["verdict"] == "lawful, as fallback 2"
    assert email["instead_of"] == "0: CN-policy-optout; 1: CN-policy-optout"
