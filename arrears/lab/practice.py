"""The simulated bank's present practice: whom it contacts today, and what comes of it.

The world on a business day comes in; contacts go to the journal, and their effect into the customers' `stimulus`. It is the
practice that a playbook is to better: a message to some before the due date and to all just after it, calls from 5 DPD,
letters from 30, visits from 90. Never contacts anybody outside 08:00-22:00 of their local day, nor speaks to one more than
three times a day.
"""

from __future__ import annotations

import numpy as np

from arrears.feed.contracts import CHANNELS, OUTCOMES, PARTIES
from arrears.lab.desks import company_of
from arrears.lab.life import raise_flag
from arrears.lab.world import DISTRESSED, FLAG_BIT, LOST, NO_PLAN, NORMAL, TIGHT, Journal, World

OUTCOME = {outcome: index for index, outcome in enumerate(OUTCOMES)}
PRE_DUE_DAYS, PRE_DUE_SHARE, PRE_DUE_WORKS = 3, 0.4, 0.35
SMS_DPD = (4, 8, 12, 15)
EMAIL_DPD = (6, 20)
LETTER_DPD = (31, 61, 91, 121)
CALL_FROM_DPD, VISIT_FROM_DPD = 5, 90
CALL_CHANCE = (0.18, 0.30, 0.26, 0.20, 0.08)
"""Daily chance of a call by bucket 1, 2, 3, 4 and above."""
SECOND_CALL, INBOUND, VISIT_CHANCE = 0.3, 0.003, 0.008
KIN_FROM_DPD, KIN_SHARE, SILENT_KIN_SHARE = 60, 0.05, 0.3
PLAN_SHARE = 0.06

CALL_OUTCOMES = ("no_answer", "busy", "voicemail", "connected", "right_party", "promise", "refused")
CALL_ODDS = np.array([
    [0.44, 0.07, 0.05, 0.12, 0.17, 0.14, 0.01],
    [0.48, 0.08, 0.05, 0.12, 0.14, 0.11, 0.02],
    [0.58, 0.09, 0.05, 0.11, 0.09, 0.05, 0.03],
    [0.76, 0.09, 0.04, 0.06, 0.02, 0.01, 0.02],
])  # fmt: skip
"""By state of life: somebody in distress picks up less often."""
VISIT_OUTCOMES, VISIT_ODDS = ("not_home", "left_message", "met", "promise"), np.array([0.5, 0.15, 0.25, 0.10])

EFFECT = {
    "sms": 0.07, "email": 0.02, "letter": 0.06,
    "no_answer": 0.01, "busy": 0.005, "voicemail": 0.03, "connected": 0.05, "right_party": 0.20, "promise": 0.30,
    "refused": 0.01, "not_home": 0.02, "left_message": 0.06, "met": 0.35, "dead_line": 0.0, "wrong_party": 0.0,
}  # fmt: skip
"""What each contact adds to the daily chance of paying of somebody able to pay."""
MOBILE, SECOND_MOBILE, LANDLINE, EMAIL, ADDRESS, RELATIVE, CONTACT_PERSON = range(7)
"""Slots of a customer's contact points."""
HELD = np.bitwise_or.reduce([
    FLAG_BIT[flag] for flag in (
        "deceased", "bankruptcy", "attorney", "cease", "complaint", "dispute", "fraud", "hardship", "plan_performing",
    )
])  # fmt: skip
HAS_EMAIL_SHIFT, HAS_RELATIVE_SHIFT, HAS_MOBILE_SHIFT = 0, 8, 16
HAS_EMAIL, HAS_RELATIVE, HAS_MOBILE = 0.6, 0.35, 0.99


def chance_bits(extras: np.ndarray, shift: int) -> np.ndarray:
    """A fixed uniform number in [0, 1) per customer, from eight of the drawn bits."""
    return ((extras >> shift) & 0xFF) / 256.0


