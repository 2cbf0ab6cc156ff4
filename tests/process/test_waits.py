"""Waits planted by hand, found again."""

from __future__ import annotations

from pathlib import Path

from arrears.process import Process, measure
from arrears.process.model import EVERY, Clock, Wait
from tests.process.world import BANK, PLAYBOOK, World


def measured(world: World, root: Path) -> Process:
    return measure(world.written(root), world.last, BANK, PLAYBOOK)


def stage(found: Process, clock: Clock, bucket: int = 1, segment: str = EVERY) -> Wait:
    return next(wait for wait in found.waits if (wait.clock, wait.bucket, wait.segment) == (clock, bucket, segment))


def test_first_attempts_after_planted_days_have_the_planted_median(tmp_path: Path) -> None:
    world = World(20)
    for number, after in enumerate((1, 2, 3, 4, 9)):
        world.late(f"C{number}", 2)
        world.contact(f"C{number}", 2 + after)
    wait = stage(measured(world, tmp_path), "first_attempt")
    assert (wait.cases_n, wait.ended_n, wait.waiting_n) == (5, 5, 0)
    assert (wait.median_days, wait.p90_days) == (3, 9)
    assert (wait.target_days, wait.over_n, wait.over_ppm) == (5, 1, 200_000)


def test_a_case_that_paid_before_the_attempt_left_and_is_not_waiting(tmp_path: Path) -> None:
    world = World(10)
    world.late("C1", 1, left=4)
    world.contact("C1", 7)
    wait = stage(measured(world, tmp_path), "first_attempt")
    assert (wait.ended_n, wait.left_n, wait.waiting_n, wait.median_days) == (0, 1, 0, None)


def test_a_case_that_was_late_before_the_first_day_is_no_entry(tmp_path: Path) -> None:
    world = World(5)
    world.late("C1", -8)
    world.late("C2", 1)
    assert stage(measured(world, tmp_path), "first_attempt").cases_n == 1


def test_a_word_with_a_relative_is_no_right_party_contact(tmp_path: Path) -> None:
    world = World(9)
    world.late("C1", 1)
    world.contact("C1", 3, "right_party", party="relative")
    world.contact("C1", 6, "right_party")
    assert stage(measured(world, tmp_path), "right_party").median_days == 5


def test_promises_kept_after_planted_days_and_broken_ones(tmp_path: Path) -> None:
    world = World(20)
    for number, after in enumerate((1, 3, 5, 9, None)):
        world.late(f"C{number}", 1)
        world.contact(f"C{number}", 5, "promise")
        if after is not None:
            world.pays(f"C{number}", 5 + after)
    wait = stage(measured(world, tmp_path), "promise")
    assert (wait.cases_n, wait.ended_n, wait.over_n, wait.over_ppm) == (5, 4, 2, 400_000)
    assert wait.median_days == 5


def test_a_payment_taken_back_keeps_no_promise(tmp_path: Path) -> None:
    world = World(12)
    world.late("C1", 1)
    world.contact("C1", 2, "promise")
    world.takes_back("C1", 5, world.pays("C1", 3))
    wait = stage(measured(world, tmp_path), "promise")
    assert (wait.ended_n, wait.waiting_n, wait.over_n) == (0, 1, 1)


def test_days_since_the_last_contact_count_from_being_late_where_there_was_none(tmp_path: Path) -> None:
    world = World(20)
    world.late("C1", 3)
    world.late("C2", 3)
    world.contact("C2", 15)
    wait = stage(measured(world, tmp_path), "idle")
    # C1 is 17 days past due and was never contacted, C2 was contacted four days ago
    assert (wait.cases_n, wait.median_days, wait.p90_days, wait.over_n) == (2, 4, 17, 1)


def test_whom_the_playbook_leaves_alone_waits_for_nothing(tmp_path: Path) -> None:
    world = World(15)
    world.late("C1", 1, segment="held")
    world.late("C2", 1, arm="calls:holdout")
    world.late("C3", 1, arm="calls:champion")
    found = measured(world, tmp_path)
    assert found.left_alone_n == 2
    assert stage(found, "first_attempt").cases_n == stage(found, "idle").cases_n == 1


def test_a_spell_of_refusals_ends_with_the_next_plan(tmp_path: Path) -> None:
    world = World(12)
    for day in (2, 4):
        world.due("C1", day, "refused", refused_by="CN-A,CN-B")
    world.due("C1", 7)
    world.due("C1", 9, "refused", refused_by="CN-A")
    world.due("C2", 6, "no_contact_point")
    held = {one.rule_id: one for one in measured(world, tmp_path).held_up}
    assert (held["CN-A"].spells_n, held["CN-A"].still_n, held["CN-A"].customers_n) == (2, 1, 1)
    assert (held["CN-B"].spells_n, held["CN-B"].median_days) == (1, 5)
    assert (held["no_contact_point"].spells_n, held["no_contact_point"].still_n) == (1, 1)


def test_a_fallback_planned_on_the_day_holds_nobody_up(tmp_path: Path) -> None:
    world = World(5)
    world.due("C1", 2, "refused", refused_by="CN-A")
    world.due("C1", 2, step="sms_d5", channel="sms")
    assert measured(world, tmp_path).held_up == ()
