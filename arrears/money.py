"""Money in minor units, rates in parts per million, and operators that mean the same on an int, an array and a column.

A formula of `card` or `book` is written once with `choose`, `largest`, `smallest`, `divide_down` and `divide_half_up`; fed
Python ints, NumPy int64 arrays or Ibis int64 columns it gives the same integers. Nothing here is ever a float to its caller.
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from arrears.errors import ArrearsError

PPM = 1_000_000
"""Parts per million in a whole: a rate of 0.05 % is 500 ppm."""

BASIS_POINTS = 10_000
"""Basis points in a whole: a share of 10 % is 1,000 basis points."""

MONEY_MAX_MINOR = 10**15
"""Largest amount taken in, in minor units; products with rates and days stay far inside int64."""

ENTERED_MAX_MINOR = 10**13
"""Largest amount that a person enters: a promise, a payment, a plan."""

SHARED_MAX_MINOR = 9 * 10**14
"""Largest amount of which a share in basis points is taken; anything above counts as this much, so nothing overflows."""

MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "KWD": 3, "BHD": 3, "OMR": 3, "JOD": 3, "TND": 3}
"""Decimal places of the currencies that have not two (ISO 4217)."""

Number = Any
"""An int, a NumPy int64 array, or an Ibis int64 column: the three things a formula takes."""


def minor_digits(currency: str) -> int:
    """Decimal places of `currency` (ISO 4217); two where the table does not say otherwise."""
    return MINOR_DIGITS.get(currency, 2)


def format_minor(amount_minor: int, currency: str) -> str:
    """`123456, "CNY"` as `CNY 1,234.56`."""
    digits = minor_digits(currency)
    whole, part = divmod(abs(amount_minor), 10**digits)
    sign = "-" if amount_minor < 0 else ""
    return f"{currency} {sign}{whole:,}" + (f".{part:0{digits}d}" if digits else "")


def require_same_currency(left: str, right: str) -> None:
    """Raise `ArrearsError` unless both currencies are the same."""
    if left != right:
        raise ArrearsError(f"amounts in {left} and {right} cannot be added", remedy="convert one of them first")


def _is_column(*values: Number) -> bool:
    return any(isinstance(value, ir.Expr) for value in values)


def choose(condition: Number, then: Number, otherwise: Number) -> Number:
    """`then` where `condition` holds, else `otherwise`."""
    if _is_column(condition, then, otherwise):
        if isinstance(condition, bool):
            return then if condition else otherwise
        return ibis.ifelse(condition, then, otherwise)
    if any(isinstance(value, np.ndarray) for value in (condition, then, otherwise)):
        return np.where(condition, then, otherwise)
    return then if condition else otherwise


def largest(left: Number, right: Number) -> Number:
    """The larger of two, element by element."""
    if _is_column(left, right):
        return ibis.greatest(left, right)
    return choose(left >= right, left, right)


def smallest(left: Number, right: Number) -> Number:
    """The smaller of two, element by element."""
    if _is_column(left, right):
        return ibis.least(left, right)
    return choose(left <= right, left, right)


def divide_down(numerator: Number, denominator: Number) -> Number:
    """`numerator / denominator` rounded towards minus infinity, exactly; the denominator is positive.

    SQL engines divide int64 through a double, so the remainder is taken off first: the quotient is then whole and, below
    2**51 (`MONEY_MAX_MINOR` is), exact in a double.
    """
    if _is_column(numerator, denominator):
        remainder = ((numerator % denominator) + denominator) % denominator
        return ((numerator - remainder) / denominator).round().cast("int64")
    return numerator // denominator


def divide_half_up(numerator: Number, denominator: Number) -> Number:
    """`numerator / denominator` to the nearest whole, halves up; the denominator is positive."""
    return divide_down(2 * numerator + denominator, 2 * denominator)


def share_ppm(amount: Number, rate_ppm: Number) -> Number:
    """`amount` times a rate in parts per million, to the nearest minor unit, halves up."""
    return _share(amount, rate_ppm, PPM)


def share_bp(amount: Number, rate_bp: Number) -> Number:
    """`amount` times a share in basis points, to the nearest minor unit, halves up."""
    return _share(amount, rate_bp, BASIS_POINTS)


def _share(amount: Number, rate: Number, unit: int) -> Number:
    """Taken of whole units and of the rest apart, so that a large amount, or one times days, stays inside int64."""
    whole = divide_down(amount, unit)
    return whole * rate + divide_half_up((amount - whole * unit) * rate, unit)
