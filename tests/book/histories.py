"""Random lives of cards: what was asked, paid, bounced and refunded, when it was told, all from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.book import world
from tests.book.oracle import Aged, Asked, Posted, aged
from tests.book.world import PRODUCTS, Row

START = date(2025, 1, 31)
"""Before the first statement of any life; the year has a leap day behind some of its cycles."""


@dataclass
class Life:
    """One account: the rows a feed tells of it, and since when each can be told."""

    account_id: str
    product_id: str
    opening: int
    told: list[tuple[date, str, Row]] = field(default_factory=list)

    @property
    def customer_id(self) -> str:
        return self.account_id.replace("A", "C")

    def rows(self, table: str) -> list[Row]:
        return [row for _, name, row in self.told if name == table]

    def aged(self, as_of: date) -> Aged:
        """What the oracle makes of everything told up to `as_of`."""
        known = [(table, row) for when, table, row in self.told if when <= as_of]
        product = next(product for product in PRODUCTS if product.product_id == self.product_id)
        return aged(
            [
                Asked(row["statement_date"], row["due_date"], row["minimum_payment_minor"] - row["past_due_minor"])
                for table, row in known
                if table == "statements"
            ],
            [Posted(row["kind"], row["amount_minor"], row["value_date"]) for table, row in known if table == "transactions"],
            {row["local_date"] for table, row in known if table == "contacts" and _works(row)},
            self.opening, product.grace_days, product.tolerance_minor, as_of,
        )  # fmt: skip


def _works(row: Row) -> bool:
    return row["direction"] == "outbound" and row["channel"] in ("call", "letter", "visit")


def lives(seed: int, count: int, *, statements_max: int, until: date) -> list[Life]:
    """`count` accounts of every product with up to `statements_max` statements each, told up to `until`."""
    draw = random.Random(seed)
    return [_life(draw, f"A{number:04d}", statements_max, until) for number in range(count)]


def feed(told: list[Life], after: date, up_to: date) -> dict[str, list[Row]]:
    """The feed that tells everything after one date up to another; the first one brings the accounts."""
    tables: dict[str, list[Row]] = {"customers": [], "accounts": [], "statements": [], "transactions": [], "contacts": []}
    for life in told:
        if after < START:
            tables["customers"].append(world.customer(life.customer_id))
            tables["accounts"].append(
                world.account(life.account_id, life.customer_id, product_id=life.product_id, opening_balance_minor=life.opening)
            )
        for when, table, row in life.told:
            if after < when <= up_to:
                tables[table].append(row)
    return tables


def _life(draw: random.Random, account_id: str, statements_max: int, until: date) -> Life:
    product = draw.choice(PRODUCTS)
    life = Life(account_id, product.product_id, draw.choice([0, 30_000, 400_000, 2_000_000]))
    closes = _closing_dates(draw, statements_max, until)
    habit = draw.choice(["good", "careless", "careless", "struggling", "gone", "anything"])
    number = arrears = 0

    def post(kind: str, amount: int, value: date, told_days: int, reverses: str | None = None) -> str:
        nonlocal number
        number += 1
        name = f"T{account_id}-{number}"
        posted = value + timedelta(days=told_days)
        row = {
            "transaction_id": name, "account_id": account_id, "customer_id": life.customer_id, "kind": kind,
            "amount_minor": amount, "currency": "CNY", "posted_date": posted, "value_date": value, "reverses_id": reverses,
        }  # fmt: skip
        if posted <= until:
            life.told.append((posted, "transactions", row))
        return name

    for index, close in enumerate(closes):
        following = closes[index + 1] if index + 1 < len(closes) else until
        asked = draw.choice([0, 100, 1_000, 1_001, 5_000, draw.randrange(1, 60_000)])
        carried = draw.choice([0, 0, draw.randrange(1, 50_000)])
        due = close + timedelta(days=draw.choice([18, 20, 20, 25]))
        row = {
            "account_id": account_id, "customer_id": life.customer_id, "statement_date": close, "due_date": due,
            "currency": "CNY", "balance_minor": draw.randrange(-5_000, 900_000), "minimum_payment_minor": asked + carried,
            "past_due_minor": carried,
        }  # fmt: skip
        life.told.append((close, "statements", row))
        days = (following - close).days
        arrears += asked
        for _ in range(_payments_n(draw, habit)):
            value = close + timedelta(days=_day_of_payment(draw, (due - close).days, product.grace_days, days))
            amount = _amount(draw, habit, asked, arrears, product.tolerance_minor)
            arrears = max(0, arrears - amount)
            back = draw.choice([0, 0, 0, 1, 3, draw.randrange(0, 80), draw.randrange(0, 200)])
            paid = post("payment", amount, value, back)
            if draw.random() < 0.12:
                bounced = amount if draw.random() < 0.7 else draw.randrange(0, amount + 1)
                post("payment_reversal", bounced, value, back + draw.choice([0, 2, 9, 45, 100]), paid)
        if draw.random() < 0.5:
            post("purchase", draw.randrange(1, 80_000), close + timedelta(days=draw.randrange(0, days + 1)), 1)
        if draw.random() < 0.08:
            post(draw.choice(["refund", "charge_reversal"]), draw.choice([500, 40_000, 600_000]), close, 4)
        if draw.random() < 0.2:
            when = close + timedelta(days=draw.randrange(0, days + 1))
            channel = draw.choice(["call", "letter", "visit", "sms", "email"])
            event = world.contact(
                when.isoformat(), life.customer_id, channel=channel, direction=draw.choice(["outbound", "inbound"])
            )
            told = when + timedelta(days=draw.choice([0, 1, 5]))
            if told <= until:
                life.told.append((told, "contacts", event))
    if not closes:
        paid = post("payment", 700, START + timedelta(days=3), 1)
        post("payment_reversal", 700, START + timedelta(days=3), 20, paid)
    return life


def _closing_dates(draw: random.Random, count_max: int, until: date) -> list[date]:
    """Mostly one a month, sometimes none for some, sometimes a shorter cycle after the customer moved the date."""
    found: list[date] = []
    close = START + timedelta(days=draw.randrange(0, 200))
    for _ in range(draw.randrange(0, count_max + 1)):
        if close > until:
            break
        found.append(close)
        close += timedelta(days=draw.choice([28, 30, 31, 31, 30, 29, 61, 92, 26, 19]))
    return found


def _payments_n(draw: random.Random, habit: str) -> int:
    return {"good": 1, "careless": draw.choice([0, 1, 1, 2]), "struggling": draw.choice([0, 0, 1]), "gone": 0}.get(
        habit, draw.randrange(0, 4)
    )


def _day_of_payment(draw: random.Random, due: int, grace: int, days: int) -> int:
    """Days after the closing date: often on the dates at which something changes."""
    edges = [0, 1, due - 1, due, due + 1, due + grace, due + grace + 1, days]
    return min(days, draw.choice([*edges, draw.randrange(0, days + 1)]))


def _amount(draw: random.Random, habit: str, asked: int, arrears: int, tolerance: int) -> int:
    """Often all that is in arrears, or all but the tolerance, or that and a unit more or less."""
    rests = [0, tolerance, tolerance + 1, asked, asked + tolerance, asked + tolerance + 1, 2 * asked]
    edges = [max(0, arrears - rest) for rest in rests] + [asked, asked // 2, asked + 700, 3 * asked, 0]
    return asked if habit == "good" else draw.choice([*edges, draw.randrange(0, 60_000)])
