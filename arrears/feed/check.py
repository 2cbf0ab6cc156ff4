"""`arrears feed check`: what an intake would take in and what it would quarantine, as a report that writes nothing."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from arrears.bank import Bank
from arrears.feed.contracts import CONTRACTS
from arrears.feed.examine import Examined, date_of, examined, feed_session
from arrears.feed.quarantine import QUARANTINE_SORTED
from arrears.feed.relations import KnownAccounts

EXAMPLES_MAX = 3
"""Rows shown for each reason."""


@dataclass(frozen=True)
class TableCount:
    """Rows of one table: in the files, good, and refused."""

    table: str
    delivered: int
    good: int
    quarantined: int


@dataclass(frozen=True)
class Example:
    """One refused row, without personal data. `row` is a line of a CSV file or a row of a Parquet file, from 1."""

    file: str
    row: int
    key: str
    value: str


@dataclass(frozen=True)
class Finding:
    """Rows of one table refused for one reason in one column, and the first of them."""

    table: str
    column: str
    reason: str
    rows: int
    text_en: str
    text_zh: str
    remedy: str
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class CheckReport:
    """What a feed holds, without personal data."""

    folder: str
    business_date: date
    tables: tuple[TableCount, ...]
    findings: tuple[Finding, ...]
    notes: dict[str, int]
    """Rows taken in that deserve a look, and parents that could not be checked without a book, by name."""
    inputs: dict[str, str]
    """File to SHA-256."""

    @property
    def quarantined_n(self) -> int:
        return sum(table.quarantined for table in self.tables)

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return asdict(self) | {"business_date": self.business_date.isoformat(), "quarantined_n": self.quarantined_n}

    def lines(self, language: str = "en") -> list[str]:
        """The report as text, a line an entry, in English (`en`) or Chinese (`zh`)."""
        shown = [f"{self.folder}: {self.business_date}"]
        for table in self.tables:
            shown.append(
                f"  {table.table:<15} {table.delivered:>10,} rows {table.good:>10,} good {table.quarantined:>8,} quarantined"
            )
        for finding in self.findings:
            text = finding.text_zh if language == "zh" else finding.text_en
            shown.append(f"{finding.table}: {finding.rows:,} x {finding.reason}: {text}; {finding.remedy}")
            for one in finding.examples:
                seen = f", found {one.value!r}" if one.value else ""
                shown.append(f"  {one.file}, row {one.row} ({one.key or 'no key'}){seen}")
        shown += [f"note: {count:,} x {name}" for name, count in self.notes.items()]
        return shown


def check_feed(
    folder: Path,
    *,
    bank: Bank,
    business_date: date | None,
    known: KnownAccounts | None,
    threads: int = 2,
    memory_limit: str = "2GB",
) -> CheckReport:
    """Check a feed as an intake would. `business_date` None takes the date from the folder's name.

    `known` None means that no book is at hand: accounts and customers that are not in the feed are then not checked, and
    counted in `notes`. `KnownAccounts(None)` means there is no book yet: every parent must be in the feed.
    Raises `FeedError`, `BookError` and, without any date, `UsageError`.
    """
    day = date_of(folder, business_date)
    with (
        tempfile.TemporaryDirectory(prefix="arrears-feed-") as scratch,
        feed_session(Path(scratch), threads=threads, memory_limit=memory_limit) as con,
    ):
        found = examined(con, folder, bank, day, known)
        return CheckReport(str(folder), day, _tables(found), _findings(con), found.notes, found.inputs)


def _tables(found: Examined) -> tuple[TableCount, ...]:
    return tuple(TableCount(name, all_n, found.good[name], all_n - found.good[name]) for name, all_n in found.delivered.items())


def _findings(con: duckdb.DuckDBPyConnection) -> tuple[Finding, ...]:
    order = ", ".join(f"'{name}'" for name in CONTRACTS)
    rows = con.execute(
        'SELECT "table", "column", reason, count(*), any_value(text_en), any_value(text_zh), any_value(remedy), '
        f"list({{'file': file, 'row': \"row\", 'key': key, 'value': value}} ORDER BY file, \"row\")[:{EXAMPLES_MAX}] "
        f'FROM ({QUARANTINE_SORTED}) GROUP BY "table", "column", reason '
        f'ORDER BY list_position([{order}], "table"), count(*) DESC, reason, "column"'
    ).fetchall()
    names = ("table", "column", "reason", "rows", "text_en", "text_zh", "remedy")
    return tuple(
        Finding(**dict(zip(names, row, strict=False)), examples=tuple(Example(**example) for example in row[-1]))
        for row in rows
    )
