"""The columns of an allocation: customers, their candidate treatments, and what each takes of shared capacities.

A candidate takes amounts of a few capacities out of possibly hundreds. Which ones is said once per *pattern*, a row of
capacity numbers, and a candidate names its pattern; so a candidate costs its value, its pattern and a few amounts, and a
capacity of one district costs nothing to all the others. In the dense form a customer's candidates are the same treatments in
the same order, and the treatment's number is the pattern.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arrears.errors import ArrearsError

Ints = NDArray[np.int64] | NDArray[np.int32]
NO_CAPACITY = -1
"""Marks an empty place of a pattern; the amount there is 0."""
NONE = -1
"""As a choice: the customer is left alone. As a floor: there is none for this customer."""
CAPACITIES_MAX = 2_000


class AllocationError(ArrearsError):
    """Columns that cannot be allocated: shapes that do not fit together, negative amounts, numbers that would overflow."""


class FloorsExceedCapacityError(AllocationError):
    """What customers must get takes more of a capacity than there is; nothing was allocated."""

    def __init__(self, capacity: str, unit: str, *, forced: int, amount: int) -> None:
        self.capacity, self.unit, self.forced, self.amount = capacity, unit, forced, amount
        super().__init__(
            f"forced treatments take {forced:,} {unit} of {amount:,}, {forced - amount:,} too many",
            where=f"capacity {capacity}",
            remedy=f"raise the capacity to {forced:,} {unit}, or put fewer customers under its floor",
        )


@dataclass(frozen=True)
class Capacity:
    """Something shared: `amount` of it in whole `unit`s (`s` of agents, `fen`, `ppm` of a complaint), 0 or more."""

    name: str
    amount: int
    unit: str = "units"


@dataclass(frozen=True)
class Partition:
    """Some customers and all their candidates; several partitions together are the problem.

    Candidates of customer `i` are the rows `offsets[i]` to `offsets[i + 1]`, or, where `width` is not 0, the `width` rows from
    `i * width` (the dense form, in which `pattern` is empty and a candidate's pattern is its place).
    """

    value: Ints
    """Worth of each candidate in minor units of money, negative where it costs more than it brings; shape (candidates,)."""
    amount: Ints
    """What each candidate takes, 0 or more, in the capacities' units; shape (candidates, slots)."""
    pattern: NDArray[np.int32]
    """Row of `resource` that says of what the amounts are; shape (candidates,), or empty in the dense form."""
    resource: NDArray[np.int32]
    """Capacity numbers of each pattern, `NO_CAPACITY` where a slot is not used; shape (patterns, slots)."""
    offsets: NDArray[np.int64]
    """Shape (customers + 1,), or empty in the dense form."""
    width: int
    """Candidates of every customer in the dense form, else 0."""
    customers: int
    first: int
    """Key of the first customer where `key` is empty; keys then count up."""
    key: NDArray[np.int64]
    """Keys that tell customers apart over all partitions; shape (customers,), or empty."""
    forced: NDArray[np.int32]
    """Place of the candidate that a customer must get, or `NONE`; shape (customers,), or empty where there are no floors."""

    def rows(self, low: int, high: int) -> Partition:
        """The customers from `low` to before `high`, as views."""
        start, stop = (low * self.width, high * self.width) if self.width else map(int, self.offsets[[low, high]])
        return Partition(
            value=self.value[start:stop], amount=self.amount[start:stop], pattern=self.pattern[start:stop],
            resource=self.resource, offsets=self.offsets[low : high + 1] - start if not self.width else self.offsets,
            width=self.width, customers=high - low, first=self.first + low,
            key=self.key[low:high], forced=self.forced[low:high],
        )  # fmt: skip

    def keys(self) -> NDArray[np.int64]:
        """The customers' keys; shape (customers,)."""
        return self.key if len(self.key) else np.arange(self.first, self.first + self.customers, dtype=np.int64)


def dense(
    value: NDArray[np.integer], use: NDArray[np.integer], *, resource: NDArray[np.integer] | None = None, first: int = 0,
    key: NDArray[np.integer] | None = None, forced: NDArray[np.integer] | None = None,
) -> Partition:  # fmt: skip
    """Customers with the same treatments each: `value` (customers, treatments), `use` (customers, treatments, slots).

    Slot `s` of treatment `t` is of capacity `resource[t, s]`; without `resource` of capacity `s`. A treatment that is not
    possible for a customer gets a value below 0. Raises `AllocationError` for shapes that do not fit.
    """
    if value.ndim != 2 or use.ndim != 3 or use.shape[:2] != value.shape or not value.shape[1]:
        raise AllocationError(f"values of shape {value.shape} and uses of shape {use.shape} do not fit", remedy=_SHAPES)
    customers, width = value.shape
    slots = use.shape[2]
    if resource is None:
        resource = np.tile(np.arange(slots, dtype=np.int32), (width, 1))
    return _checked(Partition(
        value=_ints(value).reshape(-1), amount=_ints(use).reshape(customers * width, slots), pattern=np.empty(0, np.int32),
        resource=_int32(resource), offsets=np.empty(0, np.int64), width=width, customers=customers, first=first,
        key=_keys(key), forced=_int32(forced),
    ))  # fmt: skip


def sparse(
    offsets: NDArray[np.integer], value: NDArray[np.integer], amount: NDArray[np.integer], resource: NDArray[np.integer], *,
    first: int = 0, key: NDArray[np.integer] | None = None, forced: NDArray[np.integer] | None = None,
) -> Partition:  # fmt: skip
    """Customers with candidates of their own: those of `i` are rows `offsets[i]` to `offsets[i + 1]`.

    `amount` and `resource` have shape (candidates, slots): so much of that capacity, `NO_CAPACITY` and 0 for an unused slot.
    Raises `AllocationError` for shapes that do not fit.
    """
    if amount.ndim != 2 or resource.shape != amount.shape or len(value) != len(amount):
        raise AllocationError(f"{len(value):,} values, amounts {amount.shape}, capacities {resource.shape}", remedy=_SHAPES)
    patterns, pattern = _patterns(_int32(resource))
    return _checked(Partition(
        value=_ints(value), amount=_ints(amount), pattern=pattern, resource=patterns,
        offsets=np.ascontiguousarray(offsets, np.int64), width=0, customers=len(offsets) - 1, first=first,
        key=_keys(key), forced=_int32(forced),
    ))  # fmt: skip


_SHAPES = "give one value a candidate and as many slots a candidate in amounts as in capacity numbers"


def _patterns(resource: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The distinct rows, and for each row which it is."""
    if not len(resource) or not resource.shape[1]:
        return np.full((1, resource.shape[1]), NO_CAPACITY, np.int32), np.zeros(len(resource), np.int32)
    distinct, which = np.unique(resource, axis=0, return_inverse=True)
    return distinct, which.reshape(-1).astype(np.int32)


def _ints(column: NDArray[np.integer]) -> Ints:
    """As int32 or int64 in one piece and writable, which is what the kernels are compiled for."""
    kind = np.int32 if column.dtype in (np.int32, np.int16, np.int8, np.uint8, np.uint16) else np.int64
    if column.dtype.kind not in "iu" or column.dtype == np.uint64:
        raise AllocationError(f"a column of {column.dtype}", remedy="give whole numbers below 2^63: minor units, seconds")
    return np.require(column, kind, ["C", "W"])


def _int32(column: NDArray[np.integer] | None) -> NDArray[np.int32]:
    return np.empty(0, np.int32) if column is None else np.require(column, np.int32, ["C", "W"])


def _keys(key: NDArray[np.integer] | None) -> NDArray[np.int64]:
    return np.empty(0, np.int64) if key is None else np.require(key, np.int64, ["C", "W"])


def _checked(partition: Partition) -> Partition:
    """The partition, its columns held against each other."""
    n = partition.customers
    for name, column in (("keys", partition.key), ("floors", partition.forced)):
        if len(column) not in (0, n):
            raise AllocationError(f"{len(column):,} {name} for {n:,} customers", remedy="give one a customer, or none at all")
    widths = np.full(n, partition.width)
    if not partition.width:
        offsets = partition.offsets
        if n < 0 or offsets[0] != 0 or offsets[-1] != len(partition.value) or (np.diff(offsets) < 0).any():
            raise AllocationError(
                f"offsets do not cut {len(partition.value):,} candidates into customers",
                remedy="start at 0, never fall, end at the number of candidates",
            )
        widths = np.diff(offsets)
    if len(partition.forced) and ((partition.forced < NONE) | (partition.forced >= widths)).any():
        raise AllocationError("a floor names a candidate that its customer does not have", remedy=f"use 0 and up, or {NONE}")
    if partition.resource.shape[-1] != partition.amount.shape[-1] or (partition.resource < NO_CAPACITY).any():
        raise AllocationError(f"capacity numbers of shape {partition.resource.shape} do not fit the amounts", remedy=_SHAPES)
    return partition


def check_capacities(capacities: Sequence[Capacity]) -> None:
    """Raises `AllocationError` for none, too many, a name twice, or a negative amount."""
    if not 1 <= len(capacities) <= CAPACITIES_MAX:
        raise AllocationError(f"{len(capacities):,} capacities", remedy=f"give 1 to {CAPACITIES_MAX:,}")
    names = set()
    for capacity in capacities:
        if capacity.name in names or not 0 <= capacity.amount < 1 << 62:
            what = "named twice" if capacity.name in names else f"{capacity.amount:,} {capacity.unit}"
            raise AllocationError(what, where=f"capacity {capacity.name}", remedy="give each once, with 0 or more, below 2^62")
        names.add(capacity.name)
