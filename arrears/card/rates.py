"""The annualised rate of a schedule of payments: what a fee, an interest rate or both amount to.

The internal rate of return a month, times twelve, as the People's Bank's announcement 3 of 2021 has instalments shown; and the
same compounded over a year. Both in parts per million, found by bisection on exact decimals: no floats.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext

from arrears.money import PPM

MONTHLY_RATE_MAX = 1_000
"""A month's rate above 100,000 % is not looked for."""


def monthly_rate_of_return(received_minor: int, payments_minor: Sequence[int]) -> Decimal | None:
    """The rate a month at which payments at the end of each month are worth `received_minor` today.

    0 where they add up to no more than that; None where no rate up to `MONTHLY_RATE_MAX` will do.
    """
    if received_minor <= 0:
        return None
    if sum(payments_minor) <= received_minor:
        return Decimal(0)
    with localcontext() as context:
        context.prec = 60
        low, high = Decimal(0), Decimal(MONTHLY_RATE_MAX)
        if _worth(payments_minor, high) > received_minor:
            return None
        while high - low > Decimal("1e-16"):
            middle = (low + high) / 2
            if _worth(payments_minor, middle) > received_minor:
                low = middle
            else:
                high = middle
        return high


def annualised_ppm(monthly: Decimal) -> int:
    """Twelve times the monthly rate, ppm."""
    return _ppm(12 * monthly)


def effective_ppm(monthly: Decimal) -> int:
    """The monthly rate compounded over twelve months, ppm."""
    with localcontext() as context:
        context.prec = 60
        return _ppm((1 + monthly) ** 12 - 1)


def _worth(payments_minor: Sequence[int], rate: Decimal) -> Decimal:
    """Present value, by Horner's rule from the last payment back."""
    worth = Decimal(0)
    for payment in reversed(payments_minor):
        worth = (worth + payment) / (1 + rate)
    return worth


def _ppm(rate: Decimal) -> int:
    return int((rate * PPM).to_integral_value(rounding=ROUND_HALF_UP))
