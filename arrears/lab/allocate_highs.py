"""The same allocation by HiGHS, a general solver of linear and integer programmes: candidates are variables, customers rows.

HiGHS gets the instance as a matrix that is ready; its presolve and its search are counted, building the matrix is not. The
linear programme may give a customer halves of treatments; it is easier, and its optimum is what no plan can exceed. It is
solved by the interior point method without crossover, since a basis is of no use here. The integer programme stops at the gap
that we aim at and gives a plan to hold ours against; HiGHS may run far past its own time limit inside a step, so it works in a
process of its own that is ended. Needs the extra `bench`.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from arrears.errors import UsageError
from arrears.lab.bench_allocate import AllocateFigures
from arrears.lab.collections_day import CollectionsDay

ACCOUNTS_MAX = 1_000_000
"""Of an instance for HiGHS; it holds some 10 KB an account."""
GAP = 1e-4


@dataclass(frozen=True)
class Solved:
    """What HiGHS made of one programme; money in fen."""

    seconds: float
    """Until its answer, or until it was ended."""
    objective: float | None
    """None: it was ended before it had a plan that it would tell."""
    bound: float | None
    status: str


@dataclass(frozen=True)
class HighsFigures:
    """HiGHS and we on the same instance, in the same run."""

    linear: Solved
    integer: Solved | None
    """None where it was not asked for."""
    ours: AllocateFigures

    @property
    def asked(self) -> Solved:
        """The programme that was asked for."""
        return self.integer or self.linear

    @property
    def ratio(self) -> float:
        """How many times as long HiGHS took; at least so many where it was ended."""
        return self.asked.seconds / max(self.ours.seconds, 1e-9)

    @property
    def agree(self) -> bool:
        """Each objective is at most the other's bound, and the two differ by no more than both gaps together.

        A millionth is left to HiGHS's floats and feasibility tolerances. A programme without an answer says nothing.
        """
        return self.linear.objective is not None and all(
            self._agrees(one.objective, one.bound) for one in (self.linear, self.integer) if one and one.objective is not None
        )

    def _agrees(self, objective: float, bound: float | None) -> bool:
        plan, slack = self.ours.plan, 1e-6 * abs(objective)
        most = objective if bound is None else bound
        gaps = max(plan.bound - plan.objective, 0) + max(most - objective, 0.0)
        crossed = objective <= plan.bound + slack and plan.objective <= most + slack
        return crossed and abs(objective - plan.objective) <= gaps + slack

    def as_json(self) -> dict[str, Any]:
        return {
            "highs_seconds": self.asked.seconds, "highs_objective": self.asked.objective, "highs_bound": self.asked.bound,
            "highs_programme": "integer" if self.integer else "linear", "highs_status": self.asked.status,
            "highs_linear_seconds": self.linear.seconds, "highs_linear_objective": self.linear.objective,
            "ratio": round(self.ratio, 1), "ratio_is_a_lower_bound": self.asked.objective is None, "agree": self.agree,
        }  # fmt: skip

    def as_text(self) -> str:
        told = [self._line("a linear programme, halves allowed", self.linear)]
        if self.integer:
            told.append(self._line("an integer programme to a gap of 0.01 %", self.integer))
        told.append("they agree within the gaps" if self.agree else "they do NOT agree within the gaps")
        return "\n".join(told)

    def _line(self, programme: str, one: Solved) -> str:
        ours, ratio = self.ours.plan.objective, one.seconds / max(self.ours.seconds, 1e-9)
        if one.objective is None:
            return (
                f"HiGHS as {programme}: no answer in {one.seconds:,.0f} s ({one.status}), more than {ratio:,.0f} times as long"
            )
        return (
            f"HiGHS as {programme}: {one.seconds:,.1f} s ({one.status}), {ratio:,.0f} times as long; it finds "
            f"{one.objective:,.0f} fen, we {ours:,}, {(ours / one.objective - 1) * 100:+.5f} %"
        )


@dataclass(frozen=True)
class _Task:
    accounts: int
    treatments: int
    capacities: int
    seed: int
    seconds_max: float
    whole: bool


def against_highs(
    ours: AllocateFigures, *, capacities: int, seed: int, seconds_max: float, whole: bool = True
) -> HighsFigures:  # fmt: skip
    """Solve the instance of `ours` with HiGHS, ended after `seconds_max` a programme; without `whole` the linear one alone.

    Raises `UsageError` where HiGHS is not installed or the instance is too large for it.
    """
    if ours.accounts > ACCOUNTS_MAX:
        raise UsageError(
            f"HiGHS cannot be asked about {ours.accounts:,} accounts", where="--against highs",
            remedy=f"give --accounts {ACCOUNTS_MAX:,} or fewer",
        )  # fmt: skip
    try:
        import highspy  # noqa: F401, PLC0415 - an optional part
    except ImportError:
        raise UsageError(
            "HiGHS is not installed", where="--against highs", remedy="pip install 'arrears[bench]'"
        ) from None  # fmt: skip
    linear = _Task(ours.accounts, ours.treatments, capacities, seed, float(seconds_max), whole=False)
    return HighsFigures(_ended_in_time(linear), _ended_in_time(replace(linear, whole=True)) if whole else None, ours)


def _ended_in_time(task: _Task) -> Solved:
    """Solve in a process of its own, and end it `seconds_max` after its matrix was ready."""
    context = multiprocessing.get_context("spawn")
    mine, its = context.Pipe(duplex=False)
    worker = context.Process(target=_solve, args=(task, its), daemon=True)
    worker.start()
    its.close()
    try:
        mine.recv()
        started = time.perf_counter()
        if mine.poll(task.seconds_max):
            found: Solved = mine.recv()
            return found
        return Solved(round(time.perf_counter() - started, 3), None, None, "ended at the time limit")
    except EOFError:
        raise UsageError(
            "HiGHS ended without an answer", where="--against highs", remedy="give fewer --accounts, it may lack memory"
        ) from None  # fmt: skip
    finally:
        worker.kill()
        worker.join()


def _solve(task: _Task, told: Connection) -> None:
    """In the worker: a word when the matrix is ready, then what was found."""
    import highspy  # noqa: PLC0415

    # HiGHS writes its banner whatever `output_flag` says, and the command's own output may be JSON
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in (
        ("output_flag", False), ("mip_rel_gap", GAP), ("solver", "choose" if task.whole else "ipm"), ("run_crossover", "off"),
    ):  # fmt: skip
        solver.setOptionValue(name, value)
    programme = _programme(highspy, CollectionsDay(task.accounts, task.treatments, task.capacities, task.seed))
    if task.whole:
        programme.integrality_ = [highspy.HighsVarType.kInteger] * programme.num_col_
        solver.setOptionValue("run_crossover", "on")
    solver.passModel(programme)
    told.send("ready")
    started = time.perf_counter()
    solver.run()
    seconds = round(time.perf_counter() - started, 3)
    info = solver.getInfo()
    objective = info.objective_function_value
    status = solver.modelStatusToString(solver.getModelStatus()).lower()
    told.send(Solved(seconds, objective, info.mip_dual_bound if task.whole else objective, status))


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
