"""From the days of a workspace to one row a customer: entry into an experiment, arm then, what came of it in a window.

A customer enters on the first day on which their segment is one of the experiment's and keeps the arm of that day, whatever
happens later (intention to treat). What is counted lies after the day of entry and up to `window` days after it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from arrears.bank import Bank
from arrears.day.workspace import Workspace
from arrears.errors import BookError
from arrears.feed.contracts import CHANNELS
from arrears.money import PPM
from arrears.store import quoted

Array = np.ndarray[Any, Any]

ON_BOOK = "(status IN ('open', 'blocked') OR (status = 'closed' AND balance_minor > 0))"
"""Accounts that count towards the NPL ratio: charged off or sold ones are no longer the bank's (as in the report)."""
NPL_DAYS = 90
THREADS, MEMORY_LIMIT = 2, "3GB"


@dataclass(frozen=True)
class Outcomes:
    """One element a customer, in order of entry. Money is minor units of the bank's currency."""

    arm: Array
    entry: Array
    matured: Array
    """Whether the whole window has passed."""
    moved: Array
    """Whether a later day drew another arm for them: shares or the experiment's id were changed."""
    recovered_minor: Array
    """Payments less reversals posted in the window."""
    late_at_entry: Array
    cured: Array
    """Late at entry, current at the end of the window."""
    balance_minor: Array
    npl_minor: Array
    """Part of it more than 90 days past due, both at the end of the window."""
    balance_now_minor: Array
    npl_now_minor: Array
    """The same on the date of the report, for everybody who has entered."""
    contacts: dict[str, Array]
    """Outbound contacts in the window, by channel."""
    complaints: Array

    def __len__(self) -> int:
        return len(self.arm)


def outcomes(
    workspace: Workspace, bank: Bank, experiment: str, day: date, *, since: date | None, window: int
) -> Outcomes:  # fmt: skip
    """Everybody who entered the experiment up to `day`; raises `BookError` where nobody did."""
    for step in ("feed", "book", "playbook"):
        workspace.require(step, day)
    days = [one for one in workspace.days("playbook") if one <= day and workspace.manifest("playbook", one)]
    _require_whole(workspace, days)
    config: dict[str, str | bool | int | float | list[str]] = {"threads": THREADS, "memory_limit": MEMORY_LIMIT}
    with duckdb.connect(config=config) as con:
        con.execute("SET enable_progress_bar = false")
        con.execute(
            "SET disabled_optimizers = 'partial_aggregate_pushdown,projection_placement'"
        )  # DuckDB 2.0 blows up on them
        _enter(con, workspace, experiment, days, since, window, day)
        entered = con.execute("SELECT count(*), min(entry), max(until) FROM entered").fetchall()[0]
        if not entered[0]:
            told = f" since {since}" if since else ""
            raise BookError(
                f"nobody has entered the experiment {experiment!r} up to {day}{told}", where=str(workspace.path),
                remedy="check its segments: arrears playbook show; or give a later --date",
            )  # fmt: skip
        _follow(con, workspace, bank, [one for one in days if one > entered[1]], day)
        return _outcomes(con)


def _require_whole(workspace: Workspace, days: Sequence[date]) -> None:
    """Raise `BookError` where a day between the first and the last is missing: what happened on it would not be counted."""
    for before, after in itertools.pairwise(days):
        if after - before != timedelta(days=1):
            raise BookError(
                f"{before + timedelta(days=1)} is missing between {before} and {after}", where=str(workspace.path),
                remedy="restore the days from a backup: their payments and contacts are part of the outcome",
            )  # fmt: skip


def _table(workspace: Workspace, step: str, days: Iterable[date], table: str) -> str:
    files: list[Path] = [file for one in days for file in sorted((workspace.step(step, one) / table).glob("*.parquet"))]
    if not files:
        raise BookError(
            f"no {table} of step {step} on the days wanted", where=str(workspace.path), remedy="restore them from a backup"
        )
    return f"read_parquet([{', '.join(map(quoted, files))}], hive_partitioning = true)"


