"""Spark finds the plan that one process finds, to the last bit."""

from __future__ import annotations

import pytest

from arrears.allocate.on_spark import solve_on_spark
from arrears.allocate.rows import chosen_rows, partition_of, sorted_rows
from arrears.allocate.solve import solve_in_memory
from arrears.engine import Sessions
from tests.allocate.worlds import DISTRICTS_SHARED, districts

SCHEMA = "customer long, candidate int, value long, resources array<int>, amounts array<long>, forced boolean"


@pytest.mark.spark
def test_spark_finds_the_plan_that_one_process_finds(spark: Sessions) -> None:
    from pyspark.sql import SparkSession

    rows = sorted_rows(districts(4_000))
    partition = partition_of(rows)
    here = solve_in_memory(partition, DISTRICTS_SHARED)

    shuffled = [tuple(row.values()) for row in reversed(rows.to_pylist())]
    there = solve_on_spark(SparkSession.active().createDataFrame(shuffled, SCHEMA), DISTRICTS_SHARED, partitions=3)

    assert (there.plan.objective, there.plan.bound, there.plan.prices, there.plan.use) == (
        here.objective, here.bound, here.prices, here.use,
    )  # fmt: skip
    chosen = sorted((row.customer, row.candidate) for row in there.chosen.collect())
    assert chosen == [tuple(row.values()) for row in chosen_rows(rows, partition, here.choice()).to_pylist()]
