"""Next actions by hand: what somebody of the bank has to do on a case by a day. None of them is a contact, nor leads to one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from psycopg.rows import dict_row

from arrears.desk.cases.file import case_file, open_case
from arrears.desk.cases.words import TASK_OUTCOMES, TASKS
from arrears.desk.ledger.appending import Connection, append
from arrears.desk.paging import cut, window
from arrears.desk.saying import _
from arrears.errors import StoreError

DAYS_MAX = 366
_OPEN = """SELECT task_id, customer_id, action, due_on, agent FROM task
WHERE closed_at IS NULL AND {} ORDER BY due_on, task_id LIMIT %s OFFSET %s"""


def open_task(
    connection: Connection, customer_id: str, action: str, due_on: date, now: datetime, actor: str, *, agent: str = ""
) -> int:
    """Let `agent`, or the actor, do something by a day of the customer's calendar; returns the task's number. Commits.

    Raises `StoreError` for an action that there is not, or a day that is over or more than a year off.
    """
    if action not in TASKS:
        raise StoreError(
            _("{action!r} is no task").format(action=action), where="--open",
            remedy=_("use one of {known}").format(known=_(", ").join(TASKS)),
        )  # fmt: skip
    with connection.transaction():
        file = case_file(connection, customer_id)
        today = file.today(now)
        if not today <= due_on <= today + timedelta(days=DAYS_MAX):
            raise StoreError(
                _("a task is for a day to come"), where="--due",
                remedy=_("give {first} to {last}").format(first=today, last=today + timedelta(days=DAYS_MAX)),
            )  # fmt: skip
        open_case(connection, file, now)
        whose = agent or actor
        found = connection.execute(
            "INSERT INTO task (customer_id, action, due_on, agent, opened_by) VALUES (%s, %s, %s, %s, %s) RETURNING task_id",
            [customer_id, action, due_on, whose, actor],
        ).fetchone()
        assert found is not None  # noqa: S101 - INSERT ... RETURNING has a row
        append(
            connection,
            [file.deed("note", now, actor, task_id=found[0], task=action, due_on=due_on.isoformat(), agent=whose)],
        )
        return int(found[0])


def close_task(
    connection: Connection, task_id: int, outcome: str, now: datetime, actor: str, *, only_of: str = ""
) -> None:  # fmt: skip
    """Close one as `done` or `dropped`; with `only_of` one that is theirs or that they wrote down. Commits.

    Raises `StoreError` where there is none of that number, it is closed, or it is others'.
    """
    if outcome not in TASK_OUTCOMES:
        raise StoreError(
            _("{outcome!r} is no outcome").format(outcome=outcome), where="--outcome",
            remedy=_("use one of {known}").format(known=_(", ").join(TASK_OUTCOMES)),
        )  # fmt: skip
    with connection.transaction():
        row = connection.execute(
            "SELECT customer_id, action, agent, opened_by FROM task WHERE task_id = %s", [task_id]
        ).fetchone()
        if row is None:
            raise StoreError(
                _("there is no task {task_id}").format(task_id=task_id), where="--close",
                remedy=_("arrears case show lists them"),
            )  # fmt: skip
        if only_of and only_of not in row[2:]:
            raise StoreError(
                _("task {task_id} is others'").format(task_id=task_id), where="--close", remedy=_("leave it to them")
            )
        file = case_file(connection, row[0])
        closed = connection.execute(
            "UPDATE task SET closed_at = %s, outcome = %s WHERE task_id = %s AND closed_at IS NULL", [now, outcome, task_id]
        ).rowcount
        if not closed:
            raise StoreError(
                _("task {task_id} is closed already").format(task_id=task_id), where="--close", remedy=_("open another")
            )
        append(connection, [file.deed("note", now, actor, task_id=task_id, task=row[1], task_outcome=outcome)])


def tasks_of(connection: Connection, agent: str, page: int) -> tuple[list[dict[str, Any]], bool]:
    """Somebody's open tasks, most urgent first: `task_id`, `customer_id`, `action`, `due_on`, `agent`; if more follow."""
    return _listed(connection, "agent = %s", [agent], page)


def late_tasks(connection: Connection, today: date, page: int) -> tuple[list[dict[str, Any]], bool]:
    """Open tasks whose day is over, whoever has them, and whether more follow."""
    return _listed(connection, "due_on < %s", [today], page)


def tasks_on(connection: Connection, customer_id: str) -> tuple[list[dict[str, Any]], bool]:
    """Open tasks on a case, the fifty most urgent, and whether there are more."""
    return _listed(connection, "customer_id = %s", [customer_id], 1)


def _listed(connection: Connection, which: str, values: list[Any], page: int) -> tuple[list[dict[str, Any]], bool]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cut(cursor.execute(_OPEN.format(which), [*values, *window(page)]).fetchall())
