"""The collector's day: the next customer, the gate, what came of it, what was agreed; and who may see whom."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from arrears.desk.cases.documents import place_of
from arrears.desk.current import Desk
from arrears.desk.keeping import digest_of
from arrears.desk.ledger.verifying import verify
from arrears.desk.plan.rows import day_of_plan
from arrears.desk.work import queue
from arrears.errors import StoreError
from tests.desk.browsing import check_page, chromium, signed_in
from tests.desk.conftest import Bank
from tests.desk.making import DAY, MORNING, at, customer, intent
from tests.desk.users import client_of


@pytest.fixture
def three(here: Desk, bank: Bank) -> Iterator[Desk]:
    """Three customers, each with a call due; the third is the most urgent."""
    with here.store.connect() as connection:
        for n in (1, 2, 3):
            customer(connection, f"C{n}")
            intent(connection, f"C{n}", priority=n)
        strategy = json.dumps(day_of_plan(bank.workspace, DAY).strategy_hashes)
        connection.execute("UPDATE publication SET strategy = %s", [strategy])
    yield here


def placed(connection: Any, customer_id: str, agency: str) -> None:
    connection.execute(
        "INSERT INTO placement (customer_id, agency, from_date, placed_by) VALUES (%s, %s, %s, 'sup')",
        [customer_id, agency, DAY],
    )


def entries(desk: Desk, *columns: str) -> list[tuple[Any, ...]]:
    with desk.connection() as connection:
        return connection.execute(f"SELECT {', '.join(columns)} FROM ledger_entry ORDER BY seq").fetchall()


def test_a_collector_works_by_keys(served: str) -> None:
    with chromium() as browser:
        for language in ("en", "zh"):
            page = signed_in(browser, served, "collector", language=language)
            page.goto("/work/")
            check_page(page)
            page.keyboard.press("n")
            page.wait_for_url("**/case/**")
            page.wait_for_selector("#quote .facts")
            check_page(page)
            assert "•" in page.inner_text("h1"), "the name is hidden"
            assert page.locator("[data-key=c]").count() == 1
            page.keyboard.press("c")
            page.wait_for_selector(".told")
            check_page(page)
            assert "•" not in page.inner_text("h1")
            page.keyboard.press("4")
            page.wait_for_selector(".message")
            assert page.locator(".told").count() == 0
            page.keyboard.press("p")
            assert page.evaluate("document.activeElement.name") == "promise-amount"
            page.keyboard.press("Enter")
            page.wait_for_selector("text=2026-06-22")
            check_page(page)
            page.context.close()


def test_the_most_urgent_comes_first_and_is_one_agents(three: Desk) -> None:
    with three.connection() as connection:
        assert queue.next_customer(connection, "ann", MORNING) == "C3"
        assert queue.next_customer(connection, "bob", MORNING) == "C2"
        assert queue.next_customer(connection, "ann", MORNING) == "C3", "the one let go of is free again"
        assert queue.next_customer(connection, "cid", MORNING) == "C1"
        assert queue.next_customer(connection, "dan", MORNING) is None
        with pytest.raises(StoreError, match="ann works on this customer"):
            queue.hold(connection, "C3", "dan", MORNING)
        later = MORNING + queue.HOLD + timedelta(seconds=1)
        assert queue.next_customer(connection, "dan", later) == "C3", "a lock ends"


def test_many_agents_get_different_customers(here: Desk) -> None:
    with here.store.connect() as connection:
        for n in range(40):
            customer(connection, f"C{n}")
            for step in ("a", "b"):
                intent(connection, f"C{n}", step, point="P" if step == "a" else "Q")
    found: list[str | None] = []

    def work(agent: str) -> None:
        with here.store.connect(autocommit=True) as connection:
            found.append(queue.next_customer(connection, agent, MORNING))

    threads = [threading.Thread(target=work, args=[f"agent-{n}"]) for n in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert None not in found
    assert len(set(found)) == len(found) == 32


def test_nobody_is_offered_whom_the_desk_holds(three: Desk) -> None:
    from arrears.desk.cases.matters import open_matter
    from arrears.desk.cases.promises import make_promise

    with three.connection() as connection:
        make_promise(connection, three.policy, "C3", 500, DAY + timedelta(days=2), MORNING, "x")
        open_matter(connection, three.policy, "C2", "hardship", MORNING, "x")
        assert queue.next_customer(connection, "ann", MORNING) == "C1"
        assert queue.next_customer(connection, "bob", MORNING) is None


def test_assigned_and_placed_customers_are_not_for_everybody(three: Desk) -> None:
    with three.connection() as connection:
        connection.execute("INSERT INTO assignment (customer_id, agent, by) VALUES ('C1', 'ann', 'sup')")
        placed(connection, "C3", "AG1")
        assert queue.next_customer(connection, "ann", MORNING) == "C1", "before the more urgent ones"
        assert queue.next_customer(connection, "bob", MORNING) == "C2"
        assert queue.next_customer(connection, "cid", MORNING) is None
        assert queue.next_customer(connection, "zoe", MORNING, agency="AG1") == "C3"
        assert queue.next_customer(connection, "yan", MORNING, agency="AG2") is None


def test_a_call_passes_the_gate_and_its_outcome_is_told_once_it_is_ones_own(three: Desk) -> None:
    collector, other = client_of("collector"), client_of("supervisor")
    collector.post("/work/take/")
    page = collector.get("/work/case/C3/").content.decode()
    assert "+86138" not in page, "the number is hidden"
    assert "Still lawful" in page
    assert other.post("/work/case/C3/contact/", {"intent": 3}).status_code == 422, "somebody else works on them"
    page = collector.post("/work/case/C3/contact/", {"intent": 3}, follow=True).content.decode()
    assert "Allowed" in page
    assert "+86138" in page
    assert (
        collector.post("/work/case/C3/contact/", {"intent": 3}, follow=True).content.decode().count("no longer to be made") == 1
    )
    assert collector.post("/work/case/C3/outcome/", {"attempt": 1, "outcome": "nonsense"}).status_code == 422
    collector.post("/work/case/C3/outcome/", {"attempt": 1, "outcome": "no_answer"})
    assert entries(three, "kind", "actor", "outcome", "attempt_seq") == [
        ("attempt", "collector", None, None), ("outcome", "collector", "no_answer", 1),
    ]  # fmt: skip
    collector.post("/work/case/C1/contact/", {"intent": 2})
    assert len(entries(three, "seq")) == 2, "a contact of another customer is none of this one's"
    with three.connection() as connection:
        connection.execute("DELETE FROM work_hold")
    assert other.post("/work/case/C3/outcome/", {"attempt": 1, "outcome": "busy"}).status_code == 422, "not theirs"


def test_looks_are_on_the_record(three: Desk) -> None:
    from arrears.desk.people.models import Record

    collector = client_of("collector")
    collector.get("/work/case/C1/")
    collector.get("/work/case/C1/")
    collector.post("/work/case/C1/reveal/")
    found = Record.objects.filter(kind="look").order_by("record_id").values_list("actor", "customer_id", "subject")
    assert list(found) == [("collector", "C1", "case"), ("collector", "C1", "name and number")]
    compliance = client_of("compliance")
    assert compliance.get("/work/case/C1/").status_code == 200
    assert compliance.post("/work/case/C1/promise/", {}).status_code == 403, "seeing is not working"


def test_what_is_agreed_on_the_page_is_in_the_case(three: Desk) -> None:
    from arrears.desk.cases.reading import read_case

    collector = client_of("collector")
    case = "/work/case/C1/"
    wrong = collector.post(f"{case}promise/", {"promise-amount": "12.345", "promise-due": "2026-06-20"}, follow=True)
    assert "Write a sum" in wrong.content.decode()
    collector.post(f"{case}promise/", {"promise-amount": "1,00.50", "promise-due": "2026-06-20"})
    collector.post(f"{case}reason/", {"reason-reason": "illness"})
    terms = {"plan-amount": "500", "plan-months": "24", "plan-apr": "6", "plan-waived": "", "plan-first": "2026-07-01"}
    collector.post(f"{case}plan/", terms)
    collector.post(f"{case}matter/", {"matter-kind": "dispute", "matter-account": "AC1"})
    collector.post(f"{case}matter/", {"matter-kind": "dispute", "matter-account": "AC2"})
    collector.post(f"{case}state/", {"state-flag": "attorney", "state-until": "", "state-evidence": "DOC-1"})
    collector.post(f"{case}inbound/", {"inbound-channel": "call", "inbound-outcome": "right_party"})
    with three.connection() as connection:
        found = read_case(connection, "C1", MORNING)
    assert [(one["amount_minor"], one["state"]) for one in found["promises"]] == [(10050, "open")]
    assert found["reason"] == "illness"
    assert [(one["term_months"], one["apr_ppm"], one["state"]) for one in found["plans"]] == [(24, 60_000, "to_approve")]
    assert [(one["kind"], one["account_id"]) for one in found["matters"]] == [("dispute", "AC1")], "AC2 is no card of theirs"
    assert {one["state"] for one in found["states"]} == {"dispute", "attorney"}
    assert found["ruling"]["state"] == "attorney"
    collector.post(f"{case}state/", {"end": "attorney"})
    assert collector.post(f"{case}state/", {"end": "dispute"}).status_code == 422, "a matter needs it"
    assert collector.post("/work/case/C2/plan/1/", {"answer": "decline"}).status_code == 422, "another customer's"
    with three.store.connect() as connection:
        assert verify(connection).findings == ()


def test_a_promise_that_was_broken_is_told(three: Desk) -> None:
    from arrears.desk.cases.judging import judge_due
    from arrears.desk.cases.promises import make_promise

    with three.connection() as connection:
        make_promise(connection, three.policy, "C1", 500, DAY + timedelta(days=1), MORNING, "x")
        judge_due(connection, three.policy, MORNING + timedelta(days=4), "desk")
    page = client_of("collector").get("/work/case/C1/")
    assert page.status_code == 200
    assert page.content.decode().count("CNY\N{NO-BREAK SPACE}5.00") >= 3, "in the timeline twice, and among the promises"


def test_a_call_back_comes_when_it_is_due_and_passes_the_gate(three: Desk) -> None:
    collector = client_of("collector")
    page = collector.post("/work/case/C1/call-back/", {"callback-at": "2026-06-15T09:00"})
    assert page.status_code == 422, "that time is over"
    collector.post("/work/case/C1/call-back/", {"callback-at": "2026-06-15T11:00"})
    with three.connection() as connection:
        assert queue.contact_of_call_back(connection, "C1", at(10, 59)) is None
        assert queue.next_customer(connection, "collector", at(11)) == "C1", "before the more urgent"
        assert queue.next_customer(connection, "bob", at(11)) == "C3", "whose call-back it is not"
        connection.execute("DELETE FROM work_hold")
        assert queue.next_customer(connection, "bob", at(11, 10)) == "C1", "if its agent does not come"
        number = queue.contact_of_call_back(connection, "C1", at(11, 10))
        assert connection.execute("SELECT step, state FROM intent WHERE intent_id = %s", [number]).fetchone() == (
            "call_back_1",
            "due",
        )
        assert queue.contact_of_call_back(connection, "C1", at(11, 11)) == number, "asked twice, made once"


@pytest.mark.parametrize(("flag", "state"), [("", "made"), ("cease", "cancelled")])
def test_a_call_back_ends_as_the_gate_says(three: Desk, flag: str, state: str) -> None:
    from arrears.desk.cases.states import enter_state

    collector = client_of("collector")
    collector.post("/work/case/C1/call-back/", {"callback-at": "2026-06-15T10:30"})
    with three.connection() as connection:
        connection.execute("UPDATE call_back SET at = %s", [at(9, 50)])
        if flag:
            enter_state(connection, "C1", flag, MORNING, "x")
        queue.settle_call_back(connection, "C1", MORNING, "deferred", at(9, 55))
        assert connection.execute("SELECT state, at FROM call_back").fetchone() == ("open", at(9, 55)), "put off"
    collector.post("/work/case/C1/contact/", {"call_back": "1"})
    with three.connection() as connection:
        assert connection.execute("SELECT state FROM call_back").fetchone() == (state,)


def test_a_document_is_kept_read_and_on_the_record(three: Desk) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from arrears.desk.people.models import Record

    def sent(raw: bytes) -> Any:
        return {"document-kind": "income", "document-file": SimpleUploadedFile("../../evil.html", raw)}

    collector, case = client_of("collector"), "/work/case/C1/"
    pdf = b"%PDF-1.7 made up"
    assert collector.post(f"{case}document/", sent(b"<html><script>")).status_code == 422
    assert collector.post(f"{case}document/", sent(b"")).status_code == 422
    assert collector.post(f"{case}document/", sent(b"%PDF-" + b"x" * 5_000_000)).status_code == 422
    assert collector.post(f"{case}document/", sent(pdf)).status_code == 302
    collector.post(f"{case}document/", sent(pdf))
    assert "DOC-1" in collector.get(case).content.decode()
    answer = collector.get(f"{case}document/1/")
    assert (answer.content, answer.headers["Content-Type"]) == (pdf, "application/pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="document-1.pdf"'
    assert Record.objects.filter(kind="look", subject="document", customer_id="C1").count() == 1
    assert collector.get("/work/case/C2/document/1/").status_code == 422, "another customer's"
    assert client_of("manager").get(f"{case}document/1/").status_code == 403
    path = place_of(three.workspace, digest_of(pdf))
    assert path.stat().st_mode & 0o077 == 0
    assert json.loads(entries(three, "body")[0][0])["document"] == "income"
    path.chmod(0o600)
    path.write_bytes(b"%PDF-1.7 changed")
    assert collector.get(f"{case}document/1/").status_code == 422
    path.unlink()


def test_a_task_is_written_down_listed_and_done(three: Desk) -> None:
    collector, other, case = client_of("collector"), client_of("supervisor"), "/work/case/C1/"
    later = str(DAY + timedelta(days=2))
    assert collector.post(f"{case}task/", {"task-action": "check_documents", "task-due": later}).status_code == 302
    assert collector.post(f"{case}task/", {"task-action": "call_them", "task-due": later}).status_code == 302, (
        "told on the page"
    )
    assert (
        collector.post(f"{case}task/", {"task-action": "follow_up", "task-due": str(DAY - timedelta(days=1))}).status_code
        == 422
    )
    for agent in ("nobody", "agency", "manager"):
        collector.post(f"{case}task/", {"task-action": "follow_up", "task-due": later, "task-agent": agent})
    collector.post(f"{case}task/", {"task-action": "legal_review", "task-due": str(DAY), "task-agent": "supervisor"})
    with three.connection() as connection:
        found = connection.execute("SELECT action, agent, opened_by, closed_at FROM task ORDER BY task_id").fetchall()
        assert found == [("check_documents", "collector", "collector", None), ("legal_review", "supervisor", "collector", None)]
        connection.execute("UPDATE task SET due_on = %s WHERE task_id = 1", [DAY - timedelta(days=1)])
    assert "check documents" in collector.get(case).content.decode()
    mine = collector.get("/work/").content.decode()
    assert "check documents" in mine and "late" in mine and "lawyers" not in mine
    assert "lawyers" in other.get("/work/").content.decode()
    assert "check documents" in other.get("/supervision/").content.decode(), "a supervisor sees what is late"
    assert "lawyers" not in other.get("/supervision/").content.decode()
    assert collector.post("/work/case/C2/task/", {"task": "1", "outcome": "done"}).status_code == 422, "another customer's"
    assert collector.post(f"{case}task/", {"task": "1", "outcome": "forgotten"}).status_code == 422
    assert collector.post(f"{case}task/", {"task": "1", "outcome": "done"}).status_code == 302
    assert collector.post(f"{case}task/", {"task": "1", "outcome": "done"}).status_code == 422, "done already"
    assert "check documents" not in collector.get("/work/").content.decode()
    told = [json.loads(body) for (body,) in entries(three, "body")]
    assert [(one.get("task"), one.get("agent"), one.get("task_outcome")) for one in told if "task" in one] == [
        ("check_documents", "collector", None), ("legal_review", "supervisor", None), ("check_documents", None, "done"),
    ]  # fmt: skip
    assert "check documents: done" in collector.get(case).content.decode()
    assert client_of("manager").post(f"{case}task/", {"task": "2", "outcome": "done"}).status_code == 403


def test_a_task_is_its_houses_and_nobodys_who_may_not_see_the_customer(three: Desk) -> None:
    agency, collector, later = client_of("agency"), client_of("collector"), str(DAY + timedelta(days=2))
    with three.connection() as connection:
        placed(connection, "C1", "AG1")

    def post(client: Any, **fields: str) -> int:
        with three.connection() as connection:
            connection.execute("DELETE FROM work_hold")  # whoever had the customer is done with them
        return int(client.post("/work/case/C1/task/", fields).status_code)

    asked = {"task-action": "follow_up", "task-due": later}
    assert post(collector, **asked | {"task-action": "legal_review"}) == 302
    assert post(agency, **asked | {"task-action": "check_address"}) == 302
    assert post(agency, task="1", outcome="dropped") == 422, "the bank's own"
    assert post(collector, **asked | {"task-agent": "field_agent"}) == 422, "no visit is planned"
    assert post(agency, **asked | {"task-agent": "collector"}) == 302, "no choice of theirs: told on the page"
    with three.connection() as connection:
        assert connection.execute("SELECT count(*) FROM task").fetchone() == (2,)
    assert "check number" in agency.get("/work/").content.decode()
    with three.connection() as connection:
        connection.execute("UPDATE placement SET recalled_at = clock_timestamp()")
    assert "check number" not in agency.get("/work/").content.decode(), "recalled: nothing of them from now on"
    assert post(agency, task="2", outcome="done") == 403


def test_an_agency_sees_what_is_placed_with_it(three: Desk) -> None:
    agency = client_of("agency")
    assert agency.get("/work/case/C1/").status_code == 403
    with three.connection() as connection:
        placed(connection, "C1", "AG1")
        placed(connection, "C2", "AG2")
    assert agency.get("/work/case/C1/").status_code == 200
    assert agency.get("/work/case/C2/").status_code == 403
    assert agency.get("/work/case/C2/timeline/").status_code == 403
    assert agency.post("/work/take/").headers["Location"] == "/work/case/C1/"
    found = agency.get("/work/find/", {"id": "C"})
    assert found.headers.get("Location") is None
    assert "C1" in found.content.decode() and "C2" not in found.content.decode()
    with three.store.connect() as connection:
        for n in range(30):
            customer(connection, f"B{n:02}")
        customer(connection, "BZ")
        placed(connection, "BZ", "AG1")
    assert agency.get("/work/find/", {"id": "B"}).content.decode().count("BZ") > 0, "behind many that are not theirs"
    with three.connection() as connection:
        connection.execute("UPDATE placement SET recalled_at = clock_timestamp() WHERE customer_id = 'C1'")
    assert agency.get("/work/case/C1/").status_code == 403, "recalled"


def test_a_field_agent_sees_whom_a_visit_is_planned_to(three: Desk) -> None:
    with three.store.connect() as connection:
        intent(connection, "C2", "v", channel="visit", visitors=2)
    agent = client_of("field_agent")
    assert "C2" in agent.get("/work/visits/").content.decode()
    assert agent.get("/work/case/C2/").status_code == 200
    assert agent.get("/work/case/C1/").status_code == 403


def test_the_calculator_says_what_a_plan_and_the_minimum_cost(three: Desk) -> None:
    terms = {"plan-amount": "1000", "plan-months": "12", "plan-apr": "12", "plan-first": "2026-07-01", "currency": "CNY"}
    page = client_of("collector").get("/work/case/C1/quote/", terms).content.decode()
    assert "CNY\N{NO-BREAK SPACE}88.85" in page, "1000 over 12 months at 1 % a month is 88.85"
    assert "months" in page
    assert "Write a sum" in client_of("collector").get("/work/case/C1/quote/", terms | {"plan-amount": "x"}).content.decode()
