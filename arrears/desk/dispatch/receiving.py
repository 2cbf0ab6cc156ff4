"""What comes in during the day: payments, and states of a customer. What is planned is decided anew at once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from arrears.desk.dispatch.gatekeeping import withdraw_paid
from arrears.desk.ledger.appending import Connection, Deed, append
from arrears.errors import StoreError
from arrears.feed.contracts import FLAGS


@dataclass(frozen=True)
class Payment:
    """Money that came in."""

    payment_id: str
    customer_id: str
    account_id: str
    at: datetime
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class Received:
    """What came of it."""

    was_known: bool
    """It had come in before, and nothing changed."""
    withdrawn_n: int
    """Planned contacts that are no longer made."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def receive_payment(connection: Connection, payment: Payment, now: datetime, actor: str) -> Received:
    """Take a payment in, once, and withdraw what asked for it; commits. Raises `StoreError` for an unknown customer."""
    if payment.amount_minor <= 0:
        raise StoreError("a payment is more than nothing", where="--amount", remedy="give minor units: 12345 for 123.45")
    if payment.at > now:
        raise StoreError(
            "a payment does not come in before it is made", where="--at", remedy="give the time at which it came in"
        )
    with connection.transaction():
        zone = _zone(connection, payment.customer_id)
        new = connection.execute(
            "INSERT INTO payment (payment_id, customer_id, account_id, paid_at, amount_minor, currency) "
            "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING payment_id",
            [payment.payment_id, payment.customer_id, payment.account_id, payment.at, payment.amount_minor, payment.currency],
        ).fetchone()
        if new is None:
            return Received(was_known=True, withdrawn_n=0)
        withdrawn_n = withdraw_paid(connection, now, actor=actor, customer_id=payment.customer_id)
        body = {"payment_id": payment.payment_id, "amount_minor": payment.amount_minor, "currency": payment.currency}
        append(
            connection,
            [Deed(payment.customer_id, "payment", payment.at, zone, actor, account_id=payment.account_id or None, body=body)],
        )
        return Received(was_known=False, withdrawn_n=withdrawn_n)


def enter_state(
    connection: Connection, customer_id: str, flag: str, now: datetime, actor: str, *, until: date | None = None,
    evidence: str = "",
) -> bool:  # fmt: skip
    """Let a state stand from now on; whether it did not stand before. Commits.

    Whatever the law packs hold for that state is refused from the next decision on, whoever is about to make it.
    """
    _known_flag(flag)
    with connection.transaction():
        zone = _zone(connection, customer_id)
        connection.execute("SELECT 1 FROM customer WHERE customer_id = %s FOR UPDATE", [customer_id])
        standing = connection.execute(
            "SELECT 1 FROM state WHERE customer_id = %s AND flag = %s AND ended_at IS NULL "
            "AND until_date IS NOT DISTINCT FROM %s",
            [customer_id, flag, until],
        ).fetchone()
        if standing is not None:
            return False
        connection.execute(
            "INSERT INTO state (customer_id, flag, from_date, until_date, evidence) VALUES (%s, %s, %s, %s, %s)",
            [customer_id, flag, now.astimezone(ZoneInfo(zone)).date(), until, evidence],
        )
        body = {"flag": flag, "until_date": None if until is None else until.isoformat(), "begins": True}
        append(connection, [Deed(customer_id, "state", now, zone, actor, body=body)])
    return True


def end_state(connection: Connection, customer_id: str, flag: str, now: datetime, actor: str) -> bool:
    """Let a state that was entered here stand no longer; whether it stood. Commits."""
    _known_flag(flag)
    with connection.transaction():
        zone = _zone(connection, customer_id)
        connection.execute("SELECT 1 FROM customer WHERE customer_id = %s FOR UPDATE", [customer_id])
        ended = connection.execute(
            "UPDATE state SET ended_at = %s WHERE customer_id = %s AND flag = %s AND ended_at IS NULL", [now, customer_id, flag]
        ).rowcount
        if ended:
            append(connection, [Deed(customer_id, "state", now, zone, actor, body={"flag": flag, "begins": False})])
    return bool(ended)


def _known_flag(flag: str) -> None:
    if flag not in FLAGS:
        raise StoreError(f"{flag!r} is no state", where="--flag", remedy=f"use one of {', '.join(FLAGS)}")


def _zone(connection: Connection, customer_id: str) -> str:
    """The customer's own time zone; raises `StoreError` where nobody of that id was ever published."""
    found = connection.execute(
        "SELECT split_part(zones, ',', 1) FROM standing WHERE customer_id = %s ORDER BY business_date DESC LIMIT 1",
        [customer_id],
    ).fetchone()
    if found is None:
        raise StoreError(
            "no customer of that id is in a published plan",
            where="--customer",
            remedy="publish the day's plan: arrears publish",
        )
    return str(found[0])
