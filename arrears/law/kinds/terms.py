"""What is due by a day: duties, the keeping of records, classes by days past due, and what a document must carry."""

from __future__ import annotations

import functools
import operator
from datetime import date
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from arrears.law.kinds.matter import Dates, MatterKind, MatterName, Range, Unit
from arrears.law.matter import CLASS_LADDERS, COUNT_MAX, EPOCH
from arrears.law.matter_facts import FAR, NEVER, NO_TIME, Facts, Period, RowFacts, day_number, period_end, weekdays_until
from arrears.law.matter_words import CARD_STATES, CLASSES, EVENTS, FIELDS, ClassWord, EventWord, FieldWord, listed
from arrears.law.words import Reason, Strict
from arrears.money import Number, choose, largest
from arrears.saying import said


class Deadline(MatterKind):
    """Something is done no later (`at_most`) or no sooner (`at_least`) than so long after an event, or within `business_days`.

    Reckoned from the last of the events `after`, or from a date; where that has not come, nothing is due. What is not done yet
    is late from the day after the last one it may be done on. Over in days, or in business days.
    """

    name: ClassVar[str] = "deadline"

    matter: MatterName = "duty"
    after: tuple[EventWord, ...] = ()
    after_date: date | None = None
    done: tuple[EventWord, ...] = ()
    """What fulfils it; nothing but the next of `after` where left out."""
    at_most: Period | None = None
    at_least: Period | None = None
    business_days: Range | None = None
    """So many, Mondays to Fridays less the holidays the matter says lie between."""
    received_by: str | None = Field(default=None, pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    """Only payments received by that time of day."""

    @model_validator(mode="after")
    def _whole(self) -> Deadline:
        if bool(self.after) == (self.after_date is not None):
            raise ValueError(said("give either after or after_date"))
        if (self.at_most is None and self.at_least is None) == (self.business_days is None):
            raise ValueError(said("give at_most and at_least, or business_days"))
        if self.received_by is not None and self.matter != "payment":
            raise ValueError(said("received_by: only payments are received"))
        return self

    def numbers_read(self) -> tuple[str, ...]:
        return () if self.business_days is None else ("holidays_between",)

    @property
    def unit(self) -> Unit:
        return "days" if self.business_days is None else "business days"

    def applies(self, facts: Facts) -> Number:
        scope = super().applies(facts)
        if self.received_by is None:
            return scope
        minute = int(self.received_by[:2]) * 60 + int(self.received_by[3:])
        return scope & (facts.number("received_minute") <= minute)

    def _end(self, facts: Facts, period: Period) -> Number:
        if self.after_date is None:
            return facts.last(self.after, period)
        return day_number(period_end(self.after_date, period))

    def over(self, facts: Facts) -> Number:
        begun = self._end(facts, NO_TIME) > NEVER
        return choose(begun, largest(self._late(facts), self._early(facts)), 0)

    def _done(self, facts: Facts) -> Number:
        return facts.first(self.done) if self.done else FAR

    def _late(self, facts: Facts) -> Number:
        # Done or not: what is still to be done is judged as of today.
        done = self._done(facts)
        until = choose(done < FAR, done, facts.on)
        if self.business_days is not None:
            most = self.business_days.at_most
            return 0 if most is None else self._business_days(facts, until) - most
        return 0 if self.at_most is None else until - self._end(facts, self.at_most)

    def _early(self, facts: Facts) -> Number:
        done, early = self._done(facts), None
        if self.business_days is not None and self.business_days.at_least is not None:
            early = self.business_days.at_least - self._business_days(facts, done)
        if self.at_least is not None:
            early = self._end(facts, self.at_least) - done
        return 0 if early is None else choose(done < FAR, early, 0)

    def _business_days(self, facts: Facts, until: Number) -> Number:
        """Between what it is reckoned from and a day, that day included."""
        return weekdays_until(until) - weekdays_until(self._end(facts, NO_TIME)) - facts.number("holidays_between")

    def told(self, facts: RowFacts, over: int) -> Reason:
        since_en, since_zh = listed(self.after, EVENTS) if self.after_date is None else (str(self.after_date),) * 2
        late = self._late(facts) == over
        unit_en, unit_zh = self.unit, {"days": "天", "business days": "个工作日"}[self.unit]
        if self.business_days is not None:
            bound = self.business_days.at_most if late else self.business_days.at_least
            en, zh = f"{bound} {unit_en}", f"{bound}{unit_zh}"
        else:
            period = self.at_most if late else self.at_least
            en, zh = (period or NO_TIME).said()
        if late:
            return Reason(
                f"{over} {unit_en} late; it is due within {en} of {since_en}",
                f"已超期{over}{unit_zh}；应在{since_zh}后{zh}内完成",
                passes=False,
            )
        return Reason(
            f"{over} {unit_en} too early; at least {en} after {since_en}",
            f"早了{over}{unit_zh}；须在{since_zh}后至少{zh}",
            passes=False,
        )


class Retention(MatterKind):
    """A record may go no sooner than `at_least` after the last of these events, and may be kept no longer than `at_most`.

    The first is asked of deleting, the second of keeping. Where the event has not come a record may not go, and no time to
    delete it runs.
    """

    name: ClassVar[str] = "retention"

    matter: MatterName = "record"
    after: tuple[EventWord, ...] = Field(min_length=1)
    at_least: Period | None = None
    at_most: Period | None = None
    dated: dict[EventWord, Dates] = Field(default_factory=dict)
    """Only where these events happened within these days."""

    @model_validator(mode="after")
    def _whole(self) -> Retention:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError(said("give either at_least or at_most"))
        return self

    @property
    def unit(self) -> Unit:
        return "days"

    def applies(self, facts: Facts) -> Number:
        conditions = [super().applies(facts), facts.is_one_of("action", ("keep" if self.at_least is None else "delete",))]
        for event, dates in self.dated.items():
            happened = facts.last((event,))
            conditions.append(happened >= (NEVER + 1 if dates.at_least is None else day_number(dates.at_least)))
            conditions.append(happened <= (FAR if dates.at_most is None else day_number(dates.at_most)))
        return functools.reduce(operator.and_, conditions)

    def _end(self, facts: Facts) -> Number:
        period = self.at_least or self.at_most
        assert period is not None  # noqa: S101 - the validator saw to it
        return facts.last(self.after, period)

    def over(self, facts: Facts) -> Number:
        end = self._end(facts)
        if self.at_least is not None:
            return choose(end > NEVER, end - facts.on, self.at_least.nominal_days)
        return choose(end > NEVER, facts.on - end, 0)

    def told(self, facts: RowFacts, over: int) -> Reason:
        en, zh = listed(self.after, EVENTS)
        end = self._end(facts)
        if end <= NEVER:
            return Reason(f"it is kept until {en}, which has not come", f"应保存至{zh}，尚未发生", passes=False)
        day = date.fromordinal(EPOCH.toordinal() + end)
        if self.at_least is not None:
            return Reason(f"it may be deleted from {day}, reckoned from {en}", f"自{zh}起算，{day} 起方可删除", passes=True)
        return Reason(f"it had to be deleted by {day}, reckoned from {en}", f"自{zh}起算，应于 {day} 前删除", passes=False)


class Rung(Strict):
    """From so many days or months on, this class or a worse one."""

    into: ClassWord
    at_least: int = Field(ge=0, le=COUNT_MAX)


class Classification(MatterKind):
    """A class no better than the ladder's; over by the ranks it is too lenient."""

    name: ClassVar[str] = "classification"

    matter: MatterName = "classification"
    by: Literal["dpd", "months_inactive"] = "dpd"
    ladder: tuple[Rung, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rising(self) -> Classification:
        known = self._ranks()
        for rung in self.ladder:
            if rung.into not in known:
                raise ValueError(said("ladder: {into!r} is not one of {known}", into=rung.into, known=", ".join(known)))
        numbers, ranks = [rung.at_least for rung in self.ladder], [known.index(rung.into) for rung in self.ladder]
        if numbers != sorted(set(numbers)) or ranks != sorted(set(ranks)):
            raise ValueError(said("ladder: write it from the best class to the worst, by rising numbers"))
        return self

    def _ranks(self) -> tuple[str, ...]:
        return CLASS_LADDERS["receivable" if self.by == "dpd" else "card"]

    def required_rank(self, facts: Facts) -> Number:
        """Rank of the class the ladder asks for, 0 the best."""
        rank: Number = 0
        for rung in self.ladder:
            rank = choose(facts.number(self.by) >= rung.at_least, self._ranks().index(rung.into), rank)
        return rank

    @property
    def unit(self) -> Unit:
        return "ranks"

    def over(self, facts: Facts) -> Number:
        given: Number = 0
        for rank, name in enumerate(self._ranks()):
            given = choose(facts.is_one_of("classed_as", (name,)), rank, given)
        return self.required_rank(facts) - given

    def told(self, facts: RowFacts, over: int) -> Reason:
        given, needed = facts.text("classed_as"), self._ranks()[self.required_rank(facts)]
        number, words = facts.number(self.by), CLASSES | CARD_STATES
        en, zh = {"dpd": ("days past due", "天逾期"), "months_inactive": ("months without a transaction", "个月无交易")}[
            self.by
        ]
        return Reason(
            f"classed {given.replace('_', ' ')} at {number} {en}; it is {needed.replace('_', ' ')} at least",
            f"{number}{zh}，分类为{words[given]}，至少应为{words[needed]}",
            passes=False,
        )


class Disclosure(MatterKind):
    """A document or screen carries these fields and none of those; over by how many are wrong."""

    name: ClassVar[str] = "disclosure"

    matter: MatterName = "disclosure"
    required: tuple[FieldWord, ...] = ()
    forbidden: tuple[FieldWord, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Disclosure:
        if not self.required and not self.forbidden:
            raise ValueError(said("give required, forbidden or both"))
        return self

    @property
    def unit(self) -> Unit:
        return "fields"

    def over(self, facts: Facts) -> Number:
        missing = [choose(facts.carries("fields", field), 0, 1) for field in self.required]
        present = [choose(facts.carries("fields", field), 1, 0) for field in self.forbidden]
        return functools.reduce(operator.add, missing + present)

    def told(self, facts: RowFacts, over: int) -> Reason:
        missing = listed(tuple(field for field in self.required if not facts.carries("fields", field)), FIELDS)
        present = listed(tuple(field for field in self.forbidden if facts.carries("fields", field)), FIELDS)
        en = [f"{word}: {told}" for word, told in (("missing", missing[0]), ("not allowed", present[0])) if told]
        zh = [f"{word}：{told}" for word, told in (("缺少", missing[1]), ("不得载有", present[1])) if told]
        return Reason("; ".join(en), "；".join(zh), passes=False)
