"""Where a payment goes, and what a plan may ask for."""

from __future__ import annotations

import functools
import operator
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from arrears.law.kinds.matter import MatterKind, MatterName, Unit
from arrears.law.matter import BALANCES_MAX, COUNT_MAX
from arrears.law.matter_facts import Facts, RowFacts
from arrears.law.matter_words import FIELDS, MATTER_FLAGS, FieldWord, FlagWord, listed
from arrears.law.words import Reason, Strict
from arrears.money import MONEY_MAX_MINOR, Number, choose, format_minor, largest, smallest
from arrears.saying import said

SLOTS = range(1, BALANCES_MAX + 1)
DEFERRED_RANK = 10**9
"""Above every rate: a deferred-interest balance about to end comes before all others, the soonest end first."""


class Band(Strict):
    """From so many days past due on, this part is paid first."""

    dpd_from: int = Field(ge=0, le=COUNT_MAX)
    first: Literal["interest_or_fees", "principal"]


class HighestRate(Strict):
    """What is above the minimum payment goes down the rates; a deferred balance counts as 0 % until its last cycles."""

    deferred_first_cycles: int = Field(ge=0, le=COUNT_MAX)
    """In so many last cycles it comes before all others."""


class PaymentOrder(MatterKind):
    """Where a payment goes: by `bands` of days past due, or its `excess` over the minimum to the highest rate, or `never_to`
    some place. It is over by the amount that went where it should not. Exactly one of the three is given."""

    name: ClassVar[str] = "payment_order"

    matter: MatterName = "payment"
    bands: tuple[Band, ...] = ()
    excess: HighestRate | None = None
    never_to: tuple[Literal["disputed", "against_direction"], ...] = ()

    @model_validator(mode="after")
    def _one_order(self) -> PaymentOrder:
        if sum((bool(self.bands), self.excess is not None, bool(self.never_to))) != 1:
            raise ValueError(said("give one of bands, excess, never_to"))
        days = [band.dpd_from for band in self.bands]
        if days != sorted(set(days)):
            raise ValueError(said("bands: write them by rising days past due"))
        return self

    @property
    def unit(self) -> Unit:
        return "minor units"

    def over(self, facts: Facts) -> Number:
        if self.bands:
            return self._out_of_band(facts)
        if self.excess is not None:
            return self._down_the_rates(facts, self.excess)
        columns = {"disputed": "to_disputed_minor", "against_direction": "against_direction_minor"}
        return functools.reduce(operator.add, [facts.number(columns[place]) for place in self.never_to])

    def _out_of_band(self, facts: Facts) -> Number:
        to_charges, to_principal = facts.number("to_charges_minor"), facts.number("to_principal_minor")
        # What went to the second part while the first was still owed.
        misdirected = {
            "interest_or_fees": smallest(to_principal, largest(facts.number("owed_charges_minor") - to_charges, 0)),
            "principal": smallest(to_charges, largest(facts.number("owed_principal_minor") - to_principal, 0)),
        }
        over: Number = 0
        for band in self.bands:
            over = choose(facts.number("dpd") >= band.dpd_from, misdirected[band.first], over)
        return over

    def _down_the_rates(self, facts: Facts, excess: HighestRate) -> Number:
        owed, applied = ({slot: facts.number(f"{name}_minor_{slot}") for slot in SLOTS} for name in ("owed", "applied"))
        ranks = {slot: self._rank(facts, slot, excess) for slot in SLOTS}
        amount = facts.number("amount_minor")
        # The minimum payment may go anywhere; what of it went to no balance listed (interest, fees) is gone.
        elsewhere = largest(amount - functools.reduce(operator.add, applied.values()), 0)
        free = largest(smallest(facts.number("minimum_due_minor"), amount) - elsewhere, 0)
        over: Number = 0
        for slot in SLOTS:
            # From below this rank so much should have gone to it or above: no more than is still owed there.
            above, below = [], []
            for other in SLOTS:
                higher = ranks[other] >= ranks[slot]
                above.append(choose(higher, largest(owed[other] - applied[other], 0), 0))
                below.append(choose(higher, 0, applied[other]))
            unpaid, lower = functools.reduce(operator.add, above), functools.reduce(operator.add, below)
            over = largest(over, smallest(unpaid, lower - free))
        return over

    def _rank(self, facts: Facts, slot: int, excess: HighestRate) -> Any:
        cycles = facts.number(f"deferred_cycles_left_{slot}")
        deferred = choose(cycles <= excess.deferred_first_cycles, DEFERRED_RANK - cycles, 0)
        return choose(cycles == 0, facts.number(f"apr_ppm_{slot}"), deferred)

    def told(self, facts: RowFacts, over: int) -> Reason:
        amount = format_minor(over, facts.text("currency"))
        if self.bands:
            dpd = facts.number("dpd")
            first = next(band.first for band in reversed(self.bands) if dpd >= band.dpd_from)
            en = {"principal": "principal", "interest_or_fees": "interest and fees"}[first]
            zh = {"principal": "本金", "interest_or_fees": "利息和费用"}[first]
            return Reason(
                f"at {dpd} days past due {en} is paid first, and {amount} went elsewhere",
                f"逾期{dpd}天应先冲抵{zh}，{amount} 冲抵有误",
                passes=False,
            )
        if self.excess is not None:
            return Reason(
                f"{amount} above the minimum payment went to a lower rate while a higher one was owed",
                f"超出最低还款额的 {amount} 冲抵了较低利率的余额，而较高利率的余额未清",
                passes=False,
            )
        return Reason(
            f"{amount} went to a disputed debt, or elsewhere than directed",
            f"{amount} 冲抵了争议债务或未按指示入账",
            passes=False,
        )


