"""Addresses of quality checks: what is drawn, the attempt with what followed, the marks it got."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from arrears.desk.api import waiting_answers as a
from arrears.desk.api import work_schemas as s
from arrears.desk.api import work_values as w
from arrears.desk.api.access import Bearer, Caller
from arrears.desk.api.asking import Key, RowId, looked, read, said_of, written
from arrears.desk.api.once import once
from arrears.desk.current import desk
from arrears.desk.ledger.appending import Connection
from arrears.desk.people.accounts import user_named
from arrears.desk.people.recording import record
from arrears.desk.work import quality as work
from arrears.desk.work.models import QualityCheck
from arrears.desk.work.queues import day_start, workers
from arrears.desk.work.today import today_of

RESULT_DAYS = 90
CHECKED = ("check_id", "agent", "customer_id", "checked_by", "checked_at", "marks", "remark")
router = Router(tags=["work"])
LOOK, CHECK = Bearer("work:read", "quality.check"), Bearer("work:write", "quality.check")


@router.get("/quality", response=read(a.QualityOut), auth=LOOK)
def quality(request: HttpRequest, page: w.Page = 1) -> Any:
    """What is drawn and waits, what was checked lately, fifty a page; results by agent."""
    end = desk().now() + timedelta(days=1)
    with desk().connection() as connection:
        waiting, more_waiting = work.waiting_checks(connection, request.auth.actor, page)
        found = work.results(connection, end - timedelta(days=RESULT_DAYS), end)
    results = [
        {
            "agent": one["agent"], "checked_n": one["checked_n"], "mean_hundredths": one["mean"],
            "means_hundredths": dict(zip(work.CRITERIA, one["means"], strict=True)),
        }
        for one in found
    ]  # fmt: skip
    checked, more_checked = work.lately_checked(page)
    looked(request.auth, "quality", len(waiting) + len(checked), page=page)
    return {
        "waiting": waiting, "checked": [_told(one, *CHECKED) for one in checked], "results": results,
        "next_page": w.following(page, more=more_waiting or more_checked),
    }  # fmt: skip


@router.post("/quality/draw", response=written(a.DrawnOut), auth=CHECK)
def draw(request: HttpRequest, key: Key, told: s.DrawIn) -> HttpResponse:
    """Draw calls and visits by chance, of one agent or of everybody but the token's owner; none is drawn twice."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        zone = today_of(connection).zone
        agents = work.whose(user_named(told.agent).username if told.agent else "", caller.actor, workers())
        first, end = day_start(told.first, zone), day_start(told.last + timedelta(days=1), zone)
        return {"drawn": work.draw(connection, agents, first, end, told.each, caller.actor, seed=told.seed)}

    return once(request, key, a.DrawnOut, act)


@router.get("/quality/{check_id}", response=read(a.CheckOut), auth=LOOK)
def check(request: HttpRequest, check_id: RowId) -> Any:
    """One attempt with what followed. That it was read is on the record."""
    with said_of("check_id"):
        found = work.check_of(check_id)
    with desk().connection() as connection:
        entries = work.around(connection, found)
    record(
        request.auth.actor, "look", customer_id=found.customer_id, subject="api quality check", check_id=check_id,
        token=request.auth.token.pk,
    )  # fmt: skip
    return _told(found, *CHECKED, "attempt_seq", "drawn_at", "drawn_by", "seed") | {"entries": entries}


@router.post("/quality/{check_id}", response=written(a.CheckedOut), auth=CHECK)
def marked(request: HttpRequest, check_id: RowId, key: Key, told: s.MarksIn) -> HttpResponse:
    """Mark one, once; nobody marks their own."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        with said_of("check_id"):
            work.check_of(check_id)
        return _told(work.mark(check_id, caller.actor, told.marks, told.remark, desk().now()), *CHECKED)

    return once(request, key, a.CheckedOut, act, orm=True)


def _told(check: QualityCheck, *names: str) -> dict[str, Any]:
    return {name: getattr(check, name) for name in names}
