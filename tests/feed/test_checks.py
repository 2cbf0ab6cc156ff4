"""Every check of a row: what fails it, that only that row is refused, and what the quarantine says of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from arrears.feed.contracts import CONTRACTS
from arrears.feed.reasons import REASONS
from tests.feed.world import BANK, example, quarantined, rows_of, taken_in, write_feed

BAD_VALUES = [
    ("customers", "customer_id", "", "missing_value"),
    ("customers", "customer_id", "C 1", "bad_id"),
    ("customers", "customer_id", "C" * 33, "bad_id"),
    ("customers", "customer_id", "客户1", "bad_id"),
    ("customers", "full_name", "", "missing_value"),
    ("customers", "full_name", "x" * 1_001, "too_long"),
    ("customers", "full_name", "Wang\x07Fang", "bad_characters"),
    ("customers", "language", "fr", "unknown_code"),
    ("customers", "country", "China", "unknown_country"),
    ("customers", "timezone", "Asia/Shangai", "unknown_time_zone"),
    ("customers", "since_date", "2026-01-21", "future_date"),
    ("customers", "since_date", "1066-10-14", "date_out_of_range"),
    ("accounts", "product_id", "gold", "unknown_product"),
    ("accounts", "currency", "RMB1", "wrong_type"),
    ("accounts", "currency", "USD", "product_currency"),
    ("accounts", "status", "frozen", "unknown_code"),
    ("accounts", "credit_limit_minor", "-1", "below_low"),
    ("accounts", "opened_date", "2026-01-21", "future_date"),
    ("statements", "due_date", "2026-01-05", "dates_disagree"),
    ("statements", "statement_date", "2026-01-21", "future_date"),
    ("statements", "past_due_minor", "35232", "past_due_above_minimum"),
    ("statements", "currency", "USD", "account_currency"),
    ("transactions", "amount_minor", "-500", "below_low"),
    ("transactions", "amount_minor", "1000000000000001", "above_high"),
    ("transactions", "amount_minor", "99999999999999999999999", "above_high"),
    ("transactions", "amount_minor", "-99999999999999999999999", "below_low"),
    ("transactions", "amount_minor", "12.50", "decimal_amount"),
    ("transactions", "amount_minor", "1e5", "wrong_type"),
    ("transactions", "amount_minor", "five", "wrong_type"),
    ("transactions", "kind", "repayment", "unknown_code"),
    ("transactions", "reverses_id", "", "reversal_without_original"),
    ("transactions", "currency", "USD", "account_currency"),
    ("transactions", "posted_date", "2026-01-21", "future_date"),
    ("transactions", "value_date", "2026-01-21", "future_date"),
    ("transactions", "value_date", "2024-12-15", "too_old"),
    ("transactions", "value_date", "2026-02-30", "no_such_date"),
    ("transactions", "value_date", "2025-02-29", "no_such_date"),
    ("transactions", "value_date", "20/01/2026", "wrong_type"),
    ("transactions", "value_date", "2026-1-5", "wrong_type"),
    ("transactions", "account_id", "A999999", "unknown_parent"),
    ("contact_points", "timezone", "UTC+8", "unknown_time_zone"),
    ("contact_points", "rank", "0", "below_low"),
    ("contact_points", "rank", "100", "above_high"),
    ("consents", "given", "maybe", "wrong_type"),
    ("consents", "until_date", "2025-11-01", "dates_disagree"),
    ("consents", "at_date", "2026-01-21", "future_date"),
    ("flags", "until_date", "2026-01-09", "dates_disagree"),
    ("flags", "customer_id", "C999999", "unknown_parent"),
    ("contacts", "at", "2026-01-12 10:15:00+08:00", "wrong_type"),
    ("contacts", "local_date", "2026-01-14", "dates_disagree"),
    ("contacts", "channel", "fax", "unknown_code"),
    ("contacts", "agent", "Li Na", "bad_id"),
    ("contacts", "requested", "perhaps", "wrong_type"),
    ("flags", "evidence", "x" * 1_001, "too_long"),
]


IDS = {"customer_id": "C", "account_id": "A", "transaction_id": "T", "contact_id": "P", "event_id": "E"}


def world_of(cases: list[tuple[str, ...]]) -> tuple[dict[str, list[dict[str, str]]], list[int]]:
    """One feed with a row of its own, and good parents of its own, for every case; and the line each stands on."""
    rows: dict[str, list[dict[str, str]]] = {table: [] for table in CONTRACTS}
    lines = []
    for number, (table, column, value, *_) in enumerate(cases):
        ids = {name: f"{letter}{number}" for name, letter in IDS.items()}
        for parent in ("customers", "accounts"):
            if table not in (parent, "customers"):
                rows[parent].append(example(parent) | {name: ids[name] for name in ids if name in example(parent)})
        row = example(table) | {name: ids[name] for name in ids if name in example(table)} | {column: value}
        if column == "reverses_id":
            row["kind"] = "payment_reversal"
        rows[table].append(row)
        lines.append(len(rows[table]) + 1)
    return rows, lines


@pytest.fixture(scope="module")
def bad_world(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[int], Path]:
    root = tmp_path_factory.mktemp("bad")
    rows, lines = world_of(BAD_VALUES)
    intake = taken_in(write_feed(root, rows), root / "out")
    assert intake.quarantined_n == len(BAD_VALUES)
    return lines, root / "out"


@pytest.mark.parametrize("number", range(len(BAD_VALUES)), ids=lambda n: "-".join(BAD_VALUES[n])[:60])
def test_a_bad_value_sends_its_row_to_quarantine(bad_world: tuple[list[int], Path], number: int) -> None:
    lines, out = bad_world
    table, column, value, reason = BAD_VALUES[number]

    (bad,) = [row for row in quarantined(out) if (row["table"], row["row"]) == (table, lines[number])]
    assert (bad["reason"], bad["column"], bad["file"]) == (reason, column, f"{table}.csv")
    assert json.loads(bad["raw"])[column] == (value or None)
    assert bad["text_en"] and bad["text_zh"] and bad["remedy"] and "{" not in bad["text_en"] + bad["text_zh"] + bad["remedy"]


GOOD_VALUES = [
    ("transactions", "value_date", "2024-12-16"),  # 400 days before
    ("transactions", "amount_minor", "0"),
    ("transactions", "amount_minor", "1000000000000000"),
    ("accounts", "opening_balance_minor", "-1000000000000000"),
    ("accounts", "opened_date", "2024-02-29"),
    ("statements", "balance_minor", "-500"),
    ("statements", "past_due_minor", "35231"),
    ("customers", "customer_id", "C000001"),
    ("customers", "full_name", 'O\'Hara, "Pat"\nLtd'),
    ("customers", "timezone", "America/Argentina/Buenos_Aires"),
    ("flags", "from_date", "2026-01-21"),  # a breathing space may begin tomorrow
    ("flags", "until_date", "2028-02-29"),
    ("consents", "given", "0"),
    ("contacts", "at", "2026-01-12T02:15:00.123456Z"),
    ("contacts", "local_date", "2026-01-13"),
]


def test_values_at_the_edge_are_taken_in(tmp_path: Path) -> None:
    rows, _ = world_of(GOOD_VALUES)
    taken_in(write_feed(tmp_path, rows), tmp_path / "out")
    assert [(row["table"], row["row"], row["column"], row["value"]) for row in quarantined(tmp_path / "out")] == []


def test_a_contact_in_the_hour_a_clock_change_skips_is_taken_in_since_times_are_utc(tmp_path: Path) -> None:
    """02:30 does not exist in New York on 2025-03-09; as UTC it is 21:30 of the evening before."""
    row = example("contacts", at="2025-03-09 02:30:00", local_date="2025-03-08")
    taken_in(write_feed(tmp_path, {"contacts": [row]}), tmp_path / "out")
    assert str(rows_of(tmp_path / "out", "contacts")[0]["at"]) == "2025-03-09 02:30:00"


def test_a_row_with_several_faults_is_one_row_in_quarantine_that_names_them_all(tmp_path: Path) -> None:
    row = example("transactions", amount_minor="-5", currency="cny", value_date="2026-02-30")
    intake = taken_in(write_feed(tmp_path, {"transactions": [row]}), tmp_path / "out")

    (bad,) = quarantined(tmp_path / "out")
    assert intake.quarantined_n == 1
    assert (bad["column"], bad["reason"]) == ("amount_minor", "below_low")
    assert bad["also"] == "currency:wrong_type, value_date:no_such_date, currency:account_currency"


def test_the_good_rows_go_on_and_the_bad_row_is_found_by_its_line(tmp_path: Path) -> None:
    rows = [example("transactions", transaction_id=f"T{n}") for n in range(5)]
    rows[3]["amount_minor"] = "x"
    intake = taken_in(write_feed(tmp_path, {"transactions": rows}), tmp_path / "out")

    assert [row["transaction_id"] for row in rows_of(tmp_path / "out", "transactions")] == ["T0", "T1", "T2", "T4"]
    (bad,) = quarantined(tmp_path / "out")
    assert (bad["row"], bad["key"], bad["value"]) == (5, "transaction_id=T3", "x")
    assert intake.quarantined["transactions"] == 1


def test_line_breaks_inside_quoted_fields_and_blank_lines_do_not_shift_the_line(tmp_path: Path) -> None:
    folder = write_feed(tmp_path, {"customers": [example("customers")]})
    file = folder / "customers.csv"
    file.write_text(
        file.read_text(encoding="utf-8")
        + 'C2,"Two\nlines, ""quoted""",zh,CN,SH,,2019-01-01\n\nC3,Three,xx,CN,SH,,2019-01-01\n', encoding="utf-8"
    )  # fmt: skip
    taken_in(folder, tmp_path / "out")

    (bad,) = quarantined(tmp_path / "out")
    assert (bad["row"], bad["key"]) == (6, "customer_id=C3")
    assert file.read_text(encoding="utf-8").split("\n")[bad["row"] - 1].startswith("C3,")


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("contact_points", "rank", "+8613812345678"),
        ("customers", "language", "Wang Fang"),
        ("customers", "full_name", "Li\x00Na"),
    ],
)
def test_personal_data_in_any_column_is_kept_in_raw_and_never_shown(
    tmp_path: Path, table: str, column: str, value: str
) -> None:
    taken_in(write_feed(tmp_path, {table: [example(table, **{column: value})]}), tmp_path / "out")
    bad = next(row for row in quarantined(tmp_path / "out") if row["table"] == table)
    assert json.loads(bad["raw"])[column] == value
    assert not any(value in str(bad[name]) for name in bad if name != "raw")


