"""The playbook as frozen data: segments, steps, triggers, experiments. What they mean together is checked by `checking`."""

from __future__ import annotations

import hashlib
import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, field_validator, model_validator

from arrears.playbook.conditions import Condition
from arrears.playbook.parsing import parse
from arrears.playbook.triggers import Strict, Trigger
from arrears.saying import said

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
        raise ValueError(said('a time of day is written "09:30"'))
    return int(match[1]) * 60 + int(match[2])


Minutes = Annotated[int, BeforeValidator(_minutes)]


class Words(Strict):
    """A text in both languages."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)


class Alternative(Strict):
    """Another way to make the same contact, if the step itself is refused or has no contact point."""

    channel: Channel
    content: Identifier | None = None
    """The step's own content, if not said."""
    party: Party | None = None
    purpose: Purpose | None = None
    at: Minutes | None = None
    visitors: int | None = Field(default=None, ge=2, le=9)


class Step(Strict):
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


class Way(Strict):
    """One alternative of a step with everything said."""

    channel: Channel
    content: str
    party: Party
    purpose: Purpose
    minute: int
    visitors: int


class Target(Strict):
    """What the segment is worked for (R5)."""

    measure: Literal["cure_rate", "kept_promise_rate", "right_party_rate", "on_time_rate", "recovered_share"]
    by_day: int = Field(ge=1, le=365)
    """Days after entry into the segment."""
    value_bp: int = Field(ge=0, le=10_000)


class Intensity(Strict):
    """Most contacts with one customer (R3); the law's own limits come on top."""

    per_day_max: int = Field(ge=0, le=10)
    per_7_days_max: int = Field(ge=0, le=70)

    @model_validator(mode="after")
    def _ordered(self) -> Intensity:
        if self.per_7_days_max < self.per_day_max:
            raise ValueError(said("per_7_days_max is below per_day_max"))
        return self


class Segment(Strict):
    """A class of customers: whom it takes, what is aimed at, how hard it is worked, by which steps."""

    id: Identifier
    title: Words
    when: Any
    note: Words | None = None
    """What people do for this segment besides contacts."""
    target: Target | None = None
    intensity: Intensity
    floor: bool = False
    """Its contacts are made whatever they are worth, before scarce effort is shared out: the forbearance path."""
    sequences: tuple[Identifier, ...] = ()
    steps: tuple[Step, ...] = ()

    @cached_property
    def condition(self) -> Condition:
        return parse(self.when)


class Challenger(Strict):
    """Another strategy for a share of a segment's customers."""

    id: Identifier
    title: Words
    share_ppm: int = Field(ge=1, le=1_000_000)
    steps: dict[Identifier, tuple[Step, ...]]
    """By segment: the steps that stand in place of the segment's own."""


class Experiment(Strict):
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
            raise ValueError(said("holdout and shares sum to {total} ppm, more than the whole of 1,000,000", total=total))
        if total == 0:
            raise ValueError(said("an experiment needs a holdout or a challenger"))
        return self


class Playbook(Strict):
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
                said(
                    "the last segment, {segment!r}, does not take everybody left: its `when` must be `always`",
                    segment=segments[-1].id,
                )
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


def default_path() -> Path:
    """The playbook that comes with arrears: the guide, clause by clause."""
    return Path(__file__).parent / "default.yaml"
