"""What every kind of rule has: a scope, a reading of columns and a reading of one contact.

A kind is one class. Its fields are the parameters a pack gives; `screened` says as a column where the rule refuses, `judged`
says it of one contact with the reason. Both are asked only where the rule's scope covers the contact.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import ibis.expr.types as ir
from pydantic import Field

from arrears.feed.contracts import CHANNELS, PARTIES
from arrears.law.counting import DAYS_MAX, Counted, LastConversation
from arrears.law.words import PURPOSES, Channel, Circumstance, ConsentPurpose, Flag, Notice, Party, Purpose, Reason, Strict

if TYPE_CHECKING:
    from arrears.law.columns import Columns
    from arrears.law.moment import Moment


NAMED = ("channel", "party", "purpose")
"""The columns of whose values a rule's scope names some."""


class Lifting(Strict):
    """A consent under which a rule does not apply: given for the contact's channel and `purpose`."""

    purpose: ConsentPurpose
    max_age_days: int | None = Field(default=None, ge=1, le=DAYS_MAX)
    """It lifts the rule for so many local calendar days, its own day the first."""
    until_conversation: bool = False
    """It is spent by a telephone conversation on a later day."""
    direct: bool = False
    """Only where it was given to whoever makes the contact, not passed on."""


class Kind(Strict, ABC):
    """Parameters common to all kinds: which outbound contacts the rule speaks about. What is left out covers all."""

    name: ClassVar[str]

    channels: tuple[Channel, ...] = CHANNELS
    parties: tuple[Party, ...] = PARTIES
    """Whom the contact is meant for."""
    purposes: tuple[Purpose, ...] = PURPOSES
    dpd_from: int | None = Field(default=None, ge=0)
    """Only contacts about debts at least so many days past due."""
    at_work: bool | None = None
    """Only contact points at the customer's work (true), or only those elsewhere (false)."""
    lifted_by: ConsentPurpose | Lifting | None = None
    """A consent, given for the contact's channel and this purpose, under which the rule does not apply."""
    lifted_on_request: bool = False
    """It does not apply to a contact the customer asked for, a call-back."""
    lifted_by_flags: tuple[Flag, ...] = ()
    """States of the customer, each shown by evidence, under any of which it does not apply."""
    lifted_by_notice: tuple[Notice, ...] = ()
    """It does not apply to a contact whose content is one of these notices."""

    @cached_property
    def lifting(self) -> Lifting | None:
        """`lifted_by`, its conditions spelt out."""
        return Lifting(purpose=self.lifted_by) if isinstance(self.lifted_by, str) else self.lifted_by

    def tallies(self) -> tuple[Counted, ...]:
        """What the rule counts in the history; nothing by default."""
        return ()

    def counted(self) -> tuple[Counted, ...]:
        """Everything the screen must count for the rule: its tallies, and what its lifting asks."""
        spent = self.lifting is not None and self.lifting.until_conversation
        return (*self.tallies(), LastConversation()) if spent else self.tallies()

    def parts(self, columns: Columns) -> dict[str, ir.BooleanValue]:
        """What a kind that counts can say before the history is joined, by name: `screened` asks for it by `columns.part`."""
        return {}

    @abstractmethod
    def screened(self, columns: Columns) -> ir.BooleanValue:
        """True where the rule refuses, its scope aside; never null."""

    def refusing_uncounted(self) -> tuple[str, ...] | None:
        """The parts without one of which a kind that counts refuses no customer of whom nothing was counted; None: it may."""
        return None

    @abstractmethod
    def judged(self, moment: Moment) -> Reason | None:
        """Why the rule refuses this contact at this moment; None where it does not."""

    def clears(self, moment: Moment) -> datetime | None:
        """The first instant after `moment`, at which it refuses, when it would no longer if nothing else happens.

        None where waiting does not do. By default the next local midnight where the reason passes, to be asked again then.
        """
        reason = self.judged(moment)
        return moment.next_midnight() if reason is not None and reason.passes else None

    def circumstance(self, party: str) -> Circumstance:
        """Without what the rule never refuses a contact meant for `party`, so that the gate need not ask it."""
        return "any"

    def undecided(self, moment: Moment) -> bool:
        """Whether the case gives no content, and the rule would have to see it: then it neither allows nor refuses."""
        return False

    def speaks_of(self, channel: str, party: str, purpose: str) -> bool:
        """The part of the scope that no time and no fact changes."""
        return channel in self.channels and party in self.parties and purpose in self.purposes

    def stands(self, moment: Moment, channel: str) -> bool:
        """The rest of the scope for a contact by `channel`: days past due, call-backs, and the consent that lifts the rule."""
        if self.dpd_from is not None and moment.facts.dpd < self.dpd_from:
            return False
        if self.at_work is not None and self.at_work != moment.facts.at_work:
            return False
        if self.lifted_on_request and moment.facts.case.requested:
            return False
        if self.lifted_by_flags and not moment.shown.isdisjoint(self.lifted_by_flags):
            return False
        if self.lifted_by_notice and moment.facts.notice in self.lifted_by_notice:
            return False
        return self.lifting is None or not moment.lifted(self.lifting, channel)

    def lifts(self, moment: Moment) -> datetime | None:
        """The first instant at which what the case tells of ahead of its time may lift the rule; None where nothing may."""
        by_flag = moment.next_shown(self.lifted_by_flags) if self.lifted_by_flags else None
        by_word = None if self.lifting is None else moment.next_word(moment.facts.case.channel, self.lifting.purpose)
        return min([at for at in (by_flag, by_word) if at is not None], default=None)

    def named(self, column: str) -> tuple[str, ...] | None:
        """The values of one of `NAMED` that the rule speaks of; None where it speaks of all."""
        values, everything = {
            "channel": (self.channels, CHANNELS), "party": (self.parties, PARTIES), "purpose": (self.purposes, PURPOSES),
        }[column]  # fmt: skip
        return None if set(values) == set(everything) else values

    def covered(self, columns: Columns) -> Iterator[ir.BooleanValue]:
        """The rest of the scope as columns, all of which must hold; the consent that lifts the rule is asked last.

        A consent that a conversation spends is asked for once the conversations are known, by whoever screens.
        """
        table = columns.table
        if self.dpd_from is not None:
            yield table.dpd >= self.dpd_from
        if self.at_work is not None:
            yield (table.workplace > 0) == self.at_work
        if self.lifted_on_request:
            yield table.requested == 0
        if self.lifted_by_flags:
            yield ~columns.any_flag(tuple(f"{flag}:evidenced" for flag in self.lifted_by_flags))
        if self.lifted_by_notice:
            yield ~columns.any_notice(self.lifted_by_notice)
        if self.lifting is not None and not self.lifting.until_conversation:
            yield ~columns.lifted(self.lifting)

    def binds_contacts(self) -> bool:
        """Whether the rule decides over single contacts at all; procedural rules do not."""
        return True
