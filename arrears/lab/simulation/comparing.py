"""Two strategies side by side: every seed lives both, in as many processes as there are cores, and differences are paired.

Settings come in, a comparison goes out: the outcome of each run, and of every measure the mean difference with Student's
interval over the seeds. The runs share nothing but the SQL of the days, which is compiled once a strategy.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import resource
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import lru_cache
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from arrears.allocate.response import load_response
from arrears.day.workspace import Strategy
from arrears.errors import UsageError
from arrears.lab.population import lotus_bank
from arrears.lab.simulation.allocators import allocator_named
from arrears.lab.simulation.efforts import Capacities
from arrears.lab.simulation.measures import MEASURES, Outcome
from arrears.lab.simulation.running import Plan, run
from arrears.lab.simulation.sql_of_days import sql_of_days
from arrears.lab.simulation.strategy_day import zone_offsets
from arrears.law.loading import load_packs
from arrears.playbook import default_path, load, load_contents
from arrears.playbook.checking import contents_path
from arrears.risk import load_scorecard

DEFAULT_PLAYBOOK = "guide"
ACCOUNTS_MIN, ACCOUNTS_MAX = 100, 10_000_000
DAYS_MAX, SEEDS_MAX = 3_650, 1_000
CONFIDENCE = 0.95
WAIT_SECONDS = 0.2

Sql = dict[date, dict[str, str]]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Side:
    """A strategy: a playbook, by `guide` or a path, and how scarce effort is shared out."""

    playbook: str
    allocator: str


@dataclass(frozen=True)
class Settings:
    """What is compared, on what."""

    sides: tuple[Side, ...]
    """One, or two that are compared."""
    accounts: int
    start: date
    days: int
    seeds: tuple[int, ...]
    capacities: Capacities
    workers: int
    memory_mb: int = 4_000
    explore_ppm: int = 0
    log: Path | None = None

    def __post_init__(self) -> None:
        for flag, value, low, high in (
            ("--accounts", self.accounts, ACCOUNTS_MIN, ACCOUNTS_MAX), ("--days", self.days, 1, DAYS_MAX),
            ("--seeds", len(self.seeds), 1, SEEDS_MAX), ("--explore", self.explore_ppm, 0, 999_999),
        ):  # fmt: skip
            if not low <= value <= high:
                raise UsageError(f"{value:,} cannot be simulated", where=flag, remedy=f"give {low:,} to {high:,}")
        for side in self.sides:
            allocator_named(side.allocator)
        if self.log and (not self.explore_ppm or len(self.sides) * len(self.seeds) > 1):
            raise UsageError(
                "a log is of one strategy on one seed whose contacts are drawn", where="--log",
                remedy="give --explore SHARE_PPM and one --seed, and leave --against out",
            )  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """A measure of A less the same of B, over the seeds."""

    mean: float
    low: float | None
    """Ends of the interval; None on a single seed."""
    high: float | None
    seeds_n: int

    @property
    def clear_of_zero(self) -> bool:
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True)
class Comparison:
    """What came of it."""

    settings: Settings
    outcomes: tuple[tuple[Outcome, ...], ...]
    """By side and seed."""
    seconds: float
    compile_seconds: float
    """Of them: compiling the SQL of the days."""
    peak_bytes: int
    """Memory of all processes together, each at its highest."""

    @property
    def account_days_per_second(self) -> int:
        """Days lived by cardholders, in all runs, the settling before the first day not counted."""
        runs = len(self.settings.sides) * len(self.settings.seeds)
        return round(self.settings.accounts * self.settings.days * runs / max(self.seconds, 1e-9))

    def mean(self, side: int, measure: str) -> float:
        return float(np.mean([getattr(outcome, measure) for outcome in self.outcomes[side]]))

    def difference(self, measure: str) -> Difference:
        """A less B, paired by seed."""
        a, b = (np.array([getattr(outcome, measure) for outcome in side], float) for side in self.outcomes)
        return paired(a - b)

    def as_json(self) -> dict[str, Any]:
        settings = self.settings
        data: dict[str, Any] = {
            "accounts": settings.accounts, "days": settings.days, "start": settings.start.isoformat(),
            "seeds": list(settings.seeds), "workers": settings.workers, "capacities": asdict(settings.capacities),
            "explore_ppm": settings.explore_ppm, "seconds": round(self.seconds, 2),
            "compile_seconds": round(self.compile_seconds, 2), "peak_bytes": self.peak_bytes,
            "account_days_per_second": self.account_days_per_second,
            "strategies": [
                {"name": name, "playbook": side.playbook, "allocator": side.allocator,
                 "playbook_hash": strategy_of(side.playbook, settings.accounts).playbook.content_hash,
                 "mean": {measure: self.mean(number, measure) for measure in MEASURES},
                 "by_seed": [outcome.as_json() for outcome in self.outcomes[number]]}
                for number, (name, side) in enumerate(zip("AB", settings.sides, strict=False))
            ],
        }  # fmt: skip
        if len(settings.sides) == 2:
            data["difference"] = {measure: asdict(self.difference(measure)) for measure in MEASURES}
        return data


def paired(differences: np.ndarray) -> Difference:
    """Mean and Student's interval of differences, one a seed."""
    n, mean = len(differences), float(np.mean(differences))
    if n < 2:
        return Difference(mean, None, None, n)
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, n - 1) * np.std(differences, ddof=1) / np.sqrt(n))
    return Difference(mean, mean - half, mean + half, n)


