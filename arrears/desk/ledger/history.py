"""What the ledger knows of a customer's contacts, as the gate counts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from arrears.desk.ledger.appending import Connection

UNTOLD = {"call": ("right_party", "no_answer"), "visit": ("met", "not_home")}
"""How a call or visit counts until somebody says what came of it: as answered and as not answered, for it may be either."""
SENT = ("sent",)

_ENTRIES = """SELECT customer_id, seq, kind, at, channel, party, account_id, contact_id, outcome, attempt_seq, actor, local_at
FROM ledger_entry WHERE kind IN ('attempt', 'receipt', 'outcome', 'inbound') AND at >= %s"""


@dataclass(frozen=True)
class Contact:
    """A contact of the ledger with the latest that is known of it."""

    seq: int
    customer_id: str
    at: datetime
    local_at: str
    channel: str
    party: str
    direction: str
    account_id: str | None
    contact_id: str | None
    outcome: str
    """Empty where nobody has told it yet."""
    agent: str

    def as_events(self) -> list[dict[str, Any]]:
        """As `arrears.law.case.Event` reads it; one for each outcome that it may have had."""
        event = {
            "at": self.at.isoformat(), "channel": self.channel, "direction": self.direction, "party": self.party,
            "debt": self.account_id or None, "contact_point": self.contact_id or None,
        }  # fmt: skip
        outcomes = (self.outcome,) if self.outcome else UNTOLD.get(self.channel, SENT)
        return [event | {"outcome": outcome} for outcome in outcomes]


def contacts_of(connection: Connection, customer_ids: Sequence[str], since: datetime) -> dict[str, list[Contact]]:
    """By customer the contacts made or received since then, in the ledger's order."""
    query = f"{_ENTRIES} AND customer_id = ANY(%s) ORDER BY seq"
    return contacts_in(connection.execute(query, [since, list(customer_ids)]).fetchall())


def contacts_of_all(connection: Connection, since: datetime) -> dict[str, list[Contact]]:
    """The same of every customer."""
    return contacts_in(connection.execute(f"{_ENTRIES} ORDER BY seq", [since]).fetchall())


def contacts_in(rows: Sequence[Sequence[Any]]) -> dict[str, list[Contact]]:
    """The contacts that entries tell of; what an attempt came to is told by later entries."""
    found: dict[int, Contact] = {}
    for who, seq, kind, at, channel, party, account_id, contact_id, outcome, attempt_seq, actor, local_at in rows:
        if kind in ("attempt", "inbound"):
            direction = "outbound" if kind == "attempt" else "inbound"
            found[seq] = Contact(
                seq, who, at, local_at, channel, party or "debtor", direction, account_id, contact_id, outcome or "", actor
            )
        elif attempt_seq in found and outcome:
            found[attempt_seq] = replace(found[attempt_seq], outcome=outcome)
    by_customer: dict[str, list[Contact]] = {}
    for contact in found.values():
        by_customer.setdefault(contact.customer_id, []).append(contact)
    return by_customer
