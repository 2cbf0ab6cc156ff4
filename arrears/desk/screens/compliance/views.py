"""The pages of compliance: what was not done and why, conduct, charges, the ledger, and the record."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arrears.desk.cases.matters import open_by_kind
from arrears.desk.compliance import checking, conducting, recorded, refusals
from arrears.desk.compliance.days import day_given
from arrears.desk.current import desk
from arrears.desk.people.recording import record_list
from arrears.desk.people.rights import sees_every_case
from arrears.desk.saying import language
from arrears.desk.screens.access import needs, refuse
from arrears.desk.screens.codes import CODES
from arrears.desk.screens.compliance.forms import Asked
from arrears.desk.screens.fields import number_of
from arrears.supervise.words import CHARGE_WORDS
from arrears.supervise.words import REASON_WORDS as UNCHECKED_WORDS


@needs("conduct.see")
def home(request: HttpRequest) -> HttpResponse:
    """The refusals of some days by rule, conduct and charges of the last of them, the ledger, open disputes and complaints."""
    period = refusals.period_of(request.GET)
    days = conducting.days_run()
    day = period.last if period.last in days else next((one for one in days if one <= period.last), None)
    context: dict[str, Any] = {
        "period": period, "counts": [_told(one) for one in refusals.counts(period)], "day": day, "matters": _matters(),
        "query": urlencode({"from": period.first, "to": period.last}), **_ledger(request),
    }  # fmt: skip
    days_of = {"first": str(period.first), "last": str(period.last)}
    record_list(request.user.username, "refusals", len(context["counts"]), **days_of)
    if day is not None:
        context |= _conduct(request, day) | _charges(day)
        if context.get("open_findings"):
            record_list(request.user.username, "findings", len(context["open_findings"]), day=str(day))
    return render(request, "compliance/home.html", context)


def _told(one: refusals.Count) -> dict[str, Any]:
    rule = one.rule
    citation = ("", "") if rule is None else (rule.citation.line("en"), rule.citation.line("zh"))
    title = _pair("held", one.what) if rule is None else (rule.title.en, rule.title.zh)
    return {"count": one, "title": title, "citation": citation, "fate": _pair("fate", one.fate)}


def _pair(kind: str, code: str) -> tuple[str, str]:
    return CODES[kind].get(code, (code, code))


@needs("conduct.see")
def refused(request: HttpRequest) -> HttpResponse:
    """The entries behind one of these counts."""
    period = refusals.period_of(request.GET)
    by_rule = "rule" in request.GET
    what = request.GET.get("rule", request.GET.get("reason", ""))[:100]
    fate = request.GET.get("fate", "refused")[:20]
    rows = refusals.entries(period, what, fate, by_rule=by_rule, before=number_of(request.GET.get("before")))
    record_list(
        request.user.username, "refusal entries", len(rows[: refusals.PAGE]), first=str(period.first), last=str(period.last),
        fate=fate, what=what,
    )  # fmt: skip
    rule = refusals.rules_now().get(what) if by_rule else None
    query = urlencode({"rule" if by_rule else "reason": what, "fate": fate, "from": period.first, "to": period.last})
    return render(request, "compliance/refused.html", {
        "rows": rows[: refusals.PAGE], "more": len(rows) > refusals.PAGE, "period": period, "what": what, "rule": rule,
        "title": None if rule is None else (rule.title.en, rule.title.zh), "query": query,
        "citation": None if rule is None else (rule.citation.line("en"), rule.citation.line("zh")),
        "fate": _pair("fate", fate), "reason": _pair("held", what),
    })  # fmt: skip


def _conduct(request: HttpRequest, day: Any) -> dict[str, Any]:
    work = conducting.conduct_work(day)
    patterns = conducting.by_pattern(work.result) if work.state == "done" else []
    if work.state == "done":
        record_list(request.user.username, "conduct", sum(len(one["listed"]) for one in patterns), day=str(day))
    return {"day": day, "conduct": work, "patterns": patterns}


def _charges(day: Any) -> dict[str, Any]:
    found = conducting.supervised_or_why(day)
    charges = found["supervision"]
    return found | {
        "checked": [] if charges is None else [(CHARGE_WORDS[one.charge], one) for one in charges.checked],
        "unchecked": []
        if charges is None
        else [(CHARGE_WORDS[one.charge], UNCHECKED_WORDS[one.reason], one.charges_n) for one in charges.not_checkable],
        "broken": [] if charges is None else [((one.title_en, one.title_zh), one) for one in charges.broken],
        "open_findings": [(CHARGE_WORDS[one["charge"]], one) for one in found.get("open_findings", [])],
    }


def _matters() -> list[tuple[str, int, int]]:
    with desk().connection() as connection:
        return open_by_kind(connection, desk().today())


def _ledger(request: HttpRequest) -> dict[str, Any]:
    work = checking.verification()
    lines = work.result.get("lines", {}).get(language(), [])
    return {
        "verification": work, "faults": lines, "entries_n": checking.entries_n(), "verified": checking.last_verified(),
        "may_verify": request.user.has_perm("ledger.verify"), "zone": desk().bank.timezone,
    }  # fmt: skip


@require_POST
@needs("conduct.see")
def compute_conduct(request: HttpRequest) -> HttpResponse:
    """Have the conduct of a day computed."""
    day = day_given(request.POST.get("day", ""), desk().today())
    conducting.begin_conduct(day, request.user.get_username())
    return redirect(f"/compliance/?{urlencode({'from': day, 'to': day})}#conduct")


@needs("conduct.see")
def conduct_part(request: HttpRequest, day: str) -> HttpResponse:
    """The conduct of a day alone, which the page asks for while it is being computed."""
    return render(request, "compliance/conduct.html", _conduct(request, day_given(day, desk().today())))


@require_POST
@needs("ledger.verify")
def verify(request: HttpRequest) -> HttpResponse:
    """Have the ledger verified."""
    checking.begin_verification(request.user.get_username())
    work = checking.verification()
    if work.state == "running":
        messages.info(request, _("The ledger is being verified; this page tells when it is done."))
    elif work.result.get("findings"):
        messages.error(request, _("The ledger is not sound."))
    else:
        messages.success(request, _("The ledger is sound."))
    return redirect("/compliance/#ledger")


@needs("conduct.see", "ledger.verify")
def verification_part(request: HttpRequest) -> HttpResponse:
    """The verification alone, which the page asks for while it goes on."""
    return render(request, "compliance/verification.html", _ledger(request))


@needs("record.see")
def record(request: HttpRequest) -> HttpResponse:
    """Who looked at whom, signed in, was refused, changed a user, asked and decided; of one customer if one may see them."""
    asked = Asked(request.GET or None, may_name=request.user.has_perm("case.see"))
    if not recorded.may_ask(request.user, request.GET.get("customer", "")):
        refuse(request, request.GET["customer"], "case.see")
    zone = desk().bank.timezone
    wanted = recorded.Wanted(**asked.cleaned_data) if asked.is_valid() else recorded.Wanted()
    rows, more = recorded.found(wanted, zone, number_of(request.GET.get("before")))
    query = urlencode({name: value for name, value in request.GET.items() if name != "before" and value})
    return render(request, "compliance/record.html", {
        "form": asked, "rows": [(one, recorded.subject_for(request.user, one)) for one in rows],
        "last": rows[-1] if more else None, "query": query, "zone": zone, "sees_cases": sees_every_case(request.user),
    })  # fmt: skip
