"""Tables of candidates become partitions, and plans rows again."""

from __future__ import annotations

import pytest

from arrears.allocate.problem import AllocationError, Capacity
from arrears.allocate.rows import chosen_rows, partition_of, sorted_rows
from arrears.allocate.solve import solve_in_memory
from tests.allocate.worlds import table


def test_the_chosen_rows_are_those_of_the_plan() -> None:
    rows = sorted_rows(table([
        (8, 4, 90, [0], [2], False), (8, 2, 50, [0], [1], False), (5, 1, 70, [0, 1], [1, 1], False), (9, 0, -3, [], [], True),
    ]))  # fmt: skip
    partition = partition_of(rows)

    plan = solve_in_memory(partition, [Capacity("agents", 2), Capacity("visits", 1)])

    assert chosen_rows(rows, partition, plan.choice()).to_pylist() == [
        {"customer": 5, "candidate": 1},
        {"customer": 8, "candidate": 2},
        {"customer": 9, "candidate": 0},
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([(2, 0, 1, [0], [1], False), (1, 0, 1, [0], [1], False)], "not sorted"),
        ([(1, 0, 1, [0], [1], False), (1, 0, 2, [0], [1], False)], "comes twice"),
        ([(1, 0, 1, [0], [1, 2], False)], "differ in length"),
        ([(7, 0, 1, [0], [1], True), (7, 1, 1, [0], [1], True)], "customer 7: a customer has two floors"),
    ],
)
def test_rows_that_do_not_fit_together_are_refused(
    rows: list[tuple[int, int, int, list[int], list[int], bool]], said: str
) -> None:
    with pytest.raises(AllocationError, match=said):
        partition_of(table(rows))


def test_no_rows_are_no_customers() -> None:
    assert partition_of(table([])).customers == 0