def _enter(
    con: duckdb.DuckDBPyConnection, workspace: Workspace, experiment: str, days: Sequence[date], since: date | None,
    window: int, day: date,
) -> None:  # fmt: skip
    prefix = quoted(f"{experiment}:")
    con.execute(
        "CREATE TEMP TABLE entered AS SELECT customer_id, arg_min(arm, date) AS arm, CAST(min(date) AS DATE) AS entry, "
        f"CAST(min(date) AS DATE) + {int(window)} AS until, count(DISTINCT arm) > 1 AS moved "
        f"FROM {_table(workspace, 'playbook', days, 'segments')} WHERE starts_with(arm, {prefix}) GROUP BY customer_id"
    )
    if since is not None:
        con.execute("DELETE FROM entered WHERE entry < ?", [since])
    con.execute("ALTER TABLE entered ADD COLUMN matured BOOLEAN")
    con.execute("UPDATE entered SET matured = until <= ?", [day])


def _follow(
    con: duckdb.DuckDBPyConnection, workspace: Workspace, bank: Bank, later: Sequence[date], day: date
) -> None:  # fmt: skip
    """Temp tables of what came after entry: paid, contacted, complained, at_entry, at_end, now."""
    rate = _rate(bank)
    inside = "e.matured AND {at} > e.entry AND {at} <= e.until"
    if later:
        con.execute(
            "CREATE TEMP TABLE paid AS SELECT e.customer_id, "
            f"CAST(sum(CAST((CASE t.kind WHEN 'payment' THEN t.amount_minor ELSE -t.amount_minor END) AS HUGEINT) * {rate} "
            f"// {PPM}) AS BIGINT) AS minor "
            f"FROM (SELECT DISTINCT ON (transaction_id) * FROM {_table(workspace, 'feed', later, 'transactions')} "
            "WHERE kind IN ('payment', 'payment_reversal')) t JOIN entered e USING (customer_id) "
            f"WHERE {inside.format(at='t.posted_date')} GROUP BY e.customer_id"
        )
        con.execute(
            "CREATE TEMP TABLE contacted AS SELECT e.customer_id, c.channel, count(DISTINCT c.event_id) AS n "
            f"FROM {_table(workspace, 'feed', later, 'contacts')} c JOIN entered e USING (customer_id) "
            f"WHERE c.direction = 'outbound' AND {inside.format(at='c.local_date')} GROUP BY ALL"
        )
        con.execute(
            "CREATE TEMP TABLE complained AS SELECT e.customer_id, count(DISTINCT f.from_date) AS n "
            f"FROM {_table(workspace, 'feed', later, 'flags')} f JOIN entered e USING (customer_id) "
            f"WHERE f.flag = 'complaint' AND f.active AND {inside.format(at='f.from_date')} GROUP BY ALL"
        )
    else:
        con.execute("CREATE TEMP TABLE paid (customer_id VARCHAR, minor BIGINT)")
        con.execute("CREATE TEMP TABLE contacted (customer_id VARCHAR, channel VARCHAR, n BIGINT)")
        con.execute("CREATE TEMP TABLE complained (customer_id VARCHAR, n BIGINT)")
    entries, ends = (
        [row[0] for row in con.execute(f"SELECT DISTINCT {name} FROM entered WHERE matured ORDER BY 1").fetchall()]
        for name in ("entry", "until")
    )
    for name, days, on in (("at_entry", entries, "entry"), ("at_end", ends, "until")):
        if not days:
            con.execute(f"CREATE TEMP TABLE {name} (customer_id VARCHAR, late BOOLEAN)")
            continue
        con.execute(
            f"CREATE TEMP TABLE {name} AS SELECT e.customer_id, c.dpd > 0 AS late "
            f"FROM {_table(workspace, 'book', days, 'customers')} c JOIN entered e ON c.customer_id = e.customer_id "
            f"AND CAST(c.date AS DATE) = e.{on} WHERE e.matured"
        )
    _owed(con, workspace, bank, "owed_end", ends, "AND CAST(a.date AS DATE) = e.until")
    _owed(con, workspace, bank, "owed_now", [day], "")


