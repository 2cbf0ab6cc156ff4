"""A case, with what does not change over time worked out once: who answers, what it is about, and the history as it counts."""

from __future__ import annotations

import functools
from datetime import UTC, date, datetime
from functools import cached_property
from typing import NamedTuple, TypeVar, get_args
from zoneinfo import ZoneInfo

from arrears.feed.contracts import CONVERSATION_OUTCOMES
from arrears.law.case import Case, ConsentGiven, ContactPoint, Debt, Event
from arrears.law.clock import first_instant, zone_of
from arrears.law.content.carried import Carried, carried
from arrears.law.content.reading import DISCLOSES_DEBT
from arrears.law.counting import DAYS_MAX, UNANSWERED, Tally
from arrears.law.words import Circumstance

CIRCUMSTANCES: tuple[Circumstance, ...] = get_args(Circumstance)[1:]
"""What a case may hold, each a bit of a whole number, the first the lowest."""
BIT = {name: 1 << number for number, name in enumerate(CIRCUMSTANCES)}
ALWAYS = 1 << len(CIRCUMSTANCES)
"""The bit that every case holds."""
_CONTACT, _STRANGER, _STATED_TIME = BIT["contact"], BIT["stranger"], BIT["stated_time"]
OFFSET_DAYS = 2
"""The calendars of two places are at most so many days apart at one instant: a written offset is less than a day, a zone's at
most 14 hours."""
Entry = TypeVar("Entry", Debt, ContactPoint)


class Made(NamedTuple):
    """A contact of the history with its calendar day at each place, as a proleptic ordinal."""

    event: Event
    days: tuple[int, ...]
    agreed_day: int | None
    """Day of the consent to further contacts under which it was made, as an ordinal."""


Profile = list[tuple[int, tuple[int, ...]]]
"""Contacts that count: how many, and on which day at each place."""


