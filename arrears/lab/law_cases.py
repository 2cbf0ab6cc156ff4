"""Made-up cases for the gate: the contacts a desk asks about on a working day, as the text that a dispatcher would send."""

from __future__ import annotations

import json
import random
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

CHINA = timezone(timedelta(hours=8))
CHANNELS = (("call", 55), ("sms", 30), ("letter", 8), ("visit", 4), ("email", 3))
OUTCOMES = {
    "call": (
        ("no_answer", 50),
        ("right_party", 15),
        ("promise", 10),
        ("busy", 8),
        ("voicemail", 7),
        ("connected", 8),
        ("refused", 2),
    ),
    "sms": (("delivered", 90), ("bounced", 10)),
    "letter": (("delivered", 85), ("bounced", 15)),
    "visit": (("not_home", 60), ("met", 40)),
    "email": (("delivered", 90), ("bounced", 10)),
}
FLAGS = (("hardship", 3), ("dispute", 2), ("plan_performing", 2), ("complaint", 1), ("lost_contact", 1))


def case_texts(n: int, day: date, seed: int) -> list[str]:
    """`n` cases as JSON: nine in ten by day, up to a dozen contacts before, most of them lawful."""
    dice = random.Random(seed)  # noqa: S311 - seeded on purpose
    return [json.dumps(_case(dice, day)) for _ in range(n)]


def _drawn(dice: random.Random, odds: tuple[tuple[str, int], ...]) -> str:
    return dice.choices([word for word, _ in odds], [weight for _, weight in odds])[0]


def _case(dice: random.Random, day: date) -> dict[str, Any]:
    minute = dice.randrange(8 * 60, 21 * 60) if dice.random() < 0.95 else dice.choice((7 * 60 + 30, 22 * 60 + 15))
    at = datetime.combine(day, time(minute // 60, minute % 60, dice.randrange(60)), CHINA)
    channel = _drawn(dice, CHANNELS)
    relay = dice.random() < 0.03
    case: dict[str, Any] = {
        "at": at.isoformat(), "jurisdictions": ["CN-SH"], "acts": "issuer", "creditor": "bank", "actor": "desk",
        "channel": channel, "party": "relative" if relay else "debtor", "purpose": "relay" if relay else "collection",
        "debt": "D1",
        "debts": [{"id": "D1", "dpd": dice.randrange(1, 150)}, {"id": "D2", "dpd": 0}][: dice.randint(1, 2)],
        "contact_point": "R1" if relay else "P1",
        "contact_points": [
            {"id": "P1", "source": "contract"}, {"id": "R1", "party": "relative", "source": "customer_provided"},
        ],
        "places": [{"zone": "Asia/Shanghai"}],
        "visitors": 2,
        "history": sorted(
            (_event(dice, at) for _ in range(min(12, int(dice.expovariate(1 / 4))))), key=lambda event: event["at"]
        ),
    }  # fmt: skip
    if dice.random() < 0.08:
        case["flags"] = [{"flag": _drawn(dice, FLAGS), "evidence": "EV-1"}]
    if dice.random() < 0.05:
        given = {"channel": channel, "purpose": "collection", "given": False, "at_date": (day - timedelta(days=9)).isoformat()}
        case["consents"] = [given]
    return case


def _event(dice: random.Random, at: datetime) -> dict[str, Any]:
    channel = _drawn(dice, CHANNELS)
    earlier = (
        at - timedelta(minutes=dice.randrange(20, 240)) if dice.random() < 0.25 else at - timedelta(days=dice.randrange(1, 45))
    )
    return {
        "at": earlier.isoformat(), "channel": channel, "outcome": _drawn(dice, OUTCOMES[channel]), "debt": "D1",
        "contact_point": "P1",
    }  # fmt: skip
