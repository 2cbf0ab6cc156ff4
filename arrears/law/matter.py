"""What rules of law judge and is no contact: a charge, a plan, a payment, an act, a duty, a record, a class, a document.

A matter comes in as one JSON document (docs/matters.md), and is the same facts as a flat row (`matter_rows`). Nothing is looked
up: what is not said is not so. Amounts are minor units of `currency`, rates parts per million.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from arrears.documents import json_object, printable
from arrears.errors import LawError
from arrears.file_errors import in_our_words
from arrears.law.matter_words import (
    CARD_STATES,
    CLASSES,
    ActWord,
    ChargeWord,
    Classed,
    ClassWord,
    DocumentWord,
    DutyWord,
    EventWord,
    FieldWord,
    FlagWord,
    PlanWord,
    RecordAction,
    RecordWord,
)
from arrears.law.words import Actor, Format, Language, Strict
from arrears.money import MONEY_MAX_MINOR, PPM
from arrears.saying import said

EPOCH = date(1970, 1, 1)
"""Stands in a row for the day of an event that is not given."""

EVENTS_MAX = 6
BALANCES_MAX = 4
COUNT_MAX = 100_000


Money = Annotated[int, Field(ge=0, le=MONEY_MAX_MINOR)]
Rate = Annotated[int, Field(ge=0, le=100 * PPM)]
Count = Annotated[int, Field(ge=0, le=COUNT_MAX)]
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 12, 31))]

CLASS_LADDERS = {"receivable": tuple(CLASSES), "card": tuple(CARD_STATES)}
"""Classes of what is classed, best first."""


class Event(Strict):
    """Something that happened on a day, or will."""

    event: EventWord
    on: Day


class Balance(Strict):
    """One balance a payment may go to, and how much of it did."""

    apr_ppm: Rate
    owed_minor: Money
    """Owed before the payment."""
    applied_minor: Money
    deferred_cycles_left: Count = 0
    """Billing cycles to the end of a deferred-interest plan, the current one included; 0 under no such plan."""


class MatterBase(Strict):
    """What every matter says. `columns_of` lists it as columns."""

    subject: ClassVar[str]
    """The key that says what is charged, planned, done and so on."""

    format: Format = 1
    on: Day
    """The day it is judged on: of the charge, the act, the plan; today for a duty or a record."""
    jurisdictions: tuple[Annotated[str, Field(min_length=1, max_length=16)], ...] = Field(min_length=1)
    acts: Actor
    language: Language = "en"
    currency: Annotated[str, Field(pattern=r"^([A-Z]{3})?$")] = ""
    flags: tuple[FlagWord, ...] = ()


class Dated(MatterBase):
    """A matter with a history."""

    events: tuple[Event, ...] = Field(default=(), max_length=EVENTS_MAX)


class Charge(MatterBase):
    """An amount charged to an account: interest of a period, or one fee."""

    subject: ClassVar[str] = "charge"
    matter: Literal["charge"]

    charge: ChargeWord
    amount_minor: Money = 0
    base_minor: Money = 0
    """What it was computed on."""
    fee_base_minor: Money = 0
    """Part of the base that was fees and late charges."""
    grace_base_minor: Money = 0
    """Part of the base that was repaid within the interest-free period, or belongs to an earlier cycle."""
    days: Count = 0
    """Days of interest."""
    daily_rate_ppm: Rate = 0
    """As charged."""
    annual_rate_ppm: Rate = 0
    """As charged, where the product states it a year; else 365 times the daily one."""
    total_rate_ppm: Rate = 0
    """Interest, fees and late charge together, a year."""
    rate_before_ppm: Rate = 0
    """Annual rate before a penalty rate or a workout."""
    agreed_minor: Money = 0
    """What the contract allows for this charge; 0 where it agrees none."""
    minimum_due_minor: Money = 0
    """Minimum payment due immediately before, whole."""
    unpaid_minimum_minor: Money = 0
    """Its unpaid part."""
    credit_limit_minor: Money = 0
    """Credit limit; for the first year's fees the one at opening."""
    principal_minor: Money = 0
    """Principal owed."""
    fees_first_year_minor: Money = 0
    """Required fees charged in the first year before this one."""
    charged_since_default_minor: Money = 0
    """Interest and fees charged since the default before this one."""
    months_on_book: Count = 0
    """Whole months since the account was opened."""
    charged_before_n: Count = 0
    """Fees charged before for the same event."""
    cycles_late: Count = 0
    """Months in a row the minimum payment was missed, this one included."""
    cycles_since_late: Count = 0
    """Billing cycles since the last late charge, 1 for the next cycle; 0 where there was none."""
    costing_months: Count = 0
    """The month, since the issuer last determined its costs of such violations, that the charge falls in, 1 the first; 0 where
    the fee does not stand on such a determination."""
    on_time_payments: Count = 0
    """Minimum payments in a row on time since a penalty rate began."""
    reports_this_year: Count = 0
    """Which report of the year it is charged for."""
    dpd: Count = 0


class Plan(MatterBase):
    """A plan to repay by instalments, as offered or signed."""

    subject: ClassVar[str] = "plan"
    matter: Literal["plan"]

    plan: PlanWord
    amount_minor: Money
    term_months: Annotated[int, Field(ge=1, le=COUNT_MAX)]
    fields: tuple[FieldWord, ...] = ()
    """What its agreement carries."""


