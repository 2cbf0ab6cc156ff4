"""The summary of one day as frozen data: counts, minor units of the bank's currency, ratios in parts per million."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from arrears.money import PPM, divide_half_up
from arrears.process import Process
from arrears.report.of_supervision import Supervision

BUCKETS = tuple(range(8))
"""0 current, 1 = 1-30 days past due, ... 7 = over 180."""

LEFT_THE_BOOK = -1
"""Bucket of an account that was charged off, sold or closed since."""


def ratio_ppm(part: int, whole: int) -> int | None:
    """`part` of `whole` in parts per million, halves up; None where there is no whole."""
    return divide_half_up(part * PPM, whole) if whole > 0 else None


@dataclass(frozen=True)
class Npl:
    """Non-performing balances at the end of a day, as shares of all balances; None where nothing is owed."""

    day: date
    over_90_ppm: int | None
    """More than 90 days past due."""
    card_ppm: int | None
    """Substandard or worse by the card ladder."""
    general_ppm: int | None
    """Substandard or worse by the general ladder of 2023."""
    stricter_ppm: int | None
    """Substandard or worse by either: the ratio that counts."""


@dataclass(frozen=True)
class Totals:
    """The book at the end of a day."""

    day: date
    accounts_n: int
    """On the book: open, blocked, or closed with a balance; not charged off, not sold."""
    customers_n: int
    balance_minor: int
    """Owed; accounts in credit count as nothing owed."""
    past_due_accounts_n: int
    past_due_balance_minor: int
    """Whole balance of the accounts past due."""
    past_due_minor: int
    """Part of it whose due date has passed."""
    cured_n: int
    """Past due the day before, current now."""
    entered_n: int
    """Current or new the day before, past due now."""
    forward_n: int
    """Past due the day before, in a later bucket now."""
    quarantined_n: int
    npl: Npl


@dataclass(frozen=True)
class Bucket:
    """Accounts of one bucket."""

    bucket: int
    accounts_n: int
    balance_minor: int
    past_due_minor: int


@dataclass(frozen=True)
class RollCell:
    """Accounts that were in one bucket and are in another; `before` is None for accounts new since."""

    before: int | None
    after: int
    accounts_n: int
    balance_minor: int


@dataclass(frozen=True)
class Roll:
    """Where the accounts of each bucket went between two days."""

    from_day: date
    to_day: date
    cells: tuple[RollCell, ...]

    def befores(self) -> tuple[int | None, ...]:
        """The buckets accounts came from, in order, new accounts last."""
        found = {cell.before for cell in self.cells}
        return (*sorted(before for before in found if before is not None), *((None,) if None in found else ()))

    def cell(self, before: int | None, after: int) -> RollCell:
        """The accounts of one cell; an empty one where there are none."""
        found = (cell for cell in self.cells if (cell.before, cell.after) == (before, after))
        return next(found, RollCell(before, after, 0, 0))

    def row(self, before: int | None) -> RollCell:
        """Everything that was in one bucket; `after` is of no meaning."""
        cells = [cell for cell in self.cells if cell.before == before]
        return RollCell(before, 0, sum(cell.accounts_n for cell in cells), sum(cell.balance_minor for cell in cells))


@dataclass(frozen=True)
class Flow:
    """What became of the day's possible contacts. Candidates = refused + no contact point + not needed + outranked + chosen
    + charges blocked + effort elsewhere."""

    customers_n: int
    customers_due_n: int
    """With at least one step of the playbook due today."""
    steps_n: int
    """Steps due, over all customers."""
    candidates_n: int
    """Steps and their fallbacks."""
    refused_n: int
    no_contact_point_n: int
    not_needed_n: int
    """An earlier alternative of the same step was chosen."""
    outranked_n: int
    """The customer's limit for the day was reached by steps of higher priority."""
    chosen_n: int
    customers_contacted_n: int
    charges_blocked_n: int = 0
    """They would have asked for nothing but charges that are blocked."""
    effort_elsewhere_n: int = 0
    """They could be made, and the effort they take brings more elsewhere."""


@dataclass(frozen=True)
class RuleCount:
    """How often one rule refused; several rules may refuse the same candidate."""

    rule_id: str
    title_en: str
    title_zh: str
    citation_en: str
    citation_zh: str
    binding: str
    """law, standard, policy; empty for a rule that no pack in force knows."""
    refused_n: int
    alone_n: int
    """Refused by this rule and no other: what it costs."""


@dataclass(frozen=True)
class Work:
    """Chosen contacts of one channel and clause of the guide."""

    channel: str
    clause: str
    contacts_n: int


@dataclass(frozen=True)
class SegmentCount:
    """One segment of the playbook, in the playbook's order."""

    segment_id: str
    title_en: str
    title_zh: str
    customers_n: int
    holdout_n: int
    """Left alone to measure what contacts change."""
    due_n: int
    """Customers with a step due today."""
    contacts_n: int
    measure: str
    """Measure of the target; empty without one."""
    target_bp: int
    by_day: int


@dataclass(frozen=True)
class Band:
    """Customers of one score band."""

    band: str
    customers_n: int
    past_due_n: int


@dataclass(frozen=True)
class Example:
    """One quarantined row: where it stands and its key, the middle of ids left out."""

    file: str
    row: int
    key: str


@dataclass(frozen=True)
class QuarantineReason:
    """Rows refused for one reason."""

    table: str
    column: str
    reason: str
    text_en: str
    text_zh: str
    remedy: str
    rows_n: int
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Look:
    """An account worth looking at: `kind` is worst_roll, largest_self_cure or most_refused."""

    kind: str
    account_id: str
    before: int | None
    """Bucket the day before."""
    after: int | None
    amount_minor: int
    """Balance, for largest_self_cure that of the statement (the balance may be paid by now); 0 for most_refused."""
    refused_n: int

    def command(self, day: date) -> str:
        """What to type."""
        return f"arrears explain {self.account_id} --date {day}"


@dataclass(frozen=True)
class Summary:
    """One business day of one bank."""

    bank_en: str
    bank_zh: str
    currency: str
    day: date
    today: Totals
    yesterday: Totals | None
    buckets: tuple[Bucket, ...]
    roll: Roll
    month: Roll | None
    """Since the book nearest to 30 days ago, if the workspace holds one 25 to 35 days old."""
    npl: tuple[Npl, ...]
    """Oldest first, this day last."""
    flow: Flow
    rules: tuple[RuleCount, ...]
    """Most refusals first."""
    work: tuple[Work, ...]
    segments: tuple[SegmentCount, ...]
    bands: tuple[Band, ...]
    delivered_n: int
    """Rows of the feed, quarantined ones included."""
    quarantine: tuple[QuarantineReason, ...]
    """Most rows first."""
    looks: tuple[Look, ...]
    plan_hash: str
    """Content hash of the plan that the numbers were read from."""
    supervision: Supervision | None = None
    """None where the day was run before charges were supervised."""
    process: Process | None = None
    """None where feeds of the days before, which it is measured from, are gone."""
    segment_titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Every segment of the playbook in English and Chinese."""

    def as_json(self) -> dict[str, Any]:
        """The summary as plain JSON values; dates as YYYY-MM-DD."""
        return {key: _plain(value) for key, value in asdict(self).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
