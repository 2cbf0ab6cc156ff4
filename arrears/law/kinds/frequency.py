"""How often: caps over days, and silence after a conversation."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal

import ibis.expr.types as ir
from pydantic import Field, model_validator

from arrears.feed.contracts import CONVERSATION_OUTCOMES, PARTIES
from arrears.law.counting import DAYS_MAX, Counting, Excluded, Per, Tally, counted_outcomes
from arrears.law.kinds.base import Kind, Lifting
from arrears.law.words import Circumstance, Outcome, Party, Reason, Strict
from arrears.saying import said

if TYPE_CHECKING:
    from arrears.law.columns import Columns
    from arrears.law.moment import Moment

PER_WORDS: dict[str, tuple[str, str]] = {
    "customer": ("this customer", "该客户"),
    "debt": ("this debt", "该笔债务"),
    "contact_point": ("this number or address", "该联系方式"),
}
COUNT_WORDS: dict[str, tuple[str, str]] = {"attempts": ("attempts", "次联系"), "conversations": ("conversations", "次对话")}


class RollingDays(Strict):
    """So many local calendar days in a row, the contact's own day the last of them."""

    rolling_days: int = Field(ge=1, le=DAYS_MAX)


class FrequencyCap(Kind):
    """At most `max` contacts of the rule's channels within the window; the one in question would be one more."""

    name: ClassVar[str] = "frequency_cap"

    per: Per
    counting: Counting
    max: int = Field(ge=0, le=1_000)
    window: Literal["calendar_day", "ever"] | RollingDays
    not_counted: tuple[Outcome, ...] = ()
    """Outcomes that do not count, for example a busy line."""
    counted_parties: tuple[Party, ...] = PARTIES
    """Whose contacts count."""
    count_inbound: bool = False
    """Contacts the customer began count too."""
    excluded: tuple[Excluded, ...] = ()
    """Contacts left out of the count: `misdirected`, to a number found to be another person's; `requested` ones."""
    whose: Literal["all", "own"] = "all"
    """Contacts of every company that acts for the creditor, or of the one that makes this contact."""
    whom: Literal["all", "same"] = "all"
    """Contacts with everybody, or with the party that this contact is meant for."""
    agreed_days: int | None = Field(default=None, ge=1, le=DAYS_MAX)
    """A consent to further contacts, given directly, lifts the rule for so many days, its own the first, until a conversation
    spends it; and contacts made under it are left out of the count for good."""

    @model_validator(mode="after")
    def _lifted_one_way(self) -> FrequencyCap:
        if self.agreed_days is not None and self.lifted_by is not None:
            raise ValueError(said("give either agreed_days or lifted_by, not both"))
        return self

    @cached_property
    def lifting(self) -> Lifting | None:
        if self.agreed_days is None:
            return Lifting(purpose=self.lifted_by) if isinstance(self.lifted_by, str) else self.lifted_by
        return Lifting(purpose="extra_contact", max_age_days=self.agreed_days, until_conversation=True, direct=True)

    @cached_property
    def days(self) -> int | None:
        """Local calendar days in the window, today included; None where it never closes."""
        return (
            self.window.rolling_days if isinstance(self.window, RollingDays) else {"calendar_day": 1, "ever": None}[self.window]
        )

    @cached_property
    def tally(self) -> Tally:
        return Tally(
            per=self.per,
            days=self.days,
            outcomes=counted_outcomes(self.counting, self.not_counted),
            channels=self.channels,
            parties=self.counted_parties,
            inbound=self.count_inbound,
            excluded=self.excluded,
            whose=self.whose,
            whom=self.whom,
            agreed_days=self.agreed_days,
        )

    def tallies(self) -> tuple[Tally, ...]:
        return (self.tally,)

    def screened(self, columns: Columns) -> ir.BooleanValue:
        return columns.count(self.tally) >= self.max

    def refusing_uncounted(self) -> tuple[str, ...] | None:
        return () if self.max else None

    def circumstance(self, party: str) -> Circumstance:
        return "contact" if self.max else "any"

    def judged(self, moment: Moment) -> Reason | None:
        used = moment.count(self.tally)
        if used < self.max:
            return None
        days_en, days_zh = {1: ("today", "今日"), None: ("so far", "迄今")}.get(
            self.days, (f"in the {self.days} days up to today", f"截至今日的{self.days}天内")
        )
        return Reason(
            f"{used} {COUNT_WORDS[self.counting][0]} for {PER_WORDS[self.per][0]} {days_en}; at most {self.max} are allowed",
            f"{days_zh}对{PER_WORDS[self.per][1]}已有{used}{COUNT_WORDS[self.counting][1]}，上限为{self.max}",
            passes=self.max > 0 and self.days is not None,
        )

    def clears(self, moment: Moment) -> datetime | None:
        return moment.facts.first_below(self.tally, self.max, moment.at)


class CoolOff(Kind):
    """Silence for so many days after a conversation, its own day the first of them, whoever began it."""

    name: ClassVar[str] = "cool_off"

    per: Per
    days: int = Field(ge=1, le=DAYS_MAX)
    not_counted: tuple[Outcome, ...] = ()
    counted_parties: tuple[Party, ...] = PARTIES
    count_inbound: bool = True
    excluded: tuple[Excluded, ...] = ()
    whose: Literal["all", "own"] = "all"
    whom: Literal["all", "same"] = "all"

    @cached_property
    def tally(self) -> Tally:
        return Tally(
            per=self.per,
            days=self.days,
            outcomes=tuple(outcome for outcome in CONVERSATION_OUTCOMES if outcome not in self.not_counted),
            channels=self.channels,
            parties=self.counted_parties,
            inbound=self.count_inbound,
            excluded=self.excluded,
            whose=self.whose,
            whom=self.whom,
        )

    def tallies(self) -> tuple[Tally, ...]:
        return (self.tally,)

    def screened(self, columns: Columns) -> ir.BooleanValue:
        return columns.count(self.tally) > 0

    def refusing_uncounted(self) -> tuple[str, ...] | None:
        return ()

    def circumstance(self, party: str) -> Circumstance:
        return "contact"

    def judged(self, moment: Moment) -> Reason | None:
        if not moment.count(self.tally):
            return None
        return Reason(
            f"there was a conversation about {PER_WORDS[self.per][0]} within {self.days} days, its own day being the first",
            f"{self.days}天内（对话当日为第一天）已就{PER_WORDS[self.per][1]}有过对话",
            passes=True,
        )

    def clears(self, moment: Moment) -> datetime | None:
        return moment.facts.first_below(self.tally, 1, moment.at)
