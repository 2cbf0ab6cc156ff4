"""What is answered to those who read figures. Shares are exact, as `numerator/denominator`, or whole ppm or basis points."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from arrears.desk.api.values import Out

Exact = Annotated[str, Field(pattern=r"^-?[0-9]+/[0-9]+$", description="A fraction in its lowest terms, as -3/1250: exact.")]


class BookDaysOut(Out):
    days: list[date]
    """Dates whose book the workspace has, latest first."""
    next_before: date | None
    """To be given as `before` for those that follow; null: there are none."""


class PartOut(Out):
    name: str
    """`inflow`, `growth`, `cure`, `plan`, `recovery`, `write_off`, `sale`: every account is in one part at most."""
    accounts_n: int
    change_minor: int
    """Of the non-performing balances, minor units of the bank's currency."""
    effect: Exact
    """On the ratio: the change, of all balances then."""
    effect_ppm: int


class NplOut(Out):
    then: date
    now: date
    currency: str
    bad_then_minor: int
    """Non-performing balances: substandard or worse by either ladder."""
    owed_then_minor: int
    """All balances on the book."""
    bad_now_minor: int
    owed_now_minor: int
    ratio_then: Exact
    ratio_then_ppm: int
    ratio_now: Exact
    ratio_now_ppm: int
    parts: list[PartOut]
    """Their changes sum to the change of the non-performing balances; with the denominator's, their effects to the ratio's."""
    denominator: Exact
    """What the change of all balances did to the ratio."""
    denominator_ppm: int


class NplDayOut(Out):
    day: date
    over_90_ppm: int | None
    """More than 90 days past due; null: nothing is owed."""
    card_ppm: int | None
    """Substandard or worse by the card ladder."""
    general_ppm: int | None
    """Substandard or worse by the general ladder of 2023."""
    stricter_ppm: int | None
    """By either: the ratio that counts."""


class HistoryOut(Out):
    days: list[NplDayOut]
    """Earliest first; where the book is large, days are left out evenly."""


class RollOut(Out):
    before: int | None
    """The bucket then: 0 current, 1 = 1-30 days past due, ... 7 = over 180; null: not on the book."""
    after: int | None
    """The bucket now; null: it left the book."""
    accounts_n: int
    balance_minor: int
    """Then; of accounts new since, now."""
    share_bp: int | None
    """Accounts, of all that were in the bucket then."""


class RollsOut(Out):
    then: date
    now: date
    currency: str
    cells: list[RollOut]
    """Those with accounts."""


class VintageOut(Out):
    quarter: date
    """Its first day."""
    day: date
    months_n: int
    """On book: from the quarter's first month to the day's."""
    accounts_n: int
    """Ever taken into the book, whatever became of them."""
    over_30_n: int
    """Days past due, of those still on the book."""
    over_90_n: int
    charged_off_n: int
    """Or sold."""
    bad_n: int
    """Over 30 days past due, charged off or sold."""


class VintagesOut(Out):
    now: date
    vintages: list[VintageOut]
    """Latest quarter first, then by day."""


class ArmOut(Out):
    arm: str
    """`experiment:arm`."""
    customers_n: int
    """Past due on the first day."""
    cured_n: int
    """Current on the second, with no account charged off or sold by then."""
    cured_bp: int
    low_bp: int
    """Wilson's interval of 95 %."""
    high_bp: int


class ArmsOut(Out):
    then: date
    now: date
    arms: list[ArmOut]
    """Empty where no experiment ran on the first day."""


class AccountOut(Out):
    account_id: str
    customer_id: str | None
    """Null: the token's owner may see no case."""
    bucket: int
    dpd: int
    """Days past due."""
    owed_minor: int
    change_minor: int | None
    """Of the non-performing balance, where a part was asked for."""


class AccountsOut(Out):
    then: date
    now: date
    currency: str
    accounts: list[AccountOut]
    """By id."""
    next_after: str | None
    """To be given as `after` for those that follow; null: there are none."""


class RateOut(Out):
    name: str
    """The day, month, channel, segment or agent."""
    attempts_n: int
    told_n: int
    """Whose outcome somebody told."""
    right_party_n: int
    promises_n: int
    right_party_bp: int | None
    """Of attempts."""
    promise_bp: int | None
    """Promises, of contacts with the right party."""


class WorkOut(Out):
    first: date
    """A month before the last at most."""
    last: date
    rows: list[RateOut]
    """500 at most."""


class KeptOut(Out):
    segment: str
    """Of the last contact planned by the promise's day; empty: none was."""
    kept_n: int
    broken_n: int
    open_n: int
    """Not judged yet."""
    kept_bp: int | None
    """Of those judged."""


class PromisesOut(Out):
    first: date
    last: date
    all: KeptOut
    """Of all segments."""
    segments: list[KeptOut]


class CostOut(Out):
    segment: str
    attempts_n: int
    cost_minor: int
    collected_minor: int
    """From customers of the segment in these days, whether or not a contact brought it."""
    cost_bp: int | None
    """Of what was collected."""


class CostsOut(Out):
    first: date
    last: date
    currency: str
    segments: list[CostOut]
    """Dearest first."""


class LineOut(Out):
    mark: str
    customer_id: str | None
    """Null: the token's owner may see no case."""
    account_id: str
    """Empty of a promise."""
    at: str
    """The customer's local time of a contact, the day of a promise, the bank's day of a payment."""
    channel: str
    agent: str
    state: str
    """A contact's latest outcome, a promise's state."""
    amount_minor: int | None


class LinesOut(Out):
    first: date
    last: date
    currency: str
    lines: list[LineOut]
    """In the order they came; payments by id."""
    next_after: str | None
    """To be given as `after` for those that follow; null: there are none."""
