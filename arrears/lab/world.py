"""The state of every card and customer on one simulated day, and the journal of what happened on it.

A population comes in; arrays that the day's steps (`life`, `spending`, `practice`, `paying`, `closing`) change in place go
out. Nothing here decides anything: it keeps balances, minimum payments and due dates true. Amounts are int64 minor units,
dates int32 days since 1970-01-01, and a row number is an account's or a customer's index in the population.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from arrears.feed.contracts import DEBIT_KINDS, FLAGS, TRANSACTION_KINDS
from arrears.lab.population import CONSENT_ASKED, CONSENT_GIVEN, DUE_DAYS, Population

NEVER = np.int32(2**30)
"""A day that does not come."""
CYCLES = 10
"""Statements whose unpaid minimum payments are kept apart; a card is charged off before it has more."""

OPEN, BLOCKED, CLOSED, CHARGED_OFF = range(4)
"""Indexes into `contracts.ACCOUNT_STATUSES`."""
NORMAL, TIGHT, DISTRESSED, LOST = range(4)
"""What life does to a customer: nothing; short of money; no income; will not pay any more."""
NO_PLAN, PAY_FULL, PAY_PART, PAY_MINIMUM, PAY_SHORT = range(5)
"""How much a planned payment is to be."""

SIGN = np.array([1 if kind in DEBIT_KINDS else -1 for kind in TRANSACTION_KINDS], np.int64)
OPENS_CASH, PAYS_CASH = ("cash",), ("payment", "refund", "charge_reversal")
OPENS_CHARGES, PAYS_CHARGES = ("fee", "late_charge"), ("payment", "charge_reversal")
KIND = {kind: index for index, kind in enumerate(TRANSACTION_KINDS)}
FLAGS_THAT_CLEAR = ("dispute", "complaint", "hardship", "fraud", "plan_performing")
FLAG_BIT = {flag: np.int32(1 << index) for index, flag in enumerate(FLAGS)}


@dataclass
class Journal:
    """What happened on one day, as lists of column tuples in the order they happened."""

    day: int
    transactions: list[tuple[np.ndarray, ...]] = field(default_factory=list)
    """account, kind, amount, value day, transaction number, number reversed (-1: none)"""
    statements: list[tuple[np.ndarray, ...]] = field(default_factory=list)
    """account, due day, balance, minimum payment, past due"""
    contacts: list[tuple[np.ndarray, ...]] = field(default_factory=list)
    """customer, account, contact point, minute of the local day, channel, direction, party, outcome, company, contact number"""
    flags: list[tuple[np.ndarray, ...]] = field(default_factory=list)
    """customer, flag, active, from day, until day (NEVER: open end)"""
    consents: list[tuple[np.ndarray, ...]] = field(default_factory=list)
    """customer, index into `population.CONSENT_KINDS`"""
    statuses: list[np.ndarray] = field(default_factory=list)
    """accounts whose status changed"""
    points: list[tuple[np.ndarray, ...]] = field(default_factory=list)
    """customer, slot of the contact points that changed"""


@dataclass
class World:
    """Everything that changes, one array each."""

    population: Population
    # cards
    status: np.ndarray
    balance: np.ndarray
    cash: np.ndarray
    """Part of the balance that came from cash advances: interest from the first day. Every credit goes to it first."""
    cash_today: np.ndarray
    """Cash advances less credits of the day."""
    charges: np.ndarray
    """Part of the balance that are fees and late charges: never bears interest. Payments go to it first."""
    charges_today: np.ndarray
    """Fees and late charges less payments of the day."""
    days_sum: np.ndarray
    """Sum over the days of this cycle of what would bear interest, for interest on the whole balance."""
    days_sum_before: np.ndarray
    """The same of the cycle before, without its cash: that bore interest already."""
    cash_days_sum: np.ndarray
    charge_days_sum: np.ndarray
    """The same of fees and late charges, which bear no interest."""
    charge_days_before: np.ndarray
    fees: np.ndarray
    """Fees of this cycle, asked for in full by the next minimum payment."""
    instalment: np.ndarray
    instalments_left: np.ndarray
    last_close: np.ndarray
    close_before: np.ndarray
    due: np.ndarray
    statement: np.ndarray
    """Balance of the newest statement."""
    credited: np.ndarray
    """Payments and refunds since it."""
    on_time: np.ndarray
    """Of these, in time for the interest-free period."""
    minimum: np.ndarray
    minimum_before: np.ndarray
    due_new: np.ndarray
    paid: np.ndarray
    """Payments less reversals valued after the newest closing date."""
    paid_before: np.ndarray
    """The same for the cycle before."""
    paid_full_before: np.ndarray
    unpaid: np.ndarray
    """Unpaid of the minimum payment now, past-due part included."""
    asked: np.ndarray
    """Cycle by cycle, newest first, what was still asked for when the newest statement closed."""
    asked_due: np.ndarray
    oldest_due: np.ndarray
    """Due day of the oldest unpaid minimum payment; NEVER where all is paid."""
    pay_day: np.ndarray
    pay_mode: np.ndarray
    clean_close: np.ndarray
    """Last closing date without a past-due part: from there a history can be told whole."""
    clean_balance: np.ndarray
    loose_ends: np.ndarray
    """Reversals still to come: until then a closing date is not clean."""
    # customers
    state: np.ndarray
    stimulus: np.ndarray
    """What is left of the effect of contacts; adds to the daily chance of paying, decays by day."""
    flags: np.ndarray
    mobile: np.ndarray
    """0 rings at the customer's, 1 dead, 2 rings at somebody else's."""
    mobile_known: np.ndarray
    """The same as the bank knows it."""
    mobile_second: np.ndarray
    """A second mobile number was given."""
    moves: np.ndarray
    """Times the customer moved house."""
    consents: np.ndarray
    """One column for each of `population.CONSENT_KINDS`: -1 never asked, 0 refused, 1 given."""
    consent_day: np.ndarray
    flag_clears: dict[str, np.ndarray]
    """By flag: the day it clears."""
    # queues
    refunds: dict[int, list[tuple[np.ndarray, np.ndarray]]] = field(default_factory=dict)
    reversals: dict[int, list[tuple[np.ndarray, ...]]] = field(default_factory=dict)
    """By day: account, amount, value day, transaction number, kind."""
    deaths: dict[int, list[np.ndarray]] = field(default_factory=dict)
    """By the day the bank hears of it: customers."""
    transactions_n: int = 0
    contacts_n: int = 0

    # settings of each card's product, spread out
    def of_product(self, name: str, rows: np.ndarray) -> np.ndarray:
        """The product setting `name` of each of the accounts `rows`, int64."""
        values = np.array([getattr(product, name) for product in self.population.bank.products], np.int64)
        spread: np.ndarray = values[self.population.accounts.product[rows]]
        return spread

    def due_days(self, rows: np.ndarray) -> np.ndarray:
        days: np.ndarray = np.array(DUE_DAYS, np.int32)[self.population.accounts.product[rows]]
        return days

    def post(
        self, journal: Journal, rows: np.ndarray, kind: str, amount: np.ndarray,
        *, value: np.ndarray | None = None, reverses: np.ndarray | None = None,
    ) -> np.ndarray:  # fmt: skip
        """Book positive amounts on accounts (repeats allowed); returns the transaction numbers, in the same order."""
        numbers = np.arange(self.transactions_n + 1, self.transactions_n + 1 + len(rows), dtype=np.int64)
        if len(rows) == 0:
            return numbers
        self.transactions_n += len(rows)
        np.add.at(self.balance, rows, SIGN[KIND[kind]] * amount)
        if kind in OPENS_CASH + PAYS_CASH:
            np.add.at(self.cash_today, rows, SIGN[KIND[kind]] * amount)
        if kind in OPENS_CHARGES + PAYS_CHARGES:
            np.add.at(self.charges_today, rows, SIGN[KIND[kind]] * amount)
        values = np.broadcast_to(np.asarray(journal.day if value is None else value, np.int32), len(rows))
        against = np.full(len(rows), -1, np.int64) if reverses is None else reverses
        journal.transactions.append(
            (rows.astype(np.int32), np.full(len(rows), KIND[kind], np.int8), amount.astype(np.int64), values, numbers, against)
        )
        return numbers

    def credit(self, rows: np.ndarray, amount: np.ndarray, value: np.ndarray) -> None:
        """Count payments (negative: taken back) against statement and minimum payment; `rows` are unique."""
        current = value > self.last_close[rows]
        grace = self.of_product("grace_days", rows)
        self.credited[rows] += np.where(current, amount, 0)
        self.on_time[rows] += np.where(current & (value <= self.due[rows] + grace), amount, 0)
        self.paid[rows] += np.where(current, amount, 0)
        self.paid_before[rows] += np.where(current, 0, amount)
        self.recount(rows)

    def end_day(self) -> None:
        """Let the day's postings change the parts of the balance, and add what bears interest over the night."""
        self.cash = np.maximum(self.cash + self.cash_today, 0)
        self.charges = np.maximum(self.charges + self.charges_today, 0)
        self.cash_today[:], self.charges_today[:] = 0, 0
        owed = np.maximum(self.balance, 0)
        bearing = np.maximum(owed - self.charges, 0)
        self.charge_days_sum += owed - bearing
        self.days_sum += bearing
        self.cash_days_sum += np.minimum(self.cash, bearing)

    def recount(self, rows: np.ndarray) -> None:
        """Unpaid minimum payment and oldest due day, from what was asked for and what was paid."""
        unpaid = np.maximum(self.due_new[rows] + self.carried(rows) - self.paid[rows], 0)
        self.unpaid[rows] = unpaid
        self.oldest_due[rows] = oldest_unpaid(self.asked[rows], self.asked_due[rows], unpaid)

    def carried(self, rows: np.ndarray) -> np.ndarray:
        """Past-due part of the newest statement, as payments backdated before it and reversals have changed it since."""
        carried = np.maximum(self.minimum_before[rows] - self.paid_before[rows], 0)
        return np.where(carried <= self.of_product("tolerance_minor", rows), 0, carried)

    def shortfall(self, rows: np.ndarray) -> np.ndarray:
        """Unpaid minimum payment, nothing where it is within the product's tolerance."""
        return np.where(self.unpaid[rows] <= self.of_product("tolerance_minor", rows), 0, self.unpaid[rows])

    def past_due_rows(self, day: int) -> np.ndarray:
        """Open accounts past due date and grace."""
        rows = np.flatnonzero(self.oldest_due < day)
        late = day > self.oldest_due[rows] + self.of_product("grace_days", rows)
        worked: np.ndarray = rows[late & (self.status[rows] <= BLOCKED) & (self.shortfall(rows) > 0)]
        return worked


