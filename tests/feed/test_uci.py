"""The UCI import: what was observed stays to the unit, what is derived says so, a malformed source is refused by line."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from arrears.bank import load_bank
from arrears.errors import FeedError, UsageError
from arrears.feed.check import check_feed
from arrears.feed.contracts import CONTRACTS
from arrears.feed.relations import KnownAccounts
from arrears.feed.uci import UciImport, import_uci

SOURCE = Path("/work/shared/data/uci_credit_card/default_of_credit_card_clients.tsv")
real = pytest.mark.skipif(not SOURCE.exists(), reason="the UCI table is not on this machine; see docs/uci.md")

HEADER = (
    "ID\tLIMIT_BAL\tSEX\tEDUCATION\tMARRIAGE\tAGE\tPAY_0\tPAY_2\tPAY_3\tPAY_4\tPAY_5\tPAY_6\t"
    "BILL_AMT1\tBILL_AMT2\tBILL_AMT3\tBILL_AMT4\tBILL_AMT5\tBILL_AMT6\t"
    "PAY_AMT1\tPAY_AMT2\tPAY_AMT3\tPAY_AMT4\tPAY_AMT5\tPAY_AMT6\tdefault payment next month"
)
SOME = [
    "1\t20000\t2\t2\t1\t24\t2\t2\t-1\t-1\t-2\t-2\t3913\t3102\t689\t0\t0\t0\t0\t689\t0\t0\t0\t0\t1",
    "2\t120000\t2\t2\t2\t26\t-1\t2\t0\t0\t0\t2\t-100\t1725\t2682\t90000\t3455\t3261\t0\t1000\t1000\t1000\t0\t2000\t0",
]


def write_source(root: Path, lines: list[str], header: str = HEADER) -> Path:
    file = root / "uci.tsv"
    file.write_text("\n".join([header, *lines]) + "\n\n", encoding="utf-8")
    return file


def table(done: UciImport, name: str) -> pa.Table:
    return pa.concat_tables(pq.read_table(feed / f"{name}.parquet", partitioning=None) for feed in done.feeds)


def test_two_accounts_by_hand(tmp_path: Path) -> None:
    done = import_uci(write_source(tmp_path, SOME), tmp_path / "out")
    statements = [row for row in table(done, "statements").to_pylist() if row["account_id"] == "A00001"]
    newest = statements[-1]

    # July's bill of NT$ 689 asks for all of it; it is paid in August. August asks for NT$ 1,000, nothing is paid in September.
    assert (newest["statement_date"], newest["due_date"]) == (date(2005, 9, 30), date(2005, 10, 20))
    assert [row["minimum_payment_minor"] for row in statements] == [0, 0, 0, 68_900, 100_000, 200_000]
    assert [row["past_due_minor"] for row in statements] == [0, 0, 0, 0, 0, 100_000]
    found = {row["transaction_id"]: (row["kind"], row["amount_minor"]) for row in table(done, "transactions").to_pylist()}
    assert found["P2-00001"] == ("payment", 68_900)
    assert found["D1-00001"] == ("purchase", 81_100)
    assert found["R1-00002"] == ("refund", 182_500)
    assert "P1-00001" not in found


def test_the_movements_of_an_account_lead_from_its_opening_balance_to_its_last_bill(tmp_path: Path) -> None:
    done = import_uci(write_source(tmp_path, SOME), tmp_path / "out")
    assert_balances_add_up(done)


def assert_balances_add_up(done: UciImport) -> None:
    movements = table(done, "transactions")
    sign = pc.if_else(pc.equal(movements["kind"], "purchase"), 1, -1)
    moved = pa.table({"account_id": movements["account_id"], "moved": pc.multiply(movements["amount_minor"], sign)})
    sums = moved.group_by("account_id").aggregate([("moved", "sum")])
    last = table(done, "statements").filter(pc.equal(table(done, "statements")["statement_date"], date(2005, 9, 30)))
    both = table(done, "accounts").join(sums, "account_id").join(last.select(["account_id", "balance_minor"]), "account_id")
    ends = pc.add(both["opening_balance_minor"], pc.fill_null(both["moved_sum"], 0))
    assert pc.all(pc.equal(ends, both["balance_minor"])).as_py()


@real
def test_the_real_accounts_are_taken_over_to_the_unit_and_nothing_is_quarantined(tmp_path: Path) -> None:
    done = import_uci(SOURCE, tmp_path / "uci")
    rows = [line.split("\t") for line in SOURCE.read_text().strip().split("\n")[1:]]
    paid = np.array([row[18:24] for row in rows], dtype=np.int64)
    bills = np.array([row[12:18] for row in rows], dtype=np.int64)

    assert (done.accounts, done.statements) == (30_000, 180_000)
    assert (done.payments, done.payments_minor) == (int((paid > 0).sum()), int(paid.sum()) * 100)
    assert pc.sum(table(done, "statements")["balance_minor"]).as_py() == int(bills.sum()) * 100
    assert_balances_add_up(done)

    report = check_feed(done.feeds[0], bank=load_bank(done.out / "bank.toml"), business_date=None, known=KnownAccounts(None))
    assert (report.business_date, report.quarantined_n) == (date(2005, 9, 30), 0)
    assert {count.table: count.good for count in report.tables}["statements"] == 180_000


@real
def test_the_banks_own_codes_are_beside_the_feed_and_not_in_it(tmp_path: Path) -> None:
    done = import_uci(SOURCE, tmp_path / "uci")
    codes = pq.read_table(done.out / "observed_pay_codes.parquet")
    assert codes.column_names == ["account_id", "month", "pay_code", "default_next_month"]
    first = codes.filter(pc.equal(codes["account_id"], "A00001")).to_pylist()
    assert [(row["month"], row["pay_code"]) for row in first] == [
        ("2005-04", -2), ("2005-05", -2), ("2005-06", -1), ("2005-07", -1), ("2005-08", 2), ("2005-09", 2),
    ]  # fmt: skip
    assert pc.sum(codes["default_next_month"]).as_py() == 6 * 6_636
    assert not any("pay_code" in table(done, name).column_names for name in CONTRACTS)


def test_daily_feeds_follow_each_other_and_hold_the_same_rows(tmp_path: Path) -> None:
    source = write_source(tmp_path, SOME)
    once, daily = import_uci(source, tmp_path / "once"), import_uci(source, tmp_path / "daily", daily=True)

    days = [date.fromisoformat(feed.name.removeprefix("date=")) for feed in daily.feeds]
    assert days == [date(2005, 4, 1) + timedelta(days=n) for n in range(183)]
    for name, contract in CONTRACTS.items():
        order = [(key, "ascending") for key in contract.key]
        assert table(daily, name).sort_by(order).equals(table(once, name).sort_by(order))


def test_what_is_derived_is_said_in_the_result_and_in_the_folder(tmp_path: Path) -> None:
    done = import_uci(write_source(tmp_path, SOME), tmp_path / "out")
    text = (done.out / "DERIVED.md").read_text(encoding="utf-8")
    for word in ("Statement dates", "Days of payments", "Minimum payment", "Purchases", "Contact points", "Opening balance"):
        assert any(line.startswith(word) for line in done.derived)
        assert f"- {word}" in text


NARROW = HEADER.replace("\tBILL_AMT3", "").replace("\tPAY_AMT1", "")


@pytest.mark.parametrize(
    ("lines", "header", "says"),
    [
        (SOME, NARROW, "line 1: no column BILL_AMT3, PAY_AMT1"),
        ([], HEADER, "0 accounts"),
        ([SOME[0], "", SOME[1]], HEADER, "line 3: a blank line"),
        ([SOME[0], SOME[1].rsplit("\t", 1)[0]], HEADER, "line 3: the line has not as many fields"),
        ([SOME[0], SOME[1].replace("90000", "9e4")], HEADER, "line 3, column BILL_AMT4: '9e4' is not a whole number"),
        ([SOME[0], SOME[1].replace("\t1725", "\t")], HEADER, "line 3, column BILL_AMT2: '' is not a whole number"),
        (
            [SOME[0].replace("\t689\t0\t0\t0\t0\t1", "\t-689\t0\t0\t0\t0\t1")],
            HEADER,
            "line 2, column PAY_AMT2: '-689' is not 0 to",
        ),
        ([SOME[0], SOME[0]], HEADER, "line 3, column ID: the account is there twice"),
    ],
)
def test_a_malformed_source_is_refused_by_line_and_column(tmp_path: Path, lines: list[str], header: str, says: str) -> None:
    with pytest.raises(FeedError) as caught:
        import_uci(write_source(tmp_path, lines, header), tmp_path / "out")
    assert says in caught.value.line() and caught.value.remedy
    assert not (tmp_path / "out").exists()


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    with pytest.raises(UsageError, match="the folder is not empty"):
        import_uci(write_source(tmp_path, SOME), tmp_path / "out")
