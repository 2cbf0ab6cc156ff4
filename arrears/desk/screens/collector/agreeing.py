"""What is agreed with a customer, stands for them or is to be done: reason, promise, plan, matter, state, task."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arrears.card.plan import PlanTerms
from arrears.desk.cases.documents import BYTES_MAX, keep_document
from arrears.desk.cases.file import file_of, give_reason
from arrears.desk.cases.matters import open_matter
from arrears.desk.cases.plans import accept_plan, decline_plan, offer_plan
from arrears.desk.cases.promises import make_promise
from arrears.desk.cases.states import end_state, enter_state
from arrears.desk.cases.tasks import close_task, open_task
from arrears.desk.current import desk
from arrears.desk.ledger.appending import Connection
from arrears.desk.people.roles import level_of
from arrears.desk.screens.access import needs
from arrears.desk.screens.collector import forms
from arrears.desk.screens.collector.acts import done, held, refused
from arrears.desk.screens.collector.views import PPM_PERCENT, colleagues
from arrears.desk.screens.fields import number_of
from arrears.desk.work.doers import require_doer
from arrears.errors import StoreError

_ACCOUNTS = """SELECT one->>'id'
FROM (SELECT debts FROM standing WHERE customer_id = %s ORDER BY business_date DESC LIMIT 1) AS s,
jsonb_array_elements(s.debts::jsonb) AS one"""


@require_POST
@needs("case.work")
def reason(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Why they fell behind."""
    form = forms.ReasonForm(request.POST)
    if not form.is_valid():
        return refused(request, customer_id, form)
    with held(request, customer_id) as connection:
        give_reason(connection, customer_id, form.cleaned_data["reason"], desk().now(), request.user.username)
    return done(request, customer_id)


@require_POST
@needs("case.work", "case.visit")
def promise(request: HttpRequest, customer_id: str) -> HttpResponse:
    """A promise to pay."""
    with held(request, customer_id) as connection:
        form = forms.PromiseForm(file_of(connection, customer_id).currency, request.POST)
        if not form.is_valid():
            return refused(request, customer_id, form)
        told = form.cleaned_data
        make_promise(connection, desk().policy, customer_id, told["amount"], told["due"], desk().now(), request.user.username)
    return done(request, customer_id)


@require_POST
@needs("case.work")
def plan(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Offer a plan, within one's own authority or for a second person to approve."""
    with held(request, customer_id) as connection:
        form = forms.PlanForm(file_of(connection, customer_id).currency, request.POST)
        if not form.is_valid():
            return refused(request, customer_id, form)
        told = form.cleaned_data
        terms = PlanTerms(told["amount"], told["months"], "equal_payment", int(told["apr"] * PPM_PERCENT))
        offer_plan(
            connection, desk().policy, customer_id, terms, told["first"], desk().now(), request.user.username,
            level_of(request.user.roles), waived_minor=told["waived"],
        )  # fmt: skip
    return done(request, customer_id)


@require_POST
@needs("case.work")
def plan_answered(request: HttpRequest, customer_id: str, plan_id: int) -> HttpResponse:
    """The customer's yes or no."""
    with held(request, customer_id) as connection:
        _require_theirs(connection, "repayment_plan", "plan_id", plan_id, customer_id)
        if request.POST.get("answer") == "accept":
            accept_plan(connection, plan_id, desk().now(), request.user.username)
        else:
            decline_plan(connection, plan_id, desk().now(), request.user.username)
    return done(request, customer_id)


@require_POST
@needs("case.work")
def matter(request: HttpRequest, customer_id: str) -> HttpResponse:
    """A dispute, a complaint, a request for help: it holds from this second on. Supervisors and compliance close it."""
    with held(request, customer_id) as connection:
        accounts = [str(row[0]) for row in connection.execute(_ACCOUNTS, [customer_id]).fetchall()]
        form = forms.MatterForm(accounts, request.POST)
        if not form.is_valid():
            return refused(request, customer_id, form)
        told = form.cleaned_data
        open_matter(
            connection, desk().policy, customer_id, told["kind"], desk().now(), request.user.username,
            account_id=told["account"],
        )  # fmt: skip
    return done(request, customer_id)


@require_POST
@needs("case.work", "case.visit")
def document(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Keep a document."""
    form = forms.DocumentForm(request.POST, request.FILES)
    if not form.is_valid():
        return refused(request, customer_id, form)
    told = form.cleaned_data
    with held(request, customer_id) as connection:
        raw = told["file"].read(BYTES_MAX + 1)
        keep_document(connection, desk().workspace, customer_id, told["kind"], raw, desk().now(), request.user.username)
    return done(request, customer_id)


@require_POST
@needs("case.work")
def state(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Let a state stand, or end one that was entered by hand."""
    with held(request, customer_id) as connection:
        if ended := request.POST.get("end"):
            end_state(connection, customer_id, ended, desk().now(), request.user.username)
            return done(request, customer_id)
        form = forms.StateForm(request.POST)
        if not form.is_valid():
            return refused(request, customer_id, form)
        told = form.cleaned_data
        enter_state(
            connection, customer_id, told["flag"], desk().now(), request.user.username, until=told["until"],
            evidence=told["evidence"],
        )  # fmt: skip
    return done(request, customer_id)


@require_POST
@needs("case.work", "case.visit")
def task(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Something to be done by a day, by oneself or somebody else who may; or that it is done, or dropped."""
    actor = request.user.username
    with held(request, customer_id) as connection:
        if number := number_of(request.POST.get("task")):
            _require_theirs(connection, "task", "task_id", number, customer_id)
            only = actor if request.user.agency else ""
            close_task(connection, number, request.POST.get("outcome", ""), desk().now(), actor, only_of=only)
            return done(request, customer_id)
        form = forms.TaskForm(colleagues(request), request.POST)
        if not form.is_valid():
            return refused(request, customer_id, form)
        told = form.cleaned_data
        if told["agent"]:
            require_doer(request.user, told["agent"], customer_id)
        open_task(connection, customer_id, told["action"], told["due"], desk().now(), actor, agent=told["agent"])
    return done(request, customer_id)


def _require_theirs(connection: Connection, table: str, key: str, number: int, customer_id: str) -> None:
    """Raise `StoreError` where a row is another customer's: the right was asked for this one."""
    row = connection.execute(f"SELECT customer_id FROM {table} WHERE {key} = %s", [number]).fetchone()
    if row is None or row[0] != customer_id:
        raise StoreError(_("this customer has nothing of that number"), where=str(number), remedy=_("look at the case again"))
