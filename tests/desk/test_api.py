"""The API: tokens, rights, keys, and that no request brings it down."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS

from arrears.desk.current import Desk
from tests.desk.making import DAY, MORNING, customer, gates, intent

SCOPES = (
    "cases:read", "cases:write", "contacts:ask", "payments:write", "ledger:read", "work:read", "work:write", "approvals:write",
)  # fmt: skip
CHECKED = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
EXAMPLES = 8


def token(username: str, *scopes: str) -> str:
    from arrears.desk.api.tokens import make_token
    from arrears.desk.people.models import User

    return make_token("administrator", User.objects.get(username=username), "a system", scopes or SCOPES)[1]


def call(secret: str, method: str, path: str, body: Any = None, key: str = "key-1") -> Any:
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": key}
    text = body if isinstance(body, bytes) else json.dumps(body or {})
    return Client(enforce_csrf_checks=True).generic(method, f"/api/v1{path}", text, "application/json", headers=headers)


def made(desk: Desk) -> int:
    desk.__dict__["gates"] = gates
    with desk.store.connect() as connection:
        customer(connection, "C1")
        return intent(connection, "C1")


def kinds(desk: Desk) -> list[str]:
    with desk.connection() as connection:
        return [str(row[0]) for row in connection.execute("SELECT kind FROM ledger_entry ORDER BY seq").fetchall()]


def test_no_two_answers_go_by_one_name(here: Desk) -> None:
    """The contract has one of a name: the other's answers would not be what it says."""
    import arrears.desk.api.service  # noqa: F401 - it imports every address
    from arrears.desk.api.values import In, Out

    names = Counter(one.__name__ for base in (In, Out) for one in base.__subclasses__())
    assert [name for name, n in names.items() if n > 1] == []


def test_every_address_holds_against_made_up_requests(own: Desk) -> None:
    from arrears.desk.api.tokens import SCOPES as EVERY

    made(own)
    headers = {"Authorization": f"Bearer {token('second', *EVERY)}", "Host": "testserver"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application(), headers={"Host": "testserver"})
    checks = CHECKS.get_by_names(CHECKED)
    operations = [one.ok() for one in schema.get_all_operations()]
    assert len(operations) >= 20
    seen: Counter[int] = Counter()
    for operation in operations:

        @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def holds(case: Any) -> None:
            if "customer_id" in case.path_parameters:
                case.path_parameters["customer_id"] = "C1"
            response = case.call(headers=headers)
            seen[response.status_code] += 1
            case.validate_response(response, checks=checks)

        holds()
    assert seen[200] > len(operations), seen
    assert not seen[401], seen


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/customers/C1/promises", b'{"amount_minor": 1' + b"0" * 5000 + b', "due_on": "2026-06-20"}', 400),
        ("/customers/C1/promises", b'{"amount_minor": 10000000000000000000000, "due_on": "2026-06-20"}', 422),
        ("/customers/C1/promises", b'{"amount_minor": 100, "due_on": "9999-12-31"}', 422),
        ("/customers/C1/call-backs", b'{"at": "0001-01-01T00:00:00+14:00"}', 422),
        ("/customers/C1/call-backs", b'{"at": "9999-12-31T23:59:59-14:00"}', 422),
        ("/customers/C1/states", rb'{"flag": "cease", "evidence": "\u0000"}', 422),
        ("/customers/C1/states", rb'{"flag": "\ud800"}', 422),
        ("/customers/C1/states", rb'{"\ud800": 1}', 422),
        ("/customers/C1/states", b"\xff", 400),
        ("/customers/C1/states", b"[" * 100_000, 400),
        ("/customers/%00/reason", b'{"reason": "lost_income"}', 422),
        ("/customers/C9/reason", b'{"reason": "lost_income"}', 404),
        ("/customers/C1/plans/99999999999999999999/accept", b"", 422),
        ("/nowhere", b"", 404),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_form(here: Desk, path: str, body: bytes, status: int) -> None:
    made(here)
    answer = call(token("supervisor"), "POST", path, body)
    assert (answer.status_code, set(answer.json()["error"])) == (status, {"what", "where", "remedy"})
    assert kinds(here) == []


def test_a_task_is_opened_for_somebody_who_may_and_closed_once(here: Desk) -> None:
    made(here)
    secret, day = token("supervisor"), str(DAY + timedelta(days=3))
    sent = {"action": "check_documents", "due_on": day}
    for agent, status in (("nobody", 422), ("administrator", 422), ("collector", 200)):
        answer = call(secret, "POST", "/customers/C1/tasks", sent | {"agent": agent}, key=agent)
        assert answer.status_code == status, agent
    assert answer.json() == {"task_id": 1}
    (task,) = call(secret, "GET", "/customers/C1").json()["tasks"]
    assert task == {"task_id": 1, "action": "check_documents", "due_on": day, "agent": "collector"}
    assert call(secret, "POST", "/customers/C2/tasks/1/close", {"outcome": "done"}, key="a").status_code == 404
    assert call(secret, "POST", "/customers/C1/tasks/1/close", {"outcome": "done"}, key="b").status_code == 200
    assert call(secret, "POST", "/customers/C1/tasks/1/close", {"outcome": "done"}, key="c").status_code == 422
    assert call(secret, "GET", "/customers/C1").json()["tasks"] == []


def test_a_method_that_is_not_taken_is_told_in_the_same_form(here: Desk) -> None:
    for path in ("/days", "/customers/C1"):
        answer = call(token("supervisor"), "DELETE", path)
        assert (answer.status_code, answer.headers["Allow"], answer.headers["Content-Type"]) == (405, "GET", "application/json")
        assert answer.json()["error"] == {"what": "this address does not take that", "where": "method", "remedy": "use GET"}
    page = Client().get("/sign-out/")
    assert (page.status_code, page.headers.get("Content-Type", "").startswith("application/json")) == (405, False), (
        "no address of it"
    )


