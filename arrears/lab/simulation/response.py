"""What contacts do: whether they arrive, who answers, promises, the jump of the intensity, fatigue, complaints.

The contacts made on a day come in, in order; outcomes go out, as a bank would book them, and the cardholders are changed. How a
person responds by channel is nature's, and no two contacts draw the same luck.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from arrears.lab.practice import CALL_OUTCOMES
from arrears.lab.simulation import parameters as chosen
from arrears.lab.simulation.cardholders import DEAD, GOOD, NORMAL, WRONG, Known, Nature
from arrears.lab.simulation.chance import (
    ANSWER,
    ASKS,
    CHANNEL_STEP,
    COMPLAINS,
    DURATION,
    HEARD,
    LEARNS,
    PROMISE,
    REMINDED,
    uniform,
)
from arrears.lab.simulation.parameters import CALL, EMAIL, FLAG_BIT, LETTER, OUTCOME, SMS, VISIT

COMPLAINTS, PROMISES, CONVERSATIONS, REACHED = range(4)
ANSWERED = 4
"""What `respond` counts: complaints, promises made, conversations with the debtor, contacts that reached them."""
REMINDER, COLLECTION, EDUCATION, RELAY, OFFER = range(5)
"""Indexes into `efforts.PURPOSES`."""

_MISSED = np.array([OUTCOME[name] for name in CALL_OUTCOMES[:3]])
_TAKEN = np.array([OUTCOME[name] for name in CALL_OUTCOMES[3:]])
_VISIT = np.array([OUTCOME[name] for name in ("met", "promise", "left_message", "not_home")])


class Effects(NamedTuple):
    """Numbers of the response as the kernel takes them (see `parameters`)."""

    jump_of_outcome: np.ndarray = chosen.JUMP_OF_OUTCOME
    jump_sms: float = chosen.JUMP_SMS
    jump_email: float = chosen.JUMP_EMAIL
    jump_letter: float = chosen.JUMP_LETTER
    responds_in: np.ndarray = chosen.RESPONDS_IN
    fatigue_power: float = chosen.FATIGUE_POWER
    letter_days: int = chosen.LETTER_DAYS
    reminder_works: np.ndarray = chosen.REMINDER_WORKS
    not_taken: np.ndarray = chosen.CALL_NOT_TAKEN
    split_missed: np.ndarray = np.cumsum(chosen.CALL_SPLIT_MISSED, axis=1)
    split_taken: np.ndarray = np.cumsum(chosen.CALL_SPLIT_TAKEN, axis=1)
    hour_factor: np.ndarray = chosen.HOUR_FACTOR
    missed: np.ndarray = _MISSED
    taken: np.ndarray = _TAKEN
    sms_delivered: float = chosen.SMS_DELIVERED
    email_delivered: float = chosen.EMAIL_DELIVERED
    letter_delivered: float = chosen.LETTER_DELIVERED
    letter_after_move: float = chosen.LETTER_DELIVERED_AFTER_MOVE
    visit: np.ndarray = np.cumsum([chosen.VISIT_MET, chosen.VISIT_PROMISE, chosen.VISIT_MESSAGE])
    visit_outcomes: np.ndarray = _VISIT
    learns: float = chosen.LEARNS_BAD_NUMBER
    promise_days: int = chosen.PROMISE_DAYS
    promise_kept: np.ndarray = chosen.PROMISE_KEPT
    hardship_asked: float = chosen.HARDSHIP_ASKED
    plan_agreed: float = chosen.PLAN_AGREED
    complaint: np.ndarray = chosen.COMPLAINT
    complaint_power: float = chosen.COMPLAINT_POWER
    relative_complaint: float = chosen.RELATIVE_COMPLAINT
    cease_share: float = chosen.CEASE_SHARE
    days: np.ndarray = np.array([chosen.COMPLAINT_DAYS, chosen.DISPUTE_DAYS, chosen.HARDSHIP_DAYS, 60, chosen.PLAN_DAYS])
    """How long each of `parameters.PASSING` lasts."""
    bits: np.ndarray = chosen.PASSING_BITS
    cease_bit: int = FLAG_BIT["cease"]
    lost_bits: int = FLAG_BIT["lost_contact"] | chosen.EVIDENCED
    delivered: int = OUTCOME["delivered"]
    bounced: int = OUTCOME["bounced"]
    dead_line: int = OUTCOME["dead_line"]
    wrong_party: int = OUTCOME["wrong_party"]
    right_party: int = OUTCOME["right_party"]
    promise: int = OUTCOME["promise"]
    refused: int = OUTCOME["refused"]
    met: int = OUTCOME["met"]
    left_message: int = OUTCOME["left_message"]


EFFECTS = Effects()
_COMPLAINT, _DISPUTE, _HARDSHIP, _FRAUD, _PLAN = range(5)
"""Columns of `flag_until`."""


@njit(cache=True, nogil=True)
def respond(
    known: Known, nature: Nature, effects: Effects, seed: int, day: int, customer: np.ndarray, channel: np.ndarray,
    point: np.ndarray, minute: np.ndarray, purpose: np.ndarray, debtor: np.ndarray, outcomes: np.ndarray, counts: np.ndarray,
) -> None:  # fmt: skip
    """Let the contacts happen, in their order; `outcomes` are filled in, `counts` gain (see `ANSWERED`)."""
    for n in range(len(customer)):
        i, way = customer[n], channel[n]
        luck = CHANNEL_STEP * (way + 1)
        if debtor[n]:
            outcome = _outcome(known, nature, effects, seed, day, i, way, point[n], minute[n], luck)
        else:
            # somebody else is asked to pass a call-back on; as with a call that leaves a message
            answered = uniform(seed, i, day, ANSWER + luck) < 0.5
            outcome = effects.left_message if answered else effects.missed[0]
        outcomes[n] = outcome
        if way in (CALL, LETTER, VISIT):
            known.worked[i] = True
            known.last_worked[i] = day
        tired = math.exp(-effects.fatigue_power * nature.fatigue[i])
        reached = _reached(nature, effects, i, way, outcome)
        if reached:
            counts[REACHED] += 1
            strength = effects.responds_in[nature.state[i]] * nature.response[i, way] * tired
            if known.oldest_due[i] < day and purpose[n] != EDUCATION:
                _stir(nature, effects, i, day, way, outcome, strength)
            elif purpose[n] in (REMINDER, OFFER):
                _remind(known, nature, effects, seed, day, i, way, luck)
        if outcome in (effects.right_party, effects.promise, effects.refused, effects.met):
            counts[CONVERSATIONS] += 1
            _talk(known, nature, effects, seed, day, i, outcome, luck, counts)
        _annoy(known, nature, effects, seed, day, i, way, debtor[n], luck, counts)
        nature.fatigue[i] += 1.0


@njit(cache=True)
def _outcome(known, nature, effects, seed, day, i, way, point, minute, luck):  # type: ignore[no-untyped-def]
    drawn = uniform(seed, i, day, ANSWER + luck)
    if way == CALL:
        return _called(known, nature, effects, seed, day, i, point, minute, luck)
    if way == VISIT:
        kind = 0
        while kind < len(effects.visit) and (drawn >= effects.visit[kind] or nature.moved[i]):
            kind += 1
        return effects.visit_outcomes[kind]
    arrives = effects.sms_delivered if nature.mobile[i] != DEAD else 0.0
    if way == EMAIL:
        arrives = effects.email_delivered
    elif way == LETTER:
        arrives = effects.letter_after_move if nature.moved[i] else effects.letter_delivered
    return effects.delivered if drawn < arrives else effects.bounced


@njit(cache=True)
def _called(known, nature, effects, seed, day, i, point, minute, luck):  # type: ignore[no-untyped-def]
    """A call: the number first, then whether it is taken at that hour, then by whom and how."""
    state, rings_at = nature.state[i], nature.mobile[i] if point < 2 else GOOD
    if rings_at == DEAD:
        _learn(known, effects, seed, day, i, DEAD, luck)
        return effects.dead_line
    taken = min((1 - effects.not_taken[state]) * effects.hour_factor[minute // 60 % 24] * nature.answers[i], 0.95)
    takes = uniform(seed, i, day, ANSWER + luck) < taken
    if takes and rings_at == WRONG:
        _learn(known, effects, seed, day, i, WRONG, luck)
        return effects.wrong_party
    split = effects.split_taken[state] if takes else effects.split_missed[state]
    heard, kind = uniform(seed, i, day, HEARD + luck), 0
    while kind < len(split) - 1 and heard >= split[kind]:
        kind += 1
    return effects.taken[kind] if takes else effects.missed[kind]


@njit(cache=True)
def _learn(known, effects, seed, day, i, what, luck):  # type: ignore[no-untyped-def]
    """The bank books a bad number, and where a debt is old and there is no other way, that contact is lost."""
    if known.mobile_known[i] == GOOD and uniform(seed, i, day, LEARNS + luck) < effects.learns:
        known.mobile_known[i] = what
        if known.dpd[i] > 60 and not known.has_landline[i]:
            known.flags[i] |= effects.lost_bits


@njit(cache=True)
def _reached(nature, effects, i, way, outcome):  # type: ignore[no-untyped-def]
    if way == SMS:
        return outcome == effects.delivered and nature.mobile[i] == GOOD
    return outcome not in (effects.bounced, effects.dead_line, effects.wrong_party)


@njit(cache=True)
def _stir(nature, effects, i, day, way, outcome, strength):  # type: ignore[no-untyped-def]
    """The jump of the intensity; a letter's comes when it arrives."""
    if way == LETTER:
        nature.letter_day[i] = day + effects.letter_days
        nature.letter_jump[i] += effects.jump_letter * strength
        return
    jump = effects.jump_of_outcome[outcome]
    if way == SMS:
        jump = effects.jump_sms
    elif way == EMAIL:
        jump = effects.jump_email
    nature.stirred[i] += jump * strength


