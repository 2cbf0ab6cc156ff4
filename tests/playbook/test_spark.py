"""Spark finds the same segments and candidates, to the last byte."""

import shutil

import ibis
import pytest

from arrears.playbook import candidates, default_contents, default_path, load, load_contents, rendered, segmented
from arrears.playbook.contents import PLACEHOLDERS
from tests.playbook.world import AS_OF, CUSTOMERS, SCORES, SEGMENTS, connected, random_customers

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(shutil.which("java") is None, reason="needs Java: apt-get install default-jre-headless"),
]


def test_spark_agrees_with_duckdb(tmp_path):
    from pyspark.sql import SparkSession

    guide, texts = load(default_path()), load_contents(default_contents())
    segments = segmented(CUSTOMERS, SCORES, guide, AS_OF)
    found = candidates(CUSTOMERS, SEGMENTS, guide, AS_OF)
    filled = dict.fromkeys(PLACEHOLDERS, ibis.literal("x{}"))
    worded = ibis.table(found.schema(), name="candidates").mutate(language=ibis.literal("zh"), **filled)
    worded = worded.select("customer_id", "step", "alternative", text=rendered(worded, texts))
    connection = connected(random_customers(600, seed=21))
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.warehouse.dir", str(tmp_path / "warehouse"))
        .config("spark.sql.ansi.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    try:
        for name in ("customers", "scores"):
            connection.sql(f"from {name}").write_parquet(str(tmp_path / f"{name}.parquet"))
            spark.read.parquet(str(tmp_path / f"{name}.parquet")).createOrReplaceTempView(name)
        for name, expression, keys in (
            ("segments", segments, ["customer_id"]),
            ("candidates", found, ["customer_id", "step", "alternative"]),
            ("worded", worded, ["customer_id", "step", "alternative"]),
        ):
            connection.execute(f"create table {name} as {ibis.to_sql(expression, dialect='duckdb')}")
            spark.sql(ibis.to_sql(expression, dialect="pyspark")).cache().createOrReplaceTempView(name)
            ours = connection.sql(f"from {name} order by {', '.join(keys)}").to_arrow_table().to_pylist()
            theirs = [row.asDict() for row in spark.table(name).orderBy(*keys).collect()]
            assert len(ours) > 100 and theirs == ours, name
            kinds = dict(spark.table(name).dtypes)
            assert {kinds[column] for column in kinds} <= {"string", "bigint"}
    finally:
        spark.stop()
