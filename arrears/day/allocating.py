"""The step `allocate`: the openings of all shards together, shared out by worth, and what became of each written by shard.

Tables of openings come in; a table of `MADE` a shard and the prices of the day go out. The plan does not depend on how
customers are cut into shards.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from arrears.allocate.openings import OPENINGS
from arrears.allocate.options import Groups, options, required_first
from arrears.allocate.problem import NO_CAPACITY, Capacity, FloorsExceedCapacityError
from arrears.allocate.response import Response
from arrears.allocate.solve import Plan, solve_in_memory
from arrears.allocate.worths import Worths, capacities_of, groups_of, worths
from arrears.bank import Bank, Effort
from arrears.engine.duck import write_sorted

ROW_KEY = ("customer_id", "step", "alternative")
ORDER = [("customer_id", "ascending"), ("priority", "descending"), ("step", "ascending"), ("alternative", "ascending")]
SHARD = "shard_number"


def share_out(files: Sequence[Path], response: Response, effort: Effort, bank: Bank, into: Path) -> tuple[int, dict[str, Any]]:
    """Write what became of every opening beside each other under the shards' names; returns rows and facts for the manifest.

    Raises `FloorsExceedCapacityError` where what must be made takes more than there is, `ResponseError` where costs are in a
    currency without a rate.
    """
    found = _read(files)
    groups = _groups(found)
    told = worths(found, response, effort, bank)
    forced, left = required_first(groups)
    capacities = _less(capacities_of(effort), told, forced)
    choices = options(left, told, np.arange(len(groups.starts) - 1, dtype=np.int64))
    plan = solve_in_memory(choices.partition, capacities)
    made = forced | choices.made(plan.choice(), len(found))
    table = pa.table({
        **{name: found[name] for name in ROW_KEY}, "made": pa.array(made), "required": pa.array(forced),
        "worth_minor": pa.array(told.worth_minor), "effort_minor": pa.array(_effort(told, plan)),
        SHARD: found[SHARD],
    })  # fmt: skip
    with duckdb.connect(":memory:") as connection:
        connection.register("found", table)
        for number, file in enumerate(files):
            rows = f"SELECT * EXCLUDE ({SHARD}) FROM found WHERE {SHARD} = {number}"
            write_sorted(connection, rows, into / file.name, ROW_KEY)
    return len(found), _facts(plan, capacities_of(effort), told, forced, made)


def _read(files: Sequence[Path]) -> pa.Table:
    """The openings of all shards, each customer's together and the most urgent first, with the number of the shard."""
    parts = [
        table.append_column(SHARD, pa.array(np.full(len(table), number, np.int32)))
        for number, table in enumerate(pq.read_table(file, columns=list(OPENINGS)) for file in files)
    ]
    return pa.concat_tables(parts).sort_by(ORDER).combine_chunks()


def _groups(found: pa.Table) -> Groups:
    step, channel = (_numbered(found[name]) for name in ("step", "channel"))
    required = found["required"].to_numpy(zero_copy_only=False).astype(np.bool_)
    return Groups(groups_of(found), step, channel, found["room"].to_numpy(), required)


def _numbered(column: pa.ChunkedArray) -> NDArray[np.int64]:
    numbers: NDArray[np.int64] = column.combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    return numbers


def _taken(told: Worths, which: NDArray[np.bool_], capacities_n: int) -> NDArray[np.int64]:
    """What these openings take of each capacity."""
    resource, amount = told.resource[which].reshape(-1), told.amount[which].reshape(-1)
    used = np.zeros(capacities_n, np.int64)
    drawn = resource != NO_CAPACITY
    np.add.at(used, resource[drawn], amount[drawn])
    return used


def _less(capacities: Sequence[Capacity], told: Worths, forced: NDArray[np.bool_]) -> tuple[Capacity, ...]:
    """The capacities without what must be made."""
    left = []
    for capacity, used in zip(capacities, _taken(told, forced, len(capacities)).tolist(), strict=True):
        if used > capacity.amount:
            raise FloorsExceedCapacityError(capacity.name, capacity.unit, forced=used, amount=capacity.amount)
        left.append(Capacity(capacity.name, capacity.amount - used, capacity.unit))
    return tuple(left)


def _effort(told: Worths, plan: Plan) -> NDArray[np.int64]:
    """What the effort of each opening would bring elsewhere, at the prices; minor units, rounded down."""
    taken, which = np.unique(np.concatenate([told.resource, told.amount], axis=1), axis=0, return_inverse=True)
    slots = told.resource.shape[1]
    prices = (*plan.prices, 0)  # the last for `NO_CAPACITY`, whose amount is 0
    costs = [
        sum(amount * prices[number] for number, amount in zip(row[:slots], row[slots:], strict=True)) for row in taken.tolist()
    ]
    return np.array([cost >> plan.scale for cost in costs], np.int64)[which.reshape(-1)]


def _facts(
    plan: Plan, capacities: Sequence[Capacity], told: Worths, forced: NDArray[np.bool_], made: NDArray[np.bool_]
) -> dict[str, Any]:  # fmt: skip
    """What the manifest says of the day's effort."""
    used = _taken(told, made, len(capacities)).tolist()
    return {
        "objective_minor": plan.objective, "bound_minor": plan.bound, "gap_ppb": plan.gap_ppb,
        "required": int(forced.sum()), "made": int(made.sum()),
        "capacities": [
            {
                "name": capacity.name, "unit": capacity.unit, "amount": capacity.amount, "used": used[number],
                "price_ppm_minor": plan.prices[number] * 1_000_000 >> plan.scale,
            }
            for number, capacity in enumerate(capacities)
        ],
    }  # fmt: skip
