"""A bank of any size to time a day on: yesterday's book, aged by the book's own queries, and today's feed.

Made by arithmetic on a running number and a seed, part by part, so that twenty million accounts need no more memory than a
million. A tenth of the accounts transact today, one in thirty closes a statement, and some six in a hundred are past due.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import duckdb

from arrears.bank import Bank, Product
from arrears.book.build import KEPT_TABLES, KEYS, BookQueries
from arrears.book.columns import CUSTOMER_COLUMNS, CYCLES, schema
from arrears.book.cycles import CARRIED_COLUMNS
from arrears.book.tables import feed_schema, no_rows, with_day
from arrears.book.zones import bind_places
from arrears.engine.duck import DuckSession, write_sorted
from arrears.store import COPY_OPTIONS, quoted

SHARD_ACCOUNTS = 1_000_000
"""Accounts in a shard of the bench's bank."""


def bench_bank(accounts: int, shard_accounts: int = SHARD_ACCOUNTS) -> Bank:
    """The bank that is timed: one jurisdiction, three products, cut into shards of at most some `shard_accounts`."""
    products = (
        Product(product_id="classic", currency="CNY", grace_days=3, tolerance_minor=1_000),
        Product(product_id="gold", currency="CNY", grace_days=3, tolerance_minor=1_000),
        Product(product_id="young", currency="CNY", grace_days=0, tolerance_minor=0),
    )
    shards = max(1, -(-accounts // shard_accounts))
    return Bank(name="Bench Bank", country="CN", timezone="Asia/Shanghai", currency="CNY", products=products, shards=shards,
                phone="+86 10 5550 0000")  # fmt: skip


def write_bench_bank(
    book: Path, feed: Path, *, accounts: int, as_of: date, seed: int, shard_accounts: int = SHARD_ACCOUNTS,
    progress: Callable[[int, int], None] | None = None,
) -> Bank:  # fmt: skip
    """Write the book as of the day before `as_of` and the feed of `as_of` (Parquet, contract form); returns the bank."""
    bank = bench_bank(accounts, shard_accounts)
    parts = feed.parent / f"{feed.name}.parts"
    queries = BookQueries(bank, "duckdb")
    queries.compile()
    done = 0

    def one(shard: int) -> None:
        _write_shard(book, parts, bank, queries, accounts, as_of, seed, shard)

    with ThreadPoolExecutor(2) as pool:
        for _ in pool.map(one, range(bank.shards)):
            done += 1
            if progress:
                progress(done, bank.shards)
    _join_parts(parts, feed)
    return bank


def _write_shard(
    book: Path, parts: Path, bank: Bank, queries: BookQueries, accounts: int, as_of: date, seed: int, shard: int
) -> None:
    name = f"{shard:04d}.parquet"
    before = as_of - timedelta(days=1)
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 1; SET memory_limit = '2GB'")
        session = DuckSession(connection)
        session.let("ids", _ids(accounts, bank.shards, shard))
        session.let("carried", with_day(_accounts(before, seed), before))
        session.alias("feed_contacts", _empty_feed("contacts"))
        session.write(queries.aged, book / "accounts" / name, KEYS["accounts"])
        session.bind("accounts", [book / "accounts" / name])
        session.let("feed_customers", _customers())
        session.alias("news_customers", "SELECT *, CAST(0 AS BIGINT) AS seen_before FROM feed_customers")
        session.let("feed_contact_points", _contact_points())
        session.let("before_customers", no_rows(schema(CUSTOMER_COLUMNS)))
        session.write("SELECT * FROM feed_contact_points", book / "contact_points" / name, KEYS["contact_points"])
        session.write("SELECT customer_id, full_name FROM feed_customers", book / "people" / name, KEYS["people"])
        for table in KEPT_TABLES:
            empty = no_rows(KEPT_TABLES[table])
            session.write(empty, book / f"{table}_changes" / name, KEYS[table])
        session.write(_consents(before), book / "consents" / name, KEYS["consents"])
        session.write(_flags(before), book / "flags" / name, KEYS["flags"])
        for table in ("contact_points", "consents", "flags"):
            session.bind(table, [book / table / name])
        for table in ("accounts", "consents", "flags"):
            session.alias(f"{table}_on_day", with_day(f"SELECT * FROM {table}", before))
        bind_places(session, queries.prefixes_to_place, queries.addresses_to_place, parts / "zones", name)
        session.let("reached", queries.reach)
        session.write(queries.customers, book / "customers" / name, KEYS["customers"])
        for table, query in _feed(as_of, seed).items():
            (parts / table).mkdir(parents=True, exist_ok=True)
            connection.execute(f"COPY ({query}) TO {quoted(parts / table / name)} ({COPY_OPTIONS})")


def _join_parts(parts: Path, feed: Path) -> None:
    """One file a table, as a card system would deliver it: not cut by shard."""
    feed.mkdir(parents=True, exist_ok=True)
    keys = {"customers": "customer_id", "accounts": "account_id", "statements": "account_id", "transactions": "transaction_id",
            "contact_points": "contact_id", "consents": "customer_id", "flags": "customer_id",
            "contacts": "event_id"}  # fmt: skip
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 2; SET memory_limit = '4GB'")
        for table, key in keys.items():
            source = f"SELECT * FROM read_parquet({quoted(parts / table / '*.parquet')})"
            write_sorted(connection, source, feed / f"{table}.parquet", [key])
    shutil.rmtree(parts)


def _ids(accounts: int, shards: int, shard: int) -> str:
    hashed = "(('0x' || left(md5(format('C{:010d}', c)), 8))::BIGINT & 2147483647)"
    return f"""
        SELECT i, c, format('A{{:010d}}', i) AS account_id, format('C{{:010d}}', c) AS customer_id
        FROM (SELECT unnest(generate_series(c * 10 // 7 + (CASE WHEN c * 10 % 7 > 0 THEN 1 ELSE 0 END),
                                            least((c + 1) * 10 // 7 + (CASE WHEN (c + 1) * 10 % 7 > 0 THEN 1 ELSE 0 END),
                                                  {accounts}) - 1)) AS i, c
              FROM (SELECT range AS c FROM range({(accounts * 7 + 9) // 10}) WHERE {hashed} % {shards} = {shard}))
    """


def _roll(of: str, salt: int, seed: int, below: int) -> str:
    return f"(hash({of}, {salt}, {seed}) % {below})::BIGINT"


def _accounts(before: date, seed: int) -> str:
    """Raw accounts: nine in ten pay in full or the minimum, the others miss their newest few minimum payments."""
    day = f"DATE '{before.isoformat()}'"
    kind = _roll("i", 1, seed, 100)
    more = f"(CASE WHEN {kind} >= 99 THEN 4 ELSE 0 END)"
    missed = f"(CASE WHEN {kind} < 90 THEN 0 ELSE 1 + {_roll('i', 2, seed, 64)} // 20 + {more} END)"
    columns = {
        "seq": "row_number() OVER (ORDER BY i) - 1",
        "account_id": "account_id", "customer_id": "customer_id",
        "product_id": "CASE i % 10 WHEN 0 THEN 'gold' WHEN 1 THEN 'young' ELSE 'classic' END", "currency": "'CNY'",
        "opened_date": f"({day} - (400 + i % 3000)::INT)", "status": "'open'",
        "credit_limit_minor": f"500000 * (1 + {_roll('i', 3, seed, 20)})",
        "balance_minor": f"1000 * {_roll('i', 4, seed, 4000)}",
        "statement_balance_minor": f"1000 * {_roll('i', 5, seed, 4000)}",
        "previous_statement_balance_minor": f"1000 * {_roll('i', 6, seed, 4000)}",
        "statements_n": "12 + i % 60", "last_payment_date": f"({day} - (i % 30)::INT)",
        "worked_cycles": _roll("i", 14, seed, 4096), "older_unpaid_minor": "0::BIGINT",
        "older_due_date": "NULL::DATE", "older_overdue_n": "0::BIGINT",
        "older_first_missed": "FALSE", "bucket": "NULL::BIGINT", "bucket_entry_date": "NULL::DATE",
    }  # fmt: skip
    for k in range(CYCLES):
        asked = f"(100 * (50 + {_roll('i', 100 + k, seed, 5000)}))"
        pays = f"(({missed}) <= {k})"
        is_late = f"({_roll('i', 200 + k, seed, 12)} = 0)"
        columns |= {
            f"close_{k}": f"({day} - (i % 30)::INT - {30 * k})", f"due_{k}": f"({day} - (i % 30)::INT - {30 * k} + 20)",
            f"due_new_{k}": asked,
            f"paid_on_time_{k}": f"(CASE WHEN {pays} AND NOT {is_late} THEN {asked} * 3 ELSE 0 END)",
            f"paid_late_{k}": f"(CASE WHEN {pays} AND {is_late} THEN {asked} ELSE 0 END)",
        }  # fmt: skip
    return "SELECT " + ", ".join(f"{columns[name]} AS {name}" for name in CARRIED_COLUMNS) + " FROM ids"


_PEOPLE = "(SELECT DISTINCT c, customer_id FROM ids)"


def _customers() -> str:
    return f"""SELECT customer_id, format('客户{{}}', c) AS full_name, CASE WHEN c % 20 = 0 THEN 'en' ELSE 'zh' END AS language,
        'CN' AS country, 'SH' AS region, 'Asia/Shanghai' AS timezone, DATE '2019-03-01' AS since_date FROM {_PEOPLE}"""


def _contact_points() -> str:
    point = """SELECT format('{prefix}{{:010d}}', c) AS contact_id, customer_id, '{kind}' AS kind, {value} AS value,
        '{party}' AS party, 'contract' AS source, 'Asia/Shanghai' AS timezone, 'active' AS status, 1::BIGINT AS rank
        FROM {people} WHERE {where}"""
    points = (
        ("M", "mobile", "format('+8610{:010d}', c)", "debtor", "TRUE"),
        ("E", "email", "format('c{}@example.com', c)", "debtor", "c % 5 < 3"),
        ("D", "address", "format('{} Example Road, Shanghai', c)", "debtor", "c % 10 < 9"),
        ("R", "mobile", "format('+8611{:010d}', c)", "relative", "c % 4 = 0"),
    )
    return " UNION ALL ".join(
        point.format(prefix=prefix, kind=kind, value=value, party=party, where=where, people=_PEOPLE)
        for prefix, kind, value, party, where in points
    )


def _consents(day: date) -> str:
    return f"""SELECT customer_id, 'sms' AS channel, 'collection' AS purpose, c % 50 > 0 AS given, DATE '{day}' AS at_date,
        NULL::DATE AS until_date FROM {_PEOPLE} WHERE c % 10 = 0"""


def _flags(day: date) -> str:
    flags = "['dispute', 'hardship', 'deceased', 'plan_performing', 'cease']"
    flag = f"{flags}[c % 5 + 1]"
    return f"""SELECT customer_id, {flag} AS flag, TRUE AS active, DATE '{day}' AS from_date, NULL::DATE AS until_date,
        NULL::VARCHAR AS evidence FROM {_PEOPLE} WHERE c % 200 < 2"""


def _feed(as_of: date, seed: int) -> dict[str, str]:
    """Today's deliveries of one shard: statements of every thirtieth account, transactions of every tenth, some events."""
    day = f"DATE '{as_of.isoformat()}'"
    minimum = f"(100 * (50 + {_roll('i', 7, seed, 5000)}))"
    pick = _roll("i", 8, seed, 10)
    kind = f"CASE WHEN {_roll('i', 9, seed, 3)} = 0 THEN 'payment' ELSE 'purchase' END"
    back = f"(CASE WHEN {_roll('i', 10, seed, 500)} = 0 THEN 40 ELSE 0 END)::INT"
    moved = " UNION ALL ".join(f"SELECT * FROM ({query})" for query in (_contact_points(),))
    return {
        "customers": _empty_feed("customers"),
        "accounts": _empty_feed("accounts"),
        "statements": f"""SELECT account_id, {day} AS statement_date, {day} + 20 AS due_date, 'CNY' AS currency,
            1000 * {_roll("i", 11, seed, 4000)} AS balance_minor, {minimum} AS minimum_payment_minor,
            0::BIGINT AS past_due_minor
            FROM ids WHERE i % 30 = 29""",
        "transactions": f"""SELECT format('T{{:010d}}', i) AS transaction_id, account_id, {kind} AS kind,
            100 * (1 + {_roll("i", 12, seed, 5000)}) AS amount_minor, 'CNY' AS currency, {day} AS posted_date,
            {day} - CASE WHEN {kind} = 'payment' THEN {back} ELSE 0 END AS value_date, NULL::VARCHAR AS reverses_id
            FROM ids WHERE {pick} = 0""",
        "contact_points": f"SELECT * FROM ({moved}) WHERE contact_id LIKE 'M%777'",
        "consents": f"""SELECT customer_id, 'sms' AS channel, 'collection' AS purpose, FALSE AS given, {day} AS at_date,
            NULL::DATE AS until_date FROM {_PEOPLE} WHERE c % 5000 = 1""",
        "flags": f"""SELECT customer_id, 'dispute' AS flag, TRUE AS active, {day} AS from_date, NULL::DATE AS until_date
            FROM {_PEOPLE} WHERE c % 5000 = 2""",
        "contacts": f"""SELECT format('E{{:010d}}', i) AS event_id, customer_id, account_id,
            format('M{{:010d}}', c) AS contact_id,
            CAST({day} AS TIMESTAMP) + INTERVAL 3 HOUR AS at, {day} AS local_date, 'call' AS channel, 'outbound' AS direction,
            'debtor' AS party, CASE WHEN i % 3 = 0 THEN 'right_party' ELSE 'no_answer' END AS outcome
            FROM ids WHERE {_roll("i", 13, seed, 50)} = 0""",
    }  # fmt: skip


def _empty_feed(table: str) -> str:
    columns = feed_schema(table)
    if table not in ("accounts", "customers", "contact_points", "consents", "flags", "contacts"):
        columns.pop("customer_id")
    return no_rows(columns)