def playbook_path(name: str) -> Path:
    """The file of a playbook named on the command line; raises `UsageError` where there is none."""
    if name == DEFAULT_PLAYBOOK:
        return default_path()
    path = Path(name)
    if not path.is_file():
        raise UsageError(f"no playbook {name}", where="--playbook", remedy=f"give a playbook.yaml, or {DEFAULT_PLAYBOOK}")
    return path


@lru_cache(maxsize=4)
def strategy_of(playbook: str, accounts: int) -> Strategy:
    """The simulated bank's strategy with this playbook; scorecard and law are the shipped ones."""
    path = playbook_path(playbook)
    plan = load(path)
    bank = lotus_bank(accounts)
    return Strategy(
        bank,
        plan,
        load_contents(contents_path(path, plan)),
        load_scorecard(None),
        load_packs(list(bank.jurisdictions)),
        load_response(),
    )


def compare(settings: Settings, progress: Progress = lambda what, done, total: None) -> Comparison:
    """Live every seed with every side; raises the error of the first part that is not valid."""
    started = time.perf_counter()
    for side in settings.sides:
        strategy_of(side.playbook, settings.accounts)
    names = list(dict.fromkeys(side.playbook for side in settings.sides))
    compiling = [(_compile, (settings, name)) for name in names]
    texts = dict(zip(names, (sql for sql, _ in _all(compiling, settings, progress)), strict=True))
    compiled_at = time.perf_counter()
    pairs = [(number, seed) for seed in settings.seeds for number in range(len(settings.sides))]
    running = [(_run, (settings, number, seed, texts[settings.sides[number].playbook])) for number, seed in pairs]
    found = _all(running, settings, progress)
    outcomes = dict(zip(pairs, (outcome for outcome, _ in found), strict=True))
    memory = {pid: peak for _, (pid, peak) in found} | {os.getpid(): _peak_bytes()}
    return Comparison(
        settings, tuple(tuple(outcomes[number, seed] for seed in settings.seeds) for number in range(len(settings.sides))),
        time.perf_counter() - started, compiled_at - started, sum(memory.values()),
    )  # fmt: skip


Task = tuple[Callable[..., Any], tuple[Any, ...]]
_told: Queue[tuple[int, str, int, int]] | None = None
"""Where a worker says how far it is."""


def _all(tasks: list[Task], settings: Settings, progress: Progress) -> list[tuple[Any, tuple[int, int]]]:
    """The answers of the tasks in their order, each with the process that gave it and its memory."""
    workers = min(settings.workers, len(tasks))
    if workers == 1:
        return [
            _answer(task, arguments, settings.workers, _part_of(progress, n, len(tasks)))
            for n, (task, arguments) in enumerate(tasks)
        ]
    context = multiprocessing.get_context("spawn")
    told: Queue[tuple[int, str, int, int]] = context.Queue()
    # leaving the block ends the processes at once, an interrupt too
    with context.Pool(workers, _begin, (told,)) as pool:
        pending = [pool.apply_async(_told_answer, (n, task, arguments)) for n, (task, arguments) in enumerate(tasks)]
        parts = [0.0] * len(tasks)
        while not all(one.ready() for one in pending):
            try:
                n, what, done, total = told.get(timeout=WAIT_SECONDS)
            except queue.Empty:
                continue
            parts[n] = done / total * (0.2 if what == "settling" else 1.0)
            progress(f"{what} {n + 1}/{len(tasks)}", int(1_000 * sum(parts)), 1_000 * len(tasks))
        return [one.get() for one in pending]


def _part_of(progress: Progress, n: int, of: int) -> Progress:
    """The progress of the `n`th task as a part of all."""
    return lambda what, done, total: progress(f"{what} {n + 1}/{of}", n * total + done, of * total)


def _begin(told: Queue[tuple[int, str, int, int]]) -> None:
    """A worker leaves an interrupt to the process that started it."""
    global _told  # noqa: PLW0603 - a queue reaches a pool's worker in no other way
    _told = told
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _told_answer(n: int, task: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[Any, tuple[int, int]]:
    told = _told
    assert told is not None  # noqa: S101 - set by `_begin`
    return _answer(task, arguments, 1, lambda what, done, total: told.put((n, what, done, total)))


def _answer(
    task: Callable[..., Any], arguments: Iterable[Any], threads: int, progress: Progress
) -> tuple[Any, tuple[int, int]]:
    return task(*arguments, threads, progress), (os.getpid(), _peak_bytes())


def _compile(settings: Settings, playbook: str, threads: int, progress: Progress) -> Sql:
    days = [settings.start + timedelta(days=number) for number in range(settings.days)]
    strategy = strategy_of(playbook, settings.accounts)
    return sql_of_days(strategy, days, zone_offsets(settings.start), lambda done, total: progress("compiling", done, total))


def _run(settings: Settings, side: int, seed: int, sql: Sql, threads: int, progress: Progress) -> Outcome:
    chosen = settings.sides[side]
    plan = Plan(
        strategy_of(chosen.playbook, settings.accounts), sql, allocator_named(chosen.allocator), settings.capacities, seed,
        settings.accounts, settings.start, settings.days, threads=threads,
        memory_mb=settings.memory_mb * threads // settings.workers, explore_ppm=settings.explore_ppm, log=settings.log,
    )  # fmt: skip
    return run(plan, progress)


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1_024