@njit(cache=True)
def _remind(known, nature, effects, seed, day, i, way, luck):  # type: ignore[no-untyped-def]
    """Somebody who would have forgotten pays tomorrow after all; short of money, half as likely."""
    if nature.pay_day[i] >= day or known.unpaid[i] == 0 or known.due[i] < day:
        return
    able = 1.0 if nature.state[i] == NORMAL else 0.4 if nature.state[i] == 1 else 0.05
    works = effects.reminder_works[way] * able * min(nature.response[i, way], 1.5)
    if uniform(seed, i, day, REMINDED + luck) < works:
        nature.pay_day[i] = min(day + 1, known.due[i])
        nature.pay_mode[i] = 3 if nature.state[i] != NORMAL or nature.habit[i] == 1 else 1


@njit(cache=True)
def _talk(known, nature, effects, seed, day, i, outcome, luck, counts):  # type: ignore[no-untyped-def]
    """A promise, a plan, a hardship that is told."""
    state = nature.state[i]
    asks = uniform(seed, i, day, ASKS + luck)
    if outcome == effects.promise and known.dpd[i] > 0:
        counts[PROMISES] += 1
        if nature.promise_day[i] < day:
            nature.promise_day[i] = day + 1 + int(uniform(seed, i, day, DURATION + luck) * effects.promise_days)
            chance = effects.promise_kept[state] * math.exp(-0.15 * nature.risk[i])
            nature.promise_holds[i] = uniform(seed, i, day, PROMISE + luck) < chance
        if state == 1 and asks < effects.plan_agreed:
            _flag(known, effects, i, _PLAN, day)
    elif state == 2 and asks < effects.hardship_asked:
        _flag(known, effects, i, _HARDSHIP, day)


@njit(cache=True)
def _annoy(known, nature, effects, seed, day, i, way, debtor, luck, counts):  # type: ignore[no-untyped-def]
    """A complaint, likelier the more contacts are remembered; now and then with a demand to stop."""
    chance = effects.complaint[way] * math.exp(effects.complaint_power * nature.fatigue[i]) * nature.temper[i]
    if not debtor:
        chance *= effects.relative_complaint
    drawn = uniform(seed, i, day, COMPLAINS + luck)
    if drawn < min(chance, 0.5):
        counts[COMPLAINTS] += 1
        known.complaints[i] += 1
        _flag(known, effects, i, _COMPLAINT, day)
        if drawn < chance * effects.cease_share:
            known.flags[i] |= effects.cease_bit


@njit(cache=True)
def _flag(known, effects, i, column, day):  # type: ignore[no-untyped-def]
    known.flags[i] |= effects.bits[column]
    known.flag_until[i, column] = day + effects.days[column]
