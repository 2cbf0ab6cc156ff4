"""What may be charged: rates, fees, and what bears interest at all."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from arrears.law.kinds.matter import MatterKind, MatterName, Unit
from arrears.law.matter import COUNT_MAX
from arrears.law.matter_facts import Facts, RowFacts
from arrears.law.matter_words import CHARGES, words_of
from arrears.law.words import Reason
from arrears.money import (
    BASIS_POINTS,
    MONEY_MAX_MINOR,
    PPM,
    SHARED_MAX_MINOR,
    Number,
    choose,
    divide_down,
    format_minor,
    largest,
    share_ppm,
    smallest,
)
from arrears.saying import said

YEAR_DAYS = 365
"""A daily rate times this is the annual one, unless the charge states its own."""

RATED_MAX_MINOR = 4 * 10**12
"""Largest base of which interest is reckoned here; anything above counts as this much, so nothing overflows."""


class RateCap(MatterKind):
    """Interest at no higher a rate than so much, and where `min_ppm` stands at no lower one: a day, a year, or all cost a year.

    A charge that does not say at which rate it was charged is over.
    """

    name: ClassVar[str] = "rate_cap"

    matter: MatterName = "charge"
    of: tuple[str, ...] = ("interest",)
    rate: Literal["daily", "annual", "total"] = "daily"
    """`total` is interest, fees and late charge together, a year."""
    max_ppm: int | None = Field(default=None, ge=0, le=100 * PPM)
    min_ppm: int | None = Field(default=None, ge=0, le=100 * PPM)
    not_above: Literal["rate_before"] | None = None
    """The annual rate before a penalty rate or a workout."""

    @model_validator(mode="after")
    def _one_cap(self) -> RateCap:
        if (self.max_ppm is None) == (self.not_above is None):
            raise ValueError(said("give either max_ppm or not_above"))
        if self.not_above is not None and self.rate != "annual":
            raise ValueError(said("rate: not_above compares annual rates"))
        return self

    @property
    def unit(self) -> Unit:
        return "ppm"

    def _rate(self, facts: Facts) -> Number:
        daily = facts.number("daily_rate_ppm")
        if self.rate == "daily":
            return daily
        if self.rate == "total":
            return facts.number("total_rate_ppm")
        stated = facts.number("annual_rate_ppm")
        return choose(stated > 0, stated, daily * YEAR_DAYS)

    def _cap(self, facts: Facts) -> Number:
        return facts.number("rate_before_ppm") if self.max_ppm is None else self.max_ppm

    def over(self, facts: Facts) -> Number:
        rate = self._rate(facts)
        above = rate - self._cap(facts)
        if self.min_ppm is not None:
            above = largest(above, self.min_ppm - rate)
        return choose(facts.number("amount_minor") > 0, choose(rate > 0, above, largest(above, 1)), 0)

    def told(self, facts: RowFacts, over: int) -> Reason:
        rate, cap = self._rate(facts), self._cap(facts)
        if rate <= 0:
            return Reason("the rate it was charged at is not given", "未说明计息利率", passes=False)
        en = {"daily": "a day", "annual": "a year", "total": "a year, fees included"}[self.rate]
        zh = {"daily": "日", "annual": "年", "total": "年（含费用）"}[self.rate]
        if rate <= cap:
            return Reason(
                f"charged at {rate} ppm {en}; at least {self.min_ppm} ppm must be",
                f"{zh}利率为百万分之{rate}，不得低于百万分之{self.min_ppm}",
                passes=False,
            )
        return Reason(
            f"charged at {rate} ppm {en}; at most {cap} ppm may be",
            f"{zh}利率为百万分之{rate}，上限为百万分之{cap}",
            passes=False,
        )


class FeeCap(MatterKind):
    """Charges of no more than an amount, a share of another amount, or another amount; or no oftener for one event.

    Exactly one of `max_minor`, `max_share_bp`, `not_above` and `max_per_event` is given. An amount in another currency than
    `currency` cannot be compared and is over as a whole.
    """

    name: ClassVar[str] = "fee_cap"

    matter: MatterName = "charge"
    max_minor: int | None = Field(default=None, ge=0, le=MONEY_MAX_MINOR)
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    max_share_bp: int | None = Field(default=None, ge=0, le=BASIS_POINTS)
    share_of: Literal["unpaid_minimum", "credit_limit", "base", "principal"] | None = None
    floor_minor: int | None = Field(default=None, ge=0, le=MONEY_MAX_MINOR)
    """So much may be charged even where the share is less."""
    not_above: Literal["minimum_due", "agreed"] | None = None
    max_per_event: int | None = Field(default=None, ge=1, le=COUNT_MAX)
    counting: Literal["this", "first_year", "since_default"] = "this"
    """Whether this charge alone counts, or with what was charged before it."""

    @model_validator(mode="after")
    def _one_cap(self) -> FeeCap:
        caps = (self.max_minor, self.max_share_bp, self.not_above, self.max_per_event)
        if sum(cap is not None for cap in caps) != 1:
            raise ValueError(said("give one of max_minor, max_share_bp, not_above, max_per_event"))
        if (self.max_share_bp is None) != (self.share_of is None):
            raise ValueError(said("share_of: max_share_bp needs it, and nothing else does"))
        if (self.max_minor or self.floor_minor) and self.currency is None:
            raise ValueError(said("currency: an amount needs one"))
        return self

    @property
    def unit(self) -> Unit:
        return "minor units"

    def _cap(self, facts: Facts) -> Number:
        if self.max_minor is not None:
            return self.max_minor
        if self.not_above is not None:
            return facts.number(f"{self.not_above}_minor")
        assert self.max_share_bp is not None  # noqa: S101 - the validator saw to it
        base = smallest(facts.number(f"{self.share_of}_minor"), SHARED_MAX_MINOR)
        share = divide_down(base * self.max_share_bp, BASIS_POINTS)
        return share if self.floor_minor is None else largest(share, self.floor_minor)

    def _counted(self, facts: Facts) -> Number:
        before = {"first_year": "fees_first_year_minor", "since_default": "charged_since_default_minor"}
        amount = facts.number("amount_minor")
        return amount if self.counting == "this" else amount + facts.number(before[self.counting])

    def over(self, facts: Facts) -> Number:
        amount = facts.number("amount_minor")
        if self.max_per_event is not None:
            return choose(facts.number("charged_before_n") >= self.max_per_event, amount, 0)
        # What stands above the cap, but of this charge no more than it is: that much the correcting entry takes back.
        above = smallest(self._counted(facts) - self._cap(facts), amount)
        if self.currency is None:
            return above
        return choose(facts.is_one_of("currency", (self.currency,)), above, amount)

    def told(self, facts: RowFacts, over: int) -> Reason:
        currency = facts.text("currency")
        en, zh = words_of(facts.text("charge"), CHARGES)
        amount = format_minor(facts.number("amount_minor"), currency)
        if self.max_per_event is not None:
            return Reason(
                f"{en} charged {facts.number('charged_before_n') + 1} times for one event; at most {self.max_per_event} may be",
                f"同一事项第{facts.number('charged_before_n') + 1}次收取{zh}，至多{self.max_per_event}次",
                passes=False,
            )
        if self.currency not in (None, currency):
            return Reason(
                f"{en} in {currency or 'no currency'}; the limit stands in {self.currency}",
                f"{zh}币种为 {currency or '未知'}，限额以 {self.currency} 计",
                passes=False,
            )
        cap = format_minor(self._cap(facts), currency)
        if self.counting == "this":
            return Reason(f"{en} of {amount}; at most {cap} may be charged", f"{zh} {amount}，上限 {cap}", passes=False)
        counted = format_minor(self._counted(facts), currency)
        return Reason(
            f"with this {en} {counted} is charged; at most {cap} may be",
            f"连同本次{zh}共收 {counted}，上限 {cap}",
            passes=False,
        )


class InterestFree(MatterKind):
    """No interest on a part of the base: fees and late charges, or what was repaid in time or belongs to an earlier cycle.

    It is over by the interest of that part, and by one minor unit at least.
    """

    name: ClassVar[str] = "interest_free"

    matter: MatterName = "charge"
    of: tuple[str, ...] = ("interest",)
    part: Literal["fees", "grace"]

    @property
    def unit(self) -> Unit:
        return "minor units"

    def _part(self, facts: Facts) -> Number:
        return facts.number("fee_base_minor" if self.part == "fees" else "grace_base_minor")

    def over(self, facts: Facts) -> Number:
        part, amount = self._part(facts), facts.number("amount_minor")
        daily, days = facts.number("daily_rate_ppm"), facts.number("days")
        of_year = divide_down(facts.number("annual_rate_ppm") * days, YEAR_DAYS)
        rate = smallest(choose(daily > 0, daily * days, of_year), PPM)
        interest = smallest(largest(share_ppm(smallest(part, RATED_MAX_MINOR), rate), 1), amount)
        return choose(part > 0, interest, 0)

    def told(self, facts: RowFacts, over: int) -> Reason:
        part = format_minor(self._part(facts), facts.text("currency"))
        if self.part == "fees":
            return Reason(f"interest is charged on fees of {part}", f"对 {part} 的费用计收了利息", passes=False)
        return Reason(
            f"interest is charged on {part} that bears none: repaid in time, or of an earlier cycle",
            f"对不应计息的 {part}（已按期偿还或属于以前账期）计收了利息",
            passes=False,
        )
