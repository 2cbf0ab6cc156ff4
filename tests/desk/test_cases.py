"""Cases: promises and plans judged by payments alone, matters with their days, and which state rules."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.card.plan import PlanTerms
from arrears.desk.cases.file import give_reason
from arrears.desk.cases.judging import judge_due
from arrears.desk.cases.matters import close_matter, open_matter
from arrears.desk.cases.plans import accept_plan, approve_plan, decline_plan, offer_plan
from arrears.desk.cases.policy import CasePolicy, load_case_policy
from arrears.desk.cases.promises import make_promise
from arrears.desk.cases.reading import read_case
from arrears.desk.cases.states import end_state, enter_state
from arrears.desk.cases.words import CONTACT, PRECEDENCE, ruling
from arrears.desk.dispatch.receiving import Payment, Received, receive_payment
from arrears.desk.opening import Store
from arrears.errors import CardError, ConfigError, StoreError
from arrears.feed.contracts import FLAGS
from tests.desk.making import DAY, MORNING, at, customer, decide, entries, intent, states

POLICY = CasePolicy()
DUE = DAY + timedelta(days=5)
NUMBERS = iter(range(10**9))


def pay(store: Store, amount: int, when: datetime, *, currency: str = "CNY", who: str = "C1") -> Received:
    with store.connect() as connection:
        return receive_payment(connection, Payment(f"X{next(NUMBERS)}", who, "", when, amount, currency), when, "bank")


def promised(store: Store, amount: int = 10_000, due: date = DUE, when: datetime = MORNING) -> int:
    with store.connect() as connection:
        return make_promise(connection, POLICY, "C1", amount, due, when, "agent")


def read(store: Store, now: datetime = MORNING) -> dict[str, Any]:
    with store.connect() as connection:
        return read_case(connection, "C1", now)


def judged(store: Store, now: datetime) -> dict[str, int]:
    with store.connect() as connection:
        return dict(judge_due(connection, POLICY, now, "night"))


def offered(
    store: Store, months: int = 3, *, waived: int = 0, level: str = "collector", first: date = DUE, apr: int = 0
) -> tuple[int, str]:
    with store.connect() as connection:
        terms = PlanTerms(30_000, months, "equal_payment", apr)
        return offer_plan(connection, POLICY, "C1", terms, first, MORNING, "agent", level, waived_minor=waived)  # type: ignore[arg-type]


@pytest.fixture
def desk(store: Store) -> Store:
    """A desk with one customer."""
    with store.connect() as connection:
        customer(connection, "C1", past_due=40_000)
    return store


# --- promises ---------------------------------------------------------------------------------------------------------------

LAST = at(0, day=DUE + timedelta(days=2))
"""The first moment after the day promised and its one day of grace."""


@pytest.mark.parametrize(("amount", "when", "expected"), [
    (9_500, LAST - timedelta(seconds=1), "kept"), (9_499, LAST - timedelta(seconds=1), "broken"), (9_500, LAST, "broken"),
    (10_000, MORNING, "kept"), (10_000, MORNING - timedelta(seconds=1), "broken"), (20_000, at(12), "kept"),
])  # fmt: skip
def test_a_promise_at_its_edges(desk: Store, amount: int, when: datetime, expected: str) -> None:
    promised(desk)
    pay(desk, amount, when)
    judged(desk, LAST)
    (found,) = read(desk, LAST)["promises"]
    assert found["state"] == expected


def test_a_promise_is_not_broken_before_its_time_is_over(desk: Store) -> None:
    promised(desk)
    assert judged(desk, LAST - timedelta(seconds=1)) == {}
    assert judged(desk, LAST) == {"promise broken": 1}
    assert judged(desk, LAST) == {}, "once"


def test_money_in_parts_keeps_a_promise_at_once(desk: Store) -> None:
    promised(desk)
    assert pay(desk, 5_000, at(11)).judged == ()
    assert pay(desk, 4_500, at(12)).judged == ("promise kept",)
    assert read(desk)["promises"][0]["paid_minor"] == 9_500


def test_other_money_and_other_peoples_money_keeps_nothing(desk: Store) -> None:
    with desk.connect() as connection:
        customer(connection, "C2")
    promised(desk)
    pay(desk, 10_000, at(11), currency="USD")
    pay(desk, 10_000, at(11), who="C2")
    judged(desk, LAST)
    assert read(desk, LAST)["promises"][0]["state"] == "broken"


def test_a_later_promise_takes_the_place_of_an_open_one(desk: Store) -> None:
    promised(desk)
    promised(desk, 8_000, when=at(11))
    assert [one["state"] for one in read(desk)["promises"]] == ["replaced", "open"]


def test_until_its_day_nobody_asks_again(desk: Store) -> None:
    with desk.connect() as connection:
        mine = intent(connection, "C1")
        lesson = intent(connection, "C1", "lesson", channel="email", purpose="education")
    promised(desk, due=DAY, when=at(9))
    decide(desk, MORNING)
    assert states(desk) == {mine: "withdrawn", lesson: "sending"}
    assert json.loads(entries(desk, "body")[-2][0])["reason"] == "promise"


@pytest.mark.parametrize(("amount", "due"), [
    (0, DUE), (-5, DUE), (100, DAY - timedelta(days=1)), (100, DAY + timedelta(days=31)),
])  # fmt: skip
def test_what_cannot_be_promised_is_refused(desk: Store, amount: int, due: date) -> None:
    with pytest.raises(StoreError):
        promised(desk, amount, due)
    assert entries(desk, "seq") == []


# --- plans ------------------------------------------------------------------------------------------------------------------


def test_a_plan_within_authority_is_approved_at_once_and_stops_collection_when_accepted(desk: Store) -> None:
    promised(desk)
    number, state = offered(desk)
    assert state == "approved"
    with desk.connect() as connection:
        call = intent(connection, "C1")
        accept_plan(connection, number, at(9, 30), "agent")
    found = read(desk)
    assert (found["ruling"]["state"], found["next"]) == ("plan_performing", {"action": "await_instalment", "by": DUE})
    assert found["promises"][0]["state"] == "replaced"
    decide(desk, MORNING)
    assert states(desk) == {call: "refused"}
    with pytest.raises(StoreError, match="a plan is being kept"):
        promised(desk)


@pytest.mark.parametrize(("months", "waived", "level", "expected"), [
    (12, 0, "collector", "approved"), (13, 0, "collector", "to_approve"), (12, 1, "collector", "to_approve"),
    (36, 100_000, "supervisor", "approved"), (36, 100_001, "supervisor", "to_approve"), (60, 100_001, "manager", "approved"),
])  # fmt: skip
def test_authority_at_its_edges(desk: Store, months: int, waived: int, level: str, expected: str) -> None:
    assert offered(desk, months, waived=waived, level=level)[1] == expected


def test_four_eyes(desk: Store) -> None:
    number, _ = offered(desk, 24)
    with desk.connect() as connection:
        with pytest.raises(StoreError, match="does not approve it"):
            approve_plan(connection, POLICY, number, MORNING, "agent", "manager")
        with pytest.raises(StoreError, match="a collector may not approve"):
            approve_plan(connection, POLICY, number, MORNING, "colleague", "collector")
        with pytest.raises(StoreError, match="is to_approve"):
            accept_plan(connection, number, MORNING, "agent")
        approve_plan(connection, POLICY, number, MORNING, "supervisor-1", "supervisor")
        with pytest.raises(StoreError, match="is approved"):
            approve_plan(connection, POLICY, number, MORNING, "supervisor-2", "supervisor")
        accept_plan(connection, number, MORNING, "agent")
    (plan,) = read(desk)["plans"]
    assert (plan["state"], plan["offered_by"], plan["approved_by"]) == ("performing", "agent", "supervisor-1")


def test_the_law_allows_no_plan_of_sixty_one_months(desk: Store) -> None:
    with pytest.raises(CardError, match="CN-CC2011-70a"):
        offered(desk, 61, level="manager")


def test_a_declined_plan_cannot_be_accepted_and_a_second_one_not_while_one_is_kept(desk: Store) -> None:
    first, _ = offered(desk)
    second, _ = offered(desk)
    third, _ = offered(desk)
    with desk.connect() as connection:
        decline_plan(connection, first, MORNING, "agent")
        with pytest.raises(StoreError, match="is declined"):
            accept_plan(connection, first, MORNING, "agent")
        accept_plan(connection, second, MORNING, "agent")
        with pytest.raises(StoreError, match="another plan"):
            accept_plan(connection, third, MORNING, "agent")
        with pytest.raises(StoreError, match="there is no plan 99"):
            accept_plan(connection, 99, MORNING, "agent")


BREACH = at(0, day=DUE + timedelta(days=6))
"""The first moment after the first instalment's day and its five days of grace."""


