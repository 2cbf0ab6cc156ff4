"""When a step is due: the kinds of day a trigger may name."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from arrears.saying import said


class Strict(BaseModel):
    """Frozen, no unknown keys, no conversions."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _listed(value: Any) -> Any:
    return value if isinstance(value, tuple) else (value,)


def _days_or_range(value: Any) -> Any:
    return value if isinstance(value, dict) else {"days": _listed(value)}


_FEW = Field(min_length=1, max_length=60)

DueDays = Annotated[tuple[Annotated[int, Field(ge=-60, le=0)], ...], BeforeValidator(_listed), _FEW]
DpdDays = Annotated[tuple[Annotated[int, Field(ge=1, le=3650)], ...], BeforeValidator(_listed), _FEW]
StateDays = Annotated[tuple[Annotated[int, Field(ge=0, le=3650)], ...], BeforeValidator(_listed), _FEW]
MonthDays = Annotated[tuple[Annotated[int, Field(ge=1, le=28)], ...], BeforeValidator(_listed), _FEW]


class DpdTrigger(Strict):
    """Exact days past due, or every so many days from one on."""

    days: DpdDays | None = None
    from_: int | None = Field(default=None, alias="from", ge=1, le=3650)
    every: int | None = Field(default=None, ge=1, le=365)
    to: int | None = Field(default=None, ge=1, le=3650)

    @model_validator(mode="after")
    def _one_way(self) -> DpdTrigger:
        if (self.days is None) == (self.from_ is None) or (self.from_ is None) != (self.every is None):
            raise ValueError(said("write days (`dpd: [1, 4, 8]`) or `dpd: {from: 31, every: 7}`, with `to` if it ends"))
        if self.to is not None and (self.from_ is None or self.to < self.from_):
            raise ValueError(said("`to` goes with `from` and is not before it"))
        return self

    def first_in(self, low: int, high: int | None) -> int | None:
        """The first day it fires on within the limits; None if it cannot."""
        top = high if self.to is None else min(self.to, self.to if high is None else high)
        if self.days is not None:
            return min((day for day in self.days if day >= low and (high is None or day <= high)), default=None)
        assert self.from_ is not None and self.every is not None  # noqa: S101
        day = self.from_ if low <= self.from_ else self.from_ + -(-(low - self.from_) // self.every) * self.every
        return day if top is None or day <= top else None


class Trigger(Strict):
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
            raise ValueError(said("a trigger is exactly one of due, dpd, bucket_day, since_days, month_day"))
        return self

    @property
    def kind(self) -> str:
        return next(iter(self.model_fields_set))


def due_on(as_of: date, days: int) -> date:
    """The due date for which `as_of` is `days` after it (negative: before)."""
    return as_of - timedelta(days=days)
