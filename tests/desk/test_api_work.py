"""The API of the work: it does what the pages do, to whoever may, once a key."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections

from arrears.card.plan import PlanTerms
from arrears.desk.cases.matters import open_matter
from arrears.desk.cases.plans import offer_plan
from arrears.desk.current import Desk
from arrears.desk.ledger.verifying import verify
from tests.desk.making import DAY, MORNING, customer, gates, intent
from tests.desk.test_api import call, kinds, token
from tests.desk.users import client_of

QUEUE = {"segment": "seg", "channel": "call"}
FULL = dict.fromkeys(("identified", "reason", "tone", "secrecy", "options", "notes"), 2)
PDF = b"%PDF-1.7 made up"
WRITE_OFF = {"customer_id": "C1", "amount_minor": 50_000, "reason": "bankrupt"}


@pytest.fixture
def four(here: Desk) -> Iterator[Desk]:
    """Four customers in one segment, a call each due, the fourth the most urgent."""
    cache.clear()
    here.__dict__["gates"] = gates
    with here.store.connect() as connection:
        for n in (1, 2, 3, 4):
            customer(connection, f"C{n}")
            intent(connection, f"C{n}", priority=n)
    yield here


def rows(desk: Desk, query: str) -> list[tuple[Any, ...]]:
    with desk.connection() as connection:
        return connection.execute(query).fetchall()


def bodies(desk: Desk, kind: str) -> list[dict[str, Any]]:
    return [json.loads(row[0]) for row in rows(desk, f"SELECT body FROM ledger_entry WHERE kind = '{kind}' ORDER BY seq")]


def test_the_next_customer_is_locked_to_the_tokens_owner_as_the_page_does(four: Desk) -> None:
    secret = token("collector")
    first = call(secret, "POST", "/work/next", key="a")
    assert first.json()["customer_id"] == "C4"
    again = call(secret, "POST", "/work/next", key="a")
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    assert call(secret, "GET", "/work/mine").json()["customer_id"] == "C4"
    assert client_of("second").post("/work/take/").headers["Location"] == "/work/case/C3/", "C4 is held"
    assert rows(four, "SELECT customer_id, agent FROM work_hold ORDER BY 1") == [("C3", "second"), ("C4", "collector")]
    assert call(secret, "POST", "/work/release", key="b").json() == {"done": True}
    assert rows(four, "SELECT customer_id FROM work_hold") == [("C3",)]
    assert call(secret, "GET", "/work/mine").json()["customer_id"] is None


def test_nobody_is_next_where_nobody_waits(here: Desk) -> None:
    with here.store.connect() as connection:
        customer(connection, "C1")
    assert call(token("collector"), "POST", "/work/next").json() == {"customer_id": None, "until": None}


def test_one_sees_ones_own_call_backs_tasks_and_visits_without_names_and_numbers(four: Desk) -> None:
    with four.store.connect() as connection:
        visit = intent(connection, "C2", "visit", channel="visit")
    collector, field = token("collector"), token("field_agent")
    call(collector, "POST", "/customers/C1/call-backs", {"at": "2026-06-15T11:00:00+08:00"}, "a")
    call(collector, "POST", "/customers/C1/tasks", {"action": "follow_up", "due_on": "2026-06-16"}, "b")
    mine = call(collector, "GET", "/work/mine").json()
    assert [(one["customer_id"], one["zone"]) for one in mine["call_backs"]] == [("C1", "Asia/Shanghai")]
    assert [(one["action"], one["customer_id"]) for one in mine["tasks"]] == [("follow_up", "C1")]
    assert mine["visits"] == []
    visits = call(field, "GET", "/work/mine").json()["visits"]
    assert [(one["intent_id"], one["customer_id"], set(one)) for one in visits] == [
        (visit, "C2", {"intent_id", "customer_id", "due_at", "not_after", "party"})
    ]


def test_queues_and_agents_are_those_of_the_page(at_work: Desk) -> None:
    from arrears.desk.work import queues

    cache.clear()
    secret = token("supervisor")
    found = call(secret, "GET", "/queues").json()
    with at_work.connection() as connection:
        of_page = queues.queues_of(connection, DAY, at_work.now())
        busiest = max((one for one in of_page if one.channel == "call"), key=lambda one: one.waiting)
        rows_of_page, more = queues.waiting_in(connection, DAY, busiest.segment, "call", at_work.now(), 1)
    assert found["business_date"] == str(DAY)
    assert [(one["segment"], one["channel"], one["due"], one["waiting"]) for one in found["queues"]] == [
        (one.segment, one.channel, one.due, one.waiting) for one in of_page
    ]
    page = call(secret, "GET", f"/queues/customers?segment={busiest.segment}&channel=call").json()
    assert [one["customer_id"] for one in page["customers"]] == [one["customer_id"] for one in rows_of_page] != []
    assert page["next_page"] == (2 if more else None)
    assert "name" not in page["customers"][0] and "contact" not in page["customers"][0]
    assert call(secret, "GET", "/queues/customers?segment=X'&channel=call").status_code == 422
    assert call(secret, "GET", "/queues/customers?segment=x&channel=call&page=21").status_code == 422
    agents = call(secret, "GET", "/agents").json()
    assert {one["username"] for one in agents["agents"]} == {"agency", "collector", "field_agent", "second", "supervisor"}
    assert (agents["late_call_backs"], agents["late_tasks"]) == ([], [])


def test_agents_of_today_are_counted_by_the_ledger(four: Desk) -> None:
    secret = token("collector")
    call(secret, "POST", "/work/next", key="a")
    attempt = call(secret, "POST", "/customers/C4/contacts", {"intent_id": 4}, "b").json()["attempt_seq"]
    call(secret, "POST", "/customers/C4/outcomes", {"attempt_seq": attempt, "outcome": "right_party"}, "c")
    first = call(token("manager"), "GET", "/agents").json()["agents"][0]
    assert (first["username"], first["customer_id"], first["attempts_n"], first["conversations_n"]) == ("collector", "C4", 1, 1)


def test_customers_go_to_an_agent_and_back_once_a_key_on_the_record(four: Desk) -> None:
    from arrears.desk.people.models import Record
    from arrears.desk.work.models import Assignment

    secret = token("supervisor")
    given = {"agent": "collector", "customer_ids": ["C4", "C1", "nobody"]}
    first = call(secret, "POST", "/assignments", given)
    assert first.json() == {"customer_ids": ["C1", "C4"], "left_out": ["nobody"]}
    assert call(secret, "POST", "/assignments", given).content == first.content
    assert dict(Assignment.objects.values_list("customer_id", "agent")) == {"C1": "collector", "C4": "collector"}
    top = QUEUE | {"number": 1, "agent": "second"}
    assert call(secret, "POST", "/assignments/top", top, "b").json() == {"customer_ids": ["C3"], "left_out": []}
    taken = call(secret, "POST", "/assignments/take-away", {"customer_ids": ["C4", "C2"]}, "c").json()
    assert taken == {"customer_ids": ["C4"]}
    assert dict(Assignment.objects.values_list("customer_id", "agent")) == {"C1": "collector", "C3": "second"}
    assert Record.objects.filter(kind="assigned").count() == 4, "the repeated one is not on it twice"
    for agent in ("agency", "administrator", "nobody"):
        answer = call(secret, "POST", "/assignments", given | {"agent": agent}, agent)
        assert (answer.status_code, answer.json()["error"]["where"]) == (422, "agent")
    assert Record.objects.filter(kind="assigned").count() == 4


def test_all_that_somebody_has_goes_to_another_of_their_house(four: Desk) -> None:
    from arrears.desk.cases.tasks import open_task
    from arrears.desk.people.models import Record, User
    from arrears.desk.work.models import Assignment, CallBack
    from arrears.desk.work.queue import book_call_back

    secret, over = token("supervisor"), {"whose": "collector", "agent": "second"}
    call(secret, "POST", "/assignments", {"agent": "collector", "customer_ids": ["C1", "C4"]})
    with four.store.connect() as connection:
        book_call_back(connection, "C2", "collector", MORNING + timedelta(hours=2), MORNING, "collector")
        open_task(connection, "C3", "follow_up", DAY, MORNING, "collector")
        open_task(connection, "C3", "follow_up", DAY, MORNING, "supervisor")
    User.objects.filter(username="collector").update(is_active=False)
    first = call(secret, "POST", "/assignments/hand-over", over, "h")
    assert first.json() == {"customer_ids": ["C1", "C4"], "call_backs_n": 1, "tasks_n": 1}
    assert call(secret, "POST", "/assignments/hand-over", over, "h").content == first.content
    assert call(secret, "POST", "/assignments/hand-over", over, "i").json()["customer_ids"] == []
    assert dict(Assignment.objects.values_list("customer_id", "agent")) == {"C1": "second", "C4": "second"}
    assert list(CallBack.objects.values_list("agent", "state")) == [("second", "open")]
    assert sorted(rows(four, "SELECT agent FROM task")) == [("second",), ("supervisor",)]
    whole = Record.objects.filter(kind="assigned", customer_id="").order_by("record_id").values_list("subject", "detail")
    assert next(iter(whole)) == ("second", {"before": "collector", "call_backs": 1, "tasks": 1})
    for whom in ("second", "agency", "administrator", "collector", "nobody"):
        answer = call(secret, "POST", "/assignments/hand-over", {"whose": "second", "agent": whom}, whom)
        assert (answer.status_code, answer.json()["error"]["where"]) == (422, "agent")
    page = client_of("supervisor").post(
        "/supervision/hand-over/", {"over-whose": "second", "over-agent": "supervisor"}, follow=True
    )
    assert "supervisor has from second: customers 2, call-backs 1, tasks 1." in page.content.decode()


def test_what_django_wrote_goes_with_its_answer_where_it_fails_midway(four: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from arrears.desk.api import giving
    from arrears.desk.api.models import Answered
    from arrears.desk.people.models import Record
    from arrears.desk.work.models import Assignment

    def cut_off(*args: Any) -> None:
        genuine(*args)
        raise RuntimeError

    secret, given, genuine = token("supervisor"), {"agent": "collector", "customer_ids": ["C1"]}, giving.assigning.assign
    with monkeypatch.context() as patch:
        patch.setattr(giving.assigning, "assign", cut_off)
        assert call(secret, "POST", "/assignments", given).status_code == 500
    assert (Assignment.objects.count(), Record.objects.filter(kind="assigned").count(), Answered.objects.count()) == (0, 0, 0)
    assert call(secret, "POST", "/assignments", given).status_code == 200
    assert Assignment.objects.count() == 1


def test_at_the_same_time_nobody_waits_for_ever(four: Desk) -> None:
    """Assigned, taken away and placed crosswise by several: each is answered, none by a fault of the desk."""
    secret = token("supervisor")
    deeds: list[tuple[str, dict[str, Any]]] = [
        ("/assignments", {"agent": "collector"}), ("/assignments/take-away", {}), ("/placements", {"agency": "AG1"}),
    ]  # fmt: skip

    def done(number: int) -> int:
        path, told = deeds[number % 3]
        ids = ["C1", "C2", "C3", "C4"] if number % 2 else ["C4", "C3", "C2", "C1"]
        try:
            return int(call(secret, "POST", path, told | {"customer_ids": ids}, f"k{number}").status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(done, range(12))) == {200}
    assert rows(four, "SELECT count(*) FROM placement WHERE recalled_at IS NULL") == [(4,)]
    assert rows(four, "SELECT count(*) FROM assignment") == [(0,)], "placed ones are no agent's"
    with four.store.connect() as connection:
        assert verify(connection).findings == ()


def test_a_placed_customer_is_the_agencys_until_recalled(four: Desk) -> None:
    secret, agency = token("supervisor"), token("agency")
    assert call(agency, "POST", "/work/next", key="a").json()["customer_id"] is None
    placed = {"agency": "AG1", "customer_ids": ["C1", "C9"], "until": str(DAY + timedelta(days=30))}
    assert call(secret, "POST", "/placements", placed).json() == {"customer_ids": ["C1"], "left_out": ["C9"]}
    assert call(secret, "POST", "/placements", placed, "b").json() == {"customer_ids": [], "left_out": ["C1", "C9"]}
    late = placed | {"customer_ids": ["C2"], "until": str(DAY - timedelta(days=1))}
    assert call(secret, "POST", "/placements", late, "c").json()["error"]["where"] == "until"
    assert call(secret, "POST", "/placements", late | {"agency": "AG9"}, "d").json()["error"]["where"] == "agency"
    listed = call(secret, "GET", "/placements?agency=AG1").json()
    assert [(one["customer_id"], one["over"]) for one in listed["placements"]] == [("C1", False)]
    assert listed["agencies"] == [{"agency": "AG1", "placed_n": 1, "over_n": 0}]
    assert call(agency, "POST", "/work/next", key="b").json()["customer_id"] == "C1"
    assert call(agency, "GET", "/work/mine").json()["customer_id"] == "C1"
    call(agency, "POST", "/customers/C1/call-backs", {"at": "2026-06-15T11:00:00+08:00"}, "cb")
    assert call(secret, "POST", "/placements/recall", {"customer_id": "C1"}, "e").json() == {"agency": "AG1"}
    mine = call(agency, "GET", "/work/mine").json()
    assert (mine["customer_id"], mine["call_backs"]) == (None, []), "it sees nothing of them any more"
    refused = call(secret, "POST", "/placements/recall", {"customer_id": "C1"}, "f")
    assert (refused.status_code, refused.json()["error"]["where"]) == (422, "customer_id")
    assert [(one.get("placed_with"), one.get("recalled_from")) for one in bodies(four, "note")][::2] == [
        ("AG1", None), (None, "AG1"),
    ]  # fmt: skip


def test_matters_are_listed_by_their_deadline(four: Desk) -> None:
    with four.connection() as connection:
        open_matter(connection, four.policy, "C1", "complaint", MORNING, "collector")
        open_matter(connection, four.policy, "C2", "dispute", MORNING - timedelta(days=60), "collector")
    secret = token("compliance")
    found = call(secret, "GET", "/matters").json()
    assert [(one["customer_id"], one["overdue"]) for one in found["matters"]] == [("C2", True), ("C1", False)]
    assert found["counts"] == [
        {"kind": "complaint", "open_n": 1, "overdue_n": 0},
        {"kind": "dispute", "open_n": 1, "overdue_n": 1},
    ]
    assert [one["kind"] for one in call(secret, "GET", "/matters?kind=complaint").json()["matters"]] == ["complaint"]
    assert call(secret, "GET", "/matters?kind=nonsense").status_code == 422


def test_a_plan_is_decided_by_a_second_person_who_may(four: Desk) -> None:
    first = (MORNING + timedelta(days=20)).date()
    with four.connection() as connection:
        numbers = [
            offer_plan(
                connection, four.policy, f"C{n}", PlanTerms(100_000, months, "equal_payment", 0), first, MORNING, "supervisor",
                "collector",
            )[0]
            for n, months in ((1, 24), (2, 48), (3, 24))
        ]  # fmt: skip
    supervisor, manager = token("supervisor"), token("manager")
    own = call(supervisor, "GET", "/plans").json()["plans"]
    assert [(one["plan_id"], one["own"], one["within"]) for one in own] == [
        (numbers[0], True, True), (numbers[1], True, False), (numbers[2], True, True),
    ]  # fmt: skip
    for decision in ("approve", "reject"):
        answer = call(supervisor, "POST", f"/plans/{numbers[0]}", {"decision": decision}, decision)
        assert answer.status_code == 422, "their own"
    assert call(manager, "POST", f"/plans/{numbers[0]}", {"decision": "approve"}).json()["state"] == "approved"
    assert call(manager, "POST", f"/plans/{numbers[0]}", {"decision": "approve"}).json()["state"] == "approved"
    assert call(manager, "POST", f"/plans/{numbers[1]}", {"decision": "reject"}, "b").json()["state"] == "declined"
    assert call(manager, "POST", f"/plans/{numbers[1]}", {"decision": "reject"}, "c").status_code == 422, "decided already"
    assert call(manager, "POST", "/plans/99", {"decision": "reject"}, "d").status_code == 404
    assert rows(four, "SELECT state, approved_by FROM repayment_plan ORDER BY plan_id") == [
        ("approved", "manager"), ("declined", ""), ("to_approve", ""),
    ]  # fmt: skip


def test_a_sample_is_drawn_and_marked_by_somebody_else(four: Desk) -> None:
    from arrears.desk.people.models import Record

    collector, secret = token("collector"), token("supervisor")
    for n in (3, 4):
        attempt = call(collector, "POST", f"/customers/C{n}/contacts", {"intent_id": n}, f"a{n}").json()["attempt_seq"]
        call(collector, "POST", f"/customers/C{n}/outcomes", {"attempt_seq": attempt, "outcome": "no_answer"}, f"o{n}")
    days = {"first": str(DAY), "last": str(DAY), "each": 1, "seed": 7}
    assert call(secret, "POST", "/quality/draw", days).json() == {"drawn": {"collector": 1}}
    assert call(secret, "POST", "/quality/draw", days).json() == {"drawn": {"collector": 1}}
    assert call(secret, "POST", "/quality/draw", days | {"agent": "collector"}, "b").json() == {"drawn": {"collector": 1}}
    assert call(secret, "POST", "/quality/draw", days | {"agent": "nobody"}, "c").json()["error"]["where"] == "agent"
    backwards = days | {"last": str(DAY - timedelta(days=2))}
    assert call(secret, "POST", "/quality/draw", backwards, "d").status_code == 422
    first, second = call(secret, "GET", "/quality").json()["waiting"]
    assert (first["agent"], first["outcome"], first["channel"]) == ("collector", "no_answer", "call")
    path = f"/quality/{first['check_id']}"
    read = call(secret, "GET", path).json()
    assert [one["kind"] for one in read["entries"]] == ["attempt", "outcome"]
    assert Record.objects.filter(kind="look", subject="api quality check", customer_id=first["customer_id"]).count() == 1
    assert call(secret, "POST", path, {"marks": {"tone": 2}}, "e").status_code == 422
    assert call(secret, "POST", path, {"marks": FULL | {"tone": 3}}, "f").status_code == 422
    marked = call(secret, "POST", path, {"marks": FULL | {"tone": 1}, "remark": "calmer"}, "g")
    assert marked.json()["checked_by"] == "supervisor"
    assert call(secret, "POST", path, {"marks": FULL}, "h").status_code == 422, "marked already"
    assert call(secret, "GET", "/quality/99").status_code == 404
    found = call(secret, "GET", "/quality").json()
    assert [one["check_id"] for one in found["waiting"]] == [second["check_id"]]
    assert [(one["check_id"], one["remark"]) for one in found["checked"]] == [(first["check_id"], "calmer")]
    assert [(one["agent"], one["checked_n"], one["means_hundredths"]["tone"]) for one in found["results"]] == [
        ("collector", 1, 100)
    ]
    assert rows(four, "SELECT marks->>'tone' FROM quality_check WHERE checked_at IS NOT NULL") == [("1",)]


def test_targets_are_set_and_read(four: Desk) -> None:
    from arrears.desk.people.models import Record

    secret = token("manager")
    told = {"month": "2026-06", "targets": [{"segment": "seg", "measure": "kept_rate", "value_bp": 6_000}]}
    assert call(secret, "POST", "/targets", told).json() == {"changed_n": 1}
    assert call(secret, "POST", "/targets", told, "b").json() == {"changed_n": 0}
    assert rows(four, "SELECT month, segment, measure, value_bp, set_by FROM target") == [
        (DAY.replace(day=1), "seg", "kept_rate", 6_000, "manager")
    ]
    assert Record.objects.filter(kind="target").count() == 1
    (segment,) = call(secret, "GET", "/targets").json()["segments"]
    assert [(one["measure"], one["target_bp"]) for one in segment["measures"]] == [
        ("right_party_rate", None), ("promise_rate", None), ("kept_rate", 6_000),
    ]  # fmt: skip
    assert call(secret, "GET", "/targets?month=2026-07").json()["month"] == "2026-07"
    assert call(secret, "POST", "/targets", told | {"month": "2026-13"}, "c").status_code == 422


def test_a_write_off_is_proposed_by_one_and_noted_when_another_approves(four: Desk) -> None:
    from arrears.desk.people.models import Approval

    supervisor, manager = token("supervisor"), token("manager")
    over = call(supervisor, "POST", "/write-offs", WRITE_OFF | {"amount_minor": 50_001}, "a").json()["error"]
    assert (over["what"], over["where"]) == ("so much is not owed", "amount_minor")
    assert call(supervisor, "POST", "/write-offs", WRITE_OFF | {"customer_id": "C9"}, "b").status_code == 404
    asked = call(supervisor, "POST", "/write-offs", WRITE_OFF)
    assert call(supervisor, "POST", "/write-offs", WRITE_OFF).content == asked.content
    twice = call(supervisor, "POST", "/write-offs", WRITE_OFF, "c")
    assert (twice.status_code, twice.json()["error"]["what"]) == (422, "this is waiting for a decision already")
    assert twice.json()["error"]["where"] == "customer_id", "the sum is not what is wrong with it"
    assert [one["subject"] for one in call(supervisor, "GET", "/write-offs").json()["write_offs"]] == ["C1"]
    path, yes = f"/approvals/{asked.json()['approval_id']}", {"decision": "approve", "note": "seen"}
    assert call(supervisor, "POST", path, yes, "d").status_code == 422, "not theirs to decide"
    (waiting,) = call(manager, "GET", "/approvals").json()["waiting"]
    assert (waiting["kind"], waiting["own"], waiting["detail"]["amount_minor"]) == ("write_off", False, 50_000)
    assert bodies(four, "note") == []
    decided = call(manager, "POST", path, yes)
    assert decided.json() == {"approval_id": 1, "state": "approved"}
    assert call(manager, "POST", path, yes).content == decided.content
    assert call(manager, "POST", path, yes, "e").status_code == 422, "decided already"
    assert bodies(four, "note") == [{
        "write_off": "approved", "approval_id": 1, "asked_by": "supervisor", "amount_minor": 50_000, "currency": "CNY",
        "reason": "bankrupt",
    }]  # fmt: skip
    assert (Approval.objects.get().state, Approval.objects.get().note) == ("approved", "seen")
    with four.store.connect() as connection:
        assert verify(connection).findings == ()


def test_nobody_approves_what_they_asked_for_and_a_note_that_cannot_be_written_approves_nothing(four: Desk) -> None:
    from arrears.desk.people.models import Approval

    second, manager = token("second"), token("manager")
    call(second, "POST", "/write-offs", WRITE_OFF)
    assert call(second, "GET", "/approvals").json()["waiting"][0]["own"]
    own = call(second, "POST", "/approvals/1", {"decision": "approve"}, "a")
    assert (own.status_code, own.json()["error"]["what"]) == (422, "nobody approves what they asked for")
    with four.store.connect() as connection:
        connection.execute("DELETE FROM standing WHERE customer_id = 'C1'")
    assert call(manager, "POST", "/approvals/1", {"decision": "approve"}, "b").status_code == 422
    assert Approval.objects.get().state == "open"
    assert call(manager, "POST", "/approvals/1", {"decision": "reject"}, "c").json()["state"] == "rejected"
    assert kinds(four) == []


def test_a_document_is_kept_once_and_read_on_the_record(four: Desk) -> None:
    from arrears.desk.people.models import Record

    secret = token("collector")
    sent = {"kind": "income", "content": base64.b64encode(PDF).decode()}
    assert call(secret, "POST", "/customers/C1/documents", sent).json() == {"document_id": 1}
    assert call(secret, "POST", "/customers/C1/documents", sent, "b").json() == {"document_id": 1}
    for content in ("AAAA", "AAAAA", "äöüß", base64.b64encode(b"GIF89a").decode()):
        answer = call(secret, "POST", "/customers/C1/documents", sent | {"content": content}, repr(content.encode()))
        assert (answer.status_code, answer.json()["error"]["where"].removeprefix("body.")) == (422, "content")
    (listed,) = call(secret, "GET", "/customers/C1/documents").json()["documents"]
    assert (listed["kind"], listed["media"], listed["size"]) == ("income", "application/pdf", len(PDF))
    read = call(secret, "GET", "/customers/C1/documents/1").json()
    assert (base64.b64decode(read["content"]), read["media"]) == (PDF, "application/pdf")
    assert client_of("collector").get("/work/case/C1/document/1/").content == PDF
    assert call(secret, "GET", "/customers/C2/documents/1").status_code == 404, "another's"
    assert call(token("manager"), "GET", "/customers/C1/documents/1").status_code == 403, "it takes case.reveal"
    assert Record.objects.filter(kind="look", subject="api document").values_list("customer_id", flat=True).get() == "C1"
    assert [one.get("document") for one in bodies(four, "note")] == ["income"]


def test_a_document_fits_into_a_body(four: Desk) -> None:
    secret, most = token("collector"), 990_000 * 3 // 4
    fits = {"kind": "other", "content": base64.b64encode(PDF.ljust(most, b" ")).decode()}
    assert call(secret, "POST", "/customers/C1/documents", fits).status_code == 200
    longer = fits | {"content": base64.b64encode(PDF.ljust(most + 3, b" ")).decode()}
    assert call(secret, "POST", "/customers/C1/documents", longer, "b").status_code == 422
    whole = fits | {"content": base64.b64encode(PDF.ljust(800_000, b" ")).decode()}
    assert call(secret, "POST", "/customers/C1/documents", whole, "c").status_code == 413


READS = {
    "/work/mine": "manager", "/queues": "collector", "/queues/customers?segment=seg&channel=call": "agency",
    "/agents": "compliance", "/placements": "manager", "/matters": "collector", "/plans": "collector", "/quality": "manager",
    "/quality/1": "collector", "/targets": "collector", "/write-offs": "manager", "/approvals": "collector",
    "/customers/C1/documents": "agency", "/customers/C1/documents/1": "agency",
}  # fmt: skip
"""What is read, and somebody who may not."""
WRITES: dict[str, tuple[str, dict[str, Any]]] = {
    "/work/next": ("manager", {}),
    "/work/release": ("compliance", {}),
    "/assignments": ("manager", {"agent": "collector", "customer_ids": ["C1"]}),
    "/assignments/top": ("collector", QUEUE | {"number": 1, "agent": "collector"}),
    "/assignments/hand-over": ("manager", {"whose": "collector", "agent": "second"}),
    "/assignments/take-away": ("agency", {"customer_ids": ["C1"]}),
    "/placements": ("manager", {"agency": "AG1", "customer_ids": ["C1"]}),
    "/placements/recall": ("agency", {"customer_id": "C1"}),
    "/plans/1": ("collector", {"decision": "approve"}),
    "/quality/draw": ("collector", {"first": str(DAY), "last": str(DAY)}),
    "/quality/1": ("manager", {"marks": FULL}),
    "/targets": ("collector", {"month": "2026-06", "targets": [{"segment": "s", "measure": "kept_rate", "value_bp": 1}]}),
    "/write-offs": ("collector", WRITE_OFF),
    "/approvals/1": ("agency", {"decision": "approve"}),
    "/customers/C1/documents": ("agency", {"kind": "other", "content": base64.b64encode(PDF).decode()}),
}
"""What is written, somebody who may not, and what they send."""


def test_nobody_reads_or_writes_without_scope_and_right(four: Desk) -> None:
    from arrears.desk.api.models import Answered

    other = token("second", "figures:read")
    for path, who in READS.items():
        assert call(token(who), "GET", path).status_code == 403, path
        refused = call(other, "GET", path)
        assert (refused.status_code, refused.json()["error"]["what"]) == (403, "the token has no such scope"), path
    for path, (who, sent) in WRITES.items():
        assert call(token(who), "POST", path, sent).status_code == 403, path
        assert call(other, "POST", path, sent).json()["error"]["what"] == "the token has no such scope", path
        assert call(token("second"), "POST", path, sent, key="").status_code == 400, path
    assert (kinds(four), Answered.objects.count()) == ([], 0)


def test_no_answer_has_a_name_or_a_number_of_a_customer(four: Desk) -> None:
    """Of a customer with something in every list: none may be empty."""
    secret, field, collector = token("second"), token("field_agent"), token("collector")
    hidden, first = ("Zhang Mimi", "+8613911112222"), (MORNING + timedelta(days=20)).date()
    with four.connection() as connection:
        intent(connection, "C4", "visit", channel="visit")
        connection.execute("UPDATE intent SET name = %s, contact = %s", hidden)
        open_matter(connection, four.policy, "C1", "complaint", MORNING, "collector")
        terms = PlanTerms(100_000, 48, "equal_payment", 0)
        offer_plan(connection, four.policy, "C2", terms, first, MORNING, "collector", "collector")
    attempt = call(collector, "POST", "/customers/C3/contacts", {"intent_id": 3}, "a").json()["attempt_seq"]
    call(collector, "POST", "/customers/C3/outcomes", {"attempt_seq": attempt, "outcome": "no_answer"}, "b")
    call(token("supervisor"), "POST", "/quality/draw", {"first": str(DAY), "last": str(DAY)}, "c")
    assert call(token("supervisor"), "POST", "/write-offs", WRITE_OFF, "d").status_code == 200
    assert call(secret, "POST", "/placements", {"customer_ids": ["C1"], "agency": "AG1"}, "e").json()["customer_ids"] == ["C1"]
    (check,) = call(secret, "GET", "/quality").json()["waiting"]
    queue = "/queues/customers?segment=seg&channel=call"
    for path, about in ((queue, "C4"), ("/placements", "C1"), ("/matters", "C1"), ("/plans", "C2"), ("/quality", "C3"),
                        (f"/quality/{check['check_id']}", "C3"), ("/write-offs", "C1"), ("/approvals", "C1"),
                        ("/work/mine", "C4"), ("/customers/C3", "C3"), ("/customers/C3/timeline", "attempt")):  # fmt: skip
        answer = call(field if path == "/work/mine" else secret, "GET", path)
        assert answer.status_code == 200, path
        text = answer.content.decode()
        assert f'"{about}"' in text, path
        assert not [one for one in hidden if one in text], path


def test_a_day_beyond_the_calendar_is_refused(at_work: Desk) -> None:
    secret = token("supervisor")
    for last in ("9999-12-31", "2100-01-01", "1999-12-31"):
        answer = call(secret, "POST", "/quality/draw", {"first": "2026-06-01", "last": last}, key=last)
        assert answer.status_code == 422, answer.content
    page = client_of("supervisor").post(
        "/supervision/quality/draw/", {"first": "9999-12-01", "last": "9999-12-31", "number": "1"}
    )
    assert page.status_code in (302, 422), "told on the page"
