"""Write-offs: proposed by one, decided by another, noted in the ledger. Nothing is posted: the bank's own books do that."""

from __future__ import annotations

from django.db import connection as django_connection

from arrears.desk.cases.file import case_file
from arrears.desk.current import desk
from arrears.desk.ledger.appending import Connection, append
from arrears.desk.people.approvals import ask
from arrears.desk.people.models import Approval, User
from arrears.desk.saying import _
from arrears.desk.work.words import WRITE_OFF_REASONS
from arrears.errors import StoreError
from arrears.money import format_minor


def owed(connection: Connection, customer_id: str) -> tuple[int, str]:
    """What a customer owes in all by the latest published book, minor units, and its currency."""
    found = connection.execute(
        "SELECT balance_minor, currency FROM standing WHERE customer_id = %s ORDER BY business_date DESC LIMIT 1", [customer_id]
    ).fetchone()
    if found is None:
        raise StoreError(_("nobody of that id was ever published"), where="--customer", remedy=_("look for the customer first"))
    return int(found[0]), str(found[1])


def propose(connection: Connection, user: User, customer_id: str, amount_minor: int, reason: str) -> Approval:
    """Ask a second person to write off; commits. Raises `StoreError` for a sum that is not owed, or a reason that is none."""
    balance, currency = owed(connection, customer_id)
    if not 0 < amount_minor <= balance:
        raise StoreError(
            _("so much is not owed"),
            where="--amount",
            remedy=_("give {balance} at most").format(balance=format_minor(balance, currency)),
        )
    if reason not in WRITE_OFF_REASONS:
        raise StoreError(
            _("{reason!r} is no reason").format(reason=reason),
            where=_("reason"),
            remedy=_("use one of {known}").format(known=_(", ").join(WRITE_OFF_REASONS)),
        )
    return ask(user, "write_off", customer_id, amount_minor=amount_minor, currency=currency, reason=reason)


def proposed(limit: int, *, before: int | None = None) -> list[Approval]:
    """What was proposed, the latest first; `before`: of lower numbers than this."""
    found = Approval.objects.filter(kind="write_off")
    return list((found if before is None else found.filter(approval_id__lt=before)).order_by("-approval_id")[:limit])


def note_approved(approval: Approval) -> None:
    """Note in the ledger that a write-off was approved, in the transaction that approves it: both stand, or neither."""
    raw = django_connection.connection
    file = case_file(raw, approval.subject)
    append(raw, [file.deed(
        "note", desk().now(), approval.decided_by, write_off="approved", approval_id=approval.approval_id,
        asked_by=approval.asked_by, **approval.detail,
    )])  # fmt: skip
