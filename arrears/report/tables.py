"""The tables of a published day as SQL relations, and the connection they are read with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from arrears.bank import Bank
from arrears.day.workspace import NAMES, Workspace
from arrears.errors import BookError
from arrears.money import PPM
from arrears.saying import said
from arrears.store import quoted

ON_BOOK = "(status IN ('open', 'blocked') OR (status = 'closed' AND balance_minor > 0))"
"""Accounts that count: what is charged off or sold is no longer the bank's receivable."""

THREADS, MEMORY_LIMIT = 2, "2GB"


@contextmanager
def reading() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for reading Parquet, with bounded memory."""
    with duckdb.connect(config={"threads": THREADS, "memory_limit": MEMORY_LIMIT}) as con:
        con.execute("SET disabled_optimizers = 'partial_aggregate_pushdown'")  # DuckDB 2.0 blows up on it
        con.execute("SET enable_progress_bar = false")
        yield con


def shards(workspace: Workspace, step: str, day: date, table: str) -> list[Path]:
    """The files of a table in order; raises `BookError` where the published step has none."""
    files = sorted((workspace.require(step, day) / table).glob("*.parquet"))
    if not files:
        raise BookError(
            said("{step} of {day} has no table {table}", step=NAMES.get(step, step), day=day, table=table),
            where=str(workspace.step(step, day)),
            remedy=said("restore the folder from a backup, or delete it and run the day again"),
        )  # fmt: skip
    return files


def relation(files: list[Path]) -> str:
    """Files as one relation."""
    return f"read_parquet([{', '.join(quoted(file) for file in files)}])"


def table(workspace: Workspace, step: str, day: date, name: str) -> str:
    """All shards of a table as one relation."""
    return relation(shards(workspace, step, day, name))


def in_bank_currency(column: str, bank: Bank) -> str:
    """The sum of a column of minor units, by `currency`, as int64 minor units of the bank's, rounded down once a group."""
    return f"CAST(CAST(sum({column}) AS HUGEINT) * {_rate(bank)} // {PPM} AS BIGINT)"


def one_in_bank_currency(column: str, bank: Bank) -> str:
    """The same for each row by itself."""
    return f"CAST(CAST({column} AS HUGEINT) * {_rate(bank)} // {PPM} AS BIGINT)"


def _rate(bank: Bank) -> str:
    """Parts per million of the bank's currency for one unit of `currency`."""
    rates = {product.currency: bank.fx_ppm.get(product.currency, PPM) for product in bank.products}
    cases = " ".join(f"WHEN {quoted(code)} THEN {ppm}" for code, ppm in sorted(rates.items()) if ppm != PPM)
    return f"(CASE currency {cases} ELSE {PPM} END)" if cases else str(PPM)