def _owed(
    con: duckdb.DuckDBPyConnection, workspace: Workspace, bank: Bank, name: str, days: Sequence[date], on: str
) -> None:  # fmt: skip
    if not days:
        con.execute(f"CREATE TEMP TABLE {name} (customer_id VARCHAR, balance BIGINT, npl BIGINT)")
        return
    owed = f"CAST(greatest(a.balance_minor, 0) AS HUGEINT) * {_rate(bank, 'a.currency')} // {PPM}"
    con.execute(
        f"CREATE TEMP TABLE {name} AS SELECT e.customer_id, CAST(sum({owed}) AS BIGINT) AS balance, "
        f"CAST(coalesce(sum({owed}) FILTER (WHERE a.dpd > {NPL_DAYS}), 0) AS BIGINT) AS npl "
        f"FROM (SELECT * FROM {_table(workspace, 'book', days, 'accounts')} WHERE {ON_BOOK}) a "
        f"JOIN entered e ON a.customer_id = e.customer_id {on} GROUP BY e.customer_id"
    )


def _rate(bank: Bank, column: str = "currency") -> str:
    """Parts per million of the bank's currency for one unit of the row's."""
    rates = {product.currency: bank.fx_ppm.get(product.currency, PPM) for product in bank.products}
    cases = " ".join(f"WHEN {quoted(code)} THEN {ppm}" for code, ppm in sorted(rates.items()) if ppm != PPM)
    return f"(CASE {column} {cases} ELSE {PPM} END)" if cases else str(PPM)


def _outcomes(con: duckdb.DuckDBPyConnection) -> Outcomes:
    channels = ", ".join(
        f"coalesce(sum(n) FILTER (WHERE channel = {quoted(one)}), 0) AS {one}" for one in CHANNELS
    )  # fmt: skip
    listed = ", ".join(f"coalesce(k.{one}, 0) AS {one}" for one in CHANNELS)
    found: dict[str, Any] = con.execute(
        f"WITH k AS (SELECT customer_id, {channels} FROM contacted GROUP BY customer_id) "
        "SELECT e.arm, e.entry, e.matured, e.moved, coalesce(p.minor, 0) AS recovered, coalesce(b.late, false) AS late, "
        "coalesce(b.late, false) AND NOT coalesce(z.late, false) AS cured, coalesce(o.balance, 0) AS balance, "
        "coalesce(o.npl, 0) AS npl, coalesce(w.balance, 0) AS balance_now, coalesce(w.npl, 0) AS npl_now, "
        f"coalesce(c.n, 0) AS complaints, {listed} FROM entered e "
        "LEFT JOIN paid p USING (customer_id) LEFT JOIN at_entry b USING (customer_id) LEFT JOIN at_end z USING (customer_id) "
        "LEFT JOIN owed_end o USING (customer_id) LEFT JOIN owed_now w USING (customer_id) "
        "LEFT JOIN complained c USING (customer_id) LEFT JOIN k USING (customer_id) ORDER BY e.entry, e.customer_id"
    ).fetchnumpy()
    arm = np.array([str(one).split(":", 1)[1] for one in found["arm"]], dtype=object)
    return Outcomes(
        arm, found["entry"], found["matured"].astype(bool), found["moved"].astype(bool), found["recovered"].astype(float),
        found["late"].astype(bool), found["cured"].astype(bool), found["balance"].astype(float), found["npl"].astype(float),
        found["balance_now"].astype(float), found["npl_now"].astype(float),
        {one: found[one].astype(float) for one in CHANNELS}, found["complaints"].astype(float),
    )  # fmt: skip