class PlanTerms(MatterKind):
    """Plans within so many months, or of at most an amount, or without these features and with an agreement that carries these
    fields. Exactly one of the three is given. An amount in another currency cannot be compared and is over as a whole."""

    name: ClassVar[str] = "plan_terms"

    matter: MatterName = "plan"
    max_months: int | None = Field(default=None, ge=1, le=COUNT_MAX)
    min_months: int | None = Field(default=None, ge=1, le=COUNT_MAX)
    max_minor: int | None = Field(default=None, ge=0, le=MONEY_MAX_MINOR)
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    forbidden: tuple[FlagWord, ...] = ()
    required: tuple[FieldWord, ...] = ()

    @model_validator(mode="after")
    def _one_sort(self) -> PlanTerms:
        months = self.max_months is not None or self.min_months is not None
        if sum((months, self.max_minor is not None, bool(self.forbidden or self.required))) != 1:
            raise ValueError(said("give months, or max_minor, or forbidden and required"))
        if (self.max_minor is None) != (self.currency is None):
            raise ValueError(said("currency: max_minor needs one, and nothing else does"))
        return self

    @property
    def unit(self) -> Unit:
        if self.max_minor is not None:
            return "minor units"
        return "fields" if self.forbidden or self.required else "months"

    def over(self, facts: Facts) -> Number:
        if self.max_minor is not None:
            assert self.currency is not None  # noqa: S101 - the validator saw to it
            amount = facts.number("amount_minor")
            return choose(facts.is_one_of("currency", (self.currency,)), amount - self.max_minor, amount)
        if self.forbidden or self.required:
            present = [choose(facts.carries("flags", flag), 1, 0) for flag in self.forbidden]
            missing = [choose(facts.carries("fields", field), 0, 1) for field in self.required]
            return functools.reduce(operator.add, present + missing)
        term = facts.number("term_months")
        above: Number = 0 if self.max_months is None else term - self.max_months
        return above if self.min_months is None else largest(above, self.min_months - term)

    def told(self, facts: RowFacts, over: int) -> Reason:
        if self.max_minor is not None:
            assert self.currency is not None  # noqa: S101
            amount = format_minor(facts.number("amount_minor"), facts.text("currency"))
            cap = format_minor(self.max_minor, self.currency)
            return Reason(f"a plan of {amount}; at most {cap} may be", f"分期金额 {amount}，上限 {cap}", passes=False)
        if self.forbidden or self.required:
            return _features(facts, self.forbidden, self.required)
        term = facts.number("term_months")
        if self.max_months is not None and term > self.max_months:
            return Reason(
                f"{term} months; at most {self.max_months} may be",
                f"期限{term}个月，不得超过{self.max_months}个月",
                passes=False,
            )
        return Reason(
            f"{term} months; at least {self.min_months} must be", f"期限{term}个月，不得少于{self.min_months}个月", passes=False
        )


def _features(facts: RowFacts, forbidden: tuple[str, ...], required: tuple[str, ...]) -> Reason:
    present = tuple(flag for flag in forbidden if facts.carries("flags", flag))
    missing = tuple(field for field in required if not facts.carries("fields", field))
    en, zh = [], []
    if present:
        told = listed(present, MATTER_FLAGS)
        en.append(f"not allowed: {told[0]}")
        zh.append(f"不得：{told[1]}")
    if missing:
        told = listed(missing, FIELDS)
        en.append(f"missing: {told[0]}")
        zh.append(f"缺少：{told[1]}")
    return Reason("; ".join(en), "；".join(zh), passes=False)
