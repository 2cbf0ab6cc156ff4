"""The rows of a day's plan as PostgreSQL's COPY reads them, shard by shard: what the gate must know, and the contacts."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import pyarrow as pa
import pyarrow.csv

from arrears.book.build import BookQueries, bind_kept
from arrears.day.facts import bind_history, small_table
from arrears.day.past import hashes_of, manifests_of, strategy_of
from arrears.day.steps import SHARDS_TOLD_AT_ONCE
from arrears.day.texts import CONTENT_FACTS, content_facts
from arrears.day.workspace import Strategy, Workspace
from arrears.desk.ledger.identity import Identities, told_here
from arrears.engine.duck import DuckSession
from arrears.errors import BookError
from arrears.playbook.contents import LANGUAGES
from arrears.store import damaged

BATCH_ROWS = 20_000

STANDING_COLUMNS = (
    "business_date", "customer_id", "jurisdiction", "zones", "language", "currency", "past_due_minor", "minimum_unpaid_minor",
    "balance_minor", "flags", "consents", "refusals", "debts", "points", "history",
)  # fmt: skip
INTENT_COLUMNS = (
    "business_date", "customer_id", "account_id", "contact_id", "step", "alternative", "channel", "party", "purpose", "content",
    "content_fields", "content_features", "visitors", "priority", "language", "subject", "text", "name", "contact", "segment",
    "clause", "reason", "due_at", "not_after",
)  # fmt: skip

_STANDING = """
WITH wanted AS (SELECT DISTINCT customer_id FROM contacts),
mine AS (SELECT * FROM customers SEMI JOIN wanted USING (customer_id)),
debts AS (SELECT customer_id, to_json(list({'id': account_id, 'dpd': dpd, 'currency': currency,
    'balance_minor': balance_minor} ORDER BY account_id)) AS debts
    FROM accounts SEMI JOIN wanted USING (customer_id) GROUP BY customer_id),
points AS (SELECT customer_id, to_json(list({'id': contact_id, 'kind': kind, 'party': party, 'source': source,
    'status': status} ORDER BY contact_id)) AS points
    FROM contact_points SEMI JOIN wanted USING (customer_id) GROUP BY customer_id),
events AS (SELECT customer_id, to_json(list({'at': strftime("at", '%Y-%m-%dT%H:%M:%S.%fZ'), 'channel': channel,
    'outcome': outcome, 'direction': direction, 'party': party, 'debt': nullif(account_id, ''),
    'contact_point': nullif(contact_id, ''), 'actor': coalesce(actor, ''), 'requested': coalesce(requested, false)}
    ORDER BY "at", event_id)) AS history FROM contacts_taken_in SEMI JOIN wanted USING (customer_id)
    WHERE NOT {told_here} GROUP BY customer_id)
SELECT {day} AS business_date, customer_id, 
    CASE WHEN region = '' THEN country ELSE country || '-' || region END AS jurisdiction,
    array_to_string(list_distinct([timezone] || list_sort(string_split(zones, ','))), ',') AS zones, language, currency,
    past_due_minor, minimum_unpaid_minor, balance_minor, flags, consents, refusals, coalesce(debts, '[]')::VARCHAR AS debts,
    coalesce(points, '[]')::VARCHAR AS points, coalesce(history, '[]')::VARCHAR AS history
