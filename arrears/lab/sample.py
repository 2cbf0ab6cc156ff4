"""A simulated bank's feed, day by day, on disk: `arrears sample`.

Counts, a seed and a folder come in; `bank.toml` and one complete feed folder a business date go out, the first with the
history that the bank hands over. The same arguments give the same bytes. Nothing in it comes from a real bank, and nothing
reads the clock.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from arrears.errors import UsageError
from arrears.feed.contracts import CONTRACTS
from arrears.lab import delivery
from arrears.lab.closing import EPOCH, close_cycles
from arrears.lab.life import live
from arrears.lab.paying import fade, pay
from arrears.lab.population import draw_population
from arrears.lab.practice import work
from arrears.lab.spending import spend
from arrears.lab.world import CLOSED, Journal, World, new_world
from arrears.lab.wrongs import WrongCharges

ACCOUNTS_MAX, DAYS_MAX = 20_000_000, 3_700
HISTORY_MAX_DAYS = 330
"""With the days before it that somebody past due may need, a history stays inside the 400 days that a feed may reach back."""
SEED_MAX = 2**63 - 1
YEAR_MIN, YEAR_MAX = 1990, 2180
SETTLING_DAYS = 300
"""Days simulated before the start at least: charge-off takes 200, and the levels must have settled by then."""
SETTLING_BEFORE_HISTORY_DAYS = 60
CONTACT_HISTORY_DAYS = 60
ROWS_PER_GROUP = 1_000_000


@dataclass(frozen=True)
class SampleSummary:
    """What was written, and how the simulated book stood at the end of the last day."""

    out: Path
    accounts: int
    customers: int
    days: int
    first_date: date
    last_date: date
    rows: dict[str, int]
    """Rows written by table, all days together."""
    bytes_written: int
    past_due_bp: int
    """Open accounts past due (after grace), basis points of all open ones."""
    npl_bp: int
    """Balance of open accounts more than 90 DPD, basis points of all open balances."""


@dataclass
class _Streams:
    """Independent random streams: a change in one part of life leaves the draws of the others alone."""

    life: np.random.Generator
    spending: np.random.Generator
    paying: np.random.Generator
    practice: np.random.Generator
    closing: np.random.Generator


@dataclass
class _History:
    """What happened before the start and is still to be handed over."""

    transactions: list[tuple[int, tuple[np.ndarray, ...]]] = field(default_factory=list)
    statements: list[tuple[int, tuple[np.ndarray, ...]]] = field(default_factory=list)
    contacts: list[tuple[int, tuple[np.ndarray, ...]]] = field(default_factory=list)
    flags: list[tuple[np.ndarray, ...]] = field(default_factory=list)

    def take(self, journal: Journal, *, keep_contacts: bool) -> None:
        for name in ("transactions", "statements", "contacts"):
            columns = delivery.stacked(getattr(journal, name))
            if columns is not None and (name != "contacts" or keep_contacts):
                getattr(self, name).append((journal.day, columns))
        self.flags.extend(journal.flags)

    def prune(self, clean_close: np.ndarray) -> None:
        """Forget what lies before the last clean closing date of its account."""
        self.transactions = [(day, _where(rows, clean_close[rows[0]] < day)) for day, rows in self.transactions]
        self.statements = [(day, _where(rows, clean_close[rows[0]] <= day)) for day, rows in self.statements]


def write_sample(
    out: Path, *, accounts: int, days: int, seed: int, start: date, history_days: int = 180,
    wrong_charges_bp: int = 0, progress: Callable[[int, int], None] | None = None,
) -> SampleSummary:  # fmt: skip
    """Simulate a bank and write `days` feed folders from `start` on, under `out`.

    `wrong_charges_bp` is the share of closings, for each sort of `wrongs.WRONGS`, that charge too much from the first day on
    (basis points); `wrong_charges.csv` then tells each. `progress(done, total)` is called after each simulated day. Raises
    `UsageError` for counts out of bounds or where `out` already holds a feed.
    """
    _check(out, accounts=accounts, days=days, seed=seed, start=start, history_days=history_days, wrong_bp=wrong_charges_bp)
    first_date, start_day = start, (start - EPOCH).days
    last_day = start_day + days - 1
    cut = start_day - history_days
    first_day = min(cut - SETTLING_BEFORE_HISTORY_DAYS, start_day - SETTLING_DAYS)

    seeds = np.random.SeedSequence(seed).spawn(8)
    people, beginning, *rest, mistakes = [np.random.Generator(np.random.PCG64(child)) for child in seeds]
    streams = _Streams(*rest)
    world = new_world(draw_population(people, accounts=accounts, start=start_day, last_day=last_day), beginning, first_day)
    cycle_day = world.population.accounts.cycle_day
    by_cycle_day = {day: np.flatnonzero(cycle_day == day) for day in range(1, 29)}

    out.mkdir(parents=True, exist_ok=True)
    (out / "bank.toml").write_text(delivery.bank_toml(world.population.bank), encoding="utf-8")
    history, counted = _History(), _Counted()
    wrongs = WrongCharges(mistakes, wrong_charges_bp / 10_000, start_day) if wrong_charges_bp else None
    clean = world.clean_close
    for day in range(first_day, last_day + 1):
        journal = _live_day(world, streams, day, by_cycle_day, cut, wrongs)
        if day <= start_day:
            history.take(journal, keep_contacts=day > start_day - CONTACT_HISTORY_DAYS)
        if day <= cut and ((day - first_day) % 30 == 29 or day == cut):
            history.prune(clean)
        if day == start_day:
            _write_folder(out, day, _handover(world, history, day), counted)
            history = _History()
        elif day > start_day:
            _write_folder(out, day, _delta(world, journal), counted)
        if progress is not None:
            progress(day - first_day + 1, last_day - first_day + 1)

    if wrongs is not None:
        wrongs.write(out / "wrong_charges.csv")
    past_due_bp, npl_bp = levels(world, last_day)
    opened = int((world.population.accounts.opened <= last_day).sum())
    return SampleSummary(
        out=out, accounts=opened, customers=len(world.population.customers), days=days, first_date=first_date,
        last_date=first_date + timedelta(days=days - 1), rows=counted.rows, bytes_written=counted.bytes_written,
        past_due_bp=past_due_bp, npl_bp=npl_bp,
    )  # fmt: skip


def levels(world: World, day: int) -> tuple[int, int]:
    """Share of open accounts past due, and of open balances more than 90 DPD, in basis points."""
    live_accounts = (world.status < CLOSED) & (world.population.accounts.opened <= day)
    rows = world.past_due_rows(day)
    bad = rows[day - world.oldest_due[rows] > 90]
    owed = int(np.maximum(world.balance[live_accounts], 0).sum())
    return (
        10_000 * len(rows) // max(1, int(live_accounts.sum())),
        10_000 * int(np.maximum(world.balance[bad], 0).sum()) // max(1, owed),
    )


def _check(out: Path, *, accounts: int, days: int, seed: int, start: date, history_days: int, wrong_bp: int) -> None:
    bounds = {
        "--accounts": (accounts, 1, ACCOUNTS_MAX),
        "--days": (days, 1, DAYS_MAX),
        "--history": (history_days, 0, HISTORY_MAX_DAYS),
        "--wrong-charges": (wrong_bp, 0, 10_000),
        "--seed": (seed, 0, SEED_MAX),
    }
    for name, (value, low, high) in bounds.items():
        if not low <= value <= high:
            raise UsageError(f"{value:,} is outside {low:,} to {high:,}", where=name, remedy="choose a number in between")
    if not YEAR_MIN <= start.year <= YEAR_MAX:
        raise UsageError(f"{start} is outside {YEAR_MIN} to {YEAR_MAX}", where="--start", remedy="choose a day in between")
    if out.exists() and not out.is_dir():
        raise UsageError("this is a file", where=str(out), remedy="choose a folder")
    if (out / "feed").exists() or (out / "bank.toml").exists():
        raise UsageError("there is a bank here already", where=str(out), remedy="choose a new folder, or remove this one first")


def _live_day(
    world: World, streams: _Streams, day: int, by_cycle_day: dict[int, np.ndarray], cut: int, wrongs: WrongCharges | None
) -> Journal:
    """Everything that happens on one day, in the order of a bank's day: people, shops, collectors, money in, end of day."""
    journal = Journal(day)
    live(world, journal, streams.life)
    spend(world, journal, streams.spending)
    work(world, journal, streams.practice)
    pay(world, journal, streams.paying)
    close_cycles(world, journal, streams.closing, by_cycle_day, cut, wrongs)
    fade(world)
    return journal


