"""What came of a contact, told by whoever made it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from arrears.desk.cases.file import case_file
from arrears.desk.dispatch.claiming import lock_customers
from arrears.desk.ledger.appending import Connection, Deed, append
from arrears.desk.saying import _
from arrears.errors import LedgerError
from arrears.feed.contracts import OUTCOMES

INBOUND_OUTCOMES = ("right_party", "promise", "refused", "left_message")
"""What may come of it where the customer reaches us."""


@dataclass(frozen=True)
class Told:
    """The outcome of one attempt."""

    attempt_seq: int
    outcome: str
    """One of the feed's `outcome` codes (docs/feed.md)."""
    body: dict[str, Any] = field(default_factory=dict)


_ATTEMPTS = """SELECT e.seq, e.customer_id, e.channel, e.intent_id, e.step, split_part(s.zones, ',', 1) FROM ledger_entry AS e
LEFT JOIN intent AS i USING (intent_id)
LEFT JOIN standing AS s ON s.customer_id = i.customer_id AND s.business_date = i.business_date
WHERE e.seq = ANY(%s) AND e.kind = 'attempt'"""


def tell(connection: Connection, told: Sequence[Told], now: datetime, actor: str) -> None:
    """Write outcomes into the ledger, from when on the gate counts them as what they were; commits.

    Raises `LedgerError` where an outcome is none of the feed's, or speaks of no attempt.
    """
    for one in told:
        if one.outcome not in OUTCOMES:
            raise LedgerError(
                _("{outcome!r} is no outcome").format(outcome=one.outcome),
                where=_("outcome"),
                remedy=_("use one of {known}").format(known=_(", ").join(OUTCOMES)),
            )
    with connection.transaction():
        rows = connection.execute(_ATTEMPTS, [[one.attempt_seq for one in told]]).fetchall()
        attempts = {row[0]: row for row in rows}
        missing = [one.attempt_seq for one in told if one.attempt_seq not in attempts]
        if missing:
            raise LedgerError(
                _("entry {missing} is no attempt").format(missing=missing[0]),
                where=_("outcome"),
                remedy=_("give the number of an attempt"),
            )
        lock_customers(connection, {row[1] for row in rows})
        append(connection, [_deed(attempts[one.attempt_seq], one, now, actor) for one in told])


def tell_inbound(
    connection: Connection, customer_id: str, channel: str, outcome: str, now: datetime, actor: str
) -> None:  # fmt: skip
    """Write down that the customer reached us; commits. Raises `LedgerError` for an outcome that this cannot have."""
    if outcome not in INBOUND_OUTCOMES:
        raise LedgerError(
            _("{outcome!r} is no outcome of that").format(outcome=outcome),
            where=_("outcome"),
            remedy=_("use one of {known}").format(known=_(", ").join(INBOUND_OUTCOMES)),
        )
    with connection.transaction():
        file = case_file(connection, customer_id)
        append(connection, [
            Deed(customer_id, "inbound", now, file.zone, actor, channel=channel, party="debtor", outcome=outcome)
        ])  # fmt: skip


def _deed(attempt: Sequence[Any], one: Told, now: datetime, actor: str) -> Deed:
    seq, customer_id, channel, intent_id, step, zone = attempt
    return Deed(
        customer_id, "outcome", now, zone or "UTC", actor, intent_id, seq, step=step, channel=channel, outcome=one.outcome,
        body=one.body,
    )  # fmt: skip
