"""What happens to people: they lose work, fall ill, recover, die, dispute, ask for hardship, change their numbers.

The world on the morning of a day comes in; it is changed in place and flags, consents and statuses go to the journal. Never
looks at a contact: life goes on whether the bank calls or not. Hazards are a day's chances and assumptions of ours
(docs/sample.md); risk multiplies the chance of getting into trouble.
"""

from __future__ import annotations

import numpy as np

from arrears.feed.contracts import FLAGS
from arrears.lab.world import (
    BLOCKED,
    CLOSED,
    DISTRESSED,
    FLAG_BIT,
    LOST,
    NEVER,
    NORMAL,
    OPEN,
    TIGHT,
    Journal,
    World,
)  # fmt: skip

FALLS_TIGHT, LOSES_INCOME = 0.000_70, 0.000_068
TIGHT_RECOVERS, TIGHT_WORSENS = 0.012, 0.0020
DISTRESSED_RECOVERS, DISTRESSED_GIVES_UP = 0.007, 0.007
LOST_RETURNS = 0.000_8
DIES = 0.000_008
GOES_BANKRUPT = 0.000_4
"""Of those who will not pay any more; personal bankruptcy is known in Shenzhen only, so it is rare."""

RARE_FLAGS = (
    # flag, chance a day, days it lasts (0: until further notice)
    ("dispute", 0.000_025, 45), ("complaint", 0.000_010, 30), ("fraud", 0.000_008, 60), ("cease", 0.000_004, 0),
    ("attorney", 0.000_002, 0), ("mental_health_crisis", 0.000_001, 0), ("incapacitated", 0.000_001, 0),
    ("identity_theft", 0.000_002, 0), ("military_service", 0.000_001, 0),
)  # fmt: skip
ENDS_BY_ITSELF = ("hardship", "plan_performing")
"""Flags delivered with their last day."""


def live(world: World, journal: Journal, rng: np.random.Generator) -> None:
    """One day of everybody's life."""
    _change_state(world, rng)
    _die(world, journal, rng)
    _raise_flags(world, journal, rng)
    _clear_flags(world, journal)
    _change_numbers(world, journal, rng)
    _change_consents(world, journal, rng)
    _close_accounts(world, journal, rng)


def raise_flag(world: World, journal: Journal, who: np.ndarray, flag: str, lasting_days: int = 0) -> None:
    """Set a flag for those customers who have it not yet."""
    who = who[((world.flags[who] & FLAG_BIT[flag]) == 0) & (world.population.customers.since[who] <= journal.day)]
    if len(who) == 0:
        return
    world.flags[who] |= FLAG_BIT[flag]
    if lasting_days:
        world.flag_clears[flag][who] = journal.day + lasting_days
    ends = journal.day + lasting_days - 1 if lasting_days and flag in ENDS_BY_ITSELF else int(NEVER)
    _note_flag(journal, who, flag, active=True, until=ends)


def _note_flag(journal: Journal, who: np.ndarray, flag: str, *, active: bool, until: int = int(NEVER)) -> None:
    index = np.full(len(who), FLAGS.index(flag), np.int8)
    since = np.full(len(who), journal.day, np.int32)
    journal.flags.append((who.astype(np.int32), index, np.full(len(who), active), since, np.full(len(who), until, np.int32)))


def _change_state(world: World, rng: np.random.Generator) -> None:
    draw = rng.random(len(world.state), dtype=np.float32)
    risk = world.population.customers.risk
    candidates = np.flatnonzero((world.state == NORMAL) & (draw < 0.02))
    luck, worse = draw[candidates], np.exp(0.7 * risk[candidates])
    falls = luck < (FALLS_TIGHT + LOSES_INCOME) * worse
    world.state[candidates[falls]] = np.where(luck[falls] < LOSES_INCOME * worse[falls], DISTRESSED, TIGHT)

    troubled = np.flatnonzero(world.state != NORMAL)
    state, luck = world.state[troubled], rng.random(len(troubled), dtype=np.float32)
    worse = np.exp(0.3 * risk[troubled])
    better = np.array([0, TIGHT_RECOVERS, DISTRESSED_RECOVERS, LOST_RETURNS], np.float32)[state]
    down = np.array([0, TIGHT_WORSENS, DISTRESSED_GIVES_UP, 0], np.float32)[state] * worse
    dead = (world.flags[troubled] & FLAG_BIT["deceased"]) != 0
    after = np.where(luck < better, NORMAL, np.where(luck > 1 - down, state + 1, state))
    world.state[troubled] = np.where(dead, LOST, after).astype(np.int8)