def oldest_unpaid(asked: np.ndarray, asked_due: np.ndarray, unpaid: np.ndarray) -> np.ndarray:
    """Due day of the oldest cycle not covered when the oldest is paid first; NEVER where nothing is unpaid."""
    reached = np.cumsum(asked[:, ::-1], axis=1)
    covered = reached[:, -1] - unpaid
    open_cycle = (reached > covered[:, None]) & (asked[:, ::-1] > 0)
    first = np.argmax(open_cycle, axis=1)
    due = asked_due[:, ::-1][np.arange(len(asked)), first]
    return np.where((unpaid > 0) & open_cycle.any(axis=1), due, NEVER).astype(np.int32)


def settled(asked: np.ndarray, unpaid: np.ndarray) -> np.ndarray:
    """`asked` with payments taken off, oldest cycle first, so that each row adds up to `unpaid`."""
    rest = asked[:, ::-1]
    pay = np.maximum(asked.sum(axis=1) - unpaid, 0)
    taken = np.clip(pay[:, None] - (np.cumsum(rest, axis=1) - rest), 0, rest)
    left: np.ndarray = (rest - taken)[:, ::-1].copy()
    left[:, 0] += np.maximum(unpaid - asked.sum(axis=1), 0)
    return left


def _first_consents(rng: np.random.Generator, people: int) -> np.ndarray:
    draw = rng.random((people, len(CONSENT_GIVEN)))
    given, asked = np.array(CONSENT_GIVEN), np.array(CONSENT_ASKED)
    return np.where(draw < given, 1, np.where(draw < asked, 0, -1)).astype(np.int8)


