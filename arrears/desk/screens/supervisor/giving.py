"""Customers given to agents and agencies, and taken back."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from arrears.desk.current import desk
from arrears.desk.people.accounts import user_named
from arrears.desk.people.recording import record_list
from arrears.desk.screens.access import needs
from arrears.desk.screens.fields import page_of, pages, tell_errors
from arrears.desk.screens.supervisor.forms import AssignForm, HandOverForm, PlaceForm, TopForm
from arrears.desk.work import assigning, placing, queues
from arrears.desk.work.today import today_of


@require_POST
@needs("queue.assign")
def assign(request: HttpRequest) -> HttpResponse:
    """Give the chosen customers to an agent."""
    form = AssignForm(queues.workers(), request.POST)
    if not form.is_valid():
        return _refused(request, form)
    chosen = request.POST.getlist("customer")
    given = assigning.assign(request.user.username, user_named(form.cleaned_data["agent"]), chosen)
    return _given(request, len(given), len(set(chosen)) - len(given), form.cleaned_data["agent"])


@require_POST
@needs("queue.assign")
def assign_top(request: HttpRequest) -> HttpResponse:
    """Give so many of the top of a queue to an agent."""
    form = TopForm(queues.workers(), request.POST)
    if not form.is_valid():
        return _refused(request, form)
    with desk().connection() as connection:
        today = today_of(connection)
        top = assigning.top_of(
            connection, today.published, request.POST.get("segment", ""), request.POST.get("channel", ""), today.now,
            form.cleaned_data["number"],
        )  # fmt: skip
    given = assigning.assign(request.user.username, user_named(form.cleaned_data["agent"]), top) if top else []
    return _given(request, len(given), len(top) - len(given), form.cleaned_data["agent"])


@require_POST
@needs("queue.assign")
def take_away(request: HttpRequest) -> HttpResponse:
    """Let the chosen customers be everybody's again."""
    taken = len(assigning.take_away(request.user.username, request.POST.getlist("customer")))
    said = ngettext("%(n)d customer is everybody's again.", "%(n)d customers are everybody's again.", taken) % {"n": taken}
    messages.success(request, said)
    return _back(request)


@require_POST
@needs("queue.assign")
def hand_over(request: HttpRequest) -> HttpResponse:
    """Give all that an agent has to another."""
    form = HandOverForm(queues.workers(closed=True), request.POST)
    if not form.is_valid():
        tell_errors(request, form)
        return redirect("supervisor:home")
    whose, whom = (user_named(form.cleaned_data[name]) for name in ("whose", "agent"))
    done = assigning.hand_over(request.user.username, whose, whom)
    said = _("%(whom)s has from %(whose)s: customers %(customers)d, call-backs %(call_backs)d, tasks %(tasks)d.") % {
        "whom": whom.username, "whose": whose.username, "customers": len(done.customer_ids), "call_backs": done.call_backs_n,
        "tasks": done.tasks_n,
    }  # fmt: skip
    messages.success(request, said)
    return redirect("supervisor:home")


@require_POST
@needs("placement.make")
def place(request: HttpRequest) -> HttpResponse:
    """Place the chosen customers with an agency."""
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return _refused(request, form)
    agency, chosen = form.cleaned_data["agency"], request.POST.getlist("customer")
    with desk().connection() as connection:
        done, left = placing.place_all(
            connection, chosen, agency, desk().now(), request.user.username, until=form.cleaned_data["until"]
        )
    return _given(request, len(done), len(left), agency)


@needs("placement.make")
def placements(request: HttpRequest) -> HttpResponse:
    """Who is placed with whom, and until when."""
    agency, page = request.GET.get("agency", "")[:64], page_of(request)
    with desk().connection() as connection:
        today = today_of(connection)
        rows, more = placing.placed_now(connection, agency, today.date, page)
        totals = placing.placed_by_agency(connection, today.date)
    record_list(request.user.username, "placements", len(rows), agency=agency, page=page)
    return render(request, "supervisor/placements.html", {
        "rows": rows, "totals": totals, "agency": agency, **pages(page, more=more),
        "place_form": PlaceForm(), "query": f"{urlencode({'agency': agency})}&",
    })  # fmt: skip


@require_POST
@needs("placement.make")
def recall(request: HttpRequest) -> HttpResponse:
    """Take a customer back from their agency."""
    customer_id = request.POST.get("customer", "")
    with desk().connection() as connection:
        agency = placing.recall(connection, customer_id, desk().now(), request.user.username)
    said = _("%(customer)s is recalled from %(agency)s.") % {"customer": customer_id, "agency": agency}
    messages.success(request, said)
    return redirect("supervisor:placements")


def _given(request: HttpRequest, given: int, left: int, whom: str) -> HttpResponse:
    if given:
        said = ngettext("%(n)d customer goes to %(whom)s.", "%(n)d customers go to %(whom)s.", given)
        messages.success(request, said % {"n": given, "whom": whom})
    if left:
        said = ngettext(
            "%(n)d was left out: placed with an agency, or unknown.", "%(n)d were left out: placed with an agency, or unknown.",
            left,
        )  # fmt: skip
        messages.warning(request, said % {"n": left})
    if not given and not left:
        messages.warning(request, _("Nobody waits there who is nobody's."))
    return _back(request)


def _refused(request: HttpRequest, form: Form) -> HttpResponse:
    tell_errors(request, form)
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    if not request.POST.get("segment"):
        return redirect("supervisor:placements")
    where = {name: request.POST.get(name, "") for name in ("segment", "channel", "page") if request.POST.get(name)}
    return redirect(f"{reverse('supervisor:queue')}?{urlencode(where)}")
