"""Time the allocation: a made-up day of collections, its plan, and the bound that says how good it is.

Up to `IN_MEMORY_ACCOUNTS_MAX` accounts the columns are made first and not counted. Beyond, they would not fit comfortably: each
chunk is made anew on every pass, as if read from a store that is as fast, and the making is counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from arrears.allocate.problem import Partition
from arrears.allocate.solve import Plan, solve
from arrears.allocate.sweeping import Chunks, in_memory
from arrears.errors import UsageError
from arrears.lab.collections_day import CAPACITIES_MAX, TREATMENTS_MAX, CollectionsDay

ACCOUNTS_MIN, ACCOUNTS_MAX = 1_000, 1_000_000_000
IN_MEMORY_ACCOUNTS_MAX = 30_000_000
CHUNK_ACCOUNTS = 1 << 18
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class AllocateFigures:
    """What one run found; money in fen."""

    accounts: int
    treatments: int
    streamed: bool
    """Whether every pass made its columns anew, which `seconds` then includes."""
    seconds: float
    """From columns to plan: reading, prices, repair, choices and the check of their sums."""
    cpu_seconds: float
    """Processor time in `seconds`, all threads together: what the machine's other work does not change as much."""
    making_seconds: float
    """Making the columns once, not counted in `seconds` when in memory."""
    peak_bytes: int
    """Most memory that the process ever held."""
    plan: Plan

    def as_json(self) -> dict[str, Any]:
        plan = self.plan
        return {
            "accounts": self.accounts, "treatments": self.treatments, "capacities": len(plan.capacities),
            "seconds": self.seconds, "objective": plan.objective, "bound": plan.bound, "gap": plan.gap_ppb / 1e9,
            "peak_bytes": self.peak_bytes, "feasible": _feasible(plan), "streamed": self.streamed,
            "cpu_seconds": self.cpu_seconds,
            "making_seconds": self.making_seconds, "passes": plan.passes, "sample_passes": plan.sample_passes,
            "worked": plan.worked,
            "prices": [
                {
                    "capacity": capacity.name, "unit": capacity.unit, "amount": capacity.amount, "use": use,
                    "fen_per_unit": float(plan.price(number)),
                }
                for number, (capacity, use) in enumerate(zip(plan.capacities, plan.use, strict=True))
            ],
        }  # fmt: skip

    def as_text(self) -> str:
        plan = self.plan
        made = (
            "columns made anew on every pass, counted" if self.streamed
            else f"columns in memory, made in {self.making_seconds:.1f} s, not counted"
        )  # fmt: skip
        lines = [
            f"{self.accounts:,} accounts, {self.treatments} treatments, {len(plan.capacities)} capacities: "
            f"{self.seconds:.2f} s ({self.cpu_seconds:.2f} s of processors), at most {self.peak_bytes / 2**30:.2f} GiB",
            f"{plan.passes} passes over all and {plan.sample_passes} over a sample; {made}",
            f"worth {plan.objective:,} fen, no plan is worth more than {plan.bound:,}: gap {plan.gap_ppb / 1e7:.5f} %",
            f"{plan.worked:,} accounts are worked; every capacity is kept",
        ]
        for number, (capacity, use) in enumerate(zip(plan.capacities, plan.use, strict=True)):
            price = float(plan.price(number))
            lines.append(
                f"  {capacity.name:<11}{use:>17,} of {capacity.amount:>17,} {capacity.unit:<9}{price:>12,.3f} fen for one more"
            )
        return "\n".join(lines)


def bench_allocate(
    accounts: int, *, treatments: int = 8, capacities: int = 5, seed: int = 1, progress: Tell | None = None
) -> AllocateFigures:
    """Make the day and plan it; raises `UsageError` for sizes out of range."""
    tell = progress or (lambda *_: None)
    for flag, n, low, high in (
        ("--accounts", accounts, ACCOUNTS_MIN, ACCOUNTS_MAX), ("--treatments", treatments, 1, TREATMENTS_MAX),
        ("--capacities", capacities, 1, CAPACITIES_MAX),
    ):  # fmt: skip
        if not low <= n <= high:
            raise UsageError(f"{n:,} cannot be timed", where=flag, remedy=f"give {low:,} to {high:,}")
    day = CollectionsDay(accounts, treatments, capacities, seed)
    _warm(treatments, capacities)
    streamed = accounts > IN_MEMORY_ACCOUNTS_MAX
    started = time.perf_counter()
    loaders = [
        partial(day.chunk, low, min(low + CHUNK_ACCOUNTS, accounts)) for low in range(0, accounts, CHUNK_ACCOUNTS)
    ]  # fmt: skip
    if streamed:
        sweep = Chunks(loaders, progress=tell)
        sum(sweep(_counted, "making accounts"))
    else:
        sweep = in_memory(list(Chunks(loaders, progress=tell)(_kept, "making accounts")), progress=tell)
    making = time.perf_counter() - started
    started, worked = time.perf_counter(), time.process_time()
    plan = solve(sweep, day.shared())
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - worked
    return AllocateFigures(
        accounts, treatments, streamed, round(seconds, 3), round(cpu_seconds, 3), round(making, 3), peak_bytes(), plan
    )


def _warm(treatments: int, capacities: int) -> None:
    """Compile, or load what was compiled, on a few accounts."""
    day = CollectionsDay(2_000, treatments, capacities)
    solve(in_memory([day.chunk(0, 2_000)]), day.shared())


def _kept(partition: Partition) -> Partition:
    return partition


def _counted(partition: Partition) -> int:
    return partition.customers


def _feasible(plan: Plan) -> bool:
    return all(use <= capacity.amount for use, capacity in zip(plan.use, plan.capacities, strict=True))


def peak_bytes() -> int:
    """The most memory this process ever held (`VmHWM`)."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0
