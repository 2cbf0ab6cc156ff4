"""Every number of the model that is not the card's contract, with where it comes from; docs/simulation.md tells them at length.

"The sample's" numbers are those of `arrears.lab.paying`, `life` and `practice`, shared so that the two simulated banks agree.
All others are chosen by us, so that levels come out as a Chinese card book's might. None of them is an observation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from arrears.feed.contracts import CHANNELS, FLAGS, OUTCOMES
from arrears.lab.life import (
    DIES,
    DISTRESSED_GIVES_UP,
    DISTRESSED_RECOVERS,
    FALLS_TIGHT,
    GOES_BANKRUPT,
    LOSES_INCOME,
    LOST_RETURNS,
    TIGHT_RECOVERS,
    TIGHT_WORSENS,
)
from arrears.lab.paying import FATIGUE_PER_MONTH, FORGETS, MISSES, PAYS_UNASKED, RESPONDS
from arrears.lab.practice import CALL_ODDS, EFFECT

SMS, EMAIL, CALL, LETTER, VISIT = range(5)
assert CHANNELS == ("sms", "email", "call", "letter", "visit")  # noqa: S101 - the kernels index by these numbers
OUTCOME = {name: number for number, name in enumerate(OUTCOMES)}

# the repayment process (Chehrazi and Weber 2015): d level = relax (long_run - level) dt + jumps
RELAX = 0.25
"""Share by which the intensity relaxes in a day: what the sample keeps of a stimulus overnight (0.78), as a rate."""
LONG_RUN = 1.6 * np.array(PAYS_UNASKED)
"""Long-run repayments a day by state of life: the sample's chance of paying unasked, and more, since the sample's bank contacts
everybody as often as it likes and ours does not."""
LONG_RUN_RISK = -0.25
"""Power of e by which the latent risk moves it."""
LONG_RUN_MONTH = FATIGUE_PER_MONTH
"""What a month past due leaves of it."""
JUMP_REPAID, JUMP_RELATIVE = 0.015, 0.06
"""Jump at a repayment: a constant and a part for the repaid share of the balance (delta_10, delta_11)."""
FRESH = 2.0
"""The intensity on the first day past due, in long-run levels: who forgot remembers soon."""
UNWORKED_YET = 1.6
"""The practice before the first day, which no strategy of ours made: the long-run level times this."""
PLAN_EXTRA = 0.05
"""More repayments a day under a plan that performs."""
REPAYMENT_MIN_MINOR = 10_000
"""Smallest repayment, where so much is owed."""
SHORT_SHARE = np.array([0.03, 0.30, 0.60, 0.70])
"""Repayments that do not cover what is past due, by state of life (the sample's)."""

# what contacts do (delta_2): the sample's effect, times how its customers respond in their state of life
JUMP_OF_OUTCOME = np.array([EFFECT.get(name, 0.0) for name in OUTCOMES])
JUMP_SMS, JUMP_EMAIL, JUMP_LETTER = EFFECT["sms"] * 0.6, EFFECT["email"] * 0.6, EFFECT["letter"]
RESPONDS_IN = np.array(RESPONDS)
RESPONSE_SPREAD = np.array([0.7, 0.8, 0.7, 0.7, 0.6])
"""Standard deviation of the logarithm of a person's own response, by channel: most of it is common to all channels' mean 1."""
FATIGUE_KEPT, FATIGUE_POWER = 0.86, 0.28
"""Recent contacts are remembered with this share a day, and each lowers the effect of the next by e to minus this power."""
LETTER_DAYS = 3
REMINDER_WORKS = np.array([0.45, 0.22, 0.60, 0.20, 0.0])
"""Chance that a reminder moves somebody who would have forgotten, by channel, once it has reached them."""

# the telephone: the sample's odds by state of life, and the hour
CALL_NOT_TAKEN = CALL_ODDS[:, :3].sum(axis=1)
CALL_SPLIT_MISSED = CALL_ODDS[:, :3] / CALL_ODDS[:, :3].sum(axis=1, keepdims=True)
CALL_SPLIT_TAKEN = CALL_ODDS[:, 3:] / CALL_ODDS[:, 3:].sum(axis=1, keepdims=True)
HOUR_FACTOR = np.array([0.6] * 9 + [0.85, 0.95, 1.05, 1.15, 1.0, 0.9, 0.9, 0.95, 1.05, 1.25, 1.35, 1.2, 0.9, 0.6, 0.6])
"""How much likelier than on average a call is taken, by local hour."""
MOBILE_DEAD, MOBILE_WRONG = 0.03, 0.02
SMS_DELIVERED, EMAIL_DELIVERED, LETTER_DELIVERED, LETTER_DELIVERED_AFTER_MOVE = 0.96, 0.90, 0.90, 0.35
VISIT_MET, VISIT_PROMISE, VISIT_MESSAGE = 0.25, 0.10, 0.15
LEARNS_BAD_NUMBER, GIVES_NUMBER = 0.7, 0.003
PROMISE_DAYS = 5
PROMISE_KEPT = np.array([0.80, 0.55, 0.15, 0.02])
"""By state of life; the person's own risk moves it."""
HARDSHIP_ASKED, PLAN_AGREED = 0.05, 0.06
HARDSHIP_DAYS, PLAN_DAYS, COMPLAINT_DAYS, DISPUTE_DAYS = 120, 90, 30, 45

# complaints: chance of one a contact, by channel, times e to this power for each contact remembered and the person's temper
COMPLAINT = np.array([0.000_05, 0.000_01, 0.000_40, 0.000_05, 0.002_50])
COMPLAINT_POWER, TEMPER_SPREAD = 0.45, 0.8
CEASE_SHARE = 0.04
"""Of complaints: a demand that contact end."""
RELATIVE_COMPLAINT = 6.0
"""Times the chance, where a relative is contacted."""

# life, the sample's; people get into trouble more seldom, or the share past due would be twice that of Chinese books
FALLS, LOSES = FALLS_TIGHT * 0.6, LOSES_INCOME * 0.6
FLAG_BIT = {flag: 1 << number for number, flag in enumerate(FLAGS)}
EVIDENCED = 1 << len(FLAGS)
"""Bit: a lost contact whose evidence is named."""
PASSING = ("complaint", "dispute", "hardship", "fraud", "plan_performing")
"""Flags that end by themselves, by the column of `flag_until`."""
MISHAPS = (
    # flag or thing, chance a day
    ("dies", DIES), ("loses_number", 0.000_03), ("moves", 0.000_02), ("dispute", 0.000_025), ("fraud", 0.000_008),
    ("attorney", 0.000_002), ("mental_health_crisis", 0.000_001), ("incapacitated", 0.000_001), ("identity_theft", 0.000_002),
    ("military_service", 0.000_001), ("cease", 0.000_002),
)  # fmt: skip
"""The first three are no flags."""
RECOVERS = np.array([0.0, TIGHT_RECOVERS, DISTRESSED_RECOVERS, LOST_RETURNS])
WORSENS = np.array([0.0, TIGHT_WORSENS, DISTRESSED_GIVES_UP, 0.0])
FORGETS_OF = 0.6 * np.array([FORGETS[habit] for habit in range(4)])
MISSES_IN = np.array([0.0, *MISSES.values()])
REMINDED_BEFORE = 0.85
"""What the practice before the first day left of forgetting."""

# card use
USE = np.array([0.06, 0.30, 0.22, 0.005])
"""First balance as a share of the limit, by habit."""
SPENDS = np.array([0.060, 0.055, 0.055, 0.004])
"""Spent in a cycle as a share of the limit, by habit."""
SPEND_SPREAD = 0.5
CHARGE_OFF_DPD = 180
BLOCKED_DPD = 30


@dataclass(frozen=True)
class Price:
    """What one contact takes; minor units of the bank's currency and seconds of an agent."""

    cost_minor: int
    agent_seconds: int = 0


PRICES = {
    "sms": Price(5), "email": Price(1), "call": Price(250, 120), "letter": Price(500), "visit": Price(15_000),
}  # fmt: skip
"""A message CNY 0.05; a registered letter CNY 5; two minutes of an agent, dialling and the share of calls that are taken, at
CNY 1.25 a minute; a visit by two CNY 150. Orders of magnitude of the Chinese market, chosen by us."""
MISHAP_BITS = np.array([FLAG_BIT.get(name, 0) for name, _ in MISHAPS])
MISHAP_COLUMNS = np.array([PASSING.index(name) if name in PASSING else -1 for name, _ in MISHAPS])
MISHAP_UPPER = np.cumsum([chance for _, chance in MISHAPS])
PASSING_BITS = np.array([FLAG_BIT[name] for name in PASSING])


class Model(NamedTuple):
    """The numbers as the kernels take them: as arguments, since a compiled kernel that is kept on disk keeps its constants."""

    relax: float = RELAX
    long_run: np.ndarray = LONG_RUN
    long_run_risk: float = LONG_RUN_RISK
    long_run_month: float = LONG_RUN_MONTH
    jump: float = JUMP_REPAID
    jump_relative: float = JUMP_RELATIVE
    fresh: float = FRESH
    plan_extra: float = PLAN_EXTRA
    short: np.ndarray = SHORT_SHARE
    repayment_min: int = REPAYMENT_MIN_MINOR
    falls: float = FALLS
    loses: float = LOSES
    recovers: np.ndarray = RECOVERS
    worsens: np.ndarray = WORSENS
    bankrupt: float = GOES_BANKRUPT
    mishaps: np.ndarray = MISHAP_UPPER
    mishap_bits: np.ndarray = MISHAP_BITS
    mishap_columns: np.ndarray = MISHAP_COLUMNS
    passing_bits: np.ndarray = PASSING_BITS
    deceased_bit: int = FLAG_BIT["deceased"]
    bankrupt_bit: int = FLAG_BIT["bankruptcy"]
    plan_bit: int = FLAG_BIT["plan_performing"]
    dispute_days: int = DISPUTE_DAYS
    gives_number: float = GIVES_NUMBER
    fatigue_kept: float = FATIGUE_KEPT


MODEL = Model()
