"""The Spark engine: each shard is a job of its own, so a cluster works on as many at once as it has room for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from arrears.engine.duck import write_sorted
from arrears.errors import UsageError


class SparkSession:
    """See `Session`. Rows are computed by Spark and written by the same writer as DuckDB's."""

    def __init__(self, spark: Any) -> None:
        self._spark = spark
        self._held: list[Any] = []

    def bind(self, name: str, files: Sequence[Path]) -> None:
        self._spark.read.parquet(*(str(file) for file in files)).createOrReplaceTempView(name)

    def alias(self, name: str, query: str) -> None:
        self._spark.sql(query).createOrReplaceTempView(name)

    def let(self, name: str, query: str) -> None:
        frame = self._spark.sql(query).localCheckpoint()
        frame.createOrReplaceTempView(name)
        self._held.append(frame)

    def write(self, query: str, path: Path, order: Sequence[str]) -> int:
        computed = self._spark.sql(query).toArrow()
        with duckdb.connect(":memory:") as connection:
            connection.execute("SET threads = 1; SET TimeZone = 'UTC'")
            connection.register("computed", computed)
            return write_sorted(connection, "SELECT * FROM computed", path, order)

    def write_in_place(self, query: str, path: Path, order: Sequence[str]) -> int:
        return self.write(query, path, order)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._spark.sql(query).collect()]

    def clear(self) -> None:
        for frame in self._held:
            frame.unpersist()
        self._held.clear()
        for table in self._spark.catalog.listTables():
            if table.isTemporary:
                self._spark.catalog.dropTempView(table.name)


class SparkSessions:
    """See `Sessions`. The master is Spark's own setting (`spark-defaults.conf`, SPARK_HOME); local threads without one."""

    dialect = "pyspark"

    def __init__(self, *, memory_limit_mb: int, workers: int) -> None:
        if shutil.which("java") is None:
            raise UsageError(
                "Spark needs Java, and there is none here",
                where="--engine spark",
                remedy="apt-get install default-jre-headless",
            )
        try:
            from pyspark.sql import SparkSession as Builder  # noqa: PLC0415 - an optional part
        except ImportError:
            raise UsageError(
                "pyspark is not installed", where="--engine spark", remedy="pip install 'arrears[spark]'"
            ) from None
        self.workers = workers
        settings = {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.ansi.enabled": "false",
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.adaptive.enabled": "false",
            "spark.sql.codegen.maxFields": "400",
            "spark.sql.execution.arrow.pyspark.enabled": "true",
            "spark.driver.memory": f"{max(1024, memory_limit_mb)}m",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.log.level": "ERROR",
        }
        builder = Builder.builder.appName("arrears").master(f"local[{workers}]")
        for name, value in settings.items():
            builder = builder.config(name, value)
        self._spark = builder.getOrCreate()

    @contextmanager
    def session(self) -> Iterator[SparkSession]:
        session = SparkSession(self._spark.newSession())
        yield session
        session.clear()

    def close(self) -> None:
        self._spark.stop()
