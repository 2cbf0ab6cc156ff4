"""Disputes, complaints and requests for help: opened, they hold contacts at once; each has a day by which it is answered."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from arrears.desk.cases.file import case_file, open_case
from arrears.desk.cases.policy import CasePolicy
from arrears.desk.cases.states import let_end, let_stand
from arrears.desk.cases.words import MATTER_OUTCOMES
from arrears.desk.ledger.appending import Connection, append
from arrears.desk.saying import _
from arrears.errors import StoreError

MatterKind = Literal["dispute", "complaint", "hardship"]


def open_matter(
    connection: Connection, policy: CasePolicy, customer_id: str, kind: MatterKind, now: datetime, actor: str, *,
    account_id: str = "",
) -> tuple[int, date]:  # fmt: skip
    """Open one; returns its number and the day by which it is to be answered. Commits."""
    days = {"dispute": policy.dispute_days, "complaint": policy.complaint_days, "hardship": policy.hardship_days}[kind]
    with connection.transaction():
        file = case_file(connection, customer_id)
        open_case(connection, file, now)
        deadline = file.today(now) + timedelta(days=days)
        found = connection.execute(
            "INSERT INTO matter (customer_id, kind, account_id, opened_at, deadline_on) VALUES (%s, %s, %s, %s, %s) "
            "RETURNING matter_id", [customer_id, kind, account_id, now, deadline],
        ).fetchone()  # fmt: skip
        assert found is not None  # noqa: S101 - INSERT ... RETURNING has a row
        append(connection, [file.deed("matter", now, actor, matter_id=found[0], what=kind, deadline_on=deadline.isoformat())])
        let_stand(connection, file, kind, now, actor, "matter")
        return int(found[0]), deadline


def close_matter(connection: Connection, matter_id: int, outcome: str, now: datetime, actor: str) -> bool:
    """Close one with what came of it, a code of `MATTER_OUTCOMES`; whether its state ended, as no other is open. Commits."""
    if outcome not in MATTER_OUTCOMES:
        raise StoreError(
            _("{outcome!r} is no outcome").format(outcome=outcome),
            where="--outcome",
            remedy=_("use one of {known}").format(known=_(", ").join(MATTER_OUTCOMES)),
        )
    with connection.transaction():
        row = connection.execute("SELECT customer_id, kind FROM matter WHERE matter_id = %s", [matter_id]).fetchone()
        if row is None:
            raise StoreError(
                _("there is no matter {matter_id}").format(matter_id=matter_id),
                where="--matter",
                remedy=_("arrears case show lists them"),
            )
        customer_id, kind = row
        file = case_file(connection, customer_id)
        closed = connection.execute(
            "UPDATE matter SET closed_at = %s, outcome = %s WHERE matter_id = %s AND closed_at IS NULL",
            [now, outcome, matter_id],
        ).rowcount
        if not closed:
            raise StoreError(
                _("matter {matter_id} is closed already").format(matter_id=matter_id),
                where="--matter",
                remedy=_("open another"),
            )
        append(connection, [file.deed("matter", now, actor, matter_id=matter_id, what=kind, outcome=outcome)])
        others = connection.execute(
            "SELECT 1 FROM matter WHERE customer_id = %s AND kind = %s AND closed_at IS NULL", [customer_id, kind]
        ).fetchone()
        return False if others else let_end(connection, file, kind, now, actor, "matter")


def open_by_kind(connection: Connection, today: date) -> list[tuple[str, int, int]]:
    """(kind, open, overdue) of those that are open."""
    rows = connection.execute(
        "SELECT kind, count(*), count(*) FILTER (WHERE deadline_on < %s) FROM matter WHERE closed_at IS NULL "
        "GROUP BY kind ORDER BY kind", [today],
    ).fetchall()  # fmt: skip
    return [(str(kind), int(open_n), int(overdue_n)) for kind, open_n, overdue_n in rows]
