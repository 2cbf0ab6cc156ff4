"""The pages of the bank's own policy: what is in force, what was proposed, and putting in force what two people want."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from arrears.desk.current import desk
from arrears.desk.people.approvals import lately, latest_of
from arrears.desk.saying import Told, language, on_page
from arrears.desk.screens.access import needs
from arrears.desk.screens.fields import page_of, pages
from arrears.desk.strategy import policies
from arrears.errors import ArrearsError
from arrears.law.comparing import told


class Proposal(forms.Form):
    """A policy as a file."""

    file = forms.FileField(label=gettext_lazy("Policy file (YAML)"), max_length=100)

    def clean_file(self) -> Any:
        """Held to its size before it is read."""
        found = self.cleaned_data["file"]
        if found.size > policies.FILE_BYTES_MAX:
            raise forms.ValidationError(_("larger than %(n)d bytes") % {"n": policies.FILE_BYTES_MAX})
        return found


@needs("conduct.see", "policy.approve")
def policy(request: HttpRequest) -> HttpResponse:
    """What is in force, a form to propose another, and what was proposed lately."""
    return _page(request, Proposal())


@require_POST
@needs("policy.propose")
def propose(request: HttpRequest) -> HttpResponse:
    """Read a proposed policy, run its examples, keep it, and ask for a second person."""
    form = Proposal(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=400)
    file = form.cleaned_data["file"]
    try:
        found = policies.propose(request.user, file.read(), file.name or "policy.yaml", desk().workspace)
    except ArrearsError as error:
        return _page(request, form, status=422, error=on_page(error))
    messages.success(request, _("Proposed; a second person decides."))
    return redirect("compliance:proposal", found.subject)


@needs("conduct.see", "policy.approve")
def proposal(request: HttpRequest, digest: str) -> HttpResponse:
    """A proposed policy: what it changes, who asked, who decided."""
    workspace = desk().workspace
    pack = policies.proposed(workspace, digest)
    asked = latest_of("policy", digest)
    running = policies.in_force(workspace, digest)
    return render(request, "compliance/proposal.html", {
        "pack": pack, "title": (pack.title.en, pack.title.zh), "digest": digest, "asked": asked, "in_force": running,
        "changes": told(policies.changes(workspace, pack), language()),
        "may_put": asked is not None and asked.state == "approved" and not running and _may_put(request),
    })  # fmt: skip


@require_POST
@needs("policy.propose", "policy.approve")
def put_in_force(request: HttpRequest, digest: str) -> HttpResponse:
    """Put an approved policy in force from the next day's run."""
    policies.put_in_force(request.user, digest, desk().workspace)
    messages.success(request, _("In force from the next day's run; the old one is kept."))
    return redirect("compliance:policy")


def _may_put(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("policy.propose") or request.user.has_perm("policy.approve"))


def _page(request: HttpRequest, form: Proposal, *, status: int = 200, error: Told | None = None) -> HttpResponse:
    page = page_of(request)
    asked, more = lately("policy", page)
    return render(request, "compliance/policy.html", {
        **pages(page, more=more),
        "own": [(one, (one.pack.title.en, one.pack.title.zh)) for one in policies.own_packs(desk().workspace)], "form": form,
        "lately": asked, "may_propose": request.user.has_perm("policy.propose"), "error": error,
    }, status=status)  # fmt: skip
