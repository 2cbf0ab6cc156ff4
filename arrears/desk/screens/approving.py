"""What waits for a second person."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arrears.desk.people.approvals import decide, decided_lately, to_decide
from arrears.desk.screens.access import needs

SHOWN_MAX, DECIDED_MAX = 100, 20


@needs("plan.approve", "write_off.approve", "strategy.approve", "policy.approve")
def approvals(request: HttpRequest) -> HttpResponse:
    """Those that this person may decide, and those decided lately."""
    return render(
        request, "desk/approvals.html",
        {"waiting": to_decide(request.user, SHOWN_MAX), "decided": decided_lately(request.user, DECIDED_MAX)},
    )  # fmt: skip


@require_POST
@needs("plan.approve", "write_off.approve", "strategy.approve", "policy.approve")
def decided(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Approve or reject one."""
    found = decide(
        request.user, approval_id, approve=request.POST.get("decision") == "approve", note=request.POST.get("note", "")[:500]
    )
    messages.success(request, _("Approved.") if found.state == "approved" else _("Rejected."))
    return redirect("approvals")
