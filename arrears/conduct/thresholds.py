"""The thresholds of conduct monitoring: shipped values, and the bank's own on top, validated as a whole."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from arrears.errors import ConfigError
from arrears.law.counting import DAYS_MAX
from arrears.law.words import Channel, Party

FILE = "conduct.yaml"
BYTES_MAX = 100_000
_REMEDY = "see docs/conduct.md for every key"

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
    data = _shipped()
    try:
        if path.exists():
            data = _over(data, _read(path.read_bytes(), str(path)), str(path))
    except OSError as error:
        raise ConfigError(f"it cannot be read: {error.strerror}", where=str(path), remedy="check its permissions") from None
    if share_percent is not None:
        data = data | {"near_limits": data["near_limits"] | {"share_percent": share_percent}}
    try:
        return Thresholds.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        said = "unknown key" if first["type"] == "extra_forbidden" else str(first["msg"]).removeprefix("Value error, ")
        seen = f" (found {first['input']!r})" if isinstance(first.get("input"), str | int | bool) else ""
        raise ConfigError(f"{said}{seen}", where=f"{path}: {key}", remedy=_REMEDY) from None


@functools.cache
def _shipped() -> dict[str, Any]:
    return _read((resources.files("arrears.conduct") / FILE).read_bytes(), f"arrears/conduct/{FILE}")


def _read(raw: bytes, file: str) -> dict[str, Any]:
    if len(raw) > BYTES_MAX:
        raise ConfigError(f"larger than {BYTES_MAX} bytes", where=file, remedy="keep only thresholds in it")
    try:
        data = yaml.safe_load(raw.decode("utf-8"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}:{mark.line + 1}" if mark else file
        raise ConfigError(f"not YAML: {getattr(error, 'problem', 'not UTF-8')}", where=where, remedy="mend the YAML") from None
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise ConfigError("not a mapping of keys", where=file, remedy=_REMEDY)
    frozen: dict[str, Any] = _frozen(data)
    return frozen


def _over(base: dict[str, Any], own: Mapping[str, Any], file: str) -> dict[str, Any]:
    """The bank's values in place of the shipped ones, key by key within each pattern; lists are replaced whole."""
    merged = dict(base)
    for name, value in own.items():
        if isinstance(base.get(name), dict):
            if not isinstance(value, dict):
                raise ConfigError("not a mapping of keys", where=f"{file}: {name}", remedy=_REMEDY)
            merged[name] = base[name] | value
        else:
            merged[name] = value
    return merged


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _frozen(inner) for key, inner in value.items()}
    return tuple(_frozen(inner) for inner in value) if isinstance(value, list) else value
