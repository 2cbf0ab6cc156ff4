"""Whose customer it is: a supervisor gives customers to an agent, and takes them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models.functions import Now

from arrears.desk.cases.models import Task
from arrears.desk.ledger.appending import Connection
from arrears.desk.people.models import User
from arrears.desk.people.recording import record
from arrears.desk.people.roles import rights_of
from arrears.desk.plan.models import Customer
from arrears.desk.saying import _
from arrears.desk.work.models import Assignment, CallBack, Placement
from arrears.desk.work.queues import ORDER, QUEUE
from arrears.errors import StoreError

ASSIGNED_MAX = 200
"""Customers by one act."""

_TOP = f"""SELECT i.customer_id FROM intent AS i WHERE {QUEUE}
AND NOT EXISTS (SELECT 1 FROM assignment AS a WHERE a.customer_id = i.customer_id)
AND NOT EXISTS (SELECT 1 FROM placement AS p WHERE p.customer_id = i.customer_id AND p.recalled_at IS NULL)
{ORDER} LIMIT %(limit)s"""


def may_be_given(user: User) -> bool:
    """Whether customers may be assigned to this user: active, of the bank, and working on cases."""
    return user.is_active and not user.agency and "case.work" in rights_of(user.roles)


def top_of(connection: Connection, day: date, segment: str, channel: str, now: datetime, number: int) -> list[str]:
    """The most urgent customers of a queue who are nobody's yet."""
    if not 1 <= number <= ASSIGNED_MAX:
        raise StoreError(
            _("so many are not assigned at once"), where=_("number"), remedy=_("give 1 to {most}").format(most=ASSIGNED_MAX)
        )
    values: dict[str, Any] = {"day": day, "segment": segment, "channel": channel, "now": now, "limit": number}
    return [str(row[0]) for row in connection.execute(_TOP, values).fetchall()]


def assign(by: str, agent: User, customer_ids: Sequence[str]) -> list[str]:
    """Give customers to an agent, whoever had them before; returns those given. Commits; each is on the record.

    Customers placed with an agency are left out: they are its people's. Raises `StoreError` for an agent who may not work on
    cases, or too many customers.
    """
    if not may_be_given(agent):
        raise StoreError(
            _("nobody's customer can be theirs"), where=_("user {username}").format(username=agent.username),
            remedy=_("choose an active user of the bank who works on cases; an agency gets customers by placement"),
        )  # fmt: skip
    with transaction.atomic():
        wanted = _known(customer_ids)
        placed = set(Placement.objects.filter(customer_id__in=wanted, recalled_at=None).values_list("customer_id", flat=True))
        given = [one for one in wanted if one not in placed]
        Assignment.objects.bulk_create(
            [Assignment(customer_id=one, agent=agent.username, by=by) for one in given],
            update_conflicts=True, unique_fields=["customer_id"], update_fields=["agent", "by", "at"],
        )  # fmt: skip
        for one in given:
            record(by, "assigned", customer_id=one, subject=agent.username)
    return given


def take_away(by: str, customer_ids: Sequence[str]) -> list[str]:
    """Let customers be everybody's again; returns those who were somebody's. Commits; each is on the record."""
    with transaction.atomic():
        found = Assignment.objects.select_for_update().filter(customer_id__in=_known(customer_ids)).order_by("customer_id")
        before = dict(found.values_list("customer_id", "agent"))
        Assignment.objects.filter(customer_id__in=list(before)).delete()
        for customer_id, agent in before.items():
            record(by, "assigned", customer_id=customer_id, subject="", before=agent)
    return list(before)


class HandedOver(NamedTuple):
    """What went from one to the other."""

    customer_ids: list[str]
    call_backs_n: int
    tasks_n: int


def hand_over(by: str, whose: User, whom: User) -> HandedOver:
    """Give all that somebody has, their customers, open call-backs and open tasks, to another of the same house. Commits.

    Each customer is on the record, and the whole once. Raises `StoreError` where the other may not work on cases.
    """
    if whom == whose or whom.agency != whose.agency or not whom.is_active or "case.work" not in rights_of(whom.roles):
        raise StoreError(
            _("what {whose} has cannot go to {whom}").format(whose=whose.username, whom=whom.username),
            where=_("user {username}").format(username=whom.username),
            remedy=_("choose another active user of the same house who works on cases"),
        )
    mine = {"agent": whose.username}
    with transaction.atomic():
        have = (
            Assignment.objects.filter(**mine),
            CallBack.objects.filter(**mine, state="open"),
            Task.objects.filter(**mine, closed_at=None),
        )
        theirs = {customer_id for one in have for customer_id in one.values_list("customer_id", flat=True)}
        list(Customer.objects.select_for_update().filter(customer_id__in=theirs).order_by("customer_id").values_list("pk"))
        assigned, call_backs, tasks = have
        given = sorted(assigned.values_list("customer_id", flat=True))
        assigned.update(agent=whom.username, by=by, at=Now())
        counts = call_backs.update(agent=whom.username), tasks.update(agent=whom.username)
        for customer_id in given:
            record(by, "assigned", customer_id=customer_id, subject=whom.username, before=whose.username)
        record(by, "assigned", subject=whom.username, before=whose.username, call_backs=counts[0], tasks=counts[1])
    return HandedOver(given, *counts)


def _known(customer_ids: Sequence[str]) -> list[str]:
    """The published ones of these, locked in one order, so that nobody places them meanwhile."""
    if not 1 <= len(customer_ids) <= ASSIGNED_MAX:
        raise StoreError(
            _("no customer is chosen, or too many"),
            where=_("customers"),
            remedy=_("choose 1 to {most}").format(most=ASSIGNED_MAX),
        )
    found = Customer.objects.select_for_update().filter(customer_id__in=list(customer_ids)).order_by("customer_id")
    return list(found.values_list("customer_id", flat=True))
