"""What a contact must say and must not: fields, features, and the length of messages."""

from __future__ import annotations

import functools
import operator
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal

import ibis.expr.types as ir
from pydantic import Field, model_validator

from arrears.law.content.named import FEATURE_WORDS, FIELD_WORDS
from arrears.law.counting import Tally
from arrears.law.kinds.base import Kind
from arrears.law.words import LIMITED_MESSAGE, ContentFeature, ContentField, Reason
from arrears.saying import said

if TYPE_CHECKING:
    from arrears.law.columns import Columns
    from arrears.law.moment import Moment

COMMUNICATED = ("sent", "delivered", "right_party", "promise", "refused", "met")
"""Outcomes by which something was conveyed to the debtor about the debt."""


class ContentRule(Kind):
    """A content carries all of `required_fields`, does nothing of `forbidden_features`, and is not too long a message.

    What it carries and does is what the case declares of it and what is read from its words (`arrears.law.content`). Without a
    content the rule does not decide.
    """

    name: ClassVar[str] = "content"

    required_fields: tuple[ContentField, ...] = ()
    forbidden_features: tuple[ContentFeature, ...] = ()
    when_time_barred: tuple[ContentFeature, ...] = ()
    """Forbidden where the debt is time-barred, only."""
    sms_parts_max: int | None = Field(default=None, ge=1, le=255)
    """Parts a message may take; what its words are must be known."""
    unless_limited: bool = False
    """Not where the contact leaves but a limited-content message, which conveys nothing about a debt."""
    communication: Literal["every", "first", "later"] = "every"
    """Only the first that reaches the debtor about the debt, or only those after it, by what the history shows."""

    @model_validator(mode="after")
    def _says_something(self) -> ContentRule:
        if not (self.required_fields or self.forbidden_features or self.when_time_barred or self.sms_parts_max):
            raise ValueError(said("give required_fields, forbidden_features, when_time_barred or sms_parts_max"))
        return self

    @cached_property
    def communicated(self) -> Tally:
        """What reached the debtor about the debt before."""
        return Tally(per="debt", days=None, outcomes=COMMUNICATED, parties=("debtor",), inbound=True)

    def tallies(self) -> tuple[Tally, ...]:
        return () if self.communication == "every" else (self.communicated,)

    def parts(self, columns: Columns) -> dict[str, ir.BooleanValue]:
        """`wrong`: the content is not as it must be, whatever came before."""
        return {"wrong": self._wrong(columns)}

    def screened(self, columns: Columns) -> ir.BooleanValue:
        if self.communication == "every":
            return self._wrong(columns)
        before = columns.count(self.communicated) > 0
        return columns.part("wrong") & (before if self.communication == "later" else ~before)

    def refusing_uncounted(self) -> tuple[str, ...] | None:
        return ("wrong",) if self.communication == "first" else ()

    def _wrong(self, columns: Columns) -> ir.BooleanValue:
        table = columns.table
        wrong = [~table.content_fields.contains(f",{field},") for field in self.required_fields]
        wrong += [table.content_features.contains(f",{feature},") for feature in self.forbidden_features]
        barred = [table.content_features.contains(f",{feature},") for feature in self.when_time_barred]
        if barred:
            wrong.append((table.time_barred > 0) & functools.reduce(operator.or_, barred))
        if self.sms_parts_max is not None:
            wrong.append(table.sms_parts > self.sms_parts_max)
        asked = table.content_known > 0
        if self.unless_limited:
            asked &= ~table.content_fields.contains(f",{LIMITED_MESSAGE},")
        return asked & functools.reduce(operator.or_, wrong)

    def judged(self, moment: Moment) -> Reason | None:
        facts = moment.facts
        said = facts.said
        if said is None or not self._is_its_turn(moment) or (self.unless_limited and facts.limited):
            return None
        missing = [field for field in self.required_fields if field not in said.fields]
        found = [feature for feature in self.forbidden_features if feature in said.features]
        if facts.time_barred:
            found += [one for one in self.when_time_barred if one in said.features and one not in found]
        too_long = self.sms_parts_max is not None and said.sms_parts > self.sms_parts_max
        if not (missing or found or too_long):
            return None
        en, zh = [], []
        if missing:
            en.append(f"the content does not say {', '.join(FIELD_WORDS[one][0] for one in missing)}")
            zh.append(f"内容缺少{'、'.join(FIELD_WORDS[one][1] for one in missing)}")
        if found:
            barred = " about a time-barred debt" if not set(found) & set(self.forbidden_features) else ""
            en.append(f"the content holds {', '.join(FEATURE_WORDS[one][0] for one in found)}{barred}")
            zh.append(f"内容含有{'、'.join(FEATURE_WORDS[one][1] for one in found)}{'，而债务已过时效' if barred else ''}")
        if too_long:
            en.append(f"the message takes {said.sms_parts} parts; at most {self.sms_parts_max} are allowed")
            zh.append(f"短信共{said.sms_parts}条，上限为{self.sms_parts_max}条")
        return Reason("; ".join(en), "；".join(zh), passes=False)

    def _is_its_turn(self, moment: Moment) -> bool:
        if self.communication == "every":
            return True
        return (moment.count(self.communicated) > 0) == (self.communication == "later")

    def undecided(self, moment: Moment) -> bool:
        return moment.facts.case.content is None and self._is_its_turn(moment)