def work(world: World, journal: Journal, rng: np.random.Generator) -> None:
    """One day of the bank's contacts."""
    _remind_before_due(world, journal, rng)
    rows, dpd = _to_work(world, journal.day)
    _message(world, journal, rng, rows, dpd)
    _write(world, journal, rng, rows, dpd)
    _call(world, journal, rng, rows, dpd)
    _visit(world, journal, rng, rows, dpd)
    _answer(world, journal, rng, rows)


def _to_work(world: World, day: int) -> tuple[np.ndarray, np.ndarray]:
    """The worst past-due account of each customer who may be worked, and its DPD; in customer order."""
    rows = world.past_due_rows(day)
    customer = world.population.accounts.customer[rows]
    rows = rows[(world.flags[customer] & HELD) == 0]
    order = np.lexsort((rows, world.oldest_due[rows], world.population.accounts.customer[rows]))
    rows = rows[order]
    _, first = np.unique(world.population.accounts.customer[rows], return_index=True)
    rows = rows[first]
    return rows, day - world.oldest_due[rows].astype(np.int64)


def _reachable(world: World, rows: np.ndarray) -> np.ndarray:
    """Which of the accounts' holders have a mobile number that the bank does not know to be bad."""
    customer = world.population.accounts.customer[rows]
    first = chance_bits(world.population.customers.extras[customer], HAS_MOBILE_SHIFT) < HAS_MOBILE
    reachable: np.ndarray = (first & (world.mobile_known[customer] == 0)) | world.mobile_second[customer]
    return reachable


def _mobile_slot(world: World, customer: np.ndarray) -> np.ndarray:
    """The number the bank dials: the second one where there is no first or it is known to be bad."""
    first = chance_bits(world.population.customers.extras[customer], HAS_MOBILE_SHIFT) < HAS_MOBILE
    return np.where(first & (world.mobile_known[customer] == 0), MOBILE, SECOND_MOBILE)


def _note(
    world: World, journal: Journal, rng: np.random.Generator, rows: np.ndarray, *, channel: str,
    slot: np.ndarray, outcome: np.ndarray, hours: tuple[int, int], party: str = "debtor", inbound: bool = False,
) -> None:  # fmt: skip
    """Write contacts down and let them act on the customers."""
    if len(rows) == 0:
        return
    customer = world.population.accounts.customer[rows]
    minute = rng.integers(hours[0] * 60, hours[1] * 60, len(rows))
    point = customer.astype(np.int64) * 8 + slot
    fixed = [CHANNELS.index(channel), int(inbound), PARTIES.index(party)]
    same = [np.full(len(rows), value, np.int8) for value in fixed]
    numbers = np.arange(world.contacts_n + 1, world.contacts_n + 1 + len(rows), dtype=np.int64)
    world.contacts_n += len(rows)
    company = company_of(customer, journal.day - world.oldest_due[rows].astype(np.int64))
    journal.contacts.append(
        (customer, rows.astype(np.int32), point, minute.astype(np.int16), *same, outcome.astype(np.int8), company, numbers)
    )
    effect = np.array([EFFECT.get(name, 0.0) for name in OUTCOMES], np.float32)[outcome]
    if channel in EFFECT:
        effect = np.where(outcome == OUTCOME["bounced"], 0.0, EFFECT[channel]).astype(np.float32)
    np.add.at(world.stimulus, customer, effect)


def _remind_before_due(world: World, journal: Journal, rng: np.random.Generator) -> None:
    rows = np.flatnonzero(world.due == journal.day + PRE_DUE_DAYS)
    rows = rows[(world.unpaid[rows] > 0) & (world.status[rows] <= 1) & ~world.population.accounts.autopay[rows]]
    customer = world.population.accounts.customer[rows]
    rows = rows[(rng.random(len(rows)) < PRE_DUE_SHARE) & ((world.flags[customer] & HELD) == 0)]
    customer = world.population.accounts.customer[rows]
    rows = rows[np.unique(customer, return_index=True)[1]]
    rows = rows[_reachable(world, rows)]
    customer = world.population.accounts.customer[rows]
    reached = _sms(world, journal, rng, rows)
    forgot = (world.pay_day[rows] < journal.day) & (world.state[customer] == NORMAL) & reached
    woken = rows[forgot & (rng.random(len(rows)) < PRE_DUE_WORKS)]
    world.pay_day[woken] = world.due[woken] - 1
    world.pay_mode[woken] = np.where(
        world.pay_mode[woken] == NO_PLAN, np.array([1, 2, 3, 1])[world.population.accounts.habit[woken]], world.pay_mode[woken]
    )


