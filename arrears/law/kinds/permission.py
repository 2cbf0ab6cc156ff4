"""Who may be reached, with whose leave, by what data, and by how many."""

from __future__ import annotations

import functools
import operator
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar, Literal

import ibis
import ibis.expr.types as ir
from pydantic import Field, model_validator

from arrears.law.counting import among
from arrears.law.kinds.base import Kind
from arrears.law.words import (
    CHANNEL_WORDS,
    CONSENT_WORDS,
    FLAG_WORDS,
    SOURCE_WORDS,
    STATUS_WORDS,
    Channel,
    Circumstance,
    ConsentPurpose,
    ContactStatus,
    Flag,
    Reason,
    Source,
)
from arrears.saying import said

if TYPE_CHECKING:
    from arrears.law.case import ConsentGiven, ContactPoint
    from arrears.law.columns import Columns
    from arrears.law.moment import Moment

WORKPLACE, WORKPLACE_PROHIBITED = 1, 2
"""The column `workplace`: 0 elsewhere, 1 at the customer's work, 2 there and the employer does not allow it."""


class Hold(Kind):
    """No contact while one of these states stands."""

    name: ClassVar[str] = "hold"

    flags: tuple[Flag, ...] = Field(min_length=1)

    def screened(self, columns: Columns) -> ir.BooleanValue:
        return columns.any_flag(self.flags)

    def circumstance(self, party: str) -> Circumstance:
        return "state"

    def judged(self, moment: Moment) -> Reason | None:
        standing = [flag for flag in self.flags if flag in moment.flags]
        if not standing:
            return None
        return Reason(
            f"contact is held by {', '.join(FLAG_WORDS[flag][0] for flag in standing)}",
            f"因{'、'.join(FLAG_WORDS[flag][1] for flag in standing)}暂停联系",
            passes=self._over(moment) is not None,
        )

    def _over(self, moment: Moment) -> date | None:
        """The last day of the states that stand now; None where one of them has no end."""
        days = [one.until_date for one in moment.standing if one.flag in self.flags]
        return None if None in days else max(day for day in days if day is not None)

    def clears(self, moment: Moment) -> datetime | None:
        over = self._over(moment)
        return None if over is None else moment.after(over)


class Consent(Kind):
    """Either `needed`, no contact without a consent for its channel and this purpose, or `refusal`, none after a refusal."""

    name: ClassVar[str] = "consent"

    needed: ConsentPurpose | None = None
    refusal: ConsentPurpose | None = None
    across: tuple[Channel, ...] = ()
    """Further channels on which a refusal counts for this one too."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Consent:
        if (self.needed is None) == (self.refusal is None):
            raise ValueError(said("give either needed or refusal, not both"))
        return self

    def screened(self, columns: Columns) -> ir.BooleanValue:
        if self.needed is not None:
            return ~columns.consented(self.needed)
        assert self.refusal is not None  # noqa: S101 - the validator saw to it
        return functools.reduce(
            operator.or_, [columns.refused_by(channel, self.refusal) for channel in self.across], columns.refused(self.refusal)
        )

    def circumstance(self, party: str) -> Circumstance:
        return "any" if self.refusal is None else "word"

    def judged(self, moment: Moment) -> Reason | None:
        channel = moment.facts.case.channel
        by, with_ = CHANNEL_WORDS[channel]
        if self.needed is not None and not moment.consented(channel, self.needed):
            what = CONSENT_WORDS[self.needed]
            return Reason(f"there is no consent to {what[0]} by {by}", f"未取得以{with_}方式进行{what[1]}的同意", passes=False)
        refusals = self._refusals(moment)
        if self.refusal is not None and refusals:
            by, with_ = CHANNEL_WORDS[refusals[0].channel]
            what = CONSENT_WORDS[self.refusal]
            return Reason(
                f"{what[0]} by {by} was refused or withdrawn",
                f"客户已拒绝或撤回以{with_}方式进行{what[1]}的同意",
                passes=self.clears(moment) is not None,
            )
        return None

    def lifts(self, moment: Moment) -> datetime | None:
        needed = None if self.needed is None else moment.next_word(moment.facts.case.channel, self.needed)
        return min([at for at in (needed, super().lifts(moment)) if at is not None], default=None)

    def _refusals(self, moment: Moment) -> list[ConsentGiven]:
        """The refusals that stand, of the contact's own channel first."""
        words = [moment.words.get((channel, self.refusal or "")) for channel in (moment.facts.case.channel, *self.across)]
        return [word for word in words if word is not None and not word.given]

    def clears(self, moment: Moment) -> datetime | None:
        days = [word.until_date for word in self._refusals(moment)]
        return None if not days or None in days else moment.after(max(day for day in days if day is not None))


