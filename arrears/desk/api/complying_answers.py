"""What is answered to those who read refusals, conduct, findings, the record and the ledger's verification."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from arrears.desk.api.values import Out

State = Literal["none", "running", "done", "failed", "broken"]


class CountOut(Out):
    fate: str
    """`refused`, `deferred`, `withdrawn`, `expired`."""
    rule: str | None
    """The rule's id; null: the desk's own reason."""
    reason: str | None
    """`paid`, `promise`, a state; empty: the day was over; null: a rule."""
    title_en: str | None
    title_zh: str | None
    citation_en: str | None
    citation_zh: str | None
    contacts_n: int
    customers_n: int


class RefusalsOut(Out):
    first: date
    last: date
    zone: str
    """The clock that the days are of."""
    counts: list[CountOut]
    """Most contacts first; one refused by two rules counts under both. Counted anew each minute, of past days each hour."""


class NotMadeOut(Out):
    seq: int
    """Of the ledger's entry."""
    at: datetime
    local_at: str
    """By the customer's clock."""
    customer_id: str | None
    """Null: the token's owner may see no case."""
    actor: str
    step: str | None
    channel: str | None
    party: str | None
    purpose: str | None
    fate: str
    rules: list[str]
    reason: str
    allowed_from: datetime | None


class NotMadesOut(Out):
    first: date
    last: date
    zone: str
    entries: list[NotMadeOut]
    """Latest first."""
    next_before: int | None
    """To be given as `before` for those that follow; null: there are none."""


class PeersOut(Out):
    chances: int
    """Contacts, conversations or customers that could have ended so."""
    rate_bp: int
    peers_rate_bp: int
    """What the rate would be with the others' rates, stage by stage."""
    peers_n: int
    p_ppm: int
    """Probability of at least so many if the subject were as the others."""
    q_ppm: int
    """The false discovery rate at which it is listed."""


class PatternOut(Out):
    pattern: str
    severity: str
    title_en: str
    title_zh: str
    do_en: str
    """What a person is to do about it."""
    do_zh: str
    found_n: int
    """In all."""
    listed_n: int


class ConspicuousOut(Out):
    pattern: str
    severity: str
    subject_kind: str
    """`customer`, `debt`, `contact_point`, `agent`, `company`."""
    subject: str | None
    """Null: a customer, whose id the token's owner may not see."""
    customer_id: str | None
    rule: str
    """Empty: none is broken."""
    window_days: int
    first_date: date | None
    last_date: date | None
    count: int
    threshold: int
    """The most that is not listed, or the rule's cap; for peers, the expected count, rounded up."""
    since: date | None
    """The day of the refusal, request or complaint that the contacts are about."""
    planned: int
    """Contacts with the customer in the plan of the day."""
    peers: PeersOut | None
    evidence: list[str]
    """Event ids of the contacts, newest first, 20 at most."""


class BegunOut(Out):
    state: State
    """`broken`: the process that did it is gone."""


class WorkedOut(Out):
    """What is done in the background, as it stands."""

    state: State
    by: str
    begun: datetime | None
    ended: datetime | None
    done: int
    """Of `total`, while it runs."""
    total: int
    what: str
    """Why it failed."""


class ConductOut(WorkedOut):
    day: date
    judged_n: int
    """Contacts held against the law."""
    late_n: int
    """Told too late to be judged."""
    unread_n: int
    """Beyond what is read."""
    breaches_n: int
    patterns: list[PatternOut]
    """Severest first."""
    findings: list[ConspicuousOut]
    next_skip: int | None
    """To be given as `skip` for those that follow; null: there are none."""


class ChargesCheckedOut(Out):
    charge: str
    charges_n: int
    charged_minor: int
    """In the currencies as they come."""
    over_n: int
    below_n: int
    not_checkable_n: int


class NotCheckableOut(Out):
    charge: str
    reason: str
    charges_n: int


class BrokenOut(Out):
    rule: str
    title_en: str
    title_zh: str
    currency: str
    open_n: int
    found_today_n: int
    over_minor: int


class BlockedOut(Out):
    currency: str
    accounts_n: int
    charges_n: int
    over_minor: int


class FindingOut(Out):
    account_id: str
    customer_id: str | None
    """Null: the token's owner may see no case."""
    transaction_id: str
    """Empty of a minimum payment."""
    charge: str
    posted_date: date
    rule: str
    charged_minor: int
    allowed_minor: int
    over_minor: int
    currency: str
    correct_kind: str
    """The entry that corrects it."""
    correct_minor: int
    reverses_id: str
    found_date: date
    reversed_minor: int
    """So far."""


class FindingsOut(Out):
    day: date
    checked: list[ChargesCheckedOut]
    not_checkable: list[NotCheckableOut]
    broken: list[BrokenOut]
    """Rules with open findings."""
    blocked: list[BlockedOut]
    cleared_n: int
    """On the day."""
    open_n: int
    findings: list[FindingOut]
    """Open ones, by account."""
    next_skip: int | None
    """To be given as `skip` for those that follow; null: there are none."""


class RecordOut(Out):
    record_id: int
    at: datetime
    actor: str
    kind: str
    customer_id: str | None
    """Null: none, or the token's owner may see no case."""
    subject: str
    """What it was about: fields seen, the user changed, the request decided."""
    detail: dict[str, Any]
    """Codes and numbers."""


class RecordsOut(Out):
    records: list[RecordOut]
    """Latest first."""
    next_before: int | None
    """To be given as `before` for those that follow; null: there are none."""


class FaultOut(Out):
    fault: str
    """`edited`, `gap`, `reordered`, `cut`, `rewritten`."""
    seq: int
    """The entry at which it shows first."""
    en: str
    zh: str


class EarlierOut(Out):
    at: datetime
    by: str
    sound: bool
    entries_n: int
    anchors_n: int
    first_seq: int | None
    """The first entry with a fault."""


class VerificationOut(WorkedOut):
    ledger_n: int
    """Entries of the ledger now."""
    sound: bool | None
    """Null: it is not done."""
    entries_n: int
    """Verified."""
    anchors_n: int
    last_seq: int
    last_hash: str
    faults: list[FaultOut]
    """100 at most."""
    earlier: list[EarlierOut]
    """The last ten results, latest first."""