def _sms(world: World, journal: Journal, rng: np.random.Generator, rows: np.ndarray) -> np.ndarray:
    """Send a message to each; returns who got it at the right number."""
    customer = world.population.accounts.customer[rows]
    slot = _mobile_slot(world, customer)
    good = (slot == SECOND_MOBILE) | (world.mobile[customer] != 1)
    draw = rng.random(len(rows))
    outcome = np.where(
        good & (draw < 0.93), OUTCOME["delivered"], np.where(good & (draw < 0.98), OUTCOME["sent"], OUTCOME["bounced"])
    )
    _note(world, journal, rng, rows, channel="sms", slot=slot, outcome=outcome, hours=(9, 20))
    reached: np.ndarray = (outcome != OUTCOME["bounced"]) & ((slot == SECOND_MOBILE) | (world.mobile[customer] == 0))
    return reached


def _message(world: World, journal: Journal, rng: np.random.Generator, rows: np.ndarray, dpd: np.ndarray) -> None:
    _sms(world, journal, rng, rows[np.isin(dpd, SMS_DPD) & _reachable(world, rows)])
    extras = world.population.customers.extras[world.population.accounts.customer[rows]]
    chosen = rows[np.isin(dpd, EMAIL_DPD) & (chance_bits(extras, HAS_EMAIL_SHIFT) < HAS_EMAIL)]
    outcome = np.where(rng.random(len(chosen)) < 0.9, OUTCOME["delivered"], OUTCOME["bounced"])
    _note(world, journal, rng, chosen, channel="email", slot=np.full(len(chosen), EMAIL), outcome=outcome, hours=(9, 20))


def _write(world: World, journal: Journal, rng: np.random.Generator, rows: np.ndarray, dpd: np.ndarray) -> None:
    chosen = rows[np.isin(dpd, LETTER_DPD)]
    outcome = np.where(rng.random(len(chosen)) < 0.86, OUTCOME["delivered"], OUTCOME["bounced"])
    _note(world, journal, rng, chosen, channel="letter", slot=np.full(len(chosen), ADDRESS), outcome=outcome, hours=(10, 17))