class Facts:
    """A case, with what does not change over time worked out once."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.zones = case.zones
        self.places = places_of(self.zones)
        """Zone and clock of each place."""
        self.point: ContactPoint | None = _named(case.contact_points, case.contact_point)
        self.at_work = self.point is not None and self.point.workplace
        self.party = case.party if self.point is None else self._answering(self.point)
        """Who would be reached."""
        about = _worst(case.debts) if case.debt is None else _named(case.debts, case.debt)
        self.about: Debt | None = about
        """The debt the contact is about; the worst one where the case names none."""
        self.debt = case.debt if about is None else about.id
        self.dpd = 0 if about is None else about.dpd
        self.circumstances = (
            ALWAYS
            | bool(case.history) * _CONTACT
            | (self.party != case.party) * _STRANGER
            | bool(case.inconvenient_times) * _STATED_TIME
        )
        """What the case holds of `CIRCUMSTANCES` whatever the day, one bit each."""
        self._profiles: dict[int, Profile] = {}

    @cached_property
    def clocks(self) -> tuple[ZoneInfo, ...]:
        return tuple([clock for _, clock in self.places])

    def _answering(self, point: ContactPoint) -> str:
        if point.belongs_to is not None:
            return point.belongs_to
        return "other" if point.status == "wrong_party" else self.case.party

    @cached_property
    def made(self) -> list[Made]:
        """The history."""
        made = [Made(event, self.days_at(event.at), None) for event in self.case.history]
        return self._agreed(made, self._extra) if self._extra else made

    @cached_property
    def _extra(self) -> list[ConsentGiven]:
        """Words on further contacts about the debt, consents passed on aside."""
        return [
            one
            for one in self.case.consents
            if one.purpose == "extra_contact" and (one.direct or not one.given) and one.debt in (None, self.debt)
        ]

    def _agreed(self, made: list[Made], words: list[ConsentGiven]) -> list[Made]:
        """The history with the day of the consent under which each contact was made."""
        spoken = [one.days[0] for one in made if self._spoken(one.event)]
        return [one._replace(agreed_day=_agreed_on(one.days[0], one.event, words, spoken)) for one in made]

    def _spoken(self, one: Event) -> bool:
        """A telephone conversation with the debtor that may have been about this debt."""
        about = one.debt is None or one.debt == self.debt
        return about and one.channel == "call" and one.party == "debtor" and one.outcome in CONVERSATION_OUTCOMES

    @cached_property
    def misdirected(self) -> frozenset[str]:
        """Contact points found to be another person's than the one they were given for."""
        return frozenset(
            point.id
            for point in self.case.contact_points
            if point.status == "wrong_party" or (point.belongs_to is not None and point.belongs_to != point.party)
        )

    def profile(self, tally: Tally) -> Profile:
        """The contacts of the history that count under `tally` on the case's day or any later one."""
        found = self._profiles.get(id(tally))
        if found is None:
            found = self._profiles[id(tally)] = self._agreeing(tally) if self._agreeable(tally) else self._counting(tally)
        return found

    def _agreeable(self, tally: Tally) -> bool:
        """Whether a contact may be left out of the count for the consent under which it was made."""
        return tally.agreed_days is not None and bool(self.case.consents) and bool(self._extra)

    def _counting(self, tally: Tally) -> Profile:
        days_at, counts = self.days_at, self._counts
        # By each contact's own calendar, which is cheap to ask: what lies so far back counts nowhere on any day from now on.
        over = 0 if tally.days is None else self.case.at.toordinal() - tally.days - 2 * OFFSET_DAYS
        return [
            (event.times, days_at(event.at))
            for event in self.case.history
            if event.at.toordinal() > over and counts(tally, event)
        ]

    def _agreeing(self, tally: Tally) -> Profile:
        """The same where contacts under a consent are left out."""
        window = tally.agreed_days or 0
        return [
            (event.times, days)
            for event, days, agreed in self.made
            if (agreed is None or days[0] - agreed >= window) and self._counts(tally, event)
        ]

    def _counts(self, tally: Tally, one: Event) -> bool:
        """Whether a contact counts, its day and the consent to it aside."""
        return (
            one.channel in tally.channels
            and one.outcome in tally.outcomes
            and one.party in tally.parties
            and (tally.inbound or one.direction == "outbound")
            and self._concerns(tally, one)
        )

    def _concerns(self, tally: Tally, one: Event) -> bool:
        """Whether a contact of a kind that counts does: whom it concerned, who made it, and why."""
        case = self.case
        if tally.per != "customer":
            named, own = (one.debt, self.debt) if tally.per == "debt" else (one.contact_point, case.contact_point)
            if named is not None and named != own:
                return False
        if tally.whom == "same" and one.party != case.party:
            return False
        if tally.whose == "own" and one.actor not in ("", case.actor):
            return False
        excluded = tally.excluded
        if not excluded:
            return True
        if one.requested and "requested" in excluded:
            return False
        return not ("misdirected" in excluded and one.contact_point in self.misdirected)

    def count(self, tally: Tally, days: tuple[int, ...]) -> int:
        """How many contacts count on these days, one a place; where the places disagree, the largest count."""
        profile = self.profile(tally)
        if not profile:
            return 0
        if tally.days is None:
            return sum(times for times, _ in profile)
        window = tally.days
        if len(days) == 1:
            today = days[0]
            return sum(times for times, (day,) in profile if 0 <= today - day < window)
        return max(
            sum(times for times, made in profile if 0 <= today - made[index] < window) for index, today in enumerate(days)
        )

    def used_ahead(self, tally: Tally, days: tuple[int, ...], n: int) -> tuple[int, ...]:
        """How many contacts of the history count on each of `n` days from these on, one a place; the largest of the places."""
        profile = self.profile(tally) if self.case.history else None
        if not profile:
            return (0,) * n
        used = [0] * n
        for place, today in enumerate(days):
            here = [0] * n
            for times, made in profile:
                age = today - made[place]
                if tally.days is not None and age >= tally.days:
                    continue
                until = n if tally.days is None else min(n, tally.days - age)
                for ahead in range(max(0, -age), until):
                    here[ahead] += times
            used = here if place == 0 else [max(pair) for pair in zip(used, here, strict=True)]
        return tuple(used)

    def first_below(self, tally: Tally, limit: int, after: datetime) -> datetime | None:
        """The first instant after `after` at which fewer than `limit` contacts count; None where there is none."""
        if limit <= 0 or tally.days is None:
            return None
        turns = {(place, day + tally.days) for _, days in self.profile(tally) for place, day in enumerate(days)}
        instants = sorted({first_instant(self.zones[place], date.fromordinal(day), 0) for place, day in turns})
        return next((at for at in instants if at > after and self.count(tally, self.days_at(at)) < limit), None)

    def days_at(self, at: datetime) -> tuple[int, ...]:
        """The calendar day at each place, as ordinals."""
        places = self.places
        if len(places) == 1:
            return (at.astimezone(places[0][1]).toordinal(),)
        return tuple([at.astimezone(clock).toordinal() for _, clock in places])

    @cached_property
    def dials(self) -> tuple[tuple[datetime, bool, tuple[int, ...], int], ...]:
        """Our calls to the debtor: when, whether nobody took it, the days at the places, how many."""
        return tuple(
            (event.at, event.outcome in UNANSWERED, made.days, event.times)
            for event, made in zip(self.case.history, self.made, strict=True)
            if event.party == "debtor" and event.channel == "call" and event.direction == "outbound"
        )

    @cached_property
    def reached_at(self) -> datetime:
        """When anything but silence last came of a call to the debtor, or the debtor last spoke on any channel."""
        spoken = [event.at for event in self.case.history if event.party == "debtor" and event.outcome in CONVERSATION_OUTCOMES]
        return max(
            [*spoken, *(when for when, failed, *_ in self.dials if not failed)], default=datetime.min.replace(tzinfo=UTC)
        )

    @cached_property
    def last_spoken(self) -> date:
        """The local date of the last telephone conversation with the debtor about this debt, the latest of the places."""
        return max((date.fromordinal(max(one.days)) for one in self.made if self._spoken(one.event)), default=date.min)

    @cached_property
    def mobile_invalid(self) -> bool:
        """The debtor has given a mobile number, and none of them is still good."""
        mobiles = [one for one in self.case.contact_points if one.kind == "mobile" and one.party == "debtor"]
        return bool(mobiles) and all(one.status in ("invalid", "wrong_party") for one in mobiles)

    @cached_property
    def said(self) -> Carried | None:
        """What the contact's content carries and does; None where none is given."""
        content, channel = self.case.content, self.case.channel
        if content is None:
            return None
        language = content.language or self.case.language
        return carried(content.fields, content.features, content.discloses_debt, content.text, language, channel)

    @property
    def limited(self) -> bool:
        """The contact would leave a limited-content message, and no word of it tells of a debt."""
        content, said = self.case.content, self.said
        return (
            content is not None
            and said is not None
            and content.limited
            and self.case.channel == "call"
            and DISCLOSES_DEBT not in said.features
        )

    @property
    def notice(self) -> str | None:
        """The notice that the contact's content is."""
        content = self.case.content
        return None if content is None else content.notice

    @cached_property
    def time_barred(self) -> bool:
        """The debt the contact is about is time-barred; where it names none, any of them."""
        if self.case.debt is None:
            return any(debt.time_barred for debt in self.case.debts)
        return self.about is not None and self.about.time_barred

    def failed_dials(self, days: tuple[int, ...]) -> int:
        """`FailedDials`: calls to the debtor in a row that nobody took, made before these days at every place."""
        found = 0
        for when, failed, made, times in self.dials:
            if failed and when > self.reached_at and min(made) > days[0] - DAYS_MAX:
                found += times if all(day < today for day, today in zip(made, days, strict=True)) else 0
        return found


