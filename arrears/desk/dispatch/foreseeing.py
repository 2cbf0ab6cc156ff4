"""What the gate would say of a contact now, and what the caps leave: for whoever is about to ask it. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from arrears.desk.dispatch.claiming import Clock, claim_one
from arrears.desk.dispatch.judging import Gates, Judged, judge, verdict_of
from arrears.desk.ledger.appending import Connection
from arrears.law import Verdict


@dataclass(frozen=True)
class Foreseen:
    """Of one contact that is still to be made."""

    judged: Judged
    verdict: Verdict
    now: datetime
    not_after: datetime


def foresee(connection: Connection, clock: Clock, gates: Gates, intent_id: int) -> Foreseen | None:
    """Ask, and undo; None where it is no longer to be made. What is said holds for this moment only."""
    with connection.transaction(force_rollback=True):
        claimed = claim_one(connection, clock, intent_id)
        if not claimed.intents:
            return None
        (intent,) = claimed.intents
        verdict = verdict_of(intent, claimed, gates)
        (judged,) = judge(claimed, gates)
        return Foreseen(judged, verdict, claimed.now, intent.not_after)
