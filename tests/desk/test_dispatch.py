"""The gate at send time: what became unlawful since the plan is refused or put off, and nothing leaves twice."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from arrears.desk.cases.states import end_state, enter_state
from arrears.desk.dispatch.gatekeeping import pass_due, pass_one
from arrears.desk.dispatch.receiving import Payment, receive_payment
from arrears.desk.dispatch.sending import mark_lost
from arrears.desk.dispatch.telling import Told, tell
from arrears.desk.ledger.appending import Deed, append
from arrears.desk.ledger.verifying import verify
from arrears.desk.opening import Store
from arrears.errors import LedgerError, StoreError
from arrears.law import Gate, load_packs
from tests.desk.making import DAY, MORNING, at, customer, decide, entries, gates, intent, states


def nothing_forbidden() -> Gate:
    """A pack that speaks for China and has no rule."""
    (pack,) = load_packs(["cn"])
    return Gate([pack.model_copy(update={"rules": ()})])


def rules(store: Store) -> list[list[str]]:
    return [json.loads(body).get("rules", []) for (body,) in entries(store, "body")]


def test_a_lawful_contact_is_written_before_it_is_sent(store: Store) -> None:
    with store.connect() as connection:
        customer(connection, "C1")
        number = intent(connection, "C1")
    found = decide(store, MORNING)
    assert [one.intent_id for one in found.passed] == [number]
    assert states(store) == {number: "sending"}
    assert entries(store, "kind", "customer_id", "intent_id", "channel", "local_at", "step") == [
        ("attempt", "C1", number, "call", "2026-06-15T10:00:00", "step")
    ]


@pytest.mark.parametrize(
    ("hour", "minute", "expected"), [(7, 59, "due"), (8, 0, "sending"), (21, 59, "sending"), (22, 0, "refused")]
)
def test_hours_at_their_edges(store: Store, hour: int, minute: int, expected: str) -> None:
    with store.connect() as connection:
        customer(connection, "C1")
        number = intent(connection, "C1", due=at(7))
    decide(store, at(hour, minute))
    assert states(store) == {number: expected}


def test_too_early_is_put_off_to_the_first_lawful_time(store: Store) -> None:
    with store.connect() as connection:
        customer(connection, "C1")
        number = intent(connection, "C1", due=at(6))
    assert decide(store, at(6, 30)).fates == {"deferred": 1}
    with store.connect() as connection:
        assert connection.execute("SELECT due_at FROM intent").fetchone() == (at(8),)
    assert decide(store, at(7, 59)).judged == ()
    assert decide(store, at(8)).fates == {"allowed": 1}
    assert states(store) == {number: "sending"}
    assert json.loads(entries(store, "body")[0][0])["deferred_until"] == "2026-06-15T08:00:00+08:00"


def test_the_plan_is_for_its_day(store: Store) -> None:
    with store.connect() as connection:
        customer(connection, "C1")
        number = intent(connection, "C1", channel="letter")
    decide(store, at(0, day=DAY + timedelta(days=1)))
    assert states(store) == {number: "expired"}


@pytest.mark.parametrize("flag", ["dispute", "cease", "deceased"])
def test_a_state_entered_a_second_before_holds(store: Store, flag: str) -> None:
    with store.connect() as connection:
        customer(connection, "C1")
        number = intent(connection, "C1")
        assert enter_state(connection, "C1", flag, MORNING - timedelta(seconds=1), "desk")
        assert not enter_state(connection, "C1", flag, MORNING, "desk"), "it stood already"
    decide(store, MORNING)
    assert states(store) == {number: "refused"}
    assert rules(store)[-1], "the ledger names the rules"


@pytest.mark.parametrize(("evidence", "expected"), [("ORDER-1", "sending"), ("", "refused")])
def test_a_state_that_lifts_a_hold_does_so_with_its_evidence_only(store: Store, evidence: str, expected: str) -> None:
    (pack,) = load_packs(["cn"])
    held = next(rule for rule in pack.rules if rule.id == "CN-CC2011-70c")
    params = held.params.model_copy(update={"flags": ("cease",), "lifted_by_flags": ("court_permission",)})
    excepting = Gate([pack.with_rules((held.model_copy(update={"params": params}),), "excepting")])
    with store.connect() as connection:
        customer(connection, "C1")
        number = intent(connection, "C1")
        enter_state(connection, "C1", "cease", at(9), "desk")
        enter_state(connection, "C1", "court_permission", at(9), "desk", evidence=evidence)
        pass_due(connection, MORNING, lambda day: excepting, worker=1, actor="t", channels=("call",), limit=9)
    assert states(store) == {number: expected}


def test_a_state_that_was_ended_no_longer_holds(store: Store) -> None:
    with store.connect() as connection:
        customer(connection, "C1")
        number = intent(connection, "C1")
        enter_state(connection, "C1", "dispute", MORNING - timedelta(hours=1), "desk")
        assert end_state(connection, "C1", "dispute", MORNING - timedelta(minutes=1), "desk")
        assert not end_state(connection, "C1", "dispute", MORNING, "desk")
    decide(store, MORNING)
    assert states(store) == {number: "sending"}
    assert [row[0] for row in entries(store, "kind")] == ["state", "state", "attempt"]


def test_a_payment_withdraws_at_once(store: Store) -> None:
    with store.connect() as connection:
        customer(connection, "C1", past_due=10_000)
        customer(connection, "C2")
        mine, other = intent(connection, "C1"), intent(connection, "C2")
        part = receive_payment(connection, Payment("X1", "C1", "", at(9), 9_999, "CNY"), at(9), "bank")
        assert (part.was_known, part.withdrawn_n) == (False, 0)
        again = receive_payment(connection, Payment("X1", "C1", "", at(9), 9_999, "CNY"), at(9), "bank")
        assert again.was_known
        rest = receive_payment(connection, Payment("X2", "C1", "", at(9), 1, "CNY"), at(9), "bank")
        assert rest.withdrawn_n == 1
    assert states(store) == {mine: "withdrawn", other: "due"}
    assert [row[0] for row in entries(store, "kind")] == ["payment", "refusal", "payment"]


def test_a_payment_that_is_none_or_nobodys_is_refused(store: Store) -> None:
    with store.connect() as connection:
        customer(connection, "C1")
        for wrong in (
            Payment("X", "C1", "", at(9), 0, "CNY"), Payment("X", "C9", "", at(9), 5, "CNY"),
            Payment("X", "C1", "", at(10), 5, "CNY"),
        ):  # fmt: skip
            with pytest.raises(StoreError):
                receive_payment(connection, wrong, at(9), "bank")
        with pytest.raises(StoreError, match="no state"):
            enter_state(connection, "C1", "nonsense", at(9), "desk")
    assert entries(store, "seq") == []


def published(store: Store, when: str) -> None:
    with store.connect() as connection:
        connection.execute(f"UPDATE publication SET published_at = clock_timestamp() + interval '{when}'")


MIDNIGHT = at(0)
"""When the bank's own day begins, eight hours before it does in Greenwich."""


