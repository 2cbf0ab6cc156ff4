"""What is answered to those who read. Money is minor units; times are UTC; dates the customer's own calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import Field, Json

from arrears.desk.api.values import Out


class ErrorBody(Out):
    what: str
    """What is wrong."""
    where: str
    """The field or header it was seen at."""
    remedy: str
    """What to do."""


class ErrorOut(Out):
    error: ErrorBody


class DayOut(Out):
    business_date: date
    plan_hash: str
    customers_n: int
    intents_n: int
    timezone: str
    published_at: datetime


class DaysOut(Out):
    days: list[DayOut]
    """Latest first."""
    next_before: date | None
    """To be given as `before` for those that follow; null: there are none."""


class HeadOut(Out):
    identity: str
    """Of this ledger; a restored one goes on under another."""
    seq: int
    """Of the last entry; 0: there is none."""
    hash: str
    """Of the last entry, SHA-256: whoever keeps it can tell later that nothing before it was changed."""
    recorded_at: datetime | None


class EntryOut(Out):
    seq: int
    recorded_at: datetime
    at: datetime
    local_at: str
    """By the customer's clock."""
    kind: str
    actor: str
    intent_id: int | None
    attempt_seq: int | None
    step: str | None
    account_id: str | None
    contact_id: str | None
    channel: str | None
    party: str | None
    outcome: str | None
    body: Json[dict[str, Any]]
    hash: str


class TimelineOut(Out):
    entries: list[EntryOut]
    """In the ledger's order."""
    next_after: int | None
    """To be given as `after` for those that follow; null: there are none yet."""


class CustomerOut(Out):
    customer_id: str
    business_date: date
    """Of the book that the sums are of."""
    currency: str
    past_due_minor: int
    minimum_unpaid_minor: int
    balance_minor: int


class CustomersOut(Out):
    customers: list[CustomerOut]
    """Those of the ids asked for that were published and are the token's owner's to see."""
    next_after: str | None
    """To be given as `after` for those that follow, where it was asked how ids begin; null: there are none."""


class DebtOut(Out):
    id: str
    """The card account."""
    dpd: int | None = None
    """Days past due."""
    currency: str
    balance_minor: int


class StandingOut(Out):
    business_date: date
    currency: str
    past_due_minor: int
    minimum_unpaid_minor: int
    balance_minor: int
    debts: Json[list[DebtOut]]


class StateOut(Out):
    state: str
    from_: date | None = Field(alias="from")
    until: date | None
    origin: str
    """`book` or `desk`."""


class RulingOut(Out):
    state: str
    en: str
    zh: str


class NextOut(Out):
    action: str
    by: date | None


class PromiseOut(Out):
    promise_id: int
    made_at: datetime
    due_on: date
    amount_minor: int
    currency: str
    state: str
    paid_minor: int


class PlanOut(Out):
    plan_id: int
    state: str
    currency: str
    principal_minor: int
    waived_minor: int
    term_months: int
    apr_ppm: int
    total_minor: int
    paid_minor: int
    offered_by: str
    approved_by: str
    accepted_at: datetime | None


class MatterOut(Out):
    matter_id: int
    kind: str
    account_id: str
    opened_at: datetime
    deadline_on: date
    closed_at: datetime | None
    outcome: str


class IntentOut(Out):
    intent_id: int
    business_date: date
    step: str
    channel: str
    party: str
    purpose: str
    due_at: datetime
    not_after: datetime
    state: str


class TaskOut(Out):
    task_id: int
    action: str
    due_on: date
    agent: str
    """Whose it is."""


class CaseOut(Out):
    customer_id: str
    opened_at: datetime | None
    reason: str
    standing: StandingOut
    states: list[StateOut]
    ruling: RulingOut
    next: NextOut
    promises: list[PromiseOut]
    plans: list[PlanOut]
    matters: list[MatterOut]
    tasks: list[TaskOut]
    """Open ones, the fifty most urgent."""
    more_tasks: bool
    """There are more open ones."""
    contacts: list[IntentOut]
    """Planned for the latest published day. Numbers and names are not told: `contact_id` of the ledger is the bank's own."""


class QuotedInstalment(Out):
    number: int
    payment_minor: int
    """All that follows but the balance."""
    principal_minor: int
    interest_minor: int
    fee_minor: int
    balance_minor: int
    """Owed afterwards."""


class QuoteOut(Out):
    currency: str
    product_id: str
    """By whose terms minimum payments are reckoned: the bank's first of the currency."""
    monthly_minor: int
    """Of the plan: its first instalment."""
    total_minor: int
    cost_minor: int
    """Interest and fees of the plan."""
    instalments: list[QuotedInstalment]
    minimum_months: int | None
    """Until the same sum is repaid by minimum payments alone, nothing bought meanwhile; null: never."""
    minimum_interest_minor: int | None
    """Null: it is never repaid."""
    saved_minor: int | None
    """Interest and fees less by the plan; null: by minimum payments it is never repaid."""


class RefusalOut(Out):
    rule: str
    title: str
    citation: str
    reason: str


class BudgetOut(Out):
    channel: str
    today: int | None
    """Contacts left; null: no cap limits them."""
    this_week: int | None
    rules: list[str]


class ForeseenOut(Out):
    intent_id: int
    fate: str
    """What the gate would say now: `allowed`, `deferred`, `refused`, `withdrawn`, `expired`."""
    refusals: list[RefusalOut]
    allowed_from: datetime | None
    remaining: list[BudgetOut]
    now: datetime
    not_after: datetime
