"""Every wrong charge planted in a simulated bank is found with its amount, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from arrears.lab.wrongs import WRONGS
from tests.supervise.bank import days_from
from tests.supervise.conftest import START, Wronged, run

RULES = {
    "interest_overcharged": {"PRODUCT-INTEREST", "DISCLOSURE-RATE"},
    "rate_above_disclosed": {"PRODUCT-INTEREST", "DISCLOSURE-RATE"},
    "interest_on_fees": {"PRODUCT-INTEREST", "CN-111-3c"},
    "late_charge_above_cap": {"PRODUCT-LATE-CHARGE", "CN-111-3a"},
    "late_charge_above_product": {"PRODUCT-LATE-CHARGE", "CN-111-3a"},
    "over_limit_fee": {"PRODUCT-FEE", "CN-111-3b"},
    "minimum_too_high": {"PRODUCT-MINIMUM"},
}
Banks = Callable[[int, int], Wronged]
SMALL = (3_000, 4)


def key(row: dict[str, object]) -> tuple[str, str]:
    """A charge by its transaction, a minimum payment by its account."""
    return str(row["account_id"]), str(row["transaction_id"])


def assert_found_and_nothing_else(bank: Wronged) -> None:
    checks = bank.ran.table("checks")
    planted = {(*key(row), row["date"]): row["over_minor"] for row in bank.planted}
    over = {(*key(row), str(row["day"])): row["difference_minor"] for row in checks if row["difference_minor"]}
    unchecked = {(*key(row), str(row["day"])) for row in checks if row["not_checkable"]}
    assert {name: amount for name, amount in planted.items() if name not in unchecked} == over
    assert len(over) > 0.95 * len(planted)


def test_small_bank_holds_every_sort_of_wrong(wronged: Banks) -> None:
    assert {row["wrong"] for row in wronged(*SMALL).planted} >= set(WRONGS) - {"over_limit_fee"}


def test_every_planted_wrong_is_found_with_its_amount_and_nothing_else(wronged: Banks) -> None:
    assert_found_and_nothing_else(wronged(*SMALL))


def test_few_charges_depend_on_what_was_before_the_first_feed(wronged: Banks) -> None:
    checks = wronged(*SMALL).ran.table("checks")
    unchecked = [row["not_checkable"] for row in checks if row["not_checkable"]]
    assert set(unchecked) <= {"history_too_short"}
    assert len(unchecked) < 0.01 * len(checks)


@pytest.mark.parametrize("wrong", WRONGS)
def test_wrong_is_found_under_its_rules(wronged: Banks, wrong: str) -> None:
    bank = wronged(*SMALL)
    found: dict[tuple[str, str, str], set[str]] = {}
    for row in bank.ran.table("findings"):
        if row["found_date"] == row["day"]:
            found.setdefault((*key(row), str(row["day"])), set()).add(row["rule"])
    unchecked = {key(row) for row in bank.ran.table("checks") if row["not_checkable"]}
    for row in bank.of(wrong):
        rules = found.get((*key(row), row["date"]), set())
        # a fraction of a minor unit may be over the product and not yet over the rate told
        assert key(row) in unchecked or RULES[wrong] - {"DISCLOSURE-RATE"} <= rules <= RULES[wrong], row


def test_wrong_charges_do_not_change_the_lives_of_the_bank(tmp_path: Path) -> None:
    from arrears.lab.sample import write_sample

    for name, wrong in (("right", 0), ("wrong", 500)):
        write_sample(tmp_path / name, accounts=300, days=1, seed=5, start=START, history_days=60, wrong_charges_bp=wrong)
    feeds = [tmp_path / name / "feed" / f"date={START}" / "customers.parquet" for name in ("right", "wrong")]
    assert feeds[0].read_bytes() == feeds[1].read_bytes()
    assert not (tmp_path / "right" / "wrong_charges.csv").exists()


@pytest.mark.slow
def test_forty_days_of_a_bank_are_recomputed_without_a_false_finding(wronged: Banks) -> None:
    bank = wronged(1_500, 40)
    assert_found_and_nothing_else(bank)
    assert {row["wrong"] for row in bank.planted} == set(WRONGS)


@pytest.mark.slow
def test_findings_are_cleared_when_the_correcting_entry_arrives_and_not_before(wronged: Banks) -> None:
    bank = wronged(1_500, 40)
    found = bank.ran.table("findings")
    cleared = [row for row in found if row["cleared_date"]]
    assert len(cleared) > 20
    for row in cleared:
        if row["charge"] != "minimum_payment":
            assert row["reversed_minor"] >= row["over_minor"]
            assert (row["cleared_date"] - row["found_date"]).days in (5, 9), "waived in goodwill, or corrected"
    last = {(*key(row), row["rule"]) for row in bank.ran.table("findings", bank.ran.days[-1])}
    gone = {(*key(row), row["rule"]) for row in cleared if row["cleared_date"] < bank.ran.days[-1]}
    assert not gone & last


@pytest.mark.slow
def test_honest_bank_has_no_finding(tmp_path: Path) -> None:
    from arrears.lab.sample import write_sample

    write_sample(tmp_path / "bank", accounts=3_000, days=3, seed=2, start=START)
    (tmp_path / "bank" / "wrong_charges.csv").write_text("date,account_id,transaction_id,wrong,over_minor\n", encoding="utf-8")
    bank = run(tmp_path, days_from(START, 3))
    checks = bank.ran.table("checks")
    assert len(checks) > 400
    assert [row for row in checks if row["difference_minor"]] == []
    assert bank.ran.table("findings") == []
