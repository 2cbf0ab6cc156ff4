"""Agents and companies far from their peers: counts by stage come in, findings with every figure go out.

Small numbers are never compared: below the thresholds' minima a subject gets no test, so it takes no share of the discoveries.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from arrears.conduct.findings import Finding, Peers, SubjectKind
from arrears.conduct.statistics import Stratum, discovery_rates, expected, significant, tail
from arrears.conduct.thresholds import Outliers

COMPANY = "*"
"""Stands for the agent where a count is of the whole company."""


class PeerCount(NamedTuple):
    """One row of `peers.peer_counts`."""

    measure: str
    company: str
    agent: str
    stage: int
    chances: int
    events: int


class Tested(NamedTuple):
    """A subject that was compared on one measure."""

    measure: str
    company: str
    agent: str
    strata: tuple[Stratum, ...]
    peers_n: int
    expected: float
    p: float

    @property
    def events(self) -> int:
        return sum(one.events for one in self.strata)

    @property
    def chances(self) -> int:
        return sum(one.chances for one in self.strata)


def outliers(counts: Iterable[PeerCount], limits: Outliers, day: date) -> tuple[list[Finding], dict[str, int]]:
    """The findings, and how many agents and companies were compared by pattern.

    One family of tests for the agents and one for the companies: `q_max_ppm` bounds the expected share of chance in each list.
    """
    added: dict[tuple[str, str, str, int], list[int]] = defaultdict(lambda: [0, 0])
    for one in counts:
        cell = added[one.measure, one.company, one.agent, one.stage]
        cell[0] += one.chances
        cell[1] += one.events
    people = {key: cell for key, cell in added.items() if key[2] not in (COMPANY, "")}
    companies = {key: cell for key, cell in added.items() if key[2] == COMPANY}
    found: list[Finding] = []
    compared: dict[str, int] = defaultdict(int)
    for cells, peers_min in ((people, limits.peers_min), (companies, limits.companies_min)):
        tests = _tested(cells, limits, peers_min)
        for test in tests:
            compared[test.measure] += 1
        for test, rate in zip(tests, discovery_rates([test.p for test in tests]), strict=True):
            if _conspicuous(test, rate, limits):
                found.append(_finding(test, rate, limits, day))
    return found, dict(compared)


def _tested(cells: Mapping[tuple[str, str, str, int], list[int]], limits: Outliers, peers_min: int) -> list[Tested]:
    """Everybody with enough chances, on the stages that enough others work too."""
    totals: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    mine: dict[tuple[str, str, str], list[tuple[int, int, int]]] = defaultdict(list)
    for (measure, company, agent, stage), (chances, events) in sorted(cells.items()):
        total = totals[measure, stage]
        total[0] += events
        total[1] += chances
        total[2] += 1
        mine[measure, company, agent].append((stage, chances, events))
    tests = []
    for (measure, company, agent), stages in mine.items():
        shared = [one for one in stages if totals[measure, one[0]][2] > peers_min]
        strata = tuple(
            Stratum(events, chances, totals[measure, stage][0], totals[measure, stage][1]) for stage, chances, events in shared
        )
        if not strata or sum(one.chances for one in strata) < limits.chances_min:
            continue
        wanted = expected(strata)
        events_n = sum(one.events for one in strata)
        peers_n = max(totals[measure, stage][2] for stage, _, _ in shared) - 1
        # whoever is below the others' rate is no outlier upwards; the exact figure would cost and say nothing
        p = tail(strata) if events_n > wanted else 1.0
        tests.append(Tested(measure, company, agent, strata, peers_n, wanted, p))
    return tests


def _conspicuous(test: Tested, rate: float, limits: Outliers) -> bool:
    return (
        rate * 1_000_000 <= limits.q_max_ppm
        and test.events >= limits.events_min
        and test.events * 100 >= limits.ratio_min_percent * test.expected
    )


def _finding(test: Tested, rate: float, limits: Outliers, day: date) -> Finding:
    kind: SubjectKind = "company" if test.agent == COMPANY else "agent"
    subject = test.company if kind == "company" else "/".join(part for part in (test.company, test.agent) if part)
    return Finding(
        pattern=test.measure, severity=limits.severity, subject_kind=kind, subject=subject, customer_id="", rule="",
        window_days=limits.days, first_date=day - timedelta(days=limits.days - 1), last_date=day, count=test.events,
        threshold=math.ceil(test.expected),
        peers=Peers(
            chances=test.chances, rate_bp=10_000 * test.events // test.chances,
            peers_rate_bp=int(10_000 * test.expected / test.chances), peers_n=test.peers_n, p=significant(test.p),
            q=significant(rate),
        ),
    )  # fmt: skip
