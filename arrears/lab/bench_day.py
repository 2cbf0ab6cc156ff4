"""Time a whole business day: from yesterday's book and today's feed on disk to today's book and plan on disk.

The bank is made by `bench_book` and is not counted. The day runs in a process of its own, so that its peak memory is its own,
and the time is that of the whole process, the start of Python among it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from arrears.book.tables import feed_schema, no_rows
from arrears.day.workspace import STEPS, Workspace
from arrears.engine.duck import DuckSessions
from arrears.errors import ArrearsError, UsageError
from arrears.feed.contracts import CONTRACTS
from arrears.lab.bench_book import SHARD_ACCOUNTS, write_bench_bank
from arrears.lab.delivery import bank_toml
from arrears.store import Manifest, file_hashes, publish

DAY = date(2026, 1, 6)
SEED = 1
ACCOUNTS_MIN, ACCOUNTS_MAX = 1_000, 50_000_000
MEMORY_MB = 4_000
"""What the engine may take, for all workers together; Python and the buffers of the files come on top."""


@dataclass(frozen=True)
class StepFigures:
    """One step: its seconds, and the rows it wrote over all its tables. `start` is everything before the first step."""

    step: str
    seconds: float
    rows: int


@dataclass(frozen=True)
class DayFigures:
    """One day of one size."""

    accounts: int
    seconds: float
    peak_bytes: int
    segments: int
    """Of the playbook."""
    steps: tuple[StepFigures, ...]

    @property
    def accounts_per_second(self) -> int:
        return round(self.accounts / self.seconds)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"accounts_per_second": self.accounts_per_second}

    def as_text(self) -> str:
        lines = [f"{'step':<10}{'seconds':>10}{'rows':>14}"]
        lines += [f"{step.step:<10}{step.seconds:>10.2f}{step.rows:>14,}" for step in self.steps]
        lines.append(f"{'day':<10}{self.seconds:>10.2f}")
        lines.append(
            f"{self.accounts:,} accounts, {self.accounts_per_second:,} accounts a second, peak memory "
            f"{self.peak_bytes / 2**30:.2f} GiB, {self.segments} playbook segments"
        )
        return "\n".join(lines)


def prepare(
    folder: Path, *, accounts: int, shard_accounts: int = SHARD_ACCOUNTS, progress: Callable[[int, int], None] | None = None
) -> Workspace:
    """Write `folder/workspace` with yesterday's book, published, and `folder/feed` with today's feed."""
    if not ACCOUNTS_MIN <= accounts <= ACCOUNTS_MAX:
        raise UsageError(
            f"{accounts:,} accounts cannot be timed", where="--accounts", remedy=f"give {ACCOUNTS_MIN:,} to {ACCOUNTS_MAX:,}"
        )
    if (folder / "workspace").exists():
        raise UsageError("there is a bank already", where=str(folder), remedy="give a new folder, or delete this one")
    workspace, before = Workspace(folder / "workspace"), DAY - timedelta(days=1)
    staging = workspace.path / "book" / f".staging-{before}"
    staging.mkdir(parents=True)
    bank = write_bench_bank(
        staging, folder / "feed", accounts=accounts, as_of=DAY, seed=SEED, shard_accounts=shard_accounts, progress=progress
    )
    (workspace.path / "bank.toml").write_text(bank_toml(bank), encoding="utf-8")
    made = Manifest("book", before.isoformat(), {"bench": f"{accounts} accounts, seed {SEED}"}, file_hashes(staging))
    publish(staging, workspace.step("book", before), made)
    _publish_empty_feed(workspace, before, bank.shards)
    return workspace


def _publish_empty_feed(workspace: Workspace, day: date, shards: int) -> None:
    """The day before took in nothing: the law asks for every day's contacts since the book began."""
    staging = workspace.path / "feed" / f".staging-{day}"
    with DuckSessions(memory_limit_mb=256, workers=1).session() as session:
        for table, contract in CONTRACTS.items():
            for shard in range(shards):
                session.write(no_rows(feed_schema(table)), staging / table / f"{shard:04d}.parquet", contract.key)
    made = Manifest("feed", day.isoformat(), {"bench": "nothing"}, file_hashes(staging), dict.fromkeys(CONTRACTS, 0))
    publish(staging, workspace.step("feed", day), made)


