"""Ageing as a bank's analyst would write it with pandas: every night, from all statements and payments of the accounts.

It shares no formula with the book, so that agreeing means something: payments meet their statement by `merge_asof`, unpaid
minimum payments run through the statements in columns, one column a statement and all accounts at once.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np

from arrears.book.columns import CYCLES

if TYPE_CHECKING:
    import pandas as pd


def write_history(accounts: Path, feed: Path, out: Path) -> None:
    """Write the history behind a bench's book, and today's feed with it: `accounts`, `statements` and `payments`.

    What was paid in a cycle becomes one payment valued the day after its statement: when in the cycle is all the same to what
    is unpaid at its end.
    """
    out.mkdir(parents=True)
    cycles = range(CYCLES)
    asked = " UNION ALL ".join(
        f"SELECT account_id, close_{k} AS statement_date, due_{k} AS due_date, due_new_{k} AS asked_minor FROM book"
        for k in cycles
    )
    paid = " UNION ALL ".join(
        f"SELECT account_id, close_{k} + 1 AS value_date, paid_on_time_{k} + paid_late_{k} AS amount_minor FROM book"
        for k in cycles
    )
    signed = "CASE kind WHEN 'payment' THEN -amount_minor ELSE amount_minor END"
    queries = {
        "accounts": f"""SELECT account_id, any_value(product_id) AS product_id,
            (any_value(balance_minor) + coalesce(sum({signed}), 0))::BIGINT AS balance_minor
            FROM book LEFT JOIN moved USING (account_id) GROUP BY account_id""",
        "statements": f"""{asked} UNION ALL
            SELECT account_id, statement_date, due_date, minimum_payment_minor - past_due_minor FROM closed""",
        "payments": f"""SELECT * FROM ({paid}) WHERE amount_minor > 0 UNION ALL
            SELECT account_id, value_date, amount_minor FROM moved WHERE kind = 'payment'""",
    }
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW book AS SELECT * FROM read_parquet('{accounts}', hive_partitioning = false)")
        connection.execute(f"CREATE VIEW moved AS SELECT * FROM '{feed}/transactions.parquet'")
        connection.execute(f"CREATE VIEW closed AS SELECT * FROM '{feed}/statements.parquet'")
        for name, query in queries.items():
            connection.execute(f"COPY ({query}) TO '{out}/{name}.parquet' (FORMAT parquet)")


def days_past_due(history: Path, terms: dict[str, tuple[int, int]], day: date) -> pd.DataFrame:
    """`account_id` and `dpd` at the end of `day`; `terms` are grace days and tolerance (minor units) by product."""
    import pandas as pd  # noqa: PLC0415 - an optional part

    accounts = pd.read_parquet(history / "accounts.parquet").sort_values("account_id", ignore_index=True)
    statements = pd.read_parquet(history / "statements.parquet")
    payments = pd.read_parquet(history / "payments.parquet")
    statements["row"] = pd.Index(accounts["account_id"]).get_indexer(statements["account_id"])
    payments["row"] = pd.Index(accounts["account_id"]).get_indexer(payments["account_id"])
    for table, column in ((statements, "statement_date"), (statements, "due_date"), (payments, "value_date")):
        table[column] = pd.to_datetime(table[column])

    statements = statements.sort_values("statement_date", ignore_index=True)
    statements["place"] = statements.groupby("row").cumcount()
    paid = pd.merge_asof(
        payments.sort_values("value_date"), statements[["row", "statement_date", "place"]],
        left_on="value_date", right_on="statement_date", by="row", allow_exact_matches=False,
    )  # fmt: skip
    credits = paid.groupby(["row", "place"])["amount_minor"].sum().reset_index()

    shape = (len(accounts), int(statements["place"].max()) + 1)
    asked, credited = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    due_day = np.full(shape, np.iinfo(np.int64).max, dtype=np.int64)
    at = statements["row"].to_numpy(), statements["place"].to_numpy()
    asked[at] = statements["asked_minor"]
    due_day[at] = statements["due_date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    credited[credits["row"].to_numpy(), credits["place"].to_numpy().astype(np.int64)] = credits["amount_minor"]

    grace = accounts["product_id"].map({name: term[0] for name, term in terms.items()}).to_numpy()
    tolerance = accounts["product_id"].map({name: term[1] for name, term in terms.items()}).to_numpy()
    count = statements.groupby("row").size().reindex(range(len(accounts)), fill_value=0).to_numpy()
    owed = np.zeros(len(accounts), dtype=np.int64)
    for place in range(shape[1]):
        has = place < count
        owed = np.where(has & (owed <= tolerance), 0, owed)
        owed = np.where(has, np.maximum(owed + asked[:, place] - credited[:, place], 0), owed)
    owed = np.minimum(owed, np.maximum(accounts["balance_minor"].to_numpy(), 0))

    asked_later = asked[:, ::-1].cumsum(axis=1)[:, ::-1] - asked
    is_open = (owed[:, None] - asked_later > tolerance[:, None]) & (np.arange(shape[1]) < count[:, None])
    oldest = is_open.argmax(axis=1)
    late = np.datetime64(day, "D").astype(np.int64) - due_day[np.arange(len(accounts)), oldest]
    late = np.where(is_open.any(axis=1) & (late > grace), np.maximum(late, 0), 0)
    return pd.DataFrame({"account_id": accounts["account_id"], "dpd": late})
