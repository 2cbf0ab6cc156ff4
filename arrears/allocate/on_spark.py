"""The allocation over the partitions of a Spark table: the same kernels where the rows are, the same plan to the last bit.

The driver sees sums, a sample, and the marginal customers; prices go out, no shuffle is needed beyond bringing each customer's
candidates together once.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from arrears.allocate.problem import Capacity, Partition
from arrears.allocate.rows import COLUMNS, chosen_rows, partition_of
from arrears.allocate.solve import Plan, solve

T = TypeVar("T")


@dataclass(frozen=True)
class SparkPlan:
    """The plan's figures (its `choices` are empty) and its rows: a Spark table of `customer`, `candidate`."""

    plan: Plan
    chosen: Any


def solve_on_spark(
    candidates: Any, capacities: Sequence[Capacity], *, partitions: int = 0, gap_ppb: int = 100_000
) -> SparkPlan:  # fmt: skip
    """`arrears.allocate.solve.solve` for a Spark table with the columns of `arrears.allocate.rows`.

    `partitions` 0: as many as Spark's shuffle makes. The sorted table is kept by Spark until the plan is found; `chosen` reads
    it again. Raises what `solve` raises, for faults in rows through Spark.
    """
    context = candidates.sparkSession.sparkContext
    if context.master.startswith("local") and "PYSPARK_PYTHON" not in os.environ:
        context.pythonExec = sys.executable  # else Spark's own workers look for any python3, which need not have arrears
    grouped = candidates.select(*COLUMNS)
    grouped = grouped.repartition(partitions, "customer") if partitions else grouped.repartition("customer")
    kept = grouped.sortWithinPartitions("customer", "candidate").persist()
    try:
        plan = solve(_Partitions(kept), capacities, gap_ppb=gap_ppb, collect=False)
    finally:
        kept.unpersist()
    chosen = kept.mapInArrow(_choosing(plan.rule), "customer long, candidate int")
    return SparkPlan(plan, chosen)


class _Partitions:
    """A `Sweep` over the partitions of a Spark table: a job a task."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def __call__(self, task: Callable[[Partition], T], what: str) -> Iterator[T]:
        """`what` is the job's name in Spark's pages."""
        self._table.sparkSession.sparkContext.setJobDescription(f"allocation: {what}")
        answers = self._table.mapInArrow(_answering(task), "answer binary").collect()
        return iter([pickle.loads(row.answer) for row in answers])  # noqa: S301 - our own executors wrote it


def _answering(task: Callable[[Partition], T]) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def answered(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        answer = pickle.dumps(task(partition_of(_table(batches))))
        yield pa.record_batch([pa.array([answer], pa.binary())], names=["answer"])

    return answered


def _choosing(rule: Any) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def chosen(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        table = _table(batches)
        partition = partition_of(table)
        choice = rule(partition).choice if partition.customers else np.empty(0, np.int8)
        yield from chosen_rows(table, partition, choice).to_batches()

    return chosen


def _table(batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """A partition's rows; of an empty one a table without rows."""
    every = list(batches)
    return pa.Table.from_batches(every) if every else _NO_ROWS


_NO_ROWS = pa.table({
    "customer": pa.array([], pa.int64()), "candidate": pa.array([], pa.int32()), "value": pa.array([], pa.int64()),
    "resources": pa.array([], pa.list_(pa.int32())), "amounts": pa.array([], pa.list_(pa.int64())),
    "forced": pa.array([], pa.bool_()),
})  # fmt: skip
