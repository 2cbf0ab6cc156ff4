"""Subscriptions of systems that are told of events: made, closed, and the secret that signs what they are told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from pathlib import Path

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from arrears.desk.api.delivering import require_url
from arrears.desk.api.events import EVENTS
from arrears.desk.api.models import NAME_MAX, URL_MAX, Subscription
from arrears.desk.ledger.models import Head
from arrears.desk.people.recording import record
from arrears.desk.saying import _
from arrears.desk.serving import secret_of
from arrears.errors import StoreError

SUBSCRIPTIONS_MAX = 50
SALT_BYTES = 32


def subscribe(actor: str, workspace: Path, name: str, url: str, events: Sequence[str]) -> tuple[Subscription, str]:
    """Tell a system of these events from now on; returns the subscription and its secret, which is shown once.

    Raises `StoreError` for an address that is not `https` (but a loopback one in a rehearsal), or events that there are not.
    """
    if not name.strip() or len(name) > NAME_MAX or not name.isprintable():
        raise StoreError(
            _("a subscription has a name"),
            where=_("name"),
            remedy=_("say which system it is, in 1 to {most} letters").format(most=NAME_MAX),
        )
    if len(url) > URL_MAX:
        raise StoreError(
            _("the address is too long"), where=_("address"), remedy=_("write it in {most} letters").format(most=URL_MAX)
        )
    require_url(url, rehearsal=in_rehearsal())
    checked = _events(events)
    salt = secrets.token_hex(SALT_BYTES)
    secret = secret_from(workspace, salt)
    with transaction.atomic():
        if Subscription.objects.filter(closed_at=None).count() >= SUBSCRIPTIONS_MAX:
            raise StoreError(
                _("there are {most} subscriptions").format(most=SUBSCRIPTIONS_MAX), where=_("webhooks"),
                remedy=_("close one first"),
            )  # fmt: skip
        made = Subscription.objects.create(
            name=name.strip(), url=url, events=checked, salt=salt, digest=_digest(secret), created_by=actor,
            cursor_seq=_head_seq(),
        )  # fmt: skip
        record(actor, "token", subject=f"webhook {made.pk}", did="subscribed", events=checked)
    return made, secret


def unsubscribe(actor: str, subscription: Subscription) -> bool:
    """Tell a system nothing more; whether it was told until now."""
    with transaction.atomic():
        changed = Subscription.objects.filter(pk=subscription.pk, closed_at=None).update(closed_at=timezone.now())
        if changed:
            record(actor, "token", subject=f"webhook {subscription.pk}", did="unsubscribed")
    return bool(changed)


def subscription_numbered(subscription_id: int) -> Subscription:
    """The subscription of a number; raises `StoreError` where there is none."""
    found = Subscription.objects.filter(pk=subscription_id).first()
    if found is None:
        raise StoreError(
            _("there is none"),
            where=_("webhook {number}").format(number=subscription_id),
            remedy=_("see: arrears webhook list"),
        )
    return found


def all_subscriptions() -> list[Subscription]:
    """Those that are open first, the newest of them at the top."""
    return list(Subscription.objects.order_by(F("closed_at").desc(nulls_first=True), "-pk")[: 4 * SUBSCRIPTIONS_MAX])


def waiting_n(subscriptions: Sequence[Subscription]) -> dict[int, int]:
    """By number, entries of the ledger that each has still to be told of, or that are none of its events."""
    head = _head_seq()
    return {one.pk: head - one.cursor_seq for one in subscriptions}


def secret_from(workspace: Path, salt: str) -> str:
    """The secret that a salt stands for, as Standard Webhooks writes it."""
    made = hmac.new(secret_of(workspace).encode(), b"webhook " + salt.encode(), hashlib.sha256).digest()
    return "whsec_" + base64.b64encode(made).decode()


def signing_secret(workspace: Path, subscription: Subscription) -> str | None:
    """What signs its events; None where the desk's key is no longer the one that the secret was made with."""
    secret = secret_from(workspace, subscription.salt)
    return secret if hmac.compare_digest(_digest(secret), subscription.digest) else None


def in_rehearsal() -> bool:
    """Whether the store is for rehearsals (`arrears.desk.plan.models.Mode`)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rehearsal FROM desk_mode")
        found = cursor.fetchone()
    return bool(found and found[0])


def _head_seq() -> int:
    """The ledger's last entry; an empty ledger's times are none that Python knows, so that they are not read."""
    return int(Head.objects.values_list("seq", flat=True).get())


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _events(events: Sequence[str]) -> list[str]:
    for event in events:
        if event not in EVENTS:
            raise StoreError(
                _("{event!r} is no event").format(event=event), where=_("events"),
                remedy=_("use some of {known}").format(known=_(", ").join(EVENTS)),
            )  # fmt: skip
    if not events:
        raise StoreError(
            _("a subscription is of something"), where=_("events"),
            remedy=_("give some of {known}").format(known=_(", ").join(EVENTS)),
        )  # fmt: skip
    return sorted(set(events))
