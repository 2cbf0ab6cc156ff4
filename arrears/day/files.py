"""The work files: per channel one CSV of the day's contacts, most urgent first, each row with its reason and verdict.

Beside them, the charges that are blocked and how each is corrected.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from arrears.store import finish_file, quoted

CHANNEL_FILES = {"sms": "sms.csv", "email": "email.csv", "call": "calls.csv", "letter": "letters.csv", "visit": "visits.csv"}

BLOCKED_FILE = "blocked_charges.csv"
_OF_BLOCKED = (
    "account_id", "customer_id", "charge", "posted_date", "transaction_id", "rules", "currency", "over_minor", "correct_kind",
    "correct_minor", "reverses_id", "found_date",
)  # fmt: skip

_CLOCK = "format('{:02d}:{:02d}', minute // 60, minute % 60)"
_FORMULA_SIGNS = "' =+-@＝＋－＠' || chr(9) || chr(10) || chr(13)"
_SAFE_NAME, _SAFE_TEXT, _SAFE_SUBJECT, _SAFE_CONTACT = (
    f"ltrim(coalesce({column}, ''), {_FORMULA_SIGNS})" for column in ("name", "text", "subject", "contact")
)
"""A text that a spreadsheet would take for a formula loses its first signs; telephone numbers keep their plus."""
_NUMBER = f"CASE WHEN regexp_full_match(contact, '[+]?[0-9]+') THEN contact ELSE {_SAFE_CONTACT} END AS contact"

_COLUMNS = {
    "sms": (_NUMBER, f"{_SAFE_TEXT} AS text"),
    "email": (f"{_SAFE_CONTACT} AS contact", f"{_SAFE_SUBJECT} AS subject", f"{_SAFE_TEXT} AS text"),
    "call": (_NUMBER, f"{_SAFE_TEXT} AS script"),
    "letter": (f"{_SAFE_CONTACT} AS address", f"{_SAFE_SUBJECT} AS subject", f"{_SAFE_TEXT} AS text"),
    "visit": (f"{_SAFE_CONTACT} AS address", "visitors", f"{_SAFE_TEXT} AS instructions"),
}
_FIRST = (
    "row_number() OVER (ORDER BY priority DESC, dpd DESC, past_due_minor DESC, customer_id, step) AS place", "priority",
    "customer_id", "account_id", "party", f"{_SAFE_NAME} AS name", "language", "timezone", f"{_CLOCK} AS local_time",
)  # fmt: skip
_LAST = (
    "currency", "past_due_minor", "minimum_unpaid_minor", "balance_minor", "dpd", "bucket", "segment", "reason",
    "clause", "step",
    "CASE WHEN alternative = 0 THEN 'lawful' ELSE format('lawful, as fallback {}', alternative) END AS verdict",
    "coalesce(instead_of, '') AS instead_of",
)  # fmt: skip


def write_work_files(work: list[Path], decisions: list[Path], folder: Path) -> dict[str, int]:
    """Write a CSV a channel into `folder`; returns the rows by file name.

    `instead_of` tells which rules refused the step's earlier alternatives, where the contact is a fallback.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 1; SET memory_limit = '2GB'; SET preserve_insertion_order = true")
        connection.execute(f"CREATE VIEW work AS SELECT * FROM read_parquet([{_listed(work)}], hive_partitioning = false)")
        connection.execute(
            "CREATE TABLE refused AS SELECT customer_id, step, string_agg(alternative || ': ' || "
            "CASE WHEN refused_by = '' THEN 'no contact point' ELSE refused_by END, '; ' ORDER BY alternative) AS instead_of "
            f"FROM read_parquet([{_listed(decisions)}], hive_partitioning = false) AS earlier "
            "SEMI JOIN (SELECT customer_id, step FROM work WHERE alternative > 0) AS fallback USING (customer_id, step) "
            "WHERE decision IN ('refused', 'no_contact_point') GROUP BY ALL"
        )
        with ThreadPoolExecutor(2) as pool:
            rows = pool.map(lambda channel: _write_channel(connection, channel, folder), CHANNEL_FILES)
            return dict(zip(CHANNEL_FILES.values(), rows, strict=True))


def write_blocked_file(blocked: list[Path], folder: Path) -> dict[str, int]:
    """Write `blocked_charges.csv` into `folder`: per account and charge the rules broken and the entry that corrects it."""
    path = folder / BLOCKED_FILE
    partial = path.with_name(f"{path.name}.partial")
    source = f"read_parquet([{_listed(blocked)}], hive_partitioning = false)"
    query = f"SELECT {', '.join(_OF_BLOCKED)} FROM {source} ORDER BY account_id, posted_date, charge, transaction_id"
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 1; SET memory_limit = '1GB'")
        copied = connection.execute(f"COPY ({query}) TO {quoted(partial)} (FORMAT csv, HEADER, FORCE_QUOTE *)").fetchone()
    finish_file(partial, path)
    return {BLOCKED_FILE: int(copied[0]) if copied else 0}


def _write_channel(connection: duckdb.DuckDBPyConnection, channel: str, folder: Path) -> int:
    path = folder / CHANNEL_FILES[channel]
    partial = path.with_name(f"{path.name}.partial")
    columns = ", ".join((*_FIRST, *_COLUMNS[channel], *_LAST))
    source = f"work LEFT JOIN refused USING (customer_id, step) WHERE channel = '{channel}'"
    with connection.cursor() as cursor:
        query = f"SELECT {columns} FROM {source} ORDER BY place"
        copied = cursor.execute(f"COPY ({query}) TO {quoted(partial)} (FORMAT csv, HEADER, FORCE_QUOTE *)").fetchone()
    finish_file(partial, path)
    return int(copied[0]) if copied else 0


def _listed(files: list[Path]) -> str:
    return ", ".join(quoted(file) for file in files)
