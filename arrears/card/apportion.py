"""Where a payment goes: the Chinese order that flips at 91 days past due, and the American excess to the highest rate.

To the minor unit, what is applied and what is left over add up to the payment. `waterfall` and `apportion_china_sums` take
Python ints, NumPy int64 arrays or Ibis int64 columns; the others work on the items of one account.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from arrears.money import Number, choose, largest, smallest

PRINCIPAL_FIRST_DPD = 91
"""From here principal comes before interest and fees: card measures of 2011, Art. 57 (rule CN-CC2011-57)."""

DEFERRED_FIRST_CYCLES = 2
"""A deferred-interest balance comes first in that many last cycles: 12 CFR 1026.53(b)(1)."""


def waterfall(payment_minor: Number, owed_minor: Sequence[Number]) -> tuple[list[Number], Number]:
    """What each of `owed_minor` gets, in order, and what is left of the payment; all in minor units."""
    left = largest(payment_minor, 0)
    applied: list[Number] = []
    for owed in owed_minor:
        part = smallest(left, largest(owed, 0))
        applied.append(part)
        left = left - part
    return applied, left


def apportion_china_sums(
    payment_minor: Number, charges_minor: Number, principal_minor: Number, dpd: Number
) -> tuple[Number, Number, Number]:
    """To interest and fees, to principal, left over: charges first up to 90 days past due, principal first from 91."""
    (charges_early, principal_early), left = waterfall(payment_minor, [charges_minor, principal_minor])
    (principal_late, charges_late), _ = waterfall(payment_minor, [principal_minor, charges_minor])
    flipped = dpd >= PRINCIPAL_FIRST_DPD
    return choose(flipped, charges_late, charges_early), choose(flipped, principal_late, principal_early), left


@dataclass(frozen=True)
class Charge:
    """One thing owed under the Chinese order: what it is and how much, minor units."""

    name: str
    kind: Literal["interest", "fee", "late_charge", "principal"]
    amount_minor: int


@dataclass(frozen=True)
class RatedBalance:
    """One balance under the American order. `deferred_cycles_left` counts billing cycles to the end of a deferred-interest
    plan, the current one included; None for a balance that is under no such plan."""

    name: str
    amount_minor: int
    apr_ppm: int
    deferred_cycles_left: int | None = None


def apportion_china(payment_minor: int, charges: Sequence[Charge], dpd: int) -> tuple[list[int], int]:
    """What each charge gets, in the order given, and what is left; within interest and fees, and within principal, the order
    is the one given, which the law leaves to the contract."""
    flipped = dpd >= PRINCIPAL_FIRST_DPD
    order = sorted(range(len(charges)), key=lambda i: (charges[i].kind == "principal") != flipped)
    return _in_order(payment_minor, [charge.amount_minor for charge in charges], order)


def apportion_us(
    payment_minor: int,
    minimum_due_minor: int,
    balances: Sequence[RatedBalance],
    minimum_to: Literal["lowest_apr", "highest_apr"],
) -> tuple[list[int], int]:
    """What each balance gets and what is left over.

    The minimum payment goes where the contract says (`minimum_to`); what is above it goes to deferred-interest balances in
    their last two cycles, soonest end first, then down the rates, a deferred balance counting as 0 % until then:
    12 CFR 1026.53 (rule US-RZ-53).
    """
    ascending = sorted(range(len(balances)), key=lambda i: _rate_counted(balances[i]))
    minimum_order = ascending if minimum_to == "lowest_apr" else ascending[::-1]
    minimum_part = min(max(payment_minor, 0), max(minimum_due_minor, 0))
    owed = [balance.amount_minor for balance in balances]
    by_minimum, unused = _in_order(minimum_part, owed, minimum_order)

    owed_then = [amount - part for amount, part in zip(owed, by_minimum, strict=True)]
    excess = max(payment_minor, 0) - minimum_part + unused
    excess_order = sorted(range(len(balances)), key=lambda i: _excess_rank(balances[i]))
    by_excess, left = _in_order(excess, owed_then, excess_order)
    return [a + b for a, b in zip(by_minimum, by_excess, strict=True)], left


def _in_order(payment_minor: int, owed_minor: Sequence[int], order: Sequence[int]) -> tuple[list[int], int]:
    parts, left = waterfall(payment_minor, [owed_minor[i] for i in order])
    applied = [0] * len(owed_minor)
    for i, part in zip(order, parts, strict=True):
        applied[i] = part
    return applied, left


def _rate_counted(balance: RatedBalance) -> int:
    return balance.apr_ppm if balance.deferred_cycles_left is None else 0


def _excess_rank(balance: RatedBalance) -> tuple[int, int, int]:
    cycles = balance.deferred_cycles_left
    if cycles is not None and cycles <= DEFERRED_FIRST_CYCLES:
        return (0, cycles, -balance.apr_ppm)
    return (1, 0, -_rate_counted(balance))