def bench_day(
    accounts: int, *, shard_accounts: int = SHARD_ACCOUNTS, keep: Path | None = None, engine: str = "duckdb",
    memory_mb: int = MEMORY_MB, workers: int | None = None, progress: Callable[[int, int], None] | None = None,
) -> DayFigures:  # fmt: skip
    """Prepare a bank of so many accounts and time its day; `keep` is a folder to leave it in, else it is removed.

    `progress` is called with shards prepared and their number. Raises `UsageError`, and `ArrearsError` where the day fails.
    """
    with _folder(keep) as folder:
        workspace = prepare(folder, accounts=accounts, shard_accounts=shard_accounts, progress=progress)
        return timed_day(workspace, folder / "feed", accounts, engine=engine, memory_mb=memory_mb, workers=workers)


def timed_day(
    workspace: Workspace, feed: Path, accounts: int, *, engine: str = "duckdb", memory_mb: int = MEMORY_MB,
    workers: int | None = None,
) -> DayFigures:  # fmt: skip
    """Run the prepared day in a fresh process and measure it from outside."""
    workers = workers or len(os.sched_getaffinity(0))
    words = [str(workspace.path), str(feed), engine, str(memory_mb), str(workers)]
    started = time.perf_counter()
    ran = subprocess.run(
        [sys.executable, "-m", "arrears.lab.bench_day", *words], stdout=subprocess.PIPE, text=True, check=False
    )
    seconds = time.perf_counter() - started
    if ran.returncode:
        raise ArrearsError("the day failed", where=f"{accounts:,} accounts", remedy="see the message above")
    told = json.loads(ran.stdout.splitlines()[-1])
    steps = [StepFigures(step, round(told["seconds"][step], 3), told["rows"][step]) for step in STEPS]
    start = StepFigures("start", round(seconds - sum(told["seconds"].values()), 3), 0)
    return DayFigures(accounts, round(seconds, 3), told["peak_bytes"], told["segments"], (start, *steps))


def as_growth(figures: list[DayFigures]) -> str:
    """A Markdown table of several sizes: cost is linear where the last column stands still."""
    lines = ["| accounts | seconds | accounts/s | peak GiB | µs per account |", "|---:|---:|---:|---:|---:|"]
    lines += [
        f"| {one.accounts:,} | {one.seconds:.1f} | {one.accounts_per_second:,} | {one.peak_bytes / 2**30:.2f} | "
        f"{one.seconds / one.accounts * 1e6:.2f} |"
        for one in figures
    ]
    return "\n".join(lines)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    made = Path(tempfile.mkdtemp(prefix="arrears-bench-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _peak_bytes() -> int:
    """The most memory this process ever held.

    Linux's `ru_maxrss` counts what the parent held when it started us; VmHWM does not.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    import resource  # noqa: PLC0415 - not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS


def _run(path: str, feed: str, engine: str, memory_mb: str, workers: str) -> dict[str, Any]:
    """The timed process: one day, and what it took."""
    from arrears.day.run import run_day  # noqa: PLC0415 - part of what is timed
    from arrears.engine import open_sessions  # noqa: PLC0415

    workspace = Workspace(Path(path))
    sessions = open_sessions(engine, memory_limit_mb=int(memory_mb), workers=int(workers))
    try:
        result = run_day(workspace, Path(feed), DAY, sessions=sessions)
    finally:
        sessions.close()
    rows = {step: sum(manifest.rows.values()) for step, manifest in result.manifests.items()}
    segments = len(workspace.strategy().playbook.segments)
    return {"seconds": result.seconds, "rows": rows, "peak_bytes": _peak_bytes(), "segments": segments}


if __name__ == "__main__":
    try:
        print(json.dumps(_run(*sys.argv[1:])))
    except ArrearsError as error:
        print(error.line(), file=sys.stderr)
        raise SystemExit(error.exit_code) from None
