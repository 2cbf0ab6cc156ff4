"""The SQL of a day's supervision, compiled once for a bank and dialect, and the order in which one shard is worked through."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import ibis
import ibis.expr.types as ir

from arrears.bank import Bank
from arrears.book.tables import account_table, customer_table, feed_schema, no_rows, with_day
from arrears.engine.session import Session, bind_as, to_sql
from arrears.errors import ConfigError
from arrears.feed.contracts import FLAGS
from arrears.law.matters.judging import matter_rules
from arrears.law.model import Pack
from arrears.supervise import accrual, caps, checks, closings, findings
from arrears.supervise.columns import BREACHES, CHECK_KEY, CHECKS, FINDING_KEY, FINDINGS, STANDINGS

_OF_TRANSACTIONS = {
    name: kind
    for name, kind in feed_schema("transactions").items()
    if name in ("account_id", "kind", "amount_minor", "posted_date", "value_date")
}
_STATEMENTS = feed_schema("statements")
_WITH_DAY = {"as_of": "date"}


@dataclass(frozen=True)
class Feeds:
    """Where a shard's inputs lie: what was taken in and what supervision left, on the days that are read."""

    transactions: Sequence[Path]
    """Oldest first, today's last."""
    statements: Sequence[Path]
    standings: Sequence[Path]
    findings: Sequence[Path]
    """Yesterday's; none where there was no supervision."""
    news_from: date
    """What was posted before is history, handed over with the first feed, and is not checked."""


@dataclass(frozen=True)
class Law:
    """The SQL of what the packs say of the day's charges."""

    charge_matters: str
    """On `checks`, `priced`, `accounts`, `customers`."""
    breaches: str
    """On `charge_matters`."""


class SuperviseQueries:
    """The SQL by the names of its stages. Each stands on the ones before, which the session computes once (`let`)."""

    def __init__(self, bank: Bank, dialect: str) -> None:
        self._bank, self._dialect = bank, dialect
        self._laws: dict[tuple[tuple[str, str], ...], Law] = {}

    def compile(self) -> None:
        """Compile everything; takes a second and no data."""
        _ = self.stages, self.checks, self.standings, self.own_breaches

    @cached_property
    def stages(self) -> dict[str, str]:
        """Stage to SQL, in order; the schema of each stage is that of its expression."""
        bank = self._bank
        issued = ibis.table(_STATEMENTS, name="issued_today")
        closed = closings.closed(issued, account_table("accounts"), customer_table("customers"), bank)
        closing = _stage("closing", closed)
        statements = closings.earlier_statements(ibis.table(_STATEMENTS, name="statements_known"), closing)
        moved = closings.movements(ibis.table(_OF_TRANSACTIONS, name="transactions_known"), closing)
        stood = closings.newest_standings(ibis.table(STANDINGS, name="standings_known"), closing)
        earlier, moves, standing = _stage("earlier", statements), _stage("moves", moved), _stage("stood", stood)
        anchored = closings.anchored(closing, earlier, standing, moves)
        anchors = _stage("anchors", anchored)
        lines = accrual.day_lines(anchors, earlier, closing, moves)
        parts = accrual.with_parts(_stage("day_lines", lines), anchors)
        cycle = accrual.cycles(_stage("parts", parts))
        cycles = _stage("cycles", cycle)
        credit = accrual.credited(cycles, moves, anchors)
        priced = accrual.recomputed(closing, anchors, cycles, _stage("credit", credit))
        self._priced = _stage("priced", priced)
        stages = {
            "closing": closed, "earlier": statements, "moves": moved, "stood": stood, "anchors": anchored, "day_lines": lines,
            "parts": parts, "cycles": cycle, "credit": credit, "priced": priced,
        }  # fmt: skip
        return {name: to_sql(expression, self._dialect) for name, expression in stages.items()}

    @cached_property
    def checks(self) -> str:
        _ = self.stages
        posted = ibis.table(feed_schema("transactions") | _WITH_DAY, name="posted_today")
        late = ibis.table(_STATEMENTS, name="issued_late")
        return to_sql(checks.checks(self._priced, posted, late, account_table("accounts"), self._bank), self._dialect)

    @cached_property
    def standings(self) -> str:
        _ = self.stages
        return to_sql(checks.standings(self._priced), self._dialect)

    @cached_property
    def own_breaches(self) -> str:
        """Breaches of the product's terms and of what was disclosed."""
        table = ibis.table(CHECKS, name="checks")
        disclosed = findings.breaches_of_disclosure(table, account_table("accounts"), self._bank)
        return to_sql(findings.breaches_of_product(table).union(disclosed), self._dialect)

    @cached_property
    def findings(self) -> str:
        posted = ibis.table(feed_schema("transactions") | _WITH_DAY, name="posted_today")
        statements = ibis.table(_STATEMENTS, name="feed_statements")
        found = findings.findings(
            ibis.table(FINDINGS, name="findings_before"), ibis.table(BREACHES, name="breaches"), posted, statements,
            ibis.table(_WITH_DAY, name="business_day"),
        )  # fmt: skip
        return to_sql(found, self._dialect)

    def law(self, packs: Sequence[Pack], day: date) -> Law | None:
        """Breaches of the packs' caps in force on the day; None where no rule speaks of charges."""
        rules = tuple((one.pack.content_hash, one.rule.id) for one in matter_rules(packs, day, "charge"))
        if not rules:
            return None
        if rules not in self._laws:  # a charge has no events, so the day decides by the rules in force alone
            _ = self.stages
            matters = caps.charge_matters(
                ibis.table(CHECKS, name="checks"),
                self._priced,
                account_table("accounts"),
                customer_table("customers"),
                self._bank,
            )
            broken = caps.breaches_of_law(_stage("charge_matters", matters), packs, day)
            self._laws[rules] = Law(to_sql(matters, self._dialect), to_sql(broken, self._dialect))
        return self._laws[rules]


