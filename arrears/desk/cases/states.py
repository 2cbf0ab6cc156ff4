"""States entered at the desk: from their second on the gate knows them."""

from __future__ import annotations

from datetime import date, datetime

from arrears.desk.cases.file import CaseFile, case_file
from arrears.desk.ledger.appending import Connection, append
from arrears.errors import StoreError
from arrears.feed.contracts import FLAGS


def enter_state(
    connection: Connection, customer_id: str, flag: str, now: datetime, actor: str, *, until: date | None = None,
    evidence: str = "",
) -> bool:  # fmt: skip
    """Let a state stand from now on; whether it did not stand before. Commits.

    Whatever the law packs hold for that state is refused from the next decision on, whoever is about to make it.
    """
    known_flag(flag)
    with connection.transaction():
        return let_stand(connection, case_file(connection, customer_id), flag, now, actor, until=until, evidence=evidence)


def end_state(connection: Connection, customer_id: str, flag: str, now: datetime, actor: str) -> bool:
    """Let a state that was entered here stand no longer; whether it stood. Commits."""
    known_flag(flag)
    with connection.transaction():
        return let_end(connection, case_file(connection, customer_id), flag, now, actor)


def let_stand(
    connection: Connection, file: CaseFile, flag: str, now: datetime, actor: str, *, until: date | None = None,
    evidence: str = "",
) -> bool:  # fmt: skip
    """The same within a transaction that holds the customer."""
    standing = connection.execute(
        "SELECT 1 FROM state WHERE customer_id = %s AND flag = %s AND ended_at IS NULL AND until_date IS NOT DISTINCT FROM %s",
        [file.customer_id, flag, until],
    ).fetchone()
    if standing is not None:
        return False
    connection.execute(
        "INSERT INTO state (customer_id, flag, from_date, until_date, evidence) VALUES (%s, %s, %s, %s, %s)",
        [file.customer_id, flag, file.today(now), until, evidence],
    )
    until_date = None if until is None else until.isoformat()
    append(connection, [file.deed("state", now, actor, flag=flag, until_date=until_date, begins=True)])
    return True


def let_end(connection: Connection, file: CaseFile, flag: str, now: datetime, actor: str) -> bool:
    """The same within a transaction that holds the customer."""
    ended = connection.execute(
        "UPDATE state SET ended_at = %s WHERE customer_id = %s AND flag = %s AND ended_at IS NULL",
        [now, file.customer_id, flag],
    ).rowcount
    if ended:
        append(connection, [file.deed("state", now, actor, flag=flag, begins=False)])
    return bool(ended)


def known_flag(flag: str) -> None:
    """Raise `StoreError` for a state that there is not."""
    if flag not in FLAGS:
        raise StoreError(f"{flag!r} is no state", where="--flag", remedy=f"use one of {', '.join(FLAGS)}")