def test_nobody_comes_in_without_a_live_token_and_its_scope(here: Desk) -> None:
    from arrears.desk.people.models import Record, User

    made(here)
    secret = token("supervisor", "ledger:read")
    assert call("arr_wrong", "GET", "/customers/C1/timeline").status_code == 401
    assert call(secret, "GET", "/customers/C1/timeline").status_code == 200
    assert call(secret, "GET", "/customers/C1").json()["error"]["where"] == "cases:read"
    assert call(token("administrator"), "GET", "/customers/C1").status_code == 403, "scopes give no right"
    assert Record.objects.filter(kind="refused").count() == 2
    User.objects.filter(username="supervisor").update(is_active=False)
    assert call(secret, "GET", "/customers/C1/timeline").status_code == 401, "its owner is shut out"


def test_a_revoked_token_is_out_at_once(here: Desk) -> None:
    from arrears.desk.api.models import Token
    from arrears.desk.api.tokens import revoke_token

    made(here)
    secret = token("supervisor")
    assert call(secret, "GET", "/customers/C1").status_code == 200
    revoke_token("administrator", Token.objects.get())
    assert call(secret, "GET", "/customers/C1").status_code == 401


def test_an_agency_reads_and_writes_what_is_placed_with_it(here: Desk) -> None:
    from arrears.desk.work.placing import place

    made(here)
    secret, told = token("agency"), {"reason": "lost_income"}
    assert call(secret, "GET", "/customers/C1").status_code == 403
    assert call(secret, "POST", "/customers/C1/reason", told).status_code == 403
    assert call(secret, "GET", "/customers?customer_id=C1").json()["customers"] == []
    with here.connection() as connection:
        place(connection, "C1", "AG1", MORNING, "supervisor")
    assert call(secret, "GET", "/customers/C1").json()["customer_id"] == "C1"
    assert call(secret, "POST", "/customers/C1/reason", told).status_code == 200
    assert [one["customer_id"] for one in call(secret, "GET", "/customers?customer_id=C1").json()["customers"]] == ["C1"]
    paid = {"payment_id": "P1", "customer_id": "C1", "amount_minor": 100, "currency": "CNY"}
    assert call(secret, "POST", "/payments", paid, "key-2").status_code == 403, "the bank tells what came in"


def test_a_request_of_one_key_is_done_once(here: Desk) -> None:
    made(here)
    secret, path = token("collector"), "/customers/C1/promises"
    told = {"amount_minor": 5000, "due_on": "2026-06-20"}
    first, again = call(secret, "POST", path, told), call(secret, "POST", path, told)
    assert (first.status_code, again.content, again.headers["Idempotency-Replayed"]) == (200, first.content, "true")
    assert call(secret, "POST", path, told | {"amount_minor": 6000}).json()["error"]["where"] == "Idempotency-Key"
    assert kinds(here) == ["promise"]
    headers = {"Authorization": f"Bearer {secret}"}
    bare = Client().post(f"/api/v1{path}", told, "application/json", headers=headers)
    assert (bare.status_code, bare.json()["error"]["where"]) == (400, "Idempotency-Key")


def test_at_the_same_time_one_key_is_done_once(here: Desk) -> None:
    made(here)
    secret = token("collector")

    def once(_: int) -> int:
        try:
            return int(call(secret, "POST", "/customers/C1/matters", {"kind": "dispute"}).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(once, range(6)))
    assert 200 in answers
    assert answers <= {200, 409}
    assert kinds(here).count("matter") == 1


def test_what_fails_midway_leaves_neither_deed_nor_answer(here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from arrears.desk.api import writing
    from arrears.desk.api.models import Answered

    def cut_off(*args: Any) -> None:
        genuine(*args)
        raise RuntimeError

    made(here)
    secret, told, genuine = token("collector"), {"reason": "lost_income"}, writing.give_reason
    with monkeypatch.context() as patch:
        patch.setattr(writing, "give_reason", cut_off)
        assert call(secret, "POST", "/customers/C1/reason", told).status_code == 500
    assert (kinds(here), Answered.objects.count()) == ([], 0)
    assert call(secret, "POST", "/customers/C1/reason", told).status_code == 200
    assert kinds(here) == ["note"]


def test_the_gate_is_asked_and_the_outcome_told(here: Desk) -> None:
    number = made(here)
    secret = token("collector")
    assert call(secret, "GET", f"/customers/C1/contacts/{number}").json()["fate"] == "allowed"
    assert kinds(here) == [], "to foresee is to ask nothing"
    found = call(secret, "POST", "/customers/C1/contacts", {"intent_id": number}).json()
    assert found["fate"] == "allowed"
    told = {"attempt_seq": found["attempt_seq"], "outcome": "no_answer"}
    assert call(token("second"), "POST", "/customers/C1/outcomes", told).status_code == 404, "another's attempt"
    assert call(secret, "POST", "/customers/C1/outcomes", told, "key-2").status_code == 200
    assert call(secret, "POST", "/customers/C1/contacts", {"intent_id": number}, "key-3").status_code == 409
    entries = call(secret, "GET", "/customers/C1/timeline?limit=1").json()
    assert entries["next_after"] == entries["entries"][0]["seq"]
    assert (
        call(secret, "GET", f"/customers/C1/timeline?after={entries['next_after']}").json()["entries"][0]["kind"] == "outcome"
    )
    assert call(secret, "GET", "/ledger").json()["seq"] == 2
