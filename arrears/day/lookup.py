"""The tables of one published day, read for one account and one customer."""

from __future__ import annotations

import functools
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import ibis

from arrears.allocate.first_lawful import recent_contacts
from arrears.bank import Bank
from arrears.book.ageing import with_cycle_ends, with_product, with_unpaid
from arrears.book.columns import CYCLES
from arrears.book.tables import account_table, feed_schema
from arrears.day.workspace import Strategy, Workspace
from arrears.engine.session import to_sql
from arrears.errors import BookError
from arrears.store import quoted

_COUNTED = ("customer_id", "local_date", "direction")
"""What the allocation reads of a contact."""


class Lookup:
    """The tables of one day, read a customer at a time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, workspace: Workspace, day: date) -> None:
        self._connection, self._workspace, self._day = connection, workspace, day

    def account(self, account_id: str) -> tuple[str, dict[str, Any]]:
        """The shard's file name, and the account's row."""
        folder = self._workspace.step("book", self._day) / "accounts"
        files = sorted(folder.glob("*.parquet"))
        listed = ", ".join(quoted(file) for file in files)
        query = f"SELECT *, filename AS of_file FROM read_parquet([{listed}], filename = true, hive_partitioning = false)"
        found = self._rows(f"{query} WHERE account_id = ?", account_id)
        if not found:
            raise BookError(
                f"no account of that id in the book of {self._day}", where=str(folder),
                remedy=f"ids stand in the work files ({self._workspace.step('plan', self._day) / 'files'}) and in "
                f"{folder}: SELECT account_id FROM '{folder}/*.parquet'",
            )  # fmt: skip
        row = {name: value for name, value in found[0].items() if name not in ("of_file", "filename")}
        return Path(found[0]["of_file"]).name, row

    def before(self, shard: str, account_id: str) -> dict[str, Any] | None:
        """Yesterday's row of the account."""
        file = self._workspace.step("book", self._day - timedelta(days=1)) / "accounts" / shard
        if not file.exists():
            return None
        found = self._rows(f"{_read(file)} WHERE account_id = ?", account_id)
        return found[0] if found else None

    def row(self, step: str, table: str, shard: str, customer_id: str) -> dict[str, Any]:
        file = self._workspace.step(step, self._day) / table / shard
        return self._rows(f"{_read(file)} WHERE customer_id = ?", customer_id)[0]

    def decisions(self, shard: str, customer_id: str) -> list[dict[str, Any]]:
        file = self._workspace.step("plan", self._day) / "decisions" / shard
        order = "ORDER BY priority DESC, step, alternative"
        return self._rows(f"{_read(file)} WHERE customer_id = ? {order}", customer_id)

    def worths(self, shard: str, customer_id: str) -> dict[tuple[str, int], dict[str, Any]]:
        """By step and alternative what the bank's effort made of the customer's openings; empty where it is not limited."""
        file = self._workspace.step("allocate", self._day) / "worths" / shard
        rows = self._rows(f"{_read(file)} WHERE customer_id = ?", customer_id) if file.exists() else []
        return {(row["step"], row["alternative"]): row for row in rows}

    def blocked_charges(self, shard: str, account_id: str) -> list[dict[str, Any]]:
        """The account's rows of the plan's table of that name; none where the day was run before there was one."""
        file = self._workspace.step("plan", self._day) / "blocked_charges" / shard
        order = "ORDER BY posted_date, charge, transaction_id"
        return self._rows(f"{_read(file)} WHERE account_id = ? {order}", account_id) if file.exists() else []

    def cycle_ends(self, shard: str, account_id: str, strategy: Strategy) -> dict[str, Any]:
        """The steps of ageing between the account's columns: by the book's own expressions, since a formula stands once."""
        file = self._workspace.step("book", self._day) / "accounts" / shard
        self._connection.execute(f"CREATE TEMP TABLE one AS {_read(file)} WHERE account_id = ?", [account_id])
        return self._rows(_cycle_ends_query(strategy.bank.model_dump_json()))[0]

    def recent(self, shard: str, customer_id: str) -> dict[str, int]:
        """`today_n` and `recent_n`: contacts made already, as the allocation counted them against the segment's limits."""
        # a contact is delivered on its day or later, so feeds older than the window have none of it
        days = [self._day - timedelta(days=back) for back in range(7)]
        files = [self._workspace.step("feed", day) / "contacts" / shard for day in days]
        listed = ", ".join(quoted(file) for file in files if file.exists())
        read = f"read_parquet([{listed}], hive_partitioning = false, union_by_name = true)"
        contacts = f"SELECT {', '.join(_COUNTED)} FROM {read} WHERE customer_id = ?"
        self._connection.execute(f"CREATE TEMP TABLE history AS {contacts}", [customer_id])
        counted = self._rows(_recent_query(self._day))
        return {name: int(counted[0][name]) if counted else 0 for name in ("today_n", "recent_n")}

    def _rows(self, query: str, *values: str) -> list[dict[str, Any]]:
        cursor = self._connection.execute(query, list(values))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@functools.lru_cache(maxsize=8)
def _cycle_ends_query(bank: str) -> str:
    """The SQL of the cycles of the account in table `one`; kept by the bank's settings: compiling takes a second."""
    settings = Bank.model_validate_json(bank)
    table = with_unpaid(with_cycle_ends(with_product(account_table("one"), settings)))
    numbered = [f"{name}_{k}" for k in range(CYCLES) for name in ("rest", "newer")]
    return to_sql(table.select("grace_days", "tolerance_minor", *numbered), "duckdb")


@functools.lru_cache(maxsize=64)
def _recent_query(day: date) -> str:
    schema = feed_schema("contacts")
    history = ibis.table({name: schema[name] for name in _COUNTED}, name="history")
    return to_sql(recent_contacts(history, day), "duckdb")


def _read(file: Path) -> str:
    return f"SELECT * FROM read_parquet({quoted(file)}, hive_partitioning = false)"
