"""What happens to people whether the bank calls or not: they lose work, fall ill, recover, move, die, dispute.

The cardholders on the morning of a day come in and are changed in place; flags that end by themselves are lifted. The chances
are the sample's (`arrears.lab.life`), drawn here by counters.
"""

from __future__ import annotations

import math

from numba import njit

from arrears.lab.simulation.cardholders import DEAD, GOOD, LOST, NEVER, NORMAL, Known, Nature
from arrears.lab.simulation.chance import DURATION, MISHAP, MISHAP_KIND, STATE, uniform
from arrears.lab.simulation.parameters import Model

_DIES, _LOSES_NUMBER, _MOVES = range(3)
"""The first of `parameters.MISHAPS`; the others are flags."""


@njit(cache=True, nogil=True)
def live(  # noqa: PLR0912 - one pass over everybody's arrays, not a dozen
    known: Known, nature: Nature, model: Model, seed: int, day: int, people: tuple[int, int]
) -> None:
    """One night and morning in the life of `people`, the first and the one after the last."""
    for i in range(people[0], people[1]):
        luck = uniform(seed, i, day, STATE)
        state = nature.state[i]
        if state == NORMAL:
            worse = nature.trouble[i]
            if luck < (model.falls + model.loses) * worse:
                nature.state[i] = 2 if luck < model.loses * worse else 1
        else:
            worse = math.exp(0.3 * nature.risk[i])
            if known.flags[i] & model.deceased_bit:
                nature.state[i] = LOST
            elif luck < model.recovers[state]:
                nature.state[i] = NORMAL
            elif luck > 1 - model.worsens[state] * worse:
                nature.state[i] = state + 1
            elif state == LOST and luck > 1 - model.bankrupt:
                known.flags[i] |= model.bankrupt_bit
        if known.flags[i]:
            for column in range(len(model.passing_bits)):
                if known.flag_until[i, column] <= day:
                    known.flags[i] &= ~model.passing_bits[column]
                    known.flag_until[i, column] = NEVER
        if nature.fatigue[i] > 0:
            nature.fatigue[i] *= model.fatigue_kept
        if uniform(seed, i, day, MISHAP) < model.mishaps[-1]:
            _befall(known, nature, model, seed, i, day)
        if known.mobile_known[i] != GOOD and uniform(seed, i, day, MISHAP_KIND) < model.gives_number and state != LOST:
            known.mobile_second[i] = not known.mobile_second[i]
            known.mobile_known[i] = GOOD
            nature.mobile[i] = GOOD


@njit(cache=True)
def _befall(known: Known, nature: Nature, model: Model, seed: int, i: int, day: int) -> None:
    drawn = uniform(seed, i, day, MISHAP)
    kind = 0
    while drawn >= model.mishaps[kind]:
        kind += 1
    if kind == _DIES:
        nature.state[i] = LOST
        known.flags[i] |= model.deceased_bit
    elif kind == _LOSES_NUMBER:
        nature.mobile[i] = DEAD
    elif kind == _MOVES:
        nature.moved[i] = True
    else:
        known.flags[i] |= model.mishap_bits[kind]
        if model.mishap_columns[kind] >= 0:
            lasts = model.dispute_days * (0.5 + uniform(seed, i, day, DURATION))
            known.flag_until[i, model.mishap_columns[kind]] = day + int(lasts)
