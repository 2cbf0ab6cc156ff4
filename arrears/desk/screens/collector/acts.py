"""What collectors and field agents do with a contact: take the next customer, ask the gate, say what came of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arrears.desk.cases.file import file_of
from arrears.desk.current import desk
from arrears.desk.dispatch.gatekeeping import pass_one
from arrears.desk.dispatch.telling import Told, tell, tell_inbound
from arrears.desk.ledger.appending import Connection
from arrears.desk.people.recording import record
from arrears.desk.repeating import repeated
from arrears.desk.screens.access import needs
from arrears.desk.screens.collector import forms
from arrears.desk.screens.collector.views import REVEALED
from arrears.desk.screens.fields import number_of, tell_errors
from arrears.desk.work import queue
from arrears.errors import LedgerError

REVEALED_SECONDS = 20 * 60


@require_POST
@needs("case.work")
def take(request: HttpRequest) -> HttpResponse:
    """The next customer, locked to this agent."""
    with desk().connection() as connection:
        found = repeated(
            lambda: queue.next_customer(connection, request.user.username, desk().now(), agency=request.user.agency)
        )
    if found is None:
        messages.info(request, _("Nobody waits for a call now."))
        return redirect("collector:next")
    return redirect("collector:case", customer_id=found)


@contextmanager
def held(request: HttpRequest, customer_id: str) -> Iterator[Connection]:
    """A connection, the customer locked to whoever acts; raises `StoreError` where another works on them."""
    with desk().connection() as connection:
        queue.hold(connection, customer_id, request.user.username, desk().now())
        yield connection


@require_POST
@needs("case.reveal")
def reveal(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Show name and numbers for a while, which is on the record."""
    _reveal(request, customer_id, "asked")
    return redirect("collector:case", customer_id=customer_id)


def _reveal(request: HttpRequest, customer_id: str, why: str) -> None:
    request.session[REVEALED] = {"customer": customer_id, "until": time.time() + REVEALED_SECONDS}
    record(request.user.username, "look", customer_id=customer_id, subject="name and number", why=why)


@require_POST
@needs("case.work", "case.visit")
def contact(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Ask the gate for a call or visit that is about to be made; allowed, its attempt is in the ledger and the number shown."""
    here = desk()
    with held(request, customer_id) as connection:
        if request.POST.get("call_back"):
            number = queue.contact_of_call_back(connection, customer_id, here.now())
        else:
            number = number_of(request.POST.get("intent"))
        row = (
            number
            and connection.execute(
                "SELECT 1 FROM intent WHERE intent_id = %s AND customer_id = %s AND channel IN ('call', 'visit')",
                [number, customer_id],
            ).fetchone()
        )
        if not number or not row:
            messages.error(request, _("That contact is no longer to be made."))
            return redirect("collector:case", customer_id=customer_id)
        found = pass_one(connection, here.clock(), here.gates, actor=request.user.username, intent_id=number)
        for judged in found.judged:
            queue.settle_call_back(connection, customer_id, here.now(), judged.fate, judged.until)
    if found.passed:
        _reveal(request, customer_id, "contact")
        messages.success(request, _("Allowed: make it now, then say what came of it."))
    elif found.judged:
        messages.warning(request, _("Not made: the page says why."))
    else:
        messages.error(request, _("That contact is no longer to be made."))
    return redirect("collector:case", customer_id=customer_id)


@require_POST
@needs("case.work", "case.visit")
def outcome(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Say what came of an attempt of one's own."""
    attempt, code = number_of(request.POST.get("attempt")), request.POST.get("outcome", "")
    with held(request, customer_id) as connection:
        mine = (
            attempt
            and connection.execute(
                "SELECT 1 FROM ledger_entry WHERE seq = %s AND customer_id = %s AND actor = %s AND kind = 'attempt'",
                [attempt, customer_id, request.user.username],
            ).fetchone()
        )
        if not attempt or not mine:
            raise LedgerError(
                _("that is no attempt of yours"), where=_("outcome"), remedy=_("ask the gate for the contact first")
            )
        tell(connection, [Told(attempt, code)], desk().now(), request.user.username)
    messages.success(request, _("Written down."))
    return redirect("collector:case", customer_id=customer_id)


@require_POST
@needs("case.work")
def inbound(request: HttpRequest, customer_id: str) -> HttpResponse:
    """The customer reached us."""
    form = forms.InboundForm(request.POST)
    if not form.is_valid():
        return refused(request, customer_id, form)
    with held(request, customer_id) as connection:
        told = form.cleaned_data
        tell_inbound(connection, customer_id, told["channel"], told["outcome"], desk().now(), request.user.username)
    return done(request, customer_id)


@require_POST
@needs("case.work")
def call_back(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Book a call that the customer asks for."""
    form = forms.CallBackForm(request.POST)
    if not form.is_valid():
        return refused(request, customer_id, form)
    with held(request, customer_id) as connection:
        zone = ZoneInfo(file_of(connection, customer_id).zone)
        at = form.cleaned_data["at"].replace(tzinfo=zone).astimezone(UTC)
        queue.book_call_back(connection, customer_id, request.user.username, at, desk().now(), request.user.username)
    return done(request, customer_id)


def done(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Back to the case, with a word that it is done."""
    messages.success(request, _("Written down."))
    return redirect("collector:case", customer_id=customer_id)


def refused(request: HttpRequest, customer_id: str, form: Form) -> HttpResponse:
    """Back to the case, with what was wrong."""
    tell_errors(request, form)
    return redirect("collector:case", customer_id=customer_id)
