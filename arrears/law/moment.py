"""One case at one moment, as the kinds see it: local times, states and consents of the day, and counts of the history."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from arrears.law.case import ConsentGiven, ContactPoint, Debt, FlagSet
from arrears.law.clock import first_instant
from arrears.law.counting import Tally
from arrears.law.facts import BIT, Facts

if TYPE_CHECKING:
    from arrears.law.kinds.base import Lifting

_STATE, _WORD = BIT["state"], BIT["word"]
NOTHING: frozenset[str] = frozenset()
NO_WORDS: dict[tuple[str, str], ConsentGiven] = {}
Entry = TypeVar("Entry", Debt, ContactPoint)


class Local(NamedTuple):
    """What the clock of one place shows."""

    zone: str
    date: date
    second: int
    """Seconds after midnight by the clock on the wall."""


class Moment:
    """The facts at one instant."""

    def __init__(self, facts: Facts, at: datetime) -> None:
        self.facts = facts
        self.at = at
        case = facts.case
        self.local = tuple([_local(zone, at.astimezone(clock)) for zone, clock in facts.places])
        self.days = tuple([place.date.toordinal() for place in self.local])
        """The calendar day at each place, as ordinals."""
        self.today = self.local[0].date
        """The calendar date at the first place."""
        self.standing: tuple[FlagSet, ...] = self._standing() if case.flags else ()
        """States standing today at any of the places, with their dates and evidence."""
        self.flags = frozenset([one.flag for one in self.standing]) if self.standing else NOTHING
        self.shown = frozenset([one.flag for one in self.standing if self._shows(one)]) if self.standing else NOTHING
        """Those of them that open what a rule closes: shown by evidence, standing at every place, and of the contact's debt."""
        self.words: dict[tuple[str, str], ConsentGiven] = self._words() if case.consents else NO_WORDS
        """The latest word on each channel and purpose that holds today, agreed or refused; a refusal beats a consent."""

    @property
    def circumstances(self) -> int:
        """What the case holds today of `arrears.law.facts.CIRCUMSTANCES`, one bit each."""
        return self.facts.circumstances | bool(self.standing) * _STATE | bool(self.words) * _WORD

    def _standing(self) -> tuple[FlagSet, ...]:
        """Those of the contact's debt; a contact about none in particular is held by those of each."""
        first, last = min(place.date for place in self.local), max(place.date for place in self.local)
        case = self.facts.case
        return tuple(
            one
            for one in case.flags
            if (one.from_date is None or one.from_date <= last)
            and (one.until_date is None or first <= one.until_date)
            and (one.debt is None or case.debt is None or one.debt == case.debt)
        )

    def _shows(self, one: FlagSet) -> bool:
        """A contact about no debt in particular concerns each, and what one debt's state opens stays closed for the others."""
        return (
            bool(one.evidence)
            and (one.debt is None or self.facts.case.debt is not None)
            and all(one.from_date is None or one.from_date <= place.date for place in self.local)
            and all(one.until_date is None or place.date <= one.until_date for place in self.local)
        )

    def _words(self) -> dict[tuple[str, str], ConsentGiven]:
        today, debt = self.today, self.facts.debt
        found: dict[tuple[str, str], ConsentGiven] = {}
        for one in self.facts.case.consents:
            if one.at_date > today or not one.given_by(self.at) or (one.debt is not None and one.debt != debt):
                continue
            before = found.get((one.channel, one.purpose))
            if before is None or one.weight > before.weight:
                found[one.channel, one.purpose] = one
        return {key: one for key, one in found.items() if one.until_date is None or one.until_date >= today}

    def consented(self, channel: str, purpose: str) -> bool:
        word = self.words.get((channel, purpose))
        return word is not None and word.given

    def refused(self, channel: str, purpose: str) -> bool:
        word = self.words.get((channel, purpose))
        return word is not None and not word.given

    def lifted(self, by: Lifting, channel: str) -> bool:
        """`Columns.lifted`, for one contact."""
        word = self.words.get((channel, by.purpose))
        if word is None or not word.given or (by.direct and not word.direct):
            return False
        if by.max_age_days is not None and (self.today - word.at_date).days >= by.max_age_days:
            return False
        return not by.until_conversation or word.at_date >= self.facts.last_spoken

    def next_shown(self, flags: tuple[str, ...]) -> datetime | None:
        """When the next of these states that are shown by evidence begins at every place; None where none is to come."""
        to_come = [one.from_date for one in self.facts.case.flags if one.flag in flags and one.evidence and one.from_date]
        begins = [self.after(day - timedelta(days=1)) for day in to_come if any(day > place.date for place in self.local)]
        return min(begins, default=None)

    def next_word(self, channel: str, purpose: str) -> datetime | None:
        """When the next consent that the case tells of ahead of time will have been given; None where none is to come."""
        begins = [
            max(one.at or self.at, first_instant(self.local[0].zone, one.at_date, 0))
            for one in self.facts.case.consents
            if one.given and one.channel == channel and one.purpose == purpose
        ]
        return min([at for at in begins if at > self.at], default=None)

    def count(self, tally: Tally) -> int:
        """How many contacts count today; where the places disagree about the date, the largest count."""
        return self.facts.count(tally, self.days) if self.facts.case.history else 0

    def next_midnight(self) -> datetime:
        """The next instant at which a new day begins at one of the places."""
        return min(first_instant(place.zone, place.date + timedelta(days=1), 0) for place in self.local)

    def after(self, day: date) -> datetime:
        """The first instant at which `day` is over at every place; the end of time where a bank writes 9999-12-31 for never."""
        if day == date.max:
            return datetime.max.replace(tzinfo=UTC)
        return max(first_instant(place.zone, day + timedelta(days=1), 0) for place in self.local)

    def first_instant(self, index: int, day: date, second: int) -> datetime:
        """The first instant of a local date at one of the places at which its clock shows `second` or later."""
        return first_instant(self.local[index].zone, day, second)


def _local(zone: str, wall: datetime) -> Local:
    return Local(zone, wall.date(), wall.hour * 3600 + wall.minute * 60 + wall.second)
