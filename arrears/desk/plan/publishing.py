"""A day's plan into the database: once, as a whole, and the same again changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from psycopg import sql

from arrears.desk.ledger.appending import Connection
from arrears.desk.ledger.identity import identities_of
from arrears.desk.opening import Store
from arrears.desk.plan.rows import INTENT_COLUMNS, STANDING_COLUMNS, DayOfPlan, intent_rows, standing_rows
from arrears.errors import StoreError


@dataclass(frozen=True)
class Published:
    """What came of it."""

    business_date: date
    customers_n: int
    intents_n: int
    was_done: bool
    """It had been published before, and nothing changed."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def publish(
    store: Store, plan: DayOfPlan, progress: Callable[[str, int, int], None] = lambda what, done, total: None
) -> Published:
    """Publish the plan in one transaction; raises `StoreError` where another plan of that day was published."""
    with store.connect() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('arrears publish'))")
        before = connection.execute(
            "SELECT plan_hash, customers_n, intents_n FROM publication WHERE business_date = %s", [plan.day]
        ).fetchone()
        if before is not None:
            if before[0] != plan.plan_hash:
                raise StoreError(
                    f"another plan of {plan.day} was published, and contacts may have been made by it", where="publish",
                    remedy="publish the next day's plan; a published one is never replaced",
                )  # fmt: skip
            return Published(plan.day, before[1], before[2], was_done=True)
        total = len(plan.shards)
        standings = _copied(
            connection,
            "standing",
            STANDING_COLUMNS,
            standing_rows(plan, identities_of(connection)),
            "customers",
            total,
            progress,
        )
        connection.execute(
            "INSERT INTO customer (customer_id) SELECT customer_id FROM standing WHERE business_date = %s "
            "ON CONFLICT DO NOTHING", [plan.day],
        )  # fmt: skip
        intents = _copied(connection, "intent", INTENT_COLUMNS, intent_rows(plan), "contacts", total, progress)
        connection.execute(
            "INSERT INTO publication (business_date, plan_hash, strategy, customers_n, intents_n, timezone, published_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, clock_timestamp())",
            [plan.day, plan.plan_hash, json.dumps(plan.strategy_hashes), standings, intents, plan.strategy.bank.timezone],
        )
    analyse(store)
    return Published(plan.day, standings, intents, was_done=False)


def ahead(lines: Iterator[bytes]) -> Iterator[bytes]:
    """The same lines, made by a thread of their own while those before are being written."""
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, lines, None)
        while (line := coming.result()) is not None:
            coming = maker.submit(next, lines, None)
            yield line


def analyse(store: Store) -> None:
    """Tell the planner what came in, where the role may; else the server does it by itself a little later."""
    with store.connect(autocommit=True) as connection:
        for table in ("standing", "intent", "customer"):
            connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))


def _copied(
    connection: Connection, table: str, columns: Sequence[str], lines: Iterator[bytes], what: str, total: int,
    progress: Callable[[str, int, int], None],
) -> int:  # fmt: skip
    """COPY the lines into a table; returns the rows."""
    query = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor:
        with cursor.copy(query) as copy:
            for number, line in enumerate(ahead(lines)):
                copy.write(line)
                progress(f"publishing {what}", min(number, total), total)
        return cursor.rowcount
