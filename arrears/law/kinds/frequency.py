"""How often: caps over days, and silence after a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import ibis.expr.types as ir
from pydantic import Field

from arrears.feed.contracts import CONVERSATION_OUTCOMES, PARTIES
from arrears.law.counting import DAYS_MAX, Counting, Per, Tally, counted_outcomes
from arrears.law.kinds.base import Kind
from arrears.law.words import Outcome, Party, Reason, Strict

if TYPE_CHECKING:
    from arrears.law.columns import Columns
    from arrears.law.moment import Moment

PER_WORDS: dict[str, tuple[str, str]] = {
    "customer": ("this customer", "该客户"),
    "debt": ("this debt", "该笔债务"),
    "contact_point": ("this number or address", "该联系方式"),
}
COUNT_WORDS: dict[str, tuple[str, str]] = {"attempts": ("attempts", "次联系"), "conversations": ("conversations", "次通话")}


class RollingDays(Strict):
    """So many local calendar days in a row, the contact's own day the last of them."""

    rolling_days: int = Field(ge=1, le=DAYS_MAX)


class FrequencyCap(Kind):
    """At most `max` contacts of the rule's channels within the window; the one in question would be one more."""

    name: ClassVar[str] = "frequency_cap"

    per: Per
    counting: Counting
    max: int = Field(ge=0, le=1_000)
    window: Literal["calendar_day"] | RollingDays
    not_counted: tuple[Outcome, ...] = ()
    """Outcomes that do not count, for example a busy line."""
    counted_parties: tuple[Party, ...] = PARTIES
    """Whose contacts count."""
    count_inbound: bool = False
    """Contacts the customer began count too."""

    @property
    def days(self) -> int:
        """Local calendar days in the window, today included."""
        return 1 if isinstance(self.window, str) else self.window.rolling_days

    @property
    def tally(self) -> Tally:
        return Tally(
            per=self.per,
            days=self.days,
            outcomes=counted_outcomes(self.counting, self.not_counted),
            channels=self.channels,
            parties=self.counted_parties,
            inbound=self.count_inbound,
        )

    def tallies(self) -> tuple[Tally, ...]:
        return (self.tally,)

    def screened(self, columns: Columns) -> ir.BooleanValue:
        return columns.count(self.tally) >= self.max

    def judged(self, moment: Moment) -> Reason | None:
        used = moment.count(self.tally)
        if used < self.max:
            return None
        days_en = "today" if self.days == 1 else f"in the {self.days} days up to today"
        days_zh = "今日" if self.days == 1 else f"截至今日的{self.days}天内"
        return Reason(
            f"{used} {COUNT_WORDS[self.counting][0]} for {PER_WORDS[self.per][0]} {days_en}; at most {self.max} are allowed",
            f"{days_zh}对{PER_WORDS[self.per][1]}已有{used}{COUNT_WORDS[self.counting][1]}，上限为{self.max}",
            passes=self.max > 0,
        )


class CoolOff(Kind):
    """Silence for so many days after a conversation, its own day the first of them, whoever began it."""

    name: ClassVar[str] = "cool_off"

    per: Per
    days: int = Field(ge=1, le=DAYS_MAX)
    not_counted: tuple[Outcome, ...] = ()
    counted_parties: tuple[Party, ...] = PARTIES
    count_inbound: bool = True

    @property
    def tally(self) -> Tally:
        return Tally(
            per=self.per,
            days=self.days,
            outcomes=tuple(outcome for outcome in CONVERSATION_OUTCOMES if outcome not in self.not_counted),
            channels=self.channels,
            parties=self.counted_parties,
            inbound=self.count_inbound,
        )

    def tallies(self) -> tuple[Tally, ...]:
        return (self.tally,)

    def screened(self, columns: Columns) -> ir.BooleanValue:
        return columns.count(self.tally) > 0

    def judged(self, moment: Moment) -> Reason | None:
        if not moment.count(self.tally):
            return None
        return Reason(
            f"there was a conversation about {PER_WORDS[self.per][0]} within {self.days} days, its own day being the first",
            f"{self.days}天内（通话当日为第一天）已就{PER_WORDS[self.per][1]}通话",
            passes=True,
        )