@pytest.mark.parametrize(("paid", "when", "expected"), [
    (9_900, BREACH, "performing"), (9_899, BREACH, "breached"), (9_899, BREACH - timedelta(seconds=1), "performing"),
])  # fmt: skip
def test_a_plan_is_breached_by_an_instalment_that_does_not_come(desk: Store, paid: int, when: datetime, expected: str) -> None:
    number, _ = offered(desk)
    with desk.connect() as connection:
        accept_plan(connection, number, MORNING, "agent")
    pay(desk, paid, at(12))
    judged(desk, when)
    found = read(desk, when)
    assert found["plans"][0]["state"] == expected
    assert ("plan_performing" in [one["state"] for one in found["states"]]) == (expected == "performing")


def test_a_plan_is_completed_when_all_has_come_and_collection_may_go_on(desk: Store) -> None:
    number, _ = offered(desk)
    with desk.connect() as connection:
        accept_plan(connection, number, MORNING, "agent")
    for month in range(2):
        pay(desk, 10_000, at(12, day=DUE + timedelta(days=30 * month)))
    assert pay(desk, 9_900, at(12, day=DUE + timedelta(days=60))).judged == ("plan completed",)
    assert read(desk)["states"] == []
    bodies = [json.loads(body) for kind, body in entries(desk, "kind", "body") if kind == "plan"]
    assert [one["state"] for one in bodies] == ["approved", "performing", "completed"]


