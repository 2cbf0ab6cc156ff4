"""What an administrator asks for and somebody else approves: users, their roles and access, tokens.

Roles and opened accounts come about with their approval. What has a secret is carried out after it by whoever asked, within
`CARRY_OUT_DAYS`. A token's secret is made and shown then. A password for the next sign-in is of two halves: the approver sees
one, the other is made when the act is carried out and seen by whoever asked, so that neither of the two can sign in as the
user. Nothing of it is kept but the password's slow hash; until then the approver's half follows from a salt and the desk's key.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from arrears.desk.paging import page_of_set
from arrears.desk.people import accounts
from arrears.desk.people.approvals import APPROVED_BY, IN_PERSON, LATELY_PAGE, Kind, ask, concerned
from arrears.desk.people.models import Approval, User
from arrears.desk.people.roles import RIGHTS
from arrears.desk.saying import _
from arrears.errors import StoreError

HALVED = ("user_new", "user_reset")
"""Of which the approver and whoever asked see half a password each."""
BY_ASKER = (*HALVED, "token")
"""What whoever asked carries out, since a secret is shown."""
CARRY_OUT_DAYS = 3
"""An approval that nobody makes use of is not kept for later."""
SALT_BYTES = 16


@dataclass(frozen=True)
class CarriedOut:
    """An act that was carried out, and what is shown of it once."""

    approval: Approval
    secret: str = field(repr=False)


def ask_new(asker: User, username: str, name: str, roles: Sequence[str], *, agency: str, language: str) -> Approval:
    """Ask for a user; raises `StoreError` where one cannot be made so."""
    checked = accounts.checked_new(username, roles, agency)
    return _ask(asker, "user_new", username, username, name=name, roles=checked, agency=agency, language=language)


def ask_roles(asker: User, one: User, roles: Sequence[str], agency: str) -> Approval:
    """Ask for other roles or another agency of somebody."""
    _not_oneself(asker, one)
    checked = accounts.checked_roles(one.username, roles, agency)
    if (checked, agency) == (sorted(one.roles), one.agency):
        raise StoreError(_("these are their roles already"), where=_user(one.username), remedy=_("choose others"))
    return _ask(asker, "user_roles", one.username, one.username, roles=checked, agency=agency, before=_seen(one))


def take_roles_away(actor: User, one: User, roles: Sequence[str], agency: str) -> bool:
    """Leave somebody some of their roles at once, where nothing else is changed; whether it was so."""
    _not_oneself(actor, one)
    checked = accounts.checked_roles(one.username, roles, agency)
    with transaction.atomic():
        held = User.objects.select_for_update().get(pk=one.pk)
        if agency != held.agency or not set(checked) < set(held.roles):
            return False
        accounts.set_roles(actor.username, held, checked, agency)
        return True


def ask_reset(asker: User, one: User) -> Approval:
    """Ask to take away somebody's password and second factor."""
    _not_oneself(asker, one)
    return _ask(asker, "user_reset", one.username, one.username, before=_seen(one))


def ask_open(asker: User, one: User) -> Approval:
    """Ask to let somebody in again who was shut out."""
    _not_oneself(asker, one)
    if one.is_active:
        raise StoreError(_("they may sign in already"), where=_user(one.username), remedy=_("look at the user again"))
    return _ask(asker, "user_open", one.username, one.username, before=_seen(one))


def ask_token(asker: User, owner: User, name: str, scopes: Sequence[str], *, days: int) -> Approval:
    """Ask for a token of somebody's."""
    from arrears.desk.api.tokens import checked_token  # noqa: PLC0415 - tokens know people

    checked = checked_token(owner, name, scopes, days)
    subject = f"{owner.username}: {name.strip()}"
    asked = {"name": name.strip(), "owner": owner.username, "scopes": checked, "days": days}
    return _ask(asker, "token", subject, owner.username, **asked, before=_seen(owner))


def _ask(asker: User, kind: Kind, subject: str, about: str, **detail: Any) -> Approval:
    if not others_decide(kind, asker.username, about):
        raise StoreError(
            _("nobody else may approve this"), where=_user(about),
            remedy=_("have IT make a second administrator on the server: arrears user add"),
        )  # fmt: skip
    if any(
        standing(one) == "ready" for one in Approval.objects.filter(kind=kind, subject=subject, state="approved", done_at=None)
    ):
        raise StoreError(
            _("this is approved already, and has only to be carried out"),
            where=_user(about),
            remedy=_("let whoever asked do it"),
        )
    return ask(asker, kind, subject, **detail)


def others_decide(kind: Kind, *but: str) -> bool:
    """Whether anybody may decide on it, these left out."""
    right, holders = APPROVED_BY[kind], Q()
    for role, rights in RIGHTS.items():
        if right in rights:
            holders |= Q(roles__contains=[role.value])
    return User.objects.filter(holders, is_active=True).exclude(username__in=but).exists()


