"""The cases as models: every key with its meaning, unit and default. The JSON Schema of a command is made from these."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from arrears.card.cases.values import Amount, Case, Currency, Day, Name, Rate, ShareBp, SignedAmount, refuse
from arrears.errors import CardError

Days = Annotated[int, Field(ge=0, le=30)]
Dpd = Annotated[int, Field(ge=0, le=100_000)]
Months = Annotated[int, Field(ge=0, le=600)]


class MinimumFormula(Case):
    """The issuer's minimum payment, month by month: `share` of the balance, never below `floor`, never above what is owed."""

    share: Rate = 0
    plus_interest: bool = False
    """Whether the month's interest is asked for on top of the share."""
    fees: Amount = 0
    """Fees asked for on top, each month."""
    floor: Amount = 0


class PayoffBalance(Case):
    """One balance with its own rate."""

    name: Name = "balance"
    amount: SignedAmount
    apr: Rate
    promotional_apr: Rate | None = None
    promotional_months: Months = 0
    """Months for which the promotional rate still holds."""
    minimum: MinimumFormula | None = None
    """Its own formula where the case's does not apply to it."""

    @model_validator(mode="after")
    def _promotion_whole(self) -> Self:
        if (self.promotional_apr is None) != (self.promotional_months == 0):
            raise refuse(
                "a promotion needs both promotional_apr and promotional_months of 1 or more", "give both, or neither of them"
            )
        return self


class PayoffCase(Case):
    """How long balances last under minimum payments only: 12 CFR 1026 Appendix M1."""

    currency: Currency
    balances: tuple[PayoffBalance, ...] = Field(min_length=1, max_length=50)
    minimum: MinimumFormula
    compounding: Literal["monthly", "daily"] = "monthly"
    show_schedule: bool = False

    @model_validator(mode="after")
    def _credit_alone(self) -> Self:
        amounts = [balance.amount for balance in self.balances]
        if min(amounts) < 0 < max(amounts):
            raise refuse("one balance is in credit and another is not", "take the credit off what it pays, and leave it out")
        return self


class InterestPosting(Case):
    """One entry of the account; the kind says which way it goes, the amount is never negative."""

    name: Name = "posting"
    date: Day
    kind: Literal["purchase", "cash", "instalment", "fee", "late_charge", "interest", "payment", "refund"]
    amount: Amount


class InterestCase(Case):
    """The interest of one statement."""

    currency: Currency
    statement_date: Day
    due_date: Day
    until: Day
    """Interest is counted up to this day, itself not among them; as a rule the next statement date."""
    daily_rate: Rate
    method: Literal["full_balance", "residual"]
    grace_days: Days = 0
    tolerance: Amount = 0
    interest_from: Day | None = None
    """Days before this were billed already."""
    payment_order: Literal["charges_first", "principal_first"] = "charges_first"
    interest_bears_interest: bool = False
    postings: tuple[InterestPosting, ...] = Field(max_length=5_000)

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.due_date < self.statement_date:
            raise refuse("due_date is before statement_date", "check both dates")
        grace_end = self.due_date + timedelta(days=self.grace_days)
        if self.until <= grace_end:
            raise refuse(
                f"until must be after the last day of grace, {grace_end}: before that nobody knows if the statement is paid",
                "write the next statement date, or a later day",
            )
        return self


class MinimumCase(Case):
    """The minimum payment of one statement; the parts are of the statement balance, the past-due minimum not among them."""

    currency: Currency
    balance: SignedAmount
    purchases: Amount = 0
    cash: Amount = 0
    instalments: Amount = 0
    interest: Amount = 0
    fees: Amount = 0
    past_due: Amount = 0
    paid: Amount = 0
    purchases_share: ShareBp = 1_000
    cash_share: ShareBp = 10_000
    instalments_share: ShareBp = 10_000
    interest_share: ShareBp = 10_000
    fees_share: ShareBp = 10_000
    floor: Amount = 0


class LateChargeTerms(Case):
    """`share` of the unpaid minimum payment, at least `floor`, at most `cap`; a fixed fee has both equal."""

    share: ShareBp = 0
    floor: Amount = 0
    cap: Amount

    @model_validator(mode="after")
    def _floor_below_cap(self) -> Self:
        if self.floor > self.cap:
            raise refuse("the floor is above the cap", "check both amounts")
        return self


class LateChargeCase(Case):
    """The late charge for one due date."""

    currency: Currency
    minimum_due: Amount
    paid: Amount = 0
    """Payments up to the due date and its grace."""
    tolerance: Amount = 0
    late_before: Annotated[int, Field(ge=0, le=1_000)] = 0
    """Earlier times late within the contract's look-back."""
    first: LateChargeTerms
    repeated: LateChargeTerms | None = None
    law: Literal["CN", "US"] = "CN"


