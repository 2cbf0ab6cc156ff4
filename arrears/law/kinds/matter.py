"""What every kind of rule about a matter has: a scope, and by how much a matter exceeds what the rule allows.

Such a rule judges no contact but a charge, a plan, a payment, an act, a duty, a record, a class or a document. `over` is its
formula, written once in operators that work on one matter's facts and on columns: `screened` asks it of columns, `judged` of
one matter.
"""

from __future__ import annotations

import functools
import operator
from abc import ABC, abstractmethod
from datetime import date
from typing import Any, ClassVar, Literal, NamedTuple

import ibis
import ibis.expr.types as ir
from pydantic import Field, model_validator

from arrears.law.matter import MODELS
from arrears.law.matter_facts import ColumnFacts, Facts, RowFacts
from arrears.law.matter_words import MATTERS, FlagWord
from arrears.law.words import Reason, Strict
from arrears.money import MONEY_MAX_MINOR, Number, choose, largest
from arrears.saying import said

MatterName = Literal["charge", "plan", "payment", "act", "duty", "record", "classification", "disclosure"]
assert set(MATTERS) == set(MODELS)  # noqa: S101 - said twice, so compared once

Unit = Literal["minor units", "ppm", "days", "business days", "months", "fields", "ranks", "times", "count"]


class Breach(NamedTuple):
    """A matter that exceeds a rule: by how much, in what, and why in both languages."""

    over: int
    unit: Unit
    reason: Reason


class Range(Strict):
    """Whole numbers from `at_least` to `at_most`, both included; an end left out is open."""

    at_least: int | None = Field(default=None, ge=0, le=MONEY_MAX_MINOR)
    at_most: int | None = Field(default=None, ge=0, le=MONEY_MAX_MINOR)

    @model_validator(mode="after")
    def _says_something(self) -> Range:
        if self.at_least is None and self.at_most is None:
            raise ValueError(said("give at_least, at_most or both"))
        return self

    def holds(self, number: Number) -> Any:
        """Whether a number lies within."""
        above = None if self.at_least is None else number >= self.at_least
        below = None if self.at_most is None else number <= self.at_most
        return below if above is None else above if below is None else above & below


class MatterKind(Strict, ABC):
    """Parameters common to all kinds about matters: which of them the rule speaks about. What is left out covers all."""

    name: ClassVar[str]

    matter: MatterName
    """What it judges; each kind has its own default."""
    of: tuple[str, ...] = ()
    """Which charges, plans, acts, duties, records or documents."""
    when: tuple[FlagWord, ...] = ()
    """Only where one of these is so."""
    unless: tuple[FlagWord, ...] = ()
    """Not where one of these is so."""
    in_currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    """Only matters in this currency."""
    where: dict[str, Range] = Field(default_factory=dict)
    """Only where these numbers lie within."""
    where_not: dict[str, Range] = Field(default_factory=dict)
    """Not where one of these numbers lies within."""
    excused: dict[str, Range] = Field(default_factory=dict)
    """Nor where one of these does; the verdict on one matter then tells that the rule would have refused it."""

    @model_validator(mode="after")
    def _known_words(self) -> MatterKind:
        model = MODELS[self.matter]
        if self.of:
            if not model.subject:
                raise ValueError(said("of: {matter} is of one sort only", matter=self.matter))
            known = model.model_json_schema()["properties"][model.subject]["enum"]
            for word in self.of:
                if word not in known:
                    raise ValueError(said("of: {word!r} is not one of {known}", word=word, known=", ".join(known)))
        for name in (*self.where, *self.where_not, *self.excused, *self.numbers_read()):
            if name not in model.model_fields or model.model_fields[name].annotation is not int:
                raise ValueError(said("{name!r} is not a number of: {matter}", name=name, matter=self.matter))
        return self

    def numbers_read(self) -> tuple[str, ...]:
        """Numbers that a parameter names."""
        return ()

    @property
    @abstractmethod
    def unit(self) -> Unit:
        """What `over` counts."""

    @abstractmethod
    def over(self, facts: Facts) -> Number:
        """By how much the rule is exceeded where its scope covers the matter; 0 or less where it is kept."""

    @abstractmethod
    def told(self, facts: RowFacts, over: int) -> Reason:
        """Why one matter that is over is refused."""

    def applies(self, facts: Facts) -> Any:
        """The scope."""
        excuses = [range_.holds(facts.number(name)) for name, range_ in self.excused.items()]
        return self._speaks_of(facts) & negated(functools.reduce(operator.or_, excuses)) if excuses else self._speaks_of(facts)

    def _speaks_of(self, facts: Facts) -> Any:
        """The scope, what excuses from the rule aside."""
        conditions = [facts.is_one_of(MODELS[self.matter].subject, self.of)] if self.of else []
        if self.when:
            conditions.append(functools.reduce(operator.or_, [facts.carries("flags", flag) for flag in self.when]))
        if self.in_currency is not None:
            conditions.append(facts.is_one_of("currency", (self.in_currency,)))
        conditions += [range_.holds(facts.number(name)) for name, range_ in self.where.items()]
        lifted = [facts.carries("flags", flag) for flag in self.unless]
        lifted += [range_.holds(facts.number(name)) for name, range_ in self.where_not.items()]
        if lifted:
            conditions.append(negated(functools.reduce(operator.or_, lifted)))
        return functools.reduce(operator.and_, conditions, True)

    def screened(self, facts: ColumnFacts) -> ir.IntegerValue:
        """`over` as a column, 0 where the matter is lawful or the rule does not speak of it; never null."""
        over = choose(self.applies(facts), largest(self.over(facts), 0), 0)
        column = over if isinstance(over, ir.Value) else ibis.literal(over)
        return column.cast("int64")

    def judged(self, facts: RowFacts) -> Breach | None:
        """By how much and why one matter is over; None where it is not."""
        if not self.applies(facts):
            return None
        over = self.over(facts)
        return Breach(over, self.unit, self.told(facts, over)) if over > 0 else None

    def excuses(self, facts: RowFacts) -> bool:
        """Whether one matter is over and yet no breach, as it is excused."""
        return bool(self.excused) and self._speaks_of(facts) and not self.applies(facts) and self.over(facts) > 0

    def binds_contacts(self) -> bool:
        """No: the gate and the screen ask nothing of it."""
        return False


def negated(condition: Any) -> Any:
    """`not`, of a bool or of a boolean column."""
    return not condition if isinstance(condition, bool) else ~condition


class Dates(Strict):
    """Days from `at_least` to `at_most`, both included; an end left out is open."""

    at_least: date | None = None
    at_most: date | None = None
