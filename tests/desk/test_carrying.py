"""After the gate: what is handed to a carrier, what it says of it, and what becomes of a worker that is gone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from arrears.channels import Message, Receipt
from arrears.channels.spool import Spool
from arrears.desk.dispatch.running import require_clock, require_mode, work
from arrears.desk.dispatch.sending import hold_worker, mark_lost, send
from arrears.desk.opening import Store
from arrears.errors import StoreError
from tests.desk.making import MORNING, Recorder, customer, decide, entries, gates, intent, states


def test_a_message_held_up_after_the_gate_is_not_carried(store: Store) -> None:
    with store.connect() as connection:
        customer(connection, "C1")
        intent(connection, "C1", channel="sms")
    (passed,) = decide(store, MORNING).passed
    recorder = Recorder()
    late = replace(passed, decided=passed.decided - 61)
    assert [one.receipt.accepted for one in send([late], {"sms": recorder}) if one.receipt] == [False]
    assert recorder.messages == []
    assert [one.receipt.accepted for one in send([passed], {"sms": recorder}) if one.receipt] == [True]


def test_a_carrier_that_can_carry_nothing_stops_the_worker(store: Store, tmp_path: Path) -> None:
    with store.connect() as connection:
        for n in range(40):
            customer(connection, f"C{n}")
            intent(connection, f"C{n}", channel="sms")

    class Broken(Recorder):
        def carry(self, message: Message) -> Receipt:
            raise ValueError("whatever")

    with pytest.raises(StoreError, match="none of 16 messages"):
        work(store, gates, {"sms": Broken()}, clock=lambda: MORNING, actor="w", channels=("sms",))
    assert list(states(store).values()).count("due") == 24
    with pytest.raises(StoreError, match="nothing carries sms"):
        work(store, gates, {}, clock=lambda: MORNING, actor="w", channels=("sms",))
    (tmp_path / "spool").write_text("a file, and no folder")
    with pytest.raises(StoreError, match="nothing can be handed over by sms"):
        work(store, gates, {"sms": Spool(tmp_path / "spool")}, clock=lambda: MORNING, actor="w", channels=("sms",))
    assert list(states(store).values()).count("due") == 24, "nothing was taken up"


def test_a_store_is_for_rehearsals_or_for_real(store: Store) -> None:
    require_mode(store, rehearsal=True)
    require_mode(store, rehearsal=True)
    with pytest.raises(StoreError, match="for rehearsals; give --at"):
        require_mode(store, rehearsal=False)


def test_what_the_spool_holds_is_whole_and_never_another_message(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    one = Message("id-1", "sms", "+86138", "n", "zh", "", "text")
    assert spool.carry(one) == Receipt(True, "id-1.json")
    assert spool.carry(one).problem == "it lay there already"
    other = spool.carry(replace(one, text="another"))
    assert (other.accepted, other.problem) == (False, "another message lies there under its number")
    assert [path.name for path in (tmp_path / "sms").iterdir()] == ["id-1.json"]
    assert json.loads((tmp_path / "sms" / "id-1.json").read_text())["text"] == "text"


def test_a_worker_lost_between_attempt_and_receipt_is_never_repeated(store: Store) -> None:
    with store.connect() as connection:
        customer(connection, "C1")
        number = intent(connection, "C1", channel="sms")
    lost = store.connect()
    worker = hold_worker(lost)
    assert len(decide(store, MORNING, worker=worker).passed) == 1
    recorder = Recorder()
    with store.connect() as connection:
        assert mark_lost(connection, MORNING, "next") == 0, "its worker lives"
    lost.close()
    tally = work(store, gates, {"sms": recorder}, clock=lambda: MORNING, actor="next", channels=("sms",))
    assert (tally.lost_n, recorder.messages) == (1, [])
    assert states(store) == {number: "unknown"}
    assert entries(store, "kind", "attempt_seq") == [("attempt", None), ("receipt", 1)]
    assert work(store, gates, {"sms": recorder}, clock=lambda: MORNING, actor="next", channels=("sms",)).lost_n == 0


def test_what_the_carrier_says_is_written(store: Store) -> None:
    with store.connect() as connection:
        for n in range(3):
            customer(connection, f"C{n}")
            intent(connection, f"C{n}", channel="sms", priority=-n)

    class Faulty(Recorder):
        def carry(self, message: Message) -> Receipt:
            super().carry(message)
            if len(self.messages) == 3:
                raise OSError("the line broke")
            return Receipt(len(self.messages) == 1, "ref", "" if len(self.messages) == 1 else "no credit")

    faulty = Faulty()
    tally = work(store, gates, {"sms": faulty}, clock=lambda: MORNING, actor="w", channels=("sms",))
    assert dict(tally.receipts) == {"sent": 1, "failed": 1, "unknown": 1}
    assert list(states(store).values()) == ["sent", "failed", "unknown"]
    receipts = [
        (outcome, json.loads(body)) for kind, outcome, body in entries(store, "kind", "outcome", "body") if kind == "receipt"
    ]
    assert receipts == [
        (None, {"state": "sent", "reference": "ref"}),
        ("bounced", {"state": "failed", "reference": "ref", "problem": "no credit"}),
        (None, {"state": "unknown"}),
    ]  # fmt: skip
    again = work(store, gates, {"sms": faulty}, clock=lambda: MORNING, actor="w", channels=("sms",))
    assert (dict(again.fates), len(faulty.messages)) == ({}, 3), "none of the three goes out again"


def test_most_urgent_first_and_only_the_channels_asked_for(store: Store) -> None:
    with store.connect() as connection:
        for n, channel in enumerate(("sms", "call", "sms")):
            customer(connection, f"C{n}")
            intent(connection, f"C{n}", channel=channel, priority=n)
    recorder = Recorder()
    work(store, gates, {"sms": recorder}, clock=lambda: MORNING, actor="w", channels=("sms",))
    assert [one.number.split("-")[1] for one in recorder.messages] == ["3", "1"]
    assert states(store)[2] == "due"


def test_it_stops_between_two_rounds(store: Store) -> None:
    with store.connect() as connection:
        for n in range(40):
            customer(connection, f"C{n}")
            intent(connection, f"C{n}", channel="sms")
    recorder = Recorder()
    work(
        store, gates, {"sms": recorder}, clock=lambda: MORNING, actor="w", channels=("sms",),
        stopped=lambda: bool(recorder.messages),
    )  # fmt: skip
    found = list(states(store).values())
    assert 0 < found.count("sent") == len(recorder.messages) < 40
    assert set(found) == {"sent", "due"}


def test_clocks_too_far_apart_are_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="clock and the database's differ"):
        require_clock(store, MORNING)
