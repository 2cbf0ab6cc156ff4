"""The UCI credit-card data as columns of the customers book.

Source: UCI data set 350, I-Cheng Yeh, CC BY 4.0, DOI 10.24432/C55S3H: 30,000 Taiwan accounts, April to September 2005. Only
how the account was run is read; sex, education, marriage and age are never taken in.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv

from arrears.money import BASIS_POINTS
from arrears.risk.scorecard import RiskError

OUTCOME = "default payment next month"
PAY_CODES = ("PAY_0", "PAY_2", "PAY_3", "PAY_4", "PAY_5", "PAY_6")
"""Months of delay as the bank recorded them, September back to April; 0 and less is read as no delay."""
READ = ("ID", "LIMIT_BAL", *PAY_CODES, "BILL_AMT1", "BILL_AMT2", "PAY_AMT1", OUTCOME)
HELD_OUT_PARTS = 5
DAYS_A_MONTH = 30


@dataclass(frozen=True)
class Sample:
    """Accounts with what is known of them and what came of them, row by row."""

    ids: np.ndarray
    """The source's account number."""
    features: pa.Table
    """Columns named as in the customers book."""
    defaulted: np.ndarray
    """True for an account that did not pay in the month after."""

    def part(self, chosen: np.ndarray) -> Sample:
        """The accounts where `chosen` is true."""
        return Sample(self.ids[chosen], self.features.filter(pa.array(chosen)), self.defaulted[chosen])


def uci_sample(path: Path) -> Sample:
    """The accounts with features from the bank's own PAY codes, bills and payments; raises `RiskError` naming file and column.

    `cycles_past_due` is the newest code, `late_in_6` the months with one above 0, `utilisation_bp` September's bill over the
    limit, `paid_ratio_bp` what was paid in September over August's bill, as `book.ageing` defines them. One code is one month,
    so `dpd` is 30 days a month; `times_overdue_12` and `ever_overdue` know of six months only.
    """
    raw = _read(path)
    late = np.stack([raw[name] for name in PAY_CODES]) > 0
    cycles = np.maximum(raw["PAY_0"], 0)
    late_n = late.sum(axis=0).astype(np.int64)
    features = {
        "cycles_past_due": cycles,
        "dpd": cycles * DAYS_A_MONTH,
        "late_in_6": late_n,
        "times_overdue_12": late_n,
        "ever_overdue": late_n > 0,
        "utilisation_bp": _share_bp(raw["BILL_AMT1"], raw["LIMIT_BAL"], nothing=0, most=2 * BASIS_POINTS),
        "paid_ratio_bp": _share_bp(raw["PAY_AMT1"], raw["BILL_AMT2"], nothing=BASIS_POINTS, most=BASIS_POINTS),
    }
    return Sample(raw["ID"], pa.table(features), raw[OUTCOME] == 1)


def held_out(ids: np.ndarray, seed: int) -> np.ndarray:
    """True for the fifth of the accounts that is kept from the fit: SHA-256 of `arrears-uci-<seed>:<id>`, modulo 5, is 0."""
    return np.array([_part(int(each), seed) == 0 for each in ids], dtype=bool)


def uci_outcomes(path: Path, seed: int) -> pa.Table:
    """`uci_id` (the source's account number), `defaulted` and `held_out`, for scoring the same accounts through the book."""
    sample = uci_sample(path)
    return pa.table({"uci_id": sample.ids, "defaulted": sample.defaulted, "held_out": held_out(sample.ids, seed)})


def uci_pay_codes(path: Path) -> pa.Table:
    """`uci_id`, `month` (`2005-04` to `2005-09`) and `pay_code` as the bank recorded them, for `arrears.risk.agreement`."""
    raw = _read(path)
    months = [
        pa.table({"uci_id": raw["ID"], "month": pa.repeat(f"2005-{9 - back:02d}", len(raw["ID"])), "pay_code": raw[name]})
        for back, name in enumerate(PAY_CODES)
    ]
    return pa.concat_tables(months)


def _part(account: int, seed: int) -> int:
    return int(hashlib.sha256(f"arrears-uci-{seed}:{account}".encode()).hexdigest(), 16) % HELD_OUT_PARTS


def _share_bp(part: np.ndarray, whole: np.ndarray, *, nothing: int, most: int) -> np.ndarray:
    """`part` of `whole` in basis points, rounded down, 0 to `most`; `nothing` where there is no whole."""
    share = np.maximum(part, 0) * BASIS_POINTS // np.maximum(whole, 1)
    return np.where(whole > 0, np.minimum(share, most), nothing)


def _read(path: Path) -> dict[str, np.ndarray]:
    try:
        table = csv.read_csv(
            path,
            parse_options=csv.ParseOptions(delimiter="\t"),
            convert_options=csv.ConvertOptions(include_columns=list(READ), column_types=dict.fromkeys(READ, pa.int64())),
        )
    except FileNotFoundError:
        raise RiskError("no such file", where=str(path), remedy="fetch UCI data set 350 (see docs/risk.md)") from None
    except (pa.ArrowInvalid, KeyError) as error:
        raise RiskError(str(error), where=str(path), remedy="use the tab-separated export of UCI data set 350") from None
    empty = [name for name in READ if table[name].null_count]
    if empty or not table.num_rows:
        raise RiskError(
            f"values are missing in {', '.join(empty) or 'every column'}", where=str(path), remedy="use the whole export"
        )
    return {name: table[name].to_numpy() for name in READ}
