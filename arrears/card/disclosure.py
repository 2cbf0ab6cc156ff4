"""What a US statement says of paying the minimum only: months or years, totals, and when the 36-month line is left out.

12 CFR 1026.7(b)(12) (rule US-RZ-7b12), on the numbers of `arrears.card.payoff`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from arrears.card.payoff import (
    CLEAR_MONTHS,
    MONTHS_MAX,
    Balance,
    Compounding,
    MinimumRule,
    Payoff,
    interest_of_month,
    minimum_of_month,
    pay_minimum_only,
    payment_to_clear,
)
from arrears.money import divide_half_up

MONTHS_SHOWN_BELOW = 24
"""Under two years the estimate is shown in months, else in years: (b)(12)(i)(B)."""


@dataclass(frozen=True)
class Warning36:
    """The 36-month line: payment, its total, the saving against the minimum; `omitted` says why it is not shown, or ''."""

    payment_minor: int
    total_minor: int
    saving_minor: int | None
    omitted: str


@dataclass(frozen=True)
class MinimumWarning:
    """The minimum payment warning. `parts` are the payoffs by minimum payment formula; the longest one counts."""

    balance_minor: int
    minimum_minor: int
    parts: tuple[Payoff, ...]
    not_required: str
    clear: Warning36

    @property
    def stuck_month(self) -> int | None:
        return min((part.stuck_month for part in self.parts if part.stuck_month is not None), default=None)

    @property
    def amortises(self) -> bool:
        return self.stuck_month is None

    @property
    def months(self) -> int:
        return max((part.months for part in self.parts), default=0)

    @property
    def total_minor(self) -> int:
        return sum(part.total_minor for part in self.parts)

    @property
    def interest_minor(self) -> int:
        return sum(part.interest_minor for part in self.parts)

    @property
    def still_owed_minor(self) -> int:
        """What is owed where the payoffs end: nothing, or what is never repaid."""
        stuck = [part for part in self.parts if part.stuck_month is not None]
        return sum(part.owed_minor for part in stuck)

    @property
    def never(self) -> str:
        """Why it is never repaid, or ''."""
        if self.stuck_month is None:
            return ""
        if self.stuck_month > MONTHS_MAX:
            return f"not repaid within {MONTHS_MAX:,} months"
        return f"in month {self.stuck_month:,} the minimum payment does not exceed the interest (negative or no amortisation)"


def warn_of_minimum(groups: Sequence[tuple[MinimumRule, Sequence[Balance]]], compounding: Compounding) -> MinimumWarning:
    """The warning for balances grouped by the minimum payment formula that applies to them: Appendix M1 (b)(1)."""
    parts = tuple(pay_minimum_only(balances, rule, compounding) for rule, balances in groups)
    owed = [balance for _, balances in groups for balance in balances if balance.amount_minor > 0]
    total = sum(balance.amount_minor for balance in owed)
    minimum = sum(_first_minimum(balances, rule, compounding) for rule, balances in groups)

    payment = payment_to_clear(owed, compounding)
    months = max((part.months for part in parts), default=0)
    stuck = any(part.stuck_month is not None for part in parts)
    saving = None if stuck else sum(part.total_minor for part in parts) - CLEAR_MONTHS * payment
    not_required = _not_required(total, months, stuck)
    omitted = not_required or _omitted(months, stuck, payment, minimum)
    return MinimumWarning(
        total, minimum, parts, not_required, Warning36(payment, CLEAR_MONTHS * payment, None if omitted else saving, omitted)
    )


def time_shown(months: int) -> str:
    """`17 months`, or from 24 months on `3 years`: the nearest year, half a year up."""
    if months < MONTHS_SHOWN_BELOW:
        return "1 month" if months == 1 else f"{months} months"
    return f"{years_rounded(months)} years"


def years_rounded(months: int) -> int:
    """The nearest whole number of years, half a year up."""
    return int(divide_half_up(months, 12))


def _first_minimum(balances: Sequence[Balance], rule: MinimumRule, compounding: Compounding) -> int:
    owed = [max(balance.amount_minor, 0) for balance in balances]
    interest = [interest_of_month(a, b.apr_in(1), compounding) for a, b in zip(owed, balances, strict=True)]
    return minimum_of_month(sum(owed), sum(interest), rule)


def _not_required(total_minor: int, months: int, stuck: bool) -> str:
    if total_minor == 0:
        return "nothing is owed"
    return "the minimum payment pays the whole balance" if months == 1 and not stuck else ""


def _omitted(months: int, stuck: bool, payment_minor: int, minimum_minor: int) -> str:
    if not stuck and years_rounded(months) <= CLEAR_MONTHS // 12:
        return "the estimate, in years, is three or less"
    if not stuck and payment_minor < minimum_minor:
        return "the payment for 36 months is less than the minimum payment"
    return ""
