"""What waits for a supervisor's decision: matters by their deadline, plans to approve, write-offs proposed."""

from __future__ import annotations

from datetime import date
from typing import Any

from psycopg.rows import dict_row

from arrears.desk.cases.policy import CasePolicy
from arrears.desk.ledger.appending import Connection
from arrears.desk.paging import cut, window
from arrears.desk.people.models import User
from arrears.desk.people.roles import level_of

_MATTERS = """SELECT matter_id, customer_id, kind, account_id, opened_at, deadline_on, deadline_on < %(today)s AS overdue,
    deadline_on - %(today)s AS days FROM matter
WHERE closed_at IS NULL AND (%(kind)s = '' OR kind = %(kind)s)
ORDER BY deadline_on, matter_id LIMIT %(limit)s OFFSET %(offset)s"""
_PLANS = """SELECT p.plan_id, p.customer_id, p.currency, p.principal_minor, p.waived_minor, p.term_months, p.apr_ppm,
    p.total_minor, p.offered_by, (SELECT min(due_on) FROM instalment AS i WHERE i.plan_id = p.plan_id) AS first_due,
    (SELECT c.reason FROM case_file AS c WHERE c.customer_id = p.customer_id) AS reason
FROM repayment_plan AS p WHERE p.state = 'to_approve' ORDER BY p.plan_id LIMIT %s OFFSET %s"""


def matters_open(connection: Connection, kind: str, today: date, page: int) -> tuple[list[dict[str, Any]], bool]:
    """Open matters, of one kind or all, the first deadline first, a page of them, and whether more follow."""
    limit, offset = window(page)
    values = {"kind": kind, "today": today, "limit": limit, "offset": offset}
    with connection.cursor(row_factory=dict_row) as cursor:
        return cut(cursor.execute(_MATTERS, values).fetchall())


def plans_to_approve(
    connection: Connection, policy: CasePolicy, user: User, page: int
) -> tuple[list[dict[str, Any]], bool]:  # fmt: skip
    """Plans beyond the authority of whoever offered them, the oldest first, a page of them, and whether more follow; `own`:
    offered by this person; `within`: their authority is enough.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        rows, more = cut(cursor.execute(_PLANS, window(page)).fetchall())
    level = level_of(user.roles)
    told = [
        row | {
            "own": row["offered_by"] == user.username, "within": policy.within(level, row["term_months"], row["waived_minor"]),
            "apr_bp": row["apr_ppm"] // 100,
        }
        for row in rows
    ]  # fmt: skip
    return told, more
