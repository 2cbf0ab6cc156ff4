"""From the published days of a workspace to the process as it was: each table read once, everything asked of what was read."""

from __future__ import annotations

from datetime import date

import duckdb

from arrears.bank import Bank
from arrears.calendar import noon_offset_min
from arrears.day.workspace import Workspace
from arrears.playbook import Playbook
from arrears.process.agents import floor, hours
from arrears.process.model import Hour, Process
from arrears.process.planned import held_up, made, planned_hours, take_due
from arrears.process.reading import (
    Days,
    days_of,
    reading,
    rows,
    take_contacts,
    take_late,
    take_payments,
    take_segments,
    take_stays,
)
from arrears.process.steps import arms, steps
from arrears.process.targets import load_targets
from arrears.process.waits import left_alone_n, waits


def measurable(workspace: Workspace, day: date) -> bool:
    """Whether what was taken in on every day of the usual window is still there."""
    return all(
        any((workspace.step("feed", one) / table).glob("*.parquet"))
        for one in days_of(workspace, day, None).known
        for table in ("contacts", "transactions")
    )


def measure(workspace: Workspace, day: date, bank: Bank, playbook: Playbook, *, since: date | None = None) -> Process:
    """The process of the days run from `since` (60 days in all if not said) to `day`.

    Raises `BookError` where a day's tables are gone, `ConfigError` where the bank's `process.yaml` is wrong.
    """
    targets, days = load_targets(workspace.path), days_of(workspace, day, since)
    with reading() as con:
        take_contacts(con, days, bank.timezone)
        take_late(con, days)
        take_stays(con, days)
        take_segments(con, days)
        take_payments(con, days)
        take_due(con, days, targets)
        agents = floor(con, targets)
        return Process(
            day=day,
            since=days.since,
            first_day=days.known[0],
            payment_days=targets.payment_days,
            promise_days=targets.promise_days,
            experiment_days=targets.experiment_days,
            left_alone_n=left_alone_n(con, days, playbook),
            waits=waits(con, days, playbook, targets),
            held_up=held_up(con, days),
            made=made(con, days),
            steps=steps(con, days, targets),
            arms=arms(con, days, playbook, targets),
            agents=agents.agents,
            agents_cv_ppm=agents.cv_ppm,
            agent_day=agents.day,
            agent_days=agents.agent_days,
            hours=_hours(con, days, bank),
        )


def _hours(con: duckdb.DuckDBPyConnection, days: Days, bank: Bank) -> tuple[Hour, ...]:
    zones = rows(con, f"SELECT DISTINCT timezone FROM {days.relation('book', 'customers', [days.day])}")
    offsets = {zone: noon_offset_min(zone or bank.timezone, days.day) for (zone,) in zones}
    return hours(con, days, planned_hours(con, days, offsets, noon_offset_min(bank.timezone, days.day)))