class Payment(Dated):
    """A payment and where it went."""

    subject: ClassVar[str] = ""
    matter: Literal["payment"]

    amount_minor: Money = 0
    minimum_due_minor: Money = 0
    owed_charges_minor: Money = 0
    """Interest, fees and late charges owed before it."""
    owed_principal_minor: Money = 0
    to_charges_minor: Money = 0
    to_principal_minor: Money = 0
    to_disputed_minor: Money = 0
    """Put to a debt that the customer disputes."""
    against_direction_minor: Money = 0
    """Put elsewhere than the customer directed."""
    received_minute: Count = 0
    """Minute of the day it was received at, in the time zone of the place it is paid to."""
    dpd: Count = 0
    balances: tuple[Balance, ...] = Field(default=(), max_length=BALANCES_MAX)


class Act(Dated):
    """Something an issuer or agency is about to do."""

    subject: ClassVar[str] = "act"
    matter: Literal["act"]

    act: ActWord
    principal_minor: Money = 0
    """Unpaid principal."""
    shortfall_minor: Money = 0
    """What is missing of a payment."""
    unsecured_minor: Money = 0
    """Interest-bearing unsecured debt at all institutions."""
    monthly_income_minor: Money = 0
    annual_income_minor: Money = 0
    net_assets_minor: Money = 0
    months_above: Count = 0
    """Months in a row the debt has stood where it stands above a limit."""
    dormant_share_ppm: Rate = 0
    """Dormant cards among the cards issued."""
    months_on_book: Count = 0
    payments_in_row: Count = 0
    """Minimum payments made in a row."""
    periods_n: Count = 0
    """Repayment periods kept in a row."""
    age: Count = 0
    """The person's, years."""
    dpd: Count = 0


class Duty(Dated):
    """Something that must be done by a day, done or not."""

    subject: ClassVar[str] = "duty"
    matter: Literal["duty"]

    duty: DutyWord
    amount_minor: Money = 0
    """The debt; for persistent debt the lowest balance of the time."""
    holidays_between: Count = 0
    """Legal holidays on weekdays between the two days, where a rule counts business days."""


class Record(Dated):
    """A record, and whether it is to be kept or deleted on the day."""

    subject: ClassVar[str] = "record"
    matter: Literal["record"]

    record: RecordWord
    action: RecordAction
    amount_minor: Money = 0
    """Of an adverse item."""


class Classification(MatterBase):
    """The class a receivable or a card was put into."""

    subject: ClassVar[str] = "classed"
    matter: Literal["classification"]

    classed: Classed
    classed_as: ClassWord
    dpd: Count = 0
    months_inactive: Count = 0
    """Months without a transaction of the customer's, a month begun counting whole."""

    @model_validator(mode="after")
    def _class_of_its_own(self) -> Classification:
        ladder = CLASS_LADDERS[self.classed]
        if self.classed_as not in ladder:
            raise ValueError(said("classed_as: a {classed} is one of {known}", classed=self.classed, known=", ".join(ladder)))
        return self


class Disclosure(Dated):
    """A document or a screen, and what it carries."""

    subject: ClassVar[str] = "document"
    matter: Literal["disclosure"]

    document: DocumentWord
    fields: tuple[FieldWord, ...] = ()
    balance_minor: Money = 0
    minimum_due_minor: Money = 0
    grace_days: Count = 0
    """Of a statement: its balance, minimum payment and interest-free days."""
    counselors_n: Count = 0
    payoff_months: Count = 0
    """Months it takes to repay by minimum payments."""


Matter = Charge | Plan | Payment | Act | Duty | Record | Classification | Disclosure

MODELS: dict[str, type[MatterBase]] = {
    "charge": Charge, "plan": Plan, "payment": Payment, "act": Act, "duty": Duty, "record": Record,
    "classification": Classification, "disclosure": Disclosure,
}  # fmt: skip

MATTER_GUIDE = said("the format is in docs/matters.md (arrears law schema --matter prints it)")

_ADAPTER: TypeAdapter[Matter] = TypeAdapter(Annotated[Matter, Field(discriminator="matter")])


def matter_schema() -> dict[str, Any]:
    """The JSON Schema of a matter."""
    return _ADAPTER.json_schema()


def read_matter(raw: bytes | str) -> Matter:
    """A matter that somebody wrote: as `parse_matter`, and no key may stand twice, since the last would silently count."""
    json_object(raw, LawError, "matter", MATTER_GUIDE)
    return parse_matter(raw)


def parse_matter(raw: bytes | str) -> Matter:
    """A matter from JSON; raises `LawError` naming the key."""
    try:
        return _ADAPTER.validate_json(raw)
    except ValidationError as error:
        first = error.errors()[0]
        loc = first["loc"][1:] if first["loc"] and first["loc"][0] in MODELS else first["loc"]
        key = ".".join(printable(str(part)) for part in loc)
        words = {"extra_forbidden": said("unknown key"), "missing": said("this key is missing")}
        words["union_tag_not_found"] = said("the key matter is missing: one of {known}", known=", ".join(MODELS))
        words["union_tag_invalid"] = said("no such matter; one of {known}", known=", ".join(MODELS))
        what = words.get(first["type"]) or in_our_words(first)
        raise LawError(what, where=said("matter: {key}", key=key) if key else "matter", remedy=MATTER_GUIDE) from None
