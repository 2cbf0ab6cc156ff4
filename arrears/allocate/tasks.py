"""What is asked of one partition: pure functions of the partition and a few numbers, small exact answers.

Each task is a small object that can be sent to where the partition is (a thread, a Spark executor). Answers of several
partitions are combined by `merged`; as all sums are exact, neither the cut into partitions nor their order changes a bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from arrears.allocate import kernels
from arrears.allocate.pieces import picked
from arrears.allocate.problem import NO_CAPACITY, AllocationError, Partition

T = TypeVar("T")
_NO_ROWS = np.empty(0, np.int32)
_NO_MARKS = np.empty(0, np.bool_)


class Sweep(Protocol):
    """Runs a task over every partition and yields the answers in the partitions' order."""

    def __call__(self, task: Callable[[Partition], T], what: str) -> Iterator[T]: ...


@dataclass(frozen=True)
class Facts:
    """What must be known of a problem before it is solved."""

    customers: int
    candidates: int
    forced: int
    widest: int
    """Most candidates of one customer."""
    slots: int
    """Most capacities that one candidate can take of."""
    value_max: int
    """Largest absolute value, minor units."""
    most: tuple[int, ...]
    """Per capacity the most that one candidate takes."""
    taken: tuple[int, ...]
    """Per capacity what the floors take."""


@dataclass(frozen=True)
class Survey:
    """Partition -> `Facts`; refuses negative amounts, unknown capacities and amounts of none."""

    capacities: int

    def __call__(self, partition: Partition) -> Facts:
        if len(partition.resource) and partition.resource.max(initial=-1) >= self.capacities:
            raise AllocationError(
                f"a candidate takes of capacity number {partition.resource.max()}, there are {self.capacities}",
                remedy="number capacities from 0 in the order in which they are given",
            )
        most, taken = np.zeros(self.capacities + 1, np.int64), np.zeros(self.capacities + 1, np.int64)
        found = np.zeros(5, np.int64)
        kernels.survey(
            partition.value, partition.amount, partition.pattern, partition.resource, partition.offsets, partition.width,
            partition.customers, partition.forced, most, taken, found,
        )  # fmt: skip
        if found[1] < 0:
            raise AllocationError(f"a candidate takes {found[1]:,} of a capacity", remedy="amounts are 0 or more")
        if most[NO_CAPACITY]:
            raise AllocationError(f"a candidate takes {most[NO_CAPACITY]:,} of no capacity", remedy="put 0 in an unused slot")
        exact = max(int(found[0]), 1), max(int(most.max()), 1)
        if partition.customers * max(exact) >= 1 << 62:
            raise AllocationError(
                f"{partition.customers:,} customers with numbers up to {max(exact):,} would overflow 64 bits",
                remedy="give values in minor units and amounts in coarser units, or cut into smaller partitions",
            )
        return Facts(
            partition.customers, len(partition.value), int(found[2]), int(found[3]), partition.amount.shape[1], int(found[0]),
            tuple(most[:-1].tolist()), tuple(taken[:-1].tolist()),
        )  # fmt: skip

    @staticmethod
    def merged(answers: Iterable[Facts]) -> Facts:
        """Sums and maxima over partitions."""
        every = list(answers)
        if not every:
            raise AllocationError("there are no partitions", remedy="give at least one, with no customers if there are none")
        return Facts(
            sum(one.customers for one in every), sum(one.candidates for one in every), sum(one.forced for one in every),
            max((one.widest for one in every), default=0), max((one.slots for one in every), default=0),
            max((one.value_max for one in every), default=0),
            tuple(max(column) for column in zip(*(one.most for one in every), strict=True)),
            tuple(sum(column) for column in zip(*(one.taken for one in every), strict=True)),
        )  # fmt: skip


