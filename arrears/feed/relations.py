"""What a row of the feed needs of other rows: its parent, its account's currency and newest statement, its duplicates.

The book is ten times the feed, so it is read once, and only hash tables over the feed's ids are built.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from arrears.errors import BookError
from arrears.feed.checks import Check
from arrears.feed.contracts import CONTRACTS, Contract
from arrears.feed.reading import Loaded
from arrears.store import quoted

_REVERSALS = "'payment_reversal', 'charge_reversal'"
_BOOK_ACCOUNTS = "account_id VARCHAR, customer_id VARCHAR, currency VARCHAR, close_0 DATE"


@dataclass(frozen=True)
class KnownAccounts:
    """The accounts and customers the bank has already: yesterday's book folder, or None on the first day of all."""

    book: Path | None


def known_ids(con: duckdb.DuckDBPyConnection, known: KnownAccounts) -> None:
    """`book_accounts` and `book_customers`: the part of the book that the feed's ids touch."""
    con.execute(f"CREATE TABLE book_accounts ({_BOOK_ACCOUNTS})")
    con.execute("CREATE TABLE book_customers (customer_id VARCHAR)")
    if known.book is None:
        return

    by_account = _feed_ids("account_id", "accounts", "statements", "transactions")
    by_customer = _feed_ids("customer_id", *(name for name, contract in CONTRACTS.items() if "customer_id" in contract.parents))
    _from_book(
        con, known.book / "accounts",
        "INSERT INTO book_accounts SELECT account_id, customer_id, currency, close_0 "
        f"FROM {{files}} WHERE account_id IN (SELECT account_id FROM ({by_account}))",
    )  # fmt: skip
    _from_book(
        con, known.book / "customers",
        "INSERT INTO book_customers SELECT customer_id "
        f"FROM {{files}} WHERE customer_id IN (SELECT customer_id FROM ({by_customer}))",
    )  # fmt: skip


def _feed_ids(column: str, *tables: str) -> str:
    return " UNION ".join(f"SELECT {column} FROM raw_{table} WHERE {column} IS NOT NULL" for table in tables)


def _from_book(con: duckdb.DuckDBPyConnection, folder: Path, insert: str) -> None:
    files = sorted(folder.glob("*.parquet"))
    if not files:
        raise BookError("yesterday's book is not there", where=str(folder), remedy="run the day before first: arrears run")
    listed = ", ".join(quoted(file) for file in files)
    try:
        con.execute(insert.format(files=f"read_parquet([{listed}], hive_partitioning=false)"))
    except (duckdb.BinderException, duckdb.InvalidInputException, duckdb.IOException):
        raise BookError(
            "yesterday's book is damaged or of another version",
            where=str(folder),
            remedy="run the day before again: arrears run",
        ) from None


def lost_keys(con: duckdb.DuckDBPyConnection, contract: Contract, found: Loaded) -> None:
    """`lost_<table>`: the key of every unreadable row that could be made out, so that its children are told why."""
    key = contract.key[0]
    con.execute(f"CREATE TABLE lost_{contract.name} ({key} VARCHAR)")
    ids = [(row.key[key],) for row in found.unreadable if key in row.key]
    if ids:
        con.executemany(f"INSERT INTO lost_{contract.name} VALUES (?)", ids)


