"""The thresholds of conduct monitoring: shipped values, and the bank's own on top, validated as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from arrears.law.counting import DAYS_MAX
from arrears.law.words import Channel, Party
from arrears.saying import said
from arrears.settings import layered, validated

FILE = "conduct.yaml"
_REMEDY = said("see docs/conduct.md for every key")

Severity = Literal["watch", "serious", "breach"]
SEVERITIES: tuple[Severity, ...] = ("breach", "serious", "watch")
"""Severest first."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _days() -> Any:
    return Field(ge=1, le=DAYS_MAX)


def _most() -> Any:
    return Field(ge=0, le=10_000)


class AttemptsWindow(_Strict):
    """So many days, and the most attempts in them that are not listed."""

    days: int = _days()
    attempts_max: int = _most()


class Attempts(_Strict):
    severity: Severity
    channels: tuple[Channel, ...] = Field(min_length=1)
    windows: tuple[AttemptsWindow, ...] = Field(min_length=1, max_length=8)


class AfterRefusal(_Strict):
    severity: Severity
    channels: tuple[Channel, ...] = Field(min_length=1)
    days: int = _days()
    refused_days: int = _days()
    refused_max: int = _most()
    opt_out_max: int = _most()
    cease_max: int = _most()


class ThirdPartyLimits(_Strict):
    severity: Severity
    parties: tuple[Party, ...] = Field(min_length=1)
    days: int = _days()
    refused_max: int = _most()
    no_condition_max: int = _most()
    evidence_required: bool
    repeated_max: int = _most()


class NearLimits(_Strict):
    severity: Severity
    share_percent: int = Field(ge=1, le=100)
    cap_from: int = Field(ge=1, le=1_000)
    edge_minutes: int = Field(ge=0, le=240)
    cool_off_days: int = Field(ge=0, le=7)


class Complaints(_Strict):
    severity: Severity
    days: int = _days()
    before_days: int = Field(ge=1, le=30)


class Outliers(_Strict):
    severity: Severity
    days: int = _days()
    chances_min: int = Field(ge=20, le=1_000_000)
    events_min: int = Field(ge=2, le=100_000)
    peers_min: int = Field(ge=2, le=10_000)
    companies_min: int = Field(ge=1, le=1_000)
    ratio_min_percent: int = Field(ge=100, le=10_000)
    q_max_ppm: int = Field(ge=1, le=500_000)
    redial_minutes: int = Field(ge=1, le=1_440)
    complaint_days: int = Field(ge=0, le=30)


class OutsideLaw(_Strict):
    late_days: int = Field(ge=0, le=13)


class Thresholds(_Strict):
    """Everything that makes a pattern conspicuous; the meaning of each key stands in `conduct.yaml`."""

    attempts: Attempts
    after_refusal: AfterRefusal
    third_parties: ThirdPartyLimits
    near_limits: NearLimits
    complaints: Complaints
    outliers: Outliers
    outside_law: OutsideLaw
    listed_max: int = Field(ge=1, le=10_000)


def load_thresholds(workspace: Path, *, share_percent: int | None = None) -> Thresholds:
    """The shipped thresholds with those of the workspace's `conduct.yaml` on top; `share_percent` beats both.

    Raises `ConfigError` with file and key.
    """
    path = workspace / FILE
    data = layered("arrears.conduct", path, _REMEDY)
    if share_percent is not None:
        data = data | {"near_limits": data["near_limits"] | {"share_percent": share_percent}}
    return validated(Thresholds, data, path, _REMEDY)
