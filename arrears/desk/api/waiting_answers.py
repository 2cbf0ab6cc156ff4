"""What is answered about what waits for a decision, a check or a reader: matters, plans, calls drawn, approvals, documents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from arrears.desk.api.values import Out


class OpenMatterOut(Out):
    matter_id: int
    customer_id: str
    kind: str
    account_id: str
    opened_at: datetime
    deadline_on: date
    overdue: bool


class MatterCountOut(Out):
    kind: str
    open_n: int
    overdue_n: int


class MattersOut(Out):
    matters: list[OpenMatterOut]
    """The first deadline first."""
    counts: list[MatterCountOut]
    next_page: int | None


class WaitingPlanOut(Out):
    plan_id: int
    customer_id: str
    currency: str
    principal_minor: int
    waived_minor: int
    term_months: int
    apr_ppm: int
    total_minor: int
    offered_by: str
    first_due: date | None
    reason: str | None
    """Why the customer fell behind."""
    own: bool
    """Offered by the token's owner, who does not decide it."""
    within: bool
    """The owner's authority is enough."""


class WaitingPlansOut(Out):
    plans: list[WaitingPlanOut]
    """The oldest first."""
    next_page: int | None


class WaitingCheckOut(Out):
    check_id: int
    agent: str
    customer_id: str
    drawn_at: datetime
    local_at: str
    """When the attempt was made, by the customer's clock."""
    channel: str | None
    party: str | None
    outcome: str | None


class CheckedOut(Out):
    check_id: int
    agent: str
    customer_id: str
    checked_by: str
    checked_at: datetime | None
    marks: dict[str, int]
    """Of each criterion 0, 1 or 2; empty: not checked yet."""
    remark: str


class ResultOut(Out):
    agent: str
    checked_n: int
    mean_hundredths: int
    """Of all marks: 0 to 200."""
    means_hundredths: dict[str, int]
    """Of each criterion."""


class QualityOut(Out):
    waiting: list[WaitingCheckOut]
    """The owner's own calls last: others mark those."""
    checked: list[CheckedOut]
    """The latest first."""
    results: list[ResultOut]
    """Of ninety days."""
    next_page: int | None
    """Null: no list of the answer goes on."""


class AroundOut(Out):
    seq: int
    local_at: str
    kind: str
    channel: str | None
    party: str | None
    outcome: str | None
    step: str | None
    actor: str
    attempt_seq: int | None
    body: dict[str, Any]


class CheckOut(CheckedOut):
    attempt_seq: int
    drawn_at: datetime
    drawn_by: str
    seed: int
    entries: list[AroundOut]
    """The attempt and what the ledger has of the customer in the twelve hours after it."""


class DrawnOut(Out):
    drawn: dict[str, int]
    """How many of whom."""


class ApprovalOut(Out):
    approval_id: int
    kind: str
    """`plan`, `write_off`, `strategy`, `policy`."""
    subject: str
    """The customer, or the SHA-256 of the file."""
    detail: dict[str, Any]
    asked_by: str
    asked_at: datetime
    state: str
    """`open`, `approved`, `rejected`, `withdrawn`."""
    decided_by: str
    decided_at: datetime | None
    note: str


class ToDecideOut(ApprovalOut):
    own: bool
    """Asked for by the token's owner, who does not decide it."""


class ApprovalsOut(Out):
    waiting: list[ToDecideOut]
    """Of the kinds that the owner decides, the oldest first."""
    decided: list[ApprovalOut]
    """The latest first, twenty a page."""
    next_page: int | None
    """Null: no list of the answer goes on."""


class WriteOffsOut(Out):
    write_offs: list[ApprovalOut]
    """The latest first."""
    next_before: int | None
    """To be given as `before` for those that follow; null: there are none."""


class Proposed(Out):
    approval_id: int


class DecidedOut(Out):
    approval_id: int
    state: str


class DocumentOut(Out):
    document_id: int
    kind: str
    media: str
    size: int
    """Bytes."""
    added_by: str
    added_at: datetime


class DocumentsOut(Out):
    documents: list[DocumentOut]
    """The latest first."""
    next_page: int | None


class DocumentKept(Out):
    document_id: int
    """The same file again has the same number."""


class DocumentRead(Out):
    document_id: int
    media: str
    content: str
    """In base64."""