@dataclass(frozen=True)
class Scales:
    """How reduced values are represented; see `arrears.allocate.kernels`."""

    scale: int
    """Bits after the point of a price."""
    tie_mask: int
    coarse: int
    """Bits that the curvature leaves out of what is spent at the prices."""
    price_max: tuple[int, ...]
    """Per capacity the highest price with which no reduced value overflows."""

    @staticmethod
    def of(facts: Facts) -> Scales:
        """As many bits after the point as fit; raises `AllocationError` where fewer than 12 do."""
        scale = min(32, 58 - facts.value_max.bit_length())
        if scale < 12:
            raise AllocationError(
                f"a candidate is worth {facts.value_max:,} minor units, more than 46 bits hold",
                remedy="check the values' unit; values are minor units of money",
            )
        return Scales(
            scale, (1 << min(scale - 12, 12)) - 1, scale + max(0, facts.value_max.bit_length() - 30),
            tuple((1 << 60) // (max(facts.slots, 1) * max(most, 1)) for most in facts.most),
        )  # fmt: skip


@dataclass(frozen=True)
class Sums:
    """What best choices at some prices come to, over all customers seen."""

    value: int
    """Minor units."""
    ties: int
    use: tuple[int, ...]
    near: int
    """Customers with a margin below the band."""
    curvature: NDArray[np.int64]
    """Sums of products of differences in use over them, (capacities, capacities), see `kernels.scan`."""


@dataclass(frozen=True)
class PassAt:
    """Partition -> `Sums` of the best choices at `prices`."""

    prices: tuple[int, ...]
    band: int
    weigh: tuple[int, ...]
    """Prices at which differences in use are weighed for the curvature."""
    scales: Scales

    def __call__(self, partition: Partition) -> Sums:
        return self.filled(partition, _NO_ROWS, _NO_MARKS)

    def filled(self, partition: Partition, choice: NDArray[np.int32], near: NDArray[np.bool_]) -> Sums:
        """The same, with every customer's choice and nearness written into the arrays given."""
        n = len(self.prices)
        use, curvature, sums = np.zeros(n + 1, np.int64), np.zeros((n + 1, n + 1), np.int64), np.zeros(3, np.int64)
        table = np.array((*self.prices, 0), np.int64)[partition.resource]
        kernels.scan(
            partition.value, partition.amount, partition.pattern, partition.resource, partition.offsets, partition.width,
            partition.customers, partition.first, partition.key, partition.forced, table, self.scales.scale,
            self.scales.tie_mask, self.band, np.array((*self.weigh, 0), np.int64),
            self.scales.coarse, use, curvature, sums, choice, near,
        )  # fmt: skip
        return Sums(int(sums[0]), int(sums[1]), tuple(use[:-1].tolist()), int(sums[2]), curvature[:-1, :-1])

    @staticmethod
    def merged(answers: Iterable[Sums]) -> Sums:
        """Exact sums over partitions."""
        value = ties = near = 0
        use: list[int] = []
        curvature: NDArray[np.int64] | None = None
        for one in answers:
            value, ties, near = value + one.value, ties + one.ties, near + one.near
            use = [a + b for a, b in zip(use, one.use, strict=True)] if use else list(one.use)
            curvature = one.curvature if curvature is None else curvature + one.curvature
        return Sums(value, ties, tuple(use), near, np.zeros((0, 0), np.int64) if curvature is None else curvature)


@dataclass(frozen=True)
class Sample:
    """Partition -> the customers without a floor that a hash of their key draws, `per_billion` of all."""

    per_billion: int

    def __call__(self, partition: Partition) -> Partition:
        drawn = np.ones(partition.customers, np.bool_)
        below = np.uint64(min((1 << 64) - 1, (self.per_billion << 64) // 1_000_000_000))
        kernels.drawn(partition.first, partition.key, partition.forced, below, drawn)
        return picked(partition, drawn)


@dataclass(frozen=True)
class Marginal:
    """Some customers with their candidates, and their choices at the prices."""

    partition: Partition
    choice: NDArray[np.int32]


@dataclass(frozen=True)
class Gather:
    """Partition -> `Sums` at the prices, and the `Marginal` customers, whose margin is below the band."""

    at: PassAt

    def __call__(self, partition: Partition) -> tuple[Sums, Marginal]:
        choice, near = np.empty(partition.customers, np.int32), np.zeros(partition.customers, np.bool_)
        sums = self.at.filled(partition, choice, near)
        return sums, Marginal(picked(partition, near), choice[near])


@dataclass(frozen=True)
class Chosen:
    """The plan of one partition, with what it comes to."""

    choice: NDArray[np.int8] | NDArray[np.int32]
    """Place of every customer's treatment among its candidates, -1 for none; empty where only the sums were asked for."""
    value: int
    use: tuple[int, ...]
    worked: int
    """Customers with a treatment."""


@dataclass(frozen=True)
class Choose:
    """Partition -> `Chosen`: best choices at the prices, but for the customers in `keys` (sorted), who get `places`."""

    at: PassAt
    keys: NDArray[np.int64]
    places: NDArray[np.int32]

    def __call__(self, partition: Partition) -> Chosen:
        choice = np.empty(partition.customers, np.int32)
        self.at.filled(partition, choice, _NO_MARKS)
        if len(self.keys):
            keys = partition.keys()
            at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
            hit = self.keys[at] == keys
            choice[hit] = self.places[at[hit]]
        use, sums = np.zeros(len(self.at.prices) + 1, np.int64), np.zeros(2, np.int64)
        kernels.total(
            partition.value, partition.amount, partition.pattern, partition.resource, partition.offsets, partition.width,
            choice, use, sums,
        )  # fmt: skip
        small = choice.astype(np.int8) if choice.max(initial=0) <= 127 else choice
        return Chosen(small, int(sums[0]), tuple(use[:-1].tolist()), int(sums[1]))


@dataclass(frozen=True)
class ChooseSums:
    """Partition -> `Chosen` without the choices."""

    choose: Choose

    def __call__(self, partition: Partition) -> Chosen:
        made = self.choose(partition)
        return Chosen(np.empty(0, np.int8), made.value, made.use, made.worked)
