"""The measurement on real accounts: small by hand, and the whole where the data are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from arrears.errors import FeedError
from arrears.lab.uci import UciMeasurement, measure_uci
from tests.risk.worlds import UCI, needs_uci

PAGE = Path(__file__).parents[2] / "docs" / "uci-agreement.md"
MONTHS = (1, 2, 3, 4, 5, 6)
HEADER = [
    "ID", "LIMIT_BAL", "SEX", "EDUCATION", "MARRIAGE", "AGE", "PAY_0", *(f"PAY_{month}" for month in MONTHS[1:]),
    *(f"BILL_AMT{month}" for month in MONTHS), *(f"PAY_AMT{month}" for month in MONTHS), "default payment next month",
]  # fmt: skip


def _row(number: int, codes: list[int], payment: int, defaulted: int) -> list[int]:
    """A bill of NT$ 50,000 each month; NT$ 50,000 paid in each, or nothing."""
    return [number, 100_000, 1, 1, 1, 30, *codes, *[50_000] * 6, *[payment] * 6, defaulted]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> UciMeasurement:
    """60 accounts that pay all and 40 that never pay; the bank's codes say the same. Those who never pay default."""
    payers = [_row(number, [0] * 6, 50_000, 0) for number in range(1, 61)]
    # Nobody is late in April; from May on one month more in each, newest first.
    others = [_row(number, [5, 4, 3, 2, 1, 0], 0, 1) for number in range(61, 101)]
    table = "\n".join("\t".join(map(str, line)) for line in [HEADER, *payers, *others])
    file = tmp_path_factory.mktemp("uci") / "small.tsv"
    file.write_text(table + "\n", encoding="utf-8")
    return measure_uci(file)


def test_codes_that_count_what_we_count_agree_in_every_month(small: UciMeasurement) -> None:
    assert sorted(small.by_month) == ["2005-05", "2005-06", "2005-07", "2005-08", "2005-09"]
    assert {one.past_due_bp for one in small.by_month.values()} == {10_000}
    assert small.in_all.account_months_n == 500
    assert [small.in_all.counts[months][months] for months in range(6)] == [300, 40, 40, 40, 40, 40]


def test_codes_of_another_month_agree_less(small: UciMeasurement) -> None:
    assert small.by_lag[0].months_bp == 10_000
    assert small.by_lag[-1].months_bp < 10_000
    assert small.by_lag[1].months_bp < 10_000
    # In April nobody is late by the codes, in May the forty are by our reckoning.
    assert small.by_lag[-1].counts[1][0] == 40


def test_the_scorecard_tells_those_apart_through_the_book(small: UciMeasurement) -> None:
    assert {one.auc_ppm for one in (*small.by_book.values(), *small.by_codes.values())} == {1_000_000}


def test_it_can_be_told_in_three_ways(small: UciMeasurement) -> None:
    assert json.loads(json.dumps(small.as_json()))["agreement"]["all"]["past_due_bp"] == 10_000
    assert "past due at all: 100.00 %" in small.as_text()
    assert "| our book | held out |" in small.as_markdown()


def test_a_malformed_source_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.tsv").write_text("ID\tLIMIT_BAL\n1\t2\n", encoding="utf-8")
    with pytest.raises(FeedError):
        measure_uci(tmp_path / "bad.tsv")


@pytest.mark.slow
@needs_uci
def test_the_page_holds_what_the_real_accounts_give() -> None:
    generated = PAGE.read_text(encoding="utf-8").partition("<!-- generated -->\n")[2].partition("<!-- end -->")[0]
    assert generated.strip() == measure_uci(UCI).as_markdown().strip()