def duplicates(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """`twice_<table>`: rows whose key is there more than once; `same` for later identical copies, `conflict` for all others.

    Copies are compared as they stand in the file, good or bad: where two say different things, nobody can tell which is right.
    """
    key = ", ".join(contract.key)
    values = ", ".join(f'"{column.name}"' for column in contract.columns)
    con.execute(
        f"CREATE TABLE twice_{contract.name} AS "
        f"SELECT * FROM (SELECT rid, CASE WHEN count(DISTINCT copy) OVER (PARTITION BY {key}) > 1 THEN 'conflict' "
        f"WHEN row_number() OVER (PARTITION BY {key} ORDER BY rid) > 1 THEN 'same' END AS duplicate "
        f"FROM (SELECT rowid AS rid, row({values}) AS copy, {key} FROM raw_{contract.name} "
        f"SEMI JOIN (SELECT {key} FROM raw_{contract.name} WHERE {_all_present(contract)} "
        f"GROUP BY {key} HAVING count(*) > 1) USING ({key}))) WHERE duplicate IS NOT NULL"
    )


def _all_present(contract: Contract) -> str:
    return " AND ".join(f"{name} IS NOT NULL" for name in contract.key)


def joined(contract: Contract, *, parents_known: bool) -> tuple[str, str]:
    """Columns and joins that bring a row of `p` what the checks need of other rows."""
    columns = ["d.duplicate AS _duplicate"]
    joins = [f"LEFT JOIN twice_{contract.name} d ON d.rid = p._rid"]
    missing = "'unknown'" if parents_known else "NULL"

    for name, (table, parent_key) in contract.parents.items():
        columns.append(f"CASE WHEN p.{name} IS NULL THEN NULL ELSE coalesce(k.state, {missing}) END AS _parent")
        joins.append(f"LEFT JOIN known_{table} k ON k.{parent_key} = p.{name}")
        if table == "accounts":
            columns.append("k.customer_id AS customer_id, k.currency AS _currency, k.close_0 AS _close")
    if contract.name == "accounts":
        columns.append("b.customer_id AS _book_customer, b.currency AS _book_currency")
        joins.append("LEFT JOIN book_accounts b ON b.account_id = p.account_id")
    return ", ".join(columns), " ".join(joins)


def known_parents(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """`known_<table>`: each id a child may name, `good` (here or in the book) or `quarantined` (only refused rows)."""
    if table == "customers":
        con.execute(
            "CREATE TABLE known_customers AS "
            "SELECT customer_id, CASE WHEN bool_or(good) THEN 'good' ELSE 'quarantined' END AS state FROM ("
            "SELECT customer_id, _problem IS NULL AS good FROM seen_customers WHERE customer_id IS NOT NULL "
            "UNION ALL SELECT customer_id, true FROM book_customers UNION ALL SELECT customer_id, false FROM lost_customers"
            ") GROUP BY customer_id"
        )
    elif table == "accounts":
        good = "SELECT account_id FROM seen_accounts WHERE _problem IS NULL UNION ALL SELECT account_id FROM book_accounts"
        con.execute(
            "CREATE TABLE known_accounts AS "
            "SELECT account_id, s.customer_id, s.currency, b.close_0, 'good' AS state "
            "FROM seen_accounts s LEFT JOIN book_accounts b USING (account_id) WHERE _problem IS NULL "
            "UNION ALL SELECT b.*, 'good' FROM book_accounts b "
            "WHERE account_id NOT IN (SELECT account_id FROM seen_accounts WHERE _problem IS NULL) "
            "UNION ALL SELECT DISTINCT account_id, NULL, NULL, CAST(NULL AS DATE), 'quarantined' FROM ("
            "SELECT account_id FROM seen_accounts WHERE _problem IS NOT NULL AND account_id IS NOT NULL "
            f"UNION ALL SELECT account_id FROM lost_accounts) WHERE account_id NOT IN ({good})"
        )


def reversal_checks() -> tuple[Check, ...]:
    """Checks of a reversal against the transaction it names, where that is in the same feed (`o`)."""
    fits = "reversal_mismatch"
    return (
        Check("parent_quarantined", "reverses_id", "o.transaction_id IS NULL OR o._problem IS NOT NULL", "transactions"),
        Check(fits, "account_id", "o.account_id <> r.account_id", "the original is of another account"),
        Check(
            fits, "kind", f"(r.kind = 'payment_reversal') <> (o.kind = 'payment') OR o.kind IN ({_REVERSALS})",
            "payment_reversal reverses a payment, charge_reversal a charge or a refund",
        ),
        Check(fits, "amount_minor", "r.amount_minor > o.amount_minor", "it is larger than the original"),
        Check(fits, "value_date", "r.value_date <> o.value_date", "it bears the original's value date"),
    )  # fmt: skip


def quarantine_reversals(con: duckdb.DuckDBPyConnection, checks: tuple[Check, ...], first: int) -> int:
    """Mark reversals that do not fit, from check number `first` on; returns how many name an original outside the feed.

    Such an original may be in the history, which a feed does not carry: the reversal is taken in and counted.
    """
    chain = " ".join(f"WHEN {check.bad} THEN {first + index}" for index, check in enumerate(checks))
    away = "coalesce(o.transaction_id, l.transaction_id) IS NULL"
    con.execute(
        f"CREATE TABLE reversals AS SELECT r._rid AS rid, {away} AS away, CASE WHEN {away} THEN NULL {chain} END AS problem "
        f"FROM (SELECT * FROM seen_transactions WHERE _problem IS NULL AND kind IN ({_REVERSALS})) r "
        "LEFT JOIN (SELECT * FROM seen_transactions "
        "WHERE transaction_id IN (SELECT reverses_id FROM seen_transactions WHERE reverses_id IS NOT NULL) "
        "QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY _problem IS NOT NULL, _rid) = 1) o "
        "ON o.transaction_id = r.reverses_id "
        "LEFT JOIN (SELECT DISTINCT transaction_id FROM lost_transactions) l ON l.transaction_id = r.reverses_id"
    )
    con.execute("UPDATE seen_transactions SET _problem = problem FROM reversals WHERE rid = _rid AND problem IS NOT NULL")
    row = con.execute("SELECT count(*) FROM reversals WHERE away").fetchone()
    return int(row[0]) if row else 0
