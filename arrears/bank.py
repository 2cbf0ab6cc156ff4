"""`bank.toml`: who the bank is, its products and its limits, validated as a whole.

The file comes in as TOML; one frozen `Bank` goes out. Unknown keys, wrong types and contradictions are refused with file and
key, so that no later code has to ask whether a setting makes sense.
"""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from arrears.errors import ConfigError
from arrears.file_errors import in_our_words, of_toml
from arrears.saying import said

Ppm = Annotated[int, Field(ge=0, le=10_000_000)]
BasisPoints = Annotated[int, Field(ge=0, le=1_000_000)]
Minor = Annotated[int, Field(ge=0, le=10**12)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


class Product(_Strict):
    """One card product: what its contract says, in minor units, parts per million, basis points and days."""

    product_id: str = Field(pattern=r"^[A-Za-z0-9._-]{1,32}$")
    """As the feed names it: letters, digits, `.`, `_` and `-`, at most 32."""
    name: str = ""
    """For readers."""
    currency: Currency
    """Of all its accounts, ISO 4217."""
    grace_days: int = Field(default=0, ge=0, le=30)
    """Days after the due date within which a payment still counts as on time."""
    tolerance_minor: Minor = 0
    """Shortfall up to which a payment counts as made in full."""
    daily_rate_ppm: Ppm = 500
    """Daily interest: 0.05 % is 500 ppm."""
    disclosed_annual_rate_bp: BasisPoints = 1_825
    """The annual rate that customers were told: 18.25 % is 1,825. 365 times the rate charged a day may not exceed it."""
    interest_method: Literal["full_balance", "residual"] = "full_balance"
    """Where a statement is not paid in full: on the whole balance, or on what was left unpaid (not supervised)."""
    interest_on_interest: bool = True
    """Whether interest once posted bears interest. Fees and late charges never do."""
    charge_free_flags: tuple[Annotated[str, Field(pattern=r"^[a-z_]+$")], ...] = ("deceased",)
    """Flags of a customer under which neither interest nor a late charge is charged; see docs/feed.md."""
    cash_fee_bp: BasisPoints = 100
    """Fee of a cash advance, as a share of it."""
    cash_fee_floor_minor: Minor = 1_000
    """Smallest fee of a cash advance."""
    instalment_months: int = Field(default=12, ge=1, le=120)
    """Months of an instalment plan."""
    instalment_fee_bp: BasisPoints = 60
    """Fee posted with each instalment, as a share of the whole sum financed."""
    minimum_share_bp: BasisPoints = 1_000
    """Share of the purchases in the minimum payment: 10 % is 1,000."""
    minimum_floor_minor: Minor = 5_000
    """Smallest minimum payment; a smaller balance is asked for whole."""
    late_charge_bp: BasisPoints = 500
    """Late charge as a share of the unpaid minimum payment."""
    late_charge_floor_minor: Minor = 1_000
    """Smallest late charge."""
    late_charge_cap_minor: Minor = 50_000
    """Largest late charge."""


Channel = Literal["sms", "email", "call", "letter", "visit"]


class Capacity(_Strict):
    """Something scarce that the day's contacts share: so much of it a day."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")
    """For readers: `agents_zh`, `visits_pudong`."""
    of: Literal["contacts", "seconds", "money_minor", "complaints_ppm"]
    """What is counted: contacts; seconds of agents or visitors; money in minor units; expected complaints in millionths."""
    amount: int = Field(ge=0, le=10**15)
    """Of it a day. A thousand expected complaints in a million are 1,000 `complaints_ppm`."""
    channels: tuple[Channel, ...] = ()
    """The channels that draw on it; all where left out."""
    languages: tuple[str, ...] = ()
    """Only contacts with customers who speak one of these (a skill of agents); all where left out."""
    regions: tuple[str, ...] = ()
    """Only contacts with customers of these regions (a district of visitors); all where left out."""


class Effort(_Strict):
    """What the bank has for a day's contacts; it goes where it is worth most. Left out, every lawful step is made."""

    caution_bp: int = Field(default=0, ge=0, le=30_000)
    """Of the standard error of a treatment's response, the share that is taken off it: 10,000 is one whole."""
    capacities: tuple[Capacity, ...] = Field(min_length=1, max_length=1_000)
    """Tables `[[effort.capacities]]`."""

    @model_validator(mode="after")
    def _named_apart(self) -> Effort:
        names = [one.name for one in self.capacities]
        if len(set(names)) < len(names):
            raise ValueError(said("capacities: two share a name; give each its own"))
        return self


class Bank(_Strict):
    """The bank this workspace belongs to."""

    name: str
    """In English, as customers read it."""
    name_zh: str = ""
    """In Chinese; `name` where left out."""
    country: str = Field(pattern=r"^[A-Z]{2}$")
    """Seat of the bank, ISO 3166-1 alpha-2."""
    timezone: str
    """IANA name."""
    currency: Currency
    """The bank's own, ISO 4217; a customer's totals and the reports are in it."""
    languages: tuple[Literal["en", "zh"], ...] = ("zh", "en")
    """Languages customers are written to in."""
    jurisdictions: tuple[str, ...] = ("CN",)
    """Law packs in force: names, or the bank's own by their path from the folder of this file (`./policy.yaml`)."""
    phone: str = ""
    """The number customers are told to call back."""
    opt_out: str = "TD"
    """What a customer answers to a message to stop messages."""
    shards: int = Field(default=1, ge=1, le=4096)
    """Parts the book is cut into by customer; some 500,000 accounts in each is a good size."""
    fx_ppm: dict[Currency, Annotated[int, Field(gt=0, le=10**12)]] = Field(default_factory=dict)
    """Units of the bank's currency for one unit of another, in parts per million; for a customer's totals only."""
    effort: Effort | None = None
    """What the day's contacts may take together; see docs/allocation.md."""
    products: tuple[Product, ...]
    """Every card product that the feed may name; tables `[[products]]`."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(said("unknown time zone {zone!r}; use an IANA name such as Asia/Shanghai", zone=zone))
        return zone

    @model_validator(mode="after")
    def _consistent(self) -> Bank:
        ids = [product.product_id for product in self.products]
        if len(ids) != len(set(ids)):
            raise ValueError(said("products: two products share an id; every product_id must be its own"))
        for product in self.products:
            if product.currency != self.currency and product.currency not in self.fx_ppm:
                raise ValueError(
                    said(
                        "products.{product_id}: currency {currency} has no rate; "
                        "add fx_ppm.{currency} = <units of {own} per unit, in ppm>",
                        product_id=product.product_id,
                        currency=product.currency,
                        own=self.currency,
                    )
                )
        return self

    @property
    def content_hash(self) -> str:
        """SHA-256 of the validated settings, hex."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def load_bank(path: Path) -> Bank:
    """The bank described by a TOML file; raises `ConfigError` naming file and key."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            said("no bank.toml here"),
            where=str(path),
            remedy=said("write one, or make a simulated bank with: arrears sample --out DIR"),
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(of_toml(error), where=str(path), remedy=said("mend the TOML")) from None
    try:
        return Bank.model_validate(_tuples(raw))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        what = in_our_words(first)
        if first["type"] == "value_error":
            what = said("Value error, {what}", what=what)
        if not isinstance(first.get("input"), dict | tuple | list):
            what = said("{what} (found {seen!r})", what=what, seen=first.get("input"))
        remedy = said("see docs/bank.md for every key")
        raise ConfigError(what, where=f"{path}: {key or 'file'}", remedy=remedy) from None


def _tuples(value: object) -> object:
    """TOML arrays as tuples, which strict validation of frozen models asks for."""
    if isinstance(value, dict):
        return {key: _tuples(inner) for key, inner in value.items()}
    return tuple(_tuples(inner) for inner in value) if isinstance(value, list) else value
