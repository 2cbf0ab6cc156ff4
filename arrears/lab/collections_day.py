"""A made-up day of collections to allocate: what each treatment would bring for each account, and what it takes.

Every number follows from the seed and the account's number alone, so any chunk can be made by itself, again and again. Balances
are lognormal; what a treatment adds to recovery differs by treatment and account, and now and then is negative; calls take
minutes by account, letters and visits cost by district, complaints are expected in parts per million by temper and treatment.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from arrears.allocate.kernels import compiled, mixed
from arrears.allocate.problem import NO_CAPACITY, Capacity, Partition, dense

TREATMENTS_MAX, CAPACITIES_MAX, SLOTS = 16, 5, 4
DISTRICTS = 64
AGENT, MESSAGES, MONEY, COMPLAINTS, VISITS = range(CAPACITIES_MAX)
_CAPACITIES = (
    ("agents", "s", 18_000), ("messages", "messages", 330), ("money", "fen", 40_000), ("complaints", "ppm", 140_000),
    ("visits", "min", 420),
)  # fmt: skip
"""Name, unit, and how much there is for a thousand accounts."""


@dataclass(frozen=True)
class _Treatment:
    """Uplift in ppm of the balance; agent seconds, messages, visit minutes at their middle; money in fen; complaints in ppm."""

    uplift: int
    agent: int = 0
    messages: int = 0
    visit: int = 0
    money: int = 0
    complaints: int = 0


_TREATMENTS = (
    _Treatment(900, messages=1, money=5, complaints=60),  # text
    _Treatment(500, money=1, complaints=15),  # e-mail
    _Treatment(2_600, money=420, complaints=90),  # registered letter
    _Treatment(3_100, messages=1, money=425, complaints=140),  # text and letter
    _Treatment(5_200, agent=260, money=30, complaints=900),  # call
    _Treatment(5_900, agent=270, messages=1, money=36, complaints=1_000),  # call and text
    _Treatment(9_000, agent=640, money=70, complaints=600),  # senior agent with a plan
    _Treatment(17_000, visit=95, money=2_600, complaints=2_400),  # door visit by two
)


@dataclass(frozen=True)
class CollectionsDay:
    """The day of `accounts` accounts with `treatments` treatments each and `capacities` shared capacities."""

    accounts: int
    treatments: int = 8
    capacities: int = 5
    seed: int = 1

    def shared(self) -> tuple[Capacity, ...]:
        """What there is of each capacity; scarce enough that every one is used up."""
        return tuple(
            Capacity(name, max(1, per_thousand * self.accounts // 1000), unit)
            for name, unit, per_thousand in _CAPACITIES[: self.capacities]
        )

    def chunk(self, first: int, last: int) -> Partition:
        """Accounts `first` to before `last`; values int32 minor units, four slots a candidate."""
        n, kinds = last - first, [_TREATMENTS[t % len(_TREATMENTS)] for t in range(self.treatments)]
        rows = np.array([(k.uplift, k.agent, k.messages, k.visit, k.money, k.complaints) for k in kinds], np.int64)
        value = np.empty((n, self.treatments), np.int32)
        amount = np.empty((n, self.treatments, SLOTS), np.int32)
        resource = np.tile(np.array([AGENT, MESSAGES, MONEY, COMPLAINTS], np.int32), (self.treatments, 1))
        resource[rows[:, 3] > 0, 0] = VISITS
        resource[resource >= self.capacities] = NO_CAPACITY
        _fill(first, self.seed, rows, _BALANCES, _FACTORS, value, amount)
        amount[:, resource == NO_CAPACITY] = 0
        return dense(value, amount, resource=resource, first=first)


def _quantiles(n: int, middle: float, sigma: float) -> NDArray[np.int64]:
    """`n` quantiles of a lognormal distribution, rounded."""
    normal = NormalDist()
    return np.array([round(middle * math.exp(sigma * normal.inv_cdf((k + 0.5) / n))) for k in range(n)], np.int64)


_BALANCES = _quantiles(1 << 14, 800_000, 1.25)
"""Fen."""
_FACTORS = _quantiles(1 << 10, 1024, 0.7)
"""1024 is once."""


@compiled
def _fill(
    first: int, seed: int, kinds: NDArray[np.int64], balances: NDArray[np.int64], factors: NDArray[np.int64],
    value: NDArray[np.int32], amount: NDArray[np.int32],
) -> None:  # fmt: skip
    """Values and amounts of consecutive accounts. Products stay below 2^63: 2^28 balance, 2^15 uplift, 2^14 each factor."""
    low10 = np.uint64(1023)
    for i in range(len(value)):
        start = mixed(np.int64(first + i) + (np.int64(seed) << 40))
        bits, more = mixed(np.int64(start ^ np.uint64(0x5851F42D4C957F2D))), start
        k = np.int64(bits & np.uint64(16383))
        after = np.int64(min(k + 1, np.int64(len(balances) - 1)))
        step = balances[after] - balances[k]
        balance = balances[k] + (step * np.int64((bits >> np.uint64(14)) & np.uint64(65535)) >> 16)
        willing = factors[np.int64((bits >> np.uint64(30)) & low10)]
        temper = factors[np.int64((bits >> np.uint64(40)) & low10)]
        talk = factors[np.int64((bits >> np.uint64(50)) & low10)]
        district = np.int64(bits >> np.uint64(58)) % DISTRICTS
        for t in range(value.shape[1]):
            if t % 3 == 0:
                more = mixed(np.int64(more))
            draw = np.int64((more >> np.uint64((t % 3) * 20)) & low10)
            noise = np.int64((more >> np.uint64((t % 3) * 20 + 10)) & low10)
            uplift = kinds[t, 0] * (factors[draw] * willing >> 10) >> 10
            uplift -= kinds[t, 0] * noise >> 11  # some would pay sooner if left alone
            money = kinds[t, 4]
            if money > 400:
                money = money * (700 + 12 * district) >> 10
            brings = balance * uplift // 1_000_000 - money
            value[i, t] = min(max(brings, -2_000_000_000), 2_000_000_000)
            amount[i, t, 0] = kinds[t, 1] * talk >> 10
            if kinds[t, 3] > 0:
                amount[i, t, 0] = kinds[t, 3] * (512 + 24 * district) >> 10
            amount[i, t, 1] = kinds[t, 2]
            amount[i, t, 2] = money
            amount[i, t, 3] = kinds[t, 5] * (factors[noise] * temper >> 10) >> 10