def test_instalments_fall_due_by_the_calendar(desk: Store) -> None:
    number, _ = offered(desk, 3, first=date(2026, 7, 31))
    with desk.connect() as connection:
        rows = connection.execute("SELECT due_on, amount_minor FROM instalment WHERE plan_id = %s ORDER BY number", [number])
        assert rows.fetchall() == [(date(2026, 7, 31), 10_000), (date(2026, 8, 31), 10_000), (date(2026, 9, 30), 10_000)]


# --- matters, states, precedence ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "days"), [("dispute", 20), ("complaint", 15)])
def test_a_matter_holds_at_once_and_until_the_last_of_its_kind_is_closed(desk: Store, kind: Any, days: int) -> None:
    with desk.connect() as connection:
        numbers = [intent(connection, "C1", f"step-{n}", due=at(9, n)) for n in range(3)]
        first, deadline = open_matter(connection, POLICY, "C1", kind, at(9), "agent")
        second, _ = open_matter(connection, POLICY, "C1", kind, at(9), "agent", account_id="AC1")
    assert deadline == DAY + timedelta(days=days)
    assert read(desk)["next"] == {"action": f"answer_{kind}", "by": deadline}
    decide(desk, at(9, 0), limit=1)
    with desk.connect() as connection:
        with pytest.raises(StoreError, match="stands for a matter"):
            end_state(connection, "C1", kind, at(9, 0, 20), "agent")
        with pytest.raises(StoreError, match="is no outcome"):
            close_matter(connection, first, "the customer is cross", at(9, 0, 25), "agent")
        assert not close_matter(connection, first, "explained", at(9, 0, 30), "agent")
    decide(desk, at(9, 1), limit=1)
    with desk.connect() as connection:
        assert close_matter(connection, second, "upheld", at(9, 1, 30), "agent")
        with pytest.raises(StoreError, match="closed already"):
            close_matter(connection, second, "upheld", at(9, 2), "agent")
    decide(desk, at(9, 2), limit=1)
    held = "refused" if kind == "dispute" else "withdrawn"
    assert [states(desk)[number] for number in numbers] == [held, held, "sending"]


def test_a_state_entered_by_hand_outlives_a_matter_of_its_name(desk: Store) -> None:
    with desk.connect() as connection:
        enter_state(connection, "C1", "dispute", at(9), "agent")
        number, _ = open_matter(connection, POLICY, "C1", "dispute", at(9), "agent")
        close_matter(connection, number, "rejected", at(9, 30), "agent")
    assert [(one["state"], one["origin"]) for one in read(desk)["states"]] == [("dispute", "desk")]
    with desk.connect() as connection:
        assert end_state(connection, "C1", "dispute", at(9, 40), "agent")
    assert read(desk)["states"] == []


def test_a_plan_kept_cannot_be_ended_by_its_state(desk: Store) -> None:
    number, _ = offered(desk)
    with desk.connect() as connection:
        accept_plan(connection, number, MORNING, "agent")
        with pytest.raises(StoreError, match="stands for a plan"):
            end_state(connection, "C1", "plan_performing", MORNING, "agent")


def test_nobody_collects_while_a_request_for_help_is_open(desk: Store) -> None:
    with desk.connect() as connection:
        call = intent(connection, "C1")
        offer = intent(connection, "C1", "offer", channel="email", purpose="offer")
        open_matter(connection, POLICY, "C1", "hardship", at(9), "agent")
    decide(desk, MORNING)
    assert states(desk) == {call: "withdrawn", offer: "sending"}


def test_evidence_is_a_reference(desk: Store) -> None:
    with desk.connect() as connection, pytest.raises(StoreError, match="a reference, not a text"):
        enter_state(connection, "C1", "deceased", MORNING, "agent", evidence="told by his widow, Mrs Li")


