"""Spark finds the same segments and candidates, to the last byte."""

import ibis
import pytest

from arrears.engine import Sessions
from arrears.engine.spark import SQL_SETTINGS
from arrears.playbook import candidates, default_contents, default_path, load, load_contents, rendered, segmented
from arrears.playbook.contents import PLACEHOLDERS
from tests.playbook.world import AS_OF, CUSTOMERS, SCORES, SEGMENTS, connected, random_customers


@pytest.mark.spark
def test_spark_agrees_with_duckdb(tmp_path, spark: Sessions):
    from pyspark.sql import SparkSession

    guide, texts = load(default_path()), load_contents(default_contents())
    segments = segmented(CUSTOMERS, SCORES, guide, AS_OF)
    found = candidates(CUSTOMERS, SEGMENTS, guide, AS_OF)
    filled = dict.fromkeys(PLACEHOLDERS, ibis.literal("x{}"))
    worded = ibis.table(found.schema(), name="candidates").mutate(language=ibis.literal("zh"), **filled)
    worded = worded.select("customer_id", "step", "alternative", text=rendered(worded, texts))
    connection = connected(random_customers(600, seed=21))
    there = SparkSession.active().newSession()
    for name, value in SQL_SETTINGS.items():
        there.conf.set(name, value)
    for name in ("customers", "scores"):
        connection.sql(f"from {name}").write_parquet(str(tmp_path / f"{name}.parquet"))
        there.read.parquet(str(tmp_path / f"{name}.parquet")).createOrReplaceTempView(name)
    for name, expression, keys in (
        ("segments", segments, ["customer_id"]),
        ("candidates", found, ["customer_id", "step", "alternative"]),
        ("worded", worded, ["customer_id", "step", "alternative"]),
    ):
        connection.execute(f"create table {name} as {ibis.to_sql(expression, dialect='duckdb')}")
        there.sql(ibis.to_sql(expression, dialect="pyspark")).cache().createOrReplaceTempView(name)
        ours = connection.sql(f"from {name} order by {', '.join(keys)}").to_arrow_table().to_pylist()
        theirs = [row.asDict() for row in there.table(name).orderBy(*keys).collect()]
        assert len(ours) > 100 and theirs == ours, name
        kinds = dict(there.table(name).dtypes)
        assert {kinds[column] for column in kinds} <= {"string", "bigint"}