FROM mine LEFT JOIN debts USING (customer_id) LEFT JOIN points USING (customer_id) LEFT JOIN events USING (customer_id)
ORDER BY customer_id"""

_INTENTS = """
SELECT {day} AS business_date, c.customer_id, coalesce(c.account_id, '') AS account_id, c.contact_id, c.step, c.alternative,
    c.channel, c.party, c.purpose, c.content, coalesce(f.content_fields, '') AS content_fields,
    coalesce(f.content_features, '') AS content_features, c.visitors, c.priority, w.language, w.subject, w.text,
    coalesce(w.name, '') AS name, coalesce(w.contact, '') AS contact, c.segment, c.clause, c.reason,
    format('{{:s}} {{:02d}}:{{:02d}} {{:s}}', {day}, c.minute // 60, c.minute % 60, w.timezone) AS due_at,
    {next_day} || ' 00:00 ' || w.timezone AS not_after
FROM contacts AS c JOIN work AS w USING (customer_id, step)
LEFT JOIN content_facts AS f ON f.text_key = c.content || '/' || c.channel || '/'
    || CASE WHEN w.language IN {languages} THEN w.language ELSE '{other}' END
ORDER BY c.customer_id, c.step"""


@dataclass(frozen=True)
class DayOfPlan:
    """A day whose plan is to be published."""

    workspace: Workspace
    day: date
    strategy: Strategy
    strategy_hashes: dict[str, str]
    plan_hash: str

    @property
    def shards(self) -> list[str]:
        return [f"{number:04d}.parquet" for number in range(self.strategy.bank.shards)]


def day_of_plan(workspace: Workspace, day: date) -> DayOfPlan:
    """Raises `BookError` where the day is not whole, its plan is not what was planned, or its settings are not kept."""
    manifests = manifests_of(workspace, day)
    folder = workspace.step("plan", day)
    spoilt = damaged(folder, manifests["plan"])
    if spoilt:
        raise BookError(
            f"{spoilt[0]} is not what was planned", where=str(folder), remedy=f"compare with: arrears replay --date {day}"
        )
    hashes = hashes_of(manifests)
    return DayOfPlan(workspace, day, strategy_of(workspace, day, hashes), hashes, manifests["plan"].content_hash)


def standing_rows(plan: DayOfPlan, identities: Identities) -> Iterator[bytes]:
    """Lines of CSV of `STANDING_COLUMNS`, one a customer with a contact on the day.

    Contacts of the feed that came from the ledger of these identities are left out: the gate has them from the ledger itself.
    """
    book = plan.workspace.step("book", plan.day)
    queries = BookQueries(plan.strategy.bank, "duckdb")
    for shard in plan.shards:
        with _session() as (connection, session):
            session.bind("customers", [book / "customers" / shard])
            session.bind("accounts", [book / "accounts" / shard])
            session.bind("contacts", [plan.workspace.step("plan", plan.day) / "contacts" / shard])
            bind_kept(session, queries, "contact_points", book, shard)
            bind_history(session, plan.workspace, plan.day, shard)
            yield from _lines(
                connection, _STANDING.replace("{day}", f"'{plan.day}'").replace("{told_here}", told_here(identities))
            )


def intent_rows(plan: DayOfPlan) -> Iterator[bytes]:
    """Lines of CSV of `INTENT_COLUMNS`, one a planned contact."""
    folder = plan.workspace.step("plan", plan.day)
    query = _INTENTS.format(
        day=f"'{plan.day}'", next_day=f"'{plan.day + timedelta(days=1)}'", languages=LANGUAGES, other=LANGUAGES[0]
    )
    facts = small_table(tuple(CONTENT_FACTS), content_facts(plan.strategy))
    for group in range(0, len(plan.shards), SHARDS_TOLD_AT_ONCE):
        with _session() as (connection, session):
            session.bind(
                "contacts", [folder / "contacts" / shard for shard in plan.shards[group : group + SHARDS_TOLD_AT_ONCE]]
            )
            session.bind("work", [folder / "work" / f"{group // SHARDS_TOLD_AT_ONCE:04d}.parquet"])
            session.let("content_facts", facts)
            yield from _lines(connection, query)


@contextmanager
def _session() -> Iterator[tuple[duckdb.DuckDBPyConnection, DuckSession]]:
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET memory_limit = '2GB'; SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        yield connection, DuckSession(connection)


def _lines(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[bytes]:
    """A query's rows as CSV: every value quoted, null as nothing. PostgreSQL knows no NUL sign in a text; it is left out."""
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="all_valid")
    for batch in connection.sql(query).to_arrow_reader(BATCH_ROWS):
        sink = io.BytesIO()
        pyarrow.csv.write_csv(pa.Table.from_batches([batch]), sink, options)
        yield sink.getvalue().replace(b"\x00", b"")
