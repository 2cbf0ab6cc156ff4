"""Whether the ledger shows a contact that the Chinese rules forbid: counted from the ledger alone, by code that knows no other.

Written by hand from the texts: GB/T 45251-2025 5.3 (at most three conversations a day with one debtor), the banking
association's guide of 2026 (at most six unanswered calls a day to one number; no contact from 22:00 to 08:00), and the plain
promise that a planned contact is made at most once. It shares no code with the packs, the gate or the dispatch.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import psycopg

_OF_CALLS = """WITH outcomes AS (
    SELECT attempt_seq, max(seq) AS last FROM ledger_entry WHERE outcome IS NOT NULL AND attempt_seq IS NOT NULL
    GROUP BY attempt_seq),
calls AS (SELECT a.seq, a.customer_id, a.contact_id, left(a.local_at, 10) AS day, o.outcome FROM ledger_entry AS a
    LEFT JOIN outcomes ON outcomes.attempt_seq = a.seq LEFT JOIN ledger_entry AS o ON o.seq = outcomes.last
    WHERE a.kind = 'attempt' AND a.channel = 'call')
"""
_CONVERSATIONS = (
    _OF_CALLS
    + """SELECT coalesce(sum(n - 3), 0) FROM (SELECT count(*) AS n FROM calls
    WHERE outcome IN ('right_party', 'promise', 'refused') GROUP BY customer_id, day) AS days WHERE n > 3"""
)
_UNANSWERED = (
    _OF_CALLS
    + """SELECT coalesce(sum(n - 6), 0) FROM (SELECT count(*) AS n FROM calls
    WHERE outcome IN ('no_answer', 'busy', 'dead_line', 'voicemail') GROUP BY customer_id, contact_id, day) AS days
    WHERE n > 6"""
)
_AT_NIGHT = """SELECT count(*) FROM ledger_entry WHERE kind = 'attempt'
    AND (substr(local_at, 12, 8) < '08:00:00' OR substr(local_at, 12, 8) >= '22:00:00')"""
_TWICE = """SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM ledger_entry WHERE kind = 'attempt'
    GROUP BY intent_id) AS intents WHERE n > 1"""


@dataclass(frozen=True)
class Breaches:
    """Contacts too many, by what they break."""

    conversations: int
    unanswered: int
    at_night: int
    twice: int

    @property
    def total(self) -> int:
        return self.conversations + self.unanswered + self.at_night + self.twice

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def count_breaches(connection: psycopg.Connection[Any]) -> Breaches:
    """Read the whole ledger."""
    found = []
    for query in (_CONVERSATIONS, _UNANSWERED, _AT_NIGHT, _TWICE):
        row = connection.execute(query).fetchone()
        found.append(int(row[0]) if row else 0)
    return Breaches(*found)
