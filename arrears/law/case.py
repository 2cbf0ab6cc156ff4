"""One contact and everything a rule may need to know about it. The format is in docs/law.md."""

from __future__ import annotations

import functools
import re
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field, model_validator

from arrears.errors import PlaceError
from arrears.feed.contracts import CHANNELS
from arrears.law.clock import zone_of
from arrears.law.words import (
    WEEKDAYS,
    Actor,
    Channel,
    ConsentPurpose,
    ContactStatus,
    ContentFeature,
    ContentField,
    Flag,
    Format,
    Language,
    Notice,
    Outcome,
    Party,
    Purpose,
    Source,
    Strict,
    Weekday,
)
from arrears.places import zones_of_address
from arrears.places.numbers import zones_of_prefix
from arrears.saying import said

Id = Annotated[str, Field(min_length=1, max_length=64)]
HISTORY_MAX = 10_000
"""Lines of history in one case."""
NUMBER_DIGITS_MIN, NUMBER_DIGITS_MAX = 7, 15
ClockTime = Annotated[str, Field(pattern=r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
"""A time of day, `HH:MM`; `24:00` is the end of the day."""
Direction = Literal["outbound", "inbound"]

AT_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
"""A moment as RFC 3339 writes it."""
_AT = re.compile(AT_PATTERN.removesuffix("$") + r"\Z")


def _written_out(value: Any) -> Any:
    """Refuses all else that pydantic takes for a moment: `20260302` is one of 1970 to it."""
    if isinstance(value, str):
        if _AT.match(value) is None:
            raise ValueError(said("not a moment; write date, time and offset, such as 2026-03-02T10:00:00+08:00"))
    elif not isinstance(value, datetime):
        raise ValueError(said("not a moment; write date, time and offset, such as 2026-03-02T10:00:00+08:00"))
    return value


At = Annotated[
    AwareDatetime,
    Field(
        strict=False,
        ge=datetime(1970, 1, 1, tzinfo=UTC),
        lt=datetime(3000, 1, 1, tzinfo=UTC),
        json_schema_extra={"pattern": AT_PATTERN},
    ),
    BeforeValidator(_written_out),
]
"""A moment with its offset, of 1970 to 2999."""
_FIRST_HOUR, _LAST_HOUR = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
"""Stand for an hour that is not known: a consent then gives way to whatever else was said that day, a refusal to nothing."""


def _known_zone(name: str) -> str:
    try:
        zone_of(name)
    except ValueError:
        raise ValueError(said("unknown time zone; use an IANA name such as Asia/Shanghai")) from None
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]


class Debt(Strict):
    """One debt of the customer."""

    id: Id
    dpd: int = Field(default=0, ge=0)
    """Days past due."""
    currency: str = ""
    balance_minor: int = 0
    """Owed, in minor units."""
    creditor: str = ""
    """To whom it is owed, where not to the case's creditor."""
    time_barred: bool = False


class ContactPoint(Strict):
    """A number or address, for whom it was given and whose it turned out to be."""

    id: Id
    kind: Literal["mobile", "landline", "email", "address"] = "mobile"
    party: Party = "debtor"
    """For whom it was given."""
    workplace: bool = False
    """A number, mailbox or address at the customer's work."""
    employer_prohibits: bool = False
    """The employer is known not to allow such contacts there."""
    inconvenient: bool = False
    """The customer said not to be contacted there."""
    belongs_to: Party | None = None
    """Who answered there, once known."""
    source: Source = "unknown"
    status: ContactStatus = "active"


class ConsentGiven(Strict):
    """A consent or a refusal; of several for one channel and purpose the latest counts."""

    channel: Channel
    purpose: ConsentPurpose
    given: bool
    """false: refused or withdrawn."""
    at_date: date
    at: At | None = None
    """The moment it was given, of that date, where it is known: before it the word is none."""
    until_date: date | None = None
    """Last day of it."""
    in_writing: bool = False
    direct: bool = True
    """Given to whoever makes the contact, not passed on by another company."""
    debt: Id | None = None
    """The one debt it is for; all of them where left out."""

    @model_validator(mode="after")
    def _of_that_day(self) -> ConsentGiven:
        if self.at is not None and self.at.date() != self.at_date:
            raise ValueError(said("at: is not of at_date; write it with the offset of the customer's place"))
        return self

    def given_by(self, at: datetime) -> bool:
        """Whether the hour at which it was given, where that is known, has come."""
        return self.at is None or self.at <= at

    @property
    def weight(self) -> tuple[date, datetime, bool, int, bool]:
        """What is heaviest counts, in whatever order they stand: the latest; on one day the refusal, unless the hours are known
        and the consent's is the later; of several that are alike the refusal that ends last, the consent that ends first, and
        one passed on before one given directly."""
        end = (self.until_date or date.max).toordinal()
        hour = self.at or (_FIRST_HOUR if self.given else _LAST_HOUR)
        return self.at_date, hour, not self.given, -end if self.given else end, not self.direct


def _place_schema(schema: dict[str, Any]) -> None:
    """What a schema can say of `Place`: one of the three, and a region with its country only."""
    told = {"type": "string"}
    schema["oneOf"] = [{"properties": {one: told}, "required": [one]} for one in ("zone", "number_prefix", "country")]
    schema["if"] = {"properties": {"region": {"minLength": 1}}, "required": ["region"]}
    schema["then"] = {"properties": {"country": told}, "required": ["country"]}


class Place(Strict):
    """A place where the customer may be, told by its zone, by a telephone number's prefix, or by an address."""

    model_config = ConfigDict(json_schema_extra=_place_schema)

    zone: Zone | None = None
    """IANA name, where the customer or the bank stated it."""
    number_prefix: str | None = Field(default=None, pattern=r"^\+[1-9][0-9]{1,14}$")
    """A telephone number in E.164, or as many of its first digits as tell where it belongs: `+1808`."""
    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    """Of an address, ISO 3166-1."""
    region: str = Field(default="", max_length=3)
    """Of the address, ISO 3166-2 without the country; left out, every zone of the country counts."""
    known_from: Literal["prefix", "address", "stated", "bank"] = "address"

    @model_validator(mode="after")
    def _one_way(self) -> Place:
        if sum(told is not None for told in (self.zone, self.number_prefix, self.country)) != 1:
            raise ValueError(said("give exactly one of zone, number_prefix and country"))
        if self.region and self.country is None:
            raise ValueError(said("region: goes with country"))
        if not self.zones:
            raise ValueError(said("number_prefix: belongs to no numbering plan; state the zone"))
        return self

    @cached_property
    def zones(self) -> tuple[str, ...]:
        """Every zone the place may lie in; raises `ValueError` for an address that there is not."""
        if self.zone is not None:
            return (self.zone,)
        if self.number_prefix is not None:
            return _zones_of_prefix(self.number_prefix)
        try:
            return zones_of_address(self.country or "", self.region)
        except PlaceError as error:
            raise ValueError(said("{what}; {remedy}", what=error.what, remedy=error.remedy)) from None


@functools.lru_cache(maxsize=65_536)
def _zones_of_prefix(prefix: str) -> tuple[str, ...]:
    """The zones of the numbers that begin so, whatever their length; empty where there are none."""
    digits_n = len(prefix) - 1
    lengths = range(max(digits_n, NUMBER_DIGITS_MIN), NUMBER_DIGITS_MAX + 1)
    return next((zones for length in lengths if (zones := zones_of_prefix(prefix, length))), ())


class InconvenientTime(Strict):
    """Hours of the week at which the customer said not to be contacted, by their own clock."""

    weekdays: tuple[Weekday, ...] = WEEKDAYS
    begins: ClockTime = "00:00"
    ends: ClockTime = "24:00"
    """The first minute that is convenient again."""
    channels: tuple[Channel, ...] = CHANNELS
    until_date: date | None = None
    """Last day on which it is."""

    def covers(self, channel: str, day: date) -> bool:
        """Whether it speaks of that channel and local date."""
        return (
            channel in self.channels
            and WEEKDAYS[day.weekday()] in self.weekdays
            and (self.until_date is None or day <= self.until_date)
        )

    @model_validator(mode="after")
    def _forward(self) -> InconvenientTime:
        if self.begins >= self.ends:
            raise ValueError(said("ends: must come after begins; write hours over midnight as two entries"))
        return self

    @cached_property
    def seconds(self) -> tuple[int, int]:
        """First second of the local day, and the first after it."""
        return _second(self.begins), _second(self.ends)


def _second(clock: str) -> int:
    return int(clock[:2]) * 3600 + int(clock[3:]) * 60


class FlagSet(Strict):
    """A state of the customer that stands."""

    flag: Flag
    from_date: date | None = None
    until_date: date | None = None
    """Last day, where the state ends by itself."""
    evidence: str = ""
    """What shows it; never printed."""
    debt: Id | None = None
    """The one debt it concerns, as a dispute does; all of them where left out."""


class Content(Strict):
    """What the contact will say."""

    id: str = ""
    language: str = ""
    fields: tuple[ContentField, ...] = ()
    """Elements it carries: `opt_out`, `issuer_contact`, `business_seal`, ... (docs/content.md lists them)."""
    features: tuple[ContentFeature, ...] = ()
    """What it does that a rule may forbid: `threat`, `false_authority`, ... (docs/content.md lists them)."""
    discloses_debt: bool = False
    """It tells or implies to whoever receives it that there is a debt."""
    limited: bool = False
    """A voicemail that says nothing but who calls, for whom, and how to call back; if its words tell of a debt it is none."""
    notice: Notice | None = None
    """It is nothing but this notice, for who refused contact: that efforts end, that a remedy may be or will be invoked, or
    what the law requires by this medium."""
    text: str = Field(default="", max_length=20_000)
    """The words themselves, read for fields, features and disclosure besides what is declared; never printed."""


class Event(Strict):
    """A contact made or received before."""

    at: At
    channel: Channel
    outcome: Outcome
    direction: Direction = "outbound"
    party: Party = "debtor"
    """Who was meant."""
    debt: Id | None = None
    """The debt concerned; left out, it counts against every one."""
    contact_point: Id | None = None
    """The contact point used; left out, it counts against every one."""
    actor: str = ""
    """Who made it; left out, it counts as everybody's."""
    requested: bool = False
    """The customer had asked for it, or agreed to it, beforehand: a call-back."""
    times: int = Field(default=1, ge=1, le=1_000)
    """So many alike contacts this line stands for."""


class Case(Strict):
    """One contact at one moment, with all that is known. Nothing is looked up: what is not here is not so."""

    format: Format = 1
    at: At
    """The moment of sending or dialling, with its offset."""
    language: Language = "en"
    """In which the reasons are given."""
    jurisdictions: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")], ...] = Field(min_length=1)
    """Every jurisdiction whose law binds the contact: country, or country and region."""
    creditor: str = ""
    actor: str = ""
    """Who makes the contact."""
    acts: Actor
    """Whether the actor is the issuer itself or an agency or debt buyer."""
    channel: Channel
    direction: Direction = "outbound"
    party: Party
    """Who is meant to be reached."""
    purpose: Purpose
    debt: Id | None = None
    """The debt it is about; the worst one where left out."""
    debts: tuple[Debt, ...] = ()
    contact_point: Id | None = None
    """The contact point to be used."""
    contact_points: tuple[ContactPoint, ...] = ()
    consents: tuple[ConsentGiven, ...] = ()
    places: tuple[Place, ...] = Field(min_length=1)
    """Every place where the customer may be; the first is the one the plan reckons in."""
    inconvenient_times: tuple[InconvenientTime, ...] = Field(default=(), max_length=50)
    flags: tuple[FlagSet, ...] = ()
    content: Content | None = None
    """Left out, rules about content are not decided: the verdict lists them as `unchecked`."""
    requested: bool = False
    """The customer asked for this contact: a call-back, or the one reply to a contact of theirs."""
    visitors: int = Field(default=0, ge=0, le=100)
    history: tuple[Event, ...] = Field(default=(), max_length=HISTORY_MAX)

    @cached_property
    def zones(self) -> tuple[str, ...]:
        """Every time zone the customer may be in; the plan reckons in the first."""
        if len(self.places) == 1:
            return self.places[0].zones
        return tuple(dict.fromkeys(zone for place in self.places for zone in place.zones))

    @model_validator(mode="after")
    def _hangs_together(self) -> Case:
        debts = [debt.id for debt in self.debts]
        points = [point.id for point in self.contact_points]
        if len(set(debts)) < len(debts) or len(set(points)) < len(points):
            raise ValueError(said("two debts or two contact points share an id"))
        if self.debt is not None and self.debt not in debts:
            raise ValueError(said("debt: names no entry of debts"))
        if self.contact_point is not None and self.contact_point not in points:
            raise ValueError(said("contact_point: names no entry of contact_points"))
        for number, flag in enumerate(self.flags):
            if flag.debt is not None and flag.debt not in debts:
                raise ValueError(said("flags.{number}.debt: names no entry of debts", number=number))
        for number, event in enumerate(self.history):
            if event.at > self.at:
                raise ValueError(
                    said("history.{number}.at: lies after the contact itself; give only what has happened", number=number)
                )
        return self


def case_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a case."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Case.model_json_schema()}
