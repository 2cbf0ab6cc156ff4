"""The playbook as frozen data: segments, steps, triggers, experiments. What they mean together is checked by `checking`."""

from __future__ import annotations

import hashlib
import re
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from arrears.playbook.conditions import Condition, parse

FORMAT = 1
"""Version of the playbook's format."""

Clause = Literal["P1", "P2", "P3", "P4", "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10"]
Channel = Literal["sms", "email", "call", "letter", "visit"]
Party = Literal["debtor", "guarantor", "relative", "contact_person", "employer", "attorney", "other"]
Purpose = Literal["reminder", "collection", "education", "relay", "offer"]

CLAUSES: tuple[str, ...] = get_args(Clause)
THIRD_PARTIES = ("relative", "contact_person", "employer", "other")
"""Parties who owe nothing: they may be asked to pass on a call, and are told nothing of a debt."""

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")]


def _minutes(value: Any) -> Any:
    """`09:30` as minutes after midnight."""
    match = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", value) if isinstance(value, str) else None
    if not match:
        raise ValueError('a time of day is written "09:30"')
    return int(match[1]) * 60 + int(match[2])


def _listed(value: Any) -> Any:
    return value if isinstance(value, tuple) else (value,)


def _days_or_range(value: Any) -> Any:
    return value if isinstance(value, dict) else {"days": _listed(value)}


Minutes = Annotated[int, BeforeValidator(_minutes)]


_FEW = Field(min_length=1, max_length=60)

DueDays = Annotated[tuple[Annotated[int, Field(ge=-60, le=0)], ...], BeforeValidator(_listed), _FEW]
DpdDays = Annotated[tuple[Annotated[int, Field(ge=1, le=3650)], ...], BeforeValidator(_listed), _FEW]
StateDays = Annotated[tuple[Annotated[int, Field(ge=0, le=3650)], ...], BeforeValidator(_listed), _FEW]
MonthDays = Annotated[tuple[Annotated[int, Field(ge=1, le=28)], ...], BeforeValidator(_listed), _FEW]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Words(_Strict):
    """A text in both languages."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)


class DpdTrigger(_Strict):
    """Exact days past due, or every so many days from one on."""

    days: DpdDays | None = None
    from_: int | None = Field(default=None, alias="from", ge=1, le=3650)
    every: int | None = Field(default=None, ge=1, le=365)
    to: int | None = Field(default=None, ge=1, le=3650)

    @model_validator(mode="after")
    def _one_way(self) -> DpdTrigger:
        if (self.days is None) == (self.from_ is None) or (self.from_ is None) != (self.every is None):
            raise ValueError("write days (`dpd: [1, 4, 8]`) or `dpd: {from: 31, every: 7}`, with `to` if it ends")
        if self.to is not None and (self.from_ is None or self.to < self.from_):
            raise ValueError("`to` goes with `from` and is not before it")
        return self

    def first_in(self, low: int, high: int | None) -> int | None:
        """The first day it fires on within the limits; None if it cannot."""
        top = high if self.to is None else min(self.to, self.to if high is None else high)
        if self.days is not None:
            return min((day for day in self.days if day >= low and (high is None or day <= high)), default=None)
        assert self.from_ is not None and self.every is not None  # noqa: S101
        day = self.from_ if low <= self.from_ else self.from_ + -(-(low - self.from_) // self.every) * self.every
        return day if top is None or day <= top else None


class Trigger(_Strict):
    """When a step is due: one kind of day only."""

    due: DueDays | None = None
    """Days from the next due date with an unpaid minimum payment; -3 is three days before."""
    dpd: Annotated[DpdTrigger | None, BeforeValidator(_days_or_range)] = None
    bucket_day: StateDays | None = None
    """Days since entry into the present bucket; 0 is the day of entry."""
    since_days: StateDays | None = None
    """Days since the customer's first day."""
    month_day: MonthDays | None = None
    """Days of the month of the business date."""

    @model_validator(mode="after")
    def _one_kind(self) -> Trigger:
        if len(self.model_fields_set) != 1 or getattr(self, self.kind) is None:
            raise ValueError("a trigger is exactly one of due, dpd, bucket_day, since_days, month_day")
        return self

    @property
    def kind(self) -> str:
        return next(iter(self.model_fields_set))


class Alternative(_Strict):
    """Another way to make the same contact, if the step itself is refused or has no contact point."""

    channel: Channel
    content: Identifier | None = None
    """The step's own content, if not said."""
    party: Party | None = None
    purpose: Purpose | None = None
    at: Minutes | None = None
    visitors: int | None = Field(default=None, ge=2, le=9)


class Step(_Strict):
    """One contact: when, how, to whom, with which words, and which clause of the guide it carries out."""

    id: Identifier
    clause: Clause
    trigger: Trigger
    channel: Channel
    content: Identifier
    purpose: Purpose
    party: Party = "debtor"
    at: Minutes = Field(default=600, validate_default=False)
    """Planned local time, minutes after midnight."""
    priority: int = Field(default=100, ge=0, le=1000)
    """Larger goes first."""
    visitors: int = Field(default=0, ge=0, le=9)
    fallback: tuple[Alternative, ...] = Field(default=(), max_length=7)
    required_by: str | None = None
    """The rule that demands this contact; it is made in a holdout too."""

    @property
    def ways(self) -> tuple[Way, ...]:
        """The step and its fallbacks in order, each complete."""
        own = Way(
            channel=self.channel,
            content=self.content,
            party=self.party,
            purpose=self.purpose,
            minute=self.at,
            visitors=self.visitors,
        )
        return (own, *(self._way(alternative) for alternative in self.fallback))

    def _way(self, other: Alternative) -> Way:
        return Way(
            channel=other.channel,
            content=other.content or self.content,
            party=other.party or self.party,
            purpose=other.purpose or self.purpose,
            minute=self.at if other.at is None else other.at,
            visitors=(other.visitors or self.visitors) if other.channel == "visit" else 0,
        )


