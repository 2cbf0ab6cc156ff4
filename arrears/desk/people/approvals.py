"""Four eyes: what one asks for, another decides."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from arrears.desk.paging import page_of_set
from arrears.desk.people.models import Approval, Record, User
from arrears.desk.people.recording import record
from arrears.desk.people.roles import Right
from arrears.desk.saying import _
from arrears.errors import StoreError

Kind = Literal[
    "plan", "write_off", "strategy", "policy", "user_new", "user_roles", "user_reset", "user_open", "token",
]  # fmt: skip
APPROVED_BY: dict[str, Right] = {
    "plan": "plan.approve", "write_off": "write_off.approve", "strategy": "strategy.approve", "policy": "policy.approve",
    "user_new": "user.approve", "user_roles": "user.approve", "user_reset": "user.approve", "user_open": "user.approve",
    "token": "token.approve",
}  # fmt: skip
"""Which right decides which kind."""
IN_PERSON = ("user_new", "user_roles", "user_reset", "user_open", "token")
"""What an administrator asks for: decided on the desk's page, by somebody with both factors. By the API it is not: a token that
one administrator was given would be the second person."""
BY_API = tuple(kind for kind in APPROVED_BY if kind not in IN_PERSON)
DECIDED_PAGE = LATELY_PAGE = 20


def ask(user: User, kind: Kind, subject: str, **detail: Any) -> Approval:
    """Ask for a second person; raises `StoreError` where the same is being asked already."""
    try:
        with transaction.atomic():
            found = Approval.objects.create(kind=kind, subject=subject, detail=detail, asked_by=user.username)
            record(user.username, "asked", subject=f"{kind} {subject}", approval_id=found.approval_id)
            return found
    except IntegrityError:
        raise StoreError(
            _("this is waiting for a decision already"), where=f"{_(kind)} {subject}", remedy=_("see: approvals")
        ) from None


def to_decide(user: User, page: int, kinds: Collection[str] = tuple(APPROVED_BY)) -> tuple[list[Approval], bool]:
    """What waits for a second person and is of a kind that this one decides, the oldest first, and whether more follow."""
    return page_of_set(_of_kinds(user, kinds).filter(state="open").order_by("asked_at", "approval_id"), page)


def decided_lately(user: User, page: int, kinds: Collection[str] = tuple(APPROVED_BY)) -> tuple[list[Approval], bool]:
    """Of the same kinds what is decided, the latest first."""
    return page_of_set(_of_kinds(user, kinds).exclude(state="open").order_by("-decided_at", "-approval_id"), page, DECIDED_PAGE)


def _of_kinds(user: User, kinds: Collection[str]) -> QuerySet[Approval]:
    return Approval.objects.filter(kind__in=[kind for kind in kinds if user.has_perm(APPROVED_BY[kind])])


def latest_of(kind: Kind, subject: str) -> Approval | None:
    """What was asked about it last, if anything was."""
    return Approval.objects.filter(kind=kind, subject=subject).order_by("-approval_id").first()


def lately(kind: Kind, page: int) -> tuple[list[Approval], bool]:
    """What was asked of that kind, the latest first, and whether more follow."""
    return page_of_set(Approval.objects.filter(kind=kind).order_by("-approval_id"), page, LATELY_PAGE)


def locked(kind: Kind, subject: str) -> Approval | None:
    """The latest about it, held against anybody else to the end of the transaction."""
    return Approval.objects.select_for_update().filter(kind=kind, subject=subject).order_by("-approval_id").first()


def carried_out(approval: Approval) -> bool:
    """Whether the record says already that what was approved is in force."""
    of_it = {"kind": "decided", "subject": in_force_subject(approval), "detail__approval_id": approval.approval_id}
    return Record.objects.filter(**of_it).exists()


def in_force_subject(approval: Approval) -> str:
    """What the record calls its coming into force."""
    return f"{approval.kind} {approval.subject} in force"


def concerned(approval: Approval) -> str:
    """The user whose roles, access or token it is about; empty where it is about none."""
    if approval.kind not in IN_PERSON:
        return ""
    return str(approval.detail["owner"]) if approval.kind == "token" else approval.subject


def decide(
    user: User, approval_id: int, *, approve: bool, note: str = "", kinds: Collection[str] = tuple(APPROVED_BY)
) -> Approval:  # fmt: skip
    """Approve or reject; raises `StoreError` where it is not open, is their own or about them, or is not theirs to decide."""
    with transaction.atomic():
        found = Approval.objects.select_for_update().filter(approval_id=approval_id).first()
        where = _("approval {approval_id}").format(approval_id=approval_id)
        if found is None or found.state != "open":
            raise StoreError(_("nothing of that number waits for a decision"), where=where, remedy=_("see: approvals"))
        if found.asked_by == user.username:
            raise StoreError(_("nobody approves what they asked for"), where=where, remedy=_("let a second person decide"))
        if not user.has_perm(APPROVED_BY[found.kind]):
            raise StoreError(
                _("this is not yours to decide"),
                where=where,
                remedy=_("it takes the right {right}").format(right=_(APPROVED_BY[found.kind])),
            )
        if found.kind not in kinds:
            raise StoreError(
                _("this is decided on the desk's page alone"),
                where=where,
                remedy=_("decide it there, signed in with both factors"),
            )
        if concerned(found) == user.username:
            raise StoreError(
                _("nobody decides what they get themselves"), where=where, remedy=_("let somebody decide whom it is not about")
            )
        found.state = "approved" if approve else "rejected"
        found.decided_by, found.decided_at, found.note = user.username, timezone.now(), note
        found.save()
        record(user.username, "decided", subject=f"{found.kind} {found.subject}", approval_id=approval_id, state=found.state)
        if found.kind == "write_off" and approve:
            from arrears.desk.work.write_offs import note_approved  # noqa: PLC0415 - it asks for approvals itself

            note_approved(found)
        if found.kind in IN_PERSON and approve:
            from arrears.desk.people.administering import approved  # noqa: PLC0415 - likewise

            approved(found)
        return found
