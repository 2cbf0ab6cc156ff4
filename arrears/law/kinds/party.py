"""Whom a contact may reach: the customer, who stands for them, and others only where the customer is out of reach."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import ibis.expr.types as ir
from pydantic import Field

from arrears.feed.contracts import PARTIES
from arrears.law.clock import first_instant
from arrears.law.counting import Counted, FailedDials, Tally, among
from arrears.law.kinds.base import Kind
from arrears.law.words import (
    FLAG_WORDS,
    PARTY_WORDS,
    PURPOSE_WORDS,
    Circumstance,
    ConsentPurpose,
    Flag,
    Party,
    Purpose,
    Reason,
    Strict,
)

if TYPE_CHECKING:
    from arrears.law.columns import Columns
    from arrears.law.moment import Moment


class ThirdParties(Strict):
    """The one way to somebody else: the customer cannot be reached, that is evidenced, and they are only asked to relay."""

    when_flags: tuple[Flag, ...]
    """Any of these states of the customer opens it."""
    evidenced: tuple[Flag, ...] = ()
    """Those of them that open it only with their evidence recorded."""
    when_mobile_invalid: bool = False
    """That none of the customer's mobile numbers is good any more opens it too."""
    when_failed_dials: int | None = Field(default=None, ge=1, le=100)
    """So many calls in a row to the debtor that nobody took, the last of them before today, open it too."""
    for_purposes: tuple[Purpose, ...] = ("relay",)
    until_refused: ConsentPurpose | None = None
    """A refusal for the contact's channel and this purpose closes it for good."""
    refusal_closes: bool = False
    """So does it that whoever answers at this contact point ever refused in a conversation."""


class PartyAllowed(Kind):
    """Only these parties. A contact point found to be another person's counts as `other`, whoever it was given for."""

    name: ClassVar[str] = "party"

    allowed: tuple[Party, ...]
    third_parties: ThirdParties | None = None

    @cached_property
    def refusals(self) -> Tally:
        """Refusals by third parties at the contact point, in the whole history given."""
        others = tuple(party for party in PARTIES if party not in self.allowed)
        return Tally(per="contact_point", days=None, outcomes=("refused",), parties=others, inbound=True)

    def tallies(self) -> tuple[Counted, ...]:
        third = self.third_parties
        if third is None:
            return ()
        dials: tuple[Counted, ...] = () if third.when_failed_dials is None else (FailedDials(),)
        return (*dials, self.refusals) if third.refusal_closes else dials

    def parts(self, columns: Columns) -> dict[str, ir.BooleanValue]:
        """`stranger`: somebody else would answer; `barred`: and no loss of contact would help; `closed`: none is told of."""
        stranger = columns.stranger(self.allowed)
        third = self.third_parties
        if third is None:
            return {"stranger": stranger}
        opened = columns.any_flag(tuple(_opening(flag, third) for flag in third.when_flags))
        if third.when_mobile_invalid:
            opened |= columns.table.mobile_invalid == 1
        barred = ~among(columns.table.purpose, third.for_purposes)
        if third.until_refused is not None:
            barred |= columns.refused(third.until_refused)
        return {"stranger": stranger, "barred": stranger & barred, "closed": stranger & ~opened}

    def screened(self, columns: Columns) -> ir.BooleanValue:
        third = self.third_parties
        if third is None:
            return columns.stranger(self.allowed)
        if not self.tallies():
            parts = self.parts(columns)
            return parts["barred"] | parts["closed"]
        refused = columns.part("barred")
        if third.when_failed_dials is None:
            refused |= columns.part("closed")
        else:
            refused |= columns.part("closed") & (columns.count(FailedDials()) < third.when_failed_dials)
        if third.refusal_closes:
            refused |= columns.part("stranger") & (columns.count(self.refusals) > 0)
        return refused

    def refusing_uncounted(self) -> tuple[str, ...] | None:
        return "barred", "closed"

    def circumstance(self, party: str) -> Circumstance:
        return "stranger" if party in self.allowed else "any"

    def judged(self, moment: Moment) -> Reason | None:
        facts, third = moment.facts, self.third_parties
        party = facts.party
        if party in self.allowed:
            return None
        if third is None:
            allowed = " and ".join(PARTY_WORDS[one][0] for one in self.allowed)
            return Reason(
                f"the contact would reach {PARTY_WORDS[party][0]}; only {allowed} may be contacted",
                f"联系对象为{PARTY_WORDS[party][1]}，仅可联系{'、'.join(PARTY_WORDS[one][1] for one in self.allowed)}",
                passes=False,
            )
        if facts.case.purpose not in third.for_purposes:
            return Reason(
                f"a third party may only be asked to relay, and this contact is for {PURPOSE_WORDS[facts.case.purpose][0]}",
                f"仅可请第三人转告，不得用于{PURPOSE_WORDS[facts.case.purpose][1]}",
                passes=False,
            )
        refused = third.until_refused is not None and moment.refused(facts.case.channel, third.until_refused)
        if refused or (third.refusal_closes and moment.count(self.refusals)):
            return Reason("the third party refused to be contacted", "第三人已拒绝联系", passes=False)
        if not self._opened(third, moment, moment.days):
            return self._closed(third, moment)
        return None

    def _opened(self, third: ThirdParties, moment: Moment, days: tuple[int, ...]) -> bool:
        facts = moment.facts
        if any(flag in third.when_flags and (flag in moment.shown or flag not in third.evidenced) for flag in moment.flags):
            return True
        if third.when_mobile_invalid and facts.mobile_invalid:
            return True
        return third.when_failed_dials is not None and facts.failed_dials(days) >= third.when_failed_dials

    def _closed(self, third: ThirdParties, moment: Moment) -> Reason:
        dials = third.when_failed_dials
        ways = [
            (words[0] + " (evidenced)", words[1] + "（有凭据）") if flag in third.evidenced else words
            for flag, words in ((flag, FLAG_WORDS[flag]) for flag in third.when_flags)
        ]
        if third.when_mobile_invalid:
            ways.append(("no mobile number that is still good", "手机号均已失效"))
        if dials is not None:
            ways.append((f"the day after {dials} calls in a row failed", f"连续{dials}次未接通后的次日"))
        return Reason(
            f"a third party may be contacted only upon {' or '.join(en for en, _ in ways)}, and nothing of it is established",
            f"仅在{'或'.join(zh for _, zh in ways)}时可联系第三人，现无此情形",
            passes=self._reopens(third, moment) is not None,
        )

    def _reopens(self, third: ThirdParties, moment: Moment) -> datetime | None:
        """When the dials made so far open the way, once they lie before today at every place."""
        if third.when_failed_dials is None:
            return None
        facts = moment.facts
        over = {  # when the day of each dial is over at every place: the places may not have the same date
            max(
                first_instant(zone, date.fromordinal(day + 1), 0)
                for (zone, _), day in zip(facts.places, made, strict=True)
            )
            for _, failed, made, _ in facts.dials
            if failed
        }  # fmt: skip
        return next((at for at in sorted(over) if at > moment.at and self._opened(third, moment, facts.days_at(at))), None)

    def clears(self, moment: Moment) -> datetime | None:
        reason = self.judged(moment)
        if reason is None or not reason.passes or self.third_parties is None:
            return None
        return self._reopens(self.third_parties, moment)


def _opening(flag: str, third: ThirdParties) -> str:
    """The state as the column of flags tells it: `lost_contact:evidenced` where evidence is asked for."""
    return f"{flag}:evidenced" if flag in third.evidenced else flag
