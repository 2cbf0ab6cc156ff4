"""When something may be done: after a notice, never, or within a limit."""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Iterator
from typing import Any, ClassVar

from pydantic import Field, model_validator

from arrears.law.kinds.matter import MatterKind, MatterName, Unit
from arrears.law.matter import COUNT_MAX, EVENTS_MAX
from arrears.law.matter_facts import NO_TIME, SLOTS, Facts, Period, RowFacts
from arrears.law.matter_words import ACTS, EVENTS, NUMBERS, EventWord, listed, words_of
from arrears.law.words import Reason, Strict
from arrears.money import (
    BASIS_POINTS,
    MONEY_MAX_MINOR,
    SHARED_MAX_MINOR,
    Number,
    choose,
    divide_down,
    format_minor,
    largest,
    smallest,
)
from arrears.saying import said


class Need(Strict):
    """What must have happened: `n` of these events, each long enough ago, not too long ago, and far enough apart."""

    events: tuple[EventWord, ...] = Field(min_length=1)
    n: int = Field(default=1, ge=1, le=3)
    at_least: Period = NO_TIME
    """The act comes no earlier than so long after each of them."""
    at_most: Period | None = None
    """And no later."""
    days_apart: int = Field(default=0, ge=0, le=COUNT_MAX)
    """Days between any two of them."""
    undone_by: tuple[EventWord, ...] = ()
    """It does not count where one of these came within `at_least` of it: a letter, where word came that it did not arrive."""

    def lacking(self, facts: Facts) -> Number:
        """Days by which the events given fall short, over the best choice of them; 0 or less where they suffice."""
        return functools.reduce(smallest, [self._of(facts, chosen) for chosen in itertools.combinations(SLOTS, self.n)])

    def _of(self, facts: Facts, chosen: tuple[int, ...]) -> Number:
        return functools.reduce(largest, list(self._shortfalls(facts, chosen)))

    def _shortfalls(self, facts: Facts, chosen: tuple[int, ...]) -> Iterator[Number]:
        for slot in chosen:
            late = facts.end(slot, self.at_least) - facts.on
            if self.at_most is not None:
                late = largest(late, facts.on - facts.end(slot, self.at_most))
            whole = self.at_least.nominal_days + self.days_apart
            yield choose(facts.event(slot, self.events), choose(self._undone(facts, slot), whole, late), whole)
        if self.days_apart:
            for one, other in itertools.combinations(chosen, 2):
                between = facts.end(one) - facts.end(other)
                yield self.days_apart - largest(between, -between)

    def _undone(self, facts: Facts, slot: int) -> Any:
        undoing = [
            facts.event(other, self.undone_by)
            & (facts.end(other) >= facts.end(slot))
            & (facts.end(other) <= facts.end(slot, self.at_least))
            for other in SLOTS
            if self.undone_by and other != slot
        ]
        return functools.reduce(operator.or_, undoing) if undoing else False

    def said(self) -> tuple[str, str]:
        en, zh = listed(self.events, EVENTS)
        en, zh = en.replace(", ", " or "), zh.replace("、", "或")
        if self.n > 1:
            en, zh = f"{self.n} of {en}", f"{self.n}次{zh}"
        if self.days_apart:
            en, zh = f"{en} at least {self.days_apart} days apart", f"{zh}（间隔至少{self.days_apart}天）"
        if self.at_least != NO_TIME:
            told = self.at_least.said()
            en, zh = f"{en} at least {told[0]} before", f"至少提前{told[1]}的{zh}"
        if self.at_most is not None:
            told = self.at_most.said()
            en, zh = f"{en} at most {told[0]} before", f"{told[1]}以内的{zh}"
        if self.undone_by:
            told = listed(self.undone_by, EVENTS)
            en, zh = f"{en} (not {told[0]})", f"{zh}（其间未{told[1]}）"
        return en, zh


class Notice(MatterKind):
    """An act needs something to have happened before: a notice, a consent, a review. One of `needs` suffices.

    It is over by the days that are missing; where nothing happened, by the whole period.
    """

    name: ClassVar[str] = "notice"

    matter: MatterName = "act"
    needs: tuple[Need, ...] = Field(min_length=1)

    @property
    def unit(self) -> Unit:
        return "days"

    def over(self, facts: Facts) -> Number:
        return functools.reduce(smallest, [need.lacking(facts) for need in self.needs])

    def told(self, facts: RowFacts, over: int) -> Reason:
        told = [need.said() for need in self.needs]
        en, zh = " or ".join(en for en, _ in told), "或".join(zh for _, zh in told)
        act_en, act_zh = words_of(facts.text("act"), ACTS)
        return Reason(f"{act_en} needs {en}; {over} days are missing", f"{act_zh}须先有{zh}，尚差{over}天", passes=False)


class Forbidden(MatterKind):
    """What the scope covers may not be: an act, or something about a document. It is over by one."""

    name: ClassVar[str] = "forbidden"

    matter: MatterName = "act"

    @property
    def unit(self) -> Unit:
        return "count"

    def over(self, facts: Facts) -> Number:
        return 1

    def told(self, facts: RowFacts, over: int) -> Reason:
        return Reason("this may not be done or shown so", "不得如此办理或列示", passes=False)