class ChinaCharge(Case):
    """One thing owed."""

    name: Name
    kind: Literal["interest", "fee", "late_charge", "principal"]
    amount: Amount


class ApportionChinaCase(Case):
    """A payment under the Chinese order, which flips at 91 days past due."""

    law: Literal["CN"]
    currency: Currency
    payment: Amount
    dpd: Dpd
    charges: tuple[ChinaCharge, ...] = Field(max_length=1_000)


class UsBalance(Case):
    """One balance; `deferred_cycles_left` only for a deferred-interest plan, the current cycle counted."""

    name: Name
    amount: Amount
    apr: Rate
    deferred_cycles_left: Annotated[int, Field(ge=1, le=120)] | None = None


class ApportionUsCase(Case):
    """A payment under 12 CFR 1026.53."""

    law: Literal["US"]
    currency: Currency
    payment: Amount
    minimum_due: Amount
    minimum_to: Literal["lowest_apr", "highest_apr"] = "lowest_apr"
    balances: tuple[UsBalance, ...] = Field(max_length=1_000)


class ClassifyCase(Case):
    """How late an account is: from `dpd`, or from the oldest unpaid due date and the date to classify at."""

    currency: Currency = "CNY"
    dpd: Dpd | None = None
    as_of: Day | None = None
    oldest_due_date: Day | None = None
    grace_days: Days = 0
    unpaid: Amount | None = None
    tolerance: Amount = 0
    dpd_before: Dpd | None = None
    """Days past due before, to tell a cure."""
    cycles: tuple[Literal["paid", "unpaid"], ...] = Field(default=(), max_length=600)
    """Past-due statements, newest first."""
    assigned_class: Literal["normal", "special_mention", "substandard", "doubtful", "loss"] | None = None
    """A class given for other reasons (fraud: Art. 93-94); the stricter counts."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.dpd is None) == (self.as_of is None):
            raise refuse("give either dpd, or as_of with oldest_due_date", "remove one of them, or add what is missing")
        if self.dpd is not None and self.oldest_due_date is not None:
            raise refuse("dpd and oldest_due_date are both there", "give one of them: the other follows")
        return self


class PlanCompare(Case):
    """What paying the minimum only would cost instead."""

    apr: Rate
    minimum: MinimumFormula
    compounding: Literal["monthly", "daily"] = "monthly"


class PlanCase(Case):
    """An instalment or hardship plan to be quoted."""

    currency: Currency
    kind: Literal["purchase_instalment", "bill_instalment", "cash_instalment", "hardship"]
    principal: SignedAmount
    term_months: Annotated[int, Field(ge=1, le=600)]
    method: Literal["equal_payment", "equal_principal"] = "equal_payment"
    apr: Rate = 0
    """The plan's own rate; 0 is frozen interest."""
    contract_apr: Rate | None = None
    """The rate without the plan, to say whether interest is reduced or frozen."""
    one_off_fee: Amount = 0
    one_off_fee_share: Rate = 0
    """The one-off fee as a share of the principal."""
    one_off_fee_at: Literal["start", "first_instalment"] = "first_instalment"
    periodic_fee_share: Rate = 0
    """A fee each month, as a share of the principal at the start."""
    first_due_date: Day | None = None
    law: Literal["CN", "none"] = "CN"
    compare: PlanCompare | None = None

    @model_validator(mode="after")
    def _one_fee(self) -> Self:
        if self.one_off_fee and self.one_off_fee_share:
            raise refuse("the one-off fee is there as an amount and as a share", "give one_off_fee or one_off_fee_share")
        return self


def models_of(command: str) -> tuple[type[Case], ...]:
    """The models a command takes; the value of `law` tells them apart where there are several."""
    return _MODELS[command]


def model_for(command: str, value: dict[str, Any]) -> type[Case]:
    """The model that fits the case; for `apportion` the one of its `law`."""
    if command != "apportion":
        return _MODELS[command][0]
    law = value.get("law")
    if law not in ("CN", "US"):
        raise CardError("law must be CN or US: each has its own order", where="apportion: law", remedy='write "CN" or "US"')
    return ApportionUsCase if law == "US" else ApportionChinaCase


_MODELS: dict[str, tuple[type[Case], ...]] = {
    "payoff": (PayoffCase,),
    "interest": (InterestCase,),
    "minimum": (MinimumCase,),
    "plan": (PlanCase,),
    "late-charge": (LateChargeCase,),
    "apportion": (ApportionChinaCase, ApportionUsCase),
    "classify": (ClassifyCase,),
}

COMMANDS = tuple(_MODELS)
"""What `run_case` answers to."""
