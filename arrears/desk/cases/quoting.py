"""What a plan costs beside paying the minimum: for the calculator on a case, and the API's. Nothing is offered by it."""

from __future__ import annotations

from dataclasses import dataclass

from arrears.bank import Bank, Product
from arrears.card.payoff import Balance, MinimumRule, Payoff, pay_minimum_only
from arrears.card.plan import PlanTerms, Quote, quote

BP_PPM = 100


@dataclass(frozen=True)
class Compared:
    """A plan and the minimum payment of the same sum."""

    plan: Quote
    minimum: Payoff
    product: Product
    saved_minor: int | None
    """Interest and fees less by the plan; None where the minimum never repays."""

    @property
    def monthly_minor(self) -> int:
        return self.plan.schedule[0].payment_minor if self.plan.schedule else 0


def compared(bank: Bank, currency: str, amount_minor: int, months: int, apr_ppm: int) -> Compared:
    """Quote a plan, and what the same sum costs where only the minimum is paid, by the first product of the currency."""
    product = product_of(bank, currency)
    rule = MinimumRule(product.minimum_share_bp * BP_PPM, plus_interest=True, floor_minor=product.minimum_floor_minor)
    minimum = pay_minimum_only([Balance(amount_minor, product.disclosed_annual_rate_bp * BP_PPM)], rule, "daily")
    plan = quote(PlanTerms(amount_minor, months, "equal_payment", apr_ppm))
    saved = None if minimum.stuck_month is not None else minimum.interest_minor - plan.cost_minor
    return Compared(plan, minimum, product, saved)


def product_of(bank: Bank, currency: str) -> Product:
    """The first product of a currency; the first of all where there is none."""
    return next((one for one in bank.products if one.currency == currency), bank.products[0])
