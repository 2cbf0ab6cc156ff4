"""`judge`: one matter against every rule of law that speaks of it, with by how much each is exceeded and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from arrears.law.kinds import MatterKind
from arrears.law.kinds.matter import Breach, Unit
from arrears.law.loading import load_packs
from arrears.law.matter import Matter, Record, read_matter
from arrears.law.matter_facts import RowFacts
from arrears.law.matter_rows import row_of
from arrears.law.model import NO_PACK, NO_PACK_TITLE, Pack, Rule, lies_in
from arrears.law.words import Reason, Strict


class MatterRefusal(Strict):
    """A rule the matter breaks: by how much, in `unit`, and why in the matter's language."""

    rule: str
    title: str
    citation: str
    over: int
    unit: Unit
    reason: str


class MatterVerdict(Strict):
    """Whether the matter is lawful; `refusals` by id. Of a record also what may and must become of it."""

    allowed: bool
    refusals: tuple[MatterRefusal, ...]
    excused: tuple[str, ...] | None = None
    """Rules that would refuse it, were it not for what the matter tells that excuses from them; none where left out."""
    may_be_deleted: bool | None = None
    """Of a record: no period of keeping runs."""
    must_be_deleted: bool | None = None
    """Of a record: a last day of keeping is past."""


class MatterRule(NamedTuple):
    """A rule about matters, and the pack it stands in."""

    pack: Pack
    rule: Rule
    kind: MatterKind


NO_PACK_REASON = Reason(
    "no law pack in force speaks for a jurisdiction of this matter; add its pack to bank.jurisdictions",
    "现行规则包未覆盖该事项所涉法域，请在 bank.jurisdictions 中加入",
    passes=False,
)


def matter_rules(packs: Sequence[Pack], day: date, matter: str) -> tuple[MatterRule, ...]:
    """The rules of `packs` in force on `day` that judge such matters, in order of id."""
    found = [
        MatterRule(pack, rule, rule.params)
        for pack in packs
        for rule in pack.rules_in_force(day)
        if isinstance(rule.params, MatterKind) and rule.params.matter == matter
    ]
    return tuple(sorted(found, key=lambda one: one.rule.id))


def judge(matter: Matter, packs: Sequence[Pack]) -> MatterVerdict:
    """The verdict of every rule of `packs` in force on the matter's day."""
    rules = matter_rules(packs, matter.on, matter.matter)
    breaches = breaches_of(matter, rules)
    refusals = [_told(one, breach, matter) for one, breach in breaches]
    covers = covered_codes(packs)
    if not all(lies_in(one, covers) for one in matter.jurisdictions):
        refusals.append(_no_pack(matter))
    refusals.sort(key=lambda one: one.rule)
    verdict = MatterVerdict(allowed=not refusals, refusals=tuple(refusals), excused=excused_from(matter, rules) or None)
    return _with_both_answers(verdict, matter, packs) if isinstance(matter, Record) else verdict


def breaches_of(matter: Matter, rules: Iterable[MatterRule]) -> list[tuple[MatterRule, Breach]]:
    """Which of `rules` the matter breaks, whoever they are in force for or not."""
    facts = RowFacts(row_of(matter), matter.on)
    found = [(one, one.kind.judged(facts)) for one in rules if _binds(one, matter)]
    return [(one, breach) for one, breach in found if breach is not None]


def excused_from(matter: Matter, rules: Iterable[MatterRule]) -> tuple[str, ...]:
    """Which of `rules` the matter would break, were it not excused."""
    facts = RowFacts(row_of(matter), matter.on)
    return tuple(one.rule.id for one in rules if _binds(one, matter) and one.kind.excuses(facts))


def covered_codes(packs: Sequence[Pack]) -> tuple[str, ...]:
    """The jurisdictions the packs speak for; `*` speaks for none by itself."""
    return tuple(code for pack in packs for code in pack.covers if code != "*")


def judge_json(raw: bytes, pack: str) -> dict[str, Any]:
    """`arrears law check --pack P --json`: the verdict on one matter; `pack` is a name, a file, or several, commas between."""
    return judge(read_matter(raw), load_packs(pack.split(","))).model_dump(mode="json", exclude_none=True)


def _with_both_answers(verdict: MatterVerdict, record: Record, packs: Sequence[Pack]) -> MatterVerdict:
    rules = matter_rules(packs, record.on, record.matter)
    kept, deleted = (breaches_of(record.model_copy(update={"action": action}), rules) for action in ("keep", "delete"))
    return verdict.model_copy(update={"may_be_deleted": not deleted, "must_be_deleted": bool(kept) and not deleted})


def _binds(one: MatterRule, matter: Matter) -> bool:
    """Whether a rule binds whoever acts, in one of the matter's jurisdictions."""
    codes = one.pack.codes(one.rule)
    return one.rule.binds(matter.acts) and any(
        lies_in(place, codes) and not (one.rule.outside and lies_in(place, one.rule.outside)) for place in matter.jurisdictions
    )


def _told(one: MatterRule, breach: Breach, matter: Matter) -> MatterRefusal:
    chinese = matter.language == "zh"
    return MatterRefusal(
        rule=one.rule.id,
        title=one.rule.title.said(matter.language),
        citation=one.rule.citation.line(matter.language),
        over=breach.over,
        unit=breach.unit,
        reason=breach.reason.zh if chinese else breach.reason.en,
    )


def _no_pack(matter: Matter) -> MatterRefusal:
    reason = NO_PACK_REASON.zh if matter.language == "zh" else NO_PACK_REASON.en
    title = NO_PACK_TITLE.said(matter.language)
    return MatterRefusal(rule=NO_PACK, title=title, citation="arrears", over=1, unit="count", reason=reason)