def _agreed_on(day: int, made: Event, words: list[ConsentGiven], spoken: list[int]) -> int | None:
    """The day of the consent under which a contact was made on `day`, as an ordinal: of the words given until then the latest,
    if it agrees, has not run out, and no conversation between the two had spent it."""
    said = [one for one in words if one.channel == made.channel and one.at_date.toordinal() <= day and one.given_by(made.at)]
    latest = max(said, key=lambda one: one.weight, default=None)
    if latest is None or not latest.given:
        return None
    given = latest.at_date.toordinal()
    over = latest.until_date is not None and latest.until_date.toordinal() < day
    return None if over or any(given < other < day for other in spoken) else given


@functools.lru_cache(maxsize=4_096)
def places_of(zones: tuple[str, ...]) -> tuple[tuple[str, ZoneInfo], ...]:
    """Every zone with its clock."""
    return tuple((zone, zone_of(zone)) for zone in zones)


def _named(among: tuple[Entry, ...], name: str | None) -> Entry | None:
    """The debt or contact point of that id."""
    if name is not None:
        for one in among:
            if one.id == name:
                return one
    return None


def _worst(debts: tuple[Debt, ...]) -> Debt | None:
    """The one most days past due; the first of equals."""
    worst = debts[0] if debts else None
    for one in debts:
        if worst is not None and one.dpd > worst.dpd:
            worst = one
    return worst
