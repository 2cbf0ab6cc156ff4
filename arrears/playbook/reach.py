"""What a segment can ever hold: limits on its days, conditions nobody meets, segments that an earlier one takes whole.

Only what follows from single conditions is claimed; a playbook may pass here and still hold a segment that nobody enters.
"""

from __future__ import annotations

from collections.abc import Iterator

from arrears.playbook.conditions import All, Atom, Between, Condition, DaysAgo, Either, Flagged, Not, OneOf

BUCKET_DAYS = 30
BUCKET_LAST = 7
"""Bucket 7 is everything over 180 DPD."""

Limits = tuple[int | None, int | None]


def demanded(condition: Condition) -> Iterator[Condition]:
    """The parts that must all hold, with nested groups of `all` opened."""
    if isinstance(condition, All):
        for part in condition.parts:
            yield from demanded(part)
    else:
        yield condition


def limits_of(part: Condition, column: str) -> Limits | None:
    """The least and largest value of `column` that `part` lets through; None if it does not look at it."""
    if isinstance(part, Between) and part.column == column:
        return part.low, part.high
    if isinstance(part, OneOf) and part.column == column and all(isinstance(value, int) for value in part.values):
        numbers = [int(value) for value in part.values]
        return min(numbers), max(numbers)
    return None


def narrowed(condition: Condition, column: str) -> Limits:
    """Limits of `column` under the whole condition."""
    low: int | None = None
    high: int | None = None
    for part in demanded(condition):
        found = limits_of(part, column)
        if found:
            low = found[0] if low is None else low if found[0] is None else max(low, found[0])
            high = found[1] if high is None else high if found[1] is None else min(high, found[1])
    return low, high


def dpd_limits(condition: Condition) -> Limits:
    """Days past due a segment can hold, by its conditions on `dpd`, `bucket` and `cycles_past_due`."""
    low, high = narrowed(condition, "dpd")
    bucket_low, bucket_high = narrowed(condition, "bucket")
    low = max(low or 0, 0 if not bucket_low else 1 + BUCKET_DAYS * (min(bucket_low, BUCKET_LAST) - 1))
    if bucket_high is not None and bucket_high < BUCKET_LAST:
        high = BUCKET_DAYS * bucket_high if high is None else min(high, BUCKET_DAYS * bucket_high)
    return low, high


def bucket_days_max(condition: Condition) -> int | None:
    """Most days a customer can be in one bucket there; None without limit (bucket 0, and the last)."""
    low, high = dpd_limits(condition)
    if low is not None and low >= 1 and high is not None and high <= BUCKET_DAYS * (BUCKET_LAST - 1):
        return BUCKET_DAYS - 1
    return None


def contradiction(condition: Condition) -> str:
    """The column whose conditions no value meets; empty if none is seen."""
    for part in demanded(condition):
        if isinstance(part, Between | OneOf | DaysAgo):
            low, high = narrowed(condition, part.column) if not isinstance(part, DaysAgo) else (part.low, part.high)
            if low is not None and high is not None and low > high:
                return part.column
    low, high = dpd_limits(condition)
    return "dpd and bucket" if low is not None and high is not None and low > high else ""


def implies(condition: Condition, earlier: Condition) -> bool:
    """Whether whoever meets `condition` surely meets `earlier`."""
    if isinstance(earlier, All):
        return all(implies(condition, part) for part in earlier.parts)
    if isinstance(condition, Either):
        return all(implies(part, earlier) for part in condition.parts)
    parts = list(demanded(condition))
    if isinstance(earlier, Either):
        if any(implies(condition, part) for part in earlier.parts) or earlier in parts:
            return True
        return any(isinstance(part, Either) and implies(part, earlier) for part in parts)
    if isinstance(earlier, Not):
        return earlier in parts or any(isinstance(part, Not) and implies(earlier.part, part.part) for part in parts)
    return _implies_atom(condition, parts, earlier)


def _implies_atom(condition: Condition, parts: list[Condition], earlier: Atom) -> bool:
    if earlier in parts:
        return True
    if isinstance(earlier, Flagged | DaysAgo):
        return any(isinstance(part, Either) and implies(part, earlier) for part in parts)
    if isinstance(earlier, OneOf) and any(
        isinstance(part, OneOf) and part.column == earlier.column and set(part.values) <= set(earlier.values) for part in parts
    ):
        return True
    if isinstance(earlier, Between):
        low, high = dpd_limits(condition) if earlier.column == "dpd" else narrowed(condition, earlier.column)
        # a limit is only known to hold where the condition demands the column at all, else the value may be missing
        seen = any(limits_of(part, earlier.column) for part in parts)
        return seen and (
            (earlier.low is None or (low is not None and low >= earlier.low))
            and (earlier.high is None or (high is not None and high <= earlier.high))
        )
    return False
