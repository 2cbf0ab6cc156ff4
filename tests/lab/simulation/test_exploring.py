"""Contacts drawn at random: with the chance that is written down, and a log that tells what came of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from arrears.lab.simulation.efforts import Offers
from arrears.lab.simulation.exploring import explored
from arrears.lab.simulation.learning_log import SCHEMA
from arrears.lab.simulation.running import Plan, run
from arrears.money import PPM

CUSTOMERS = 30_000


@pytest.fixture(scope="module")
def offers() -> Offers:
    """Everybody may be called or sent a message, one in two a letter as well."""
    who = np.repeat(np.arange(CUSTOMERS), 3)
    channel = np.tile([0, 2, 3], CUSTOMERS)
    kept = (channel != 3) | (who % 2 == 0)
    who, channel = who[kept], channel[kept]
    columns = dict.fromkeys(Offers.__dataclass_fields__, np.zeros(len(who), np.int64))
    return Offers(**(columns | {"customer": who, "channel": channel, "step": channel, "room": np.ones(len(who), np.int64)}))


def test_each_channel_is_drawn_as_often_as_its_propensity_says(offers: Offers) -> None:
    _, drawn = explored(offers, 600_000, 20_000)
    for channel, in_two, in_three in ((-1, 0.4, 0.4), (0, 0.3, 0.2), (2, 0.3, 0.2), (3, 0.0, 0.2)):
        for parity, expected in ((1, in_two), (0, in_three)):
            share = (drawn.action[drawn.customer % 2 == parity] == channel).mean()
            assert share == pytest.approx(expected, abs=0.015)
    assert (1 / drawn.propensity_ppm).sum() * PPM / CUSTOMERS == pytest.approx(1 + 2 * 0.5 + 3 * 0.5, rel=0.02)


def test_at_most_one_contact_a_customer_and_only_in_the_channel_drawn(offers: Offers) -> None:
    made, drawn = explored(offers, 600_000, 20_000)
    assert len(np.unique(offers.customer[made])) == made.sum() == (drawn.action >= 0).sum()
    assert np.array_equal(offers.channel[made], drawn.action[drawn.action >= 0])


def test_the_draw_depends_on_customer_and_day_alone(offers: Offers) -> None:
    few = np.flatnonzero(offers.customer >= 20_000)
    part = Offers(**{name: getattr(offers, name)[few] for name in Offers.__dataclass_fields__})
    whole_drawn, part_drawn = explored(offers, 300_000, 9)[1], explored(part, 300_000, 9)[1]
    assert np.array_equal(part_drawn.action, whole_drawn.action[whole_drawn.customer >= 20_000])
    assert not np.array_equal(whole_drawn.action, explored(offers, 300_000, 10)[1].action)


def test_the_log_has_a_row_for_each_draw_in_its_schema(plan: Plan, tmp_path: Path) -> None:
    run(replace(plan, explore_ppm=500_000, log=tmp_path / "learned.parquet"))
    table = pq.read_table(tmp_path / "learned.parquet")
    rows = table.to_pandas()
    assert table.schema.equals(SCHEMA) and not (tmp_path / "learned.parquet.partial").exists()
    assert len(rows) > 100 and not rows.duplicated(["customer_id", "day"]).any()
    assert 0.4 < (rows.action == "none").mean() < 0.6
    on_offer = rows[[f"can_{name}" for name in ("sms", "email", "call", "letter", "visit")]]
    assert (on_offer.sum(axis=1) >= 1).all()
    taken = rows.action != "none"
    assert (rows.propensity_ppm[taken] == 500_000 // on_offer[taken].sum(axis=1)).all()
    # four days are over before anybody's fortnight is
    assert rows.paid_14_minor.isna().all() and rows.complained_14.isna().all()
