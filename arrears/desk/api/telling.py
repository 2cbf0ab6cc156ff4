"""The rounds that tell subscribers of events: in the ledger's order, each until it is taken, more and more slowly."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
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
        if due.filter(pk=number).update(next_at=timezone.now() + LEASE):
            done += _told(connection, workspace, Subscription.objects.get(pk=number))
    return done


def _told(connection: Connection, workspace: Path, subscription: Subscription) -> Counter[str]:
    """One span of the ledger, for one subscriber: up to its end, or the first event that is not taken."""
    done: Counter[str] = Counter()
    begins = subscription.cursor_seq
    until = min(head_of(connection), begins + SPAN)
    if until <= begins:
        _keep(subscription)
        return done
    secret, rehearsal = signing_secret(workspace, subscription), in_rehearsal()
    for event in events_between(connection, begins, until, identities_of(connection)):
        if event.event not in subscription.events:
            continue
        answer = _call(subscription.url, event, secret, rehearsal=rehearsal)
        if not answer.taken:
            _put_off(subscription, event.seq - 1, answer.fault)
            return done + Counter(failed=1)
        done["told"] += 1
        now = timezone.now()
        if not _keep(subscription, cursor_seq=event.seq - 1, next_at=now + LEASE, delivered_at=now):
            return done  # closed meanwhile
    _keep(subscription, cursor_seq=until, failures_n=0, last_fault="")
    return done + Counter(read=until - begins)


def _keep(subscription: Subscription, **changed: Any) -> bool:
    """Write down how far it was told and when it is its turn again (at once, where nothing is said); whether it is open."""
    values = {"next_at": timezone.now(), **changed}
    return bool(Subscription.objects.filter(pk=subscription.pk, closed_at=None).update(**values))


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


def _put_off(subscription: Subscription, cursor_seq: int, fault: str) -> None:
    """What was taken stays told; the rest is tried again later. An entry of several events may be told again as a whole."""
    failures = 0 if cursor_seq > subscription.cursor_seq else subscription.failures_n
    wait = min(BACK_OFF_FIRST * 2 ** min(failures, 20), BACK_OFF_MAX) * (1 + secrets.randbelow(200) / 1000)
    _keep(
        subscription, cursor_seq=max(subscription.cursor_seq, cursor_seq), failures_n=failures + 1,
        next_at=timezone.now() + wait, last_fault=fault,
    )  # fmt: skip
