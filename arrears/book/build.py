"""One shard of the book, from yesterday's shard and today's feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import ibis
import ibis.expr.types as ir

from arrears.bank import Bank
from arrears.book import ageing, customers, cycles
from arrears.book.columns import ACCOUNT_COLUMNS, schema
from arrears.book.tables import account_table, before_table, customer_table, feed_schema, feed_table, with_day
from arrears.engine.session import Session, to_sql
from arrears.feed.contracts import CONTRACTS
from arrears.store import link_or_copy

CARRIED_TABLES = ("consents", "flags")
"""Small tables that the book keeps in the feed's own form."""

KEYS: dict[str, tuple[str, ...]] = {
    "accounts": ("seq",),
    "customers": ("seq",),
    "contact_points": ("contact_id",),
    "contact_point_changes": ("contact_id",),
    "consents": CONTRACTS["consents"].key,
    "flags": CONTRACTS["flags"].key,
}
"""What the book of a date holds, and the key each table is sorted by.

Contact points are many and change seldom: `contact_points` stays the very file of an earlier day and
`contact_point_changes` holds what has been delivered since, until that is a tenth of it and both are merged.
"""

MERGE_SHARE = 10
"""`contact_point_changes` are merged when they are more than one in so many of `contact_points`."""


@dataclass(frozen=True)
class BookQueries:
    """The book's SQL for one bank and dialect: compiled once, run for every day and shard."""

    bank: Bank
    dialect: str

    def _sql(self, table: ir.Table) -> str:
        return to_sql(table, self.dialect)

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
        return self._sql(cycles.statements_of_round(feed_table("statements"), number))

    def transactions(self, number: int, rounds: int) -> str:
        return self._sql(cycles.transactions_of_round(feed_table("transactions"), feed_table("statements"), number, rounds))

    @cached_property
    def postings(self) -> str:
        return self._sql(cycles.postings(_round("transactions"), self._closings))

    @cached_property
    def workings(self) -> str:
        return self._sql(cycles.workings(_round("contacts"), self._closings))

    @cached_property
    def carried_forward(self) -> str:
        return self._sql(self._carried_forward)

    @cached_property
    def aged(self) -> str:
        """Over the view `carried`: as one expression with it, each shifted column would be computed again at every use."""
        return self._sql(ageing.aged(_round_accounts("carried"), self.bank))

    @cached_property
    def reach(self) -> str:
        points, new = feed_table("contact_points"), feed_table("customers")
        changed = points.select("customer_id").union(new.select("customer_id"))
        return self._sql(customers.reach(ibis.table(feed_schema("contact_points"), name="contact_points"), changed))

    @cached_property
    def contact_points(self) -> str:
        """All contact points: the kept file but for what was delivered since, and that."""
        kept = ibis.table(feed_schema("contact_points"), name="kept_contact_points")
        changes = ibis.table(feed_schema("contact_points"), name="contact_point_changes")
        return self._sql(customers.changed_rows(kept, changes, CONTRACTS["contact_points"].key))

    @cached_property
    def contact_point_changes(self) -> str:
        before = ibis.table(feed_schema("contact_points"), name="before_contact_point_changes")
        return self._sql(customers.changed_rows(before, feed_table("contact_points"), CONTRACTS["contact_points"].key))

    def carried_table(self, name: str) -> str:
        return self._sql(customers.changed_rows(before_table(name), feed_table(name), CONTRACTS[name].key))

    @cached_property
    def customers(self) -> str:
        dated = {
            name: ibis.table(feed_schema(name) | {"as_of": "date"}, name=f"{name}_on_day") for name in ("flags", "consents")
        }
        accounts = ibis.table(schema(ACCOUNT_COLUMNS) | {"as_of": "date"}, name="accounts_on_day")
        known = customers.known_customers(customer_table("before_customers"), _news("customers"), self.bank)
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
    def _closings(self) -> ir.Table:
        return cycles.closings(_round_accounts(), _round("statements"), self.bank)

    @property
    def _carried_forward(self) -> ir.Table:
        posted = ibis.table(cycles.POSTED_SCHEMA, name="posted")
        worked = ibis.table(cycles.WORKED_SCHEMA, name="worked")
        return cycles.carried_forward(_round_accounts(), _round("statements"), posted, worked, self.bank)


def _round(name: str) -> ir.Table:
    return ibis.table(feed_schema(name), name=f"round_{name}")


def _round_accounts(name: str = "round_accounts") -> ir.Table:
    types = schema(ACCOUNT_COLUMNS)
    return ibis.table({column: types[column] for column in cycles.CARRIED_COLUMNS} | {"as_of": "date"}, name=name)


def _news(name: str) -> ir.Table:
    return ibis.table(feed_schema(name) | {"seen_before": "int64"}, name=f"news_{name}")


def build_shard(session: Session, queries: BookQueries, before: Path, folder: Path, shard: str, as_of: date) -> dict[str, int]:
    """Write one shard of every table of the book below `folder`; returns rows by table.

    `before` is yesterday's book; the session has `before_<table>` bound to its shard and `feed_<table>` to today's.
    """
    for name in ("accounts", "customers"):
        seen = session.rows(f"SELECT count(*) FROM before_{name}")[0][0]
        session.alias(f"news_{name}", f"SELECT *, CAST({seen} AS BIGINT) AS seen_before FROM feed_{name}")
    written = {"accounts": _write_accounts(session, queries, folder / "accounts" / shard, as_of)}
    written |= _write_contact_points(session, queries, before, folder, shard)
    for name in CARRIED_TABLES:
        written[name] = session.write(queries.carried_table(name), folder / name / shard, KEYS[name])
    for name in ("accounts", *CARRIED_TABLES):
        session.bind(name, [folder / name / shard])
        session.alias(f"{name}_on_day", with_day(f"SELECT * FROM {name}", as_of))
    session.let("reached", queries.reach)
    written["customers"] = session.write_in_place(queries.customers, folder / "customers" / shard, KEYS["customers"])
    return written


def bind_contact_points(session: Session, queries: BookQueries, book: Path, shard: str) -> None:
    """Let `contact_points` stand for all contact points of a shard of a book."""
    session.bind("kept_contact_points", [book / "contact_points" / shard])
    session.bind("contact_point_changes", [book / "contact_point_changes" / shard])
    session.alias("contact_points", queries.contact_points)


def _write_contact_points(session: Session, queries: BookQueries, before: Path, folder: Path, shard: str) -> dict[str, int]:
    name, changes = "contact_points", "contact_point_changes"
    kept_path, path = before / name / shard, folder / name / shard
    changed_n = session.write(queries.contact_point_changes, folder / changes / shard, KEYS[changes])
    session.bind(changes, [folder / changes / shard])
    session.bind("kept_contact_points", [kept_path])
    kept_n = int(session.rows("SELECT count(*) FROM kept_contact_points")[0][0])
    if changed_n * MERGE_SHARE > kept_n:
        kept_n = session.write(queries.contact_points, path, KEYS[name])
        changed_n = session.write("SELECT * FROM contact_point_changes WHERE FALSE", folder / changes / shard, KEYS[changes])
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        link_or_copy(kept_path, path)
    bind_contact_points(session, queries, folder, shard)
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
        session.let("posted", queries.postings)
        session.let("worked", queries.workings)
        if not last:
            after = f"accounts_after_{number}"
            session.let(after, queries.carried_forward)
            session.alias("round_accounts", f"SELECT * FROM {after}")
    session.alias("carried", queries.carried_forward)
    return session.write_in_place(queries.aged, path, KEYS["accounts"])
