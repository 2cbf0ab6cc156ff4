"""Addresses that write to a case: what customers say, agree to and raise."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from arrears.card.plan import PlanTerms
from arrears.desk.api import schemas as s
from arrears.desk.api.access import Bearer, Caller, require_right
from arrears.desk.api.asking import CustomerId, Key, RowId, require_customer, require_theirs, written
from arrears.desk.api.errors import ApiError
from arrears.desk.api.once import once
from arrears.desk.api.values import Flag
from arrears.desk.cases.file import give_reason
from arrears.desk.cases.matters import close_matter, open_matter
from arrears.desk.cases.plans import accept_plan, approve_plan, decline_plan, offer_plan
from arrears.desk.cases.promises import make_promise
from arrears.desk.cases.states import end_state, enter_state
from arrears.desk.cases.tasks import close_task, open_task
from arrears.desk.current import desk
from arrears.desk.dispatch.telling import tell_inbound
from arrears.desk.ledger.appending import Connection
from arrears.desk.work.doers import require_doer
from arrears.desk.work.queue import book_call_back

router = Router(tags=["cases"])
WORK = Bearer("cases:write", "case.work")
WORK_OR_VISIT = Bearer("cases:write", "case.work", "case.visit")
CUSTOMER = "/customers/{customer_id}"


_ACCOUNT = """SELECT 1 FROM (SELECT debts FROM standing WHERE customer_id = %s ORDER BY business_date DESC LIMIT 1) AS s,
jsonb_array_elements(s.debts::jsonb) AS one WHERE one->>'id' = %s"""
_INSTALMENTS = "SELECT number, due_on, amount_minor FROM instalment WHERE plan_id = %s ORDER BY number"


@router.post(CUSTOMER + "/inbound", response=written(s.Done), auth=WORK)
def inbound(request: HttpRequest, customer_id: CustomerId, key: Key, told: s.InboundIn) -> HttpResponse:
    """The customer reached us."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        require_customer(connection, customer_id)
        tell_inbound(connection, customer_id, told.channel, told.outcome, desk().now(), caller.actor)
        return {}

    return once(request, key, s.Done, act)


@router.post(CUSTOMER + "/reason", response=written(s.Done), auth=WORK)
def reason(request: HttpRequest, customer_id: CustomerId, key: Key, told: s.ReasonIn) -> HttpResponse:
    """Why they fell behind."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        require_customer(connection, customer_id)
        give_reason(connection, customer_id, told.reason, desk().now(), caller.actor)
        return {}

    return once(request, key, s.Done, act)


@router.post(CUSTOMER + "/promises", response=written(s.PromiseMade), auth=WORK_OR_VISIT)
def promise(request: HttpRequest, customer_id: CustomerId, key: Key, told: s.PromiseIn) -> HttpResponse:
    """A promise to pay, in place of one that is open: until its day nobody asks again, then the payments judge it."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        require_customer(connection, customer_id)
        now, policy = desk().now(), desk().policy
        made = make_promise(connection, policy, customer_id, told.amount_minor, told.due_on, now, caller.actor)
        return {"promise_id": made}

    return once(request, key, s.PromiseMade, act)


@router.post(CUSTOMER + "/plans", response=written(s.PlanOffered), auth=WORK)
def plan(request: HttpRequest, customer_id: CustomerId, key: Key, told: s.PlanIn) -> HttpResponse:
    """Offer a plan, within the owner's authority or for a second person to approve."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        require_customer(connection, customer_id)
        terms = PlanTerms(told.principal_minor, told.term_months, "equal_payment", told.apr_ppm)
        plan_id, state = offer_plan(
            connection, desk().policy, customer_id, terms, told.first_due_on, desk().now(), caller.actor, caller.level(),
            waived_minor=told.waived_minor,
        )  # fmt: skip
        rows = connection.execute(_INSTALMENTS, [plan_id]).fetchall()
        parts = [{"number": number, "due_on": due_on, "amount_minor": amount} for number, due_on, amount in rows]
        return {"plan_id": plan_id, "state": state, "instalments": parts}

    return once(request, key, s.PlanOffered, act)


@router.post(
    CUSTOMER + "/plans/{plan_id}/approve", response=written(s.PlanState), auth=Bearer("approvals:write", "plan.approve")
)  # fmt: skip
def plan_approved(request: HttpRequest, customer_id: CustomerId, plan_id: RowId, key: Key) -> HttpResponse:
    """A second person's yes, who is not the one that offered it and has the authority."""
    require_right(request.auth, customer_id, "case.see")

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        require_theirs(connection, "repayment_plan", "plan_id", plan_id, customer_id)
        approve_plan(connection, desk().policy, plan_id, desk().now(), caller.actor, caller.level())
        return {"plan_id": plan_id, "state": "approved"}

    return once(request, key, s.PlanState, act)


