"""Tokens of other systems: made, shown once, looked up, revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from arrears.desk.api.models import NAME_MAX, Token
from arrears.desk.people.models import User
from arrears.desk.people.recording import record
from arrears.desk.saying import _
from arrears.errors import StoreError

SCOPES: dict[str, tuple[str, str]] = {
    "cases:read": ("read cases", "查看案件"), "cases:write": ("write to cases", "登记案件事项"),
    "contacts:ask": ("ask the gate for contacts and tell what came of them", "申请联系并登记结果"),
    "payments:write": ("tell of payments", "登记还款"), "ledger:read": ("read the ledger", "查看台账"),
    "work:read": ("read queues, agents, checks and targets", "查看队列、坐席、质检与目标"),
    "work:write": ("assign, place, check and propose", "分配、委外、质检与提出申请"),
    "approvals:write": ("decide what a second person has to", "作出复核决定"), "figures:read": ("read figures", "查看指标"),
    "law:read": ("read the law in force, refusals and findings", "查看法规、拒绝与检查结果"),
    "strategy:read": ("read playbooks and policies", "查看策略与政策"),
    "strategy:write": ("submit playbooks and policies, and put them in force", "提交策略与政策并使其生效"),
}  # fmt: skip
"""(English, Chinese)."""
PREFIX = "arr_"
"""So that a secret that got into a file is found by those who look for such."""
SECRET_BYTES, HINT = 32, 8
DAYS_MAX, DAYS_DEFAULT = 366, 90
SEEN_EVERY = timedelta(minutes=1)


def make_token(
    actor: str, owner: User, name: str, scopes: Sequence[str], *, days: int = DAYS_DEFAULT, **because: Any
) -> tuple[Token, str]:  # fmt: skip
    """Make a token of so many days; returns it and its secret, which is shown once and kept nowhere.

    `because` goes on the record, such as the approval that it follows from. Raises `StoreError` as `checked_token` does.
    """
    checked = checked_token(owner, name, scopes, days)
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        token = Token.objects.create(
            name=name.strip(), digest=digest_of(secret), hint=secret[:HINT], scopes=checked, owner=owner, created_by=actor,
            expires_at=timezone.now() + timedelta(days=days),
        )  # fmt: skip
        record(
            actor, "token", subject=f"token {token.token_id}", did="made", owner=owner.username, scopes=checked, days=days,
            **because,
        )  # fmt: skip
    return token, secret


def checked_token(owner: User, name: str, scopes: Sequence[str], days: int) -> list[str]:
    """The scopes of a token that can be made, in order.

    Raises `StoreError` for a name that is none, a scope there is not, too many days, an owner who is shut out.
    """
    checked = _scopes(scopes)
    if not name.strip() or len(name) > NAME_MAX or not name.isprintable():
        raise StoreError(
            _("a token has a name"),
            where=_("name"),
            remedy=_("say which system has it, in 1 to {most} letters").format(most=NAME_MAX),
        )
    if not 1 <= days <= DAYS_MAX:
        raise StoreError(
            _("{days} days is no time for a token").format(days=days),
            where=_("days"),
            remedy=_("give 1 to {most}").format(most=DAYS_MAX),
        )
    if not owner.is_active:
        raise StoreError(
            _("its owner is shut out"),
            where=_("user {username}").format(username=owner.username),
            remedy=_("choose another, or open the account"),
        )
    return checked


def revoke_token(actor: str, token: Token) -> bool:
    """Let a token in no more, from now on; whether it was not revoked yet."""
    with transaction.atomic():
        changed = Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
        if changed:
            record(actor, "token", subject=f"token {token.pk}", did="revoked", owner=token.owner.username)
    return bool(changed)


def token_numbered(token_id: int) -> Token:
    """The token of a number; raises `StoreError` where there is none."""
    found = Token.objects.select_related("owner").filter(pk=token_id).first()
    if found is None:
        raise StoreError(
            _("there is no such token"),
            where=_("token {token_id}").format(token_id=token_id),
            remedy=_("see: arrears token list"),
        )
    return found


def all_tokens(limit: int = 500) -> list[Token]:
    """The newest first, with their owners."""
    return list(Token.objects.select_related("owner").order_by("-token_id")[:limit])


def state_of(token: Token) -> str:
    """`live`, `revoked`, `expired`, or `owner_closed`."""
    if token.revoked_at is not None:
        return "revoked"
    if token.expires_at <= timezone.now():
        return "expired"
    return "live" if token.owner.is_active else "owner_closed"


def token_of(secret: str) -> Token | None:
    """The live token of a secret; that it was used is noted, to the minute."""
    found = Token.objects.select_related("owner").filter(digest=digest_of(secret)).first()
    if found is None or state_of(found) != "live":
        return None
    now = timezone.now()
    if found.last_used_at is None or found.last_used_at < now - SEEN_EVERY:
        old = Q(last_used_at=None) | Q(last_used_at__lt=now - SEEN_EVERY)
        Token.objects.filter(old, pk=found.pk).update(last_used_at=now)
    return found


def digest_of(secret: str) -> str:
    """SHA-256, as hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _scopes(scopes: Sequence[str]) -> list[str]:
    for scope in scopes:
        if scope not in SCOPES:
            raise StoreError(
                _("{scope!r} is no scope").format(scope=scope),
                where=_("scopes"),
                remedy=_("use some of {known}").format(known=_(", ").join(SCOPES)),
            )
    if not scopes:
        raise StoreError(
            _("a token may do something"),
            where=_("scopes"),
            remedy=_("give some of {known}").format(known=_(", ").join(SCOPES)),
        )
    return sorted(set(scopes))
