from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from arrears.errors import UsageError
from arrears.risk.describe import performance_lines
from arrears.risk.features import READ, held_out, uci_outcomes, uci_pay_codes, uci_sample
from arrears.risk.fit import SEED, fit_uci
from arrears.risk.measure import evaluate, evaluate_parts
from arrears.risk.scorecard import PACKAGED, RiskError, dump_scorecard, load_scorecard
from tests.risk.worlds import GOOD_FEATURES, UCI, needs_uci, small_scorecard

HEADER = "\t".join(READ)


def uci_file(folder: Path, *rows: str) -> Path:
    file = folder / "uci.tsv"
    file.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return file


@needs_uci
def test_the_packaged_scorecard_is_what_the_fit_gives_byte_for_byte() -> None:
    pytest.importorskip("optbinning")

    assert dump_scorecard(fit_uci(UCI, SEED)) == PACKAGED.read_text(encoding="utf-8")


@needs_uci
def test_the_packaged_figures_are_measured_on_the_fifth_held_out() -> None:
    scorecard, sample = load_scorecard(), uci_sample(UCI)
    kept = sample.part(held_out(sample.ids, SEED))

    assert scorecard.fitted is not None
    assert evaluate(kept.features, kept.defaulted, scorecard) == scorecard.fitted.held_out
    assert len(kept.ids) == 6013
    assert "AUC 0.73" in performance_lines(scorecard)[-1]


@needs_uci
def test_accounts_that_come_through_the_book_are_measured_in_the_same_parts() -> None:
    scorecard, sample = load_scorecard(), uci_sample(UCI)
    ids = pa.array([f"U{each:05d}" for each in sample.ids])
    book = sample.features.append_column("customer_id", ids).take(np.random.default_rng(1).permutation(len(ids)))
    outcomes = uci_outcomes(UCI, SEED).append_column("customer_id", ids)

    parts = evaluate_parts(book, outcomes, scorecard)

    assert scorecard.fitted is not None
    assert parts == {"training": scorecard.fitted.training, "held_out": scorecard.fitted.held_out}


def test_outcomes_of_unknown_customers_are_refused() -> None:
    book = pa.table({"customer_id": ["C1"]} | {name: column[:1] for name, column in GOOD_FEATURES.items()})
    outcomes = pa.table({"customer_id": ["C1", "C2"], "defaulted": [True, False], "held_out": [True, True]})

    with pytest.raises(RiskError, match="1 outcomes belong to no customer"):
        evaluate_parts(book, outcomes, small_scorecard())


@needs_uci
def test_outcomes_and_codes_of_every_account_can_be_joined_to_the_book() -> None:
    outcomes, codes = uci_outcomes(UCI, SEED), uci_pay_codes(UCI)

    assert (outcomes.num_rows, sum(outcomes["defaulted"].to_pylist())) == (30_000, 6_636)
    assert codes.num_rows == 6 * 30_000
    newest = codes.filter(np.array(codes["month"].to_pylist()) == "2005-09")
    assert newest["pay_code"].to_pylist()[:2] == [2, -1]


def test_an_account_stays_in_its_part_of_the_split() -> None:
    ids = np.arange(1, 2001)

    chosen = held_out(ids, 1)

    assert np.flatnonzero(chosen)[:5].tolist() == np.flatnonzero(held_out(ids[:1000], 1))[:5].tolist()
    assert 340 < chosen.sum() < 460
    assert (chosen != held_out(ids, 2)).any()


def test_features_follow_the_books_definitions(tmp_path: Path) -> None:
    #                        ID LIMIT  PAY_0 2  3  4  5  6   BILL1  BILL2 PAY1  outcome
    late = uci_file(tmp_path, "1\t10000\t2\t1\t-1\t0\t3\t-2\t30000\t5000\t333\t1", "2\t5000\t-1\t0\t0\t0\t0\t0\t-7\t0\t80\t0")

    sample = uci_sample(late)

    assert sample.features.to_pylist() == [
        {
            "cycles_past_due": 2, "dpd": 60, "late_in_6": 3, "times_overdue_12": 3, "ever_overdue": True,
            "utilisation_bp": 20_000, "paid_ratio_bp": 666,
        },
        {
            "cycles_past_due": 0, "dpd": 0, "late_in_6": 0, "times_overdue_12": 0, "ever_overdue": False,
            "utilisation_bp": 0, "paid_ratio_bp": 10_000,
        },
    ]  # fmt: skip
    assert sample.defaulted.tolist() == [True, False]


def test_nothing_about_the_person_is_read() -> None:
    assert not {"SEX", "EDUCATION", "MARRIAGE", "AGE"} & set(READ)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEADER + "\n", "values are missing"),
        (HEADER + "\n" + "\t".join(["x"] * len(READ)) + "\n", "conversion error"),
        (HEADER + "\n" + "\t".join(["1"] * (len(READ) - 1)) + "\n", "columns"),
        (HEADER + "\n" + "\t".join(["1"] * (len(READ) - 1)) + "\t\n", "missing in default payment next month"),
        ("ID\n1\n", "LIMIT_BAL"),
    ],
)
def test_a_file_that_is_not_the_data_is_refused(content: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "uci.tsv"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(RiskError, match=said) as refused:
        uci_sample(file)
    assert str(file) in refused.value.line()


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RiskError, match="no such file"):
        uci_sample(tmp_path / "none.tsv")


@needs_uci
def test_fitting_without_its_libraries_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optbinning", None)

    with pytest.raises(UsageError, match=r"fitting needs optbinning; pip install 'arrears\[fit\]'"):
        fit_uci(UCI, SEED)


def test_scoring_needs_no_library_of_the_fit() -> None:
    modules = "import sys, arrears.risk, arrears.risk.monitor, arrears.risk.fit"
    code = f"{modules}; print('optbinning' in sys.modules, 'sklearn' in sys.modules)"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert said.split() == ["False", "False"]
