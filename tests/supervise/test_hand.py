"""Charges computed by hand, posting by posting, and what supervision says of them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from arrears.errors import ConfigError
from tests.supervise.card import FIRST, SECOND, THIRD, Card, check, lived, rules

DAY_BEFORE = SECOND - timedelta(days=1)


def carried(interest: int = 2_020, **more: int) -> Card:
    """Bought for 1,000.00 on 25 December, paid 100.00 of it in time: the second statement bears interest.

    100,000 from 25 December to 19 January (26 days) and 90,000 from 20 January to 4 February (16 days) are 4,040,000
    minor units times days; at 500 ppm a day that is 2,020.
    """
    card = Card(**more)
    card.posts("purchase", 100_000, date(2025, 12, 25)).closes(FIRST, 100_000, 10_000)
    card.posts("payment", 10_000, date(2026, 1, 20)).posts("interest", interest, SECOND, name="TI")
    return card.closes(SECOND, 90_000 + interest, 9_000 + interest)


def charged_late() -> Card:
    card = Card().posts("purchase", 100_000, date(2025, 12, 25)).posts("late_charge", 2_000, FIRST)
    return card.closes(FIRST, 102_000, 12_000)


def test_interest_of_a_statement_not_paid_in_full_counts_from_posting(tmp_path: Path) -> None:
    found = check(lived(tmp_path, [carried()], [SECOND]), "interest")
    assert (found["base_minor"], found["rate_ppm"], found["days"]) == (4_040_000, 500, 47)
    assert (found["expected_minor"], found["charged_minor"], found["difference_minor"]) == (2_020, 2_020, 0)


@pytest.mark.slow
def test_interest_is_the_same_whether_history_was_lived_or_handed_over(tmp_path: Path) -> None:
    ran = lived(tmp_path, [carried()], [FIRST, SECOND])
    found = check(ran, "interest")
    assert (found["base_minor"], found["expected_minor"]) == (4_040_000, 2_020)


def test_overcharged_interest_is_over_by_product_and_by_disclosure(tmp_path: Path) -> None:
    ran = lived(tmp_path, [carried(2_120)], [SECOND])
    assert rules(ran) == {"PRODUCT-INTEREST": 100, "DISCLOSURE-RATE": 100}
    (row, _) = ran.table("findings")
    entry = (row["correct_kind"], row["correct_minor"], row["reverses_id"])
    assert entry == ("charge_reversal", 100, "TI")
    assert (row["found_date"], row["cleared_date"]) == (SECOND, None)


def test_undercharged_interest_is_no_breach(tmp_path: Path) -> None:
    ran = lived(tmp_path, [carried(2_000)], [SECOND])
    assert check(ran, "interest")["difference_minor"] == -20
    assert rules(ran) == {}


def test_interest_that_was_not_charged_at_all_is_listed(tmp_path: Path) -> None:
    card = carried()
    card.transactions = [row for row in card.transactions if row["kind"] != "interest"]
    found = check(lived(tmp_path, [card], [SECOND]), "interest")
    assert (found["transaction_id"], found["expected_minor"], found["charged_minor"]) == ("", 2_020, 0)


def test_second_interest_of_a_statement_is_over_as_a_whole(tmp_path: Path) -> None:
    ran = lived(tmp_path, [carried().posts("interest", 2_020, SECOND, name="TJ")], [SECOND])
    over = {row["transaction_id"]: row["over_minor"] for row in ran.table("findings") if row["rule"] == "PRODUCT-INTEREST"}
    assert over == {"TJ": 2_020}


def test_statement_paid_in_full_bears_no_interest(tmp_path: Path) -> None:
    card = Card().posts("purchase", 100_000, date(2025, 12, 25)).closes(FIRST, 100_000, 10_000)
    card.posts("payment", 99_000, date(2026, 1, 28)).posts("interest", 7, SECOND).closes(SECOND, 1_007, 1_007)
    ran = lived(tmp_path, [card], [SECOND])
    assert check(ran, "interest")["expected_minor"] == 0, "within the tolerance of 1,000, on the last day of grace"
    assert rules(ran)["PRODUCT-INTEREST"] == 7


def test_cash_bears_interest_from_its_first_day_though_the_statement_was_paid(tmp_path: Path) -> None:
    card = Card().closes(FIRST, 0, 0).posts("cash", 50_000, date(2026, 1, 26)).posts("fee", 1_000, date(2026, 1, 26))
    card.posts("interest", 250, SECOND).closes(SECOND, 51_250, 6_250)
    ran = lived(tmp_path, [card], [SECOND])
    found = check(ran, "interest")
    assert (found["base_minor"], found["expected_minor"]) == (50_000 * 10, 250)
    assert rules(ran) == {}


def test_fees_bear_no_interest_by_law_and_product(tmp_path: Path) -> None:
    """A late charge of 2,000 since 5 January is 62,000 in 31 days, at 500 ppm 31: that much and no more was too much."""
    card = (
        Card().posts("purchase", 100_000, date(2025, 12, 25)).posts("late_charge", 2_000, FIRST).closes(FIRST, 102_000, 12_000)
    )
    bearing = 100_000 * (11 + 31)
    card.posts("interest", (bearing + 2_000 * 31) * 500 // 1_000_000, SECOND, name="TI").closes(SECOND, 104_131, 14_131)
    ran = lived(tmp_path, [card], [SECOND])
    found = check(ran, "interest")
    assert (found["expected_minor"], found["charged_minor"], found["fee_base_minor"]) == (2_100, 2_131, 62_000)
    assert {rule: over for rule, over in rules(ran).items() if "MINIMUM" not in rule} == {
        "PRODUCT-INTEREST": 31, "CN-111-3c": 31,
    }  # fmt: skip


def test_payment_pays_charges_first(tmp_path: Path) -> None:
    card = (
        Card().posts("purchase", 100_000, date(2025, 12, 25)).posts("late_charge", 2_000, FIRST).closes(FIRST, 102_000, 12_000)
    )
    card.posts("payment", 12_000, date(2026, 1, 15)).closes(SECOND, 90_000, 9_000)
    found = check(lived(tmp_path, [card], [SECOND]), "interest")
    assert found["base_minor"] == 100_000 * (11 + 10) + 90_000 * 21


def test_product_without_interest_on_interest_leaves_it_out_of_the_base(tmp_path: Path) -> None:
    ran = lived(tmp_path, [carried().closes(THIRD, 92_020, 10_000)], [THIRD], terms="interest_on_interest = false")
    found = check(ran, "interest")
    assert found["base_minor"] == 90_000 * 28


def test_late_charge_is_a_share_of_what_is_missing_at_least_the_floor(tmp_path: Path) -> None:
    card = Card().posts("purchase", 100_000, date(2025, 12, 25)).closes(FIRST, 100_000, 10_000)
    card.posts("payment", 2_000, date(2026, 1, 20)).posts("late_charge", 1_001, SECOND, name="TL").closes(
        SECOND, 99_001, 20_000
    )
    ran = lived(tmp_path, [card], [SECOND])
    found = check(ran, "late_charge")
    assert (found["base_minor"], found["expected_minor"], found["difference_minor"]) == (8_000, 1_000, 1)
    assert (rules(ran)["PRODUCT-LATE-CHARGE"], rules(ran)["CN-111-3a"]) == (1, 1)


def test_payment_after_the_closing_date_that_counts_before_it_lowers_what_is_missing(tmp_path: Path) -> None:
    card = Card().posts("purchase", 100_000, date(2025, 12, 25)).closes(FIRST, 100_000, 10_000)
    card.closes(SECOND, 100_000, 20_000, past_due=10_000).posts("payment", 9_500, date(2026, 2, 8), value=date(2026, 1, 30))
    card.closes(THIRD, 90_500, 10_000)
    found = check(lived(tmp_path, [card], [THIRD]), "late_charge")
    assert (found["base_minor"], found["expected_minor"]) == (10_000, 1_000), (
        "500 of the past-due part are within the tolerance"
    )


def test_fee_of_a_cash_advance_is_agreed_and_any_other_is_not(tmp_path: Path) -> None:
    day = SECOND
    card = Card().posts("cash", 200_000, day).posts("fee", 2_000, day, name="TF").posts("fee", 500, day, name="TX")
    ran = lived(tmp_path, [card], [day])
    found = {row["transaction_id"]: (row["charge"], row["expected_minor"]) for row in ran.table("checks")}
    assert found == {"TF": ("cash_fee", 2_000), "TX": ("other_fee", 0)}
    assert rules(ran) == {"PRODUCT-FEE": 500}


def test_fee_that_nothing_explains_above_the_limit_is_an_over_limit_fee(tmp_path: Path) -> None:
    card = Card(limit=100_000).posts("purchase", 99_000, DAY_BEFORE).posts("fee", 2_000, SECOND, name="TX")
    ran = lived(tmp_path, [card], [SECOND])
    assert rules(ran) == {"PRODUCT-FEE": 2_000, "CN-111-3b": 2_000}


def test_fee_above_its_share_is_over_by_the_difference(tmp_path: Path) -> None:
    card = Card().posts("instalment", 50_000, SECOND).posts("fee", 3_650, SECOND)
    ran = lived(tmp_path, [card], [SECOND])
    found = check(ran, "instalment_fee")
    assert (found["base_minor"], found["expected_minor"]) == (600_000, 3_600)
    assert rules(ran) == {"PRODUCT-INSTALMENT-FEE": 50}


def test_minimum_payment_asked_too_high_is_over(tmp_path: Path) -> None:
    card = carried()
    card.statements[-1]["minimum_payment_minor"] += 700
    ran = lived(tmp_path, [card], [SECOND])
    (row,) = ran.table("findings")
    assert (row["rule"], row["allowed_minor"], row["over_minor"]) == ("PRODUCT-MINIMUM", 11_020, 700)
    assert (row["correct_kind"], row["reverses_id"]) == ("statement_correction", "2026-02-05")


def test_nobody_pays_interest_under_a_flag_that_frees_of_it(tmp_path: Path) -> None:
    ran = lived(tmp_path, [carried(flags=("deceased",))], [SECOND])
    assert rules(ran)["PRODUCT-INTEREST"] == 2_020


def test_rate_above_the_one_disclosed_is_a_breach_though_the_product_agrees(tmp_path: Path) -> None:
    ran = lived(tmp_path, [carried()], [SECOND], terms="disclosed_annual_rate_bp = 1800")
    allowed = round(4_040_000 * 1_800 / 365 / 10_000)
    assert rules(ran) == {"DISCLOSURE-RATE": 2_020 - allowed}


def test_rate_cap_of_the_law_is_told_as_the_interest_above_it(tmp_path: Path) -> None:
    """6 % a year of 4,040,000 minor units times days is 664.1, so 1,355 of 2,020 may not be charged."""
    card = carried(country="US", region="CA", flags=("military_service",))
    bank = 'country = "CN" -> country = "US"\njurisdictions = ["CN"] -> jurisdictions = ["US"]'
    ran = lived(tmp_path, [card], [SECOND], bank=bank)
    assert rules(ran)["US-SCRA"] == pytest.approx(2_020 - 4_040_000 * 0.06 / 365, abs=1)


# --- what cannot be checked is said, and never passed ---
def test_account_whose_beginning_is_unknown_is_not_checkable(tmp_path: Path) -> None:
    card = Card(opened=date(2019, 3, 1)).closes(FIRST, 100_000, 10_000).posts("interest", 9_999, SECOND)
    card.closes(SECOND, 109_999, 30_000)
    found = check(lived(tmp_path, [card], [SECOND]), "interest")
    assert found["not_checkable"] == "history_too_short"
    assert (found["expected_minor"], found["difference_minor"]) == (None, None)


def test_account_with_one_statement_only_is_not_checkable(tmp_path: Path) -> None:
    card = Card(opened=date(2019, 3, 1)).posts("late_charge", 5_000, SECOND).closes(SECOND, 109_999, 30_000)
    ran = lived(tmp_path, [card], [SECOND])
    assert {row["charge"]: row["not_checkable"] for row in ran.table("checks")} == {
        "late_charge": "history_too_short", "minimum_payment": "history_too_short",
    }  # fmt: skip


def test_interest_without_a_statement_is_not_checkable(tmp_path: Path) -> None:
    ran = lived(tmp_path, [Card().posts("purchase", 5_000, FIRST).posts("interest", 9, SECOND)], [SECOND])
    assert check(ran, "interest")["not_checkable"] == "no_statement"


def test_charge_delivered_after_its_day_is_not_checkable(tmp_path: Path) -> None:
    card = Card().posts("interest", 9, DAY_BEFORE)
    card.transactions[0]["comes"] = SECOND
    ran = lived(tmp_path, [card], [DAY_BEFORE, SECOND])
    assert check(ran, "interest")["not_checkable"] == "posted_late"


def test_statement_delivered_after_its_day_is_not_checkable(tmp_path: Path) -> None:
    card = carried()
    card.statements[-1]["comes"] = SECOND + timedelta(days=1)
    ran = lived(tmp_path, [card], [SECOND, SECOND + timedelta(days=1)])
    (found,) = ran.table("checks", SECOND + timedelta(days=1))
    assert (found["charge"], found["posted_date"], found["not_checkable"]) == ("minimum_payment", SECOND, "posted_late")


def test_product_with_interest_on_the_residual_is_not_checkable(tmp_path: Path) -> None:
    ran = lived(tmp_path, [carried()], [SECOND], terms='interest_method = "residual"')
    assert check(ran, "interest")["not_checkable"] == "residual_method"


def test_history_handed_over_is_no_charge_of_the_day(tmp_path: Path) -> None:
    ran = lived(tmp_path, [carried(9_999)], [SECOND + timedelta(days=1)])
    assert ran.table("checks") == []


def test_flag_that_is_none_is_refused_with_its_key(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no flag 'dead'"):
        lived(tmp_path, [Card()], [SECOND], terms='charge_free_flags = ["dead"]')


# --- until it is cleared ---
def test_finding_is_cleared_by_reversals_of_the_whole_amount_over(tmp_path: Path) -> None:
    days = [SECOND + timedelta(days=number) for number in range(4)]
    card = carried(2_120)
    card.posts("charge_reversal", 60, days[1], reverses="TI").posts("charge_reversal", 40, days[2], reverses="TI")
    ran = lived(tmp_path, [card], days)
    open_by_day = [rules(ran, day) for day in days]
    assert [sorted(one) for one in open_by_day] == [["DISCLOSURE-RATE", "PRODUCT-INTEREST"]] * 2 + [[], []]
    cleared = {row["cleared_date"] for row in ran.table("findings", days[2])}
    assert cleared == {days[2]}
    assert ran.table("findings", days[3]) == []


def test_reversal_of_another_charge_clears_nothing(tmp_path: Path) -> None:
    card = carried(2_120).posts("charge_reversal", 2_120, SECOND + timedelta(days=1), reverses="T1-001")
    ran = lived(tmp_path, [card], [SECOND, SECOND + timedelta(days=1)])
    assert "PRODUCT-INTEREST" in rules(ran)


def test_minimum_payment_is_cleared_by_the_statement_delivered_again(tmp_path: Path) -> None:
    card, again = carried(), SECOND + timedelta(days=1)
    card.statements[-1]["minimum_payment_minor"] += 700
    card.statements.append({**card.statements[-1], "minimum_payment_minor": 11_020, "comes": again})
    ran = lived(tmp_path, [card], [SECOND, again])
    assert rules(ran, SECOND) == {"PRODUCT-MINIMUM": 700}
    assert rules(ran, again) == {}


@pytest.mark.parametrize("days", [3, pytest.param((THIRD - SECOND).days, marks=pytest.mark.slow)])
def test_minimum_payment_is_cleared_by_the_next_statement(tmp_path: Path, days: int) -> None:
    following = SECOND + timedelta(days=days)
    card = carried().closes(following, 92_020, 10_000)
    card.statements[1]["minimum_payment_minor"] += 700
    ran = lived(tmp_path, [card], [SECOND, following])
    assert "PRODUCT-MINIMUM" in rules(ran, following - timedelta(days=1))
    cleared = [row["posted_date"] for row in ran.table("findings", following) if row["cleared_date"] == following]
    assert cleared == [SECOND]
