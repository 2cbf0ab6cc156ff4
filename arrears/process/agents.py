"""Agents' idle and over-load: calls by agent, day and hour of the bank's clock. Agents are known by their staff numbers."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import duckdb

from arrears.money import PPM
from arrears.process.model import Agent, AgentDay, Hour
from arrears.process.reading import Days, rows
from arrears.process.targets import Targets

ANSWERED = ("connected", "right_party", "wrong_party", "promise", "refused", "left_message")
"""Outcomes of a call that somebody answered."""
_CALLS = "direction = 'outbound' AND channel = 'call' AND agent <> ''"
_AGENT_DAYS = f"""
WITH calls AS (SELECT own_day, agent, minute, minute // 60 AS hour, outcome IN {ANSWERED} AS answered,
                      spoke AND party = 'debtor' AS spoke FROM contacts WHERE {_CALLS}),
     gaps AS (SELECT *, minute - lag(minute) OVER (PARTITION BY own_day, agent ORDER BY minute) AS gap FROM calls)
SELECT own_day, agent, count(*), count(*) FILTER (answered), count(*) FILTER (spoke), min(minute), max(minute),
       max(hour) - min(hour) + 1 - count(DISTINCT hour), coalesce(max(gap), 0)
FROM gaps GROUP BY ALL ORDER BY own_day, agent
"""


@dataclass(frozen=True)
class Floor:
    """Everything about the agents."""

    agents: tuple[Agent, ...]
    cv_ppm: int | None
    day: date | None
    agent_days: tuple[AgentDay, ...]


def floor(con: duckdb.DuckDBPyConnection, targets: Targets) -> Floor:
    """The agents over the window, and each of them on the newest day worked."""
    by_agent: defaultdict[str, list[AgentDay]] = defaultdict(list)
    by_day: defaultdict[date, list[AgentDay]] = defaultdict(list)
    for own_day, *values in rows(con, _AGENT_DAYS):
        one = AgentDay(values[0], *(int(value) for value in values[1:]))
        by_agent[one.agent].append(one)
        by_day[own_day].append(one)
    if not by_day:
        return Floor((), None, None, ())
    spreads = [_cv([one.attempts_n for one in of]) for of in by_day.values()]
    known = [spread for spread in spreads if spread is not None]
    newest = max(by_day)
    listed = sorted(by_day[newest], key=lambda one: (-one.attempts_n, one.agent))
    agents = _compared([_agent(name, of) for name, of in by_agent.items()], targets)
    return Floor(agents, round(statistics.mean(known) * PPM) if known else None, newest, tuple(listed))


def hours(con: duckdb.DuckDBPyConnection, days: Days, planned: dict[int, tuple[int, int]]) -> tuple[Hour, ...]:
    """The load curve: contacts and calls planned and made in each hour, on the days of plans before `days.day`."""
    found = rows(
        con, "SELECT minute // 60 AS hour, count(*), count(*) FILTER (channel = 'call') FROM contacts "
        "WHERE direction = 'outbound' AND own_day >= ? AND own_day < ? GROUP BY hour", [days.known[0], days.day],
    )  # fmt: skip
    made = {int(hour): (all_n, calls_n) for hour, all_n, calls_n in found}
    seen = planned.keys() | made.keys()
    span = range(min(seen), max(seen) + 1) if seen else range(0)
    nothing = (0, 0)
    told = ((hour, planned.get(hour, nothing), made.get(hour, nothing)) for hour in span)
    return tuple(Hour(hour, plan[0], done[0], plan[1], done[1]) for hour, plan, done in told)


def _agent(name: str, days: Sequence[AgentDay]) -> Agent:
    hours_n = sum(one.last_minute // 60 - one.first_minute // 60 + 1 for one in days)
    attempts_n = sum(one.attempts_n for one in days)
    spread = _cv([one.attempts_n for one in days])
    return Agent(
        name, len(days), attempts_n, sum(one.connected_n for one in days), sum(one.right_party_n for one in days), hours_n,
        sum(one.idle_hours_n for one in days), round(statistics.median(one.longest_gap_min for one in days)),
        round(100 * attempts_n / hours_n), None if spread is None else round(spread * PPM), None, "",
    )  # fmt: skip


def _cv(loads: Iterable[int]) -> float | None:
    """Sample standard deviation over mean; None for a single load."""
    listed = list(loads)
    return statistics.stdev(listed) / statistics.mean(listed) if len(listed) > 1 else None


def _compared(agents: Sequence[Agent], targets: Targets) -> tuple[Agent, ...]:
    """Agents with their score among those who worked long enough, most attempts first."""
    long_enough = [one for one in agents if one.days_n >= targets.agent_days_min]
    scores: dict[str, int] = {}
    if len(long_enough) >= targets.agents_min:
        found = scored([one.attempts_per_hour_centi for one in long_enough])
        scores = {one.agent: round(1000 * score) for one, score in zip(long_enough, found, strict=True)}
    told = (_scored(one, scores.get(one.agent), targets.far_score_milli) for one in agents)
    return tuple(sorted(told, key=lambda one: (-one.attempts_n, one.agent)))


def _scored(one: Agent, score_milli: int | None, far_milli: int) -> Agent:
    far: Literal["", "above", "below"] = ""
    if score_milli is not None and abs(score_milli) >= far_milli:
        far = "above" if score_milli > 0 else "below"
    return Agent(**(one.__dict__ | {"score_milli": score_milli, "far": far}))


def scored(values: Sequence[int]) -> list[float]:
    """Modified z-scores: distance from the median in units of the median distance, which single agents cannot stretch.

    Where more than half are equal that unit is zero, and the mean distance takes its place (Iglewicz and Hoaglin 1993).
    """
    middle = statistics.median(values)
    distances = [abs(value - middle) for value in values]
    unit = 1.4826 * statistics.median(distances) or 1.2533 * statistics.mean(distances)
    return [(value - middle) / unit if unit else 0.0 for value in values]
