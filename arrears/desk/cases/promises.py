"""Promises to pay: made, and judged by the payments alone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from arrears.desk.cases.file import CaseFile, case_file, open_case, paid_between
from arrears.desk.cases.policy import CasePolicy
from arrears.desk.ledger.appending import Connection, append
from arrears.desk.saying import _
from arrears.errors import StoreError

BP = 10_000


def make_promise(
    connection: Connection, policy: CasePolicy, customer_id: str, amount_minor: int, due_on: date, now: datetime, actor: str
) -> int:
    """Take a promise down, in place of one that is open; returns its number. Commits.

    Raises `StoreError` for an amount or a day that nobody can promise, or while a plan is being kept.
    """
    if amount_minor <= 0:
        raise StoreError(_("nothing was promised"), where="--amount", remedy=_("give minor units: 12345 for 123.45"))
    with connection.transaction():
        file = case_file(connection, customer_id)
        today = file.today(now)
        last = today + timedelta(days=policy.promise_days_max)
        if not today <= due_on <= last:
            raise StoreError(
                _("{due_on} cannot be promised today").format(due_on=due_on),
                where="--due",
                remedy=_("give {today} to {last}").format(today=today, last=last),
            )
        if connection.execute(
            "SELECT 1 FROM repayment_plan WHERE customer_id = %s AND state = 'performing'", [customer_id]
        ).fetchone():
            raise StoreError(_("a plan is being kept"), where="--customer", remedy=_("its instalments are what is agreed"))
        open_case(connection, file, now)
        replace_open(connection, file)
        found = connection.execute(
            "INSERT INTO promise (customer_id, made_at, due_on, amount_minor, currency) VALUES (%s, %s, %s, %s, %s) "
            "RETURNING promise_id", [customer_id, now, due_on, amount_minor, file.currency],
        ).fetchone()  # fmt: skip
        assert found is not None  # noqa: S101 - INSERT ... RETURNING has a row
        append(connection, [file.deed(
            "promise", now, actor, promise_id=found[0], made=True, amount_minor=amount_minor, currency=file.currency,
            due_on=due_on.isoformat(),
        )])  # fmt: skip
        return int(found[0])


def replace_open(connection: Connection, file: CaseFile) -> None:
    """An open promise is no longer what was agreed."""
    connection.execute("UPDATE promise SET state = 'replaced' WHERE customer_id = %s AND state = 'open'", [file.customer_id])


def judge_promises(
    connection: Connection, policy: CasePolicy, file: CaseFile, now: datetime, actor: str
) -> list[dict[str, Any]]:
    """Judge the last promise, within a transaction that holds the customer; returns what has changed.

    Kept: from when it was made to the end of the day promised and the days of grace, at least the promised sum less the
    tolerance came in. Broken: that time is over and it did not. A payment valued in time and told later mends a broken one.
    """
    found = []
    for promise_id, made_at, due_on, amount, currency, before in connection.execute(
        "SELECT promise_id, made_at, due_on, amount_minor, currency, state FROM promise "
        "WHERE promise_id = (SELECT max(promise_id) FROM promise WHERE customer_id = %s) AND state IN ('open', 'broken')",
        [file.customer_id],
    ).fetchall():
        until = file.end_of(due_on + timedelta(days=policy.promise_grace_days))
        paid = paid_between(connection, file, currency, made_at, until)
        missing = amount - paid
        state = "kept" if missing * BP <= amount * policy.promise_tolerance_bp else "broken" if now >= until else "open"
        connection.execute("UPDATE promise SET state = %s, paid_minor = %s WHERE promise_id = %s", [state, paid, promise_id])
        if state != before:
            found.append({"promise_id": promise_id, "state": state, "paid_minor": paid, "amount_minor": amount})
    append(connection, [file.deed("promise", now, actor, **one) for one in found])
    return found
