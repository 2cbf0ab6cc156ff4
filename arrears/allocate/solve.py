"""The best plan under shared capacities, with the proof of how good it is.

Multiple-choice knapsack: every customer gets at most one of its candidates; the sum of values is to be large, no capacity
over-used, and floors kept. Prices are found on a hashed sample, corrected on all customers, and the few customers for whom two
choices are about as good are decided one by one. Everything that decides is an exact integer and every tie is broken by the
customer's key, so threads, chunks, partitions and engines do not change the plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

import numpy as np
from numpy.typing import NDArray

from arrears.allocate.kernels import BAND_ALL
from arrears.allocate.pieces import joined
from arrears.allocate.prices import Effort, Found, Point, descend, guessed
from arrears.allocate.problem import AllocationError, Capacity, FloorsExceedCapacityError, Partition, check_capacities
from arrears.allocate.repair import Repaired, repaired
from arrears.allocate.sweeping import in_memory
from arrears.allocate.tasks import (
    Choose,
    ChooseSums,
    Chosen,
    Facts,
    Gather,
    Marginal,
    PassAt,
    Sample,
    Scales,
    Sums,
    Survey,
    Sweep,
)

SAMPLE_CUSTOMERS = 1 << 17
GATHERED_CUSTOMERS = 50_000
"""Marginal customers that are decided one by one, at first."""
PASSES_MAX, SAMPLE_PASSES_MAX = 40, 80
PPB = 1_000_000_000


@dataclass(frozen=True)
class Plan:
    """A plan that keeps every capacity and floor, and how far it can be from the best one."""

    objective: int
    """Sum of the values of the chosen treatments, minor units."""
    bound: int
    """No plan is worth more, minor units."""
    capacities: tuple[Capacity, ...]
    use: tuple[int, ...]
    """What the plan takes of each capacity."""
    prices: tuple[int, ...]
    """What one more unit of each capacity is worth, in `2 ** -scale` minor units."""
    scale: int
    customers: int
    worked: int
    """Customers who get a treatment."""
    forced: int
    """Customers under a floor."""
    passes: int
    """Passes over all customers, whatever for."""
    sample_passes: int
    choices: tuple[NDArray[np.int8] | NDArray[np.int32], ...]
    """Per chunk, in order, the place of each customer's treatment among its candidates, -1 for none."""
    rule: Choose
    """The plan as a task: gives the choices of any partition of the same customers."""

    @property
    def gap_ppb(self) -> int:
        """(bound - objective) / bound in parts per billion, rounded up."""
        missing = self.bound - self.objective
        return -(-missing * PPB // max(abs(self.bound), 1))

    def price(self, capacity: int) -> Fraction:
        """Worth of one more unit of a capacity, in minor units, exactly."""
        return Fraction(self.prices[capacity], 1 << self.scale)

    def choice(self) -> NDArray[np.signedinteger]:
        """All customers' choices in one column."""
        wide = any(one.dtype != np.int8 for one in self.choices)
        return np.concatenate([np.empty(0, np.int32 if wide else np.int8), *self.choices])


def solve_in_memory(
    partitions: Sequence[Partition] | Partition, capacities: Sequence[Capacity], *, threads: int = 0, gap_ppb: int = 100_000
) -> Plan:
    """`solve` over partitions in memory on all cores, or on `threads`; choices come as one column a block, in order."""
    every = [partitions] if isinstance(partitions, Partition) else list(partitions)
    return solve(in_memory(every, threads=threads), capacities, gap_ppb=gap_ppb)


def solve(sweep: Sweep, capacities: Sequence[Capacity], *, gap_ppb: int = 100_000, collect: bool = True) -> Plan:
    """The plan for all customers of a sweep.

    `gap_ppb` is the gap aimed at, in parts per billion (100,000 is 0.01 %): no better plan is searched for, and a worse one
    says its gap. With `collect` off the choices stay where they are, to be had from `Plan.rule`. Raises
    `FloorsExceedCapacityError` where floors alone take too much, `AllocationError` for columns that cannot be allocated.
    """
    check_capacities(capacities)
    have = tuple(capacity.amount for capacity in capacities)
    facts = Survey.merged(sweep(Survey(len(have)), "reading"))
    for capacity, taken in zip(capacities, facts.taken, strict=True):
        if taken > capacity.amount:
            raise FloorsExceedCapacityError(capacity.name, capacity.unit, forced=taken, amount=capacity.amount)
    if facts.customers * max(*facts.most, 1) >= 1 << 62:
        raise AllocationError(
            f"{facts.customers:,} customers who take up to {max(facts.most):,} each would overflow 64 bits",
            remedy="count that capacity in a coarser unit",
        )
    scales = Scales.of(facts)
    sampled = _from_sample(sweep, facts, have, scales)
    found = _on_all(sweep, facts, have, scales, sampled, gap_ppb)
    best = found.best
    rule, gathers = _decided(sweep, facts, have, best, best.dual * gap_ppb // (4 * PPB))
    answers: list[Chosen] = list(sweep(rule if collect else ChooseSums(rule), "choosing"))
    use = tuple(sum(column) for column in zip(*(one.use for one in answers), strict=True))
    if any(took > capacity for took, capacity in zip(use, have, strict=True)):
        raise AllocationError("the plan over-uses a capacity", remedy="this is a fault of arrears: report it with the columns")
    return Plan(
        objective=sum(one.value for one in answers), bound=best.dual >> scales.scale, capacities=tuple(capacities), use=use,
        prices=best.at.prices, scale=scales.scale, customers=facts.customers, worked=sum(one.worked for one in answers),
        forced=facts.forced, passes=2 + (sampled is not None) + found.passes + gathers,
        sample_passes=sampled.passes if sampled else 0,
        choices=tuple(one.choice for one in answers) if collect else (), rule=rule,
    )  # fmt: skip


def _from_sample(sweep: Sweep, facts: Facts, have: tuple[int, ...], scales: Scales) -> Found | None:
    """Prices of a hashed sample with its share of what the floors leave; `None` where all customers are few enough."""
    free = facts.customers - facts.forced
    if free <= 2 * SAMPLE_CUSTOMERS:
        return None
    drawn = joined(sweep(Sample(SAMPLE_CUSTOMERS * PPB // free), "drawing a sample"))
    share = tuple((amount - taken) * drawn.customers // free for amount, taken in zip(have, facts.taken, strict=True))
    evaluate = partial(_sums, in_memory([drawn]), "pricing a sample")
    effort = Effort(SAMPLE_PASSES_MAX, near=drawn.customers // 40, imbalance_ppb=10_000, idle_ppb=1_000)
    return descend(evaluate, guessed(evaluate, share, scales), share, effort)


def _on_all(
    sweep: Sweep, facts: Facts, have: tuple[int, ...], scales: Scales, sampled: Found | None, gap_ppb: int
) -> Found:  # fmt: skip
    """Prices of all customers, from the sample's where there are any."""
    evaluate = partial(_sums, sweep, "pricing")
    if sampled is None:
        effort = Effort(PASSES_MAX, max(min(facts.customers, 2_000), facts.customers // 40), gap_ppb // 100, 1_000)
        return descend(evaluate, guessed(evaluate, have, scales), have, effort)
    start = replace(sampled.best.at, band=max(1, sampled.best.at.band // 3))
    return descend(evaluate, start, have, Effort(PASSES_MAX, facts.customers // 200, gap_ppb // 2, gap_ppb // 100))


def _sums(sweep: Sweep, what: str, at: PassAt) -> Sums:
    return PassAt.merged(sweep(at, what))


def _decided(sweep: Sweep, facts: Facts, have: tuple[int, ...], best: Point, spare_max: int) -> tuple[Choose, int]:
    """The marginal customers decided; more are gathered where they do not suffice. Returns rule and passes made."""
    wanted, gathers = GATHERED_CUSTOMERS, 0
    while True:
        band = BAND_ALL
        if facts.customers > wanted:
            band = max(1, min(BAND_ALL, best.at.band * wanted // max(best.sums.near, 1)))
        at = replace(best.at, band=band)
        sums, marginal = _gathered(sweep, at)
        gathers += 1
        done = repaired(marginal, [amount - took for amount, took in zip(have, sums.use, strict=True)], at, spare_max)
        if done.feasible or band == BAND_ALL:
            return _rule(at, marginal, done), gathers
        wanted *= 8


def _gathered(sweep: Sweep, at: PassAt) -> tuple[Sums, Marginal]:
    sums, parts, choices = [], [], []
    for one, marginal in sweep(Gather(at), "gathering"):
        sums.append(one)
        parts.append(marginal.partition)
        choices.append(marginal.choice)
    return PassAt.merged(sums), Marginal(joined(parts), np.concatenate(choices))


def _rule(at: PassAt, marginal: Marginal, done: Repaired) -> Choose:
    """The choices at the prices, but for the customers who were changed."""
    changed = np.flatnonzero(done.choice != marginal.choice)
    keys = marginal.partition.key[changed]
    order = np.argsort(keys, kind="stable")
    if (np.diff(keys[order]) == 0).any():
        raise AllocationError("two customers have the same key", remedy="give each customer a key of its own")
    return Choose(replace(at, band=0), keys[order], done.choice[changed][order])
