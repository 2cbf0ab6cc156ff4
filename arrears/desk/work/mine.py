"""What somebody has before them: call-backs they booked, visits of today."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from arrears.desk.ledger.appending import Connection
from arrears.desk.people.models import User

CALL_BACKS_MAX, VISITS_MAX = 20, 50

_BOOKED = """SELECT customer_id, at, (SELECT split_part(zones, ',', 1) FROM standing AS s
    WHERE s.customer_id = c.customer_id ORDER BY business_date DESC LIMIT 1) AS zone
FROM call_back AS c WHERE agent = %s AND state = 'open' ORDER BY at LIMIT %s"""
_VISITS = """SELECT intent_id, customer_id, contact, due_at, not_after, party FROM intent
WHERE channel = 'visit' AND state = 'due' AND not_after > %s ORDER BY priority DESC, due_at LIMIT %s"""


def call_backs_of(connection: Connection, user: User) -> list[dict[str, Any]]:
    """Open call-backs that somebody booked, the first first: `customer_id`, `at`, `zone` (the customer's).

    An agency's people no longer see those of customers recalled from it.
    """
    return theirs(user, _rows(connection, _BOOKED, [user.username, CALL_BACKS_MAX]))


def visits_of(connection: Connection, now: datetime) -> list[dict[str, Any]]:
    """Visits that are planned and may still be made today."""
    return _rows(connection, _VISITS, [now, VISITS_MAX])


def theirs(user: User, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those whose customers are this person's to see."""
    return [row for row in rows if user.has_perm("case.see", row["customer_id"])]


def _rows(connection: Connection, query: str, values: list[Any]) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, values).fetchall()
