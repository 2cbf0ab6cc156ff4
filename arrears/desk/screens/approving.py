"""What waits for a second person."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arrears.desk.people.administering import HALVED, approvers_half
from arrears.desk.people.approvals import APPROVED_BY, decide, decided_lately, to_decide
from arrears.desk.people.recording import record_list
from arrears.desk.screens.access import needs
from arrears.desk.screens.fields import page_of, pages

DECIDERS = tuple(dict.fromkeys(APPROVED_BY.values()))


@needs(*DECIDERS)
def approvals(request: HttpRequest) -> HttpResponse:
    """Those that this person may decide, and those decided lately."""
    page = page_of(request)
    (waiting, more_waiting), (decided, more_decided) = to_decide(request.user, page), decided_lately(request.user, page)
    record_list(request.user.username, "approvals", len(waiting) + len(decided), page=page)
    context = {"waiting": waiting, "decided": decided, "halved": HALVED, **pages(page, more=more_waiting or more_decided)}
    return render(request, "desk/approvals.html", context)


@require_POST
@needs(*DECIDERS)
def decided(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Approve or reject one; the approver's half of a password is shown once, on this answer alone."""
    found = decide(
        request.user, approval_id, approve=request.POST.get("decision") == "approve", note=request.POST.get("note", "")[:500]
    )
    if half := approvers_half(found):
        return render(request, "desk/half.html", {"one": found, "half": half})
    messages.success(request, _("Approved.") if found.state == "approved" else _("Rejected."))
    return redirect("approvals")
