"""Who may be reached, with whose leave, by what data, and by how many."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import ibis
import ibis.expr.types as ir
from pydantic import Field, model_validator

from arrears.law.counting import Counted, FailedDials, among
from arrears.law.kinds.base import Kind
from arrears.law.words import (
    FLAG_WORDS,
    Channel,
    ConsentPurpose,
    ContactStatus,
    Flag,
    Party,
    Purpose,
    Reason,
    Source,
    Strict,
)

if TYPE_CHECKING:
    from arrears.law.columns import Columns
    from arrears.law.moment import Moment


class ThirdParties(Strict):
    """The one way to somebody else: the customer cannot be reached, and it is only asked to relay."""

    when_flags: tuple[Flag, ...]
    """Any of these states of the customer opens it."""
    when_failed_dials: int | None = Field(default=None, ge=1, le=100)
    """So many calls in a row to the debtor that nobody took, the last of them before today, open it too."""
    for_purposes: tuple[Purpose, ...] = ("relay",)
    until_refused: ConsentPurpose | None = None
    """A refusal for the contact's channel and this purpose closes it for good."""


class PartyAllowed(Kind):
    """Only these parties. A contact point found to be another person's counts as `other`, whoever it was given for."""

    name: ClassVar[str] = "party"

    allowed: tuple[Party, ...]
    third_parties: ThirdParties | None = None

    def tallies(self) -> tuple[Counted, ...]:
        third = self.third_parties
        return () if third is None or third.when_failed_dials is None else (FailedDials(),)

    def screened(self, columns: Columns) -> ir.BooleanValue:
        stranger = columns.stranger(self.allowed)
        third = self.third_parties
        if third is None:
            return stranger
        opened = columns.any_flag(third.when_flags)
        if third.when_failed_dials is not None:
            opened |= columns.count(FailedDials()) >= third.when_failed_dials
        closed = ~opened | ~among(columns.table.purpose, third.for_purposes)
        if third.until_refused is not None:
            closed |= columns.refused(third.until_refused)
        return ibis.ifelse(stranger, closed, ibis.literal(False))

    def judged(self, moment: Moment) -> Reason | None:
        facts, third = moment.facts, self.third_parties
        party = facts.party
        if party in self.allowed:
            return None
        if third is None:
            return Reason(
                f"the contact would reach {party}; only {', '.join(self.allowed)} may be contacted",
                f"联系对象为 {party}，仅可联系 {'、'.join(self.allowed)}",
                passes=False,
            )
        if facts.case.purpose not in third.for_purposes:
            return Reason(
                f"a third party may only be asked to relay, and this contact is for {facts.case.purpose}",
                f"仅可请第三人转告，不得用于 {facts.case.purpose}",
                passes=False,
            )
        if not self._opened(third, moment):
            dials = third.when_failed_dials
            states_en = " or ".join(FLAG_WORDS[flag][0] for flag in third.when_flags)
            states_zh = "或".join(FLAG_WORDS[flag][1] for flag in third.when_flags)
            states_en += f" or from the day after {dials} calls in a row failed" if dials else ""
            states_zh += f"或连续{dials}次未接通的次日起" if dials else ""
            return Reason(
                f"a third party may be contacted only upon {states_en}, and nothing of it is established",
                f"仅在{states_zh}时可联系第三人，现无此情形",
                passes=third.when_failed_dials is not None and moment.failed_dials_ever() >= third.when_failed_dials,
            )
        if third.until_refused is not None and (facts.case.channel, third.until_refused) in moment.refusals:
            return Reason("the third party refused to be contacted", "第三人已拒绝联系", passes=False)
        return None

    def _opened(self, third: ThirdParties, moment: Moment) -> bool:
        if any(flag in moment.flags for flag in third.when_flags):
            return True
        return third.when_failed_dials is not None and moment.failed_dials() >= third.when_failed_dials


class Hold(Kind):
    """No contact while one of these states stands."""

    name: ClassVar[str] = "hold"

    flags: tuple[Flag, ...] = Field(min_length=1)

    def screened(self, columns: Columns) -> ir.BooleanValue:
        return columns.any_flag(self.flags)

    def judged(self, moment: Moment) -> Reason | None:
        standing = [flag for flag in self.flags if flag in moment.flags]
        if not standing:
            return None
        return Reason(
            f"contact is held by {', '.join(FLAG_WORDS[flag][0] for flag in standing)}",
            f"因{'、'.join(FLAG_WORDS[flag][1] for flag in standing)}暂停联系",
            passes=all(moment.facts.ends(flag) for flag in standing),
        )


class Consent(Kind):
    """Either `needed`, no contact without a consent for its channel and this purpose, or `refusal`, none after a refusal."""

    name: ClassVar[str] = "consent"

    needed: ConsentPurpose | None = None
    refusal: ConsentPurpose | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Consent:
        if (self.needed is None) == (self.refusal is None):
            raise ValueError("give either needed or refusal, not both")
        return self

    def screened(self, columns: Columns) -> ir.BooleanValue:
        if self.needed is not None:
            return ~columns.consented(self.needed)
        assert self.refusal is not None  # noqa: S101 - the validator saw to it
        return columns.refused(self.refusal)

    def judged(self, moment: Moment) -> Reason | None:
        channel = moment.facts.case.channel
        if self.needed is not None and (channel, self.needed) not in moment.consents:
            return Reason(
                f"there is no consent to {self.needed} by {channel}",
                f"未取得对 {channel} 渠道 {self.needed} 的同意",
                passes=False,
            )
        if self.refusal is not None and (channel, self.refusal) in moment.refusals:
            return Reason(
                f"{self.refusal} by {channel} was refused or withdrawn",
                f"客户已拒绝或撤回 {channel} 渠道的 {self.refusal}",
                passes=False,
            )
        return None


class ContactSource(Kind):
    """The contact point comes from a lawful source and stands in no refused state. Without one there is nothing to check."""

    name: ClassVar[str] = "source"

    allowed: tuple[Source, ...] | None = None
    refused_status: tuple[ContactStatus, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> ContactSource:
        if self.allowed is None and not self.refused_status:
            raise ValueError("give allowed, refused_status or both")
        return self

    def screened(self, columns: Columns) -> ir.BooleanValue:
        table = columns.table
        refused = ibis.literal(False)
        if self.allowed is not None:
            refused = refused | ~among(table.source, self.allowed)
        if self.refused_status:
            refused = refused | among(table.contact_status, self.refused_status)
        return (table.contact_id != "") & refused

    def judged(self, moment: Moment) -> Reason | None:
        point = moment.facts.point
        if point is None:
            return None
        if self.allowed is not None and point.source not in self.allowed:
            return Reason(
                f"the contact point comes from {point.source}, which is no lawful source",
                f"联系方式来源为 {point.source}，不属于合法来源",
                passes=False,
            )
        if point.status in self.refused_status:
            return Reason(f"the contact point is {point.status}", f"联系方式状态为 {point.status}", passes=False)
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
