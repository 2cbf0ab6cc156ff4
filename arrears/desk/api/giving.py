"""Addresses that give customers to agents and agencies, and take them back."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from arrears.desk.api import work_answers as a
from arrears.desk.api import work_schemas as s
from arrears.desk.api import work_values as w
from arrears.desk.api.access import Bearer, Caller
from arrears.desk.api.asking import Key, looked, read, said_of, written
from arrears.desk.api.once import once
from arrears.desk.current import desk
from arrears.desk.ledger.appending import Connection
from arrears.desk.people.accounts import user_named
from arrears.desk.work import assigning, placing
from arrears.desk.work.today import today_of

router = Router(tags=["work"])
ASSIGN = Bearer("work:write", "queue.assign")
PLACE = Bearer("work:write", "placement.make")


@router.post("/assignments", response=written(a.GivenOut), auth=ASSIGN)
def assign(request: HttpRequest, key: Key, told: s.AssignIn) -> HttpResponse:
    """Give customers to an agent, whoever had them before; each is on the record."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        given = assigning.assign(caller.actor, user_named(told.agent), told.customer_ids)
        return {"customer_ids": given, "left_out": sorted(set(told.customer_ids) - set(given))}

    return once(request, key, a.GivenOut, act, orm=True)


@router.post("/assignments/top", response=written(a.GivenOut), auth=ASSIGN)
def assign_top(request: HttpRequest, key: Key, told: s.TopIn) -> HttpResponse:
    """Give so many of the top of a queue of the latest published day, who are nobody's yet, to an agent."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        today, agent = today_of(connection), user_named(told.agent)
        top = assigning.top_of(connection, today.published, told.segment, told.channel, today.now, told.number)
        given = assigning.assign(caller.actor, agent, top) if top else []
        return {"customer_ids": given, "left_out": sorted(set(top) - set(given))}

    return once(request, key, a.GivenOut, act, orm=True)


@router.post("/assignments/take-away", response=written(a.TakenAwayOut), auth=ASSIGN)
def take_away(request: HttpRequest, key: Key, told: s.TakeAwayIn) -> HttpResponse:
    """Let customers be everybody's again; each is on the record."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        return {"customer_ids": assigning.take_away(caller.actor, told.customer_ids)}

    return once(request, key, a.TakenAwayOut, act, orm=True)


@router.post("/assignments/hand-over", response=written(a.HandedOverOut), auth=ASSIGN)
def hand_over(request: HttpRequest, key: Key, told: s.HandOverIn) -> HttpResponse:
    """Give all that somebody has, customers, open call-backs and open tasks, to another of the same house."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        return assigning.hand_over(caller.actor, user_named(told.whose), user_named(told.agent))._asdict()

    return once(request, key, a.HandedOverOut, act, orm=True)


@router.get("/placements", response=read(a.PlacementsOut), auth=Bearer("work:read", "placement.make"))
def placements(
    request: HttpRequest,
    agency: Annotated[w.AgencyCode | None, Query(description="Left out: every one.")] = None,
    page: w.Page = 1,
) -> Any:
    """Who is placed with whom, and until when, fifty a page."""
    with desk().connection() as connection:
        today = today_of(connection)
        rows, more = placing.placed_now(connection, agency or "", today.date, page)
        totals = placing.placed_by_agency(connection, today.date)
    looked(request.auth, "placements", len(rows), agency=agency or "", page=page)
    counts = [{"agency": name, "placed_n": placed_n, "over_n": over_n} for name, placed_n, over_n in totals]
    return {"placements": rows, "agencies": counts, "next_page": w.following(page, more=more)}


@router.post("/placements", response=written(a.GivenOut), auth=PLACE)
def place(request: HttpRequest, key: Key, told: s.PlaceIn) -> HttpResponse:
    """Place customers with an agency: from now on its people see their cases, and agents of the bank no longer get them."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        done, left = placing.place_all(
            connection, told.customer_ids, told.agency, desk().now(), caller.actor, until=told.until
        )  # fmt: skip
        return {"customer_ids": done, "left_out": left}

    return once(request, key, a.GivenOut, act)


@router.post("/placements/recall", response=written(a.RecalledOut), auth=PLACE)
def recall(request: HttpRequest, key: Key, told: s.RecallIn) -> HttpResponse:
    """Take a customer back from their agency, whose people see nothing of them from now on."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        with said_of("customer_id"):
            return {"agency": placing.recall(connection, told.customer_id, desk().now(), caller.actor)}

    return once(request, key, a.RecalledOut, act)
