"""The same allocation by HiGHS, a general solver of linear and integer programmes: candidates are variables, customers rows.

HiGHS gets the instance as a matrix that is ready; its presolve and its search are counted, building the matrix is not. As an
integer programme it stops at the gap that we aim at and gives a plan to hold ours against. As a linear programme it may give a
customer halves of treatments; that is easier, and its optimum is what our bound is at best. Needs the extra `bench`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from arrears.errors import UsageError
from arrears.lab.bench_allocate import AllocateFigures
from arrears.lab.collections_day import CollectionsDay

ACCOUNTS_MAX = 1_000_000
"""Of an instance for HiGHS; it holds some 10 KB an account."""
GAP = 1e-4


@dataclass(frozen=True)
class HighsFigures:
    """What HiGHS found on the same instance, in the same run; money in fen."""

    seconds: float
    objective: float
    """Of the best plan HiGHS had; of the linear programme where halves were allowed."""
    bound: float
    """HiGHS's own bound on any plan."""
    whole: bool
    """Whether treatments had to be given whole."""
    status: str
    ours: AllocateFigures

    @property
    def ratio(self) -> float:
        """How many times as long HiGHS took."""
        return self.seconds / max(self.ours.seconds, 1e-9)

    @property
    def agree(self) -> bool:
        """Each objective is at most the other's bound, and the two differ by no more than both gaps together.

        A millionth is left to HiGHS's floats and feasibility tolerances.
        """
        plan, slack = self.ours.plan, 1e-6 * abs(self.objective)
        gaps = max(plan.bound - plan.objective, 0) + max(self.bound - self.objective, 0.0)
        crossed = self.objective <= plan.bound + slack and plan.objective <= self.bound + slack
        return crossed and abs(self.objective - plan.objective) <= gaps + slack

    def as_json(self) -> dict[str, Any]:
        return {
            "highs_seconds": self.seconds, "highs_objective": self.objective, "highs_bound": self.bound,
            "highs_programme": "integer" if self.whole else "linear",
            "highs_status": self.status, "ratio": round(self.ratio, 1), "agree": self.agree,
        }  # fmt: skip

    def as_text(self) -> str:
        ours = self.ours.plan.objective
        programme = "an integer programme to a gap of 0.01 %" if self.whole else "a linear programme"
        return (
            f"HiGHS as {programme}: {self.seconds:.1f} s ({self.status}), {self.ratio:,.0f} times as long\n"
            f"it finds {self.objective:,.0f} fen, we find {ours:,}, {(ours / self.objective - 1) * 100:+.5f} %: "
            f"{'they agree within the gaps' if self.agree else 'they do NOT agree within the gaps'}"
        )


def against_highs(
    ours: AllocateFigures, *, capacities: int, seed: int, seconds_max: float, whole: bool = True
) -> HighsFigures:  # fmt: skip
    """Solve the instance of `ours` with HiGHS, which is stopped after `seconds_max`; without `whole`, allow halves."""
    if ours.accounts > ACCOUNTS_MAX:
        raise UsageError(
            f"HiGHS cannot be asked about {ours.accounts:,} accounts", where="--against highs",
            remedy=f"give --accounts {ACCOUNTS_MAX:,} or fewer",
        )  # fmt: skip
    try:
        import highspy  # noqa: PLC0415 - an optional part
    except ImportError:
        raise UsageError(
            "HiGHS is not installed", where="--against highs", remedy="pip install 'arrears[bench]'"
        ) from None  # fmt: skip
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("mip_rel_gap", GAP)
    solver.setOptionValue("time_limit", float(seconds_max))
    programme = _programme(highspy, CollectionsDay(ours.accounts, ours.treatments, capacities, seed))
    if whole:
        programme.integrality_ = [highspy.HighsVarType.kInteger] * programme.num_col_
    solver.passModel(programme)
    started = time.perf_counter()
    solver.run()
    seconds = time.perf_counter() - started
    info = solver.getInfo()
    return HighsFigures(
        round(seconds, 3), info.objective_function_value,
        info.mip_dual_bound if whole else info.objective_function_value, whole,
        solver.modelStatusToString(solver.getModelStatus()).lower(), ours,
    )  # fmt: skip


def _programme(highspy: Any, day: CollectionsDay) -> Any:
    """The instance as a matrix by columns: a candidate takes its customer's row, and of the capacities below."""
    partition, shared = day.chunk(0, day.accounts), day.shared()
    n, width = partition.customers, partition.width
    columns = n * width
    rows = np.empty((columns, 1 + partition.amount.shape[1]), np.int64)
    rows[:, 0] = np.arange(columns) // width
    rows[:, 1:] = np.tile(np.where(partition.resource < 0, n, n + partition.resource), (n, 1))
    entries = np.hstack([np.ones((columns, 1)), partition.amount.astype(np.float64)])
    held = entries != 0
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns, n + len(shared)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = partition.value.astype(np.float64)
    lp.col_lower_, lp.col_upper_ = np.zeros(columns), np.ones(columns)
    lp.row_lower_ = np.full(lp.num_row_, -highspy.kHighsInf)
    lp.row_upper_ = np.concatenate([np.ones(n), [float(capacity.amount) for capacity in shared]])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(held.sum(axis=1))]).astype(np.int32)
    lp.a_matrix_.index_ = rows[held].astype(np.int32)
    lp.a_matrix_.value_ = entries[held]
    return lp
