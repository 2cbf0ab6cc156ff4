"""Allocation over tables of candidates: one row a candidate, as DuckDB, Ibis and Spark hold them.

| column | type | meaning |
|---|---|---|
| `customer` | int64 | tells customers apart; also breaks ties, so the same customer needs the same number every time |
| `candidate` | int32 | tells a customer's candidates apart; the lower number wins a tie of hashes |
| `value` | int64 | minor units |
| `resources` | list of int32 | numbers of the capacities it takes of |
| `amounts` | list of int64 | so much of each, in the same order |
| `forced` | boolean | a floor: the customer must get this one; at most one a customer |

Rows of a customer stand together, by `candidate` (`sorted_rows` sees to it).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from arrears.allocate.problem import NO_CAPACITY, NONE, AllocationError, Partition, sparse

COLUMNS = ("customer", "candidate", "value", "resources", "amounts", "forced")


def sorted_rows(table: pa.Table) -> pa.Table:
    """The table's candidates by customer and candidate."""
    return table.select(list(COLUMNS)).sort_by([("customer", "ascending"), ("candidate", "ascending")])


def partition_of(table: pa.Table) -> Partition:
    """The sorted rows of some customers as a partition; raises `AllocationError` for rows that do not fit together."""
    table = table.combine_chunks()
    customer = _numbers(table, "customer", np.int64)
    candidate = _numbers(table, "candidate", np.int32)
    starts = np.flatnonzero(np.diff(customer, prepend=customer[:1] - 1)) if len(customer) else np.empty(0, np.int64)
    offsets = np.append(starts, len(customer)).astype(np.int64)
    key = customer[starts]
    within = np.diff(customer) == 0
    if (np.diff(customer) < 0).any() or (np.diff(candidate.astype(np.int64))[within] <= 0).any():
        raise AllocationError("rows are not sorted, or a candidate comes twice", remedy="sort by customer and candidate")
    resource, amount = _slots(table)
    return sparse(
        offsets, _numbers(table, "value", np.int64), amount, resource, key=key, forced=_floors(table, starts, offsets, key)
    )  # fmt: skip


def _numbers(table: pa.Table, name: str, kind: type[np.integer]) -> NDArray[np.integer]:
    column = table[name]
    if column.null_count:
        raise AllocationError(f"{column.null_count:,} rows without a number", where=f"column {name}", remedy="leave them out")
    numbers: NDArray[np.integer] = column.to_numpy().astype(kind)
    return numbers


def _slots(table: pa.Table) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The lists side by side, as many slots as the longest has."""
    lengths = pc.list_value_length(table["resources"]).to_numpy(zero_copy_only=False).astype(np.int64)
    same = pc.list_value_length(table["amounts"]).to_numpy(zero_copy_only=False).astype(np.int64)
    if len(lengths) != len(same) or (lengths != same).any():
        raise AllocationError("lists of capacities and of amounts differ in length", remedy="give one amount a capacity")
    slots = max(int(lengths.max(initial=0)), 1)
    resource = np.full((len(lengths), slots), NO_CAPACITY, np.int32)
    amount = np.zeros((len(lengths), slots), np.int64)
    row = np.repeat(np.arange(len(lengths)), lengths)
    place = np.arange(len(row)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    resource[row, place] = pc.list_flatten(table["resources"]).to_numpy()
    amount[row, place] = pc.list_flatten(table["amounts"]).to_numpy()
    return resource, amount


def _floors(
    table: pa.Table, starts: NDArray[np.integer], offsets: NDArray[np.int64], key: NDArray[np.integer]
) -> NDArray[np.int32] | None:
    """Place of each customer's forced candidate, `None` where there is no floor at all."""
    rows = np.flatnonzero(table["forced"].to_numpy(zero_copy_only=False).astype(np.bool_))
    if not len(rows):
        return None
    owner = np.searchsorted(offsets, rows, side="right") - 1
    if (np.diff(owner) == 0).any():
        twice = int(key[owner[np.flatnonzero(np.diff(owner) == 0)[0]]])
        raise AllocationError("a customer has two floors", where=f"customer {twice}", remedy="force one candidate at most")
    forced = np.full(len(starts), NONE, np.int32)
    forced[owner] = rows - starts[owner]
    return forced


def chosen_rows(table: pa.Table, partition: Partition, choice: NDArray[np.signedinteger]) -> pa.Table:
    """Of the sorted rows that made the partition those that were chosen: `customer`, `candidate`."""
    worked = np.flatnonzero(choice >= 0)
    rows = partition.offsets[worked] + choice[worked]
    return table.select(["customer", "candidate"]).take(pa.array(rows))