def test_money_valued_in_time_and_told_later_mends_a_judgement(desk: Store) -> None:
    promised(desk)
    judged(desk, LAST)
    assert read(desk, LAST)["promises"][0]["state"] == "broken"
    late = LAST + timedelta(days=3)
    with desk.connect() as connection:
        told = receive_payment(connection, Payment("late", "C1", "", LAST - timedelta(hours=1), 10_000, "CNY"), late, "bank")
    assert told.judged == ("promise kept",)
    assert pay(desk, 10_000, late).judged == (), "kept is kept"


def test_an_instalment_valued_in_time_and_told_later_mends_a_breach(desk: Store) -> None:
    number, _ = offered(desk)
    with desk.connect() as connection:
        accept_plan(connection, number, MORNING, "agent")
    judged(desk, BREACH)
    assert read(desk, BREACH)["plans"][0]["state"] == "breached"
    late = BREACH + timedelta(days=1)
    assert pay(desk, 10_000, late).judged == (), "this came too late, whenever it is told"
    with desk.connect() as connection:
        told = receive_payment(connection, Payment("late", "C1", "", BREACH - timedelta(hours=1), 10_000, "CNY"), late, "bank")
    assert told.judged == ("plan performing",)
    assert [one["state"] for one in read(desk, late)["states"]] == ["plan_performing"]


def test_a_plan_that_has_begun_without_the_customer_is_not_accepted(desk: Store) -> None:
    number, _ = offered(desk)
    with desk.connect() as connection, pytest.raises(StoreError, match="its first instalment was due"):
        accept_plan(connection, number, at(9, day=DUE + timedelta(days=1)), "agent")


def test_every_flag_of_the_feed_has_its_place() -> None:
    assert {one.state for one in PRECEDENCE} - {"promise"} == set(FLAGS)
    assert len({one.state for one in PRECEDENCE}) == len(PRECEDENCE)


@given(st.sets(st.sampled_from([one.state for one in PRECEDENCE])))
def test_one_state_rules_whatever_the_order(standing: set[str]) -> None:
    found = ruling(standing)
    assert found is CONTACT if not standing else found.state in standing
    assert all(ruling({found.state, other}) is found for other in standing)


def test_the_stronger_of_two_rules() -> None:
    order = [one.state for one in PRECEDENCE]
    for stronger, weaker in combinations(order, 2):
        assert ruling([weaker, stronger]).state == stronger


def test_a_case_tells_book_and_desk_apart(store: Store) -> None:
    with store.connect() as connection:
        customer(connection, "C1", flags=",hardship,lost_contact,lost_contact:evidenced,")
        enter_state(connection, "C1", "deceased", MORNING, "agent", evidence="EV-1")
        enter_state(connection, "C1", "cease", MORNING - timedelta(days=1), "agent", until=DAY - timedelta(days=1))
        with pytest.raises(StoreError, match="is over already") as caught:
            enter_state(connection, "C1", "cease", MORNING, "agent", until=DAY - timedelta(days=1))
        assert (caught.value.where, caught.value.remedy[:16]) == ("--until", f"give {DAY} ")
        assert enter_state(connection, "C1", "minor", MORNING, "agent", until=DAY), "the last day is one of its days"
        give_reason(connection, "C1", "illness", MORNING, "agent")
        with pytest.raises(StoreError, match="no reason"):
            give_reason(connection, "C1", "laziness", MORNING, "agent")
    found = read(store)
    assert [(one["state"], one["origin"]) for one in found["states"]] == [
        ("hardship", "book"), ("lost_contact", "book"), ("deceased", "desk"), ("minor", "desk"),
    ]  # fmt: skip
    assert (found["ruling"]["state"], found["next"]["action"], found["reason"]) == ("deceased", "estate", "illness")
    assert "EV-1" not in json.dumps(entries(store, "body")), "evidence stays where it is"


def test_nobodys_case_is_refused(store: Store) -> None:
    with store.connect() as connection, pytest.raises(StoreError, match="no customer of that id"):
        read_case(connection, "C1", MORNING)


def test_a_policy_that_is_none_is_refused_with_its_key(tmp_path: Path) -> None:
    assert load_case_policy(tmp_path) == CasePolicy()
    (tmp_path / "desk.yaml").write_text("promise_grace_days: 3\n")
    assert load_case_policy(tmp_path).promise_grace_days == 3
    for text, said in (
        ("promise_grace: 3\n", "promise_grace"),
        ("promise_tolerance_bp: 10001\n", "promise_tolerance_bp"),
        ("a: [\n", "YAML"),
        ("a: 2026-13-01\n", "YAML"),
        ("a: " + "[" * 999, "YAML"),
    ):
        (tmp_path / "desk.yaml").write_text(text)
        with pytest.raises(ConfigError, match=said):
            load_case_policy(tmp_path)
    (tmp_path / "desk.yaml").write_bytes(b"a: \xff\n")
    with pytest.raises(ConfigError, match="YAML"):
        load_case_policy(tmp_path)
