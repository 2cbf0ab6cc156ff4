"""Figures of the books, computed once for each pair of days as they were published, and kept while the process runs."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from arrears.bank import Bank
from arrears.day.workspace import Workspace
from arrears.desk.current import desk
from arrears.desk.figures import books, moving
from arrears.desk.figures import vintages as opened
from arrears.desk.saying import _
from arrears.errors import UsageError
from arrears.report import of_book
from arrears.report.summary import Npl, Roll
from arrears.report.tables import reading

KEPT, HISTORY_MAX = 64, 40
_ONE = threading.Lock()
"""One figure is computed at a time in a process: DuckDB takes all cores for it."""


@dataclass(frozen=True)
class Days:
    """Two days of the workspace, and all there are."""

    then: date
    now: date
    known: tuple[date, ...]


def days_of(asked: Any) -> Days:
    """The days asked for in an address, `then` and `now`; by default the last, and the first of the thirty up to `now`.

    The earlier of two is `then`, whichever way round they came. Raises `UsageError` where the workspace has no such book.
    """
    known = tuple(Workspace(desk().workspace).days())
    if not known:
        raise UsageError(_("no day has been run yet"), where=_("figures"), remedy=_("arrears run --feed DIR --date D"))
    now = _day(asked.get("now"), known[-1])
    then = _day(asked.get("then"), next(iter([day for day in known if day <= now][-30:]), now))
    if now not in known or then not in known:
        raise UsageError(
            _("the workspace has no book of that day"),
            where=_("figures"),
            remedy=_("choose {first} to {last}").format(first=known[0], last=known[-1]),
        )
    return Days(min(then, now), max(then, now), known)


def _day(text: str | None, otherwise: date) -> date:
    try:
        return date.fromisoformat(text) if text else otherwise
    except ValueError:
        return otherwise


def moved(days: Days) -> moving.Moved:
    """What moved the ratio."""
    found: moving.Moved = _figure("moved", days.then, days.now)
    return found


def history(days: Days) -> tuple[Npl, ...]:
    """The ratio on the days up to the later one."""
    found: tuple[Npl, ...] = _figure("history", days.now, read=[day for day in days.known if day <= days.now])
    return found


def rolls(days: Days) -> Roll:
    """Where accounts went."""
    found: Roll = _figure("rolls", days.then, days.now)
    return found


def vintages(days: Days) -> list[opened.Vintage]:
    """How quarters of opening stand."""
    found: list[opened.Vintage] = _figure("vintages", days.now)
    return found


def vintage_history(days: Days) -> list[opened.Vintage]:
    """How they stood in the last book of each month up to the later day."""
    found: list[opened.Vintage] = _figure("vintage history", days.now, read=opened.months(days.known, days.now))
    return found


def arms(days: Days) -> list[books.Arm]:
    """Experiments' arms."""
    found: list[books.Arm] = _figure("arms", days.then, days.now)
    return found


def accounts(asked: books.Asked, after: str, limit: int) -> list[books.AccountRow]:
    """The accounts behind a figure; never kept."""
    with _ONE, reading() as con:
        return books.accounts(con, Workspace(desk().workspace), desk().bank, asked, after, limit)


def _figure(name: str, *days: date, read: Sequence[date] = ()) -> Any:
    """By the hashes of the bank and of all that is read, `read` days among them: another run of a day is another figure."""
    place = Workspace(desk().workspace)
    steps = [(step, day) for day in (*days, *read[-HISTORY_MAX:]) for step in ("book", "playbook")]
    hashes = [found.content_hash if (found := place.manifest(step, day)) else "" for step, day in steps]
    return _remembered(name, place.path, days, (desk().bank.content_hash, *hashes))


@functools.lru_cache(maxsize=KEPT)
def _remembered(name: str, path: Path, days: tuple[date, ...], _hashes: tuple[str, ...]) -> Any:
    with _ONE, reading() as con:
        return _FIGURES[name](con, Workspace(path), desk().bank, *days)


def _history(con: Any, place: Workspace, bank: Bank, day: date) -> tuple[Npl, ...]:
    today = of_book.npl(of_book.cells(con, place, day, bank), day)
    return of_book.npl_history(con, place, day, bank, today)


_FIGURES: dict[str, Callable[..., Any]] = {
    "moved": lambda con, place, bank, then, now: moving.moved(con, place, then, now, bank),
    "history": _history,
    "rolls": lambda con, place, bank, then, now: books.rolls(con, place, then, now, bank),
    "vintages": lambda con, place, bank, now: opened.vintages(con, place, now),
    "vintage history": lambda con, place, bank, now: opened.history(con, place, opened.months(place.days(), now)),
    "arms": lambda con, place, bank, then, now: books.arms(con, place, then, now),
}
