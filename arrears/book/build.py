"""One shard of the book, from yesterday's shard and today's feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

import ibis
import ibis.expr.types as ir

from arrears.bank import Bank
from arrears.book import ageing, customers, cycles, zones
from arrears.book.columns import ACCOUNT_COLUMNS, CUSTOMER_COLUMNS, schema
from arrears.book.tables import account_table, before_table, customer_table, feed_schema, feed_table, no_rows, with_day
from arrears.engine.session import Session, bind_as, to_sql
from arrears.feed.contracts import CONTRACTS
from arrears.store import link_or_copy

CARRIED_TABLES = ("consents", "flags")
"""Small tables that the book keeps in the feed's own form."""

KEYS: dict[str, tuple[str, ...]] = {
    "accounts": ("seq",),
    "customers": ("seq",),
    "contact_points": ("contact_id",),
    "contact_points_changes": ("contact_id",),
    "people": ("customer_id",),
    "people_changes": ("customer_id",),
    "consents": CONTRACTS["consents"].key,
    "flags": CONTRACTS["flags"].key,
}
"""What the book of a date holds, and the key each table is sorted by.

Contact points and people are many and change seldom: `contact_points` stays the very file of an earlier day and
`contact_points_changes` holds what has been delivered since, until that is a tenth of it and both are merged.
"""

MERGE_SHARE = 10
"""Changes are merged into a kept table when they are more than one in so many of its rows."""

COMPILED_MAX = 256
"""Queries of a kind that are kept compiled: a long backlog has many rounds of statements."""

KEPT_TABLES: dict[str, dict[str, str]] = {
    "contact_points": feed_schema("contact_points"),
    "people": {"customer_id": "string", "full_name": "string"},
}
"""Tables that are kept in two files, and their columns. Names and numbers stand here only, never beside what is owed."""


TABLE_SCHEMAS: dict[str, dict[str, str]] = {
    "accounts": schema(ACCOUNT_COLUMNS),
    "customers": schema(CUSTOMER_COLUMNS),
    **{name: feed_schema(name) for name in CARRIED_TABLES},
    **{f"{name}{part}": columns for name, columns in KEPT_TABLES.items() for part in ("", "_changes")},
}
"""Columns and Ibis types of every table of the book."""


@dataclass(frozen=True)
class BookQueries:
    """The book's SQL for one bank and dialect: compiled once, run for every day and shard."""

    bank: Bank
    dialect: str

    def _sql(self, table: ir.Table) -> str:
        return to_sql(table, self.dialect)

    def compile(self) -> None:
        """Compile what every day needs, before workers share it."""
        _ = self.rounds_n, self.opened, self.closings, self.placed, self.postings, self.workings, self.carried_forward
        _ = self.aged, self.reach, self.customers, self.prefixes_to_place, self.addresses_to_place

    @cached_property
    def rounds_n(self) -> str:
        """One number: the most statements that any account has in the feed, at least 1."""
        statements = feed_table("statements")
        counted = statements.group_by("account_id").agg(n=statements.count().cast("int64"))
        return self._sql(counted.agg(rounds_n=counted.n.max().coalesce(1).cast("int64")))

    @cached_property
    def opened(self) -> str:
        return self._sql(cycles.opened(account_table("before_accounts"), _news("accounts")))

    def statements(self, number: int) -> str:
        return _statements(self.dialect, number)

    def transactions(self, number: int, rounds: int) -> str:
        return _transactions(self.dialect, number, rounds)

    @cached_property
    def closings(self) -> str:
        """Only of the accounts that the round's transactions and contacts touch: one in ten on a normal day."""
        accounts, transactions, contacts = _round_accounts(), _round("transactions"), _round("contacts")
        touched = transactions.select("customer_id").union(contacts.select("customer_id")).distinct()
        return self._sql(cycles.closings(accounts.semi_join(touched, "customer_id"), _round("statements"), self.bank))

    @cached_property
    def placed(self) -> str:
        return self._sql(cycles.placed(_round("transactions"), ibis.table(cycles.CLOSING_SCHEMA, name="closings")))

    @cached_property
    def postings(self) -> str:
        return self._sql(cycles.postings(ibis.table(cycles.PLACED_SCHEMA, name="placed")))

    @cached_property
    def workings(self) -> str:
        return self._sql(cycles.workings(_round("contacts"), ibis.table(cycles.CLOSING_SCHEMA, name="closings")))

    @cached_property
    def carried_forward(self) -> str:
        return self._sql(self._carried_forward)

    @cached_property
    def aged(self) -> str:
        """Over the view `carried`: as one expression with it, each shifted column would be computed again at every use."""
        return self._sql(ageing.aged(_round_accounts("carried"), self.bank))

    @cached_property
    def reach(self) -> str:
        found = ibis.table(zones.PREFIX_ZONES, name="prefix_zones")
        return self._sql(customers.reach(_kept("contact_points", "contact_points"), _reachable_anew(), found))

    @cached_property
    def prefixes_to_place(self) -> str:
        return self._sql(zones.prefixes_to_place(_kept("contact_points", "contact_points"), _reachable_anew()))

    @cached_property
    def addresses_to_place(self) -> str:
        return self._sql(zones.addresses_to_place(feed_table("customers")))

    def kept(self, name: str) -> str:
        """All rows of a kept table: the kept file but for what was delivered since, and that."""
        return _merged(self.dialect, name, f"{name}_kept", f"{name}_changes")

    def kept_changes(self, name: str) -> str:
        return _merged(self.dialect, name, f"before_{name}_changes", f"feed_{name}")

    def carried_table(self, name: str) -> str:
        return _carried_table(self.dialect, name)

    @cached_property
    def customers(self) -> str:
        dated = {
            name: ibis.table(feed_schema(name) | {"as_of": "date"}, name=f"{name}_on_day") for name in ("flags", "consents")
        }
        accounts = ibis.table(schema(ACCOUNT_COLUMNS) | {"as_of": "date"}, name="accounts_on_day")
        news = zones.placed(_news("customers"), ibis.table(zones.ADDRESS_ZONES, name="address_zones"))
        known = customers.known_customers(customer_table("before_customers"), news, self.bank)
        reached = ibis.table(
            {"touched_customer": "string", **{f"now_{name}": "string" for name in customers.REACH}}, name="reached"
        )
        table = customers.customers_as_of(
            known,
            reached,
            customers.standing(accounts, self.bank),
            customers.flags_in_force(dated["flags"]),
            customers.consents_in_force(dated["consents"]),
            customers.last_worked(feed_table("contacts")),
            self.bank,
        )
        return self._sql(table)

    @property
    def _carried_forward(self) -> ir.Table:
        posted = ibis.table(cycles.POSTED_SCHEMA, name="posted")
        worked = ibis.table(cycles.WORKED_SCHEMA, name="worked")
        return cycles.carried_forward(_round_accounts(), _round("statements"), posted, worked, self.bank)


