"""Small allocations, and their best plans found without us."""

from __future__ import annotations

from itertools import product

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from arrears.allocate.problem import Capacity, Partition, dense
from arrears.allocate.solve import Plan


def capacities(*amounts: int) -> list[Capacity]:
    return [Capacity(f"capacity-{number}", amount) for number, amount in enumerate(amounts)]


def collections(n: int, treatments: int, kinds: int, *, seed: int, scarce: float = 0.2) -> tuple[Partition, list[Capacity]]:
    """Heavy-tailed values, uses that differ by customer, every capacity scarce."""
    random = np.random.default_rng(seed)
    balance = random.lognormal(9, 1.3, (n, 1))
    value = (balance * random.beta(1, 6, (n, treatments))).astype(np.int32) - 300
    use = random.integers(0, 60, (n, treatments, kinds)) * random.integers(0, 2, (treatments, kinds))
    amounts = (use.max(axis=1).sum(axis=0) * scarce).astype(int).tolist()
    return dense(value, use.astype(np.int32)), capacities(*amounts)


def best_by_trying(value: list[list[int]], use: list[list[list[int]]], have: list[int]) -> int:
    """The best plan's value, by going through all of them."""
    best = None
    for plan in product(*(range(-1, len(of)) for of in value)):
        worked = [(i, t) for i, t in enumerate(plan) if t >= 0]
        if all(sum(use[i][t][k] for i, t in worked) <= have[k] for k in range(len(have))):
            worth = sum(value[i][t] for i, t in worked)
            best = worth if best is None or worth > best else best
    assert best is not None
    return best


def best_by_highs(partition: Partition, shared: list[Capacity]) -> float:
    """The best plan's value of a dense partition, by HiGHS through SciPy, to a gap of 1e-7."""
    n, width = partition.customers, partition.width
    cells = np.arange(n * width)
    once = csr_array((np.ones(n * width), (cells // width, cells)), shape=(n, n * width))
    taken = csr_array(partition.amount.T.astype(float))
    most = np.concatenate([np.ones(n), [capacity.amount for capacity in shared]])
    found = milp(
        -partition.value.astype(float), integrality=np.ones(n * width), bounds=Bounds(0, 1),
        constraints=LinearConstraint(vstack([once, taken]), -np.inf, most), options={"mip_rel_gap": 1e-7, "time_limit": 20},
    )  # fmt: skip
    return float(-found.fun)


def worth_and_use(partition: Partition, choice: NDArray[np.signedinteger], kinds: int) -> tuple[int, list[int]]:
    """What choices come to, in plain Python."""
    worth, use = 0, [0] * kinds
    for i, place in enumerate(choice.tolist()):
        if place < 0:
            continue
        row = i * partition.width + place if partition.width else int(partition.offsets[i]) + place
        worth += int(partition.value[row])
        pattern = place if partition.width else int(partition.pattern[row])
        for of, amount in zip(partition.resource[pattern].tolist(), partition.amount[row].tolist(), strict=True):
            if of >= 0:
                use[of] += amount
    return worth, use


def assert_sound(plan: Plan, partition: Partition, shared: list[Capacity]) -> None:
    """The plan is what it says it is, keeps every capacity, and its bound is one."""
    worth, use = worth_and_use(partition, plan.choice(), len(shared))
    assert (worth, tuple(use)) == (plan.objective, plan.use)
    assert all(took <= capacity.amount for took, capacity in zip(use, shared, strict=True))
    assert plan.objective <= plan.bound


def table(rows: list[tuple[int, int, int, list[int], list[int], bool]]) -> pa.Table:
    names = ("customer", "candidate", "value", "resources", "amounts", "forced")
    kinds = (pa.int64(), pa.int32(), pa.int64(), pa.list_(pa.int32()), pa.list_(pa.int64()), pa.bool_())
    columns = zip(*rows, strict=True) if rows else [[]] * 6
    return pa.table({name: pa.array(list(of), kind) for name, kind, of in zip(names, kinds, columns, strict=True)})


def districts(customers: int) -> pa.Table:
    """Customers with one to three candidates, texts or visits in one of nine districts; every fiftieth has a floor."""
    random = np.random.default_rng(11)
    rows = []
    for customer in random.permutation(customers).tolist():
        for candidate in range(int(random.integers(1, 4))):
            visit = candidate > 0
            resources, amounts = ([1 + customer % 9, 0], [int(random.integers(20, 90)), 5]) if visit else ([0], [3])
            rows.append((customer, candidate, int(random.lognormal(6, 1)), resources, amounts, customer % 50 == candidate == 0))
    return table(rows)


DISTRICTS_SHARED = [Capacity("money", 4_000), *(Capacity(f"district {number}", 2_000, "min") for number in range(9))]
