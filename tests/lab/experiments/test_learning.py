"""What contacts bring, learned from a log whose truth is known; logs that cannot tell it are refused by column."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from arrears.allocate.response import load_response
from arrears.cli.experiments import app
from arrears.errors import UsageError
from arrears.feed.contracts import CHANNELS
from arrears.lab.experiments.draws import read_draws
from arrears.lab.experiments.learning import Learning, learn

CUSTOMERS, DAYS, SHARE = 6_000, 4, 0.5
STAGES_OF = np.array([0, 1, 2, 3, 4, 6])
BASE = {0: 0.7, 1: 0.35, 2: 0.25, 3: 0.15, 4: 0.1}
EFFECT = {"sms": 0.02, "call": 0.10}
MONEY = (0.5 * 45_000 + 3 * 15_000) / (80_000 + 3 * 20_000)
"""Of a chance's worth in money: whoever pays gives what is due and 5,000; a quarter owes 80,000 and responds half as well."""
COMPLAINT = {"sms": 0.0, "call": 0.004}


def _log(seed: int, customers: int = CUSTOMERS, days: int = DAYS) -> pd.DataFrame:
    """Messages and calls on offer; whoever owes much responds half as well, and draws of days 40 apart do not meet."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(customers), days)
    n = len(who)
    bucket = STAGES_OF[who % len(STAGES_OF)]
    can = {"sms": np.ones(n, bool), "call": rng.random(n) < 0.7}
    count = 1 + can["call"]
    treated = rng.random(n) < SHARE
    call = treated & can["call"] & (rng.random(n) < 0.5)
    action = np.where(call, "call", np.where(treated, "sms", "none"))
    propensity = np.where(treated, SHARE / count, 1 - SHARE)
    much = (rng.random(customers) < 0.25)[who]
    due = np.where(much, 40_000, 10_000)
    effect = np.select([action == name for name in EFFECT], list(EFFECT.values()), 0.0) * np.where(much, 0.5, 1.0)
    chance = np.array([BASE[min(stage, 4)] for stage in bucket]) + effect
    complains = rng.random(n) < np.select([action == name for name in COMPLAINT], list(COMPLAINT.values()), 0.0)
    return pd.DataFrame({
        "customer_id": [f"C{one:08d}" for one in who],
        "day": [date(2026, 3, 1) + timedelta(days=40 * int(k)) for k in np.tile(np.arange(days), customers)],
        "bucket": bucket, "band": np.array(["C", "D", "E"])[who // 4 % 3], "due_minor": due, "balance_minor": 2 * due,
        "action": action, "propensity_ppm": (propensity * 1e6).astype(int),
        "paid_30_minor": np.where(rng.random(n) < chance, due + 5_000, 0),
        "complained_14": complains,
        **{f"can_{name}": can.get(name, np.zeros(n, bool)) for name in CHANNELS},
    })  # fmt: skip


def _written(frame: pd.DataFrame, folder: Path, name: str = "log.parquet") -> Path:
    path = folder / name
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path)
    return path


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Learning:
    return learn([_written(_log(1, customers=20_000), tmp_path_factory.mktemp("log"))], learned_from="a test")


def test_money_weighted_effects_are_recovered_within_their_errors(learned: Learning) -> None:
    for channel, share in EFFECT.items():
        for bands in learned.effects[channel].values():
            for band, one in bands.items():
                assert abs(one.value - share * MONEY) < 3.5 * one.sd, (channel, band)
                assert one.n > 0 and one.sd < 0.06


def test_self_cure_is_what_those_left_alone_pay(learned: Learning) -> None:
    for stage, share in BASE.items():
        for one in learned.self_cure[str(stage)].values():
            assert abs(one.value - share) < 3.5 * one.sd


def test_complaints_are_extra_and_never_below_zero(learned: Learning) -> None:
    for channel, chance in COMPLAINT.items():
        for one in learned.complaints[channel].values():
            assert one.value >= 0 and abs(one.value - chance) < 3.5 * one.sd


def test_channels_never_on_offer_are_taken_to_bring_nothing(learned: Learning) -> None:
    assert learned.response.effect("visit", "2", "D").ppm == 0
    assert learned.response.share_ppm("letter", "1", "C", 0) == 0
    assert {f"{channel} {stage}" for channel in ("email", "letter", "visit") for stage in "01234"} == set(learned.unlearned)


def test_intervals_cover_the_truth_in_nineteen_of_twenty_logs(tmp_path: Path) -> None:
    inside, direct = [], []
    for seed in range(40):
        found = learn([_written(_log(100 + seed, 2_400), tmp_path)], learned_from="a test").effects
        for channel, share in EFFECT.items():
            for stage in "1234":
                for one in (one for band, one in found[channel][stage].items() if band != "*"):
                    inside.append(abs(one.value - share * MONEY) < 1.96 * one.sd)
                    direct.append(abs(one.direct - share * MONEY) < 1.96 * one.direct_se)
    assert np.mean(direct) == pytest.approx(0.95, abs=0.025)
    assert np.mean(inside) > 0.9


def test_csv_says_what_parquet_says_and_several_logs_keep_their_customers_apart(tmp_path: Path) -> None:
    frame = _log(5, 600)
    a, b = _written(frame, tmp_path), _written(frame, tmp_path, "log.csv")
    one, other = learn([a], learned_from="a test"), learn([b], learned_from="a test")
    assert one.response == other.response
    both = read_draws([a, b], 30)
    assert both.customers_n == 1_200 and len(both) == 2 * len(frame)


def test_a_draw_inside_the_window_ends_being_left_alone(tmp_path: Path) -> None:
    """Those drawn again within the window pay all; had they been counted, self-cure would be overrated."""
    rng = np.random.default_rng(9)
    frame = pd.concat([_log(9, 3_000, 1).assign(day=date(2026, 3, 1) + timedelta(days=k)) for k in (0, 5)])
    action = np.where(rng.random(len(frame)) < 0.5, "none", "sms")
    frame = frame.assign(
        action=action, propensity_ppm=500_000, due_minor=100, balance_minor=100, bucket=2, band="D", can_call=False
    )
    second = action[3_000:] == "sms"
    frame["paid_30_minor"] = np.concatenate([np.where(second, 100, 20), np.full(3_000, 20)])
    found = learn([_written(frame, tmp_path)], learned_from="a test")
    assert found.self_cure["2"]["D"].value == pytest.approx(0.2)
    assert found.unworked_today["2"]["D"].value > 0.35


def _bad(column: str, value: Any) -> pd.DataFrame:
    frame = _log(3, 200)
    frame.loc[3, column] = value
    return frame


@pytest.mark.parametrize(
    ("frame", "column", "what"),
    [
        (_log(3, 200).drop(columns="propensity_ppm"), "propensity_ppm", "no column"),
        (_log(3, 200).drop(columns="due_minor"), "due_minor", "no column"),
        (_log(3, 200).drop(columns="balance_minor"), "balance_minor", "no column"),
        (_log(3, 200).drop(columns="complained_14"), "complained_30", "no column"),
        (_log(3, 200).drop(columns=[f"can_{name}" for name in CHANNELS]), "can_sms", "on offer"),
        (_bad("propensity_ppm", 0), "propensity_ppm", "is 0"),
        (_bad("propensity_ppm", 1_000_000), "propensity_ppm", "certain"),
        (_bad("propensity_ppm", None), "propensity_ppm", "missing"),
        (_bad("action", "fax"), "action", "neither"),
        (_log(3, 200).assign(can_sms=False), "action", "not on offer"),
        (_log(3, 200).assign(can_visit=True), "can_visit", "no overlap"),
        (_log(3, 200).assign(propensity_ppm=20_000), "propensity_ppm", "not those it was drawn with"),
        (pd.concat([_log(3, 200)] * 2), "day", "two rows on one day"),
    ],
)
def test_logs_that_nothing_can_be_learned_from_are_refused_by_column(
    frame: pd.DataFrame, column: str, what: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as caught:
        learn([_written(frame, tmp_path)], learned_from="a test")
    assert column in str(caught.value) and what in str(caught.value)


def test_other_days_want_their_column(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"paid_14_minor.*it has: paid_30_minor"):
        read_draws([_written(_log(3, 200), tmp_path)], 14)


def test_the_command_writes_a_table_that_the_allocator_loads(tmp_path: Path) -> None:
    log, out, efforts = _written(_log(4, 600), tmp_path), tmp_path / "response.yaml", tmp_path / "efforts.yaml"
    efforts.write_text("".join(f"{name}: {{seconds: 7, cost_minor: 9}}\n" for name in CHANNELS), encoding="utf-8")
    words = ["learn", str(log), "--out", str(out), "--efforts", str(efforts), "--source", "us", "--json"]
    said = CliRunner().invoke(app, words)
    assert said.exit_code == 0, said.output
    table = load_response(out)
    assert table.learned_from == "arrears experiment learn log.parquet --days 30; us"
    assert json.loads(said.stdout)["content_hash"] == table.content_hash
    assert table.efforts["call"].seconds == 7 and table.efforts["visit"].cost_minor == 9


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_command_prints_every_figure(lang: str, tmp_path: Path) -> None:
    log = _written(_log(4, 1_200), tmp_path)
    said = CliRunner().invoke(app, ["learn", str(log), "--out", str(tmp_path / "r.yaml"), "--lang", lang])
    assert said.exit_code == 0 and "call 1 D" in said.stdout and "visit 0" in said.stdout


def test_efforts_with_a_wrong_key_are_refused(tmp_path: Path) -> None:
    efforts = tmp_path / "efforts.yaml"
    efforts.write_text("sms: {cost: 1}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"efforts.yaml: sms.cost"):
        learn([_written(_log(3, 200), tmp_path)], learned_from="a test", efforts=efforts)
