"""The pages of the collector: the next customer, a case, visits, finding a customer."""

from __future__ import annotations

import time
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from arrears.card.cycle import closing_in_month
from arrears.desk.cases.documents import read_document
from arrears.desk.cases.file import file_of
from arrears.desk.cases.quoting import compared, product_of
from arrears.desk.cases.tasks import tasks_of
from arrears.desk.current import desk
from arrears.desk.people.recording import record, record_list
from arrears.desk.screens.access import needs
from arrears.desk.screens.collector import forms
from arrears.desk.screens.collector.reading import LAST, case_page, script_of, timeline_of
from arrears.desk.screens.fields import number_of, page_of, pages, typed
from arrears.desk.work.doers import doers
from arrears.desk.work.finding import beginning_with
from arrears.desk.work.mine import call_backs_of, theirs, visits_of
from arrears.desk.work.queue import held_by

OUTCOMES = {
    "call": ("right_party", "promise", "refused", "no_answer", "busy", "voicemail", "left_message", "wrong_party", "dead_line"),
    "visit": ("met", "promise", "refused", "not_home", "left_message", "wrong_party"),
}
"""In the order of the keys 1 to 9."""
FOUND_MAX = 20
REVEALED = "revealed"
PPM_PERCENT = 10_000


@needs("case.work")
def next_(request: HttpRequest) -> HttpResponse:
    """Where work begins: the customer in hand, or the button for the next."""
    page = page_of(request)
    with desk().connection() as connection:
        mine = held_by(connection, request.user.username, desk().now())
        booked, more_booked = call_backs_of(connection, request.user, page)
        every, more_tasks = tasks_of(connection, request.user.username, page)
    record_list(request.user.username, "work", (mine is not None) + len(booked) + len(every), page=page)
    today = desk().now().astimezone(ZoneInfo(desk().bank.timezone)).date()
    return render(request, "collector/next.html", {
        "mine": mine, "booked": booked, "tasks": theirs(request.user, every), "today": today,
        **pages(page, more=more_booked or more_tasks),
    })  # fmt: skip


@needs("case.see")
def case(request: HttpRequest, customer_id: str) -> HttpResponse:
    """A customer: cards, what stands, why today, what is still lawful, what was agreed, what happened."""
    here = desk()
    with here.connection() as connection:
        found = case_page(connection, here, customer_id, request.user.username)
    shown = revealed(request, customer_id)
    record_once(request, customer_id)
    standing, zone = found["case"]["standing"], found["zone"]
    currency = str(standing.get("currency", "CNY"))
    scripts = [(one, script_of(one.row["text"], one.row["name"], revealed=shown)) for one in found["outlooks"]]
    return render(request, "collector/case.html", found | {
        "customer_id": customer_id, "currency": currency, "revealed": shown, "scripts": scripts,
        "outcomes": [
            (one, list(enumerate(OUTCOMES[one["channel"]], 1)), script_of(one["text"] or "", one["name"] or "", revealed=shown))
            for one in found["untold"]
        ],
        "may_work": may_work(request, customer_id), "today": found["now"], **_forms(request, found, currency, zone),
    })  # fmt: skip


