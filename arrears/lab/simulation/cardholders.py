"""Cardholders as arrays: `Known` is what the bank has in its systems, `Nature` what nobody in it can see.

A number of cardholders and a seed come in; one card each goes out, drawn so that the first thousand of a million are the same
people as a thousand alone. Strategies are handed `Known` and nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from arrears.lab import delivery
from arrears.lab.identity import REGION_WEIGHTS
from arrears.lab.population import HABIT_SHARES, PRODUCT_SHARES, REVOLVER, SLEEPER, SLOPPY, TRANSACTOR
from arrears.lab.simulation import parameters as chosen
from arrears.lab.simulation.chance import PERSON, normals, uniforms
from arrears.lab.simulation.parameters import PASSING

NEVER = 2**30
"""A day that does not come."""
STATEMENTS = 8
"""Statements whose unpaid minimum payments are kept apart; a card is charged off before it has more."""
OPEN, CHARGED_OFF = 0, 1
NORMAL, TIGHT, DISTRESSED, LOST = range(4)
"""States of life, as in the sample."""
GOOD, DEAD, WRONG = range(3)
"""What becomes of a number."""

AGES_DAYS, MONTHS_AGO = 900.0, 12
CONSENT_TERMS = (
    # share, consents (purposes after their channel), refusals
    (0.60, ("sms:collection", "call:collection", "email:collection"), ()),
    (0.18, ("sms:collection", "call:collection"), ()),
    (0.05, ("sms:collection", "call:collection", "call:night_contact"), ()),
    (0.04, ("call:collection",), ("sms:collection",)),
    (0.03, ("sms:collection",), ("call:collection",)),
    (0.05, ("sms:collection", "call:collection"), ("email:collection",)),
    (0.05, (), ()),
)  # fmt: skip
"""Roughly the sample's shares of consents given and refused; each is dated the first of one of the last `MONTHS_AGO` months."""


class Known(NamedTuple):
    """What the bank knows, one entry a cardholder; money in minor units, days since 1970-01-01."""

    product: np.ndarray
    limit: np.ndarray
    closing_day: np.ndarray
    """Day of the month the statement closes on, 1 to 28."""
    opened: np.ndarray
    english: np.ndarray
    region: np.ndarray
    has_email: np.ndarray
    has_landline: np.ndarray
    has_relative: np.ndarray
    consents: np.ndarray
    """Number in `consent_texts`."""
    status: np.ndarray
    balance: np.ndarray
    statement: np.ndarray
    statement_before: np.ndarray
    paid_cycle: np.ndarray
    """Paid since the last closing date."""
    paid_cycle_before: np.ndarray
    asked: np.ndarray
    """Unpaid of each of the last `STATEMENTS` minimum payments, newest first; the oldest is paid first."""
    unpaid: np.ndarray
    """Their sum."""
    due: np.ndarray
    """Due day of the newest statement."""
    dues: np.ndarray
    """Of each of them."""
    oldest_due: np.ndarray
    """Due day of the oldest unpaid one; NEVER where all is paid or tolerated."""
    dpd: np.ndarray
    bucket: np.ndarray
    bucket_since: np.ndarray
    entered: np.ndarray
    """Day on which the card last came past due."""
    late: np.ndarray
    """Bit k: statement k (of twelve) was paid late or not."""
    late_before: np.ndarray
    """How many older ones."""
    self_cured: np.ndarray
    """Bit k: late, paid within its cycle, and nobody called, wrote or visited."""
    worked: np.ndarray
    """Somebody did in the present cycle."""
    statements_n: np.ndarray
    first_missed: np.ndarray
    flags: np.ndarray
    """Bits of `FLAG_BIT`."""
    flag_until: np.ndarray
    """Day on which each of `PASSING` ends."""
    mobile_known: np.ndarray
    """What the bank knows of the number it would dial."""
    mobile_second: np.ndarray
    """It is the second number."""
    last_worked: np.ndarray
    paid_total: np.ndarray
    """Everything ever repaid."""
    complaints: np.ndarray
    recent_contacts: np.ndarray
    """Contacts made, of the last six days, today not among them."""


