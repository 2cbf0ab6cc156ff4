"""Contacts held against the law after they were made: what broke a rule, what came close, and what cannot be told is let be."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from arrears.conduct import Conduct, Finding
from tests.conduct.world import DAY, World, ago, of

UNANSWERED, SPOKEN, NIGHT = "CN-CBA-freq", "CN-GBT-freq", "CN-CBA-time"


@pytest.fixture(scope="module")
def world() -> World:
    """Everybody of this page; the events that broke a rule stand in `broken`, by customer."""
    world = World()
    broken: dict[str, list[str]] = {}
    for name, times in (("dialled-4", 4), ("dialled-5", 5), ("dialled-6", 6), ("dialled-8", 8)):
        world.customer(name)
        broken[name] = world.calls(name, DAY, times)[6:]
    world.customer("dialled-two-numbers")
    world.point("second", "dialled-two-numbers")
    world.calls("dialled-two-numbers", DAY, 4)
    world.calls("dialled-two-numbers", DAY, 4, hour=14, contact_id="second")
    for name, times in (("spoken-2", 2), ("spoken-3", 3), ("spoken-4", 4)):
        world.customer(name)
        broken[name] = world.calls(name, DAY, times, outcome="right_party")[3:]
    for clock in ("07:59", "08:00", "08:14", "08:15", "21:44", "21:45", "21:59", "22:00"):
        world.customer(clock)
        broken[clock] = [world.contact(clock, DAY, clock)]
    world.customer("late-yesterday")
    broken["late-yesterday"] = [world.contact("late-yesterday", ago(1), "23:10")]
    world.customer("too-late-to-judge")
    world.contact("too-late-to-judge", ago(7), "23:10")
    world.customer("told-yesterday")
    world.contact("told-yesterday", ago(1), "23:10", delivered=ago(1))

    for name in ("held", "held-today"):
        world.customer(name, flags=",cease,")
        broken[name] = [world.contact(name, DAY)]
    world.eve["held-today"] = {"flags": ""}
    for name in ("wrong-number", "wrong-number-learned-today"):
        world.customer(name)
        broken[name] = [world.contact(name, DAY, outcome="wrong_party")]
        world.points[-1]["status"] = "wrong_party"
    world.eve["wrong-number-learned-today-mobile"] = {"status": "active"}
    world.customer("abroad", country="JP", region="", zones="Asia/Tokyo", timezone="Asia/Tokyo")
    broken["abroad"] = [world.contact("abroad", DAY)]
    world.customer("calls-us")
    world.contact("calls-us", DAY, "23:30", direction="inbound", outcome="right_party")
    world.broken = broken  # type: ignore[attr-defined]
    return world


@pytest.fixture(scope="module")
def conduct(world: World, tmp_path_factory: pytest.TempPathFactory) -> Conduct:
    return world.conduct(tmp_path_factory.mktemp("conduct") / "bank")


def breach(conduct: Conduct, name: str) -> Finding | None:
    found = [one for one in conduct.findings if one.pattern == "outside_law" and one.customer_id == name]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("dialled-8", UNANSWERED),
        ("spoken-4", SPOKEN),
        ("07:59", NIGHT),
        ("22:00", NIGHT),
        ("late-yesterday", NIGHT),
        ("held", "CN-policy-hold"),
        ("wrong-number", "CN-CBA-third"),
        ("abroad", "NO-PACK"),
    ],
)
def test_contacts_outside_the_law_are_listed_with_the_rule_and_no_others(
    conduct: Conduct, world: World, name: str, rule: str
) -> None:
    found = of(conduct, "outside_law", name, rule)
    assert found is not None
    assert found.severity == "breach"
    assert sorted(found.evidence) == sorted(world.broken[name])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "name",
    ["dialled-6", "dialled-two-numbers", "spoken-3", "08:00", "21:59", "held-today", "wrong-number-learned-today", "calls-us"],
)
def test_the_last_that_is_lawful_is_no_breach(conduct: Conduct, name: str) -> None:
    assert breach(conduct, name) is None


def test_contacts_told_of_on_an_earlier_day_were_judged_then(conduct: Conduct) -> None:
    assert breach(conduct, "told-yesterday") is None


def test_contacts_delivered_too_late_are_counted_and_not_judged(conduct: Conduct, world: World) -> None:
    outbound = [row for row in world.contacts if row["direction"] == "outbound" and row.get("delivered", DAY) == DAY]
    assert (conduct.late, conduct.judged) == (1, len(outbound) - 1)
    assert breach(conduct, "too-late-to-judge") is None


@pytest.mark.parametrize(
    ("rule", "name", "used"), [(UNANSWERED, "dialled-5", 5), (UNANSWERED, "dialled-6", 6), (SPOKEN, "spoken-3", 3)]
)
def test_a_cap_used_to_four_fifths_is_near(conduct: Conduct, world: World, rule: str, name: str, used: int) -> None:
    found = of(conduct, "near_cap", name, rule)
    assert found is not None
    assert (found.count, len(found.evidence)) == (used, used)
    assert {row["customer_id"] for row in world.contacts if row["event_id"] in found.evidence} == {name}


@pytest.mark.parametrize(
    ("rule", "name"),
    [(UNANSWERED, "dialled-4"), (SPOKEN, "spoken-2"), (UNANSWERED, "dialled-two-numbers"), (UNANSWERED, "dialled-8")],
)
def test_less_of_a_cap_and_more_than_all_of_it_are_not_near(conduct: Conduct, rule: str, name: str) -> None:
    assert of(conduct, "near_cap", name, rule) is None


def test_a_cap_by_contact_point_is_told_of_the_contact_point(conduct: Conduct) -> None:
    found = of(conduct, "near_cap", "dialled-5", UNANSWERED)
    assert found is not None
    assert (found.subject_kind, found.subject, found.threshold) == ("contact_point", "dialled-5-mobile", 6)


@pytest.mark.parametrize(
    ("clock", "near"), [("08:00", True), ("08:14", True), ("08:15", False), ("21:44", False), ("21:45", True), ("21:59", True)]
)
def test_the_last_and_first_quarter_of_an_hour_are_near_the_edge(conduct: Conduct, clock: str, near: bool) -> None:
    assert (of(conduct, "near_hours", clock) is not None) is near


@pytest.mark.parametrize("clock", ["07:59", "22:00"])
def test_what_is_outside_the_hours_is_not_also_near_their_edge(conduct: Conduct, clock: str) -> None:
    assert of(conduct, "near_hours", clock) is None


def test_another_share_lists_other_caps(world: World, tmp_path: Path) -> None:
    found = world.conduct(tmp_path / "bank", settings="near_limits: {share_percent: 60}\n")
    assert of(found, "near_cap", "dialled-4", UNANSWERED) is not None


# --- the United States: windows of seven days, and silences -------------------------------------------------------------------
def american(world: World, name: str) -> str:
    return world.customer(name, country="US", region="NY", zones="America/New_York", timezone="America/New_York")


def agency_calls(world: World, name: str, on: date, times: int, **changed: object) -> list[str]:
    """Calls by an agency, around noon in New York (the clock given is Shanghai's, on the same local date there)."""
    made = []
    for number in range(times):
        clock = f"{number:02d}:30"
        made.append(world.contact(name, on + timedelta(days=1), clock, actor="agency-1", **changed))
        world.contacts[-1]["local_date"] = on
    return made


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Conduct]:
    world = World()
    for name, times in (("week-5", 5), ("week-6", 6)):
        american(world, name)
        agency_calls(world, name, ago(6), 3)
        agency_calls(world, name, ago(1), times - 3)
    for name, back in (("quiet-over", 8), ("quiet-first-day", 7), ("quiet-broken", 6)):
        american(world, name)
        agency_calls(world, name, ago(1 + back), 1, outcome="right_party")
        agency_calls(world, name, ago(1), 1)
    found = world.conduct(tmp_path_factory.mktemp("conduct") / "bank", packs=("US",))
    return world, found


def test_a_cap_of_seven_days_is_near_in_its_window(states: tuple[World, Conduct]) -> None:
    _, conduct = states
    found = of(conduct, "near_cap", "week-6", "US-RF-14b")
    assert found is not None
    assert (found.count, found.threshold, found.window_days, found.subject_kind) == (6, 7, 7, "debt")
    assert of(conduct, "near_cap", "week-5", "US-RF-14b") is None


def test_a_contact_on_the_first_day_after_a_silence_is_near_it(states: tuple[World, Conduct]) -> None:
    _, conduct = states
    assert of(conduct, "near_cool_off", "quiet-first-day", "US-RF-14b-quiet") is not None
    assert of(conduct, "near_cool_off", "quiet-over", "US-RF-14b-quiet") is None


def test_a_contact_on_the_last_day_of_a_silence_is_a_breach(states: tuple[World, Conduct]) -> None:
    _, conduct = states
    assert of(conduct, "outside_law", "quiet-broken", "US-RF-14b-quiet") is not None
    assert of(conduct, "outside_law", "quiet-first-day", "US-RF-14b-quiet") is None
