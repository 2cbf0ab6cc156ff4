"""What is answered about the work. Names and numbers of customers are in none of it: ids, codes, sums, times."""

from __future__ import annotations

from datetime import date, datetime

from arrears.desk.api.values import Out


class CallBackOut(Out):
    customer_id: str
    at: datetime
    zone: str | None
    """The customer's."""


class LateCallBackOut(CallBackOut):
    agent: str


class WorkTaskOut(Out):
    task_id: int
    customer_id: str
    action: str
    due_on: date
    agent: str


class VisitOut(Out):
    intent_id: int
    customer_id: str
    due_at: datetime
    not_after: datetime
    party: str


class MineOut(Out):
    customer_id: str | None
    """Whom the owner works on now."""
    call_backs: list[CallBackOut]
    """Open ones that the owner booked, the first first."""
    tasks: list[WorkTaskOut]
    """The owner's open ones, the most urgent first."""
    visits: list[VisitOut]
    """Those that may still be made today, for whoever makes visits."""
    next_page: int | None
    """Null: no list of the answer goes on."""


class TakenOut(Out):
    customer_id: str | None
    """Locked to the owner; null: nobody waits."""
    until: datetime | None
    """So long, from what the owner did last."""


class QueueOut(Out):
    segment: str
    channel: str
    due: int
    made: int
    """Made by a person, sent, or being sent."""
    refused: int
    withdrawn: int
    unknown: int
    """Of which nobody can tell whether they went out, or that failed."""
    expired: int
    waiting: int
    """Customers whose time has come."""
    oldest: datetime | None
    """Since when the first of them waits."""


class QueuesOut(Out):
    business_date: date
    queues: list[QueueOut]
    """Counts may be half a minute old."""


class QueuedOut(Out):
    customer_id: str
    due_at: datetime
    priority: int
    step: str
    purpose: str
    deferred_n: int
    """How often the gate put it off."""
    past_due_minor: int
    currency: str
    zone: str
    """The customer's."""
    agent: str | None
    """Whose customer it is, by assignment."""
    agency: str | None
    """With which it is placed."""
    held_by: str | None
    """Who works on them now."""


class QueuedPage(Out):
    business_date: date
    customers: list[QueuedOut]
    """Most urgent first."""
    next_page: int | None
    """Null: there is none, or nobody is told what is further down."""


class AgentOut(Out):
    username: str
    agency: str
    """Empty: the bank's own."""
    customer_id: str
    """Whom they work on now; empty: nobody."""
    since: datetime | None
    attempts_n: int
    conversations_n: int
    promises_n: int
    last: datetime | None
    """When they last did something."""
    call_backs_open: int
    call_backs_overdue: int


class AgentsOut(Out):
    agents: list[AgentOut]
    """Today by the bank's clock; who works now comes first."""
    late_call_backs: list[LateCallBackOut]
    """Whose agent did not come in time, the oldest first."""
    late_tasks: list[WorkTaskOut]
    """Open ones whose day is over."""
    next_page: int | None
    """Null: no list of the answer goes on."""


class GivenOut(Out):
    customer_ids: list[str]
    left_out: list[str]
    """Placed with an agency, or never published."""


class HandedOverOut(Out):
    customer_ids: list[str]
    call_backs_n: int
    tasks_n: int


class TakenAwayOut(Out):
    customer_ids: list[str]
    """Those who were somebody's and are everybody's again."""


class PlacementOut(Out):
    placement_id: int
    customer_id: str
    agency: str
    from_date: date
    until_date: date | None
    placed_by: str
    over: bool | None
    """Its last day is over; null: it has none."""


class AgencyOut(Out):
    agency: str
    placed_n: int
    over_n: int
    """Of these beyond their last day."""


class PlacementsOut(Out):
    placements: list[PlacementOut]
    """Open ones, those that end first at the top."""
    agencies: list[AgencyOut]
    next_page: int | None


class RecalledOut(Out):
    agency: str
    """They were with."""


class ReachedOut(Out):
    measure: str
    part_n: int
    whole_n: int
    actual_bp: int | None
    """Null: of nothing."""
    target_bp: int | None
    met: bool | None


class SegmentReached(Out):
    segment: str
    measures: list[ReachedOut]


class TargetsOut(Out):
    month: str
    segments: list[SegmentReached]


class TargetsSet(Out):
    changed_n: int
