"""The pages of the strategist: a playbook as a drawing, and what is different between two."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arrears.desk.current import desk
from arrears.desk.plan.models import Publication
from arrears.desk.saying import Told, language, on_page
from arrears.desk.screens.access import needs
from arrears.desk.screens.strategist.diagram import diagram
from arrears.desk.screens.strategist.words import (
    CHANGE_WORDS,
    MEASURE_WORDS,
    ORIGIN_WORDS,
    condition_words,
    path_words,
    trigger_words,
    value_words,
)
from arrears.desk.strategy import handed_in, playbooks
from arrears.desk.strategy.showing import shares_ppm
from arrears.playbook import Playbook, diff
from arrears.playbook.model import Experiment, Segment, Step

CHANGES_MAX = 500
PPM_PERCENT = 10_000


class OneFile(forms.Form):
    """A playbook to look at; nothing of it is kept."""

    file = forms.FileField(label=gettext_lazy("Playbook file (YAML)"), max_length=100)

    def clean_file(self) -> Any:
        """Held to its size before it is read."""
        return bounded(self.cleaned_data["file"], handed_in.FILE_BYTES_MAX)


def bounded(file: Any, bytes_max: int) -> Any:
    """An uploaded file; raises `ValidationError` where it is too large."""
    if file.size > bytes_max:
        raise forms.ValidationError(_("larger than %(n)d bytes") % {"n": bytes_max})
    return file


@needs("strategy.see")
def home(request: HttpRequest) -> HttpResponse:
    """A playbook as its segments with their steps; the one in force unless another is chosen."""
    workspace = desk().workspace
    now = playbooks.in_force(workspace)
    shown = playbooks.version(workspace, request.GET["version"]) if request.GET.get("version") else now
    found = shown.playbook()
    latest = Publication.objects.order_by("-business_date").first()
    of_day = None if latest is None else playbooks.of_day(workspace, latest.strategy)
    return render(request, "strategist/home.html", {
        "version": shown, "playbook": found, "title": _words(found), "in_force": now, "latest": latest, "of_day": of_day,
        "planned_by": "" if latest is None else str(latest.strategy.get("playbook", ""))[: playbooks.PREFIX],
        "versions": _versions(), "segments": segments_of(found), "experiments": [_experiment(one) for one in found.experiments],
    })  # fmt: skip


@needs("strategy.see")
def compare(request: HttpRequest) -> HttpResponse:
    """What is different between two playbooks known here, or between one of them and a file that is looked at only."""
    workspace = desk().workspace
    form = OneFile(request.POST, request.FILES) if request.method == "POST" else OneFile()
    given = request.POST if request.method == "POST" else request.GET
    known = playbooks.versions(workspace)
    old = playbooks.version(workspace, given["old"]) if given.get("old") else known[0]
    context: dict[str, Any] = {"versions": _versions(), "form": form, "old": old.key, "status": 200}
    new: Playbook | None = None
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        read = playbooks.read(file.read(), str(file.name), workspace)
        if isinstance(read, playbooks.Refused):
            context |= {"findings": told(read), "status": 422}
        else:
            new = read
            context["new_name"] = file.name
    elif not form.is_bound and given.get("new"):
        new = playbooks.version(workspace, given["new"]).playbook()
        context |= {"new": given["new"][: playbooks.PREFIX], "new_name": given["new"][: playbooks.PREFIX]}
    if new is not None:
        context |= changes_between(old.playbook(), new)
    return render(request, "strategist/compare.html", context, status=context["status"] if form.is_valid() else 200)


def told(refused: playbooks.Refused) -> list[tuple[str, Told]]:
    """Level of each finding, and what it says to the reader."""
    return [(one.level, on_page(one)) for one in refused.findings]


def changes_between(old: Playbook, new: Playbook) -> dict[str, Any]:
    """`changes` as (what, kind of change, before, after) in words, at most `CHANGES_MAX`, and `changes_n`."""
    tongue, currency = language(), desk().bank.currency
    found = diff(old, new)
    rows = [
        (
            path_words(one["path"], tongue), CHANGE_WORDS[one["change"]], one["change"],
            value_words(one["path"], one["old"], tongue, currency), value_words(one["path"], one["new"], tongue, currency),
        )
        for one in found[:CHANGES_MAX]
    ]  # fmt: skip
    return {"changes": rows, "changes_n": len(found), "titles": (_words(old), _words(new))}


def segments_of(playbook: Playbook) -> list[dict[str, Any]]:
    """The segments in order, each in words with a drawing of every arm's steps."""
    return [_segment(playbook, one) for one in playbook.segments]


def _segment(playbook: Playbook, segment: Segment) -> dict[str, Any]:
    currency = desk().bank.currency
    target = segment.target
    experiment = playbook.experiment_of(segment.id)
    return {
        "segment": segment, "title": (segment.title.en, segment.title.zh), "experiment": experiment,
        "when": condition_words(segment.condition, language(), currency),
        "note": None if segment.note is None else (segment.note.en, segment.note.zh),
        "target": None if target is None else (MEASURE_WORDS[target.measure], target.value_bp, target.by_day),
        "arms": [_arm(segment, name, steps, experiment) for name, steps in playbook.variants(segment).items()],
    }  # fmt: skip


def _arm(segment: Segment, name: str, steps: tuple[Step, ...], experiment: Experiment | None) -> dict[str, Any]:
    arm = name.partition(":")[2]
    title = {"champion": _("champion"), "holdout": _("holdout")}.get(arm, arm)
    return {
        "name": arm, "title": title, "share": None if experiment is None else _shares(experiment)[arm],
        "diagram": diagram(steps, segment.condition),
        "steps": [(step, trigger_words(step.trigger, language())) for step in steps],
    }  # fmt: skip


def _shares(experiment: Experiment) -> dict[str, str]:
    """Arm to its share of the customers, as people write it."""
    return {name: f"{share / PPM_PERCENT:g} %" for name, share in shares_ppm(experiment).items()}


def _experiment(experiment: Experiment) -> dict[str, Any]:
    shares = _shares(experiment)
    return {
        "experiment": experiment, "title": (experiment.title.en, experiment.title.zh), "shares": shares,
        "challengers": [((one.title.en, one.title.zh), one, shares[one.id]) for one in experiment.challengers],
    }  # fmt: skip


def _versions() -> list[tuple[playbooks.Version, tuple[str, str]]]:
    return [(one, ORIGIN_WORDS[one.origin]) for one in playbooks.versions(desk().workspace)]


def _words(playbook: Playbook) -> tuple[str, str]:
    return playbook.title.en, playbook.title.zh
