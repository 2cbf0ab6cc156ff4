"""Roll rates of real credit records: by hand on small ones, and on the published ones where they lie."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from arrears.cli.experiments import app
from arrears.errors import FeedError, UsageError
from arrears.lab.experiments.rolling import roll_rates, simulated_rolls
from tests.risk.worlds import UCI, needs_uci

RECORD = Path("/work/shared/data/credit_record_monthly/credit_record.zip")
needs_record = pytest.mark.skipif(not RECORD.exists(), reason="the monthly credit record is not here")
SMALL = """ID,MONTHS_BALANCE,STATUS
1,-3,0
1,-2,C
1,-1,0
1,0,1
2,-2,1
2,-1,0
2,0,X
3,-2,2
3,0,C
"""


def test_next_months_are_told_apart(tmp_path: Path) -> None:
    """One month late: current once, worse once, without a loan once; the third account's next month is not in the record."""
    file = tmp_path / "record.csv"
    file.write_text(SMALL, encoding="utf-8")
    found = roll_rates(file)
    one, two = found.rolls
    assert (one.late_months, one.accounts_n) == (1, 3)
    assert (one.current, one.better, one.gone) == pytest.approx((1 / 3, 0, 1 / 3))
    assert (two.late_months, two.accounts_n, two.current, two.better) == (2, 1, 0.0, 1.0)
    assert [(roll.month, roll.accounts_n) for roll in found.by_month if roll.late_months == 1] == [("-3", 1), ("-1", 2)]
    assert all(roll.low <= roll.current <= roll.high for roll in found.by_month)


def test_a_zipped_record_says_the_same(tmp_path: Path) -> None:
    plain, packed = tmp_path / "record.csv", tmp_path / "record.zip"
    plain.write_text(SMALL, encoding="utf-8")
    with zipfile.ZipFile(packed, "w") as file:
        file.write(plain, "record.csv")
    assert roll_rates(packed) == roll_rates(plain)


def test_an_unknown_status_and_another_table_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "record.csv"
    file.write_text(SMALL + "4,0,9\n", encoding="utf-8")
    with pytest.raises(UsageError, match="unknown status '9'"):
        roll_rates(file)
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(FeedError):
        roll_rates(file)
    with pytest.raises(UsageError, match="no such file"):
        roll_rates(tmp_path / "none.csv")


@needs_record
def test_the_published_record_has_few_who_are_current_next_month() -> None:
    found = roll_rates(RECORD)
    assert found.accounts_n == 45_985 and [roll.late_months for roll in found.rolls] == [1, 2, 3]
    assert [round(roll.current, 3) for roll in found.rolls] == [0.051, 0.093, 0.075]


@needs_uci
def test_a_quarter_of_the_uci_accounts_two_months_late_is_current_next_month() -> None:
    found = {roll.late_months: roll for roll in roll_rates(UCI).rolls}
    assert found[2].accounts_n == 16_297 and found[2].current == pytest.approx(0.2534, abs=1e-4)
    assert found[3].low < 0.159 < found[3].high


def test_left_alone_fewer_of_the_simulated_cards_come_back_the_later_they_are() -> None:
    practice, alone = simulated_rolls(20_000, 101, date(2026, 2, 2))
    shares = [roll.current for roll in alone]
    assert shares == sorted(shares, reverse=True) and 0.2 < shares[0] < 0.9
    assert [roll.late_months for roll in practice] == [1, 2, 3]


def test_the_command_says_that_it_is_an_upper_bound(tmp_path: Path) -> None:
    file = tmp_path / "record.csv"
    file.write_text(SMALL, encoding="utf-8")
    said = CliRunner().invoke(app, ["selfcure", str(file), "--accounts", "2000"])
    assert said.exit_code == 0 and "upper bound of self-cure, not self-cure" in said.stdout
    told = json.loads(CliRunner().invoke(app, ["selfcure", str(file), "--accounts", "2000", "--json"]).stdout)
    assert set(told["simulated"]) == {"practice", "nobody_contacted"} and told["rolls"][0]["accounts_n"] == 3
