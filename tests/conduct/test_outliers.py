"""Agents and companies against their peers: who is listed, who is not, and every figure with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from arrears.conduct import load_thresholds
from arrears.conduct.findings import Finding
from arrears.conduct.outliers import PeerCount, outliers
from tests.conduct.world import DAY, World, ago, of

LIMITS = load_thresholds(Path("nowhere")).outliers
REFUSALS = "outlier_refusals"


def team(events: int, *, agents: int = 10, chances: int = 200, stage: int = 1) -> Iterator[PeerCount]:
    """Agents who all have so many events of so many chances."""
    for number in range(agents):
        yield PeerCount(REFUSALS, "", f"agent-{number:02d}", stage, chances, events)


def listed(*counts: PeerCount) -> list[Finding]:
    return outliers(counts, LIMITS, DAY)[0]


def test_an_agent_far_above_the_peers_is_listed_with_every_figure() -> None:
    (found,) = listed(*team(10), PeerCount(REFUSALS, "", "rude", 1, 200, 40))
    assert (found.subject_kind, found.subject, found.count, found.threshold) == ("agent", "rude", 40, 10)
    assert found.peers is not None
    assert (found.peers.chances, found.peers.rate_bp, found.peers.peers_rate_bp, found.peers.peers_n) == (200, 2_000, 500, 10)
    assert 0 < found.peers.p <= found.peers.q < 1e-6


def test_nobody_is_listed_where_all_are_alike() -> None:
    assert listed(*team(10)) == []


def test_somebody_far_below_is_not_listed() -> None:
    assert listed(*team(40), PeerCount(REFUSALS, "", "kind", 1, 200, 0)) == []


@pytest.mark.parametrize(("chances", "seen"), [(LIMITS.chances_min - 1, 0), (LIMITS.chances_min, 1)])
def test_small_numbers_are_never_compared(chances: int, seen: int) -> None:
    few = PeerCount(REFUSALS, "", "new", 1, chances, chances // 2)
    assert len(listed(*team(10), few)) == seen


@pytest.mark.parametrize(("events", "seen"), [(LIMITS.events_min - 1, 0), (LIMITS.events_min, 1)])
def test_few_events_are_never_listed(events: int, seen: int) -> None:
    rare = [replace_events(one, 0) for one in team(0, agents=40, chances=2_000)]
    assert len(listed(*rare, PeerCount(REFUSALS, "", "one", 1, 200, events))) == seen


def replace_events(one: PeerCount, events: int) -> PeerCount:
    return one._replace(events=events)


@pytest.mark.parametrize(("peers", "seen"), [(LIMITS.peers_min - 1, 0), (LIMITS.peers_min, 1)])
def test_a_stage_that_few_others_work_compares_nobody(peers: int, seen: int) -> None:
    assert len(listed(*team(10, agents=peers), PeerCount(REFUSALS, "", "rude", 1, 200, 60))) == seen


def test_certain_but_slight_is_not_listed() -> None:
    """A quarter above the others is certain with so many conversations, and no reason to single somebody out."""
    slight = PeerCount(REFUSALS, "", "slight", 1, 100_000, 6_250)
    found, _ = outliers([*team(5_000, chances=100_000), slight], LIMITS, DAY)
    assert found == []
    loose = replace_limits(ratio_min_percent=120)
    assert [one.subject for one in outliers([*team(5_000, chances=100_000), slight], loose, DAY)[0]] == ["slight"]


def replace_limits(**changed: int) -> object:
    return LIMITS.model_copy(update=changed)


def test_whoever_works_the_hard_stage_is_compared_with_those_who_do() -> None:
    hard = list(team(60, agents=6, stage=4))
    found = listed(*team(4, agents=20, stage=1), *(one._replace(agent=f"hard-{n}") for n, one in enumerate(hard)))
    assert found == []


def test_an_agent_is_one_across_shards_and_stages() -> None:
    parts = [PeerCount(REFUSALS, "", "rude", stage, 60, 12) for stage in (1, 2) for _ in range(2)]
    (found,) = listed(*team(10), *(one._replace(stage=2) for one in team(10)), *parts)
    assert found.peers is not None
    assert (found.count, found.peers.chances) == (48, 240)


def test_a_company_is_compared_with_the_others() -> None:
    counts = [PeerCount(REFUSALS, name, "*", 4, 4_000, events) for name, events in (("east", 900), ("west", 300), ("", 310))]
    (found,) = listed(*counts)
    assert (found.subject_kind, found.subject) == ("company", "east")


def test_agents_of_one_number_at_two_companies_are_two() -> None:
    counts = [*team(10), PeerCount(REFUSALS, "east", "agent-01", 1, 200, 60)]
    (found,) = listed(*counts)
    assert found.subject == "east/agent-01"


def test_contacts_that_name_no_agent_are_nobodys() -> None:
    assert listed(*team(10), PeerCount(REFUSALS, "", "", 1, 2_000, 1_500)) == []


# --- what is counted ---------------------------------------------------------------------------------------------------------
SMALL = """
outliers: {chances_min: 20, events_min: 2, peers_min: 5}
"""


def crew(world: World, **changed: object) -> None:
    """Six agents, each with forty conversations by phone on quiet days, customers of their own."""
    for number in range(6):
        for turn in range(40):
            name = world.customer(f"c{number}-{turn}")
            world.contact(name, ago(2 + turn % 20), f"{9 + turn % 8}:00", agent=f"agent-{number}", outcome="right_party")


@pytest.fixture(scope="module")
def conduct(tmp_path_factory: pytest.TempPathFactory) -> object:
    world = World()
    crew(world)
    for turn in range(40):
        rude, hasty, early, grievous = (world.customer(f"{who}-{turn}") for who in ("rude", "hasty", "early", "grievous"))
        day, clock = ago(2 + turn % 20), f"{9 + turn % 8}"
        world.contact(rude, day, f"{clock}:00", agent="rude", outcome="refused" if turn % 2 else "right_party")
        world.contact(hasty, day, f"{clock}:00", agent="hasty", outcome="no_answer")
        world.contact(hasty, day, f"{clock}:{30 + turn % 2}", agent="hasty", outcome="no_answer")
        world.contact(early, day, "08:14" if turn % 2 else "08:15", agent="early", outcome="right_party")
        world.contact(grievous, day, f"{clock}:00", agent="grievous", outcome="right_party")
        if turn % 2:
            world.flag(grievous, "complaint", day if turn % 4 == 1 else ago(2 + turn % 20 - 8))
    return world.conduct(tmp_path_factory.mktemp("conduct") / "bank", settings=SMALL)


@pytest.mark.parametrize(
    ("pattern", "agent", "events", "chances"),
    [
        (REFUSALS, "rude", 20, 40),
        ("outlier_redials", "hasty", 20, 80),
        ("outlier_near_limit", "early", 20, 40),
        ("outlier_complaints", "grievous", 10, 40),
    ],
)
def test_each_measure_counts_what_it_says_to_the_minute_and_day(
    conduct: object, pattern: str, agent: str, events: int, chances: int
) -> None:
    found = of(conduct, pattern, agent)  # type: ignore[arg-type]
    assert found is not None and found.peers is not None
    assert (found.count, found.peers.chances) == (events, chances)


def test_nobody_else_is_listed(conduct: object) -> None:
    agents = {(one.pattern, one.subject) for one in conduct.findings if one.subject_kind == "agent"}  # type: ignore[attr-defined]
    assert {agent for _, agent in agents} == {"rude", "hasty", "early", "grievous"}
    assert len(agents) == 4
