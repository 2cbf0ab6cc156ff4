"""Spark lists what DuckDB lists, to the last figure."""

from __future__ import annotations

from pathlib import Path

import pytest

from arrears.engine import Sessions
from tests.conduct.test_patterns import _complaints, _third_parties, vain
from tests.conduct.world import DAY, World, ago


@pytest.mark.slow
@pytest.mark.spark
def test_both_engines_make_the_same_list(tmp_path: Path, spark: Sessions) -> None:
    world = World()
    vain(world, "vain", 15)
    _third_parties(world)
    _complaints(world)
    for name, country, zone in (("night", "CN", "Asia/Shanghai"), ("abroad", "US", "America/New_York")):
        world.customer(name, country=country, region="", zones=f"{zone},Asia/Tokyo" if name == "night" else zone, timezone=zone)
        world.calls(name, DAY, 8, hour=14, actor="agency-1")
        world.refusal(name, "call", ago(3))
        world.contact(name, DAY, "22:30")
    world.customer("near")
    world.calls("near", DAY, 5)
    for number in range(6):
        for turn in range(30):
            name = world.customer(f"c{number}-{turn}", dpd=turn * 4)
            outcome = "refused" if number == 3 and turn % 2 else "right_party"
            world.contact(name, ago(turn), "09:00", agent=f"agent-{number}", outcome=outcome)
    settings = "outliers: {chances_min: 20, events_min: 2, peers_min: 2}\n"
    by_duckdb = world.conduct(tmp_path / "duckdb", packs=("CN",), settings=settings)
    by_spark = world.conduct(tmp_path / "spark", packs=("CN",), settings=settings, engine=spark)
    assert {one.pattern for one in by_duckdb.findings} >= {"outside_law", "near_cap", "complaint", "outlier_refusals"}
    assert by_spark.as_json() == by_duckdb.as_json()