def _forms(request: HttpRequest, found: dict[str, Any], currency: str, zone: str) -> dict[str, Any]:
    standing = found["case"]["standing"]
    today = found["now"].date()
    past_due, balance = int(standing.get("past_due_minor", 0)), int(standing.get("balance_minor", 0))
    next_month = closing_in_month(today.year + today.month // 12, today.month % 12 + 1, min(today.day, 28))
    rate = Decimal(product_of(desk().bank, currency).disclosed_annual_rate_bp) / 100
    return {
        "promise_form": forms.PromiseForm(
            currency, initial={"amount": typed(past_due, currency), "due": today + timedelta(days=7)}
        ),
        "plan_form": forms.PlanForm(currency, initial={
            "amount": typed(balance, currency), "months": 12, "apr": rate, "waived": "0", "first": next_month,
        }),
        "task_form": forms.TaskForm(colleagues(request), initial={"due": today + timedelta(days=1)}),
        "reason_form": forms.ReasonForm(initial={"reason": found["case"]["reason"]}),
        "matter_form": forms.MatterForm([one["id"] for one in found["debts"]]), "state_form": forms.StateForm(),
        "call_back_form": forms.CallBackForm(), "inbound_form": forms.InboundForm(),
        "document_form": forms.DocumentForm(),
    }  # fmt: skip


@needs("case.see")
def quoted(request: HttpRequest, customer_id: str) -> HttpResponse:
    """The calculator's answer, part of a page."""
    here = desk()
    with here.connection() as connection:
        currency = file_of(connection, customer_id).currency
    record_once(request, customer_id)
    form = forms.PlanForm(currency, request.GET)
    if not form.is_valid():
        return render(request, "collector/quote.html", {"form": form})
    terms = form.cleaned_data
    found = compared(here.bank, currency, terms["amount"], terms["months"], int(terms["apr"] * PPM_PERCENT))
    return render(request, "collector/quote.html", {"quote": found, "currency": currency, "months": terms["months"]})


@needs("case.see")
def timeline(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Earlier entries, part of a page or one of its own."""
    before = number_of(request.GET.get("before")) or LAST
    with desk().connection() as connection:
        entries = timeline_of(connection, customer_id, before)
    record_once(request, customer_id)
    page = "collector/entries.html" if request.htmx else "collector/timeline.html"
    return render(request, page, {"entries": entries, "customer_id": customer_id})


@needs("case.reveal")
def document(request: HttpRequest, customer_id: str, document_id: int) -> HttpResponse:
    """A document as a file; that it was looked at is on the record."""
    with desk().connection() as connection:
        raw, media = read_document(connection, desk().workspace, customer_id, document_id)
    record(request.user.username, "look", customer_id=customer_id, subject="document", document_id=document_id)
    ending = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}[media]
    response = HttpResponse(raw, content_type=media)
    response.headers["Content-Disposition"] = f'attachment; filename="document-{document_id}.{ending}"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@needs("case.visit")
def visits(request: HttpRequest) -> HttpResponse:
    """Visits to be made today."""
    page = page_of(request)
    with desk().connection() as connection:
        rows, more = visits_of(connection, desk().now(), page)
    record_list(request.user.username, "visits", len(rows), page=page)
    return render(request, "collector/visits.html", {"rows": rows, **pages(page, more=more)})


@needs("case.see")
def find(request: HttpRequest) -> HttpResponse:
    """Customers by the beginning of their id, as far as one may see them."""
    text, after = (request.GET.get(name, "").strip()[:64].replace("\0", "") for name in ("id", "after"))
    found: list[str] = []
    more = None
    if text:
        with desk().connection() as connection:
            found, more = beginning_with(connection, request.user, text, FOUND_MAX, after)
        if found == [text]:
            return redirect("collector:case", customer_id=text)
    return render(request, "collector/find.html", {"text": text, "found": found, "more": more})


def colleagues(request: HttpRequest) -> list[str]:
    """Who else may be given something to do on a case."""
    return [one for one in doers(request.user.agency) if one != request.user.username]


def may_work(request: HttpRequest, customer_id: str) -> bool:
    """Whether this person may act on the case, and not only look at it."""
    return bool(request.user.has_perm("case.work", customer_id) or request.user.has_perm("case.visit", customer_id))


def revealed(request: HttpRequest, customer_id: str) -> bool:
    """Whether this person asked for the personal data of this customer a little while ago."""
    one = request.session.get(REVEALED) or {}
    return bool(one.get("customer") == customer_id and one.get("until", 0) > time.time())


def record_once(request: HttpRequest, customer_id: str) -> None:
    """That somebody opened this case: once while they stay on it."""
    if request.session.get("looked") != customer_id:
        record(request.user.username, "look", customer_id=customer_id, subject="case")
        request.session["looked"] = customer_id