class Way(_Strict):
    """One alternative of a step with everything said."""

    channel: Channel
    content: str
    party: Party
    purpose: Purpose
    minute: int
    visitors: int


class Target(_Strict):
    """What the segment is worked for (R5)."""

    measure: Literal["cure_rate", "kept_promise_rate", "right_party_rate", "on_time_rate", "recovered_share"]
    by_day: int = Field(ge=1, le=365)
    """Days after entry into the segment."""
    value_bp: int = Field(ge=0, le=10_000)


class Intensity(_Strict):
    """Most contacts with one customer (R3); the law's own limits come on top."""

    per_day_max: int = Field(ge=0, le=10)
    per_7_days_max: int = Field(ge=0, le=70)

    @model_validator(mode="after")
    def _ordered(self) -> Intensity:
        if self.per_7_days_max < self.per_day_max:
            raise ValueError("per_7_days_max is below per_day_max")
        return self


class Segment(_Strict):
    """A class of customers: whom it takes, what is aimed at, how hard it is worked, by which steps."""

    id: Identifier
    title: Words
    when: Any
    note: Words | None = None
    """What people do for this segment besides contacts."""
    target: Target | None = None
    intensity: Intensity
    sequences: tuple[Identifier, ...] = ()
    steps: tuple[Step, ...] = ()

    @cached_property
    def condition(self) -> Condition:
        return parse(self.when)


class Challenger(_Strict):
    """Another strategy for a share of a segment's customers."""

    id: Identifier
    title: Words
    share_ppm: int = Field(ge=1, le=1_000_000)
    steps: dict[Identifier, tuple[Step, ...]]
    """By segment: the steps that stand in place of the segment's own."""


class Experiment(_Strict):
    """Challengers and a permanent holdout, drawn by a hash of experiment and customer."""

    id: Identifier
    title: Words
    segments: tuple[Identifier, ...] = Field(min_length=1)
    holdout_ppm: int = Field(default=0, ge=0, le=500_000)
    challengers: tuple[Challenger, ...] = ()

    @model_validator(mode="after")
    def _shares_fit(self) -> Experiment:
        total = self.holdout_ppm + sum(challenger.share_ppm for challenger in self.challengers)
        if total > 1_000_000:
            raise ValueError(f"holdout and shares sum to {total} ppm, more than the whole of 1,000,000")
        if total == 0:
            raise ValueError("an experiment needs a holdout or a challenger")
        return self


class Playbook(_Strict):
    """The whole strategy. Immutable; named by `content_hash`."""

    format: Literal[1]
    id: Identifier
    title: Words
    contents: str = "contents"
    """Folder of the texts, beside the playbook; `default` takes the ones that come with arrears."""
    sequences: dict[Identifier, tuple[Step, ...]] = Field(default_factory=dict)
    """Steps that several segments share."""
    segments: tuple[Segment, ...] = Field(min_length=1, max_length=500)
    experiments: tuple[Experiment, ...] = ()

    @field_validator("segments")
    @classmethod
    def _catches_all(cls, segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
        if segments[-1].when != "always":
            raise ValueError(
                f"the last segment, {segments[-1].id!r}, does not take everybody left: its `when` must be `always`"
            )
        return segments

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of the validated playbook, hex: comments and layout do not count, everything else does."""
        return hashlib.sha256(self.model_dump_json(by_alias=True).encode()).hexdigest()

    def segment(self, segment_id: str) -> Segment:
        return next(segment for segment in self.segments if segment.id == segment_id)

    def steps_of(self, segment: Segment) -> tuple[Step, ...]:
        """The segment's own steps after those of its sequences."""
        return tuple(step for name in segment.sequences for step in self.sequences.get(name, ())) + segment.steps

    def experiment_of(self, segment_id: str) -> Experiment | None:
        return next((experiment for experiment in self.experiments if segment_id in experiment.segments), None)

    def variants(self, segment: Segment) -> dict[str, tuple[Step, ...]]:
        """Arm to the steps it gets. Outside experiments the arm is empty."""
        steps = self.steps_of(segment)
        experiment = self.experiment_of(segment.id)
        if experiment is None:
            return {"": steps}
        arms = {f"{experiment.id}:champion": steps}
        for challenger in experiment.challengers:
            arms[f"{experiment.id}:{challenger.id}"] = challenger.steps.get(segment.id, steps)
        if experiment.holdout_ppm:
            arms[f"{experiment.id}:holdout"] = tuple(step for step in steps if step.required_by)
        return arms

    def step_at(self, step_id: str) -> Step | None:
        """The step of that id, wherever it stands."""
        return next((step for step in self.all_steps() if step.id == step_id), None)

    def all_steps(self) -> tuple[Step, ...]:
        """Every step once: of sequences, of segments, of challengers."""
        shared = tuple(step for steps in self.sequences.values() for step in steps)
        own = tuple(step for segment in self.segments for step in segment.steps)
        tried = tuple(
            step
            for experiment in self.experiments
            for challenger in experiment.challengers
            for steps in challenger.steps.values()
            for step in steps
        )
        return shared + own + tried


def due_on(as_of: date, days: int) -> date:
    """The due date for which `as_of` is `days` after it (negative: before)."""
    return as_of - timedelta(days=days)


def default_path() -> Path:
    """The playbook that comes with arrears: the guide, clause by clause."""
    return Path(__file__).parent / "default.yaml"
