"""Intake: a feed checked and cut into the book's shards, written into a staging folder that the caller publishes whole.

Every table and every shard gets a file, empty ones too, so that a reader never asks whether a file should be there.
"""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from arrears.bank import Bank
from arrears.errors import FeedError
from arrears.feed.contracts import CONTRACTS, Contract
from arrears.feed.examine import date_of, examined, feed_session, good_rows
from arrears.feed.quarantine import QUARANTINE_SORTED
from arrears.feed.relations import KnownAccounts
from arrears.store import COPY_OPTIONS, quoted, sha256_json

CUSTOMER_HASH_SQL = "(('0x' || left(md5(customer_id), 8))::BIGINT & 2147483647)"
"""31 bits of the MD5 of `customer_id`: what shards and experiments are cut by."""


@dataclass(frozen=True)
class Intake:
    """What an intake did; goes into the manifest."""

    business_date: date
    rows: dict[str, int]
    """Rows taken in, by table."""
    delivered: dict[str, int]
    """Rows in the files, by table: taken in and quarantined together."""
    reasons: dict[str, int]
    """Quarantined rows by reason code."""
    notes: dict[str, int]
    inputs: dict[str, str]
    """File, relative to the feed folder, to SHA-256."""

    @property
    def quarantined(self) -> dict[str, int]:
        """Quarantined rows by table."""
        return {name: self.delivered[name] - self.rows[name] for name in self.rows}

    @property
    def quarantined_n(self) -> int:
        return sum(self.reasons.values())

    @property
    def content_hash(self) -> str:
        """One hash over the files, whatever they are called; empty where no row was delivered, since empty days are all alike.

        A feed that comes a second time under another date has the hash it had before; the day compares them.
        """
        return sha256_json(sorted(self.inputs.values())) if sum(self.delivered.values()) else ""


def take_in(
    folder: Path, *, business_date: date, bank: Bank, known: Path | None, out: Path, shards: int,
    duckdb_threads: int = 2, memory_limit: str = "2GB",
) -> Intake:  # fmt: skip
    """Check the feed in `folder` and write its good rows below `out`, by table and shard, with `quarantine.parquet`.

    `known` is yesterday's book folder, None on the first day. Nothing is written unless every file keeps its contract.
    Raises `FeedError` and `BookError`.
    """
    date_of(folder, business_date)
    out.mkdir(parents=True, exist_ok=True)
    scratch = out / ".scratch"
    try:
        with feed_session(scratch, threads=duckdb_threads, memory_limit=memory_limit) as con:
            found = examined(con, folder, bank, business_date, KnownAccounts(known))
            reasons = dict(con.execute("SELECT reason, count(*) FROM quarantine GROUP BY reason ORDER BY reason").fetchall())
            _write(con, out, shards, duckdb_threads)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)

    if sum(reasons.values()) != sum(found.delivered.values()) - sum(found.good.values()):
        raise FeedError("rows are unaccounted for", where=str(folder), remedy="nothing was taken in; report this as a defect")
    return Intake(business_date, found.good, found.delivered, reasons, found.notes, found.inputs)


def _write(con: duckdb.DuckDBPyConnection, out: Path, shards: int, threads: int) -> None:
    """Every file by one thread, several files at once: so their bytes do not depend on the number of threads."""
    jobs = [(QUARANTINE_SORTED, out / "quarantine.parquet")]
    for contract in CONTRACTS.values():
        (out / contract.name).mkdir(exist_ok=True)
        if shards > 1:
            con.execute(
                f"CREATE TABLE cut_{contract.name} AS SELECT *, {CUSTOMER_HASH_SQL} % {shards} AS _shard "
                f"FROM ({good_rows(contract)}) ORDER BY _shard"
            )
            con.execute(f"DROP TABLE seen_{contract.name}")
        jobs += [(_shard(contract, shard, shards), out / contract.name / f"{shard:04d}.parquet") for shard in range(shards)]

    con.execute("SET threads = 1")
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda job: _copy(con, *job), jobs))


def _shard(contract: Contract, shard: int, shards: int) -> str:
    if shards == 1:
        return f"{good_rows(contract)} ORDER BY {_key(contract)}"
    return f"SELECT * EXCLUDE (_shard) FROM cut_{contract.name} WHERE _shard = {shard} ORDER BY {_key(contract)}"


def _copy(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    with con.cursor() as cursor:
        cursor.execute(f"COPY ({query}) TO {quoted(path)} ({COPY_OPTIONS})")


def _key(contract: Contract) -> str:
    return ", ".join(contract.key)
