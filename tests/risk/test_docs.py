from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import yaml

from arrears.risk.describe import bands_markdown, performance_lines, points_markdown
from arrears.risk.features import held_out, uci_sample
from arrears.risk.fit import SEED
from arrears.risk.measure import scores_of
from arrears.risk.reference import roll_rates, roll_rates_markdown
from arrears.risk.scorecard import load_scorecard, parse_scorecard
from tests.risk.worlds import CREDIT_RECORD, UCI, needs_credit_record, needs_uci, small_scorecard

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "risk.md").read_text(encoding="utf-8")


def test_the_page_shows_the_packaged_points_bands_and_figures() -> None:
    scorecard = load_scorecard()

    assert points_markdown(scorecard) in PAGE
    assert bands_markdown(scorecard) in PAGE
    assert all(line in PAGE for line in performance_lines(scorecard))


def test_the_example_of_the_format_loads() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)

    assert parse_scorecard(yaml.safe_load(example), where="docs/risk.md").name == "our-cards"


@needs_credit_record
def test_the_page_shows_the_roll_rates_of_the_credit_record() -> None:
    assert roll_rates_markdown(roll_rates(CREDIT_RECORD)) in PAGE


def test_points_read_in_chinese_and_without_counts() -> None:
    assert "当前连续逾期期数 (`cycles_past_due`)" in points_markdown(load_scorecard(), "zh")
    assert "| late_in_6 (`late_in_6`) | up to 0 | 40 |  | |" in points_markdown(small_scorecard())


@needs_uci
def test_the_page_shows_how_the_bands_did_on_the_fifth_held_out() -> None:
    scorecard, sample = load_scorecard(), uci_sample(UCI)
    kept = sample.part(held_out(sample.ids, SEED))
    bands = np.searchsorted(
        sorted(band.from_ for band in scorecard.bands if band.from_), scores_of(kept.features, scorecard), "right"
    )

    shares = [f"{kept.defaulted[bands == 4 - place].mean() * 100:.2f}" for place in range(5)]

    assert f"bands defaulted {', '.join(shares[:4])} and {shares[4]} %" in PAGE
