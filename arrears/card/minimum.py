"""The minimum payment: a product's shares of what is owed, plus what was left unpaid before, with a floor.

`minimum_payment` takes Python ints, NumPy int64 arrays or Ibis int64 columns, up to 10**12 minor units each.
"""

from __future__ import annotations

from dataclasses import dataclass

from arrears.money import BASIS_POINTS, Number, choose, divide_half_up, largest, share_bp, smallest


@dataclass(frozen=True)
class MinimumTerms:
    """Shares in basis points (10 % is 1,000) of each part of the statement balance, and the floor in minor units."""

    purchases_bp: int = 1_000
    cash_bp: int = 10_000
    instalments_bp: int = 10_000
    interest_bp: int = 10_000
    fees_bp: int = 10_000
    floor_minor: int = 0


def minimum_payment(
    balance_minor: Number,
    terms: MinimumTerms,
    *,
    purchases_minor: Number = 0,
    cash_minor: Number = 0,
    instalments_minor: Number = 0,
    interest_minor: Number = 0,
    fees_minor: Number = 0,
    past_due_minor: Number = 0,
) -> Number:
    """The minimum payment, minor units: the shares rounded once (halves up), plus all of the past-due minimum.

    At least the floor, never above the balance, and nothing where nothing is owed. `past_due_minor` is what earlier minimum
    payments left unpaid; take it out of the other parts, or it is asked for twice.
    """
    shares = (
        purchases_minor * terms.purchases_bp
        + cash_minor * terms.cash_bp
        + instalments_minor * terms.instalments_bp
        + interest_minor * terms.interest_bp
        + fees_minor * terms.fees_bp
    )
    asked = divide_half_up(shares, BASIS_POINTS) + past_due_minor
    return largest(smallest(largest(asked, terms.floor_minor), balance_minor), 0)


def newly_asked(
    owed_minor: Number, past_due_minor: Number, in_full_minor: Number, share: Number, floor_minor: Number
) -> Number:
    """What a statement asks for beyond its past-due part, minor units: charges in full and a share of the rest.

    At least the floor, never above what is owed without the past-due part. `share` is in basis points, `in_full_minor` the
    charges and instalments of the cycle. The minimum payment is this and the past-due part.
    """
    open_minor = owed_minor - past_due_minor
    in_full = smallest(in_full_minor, open_minor)
    return smallest(largest(share_bp(open_minor - in_full, share) + in_full, floor_minor), open_minor)


def unpaid_after(minimum_minor: Number, paid_minor: Number) -> Number:
    """What is left of a minimum payment after payments, minor units; never below zero."""
    return choose(paid_minor >= minimum_minor, 0, minimum_minor - paid_minor)
