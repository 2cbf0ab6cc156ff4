"""Payments that come in during the day: what is planned, and what was agreed, is decided anew at once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from arrears.desk.cases.file import case_file
from arrears.desk.cases.judging import judge_case
from arrears.desk.cases.policy import CasePolicy
from arrears.desk.dispatch.claiming import hold_contacts
from arrears.desk.dispatch.gatekeeping import withdraw_paid
from arrears.desk.ledger.appending import Connection, Deed, append
from arrears.desk.saying import _
from arrears.errors import StoreError


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
    judged: tuple[str, ...] = ()
    """What promises and plans came to by it: `promise kept`, `plan completed`."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def receive_payment(
    connection: Connection, payment: Payment, now: datetime, actor: str, policy: CasePolicy | None = None
) -> Received:
    """Take a payment in, once, withdraw what asked for it, and judge promise and plan; commits.

    Raises `StoreError` for an unknown customer, or a payment that is none.
    """
    if payment.amount_minor <= 0:
        raise StoreError(_("a payment is more than nothing"), where="--amount", remedy=_("give minor units: 12345 for 123.45"))
    if payment.at > now:
        raise StoreError(
            _("a payment does not come in before it is made"), where="--at", remedy=_("give the time at which it came in")
        )
    with connection.transaction():
        held = hold_contacts(connection, payment.customer_id)
        file = case_file(connection, payment.customer_id)
        new = connection.execute(
            "INSERT INTO payment (payment_id, customer_id, account_id, paid_at, amount_minor, currency) "
            "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING payment_id",
            [payment.payment_id, payment.customer_id, payment.account_id, payment.at, payment.amount_minor, payment.currency],
        ).fetchone()
        if new is None:
            _require_same(connection, payment)
            return Received(was_known=True, withdrawn_n=0)
        withdrawn_n = withdraw_paid(connection, now, actor=actor, intent_ids=held)
        body = {"payment_id": payment.payment_id, "amount_minor": payment.amount_minor, "currency": payment.currency}
        account_id = payment.account_id or None
        append(connection, [
            Deed(payment.customer_id, "payment", payment.at, file.zone, actor, account_id=account_id, body=body)
        ])  # fmt: skip
        judged = judge_case(connection, policy or CasePolicy(), file, now, actor)
        return Received(was_known=False, withdrawn_n=withdrawn_n, judged=tuple(judged))


def _require_same(connection: Connection, payment: Payment) -> None:
    """Raise `StoreError` where a payment of that number is another one: its money would be lost."""
    known = connection.execute(
        "SELECT customer_id, amount_minor, currency FROM payment WHERE payment_id = %s", [payment.payment_id]
    ).fetchone()
    if known != (payment.customer_id, payment.amount_minor, payment.currency):
        raise StoreError(
            _("another payment came in under this number"), where="--id",
            remedy=_("give each payment a number of its own, such as its source and number there"),
        )  # fmt: skip