@dataclass
class _Counted:
    rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CONTRACTS, 0))
    bytes_written: int = 0


def _write_folder(out: Path, day: int, tables: dict[str, Iterator[pa.Table]], counted: _Counted) -> None:
    """One day's folder, complete or not there at all."""
    name = f"date={EPOCH + timedelta(days=day)}"
    folder, making = out / "feed" / name, out / "feed" / f".{name}.making"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    for table_name, contract in CONTRACTS.items():
        path = making / f"{table_name}.parquet"
        coded = [column.name for column in contract.columns if column.kind in ("code", "currency", "date", "bool")]
        with pq.ParquetWriter(path, contract.schema, compression="zstd", compression_level=1, use_dictionary=coded) as writer:
            for table in tables[table_name]:
                writer.write_table(table, row_group_size=ROWS_PER_GROUP)
                counted.rows[table_name] += len(table)
        counted.bytes_written += path.stat().st_size
    making.rename(folder)


def _handover(world: World, history: _History, day: int) -> dict[str, Iterator[pa.Table]]:
    """The first folder: everybody as of now, and the history of each account from its last clean statement on."""
    who = np.flatnonzero(world.population.customers.since <= day)
    rows = np.flatnonzero(world.population.accounts.opened <= day)
    asked, kind = np.nonzero(world.consents[who] >= 0)
    return {
        "customers": (delivery.customers_table(world, part) for part in _parts(who)),
        "accounts": (delivery.accounts_table(world, part, world.clean_balance) for part in _parts(rows)),
        "statements": (delivery.statements_table(*part) for part in _grouped(history.statements)),
        "transactions": (delivery.transactions_table(*part) for part in _grouped(history.transactions)),
        "contact_points": (delivery.points_table(world, *delivery.existing_points(world, part)) for part in _parts(who)),
        "consents": iter([delivery.consents_table(world, who[asked], kind)]),
        "flags": iter([delivery.flags_table(delivery.stacked(history.flags) or _no_flags())]),
        "contacts": (delivery.contacts_table(world, *part) for part in _grouped(history.contacts)),
    }


