"""Customers placed with agencies: from then on its people see the case and work on it, until it is recalled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from psycopg.rows import dict_row

from arrears.desk.cases.file import CaseFile, case_file
from arrears.desk.ledger.appending import Connection, Deed, append
from arrears.desk.people.models import User
from arrears.desk.saying import _
from arrears.errors import StoreError

PLACED_MAX = 200
"""Customers by one act."""
DAYS_MAX = 366
PAGE = 50

_PLACED = """SELECT placement_id, customer_id, agency, from_date, until_date, placed_by,
    until_date < %(today)s AS over FROM placement
WHERE recalled_at IS NULL AND (%(agency)s = '' OR agency = %(agency)s)
ORDER BY until_date NULLS LAST, placement_id LIMIT %(limit)s OFFSET %(offset)s"""
_BY_AGENCY = """SELECT agency, count(*), count(*) FILTER (WHERE until_date < %s) FROM placement WHERE recalled_at IS NULL
GROUP BY agency ORDER BY agency"""


def agencies() -> list[str]:
    """Codes of the agencies whose people may sign in."""
    return list(
        User.objects.filter(is_active=True).exclude(agency="").order_by("agency").values_list("agency", flat=True).distinct()
    )


def place(
    connection: Connection, customer_id: str, agency: str, now: datetime, actor: str, *, until: date | None = None
) -> int:  # fmt: skip
    """Place a customer with an agency; returns the placement's number. Commits.

    They are no agent's of the bank any more, and whoever works on them now is done. Raises `StoreError` for an agency that
    nobody works at, a day that is over, a customer who is placed already.
    """
    _require_worked_at(agency)
    with connection.transaction():
        file = case_file(connection, customer_id)
        _require_free(connection, file, now)
        deed = _placed(connection, file, agency, now, actor, until)
        append(connection, [deed])
        return int(deed.body["placement_id"])


def _require_worked_at(agency: str) -> None:
    if agency not in agencies():
        raise StoreError(
            _("nobody works at that agency"),
            where=_("agency {agency}").format(agency=agency),
            remedy=_("have a user made for it first"),
        )


def _require_free(connection: Connection, file: CaseFile, now: datetime) -> None:
    """Raise `StoreError` where a customer is placed, and not beyond the last day."""
    before = connection.execute(
        "SELECT agency, until_date FROM placement WHERE customer_id = %s AND recalled_at IS NULL", [file.customer_id]
    ).fetchone()
    if before is not None and (before[1] is None or before[1] >= file.today(now)):
        raise StoreError(
            _("they are placed with {agency}").format(agency=before[0]), where=file.customer_id, remedy=_("recall them first")
        )


def _placed(connection: Connection, file: CaseFile, agency: str, now: datetime, actor: str, until: date | None) -> Deed:
    """Place somebody who is free and whom the transaction holds; returns what the ledger is to say of it."""
    customer_id, today = file.customer_id, file.today(now)
    if until is not None and not today <= until <= today + timedelta(days=DAYS_MAX):
        raise StoreError(
            _("{until} is no last day of a placement").format(until=until),
            where="until",
            remedy=_("give one within {most} days").format(most=DAYS_MAX),
        )
    connection.execute(
        "UPDATE placement SET recalled_at = %s WHERE customer_id = %s AND recalled_at IS NULL", [now, customer_id]
    )
    connection.execute("DELETE FROM assignment WHERE customer_id = %s", [customer_id])
    connection.execute("DELETE FROM work_hold WHERE customer_id = %s", [customer_id])
    found = connection.execute(
        "INSERT INTO placement (customer_id, agency, from_date, until_date, placed_by) VALUES (%s, %s, %s, %s, %s) "
        "RETURNING placement_id", [customer_id, agency, today, until, actor],
    ).fetchone()  # fmt: skip
    assert found is not None  # noqa: S101 - INSERT ... RETURNING has a row
    return file.deed("note", now, actor, placement_id=found[0], placed_with=agency, until_date=until and until.isoformat())


def recall(connection: Connection, customer_id: str, now: datetime, actor: str) -> str:
    """Take a customer back; returns the agency they were with. Commits. Its people see nothing of them from now on.

    Raises `StoreError` where they are not placed.
    """
    with connection.transaction():
        file = case_file(connection, customer_id)
        found = connection.execute(
            "UPDATE placement SET recalled_at = %s WHERE customer_id = %s AND recalled_at IS NULL "
            "RETURNING placement_id, agency",
            [now, customer_id],
        ).fetchone()
        if found is None:
            raise StoreError(_("they are not placed"), where=customer_id, remedy=_("look at the list again"))
        connection.execute("DELETE FROM work_hold WHERE customer_id = %s", [customer_id])
        append(connection, [file.deed("note", now, actor, placement_id=found[0], recalled_from=found[1])])
        return str(found[1])


def place_all(
    connection: Connection, customer_ids: Sequence[str], agency: str, now: datetime, actor: str, *, until: date | None = None
) -> tuple[list[str], list[str]]:
    """Place several at once; returns those placed, and those not: placed already, or not published. Commits.

    All are locked first, in one order, and the ledger is written last: whoever held the ledger while waiting for a customer
    could meet somebody who waits the other way round.
    """
    if not 1 <= len(customer_ids) <= PLACED_MAX:
        raise StoreError(
            _("no customer is chosen, or too many"),
            where=_("customers"),
            remedy=_("choose 1 to {most}").format(most=PLACED_MAX),
        )
    _require_worked_at(agency)
    deeds, left = [], []
    wanted = sorted(set(customer_ids))
    with connection.transaction():
        # In the database's own order, which is not every server's that of Python.
        connection.execute("SELECT 1 FROM customer WHERE customer_id = ANY(%s) ORDER BY customer_id FOR UPDATE", [wanted])
        for customer_id in wanted:
            try:
                file = case_file(connection, customer_id)
                _require_free(connection, file, now)
            except StoreError:  # nothing of theirs was touched
                left.append(customer_id)
            else:
                deeds.append(_placed(connection, file, agency, now, actor, until))
        append(connection, deeds)
    return [deed.customer_id for deed in deeds], left


def placed_now(connection: Connection, agency: str, today: date, page: int) -> tuple[list[dict[str, Any]], bool]:
    """Open placements, of one agency or all, those that end first at the top, a page of them, and whether more follow."""
    values = {"agency": agency, "today": today, "limit": PAGE + 1, "offset": (page - 1) * PAGE}
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_PLACED, values).fetchall()
    return rows[:PAGE], len(rows) > PAGE


def placed_by_agency(connection: Connection, today: date) -> list[tuple[str, int, int]]:
    """(agency, customers placed with it, of these: beyond their last day)."""
    return [(str(agency), int(n), int(over)) for agency, n, over in connection.execute(_BY_AGENCY, [today]).fetchall()]