class Nature(NamedTuple):
    """What only nature knows."""

    risk: np.ndarray
    trouble: np.ndarray
    """How much likelier than average a mishap is."""
    habit: np.ndarray
    autopay: np.ndarray
    spends: np.ndarray
    """Spent in a cycle on average, minor units."""
    part: np.ndarray
    """Share of the statement a revolver pays."""
    state: np.ndarray
    response: np.ndarray
    """What a contact does to this person, by channel; 1 on average."""
    answers: np.ndarray
    """How much likelier than average a call is taken."""
    temper: np.ndarray
    """How much likelier than average a complaint is."""
    mobile: np.ndarray
    moved: np.ndarray
    level: np.ndarray
    """The intensity of repayments a day; 0 where nothing is past due."""
    pay_day: np.ndarray
    """Day of the payment planned for the newest statement; -1 for none."""
    pay_mode: np.ndarray
    promise_day: np.ndarray
    promise_holds: np.ndarray
    fatigue: np.ndarray
    """Contacts remembered."""
    stirred: np.ndarray
    """What today's contacts add to the intensity tonight."""
    letter_day: np.ndarray
    letter_jump: np.ndarray


def consent_texts(start: int) -> list[tuple[str, str]]:
    """`consents` and `refusals` as the customers' table has them, by number."""
    texts = []
    for _, given, refused in CONSENT_TERMS:
        for month in range(MONTHS_AGO):
            day = np.datetime64(start - 30 * month - 1, "D")
            listed = ",".join(sorted(f"{term}@{day}" for term in given))
            texts.append((f",{listed}," if given else "", f",{','.join(sorted(refused))}," if refused else ""))
    return texts


def customer_ids(who: np.ndarray) -> object:
    """Ids as text: the number is the place in the arrays, plus one."""
    return delivery.customer_ids(who)


@lru_cache(maxsize=2)
def customer_hashes(count: int) -> np.ndarray:
    """`book.customers.customer_hash` of the first cardholders."""
    digests = (hashlib.md5(b"C%08d" % (n + 1), usedforsecurity=False).digest()[:4] for n in range(count))
    return np.array([int.from_bytes(digest) & 0x7FFF_FFFF for digest in digests], np.int64)


