"""Idle hours, gaps and loads planted by hand."""

from __future__ import annotations

from pathlib import Path

from arrears.process.agents import scored
from arrears.process.model import Agent
from tests.process.test_waits import measured
from tests.process.world import World


def calls(world: World, agent: str, day: int, *clocks: str, outcome: str = "no_answer") -> None:
    for number, clock in enumerate(clocks):
        world.contact(f"C{agent}{number}", day, outcome, clock=clock, agent=agent)


def test_planted_idle_hours_and_the_longest_gap_are_found(tmp_path: Path) -> None:
    world = World(3)
    calls(world, "agent-1", 1, "09:05", "09:50", "13:10", "16:00")
    calls(world, "agent-1", 1, "16:30", outcome="right_party")
    (found,) = measured(world, tmp_path).agent_days
    assert (found.attempts_n, found.connected_n, found.right_party_n) == (5, 1, 1)
    assert (found.first_minute, found.last_minute) == (9 * 60 + 5, 16 * 60 + 30)
    # 9, 13 and 16 o'clock were worked; 10, 11, 12, 14 and 15 were not
    assert (found.idle_hours_n, found.longest_gap_min) == (5, 200)


def test_the_day_is_the_banks_own_and_not_that_of_greenwich(tmp_path: Path) -> None:
    world = World(3)
    calls(world, "agent-1", 1, "07:30", "20:00")
    (found,) = measured(world, tmp_path).agent_days
    assert (found.first_minute, found.idle_hours_n) == (450, 12)


def test_messages_and_calls_that_came_in_are_no_load(tmp_path: Path) -> None:
    world = World(3)
    world.contact("C1", 1, channel="sms", agent="robot-1")
    world.contact("C1", 1, direction="inbound", agent="agent-1")
    found = measured(world, tmp_path)
    assert (found.agents, found.agent_day, found.agents_cv_ppm) == ((), None, None)


def test_the_agent_who_works_thrice_as_fast_is_far_above(tmp_path: Path) -> None:
    world = World(6)
    for day in range(1, 5):
        for number in range(8):
            calls(world, f"agent-{number}", day, *(f"09:{minute:02d}" for minute in range(0, 50, 5 if number % 2 else 6)))
        calls(world, "fast", day, *(f"09:{minute:02d}" for minute in range(30)))
        calls(world, "new", 1, "09:00")
    found: dict[str, Agent] = {one.agent: one for one in measured(world, tmp_path).agents}
    assert [one.agent for one in found.values() if one.far] == ["fast"]
    assert found["fast"].far == "above" and found["fast"].attempts_per_hour_centi == 3000
    assert found["new"].score_milli is None


def test_equal_loads_do_not_vary_and_unequal_ones_do(tmp_path: Path) -> None:
    world = World(3)
    calls(world, "agent-1", 1, "09:00", "10:00")
    calls(world, "agent-2", 1, "09:00", "10:00", "11:00", "12:00")
    # loads 2 and 4: standard deviation 1.414 over a mean of 3
    assert measured(world, tmp_path).agents_cv_ppm == 471_405


def test_half_equal_values_are_scored_by_the_mean_distance() -> None:
    assert scored([10, 10, 10, 10, 60])[-1] > 3.5
    assert scored([10, 10, 10]) == [0.0, 0.0, 0.0]


def test_the_load_curve_tells_hours_planned_and_made(tmp_path: Path) -> None:
    world = World(5)
    for number in range(3):
        world.due(f"C{number}", 1)
        world.contact(f"C{number}", 2, clock="14:20")
    hours = {one.hour: one for one in measured(world, tmp_path).hours}
    assert (hours[10].calls_planned_n, hours[10].calls_made_n) == (3, 0)
    assert (hours[14].calls_planned_n, hours[14].calls_made_n) == (0, 3)
    assert hours[12].planned_n == 0
