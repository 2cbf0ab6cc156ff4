"""The late charge (违约金): a share of the unpaid minimum payment within a floor and a cap, more when it happens again.

Every function takes Python ints, NumPy int64 arrays or Ibis int64 columns, and answers in minor units.
"""

from __future__ import annotations

from dataclasses import dataclass

from arrears.money import Number, choose, largest, share_bp, smallest


@dataclass(frozen=True)
class LateTerms:
    """`share_bp` of the unpaid minimum payment, at least the floor, at most the cap. A fixed fee has floor and cap equal."""

    share_bp: int
    floor_minor: int
    cap_minor: int


def late_charge(unpaid_minor: Number, charge_bp: Number, floor_minor: Number, cap_minor: Number) -> Number:
    """The charge for `unpaid_minor` of a minimum payment; nothing where nothing is unpaid, and the cap beats the floor."""
    charge = smallest(largest(share_bp(unpaid_minor, charge_bp), floor_minor), cap_minor)
    return choose(unpaid_minor <= 0, 0, charge)


def late_charge_beyond_tolerance(
    unpaid_minor: Number, tolerance_minor: Number, charge_bp: Number, floor_minor: Number, cap_minor: Number
) -> Number:
    """The charge, never above what is unpaid; nothing where that is within the tolerance."""
    charge = smallest(late_charge(unpaid_minor, charge_bp, floor_minor, cap_minor), unpaid_minor)
    return choose(unpaid_minor <= tolerance_minor, 0, charge)


def late_charge_by_history(unpaid_minor: Number, late_before: Number, first: LateTerms, repeated: LateTerms) -> Number:
    """The charge by `repeated` where the account was late before within the contract's look-back, else by `first`.

    `late_before` counts those earlier times.
    """
    return choose(
        late_before > 0,
        late_charge(unpaid_minor, repeated.share_bp, repeated.floor_minor, repeated.cap_minor),
        late_charge(unpaid_minor, first.share_bp, first.floor_minor, first.cap_minor),
    )


def not_above_minimum(charge_minor: Number, minimum_due_minor: Number) -> Number:
    """The charge, no more than the whole minimum payment that was due: 12 CFR 1026.52(b)(2)(i)(A) (rule US-RZ-52b2)."""
    return smallest(charge_minor, largest(minimum_due_minor, 0))
