"""Time a plan's way onto the desk: a bank whose playbook writes to everybody, its day run, its plan published.

Counted is everything between the day's files and the committed rows in the bundled PostgreSQL; starting the server is not. The
same plan is published again, which changes nothing.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from arrears.desk.opening import opened
from arrears.desk.plan.publishing import publish
from arrears.desk.plan.rows import day_of_plan
from arrears.lab.bench_day import DAY, prepare, timed_day

PLAYBOOK = """format: 1
id: everybody
title: {en: Everybody, zh: 所有人}
contents: default
segments:
  - id: all
    title: {en: Everybody, zh: 所有人}
    when: always
    intensity: {per_day_max: 1, per_7_days_max: 7}
    steps:
      - id: lesson
        clause: P3
        trigger: {month_day: 6}
        channel: email
        content: how_it_works
        purpose: education
        at: "10:30"
        priority: 60
        fallback: [{channel: sms}]
"""


@dataclass(frozen=True)
class PublishFigures:
    """What one run found."""

    accounts: int
    customers: int
    intents: int
    seconds: float
    intents_per_second: int
    again_seconds: float
    """The same plan once more."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def as_text(self) -> str:
        return (
            f"{self.intents:,} contacts with {self.customers:,} customers of {self.accounts:,} accounts published in "
            f"{self.seconds:.1f} s: {self.intents_per_second:,} a second; again, with nothing to do: {self.again_seconds:.2f} s"
        )


def bench_publish(accounts: int, progress: Callable[[str, int, int], None] = lambda what, done, total: None) -> PublishFigures:
    """Prepare a bank of so many accounts, run its day and time the publishing; raises `UsageError` for sizes out of range."""
    folder = Path(tempfile.mkdtemp(prefix="arrears-bench-publish-"))
    try:
        workspace = prepare(folder, accounts=accounts, progress=lambda done, total: progress("making up a bank", done, total))
        (workspace.path / "playbook.yaml").write_text(PLAYBOOK, encoding="utf-8")
        progress("running its day", 0, 1)
        timed_day(workspace, folder / "feed", accounts)
        with opened(workspace.path, {}) as store:
            plan = day_of_plan(workspace, DAY)
            started = time.perf_counter()
            found = publish(store, plan, progress)
            between = time.perf_counter()
            publish(store, plan)
            again = time.perf_counter() - between
        seconds = between - started
        return PublishFigures(
            accounts, found.customers_n, found.intents_n, round(seconds, 2), round(found.intents_n / seconds), round(again, 2)
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
