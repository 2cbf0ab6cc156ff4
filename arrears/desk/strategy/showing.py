"""A playbook as its pages draw it: the days of each step, every arm's steps, each arm's share of the customers."""

from __future__ import annotations

from typing import Any

from arrears.playbook import Playbook
from arrears.playbook.conditions import Condition
from arrears.playbook.model import Experiment, Segment, Step
from arrears.playbook.reach import dpd_limits
from arrears.playbook.showing import shown_experiment, shown_segment, shown_step
from arrears.playbook.triggers import Trigger

REPEATS_MAX = 12
"""So many times a step that comes again and again without end is shown."""
DAYS_MAX = 60
WHOLE_PPM = 1_000_000


def days_of(trigger: Trigger, condition: Condition) -> tuple[tuple[int, ...], bool]:
    """The days on which it fires, and whether it goes on after them."""
    days = trigger.dpd
    if days is None:
        named = trigger.due or trigger.bucket_day or trigger.since_days or trigger.month_day or ()
        return tuple(sorted(named)), False
    if days.days is not None:
        return tuple(sorted(days.days)), False
    low, high = dpd_limits(condition)
    first = days.first_in(low or 0, high)
    assert days.every is not None  # noqa: S101 - a trigger that names no days repeats
    begin = first if first is not None else days.from_ or 1
    ends = [end for end in (days.to, high) if end is not None]
    last = min(ends) if ends else begin + days.every * (REPEATS_MAX - 1)
    found = tuple(range(begin, last + 1, days.every)) or (begin,)
    return found[:DAYS_MAX], not ends or len(found) > DAYS_MAX


def shares_ppm(experiment: Experiment) -> dict[str, int]:
    """Arm to its share of the customers."""
    drawn = {one.id: one.share_ppm for one in experiment.challengers} | {"holdout": experiment.holdout_ppm}
    return drawn | {"champion": WHOLE_PPM - sum(drawn.values())}


def shown_whole(playbook: Playbook) -> dict[str, Any]:
    """All of it as data: segments in order with each arm's steps, and the experiments."""
    experiments = [shown_experiment(one) | {"shares_ppm": shares_ppm(one)} for one in playbook.experiments]
    return {
        "hash": playbook.content_hash, "id": playbook.id, "title": playbook.title.model_dump(), "contents": playbook.contents,
        "segments": [_segment(playbook, one) for one in playbook.segments], "experiments": experiments,
    }  # fmt: skip


def _segment(playbook: Playbook, segment: Segment) -> dict[str, Any]:
    experiment = playbook.experiment_of(segment.id)
    shares = {"": WHOLE_PPM} if experiment is None else shares_ppm(experiment)
    arms = [(name.partition(":")[2], steps) for name, steps in playbook.variants(segment).items()]
    return shown_segment(playbook, segment) | {
        "condition": segment.when, "floor": segment.floor,
        "arms": [
            {"name": arm, "share_ppm": shares[arm], "steps": [_step(step, segment.condition) for step in steps]}
            for arm, steps in arms
        ],
    }  # fmt: skip


def _step(step: Step, condition: Condition) -> dict[str, Any]:
    days, endless = days_of(step.trigger, condition)
    return shown_step(step) | {"counted_from": step.trigger.kind, "days": list(days), "goes_on": endless}
