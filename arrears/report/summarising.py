"""From a published day to its summary: a handful of aggregates over Parquet, a second for a million accounts."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb

from arrears.bank import Bank
from arrears.day.past import packs_of, playbook_of
from arrears.day.workspace import Workspace
from arrears.law import Pack
from arrears.playbook import Playbook
from arrears.process import Process, measurable, measure
from arrears.report import of_book, of_feed, of_plan
from arrears.report.of_supervision import supervision
from arrears.report.summary import Summary, Totals
from arrears.report.tables import reading, table


def summarise(workspace: Path, day: date, bank: Bank) -> Summary:
    """The summary of a day that has run; raises `BookError` with the command to type where it has not."""
    place = Workspace(workspace)
    place.require("plan", day)
    playbook, packs = playbook_of(place, day), _packs(place, day, bank)
    with reading() as con:
        cells = of_book.cells(con, place, day, bank)
        today = _totals(con, place, day, cells)
        before = day - timedelta(days=1)
        yesterday = _yesterday(con, place, before, bank) if before in place.days() else None
        return Summary(
            bank_en=bank.name,
            bank_zh=bank.name_zh or bank.name,
            currency=bank.currency,
            day=day,
            today=today,
            yesterday=yesterday,
            buckets=of_book.buckets(cells),
            roll=of_book.day_roll(cells, day),
            month=of_book.month_roll(con, place, day, bank),
            npl=of_book.npl_history(con, place, day, bank, today.npl),
            flow=of_plan.flow(con, place, day),
            rules=of_plan.rules(con, place, day, packs),
            work=of_plan.work(con, place, day),
            segments=of_plan.segments(con, place, day, playbook),
            bands=of_book.bands(con, place, day),
            delivered_n=of_feed.delivered_n(place, day, today.quarantined_n),
            quarantine=of_feed.reasons(con, place, day),
            looks=of_feed.looks(con, place, day, bank),
            plan_hash=_plan_hash(place, day),
            supervision=supervision(con, place, day, packs),
            process=_process(place, day, bank, playbook),
            segment_titles={segment.id: (segment.title.en, segment.title.zh) for segment in playbook.segments},
        )


def _process(place: Workspace, day: date, bank: Bank, playbook: Playbook) -> Process | None:
    return measure(place, day, bank, playbook) if measurable(place, day) else None


def _packs(workspace: Workspace, day: date, bank: Bank) -> tuple[Pack, ...]:
    """The law packs the day was decided by, for what its rules are called."""
    manifest = workspace.manifest("law", day)
    return packs_of(workspace, day, bank, {} if manifest is None else manifest.inputs)


def _totals(con: duckdb.DuckDBPyConnection, place: Workspace, day: date, cells: tuple[of_book.Cell, ...]) -> Totals:
    customers = con.execute(f"SELECT count(*) FROM {table(place, 'book', day, 'customers')}").fetchall()
    return Totals(
        day=day,
        accounts_n=of_book.accounts(cells),
        customers_n=int(customers[0][0]),
        balance_minor=of_book.balance(cells),
        past_due_accounts_n=of_book.accounts(cells, lambda cell: cell.bucket > 0),
        past_due_balance_minor=of_book.balance(cells, lambda cell: cell.bucket > 0),
        past_due_minor=sum(cell.past_due_minor for cell in cells),
        cured_n=of_book.accounts(cells, lambda cell: cell.cured),
        entered_n=of_book.accounts(cells, lambda cell: cell.bucket == 1 and not cell.before),
        forward_n=of_book.accounts(cells, lambda cell: bool(cell.before) and cell.bucket > (cell.before or 0)),
        quarantined_n=of_feed.quarantined_n(con, place, day),
        npl=of_book.npl(cells, day),
    )


def _yesterday(con: duckdb.DuckDBPyConnection, place: Workspace, day: date, bank: Bank) -> Totals:
    return _totals(con, place, day, of_book.cells(con, place, day, bank))


def _plan_hash(place: Workspace, day: date) -> str:
    manifest = place.manifest("plan", day)
    return manifest.content_hash if manifest else ""
