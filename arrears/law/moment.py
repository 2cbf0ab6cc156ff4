"""One case at one moment, as the kinds see it: local times, states and consents of the day, and counts of the history."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from arrears.feed.contracts import CONVERSATION_OUTCOMES
from arrears.law.case import Case, ContactPoint, zone_of
from arrears.law.counting import DAYS_MAX, UNANSWERED, Tally


class Local(NamedTuple):
    """What the clock of one place shows."""

    zone: str
    date: date
    second: int
    """Seconds after midnight by the clock on the wall."""


class Counted(NamedTuple):
    """An event of the history with its calendar date at each place."""

    channel: str
    party: str
    direction: str
    outcome: str
    debt: str | None
    contact_point: str | None
    times: int
    dates: tuple[date, ...]


class Facts:
    """A case, with what does not change over time worked out once."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.zones = tuple(dict.fromkeys(place.zone for place in case.places))
        self.clocks = tuple(zone_of(zone) for zone in self.zones)
        self.point: ContactPoint | None = next((one for one in case.contact_points if one.id == case.contact_point), None)
        self.party = self._answering()
        self.debt = case.debt or self._worst()
        self.dpd = next((debt.dpd for debt in case.debts if debt.id == self.debt), 0)

    def _answering(self) -> str:
        if self.point is None:
            return self.case.party
        if self.point.belongs_to is not None:
            return self.point.belongs_to
        return "other" if self.point.status == "wrong_party" else self.case.party

    def _worst(self) -> str | None:
        debts = self.case.debts
        return max(debts, key=lambda debt: debt.dpd).id if debts else None

    @cached_property
    def events(self) -> tuple[Counted, ...]:
        return tuple(
            Counted(
                event.channel, event.party, event.direction, event.outcome, event.debt, event.contact_point, event.times,
                tuple(event.at.astimezone(clock).date() for clock in self.clocks),
            )
            for event in self.case.history
        )  # fmt: skip

    @cached_property
    def dials(self) -> tuple[tuple[datetime, bool, tuple[date, ...], int], ...]:
        """Our calls to the debtor: when, whether nobody took it, the dates at the places, how many."""
        return tuple(
            (event.at, event.outcome in UNANSWERED, counted.dates, event.times)
            for event, counted in zip(self.case.history, self.events, strict=True)
            if event.party == "debtor" and event.channel == "call" and event.direction == "outbound"
        )

    @cached_property
    def reached_at(self) -> datetime:
        """When anything but silence last came of a call to the debtor, or the debtor last spoke on any channel."""
        spoken = [event.at for event in self.case.history if event.party == "debtor" and event.outcome in CONVERSATION_OUTCOMES]
        return max(
            [*spoken, *(when for when, failed, *_ in self.dials if not failed)], default=datetime.min.replace(tzinfo=UTC)
        )

    def ends(self, flag: str) -> bool:
        """Whether every standing of the flag has a last day."""
        return all(one.until_date is not None for one in self.case.flags if one.flag == flag)

    def key_matches(self, tally: Tally, event: Counted) -> bool:
        """Whether an event counts against this customer, debt or contact point; one that names none counts against each."""
        if tally.per == "debt":
            return event.debt is None or event.debt == self.debt
        if tally.per == "contact_point":
            return event.contact_point is None or event.contact_point == self.case.contact_point
        return True


class Moment:
    """The facts at one instant."""

    def __init__(self, facts: Facts, at: datetime) -> None:
        self.facts = facts
        self.at = at
        self.local = tuple(self._local(index) for index in range(len(facts.zones)))

    def _local(self, index: int) -> Local:
        wall = self.at.astimezone(self.facts.clocks[index])
        return Local(self.facts.zones[index], wall.date(), wall.hour * 3600 + wall.minute * 60 + wall.second)

    @property
    def today(self) -> date:
        """The calendar date at the first place."""
        return self.local[0].date

    @cached_property
    def flags(self) -> frozenset[str]:
        """States standing today at any of the places."""
        first, last = min(place.date for place in self.local), max(place.date for place in self.local)
        return frozenset(
            one.flag
            for one in self.facts.case.flags
            if (one.from_date is None or one.from_date <= last) and (one.until_date is None or first <= one.until_date)
        )

    @cached_property
    def _latest(self) -> dict[tuple[str, str], bool]:
        """The latest word on each channel and purpose that holds today: true agreed, false refused."""
        today, debt = self.today, self.facts.debt
        found: dict[tuple[str, str], tuple[date, bool]] = {}
        for one in self.facts.case.consents:
            if one.at_date > today or (one.debt is not None and one.debt != debt):
                continue
            key = (one.channel, one.purpose)
            if key not in found or (one.at_date, not one.given) >= (found[key][0], not found[key][1]):
                found[key] = (one.at_date, one.given)
        over = {
            (one.channel, one.purpose, one.at_date, one.given)
            for one in self.facts.case.consents
            if one.until_date is not None and one.until_date < today
        }
        return {key: given for key, (at_date, given) in found.items() if (*key, at_date, given) not in over}

    @cached_property
    def consents(self) -> frozenset[tuple[str, str]]:
        """(channel, purpose) agreed to."""
        return frozenset(key for key, given in self._latest.items() if given) if self.facts.case.consents else frozenset()

    @cached_property
    def refusals(self) -> frozenset[tuple[str, str]]:
        """(channel, purpose) refused or withdrawn."""
        return frozenset(key for key, given in self._latest.items() if not given) if self.facts.case.consents else frozenset()

    def count(self, tally: Tally) -> int:
        """How many contacts count; where the places disagree about the date, the largest count."""
        facts = self.facts
        if not facts.case.history:
            return 0
        counts = [0] * len(self.local)
        for event in facts.events:
            if not tally.counts(event.channel, event.party, event.direction, event.outcome) or not facts.key_matches(
                tally, event
            ):
                continue
            for index, place in enumerate(self.local):
                if 0 <= (place.date - event.dates[index]).days < tally.days:
                    counts[index] += event.times
        return max(counts)

    def failed_dials(self) -> int:
        """`FailedDials`: calls to the debtor in a row that nobody took, made before today at every place."""
        facts = self.facts
        since = self.today - timedelta(days=DAYS_MAX - 1)
        found = 0
        for when, failed, dates, times in facts.dials:
            if min(dates) < since:
                continue
            earlier = all(day < place.date for day, place in zip(dates, self.local, strict=True))
            if when > facts.reached_at and failed and earlier:
                found += times
        return found

    def failed_dials_ever(self) -> int:
        """The same without regard to the day: what will count from tomorrow on."""
        return sum(times for when, failed, _, times in self.facts.dials if failed and when > self.facts.reached_at)


def first_instant(zone: str, day: date, second: int) -> datetime:
    """The first instant of a local date at which the clock shows `second` or later, in UTC.

    A clock time that a change of the clock skips is first passed at the change itself.
    """
    clock = zone_of(zone)
    wall = datetime.combine(day, datetime.min.time()) + timedelta(seconds=second)
    instants = [wall.replace(tzinfo=clock, fold=fold).astimezone(UTC) for fold in (0, 1)]
    for instant in instants:
        if instant.astimezone(clock).replace(tzinfo=None) == wall:
            return instant
    low, high = min(instants), max(instants)
    span = range(int((high - low).total_seconds()))
    passed = bisect_left(
        span, True, key=lambda after: (low + timedelta(seconds=after)).astimezone(clock).replace(tzinfo=None) >= wall
    )
    return low + timedelta(seconds=passed)
