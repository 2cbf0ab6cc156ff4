"""The values that requests and answers are made of, with their bounds and units."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from arrears.desk.api.access import ID
from arrears.desk.cases.states import BY_HAND, REFERENCE
from arrears.desk.cases.words import MATTER_OUTCOMES, REASONS, TASK_OUTCOMES, TASKS
from arrears.desk.dispatch.telling import INBOUND_OUTCOMES
from arrears.desk.screens.fields import AMOUNT_MAX_MINOR
from arrears.feed.contracts import CHANNELS, FLAGS, OUTCOMES

INT64_MAX = 2**63 - 1
YEARS = range(2000, 2100)
PRINTABLE = r"^[^\u0000-\u001f\u007f]*$"
"""Letters of any script; neither the database nor a file takes the others."""


class In(BaseModel):
    """What is sent: nothing unknown, numbers as numbers."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Out(BaseModel):
    """What is answered."""

    model_config = ConfigDict(use_attribute_docstrings=True)


def code(names: Iterable[str]) -> Any:
    """One of these codes."""
    known = tuple(names)
    return Field(pattern=f"^({'|'.join(known)})$", json_schema_extra={"enum": list(known)})


def _text(value: Any, form: str, wanted: str) -> Any:
    if not isinstance(value, str) or not re.fullmatch(form, value, re.ASCII):
        raise ValueError(wanted)
    return value


Time = TypeVar("Time", date, datetime)


def _day(value: Any) -> Any:
    return _text(value, r"\d{4}-\d\d-\d\d", "write a date as 2026-06-15")


def _moment(value: Any) -> Any:
    form = r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)"
    return _text(value, form, "write a time with its offset, as 2026-06-15T10:00:00+08:00")


def _of_our_time(value: Time) -> Time:
    if value.year not in YEARS:
        raise ValueError(f"give a year from {YEARS.start} to {YEARS.stop - 1}")
    return value


Id = Annotated[str, Field(pattern=f"^{ID}$", max_length=32, description="An id of the bank's feed.")]
PaymentId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:/-]{1,64}$", max_length=64)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217.")]
Number = Annotated[int, Field(ge=1, le=INT64_MAX, strict=True)]
AmountMinor = Annotated[int, Field(ge=1, le=AMOUNT_MAX_MINOR, strict=True, description="Minor units: 12345 for 123.45.")]
AmountOrNone = Annotated[int, Field(ge=0, le=AMOUNT_MAX_MINOR, strict=True, description="Minor units: 12345 for 123.45.")]
Months = Annotated[int, Field(ge=1, le=600, strict=True)]
RatePpm = Annotated[int, Field(ge=0, le=1_000_000, strict=True, description="A year's, parts per million: 6 % is 60000.")]
Evidence = Annotated[
    str, Field(pattern=f"^{REFERENCE.pattern}$", description="The number under which it is kept; no text about people.")
]
Day = Annotated[date, BeforeValidator(_day), Field(description="The customer's own calendar date.")]
DayOfWork = Annotated[
    date, BeforeValidator(_day), AfterValidator(_of_our_time),
    Field(description=f"By the bank's calendar; years {YEARS.start} to {YEARS.stop - 1}."),
]  # fmt: skip
Moment = Annotated[
    AwareDatetime, BeforeValidator(_moment), AfterValidator(_of_our_time),
    Field(description=f"With its offset; years {YEARS.start} to {YEARS.stop - 1}."),
]  # fmt: skip
ReasonCode = Annotated[str, code(REASONS)]
MatterCode = Literal["dispute", "complaint", "hardship"]
TaskCode = Annotated[str, code(TASKS)]
TaskOutcome = Annotated[str, code(TASK_OUTCOMES)]
MatterOutcome = Annotated[str, code(MATTER_OUTCOMES)]
Channel = Annotated[str, code(CHANNELS)]
Outcome = Annotated[str, code(OUTCOMES)]
Spoken = Annotated[str, code(INBOUND_OUTCOMES)]
HandFlag = Annotated[str, code(BY_HAND)]
Flag = Annotated[str, code(FLAGS)]