def book_queries(bank: Bank, dialect: str) -> BookQueries:
    """The queries of a bank: compiled once a process, since that takes seconds and every day run or replayed asks for them."""
    return _compiled(bank.model_dump_json(), dialect)


@lru_cache(maxsize=8)
def _compiled(bank: str, dialect: str) -> BookQueries:
    return BookQueries(Bank.model_validate_json(bank), dialect)


# SQL of no bank in particular, which every shard asks for.
@lru_cache(maxsize=COMPILED_MAX)
def _statements(dialect: str, number: int) -> str:
    return to_sql(cycles.statements_of_round(feed_table("statements"), number), dialect)


@lru_cache(maxsize=COMPILED_MAX)
def _transactions(dialect: str, number: int, rounds: int) -> str:
    rows = cycles.transactions_of_round(feed_table("transactions"), feed_table("statements"), number, rounds)
    return to_sql(rows, dialect)


@lru_cache(maxsize=COMPILED_MAX)
def _merged(dialect: str, name: str, before: str, changes: str) -> str:
    return to_sql(customers.changed_rows(_kept(name, before), _kept(name, changes), KEYS[name]), dialect)


@lru_cache(maxsize=COMPILED_MAX)
def _carried_table(dialect: str, name: str) -> str:
    return to_sql(customers.changed_rows(before_table(name), feed_table(name), CONTRACTS[name].key), dialect)


def _round(name: str) -> ir.Table:
    return ibis.table(feed_schema(name), name=f"round_{name}")


def _round_accounts(name: str = "round_accounts") -> ir.Table:
    types = schema(ACCOUNT_COLUMNS)
    return ibis.table({column: types[column] for column in cycles.CARRIED_COLUMNS} | {"as_of": "date"}, name=name)


def _kept(name: str, bound: str) -> ir.Table:
    return ibis.table(KEPT_TABLES[name], name=bound)


def _reachable_anew() -> ir.Table:
    """`customer_id` of whoever was delivered today, or has a contact point that was."""
    points, new = feed_table("contact_points"), feed_table("customers")
    return points.select("customer_id").union(new.select("customer_id"))


def _news(name: str) -> ir.Table:
    return ibis.table(feed_schema(name) | {"seen_before": "int64"}, name=f"news_{name}")


