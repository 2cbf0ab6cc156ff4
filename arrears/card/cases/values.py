"""The values of a case: amounts, rates, dates and names, each taken in exactly or refused with what to write instead.

An amount is a whole number of minor units, or a decimal string in major units; a rate is a whole number of parts per million,
or a percentage as text. A JSON number with a point or an exponent is never taken: it may not be what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from arrears.money import MONEY_MAX_MINOR, PPM

RATE_MAX_PPM = 10 * PPM
"""1,000 %: a larger rate is a slip of the unit."""

_AMOUNT = re.compile(r"(-?)(\d{1,20})(?:\.(\d{1,20}))?", re.ASCII)
_PERCENT = re.compile(r"(\d{1,6})(?:\.(\d{1,20}))?%", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class JsonFloat:
    """A JSON number written with a point or an exponent, kept as its text so that the key it stood at can be named."""

    def __init__(self, text: str) -> None:
        self.text = text


class Case(BaseModel):
    """A case or a part of one: frozen, strict, and every key known."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


def refuse(what: str, remedy: str) -> PydanticCustomError:
    """An error of one value; the reader of the case adds the key."""
    return PydanticCustomError("case", "{what}", {"what": what, "remedy": remedy})


def _amount(low_minor: int) -> Callable[[Any, ValidationInfo], int]:
    def read(value: Any, info: ValidationInfo) -> int:
        digits: int = (info.context or {})["digits"]
        minor = int(value) if type(value) is int else _amount_from_text(value, digits)
        if minor < low_minor or abs(minor) > MONEY_MAX_MINOR:
            low = "0" if low_minor == 0 else f"-{MONEY_MAX_MINOR}"
            raise refuse("the amount is out of range", f"write {low} to {MONEY_MAX_MINOR} minor units")
        return minor

    return read


def _amount_from_text(value: Any, digits: int) -> int:
    example = '"1234.56"' if digits == 2 else f'"1234{"." + "5" * digits if digits else ""}"'
    remedy = f"write whole minor units such as 123456, or a decimal string such as {example}"
    if isinstance(value, JsonFloat):
        raise refuse(f"{value.text[:40]} is a floating-point number, not an exact amount", remedy)
    match = _AMOUNT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise refuse("this is not an amount", remedy)
    sign, whole, part = match.group(1), match.group(2), (match.group(3) or "")
    if part[digits:].strip("0"):
        raise refuse(f"the amount has more than {digits} decimal places, the most this currency has", remedy)
    minor = int(whole + part[:digits].ljust(digits, "0"))
    return -minor if sign else minor


def _rate(value: Any) -> int:
    remedy = 'write parts per million such as 189900, or a percentage as text such as "18.99%"'
    if isinstance(value, JsonFloat):
        raise refuse(f"{value.text[:40]} is a floating-point number, not an exact rate", remedy)
    if type(value) is int:
        ppm = int(value)
    else:
        match = _PERCENT.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise refuse("this is not a rate", remedy)
        part = match.group(2) or ""
        if part[4:].strip("0"):
            raise refuse("the rate is finer than one part per million", "write a percentage of at most four decimals")
        ppm = int(match.group(1)) * 10_000 + int(part[:4].ljust(4, "0"))
    if not 0 <= ppm <= RATE_MAX_PPM:
        raise refuse("the rate is out of range", "write 0 to 10000000 ppm, that is 0% to 1000%")
    return ppm


def _share_bp(value: Any) -> int:
    ppm = _rate(value)
    if ppm > PPM:
        raise refuse("a share cannot be more than the whole", "write 0% to 100%")
    if ppm % 100:
        raise refuse("the share is finer than a hundredth of a percent", "write a percentage of at most two decimals")
    return ppm // 100


def _day(value: Any) -> date:
    remedy = "write a calendar date such as 2028-02-29"
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise refuse("this is not a date", remedy)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise refuse(f"{value} is not in the calendar", remedy) from None
    if not 1970 <= day.year <= 2999:
        raise refuse("the year is out of range", "write a date from 1970-01-01 to 2999-12-31")
    return day


def _schema(kind: dict[str, Any], text: str, pattern: str, meaning: str) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [kind, {"type": "string", "pattern": pattern}], "description": meaning, "examples": [text]})


_AMOUNT_MEANING = "whole minor units, or a decimal string in major units"
_RATE_MEANING = "parts per million, or a percentage as text"

Amount = Annotated[
    int,
    BeforeValidator(_amount(0)),
    _schema({"type": "integer", "minimum": 0, "maximum": MONEY_MAX_MINOR}, "1234.56", r"^\d+(\.\d+)?$", _AMOUNT_MEANING),
]
"""Minor units, never negative."""

SignedAmount = Annotated[
    int,
    BeforeValidator(_amount(-MONEY_MAX_MINOR)),
    _schema(
        {"type": "integer", "minimum": -MONEY_MAX_MINOR, "maximum": MONEY_MAX_MINOR},
        "-20.00",
        r"^-?\d+(\.\d+)?$",
        _AMOUNT_MEANING + "; negative is in credit",
    ),
]
"""Minor units; negative is in credit."""

Rate = Annotated[
    int,
    BeforeValidator(_rate),
    _schema({"type": "integer", "minimum": 0, "maximum": RATE_MAX_PPM}, "18.99%", r"^\d+(\.\d+)?%$", _RATE_MEANING),
]
"""Parts per million."""

ShareBp = Annotated[
    int,
    BeforeValidator(_share_bp),
    _schema({"type": "integer", "minimum": 0, "maximum": PPM, "multipleOf": 100}, "10%", r"^\d+(\.\d+)?%$", _RATE_MEANING),
]
"""Taken in like a rate, kept in basis points."""

Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "examples": ["2028-02-29"]})]
"""A calendar date."""

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217", examples=["CNY"])]
Name = Annotated[str, Field(min_length=1, max_length=64, description="a name of your own, given back in the answer")]
