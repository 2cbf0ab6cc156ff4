"""Many workers, some killed, some with clocks set back: no cap is broken, and the counter would see it if one were."""

from __future__ import annotations

from datetime import timedelta

import pytest

from arrears.desk.ledger.appending import Deed, append
from arrears.desk.opening import Store
from arrears.lab.bench_gate import bench_gate
from arrears.lab.gate_breaches import count_breaches
from tests.desk.making import at


def test_killed_and_set_back_workers_break_no_cap() -> None:
    found = bench_gate(150, 6, kill=True, set_back=True, seed=3)
    assert found.breaches == 0
    assert found.chain_sound
    assert found.killed > 0
    assert 150 * 3 <= found.attempts <= 150 * 10
    assert found.decided >= found.due - found.unknown


def calls(n: int, outcome: str, *, point: str = "P1", hour: int = 10) -> list[tuple[Deed, str]]:
    """So many calls of an hour, each of an intent of its own, and what came of each."""
    found = []
    for one in range(n):
        deed = Deed("C1", "attempt", at(hour, one), "Asia/Shanghai", "x", 100 * hour + one, channel="call", contact_id=point)
        found.append((deed, outcome))
    return found


@pytest.mark.parametrize(("made", "expected"), [
    (calls(3, "right_party"), (0, 0, 0, 0)), (calls(4, "right_party"), (1, 0, 0, 0)), (calls(6, "no_answer"), (0, 0, 0, 0)),
    (calls(8, "busy"), (0, 2, 0, 0)), (calls(4, "no_answer") + calls(4, "no_answer", point="P2", hour=11), (0, 0, 0, 0)),
    (calls(1, "no_answer", hour=7), (0, 0, 1, 0)), (calls(1, "no_answer", hour=22), (0, 0, 1, 0)),
    (calls(1, "no_answer", hour=8), (0, 0, 0, 0)), (calls(1, "busy") + calls(1, "busy"), (0, 0, 0, 1)),
    (calls(2, "promise") + calls(2, "right_party", hour=12), (1, 0, 0, 0)),
])  # fmt: skip
def test_the_counter_sees_what_is_planted(
    store: Store, made: list[tuple[Deed, str]], expected: tuple[int, int, int, int]
) -> None:
    with store.connect() as connection:
        for deed, outcome in made:
            (seq,) = append(connection, [deed])
            told = Deed("C1", "outcome", deed.at + timedelta(minutes=1), "Asia/Shanghai", "x", attempt_seq=seq, outcome=outcome)
            append(connection, [told])
        found = count_breaches(connection)
    assert (found.conversations, found.unanswered, found.at_night, found.twice) == expected
