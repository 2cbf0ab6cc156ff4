"""Who banks here: customers and their cards, drawn once, never changed.

Numbers of accounts and days come in with a random generator; frozen columns of persons and cards go out. What happens to them
is `arrears.lab.world`; how they are written down is `arrears.lab.delivery`. All dates are days since 1970-01-01.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arrears.bank import Bank, Product
from arrears.lab.identity import REGION_WEIGHTS

TRANSACTOR, REVOLVER, SLOPPY, SLEEPER = range(4)
"""How a card is used: paid in full; carried; paid in full or in part but often late; hardly used."""
HABIT_SHARES = (0.47, 0.29, 0.12, 0.12)
"""Roughly the UCI data's PAY_n codes: 29 % paid in full or unused, 49 % revolving, the rest at times late; shifted to
paying in full, as mobile payment has it today."""

CUSTOMERS_PER_ACCOUNT = 0.7
GROWTH_PER_DAY = 0.0002
"""New accounts a day as a share of the accounts at the start: some 7 % a year."""

PRODUCTS = (
    Product(
        product_id="classic", name="Lotus Classic", currency="CNY", grace_days=3, tolerance_minor=1_000,
        daily_rate_ppm=500, minimum_share_bp=1_000, minimum_floor_minor=5_000,
        late_charge_bp=500, late_charge_floor_minor=1_000, late_charge_cap_minor=50_000,
    ),
    Product(
        product_id="gold", name="Lotus Gold", currency="CNY", grace_days=3, tolerance_minor=2_000,
        daily_rate_ppm=450, disclosed_annual_rate_bp=1_643, minimum_share_bp=500, minimum_floor_minor=10_000,
        late_charge_bp=500, late_charge_floor_minor=1_000, late_charge_cap_minor=50_000,
    ),
    Product(
        product_id="young", name="Lotus Young", currency="CNY", grace_days=2, tolerance_minor=500,
        daily_rate_ppm=500, minimum_share_bp=1_000, minimum_floor_minor=2_000,
        late_charge_bp=400, late_charge_floor_minor=500, late_charge_cap_minor=20_000,
    ),
)  # fmt: skip
DUE_DAYS = (20, 24, 22)
"""Days from closing to due date, by product."""
PRODUCT_SHARES = (0.62, 0.20, 0.18)

CONSENT_KINDS = (
    ("sms", "collection"), ("call", "collection"), ("email", "collection"), ("call", "relative"), ("call", "night_contact"),
)  # fmt: skip
CONSENT_GIVEN = (0.80, 0.75, 0.50, 0.20, 0.03)
CONSENT_ASKED = (0.84, 0.78, 0.56, 0.45, 0.10)
"""Share of the customers who gave each consent, and who gave or refused it, when they joined."""


def lotus_bank(accounts: int) -> Bank:
    """The simulated bank's settings; one shard for each half million accounts."""
    return Bank(
        name="Lotus Bank", name_zh="莲花银行", country="CN", timezone="Asia/Shanghai", currency="CNY", languages=("zh", "en"),
        jurisdictions=("CN",), phone="+861000000000", opt_out="TD", shards=max(1, -(-accounts // 500_000)), products=PRODUCTS,
    )  # fmt: skip


@dataclass(frozen=True)
class Customers:
    """One entry a customer."""

    risk: np.ndarray
    """Latent: standard normal, larger pays worse. Nobody in the bank sees it."""
    name_draw: np.ndarray
    english: np.ndarray
    region: np.ndarray
    zone: np.ndarray
    """0 Shanghai, 1 Urumqi, 2 Tokyo, 3 Singapore: index into `delivery.ZONES`."""
    zone_stated: np.ndarray
    since: np.ndarray
    extras: np.ndarray
    """Bits: which further contact points and consents exist; see `delivery`."""

    def __len__(self) -> int:
        return len(self.risk)


@dataclass(frozen=True)
class Accounts:
    """One entry a card account."""

    customer: np.ndarray
    product: np.ndarray
    opened: np.ndarray
    limit: np.ndarray
    """Minor units."""
    cycle_day: np.ndarray
    """Day of the month the statement closes on, 1 to 28: every month has it."""
    habit: np.ndarray
    autopay: np.ndarray
    spend_chance: np.ndarray
    """Chance of a purchase on a plain weekday."""
    spend_mean_log: np.ndarray
    """Mean of the logarithm of a purchase, minor units."""
    part: np.ndarray
    """Share of the statement a revolver pays."""

    def __len__(self) -> int:
        return len(self.customer)


@dataclass(frozen=True)
class Population:
    """Everybody, those who join later included (their `opened` and `since` are later)."""

    bank: Bank
    customers: Customers
    accounts: Accounts


def draw_population(rng: np.random.Generator, *, accounts: int, start: int, last_day: int) -> Population:
    """`accounts` cards as of `start` and those opened afterwards until `last_day`."""
    joining = _joining(accounts, start, last_day)
    holder, customers_n = _holders(rng, accounts, len(joining))
    total = accounts + len(joining)
    age = (rng.gamma(1.6, 900.0, accounts) + 1).astype(np.int64)
    opened = np.concatenate([np.maximum(start - age, start - 7_000), joining]).astype(np.int32)
    risk = rng.standard_normal(customers_n, dtype=np.float32)
    since = np.full(customers_n, last_day, np.int32)
    np.minimum.at(since, holder, opened)
    customers = _customers(rng, risk, since)
    product = rng.choice(3, total, p=PRODUCT_SHARES).astype(np.int8)
    return Population(lotus_bank(accounts), customers, _accounts(rng, customers, holder, product, opened))


def _joining(accounts: int, start: int, last_day: int) -> np.ndarray:
    """Opening days of the accounts that join after the start, evenly spread."""
    days = np.arange(start + 1, last_day + 1)
    joined_by = np.floor(np.arange(len(days) + 1) * accounts * GROWTH_PER_DAY).astype(np.int64)
    return np.repeat(days, np.diff(joined_by))


def _holders(rng: np.random.Generator, accounts: int, joining: int) -> tuple[np.ndarray, int]:
    """The customer index of each account, and how many customers there are: one to three cards each."""
    first = max(1, round(accounts * CUSTOMERS_PER_ACCOUNT))
    rest = accounts - first
    second = min(first, rest - rest // 4)
    shuffled = rng.permutation(first)
    further = np.concatenate([shuffled[:second], shuffled[: rest - second]])
    holder = np.concatenate([np.arange(first), further])
    rng.shuffle(holder)
    known = rng.random(joining) < 0.2
    fresh = np.cumsum(~known) - 1 + first
    holder = np.concatenate([holder, np.where(known, rng.integers(0, first, joining), fresh)])
    return holder.astype(np.int32), first + int((~known).sum())


def _customers(rng: np.random.Generator, risk: np.ndarray, since: np.ndarray) -> Customers:
    count = len(risk)
    weights = np.array(REGION_WEIGHTS) / sum(REGION_WEIGHTS)
    region = rng.choice(len(weights), count, p=weights).astype(np.int8)
    zone = np.where((region == len(weights) - 1) & (rng.random(count) < 0.5), 1, 0)
    abroad = rng.random(count)
    zone = np.where(abroad < 0.002, 2, np.where(abroad < 0.005, 3, zone)).astype(np.int8)
    return Customers(
        risk=risk,
        name_draw=rng.integers(0, 2**62, count),
        english=rng.random(count) < 0.015,
        region=region,
        zone=zone,
        zone_stated=rng.random(count) < 0.9,
        since=since,
        extras=rng.integers(0, 2**62, count),
    )


def _accounts(
    rng: np.random.Generator, customers: Customers, holder: np.ndarray, product: np.ndarray, opened: np.ndarray
) -> Accounts:
    count = len(holder)
    risk = customers.risk[holder]
    median_limit = np.array([2_000_000, 6_000_000, 800_000])[product]
    limit = median_limit * np.exp(0.55 * rng.standard_normal(count) - 0.12 * risk)
    # Bad risks carry and slip more: the habit is drawn from a uniform pushed by risk.
    lean = np.clip(rng.random(count) + 0.06 * risk, 0, 0.999_999)
    order = np.array([SLEEPER, TRANSACTOR, REVOLVER, SLOPPY], np.int8)
    habit = order[np.searchsorted(np.cumsum(np.array(HABIT_SHARES)[order])[:3], lean, side="right")]
    chance = np.array([0.068, 0.072, 0.068, 0.006])[habit] * np.exp(0.5 * rng.standard_normal(count))
    return Accounts(
        customer=holder,
        product=product,
        opened=opened,
        limit=(np.maximum(limit, 200_000) // 100_000 * 100_000).astype(np.int64),
        cycle_day=rng.integers(1, 29, count).astype(np.int8),
        habit=habit,
        autopay=rng.random(count) < np.array([0.45, 0.20, 0.0, 0.30])[habit],
        spend_chance=np.minimum(chance, 0.6).astype(np.float32),
        spend_mean_log=(np.log(limit * 0.012) + 0.3 * rng.standard_normal(count)).astype(np.float32),
        part=np.clip(rng.beta(2.0, 5.0, count), 0.06, 0.9).astype(np.float32),
    )
