"""The options of a customer, held against going through all sets; what must be made; what sets are worth and take."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.allocate.options import NOBODY, TOGETHER_MAX, Groups, options, required_first
from arrears.allocate.problem import NO_CAPACITY
from arrears.allocate.worths import PPM, Worths


@st.composite
def days(draw: st.DrawFn) -> tuple[Groups, Worths]:
    """Up to four customers with up to six openings each."""
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=4))
    n = sum(sizes)
    numbers = lambda low, high: np.array(draw(st.lists(st.integers(low, high), min_size=n, max_size=n)), np.int64)  # noqa: E731
    room = np.repeat(np.array([draw(st.integers(0, 3)) for _ in sizes], np.int64), sizes)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    groups = Groups(starts, numbers(0, 3), numbers(0, 3), room, numbers(0, 1).astype(np.bool_))
    resource = np.stack([numbers(-1, 2), numbers(3, 4)], axis=1).astype(np.int32)
    amount = np.where(resource == NO_CAPACITY, 0, np.stack([numbers(1, 9), numbers(1, 9)], axis=1))
    due = np.repeat(np.array([draw(st.integers(0, 10**9)) for _ in sizes], np.int64), sizes)
    return groups, Worths(numbers(0, PPM), due, numbers(0, 500), resource, amount)


@given(days())
@settings(max_examples=150, deadline=None)
def test_options_are_all_sets_that_can_be_made_together(day: tuple[Groups, Worths]) -> None:
    groups, worths = day
    found = options(groups, worths, np.arange(len(groups.starts) - 1))
    offsets = found.partition.offsets
    for customer, (first, end) in enumerate(zip(groups.starts[:-1], groups.starts[1:], strict=True)):
        rows = [row for row in range(first, end) if worths.worth_minor[row] > 0]
        wanted = {
            some
            for size in range(1, min(TOGETHER_MAX, int(groups.room[first])) + 1)
            for some in combinations(rows, size)
            if len({groups.step[row] for row in some}) == len({groups.channel[row] for row in some}) == size
        }
        listed = found.members[offsets[customer] : offsets[customer + 1]]
        made = [tuple(row for row in option if row != NOBODY) for option in listed.tolist()]
        assert len(made) == len(set(made))
        assert set(made) == wanted


@given(days())
@settings(max_examples=100, deadline=None)
def test_a_set_is_worth_what_its_contacts_bring_together_and_takes_what_they_take(day: tuple[Groups, Worths]) -> None:
    groups, worths = day
    found = options(groups, worths, np.arange(len(groups.starts) - 1))
    partition = found.partition
    for option, members in enumerate(found.members.tolist()):
        rows = [row for row in members if row != NOBODY]
        missed = 1.0
        for row in rows:
            missed *= 1 - worths.share_ppm[row] / PPM
        worth = worths.owed_minor[rows[0]] * (1 - missed) - sum(worths.cost_minor[row] for row in rows)
        assert abs(partition.value[option] - worth) <= 2 + worths.owed_minor[rows[0]] * 3 / PPM
        taken: dict[int, int] = {}
        for row in rows:
            for capacity, amount in zip(worths.resource[row].tolist(), worths.amount[row].tolist(), strict=True):
                if capacity != NO_CAPACITY:
                    taken[capacity] = taken.get(capacity, 0) + amount
        pattern = partition.resource[partition.pattern[option]].tolist()
        told = {c: a for c, a in zip(pattern, partition.amount[option].tolist(), strict=True) if c != NO_CAPACITY}
        assert told == taken


@given(days())
@settings(max_examples=100, deadline=None)
def test_what_must_be_made_comes_first_and_leaves_room_for_the_rest(day: tuple[Groups, Worths]) -> None:
    groups, _ = day
    made, left = required_first(groups)
    for first, end in zip(groups.starts[:-1], groups.starts[1:], strict=True):
        mine: list[int] = []
        for row in range(first, end):  # as a person would: down the list, the most urgent first
            clash = any(groups.step[row] == groups.step[one] or groups.channel[row] == groups.channel[one] for one in mine)
            if groups.required[row] and not clash and len(mine) < groups.room[row]:
                mine.append(row)
        assert np.flatnonzero(made[first:end]).tolist() == [row - first for row in mine]
        for row in range(first, end):
            clash = any(groups.step[row] == groups.step[one] or groups.channel[row] == groups.channel[one] for one in mine)
            assert max(left.room[row], 0) == (0 if clash else max(groups.room[row] - len(mine), 0))
