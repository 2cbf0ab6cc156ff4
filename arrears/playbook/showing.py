"""A playbook for readers: described in two languages, compared with another, and its clauses listed with their steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from arrears.playbook.conditions import text_of
from arrears.playbook.contents import Contents
from arrears.playbook.model import CLAUSES, Experiment, Playbook, Segment, Step
from arrears.playbook.triggers import Trigger

CLAUSE_TITLES = {
    "P1": "letters by registered mail to the statement address",
    "P2": "SMS together with letters for low-risk cardholders",
    "P3": "education on the card and on late repayment",
    "P4": "reminders around the due date by SMS and phone",
    "R1": "call when more than one cycle overdue, with a plan offer",
    "R2": "SMS within 15 days after the due date to those with a history; a relative only as the law allows",
    "R3": "more calls and follow-ups by stage, inside the limits",
    "R4": "phone, SMS and letters combined, with fallback",
    "R5": "classes of overdue customers with targets",
    "R6": "process and efficiency",
    "R7": "the minimum payment as an option",
    "R8": "what the minimum payment costs",
    "R9": "phone and door visits for defaulting customers",
    "R10": "lawful information exchange with other institutions",
}


def trigger_text(trigger: Trigger) -> str:
    """`3 days before the next due date`, `on day 1, 4, 8 past due`."""
    if trigger.dpd is not None:
        days = trigger.dpd
        if days.days is not None:
            return f"day {_numbers(days.days)} past due"
        return f"every {days.every} days from day {days.from_} past due" + (f" to day {days.to}" if days.to else "")
    if trigger.due is not None:
        return " and ".join(
            "on the next due date" if day == 0 else f"{-day} days before the next due date" for day in trigger.due
        )
    if trigger.bucket_day is not None:
        return f"day {_numbers(trigger.bucket_day)} in the bucket"
    if trigger.since_days is not None:
        return f"day {_numbers(trigger.since_days)} as a customer"
    return f"day {_numbers(trigger.month_day or ())} of the month"


def _numbers(numbers: tuple[int, ...]) -> str:
    return ", ".join(str(number) for number in numbers)


def shown(playbook: Playbook, contents: Contents) -> dict[str, Any]:
    """The playbook as data for a page or a terminal: segments with titles in both languages, conditions and steps in words."""
    return {
        "id": playbook.id,
        "title": playbook.title.model_dump(),
        "content_hash": playbook.content_hash,
        "segments": [shown_segment(playbook, segment) for segment in playbook.segments],
        "experiments": [shown_experiment(experiment) for experiment in playbook.experiments],
        "clauses": clause_table(playbook, contents),
    }


def shown_segment(playbook: Playbook, segment: Segment) -> dict[str, Any]:
    """One segment of `shown`."""
    experiment = playbook.experiment_of(segment.id)
    return {
        "id": segment.id,
        "title": segment.title.model_dump(),
        "when": text_of(segment.condition),
        "note": segment.note.model_dump() if segment.note else None,
        "target": segment.target.model_dump() if segment.target else None,
        "intensity": segment.intensity.model_dump(),
        "experiment": experiment.id if experiment else None,
        "steps": [shown_step(step) for step in playbook.steps_of(segment)],
    }


def shown_step(step: Step) -> dict[str, Any]:
    """One step of a segment of `shown`."""
    return {
        "id": step.id,
        "clause": step.clause,
        "when": trigger_text(step.trigger),
        "priority": step.priority,
        "required_by": step.required_by,
        "ways": [
            way.model_dump(exclude={"minute"}) | {"at": f"{way.minute // 60:02d}:{way.minute % 60:02d}"} for way in step.ways
        ],
    }


def shown_experiment(experiment: Experiment) -> dict[str, Any]:
    """One experiment of `shown`."""
    return {
        "id": experiment.id,
        "title": experiment.title.model_dump(),
        "segments": list(experiment.segments),
        "holdout_ppm": experiment.holdout_ppm,
        "challengers": [
            {"id": one.id, "title": one.title.model_dump(), "share_ppm": one.share_ppm, "segments": sorted(one.steps)}
            for one in experiment.challengers
        ],
    }


def clause_table(playbook: Playbook, contents: Contents) -> list[dict[str, Any]]:
    """Each clause with the steps that name it, and in `also` how many more things carry it out.

    R5 is carried by targets as well; R7 and R8 by every text that offers the minimum payment, which must tell its cost.
    """
    offering = [
        step for step in playbook.all_steps() if any(_offers_minimum(way.content, way.channel, contents) for way in step.ways)
    ]
    also = {
        "R5": f"{sum(segment.target is not None for segment in playbook.segments)} segments with a target",
        "R7": f"{len(offering)} steps whose text offers the minimum payment",
        "R8": f"{len(offering)} steps whose text offers the minimum payment",
    }
    return [
        {
            "clause": clause,
            "title": CLAUSE_TITLES[clause],
            "steps": [step.id for step in playbook.all_steps() if step.clause == clause],
            "also": also.get(clause, ""),
        }
        for clause in CLAUSES
    ]


def _offers_minimum(content: str, channel: str, contents: Contents) -> bool:
    text = contents.text("en", content, channel)
    return text is not None and "minimum" in text.placeholders


def diff(old: Playbook, new: Playbook) -> list[dict[str, Any]]:
    """What changed from `old` to `new`: `path`, `change` (added, removed, changed, moved), `old`, `new`, and `text` to read."""
    return list(_changes("", _comparable(old), _comparable(new)))


def _comparable(value: Any) -> Any:
    """Lists of things with ids as mappings by id, so that a moved step is not a changed one."""
    if isinstance(value, Playbook):
        plain = value.model_dump(by_alias=True, exclude_none=True, mode="json")
        return _comparable(plain) | {"order of segments": [segment.id for segment in value.segments]}
    if isinstance(value, dict):
        return {key: _comparable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        if value and all(isinstance(item, dict) and "id" in item for item in value):
            return {item["id"]: _comparable({key: inner for key, inner in item.items() if key != "id"}) for item in value}
        return [_comparable(item) for item in value]
    return value


def _changes(path: str, old: Any, new: Any) -> Iterator[dict[str, Any]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            inner = f"{path}.{key}" if path else key
            if key not in new:
                yield _change(inner, "removed", old[key], None)
            elif key not in old:
                yield _change(inner, "added", None, new[key])
            else:
                yield from _changes(inner, old[key], new[key])
    elif old != new:
        if path != "order of segments":
            yield _change(path, "changed", old, new)
        elif [name for name in old if name in new] != [name for name in new if name in old]:
            yield _change(path, "moved", old, new)  # added and removed segments are told by themselves


def _change(path: str, change: str, old: Any, new: Any) -> dict[str, Any]:
    text = {"added": f"{path} added", "removed": f"{path} removed"}.get(change, f"{path}: {_short(old)} -> {_short(new)}")
    return {"path": path, "change": change, "old": old, "new": new, "text": text}


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."
