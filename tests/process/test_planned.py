"""Planned contacts held against the feed of contacts."""

from __future__ import annotations

from pathlib import Path

from arrears.process.model import Made
from tests.process.test_waits import measured
from tests.process.world import World


def made(world: World, root: Path, channel: str = "call") -> Made:
    return next(one for one in measured(world, root).made if one.channel == channel)


def test_contacts_of_the_plan_that_the_feed_does_not_show_were_not_made(tmp_path: Path) -> None:
    world = World(8)
    for number in range(4):
        world.due(f"C{number}", 2)
    world.contact("C0", 3)
    world.contact("C1", 2, delivered=3)
    world.contact("C2", 3, channel="sms")
    world.contact("C3", 5)
    found = made(world, tmp_path)
    assert (found.planned_n, found.made_n, found.pending_n) == (4, 2, 0)


def test_a_contact_that_came_in_before_the_plan_was_made_is_not_of_the_plan(tmp_path: Path) -> None:
    world = World(6)
    world.due("C1", 2)
    world.contact("C1", 2)
    assert made(world, tmp_path).made_n == 0


def test_one_contact_is_of_one_plan_only(tmp_path: Path) -> None:
    world = World(8)
    world.due("C1", 2)
    world.due("C1", 3)
    world.contact("C1", 3, delivered=4)
    found = made(world, tmp_path)
    assert (found.planned_n, found.made_n) == (2, 1)


def test_the_plan_of_the_day_before_is_told_by_itself(tmp_path: Path) -> None:
    world = World(6)
    world.due("C1", 4)
    world.due("C2", 4)
    world.contact("C1", 5)
    found = made(world, tmp_path)
    assert (found.last_planned_n, found.last_made_n) == (2, 1)


def test_a_letter_has_more_days_and_is_pending_until_then(tmp_path: Path) -> None:
    world = World(6)
    world.due("C1", 1, channel="letter")
    world.contact("C1", 4, "sent", channel="letter")
    world.due("C2", 4, channel="letter")
    found = made(world, tmp_path, "letter")
    assert (found.planned_n, found.made_n, found.pending_n) == (1, 1, 1)


def test_the_plan_of_the_day_itself_is_not_held_against_anybody(tmp_path: Path) -> None:
    world = World(3)
    world.due("C1", 2)
    assert measured(world, tmp_path).made == ()
