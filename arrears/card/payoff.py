"""How long a balance lasts under minimum payments only, and the payment that clears it in 36 months.

As 12 CFR 1026 Appendix M1 has it, with the order of steps of the program in Appendix M2: months of 365/12 days, one payment at
the end of each, interest and payment rounded to the minor unit each month, payments to the lowest rate first, no new
purchases; the last payment clears. All arithmetic is on whole numbers; a rate is a ratio of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from arrears.money import PPM, divide_half_up, share_ppm

MONTHS_MAX = 12_000
"""A balance that outlives a thousand years is said never to be repaid."""

CLEAR_MONTHS = 36
"""Months of the payment shown beside the minimum: 12 CFR 1026.7(b)(12)(i)(F)."""

Compounding = Literal["monthly", "daily"]
"""`monthly`: APR / 12 a month (average daily balance); `daily`: (1 + APR / 365) ** (365 / 12) - 1 (daily balance)."""


@dataclass(frozen=True)
class MinimumRule:
    """The issuer's formula: a share of the balance, with the month's interest and fixed fees on top if the contract says so."""

    share_ppm: int
    plus_interest: bool = False
    fees_minor: int = 0
    floor_minor: int = 0


@dataclass(frozen=True)
class Balance:
    """One balance with its own rate; the promotional rate holds for the first `promotional_months` months."""

    amount_minor: int
    apr_ppm: int
    promotional_apr_ppm: int = 0
    promotional_months: int = 0

    def apr_in(self, month: int) -> int:
        """The annual rate in month 1, 2, ..., ppm."""
        return self.promotional_apr_ppm if month <= self.promotional_months else self.apr_ppm


@dataclass(frozen=True)
class Month:
    """One month of a payoff, minor units: what was paid, the interest in it, and what is owed afterwards."""

    month: int
    payment_minor: int
    interest_minor: int
    balance_minor: int


@dataclass(frozen=True)
class Payoff:
    """Months until nothing is owed. `stuck_month` is the first month whose minimum payment does not exceed its interest
    (negative or no amortisation), or the month after the last one tried; `months` then ends before it."""

    schedule: tuple[Month, ...]
    stuck_month: int | None
    owed_minor: int = 0
    """What is owed at the end of the schedule."""

    @property
    def months(self) -> int:
        return len(self.schedule)

    @property
    def total_minor(self) -> int:
        return sum(row.payment_minor for row in self.schedule)

    @property
    def interest_minor(self) -> int:
        return sum(row.interest_minor for row in self.schedule)


def pay_minimum_only(balances: Sequence[Balance], rule: MinimumRule, compounding: Compounding) -> Payoff:
    """The payoff of `balances` when only the minimum payment is made each month."""
    owed = [max(balance.amount_minor, 0) for balance in balances]
    rows: list[Month] = []
    while sum(owed) > 0:
        month = len(rows) + 1
        if month > MONTHS_MAX:
            return Payoff(tuple(rows), month, sum(owed))

        rates = [balance.apr_in(month) for balance in balances]
        interest = [interest_of_month(amount, apr, compounding) for amount, apr in zip(owed, rates, strict=True)]
        payment = minimum_of_month(sum(owed), sum(interest), rule)
        if payment <= sum(interest):
            return Payoff(tuple(rows), month, sum(owed))

        owed = _after_payment([a + b for a, b in zip(owed, interest, strict=True)], rates, payment)
        rows.append(Month(month, payment, sum(interest), sum(owed)))
    return Payoff(tuple(rows), None)


def minimum_of_month(balance_minor: int, interest_minor: int, rule: MinimumRule) -> int:
    """The minimum payment of one month: by the rule, at least its floor, never above what is owed with interest."""
    asked = share_ppm(balance_minor, rule.share_ppm) + rule.fees_minor + (interest_minor if rule.plus_interest else 0)
    return int(min(max(asked, rule.floor_minor), balance_minor + interest_minor))


def interest_of_month(balance_minor: int, apr_ppm: int, compounding: Compounding) -> int:
    """Interest of a month of 365/12 days on one balance, rounded to the minor unit, halves up."""
    rate = monthly_rate(apr_ppm, compounding)
    return int(divide_half_up(balance_minor * rate.numerator, rate.denominator))


def payment_to_clear(balances: Sequence[Balance], compounding: Compounding, months: int = CLEAR_MONTHS) -> int:
    """The equal monthly payment that clears `balances` in `months`, minor units, halves up.

    At the average of the rates weighted by the balances, a promotional rate weighted by its share of the months: Appendix M1
    (d) and the `perrate36` of Appendix M2.
    """
    total = sum(max(balance.amount_minor, 0) for balance in balances)
    if total == 0:
        return 0
    weighted = sum(max(b.amount_minor, 0) * _rate_over(b, compounding, months) for b in balances)
    return annuity_payment(total, Fraction(weighted) / total, months)


def annuity_payment(principal_minor: int, rate: Fraction, months: int) -> int:
    """The equal payment at the end of each month that repays `principal_minor` at `rate` a month, halves up."""
    if rate == 0:
        return int(divide_half_up(principal_minor, months))
    growth = (1 + rate) ** months
    payment = principal_minor * rate * growth / (growth - 1)
    return int(divide_half_up(payment.numerator, payment.denominator))


@lru_cache(maxsize=1024)
def monthly_rate(apr_ppm: int, compounding: Compounding) -> Fraction:
    """The rate of a month of 365/12 days; daily compounding to 40 decimals."""
    if compounding == "monthly" or apr_ppm == 0:
        return Fraction(apr_ppm, 12 * PPM)
    with localcontext() as context:
        context.prec = 50
        growth = (1 + Decimal(apr_ppm) / (365 * PPM)) ** (Decimal(365) / 12)
        return Fraction(round((growth - 1) * 10**40), 10**40)


def _rate_over(balance: Balance, compounding: Compounding, months: int) -> Fraction:
    promotional = Fraction(min(balance.promotional_months, months), months)
    return promotional * monthly_rate(balance.promotional_apr_ppm, compounding) + (1 - promotional) * monthly_rate(
        balance.apr_ppm, compounding
    )


def _after_payment(owed: list[int], rates: Sequence[int], payment: int) -> list[int]:
    """What is owed after a payment that goes to the lowest rate first."""
    for i in sorted(range(len(owed)), key=lambda i: rates[i]):
        part = min(owed[i], payment)
        owed[i] -= part
        payment -= part
    return owed
