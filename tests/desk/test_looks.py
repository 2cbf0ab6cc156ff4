"""Whoever looks at customers, masked or not, is on the record: of a list once, however many are in it, on page and API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from arrears.card.plan import PlanTerms
from arrears.desk.cases.matters import open_matter
from arrears.desk.cases.plans import offer_plan
from arrears.desk.current import Desk
from tests.desk.making import DAY, MORNING, customer, gates, intent
from tests.desk.test_api import SCOPES, call, token
from tests.desk.users import client_of

DAYS = {"first": str(DAY), "last": str(DAY)}
OF_DAY = f"from={DAY}&to={DAY}"
QUEUE = {"segment": "seg", "channel": "call", "page": 1}
LISTS: list[tuple[str, str, str, str, dict[str, Any]]] = [
    ("plans", "supervisor", "/supervision/plans/", "/plans", {"page": 1, "rows": 2}),
    ("queue", "supervisor", "/supervision/queue/?segment=seg&channel=call", "/queues/customers?segment=seg&channel=call",
     QUEUE | {"rows": 3}),
    ("matters", "supervisor", "/supervision/matters/?kind=complaint", "/matters?kind=complaint",
     {"matter": "complaint", "page": 1, "rows": 1}),
    ("placements", "supervisor", "/supervision/placements/", "/placements", {"agency": "", "page": 1, "rows": 1}),
    ("agents", "supervisor", "/supervision/", "/agents", {"page": 1, "rows": 5}),
    ("work", "collector", "/work/", "/work/mine", {"page": 1, "rows": 0}),
    ("write-offs", "supervisor", "/supervision/write-offs/", "/write-offs", {"rows": 1}),
    ("refusals", "compliance", f"/compliance/?{OF_DAY}", f"/law/refusals?{OF_DAY}", DAYS | {"rows": 0}),
    ("refusal entries", "compliance", f"/compliance/refused/?rule=R&{OF_DAY}", f"/law/refusals/entries?rule=R&{OF_DAY}",
     DAYS | {"fate": "refused", "what": "R", "rows": 0}),
]  # fmt: skip
"""What the record calls it, who looks, the page, the address, and what is kept beside it."""


@pytest.fixture
def busy(here: Desk) -> Iterator[Desk]:
    """Three customers with something in every list."""
    from arrears.desk.people.models import User
    from arrears.desk.work.placing import place
    from arrears.desk.work.write_offs import propose

    cache.clear()
    here.__dict__["gates"] = gates
    with here.store.connect() as connection:
        for n in (1, 2, 3):
            customer(connection, f"C{n}")
            intent(connection, f"C{n}", priority=n)
    with here.connection() as connection:
        open_matter(connection, here.policy, "C1", "complaint", MORNING, "collector")
        place(connection, "C1", "AG1", MORNING, "supervisor")
        propose(connection, User.objects.get(username="supervisor"), "C1", 100, "bankrupt")
        for n in (2, 3):
            first, terms = (MORNING + timedelta(days=20)).date(), PlanTerms(100_000, 48, "equal_payment", 0)
            offer_plan(connection, here.policy, f"C{n}", terms, first, MORNING, "collector", "collector")
    yield here


def looks() -> list[tuple[str, str, dict[str, Any]]]:
    from arrears.desk.people.models import Record

    return list(Record.objects.filter(kind="look").order_by("record_id").values_list("actor", "subject", "detail"))


@pytest.mark.parametrize(("name", "who", "page", "address", "kept"), LISTS, ids=[one[0] for one in LISTS])
def test_a_look_at_a_list_is_recorded_once(
    busy: Desk, name: str, who: str, page: str, address: str, kept: dict[str, Any]
) -> None:  # fmt: skip
    assert client_of(who).get(page).status_code == 200
    assert looks() == [(who, name, kept)]
    secret = token(who, *SCOPES, "law:read")
    assert call(secret, "GET", address).status_code == 200
    assert looks()[1:] == [(who, f"api {name}", kept | {"token": 1})]


def test_whoever_may_not_look_is_not_recorded_as_having_looked(busy: Desk) -> None:
    for _name, _who, page, address, _kept in LISTS:
        assert client_of("administrator").get(page).status_code == 403
        assert call(token("administrator", *SCOPES, "law:read"), "GET", address).status_code == 403
    assert looks() == []


def test_looks_at_conduct_are_recorded_once_it_is_there(own: Desk) -> None:
    from arrears.desk.compliance.longer import keep

    secret, officer = token("compliance", "law:read"), client_of("compliance")
    for _time in range(2):
        officer.get(f"/compliance/conduct/{DAY}/")
        call(secret, "GET", f"/conduct/{DAY}")
    assert looks() == [], "nothing was seen"
    keep(f"conduct-{DAY}", "compliance", lambda progress: {"findings": [], "found": {}, "date": str(DAY)})
    assert officer.get(f"/compliance/conduct/{DAY}/").status_code == 200
    assert call(secret, "GET", f"/conduct/{DAY}").status_code == 200
    kept = {"rows": 0, "day": str(DAY)}
    assert looks() == [("compliance", "conduct", kept), ("compliance", "api conduct", kept | {"token": 1})]


def test_the_accounts_and_contacts_behind_a_figure_are_recorded_on_the_page_too(at_work: Desk) -> None:
    client = client_of("manager")
    assert client.get(f"/figures/accounts/?kind=bucket&name=1&now={DAY}").status_code == 200
    assert client.get(f"/figures/work/behind/?kind=payments&name=&by=segment&now={DAY}").status_code == 200
    (accounts, work) = looks()
    assert (accounts[1], accounts[2]["figure"], work[1], work[2]["figure"]) == (
        "accounts", "bucket 1", "work", "payments segment  ",
    )  # fmt: skip
    assert accounts[2]["rows"] > 0
