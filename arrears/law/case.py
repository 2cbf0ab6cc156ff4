"""One contact and everything a rule may need to know about it, and the verdict on it. The format is in docs/law.md."""

from __future__ import annotations

import functools
from datetime import date
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from arrears.law.words import (
    Actor,
    Channel,
    ConsentPurpose,
    ContactStatus,
    ContentFeature,
    ContentField,
    Flag,
    Language,
    Outcome,
    Party,
    Purpose,
    Source,
    Strict,
)

Id = Annotated[str, Field(min_length=1, max_length=64)]
HISTORY_MAX = 10_000
"""Lines of history in one case."""
Direction = Literal["outbound", "inbound"]


@functools.cache
def zone_of(name: str) -> ZoneInfo:
    """The IANA zone of that name; raises `ValueError` where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError(f"unknown time zone {name!r}; use an IANA name such as Asia/Shanghai") from None


def _known_zone(name: str) -> str:
    zone_of(name)
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
    until_date: date | None = None
    """Last day of it."""
    in_writing: bool = False
    direct: bool = True
    """Given to whoever makes the contact, not passed on by another company."""
    debt: Id | None = None
    """The one debt it is for; all of them where left out."""


class Place(Strict):
    """A place where the customer may be."""

    zone: Zone
    known_from: Literal["prefix", "address", "stated", "bank"] = "address"


class FlagSet(Strict):
    """A state of the customer that stands."""

    flag: Flag
    from_date: date | None = None
    until_date: date | None = None
    """Last day, where the state ends by itself."""
    evidence: str = ""
    """What shows it; never printed."""


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
    text: str = Field(default="", max_length=20_000)
    """The words themselves, read for fields, features and disclosure besides what is declared; never printed."""


class Event(Strict):
    """A contact made or received before."""

    at: AwareDatetime
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
    """The customer had asked for it: a call-back."""
    times: int = Field(default=1, ge=1, le=1_000)
    """So many alike contacts this line stands for."""


class Case(Strict):
    """One contact at one moment, with all that is known. Nothing is looked up: what is not here is not so."""

    format: Literal[1] = 1
    at: AwareDatetime
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
    flags: tuple[FlagSet, ...] = ()
    content: Content | None = None
    """Left out, rules about content are not decided: the verdict lists them as `unchecked`."""
    requested: bool = False
    """The customer asked for this contact: a call-back."""
    visitors: int = Field(default=0, ge=0, le=100)
    history: tuple[Event, ...] = Field(default=(), max_length=HISTORY_MAX)

    @model_validator(mode="after")
    def _hangs_together(self) -> Case:
        debts = [debt.id for debt in self.debts]
        points = [point.id for point in self.contact_points]
        if len(set(debts)) < len(debts) or len(set(points)) < len(points):
            raise ValueError("two debts or two contact points share an id")
        if self.debt is not None and self.debt not in debts:
            raise ValueError("debt: names no entry of debts")
        if self.contact_point is not None and self.contact_point not in points:
            raise ValueError("contact_point: names no entry of contact_points")
        for number, event in enumerate(self.history):
            if event.at > self.at:
                raise ValueError(f"history.{number}.at: lies after the contact itself; give only what has happened")
        return self


class Refusal(Strict):
    """A rule that refuses, in the case's language."""

    rule: str
    title: str
    citation: str
    reason: str


class Budget(Strict):
    """How many more contacts a channel may make under the caps; null where no cap limits it."""

    channel: str
    today: int | None
    this_week: int | None
    """In the seven days that begin today, each contact counted as if it will count under the caps."""
    rules: tuple[str, ...]
    """The rules that limit it."""


class Verdict(Strict):
    """Whether the contact may be made, and if not, why and from when."""

    allowed: bool
    refusals: tuple[Refusal, ...]
    """Every refusing rule, in order of id."""
    allowed_from: AwareDatetime | None
    """First moment at which it would be allowed if nothing else happens (`at` where it is); null where waiting does not do."""
    allowed_from_why: str
    """What must happen first, where `allowed_from` is null; else empty."""
    remaining: tuple[Budget, ...]
    """One line a channel."""


def case_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a case."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Case.model_json_schema()}
