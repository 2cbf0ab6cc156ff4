"""`gate`: one contact at one moment, with every refusing rule, the first lawful moment and what the caps leave."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from pydantic import ValidationError

from arrears.errors import LawError
from arrears.feed.contracts import CHANNELS
from arrears.law.budgets import remaining
from arrears.law.case import Case, Refusal, Verdict
from arrears.law.kinds import CoolOff, FrequencyCap, Hours
from arrears.law.loading import load_packs
from arrears.law.model import NO_PACK, NO_PACK_TITLE, Pack, lies_in
from arrears.law.moment import Facts, Moment, first_instant
from arrears.law.screening import Active, active_rules
from arrears.law.words import Reason

HORIZON_DAYS = 62
"""How far ahead the first lawful moment is sought: past the longest window; a state's own end may lie further."""


class Refused(NamedTuple):
    """A refusing rule; `active` is None where no pack covers the jurisdiction."""

    active: Active | None
    reason: Reason


def gate(case: Case, packs: Sequence[Pack]) -> Verdict:
    """The verdict of every rule of `packs` on one contact. An inbound contact is the customer's own, and no rule refuses it."""
    facts = Facts(case)
    moment = Moment(facts, case.at.astimezone(UTC))
    packs = tuple(packs)
    refused = refusals_at(moment, packs)
    allowed_from, why = _allowed_from(moment, packs, refused)
    return Verdict(
        allowed=not refused,
        refusals=tuple(_told(one, case) for one in refused),
        allowed_from=allowed_from,
        allowed_from_why=why,
        remaining=tuple(remaining(moment, channel, _binding(moment, packs, channel)) for channel in CHANNELS),
    )


def refusals_at(moment: Moment, packs: tuple[Pack, ...]) -> tuple[Refused, ...]:
    """Every refusing rule at that moment, in order of id."""
    case = moment.facts.case
    if case.direction == "inbound":
        return ()
    found = []
    if not all(lies_in(one, _codes(packs)) for one in case.jurisdictions):
        found.append(Refused(None, NO_PACK_REASON))
    for active in _active(packs, moment.today):
        if binds(active, case) and active.rule.params.covers(moment):
            reason = active.rule.params.judged(moment)
            if reason is not None:
                found.append(Refused(active, reason))
    return tuple(sorted(found, key=_rule_id))


NO_PACK_REASON = Reason(
    "no law pack in force speaks for a jurisdiction of this contact; add its pack to bank.jurisdictions",
    "现行规则包未覆盖本次联系所涉法域，请在 bank.jurisdictions 中加入",
    passes=False,
)


def binds(active: Active, case: Case) -> bool:
    """Whether a rule binds the actor in one of the case's jurisdictions."""
    rule = active.rule
    codes = active.pack.codes(rule)
    return rule.binds(case.acts) and any(
        lies_in(one, codes) and not (rule.outside and lies_in(one, rule.outside)) for one in case.jurisdictions
    )


@functools.lru_cache(maxsize=256)
def _active_by_hash(keys: tuple[str, ...], day: date) -> tuple[Active, ...]:
    return active_rules([_KNOWN[key] for key in keys], day)


_KNOWN: dict[str, Pack] = {}
_KNOWN_MAX = 256


def _active(packs: tuple[Pack, ...], day: date) -> tuple[Active, ...]:
    """`active_rules`, kept for the packs and days asked for lately."""
    if len(_KNOWN) > _KNOWN_MAX:
        _KNOWN.clear()
        _active_by_hash.cache_clear()
    for pack in packs:
        _KNOWN.setdefault(pack.content_hash, pack)
    return _active_by_hash(tuple(pack.content_hash for pack in packs), day)


def _codes(packs: tuple[Pack, ...]) -> tuple[str, ...]:
    return tuple(code for pack in packs for code in pack.covers if code != "*")


def _rule_id(refused: Refused) -> str:
    return NO_PACK if refused.active is None else refused.active.rule.id


def _told(refused: Refused, case: Case) -> Refusal:
    language = case.language
    reason = refused.reason.zh if language == "zh" else refused.reason.en
    if refused.active is None:
        return Refusal(rule=NO_PACK, title=NO_PACK_TITLE.said(language), citation="arrears", reason=reason)
    rule = refused.active.rule
    return Refusal(rule=rule.id, title=rule.title.said(language), citation=rule.citation.said(), reason=reason)


def _binding(moment: Moment, packs: tuple[Pack, ...], channel: str) -> tuple[Active, ...]:
    """The rules that limit how often a channel may be used for this customer."""
    case = moment.facts.case
    return tuple(
        active
        for active in _active(packs, moment.today)
        if isinstance(active.rule.params, FrequencyCap | CoolOff)
        and channel in active.rule.params.channels
        and binds(active, case)
    )


def _allowed_from(moment: Moment, packs: tuple[Pack, ...], refused: tuple[Refused, ...]) -> tuple[datetime | None, str]:
    """The first moment nothing refuses, or why there is none."""
    case = moment.facts.case
    zh = case.language == "zh"
    if not refused:
        return case.at, ""
    lasting = [_rule_id(one) for one in refused if not one.reason.passes]
    if lasting:
        rules = ", ".join(lasting)
        return (
            None,
            f"{rules} 的情形须先改变，仅靠等待不能解除"
            if zh
            else f"what {rules} refuses must change first; waiting does not do",
        )
    for instant in _turns(moment, packs):
        if not refusals_at(Moment(moment.facts, instant), packs):
            return instant.astimezone(moment.facts.clocks[0]), ""
    return None, f"{HORIZON_DAYS} 天内没有合法时刻" if zh else f"no lawful moment in the next {HORIZON_DAYS} days"


def _turns(moment: Moment, packs: tuple[Pack, ...]) -> Iterator[datetime]:
    """The instants at which a refusal may end, in order: local midnights, and every rule of hours' first lawful second."""
    facts = moment.facts
    days = {moment.today + timedelta(days=ahead) for ahead in range(-1, HORIZON_DAYS)}
    for one in facts.case.flags:
        if one.until_date is not None and one.until_date >= moment.today:
            days |= {one.until_date + timedelta(days=ahead) for ahead in range(3)}
    for day in sorted(days):
        instants = set()
        for active in (None, *_active(packs, day)):
            second = 0 if active is None else active.rule.params.window[0] if isinstance(active.rule.params, Hours) else None
            if second is not None:
                instants |= {first_instant(zone, day, second) for zone in facts.zones}
        yield from (instant for instant in sorted(instants) if instant > moment.at)


def parse_case(raw: bytes | str) -> Case:
    """A case from JSON; raises `LawError` naming the key, never the value (it may be personal)."""
    try:
        return Case.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "case"
        words = {"extra_forbidden": "unknown key", "missing": "this key is missing"}
        what = words.get(first["type"], str(first["msg"]).removeprefix("Value error, "))
        raise LawError(
            what, where=f"case: {key}", remedy="the format is in docs/law.md (arrears law schema prints it)"
        ) from None


def decide_json(raw: bytes, pack: str) -> dict[str, Any]:
    """`arrears law gate --pack P --json`: the verdict on one case; `pack` is a name, a file, or several with commas between."""
    return gate(parse_case(raw), load_packs(pack.split(","))).model_dump(mode="json")
