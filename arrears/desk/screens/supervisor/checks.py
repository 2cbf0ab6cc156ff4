"""Quality checks: a sample drawn, each attempt marked by somebody else, results by agent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from arrears.desk.current import desk
from arrears.desk.people.recording import record, record_list
from arrears.desk.screens.access import needs
from arrears.desk.screens.codes import said
from arrears.desk.screens.fields import page_of, pages, tell_errors
from arrears.desk.screens.supervisor.forms import CheckForm, DrawForm
from arrears.desk.work import quality as work
from arrears.desk.work.queues import day_start, workers
from arrears.desk.work.today import today_of

RESULT_DAYS = 90
WEEK_DAYS = 7


@needs("quality.check")
def quality(request: HttpRequest) -> HttpResponse:
    """What is drawn and waits, the results of ninety days, and the form to draw more."""
    page = page_of(request)
    with desk().connection() as connection:
        today = today_of(connection)
        end = today.now + timedelta(days=1)
        waiting, more = work.waiting_checks(connection, request.user.username, page)
        found = work.results(connection, end - timedelta(days=RESULT_DAYS), end)
    record_list(request.user.username, "quality", len(waiting), page=page)
    first = today.date - timedelta(days=WEEK_DAYS)
    return render(request, "supervisor/quality.html", {
        "waiting": waiting, "results": [_shown(one) for one in found],
        "criteria": [word.capitalize() for _code, word in said(work.CRITERIA)],
        "form": DrawForm(workers(), initial={"first": first, "last": today.date, "each": 3}), "days": RESULT_DAYS,
        **pages(page, more=more),
    })  # fmt: skip


def _shown(result: dict[str, Any]) -> dict[str, Any]:
    """Means as `1.67`."""
    return result | {"mean": f"{result['mean'] / 100:.2f}", "means": [f"{mean / 100:.2f}" for mean in result["means"]]}


@require_POST
@needs("quality.check")
def draw(request: HttpRequest) -> HttpResponse:
    """Draw a sample; whoever draws is not drawn of, but by another supervisor."""
    users = workers()
    form = DrawForm(users, request.POST)
    if not form.is_valid():
        tell_errors(request, form)
        return redirect("supervisor:quality")
    told = form.cleaned_data
    agents = work.whose(told["agent"], request.user.username, users)
    with desk().connection() as connection:
        zone = today_of(connection).zone
        found = work.draw(
            connection, agents, day_start(told["first"], zone), day_start(told["last"] + timedelta(days=1), zone),
            told["each"], request.user.username, seed=told["seed"],
        )  # fmt: skip
    number = sum(found.values())
    if number:
        messages.success(request, ngettext("%(n)d call is drawn.", "%(n)d calls are drawn.", number) % {"n": number})
    else:
        messages.warning(request, _("There was nothing to draw: no call or visit with an outcome, or all are drawn already."))
    return redirect("supervisor:quality")


@require_http_methods(["GET", "POST"])
@needs("quality.check")
def check(request: HttpRequest, check_id: int) -> HttpResponse:
    """One attempt with what followed, and the card to mark it."""
    found = work.check_of(check_id)
    form = CheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in work.CRITERIA}
        work.mark(check_id, request.user.username, given, form.cleaned_data["remark"], desk().now())
        messages.success(request, _("Marked."))
        return redirect("supervisor:quality")
    with desk().connection() as connection:
        entries = work.around(connection, found)
    if request.method == "GET":
        record(request.user.username, "look", customer_id=found.customer_id, subject="quality check", check_id=check_id)
    marks = [(word, found.marks.get(code)) for code, word in said(work.CRITERIA)] if found.checked_at else []
    return render(
        request, "supervisor/check.html",
        {"check": found, "entries": entries, "form": form, "marks": marks, "own": found.agent == request.user.username},
        status=400 if form.errors else 200,
    )  # fmt: skip
