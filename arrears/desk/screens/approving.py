"""What waits for a second person."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arrears.desk.people.approvals import APPROVED_BY, decide
from arrears.desk.people.models import Approval
from arrears.desk.screens.access import needs

SHOWN_MAX = 100


@needs("plan.approve", "write_off.approve", "strategy.approve", "policy.approve")
def approvals(request: HttpRequest) -> HttpResponse:
    """Those that this person may decide, and those decided lately."""
    kinds = [kind for kind, right in APPROVED_BY.items() if request.user.has_perm(right)]
    found = Approval.objects.filter(kind__in=kinds)
    return render(
        request, "desk/approvals.html",
        {"waiting": found.filter(state="open").order_by("asked_at")[:SHOWN_MAX],
         "decided": found.exclude(state="open").order_by("-decided_at")[:20]},
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
