"""The supervisor's day: queues and agents, customers given and placed, matters closed, plans approved, write-offs proposed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from arrears.card.plan import PlanTerms
from arrears.desk.cases.matters import open_matter
from arrears.desk.cases.plans import offer_plan
from arrears.desk.current import Desk
from arrears.desk.ledger.verifying import verify
from arrears.desk.plan.rows import day_of_plan
from tests.desk.browsing import check_page, chromium, signed_in
from tests.desk.conftest import Bank
from tests.desk.making import DAY, MORNING, at, customer, intent
from tests.desk.users import client_of


@pytest.fixture
def four(here: Desk, bank: Bank) -> Iterator[Desk]:
    """Four customers in one segment, a call each due, the fourth the most urgent; the first has a message due too."""
    cache.clear()
    with here.store.connect() as connection:
        for n in (1, 2, 3, 4):
            customer(connection, f"C{n}")
            intent(connection, f"C{n}", priority=n)
        intent(connection, "C1", "sms", channel="sms")
        strategy = json.dumps(day_of_plan(bank.workspace, DAY).strategy_hashes)
        connection.execute("UPDATE publication SET strategy = %s", [strategy])
    yield here


QUEUE = {"segment": "seg", "channel": "call"}


def bodies(desk: Desk, kind: str) -> list[dict[str, Any]]:
    with desk.connection() as connection:
        rows = connection.execute("SELECT body FROM ledger_entry WHERE kind = %s ORDER BY seq", [kind]).fetchall()
    return [json.loads(row[0]) for row in rows]


def test_a_supervisor_sees_queues_and_gives_customers_away(served: str) -> None:
    with chromium() as browser:
        for language in ("en", "zh"):
            page = signed_in(browser, served, "supervisor", language=language)
            page.goto("/supervision/")
            check_page(page)
            rows = page.locator("section[aria-labelledby=queues-h] tbody tr")
            waiting = rows.evaluate_all("rows => rows.map(row => parseInt(row.cells[row.cells.length - 2].innerText))")
            rows.nth(waiting.index(max(waiting))).locator("a").first.click()
            page.wait_for_url("**/queue/**")
            check_page(page)
            page.keyboard.press("x")
            page.keyboard.press("Space")
            chosen = page.locator("input[name=customer]:checked")
            chosen.first.wait_for()
            assert chosen.count() == page.locator("input[name=customer]").count()
            page.keyboard.press("t")
            page.keyboard.type("2")
            page.keyboard.press("Enter")
            page.wait_for_selector(".message")
            check_page(page)
            for number, part in enumerate(("placements", "quality", "matters", "plans", "write-offs", "targets"), 2):
                page.keyboard.press(str(number))
                page.wait_for_url(f"**/{part}/")
                check_page(page)
            page.context.close()


def test_a_queue_counts_what_is_due_made_and_waiting(four: Desk) -> None:
    from arrears.desk.work import queues

    with four.connection() as connection:
        connection.execute("UPDATE intent SET state = 'made' WHERE customer_id = 'C4'")
        connection.execute("UPDATE intent SET state = 'refused' WHERE customer_id = 'C3'")
        connection.execute("UPDATE intent SET due_at = %s WHERE customer_id = 'C2'", [at(12)])
        found = {one.channel: one for one in queues.queues_of(connection, DAY, MORNING)}
    call = found["call"]
    assert (call.segment, call.due, call.made, call.refused, call.waiting) == ("seg", 2, 1, 1, 1), "C2 waits until noon"
    assert call.oldest == MORNING
    assert (found["sms"].due, found["sms"].waiting) == (1, 1)


def test_a_queue_lists_each_customer_once_most_urgent_first(four: Desk) -> None:
    from arrears.desk.work import queues

    with four.store.connect() as connection:
        intent(connection, "C4", "again", point="Q", priority=2)
        rows, more = queues.waiting_in(connection, DAY, "seg", "call", MORNING, 1)
    assert [row["customer_id"] for row in rows] == ["C4", "C3", "C2", "C1"]
    assert not more


def test_agents_of_today_are_counted_by_the_ledger(four: Desk) -> None:
    from arrears.desk.work import queues

    collector = client_of("collector")
    collector.post("/work/take/")
    collector.post("/work/case/C4/contact/", {"intent": 4})
    collector.post("/work/case/C4/outcome/", {"attempt": 1, "outcome": "right_party"})
    collector.post("/work/case/C4/promise/", {"promise-amount": "100", "promise-due": "2026-06-20"})
    collector.post("/work/case/C4/call-back/", {"callback-at": "2026-06-15T11:00"})
    with four.connection() as connection:
        users = queues.workers()
        since = queues.day_start(DAY, "Asia/Shanghai")
        one = queues.agents_of(connection, users, since, four.now())[0]
        later = queues.agents_of(connection, users, since, at(11, 11))[0]
        tomorrow = queues.agents_of(connection, users, at(0, day=DAY + timedelta(days=1)), at(11, 11))[0]
    assert (one.username, one.customer_id) == ("collector", "C4")
    assert (one.attempts_n, one.conversations_n, one.promises_n) == (1, 1, 1)
    assert (one.call_backs_open, one.call_backs_overdue, later.call_backs_overdue) == (1, 0, 1)
    assert tomorrow.attempts_n == 0
    assert ">C4<" in client_of("supervisor").get("/supervision/").content.decode()


def test_customers_chosen_go_to_an_agent_and_back_on_the_record(four: Desk) -> None:
    from arrears.desk.people.models import Record
    from arrears.desk.work import queue
    from arrears.desk.work.models import Assignment

    supervisor = client_of("supervisor")
    given = {**QUEUE, "customer": ["C4", "C1", "nobody"], "assign-agent": "collector"}
    page = supervisor.post("/supervision/queue/assign/", given, follow=True).content.decode()
    assert "2 customers go to collector" in page
    assert "1 was left out" in page
    assert dict(Assignment.objects.values_list("customer_id", "agent")) == {"C1": "collector", "C4": "collector"}
    with four.connection() as connection:
        assert queue.next_customer(connection, "bob", MORNING) == "C3", "C4 is another's"
        assert queue.next_customer(connection, "collector", MORNING) == "C4"
    supervisor.post("/supervision/queue/assign/", {**QUEUE, "customer": "C1", "assign-agent": "second"})
    supervisor.post("/supervision/queue/take-away/", {**QUEUE, "customer": ["C4", "C2"]})
    assert dict(Assignment.objects.values_list("customer_id", "agent")) == {"C1": "second"}
    found = Record.objects.filter(kind="assigned").order_by("record_id").values_list("actor", "customer_id", "subject")
    assert list(found) == [
        ("supervisor", "C1", "collector"), ("supervisor", "C4", "collector"), ("supervisor", "C1", "second"),
        ("supervisor", "C4", ""),
    ]  # fmt: skip


def test_so_many_of_the_top_go_to_an_agent_and_those_who_are_somebodys_stay(four: Desk) -> None:
    from arrears.desk.work.models import Assignment

    supervisor = client_of("supervisor")
    supervisor.post("/supervision/queue/assign/", {**QUEUE, "customer": "C4", "assign-agent": "second"})
    supervisor.post("/supervision/queue/assign-top/", {**QUEUE, "top-number": "2", "top-agent": "collector"})
    assert dict(Assignment.objects.values_list("customer_id", "agent")) == {
        "C4": "second",
        "C3": "collector",
        "C2": "collector",
    }
    page = supervisor.post(
        "/supervision/queue/assign-top/", {**QUEUE, "top-number": "201", "top-agent": "collector"}, follow=True
    )
    assert "message error" in page.content.decode()


@pytest.mark.parametrize("whom", ["administrator", "agency", "field_agent", "compliance", "gone"])
def test_customers_go_only_to_those_who_may_work_on_them(four: Desk, whom: str) -> None:
    from arrears.desk.people.models import User
    from arrears.desk.work import assigning
    from arrears.desk.work.models import Assignment
    from arrears.errors import StoreError

    User.objects.create(username="gone", name="Gone", roles=["collector"], is_active=False)
    given = {**QUEUE, "customer": "C1", "assign-agent": whom}
    assert "message error" in client_of("supervisor").post("/supervision/queue/assign/", given, follow=True).content.decode()
    with pytest.raises(StoreError):
        assigning.assign("supervisor", User.objects.get(username=whom), ["C1"])
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("role", ["collector", "manager", "agency", "compliance", "administrator", "strategist", "field_agent"])
def test_nobody_but_a_supervisor_gives_customers_away(four: Desk, role: str) -> None:
    client = client_of(role)
    for path in ("queue/assign/", "queue/assign-top/", "queue/take-away/", "queue/place/", "placements/recall/", "hand-over/"):
        assert client.post(f"/supervision/{path}", {**QUEUE, "customer": "C1"}).status_code == 403, path
    assert client.get("/supervision/placements/").status_code == 403
    assert client.get("/supervision/quality/").status_code == 403
    assert client.get("/supervision/").status_code == (200 if role == "manager" else 403)


def test_an_agency_sees_a_customer_as_long_as_they_are_placed(four: Desk) -> None:
    supervisor, agency = client_of("supervisor"), client_of("agency")
    supervisor.post("/supervision/queue/assign/", {**QUEUE, "customer": "C1", "assign-agent": "collector"})
    assert agency.get("/work/case/C1/").status_code == 403
    placed = {"customer": "C1", "place-agency": "AG1", "place-until": ""}
    page = supervisor.post("/supervision/queue/place/", placed, follow=True).content.decode()
    assert "1 customer goes to AG1" in page
    assert agency.get("/work/case/C1/").status_code == 200
    with four.connection() as connection:
        assert connection.execute("SELECT count(*) FROM assignment").fetchone() == (0,), "no agent's any more"
    again = supervisor.post("/supervision/queue/place/", placed, follow=True).content.decode()
    assert "1 was left out" in again
    assert agency.post("/work/take/").headers["Location"] == "/work/case/C1/"
    supervisor.post("/supervision/placements/recall/", {"customer": "C1"})
    assert agency.get("/work/case/C1/").status_code == 403
    with four.connection() as connection:
        assert connection.execute("SELECT count(*) FROM work_hold").fetchone() == (0,), "nobody of the agency holds them"
    assert supervisor.post("/supervision/placements/recall/", {"customer": "C1"}).status_code == 422
    notes = bodies(four, "note")
    assert [(one.get("placed_with"), one.get("recalled_from")) for one in notes] == [("AG1", None), (None, "AG1")]
    with four.store.connect() as connection:
        assert verify(connection).findings == ()


def test_a_placement_that_is_over_makes_way_for_another(four: Desk) -> None:
    from arrears.desk.work import placing
    from arrears.errors import StoreError

    with four.connection() as connection:
        placing.place(connection, "C1", "AG1", MORNING, "supervisor", until=DAY)
        with pytest.raises(StoreError, match="placed with AG1"):
            placing.place(connection, "C1", "AG1", MORNING, "supervisor")
        with pytest.raises(StoreError, match="nobody works at that agency"):
            placing.place(connection, "C2", "AG9", MORNING, "supervisor")
        connection.execute("UPDATE placement SET until_date = %s", [DAY - timedelta(days=1)])
        rows, _ = placing.placed_now(connection, "", DAY, 1)
        assert [row["over"] for row in rows] == [True]
        placing.place(connection, "C1", "AG1", MORNING, "supervisor")
        assert connection.execute("SELECT count(*) FROM placement WHERE recalled_at IS NULL").fetchone() == (1,)


def test_matters_are_closed_overdue_first(four: Desk) -> None:
    long_ago = MORNING - timedelta(days=60)
    with four.connection() as connection:
        open_matter(connection, four.policy, "C1", "complaint", MORNING, "collector")
        number, _ = open_matter(connection, four.policy, "C2", "dispute", long_ago, "collector")
    compliance = client_of("compliance")
    page = compliance.get("/supervision/matters/").content.decode()
    assert page.index(">C2<") < page.index(">C1<"), "overdue first"
    assert "1 overdue" in page
    assert ">C2<" not in compliance.get("/supervision/matters/", {"kind": "complaint"}).content.decode()
    assert client_of("collector").post(f"/supervision/matters/{number}/", {"outcome": "upheld"}).status_code == 403
    compliance.post(f"/supervision/matters/{number}/", {"outcome": "nonsense"})
    assert len(bodies(four, "matter")) == 2, "nothing closed"
    compliance.post(f"/supervision/matters/{number}/", {"outcome": "upheld"})
    assert bodies(four, "matter")[-1] == {"matter_id": number, "what": "dispute", "outcome": "upheld"}
    assert compliance.post(f"/supervision/matters/{number}/", {"outcome": "upheld"}).status_code == 422, "closed already"


def test_a_plan_beyond_ones_authority_is_approved_by_a_second_person_who_may(four: Desk) -> None:
    terms = {months: PlanTerms(100_000, months, "equal_payment", 0) for months in (24, 48)}
    first = (MORNING + timedelta(days=20)).date()
    with four.connection() as connection:
        short, _ = offer_plan(connection, four.policy, "C1", terms[24], first, MORNING, "collector", "collector")
        long, _ = offer_plan(connection, four.policy, "C2", terms[48], first, MORNING, "collector", "collector")
        own, _ = offer_plan(connection, four.policy, "C3", terms[48], first, MORNING, "supervisor", "supervisor")
    supervisor, manager = client_of("supervisor"), client_of("manager")

    def decided(client: Any, plan: int, decision: str) -> int:
        return int(client.post(f"/supervision/plans/{plan}/", {"decision": decision}).status_code)

    assert "beyond your authority" in supervisor.get("/supervision/plans/").content.decode()
    assert decided(client_of("collector"), short, "approve") == 403
    assert decided(supervisor, long, "approve") == 422, "more than three years takes a manager"
    assert decided(supervisor, long, "decline") == 422
    assert decided(supervisor, own, "decline") == 422, "their own"
    assert decided(supervisor, short, "approve") == 302
    assert decided(manager, long, "approve") == 302
    assert decided(manager, own, "decline") == 302
    assert decided(manager, own, "decline") == 422, "decided already"
    with four.connection() as connection:
        found = connection.execute("SELECT plan_id, state, approved_by FROM repayment_plan ORDER BY plan_id").fetchall()
    assert found == [(short, "approved", "supervisor"), (long, "approved", "manager"), (own, "declined", "")]


def test_a_write_off_is_proposed_by_one_and_noted_when_another_approves(four: Desk) -> None:
    supervisor, manager = client_of("supervisor"), client_of("manager")
    asked = {"off-customer": "C1", "off-amount": "500.00", "off-reason": "bankrupt"}
    assert supervisor.post("/supervision/write-offs/", asked | {"off-amount": "500.01"}).status_code == 422, "not owed"
    assert supervisor.post("/supervision/write-offs/", asked | {"off-amount": "x"}).status_code == 400
    assert client_of("collector").post("/supervision/write-offs/", asked).status_code == 403
    supervisor.post("/supervision/write-offs/", asked)
    assert supervisor.post("/supervision/write-offs/", asked).status_code == 422, "waits already"
    assert supervisor.post("/approvals/1/", {"decision": "approve"}).status_code == 422, "not theirs to decide"
    assert bodies(four, "note") == []
    page = manager.get("/approvals/").content.decode()
    assert "CNY\N{NO-BREAK SPACE}500.00" in page
    assert "bankruptcy ended without enough" in page
    manager.post("/approvals/1/", {"decision": "approve", "note": "seen"})
    assert bodies(four, "note") == [{
        "write_off": "approved", "approval_id": 1, "asked_by": "supervisor", "amount_minor": 50_000, "currency": "CNY",
        "reason": "bankrupt",
    }]  # fmt: skip
    supervisor.post("/supervision/write-offs/", asked | {"off-customer": "C2"})
    manager.post("/approvals/2/", {"decision": "reject"})
    assert len(bodies(four, "note")) == 1
    with four.store.connect() as connection:
        assert verify(connection).findings == ()


def test_an_approval_whose_note_cannot_be_written_is_not_given(four: Desk) -> None:
    from arrears.desk.people.models import Approval

    supervisor, manager = client_of("supervisor"), client_of("manager")
    supervisor.post("/supervision/write-offs/", {"off-customer": "C1", "off-amount": "1", "off-reason": "bankrupt"})
    with four.store.connect() as connection:
        connection.execute("DELETE FROM standing WHERE customer_id = 'C1'")
    assert manager.post("/approvals/1/", {"decision": "approve"}).status_code == 422
    assert Approval.objects.get().state == "open"