def new_world(population: Population, rng: np.random.Generator, first_day: int) -> World:
    """The world on the eve of `first_day`: nobody past due, balances and states of life roughly as they settle."""
    accounts, customers = population.accounts, population.customers
    count, people = len(accounts), len(customers)
    use = np.array([0.06, 0.30, 0.22, 0.005])[accounts.habit] * np.exp(0.5 * rng.standard_normal(count))
    balance = (np.clip(use, 0, 0.95) * accounts.limit).astype(np.int64)
    balance = np.where(accounts.opened >= first_day, 0, balance)
    state = np.searchsorted(np.array([0.95, 0.986, 0.993]), rng.random(people) + 0.004 * customers.risk, side="right")
    draw = rng.random(people)

    def longs() -> np.ndarray:
        return np.zeros(count, np.int64)

    def days(value: int) -> np.ndarray:
        return np.full(count, value, np.int32)

    return World(
        population=population,
        status=np.zeros(count, np.int8),
        balance=balance,
        cash=longs(), cash_today=longs(), charges=longs(), charges_today=longs(),
        charge_days_sum=longs(), charge_days_before=longs(),
        days_sum=longs(), days_sum_before=longs(), cash_days_sum=longs(), fees=longs(),
        instalment=longs(), instalments_left=np.zeros(count, np.int8),
        last_close=days(first_day - 1), close_before=days(first_day - 1), due=days(int(NEVER)),
        statement=longs(), credited=longs(), on_time=longs(), minimum=longs(), minimum_before=longs(), due_new=longs(),
        paid=longs(), paid_before=longs(), paid_full_before=np.ones(count, bool), unpaid=longs(),
        asked=np.zeros((count, CYCLES), np.int64), asked_due=np.full((count, CYCLES), NEVER, np.int32),
        oldest_due=days(int(NEVER)), pay_day=days(-1), pay_mode=np.zeros(count, np.int8),
        clean_close=np.where(accounts.opened > first_day - 1, accounts.opened - 1, first_day - 1).astype(np.int32),
        clean_balance=balance.copy(), loose_ends=np.zeros(count, np.int16),
        state=state.astype(np.int8), stimulus=np.zeros(people, np.float32), flags=np.zeros(people, np.int32),
        mobile=np.where(draw < 0.03, 1, np.where(draw < 0.05, 2, 0)).astype(np.int8),
        mobile_known=np.where(draw < 0.015, 1, np.where((draw > 0.03) & (draw < 0.04), 2, 0)).astype(np.int8),
        mobile_second=rng.random(people) < 0.1, moves=np.zeros(people, np.int16),
        consents=_first_consents(rng, people), consent_day=np.repeat(customers.since[:, None], len(CONSENT_GIVEN), axis=1),
        flag_clears={flag: np.full(people, NEVER, np.int32) for flag in FLAGS_THAT_CLEAR},
    )  # fmt: skip
