"""Days past due, buckets, cycles and classes: the edges, and the same answer for an int, an array and a column."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.card import delinquency
from tests.card.kinds import same_in_all_kinds

DAYS = st.integers(-400, 2_000)
MONEY = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(
    ("dpd", "bucket"),
    [(-3, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (150, 5), (180, 6), (181, 7), (5000, 7)],
)
def test_bucket_edges(dpd: int, bucket: int) -> None:
    assert same_in_all_kinds(delinquency.bucket, [(dpd,)]) == [bucket]


@pytest.mark.parametrize(
    ("dpd", "card", "general", "stricter"),
    [
        (0, "normal", "normal", "normal"),
        (1, "special_mention", "special_mention", "special_mention"),
        (90, "special_mention", "special_mention", "special_mention"),
        (91, "substandard", "substandard", "substandard"),
        (120, "substandard", "substandard", "substandard"),
        (121, "doubtful", "substandard", "doubtful"),
        (180, "doubtful", "substandard", "doubtful"),
        (181, "loss", "substandard", "loss"),
        (270, "loss", "substandard", "loss"),
        (271, "loss", "doubtful", "loss"),
        (360, "loss", "doubtful", "loss"),
        (361, "loss", "loss", "loss"),
    ],
)
def test_class_edges(dpd: int, card: str, general: str, stricter: str) -> None:
    assert same_in_all_kinds(delinquency.class_card, [(dpd,)]) == [card]
    assert same_in_all_kinds(delinquency.class_general, [(dpd,)]) == [general]
    assert same_in_all_kinds(delinquency.class_stricter, [(dpd,)]) == [stricter]


def test_last_day_of_grace_is_current_and_the_next_counts_every_day_since_the_due_date() -> None:
    rows = [(-5, 3), (0, 3), (3, 3), (4, 3), (1, 0), (0, 0)]
    assert same_in_all_kinds(delinquency.days_past_due, rows) == [0, 0, 0, 4, 1, 0]


def test_tolerated_shortfall_counts_as_paid_and_one_unit_more_counts_whole() -> None:
    rows = [(1000, 1000), (1001, 1000), (0, 0), (-50, 0)]
    assert same_in_all_kinds(delinquency.carried, rows) == [0, 1001, 0, 0]


def test_consecutive_cycles_stop_at_the_first_paid_one_and_total_cycles_do_not() -> None:
    rows = [(1, 1, 0, 1), (0, 1, 1, 1), (1, 1, 1, 1), (0, 0, 0, 0)]
    assert same_in_all_kinds(lambda *flags: delinquency.cycles_past_due(flags), rows) == [2, 0, 4, 0]
    assert same_in_all_kinds(lambda *flags: delinquency.cycles_past_due_total(flags), rows) == [3, 3, 4, 0]


def test_cure_is_from_past_due_to_current_only() -> None:
    rows = [(31, 0), (31, 1), (0, 0), (0, 5)]
    assert same_in_all_kinds(delinquency.cured, rows) == [1, 0, 0, 0]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(DAYS, st.integers(0, 30), MONEY, st.integers(0, 10**6)), min_size=1, max_size=50))
def test_all_kinds_agree(rows: list[tuple[int, int, int, int]]) -> None:
    same_in_all_kinds(lambda days, grace, *_: delinquency.days_past_due(days, grace), rows)
    same_in_all_kinds(lambda days, *_: delinquency.bucket(days), rows)
    same_in_all_kinds(lambda days, *_: delinquency.class_card(days), rows)
    same_in_all_kinds(lambda days, *_: delinquency.class_rank(delinquency.class_general(days)), rows)
    same_in_all_kinds(lambda days, *_: delinquency.class_stricter_rank(days), rows)
    same_in_all_kinds(lambda _days, _grace, unpaid, tolerance: delinquency.carried(unpaid, tolerance), rows)


@given(DAYS)
def test_the_stricter_rank_is_the_worse_of_both(dpd: int) -> None:
    ranks = [delinquency.class_rank(delinquency.class_card(dpd)), delinquency.class_rank(delinquency.class_general(dpd))]
    assert delinquency.class_stricter_rank(dpd) == max(ranks)
