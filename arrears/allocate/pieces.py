"""Customers taken out of partitions, and put together again."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from arrears.allocate.problem import NO_CAPACITY, NONE, Ints, Partition

_NO_ROWS = np.empty(0, np.int32)


def picked(partition: Partition, which: NDArray[np.bool_]) -> Partition:
    """The customers marked, copied, with their keys written out."""
    rows = np.flatnonzero(which)
    key = partition.key[rows] if len(partition.key) else partition.first + rows.astype(np.int64)
    forced = partition.forced[rows] if len(partition.forced) else partition.forced
    if partition.width:
        wanted = (rows[:, None] * partition.width + np.arange(partition.width)).reshape(-1)
        offsets, pattern = partition.offsets, partition.pattern
    else:
        lengths = np.diff(partition.offsets)[rows]
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        wanted = np.repeat(partition.offsets[rows] - offsets[:-1], lengths) + np.arange(offsets[-1])
        pattern = partition.pattern[wanted]
    return Partition(
        partition.value[wanted], partition.amount[wanted], pattern, partition.resource, offsets, partition.width,
        len(rows), 0, key, forced,
    )  # fmt: skip


def joined(parts: Iterable[Partition]) -> Partition:
    """Partitions with keys of their own as one; the kernels' answers over it are the sums of theirs."""
    every = [part for part in parts if part.customers]
    if not every:
        empty = np.empty(0, np.int64)
        return Partition(
            empty, np.empty((0, 1), np.int64), _NO_ROWS, np.full((1, 1), NO_CAPACITY, np.int32), np.zeros(1, np.int64), 0, 0, 0,
            empty, _NO_ROWS,
        )  # fmt: skip
    head = every[0]
    alike = all(one.width == head.width and np.array_equal(one.resource, head.resource) for one in every)
    parts_of = every if head.width and alike else [_spelled_out(one) for one in every]
    slots = max(one.amount.shape[1] for one in parts_of)
    resources, patterns, offsets, start, row = [], [], [np.zeros(1, np.int64)], 0, 0
    for one in parts_of:
        resources.append(_widened(one.resource, slots, NO_CAPACITY))
        patterns.append(one.pattern + np.int32(start))
        offsets.append(one.offsets[1:] + row)
        start, row = start + len(one.resource), row + len(one.value)
    spelled = parts_of is not every
    return Partition(
        np.concatenate([one.value for one in parts_of]),
        np.concatenate([_widened(one.amount, slots, 0) for one in parts_of]),
        np.concatenate(patterns) if spelled else head.pattern,
        np.concatenate(resources) if spelled else head.resource,
        np.concatenate(offsets) if spelled else head.offsets,
        0 if spelled else head.width, sum(one.customers for one in parts_of), 0,
        np.concatenate([one.key for one in parts_of]),
        np.concatenate([_floors(one) for one in parts_of]) if any(len(one.forced) for one in parts_of) else _NO_ROWS,
    )  # fmt: skip


def _spelled_out(partition: Partition) -> Partition:
    """The dense form in the other one."""
    if not partition.width:
        return partition
    n, width = partition.customers, partition.width
    pattern = np.tile(np.arange(width, dtype=np.int32), n)
    offsets = np.arange(n + 1, dtype=np.int64) * width
    return Partition(
        partition.value, partition.amount, pattern, partition.resource, offsets, 0, n, partition.first, partition.key,
        partition.forced,
    )  # fmt: skip


def _widened(rows: Ints, slots: int, filler: int) -> Ints:
    return np.hstack([rows, np.full((len(rows), slots - rows.shape[1]), filler, rows.dtype)])


def _floors(partition: Partition) -> NDArray[np.int32]:
    return partition.forced if len(partition.forced) else np.full(partition.customers, NONE, np.int32)
