from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from arrears.risk.reference import MEMBER, roll_rates, roll_rates_markdown
from arrears.risk.scorecard import RiskError
from tests.risk.worlds import CREDIT_RECORD, needs_credit_record


def zipped(folder: Path, text: str, name: str = MEMBER) -> Path:
    file = folder / "record.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, text)
    return file


def test_rolls_are_counted_between_neighbouring_months_of_one_customer(tmp_path: Path) -> None:
    record = zipped(tmp_path, "ID,MONTHS_BALANCE,STATUS\n1,0,1\n1,-1,0\n1,-2,C\n1,-4,5\n2,-1,0\n2,0,X\n3,-5,0\n")

    found = [tuple(row.values()) for row in roll_rates(record).to_pylist()]

    assert found == [(0, 1, 1, 10_000), (1, 0, 1, 5_000), (1, 2, 1, 5_000)]


@needs_credit_record
def test_the_credit_record_rolls_forward_at_most_a_bucket_a_month() -> None:
    rolls = {(row["from_bucket"], row["to_bucket"]): row for row in roll_rates(CREDIT_RECORD).to_pylist()}

    assert sum(row["account_months_n"] for row in rolls.values()) == 1_048_575 - 45_985
    assert rolls[0, 1]["share_bp"] == 511
    assert sum(row["share_bp"] for (old, new), row in rolls.items() if new > old + 1) < 200
    assert "| **1** | 12.40 |" in roll_rates_markdown(roll_rates(CREDIT_RECORD))


@pytest.mark.parametrize("name", ["other.csv", MEMBER])
def test_a_zip_without_the_record_is_refused(name: str, tmp_path: Path) -> None:
    file = zipped(tmp_path, "" if name == MEMBER else "ID\n", name)

    with pytest.raises(RiskError, match=r"give the zip file that holds credit_record.csv"):
        roll_rates(file)