@pytest.mark.parametrize(("currency", "valued", "told", "expected"), [
    ("CNY", MIDNIGHT, "-1 hour", "withdrawn"), ("CNY", MIDNIGHT, "1 hour", "withdrawn"),
    ("CNY", MIDNIGHT - timedelta(seconds=1), "1 hour", "sending"),
    ("CNY", MIDNIGHT - timedelta(seconds=1), "-1 hour", "withdrawn"),
    ("CNY", MIDNIGHT - timedelta(days=9), "-1 hour", "withdrawn"), ("USD", MORNING, "-1 hour", "sending"),
])  # fmt: skip
def test_which_payments_the_book_did_not_have(store: Store, currency: str, valued: datetime, told: str, expected: str) -> None:
    """`told`: how long before it was told to the desk the plan was published; a sign ahead of it is after."""
    with store.connect() as connection:
        customer(connection, "C1")
        number = intent(connection, "C1")
    published(store, told)
    with store.connect() as connection:
        receive_payment(connection, Payment("X1", "C1", "", valued, 10**9, currency), MORNING, "bank")
    decide(store, MORNING)
    assert states(store) == {number: expected}


def test_a_number_used_for_another_payment_is_refused(store: Store) -> None:
    with store.connect() as connection:
        customer(connection, "C1")
        customer(connection, "C2")
        receive_payment(connection, Payment("X1", "C1", "", at(9), 500, "CNY"), at(9), "bank")
        for other in (Payment("X1", "C2", "", at(9), 500, "CNY"), Payment("X1", "C1", "", at(9), 501, "CNY"),
                      Payment("X1", "C1", "", at(9), 500, "USD")):  # fmt: skip
            with pytest.raises(StoreError, match="another payment came in under this number"):
                receive_payment(connection, other, at(9), "bank")


