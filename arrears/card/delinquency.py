"""How late an account is: days past due, bucket, cycles past due, cure, and the two Chinese classification ladders.

Every function takes Python ints, NumPy int64 arrays or Ibis int64 columns and answers in kind. Nulls are the caller's: a
column must hold a number in every row.
"""

from __future__ import annotations

from collections.abc import Sequence

from arrears.money import Number, choose, divide_down, largest, smallest

BUCKET_MAX = 7
"""The last bucket: over 180 days past due."""

CLASSES = ("normal", "special_mention", "substandard", "doubtful", "loss")
"""The five classes, best first; the position is the rank."""

CARD_LADDER = (("special_mention", 0), ("substandard", 90), ("doubtful", 120), ("loss", 180))
"""Class and the days past due it begins *after*: card measures of 2011, Art. 92 (rule CN-CC2011-92)."""

GENERAL_LADDER = (("special_mention", 0), ("substandard", 90), ("doubtful", 270), ("loss", 360))
"""The same for all financial assets of a bank: measures of 2023, Art. 10-13 (rule CN-CLASS-2023)."""


def carried(unpaid_minor: Number, tolerance_minor: Number) -> Number:
    """What counts as unpaid at the close, minor units: nothing while the shortfall is tolerated (容差), else all of it."""
    return choose(unpaid_minor <= tolerance_minor, 0, unpaid_minor)


def days_past_due(days_since_due: Number, grace_days: Number) -> Number:
    """Days past due: 0 up to the end of grace (容时), and then every day since the due date, the days of grace among them.

    `days_since_due` is negative before the due date.
    """
    return choose(days_since_due <= grace_days, 0, largest(days_since_due, 0))


def bucket(dpd: Number) -> Number:
    """0 current, 1 = 1-30 days past due, 2 = 31-60, ... 7 = over 180."""
    return choose(dpd <= 0, 0, smallest(divide_down(dpd + 29, 30), BUCKET_MAX))


def cycles_past_due(unpaid_flags: Sequence[Number]) -> Number:
    """Statements in a row, from the newest past-due one back, whose minimum payment is unpaid.

    `unpaid_flags` holds 1 (unpaid) or 0 for each statement whose due date has passed, newest first.
    """
    count, running = 0, 1
    for flag in unpaid_flags:
        running = running * flag
        count = count + running
    return count


def cycles_past_due_total(unpaid_flags: Sequence[Number]) -> Number:
    """Of the same statements, how many were unpaid at all, in a row or not."""
    count: Number = 0
    for flag in unpaid_flags:
        count = count + flag
    return count


def cured(dpd_before: Number, dpd_now: Number) -> Number:
    """1 where an account that was past due is current again, else 0."""
    return choose((dpd_before > 0) & (dpd_now <= 0), 1, 0)


def class_card(dpd: Number) -> Number:
    """Class by the card ladder: 1-90 special mention, 91-120 substandard, 121-180 doubtful, over 180 loss."""
    return _climb(CARD_LADDER, dpd)


def class_general(dpd: Number) -> Number:
    """Class by the general ladder: overdue special mention, over 90 substandard, over 270 doubtful, over 360 loss."""
    return _climb(GENERAL_LADDER, dpd)


def class_rank(code: Number) -> Number:
    """0 for normal ... 4 for loss; text in, number out."""
    rank: Number = 0
    for position, name in enumerate(CLASSES):
        rank = choose(code == name, position, rank)
    return rank


def class_stricter_rank(dpd: Number) -> Number:
    """Rank of the worse of both ladders at `dpd`: the stricter counts. Rank 2 and above is non-performing."""
    return largest(_climb_rank(CARD_LADDER, dpd), _climb_rank(GENERAL_LADDER, dpd))


def class_stricter(dpd: Number) -> Number:
    """Code of the worse of both ladders at `dpd`."""
    rank = class_stricter_rank(dpd)
    code: Number = CLASSES[0]
    for position, name in enumerate(CLASSES):
        code = choose(rank == position, name, code)
    return code


def _climb(ladder: Sequence[tuple[str, int]], dpd: Number) -> Number:
    code: Number = CLASSES[0]
    for name, after_days in ladder:
        code = choose(dpd > after_days, name, code)
    return code


def _climb_rank(ladder: Sequence[tuple[str, int]], dpd: Number) -> Number:
    rank: Number = 0
    for name, after_days in ladder:
        rank = choose(dpd > after_days, CLASSES.index(name), rank)
    return rank