def _die(world: World, journal: Journal, rng: np.random.Generator) -> None:
    dying = _chosen(rng, len(world.state), DIES)
    dying = dying[(world.flags[dying] & FLAG_BIT["deceased"]) == 0]
    world.state[dying] = LOST
    if len(dying):
        heard = journal.day + int(rng.integers(3, 30))
        world.deaths.setdefault(heard, []).append(dying)
    for who in world.deaths.pop(journal.day, []):
        world.state[who] = LOST
        raise_flag(world, journal, who, "deceased")
        cards = np.flatnonzero(np.isin(world.population.accounts.customer, who) & (world.status == OPEN))
        set_status(world, journal, cards, BLOCKED)
    lost = np.flatnonzero(world.state == LOST)
    raise_flag(world, journal, lost[rng.random(len(lost)) < GOES_BANKRUPT], "bankruptcy")


def set_status(world: World, journal: Journal, rows: np.ndarray, status: int) -> None:
    if len(rows):
        world.status[rows] = status
        journal.statuses.append(rows)


def _raise_flags(world: World, journal: Journal, rng: np.random.Generator) -> None:
    for flag, chance, lasting_days in RARE_FLAGS:
        who = _chosen(rng, len(world.state), chance)
        lasts = int(rng.integers(lasting_days // 2, lasting_days * 2)) if lasting_days else 0
        raise_flag(world, journal, who, flag, lasts)
    distressed = np.flatnonzero(world.state == DISTRESSED)
    raise_flag(world, journal, distressed[rng.random(len(distressed)) < 0.002], "hardship", 120)


def _clear_flags(world: World, journal: Journal) -> None:
    for flag, clears in world.flag_clears.items():
        who = np.flatnonzero(clears == journal.day)
        if len(who):
            world.flags[who] &= ~FLAG_BIT[flag]
            clears[who] = NEVER
            _note_flag(journal, who, flag, active=False)


def _change_numbers(world: World, journal: Journal, rng: np.random.Generator) -> None:
    """Numbers die, and now and then a customer whose number is known to be dead gives another one."""
    world.mobile[_chosen(rng, len(world.mobile), 0.000_03)] = 1
    silent = np.flatnonzero((world.mobile_known > 0) & ~world.mobile_second & (world.state < LOST))
    giving = silent[rng.random(len(silent)) < 0.003]
    giving = giving[world.population.customers.since[giving] <= journal.day]
    world.mobile_second[giving] = True
    journal.points.append((giving, np.full(len(giving), 1)))
    moving = _chosen(rng, len(world.mobile), 0.000_02)
    moving = moving[world.population.customers.since[moving] <= journal.day]
    world.moves[moving] += 1
    journal.points.append((moving, np.full(len(moving), 4)))


def _change_consents(world: World, journal: Journal, rng: np.random.Generator) -> None:
    who = _chosen(rng, len(world.state), 0.000_03)
    who = who[world.population.customers.since[who] < journal.day]
    kind = rng.integers(0, world.consents.shape[1], len(who))
    world.consents[who, kind] = rng.random(len(who)) < 0.4
    world.consent_day[who, kind] = journal.day
    journal.consents.append((who, kind))


def _close_accounts(world: World, journal: Journal, rng: np.random.Generator) -> None:
    rows = _chosen(rng, len(world.status), 0.000_15)
    idle = (world.balance[rows] == 0) & (world.unpaid[rows] == 0) & (world.instalments_left[rows] == 0)
    known = world.population.accounts.opened[rows] < journal.day - 90
    set_status(world, journal, rows[idle & known & (world.status[rows] == OPEN)], CLOSED)


def _chosen(rng: np.random.Generator, count: int, chance: float) -> np.ndarray:
    """Distinct indexes, each with the same small chance, in ascending order."""
    drawn = rng.integers(0, count, rng.poisson(chance * count))
    return np.unique(drawn)
