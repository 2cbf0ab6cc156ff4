"""No list ends at a fixed number without leading on to the rest, by the API and on the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from arrears.card.plan import PlanTerms
from arrears.desk.cases.plans import offer_plan
from arrears.desk.current import Desk
from arrears.desk.paging import PAGE
from tests.desk.making import DAY, MORNING, customer, gates, intent
from tests.desk.test_api import SCOPES, call, token
from tests.desk.users import client_of

MANY = PAGE + 3


@pytest.fixture
def many(here: Desk) -> Desk:
    """More customers than a page has, with a visit due each."""
    cache.clear()
    here.__dict__["gates"] = gates
    with here.store.connect() as connection:
        for n in range(MANY):
            customer(connection, f"C{n:02}")
            intent(connection, f"C{n:02}", "v", channel="visit")
    return here


def plans(desk: Desk) -> None:
    first, terms = (MORNING + timedelta(days=20)).date(), PlanTerms(100_000, 48, "equal_payment", 0)
    with desk.connection() as connection:
        for n in range(MANY):
            offer_plan(connection, desk.policy, f"C{n:02}", terms, first, MORNING, "collector", "collector")


def tasks(desk: Desk) -> None:
    with desk.connection() as connection:
        connection.execute(
            "INSERT INTO task (customer_id, action, due_on, agent, opened_by) "
            "SELECT customer_id, 'follow_up', %s::date - 1, 'collector', 'collector' FROM customer", [DAY],
        )  # fmt: skip


def call_backs(desk: Desk) -> None:
    with desk.connection() as connection:
        connection.execute(
            "INSERT INTO call_back (customer_id, agent, at) SELECT customer_id, 'collector', %s FROM customer",
            [MORNING - timedelta(hours=1)],
        )


def visits(desk: Desk) -> None:
    """They are there."""


def asked(desk: Desk) -> None:
    from arrears.desk.people.approvals import ask
    from arrears.desk.people.models import User

    supervisor = User.objects.get(username="supervisor")
    for n in range(MANY):
        ask(supervisor, "write_off", f"C{n:02}", amount_minor=1, currency="CNY", reason="bankrupt")


def decided(desk: Desk) -> None:
    from django.utils import timezone

    from arrears.desk.people.models import Approval

    asked(desk)
    Approval.objects.update(state="rejected", decided_by="manager", decided_at=timezone.now())


def drawn(desk: Desk) -> None:
    with desk.connection() as connection:
        connection.execute(
            "INSERT INTO ledger_entry (at, local_at, customer_id, kind, actor, channel, body) "
            "SELECT %s, '2026-06-15T10:00:00', customer_id, 'attempt', 'collector', 'call', '{}' FROM customer "
            "ORDER BY customer_id", [MORNING],
        )  # fmt: skip
        connection.execute(
            "INSERT INTO quality_check (attempt_seq, agent, customer_id, drawn_by, seed, checked_by, marks, remark) "
            "SELECT seq, 'collector', customer_id, 'supervisor', 1, '', '{}', '' FROM ledger_entry"
        )


def checked(desk: Desk) -> None:
    from arrears.desk.work.models import QualityCheck
    from arrears.desk.work.quality import CRITERIA

    drawn(desk)
    QualityCheck.objects.update(checked_by="supervisor", checked_at=MORNING, marks=dict.fromkeys(CRITERIA, 2))


def documents(desk: Desk) -> None:
    with desk.connection() as connection:
        for n in range(MANY):
            connection.execute(
                "INSERT INTO document (customer_id, sha256, kind, media, size, added_by, added_at) "
                "VALUES ('C00', %s, 'income', 'application/pdf', 1, 'collector', %s)", [f"{n:064}", MORNING],
            )  # fmt: skip


def candidates(desk: Desk) -> None:
    from arrears.desk.people.approvals import ask
    from arrears.desk.people.models import User

    for n in range(MANY):
        ask(User.objects.get(username="second"), "strategy", f"{n:064}", title="t", id="i")
        ask(User.objects.get(username="second"), "policy", f"{n:064}", title="t", pack="p")


LISTS: list[tuple[str, str, str, Callable[[Desk], None]]] = [
    ("supervisor", "/plans", "plans", plans), ("collector", "/work/mine", "tasks", tasks),
    ("collector", "/work/mine", "call_backs", call_backs), ("field_agent", "/work/mine", "visits", visits),
    ("manager", "/agents", "late_tasks", tasks), ("manager", "/agents", "late_call_backs", call_backs),
    ("manager", "/approvals", "waiting", asked), ("manager", "/approvals", "decided", decided),
    ("supervisor", "/quality", "waiting", drawn), ("supervisor", "/quality", "checked", checked),
    ("collector", "/customers/C00/documents", "documents", documents),
    ("strategist", "/playbooks", "submitted", candidates), ("compliance", "/policies", "proposed", candidates),
]  # fmt: skip


@pytest.mark.parametrize(("who", "address", "name", "make"), LISTS, ids=[f"{one[1]} {one[2]}" for one in LISTS])
def test_a_list_of_the_api_goes_on_to_its_end(
    many: Desk, who: str, address: str, name: str, make: Callable[[Desk], None]
) -> None:  # fmt: skip
    make(many)
    secret, page, found = token(who, *SCOPES, "strategy:read"), 1, []
    while page is not None:
        answer = call(secret, "GET", f"{address}?page={page}").json()
        assert 0 < len(answer[name]) <= PAGE
        found, page = found + answer[name], answer["next_page"]
    assert (len(found), len({str(one) for one in found})) == (MANY, MANY), "each once"
    assert call(secret, "GET", f"{address}?page=0").status_code == 422


PAGES: list[tuple[str, str, Callable[[Desk], None]]] = [
    ("supervisor", "/supervision/plans/", plans), ("collector", "/work/", tasks), ("field_agent", "/work/visits/", visits),
    ("supervisor", "/supervision/", tasks), ("manager", "/approvals/", asked), ("supervisor", "/supervision/quality/", drawn),
]  # fmt: skip


@pytest.mark.parametrize(("who", "address", "make"), PAGES, ids=[one[1] for one in PAGES])
def test_a_list_of_the_pages_leads_on_to_its_end(many: Desk, who: str, address: str, make: Callable[[Desk], None]) -> None:
    make(many)
    client = client_of(who)
    first, last = (client.get(address, {"page": page}).content.decode() for page in (1, 2))

    def names(text: str) -> set[str]:
        return {one for n in range(MANY) if (one := f"C{n:02}") in text}

    assert ("Next page" in first, "Next page" in last, "Previous page" in last) == (True, False, True)
    assert (len(names(first)), len(names(last)), names(first) & names(last)) == (PAGE, MANY - PAGE, set())


def test_a_case_says_that_it_lists_not_everything(many: Desk) -> None:
    client, secret = client_of("collector"), token("collector")
    notes = ("The fifty most urgent; there are more.", "The latest fifty; there are more.")
    page = client.get("/work/case/C00/").content.decode()
    assert [one in page for one in notes] == [False, False]
    documents(many)
    with many.connection() as connection:
        for _n in range(MANY):
            connection.execute(
                "INSERT INTO task (customer_id, action, due_on, agent, opened_by) VALUES ('C00', 'follow_up', %s, 'c', 'c')",
                [DAY],
            )
    page = client.get("/work/case/C00/").content.decode()
    assert [one in page for one in notes] == [True, True]
    case = call(secret, "GET", "/customers/C00").json()
    assert (len(case["tasks"]), case["more_tasks"]) == (PAGE, True)
    assert call(secret, "GET", "/customers/C01").json()["more_tasks"] is False


def test_write_offs_and_short_lists(many: Desk) -> None:
    client = client_of("supervisor")
    assert "Next page" not in client.get("/supervision/plans/").content.decode(), "there is one page"
    asked(many)
    first = client.get("/supervision/write-offs/").content.decode()
    assert ("Earlier ones" in first, "C52" in first, "C02" in first) == (True, True, False)
    rest = client.get("/supervision/write-offs/?before=4").content.decode()
    assert ("Earlier ones" in rest, "C02" in rest, "C52" in rest) == (False, True, False)
    odd: Any = client.get("/supervision/plans/?page=x")
    assert odd.status_code == 200


def test_every_agent_is_on_some_page_of_agents(many: Desk) -> None:
    from arrears.desk.people.models import User
    from arrears.desk.work.queues import workers

    before = {one.username for one in workers()}
    for n in range(600):
        User.objects.create(username=f"a{n:03}", name=f"A {n}", roles=["collector"])
    secret, page, found = token("manager", *SCOPES), 1, []
    while page:
        answer = call(secret, "GET", f"/agents?page={page}").json()
        found += [one["username"] for one in answer["agents"]]
        page = answer["next_page"]
    assert (len(found), set(found)) == (len(set(found)), before | {f"a{n:03}" for n in range(600)})
    last = client_of("supervisor").get(f"/supervision/?page={-(-len(found) // 50)}").content.decode()
    listed = last.split('id="agents-h"')[1].split("</table>")[0]
    assert listed.count('<th scope="row">') == len(found) % 50 and "A 0 " not in listed