class Earlier(Strict):
    """Earlier events of these kinds within a period before the act."""

    events: tuple[EventWord, ...] = Field(min_length=1)
    within: Period

    def count(self, facts: Facts) -> Number:
        total: Number = 0
        for slot in SLOTS:
            recent = facts.event(slot, self.events) & (facts.end(slot, self.within) > facts.on)
            total = total + choose(recent, 1, 0)
        return total


class Limit(MatterKind):
    """A number of the matter within a bound; or how often something is done, this time included, within a period.

    The bound is a number, or so many times (`max_times`) or so great a share (`min_share_bp`) of another number. An amount in
    another currency than `currency` cannot be compared, and is over as a whole.
    """

    name: ClassVar[str] = "limit"

    matter: MatterName = "act"
    number: str | None = None
    counted: Earlier | None = None
    min: int | None = Field(default=None, ge=0, le=MONEY_MAX_MINOR)
    max: int | None = Field(default=None, ge=0, le=MONEY_MAX_MINOR)
    max_times: int | None = Field(default=None, ge=1, le=1_000)
    min_share_bp: int | None = Field(default=None, ge=1, le=BASIS_POINTS)
    of_number: str | None = None
    """The number that `max_times` multiplies, or of which `min_share_bp` is a share."""
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")

    @model_validator(mode="after")
    def _whole(self) -> Limit:
        if (self.number is None) == (self.counted is None):
            raise ValueError(said("give either number or counted"))
        if sum(bound is not None for bound in (self.min, self.max, self.max_times, self.min_share_bp)) != 1:
            raise ValueError(said("give one of min, max, max_times, min_share_bp"))
        if (self.max_times is None and self.min_share_bp is None) != (self.of_number is None):
            raise ValueError(said("of_number: max_times and min_share_bp need it, and nothing else does"))
        if self.number is not None and self.number not in NUMBERS:
            raise ValueError(said("number: {number!r} is not one of {known}", number=self.number, known=", ".join(NUMBERS)))
        if self.counted is not None and not self.max:
            raise ValueError(said("max: counts go from 1 to {most}", most=EVENTS_MAX))
        return self

    def numbers_read(self) -> tuple[str, ...]:
        return tuple(name for name in (self.number, self.of_number) if name is not None)

    @property
    def unit(self) -> Unit:
        if self.counted is not None:
            return "times"
        assert self.number is not None  # noqa: S101 - the validator saw to it
        if self.number.endswith("_minor"):
            return "minor units"
        return "ppm" if self.number.endswith("_ppm") else "days" if self.number == "dpd" else "count"

    def _number(self, facts: Facts) -> Number:
        if self.counted is not None:
            return self.counted.count(facts) + 1
        assert self.number is not None  # noqa: S101
        return facts.number(self.number)

    def _bound(self, facts: Facts) -> Number:
        if self.of_number is None:
            return self.min if self.max is None else self.max
        base = facts.number(self.of_number)
        if self.max_times is not None:
            return base * self.max_times
        return -divide_down(-smallest(base, SHARED_MAX_MINOR) * self.min_share_bp, BASIS_POINTS)  # rounded up

    @property
    def _is_floor(self) -> bool:
        return self.min is not None or self.min_share_bp is not None

    def over(self, facts: Facts) -> Number:
        number, bound = self._number(facts), self._bound(facts)
        over = bound - number if self._is_floor else number - bound
        if self.currency is None:
            return over
        return choose(facts.is_one_of("currency", (self.currency,)), over, largest(number, 1))

    def told(self, facts: RowFacts, over: int) -> Reason:
        number, bound = self._number(facts), self._bound(facts)
        if self.counted is not None:
            en, zh = self.counted.within.said()
            return Reason(
                f"time {number} within {en}; at most {bound} may be", f"{zh}内第{number}次，至多{bound}次", passes=False
            )
        assert self.number is not None  # noqa: S101
        en, zh = self._named()
        currency = facts.text("currency")
        if self.currency not in (None, currency):
            return Reason(
                f"{en} in {currency or 'no currency'}; the limit stands in {self.currency}",
                f"{zh}币种为 {currency or '未知'}，限额以 {self.currency} 计",
                passes=False,
            )
        shown = [format_minor(one, currency) if self.unit == "minor units" else str(one) for one in (number, bound)]
        if self._is_floor:
            return Reason(
                f"{en} is {shown[0]}; at least {shown[1]} must be", f"{zh}为 {shown[0]}，下限 {shown[1]}", passes=False
            )
        return Reason(f"{en} is {shown[0]}; at most {shown[1]} may be", f"{zh}为 {shown[0]}，上限 {shown[1]}", passes=False)

    def _named(self) -> tuple[str, str]:
        assert self.number is not None  # noqa: S101
        en = self.number.removesuffix("_minor").removesuffix("_n").replace("_", " ")
        return en, NUMBERS[self.number]
