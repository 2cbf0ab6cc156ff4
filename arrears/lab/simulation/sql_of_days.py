"""The SQL of many days from few compilations: days that differ in dates alone share one text, with the dates moved.

A strategy and its days come in, SQL by day and name goes out. Nothing is assumed of the expressions: the first and the last
day of a stretch are compiled, each date in them is seen to move with the day or to stand still, a day in between is compiled to
check, and where anything else differs every day is compiled by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from arrears.day.queries import DayQueries
from arrears.day.workspace import Strategy
from arrears.law.asking import active_rules
from arrears.playbook.candidates import laid_out

NAMES = ("scores", "segments", "candidates", "facts", "misdirected_points", "contact_history", "verdicts", "decisions")
"""The queries of `DayQueries` that a simulated day runs, in their order."""

_DATE = re.compile(r"MAKE_DATE\((\d+), (\d+), (\d+)\)|(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)")


def compiled(strategy: Strategy, day: date, offsets: Mapping[str, int]) -> dict[str, str]:
    """The queries of one day."""
    queries = DayQueries(strategy, day, "duckdb", offsets)
    return {name: getattr(queries, name) for name in NAMES}


def sql_of_days(
    strategy: Strategy, days: Sequence[date], offsets: Mapping[str, int], progress: Callable[[int, int], None] | None = None
) -> dict[date, dict[str, str]]:
    """The queries of every day; `offsets` hold for all of them. `progress(done, total)` counts days."""
    found: dict[date, dict[str, str]] = {}
    for alike in _stretches(strategy, days):
        for day, texts in _of_stretch(strategy, alike, offsets):
            found[day] = texts
            if progress:
                progress(len(found), len(days))
    return {day: found[day] for day in days}


def _stretches(strategy: Strategy, days: Sequence[date]) -> list[list[date]]:
    """Days on which the same rules are in force and the same steps of the playbook may be due."""

    def what_decides(day: date) -> tuple[object, ...]:
        rules = tuple(one.rule.id for one in active_rules(strategy.packs, day))
        triggers, rows = laid_out(strategy.playbook, day)
        steps = tuple((row.segment.id, row.arm, row.step.id, row.alternative, row.trigger_no) for row in rows)
        return rules, tuple(trigger.model_dump_json() for trigger in triggers), steps

    keyed = sorted((repr(what_decides(day)), day) for day in days)
    return [[day for _, day in group] for _, group in groupby(keyed, key=lambda pair: pair[0])]


def _of_stretch(strategy: Strategy, days: Sequence[date], offsets: Mapping[str, int]) -> Iterator[tuple[date, dict[str, str]]]:
    def whole(day: date) -> dict[str, str]:
        return compiled(strategy, day, offsets)

    first = whole(days[0])
    yield days[0], first
    if len(days) == 1:
        return
    last = whole(days[-1])
    patterns = {name: Pattern.between(first[name], days[0], last[name], days[-1]) for name in NAMES}
    middle = days[len(days) // 2]
    checked = whole(middle)
    shared = {name: pattern for name, pattern in patterns.items() if pattern and pattern.on(middle) == checked[name]}
    for day in days[1:-1]:
        if day == middle:
            yield day, checked
        elif len(shared) == len(NAMES):
            yield day, {name: shared[name].on(day) for name in NAMES}
        else:
            yield day, whole(day)
    yield days[-1], last


@dataclass(frozen=True)
class Pattern:
    """A text of which some dates move with the day."""

    text: str
    day: date
    moves: tuple[bool, ...]
    """Of each date in the text: whether it moves."""

    @staticmethod
    def between(first: str, first_day: date, last: str, last_day: date) -> Pattern | None:
        """What two days' texts have in common; None where they differ in more than dates that moved with the day."""
        if _DATE.sub("?", first) != _DATE.sub("?", last):
            return None
        moved = last_day - first_day
        moves = []
        for one, other in zip(_DATE.finditer(first), _DATE.finditer(last), strict=True):
            before, after = _date_of(one), _date_of(other)
            if before is None or after is None or after - before not in (moved, timedelta()):
                return None
            moves.append(after != before)
        return Pattern(first, first_day, tuple(moves))

    def on(self, day: date) -> str:
        """The text of another day."""
        shift, moves = day - self.day, iter(self.moves)

        def put(match: re.Match[str]) -> str:
            found = _date_of(match)
            if not next(moves) or found is None:
                return match.group()
            moved = found + shift
            written = match.group().startswith("MAKE_DATE")
            return f"MAKE_DATE({moved.year}, {moved.month}, {moved.day})" if written else moved.isoformat()

        return _DATE.sub(put, self.text)


def _date_of(match: re.Match[str]) -> date | None:
    parts = [int(part) for part in match.groups() if part is not None]
    try:
        return date(*parts)
    except ValueError:
        return None
