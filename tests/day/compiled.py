"""The SQL of a day compiled once for all runs of a test process: compiling costs seconds, a small bank's day tenths of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

from arrears.bank import Bank
from arrears.book.build import BookQueries
from arrears.day import steps
from arrears.day.queries import DayQueries
from arrears.day.workspace import Strategy
from arrears.engine import Sessions, open_sessions

_BOOK: dict[tuple[str, str], BookQueries] = {}
_DAY: dict[str, DayQueries] = {}


@cache
def sessions() -> Sessions:
    return open_sessions("duckdb", memory_limit_mb=1_000, workers=1)


def book_queries(bank: Bank, dialect: str = "duckdb") -> BookQueries:
    # no SQL of the book depends on how many shards there are or which packs are in force
    alike = bank.model_copy(update={"shards": 1, "jurisdictions": ("CN",)}).content_hash
    return _BOOK.setdefault((alike, dialect), BookQueries(bank, dialect))


def _day_queries(strategy: Strategy, day: date, dialect: str, offsets: Mapping[str, int]) -> DayQueries:
    bank = strategy.bank.model_copy(update={"shards": 1}).content_hash
    key = repr((sorted((strategy.hashes | {"bank": bank}).items()), day, dialect, sorted(offsets.items())))
    return _DAY.setdefault(key, DayQueries(strategy, day, dialect, offsets))


def compile_once() -> None:
    """Let the days of this process share their compiled queries from here on."""
    steps.DayQueries = _day_queries  # type: ignore[assignment, misc]