@pytest.mark.parametrize("ahead", [timedelta(minutes=2), timedelta(days=1), timedelta(days=9_000)])
def test_nothing_moves_the_ledger_into_the_future(store: Store, ahead: timedelta) -> None:
    """One entry of tomorrow would make it tomorrow for every worker, and contacts would be made tonight."""
    then = datetime.now(UTC) + ahead
    with store.connect() as connection:
        customer(connection, "C1")
        number = intent(connection, "C1")
        connection.commit()
        for act in (
            lambda: receive_payment(connection, Payment("X1", "C1", "", then, 5, "CNY"), then, "bank"),
            lambda: enter_state(connection, "C1", "dispute", then, "desk"),
            lambda: append(connection, [Deed("C1", "note", then, "UTC", "x")]),
        ):
            with pytest.raises(LedgerError, match="has not come yet"):
                act()
            connection.rollback()
    assert entries(store, "seq") == []
    assert states(store) == {number: "due"}


def test_without_a_time_given_the_databases_clock_counts(store: Store) -> None:
    with store.connect() as connection:
        customer(connection, "C1")
        intent(connection, "C1")
        before = datetime.now(UTC) - timedelta(minutes=1)
        found = pass_due(connection, None, gates, worker=1, actor="t", channels=("call",), limit=1)
    assert found.fates == {"expired": 1}
    assert before < entries(store, "at")[0][0] < datetime.now(UTC) + timedelta(minutes=1)


HOLDS = [("dispute", "book"), ("complaint", "book"), ("plan_performing", "book"), ("complaint", "desk"), ("dispute", "desk")]


@pytest.mark.parametrize(("flag", "origin"), HOLDS)
def test_what_the_desk_holds_it_holds_under_any_pack(store: Store, flag: str, origin: str) -> None:
    """Here under one that forbids nothing."""
    bare = nothing_forbidden()
    with store.connect() as connection:
        customer(connection, "C1", flags=f",{flag}," if origin == "book" else "")
        number, reminder = intent(connection, "C1"), intent(connection, "C1", "r", purpose="reminder", channel="email")
        if origin == "desk":
            enter_state(connection, "C1", flag, at(9), "desk")
        pass_due(connection, MORNING, lambda day: bare, worker=1, actor="t", channels=("call", "email"), limit=9)
    assert states(store) == {number: "withdrawn", reminder: "sending"}


def test_a_complaint_whose_last_day_is_over_holds_no_longer(store: Store) -> None:
    with store.connect() as connection:
        customer(connection, "C1")
        number = intent(connection, "C1")
        enter_state(connection, "C1", "complaint", at(9) - timedelta(days=1), "desk", until=DAY - timedelta(days=1))
    decide(store, MORNING)
    assert states(store) == {number: "sending"}


def test_a_cap_used_by_a_colleague_counts(store: Store) -> None:
    """At most three conversations a day: the fourth call is refused, whoever made the others."""
    with store.connect() as connection:
        customer(connection, "C1")
        numbers = [intent(connection, "C1", f"step-{n}", due=at(9, n)) for n in range(4)]
    for n in range(4):
        found = decide(store, at(9, n), worker=n, actor=f"agent-{n}")
        with store.connect() as connection:
            tell(connection, [Told(one.attempt_seq, "right_party") for one in found.passed], at(9, n, 30), f"agent-{n}")
    assert [states(store)[number] for number in numbers] == ["sending", "sending", "sending", "refused"]
    assert "CN-GBT-freq" in rules(store)[-1]


def test_calls_of_one_round_count_for_each_other(store: Store) -> None:
    with store.connect() as connection:
        customer(connection, "C1")
        for n in range(6):
            intent(connection, "C1", f"step-{n}")
    assert decide(store, MORNING).fates == {"allowed": 3, "refused": 3}


def test_what_nobody_told_of_counts_as_answered_and_as_not(store: Store) -> None:
    """Five unanswered calls and one untold: a seventh might be the seventh unanswered, an eighth the third conversation."""
    with store.connect() as connection:
        customer(connection, "C1")
        for n in range(8):
            intent(connection, "C1", f"step-{n}", due=at(9, n))
    for n in range(5):
        found = decide(store, at(9, n))
        with store.connect() as connection:
            tell(connection, [Told(one.attempt_seq, "no_answer") for one in found.passed], at(9, n, 30), "agent")
    assert decide(store, at(9, 5)).fates == {"allowed": 1}
    refused = decide(store, at(9, 6))
    assert refused.fates == {"refused": 1}
    assert rules(store)[-1] == ["CN-CBA-freq"]


