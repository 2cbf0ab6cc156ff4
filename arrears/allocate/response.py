"""What contacts bring, as data: by channel, stage and band the extra share of what is owed that is repaid because of one.

A YAML file comes in; one frozen `Response` goes out, or a `ResponseError` naming file and key. It holds estimates with their
standard errors, never what happened after contacts that were chosen for a reason; docs/values.md says how it is learned.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from arrears.bank import Bank
from arrears.errors import ArrearsError
from arrears.file_errors import in_our_words
from arrears.saying import said

PACKAGED = Path(__file__).with_name("response.yaml")
"""The response that comes with arrears, learned on the simulated bank by `arrears experiment learn`."""

Channel = Literal["sms", "email", "call", "letter", "visit"]
Stage = Literal["0", "1", "2", "3", "4"]
STAGES: tuple[Stage, ...] = ("0", "1", "2", "3", "4")
"""By bucket: 0 not past due, 1 = 1-30 days, 2 = 31-60, 3 = 61-90, 4 = over 90."""
PPM = 1_000_000
ANY_BAND = "*"
"""Stands for every band that a stage does not name."""

Ppm = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
Share = Annotated[int, Field(ge=0, le=1_000_000)]
Count = Annotated[int, Field(ge=0, le=10**12)]


class ResponseError(ArrearsError):
    """A table of response that does not validate; `where` is file and key."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


class Estimate(_Strict):
    """A share of what is owed and how sure it is."""

    ppm: Ppm
    """Parts per million of the balance, beyond what is repaid without the contact."""
    error_ppm: Share
    """Standard error of it."""
    n: Count = 0
    """Customer-days with such a contact that it was learned from."""


class Chance(_Strict):
    """A chance and how sure it is."""

    ppm: Share
    error_ppm: Share
    n: Count = 0


class Effort(_Strict):
    """What one contact takes."""

    seconds: Count = 0
    """Of an agent's or visitor's time, the contacts that reach nobody counted in."""
    cost_minor: Count = 0
    """Money, minor units of the table's currency, pay counted in where no capacity stands for it."""


Bands = dict[Annotated[str, Field(min_length=1, max_length=8)], Estimate]


class Response(_Strict):
    """Everything that a day's values are computed from."""

    format: Literal[2]
    """2: effects are shares of the balance; a table of format 1 had shares of the amount due, and is to be learned anew."""
    learned_from: str = Field(min_length=1)
    """Which data, by which command, for the reader."""
    outcome_days: int = Field(ge=1, le=120)
    """Days after the contact within which a payment counts."""
    effects: dict[Channel, dict[Stage, Bands]]
    """By channel, stage and band; the band `*` takes every other one."""
    complaints: dict[Channel, dict[Stage, Chance]]
    """Chance that a contact brings a complaint, by channel and stage."""
    self_cure: dict[Stage, dict[str, Chance]]
    """Share of the amount due that is paid within `outcome_days` without any contact, by stage and band."""
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    """Of the costs, ISO 4217."""
    efforts: dict[Channel, Effort]

    @model_validator(mode="after")
    def _whole(self) -> Response:
        for channel, stages in self.effects.items():
            for stage in STAGES:
                if ANY_BAND not in stages.get(stage, {}):
                    raise ValueError(
                        said(
                            "effects.{channel}.{stage}: the band {any_band!r} is missing",
                            channel=channel,
                            stage=stage,
                            any_band=ANY_BAND,
                        )
                    )
            if set(self.complaints.get(channel, {})) != set(STAGES) or channel not in self.efforts:
                raise ValueError(said("{channel}: give complaints of every stage, and efforts", channel=channel))
        return self

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of the validated table, hex."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def costs_minor(self, bank: Bank) -> dict[str, int] | None:
        """Cost of a contact by channel, minor units of the bank's currency; None where `bank.toml` has no rate for it."""
        rate = PPM if self.currency == bank.currency else bank.fx_ppm.get(self.currency)
        return None if rate is None else {channel: one.cost_minor * rate // PPM for channel, one in self.efforts.items()}

    def effect(self, channel: Channel, stage: Stage, band: str) -> Estimate:
        """The estimate for a band, or for every other one."""
        bands = self.effects[channel][stage]
        return bands.get(band, bands[ANY_BAND])

    def share_ppm(self, channel: Channel, stage: Stage, band: str, caution_bp: int) -> int:
        """The extra share of the balance that a contact is taken to bring within `outcome_days`, 0 or more.

        `caution_bp` takes so many hundredths of a percent of the standard error off: what is not known counts less.
        """
        one = self.effect(channel, stage, band)
        return max(0, one.ppm - one.error_ppm * caution_bp // 10_000)


def load_response(path: Path | None = None) -> Response:
    """The table of a file, or the one that comes with arrears; raises `ResponseError` naming file and key."""
    file = path or PACKAGED
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
        return Response.model_validate(raw)
    except FileNotFoundError:
        raise ResponseError(
            said("there is no such file"), where=str(file), remedy=said("learn one: arrears experiment learn")
        ) from None
    except OSError as error:
        raise ResponseError(
            said("it cannot be read: {strerror}", strerror=error.strerror),
            where=str(file),
            remedy=said("check its permissions"),
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "file"
        what = in_our_words(first)
        old = isinstance(raw, dict) and key == "format"
        remedy = said("learn the table anew: arrears experiment learn") if old else said("the format is in docs/values.md")
        raise ResponseError(what, where=f"{file}: {key}", remedy=remedy) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: not UTF-8, and PyYAML's own of a 13th month
        raise ResponseError(str(error).splitlines()[0], where=str(file), remedy=said("mend the YAML")) from None
