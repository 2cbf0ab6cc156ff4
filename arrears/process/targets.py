"""How long a case may wait and what is compared: shipped values, and the bank's own on top, validated as a whole."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from arrears.errors import ConfigError

FILE = "process.yaml"
BYTES_MAX = 100_000
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
    data = _read((resources.files("arrears.process") / FILE).read_bytes(), f"arrears/process/{FILE}")
    path = workspace / FILE
    try:
        own = _read(path.read_bytes(), str(path)) if path.exists() else {}
    except OSError as error:
        raise ConfigError(f"it cannot be read: {error.strerror}", where=str(path), remedy="check its permissions") from None
    for key, value in own.items():
        shipped = data.get(key)
        data[key] = shipped | value if isinstance(shipped, dict) and isinstance(value, dict) else value
    try:
        return Targets.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        said = "unknown key" if first["type"] == "extra_forbidden" else str(first["msg"])
        seen = f" (found {first['input']!r})" if isinstance(first.get("input"), str | int | bool) else ""
        raise ConfigError(f"{said}{seen}", where=f"{path}: {key}", remedy=_REMEDY) from None


def _read(raw: bytes, file: str) -> dict[str, Any]:
    if len(raw) > BYTES_MAX:
        raise ConfigError(f"larger than {BYTES_MAX} bytes", where=file, remedy="keep only targets in it")
    try:
        data = yaml.safe_load(raw.decode("utf-8"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}:{mark.line + 1}" if mark else file
        raise ConfigError(f"not YAML: {getattr(error, 'problem', 'not UTF-8')}", where=where, remedy="mend the YAML") from None
    if not isinstance(data or {}, dict):
        raise ConfigError("not a mapping of keys", where=file, remedy=_REMEDY)
    return {str(key): value for key, value in (data or {}).items()}
