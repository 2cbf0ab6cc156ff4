"""States entered at the desk: from their second on the gate knows them."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Literal

from arrears.desk.cases.file import CaseFile, case_file
from arrears.desk.ledger.appending import Connection, append
from arrears.desk.saying import _
from arrears.errors import StoreError
from arrears.feed.contracts import FLAGS

Origin = Literal["hand", "matter", "plan"]
BY_HAND = tuple(flag for flag in FLAGS if flag not in ("plan_performing", "dispute", "complaint", "hardship"))
"""States that people enter as such; the others come with a matter or a plan."""
REFERENCE = re.compile(r"[A-Za-z0-9._:/-]{0,64}")
"""The number or name of a document: the ledger and this table keep no texts about people."""


def enter_state(
    connection: Connection, customer_id: str, flag: str, now: datetime, actor: str, *, until: date | None = None,
    evidence: str = "",
) -> bool:  # fmt: skip
    """Let a state stand from now on; whether it did not stand before. Commits.

    Whatever the law packs hold for that state is refused from the next decision on, whoever is about to make it. Raises
    `StoreError` where `until`, its last day, is over where the customer lives.
    """
    known_flag(flag)
    with connection.transaction():
        file = case_file(connection, customer_id)
        if until is not None and until < file.today(now):
            raise StoreError(
                _("{until} is over already").format(until=until), where="--until",
                remedy=_("give {today} or a later day; a state that is over holds nothing").format(today=file.today(now)),
            )  # fmt: skip
        return let_stand(connection, file, flag, now, actor, until=until, evidence=evidence)


def end_state(connection: Connection, customer_id: str, flag: str, now: datetime, actor: str) -> bool:
    """Let a state that was entered by hand stand no longer; whether it stood. Commits.

    Raises `StoreError` where it stands because a matter is open or a plan is kept: these have to end.
    """
    known_flag(flag)
    with connection.transaction():
        ended = let_end(connection, case_file(connection, customer_id), flag, now, actor, "hand")
        other = connection.execute(
            "SELECT origin FROM state WHERE customer_id = %s AND flag = %s AND ended_at IS NULL", [customer_id, flag]
        ).fetchone()
        if other is not None and not ended:
            raise StoreError(
                _("{flag} stands for a {what} that is open").format(flag=_(flag), what=_(other[0])), where="--end",
                remedy=_("close it: arrears case show lists what is open, arrears case matter --close N closes a matter"),
            )  # fmt: skip
    return ended


def let_stand(
    connection: Connection, file: CaseFile, flag: str, now: datetime, actor: str, origin: Origin = "hand", *,
    until: date | None = None, evidence: str = "",
) -> bool:  # fmt: skip
    """The same within a transaction that holds the customer; `origin` is what has to end for the state to end."""
    if not REFERENCE.fullmatch(evidence):
        raise StoreError(
            _("evidence is a reference, not a text"),
            where="--evidence",
            remedy=_("give the number or name under which it is kept"),
        )
    standing = connection.execute(
        "SELECT 1 FROM state WHERE customer_id = %s AND flag = %s AND origin = %s AND ended_at IS NULL "
        "AND until_date IS NOT DISTINCT FROM %s", [file.customer_id, flag, origin, until],
    ).fetchone()  # fmt: skip
    if standing is not None:
        return False
    connection.execute(
        "INSERT INTO state (customer_id, flag, from_date, until_date, evidence, origin) VALUES (%s, %s, %s, %s, %s, %s)",
        [file.customer_id, flag, file.today(now), until, evidence, origin],
    )
    until_date = None if until is None else until.isoformat()
    append(connection, [file.deed("state", now, actor, flag=flag, origin=origin, until_date=until_date, begins=True)])
    return True


def let_end(connection: Connection, file: CaseFile, flag: str, now: datetime, actor: str, origin: Origin) -> bool:
    """End what stands of that origin, within a transaction that holds the customer; whether anything did."""
    ended = connection.execute(
        "UPDATE state SET ended_at = %s WHERE customer_id = %s AND flag = %s AND origin = %s AND ended_at IS NULL",
        [now, file.customer_id, flag, origin],
    ).rowcount
    if ended:
        append(connection, [file.deed("state", now, actor, flag=flag, origin=origin, begins=False)])
    return bool(ended)


def known_flag(flag: str) -> None:
    """Raise `StoreError` for a state that there is not."""
    if flag not in FLAGS:
        raise StoreError(
            _("{flag!r} is no state").format(flag=flag),
            where="--flag",
            remedy=_("use one of {known}").format(known=_(", ").join(FLAGS)),
        )