@router.post(CUSTOMER + "/plans/{plan_id}/accept", response=written(s.PlanState), auth=WORK)
def plan_accepted(request: HttpRequest, customer_id: CustomerId, plan_id: RowId, key: Key) -> HttpResponse:
    """The customer's yes: while the plan is kept, collection stops."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        require_theirs(connection, "repayment_plan", "plan_id", plan_id, customer_id)
        accept_plan(connection, plan_id, desk().now(), caller.actor)
        return {"plan_id": plan_id, "state": "performing"}

    return once(request, key, s.PlanState, act)


@router.post(CUSTOMER + "/plans/{plan_id}/decline", response=written(s.PlanState), auth=WORK)
def plan_declined(request: HttpRequest, customer_id: CustomerId, plan_id: RowId, key: Key) -> HttpResponse:
    """The customer's no."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        require_theirs(connection, "repayment_plan", "plan_id", plan_id, customer_id)
        decline_plan(connection, plan_id, desk().now(), caller.actor)
        return {"plan_id": plan_id, "state": "declined"}

    return once(request, key, s.PlanState, act)


@router.post(CUSTOMER + "/matters", response=written(s.MatterOpened), auth=WORK)
def matter(request: HttpRequest, customer_id: CustomerId, key: Key, told: s.MatterIn) -> HttpResponse:
    """A dispute, a complaint, a request for help: it holds from this second on."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        require_customer(connection, customer_id)
        if told.account_id and connection.execute(_ACCOUNT, [customer_id, told.account_id]).fetchone() is None:
            raise ApiError(422, "this customer has no such account", where="account_id", remedy="read the case: standing.debts")
        number, deadline = open_matter(
            connection, desk().policy, customer_id, told.kind, desk().now(), caller.actor, account_id=told.account_id or ""
        )
        return {"matter_id": number, "deadline_on": deadline}

    return once(request, key, s.MatterOpened, act)


@router.post(
    CUSTOMER + "/matters/{matter_id}/close", response=written(s.StateEnded), auth=Bearer("cases:write", "matter.close")
)  # fmt: skip
def matter_closed(
    request: HttpRequest, customer_id: CustomerId, matter_id: RowId, key: Key, told: s.MatterClosed
) -> HttpResponse:  # fmt: skip
    """What came of it."""
    require_right(request.auth, customer_id, "case.see")

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        require_theirs(connection, "matter", "matter_id", matter_id, customer_id)
        ended = close_matter(connection, matter_id, told.outcome, desk().now(), caller.actor)
        return {"matter_id": matter_id, "state_ended": ended}

    return once(request, key, s.StateEnded, act)


@router.post(CUSTOMER + "/states", response=written(s.Changed), auth=WORK)
def state(request: HttpRequest, customer_id: CustomerId, key: Key, told: s.StateIn) -> HttpResponse:
    """Let a state stand: from this second on the gate knows."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        require_customer(connection, customer_id)
        changed = enter_state(
            connection, customer_id, told.flag, desk().now(), caller.actor, until=told.until, evidence=told.evidence
        )
        return {"changed": changed}

    return once(request, key, s.Changed, act)


@router.post(CUSTOMER + "/states/{flag}/end", response=written(s.Changed), auth=WORK)
def state_ended(request: HttpRequest, customer_id: CustomerId, flag: Annotated[Flag, Path()], key: Key) -> HttpResponse:
    """Let a state that was entered by hand stand no longer."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        require_customer(connection, customer_id)
        return {"changed": end_state(connection, customer_id, flag, desk().now(), caller.actor)}

    return once(request, key, s.Changed, act)


@router.post(CUSTOMER + "/tasks", response=written(s.TaskOpened), auth=WORK_OR_VISIT)
def task(request: HttpRequest, customer_id: CustomerId, key: Key, told: s.TaskIn) -> HttpResponse:
    """Let somebody do something on the case by a day."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        require_customer(connection, customer_id)
        if told.agent is not None:
            require_doer(caller.user, told.agent, customer_id)
        number = open_task(
            connection, customer_id, told.action, told.due_on, desk().now(), caller.actor, agent=told.agent or ""
        )
        return {"task_id": number}

    return once(request, key, s.TaskOpened, act)


@router.post(CUSTOMER + "/tasks/{task_id}/close", response=written(s.Done), auth=WORK_OR_VISIT)
def task_closed(
    request: HttpRequest, customer_id: CustomerId, task_id: RowId, key: Key, told: s.TaskClosed
) -> HttpResponse:  # fmt: skip
    """It is done, or dropped."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        require_theirs(connection, "task", "task_id", task_id, customer_id)
        only = caller.actor if caller.user.agency else ""
        close_task(connection, task_id, told.outcome, desk().now(), caller.actor, only_of=only)
        return {}

    return once(request, key, s.Done, act)


@router.post(CUSTOMER + "/call-backs", response=written(s.CallBackBooked), auth=WORK)
def call_back(request: HttpRequest, customer_id: CustomerId, key: Key, told: s.CallBackIn) -> HttpResponse:
    """Book a call that the customer asks for, in place of one that is open."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        require_customer(connection, customer_id)
        booked = book_call_back(connection, customer_id, caller.actor, told.at, desk().now(), caller.actor)
        return {"call_back_id": booked}

    return once(request, key, s.CallBackBooked, act)
