"""The Spark engine: each shard is a job of its own, so a cluster works on as many at once as it has room for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from arrears.engine.duck import write_sorted
from arrears.errors import UsageError

SQL_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.maxFields": "400",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}
"""What every session is set to, whoever started Spark. The first two decide results; a shard is one partition's work."""


LOCAL_SETTINGS = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
"""Without a cluster nothing leaves the machine. Both or neither: large results are fetched from the host that is named."""


class SparkSession:
    """See `Session`. Rows are computed by Spark and written by the same writer as DuckDB's."""

    def __init__(self, spark: Any) -> None:
        self._spark = spark
        self._held: list[Any] = []
        self._names: list[str] = []

    def bind(self, name: str, files: Sequence[Path]) -> None:
        """The columns are read from the first file here: asked for them, Spark would run a job for every table."""
        from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415 - an optional part

        columns = from_arrow_schema(pq.read_schema(files[0]), prefer_timestamp_ntz=True)
        self._view(name, self._spark.read.schema(columns).parquet(*(str(file) for file in files)))

    def alias(self, name: str, query: str) -> None:
        self._view(name, self._spark.sql(query))

    def let(self, name: str, query: str) -> None:
        frame = self._spark.sql(query).localCheckpoint()
        self._held.append(frame)
        self._view(name, frame)

    def _view(self, name: str, frame: Any) -> None:
        frame.createOrReplaceTempView(name)
        self._names.append(name)

    def write(self, query: str, path: Path, order: Sequence[str]) -> int:
        computed: pa.Table = self._spark.sql(query).toArrow()
        with duckdb.connect(":memory:") as connection:
            connection.execute("SET threads = 1; SET TimeZone = 'UTC'")
            connection.register("computed", computed)
            return write_sorted(connection, "SELECT * FROM computed", path, order)

    def write_in_place(self, query: str, path: Path, order: Sequence[str]) -> int:
        return self.write(query, path, order)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._spark.sql(query).collect()]

    def clear(self) -> None:
        for name in dict.fromkeys(self._names):
            self._spark.catalog.dropTempView(name)
        for frame in self._held:
            frame.unpersist()
        self._names.clear()
        self._held.clear()


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
        settings = SQL_SETTINGS | {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.driver.memory": f"{max(1024, memory_limit_mb)}m",
            "spark.log.level": "ERROR",
        }
        if not _names_a_master():
            settings |= {"spark.master": f"local[{workers}]"} | LOCAL_SETTINGS
        builder = Builder.builder.appName("arrears")
        for name, value in settings.items():
            builder = builder.config(name, value)
        self._spark = builder.getOrCreate()

    @contextmanager
    def session(self) -> Iterator[SparkSession]:
        spark = self._spark.newSession()
        for name, value in SQL_SETTINGS.items():
            spark.conf.set(name, value)
        session = SparkSession(spark)
        try:
            yield session
        finally:
            session.clear()

    def close(self) -> None:
        self._spark.stop()


def _names_a_master() -> bool:
    """Whether Spark's own settings name a cluster: `--master` in PYSPARK_SUBMIT_ARGS, or `spark-defaults.conf`."""
    if "--master" in os.environ.get("PYSPARK_SUBMIT_ARGS", ""):
        return True
    home = Path(os.environ.get("SPARK_HOME", ""), "conf")
    defaults = Path(os.environ.get("SPARK_CONF_DIR", home), "spark-defaults.conf")
    return defaults.is_file() and any(
        line.split()[:1] == ["spark.master"] for line in defaults.read_text(encoding="utf-8").splitlines()
    )
