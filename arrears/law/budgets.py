"""What the caps leave one customer: contacts a channel may still make today and in the seven days that begin today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from arrears.law.case import Budget
from arrears.law.counting import Tally
from arrears.law.kinds import CoolOff, FrequencyCap
from arrears.law.moment import Moment
from arrears.law.screening import Active

WEEK_DAYS = 7


def remaining(moment: Moment, channel: str, binding: Sequence[Active]) -> Budget:
    """The budget of one channel under the caps and cool-offs that bind it, every contact made as soon as it may be.

    A planned contact counts as if it will count under each cap; that it may bring a conversation, and so silence, does not.
    """
    rules = [one for one in binding if _open(moment, one, channel)]
    if not any(isinstance(one.rule.params, FrequencyCap) for one in rules):
        silenced = any(isinstance(one.rule.params, CoolOff) and _used(moment, one, 0) for one in rules)
        ids = tuple(one.rule.id for one in rules) if silenced else ()
        return Budget(channel=channel, today=0 if silenced else None, this_week=None, rules=ids)
    made: list[int] = []
    for ahead in range(WEEK_DAYS):
        made.append(min(_left(moment, one, ahead, made) for one in rules))
    return Budget(channel=channel, today=made[0], this_week=sum(made), rules=tuple(one.rule.id for one in rules))


def _open(moment: Moment, one: Active, channel: str) -> bool:
    """Whether the rule speaks of this channel, party and purpose and is not lifted."""
    params, case = one.rule.params, moment.facts.case
    return (
        channel in params.channels
        and case.party in params.parties
        and case.purpose in params.purposes
        and (params.dpd_from is None or moment.facts.dpd >= params.dpd_from)
        and (params.lifted_by is None or (channel, params.lifted_by) not in moment.consents)
    )


_NO_LIMIT = 1_000_000


def _left(moment: Moment, one: Active, ahead: int, made: Sequence[int]) -> int:
    """How many contacts one rule leaves on the day `ahead` days from now, after `made` on the days before it."""
    params = one.rule.params
    if isinstance(params, FrequencyCap):
        planned = sum(made[max(0, ahead - params.days + 1) :])
        return max(0, params.max - _used(moment, one, ahead) - planned)
    return 0 if _used(moment, one, ahead) else _NO_LIMIT


def _used(moment: Moment, one: Active, ahead: int) -> int:
    """What the history counts under a rule on the day `ahead` days from now; the largest of the plausible places."""
    params = one.rule.params
    assert isinstance(params, FrequencyCap | CoolOff)  # noqa: S101 - only these are asked
    tally = params.tally
    return moment.count(tally) if ahead == 0 else _count_ahead(moment, tally, ahead)


def _count_ahead(moment: Moment, tally: Tally, ahead: int) -> int:
    facts = moment.facts
    counts = [0] * len(moment.local)
    for event in facts.events:
        if tally.counts(event.channel, event.party, event.direction, event.outcome) and facts.key_matches(tally, event):
            for index, place in enumerate(moment.local):
                if 0 <= (place.date + timedelta(days=ahead) - event.dates[index]).days < tally.days:
                    counts[index] += event.times
    return max(counts)