def _stage(name: str, expression: ir.Table) -> ir.Table:
    """The named table that the rows of an expression will be bound to."""
    return ibis.table(expression.schema(), name=name)


@functools.lru_cache(maxsize=8)
def _compiled(bank: str, dialect: str) -> SuperviseQueries:
    return SuperviseQueries(Bank.model_validate_json(bank), dialect)


def supervise_queries(bank: Bank, dialect: str) -> SuperviseQueries:
    """The queries of a bank, the same for all its days; raises `ConfigError` where a product names a flag that is none."""
    for product in bank.products:
        unknown = sorted(set(product.charge_free_flags) - set(FLAGS))
        if unknown:
            raise ConfigError(
                f"there is no flag {unknown[0]!r}", where=f"bank.toml: products.{product.product_id}.charge_free_flags",
                remedy=f"use some of {', '.join(FLAGS)}",
            )  # fmt: skip
    return _compiled(bank.model_dump_json(), dialect)


def supervise_shard(
    session: Session, queries: SuperviseQueries, feeds: Feeds, law: Law | None, out: Path, shard: str, day: date
) -> dict[str, int]:
    """Write a shard of `checks`, `standings` and `findings` below `out`; returns rows by table.

    The session has `accounts` and `customers` of the book and `feed_statements` and `feed_transactions` bound.
    """
    today = f"DATE '{day.isoformat()}'"
    session.alias("business_day", f"SELECT {today} AS as_of")
    session.alias("issued_today", f"SELECT * FROM feed_statements WHERE statement_date = {today}")
    since = f"DATE '{feeds.news_from.isoformat()}'"
    late = f"statement_date < {today} AND statement_date >= {since}"
    session.alias("issued_late", f"SELECT * FROM feed_statements WHERE {late}")
    news = f"SELECT * FROM feed_transactions WHERE posted_date >= {since}"
    session.alias("posted_today", with_day(news, day))
    bind_as(session, "statements_known", feeds.statements, _STATEMENTS)
    bind_as(session, "transactions_known", feeds.transactions, _OF_TRANSACTIONS)
    bind_or_none(session, "standings_known", feeds.standings, STANDINGS)
    bind_or_none(session, "findings_before", feeds.findings, FINDINGS)
    for name, query in queries.stages.items():
        session.let(name, query)
    written = {
        "checks": session.write(queries.checks, out / "checks" / shard, CHECK_KEY),
        "standings": session.write(queries.standings, out / "standings" / shard, ("account_id",)),
    }
    session.bind("checks", [out / "checks" / shard])
    breaches = queries.own_breaches
    if law is not None:
        session.let("charge_matters", law.charge_matters)
        breaches = f"{breaches} UNION ALL {law.breaches}"
    session.let("breaches", breaches)
    written["findings"] = session.write(queries.findings, out / "findings" / shard, FINDING_KEY)
    return written


def bind_or_none(session: Session, name: str, files: Sequence[Path], columns: dict[str, str]) -> None:
    """Let `name` stand for the files; for a table without rows where there are none."""
    if files:
        bind_as(session, name, files, columns)
    else:
        session.alias(name, no_rows(columns))
