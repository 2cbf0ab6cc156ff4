"""What supervisors decide: disputes and complaints closed, plans approved, write-offs proposed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from arrears.desk.cases.matters import close_matter, open_by_kind
from arrears.desk.cases.plans import approve_plan, reject_plan
from arrears.desk.current import desk
from arrears.desk.people.recording import record_list
from arrears.desk.people.roles import level_of
from arrears.desk.screens.access import needs
from arrears.desk.screens.fields import WRONG_SUM, minor_of, number_of, page_of, pages
from arrears.desk.screens.supervisor.forms import CloseForm, WriteOffForm
from arrears.desk.work import waiting
from arrears.desk.work import write_offs as work
from arrears.desk.work.today import today_of

KINDS = ("dispute", "complaint", "hardship")
SHOWN_MAX = 50


@needs("matter.close")
def matters(request: HttpRequest) -> HttpResponse:
    """What is open, overdue first."""
    kind = request.GET.get("kind", "")
    kind, page = kind if kind in KINDS else "", page_of(request)
    with desk().connection() as connection:
        today = today_of(connection)
        rows, more = waiting.matters_open(connection, kind, today.date, page)
        totals = open_by_kind(connection, today.date)
    record_list(request.user.username, "matters", len(rows), matter=kind, page=page)
    return render(request, "supervisor/matters.html", {
        "today": today, "rows": rows, "totals": totals, "kind": kind, "form": CloseForm(auto_id=False),
        "query": f"kind={kind}&", **pages(page, more=more),
        "all_n": sum(one[1] for one in totals), "overdue_n": sum(one[2] for one in totals),
    })  # fmt: skip


@require_POST
@needs("matter.close")
def matter(request: HttpRequest, matter_id: int) -> HttpResponse:
    """Close one, with what came of it."""
    form = CloseForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what came of it."))
        return redirect("supervisor:matters")
    with desk().connection() as connection:
        ended = close_matter(connection, matter_id, form.cleaned_data["outcome"], desk().now(), request.user.username)
    messages.success(request, _("Closed; it holds contacts no longer.") if ended else _("Closed; another of its kind is open."))
    return redirect("supervisor:matters")


@needs("plan.approve")
def plans(request: HttpRequest) -> HttpResponse:
    """Plans that wait for somebody with more authority than who offered them."""
    page = page_of(request)
    with desk().connection() as connection:
        rows, more = waiting.plans_to_approve(connection, desk().policy, request.user, page)
    record_list(request.user.username, "plans", len(rows), page=page)
    level = level_of(request.user.roles)
    authority = desk().policy.authority.get(level)
    return render(request, "supervisor/plans.html", {"rows": rows, "authority": authority, **pages(page, more=more)})


@require_POST
@needs("plan.approve")
def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Approve or decline one; neither is done by whoever offered it."""
    by, level, policy = request.user.username, level_of(request.user.roles), desk().policy
    with desk().connection() as connection:
        if request.POST.get("decision") == "approve":
            approve_plan(connection, policy, plan_id, desk().now(), by, level)
            messages.success(request, _("Approved: the customer may now accept it."))
            return redirect("supervisor:plans")
        reject_plan(connection, policy, plan_id, desk().now(), by, level)
    messages.success(request, _("Declined."))
    return redirect("supervisor:plans")


@require_http_methods(["GET", "POST"])
@needs("write_off.propose")
def write_offs(request: HttpRequest) -> HttpResponse:
    """What is proposed and decided, and the form to propose one."""
    form = WriteOffForm(request.POST or None, initial={"customer": request.GET.get("customer", "")[:64]})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        with desk().connection() as connection:
            _balance, currency = work.owed(connection, told["customer"])
            amount = minor_of(told["amount"], currency)
            if amount is None:
                form.add_error("amount", WRONG_SUM)
            else:
                work.propose(connection, request.user, told["customer"], amount, told["reason"])
                messages.success(request, _("Proposed: a manager decides."))
                return redirect("supervisor:write-offs")
    rows = work.proposed(SHOWN_MAX + 1, before=number_of(request.GET.get("before")))
    more, rows = len(rows) > SHOWN_MAX, rows[:SHOWN_MAX]
    record_list(request.user.username, "write-offs", len(rows))
    return render(
        request, "supervisor/write_offs.html", {"form": form, "rows": rows, "more": more}, status=400 if form.errors else 200
    )  # fmt: skip
