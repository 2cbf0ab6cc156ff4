"""Random lives of cards, charged by a plain walk from day to day in whole numbers: supervision in columns finds the very same.

The walk keeps what a card system keeps (balance, its parts, what was asked for and paid) and changes it posting by posting; it
shares no formula with the columns.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.supervise.card import FIRST, OPENED, SECOND, THIRD, Card, lived

RATE, TOLERANCE, GRACE = 500, 1_000, 3
CARDS = 250
NEVER = date(9999, 1, 1)


def half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


@dataclass
class Walk:
    """One card's system."""

    card: Card
    dice: random.Random
    balance: int = 0
    cash: int = 0
    charges: int = 0
    cash_today: int = 0
    charges_today: int = 0
    bearing: int = 0
    """Sum over the days of this cycle."""
    bearing_before: int = 0
    cash_bearing: int = 0
    full_before: bool = True
    statement: int = 0
    closed: date = OPENED - timedelta(days=1)
    due: date = NEVER
    minimum: int = 0
    newly: int = 0
    before: int = 0
    """What earlier statements asked for, beside `newly`."""
    paid: int = 0
    paid_before: int = 0
    on_time: int = 0
    credited: int = 0
    in_full: int = 0
    payments: list[tuple[str, int, date]] = field(default_factory=list)

    def posts(self, kind: str, amount: int, on: date, value: date | None = None, reverses: str | None = None) -> None:
        if amount <= 0:
            return
        name = f"T{self.card.number}-{len(self.card.transactions) + 1:04d}"
        self.card.posts(kind, amount, on, value=value, name=name, reverses=reverses)
        credit = kind in ("payment", "refund", "charge_reversal")
        change = -amount if credit else amount
        self.balance += change
        if kind == "cash" or credit:
            self.cash_today += change
        if kind in ("fee", "late_charge", "payment", "charge_reversal"):
            self.charges_today += change
        if kind in ("fee", "late_charge", "interest", "instalment"):
            self.in_full += amount
        if kind in ("payment", "payment_reversal"):
            self._pays(amount if kind == "payment" else -amount, value or on)
        if kind == "payment":
            self.payments.append((name, amount, value or on))
        if kind == "refund":
            self.credited += amount
            self.on_time += amount if on <= self.due != NEVER else 0

    def _pays(self, amount: int, value: date) -> None:
        if value <= self.closed:
            self.paid_before += amount
            return
        self.paid += amount
        self.credited += amount
        if self.due == NEVER or value <= self.due + timedelta(days=GRACE):
            self.on_time += amount

    def unpaid(self) -> int:
        carried = max(self.before - self.paid_before, 0)
        return max(self.newly + (carried if carried > TOLERANCE else 0) - self.paid, 0)

    def lives(self, on: date) -> None:
        """A day's postings: anything may happen, but no cash on a card in credit."""
        dice = self.dice
        if dice.random() < 0.02 and self.balance > 0:
            self.posts("refund", dice.randint(1, 20_000), on)
        if dice.random() < 0.15:
            self.posts("purchase", dice.randint(100, 60_000), on)
        if dice.random() < 0.03 and self.balance >= 0:
            amount = dice.randint(1_000, 90_000)
            self.posts("cash", amount, on)
            self.posts("fee", max(half_up(amount * 100, 10_000), 1_000), on)
        if dice.random() < 0.06:
            back = dice.choice((0, 0, 0, dice.randint(1, 12)))
            owed = dice.choice((self.balance, self.minimum, self.minimum - 900, self.balance // 3, self.unpaid()))
            self.posts("payment", owed, on, value=max(on - timedelta(days=back), self.card.opened))
        if dice.random() < 0.01 and self.payments:
            name, amount, value = self.payments.pop(dice.randrange(len(self.payments)))
            self.posts("payment_reversal", amount, on, value=value, reverses=name)

    def closes(self, on: date) -> None:
        unpaid = self.unpaid()
        short = unpaid if unpaid > TOLERANCE else 0
        missing = min(max(self.minimum - max(self.on_time, 0), 0), short + max(self.credited - self.on_time, 0))
        late = min(max(half_up(missing * 500, 10_000), 1_000), 50_000, missing) if missing > TOLERANCE else 0
        full = self.on_time >= self.statement - TOLERANCE
        base = self.cash_bearing if full else self.bearing + (self.bearing_before if self.full_before else 0)
        if self.dice.random() < 0.3:
            part = self.dice.randint(1_000, 9_000)
            self.posts("instalment", part, on)
            self.posts("fee", half_up(part * 12 * 60, 10_000), on)
        self.posts("interest", half_up(base * RATE, 1_000_000), on)
        self.posts("late_charge", late, on)

        owed = max(self.balance, 0)
        past_due = min(short, owed)
        in_full = min(self.in_full, owed - past_due)
        asked = min(max(half_up((owed - past_due - in_full) * 1_000, 10_000) + in_full, 5_000), owed - past_due)
        self.card.closes(on, self.balance, asked + past_due, past_due)

        carried = max(self.before - self.paid_before, 0)
        self.before = self.newly + (carried if carried > TOLERANCE else 0) - (short - past_due)
        self.paid_before, self.paid, self.on_time, self.credited, self.in_full = self.paid, 0, 0, 0, 0
        self.newly, self.minimum, self.statement = asked, asked + past_due, self.balance
        self.bearing_before, self.full_before = self.bearing - self.cash_bearing, full
        self.bearing, self.cash_bearing = 0, 0
        self.closed, self.due = on, on + timedelta(days=20)

    def ends(self) -> None:
        self.cash, self.charges = max(self.cash + self.cash_today, 0), max(self.charges + self.charges_today, 0)
        self.cash_today = self.charges_today = 0
        bears = max(max(self.balance, 0) - self.charges, 0)
        self.bearing += bears
        self.cash_bearing += min(self.cash, bears)


def walked(number: int, until: date) -> Card:
    walk = Walk(Card(number=number), random.Random(number))
    day = OPENED
    while day <= until:
        walk.lives(day)
        if day in (FIRST, SECOND, THIRD):
            walk.closes(day)
        walk.ends()
        day += timedelta(days=1)
    return walk.card


def assert_all_agree(folder: Path, days: list[date]) -> None:
    ran = lived(folder, [walked(number, THIRD) for number in range(1, CARDS + 1)], days)
    found = ran.table("checks")
    assert [row for row in found if row["not_checkable"] or row["difference_minor"]] == []
    assert ran.table("findings") == []
    last = [row["charge"] for row in ran.table("checks", THIRD)]
    assert last.count("minimum_payment") == CARDS
    assert last.count("interest") > CARDS // 2 and last.count("late_charge") > 20 and last.count("instalment_fee") > 20


def test_lives_handed_over_at_once_are_charged_as_walked(tmp_path: Path) -> None:
    assert_all_agree(tmp_path, [THIRD])


@pytest.mark.slow
def test_lives_supervised_day_by_day_are_charged_as_walked(tmp_path: Path) -> None:
    assert_all_agree(tmp_path, [FIRST, THIRD])