def test_history_of_the_feed_and_of_the_ledger_count_together(store: Store) -> None:
    event = (
        '{"at":"2026-06-15T01:00:00.000000Z","channel":"call","outcome":"right_party","direction":"outbound","party":"debtor",'
        '"debt":null,"contact_point":null,"actor":"","requested":false}'
    )
    with store.connect() as connection:
        customer(connection, "C1", history=f"[{event},{event}]")
        for n in range(2):
            intent(connection, "C1", f"step-{n}", due=at(10, n))
    assert decide(store, at(10)).fates == {"allowed": 1}
    assert decide(store, at(10, 1)).fates == {"refused": 1}


def test_a_contact_dated_ahead_of_us_still_counts(store: Store) -> None:
    event = (
        '{"at":"2026-06-15T04:00:00.000000Z","channel":"call","outcome":"right_party","direction":"outbound","party":"debtor",'
        '"debt":null,"contact_point":null,"actor":"","requested":false}'
    )
    with store.connect() as connection:
        customer(connection, "C1", history=f"[{event},{event},{event}]")
        intent(connection, "C1")
    assert decide(store, MORNING).fates == {"refused": 1}


def test_a_clock_set_back_opens_no_cap_and_no_night(store: Store) -> None:
    with store.connect() as connection:
        customer(connection, "C1")
        for n in range(4):
            intent(connection, "C1", f"step-{n}", due=at(9, n))
        customer(connection, "C2")
        late = intent(connection, "C2", "late", due=at(10))
    assert decide(store, at(21, 59), limit=3).fates == {"allowed": 3}
    decide(store, at(22, 30), limit=1)  # refused for the hour: the ledger knows now that it is late
    decide(store, at(12), limit=10)
    decide(store, at(12, day=DAY - timedelta(days=1)), limit=10)
    assert states(store)[late] == "refused"
    assert [row[0] for row in entries(store, "kind")].count("attempt") == 3


def test_two_workers_decide_about_one_customer_in_turn(store: Store) -> None:
    with store.connect() as connection:
        for number in range(20):
            customer(connection, f"C{number}")
            for n in range(8):
                intent(connection, f"C{number}", f"step-{n}")
    barrier = threading.Barrier(4)

    def one(number: int) -> None:
        barrier.wait()
        while decide(store, MORNING, worker=number, limit=5).judged:
            pass

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    calls = [row[0] for row in entries(store, "customer_id", "kind") if row[1] == "attempt"]
    assert {who: calls.count(who) for who in set(calls)} == {f"C{number}": 3 for number in range(20)}
    with store.connect() as connection:
        assert verify(connection).findings == ()


def test_payments_and_workers_do_not_wait_for_each_other_in_a_ring(store: Store) -> None:
    with store.connect() as connection:
        for number in range(30):
            customer(connection, f"C{number}")
            for n in range(6):
                intent(connection, f"C{number}", f"step-{n}")
    faults: list[BaseException] = []
    barrier = threading.Barrier(3)

    def pay() -> None:
        barrier.wait()
        try:
            with store.connect() as connection:
                for number in reversed(range(30)):
                    receive_payment(connection, Payment(f"X{number}", f"C{number}", "", at(9), 10_000, "CNY"), at(9), "bank")
        except BaseException as error:
            faults.append(error)

    def send_all(number: int) -> None:
        barrier.wait()
        try:
            while decide(store, MORNING, worker=number, limit=7).judged:
                pass
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=pay), *(threading.Thread(target=send_all, args=(n,)) for n in range(2))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert set(states(store).values()) <= {"sending", "withdrawn", "refused"}


def test_one_contact_for_a_person_who_is_about_to_make_it(store: Store) -> None:
    with store.connect() as connection:
        customer(connection, "C1")
        number = intent(connection, "C1", due=at(18))
        found = pass_one(connection, MORNING, gates, actor="agent", intent_id=number)
        assert len(found.passed) == 1, "a person may make it before it is due"
        assert pass_one(connection, MORNING, gates, actor="agent", intent_id=number).judged == ()
        assert mark_lost(connection, MORNING, "next") == 0, "no carrier has it"
    assert states(store) == {number: "made"}


def test_an_outcome_is_of_an_attempt_and_of_the_feeds_codes(store: Store) -> None:
    with store.connect() as connection:
        customer(connection, "C1")
        intent(connection, "C1")
        (passed,) = pass_one(connection, MORNING, gates, actor="agent", intent_id=1).passed
        for wrong in (Told(passed.attempt_seq, "nonsense"), Told(99, "no_answer")):
            with pytest.raises(LedgerError):
                tell(connection, [wrong], MORNING, "agent")
        tell(connection, [Told(passed.attempt_seq, "promise", {"amount_minor": 5})], MORNING, "agent")
    assert entries(store, "kind", "outcome", "attempt_seq")[-1] == ("outcome", "promise", 1)
