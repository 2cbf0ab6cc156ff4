"""What the feed and single accounts say: quarantined rows by reason, and the accounts worth looking at."""

from __future__ import annotations

import re
from datetime import date

import duckdb

from arrears.bank import Bank
from arrears.day.workspace import Workspace
from arrears.report.summary import Example, Look, QuarantineReason
from arrears.report.tables import ON_BOOK, one_in_bank_currency, relation, table

EXAMPLES_MAX = 3
KEPT_HEAD, KEPT_TAIL = 2, 3
"""Characters of an id that stay readable at its ends."""


def quarantined(workspace: Workspace, day: date) -> str:
    """The quarantine of a day as a relation."""
    return relation([workspace.require("feed", day) / "quarantine.parquet"])


def quarantined_n(con: duckdb.DuckDBPyConnection, workspace: Workspace, day: date) -> int:
    """Rows quarantined on a day."""
    return int(con.execute(f"SELECT count(*) FROM {quarantined(workspace, day)}").fetchall()[0][0])


def delivered_n(workspace: Workspace, day: date, quarantined_n: int) -> int:
    """Rows of the day's feed, quarantined ones included."""
    manifest = workspace.manifest("feed", day)
    taken_in = sum(rows for name, rows in manifest.rows.items() if name != "quarantine") if manifest else 0
    return taken_in + quarantined_n


def reasons(con: duckdb.DuckDBPyConnection, workspace: Workspace, day: date) -> tuple[QuarantineReason, ...]:
    """Quarantined rows by table, column and reason, most first, with the first examples."""
    source = quarantined(workspace, day)
    found = con.execute(
        'SELECT "table", "column", reason, min(text_en), min(text_zh), min(remedy), count(*) AS rows_n '
        f"FROM {source} GROUP BY 1, 2, 3 ORDER BY rows_n DESC, 1, 2, 3"
    ).fetchall()
    examples: dict[tuple[str, str, str], list[Example]] = {}
    for of_table, column, reason, file, row, key in con.execute(
        f'SELECT "table", "column", reason, file, "row", key FROM {source} QUALIFY row_number() OVER '
        f'(PARTITION BY "table", "column", reason ORDER BY file, "row", key) <= {EXAMPLES_MAX} ORDER BY file, "row", key'
    ).fetchall():
        examples.setdefault((of_table, column, reason), []).append(Example(file, row, masked(key)))
    return tuple(
        QuarantineReason(of_table, column, reason, english, chinese, remedy, rows_n, tuple(examples[of_table, column, reason]))
        for of_table, column, reason, english, chinese, remedy, rows_n in found
    )


def masked(key: str) -> str:
    """`account_id=A00000123` as `account_id=A0…123`: enough to recognise, too little to look somebody up. Other keys stay."""

    def cut(found: re.Match[str]) -> str:
        value = found[1]
        return f"_id={value if len(value) <= KEPT_HEAD + KEPT_TAIL else value[:KEPT_HEAD] + '…' + value[-KEPT_TAIL:]}"

    return re.sub(r"_id=([^,]*)", cut, key)


def looks(con: duckdb.DuckDBPyConnection, workspace: Workspace, day: date, bank: Bank) -> tuple[Look, ...]:
    """Up to three accounts: the worst that rolled today, the largest that cured by itself, the one most often refused."""
    accounts = table(workspace, "book", day, "accounts")
    balance = one_in_bank_currency("greatest(balance_minor, 0)", bank)
    statement = one_in_bank_currency("greatest(statement_balance_minor, 0)", bank)
    # Bit k of `worked_cycles` is cycle k; somebody in bucket b may have been worked in the cycles 0 to b.
    alone = "(worked_cycles & ((2::BIGINT << bucket_before::INT) - 1)) = 0"
    rolled = con.execute(
        f"SELECT account_id, bucket_before, bucket, {balance} AS amount_minor FROM {accounts} "
        f"WHERE {ON_BOOK} AND bucket > bucket_before ORDER BY bucket DESC, amount_minor DESC, account_id LIMIT 1"
    ).fetchall()
    cured = con.execute(
        f"SELECT account_id, bucket_before, bucket, {statement} AS amount_minor FROM {accounts} "
        f"WHERE {ON_BOOK} AND cured_today AND {alone} ORDER BY amount_minor DESC, account_id LIMIT 1"
    ).fetchall()
    refused = con.execute(
        f"SELECT account_id, count(*) AS rows_n FROM {table(workspace, 'plan', day, 'decisions')} "
        "WHERE decision = 'refused' "
        "AND account_id <> '' AND NOT list_contains(?, account_id) GROUP BY account_id "
        "ORDER BY rows_n DESC, account_id LIMIT 1",
        [[row[0] for row in (*rolled, *cured)]],
    ).fetchall()
    return (
        *(Look("worst_roll", account_id, before, after, owed, 0) for account_id, before, after, owed in rolled),
        *(Look("largest_self_cure", account_id, before, after, owed, 0) for account_id, before, after, owed in cured),
        *(Look("most_refused", account_id, None, None, 0, rows_n) for account_id, rows_n in refused),
    )
