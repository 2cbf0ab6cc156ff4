"""What is sent by those who write, and what they are answered. Money is minor units; dates are the customer's own calendar."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field, model_validator

from arrears.desk.api import values as v
from arrears.desk.api.values import In, Out


class ContactIn(In):
    """Either a planned contact, or the call-back that is due."""

    intent_id: v.Number | None = None
    call_back: bool = Field(default=False, strict=True)

    @model_validator(mode="after")
    def _one(self) -> ContactIn:
        if (self.intent_id is None) != self.call_back:
            raise ValueError("give either intent_id or call_back: true")
        return self


class ContactOut(Out):
    intent_id: int
    fate: str
    """`allowed`: make it now, and tell what came of it; else it may not be made."""
    attempt_seq: int | None
    """The ledger's number of the attempt, where it is allowed."""
    rules: list[str]
    """Those that refuse."""
    reason: str
    """Why it is withdrawn: `paid`, `promise`, a state."""
    allowed_from: datetime | None
    """When a deferred one is due again."""


class OutcomeIn(In):
    attempt_seq: v.Number
    outcome: v.Outcome


class InboundIn(In):
    channel: v.Channel
    outcome: v.Spoken


class ReasonIn(In):
    reason: v.ReasonCode


class PromiseIn(In):
    amount_minor: v.AmountMinor
    due_on: v.Day


class PromiseMade(Out):
    promise_id: int


class PlanIn(In):
    principal_minor: v.AmountMinor
    """What is to be repaid."""
    waived_minor: v.AmountOrNone = 0
    """What is forgiven besides."""
    term_months: v.Months
    apr_ppm: v.RatePpm = 0
    first_due_on: v.Day


class InstalmentOut(Out):
    number: int
    due_on: date
    amount_minor: int


class PlanOffered(Out):
    plan_id: int
    state: str
    """`approved`: the customer may accept it; `to_approve`: a second person has to approve it first."""
    instalments: list[InstalmentOut]


class PlanState(Out):
    plan_id: int
    state: str


class MatterIn(In):
    kind: v.MatterCode
    account_id: v.Id | None = None
    """The card account it is about, if one."""


class MatterOpened(Out):
    matter_id: int
    deadline_on: date


class MatterClosed(In):
    outcome: v.MatterOutcome


class StateEnded(Out):
    matter_id: int
    state_ended: bool
    """Its state stands no longer; false: another of its kind is open."""


class StateIn(In):
    flag: v.HandFlag
    until: v.Day | None = None
    """Last day, where it ends by itself."""
    evidence: v.Evidence = ""


class Changed(Out):
    changed: bool
    """False: it was so already."""


class CallBackIn(In):
    at: v.Moment


class CallBackBooked(Out):
    call_back_id: int


class TaskIn(In):
    action: v.TaskCode
    due_on: v.Day
    agent: v.Id | None = None
    """Whose it is; the token's owner where nobody is named."""


class TaskOpened(Out):
    task_id: int


class TaskClosed(In):
    outcome: v.TaskOutcome


class PaymentIn(In):
    payment_id: v.PaymentId
    """The payment's own number; the same twice counts once."""
    customer_id: v.Id
    account_id: v.Id | None = None
    amount_minor: v.AmountMinor
    currency: v.Currency
    at: v.Moment | None = None
    """When it came in; left out: now."""


class PaymentOut(Out):
    was_known: bool
    """It had come in before, and nothing changed."""
    withdrawn_n: int
    """Planned contacts that are no longer made."""
    judged: list[str]
    """What promises and plans came to by it: `promise kept`, `plan completed`."""


class Done(Out):
    done: bool = True
