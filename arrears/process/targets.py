"""How long a case may wait and what is compared: shipped values, and the bank's own on top, validated as a whole."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from arrears.settings import layered, validated

FILE = "process.yaml"
_REMEDY = "see docs/process.md for every key"

STAGES = ("current", "d1", "d31", "d61", "d91")
"""Stages of the targets: buckets 0, 1, 2, 3, and 4 and later."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ByStage(_Strict):
    """A number of days for each stage."""

    current: int = Field(ge=0, le=365)
    d1: int = Field(ge=0, le=365)
    d31: int = Field(ge=0, le=365)
    d61: int = Field(ge=0, le=365)
    d91: int = Field(ge=0, le=365)

    def of(self, bucket: int) -> int:
        """The days for a bucket (0 to 7)."""
        days: int = getattr(self, STAGES[min(bucket, len(STAGES) - 1)])
        return days


class ByChannel(_Strict):
    """A number of days for each channel."""

    sms: int = Field(ge=0, le=30)
    email: int = Field(ge=0, le=30)
    call: int = Field(ge=0, le=30)
    letter: int = Field(ge=0, le=30)
    visit: int = Field(ge=0, le=30)


class Targets(_Strict):
    """Everything that the process is held against; the meaning of each key stands in `process.yaml`."""

    first_attempt_days: ByStage
    right_party_days: ByStage
    idle_days: ByStage
    promise_days: int = Field(ge=1, le=60)
    payment_days: int = Field(ge=1, le=60)
    experiment_days: int = Field(ge=1, le=365)
    made_within_days: ByChannel
    compared_min: int = Field(ge=10, le=1_000_000)
    agent_days_min: int = Field(ge=1, le=60)
    agents_min: int = Field(ge=3, le=1_000)
    far_score_milli: int = Field(ge=1_000, le=100_000)


def load_targets(workspace: Path) -> Targets:
    """The shipped targets with those of the workspace's `process.yaml` on top; raises `ConfigError` with file and key."""
    path = workspace / FILE
    return validated(Targets, layered("arrears.process", path, _REMEDY), path, _REMEDY)