def draw_cardholders(seed: int, count: int, start: int, last_day: int) -> tuple[Known, Nature]:
    """Everybody on the eve of `start`, nobody past due; some open their card later, up to `last_day`."""

    def u(purpose: int) -> np.ndarray:
        drawn: np.ndarray = uniforms(seed, 0, count, 0, PERSON + purpose)
        return drawn

    def z(purpose: int) -> np.ndarray:
        return normals(seed, 0, count, PERSON + purpose)

    def pick(shares: Sequence[float], purpose: int) -> np.ndarray:
        upper = np.cumsum(np.asarray(shares, float) / sum(shares))[:-1]
        return np.searchsorted(upper, u(purpose), side="right")

    risk = z(1)
    product = pick(PRODUCT_SHARES, 2)
    limit = np.array([2_000_000, 6_000_000, 800_000])[product] * np.exp(0.55 * z(3) - 0.12 * risk)
    limit = (np.maximum(limit, 200_000) // 100_000 * 100_000).astype(np.int64)
    order = np.array([SLEEPER, TRANSACTOR, REVOLVER, SLOPPY])
    lean = np.clip(u(4) + 0.06 * risk, 0, 0.999_999)
    habit = order[np.searchsorted(np.cumsum(np.array(HABIT_SHARES)[order])[:3], lean, side="right")]
    balance = (np.clip(chosen.USE[habit] * np.exp(0.5 * z(5)), 0, 0.95) * limit).astype(np.int64)
    joins = u(6) < 0.0002 * (last_day - start)
    age = 1 - AGES_DAYS * 1.6 * np.log(u(7))
    opened = np.where(joins, start + u(8) * (last_day - start), np.maximum(start - age, start - 7_000)).astype(np.int32)
    balance = np.where(joins, 0, balance)
    draw = u(9)
    response = np.empty((count, 5), np.float32)
    common = z(10)
    for channel, spread in enumerate(chosen.RESPONSE_SPREAD):
        response[:, channel] = np.exp(spread * (0.6 * common + 0.8 * z(11 + channel)) - spread**2 / 2)
    state = np.searchsorted(np.array([0.95, 0.986, 0.993]), u(16) + 0.004 * risk, side="right")
    # cards that are years old were late before; the year that is kept settles by itself before the start
    old = np.minimum(np.maximum(start - opened, 0) / 365.0, 10.0)
    late_before = np.floor(-np.log(u(17)) * 0.10 * old * np.exp(0.5 * risk)).astype(np.int16)

    def full(value: int, kind: type = np.int32) -> np.ndarray:
        return np.full(count, value, kind)

    wide = (count, STATEMENTS)
    known = Known(
        product=product.astype(np.int8), limit=limit, closing_day=(1 + np.floor(u(18) * 28)).astype(np.int8), opened=opened,
        english=u(19) < 0.015, region=pick(REGION_WEIGHTS, 20).astype(np.int8), has_email=u(21) < 0.6,
        has_landline=u(22) < 0.15, has_relative=u(23) < 0.35,
        consents=(pick([share for share, *_ in CONSENT_TERMS], 24) * MONTHS_AGO + u(25) * MONTHS_AGO).astype(np.int16),
        status=full(OPEN, np.int8), balance=balance, statement=balance.copy(), statement_before=full(0, np.int64),
        paid_cycle=full(0, np.int64), paid_cycle_before=full(0, np.int64), asked=np.zeros(wide, np.int64),
        unpaid=full(0, np.int64), due=full(NEVER), dues=np.full(wide, NEVER, np.int32), oldest_due=full(NEVER),
        dpd=full(0, np.int16), bucket=full(0, np.int8), bucket_since=opened.copy(), entered=full(-NEVER),
        late=full(0, np.int16), late_before=late_before, self_cured=full(0, np.int16), worked=full(0, np.bool_),
        statements_n=np.where(joins, 0, np.maximum(start - opened, 0) // 30).astype(np.int16), first_missed=full(0, np.bool_),
        flags=full(0), flag_until=np.full((count, len(PASSING)), NEVER, np.int32),
        mobile_known=np.where(draw < 0.015, DEAD, np.where((draw > 0.03) & (draw < 0.04), WRONG, GOOD)).astype(np.int8),
        mobile_second=full(0, np.bool_), last_worked=full(-NEVER), paid_total=full(0, np.int64), complaints=full(0, np.int16),
        recent_contacts=full(0, np.int16),
    )  # fmt: skip
    nature = Nature(
        risk=risk.astype(np.float32), trouble=np.exp(0.7 * risk).astype(np.float32), habit=habit.astype(np.int8),
        autopay=u(26) < np.array([0.45, 0.20, 0.0, 0.30])[habit],
        spends=(chosen.SPENDS[habit] * limit).astype(np.int64),
        part=np.clip(0.06 + 0.5 * u(27) ** 1.5, 0.06, 0.56).astype(np.float32), state=state.astype(np.int8), response=response,
        answers=np.exp(0.4 * z(28) - 0.08).astype(np.float32),
        temper=np.exp(chosen.TEMPER_SPREAD * z(29) - chosen.TEMPER_SPREAD**2 / 2).astype(np.float32),
        mobile=np.where(
            draw < chosen.MOBILE_DEAD, DEAD, np.where(draw < chosen.MOBILE_DEAD + chosen.MOBILE_WRONG, WRONG, GOOD)
        ).astype(np.int8),
        moved=full(0, np.bool_), level=np.zeros(count), pay_day=full(-1), pay_mode=full(0, np.int8), promise_day=full(-1),
        promise_holds=full(0, np.bool_), fatigue=np.zeros(count, np.float32), stirred=np.zeros(count, np.float32),
        letter_day=full(-1),         letter_jump=np.zeros(count, np.float32),
    )  # fmt: skip
    return known, nature
