"""Interest of one statement: on the whole statement balance when it is not paid in full (全额计息), or on the residual only.

`daily_interest`, `base_full` and `base_residual` take Python ints, NumPy int64 arrays or Ibis int64 columns.
`statement_interest` follows the postings of one account: interest is counted for every day from a posting's date, that day
among them, to the day it is repaid, that day not among them; it is kept exactly and rounded once, halves up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import heappop, heappush
from typing import Literal

from arrears.card.delinquency import carried
from arrears.money import PPM, Number, choose, divide_half_up, largest

Kind = Literal["purchase", "cash", "instalment", "fee", "late_charge", "interest", "payment", "refund"]
Method = Literal["full_balance", "residual"]
Order = Literal["charges_first", "principal_first"]

CREDIT_KINDS = ("payment", "refund")
FREE_KINDS = ("fee", "late_charge")
"""Never bear interest: PBOC notice 111 of 2016, III (rule CN-111-3c)."""
CHARGE_KINDS = ("fee", "late_charge", "interest")


def daily_interest(balance_minor: Number, daily_rate_ppm: Number, days: Number) -> Number:
    """Simple interest on a balance for some days, minor units, halves up; none on a balance in credit."""
    return divide_half_up(largest(balance_minor, 0) * daily_rate_ppm * days, PPM)


def base_full(statement_minor: Number, paid_minor: Number, tolerance_minor: Number) -> Number:
    """What bears interest under 全额计息: nothing if paid within the tolerance, else the whole statement balance."""
    unpaid = carried(statement_minor - paid_minor, tolerance_minor)
    return choose(unpaid <= 0, 0, statement_minor)


def base_residual(statement_minor: Number, paid_minor: Number, tolerance_minor: Number) -> Number:
    """What bears interest on the residual: nothing if paid within the tolerance, else what was left unpaid."""
    return largest(carried(statement_minor - paid_minor, tolerance_minor), 0)


@dataclass(frozen=True)
class Posting:
    """One entry of the account on its date; the amount is never negative, the kind says which way it goes."""

    name: str
    day: date
    kind: Kind
    amount_minor: int


@dataclass(frozen=True)
class InterestTerms:
    """What the contract says, and the dates of the statement in question."""

    statement_date: date
    due_date: date
    until: date
    """Interest is counted up to this day, itself not among them: as a rule the next closing date."""
    daily_rate_ppm: int
    method: Method
    grace_days: int = 0
    tolerance_minor: int = 0
    interest_from: date | None = None
    """Days before this were billed already."""
    order: Order = "charges_first"
    interest_bears_interest: bool = False

    @property
    def grace_end(self) -> date:
        """The last day on which a payment is still on time."""
        return self.due_date + timedelta(days=self.grace_days)


@dataclass(frozen=True)
class Segment:
    """Days over which one posting bore interest on one amount."""

    start: date
    end: date
    amount_minor: int

    @property
    def days(self) -> int:
        return (self.end - self.start).days


@dataclass(frozen=True)
class PostingInterest:
    """The interest of one posting: `amount_days` in minor units times days, and why."""

    posting: Posting
    segments: tuple[Segment, ...]
    reason: str

    @property
    def days(self) -> int:
        return sum(segment.days for segment in self.segments)

    @property
    def amount_days(self) -> int:
        return sum(segment.amount_minor * segment.days for segment in self.segments)


@dataclass(frozen=True)
class StatementInterest:
    """What one statement costs in interest."""

    statement_balance_minor: int
    unpaid_at_grace_end_minor: int
    paid_in_full: bool
    lines: tuple[PostingInterest, ...]
    interest_minor: int
    balance_minor: int
    """Owed at the end of the day before `until`, without this interest; negative in credit."""


@dataclass
class _Open:
    """What is open of one posting, and since when: the state of a walk through the postings of an account."""

    posting: Posting
    open_minor: int
    history: list[tuple[date, int]] = field(default_factory=list)

    def lower(self, day: date, by_minor: int) -> None:
        self.open_minor -= by_minor
        self.history.append((day, self.open_minor))

    def open_on(self, day: date) -> int:
        """Open at the end of a day."""
        return next((amount for since, amount in reversed(self.history) if since <= day), 0)


def statement_interest(postings: Sequence[Posting], terms: InterestTerms) -> StatementInterest:
    """The interest of a statement by posting; postings on `until` or later are left out."""
    counted = [posting for posting in postings if posting.day < terms.until]
    balance = sum(_signed(posting) for posting in counted if posting.day <= terms.statement_date)
    credits = sum(
        posting.amount_minor
        for posting in counted
        if posting.kind in CREDIT_KINDS and terms.statement_date < posting.day <= terms.grace_end
    )
    unpaid = max(balance - credits, 0)
    paid_in_full = carried(unpaid, terms.tolerance_minor) == 0

    lines = tuple(_line(item, terms, paid_in_full) for item in _walk(counted, terms))
    amount_days = sum(line.amount_days for line in lines)
    interest = divide_half_up(amount_days * terms.daily_rate_ppm, PPM)
    return StatementInterest(balance, unpaid, paid_in_full, lines, interest, sum(_signed(posting) for posting in counted))


def _signed(posting: Posting) -> int:
    return -posting.amount_minor if posting.kind in CREDIT_KINDS else posting.amount_minor


def _walk(postings: Sequence[Posting], terms: InterestTerms) -> list[_Open]:
    """Each debit with the course of what was open of it; on one date debits come before credits."""
    debits: list[_Open] = []
    open_by_rank: list[tuple[tuple[bool, bool, date, bool], int]] = []
    credit = 0
    for posting in sorted(postings, key=lambda posting: (posting.day, posting.kind in CREDIT_KINDS)):
        if posting.kind in CREDIT_KINDS:
            credit += posting.amount_minor
        else:
            if posting.amount_minor:
                heappush(open_by_rank, (_rank(posting, terms), len(debits)))
            debits.append(_Open(posting, posting.amount_minor, [(posting.day, posting.amount_minor)]))
        while credit and open_by_rank:
            first = debits[open_by_rank[0][1]]
            part = min(credit, first.open_minor)
            first.lower(posting.day, part)
            credit -= part
            if first.open_minor == 0:
                heappop(open_by_rank)
    return debits


def _rank(posting: Posting, terms: InterestTerms) -> tuple[bool, bool, date, bool]:
    """The order in which payments go: billed before unbilled, charges or principal first, then the oldest, cash first."""
    principal = posting.kind not in CHARGE_KINDS
    later = principal if terms.order == "charges_first" else not principal
    return (posting.day > terms.statement_date, later, posting.day, posting.kind != "cash")


def _line(item: _Open, terms: InterestTerms, paid_in_full: bool) -> PostingInterest:
    posting = item.posting
    if free := _why_free(posting, terms, paid_in_full):
        return PostingInterest(posting, (), free)
    if posting.kind == "cash":
        return PostingInterest(posting, _segments(item, terms, None), "cash bears interest from its date")
    if terms.method == "full_balance":
        return PostingInterest(posting, _segments(item, terms, None), "statement not paid in full: from its date until repaid")
    residual = item.open_on(terms.grace_end)
    reason = "unpaid at the end of grace: that part from its date until repaid" if residual else "repaid by the end of grace"
    return PostingInterest(posting, _segments(item, terms, residual), reason)


def _why_free(posting: Posting, terms: InterestTerms, paid_in_full: bool) -> str:
    """Why a posting bears no interest, or '' where it does."""
    if posting.kind in FREE_KINDS:
        return "fees bear no interest"
    if posting.kind == "interest" and not terms.interest_bears_interest:
        return "interest bears no interest under this contract"
    if posting.kind == "cash":
        return ""
    if posting.day > terms.statement_date:
        return "not yet billed: still in its own interest-free time"
    return "statement paid in full, or within the tolerance, by the end of grace" if paid_in_full else ""


def _segments(item: _Open, terms: InterestTerms, at_most_minor: int | None) -> tuple[Segment, ...]:
    """Days and amounts between the changes of what was open, within the days to be billed."""
    ends = [day for day, _ in item.history[1:]] + [terms.until]
    segments: list[Segment] = []
    for (day, amount), end in zip(item.history, ends, strict=True):
        start = max(day, terms.interest_from) if terms.interest_from else day
        counted = amount if at_most_minor is None else min(amount, at_most_minor)
        if counted <= 0 or start >= end:
            continue
        if segments and segments[-1].amount_minor == counted and segments[-1].end == start:
            start = segments.pop().start
        segments.append(Segment(start, end, counted))
    return tuple(segments)
