"""Addresses of the work: what somebody has before them, the next customer, queues, agents, targets of the month."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from arrears.desk.api import schemas as common
from arrears.desk.api import values as v
from arrears.desk.api import work_answers as a
from arrears.desk.api import work_schemas as s
from arrears.desk.api import work_values as w
from arrears.desk.api.access import Bearer, Caller
from arrears.desk.api.asking import Key, looked, read, written
from arrears.desk.api.once import once
from arrears.desk.cases.tasks import late_tasks, tasks_of
from arrears.desk.current import desk
from arrears.desk.ledger.appending import Connection
from arrears.desk.paging import page_of_rows
from arrears.desk.people.roles import Right
from arrears.desk.work import queue as taking
from arrears.desk.work import queues as queueing
from arrears.desk.work.mine import call_backs_of, theirs, visits_of
from arrears.desk.work.targets import reached, set_target
from arrears.desk.work.today import today_of

router = Router(tags=["work"])
WORK_OR_VISIT: tuple[Right, ...] = ("case.work", "case.visit")


@router.get("/work/mine", response=read(a.MineOut), auth=Bearer("work:read", *WORK_OR_VISIT))
def mine(request: HttpRequest, page: w.Page = 1) -> Any:
    """Whom the token's owner works on, their call-backs, open tasks and, for whoever makes them, visits of today."""
    caller, now = request.auth, desk().now()
    with desk().connection() as connection:
        held = taking.held_by(connection, caller.actor, now)
        call_backs, more_call_backs = call_backs_of(connection, caller.user, page)
        tasks, more_tasks = tasks_of(connection, caller.actor, page)
        visits, more_visits = visits_of(connection, now, page) if caller.user.has_perm("case.visit") else ([], False)
    looked(caller, "work", (held is not None) + len(call_backs) + len(tasks) + len(visits), page=page)
    return {
        "customer_id": held if held is not None and caller.user.has_perm("case.see", held) else None,
        "call_backs": call_backs, "tasks": theirs(caller.user, tasks), "visits": visits,
        "next_page": w.following(page, more=more_call_backs or more_tasks or more_visits),
    }  # fmt: skip


@router.post("/work/next", response=written(a.TakenOut), auth=Bearer("work:write", "case.work"))
def take(request: HttpRequest, key: Key) -> HttpResponse:
    """The next customer, locked to the token's owner; the one held before is free. Each asking has a key of its own."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        now = desk().now()
        found = taking.next_customer(connection, caller.actor, now, agency=caller.user.agency)
        return {"customer_id": found, "until": None if found is None else now + taking.HOLD}

    return once(request, key, a.TakenOut, act)


@router.post("/work/release", response=written(common.Done), auth=Bearer("work:write", *WORK_OR_VISIT))
def release(request: HttpRequest, key: Key) -> HttpResponse:
    """Let go of the customer that the token's owner works on, if any."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        taking.release(connection, caller.actor)
        return {}

    return once(request, key, common.Done, act)


@router.get("/queues", response=read(a.QueuesOut), auth=Bearer("work:read", "queue.see"))
def queues(request: HttpRequest) -> Any:
    """What of the latest published day is done and who waits, by segment and channel."""
    with desk().connection() as connection:
        today = today_of(connection)
        found = queueing.queues_of(connection, today.published, today.now)
    return {"business_date": today.published, "queues": [asdict(one) for one in found]}


@router.get("/queues/customers", response=read(a.QueuedPage), auth=Bearer("work:read", "queue.see"))
def queued(
    request: HttpRequest,
    segment: Annotated[w.SegmentCode, Query()],
    channel: Annotated[v.Channel, Query()],
    page: Annotated[int, Query(ge=1, le=queueing.PAGES_MAX)] = 1,
) -> Any:
    """The customers of one queue, most urgent first, fifty a page."""
    with desk().connection() as connection:
        today = today_of(connection)
        rows, more = queueing.waiting_in(connection, today.published, segment, channel, today.now, page)
    following = page + 1 if more and page < queueing.PAGES_MAX else None
    looked(request.auth, "queue", len(rows), segment=segment, channel=channel, page=page)
    return {"business_date": today.published, "customers": rows, "next_page": following}


@router.get("/agents", response=read(a.AgentsOut), auth=Bearer("work:read", "queue.see"))
def agents(request: HttpRequest, page: w.Page = 1) -> Any:
    """What each agent did today, by the ledger, who works now first; and what nobody did in time. Fifty of each a page."""
    with desk().connection() as connection:
        today = today_of(connection)
        since = queueing.day_start(today.date, today.zone)
        everyone = queueing.agents_of(connection, queueing.workers(), since, today.now)
        late, more_late = queueing.late_call_backs(connection, today.now, page)
        undone, more_undone = late_tasks(connection, today.date, page)
    found, more_agents = page_of_rows(everyone, page)
    looked(request.auth, "agents", len(found) + len(late) + len(undone), page=page)
    return {
        "agents": [asdict(one) for one in found], "late_call_backs": late, "late_tasks": undone,
        "next_page": w.following(page, more=more_agents or more_late or more_undone),
    }  # fmt: skip


@router.get("/targets", response=read(a.TargetsOut), auth=Bearer("work:read", "target.set"))
def targets(
    request: HttpRequest, month: Annotated[w.Month | None, Query(description="Left out: the present one.")] = None
) -> Any:
    """Targets of a month by segment, and what was reached."""
    with desk().connection() as connection:
        today = today_of(connection)
        first = today.date.replace(day=1) if month is None else date.fromisoformat(f"{month}-01")
        segments = {one.segment for one in queueing.queues_of(connection, today.published, today.now)}
        found = reached(connection, first, segments, today.now, today.date, today.zone)
    rows = [
        {"segment": segment, "measures": [asdict(one) | {"actual_bp": one.actual_bp, "met": one.met} for one in measures]}
        for segment, measures in found.items()
    ]
    return {"month": f"{first:%Y-%m}", "segments": rows}


@router.post("/targets", response=written(a.TargetsSet), auth=Bearer("work:write", "target.set"))
def targets_set(request: HttpRequest, key: Key, told: s.TargetsIn) -> HttpResponse:
    """Set targets of a month, in place of others; each change is on the record."""
    month = date.fromisoformat(f"{told.month}-01")

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        ordered = sorted(told.targets, key=lambda one: (one.segment, one.measure))  # two who set the same never wait crosswise
        changed = [set_target(connection, month, one.segment, one.measure, one.value_bp, caller.actor) for one in ordered]
        return {"changed_n": sum(changed)}

    return once(request, key, a.TargetsSet, act, orm=True)
