"""Purchases, cash advances, instalment plans and refunds of one day.

The world and a random generator come in; balances change and transactions go to the journal. Never looks at what the bank
did: whoever may spend, spends.
"""

from __future__ import annotations

import numpy as np

from arrears.lab.population import REVOLVER
from arrears.lab.world import LOST, NEVER, OPEN, TIGHT, Journal, World
from arrears.money import largest, share_bp

WEEKDAY = (0.95, 0.95, 0.97, 1.0, 1.1, 1.25, 1.15)
"""Spending by day of the week, Monday first."""
SECOND_PURCHASE = 0.15
REFUNDED = 0.012
CASH_CHANCE = 0.000_6
INSTALMENT_FROM_MINOR, INSTALMENT_CHANCE = 300_000, 0.15
SMALLEST_MINOR = 100


def spend(world: World, journal: Journal, rng: np.random.Generator) -> None:
    """One day of card use."""
    _refund(world, journal)
    accounts = world.population.accounts
    weekday = WEEKDAY[(journal.day + 3) % 7]
    draw = rng.random(len(world.status), dtype=np.float32)
    hit = np.flatnonzero((draw < accounts.spend_chance * weekday * 1.3) & (world.status == OPEN))
    state = world.state[accounts.customer[hit]]
    eager = np.array([1.0, 1.3, 1.1, 0.4], np.float32)[state]
    hit = hit[(draw[hit] < accounts.spend_chance[hit] * weekday * eager) & (accounts.opened[hit] <= journal.day)]
    # Whoever is a month late finds the card stopped at the till before it is blocked for good.
    hit = hit[world.oldest_due[hit] > journal.day - 30]
    _purchase(world, journal, rng, hit)
    _purchase(world, journal, rng, hit[rng.random(len(hit)) < SECOND_PURCHASE])
    _draw_cash(world, journal, rng)


def _purchase(world: World, journal: Journal, rng: np.random.Generator, rows: np.ndarray) -> None:
    accounts = world.population.accounts
    amount = np.exp(accounts.spend_mean_log[rows] + 0.9 * rng.standard_normal(len(rows), dtype=np.float32)).astype(np.int64)
    amount = np.minimum(amount, accounts.limit[rows] - world.balance[rows])
    rows, amount = rows[amount >= SMALLEST_MINOR], amount[amount >= SMALLEST_MINOR]
    split = (
        (amount >= INSTALMENT_FROM_MINOR) & (world.instalments_left[rows] == 0) & (rng.random(len(rows)) < INSTALMENT_CHANCE)
    )
    planned = rows[split]
    months = world.of_product("instalment_months", planned)
    world.instalment[planned] = amount[split] // months
    world.instalments_left[planned] = months.astype(np.int8)
    rows, amount = rows[~split], amount[~split]
    world.post(journal, rows, "purchase", amount)

    back = rng.random(len(rows)) < REFUNDED
    if back.any():
        later = journal.day + int(rng.integers(3, 16))
        world.refunds.setdefault(later, []).append((rows[back], amount[back]))


def _refund(world: World, journal: Journal) -> None:
    for rows, amount in world.refunds.pop(journal.day, []):
        live = world.status[rows] <= 1
        world.post(journal, rows[live], "refund", amount[live])
        np.add.at(world.credited, rows[live], amount[live])
        in_time = live & (journal.day <= world.due[rows]) & (world.due[rows] != NEVER)
        np.add.at(world.on_time, rows[in_time], amount[in_time])


def _draw_cash(world: World, journal: Journal, rng: np.random.Generator) -> None:
    accounts = world.population.accounts
    rows = np.unique(rng.integers(0, len(accounts), rng.poisson(CASH_CHANCE * len(accounts))))
    state = world.state[accounts.customer[rows]]
    able = (world.status[rows] == OPEN) & (accounts.opened[rows] < journal.day) & (state < LOST)
    able &= (accounts.habit[rows] == REVOLVER) | (state >= TIGHT)
    able &= world.balance[rows] >= 0  # a card in credit would give its holder's own money
    rows = rows[able & (world.oldest_due[rows] > journal.day)]
    amount = rng.integers(3, 40, len(rows)) * 10_000
    room = accounts.limit[rows] // 2 - world.balance[rows]
    rows, amount = rows[amount <= room], amount[amount <= room]
    fee = largest(share_bp(amount, world.of_product("cash_fee_bp", rows)), world.of_product("cash_fee_floor_minor", rows))
    world.post(journal, rows, "cash", amount)
    world.post(journal, rows, "fee", fee)
    world.fees[rows] += fee
