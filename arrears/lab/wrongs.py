"""Wrong charges on purpose: what supervision of rates and charges must find, and nothing else.

The charges that the product's terms give come in as a day's statements close; for a few accounts more is charged, as a faulty
system would, and everything that follows (balance, minimum payment, later interest) follows from it. What was planted is
remembered by transaction, with the amount over; half of it is taken back later by a correcting entry.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from arrears.lab.world import Journal, World
from arrears.money import share_bp, share_ppm

WRONGS = (
    "interest_overcharged", "interest_on_fees", "rate_above_disclosed", "late_charge_above_cap", "late_charge_above_product",
    "over_limit_fee", "minimum_too_high",
)  # fmt: skip
CORRECTED_AFTER_DAYS = 9
OVER_LIMIT_FEE_MINOR = 2_000
CORRECTED_SHARE = 0.5
MORE_OF_RARE = 10
"""Few accounts owe more than their limit, so of them more are charged for it."""
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Due:
    """What the terms give for the accounts `rows` whose statements close, one entry each."""

    rows: np.ndarray
    interest: np.ndarray
    late_charge: np.ndarray
    bearing_days: np.ndarray
    """Sum over the days of what bears interest, minor units times days; 0 where the last statement was paid in full."""
    charge_days: np.ndarray
    """The same of fees and late charges, which bear none."""


@dataclass
class WrongCharges:
    """Plants from `first_day` on, each wrong in about `share` of the closings where it can be."""

    rng: np.random.Generator
    share: float
    first_day: int
    planted: list[tuple[int, int, str, int, int]] = field(default_factory=list)
    """Day, account, wrong, transaction number (0: a statement), amount over."""
    _today: dict[str, np.ndarray] = field(default_factory=dict)

    def over(self, world: World, journal: Journal, due: Due) -> dict[str, np.ndarray]:
        """What to charge too much: `interest`, `late_charge` and `over_limit_fee`, one entry a row; at most one wrong a row."""
        self._today = {name: np.zeros(len(due.rows), np.int64) for name in WRONGS}
        if journal.day >= self.first_day:
            free = np.ones(len(due.rows), bool)
            for name, amount in self._amounts(world, due).items():
                chance = self.share * (MORE_OF_RARE if name == "over_limit_fee" else 1)
                chosen = free & (amount > 0) & (self.rng.random(len(due.rows)) < chance)
                self._today[name][chosen] = amount[chosen]
                free &= ~chosen
        today = self._today
        return {
            "interest": today["interest_overcharged"] + today["interest_on_fees"] + today["rate_above_disclosed"],
            "late_charge": today["late_charge_above_cap"] + today["late_charge_above_product"],
            "over_limit_fee": today["over_limit_fee"],
        }

    def _amounts(self, world: World, due: Due) -> dict[str, np.ndarray]:
        rate, cap = world.of_product("daily_rate_ppm", due.rows), world.of_product("late_charge_cap_minor", due.rows)
        bears, charged = due.interest > 0, due.late_charge > 0
        none = np.zeros(len(due.rows), np.int64)
        higher = share_ppm(due.bearing_days, rate + rate // 5) - due.interest
        on_fees = share_ppm(due.bearing_days + due.charge_days, rate) - due.interest
        after = world.balance[due.rows] + due.interest + due.late_charge + OVER_LIMIT_FEE_MINOR
        over_limit = after > world.population.accounts.limit[due.rows]
        return {
            "over_limit_fee": np.where(over_limit, OVER_LIMIT_FEE_MINOR, none),
            "interest_on_fees": np.where(bears & (due.charge_days > 0) & (due.bearing_days > 0), on_fees, none),
            "interest_overcharged": np.where(bears, due.interest // 10 + 100, none),
            "rate_above_disclosed": np.where(bears & (due.bearing_days > 0), higher, none),
            "late_charge_above_cap": np.where(charged, cap - due.late_charge + 100, none),
            "late_charge_above_product": np.where(charged, 1 + due.late_charge // 2, none),
        }

    def note(self, world: World, journal: Journal, charge: str, rows: np.ndarray, numbers: np.ndarray, of: np.ndarray) -> None:
        """Remember what was posted for a charge: `rows` and `numbers` of the postings, `of` their places in today's rows."""
        names = {
            "interest": ("interest_overcharged", "interest_on_fees", "rate_above_disclosed"),
            "late_charge": ("late_charge_above_cap", "late_charge_above_product"),
        }.get(charge, (charge,))
        for name in names:
            over = self._today[name][of]
            for row, number, amount in zip(rows[over > 0], numbers[over > 0], over[over > 0], strict=True):
                self.planted.append((journal.day, int(row), name, int(number), int(amount)))
            taken_back = (over > 0) & (self.rng.random(len(over)) < CORRECTED_SHARE)
            if taken_back.any():
                world.loose_ends[rows[taken_back]] += 1
                value = np.full(int(taken_back.sum()), journal.day, np.int32)
                entry = (rows[taken_back], over[taken_back], value, numbers[taken_back], np.ones(len(value), np.int8))
                world.reversals.setdefault(journal.day + CORRECTED_AFTER_DAYS, []).append(entry)

    def asked_too_much(self, journal: Journal, rows: np.ndarray, owed: np.ndarray, minimum: np.ndarray) -> np.ndarray:
        """By how much minimum payments are set too high, never above what is owed."""
        over = np.zeros(len(rows), np.int64)
        if journal.day < self.first_day:
            return over
        untouched = np.sum(list(self._today.values()), axis=0) == 0
        chosen = untouched & (owed - minimum > 100) & (self.rng.random(len(rows)) < self.share / 10)
        over[chosen] = 100 + share_bp(owed[chosen] - minimum[chosen] - 100, 2_000)
        self.planted += [(journal.day, int(row), "minimum_too_high", 0, int(amount))
                         for row, amount in zip(rows[chosen], over[chosen], strict=True)]  # fmt: skip
        return over

    def write(self, path: Path) -> None:
        """Everything planted as CSV, in the order it was planted."""
        with path.open("w", encoding="utf-8", newline="") as stream:
            lines = csv.writer(stream, lineterminator="\n")
            lines.writerow(("date", "account_id", "transaction_id", "wrong", "over_minor"))
            for day, row, name, number, amount in self.planted:
                posted = f"T{number:010d}" if number else ""
                lines.writerow((EPOCH + timedelta(days=day), f"A{row + 1:08d}", posted, name, amount))
