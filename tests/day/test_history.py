"""The contacts that the law counts, with what a rule may ask of each: by whom, at whose wish, and whether it went astray."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from arrears.book.build import KEPT_TABLES
from arrears.book.tables import feed_schema
from arrears.day.queries import HISTORY, contact_history, misdirected_points
from arrears.engine import bind_as, open_sessions
from arrears.engine.session import to_sql
from arrears.feed.contracts import CONTRACTS

Row = dict[str, Any]
AT = datetime(2026, 2, 3, 4)  # noqa: DTZ001 - the column is UTC without a zone


def made(event_id: str, **changed: Any) -> Row:
    return {
        "event_id": event_id, "customer_id": "C1", "account_id": "A1", "contact_id": "P1", "at": AT,
        "local_date": date(2026, 2, 3), "channel": "call", "direction": "outbound", "party": "debtor", "outcome": "no_answer",
    } | changed  # fmt: skip


def contacts(folder: Path, rows: list[Row]) -> pa.Table:
    folder.mkdir(exist_ok=True)
    return pa.Table.from_pylist(rows, schema=CONTRACTS["contacts"].schema)


def told(folder: Path, *feeds: pa.Table) -> dict[str, Row]:
    """The history of these feeds, by event; P1 is the debtor's number and P2 is known to be somebody else's."""
    files = [folder / f"{number}.parquet" for number in range(len(feeds))]
    for file, table in zip(files, feeds, strict=True):
        pq.write_table(table, file)
    points = [{"contact_id": "P1", "status": "active"}, {"contact_id": "P2", "status": "wrong_party"}]
    fields = [CONTRACTS["contact_points"].schema.field(name) for name in KEPT_TABLES["contact_points"]]
    pq.write_table(pa.Table.from_pylist(points, schema=pa.schema(fields)), folder / "points.parquet")
    with open_sessions("duckdb", memory_limit_mb=512, workers=1).session() as session:
        bind_as(session, "contacts_taken_in", files, feed_schema("contacts"))
        session.bind("contact_points", [folder / "points.parquet"])
        session.let("misdirected_points", to_sql(misdirected_points(), "duckdb"))
        rows = session.rows(to_sql(contact_history(), "duckdb"))
    return {row[0]: dict(zip(HISTORY, row, strict=True)) for row in rows}


def test_contact_to_a_number_now_known_to_be_another_persons_is_misdirected(tmp_path: Path) -> None:
    feed = contacts(tmp_path, [made("E1"), made("E2", contact_id="P2"), made("E3", contact_id=None)])
    assert {event: row["misdirected"] for event, row in told(tmp_path, feed).items()} == {"E1": False, "E2": True, "E3": False}


def test_company_and_wish_are_told_and_never_null(tmp_path: Path) -> None:
    feed = contacts(tmp_path, [made("E1", actor="agency-1", requested=True), made("E2")])
    told_of = {event: (row["actor"], row["requested"]) for event, row in told(tmp_path, feed).items()}
    assert told_of == {"E1": ("agency-1", True), "E2": ("", False)}


def test_feeds_from_before_the_columns_count_with_the_others(tmp_path: Path) -> None:
    old = contacts(tmp_path, [made("E1")]).drop_columns(["actor", "agent", "requested"])
    found = told(tmp_path, old, contacts(tmp_path, [made("E2", actor="agency-1")]))
    assert {event: row["actor"] for event, row in found.items()} == {"E1": "", "E2": "agency-1"}


def test_feeds_that_all_lack_the_columns_are_read(tmp_path: Path) -> None:
    old = contacts(tmp_path, [made("E1")]).drop_columns(["actor", "agent", "requested"])
    assert told(tmp_path, old)["E1"]["requested"] is False
