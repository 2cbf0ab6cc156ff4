"""Customers found by how their id begins, and the calculator's answer, for other systems: as the pages give them."""

from __future__ import annotations

from typing import Any

import pytest

from arrears.desk.current import Desk
from tests.desk.making import DAY, MORNING, customer, gates, intent
from tests.desk.test_api import call, kinds, token
from tests.desk.users import client_of

TERMS = "principal_minor=100000&term_months=12&apr_ppm=120000"


@pytest.fixture
def many(here: Desk) -> Desk:
    """`A0` to `A9`, `B_1`, `Bx1`; a visit to `A5`, one to `A6` that is over; `A7` is with `AG1`, `A8` was until yesterday."""
    from arrears.desk.work.placing import place

    here.__dict__["gates"] = gates
    with here.store.connect() as connection:
        for name in (*(f"A{n}" for n in range(10)), "B_1", "Bx1"):
            customer(connection, name)
        intent(connection, "A5", "v", channel="visit")
        intent(connection, "A6", "v", channel="visit")
        connection.execute("UPDATE intent SET state = 'expired' WHERE customer_id = 'A6'")
    with here.connection() as connection:
        for name in ("A7", "A8"):
            place(connection, name, "AG1", MORNING, "supervisor")
        connection.execute("UPDATE placement SET until_date = %s::date - 1 WHERE customer_id = 'A8'", [DAY])
    return here


def ids(answer: Any) -> list[str]:
    return [one["customer_id"] for one in answer.json()["customers"]]


def test_customers_are_found_by_how_their_id_begins_a_page_at_a_time(many: Desk) -> None:
    secret = token("collector")
    found, after = [], ""
    while after is not None:
        page = call(secret, "GET", f"/customers?begins=A&limit=4{f'&after={after}' if after else ''}")
        assert len(ids(page)) <= 4
        found, after = found + ids(page), page.json()["next_after"]
    assert found == [f"A{n}" for n in range(10)]
    assert call(secret, "GET", "/customers?begins=A&limit=10").json()["next_after"] is None
    assert ids(call(secret, "GET", "/customers?begins=B_")) == ["B_1"], "no letter stands for another"
    assert ids(call(secret, "GET", "/customers?begins=Z")) == []
    assert {one["past_due_minor"] for one in call(secret, "GET", "/customers?begins=B").json()["customers"]} == {10_000}
    for odd in ("", "?begins=%25", "?begins=A&customer_id=A1", "?begins=A&limit=51"):
        assert call(secret, "GET", f"/customers{odd}").status_code == 422, odd


def test_whoever_may_not_see_a_case_does_not_learn_that_it_exists(many: Desk) -> None:
    for who, theirs in (("agency", ["A7"]), ("field_agent", ["A5"])):
        page = call(token(who), "GET", "/customers?begins=A&limit=1").json()
        assert ([one["customer_id"] for one in page["customers"]], page["next_after"]) == (theirs, None), who
        sought = client_of(who).get("/work/find/", {"id": "A"}).content.decode()
        assert [f"A{n}" for n in range(10) if f"/work/case/A{n}/" in sought] == theirs
    assert call(token("administrator"), "GET", "/customers?begins=A").status_code == 403
    assert call(token("collector", "work:read"), "GET", "/customers?begins=A").status_code == 403


def test_the_pages_search_leads_on_to_the_rest(here: Desk) -> None:
    with here.store.connect() as connection:
        for n in range(25):
            customer(connection, f"A{n:02}")
    client = client_of("collector")
    first = client.get("/work/find/", {"id": "A"}).content.decode()
    assert ("/work/case/A19/" in first, "/work/case/A20/" in first, "Further ones" in first) == (True, False, True)
    rest = client.get("/work/find/", {"id": "A", "after": "A19"}).content.decode()
    assert ("/work/case/A20/" in rest, "/work/case/A24/" in rest, "Further ones" in rest) == (True, True, False)


def test_a_quote_is_the_calculators_and_recorded(many: Desk) -> None:
    from arrears.desk.people.models import Record

    told = call(token("collector"), "GET", f"/customers/A1/quote?{TERMS}").json()
    assert (told["currency"], told["monthly_minor"], len(told["instalments"])) == ("CNY", 8_885, 12)
    assert told["total_minor"] == 100_000 + told["cost_minor"] == sum(one["payment_minor"] for one in told["instalments"])
    assert told["saved_minor"] == told["minimum_interest_minor"] - told["cost_minor"] > 0
    assert told["minimum_months"] > 12
    terms = {"plan-amount": "1000", "plan-months": "12", "plan-apr": "12", "plan-first": "2026-07-01"}
    client = client_of("collector")
    page = client.get("/work/case/A2/quote/", terms).content.decode()
    for minor in ("monthly_minor", "total_minor", "cost_minor", "minimum_interest_minor", "saved_minor"):
        assert f"{told[minor] / 100:,.2f}" in page, minor
    client.get("/work/case/A2/timeline/")
    looks = Record.objects.filter(kind="look").order_by("record_id").values_list("customer_id", "subject")
    assert list(looks) == [("A1", "api quote"), ("A2", "case")], "on the page once while they stay on it"
    assert kinds(many) == ["note", "note"], "placed; to quote is to offer nothing"


@pytest.mark.parametrize(("who", "customer_id", "status"), [
    ("agency", "A7", 200), ("agency", "A1", 403), ("agency", "nobody", 403), ("field_agent", "A5", 200),
    ("field_agent", "A6", 403), ("manager", "A1", 200), ("manager", "nobody", 404), ("administrator", "A1", 403),
])  # fmt: skip
def test_a_quote_is_for_whoever_sees_the_case(many: Desk, who: str, customer_id: str, status: int) -> None:
    assert call(token(who), "GET", f"/customers/{customer_id}/quote?{TERMS}").status_code == status


@pytest.mark.parametrize("terms", [
    "", "principal_minor=0&term_months=12", "principal_minor=1&term_months=601", "principal_minor=1&term_months=0",
    "principal_minor=100000000000001&term_months=12", "principal_minor=1.5&term_months=12",
    "principal_minor=100&term_months=12&apr_ppm=1000001",
])  # fmt: skip
def test_what_is_no_plan_is_not_quoted(many: Desk, terms: str) -> None:
    assert call(token("collector"), "GET", f"/customers/A1/quote?{terms}").status_code == 422


def test_what_minimum_payments_never_repay_is_told_so(own: Desk) -> None:
    """A tenth of one minor unit is none, where the contract has no floor."""
    bank = own.workspace / "bank.toml"
    bank.write_text(bank.read_text(encoding="utf-8").replace("minimum_floor_minor = 5000", "minimum_floor_minor = 0", 1))
    with own.store.connect() as connection:
        customer(connection, "A1")
    told = call(token("collector"), "GET", "/customers/A1/quote?principal_minor=1&term_months=600").json()
    assert (told["minimum_months"], told["minimum_interest_minor"], told["saved_minor"]) == (None, None, None)
    assert told["total_minor"] == 1