def test_an_optional_column_may_be_left_out_of_the_file(tmp_path: Path) -> None:
    folder = write_feed(tmp_path)
    (folder / "flags.csv").write_text("flag,customer_id,active,from_date\ndispute,C000001,TRUE,2026-01-10\n", encoding="utf-8")
    assert taken_in(folder, tmp_path / "out").rows["flags"] == 1
    assert rows_of(tmp_path / "out", "flags")[0]["until_date"] is None


def test_the_contracts_own_examples_are_good_rows(tmp_path: Path) -> None:
    assert taken_in(write_feed(tmp_path), tmp_path / "out").rows == dict.fromkeys(CONTRACTS, 1)


def test_every_reason_has_both_languages_and_a_remedy() -> None:
    for reason in REASONS.values():
        assert reason.en and reason.remedy
        assert any(ord(letter) > 0x2E80 for letter in reason.zh), reason.code


def test_a_bank_with_one_product_refuses_a_feed_in_which_every_account_has_another(tmp_path: Path) -> None:
    """The engine folds a column of one value into a constant; the checks must hold then too."""
    accounts = [example("accounts", account_id=f"A{n}", product_id="gold") for n in range(20)]
    folder = write_feed(tmp_path, {"accounts": accounts, "statements": [], "transactions": []})
    bank = BANK.model_copy(update={"products": BANK.products[:1]})
    assert taken_in(folder, tmp_path / "out", bank=bank).reasons == {"unknown_product": 20}
