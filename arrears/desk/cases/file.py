"""What every act on a case begins with: the customer's row locked, their case open, their time zone and currency known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from arrears.desk.cases.words import REASONS
from arrears.desk.ledger.appending import Connection, Deed, Kind, append
from arrears.desk.saying import _
from arrears.errors import StoreError


@dataclass(frozen=True)
class CaseFile:
    """A customer, whose row the transaction holds where something is done to the case."""

    customer_id: str
    zone: str
    currency: str
    jurisdiction: str

    def today(self, now: datetime) -> date:
        """The customer's own calendar date."""
        return now.astimezone(ZoneInfo(self.zone)).date()

    def end_of(self, day: date) -> datetime:
        """The first instant after the customer's own day."""
        return datetime.combine(day + timedelta(days=1), datetime.min.time(), ZoneInfo(self.zone))

    def deed(self, kind: Kind, now: datetime, actor: str, **body: Any) -> Deed:
        """An entry of the ledger about the case."""
        return Deed(self.customer_id, kind, now, self.zone, actor, body=body)


def case_file(connection: Connection, customer_id: str) -> CaseFile:
    """Lock the customer; raises `StoreError` where nobody of that id was ever published."""
    connection.execute("SELECT 1 FROM customer WHERE customer_id = %s FOR UPDATE", [customer_id])
    return file_of(connection, customer_id)


def file_of(connection: Connection, customer_id: str) -> CaseFile:
    """The same for somebody who only looks, and locks nobody."""
    found = connection.execute(
        "SELECT split_part(zones, ',', 1), currency, jurisdiction FROM standing WHERE customer_id = %s "
        "ORDER BY business_date DESC LIMIT 1", [customer_id],
    ).fetchone()  # fmt: skip
    if found is None:
        raise StoreError(
            _("no customer of that id is in a published plan"),
            where="--customer",
            remedy=_("publish the day's plan: arrears publish"),
        )
    return CaseFile(customer_id, *found)


def open_case(connection: Connection, file: CaseFile, now: datetime) -> None:
    """Open the case unless it is."""
    connection.execute(
        "INSERT INTO case_file (customer_id, opened_at) VALUES (%s, %s) ON CONFLICT DO NOTHING", [file.customer_id, now]
    )


def give_reason(connection: Connection, customer_id: str, reason: str, now: datetime, actor: str) -> None:
    """Write down why the customer fell behind; commits. Raises `StoreError` for a code that there is not."""
    if reason not in REASONS:
        raise StoreError(
            _("{reason!r} is no reason").format(reason=reason),
            where="--reason",
            remedy=_("use one of {known}").format(known=_(", ").join(REASONS)),
        )
    with connection.transaction():
        file = case_file(connection, customer_id)
        open_case(connection, file, now)
        connection.execute("UPDATE case_file SET reason = %s WHERE customer_id = %s", [reason, customer_id])
        append(connection, [file.deed("note", now, actor, reason=reason)])


def paid_between(connection: Connection, file: CaseFile, currency: str, since: datetime, until: datetime | None) -> int:
    """What came in of a currency from one moment on, up to another if given, minor units."""
    found = connection.execute(
        "SELECT coalesce(sum(amount_minor), 0) FROM payment WHERE customer_id = %s AND currency = %s AND paid_at >= %s "
        "AND (%s::timestamptz IS NULL OR paid_at < %s)", [file.customer_id, currency, since, until, until],
    ).fetchone()  # fmt: skip
    return int(found[0]) if found else 0