class ContactSource(Kind):
    """The contact point comes from a lawful source and stands in no refused state. Without one there is nothing to check."""

    name: ClassVar[str] = "source"

    allowed: tuple[Source, ...] | None = None
    refused_status: tuple[ContactStatus, ...] = ()
    workplace: Literal["allowed", "unless_prohibited", "refused"] = "allowed"
    """Contact points at the customer's work: `unless_prohibited` refuses where the employer is known not to allow it."""
    inconvenient: Literal["allowed", "refused"] = "allowed"
    """Contact points at which the customer said not to be contacted."""

    @model_validator(mode="after")
    def _says_something(self) -> ContactSource:
        if self.allowed is None and not self.refused_status and self.workplace == self.inconvenient == "allowed":
            raise ValueError(said("give allowed, refused_status, workplace or inconvenient"))
        return self

    def screened(self, columns: Columns) -> ir.BooleanValue:
        table = columns.table
        refused = ibis.literal(False)
        if self.allowed is not None:
            refused = refused | ~among(table.source, self.allowed)
        if self.refused_status:
            refused = refused | among(table.contact_status, self.refused_status)
        if self.workplace != "allowed":
            refused = refused | (table.workplace >= (WORKPLACE if self.workplace == "refused" else WORKPLACE_PROHIBITED))
        if self.inconvenient == "refused":
            refused = refused | (table.inconvenient == 1)
        return (table.contact_id != "") & refused

    def judged(self, moment: Moment) -> Reason | None:
        point = moment.facts.point
        said = None if point is None else self._against(point)
        return None if said is None else Reason(*said, passes=False)

    def _against(self, point: ContactPoint) -> tuple[str, str] | None:
        """What speaks against the contact point: (English, Chinese)."""
        if self.allowed is not None and point.source not in self.allowed:
            en, zh = SOURCE_WORDS[point.source]
            return f"the contact point comes from {en}, which is no lawful source", f"联系方式来源为{zh}，不属于合法来源"
        if point.status in self.refused_status:
            en, zh = STATUS_WORDS[point.status]
            return f"the contact point is {en}", f"联系方式状态为{zh}"
        if self.inconvenient == "refused" and point.inconvenient:
            return "the customer said not to be contacted there", "客户表示不便在该处接受联系"
        if self.workplace == "refused" and point.workplace:
            return "the contact point is at the customer's work", "该联系方式位于客户工作单位"
        if self.workplace == "unless_prohibited" and point.workplace and point.employer_prohibits:
            en = "the contact point is at the customer's work, where the employer does not allow such contacts"
            return en, "该联系方式位于客户工作单位，且单位不允许此类联系"
        return None


class Visitors(Kind):
    """A visit needs at least so many visitors."""

    name: ClassVar[str] = "visitors"

    channels: tuple[Channel, ...] = ("visit",)
    min: int = Field(ge=1, le=20)

    def screened(self, columns: Columns) -> ir.BooleanValue:
        return columns.table.visitors < self.min

    def judged(self, moment: Moment) -> Reason | None:
        sent = moment.facts.case.visitors
        if sent >= self.min:
            return None
        return Reason(
            f"{sent} visitors are planned; at least {self.min} must go",
            f"计划外访人数为{sent}，至少应为{self.min}人",
            passes=False,
        )
