"""A step that works and one that does nothing, by construction; and arms drawn at random."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from arrears.process import Process
from arrears.process.differences import Sums, clustered, independent, verdict
from arrears.process.model import StepEffect
from tests.process.test_waits import measured
from tests.process.world import World

PEOPLE = 200


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Process:
    """Calls: made for half, of whom 60 % pay, 20 % of the others. Texts: made for half, 30 % of both pay. 10 calls are rare."""
    world = World(25)
    for number in range(PEOPLE):
        worked, who, other = number % 2 == 0, f"C{number}", f"D{number}"
        world.due(who, 3)
        world.due(other, 3, step="sms_d5", channel="sms")
        if worked:
            world.contact(who, 4, "right_party" if number % 4 == 0 else "no_answer")
            world.contact(other, 4, "delivered", channel="sms")
        if number // 2 % 10 < (6 if worked else 2):
            world.pays(who, 6)
        if number // 2 % 10 < 3:
            world.pays(other, 6)
        if number < 20:
            world.due(f"E{number}", 3, step="rare")
            if worked:
                world.contact(f"E{number}", 4)
        world.late(f"H{number}", 2, arm=f"calls:{'champion' if worked else 'holdout'}")
        if number // 2 % 10 < (5 if worked else 2):
            world.pays(f"H{number}", 9)
    return measured(world, tmp_path_factory.mktemp("bank"))


def step(found: Process, name: str) -> StepEffect:
    return next(one for one in found.steps if one.step == name)


def test_the_step_that_works_shows_its_difference(found: Process) -> None:
    call = step(found, "call_d3")
    assert (call.planned_n, call.made_n, call.reached_n) == (200, 100, 50)
    assert call.compared is not None
    assert (call.compared.with_paid_n, call.compared.without_paid_n, call.compared.difference_ppm) == (60, 20, 400_000)
    assert call.verdict == "more_paid"


def test_the_step_that_does_nothing_says_what_could_have_been_seen(found: Process) -> None:
    sms = step(found, "sms_d5")
    assert sms.verdict == "nothing_seen"
    assert sms.compared is not None and sms.compared.difference_ppm == 0
    # 2.8 standard errors of two shares of 30 % among 100 each
    expected = (1.96 + 0.8416) * math.sqrt(2 * 0.3 * 0.7 / 100) * 1e6
    assert sms.compared.detectable_ppm == pytest.approx(expected, rel=0.02)


def test_a_step_made_for_few_is_not_compared(found: Process) -> None:
    rare = step(found, "rare")
    assert (rare.made_n, rare.compared, rare.verdict) == (10, None, "too_few")


def test_arms_drawn_at_random_are_told_with_the_steps_they_do_not_share(found: Process) -> None:
    first, second = found.arms
    assert (first.arm, first.against, first.steps) == ("champion", "holdout", ("call_d3", "sms_d5"))
    assert first.difference is not None
    assert (first.difference.with_paid_n, first.difference.without_paid_n) == (50, 20)
    assert first.verdict == "more_paid"
    assert (second.arm, second.against, second.steps, second.difference) == ("quiet", "champion", ("call_d3",), None)


def test_payments_after_the_window_do_not_count(tmp_path: Path) -> None:
    world = World(25)
    for number in range(80):
        world.due(f"C{number}", 3)
        if number < 40:
            world.contact(f"C{number}", 4)
            world.pays(f"C{number}", 11)
    compared = step(measured(world, tmp_path), "call_d3").compared
    assert compared is not None and compared.with_paid_n == 0


def test_steps_whose_window_has_not_passed_are_not_compared(tmp_path: Path) -> None:
    world = World(9)
    for number in range(80):
        world.due(f"C{number}", 3)
        if number < 40:
            world.contact(f"C{number}", 4)
    assert step(measured(world, tmp_path), "call_d3").compared is None


def test_the_clustered_error_is_that_of_the_influence_of_each_customer() -> None:
    rng = np.random.default_rng(5)
    n1, n0 = rng.integers(0, 5, 300), rng.integers(0, 5, 300)
    own = rng.beta(1, 2, 300)
    y1, y0 = rng.binomial(n1, own), rng.binomial(n0, own)
    sums = Sums(*(int(value.sum()) for value in (
        n1, y1, n0, y0, n1 * n1, y1 * y1, y1 * n1, n0 * n0, y0 * y0, y0 * n0, n1 * n0, y1 * y0, y1 * n0, n1 * y0
    )), customers_n=300)  # fmt: skip
    told = clustered(sums)
    influence = (y1 - y1.sum() / n1.sum() * n1) / n1.sum() - (y0 - y0.sum() / n0.sum() * n0) / n0.sum()
    assert told.se_ppm == pytest.approx(1e6 * math.sqrt((influence**2).sum() * 300 / 299), abs=1)


def test_where_nobody_paid_the_interval_is_not_a_point() -> None:
    told = independent(40, 0, 40, 0)
    assert told.low_ppm < 0 < told.high_ppm and told.detectable_ppm > 0
    assert verdict(told) == "nothing_seen"


def test_under_no_effect_the_interval_misses_about_one_time_in_twenty() -> None:
    rng = np.random.default_rng(11)
    draws = rng.binomial(400, 0.3, (2_000, 2))
    missed = sum(verdict(independent(400, int(a), 400, int(b))) != "nothing_seen" for a, b in draws)
    assert 60 <= missed <= 140
