"""Addresses of what waits for a decision: matters, plans, write-offs, and everything that needs a second person."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from arrears.desk.api import schemas as common
from arrears.desk.api import values as v
from arrears.desk.api import waiting_answers as a
from arrears.desk.api import work_schemas as s
from arrears.desk.api import work_values as w
from arrears.desk.api.access import Bearer, Caller, require_right
from arrears.desk.api.asking import Key, RowId, looked, read, require_customer, written
from arrears.desk.api.errors import ApiError
from arrears.desk.api.once import once
from arrears.desk.cases.matters import open_by_kind
from arrears.desk.cases.plans import approve_plan, reject_plan
from arrears.desk.current import desk
from arrears.desk.ledger.appending import Connection
from arrears.desk.people.approvals import APPROVED_BY, BY_API, decide, decided_lately, to_decide
from arrears.desk.people.models import Approval
from arrears.desk.work.today import today_of
from arrears.desk.work.waiting import matters_open, plans_to_approve
from arrears.desk.work.write_offs import propose, proposed

WRITE_OFFS_MAX = 50
DECIDERS = tuple(APPROVED_BY[kind] for kind in BY_API)
ASKED = (
    "approval_id", "kind", "subject", "detail", "asked_by", "asked_at", "state", "decided_by", "decided_at", "note",
)  # fmt: skip
router = Router(tags=["work"])


@router.get("/matters", response=read(a.MattersOut), auth=Bearer("cases:read", "matter.close"))
def matters(
    request: HttpRequest,
    kind: Annotated[v.MatterCode | None, Query(description="Left out: every kind.")] = None,
    page: w.Page = 1,
) -> Any:
    """Open disputes, complaints and requests for help, the first deadline first, fifty a page."""
    with desk().connection() as connection:
        today = today_of(connection)
        rows, more = matters_open(connection, kind or "", today.date, page)
        totals = open_by_kind(connection, today.date)
    looked(request.auth, "matters", len(rows), matter=kind or "", page=page)
    counts = [{"kind": name, "open_n": open_n, "overdue_n": overdue_n} for name, open_n, overdue_n in totals]
    return {"matters": rows, "counts": counts, "next_page": w.following(page, more=more)}


@router.get("/plans", response=read(a.WaitingPlansOut), auth=Bearer("cases:read", "plan.approve"))
def plans(request: HttpRequest, page: w.Page = 1) -> Any:
    """Plans that wait for somebody with more authority than who offered them, fifty a page."""
    with desk().connection() as connection:
        rows, more = plans_to_approve(connection, desk().policy, request.auth.user, page)
    looked(request.auth, "plans", len(rows), page=page)
    return {"plans": rows, "next_page": w.following(page, more=more)}


@router.post("/plans/{plan_id}", response=written(common.PlanState), auth=Bearer("approvals:write", "plan.approve"))
def plan(request: HttpRequest, plan_id: RowId, key: Key, told: s.DecisionIn) -> HttpResponse:
    """A second person's yes or no, who is not the one that offered it and has the authority."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        row = connection.execute("SELECT customer_id FROM repayment_plan WHERE plan_id = %s", [plan_id]).fetchone()
        if row is None:
            raise ApiError(404, "there is no such plan", where="plan_id", remedy="read the plans that wait")
        require_right(caller, row[0], "case.see")
        decided = approve_plan if told.decision == "approve" else reject_plan
        decided(connection, desk().policy, plan_id, desk().now(), caller.actor, caller.level())
        return {"plan_id": plan_id, "state": "approved" if told.decision == "approve" else "declined"}

    return once(request, key, common.PlanState, act)


@router.get("/write-offs", response=read(a.WriteOffsOut), auth=Bearer("work:read", "write_off.propose"))
def write_offs(
    request: HttpRequest,
    before: Annotated[w.RowNumber | None, Query(description="Those of lower numbers than this.")] = None,
) -> Any:
    """Write-offs that were proposed, and what was decided, the latest first."""
    found = proposed(WRITE_OFFS_MAX, before=before)
    following = found[-1].approval_id if len(found) == WRITE_OFFS_MAX else None
    looked(request.auth, "write-offs", len(found))
    return {"write_offs": [_told(one) for one in found], "next_before": following}


@router.post("/write-offs", response=written(a.Proposed), auth=Bearer("work:write", "write_off.propose"))
def write_off(request: HttpRequest, key: Key, told: s.WriteOffIn) -> HttpResponse:
    """Propose to write off: a second person decides."""
    require_right(request.auth, told.customer_id, "case.see")

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        require_customer(connection, told.customer_id)
        return {"approval_id": propose(connection, caller.user, told.customer_id, told.amount_minor, told.reason).approval_id}

    return once(request, key, a.Proposed, act, orm=True)


@router.get("/approvals", response=read(a.ApprovalsOut), auth=Bearer("work:read", *DECIDERS))
def approvals(request: HttpRequest, page: w.Page = 1) -> Any:
    """What waits for a second person and is of a kind that the token's owner decides, fifty a page; what was decided lately."""
    user = request.auth.user
    (waiting, more_waiting), (decided, more_decided) = to_decide(user, page, BY_API), decided_lately(user, page, BY_API)
    looked(request.auth, "approvals", len(waiting) + len(decided), page=page)
    return {
        "waiting": [_told(one) | {"own": one.asked_by == user.username} for one in waiting],
        "decided": [_told(one) for one in decided], "next_page": w.following(page, more=more_waiting or more_decided),
    }  # fmt: skip


@router.post("/approvals/{approval_id}", response=written(a.DecidedOut), auth=Bearer("approvals:write", *DECIDERS))
def decided(request: HttpRequest, approval_id: RowId, key: Key, told: s.ApprovalIn) -> HttpResponse:
    """Approve or reject what another asked for. A write-off that is approved is noted in the ledger by the same transaction.

    What an administrator asks for (users, their roles and access, tokens) is refused: a person decides it on the desk's page.
    """

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        found = decide(caller.user, approval_id, approve=told.decision == "approve", note=told.note, kinds=BY_API)
        return {"approval_id": found.approval_id, "state": found.state}

    return once(request, key, a.DecidedOut, act, orm=True)


def _told(approval: Approval) -> dict[str, Any]:
    return {name: getattr(approval, name) for name in ASKED}
