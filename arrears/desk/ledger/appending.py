"""Adding to the ledger: the only statement in arrears that does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import psycopg

from arrears.desk.saying import _
from arrears.errors import LedgerError

Kind = Literal[
    "attempt", "receipt", "outcome", "inbound", "refusal", "payment", "state", "promise", "plan", "matter", "note"
]  # fmt: skip
Connection = psycopg.Connection[tuple[Any, ...]]
NOT_YET = "AR002"
"""The database's word for an entry of a time to come (migration 0002 of the ledger)."""


@dataclass(frozen=True)
class Deed:
    """Something that happened and is to be kept."""

    customer_id: str
    kind: Kind
    at: datetime
    """With its offset."""
    zone: str
    """The customer's time zone, for the local time beside it."""
    actor: str
    """The person or process that did it."""
    intent_id: int | None = None
    attempt_seq: int | None = None
    step: str | None = None
    account_id: str | None = None
    contact_id: str | None = None
    channel: str | None = None
    party: str | None = None
    outcome: str | None = None
    body: dict[str, Any] = field(default_factory=dict)


_COLUMNS = {
    "at": "timestamptz", "local_at": "text", "customer_id": "text", "kind": "text", "actor": "text", "intent_id": "bigint",
    "attempt_seq": "bigint", "step": "text", "account_id": "text", "contact_id": "text", "channel": "text", "party": "text",
    "outcome": "text", "body": "text",
}  # fmt: skip
_NAMES = ", ".join(_COLUMNS)
_ARRAYS = ", ".join(f"%s::{kind}[]" for kind in _COLUMNS.values())
_INSERT = (
    f"INSERT INTO ledger_entry ({_NAMES}) SELECT {_NAMES} FROM unnest({_ARRAYS}) "
    f"WITH ORDINALITY AS deed ({_NAMES}, place) ORDER BY place RETURNING seq"
)


def append(connection: Connection, deeds: Sequence[Deed]) -> list[int]:
    """Add the deeds in their order, within the connection's transaction; returns their numbers.

    From here to the end of the transaction nobody else can add: keep it short, and append last. Raises `LedgerError` for a
    time more than a minute ahead of the database's clock.
    """
    if not deeds:
        return []
    rows = [
        (
            deed.at, deed.at.astimezone(ZoneInfo(deed.zone)).replace(tzinfo=None).isoformat(timespec="seconds"),
            deed.customer_id, deed.kind, deed.actor, deed.intent_id, deed.attempt_seq, deed.step, deed.account_id,
            deed.contact_id, deed.channel, deed.party, deed.outcome, canonical(deed.body),
        )
        for deed in deeds
    ]  # fmt: skip
    try:
        found = connection.execute(_INSERT, [list(column) for column in zip(*rows, strict=True)]).fetchall()
    except psycopg.DatabaseError as error:
        if error.sqlstate != NOT_YET:
            raise
        raise LedgerError(
            _("that time has not come yet by the database's clock"),
            where="--at",
            remedy=_("give a time that has, or leave it out"),
        ) from None
    return sorted(row[0] for row in found)


def canonical(body: dict[str, Any]) -> str:
    """A body as it is kept."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