def _delta(world: World, journal: Journal) -> dict[str, Iterator[pa.Table]]:
    """A later folder: what is new or changed that day."""
    day, cards, people = journal.day, world.population.accounts, world.population.customers
    joined = np.flatnonzero(people.since == day)
    opened = np.flatnonzero(cards.opened == day)
    rows = np.unique(np.concatenate([opened, *journal.statuses]))
    who, slot = delivery.existing_points(world, joined)
    changed = delivery.stacked([*journal.points, (who, slot)])
    asked, kind = np.nonzero(world.consents[joined] >= 0)
    consents = delivery.stacked([*journal.consents, (joined[asked], kind)])
    flags = delivery.stacked(journal.flags)

    def dated(parts: list[tuple[np.ndarray, ...]]) -> list[tuple[tuple[np.ndarray, ...], np.ndarray]]:
        columns = delivery.stacked(parts)
        return [] if columns is None else [(columns, np.full(len(columns[0]), day, np.int32))]

    return {
        "customers": iter([delivery.customers_table(world, joined)]),
        "accounts": iter([delivery.accounts_table(world, rows, world.clean_balance)]),
        "statements": (delivery.statements_table(*part) for part in dated(journal.statements)),
        "transactions": (delivery.transactions_table(*part) for part in dated(journal.transactions)),
        "contact_points": iter([delivery.points_table(world, *_distinct(changed, 8))] if changed else []),
        "consents": iter([delivery.consents_table(world, *_distinct(consents, 8))] if consents else []),
        "flags": iter([delivery.flags_table(flags)] if flags else []),
        "contacts": (delivery.contacts_table(world, *part) for part in dated(journal.contacts)),
    }


def _no_flags() -> tuple[np.ndarray, ...]:
    return tuple(np.zeros(0, kind) for kind in (np.int32, np.int8, bool, np.int32, np.int32))


def _where(columns: tuple[np.ndarray, ...], kept: np.ndarray) -> tuple[np.ndarray, ...]:
    return columns if kept.all() else tuple(column[kept] for column in columns)


def _parts(index: np.ndarray) -> Iterator[np.ndarray]:
    for begin in range(0, len(index), ROWS_PER_GROUP // 4):
        yield index[begin : begin + ROWS_PER_GROUP // 4]


def _grouped(
    parts: list[tuple[int, tuple[np.ndarray, ...]]],
) -> Iterator[tuple[tuple[np.ndarray, ...], np.ndarray]]:
    """Days' columns put together until they fill a row group, each with its day as a column."""
    waiting: list[tuple[np.ndarray, ...]] = []
    rows_n = 0
    for day, columns in parts:
        waiting.append((*columns, np.full(len(columns[0]), day, np.int32)))
        rows_n += len(columns[0])
        if rows_n >= ROWS_PER_GROUP:
            yield _split_day(waiting)
            waiting, rows_n = [], 0
    if rows_n:
        yield _split_day(waiting)


def _split_day(parts: list[tuple[np.ndarray, ...]]) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    columns = delivery.stacked(parts) or ()
    return columns[:-1], columns[-1]


def _distinct(columns: tuple[np.ndarray, ...], width: int) -> tuple[np.ndarray, np.ndarray]:
    """Distinct (customer, slot) pairs in order."""
    key = np.unique(columns[0].astype(np.int64) * width + columns[1])
    return key // width, key % width