def build_shard(session: Session, queries: BookQueries, before: Path, folder: Path, shard: str, as_of: date) -> dict[str, int]:
    """Write one shard of every table of the book below `folder`; returns rows by table.

    `before` is yesterday's book; the session has it bound by `bind_before`, and `feed_<table>` to today's shard.
    """
    for name in ("accounts", "customers"):
        seen = session.rows(f"SELECT count(*) FROM before_{name}")[0][0]
        session.alias(f"news_{name}", f"SELECT *, CAST({seen} AS BIGINT) AS seen_before FROM feed_{name}")
    written = {"accounts": _write_accounts(session, queries, folder / "accounts" / shard, as_of)}
    session.alias("feed_people", "SELECT customer_id, full_name FROM feed_customers")
    for name in KEPT_TABLES:
        written |= _write_kept(session, queries, name, before, folder, shard)
    for name in CARRIED_TABLES:
        written[name] = session.write(queries.carried_table(name), folder / name / shard, KEYS[name])
    for name in ("accounts", *CARRIED_TABLES):
        session.bind(name, [folder / name / shard])
        session.alias(f"{name}_on_day", with_day(f"SELECT * FROM {name}", as_of))
    zones.bind_places(session, queries.prefixes_to_place, queries.addresses_to_place, folder / ".zones", shard)
    session.let("reached", queries.reach)
    written["customers"] = session.write_in_place(queries.customers, folder / "customers" / shard, KEYS["customers"])
    return written


def bind_kept(session: Session, queries: BookQueries, name: str, book: Path, shard: str) -> None:
    """Let `name` stand for all rows of a kept table in a shard of a book."""
    session.bind(f"{name}_kept", [book / name / shard])
    session.bind(f"{name}_changes", [book / f"{name}_changes" / shard])
    session.alias(name, queries.kept(name))


def _write_kept(session: Session, queries: BookQueries, name: str, before: Path, folder: Path, shard: str) -> dict[str, int]:
    changes, path = f"{name}_changes", folder / name / shard
    changed_n = session.write(queries.kept_changes(name), folder / changes / shard, KEYS[name])
    bind_kept(session, queries, name, before, shard)
    session.bind(changes, [folder / changes / shard])
    kept_n = int(session.rows(f"SELECT count(*) FROM {name}_kept")[0][0])
    if changed_n * MERGE_SHARE > kept_n:
        kept_n = session.write(queries.kept(name), path, KEYS[name])
        changed_n = session.write(f"SELECT * FROM {changes} WHERE FALSE", folder / changes / shard, KEYS[name])
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        link_or_copy(before / name / shard, path)
    bind_kept(session, queries, name, folder, shard)
    return {name: kept_n, changes: changed_n}


def _write_accounts(session: Session, queries: BookQueries, path: Path, as_of: date) -> int:
    rounds = int(session.rows(queries.rounds_n)[0][0])
    session.alias("round_accounts", with_day(queries.opened, as_of))
    for number in range(1, rounds + 1):
        last = number == rounds
        if rounds == 1:
            session.alias("round_statements", "SELECT * FROM feed_statements")
            session.alias("round_transactions", "SELECT * FROM feed_transactions")
        else:
            session.let("round_statements", queries.statements(number))
            session.let("round_transactions", queries.transactions(number, rounds))
        session.alias("round_contacts", f"SELECT * FROM feed_contacts WHERE {'TRUE' if last else 'FALSE'}")
        session.let("closings", queries.closings)
        session.let("placed", queries.placed)
        session.let("posted", queries.postings)
        session.let("worked", queries.workings)
        if not last:
            after = f"accounts_after_{number}"
            session.let(after, queries.carried_forward)
            session.alias("round_accounts", f"SELECT * FROM {after}")
    session.alias("carried", queries.carried_forward)
    return session.write_in_place(queries.aged, path, KEYS["accounts"])


def bind_before(session: Session, book: Path, shard: str) -> None:
    """Bind yesterday's shard as `build_shard` wants it."""
    for name in ("accounts", "customers", *(f"{kept}_changes" for kept in KEPT_TABLES)):
        session.bind(f"before_{name}", [book / name / shard])
    for name in CARRIED_TABLES:  # in the feed's form, which gains columns
        bind_as(session, f"before_{name}", [book / name / shard], TABLE_SCHEMAS[name])


def write_empty_shard(session: Session, folder: Path, shard: str) -> None:
    """A shard of the book of a bank that has no accounts yet: what the first day starts from."""
    for name, order in KEYS.items():
        session.write(no_rows(TABLE_SCHEMAS[name]), folder / name / shard, order)
