"""What every kind of rule has: a scope, a reading of columns and a reading of one contact.

A kind is one class. Its fields are the parameters a pack gives; `screened` says as a column where the rule refuses, `judged`
says it of one contact with the reason. Both are asked only where the rule's scope covers the contact.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

import ibis.expr.types as ir
from pydantic import Field

from arrears.feed.contracts import CHANNELS, PARTIES
from arrears.law.counting import Counted, among
from arrears.law.words import PURPOSES, Channel, ConsentPurpose, Party, Purpose, Reason, Strict

if TYPE_CHECKING:
    from arrears.law.columns import Columns
    from arrears.law.moment import Moment


class Kind(Strict, ABC):
    """Parameters common to all kinds: which outbound contacts the rule speaks about. What is left out covers all."""

    name: ClassVar[str]

    channels: tuple[Channel, ...] = CHANNELS
    parties: tuple[Party, ...] = PARTIES
    """Whom the contact is meant for."""
    purposes: tuple[Purpose, ...] = PURPOSES
    dpd_from: int | None = Field(default=None, ge=0)
    """Only contacts about debts at least so many days past due."""
    lifted_by: ConsentPurpose | None = None
    """A consent, given for the contact's channel and this purpose, under which the rule does not apply."""

    def tallies(self) -> tuple[Counted, ...]:
        """What the rule counts in the history; nothing by default."""
        return ()

    @abstractmethod
    def screened(self, columns: Columns) -> ir.BooleanValue:
        """True where the rule refuses, its scope aside; never null."""

    @abstractmethod
    def judged(self, moment: Moment) -> Reason | None:
        """Why the rule refuses this contact at this moment; None where it does not."""

    def covers(self, moment: Moment) -> bool:
        """The scope, for one contact."""
        case = moment.facts.case
        return (
            case.channel in self.channels
            and case.party in self.parties
            and case.purpose in self.purposes
            and (self.dpd_from is None or moment.facts.dpd >= self.dpd_from)
            and (self.lifted_by is None or (case.channel, self.lifted_by) not in moment.consents)
        )

    def covered(self, columns: Columns) -> Iterator[ir.BooleanValue]:
        """The scope as columns, all of which must hold; the consent that lifts the rule is asked last."""
        table = columns.table
        for name, named, everything in (
            ("channel", self.channels, CHANNELS),
            ("party", self.parties, PARTIES),
            ("purpose", self.purposes, PURPOSES),
        ):
            if set(named) != set(everything):
                yield among(table[name], named)
        if self.dpd_from is not None:
            yield table.dpd >= self.dpd_from
        if self.lifted_by is not None:
            yield ~columns.consented(self.lifted_by)

    def binds_contacts(self) -> bool:
        """Whether the rule decides over single contacts at all; procedural rules do not."""
        return True
