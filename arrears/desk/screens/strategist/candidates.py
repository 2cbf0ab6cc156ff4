"""The pages of a candidate: handed in with its simulation, looked at by a second person, put in force."""

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
from arrears.desk.saying import Told, on_page
from arrears.desk.screens.access import needs
from arrears.desk.screens.fields import page_of, pages
from arrears.desk.screens.strategist.views import bounded, changes_between, segments_of, told
from arrears.desk.strategy import handed_in, playbooks, simulated
from arrears.errors import ArrearsError
from arrears.money import format_minor
from arrears.playbook import load


class Candidate(forms.Form):
    """A playbook and what came of it in simulation."""

    file = forms.FileField(label=gettext_lazy("Playbook file (YAML)"), max_length=100)
    result = forms.FileField(label=gettext_lazy("Result of arrears simulate (JSON)"), max_length=100)

    def clean_file(self) -> Any:
        """Held to its size before it is read."""
        return bounded(self.cleaned_data["file"], handed_in.FILE_BYTES_MAX)

    def clean_result(self) -> Any:
        """The same."""
        return bounded(self.cleaned_data["result"], simulated.FILE_BYTES_MAX)


@needs("strategy.submit")
def submit(request: HttpRequest) -> HttpResponse:
    """Hand a candidate in; what is wrong with it is told by line."""
    form = Candidate(request.POST, request.FILES) if request.method == "POST" else Candidate()
    if not form.is_bound:
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=400)
    file, result = form.cleaned_data["file"], form.cleaned_data["result"]
    try:
        found = playbooks.submit(
            request.user, file.read(), str(file.name), result.read(), str(result.name), desk().workspace
        )  # fmt: skip
    except ArrearsError as error:
        return _page(request, form, status=422, error=on_page(error))
    if isinstance(found, playbooks.Refused):
        return _page(request, form, status=422, findings=told(found))
    messages.success(request, _("Submitted; a second person decides."))
    return redirect("strategist:candidate", found.subject)


def _page(
    request: HttpRequest, form: Candidate, *, status: int = 200, error: Told | None = None, findings: Any = ()
) -> HttpResponse:
    page = page_of(request)
    asked, more = lately("strategy", page)
    context = {"form": form, "error": error, "findings": findings, "lately": asked, **pages(page, more=more)}
    return render(request, "strategist/submit.html", context, status=status)


@needs("strategy.see")
def candidate(request: HttpRequest, digest: str) -> HttpResponse:
    """A candidate: what it changes, what its simulation found, who asked and decided."""
    workspace = desk().workspace
    folder = playbooks.candidate(workspace, digest)
    playbook = load(folder / handed_in.FILE)
    asked = latest_of("strategy", digest)
    now = playbooks.in_force(workspace).playbook()
    running = now.content_hash == digest
    may = request.user.has_perm("strategy.submit") or request.user.has_perm("strategy.approve")
    context: dict[str, Any] = {
        "playbook": playbook, "title": (playbook.title.en, playbook.title.zh), "digest": digest, "asked": asked,
        "in_force": running, "may_put": asked is not None and asked.state == "approved" and not running and may,
        "segments": segments_of(playbook),
    }  # fmt: skip
    if asked is not None:
        context |= _figures(playbooks.simulation_of(workspace, asked), digest)
    if not running:
        context |= changes_between(now, playbook)
    return render(request, "strategist/candidate.html", context)


@require_POST
@needs("strategy.submit", "strategy.approve")
def put_in_force(request: HttpRequest, digest: str) -> HttpResponse:
    """Put an approved candidate in force from the next day's run."""
    playbooks.put_in_force(request.user, digest, desk().workspace)
    messages.success(request, _("In force from the next day's run; the old one is kept."))
    return redirect("strategist:home")


def _figures(found: simulated.Simulated, digest: str) -> dict[str, Any]:
    """The main measures of each side, and the differences with their intervals."""
    currency = desk().bank.currency
    rows = []
    for measure, words in simulated.MAIN.items():
        gap = found.difference.get(measure)
        cells = [_figure(side.mean[measure], measure, currency) for side in found.strategies]
        if gap is not None:
            ends = (gap.low, gap.high)
            between = "" if None in ends else " … ".join(_figure(end or 0, measure, currency) for end in ends)
            cells += [_figure(gap.mean, measure, currency), between]
        rows.append((words, cells))
    sides = [(side, side.playbook_hash == digest) for side in found.strategies]
    return {"simulation": found, "figures": rows, "sides": sides, "seeds_n": len(found.seeds)}


def _figure(value: float, measure: str, currency: str) -> str:
    if measure.endswith("_minor"):
        return format_minor(round(value), currency)
    return f"{value / 100:.2f} %" if measure.endswith("_bp") else f"{value:,.1f}"
