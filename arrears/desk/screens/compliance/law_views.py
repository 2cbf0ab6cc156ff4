"""The pages of the law: what is in force on a date, a rule with its examples, a pack's examples run."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arrears.desk.compliance import lawful
from arrears.desk.compliance.days import day_given
from arrears.desk.current import desk
from arrears.desk.saying import language
from arrears.desk.screens.access import needs
from arrears.desk.screens.compliance.rule_words import parameters
from arrears.desk.screens.compliance.words import (
    APPLIES_WORDS,
    BINDING_WORDS,
    EVIDENCE_WORDS,
    SECTION_WORDS,
    VERDICT_WORDS,
)
from arrears.law.loading import load_pack, packs_shipped
from arrears.law.model import Pack, Rule


@needs("law.see")
def law(request: HttpRequest) -> HttpResponse:
    """The packs of the bank, or one that is named, as they stand on a date."""
    today = desk().today()
    day = day_given(request.GET.get("date", ""), today)
    own = lawful.packs_now()
    named = request.GET.get("pack", "")[:40]
    shown = (lawful.pack_named(named),) if named else own
    packs = []
    for pack in shown:
        about = lawful.pack_summary(pack, day)
        about["sections"] = [
            (name, SECTION_WORDS[name], [_about(pack, rule) for rule in rules]) for name, rules in about["sections"]
        ]
        packs.append(about | {"title": (pack.title.en, pack.title.zh)})
    others = [load_pack(name) for name in packs_shipped() if name not in {pack.id for pack in own}]
    return render(request, "compliance/law.html", {
        "day": day, "packs": packs, "own": [(pack, (pack.title.en, pack.title.zh)) for pack in own], "named": named,
        "others": [(pack, (pack.title.en, pack.title.zh)) for pack in others],
    })  # fmt: skip


@needs("law.see")
def rule(request: HttpRequest, pack_id: str, rule_id: str) -> HttpResponse:
    """A rule with its versions, each with its examples decided now."""
    pack = lawful.pack_named(pack_id)
    versions = [_about(pack, one) | {"decided": [_shown(one, each) for each in lawful.decided(pack, one)]}
                for one in lawful.versions(pack, rule_id)]  # fmt: skip
    return render(request, "compliance/rule.html", {
        "pack": pack, "pack_title": (pack.title.en, pack.title.zh), "rule_id": rule_id, "versions": versions,
    })  # fmt: skip


@require_POST
@needs("law.see")
def test(request: HttpRequest, pack_id: str) -> HttpResponse:
    """Run every example of a pack, as the command does."""
    pack = lawful.pack_named(pack_id)
    found = lawful.tested(pack)
    if found.failures:
        messages.error(request, _("%(n)d examples of %(pack)s did not come out.") % {"n": len(found.failures), "pack": pack.id})
    else:
        told = {"n": found.examples_n, "pack": pack.id}
        messages.success(request, _("All %(n)d examples of %(pack)s came out as the pack says.") % told)
    return redirect(f"{reverse('compliance:law')}?{urlencode({'pack': pack.id})}")


def _about(pack: Pack, rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule, "pack_id": pack.id, "title": (rule.title.en, rule.title.zh), "citation": rule.citation.line(language()),
        "note": rule.note and rule.note.said(language()), "why": rule.why and rule.why.said(language()),
        "evidence": EVIDENCE_WORDS[rule.evidence], "binding": BINDING_WORDS[rule.binding],
        "applies_to": APPLIES_WORDS[rule.applies_to], "parameters": parameters(rule, language()),
        "codes": pack.codes(rule), "examples_n": len(rule.examples),
    }  # fmt: skip


def _shown(rule: Rule, one: lawful.Decided) -> dict[str, Any]:
    verdict = VERDICT_WORDS["refuse" if one.refused_by else "allow"]
    return {"one": one, "expected": VERDICT_WORDS[one.expect], "verdict": verdict, "by": ", ".join(one.refused_by)}
