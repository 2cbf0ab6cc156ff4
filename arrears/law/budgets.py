"""What the caps leave one customer: contacts a channel may still make today and in the seven days that begin today."""

from __future__ import annotations

from collections.abc import Sequence

from arrears.feed.contracts import CHANNELS
from arrears.law.binding import Binding, Bound
from arrears.law.kinds import FrequencyCap
from arrears.law.moment import Moment
from arrears.law.verdict import Budget

WEEK_DAYS = 7
_UNLIMITED = {channel: Budget(channel, None, None, ()) for channel in CHANNELS}
_KNOWN: dict[tuple[object, ...], Budget] = {}
"""Budgets by channel, rules and what is used of them: few customers differ in it."""
_KNOWN_MAX = 16_384


def budgets(moment: Moment, bound: Bound) -> tuple[Budget, ...]:
    """The budget of every channel."""
    return tuple([_budget(moment, channel, rules) if rules else _UNLIMITED[channel] for channel, rules in bound.caps])


def _budget(moment: Moment, channel: str, binding: Sequence[Binding]) -> Budget:
    """The budget of one channel under the caps and cool-offs that bind it, every contact made as soon as it may be.

    A planned contact counts as if it will count under each cap; that it may bring a conversation, and so silence, does not.
    """
    facts = moment.facts
    rules = [
        one for one in binding if one.dpd_from <= facts.dpd and (not one.conditional or one.params.stands(moment, channel))
    ]
    if not rules:
        return _UNLIMITED[channel]
    used = [facts.used_ahead(one.params.tally, moment.days, WEEK_DAYS) for one in rules]  # type: ignore[attr-defined]
    key = (channel, *[id(one.params) for one in rules], *used)
    found = _KNOWN.get(key)
    if found is None:
        if len(_KNOWN) >= _KNOWN_MAX:
            _KNOWN.clear()
        found = _KNOWN[key] = _counted(channel, rules, used)
    return found


def _counted(channel: str, rules: Sequence[Binding], ahead: Sequence[Sequence[int]]) -> Budget:
    """The budget by what the history leaves each rule counting on each day ahead."""
    ids = tuple([one.id for one in rules])
    caps: list[tuple[int, int | None, Sequence[int]]] = []
    silent = [False] * WEEK_DAYS
    for one, used in zip(rules, ahead, strict=True):
        params = one.params
        if isinstance(params, FrequencyCap):
            caps.append((params.max, params.days, used))
        else:
            silent = [quiet or n > 0 for quiet, n in zip(silent, used, strict=True)]
    if not caps:
        return Budget(channel, 0, None, ids) if silent[0] else _UNLIMITED[channel]
    made: list[int] = []
    for day in range(WEEK_DAYS):
        made.append(0 if silent[day] else min([_left(cap, day, made) for cap in caps]))
    return Budget(channel, made[0], sum(made), ids)


def _left(cap: tuple[int, int | None, Sequence[int]], ahead: int, made: Sequence[int]) -> int:
    """How many contacts one cap leaves on the day `ahead` days from now, after `made` on the days before it."""
    most, days, used = cap
    planned = 0 if days == 1 else sum(made) if days is None else sum(made[max(0, ahead - days + 1) :])
    return max(0, most - used[ahead] - planned)
