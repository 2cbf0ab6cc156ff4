"""`gate`: one contact at one moment, with every refusing rule, the first lawful moment and what the caps leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import ValidationError

from arrears.documents import json_object, printable
from arrears.errors import LawError
from arrears.file_errors import in_our_words
from arrears.law.binding import Binding, Bound, Statutes
from arrears.law.budgets import budgets
from arrears.law.case import Case
from arrears.law.facts import Facts
from arrears.law.model import NO_PACK, NO_PACK_TITLE, Pack
from arrears.law.moment import Moment
from arrears.law.verdict import Refusal, Verdict
from arrears.law.words import Language, Reason, UnknownWordError
from arrears.saying import said

HORIZON = timedelta(days=400)
"""How far ahead the first lawful moment is sought."""
STEPS_MAX = 500
"""How many moments are asked on the way there."""

NO_PACK_REASON = Reason(
    "no law pack in force speaks for a jurisdiction of this contact; add its pack to bank.jurisdictions",
    "现行规则包未覆盖本次联系所涉法域，请在 bank.jurisdictions 中加入",
    passes=False,
)


CASE_GUIDE = said("the format is in docs/law.md (arrears law schema prints it)")


class Refused(NamedTuple):
    """A refusing rule; `binding` is None where no pack covers the jurisdiction."""

    binding: Binding | None
    reason: Reason

    @property
    def id(self) -> str:
        return NO_PACK if self.binding is None else self.binding.id


class Gate:
    """Packs ready to judge contacts. Make one for a set of packs and ask it as often as you like."""

    def __init__(self, packs: Sequence[Pack]) -> None:
        self.statutes = Statutes(packs)

    def judge(self, case: Case) -> Verdict:
        """The verdict of every rule on one contact. An inbound one is the customer's own, and no rule refuses it."""
        moment = Moment(Facts(case), case.at)
        bound = self.statutes.bound(case, moment.days[0])
        refused = _refusals(moment, bound)
        allowed_from, why = (case.at, "") if not refused else self._allowed_from(moment, refused)
        return Verdict(
            not refused,
            tuple([_told(one, case) for one in refused]),
            _unchecked(moment, bound) if case.content is None else (),
            allowed_from,
            why,
            budgets(moment, bound),
        )

    def _allowed_from(self, moment: Moment, refused: Sequence[Refused]) -> tuple[datetime | None, str]:
        """The first moment nothing refuses, or why there is none.

        Each refusing rule says when it alone would end; at the latest of these all are asked again. No earlier moment can be
        lawful, so the first at which nothing refuses is the first there is.
        """
        case = moment.facts.case
        zh = case.language == "zh"
        now, horizon = moment, case.at + HORIZON
        for _ in range(STEPS_MAX):
            ends = [_ends(one, now) for one in refused]
            lasting = [one for one, end in zip(refused, ends, strict=True) if end is None]
            if lasting:
                said = _lasting(lasting, case.language) if now is moment else "; ".join(_reason(one, case) for one in lasting)
                return None, said
            later = max([end or now.at for end in ends])
            if not now.at < later <= horizon:
                break
            now = Moment(moment.facts, later)
            refused = _refusals(now, self.statutes.bound(case, now.days[0]))
            if not refused:
                return later.astimezone(moment.facts.clocks[0]), ""
        days = HORIZON.days
        return None, f"{days} 天内没有合法时刻" if zh else f"no lawful moment in the next {days} days"


def _lasting(refused: Sequence[Refused], language: Language) -> str:
    rules = ", ".join(one.id for one in refused)
    if language == "zh":
        return f"{rules} 的情形须先改变，仅靠等待不能解除"
    return f"what {rules} refuses must change first; waiting does not do"


def _reason(refused: Refused, case: Case) -> str:
    """A refusal that a later moment would meet, and that would last."""
    return f"{refused.id}: {refused.reason.zh if case.language == 'zh' else refused.reason.en}"


def _refusals(moment: Moment, bound: Bound) -> list[Refused]:
    """Every refusing rule at that moment, in order of id."""
    facts, case = moment.facts, moment.facts.case
    if case.direction == "inbound":
        return []
    found = []
    asked = bool(case.consents) or case.requested or facts.at_work or bool(moment.shown) or facts.notice is not None
    for binding in bound.asked(moment.circumstances, case.content is not None):
        _, params, _, dpd_from, conditional, _ = binding
        if dpd_from > facts.dpd or (conditional and (asked or params.at_work) and not params.stands(moment, case.channel)):
            continue
        reason = params.judged(moment)
        if reason is not None:
            found.append(Refused(binding, reason))
    if not bound.covered:
        found.append(Refused(None, NO_PACK_REASON))
        found.sort(key=lambda one: one.id)
    return found


def _unchecked(moment: Moment, bound: Bound) -> tuple[str, ...]:
    """Rules that the case tells too little for."""
    case = moment.facts.case
    if case.direction == "inbound":
        return ()
    if bound.unchecked is not None:
        return bound.unchecked
    return tuple(
        [one.id for one in bound.of_content if one.params.undecided(moment) and one.params.stands(moment, case.channel)]
    )


def _ends(one: Refused, moment: Moment) -> datetime | None:
    """When a rule that refuses at `moment` would end by time alone: its condition ends, the rule does, or it may be lifted."""
    if one.binding is None:
        return None
    params, last_day = one.binding.params, one.binding.active.rule.to_date
    over = None if last_day is None else moment.after(last_day)
    return min([at for at in (params.clears(moment), params.lifts(moment), over) if at is not None], default=None)


_GATES: dict[tuple[str, ...], Gate] = {}
_GATES_MAX = 32


def gate_of(packs: Sequence[Pack]) -> Gate:
    """The gate of these packs, kept for those asked for lately."""
    key = tuple(pack.content_hash for pack in packs)
    found = _GATES.get(key)
    if found is None:
        if len(_GATES) >= _GATES_MAX:
            del _GATES[next(iter(_GATES))]
        found = _GATES[key] = Gate(packs)
    return found


def gate(case: Case, packs: Sequence[Pack]) -> Verdict:
    """The verdict of `packs` on one contact."""
    return gate_of(packs).judge(case)


def _told(refused: Refused, case: Case) -> Refusal:
    language = case.language
    reason = refused.reason.zh if language == "zh" else refused.reason.en
    if refused.binding is None:
        return Refusal(NO_PACK, NO_PACK_TITLE.said(language), "arrears", reason)
    rule = refused.binding.active.rule
    return Refusal(rule.id, rule.title.said(language), rule.citation.line(language), reason)


def read_case(raw: bytes | str) -> Case:
    """A case that somebody wrote: as `parse_case`, and no key may stand twice, since the last would silently count."""
    json_object(raw, LawError, "case", CASE_GUIDE)
    return parse_case(raw)


def parse_case(raw: bytes | str) -> Case:
    """A case from JSON; raises `LawError` naming the key, never the value (it may be personal)."""
    try:
        return Case.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(printable(str(part)) for part in first["loc"])
        words = {"extra_forbidden": said("unknown key"), "missing": said("this key is missing")}
        words |= dict.fromkeys(("datetime_parsing", "datetime_from_date_parsing"), said("no such day or time of day"))
        raised = first.get("ctx", {}).get("error")
        if isinstance(raised, UnknownWordError):
            words[first["type"]] = said("not one of {known}", known=raised.known)
        what = words.get(first["type"]) or in_our_words(first)
        raise LawError(what, where=said("case: {key}", key=key) if key else "case", remedy=CASE_GUIDE) from None
