"""Which ledger a contact of the feed came from: one that this ledger has is told by it, and not counted twice.

A database restored from a backup goes on under another identity. Contacts that it exported after that backup, and has lost,
stay in the book and are counted from there.
"""

from __future__ import annotations

from arrears.desk.ledger.appending import Connection

PREFIX = "LGR-"
Identities = list[tuple[str, int | None]]
"""Every identity that the ledger bore, oldest first, with its last entry under it; null for the present one."""


def identities_of(connection: Connection) -> Identities:
    rows = connection.execute("SELECT identity, until_seq FROM ledger_identity ORDER BY since").fetchall()
    return [(str(identity), until) for identity, until in rows]


def event_id(seq: int, identities: Identities) -> str:
    """The feed's id of a contact of the ledger."""
    identity = next(name for name, until in identities if until is None or seq <= until)
    return f"{PREFIX}{identity}-{seq:012d}"


def told_here(identities: Identities, column: str = "event_id") -> str:
    """SQL: whether the ledger itself has the contact of that id."""
    parts = [
        f"starts_with({column}, '{PREFIX}{name}-')"
        + ("" if until is None else f" AND TRY_CAST(string_split({column}, '-')[3] AS BIGINT) <= {until}")
        for name, until in identities
        if name.isalnum()
    ]
    return f"({' OR '.join(f'({part})' for part in parts)})" if parts else "FALSE"
