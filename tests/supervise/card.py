"""One card, told posting by posting in the field's words, and the feed that it makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from arrears.day.workspace import Workspace
from tests.day.world import Tables, deliver, workspace
from tests.supervise.bank import Ran, Row, supervised

OPENED = date(2025, 12, 20)
FIRST, SECOND, THIRD = date(2026, 1, 5), date(2026, 2, 5), date(2026, 3, 5)
"""Closing dates; payment is due 20 days later."""


@dataclass
class Card:
    """Account `A<number>` of customer `C<number>`; every method adds what happened and returns the card.

    A row with the key `comes` is delivered on that day and not on its own.
    """

    number: int = 1
    opened: date = OPENED
    limit: int = 10_000_000
    country: str = "CN"
    region: str = "SH"
    flags: tuple[str, ...] = ()
    statements: list[Row] = field(default_factory=list)
    transactions: list[Row] = field(default_factory=list)

    def posts(
        self, kind: str, amount: int, on: date, *, value: date | None = None, name: str = "", reverses: str | None = None
    ) -> Card:
        self.transactions.append({
            "transaction_id": name or f"T{self.number}-{len(self.transactions) + 1:03d}", "account_id": f"A{self.number}",
            "kind": kind, "amount_minor": amount, "currency": "CNY", "posted_date": on, "value_date": value or on,
            "reverses_id": reverses,
        })  # fmt: skip
        return self

    def closes(self, on: date, balance: int, minimum: int, past_due: int = 0) -> Card:
        self.statements.append({
            "account_id": f"A{self.number}", "statement_date": on, "due_date": on + timedelta(days=20), "currency": "CNY",
            "balance_minor": balance, "minimum_payment_minor": minimum, "past_due_minor": past_due,
        })  # fmt: skip
        return self

    def tables(self, day: date, *, with_card: bool = True) -> Tables:
        """What the feed of `day` brings of the card: everything up to it that no earlier call has brought."""
        due = [row for row in self.transactions if row.get("comes", row["posted_date"]) <= day]
        issued = [row for row in self.statements if row.get("comes", row["statement_date"]) <= day]
        self.transactions = [row for row in self.transactions if row not in due]
        self.statements = [row for row in self.statements if row not in issued]
        made: Tables = {"transactions": _without_comes(due), "statements": _without_comes(issued)}
        if not with_card:
            return made
        who, since = f"C{self.number}", self.opened
        return made | {
            "customers": [{
                "customer_id": who, "full_name": "顾客", "language": "zh", "country": self.country, "region": self.region,
                "timezone": "Asia/Shanghai", "since_date": since,
            }],
            "accounts": [{
                "account_id": f"A{self.number}", "customer_id": who, "product_id": "classic", "currency": "CNY",
                "opened_date": since, "credit_limit_minor": self.limit, "status": "open", "opening_balance_minor": 0,
            }],
            "flags": [
                {"customer_id": who, "flag": flag, "active": True, "from_date": since, "until_date": None}
                for flag in self.flags
            ],
        }  # fmt: skip


def _without_comes(rows: list[Row]) -> list[Row]:
    return [{name: value for name, value in row.items() if name != "comes"} for row in rows]


def together(parts: list[Tables]) -> Tables:
    names = {name for part in parts for name in part}
    return {name: [row for part in parts for row in part.get(name, [])] for name in sorted(names)}


def lived(folder: Any, cards: list[Card], days: list[date], *, terms: str = "", bank: str = "") -> Ran:
    """Deliver the cards day by day (every day from the first to the last of `days`) and supervise each.

    `terms` are further lines of the product, `bank` replaces of the settings as `old=new` lines.
    """
    where = workspace(folder / "workspace")
    settings = where.path / "bank.toml"
    text = settings.read_text(encoding="utf-8") + terms + "\n"
    for line in filter(None, bank.splitlines()):
        old, new = line.split(" -> ")
        text = text.replace(old, new)
    settings.write_text(text, encoding="utf-8")
    feed, first = folder / "feed", days[0]
    every = [first + timedelta(days=number) for number in range((days[-1] - first).days + 1)]
    for day in every:
        deliver(feed, day, together([card.tables(day, with_card=day == first) for card in cards]))
    supervised(Workspace(where.path), feed, every)
    return Ran(where, tuple(every))


def check(ran: Ran, charge: str, day: date | None = None) -> Row:
    """The one check of a charge on a day (the last one)."""
    (found,) = [row for row in ran.table("checks", day or ran.days[-1]) if row["charge"] == charge]
    return found


def rules(ran: Ran, day: date | None = None) -> dict[str, int]:
    """Rule to amount over, of the findings open at the end of a day (the last one)."""
    found = ran.table("findings", day or ran.days[-1])
    return {row["rule"]: row["over_minor"] for row in found if row["cleared_date"] is None}
