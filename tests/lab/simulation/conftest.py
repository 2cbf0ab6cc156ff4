"""A small bank that is simulated for a few days, compiled once for all tests of the room."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from arrears.day.workspace import Strategy
from arrears.lab.simulation.allocators import by_priority
from arrears.lab.simulation.comparing import strategy_of
from arrears.lab.simulation.efforts import capacities_for
from arrears.lab.simulation.running import Plan
from arrears.lab.simulation.sql_of_days import compiled
from arrears.lab.simulation.strategy_day import zone_offsets

ACCOUNTS, DAYS, SETTLING_DAYS = 4_000, 4, 150
START = date(2026, 2, 10)
"""The twelfth, on which the guide's campaign goes out, is among the days."""

Sql = Mapping[date, Mapping[str, str]]


@pytest.fixture(scope="session")
def strategy() -> Strategy:
    return strategy_of("guide", ACCOUNTS)


@pytest.fixture(scope="session")
def sql(strategy: Strategy) -> Sql:
    days = [START + timedelta(days=number) for number in range(DAYS)]
    return {day: compiled(strategy, day, zone_offsets(day)) for day in days}


@pytest.fixture(scope="session")
def plan(strategy: Strategy, sql: Sql) -> Plan:
    return Plan(
        strategy, sql, by_priority, capacities_for(ACCOUNTS), seed=3, accounts=ACCOUNTS, start=START, days=DAYS,
        settling_days=SETTLING_DAYS,
    )  # fmt: skip
