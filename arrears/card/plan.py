"""Quotes of instalment and hardship plans: the schedule, what it costs in all, and that cost as an annual rate.

A month's interest is an annual rate / 12 on what is owed, rounded to the minor unit, halves up; the last payment clears. A
frozen plan bears no interest. Fees stand apart in the schedule but count in the annualised rate, which is what the holder must
be shown (rules CN-327, CN-2022-inst-disp).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from arrears.card.payoff import annuity_payment
from arrears.card.rates import annualised_ppm, effective_ppm, monthly_rate_of_return
from arrears.errors import CardError
from arrears.money import PPM, divide_half_up, minor_digits, share_ppm
from arrears.saying import said

Method = Literal["equal_payment", "equal_principal"]
Kind = Literal["purchase_instalment", "bill_instalment", "cash_instalment", "hardship"]
Law = Literal["CN", "none"]

TERM_MONTHS_MAX = 60
"""Any instalment, and the personalised plan of Art. 70: rules CN-2022-inst-term, CN-CC2011-70a."""
CASH_TERM_MONTHS_MAX = 24
CASH_AMOUNT_MAX_CNY = 50_000
"""Cash instalments: rule CN-2022-inst-cash."""
TERM_MONTHS_LIMIT = 600
"""Our own limit where no law sets one."""


@dataclass(frozen=True)
class PlanTerms:
    """A plan to be quoted. Rates in ppm: `apr_ppm` a year on what is owed, `periodic_fee_ppm` a month on the amount at the
    start; the one-off fee in minor units falls due at the start or with the first instalment."""

    principal_minor: int
    term_months: int
    method: Method
    apr_ppm: int
    one_off_fee_minor: int = 0
    one_off_fee_at: Literal["start", "first_instalment"] = "first_instalment"
    periodic_fee_ppm: int = 0


@dataclass(frozen=True)
class Instalment:
    """One month, minor units; `payment_minor` is all three together."""

    number: int
    payment_minor: int
    principal_minor: int
    interest_minor: int
    fee_minor: int
    balance_minor: int


@dataclass(frozen=True)
class Quote:
    """What a plan asks for and costs, minor units; the rates in ppm, None where no rate describes it."""

    schedule: tuple[Instalment, ...]
    fee_at_start_minor: int
    interest_minor: int
    fees_minor: int
    annualised_rate_ppm: int | None
    effective_rate_ppm: int | None

    @property
    def cost_minor(self) -> int:
        return self.interest_minor + self.fees_minor

    @property
    def total_minor(self) -> int:
        return self.fee_at_start_minor + sum(row.payment_minor for row in self.schedule)


def require_lawful(principal_minor: int, term_months: int, kind: Kind, law: Law, currency: str) -> None:
    """Raise `CardError` naming the rule that a plan of this length or amount would break."""
    if law == "none":
        return
    if term_months > TERM_MONTHS_MAX:
        rule = "CN-CC2011-70a" if kind == "hardship" else "CN-2022-inst-term"
        raise _unlawful(
            said("term_months"),
            said("longer than {most} months", most=TERM_MONTHS_MAX),
            rule,
            said("ask for 1 to {most}", most=TERM_MONTHS_MAX),
        )
    if kind != "cash_instalment":
        return
    rule = "CN-2022-inst-cash"
    if term_months > CASH_TERM_MONTHS_MAX:
        raise _unlawful(
            said("term_months"),
            said("longer than {most} months", most=CASH_TERM_MONTHS_MAX),
            rule,
            said("ask for 1 to {most}", most=CASH_TERM_MONTHS_MAX),
        )
    if currency != "CNY":
        raise CardError(
            said(
                "the law's limit of a cash instalment is in CNY, the case in {currency} (rule {rule})",
                currency=currency,
                rule=rule,
            ),
            where=said("plan: {key}", key=said("currency")),
            remedy=said('quote in CNY, or write "law": "none"'),
        )
    if principal_minor > CASH_AMOUNT_MAX_CNY * 10 ** minor_digits(currency):
        raise _unlawful(
            said("principal"), said("of more than CNY {most:,}", most=CASH_AMOUNT_MAX_CNY), rule, said("quote a smaller amount")
        )


def _unlawful(key: str, what: str, rule: str, remedy: str) -> CardError:
    return CardError(
        said("the law does not allow such a plan {what} (rule {rule})", what=what, rule=rule),
        where=said("plan: {key}", key=key),
        remedy=remedy,
    )


def quote(terms: PlanTerms) -> Quote:
    """The schedule and cost of a plan; an empty schedule where nothing is owed."""
    if terms.principal_minor <= 0:
        return Quote((), 0, 0, 0, 0, 0)
    schedule = _schedule(terms)
    at_start = terms.one_off_fee_minor if terms.one_off_fee_at == "start" else 0
    monthly = monthly_rate_of_return(terms.principal_minor - at_start, [row.payment_minor for row in schedule])
    return Quote(
        schedule,
        at_start,
        sum(row.interest_minor for row in schedule),
        at_start + sum(row.fee_minor for row in schedule),
        None if monthly is None else annualised_ppm(monthly),
        None if monthly is None else effective_ppm(monthly),
    )


def _schedule(terms: PlanTerms) -> tuple[Instalment, ...]:
    periodic_fee = share_ppm(terms.principal_minor, terms.periodic_fee_ppm)
    payment = annuity_payment(terms.principal_minor, Fraction(terms.apr_ppm, 12 * PPM), terms.term_months)
    owed, rows = terms.principal_minor, []
    for number in range(1, terms.term_months + 1):
        interest = int(divide_half_up(owed * terms.apr_ppm, 12 * PPM))
        principal = _principal_part(terms, number, owed, payment - interest)
        fee = periodic_fee + (terms.one_off_fee_minor if number == 1 and terms.one_off_fee_at == "first_instalment" else 0)
        owed -= principal
        rows.append(Instalment(number, principal + interest + fee, principal, interest, fee, owed))
    return tuple(rows)


def _principal_part(terms: PlanTerms, number: int, owed_minor: int, of_payment_minor: int) -> int:
    """The part of what is owed that a month repays; the last month repays all of it."""
    if number == terms.term_months:
        return owed_minor
    part = of_payment_minor if terms.method == "equal_payment" else terms.principal_minor // terms.term_months
    return min(max(part, 0), owed_minor)
