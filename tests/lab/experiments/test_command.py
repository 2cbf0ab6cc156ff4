"""`arrears experiment analyse | report | evaluate`: text, JSON, one line for an error."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from arrears.cli.edge import run
from tests.lab.experiments.tables import trial
from tests.lab.experiments.world import FIRST, World

Said = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("trial") / "trial.csv"
    pd.DataFrame(trial(2_000, extra_in="west", extra=4.0)).to_csv(path, index=False)
    return str(path)


def test_an_analysis_in_json_holds_everything(table: str, capsys: Said) -> None:
    words = ["experiment", "analyse", table, "--treatment", "arm", "--outcome", "paid", "--features", "region,age,score"]
    assert run([*words, "--share", "call=50%", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (comparison,) = told["comparisons"]
    assert {"difference", "p_holm", "lift", "adjusted", "who_responds"} <= comparison.keys()
    assert comparison["adjusted"]["se"] < comparison["difference"]["se"]
    assert comparison["who_responds"]["found"] and len(comparison["who_responds"]["ranking"]["groups"]) == 5
    assert told["sample_ratio"]["declared"] and told["warnings"] == []


@pytest.mark.parametrize(("lang", "said"), [("en", "the effect differs between customers"), ("zh", "效应因人而异")])
def test_an_analysis_as_text(table: str, capsys: Said, lang: str, said: str) -> None:
    words = ["experiment", "analyse", table, "--treatment", "arm", "--outcome", "paid", "--features", "region"]
    assert run([*words, "--lang", lang]) == 0
    assert said in capsys.readouterr().out


def test_an_error_is_one_line(table: str, capsys: Said) -> None:
    assert run(["experiment", "analyse", table, "--treatment", "Arm", "--outcome", "paid"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "did you mean 'arm'?" in said
    assert run(["experiment", "analyse", table, "--treatment", "arm", "--outcome", "paid", "--share", "call"]) == 2


def test_a_report_in_json_and_text(tmp_path: Path, capsys: Said) -> None:
    root = World(300, 14).written(tmp_path / "bank")
    words = ["experiment", "report", "--workspace", str(root), "--date", str(FIRST + timedelta(days=13)), "--window", "4"]
    assert run([*words, "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told["experiment"] == "early" and len(told["arms"]) == 3 and len(told["comparisons"]) == 3
    assert run([*words, "--lang", "zh"]) == 0
    assert "电话是否有效" in capsys.readouterr().out


def test_a_policy_is_valued_from_a_file(tmp_path: Path, capsys: Said) -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=1_000)
    sent = np.where(rng.random(1_000) < 0.5, "call", "sms")
    frame = pd.DataFrame({"x": x, "sent": sent, "p": 0.5, "paid": x * (sent == "call"), "new": np.where(x > 0, "call", "sms")})
    frame["call_p"], frame["sms_p"] = 0.25, 0.75
    path = tmp_path / "decisions.csv"
    frame.to_csv(path, index=False)
    words = ["experiment", "evaluate", str(path), "--action", "sent", "--propensity", "p", "--outcome", "paid"]
    assert run([*words, "--policy", "new", "--features", "x", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["dr"]["low"] < 1 / np.sqrt(2 * np.pi) < told["dr"]["high"] and told["gain"]["low"] > 0
    assert run([*words, "--policy-share", "call=call_p", "--policy-share", "sms=sms_p", "--lang", "zh"]) == 0
    assert "双重稳健" in capsys.readouterr().out
    frame.assign(new="visit").to_csv(path, index=False)
    assert run([*words, "--policy", "new"]) == 2
    assert "'visit', which was never logged" in capsys.readouterr().err
    assert run(words) == 2
