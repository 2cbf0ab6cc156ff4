"""What somebody has before them: call-backs they booked, visits of today."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from arrears.desk.ledger.appending import Connection
from arrears.desk.paging import cut, window
from arrears.desk.people.models import User

_BOOKED = """SELECT customer_id, at, (SELECT split_part(zones, ',', 1) FROM standing AS s
    WHERE s.customer_id = c.customer_id ORDER BY business_date DESC LIMIT 1) AS zone
FROM call_back AS c WHERE agent = %s AND state = 'open' ORDER BY at, call_back_id LIMIT %s OFFSET %s"""
_VISITS = """SELECT intent_id, customer_id, contact, due_at, not_after, party FROM intent
WHERE channel = 'visit' AND state = 'due' AND not_after > %s ORDER BY priority DESC, due_at, intent_id LIMIT %s OFFSET %s"""


def call_backs_of(connection: Connection, user: User, page: int) -> tuple[list[dict[str, Any]], bool]:
    """Open call-backs that somebody booked, the first first: `customer_id`, `at`, `zone` (the customer's).

    A page of them, and whether more follow. An agency's people no longer see those of customers recalled from it.
    """
    rows, more = _rows(connection, _BOOKED, [user.username], page)
    return theirs(user, rows), more


def visits_of(connection: Connection, now: datetime, page: int) -> tuple[list[dict[str, Any]], bool]:
    """Visits that are planned and may still be made today, and whether more follow."""
    return _rows(connection, _VISITS, [now], page)


def theirs(user: User, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those whose customers are this person's to see."""
    return [row for row in rows if user.has_perm("case.see", row["customer_id"])]


def _rows(connection: Connection, query: str, values: list[Any], page: int) -> tuple[list[dict[str, Any]], bool]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cut(cursor.execute(query, [*values, *window(page)]).fetchall())
