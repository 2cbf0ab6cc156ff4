"""One day lived twice: the same customers, another choice on that day, and later days drawn as before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from arrears.errors import UsageError
from arrears.lab.simulation.efforts import Offers
from arrears.lab.simulation.exploring import explored, mapped
from arrears.lab.simulation.one_day import TwoLives, two_lives
from arrears.lab.simulation.parameters import CALL, SMS
from arrears.lab.simulation.running import Plan

WINDOW_DAYS = 3


def _nobody(bucket: np.ndarray, band: np.ndarray) -> np.ndarray:
    return np.full((len(bucket), 1), -1)


def _call_else_message(bucket: np.ndarray, band: np.ndarray) -> np.ndarray:
    return np.tile([CALL, SMS], (len(bucket), 1))


@pytest.fixture(scope="module")
def lives(plan: Plan) -> TwoLives:
    return two_lives(replace(plan, explore_ppm=500_000), _call_else_message, (0, 1), WINDOW_DAYS)


def test_the_first_choice_on_offer_is_made_once_a_customer() -> None:
    who, channel = np.array([1, 1, 1, 2, 3]), np.array([0, 2, 2, 0, 3])
    columns = dict.fromkeys(Offers.__dataclass_fields__, np.zeros(5, np.int64))
    offers = Offers(**(columns | {"customer": who, "channel": channel, "priority": np.array([9, 1, 5, 1, 1])}))
    assert mapped(offers, _call_else_message).tolist() == [False, False, True, True, False]
    assert not mapped(offers, _nobody).any()


def test_draws_are_those_of_the_log_and_the_mapping_takes_what_it_wants(lives: TwoLives) -> None:
    assert len(lives.customer) > 100 and set(lives.day.tolist()) == {0, 1}
    assert set(lives.other.tolist()) <= {CALL, SMS, -1} and (lives.other == CALL).any()
    assert 0.35 < (lives.action == -1).mean() < 0.65


def test_where_the_mapping_does_what_was_drawn_both_lives_are_the_same(lives: TwoLives) -> None:
    same = lives.action == lives.other
    assert same.sum() > 20
    assert np.array_equal(lives.paid_minor[same], lives.other_paid_minor[same])


def test_the_first_life_is_the_one_that_a_run_lives(plan: Plan, lives: TwoLives) -> None:
    """Days looked at do not change the days after: the second day's draws are those of a life without a look."""
    again = two_lives(replace(plan, explore_ppm=500_000), _nobody, (1,), WINDOW_DAYS)
    second = lives.day == 1
    for name in ("customer", "action", "propensity_ppm", "due_minor", "paid_minor"):
        assert np.array_equal(getattr(lives, name)[second], getattr(again, name)), name


def test_days_without_room_for_the_window_are_refused(plan: Plan) -> None:
    with pytest.raises(UsageError, match="room for the window"):
        two_lives(plan, _nobody, (2,), WINDOW_DAYS)


def test_mapping_and_draw_choose_the_same_offer_of_a_channel() -> None:
    who, channel = np.repeat(np.arange(500), 2), np.tile([0, 0], 500)
    columns = dict.fromkeys(Offers.__dataclass_fields__, np.zeros(1_000, np.int64))
    offers = Offers(**(columns | {"customer": who, "channel": channel, "priority": np.tile([1, 2], 500)}))
    made, drawn = explored(offers, 500_000, 7)
    both = mapped(offers, lambda bucket, band: np.where(drawn.action >= 0, SMS, -1)[:, None])
    assert np.array_equal(made, both)
