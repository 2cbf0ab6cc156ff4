from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.risk.agreement import dpd_agreement, kappa_ppm
from arrears.risk.scorecard import RiskError


def ours(*rows: tuple[str, str, int | None]) -> pa.Table:
    return pa.table({name: [row[place] for row in rows] for place, name in enumerate(("account_id", "month", "dpd"))})


def observed(*rows: tuple[str, str, int | None]) -> pa.Table:
    return pa.table({name: [row[place] for row in rows] for place, name in enumerate(("account_id", "month", "pay_code"))})


def one(dpd: int, code: int) -> tuple[int, int]:
    """The cell of the cross table a single account month falls into."""
    (cell,) = dpd_agreement(ours(("a", "2005-09", dpd)), observed(("a", "2005-09", code))).as_table().to_pylist()
    return cell["ours_months"], cell["observed_months"]


@pytest.mark.parametrize(("dpd", "months"), [(0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (180, 6), (181, 7), (4000, 7)])
def test_days_become_months_as_buckets_do(dpd: int, months: int) -> None:
    assert one(dpd, 0) == (months, 0)


@pytest.mark.parametrize(("code", "months"), [(-2, 0), (-1, 0), (0, 0), (1, 1), (2, 2), (7, 7), (8, 7)])
def test_codes_of_nought_and_less_are_current(code: int, months: int) -> None:
    assert one(0, code) == (0, months)


def test_shares_and_kappa_of_a_small_table() -> None:
    months = ["2005-04", "2005-05", "2005-06", "2005-07", "2005-08"]
    we = ours(*zip("aaaaa", months, [0, 0, 15, 40, 40], strict=True))
    bank = observed(*zip("aaaaa", months, [-1, 0, 1, 2, 3], strict=True))

    found = dpd_agreement(we, bank)

    assert found.account_months_n == 5
    assert (found.past_due_bp, found.past_due_kappa_ppm) == (10_000, 1_000_000)
    # 4 of 5 agree; by chance (2*2 + 1*1 + 2*1) / 25 = 7/25; kappa = (20/25 - 7/25) / (18/25) = 13/18
    assert (found.months_bp, found.months_kappa_ppm) == (8_000, 722_222)


def test_account_months_of_one_side_are_counted_apart() -> None:
    found = dpd_agreement(
        ours(("a", "2005-09", 0), ("b", "2005-09", 9)), observed(("a", "2005-09", 0), ("c", "2005-09", 1), ("a", "2005-08", 1))
    )

    assert (found.account_months_n, found.only_ours_n, found.only_theirs_n) == (1, 1, 2)


def test_months_may_be_dates() -> None:
    day = pa.array([date(2005, 9, 30)])

    found = dpd_agreement(
        pa.table({"account_id": ["a"], "month": day, "dpd": [3]}),
        pa.table({"account_id": ["a"], "month": day, "pay_code": [1]}),
    )

    assert found.months_bp == 10_000


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(-2, 8)), min_size=1, max_size=40))
def test_every_account_month_stands_in_the_table_once(pairs: list[tuple[int, int]]) -> None:
    we = ours(*((f"a{n}", "2005-09", dpd) for n, (dpd, _) in enumerate(pairs)))
    bank = observed(*((f"a{n}", "2005-09", code) for n, (_, code) in enumerate(reversed(list(pairs)))))

    found = dpd_agreement(we, bank)

    assert found.account_months_n == len(pairs) == sum(found.as_table()["account_months_n"].to_pylist())
    assert found.past_due_bp >= found.months_bp


def test_kappa_is_one_in_agreement_nought_by_chance_and_below_in_contradiction() -> None:
    assert kappa_ppm(np.array([[5, 0], [0, 5]])) == 1_000_000
    assert kappa_ppm(np.array([[4, 4], [4, 4]])) == 0
    assert kappa_ppm(np.array([[0, 5], [5, 0]])) == -1_000_000
    assert kappa_ppm(np.array([[5, 0], [0, 0]])) == 1_000_000


def test_kappa_agrees_with_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    draw = np.random.default_rng(3)
    left, right = draw.integers(0, 4, 500), draw.integers(0, 4, 500)
    right[:300] = left[:300]
    counts = np.bincount(left * 4 + right, minlength=16).reshape(4, 4)

    assert abs(kappa_ppm(counts) - metrics.cohen_kappa_score(left, right) * 1_000_000) <= 1


def test_table_reads_in_a_terminal_and_on_a_page() -> None:
    found = dpd_agreement(ours(("a", "2005-09", 0), ("b", "2005-09", 31)), observed(("a", "2005-09", 0), ("b", "2005-09", 1)))

    assert found.as_text().splitlines()[0].split() == ["ours", "\\", "bank", "0", "1", "2", "3", "4", "5", "6", "7+"]
    assert found.as_text().splitlines()[3].split() == ["2", "0", "1", "0", "0", "0", "0", "0", "0"]
    assert "| **2** | 0 | 1 | 0 | 0 | 0 | 0 | 0 | 0 |" in found.as_markdown()
    assert "agree on past due at all: 100.00 %, kappa 1.000" in found.as_markdown()
    assert "agree on the number of months: 50.00 %, kappa 0.333" in found.as_text()


@pytest.mark.parametrize(
    ("we", "bank", "said"),
    [
        (ours(("a", "2005-09", None)), observed(("a", "2005-09", 0)), "ours: 1 rows without a dpd"),
        (ours(("a", "2005-09", 0)), observed(("a", "2005-09", None)), "observed: 1 rows without a pay_code"),
        (ours(("a", "2005-09", 0), ("a", "2005-09", 1)), observed(("a", "2005-09", 0)), "ours: an account month stands twice"),
        (ours(("a", "2005-09", 0)), observed(("b", "2005-09", 0)), "no account month stands in both"),
        (ours(("a", "2005-09", 0)), ours(("a", "2005-09", 0)), "observed: no column pay_code"),
    ],
)
def test_tables_that_cannot_be_compared_are_refused(we: pa.Table, bank: pa.Table, said: str) -> None:
    with pytest.raises(RiskError, match=said):
        dpd_agreement(we, bank)
