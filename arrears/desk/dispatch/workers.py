"""Several workers, each a process of its own, on one store."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from arrears.channels.spool import Spool
from arrears.desk.cases.judging import judge_due
from arrears.desk.cases.policy import load_case_policy
from arrears.desk.dispatch.claiming import now_of
from arrears.desk.dispatch.running import Tally, gates_of, work
from arrears.desk.opening import opened
from arrears.feed.contracts import CHANNELS


@dataclass(frozen=True)
class Task:
    """What each worker is to do."""

    workspace: Path
    environment: Mapping[str, str]
    channels: tuple[str, ...]
    at: datetime | None
    """A time that stands still, for rehearsals; None: the database's clock."""
    waiting: bool
    actor: str


def dispatch(task: Task, workers: int) -> Tally:
    """Let so many workers do it; returns what they did together. Ctrl-C ends each after its round."""
    if workers == 1:
        return work_here(task)
    whole = Tally()
    # Spawned, not forked: a connection that two processes share serves neither.
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        running = [pool.submit(work_here, task) for _ in range(workers)]
        for one in as_completed(running):
            found = one.result()
            whole.fates.update(found.fates)
            whole.receipts.update(found.receipts)
            whole.lost_n += found.lost_n
    return whole


def work_here(task: Task) -> Tally:
    """One worker in this process."""
    stop = threading.Event()
    before = {one: signal.signal(one, lambda *_: stop.set()) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        with opened(task.workspace, task.environment, migrate=False) as store:
            spool = Spool(task.workspace / ("spool" if task.at is None else "rehearsal"))
            with store.connect() as connection:
                judge_due(connection, load_case_policy(task.workspace), now_of(connection, task.at), task.actor)
            return work(
                store, gates_of(task.workspace, store), _drivers(spool), clock=lambda: task.at,
                actor=task.actor, channels=task.channels, waiting=task.waiting, stopped=stop.is_set,
            )  # fmt: skip
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _drivers(spool: Spool, channels: Sequence[str] = CHANNELS) -> dict[str, Any]:
    return dict.fromkeys(channels, spool)
