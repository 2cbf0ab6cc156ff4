"""The simulated bank's files: complete, in contract, the same for the same seed, refused where they cannot be made."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from arrears.bank import load_bank
from arrears.errors import UsageError
from arrears.feed.contracts import CONTRACTS
from arrears.lab.delivery import as_csv
from arrears.lab.sample import write_sample
from tests.lab.conftest import DAYS, HISTORY_DAYS, START, Bank


def hashes(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def small(out: Path, *, seed: int = 5, days: int = 3, start: date = START, accounts: int = 300) -> Path:
    write_sample(out, accounts=accounts, days=days, seed=seed, start=start, history_days=60)
    return out


def test_every_business_date_has_all_tables_in_contract_schema(bank: Bank) -> None:
    folders = sorted(path.name for path in (bank.folder / "feed").iterdir())
    assert folders == [f"date={START + timedelta(days=day)}" for day in range(DAYS)]
    for folder in folders:
        for name, contract in CONTRACTS.items():
            assert pq.read_schema(bank.folder / "feed" / folder / f"{name}.parquet").equals(contract.schema), (folder, name)


def test_settings_are_a_valid_bank(bank: Bank) -> None:
    settings = load_bank(bank.folder / "bank.toml")
    assert (settings.name_zh, settings.currency, settings.shards) == ("莲花银行", "CNY", 1)
    assert [product.product_id for product in settings.products] == ["classic", "gold", "young"]


def test_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    once, again, other = small(tmp_path / "a"), small(tmp_path / "b"), small(tmp_path / "c", seed=6)
    assert hashes(once) == hashes(again)
    assert hashes(once) != hashes(other)


@pytest.mark.parametrize("name", list(CONTRACTS))
def test_keys_are_unique_within_a_day(bank: Bank, name: str) -> None:
    key = ", ".join(CONTRACTS[name].key)
    assert bank.column(f"SELECT count(*) FROM {name} GROUP BY date, {key} HAVING count(*) > 1 LIMIT 1") == []


@pytest.mark.parametrize("name", ["transactions", "statements", "contacts"])
def test_what_happened_is_delivered_once(bank: Bank, name: str) -> None:
    key = ", ".join(CONTRACTS[name].key)
    assert bank.column(f"SELECT count(*) FROM {name} GROUP BY {key} HAVING count(*) > 1 LIMIT 1") == []


@pytest.mark.parametrize(
    ("child", "column", "parent"),
    [(name, column, parent[0]) for name, contract in CONTRACTS.items() for column, parent in contract.parents.items()],
)
def test_parents_are_delivered_no_later_than_their_children(bank: Bank, child: str, column: str, parent: str) -> None:
    orphans = f"""
        SELECT count(*) FROM {child} c LEFT JOIN (SELECT {column}, min(date) AS first FROM {parent} GROUP BY 1) p
        USING ({column}) WHERE p.first IS NULL OR p.first > c.date"""
    assert bank.number(orphans) == 0


@pytest.mark.parametrize(
    ("name", "column"),
    [(contract.name, column.name) for contract in CONTRACTS.values() for column in contract.columns if column.required],
)
def test_required_columns_are_filled(bank: Bank, name: str, column: str) -> None:
    assert bank.number(f"SELECT count(*) FROM {name} WHERE {name}.{column} IS NULL") == 0


@pytest.mark.parametrize(
    ("name", "column"),
    [(contract.name, column.name) for contract in CONTRACTS.values() for column in contract.columns if column.values],
)
def test_codes_are_in_the_contract(bank: Bank, name: str, column: str) -> None:
    allowed = CONTRACTS[name].column(column).values
    assert set(bank.column(f"SELECT DISTINCT {name}.{column} FROM {name}")) <= set(allowed)


def test_days_after_the_first_hold_that_day_only(bank: Bank) -> None:
    later = f"date > DATE '{START}'"
    assert bank.number(f"SELECT count(*) FROM transactions WHERE {later} AND posted_date <> date") == 0
    assert bank.number(f"SELECT count(*) FROM statements WHERE {later} AND statement_date <> date") == 0
    assert bank.number(f"SELECT count(*) FROM contacts WHERE {later} AND local_date <> date") == 0
    assert bank.number("SELECT count(*) FROM transactions WHERE value_date > posted_date") == 0


def test_handover_brings_the_history_asked_for(bank: Bank) -> None:
    first = f"date = DATE '{START}'"
    begins = START - timedelta(days=HISTORY_DAYS)
    months = f"SELECT count(*) FROM statements WHERE {first} AND statement_date > DATE '{begins}'"
    live = bank.number(f"SELECT count(*) FROM accounts WHERE {first} AND opened_date < DATE '{begins}' AND status = 'open'")
    assert bank.number(months) > 5.5 * live
    assert bank.number(f"SELECT min(local_date) > DATE '{START - timedelta(days=61)}' FROM contacts WHERE {first}")


def test_history_of_an_account_begins_at_a_statement_without_past_due_part(bank: Bank) -> None:
    first = "SELECT past_due_minor, row_number() OVER (PARTITION BY account_id ORDER BY statement_date) AS n FROM statements"
    assert bank.number(f"SELECT sum(past_due_minor) FROM ({first}) WHERE n = 1") == 0


def test_new_customers_and_accounts_join(bank: Bank) -> None:
    assert bank.number(f"SELECT count(*) FROM accounts WHERE opened_date = date AND date > DATE '{START}'") > 100
    assert bank.number(f"SELECT count(*) FROM customers WHERE date > DATE '{START}'") > 50


def test_csv_of_a_day_holds_the_same_rows(bank: Bank, tmp_path: Path) -> None:
    day = bank.folder / "feed" / "date=2026-02-20"
    as_csv(day, tmp_path / "csv")
    for name, contract in CONTRACTS.items():
        convert = pa_csv.ConvertOptions(
            column_types=contract.schema, strings_can_be_null=True, null_values=[""], quoted_strings_can_be_null=False
        )
        assert pa_csv.read_csv(tmp_path / "csv" / f"{name}.csv", convert_options=convert).equals(
            pq.read_table(day / f"{name}.parquet", partitioning=None)
        ), name


def test_leap_day_and_a_bank_of_one_account(tmp_path: Path) -> None:
    leap = small(tmp_path / "leap", start=date(2028, 2, 28), accounts=1)
    names = sorted(path.name for path in (leap / "feed").iterdir())
    assert names == ["date=2028-02-28", "date=2028-02-29", "date=2028-03-01"]


def test_progress_runs_to_the_end(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    write_sample(
        tmp_path / "bank", accounts=10, days=2, seed=1, start=START, history_days=0, progress=lambda *at: seen.append(at)
    )
    assert seen[-1][0] == seen[-1][1] == len(seen)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"accounts": 0}, "--accounts"),
        ({"days": 0}, "--days"),
        ({"history_days": -1}, "--history"),
        ({"history_days": 331}, "--history"),
        ({"seed": -1}, "--seed"),
        ({"start": date(1, 1, 1)}, "--start"),
    ],
)
def test_arguments_out_of_bounds_are_refused(tmp_path: Path, wrong: dict[str, Any], where: str) -> None:
    given: dict[str, Any] = {"accounts": 10, "days": 1, "seed": 1, "start": START, "history_days": 30} | wrong
    with pytest.raises(UsageError) as error:
        write_sample(tmp_path / "bank", **given)
    assert error.value.where == where
    assert not (tmp_path / "bank").exists()


def test_a_file_is_not_taken_for_a_folder(tmp_path: Path) -> None:
    (tmp_path / "bank").write_text("mine")
    with pytest.raises(UsageError, match="this is a file"):
        small(tmp_path / "bank")
    assert (tmp_path / "bank").read_text() == "mine"


def test_a_bank_is_not_written_over(tmp_path: Path) -> None:
    small(tmp_path / "bank", accounts=10, days=1)
    with pytest.raises(UsageError, match="there is a bank here already"):
        small(tmp_path / "bank", accounts=10, days=1)