def standing(approval: Approval) -> str:
    """Where an administrator's request stands: as `state` says, or, once approved, `ready`, `lapsed` or `done`."""
    if approval.state != "approved":
        return approval.state
    if approval.done_at is not None:
        return "done"
    decided_at = approval.decided_at
    return "ready" if decided_at and timezone.now() < decided_at + timedelta(days=CARRY_OUT_DAYS) else "lapsed"


def asked_by(asker: User, page: int) -> tuple[list[Approval], bool]:
    """What an administrator asked for, the latest first, and whether more follow."""
    found = Approval.objects.filter(kind__in=IN_PERSON, asked_by=asker.username)
    return page_of_set(found.order_by("-approval_id"), page, LATELY_PAGE)


def approved(approval: Approval) -> None:
    """What follows from an approval, in its transaction: it comes about, or may be carried out by whoever asked.

    Raises `StoreError` where it is no longer what was asked for, and the approval is not given.
    """
    one = _as_asked(approval, _("reject it, and have it asked for again"))
    detail, because = approval.detail, _because(approval)
    if approval.kind == "user_roles" and one is not None:
        accounts.set_roles(approval.decided_by, one, detail["roles"], detail["agency"], **because)
    if approval.kind == "user_open" and one is not None:
        accounts.set_active(approval.decided_by, one, active=True, **because)
    if approval.kind in HALVED:
        approval.salt = secrets.token_hex(SALT_BYTES)
    if approval.kind not in BY_ASKER:
        approval.done_at = timezone.now()
    approval.save(update_fields=["salt", "done_at"])


def approvers_half(approval: Approval) -> str:
    """The half of a password that the approver hands to the user; empty where there is none, or not any more."""
    if not approval.salt:
        return ""
    made = salted_hmac("arrears.desk.people.administering", f"{approval.approval_id} {approval.salt}", algorithm="sha256")
    return urlsafe_b64encode(made.digest()[: accounts.PASSWORD_BYTES]).decode()


def carry_out(asker: User, approval_id: int) -> CarriedOut:
    """Do what one asked for and another approved; the secret, or one's own half of it, is shown by this alone.

    Raises `StoreError` where it is not approved, was done already, has lapsed, or is no longer what was asked for.
    """
    with transaction.atomic():
        own = Approval.objects.select_for_update().filter(kind__in=BY_ASKER, asked_by=asker.username)
        found = own.filter(approval_id=approval_id).first()
        where = _("approval {approval_id}").format(approval_id=approval_id)
        if found is None or standing(found) != "ready":
            raise StoreError(
                _("nothing of that number waits to be carried out by you"), where=where, remedy=_("ask for it again")
            )
        one = _as_asked(found, _("ask for it again"))
        secret = _carried_out(found, one)
        found.done_at, found.salt = timezone.now(), ""
        found.save(update_fields=["done_at", "salt"])
        return CarriedOut(found, secret)


def _carried_out(approval: Approval, one: User | None) -> str:
    from arrears.desk.api.tokens import make_token  # noqa: PLC0415 - tokens know people

    actor, detail, because = approval.asked_by, approval.detail, _because(approval)
    half = secrets.token_urlsafe(accounts.PASSWORD_BYTES)
    if one is None:
        accounts.add_user(
            actor, approval.subject, detail["name"], detail["roles"], agency=detail["agency"], language=detail["language"],
            password=half + approvers_half(approval), **because,
        )  # fmt: skip
        return half
    if approval.kind == "user_reset":
        accounts.reset_user(actor, one, password=half + approvers_half(approval), **because)
        return half
    return make_token(actor, one, detail["name"], detail["scopes"], days=detail["days"], **because)[1]


def _as_asked(approval: Approval, remedy: str) -> User | None:
    """The user that it is about, held to the end of the transaction; none where they are to be made.

    Raises `StoreError` where whoever asked may no longer ask, or the user was changed since: it would be another act.
    """
    where = _("approval {approval_id}").format(approval_id=approval.approval_id)
    asker = User.objects.filter(username=approval.asked_by).first()
    if asker is None or not asker.has_perm("token.manage" if approval.kind == "token" else "user.manage"):
        raise StoreError(_("whoever asked for it may not ask for it any more"), where=where, remedy=remedy)
    if approval.kind == "user_new":
        accounts.checked_new(approval.subject, approval.detail["roles"], approval.detail["agency"])
        return None
    one = User.objects.select_for_update().filter(username=concerned(approval)).first()
    if one is None or _seen(one) != approval.detail["before"]:
        raise StoreError(_("the user was changed since this was asked for"), where=where, remedy=remedy)
    return one


def _seen(one: User) -> dict[str, Any]:
    """What whoever decides must know to be so still."""
    return {"roles": sorted(one.roles), "agency": one.agency, "active": one.is_active}


def _because(approval: Approval) -> dict[str, Any]:
    return {"approval_id": approval.approval_id, "asked_by": approval.asked_by, "approved_by": approval.decided_by}


def _not_oneself(asker: User, one: User) -> None:
    if asker.username == one.username:
        raise StoreError(
            _("nobody does this to themselves"), where=_user(one.username), remedy=_("let another administrator ask for it")
        )


def _user(username: str) -> str:
    return _("user {username}").format(username=username)