def _call(world: World, journal: Journal, rng: np.random.Generator, rows: np.ndarray, dpd: np.ndarray) -> None:
    chance = np.array(CALL_CHANCE)[np.clip((dpd - 1) // 30, 0, 4)]
    weekend = (journal.day + 3) % 7 >= 5
    called = rows[(dpd >= CALL_FROM_DPD) & (rng.random(len(rows)) < chance * (0.4 if weekend else 1.2))]
    late, silent = journal.day - world.oldest_due[called], ~_reachable(world, called)
    extras = world.population.customers.extras[world.population.accounts.customer[called]]
    kin = (late > KIN_FROM_DPD) & (rng.random(len(called)) < np.where(silent, SILENT_KIN_SHARE, KIN_SHARE))
    _call_kin(world, journal, rng, called[kin & (chance_bits(extras, HAS_RELATIVE_SHIFT) < HAS_RELATIVE)])
    gone = called[silent & (late > 90) & (rng.random(len(called)) < 0.05)]
    raise_flag(world, journal, world.population.accounts.customer[gone], "lost_contact")
    called = called[~kin & ~silent]
    outcome = _dial(world, journal, rng, called, (9, 14))
    again = (outcome == OUTCOME["no_answer"]) & (rng.random(len(called)) < SECOND_CALL)
    _dial(world, journal, rng, called[again], (15, 20))


def _dial(world: World, journal: Journal, rng: np.random.Generator, rows: np.ndarray, hours: tuple[int, int]) -> np.ndarray:
    customer = world.population.accounts.customer[rows]
    slot = _mobile_slot(world, customer)
    odds = np.cumsum(CALL_ODDS, axis=1)[world.state[customer]]
    pick = np.minimum((rng.random(len(rows))[:, None] >= odds).sum(axis=1), len(CALL_OUTCOMES) - 1)
    outcome = np.array([OUTCOME[name] for name in CALL_OUTCOMES])[pick]
    first = slot == MOBILE
    truth = world.mobile[customer]
    outcome = np.where(first & (truth == 1), OUTCOME["dead_line"], outcome)
    spoke = np.isin(outcome, [OUTCOME[name] for name in ("connected", "right_party", "promise", "refused")])
    outcome = np.where(first & (truth == 2) & spoke, OUTCOME["wrong_party"], outcome)
    _note(world, journal, rng, rows, channel="call", slot=slot, outcome=outcome, hours=hours)

    learned = np.isin(outcome, [OUTCOME["dead_line"], OUTCOME["wrong_party"]]) & (rng.random(len(rows)) < 0.7)
    learned &= world.mobile_known[customer] == 0
    world.mobile_known[customer[learned]] = truth[learned]
    journal.points.append((customer[learned], np.full(int(learned.sum()), MOBILE)))
    asks = np.isin(outcome, [OUTCOME["right_party"], OUTCOME["promise"]]) & (world.state[customer] == DISTRESSED)
    raise_flag(world, journal, customer[asks & (rng.random(len(rows)) < 0.03)], "hardship", 120)
    agrees = (outcome == OUTCOME["promise"]) & (world.state[customer] == TIGHT) & (rng.random(len(rows)) < PLAN_SHARE)
    raise_flag(world, journal, customer[agrees], "plan_performing", 90)
    return outcome


def _call_kin(world: World, journal: Journal, rng: np.random.Generator, rows: np.ndarray) -> None:
    names = ("no_answer", "connected", "left_message", "refused")
    outcome = np.array([OUTCOME[name] for name in names])[rng.choice(4, len(rows), p=(0.5, 0.2, 0.25, 0.05))]
    _note(
        world,
        journal,
        rng,
        rows,
        channel="call",
        slot=np.full(len(rows), RELATIVE),
        outcome=outcome,
        hours=(10, 18),
        party="relative",
    )


def _visit(world: World, journal: Journal, rng: np.random.Generator, rows: np.ndarray, dpd: np.ndarray) -> None:
    large = world.balance[rows] > 500_000
    visited = rows[(dpd >= VISIT_FROM_DPD) & large & (rng.random(len(rows)) < VISIT_CHANCE)]
    pick = rng.choice(len(VISIT_OUTCOMES), len(visited), p=VISIT_ODDS)
    outcome = np.array([OUTCOME[name] for name in VISIT_OUTCOMES])[pick]
    _note(world, journal, rng, visited, channel="visit", slot=np.full(len(visited), ADDRESS), outcome=outcome, hours=(10, 18))


def _answer(world: World, journal: Journal, rng: np.random.Generator, rows: np.ndarray) -> None:
    """Customers who call back by themselves."""
    customer = world.population.accounts.customer[rows]
    calling = rows[(rng.random(len(rows)) < INBOUND) & (world.state[customer] < LOST) & _reachable(world, rows)]
    outcome = np.where(rng.random(len(calling)) < 0.5, OUTCOME["promise"], OUTCOME["right_party"])
    slot = _mobile_slot(world, world.population.accounts.customer[calling])
    _note(world, journal, rng, calling, channel="call", slot=slot, outcome=outcome, hours=(9, 20), inbound=True)
