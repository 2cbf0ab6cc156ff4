"""Our day held against what a bank would write instead: zen-engine for the segments, pandas for the ageing."""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

from arrears.book.build import BookQueries, bind_before, build_shard
from arrears.day.queries import DayQueries
from arrears.engine.duck import DuckSessions
from arrears.errors import UsageError
from arrears.feed.contracts import CONTRACTS
from arrears.feed.intake import take_in
from arrears.lab.bench_day import DAY, prepare
from arrears.lab.pandas_ageing import days_past_due, write_history
from arrears.playbook import decision_input, decision_table

CUSTOMERS = ACCOUNTS = 200_000
"""The size that both comparisons are made at."""
BEFORE = DAY - timedelta(days=1)
SHARD = "0000.parquet"


@dataclass(frozen=True)
class Comparison:
    """One job done both ways on the same rows in the same run."""

    against: str
    what: str
    rows: int
    ours_seconds: float
    theirs_seconds: dict[str, float]
    """Way of doing it to seconds."""
    disagreeing: int
    """Rows on which the answers differ."""

    @property
    def ratio(self) -> float:
        """How many times longer the fastest of their ways takes."""
        return round(min(self.theirs_seconds.values()) / self.ours_seconds, 1)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"ratio": self.ratio}

    def as_text(self) -> str:
        agree = "all answers agree" if self.disagreeing == 0 else f"{self.disagreeing:,} ANSWERS DIFFER"
        theirs = ", ".join(f"{way} {seconds:.2f} s" for way, seconds in self.theirs_seconds.items())
        return (
            f"against {self.against}: {self.what} of {self.rows:,} rows: {theirs}; arrears {self.ours_seconds:.2f} s; "
            f"{self.ratio} times; {agree}"
        )


def against_zen(customers: int = CUSTOMERS) -> Comparison:
    """The segment of every customer by zen-engine and by our query.

    Zen gets its rows as ready dicts, whose making is not counted; ours reads Parquet and writes Parquet, arm and score with it.
    """
    try:
        import zen  # noqa: PLC0415 - an optional part
    except ImportError:
        raise _missing("zen-engine", "--against zen") from None
    with (
        tempfile.TemporaryDirectory(prefix="arrears-zen-") as name,
        DuckSessions(memory_limit_mb=2000, workers=1).session() as ours,
    ):
        folder = Path(name)
        workspace = prepare(folder, accounts=customers * 10 // 7, shard_accounts=customers * 2)
        queries = DayQueries(workspace.strategy(), BEFORE, "duckdb", {})
        ours.bind("customers", [workspace.step("book", BEFORE) / "customers" / SHARD])
        ours.write(queries.scores, folder / "scores.parquet", ("customer_id",))
        ours.bind("scores", [folder / "scores.parquet"])

        playbook = workspace.strategy().playbook
        segments = queries.segments
        started = time.perf_counter()
        ours.write(segments, folder / "segments.parquet", ("customer_id",))
        ours_seconds = time.perf_counter() - started

        with duckdb.connect() as connection:
            frame = connection.execute(
                f"SELECT * EXCLUDE (scored_id) FROM read_parquet('{workspace.step('book', BEFORE)}/customers/{SHARD}', "
                "hive_partitioning = false) JOIN "
                f"(SELECT customer_id AS scored_id, score, band FROM '{folder}/scores.parquet') ON customer_id = scored_id "
                "ORDER BY customer_id"
            )
            names = [column[0] for column in frame.description or []]
            inputs = [decision_input(dict(zip(names, row, strict=True)), playbook, BEFORE) for row in frame.fetchall()]
            expected = [row[0] for row in connection.execute(
                f"SELECT segment FROM '{folder}/segments.parquet' ORDER BY customer_id").fetchall()]  # fmt: skip

    content = decision_table(playbook)
    decision = zen.ZenEngine().create_decision(json.dumps(content))
    started = time.perf_counter()
    one_by_one = [decision.evaluate(row)["result"]["segment"] for row in inputs]
    theirs = {"a row at a time": round(time.perf_counter() - started, 3)}

    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"segments": content}}})
    started = time.perf_counter()
    answers = engine.evaluate_batch([{"key": "segments", "context": row} for row in inputs])
    batch = [answer["data"]["result"]["segment"] for answer in answers]
    theirs["in a batch"] = round(time.perf_counter() - started, 3)

    triples = zip(expected, one_by_one, batch, strict=True)
    disagreeing = sum(1 for ours_is, one, other in triples if not ours_is == one == other)
    what = f"the segment ({len(playbook.segments)} segments)"
    return Comparison("zen-engine", what, len(inputs), round(ours_seconds, 3), theirs, disagreeing)


def against_pandas(accounts: int = ACCOUNTS) -> Comparison:
    """Today's days past due of every account: by pandas from the whole history, by our book from yesterday's and the feed.

    Both read Parquet files and write them. Pandas writes the days past due, ours the whole book of accounts and customers.
    """
    try:
        import pandas  # noqa: F401, PLC0415 - an optional part
    except ImportError:
        raise _missing("pandas", "--against pandas") from None
    with (
        tempfile.TemporaryDirectory(prefix="arrears-pandas-") as name,
        DuckSessions(memory_limit_mb=2000, workers=1).session() as ours,
    ):
        folder = Path(name)
        workspace = prepare(folder, accounts=accounts, shard_accounts=accounts)
        bank, before = workspace.strategy().bank, workspace.step("book", BEFORE)
        write_history(before / "accounts" / SHARD, folder / "feed", folder / "history")
        take_in(folder / "feed", business_date=DAY, bank=bank, known=before, out=folder / "taken", shards=1)
        queries = BookQueries(bank, "duckdb")
        _ = queries.opened, queries.closings, queries.placed, queries.postings, queries.workings, queries.carried_forward
        _ = queries.aged, queries.reach, queries.customers  # compiled once for every day, so not counted

        started = time.perf_counter()
        bind_before(ours, before, SHARD)
        for table in CONTRACTS:
            ours.bind(f"feed_{table}", [folder / "taken" / table / SHARD])
        build_shard(ours, queries, before, folder / "book", SHARD, DAY)
        ours_seconds = time.perf_counter() - started

        started = time.perf_counter()
        terms = {product.product_id: (product.grace_days, product.tolerance_minor) for product in bank.products}
        days_past_due(folder / "history", terms, DAY).to_parquet(folder / "dpd.parquet")
        theirs = {"pandas": round(time.perf_counter() - started, 3)}

        with duckdb.connect() as connection:
            found = connection.execute(
                "SELECT count(*), count(*) FILTER (ours.dpd IS DISTINCT FROM theirs.dpd) "
                f"FROM '{folder}/book/accounts/{SHARD}' AS ours FULL JOIN '{folder}/dpd.parquet' AS theirs USING (account_id)"
            ).fetchall()[0]
    return Comparison("pandas", "days past due", int(found[0]), round(ours_seconds, 3), theirs, int(found[1]))


def _one_worker() -> DuckSessions:
    """One thread, as their side has one."""
    return DuckSessions(memory_limit_mb=2000, workers=1)


def _missing(library: str, option: str) -> UsageError:
    return UsageError(f"{library} is not installed", where=option, remedy="pip install 'arrears[bench]'")
