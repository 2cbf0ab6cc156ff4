"""The record, as compliance and administrators look through it: who saw and decided what, newest first, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from arrears.desk.compliance.days import midnights
from arrears.desk.people.models import Record, User
from arrears.desk.people.rights import seen

PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """What to look for; empty: all."""

    actor: str = ""
    customer: str = ""
    kind: str = ""
    first: date | None = None
    last: date | None = None
    """Days by the bank's clock, both included."""


def may_ask(user: User, customer: str) -> bool:
    """Whether they may look for one customer: what is found tells whether there is one of that id, and who worked on them."""
    return not customer or user.has_perm("case.see", customer)


def subject_for(user: User, one: Record) -> str:
    """What a record is about; a write-off is asked for by its customer's id, which is told only to those who may see it."""
    kind, _, about = one.subject.partition(" ")
    return kind if kind == "write_off" and seen(user, about) is None else one.subject


def found(wanted: Wanted, zone: str, before: int | None, limit: int = PAGE) -> tuple[list[Record], bool]:
    """A page of records earlier than `before`, and whether there are more."""
    rows = Record.objects.all()
    if wanted.actor:
        rows = rows.filter(actor=wanted.actor)
    if wanted.customer:
        rows = rows.filter(customer_id=wanted.customer)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.first:
        rows = rows.filter(at__gte=midnights(wanted.first, wanted.first, zone)[0])
    if wanted.last:
        rows = rows.filter(at__lt=midnights(wanted.last, wanted.last, zone)[1])
    if before is not None:
        at = Record.objects.filter(record_id=before).values_list("at", flat=True).first()
        rows = rows.none() if at is None else rows.filter(at__lte=at).filter(Q(at__lt=at) | Q(record_id__lt=before))
    page = list(rows.order_by("-at", "-record_id")[: limit + 1])
    return page[:limit], len(page) > limit
