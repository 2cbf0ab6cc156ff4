"""The rounds that tell subscribers of events: in the ledger's order, each until it is taken, more and more slowly."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from arrears.desk.api.delivering import Answer, tell
from arrears.desk.api.events import SPAN, Event, events_between, head_of
from arrears.desk.api.models import Subscription
from arrears.desk.api.webhooks import in_rehearsal, signing_secret
from arrears.desk.ledger.appending import Connection
from arrears.desk.ledger.identity import identities_of

BACK_OFF_FIRST, BACK_OFF_MAX = timedelta(seconds=5), timedelta(hours=1)
"""After the first failure, twice as long after each that follows, up to this; and up to a fifth more, by chance."""

LEASE = timedelta(minutes=2)
"""So long a subscriber is one worker's, who renews it with every event: longer than any call may take."""


def deliver_once(connection: Connection, workspace: Path) -> Counter[str]:
    """Tell each subscriber whose time has come what it has not been told yet, a span of the ledger at a time.

    Returns how many were `told` and `failed`, and how many entries were `read`, some of which are nobody's events.

    Whoever else delivers at the same time takes other subscribers: one that is being told is nobody else's for `LEASE`, and
    what it took is kept at once, so that a worker that dies leaves little to be told again. No transaction waits for a network.
    """
    done: Counter[str] = Counter()
    due = Subscription.objects.filter(closed_at=None, next_at__lte=timezone.now()).order_by("pk")
    for number in list(due.values_list("pk", flat=True)):
        held = timezone.now() + LEASE
        if due.filter(pk=number).update(next_at=held):
            done += _Turn(Subscription.objects.get(pk=number), held).tell(connection, workspace)
    return done


class _Turn:
    """A subscriber while it is this worker's: whatever is written down of it is written only as long as it is."""

    def __init__(self, subscription: Subscription, held: datetime) -> None:
        self.subscription, self.held = subscription, held

    def tell(self, connection: Connection, workspace: Path) -> Counter[str]:
        """One span of the ledger: up to its end, or the first event that is not taken."""
        done: Counter[str] = Counter()
        one = self.subscription
        begins, until = one.cursor_seq, min(head_of(connection), one.cursor_seq + SPAN)
        if until <= begins:
            self._keep()
            return done
        secret, rehearsal = signing_secret(workspace, one), in_rehearsal()
        for event in events_between(connection, begins, until, identities_of(connection)):
            if event.event not in one.events:
                continue
            answer = _call(one.url, event, secret, rehearsal=rehearsal)
            if not answer.taken:
                self._put_off(event.seq - 1, answer.fault)
                return done + Counter(failed=1)
            done["told"] += 1
            now = timezone.now()
            if not self._keep(cursor_seq=event.seq - 1, next_at=now + LEASE, delivered_at=now):
                return done  # closed meanwhile, or another worker's by now
        self._keep(cursor_seq=until, failures_n=0, last_fault="")
        return done + Counter(read=until - begins)

    def _keep(self, **changed: Any) -> bool:
        """Write down how far it was told and when it is its turn again, at once if nothing is said; whether it could be."""
        values = {"next_at": timezone.now(), **changed}
        mine = Subscription.objects.filter(pk=self.subscription.pk, closed_at=None, next_at=self.held)
        self.held = values["next_at"]
        return bool(mine.update(**values))

    def _put_off(self, cursor_seq: int, fault: str) -> None:
        """What was taken stays told; the rest is tried again later. An entry of several events may be told again as a whole."""
        one = self.subscription
        failures = 0 if cursor_seq > one.cursor_seq else one.failures_n
        wait = min(BACK_OFF_FIRST * 2 ** min(failures, 20), BACK_OFF_MAX) * (1 + secrets.randbelow(200) / 1000)
        self._keep(
            cursor_seq=max(one.cursor_seq, cursor_seq), failures_n=failures + 1, next_at=timezone.now() + wait, last_fault=fault
        )


def _call(url: str, event: Event, secret: str | None, *, rehearsal: bool) -> Answer:
    if secret is None:
        return Answer(False, "secret")
    return tell(url, event.body, headers_of(secret, event.event_id, int(time.time()), event.body), rehearsal=rehearsal)


def headers_of(secret: str, event_id: str, at: int, body: str) -> Mapping[str, str]:
    """The headers of Standard Webhooks: id, time in seconds, and HMAC-SHA256 of `id.time.body` under the secret."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    made = hmac.new(key, f"{event_id}.{at}.{body}".encode(), hashlib.sha256).digest()
    return {
        "Content-Type": "application/json", "User-Agent": "arrears", "webhook-id": event_id, "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(made).decode()}",
    }  # fmt: skip
