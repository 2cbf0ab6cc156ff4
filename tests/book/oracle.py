"""One account aged by hand: day after day, debt after debt, in plain Python that shares nothing with `arrears`.

It is what `docs/ageing.md` says in words. Each statement puts a debt on a list; each day's payments take off the oldest debt
first, and what is over is gone. Everything is played again from the first day to the day asked for, in order of value dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

KEPT = 12
RAISES = {"purchase", "cash", "instalment", "interest", "fee", "late_charge", "payment_reversal"}


@dataclass(frozen=True)
class Asked:
    """A statement: when it closed, when and how much it newly asks for."""

    close: date
    due: date
    amount: int


@dataclass(frozen=True)
class Posted:
    kind: str
    amount: int
    value: date


@dataclass
class Debt:
    due: date
    left: int
    asked: int


@dataclass(frozen=True)
class Aged:
    """The columns of the book that the oracle answers for, by their names."""

    balance_minor: int
    minimum_unpaid_minor: int
    past_due_minor: int
    oldest_due_date: date | None
    dpd: int
    bucket: int
    cycles_past_due: int
    times_overdue_12: int
    times_overdue_total: int
    first_payment_default: bool
    self_cured_12: int


def aged(
    asked: list[Asked], posted: list[Posted], worked: set[date], opening: int, grace: int, tolerance: int, as_of: date
) -> Aged:
    """The account at the end of `as_of`; `worked` are the days somebody called, wrote or came."""
    asked = sorted(asked, key=lambda one: one.close)
    paid: dict[date, int] = {}
    for one in posted:
        if one.kind in ("payment", "payment_reversal"):
            paid[one.value] = paid.get(one.value, 0) + (one.amount if one.kind == "payment" else -one.amount)

    debts: list[Debt] = []
    late: list[bool] = []
    healed: list[bool] = []
    for index, statement in enumerate(asked):
        debts.append(Debt(statement.due, statement.amount, statement.amount))
        following = asked[index + 1].close if index + 1 < len(asked) else None
        judged_on = statement.due + timedelta(days=grace)
        was_late = False
        today = statement.close
        while True:
            if today == min(judged_on, following or judged_on):
                was_late = judged_on < as_of and _owed(debts) > tolerance
            if today in (as_of, following):
                break
            today += timedelta(days=1)
            _pay(debts, paid.get(today, 0))
        alone = not any(statement.close < when <= (following or date.max) for when in worked)
        late.append(was_late)
        healed.append(was_late and alone and _owed(debts) <= tolerance)

        if following is not None:
            if _owed(debts) <= tolerance:
                debts.clear()
            if index + KEPT < len(asked):
                debts = _one_sum(debts, tolerance)

    return _told(debts, late, healed, opening + sum(map(_signed, posted)), grace, tolerance, as_of)


def _signed(one: Posted) -> int:
    return one.amount if one.kind in RAISES else -one.amount


def _owed(debts: list[Debt]) -> int:
    return sum(debt.left for debt in debts)


def _pay(debts: list[Debt], amount: int) -> None:
    for debt in debts:
        taken = min(debt.left, amount)
        debt.left -= taken
        amount -= taken


def _oldest_open(debts: list[Debt], tolerance: int) -> int | None:
    """Place of the oldest debt that, with those before it, is more than a shortfall to tolerate."""
    so_far = 0
    for place, debt in enumerate(debts):
        so_far += debt.left
        if so_far > tolerance:
            return place
    return None


def _one_sum(debts: list[Debt], tolerance: int) -> list[Debt]:
    """Statements beyond the kept ones are one debt, of the earliest date among those still open."""
    oldest = _oldest_open(debts, tolerance)
    return [] if oldest is None else [Debt(debts[oldest].due, _owed(debts), 0)]


def _told(
    debts: list[Debt], late: list[bool], healed: list[bool], balance: int, grace: int, tolerance: int, as_of: date
) -> Aged:
    debts = [Debt(debt.due, debt.left, debt.asked) for debt in debts]
    _pay(debts, max(0, _owed(debts) - max(balance, 0)))  # nobody owes a minimum payment on money that is not owed
    oldest = _oldest_open(debts, tolerance)
    days = (as_of - debts[oldest].due).days if oldest is not None else 0
    dpd = days if days > grace else 0
    passed = [debt for debt in debts if debt.due < as_of]
    in_arrears = 0
    so_far = 0
    for debt in passed:
        so_far += debt.left
        in_arrears += 1 if debt.asked > 0 and so_far > tolerance else 0
    return Aged(
        balance_minor=balance,
        minimum_unpaid_minor=_owed(debts),
        past_due_minor=_owed(passed) if dpd else 0,
        oldest_due_date=debts[oldest].due if oldest is not None else None,
        dpd=dpd,
        bucket=0 if dpd == 0 else min(7, 1 + (dpd - 1) // 30),
        cycles_past_due=in_arrears if dpd else 0,
        times_overdue_12=sum(late[-KEPT:]),
        times_overdue_total=sum(late),
        first_payment_default=bool(late) and late[0],
        self_cured_12=sum(healed[-KEPT:]),
    )
