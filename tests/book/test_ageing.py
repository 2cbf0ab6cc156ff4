"""How late an account is, told in sentences: one card, a statement or two, and what was paid."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.book.world import (
    CYCLES,
    Book,
    Row,
    account,
    contact,
    customer,
    day,
    months_of,
    payment,
    posting,
    reversal,
    statement,
)

NEW = {"customers": [customer()]}


def aged(tmp_path: Path, as_of: str, *, product: str = "classic", opening: int = 500_000, **delivered: list[Row]) -> Row:
    """The account after one feed."""
    card = account(product_id=product, opening_balance_minor=opening)
    return Book(tmp_path).run(day(as_of), **NEW, accounts=[card], **delivered).account()


def opened(tmp_path: Path, as_of: str, *, product: str = "classic", **delivered: list[Row]) -> Book:
    return Book(tmp_path).run(day(as_of), **NEW, accounts=[account(product_id=product)], **delivered)


def test_payment_backdated_into_last_cycle_lowers_todays_dpd(tmp_path: Path) -> None:
    statements = [statement("01-05", "01-25", 10_000), statement("02-05", "02-25", 30_000, past_due=10_000)]
    book = opened(tmp_path, "03-01", statements=statements)
    assert (book.account()["dpd"], book.account()["bucket"]) == (35, 2)

    book.run(day("03-02"), transactions=[payment(10_000, "01-20", posted_date=day("03-02"))])
    assert (book.account()["dpd"], book.account()["oldest_due_date"]) == (5, day("02-25"))
    assert book.account()["times_overdue_12"] == 1


def test_a_payment_that_bounced_raises_dpd_again(tmp_path: Path) -> None:
    book = opened(tmp_path, "01-26", statements=[statement("01-05", "01-25", 10_000)], transactions=[payment(10_000, "01-20")])
    assert book.account()["dpd"] == 0
    book.run(day("01-30"), transactions=[reversal(10_000, "01-20", posted_date=day("01-30"))])
    assert (book.account()["dpd"], book.account()["past_due_minor"], book.account()["times_overdue_12"]) == (5, 10_000, 1)


def test_payment_on_the_due_date_is_on_time(tmp_path: Path) -> None:
    row = aged(tmp_path, "02-01", statements=[statement("01-05", "01-25", 9_000)], transactions=[payment(9_000, "01-25")])
    assert (row["dpd"], row["ever_overdue"], row["paid_on_time_0"], row["paid_late_0"]) == (0, False, 9_000, 0)


def test_payment_one_day_after_the_due_date_is_late_and_cures(tmp_path: Path) -> None:
    row = aged(tmp_path, "02-01", statements=[statement("01-05", "01-25", 9_000)], transactions=[payment(9_000, "01-26")])
    assert (row["dpd"], row["ever_overdue"], row["paid_on_time_0"], row["paid_late_0"]) == (0, True, 0, 9_000)


@pytest.mark.parametrize(("paid_on", "late"), [("01-28", 0), ("01-29", 1)])
def test_payment_on_the_last_day_of_grace_is_on_time_and_one_after_is_not(tmp_path: Path, paid_on: str, late: int) -> None:
    asked = [statement("01-05", "01-25", 9_000)]
    row = aged(tmp_path, "02-01", product="kind", statements=asked, transactions=[payment(9_000, paid_on)])
    assert row["times_overdue_12"] == late


@pytest.mark.parametrize(("as_of", "dpd"), [("01-25", 0), ("01-28", 0), ("01-29", 4)])
def test_grace_holds_days_past_due_at_none_and_then_they_count_from_the_due_date(tmp_path: Path, as_of: str, dpd: int) -> None:
    row = aged(tmp_path, as_of, product="kind", statements=[statement("01-05", "01-25", 9_000)])
    assert (row["dpd"], row["past_due_minor"]) == (dpd, 9_000 if dpd else 0)


@pytest.mark.parametrize(("short", "dpd"), [(1_000, 0), (1_001, 7)])
def test_a_shortfall_up_to_the_tolerance_is_no_arrears_and_one_more_is(tmp_path: Path, short: int, dpd: int) -> None:
    asked, paid = [statement("01-05", "01-25", 9_000)], [payment(9_000 - short, "01-20")]
    row = aged(tmp_path, "02-01", product="kind", statements=asked, transactions=paid)
    assert (row["dpd"], row["ever_overdue"], row["minimum_unpaid_minor"]) == (dpd, dpd > 0, short)


def test_a_tolerated_shortfall_is_forgotten_when_the_next_statement_closes(tmp_path: Path) -> None:
    asked = [statement("01-05", "01-25", 9_000), statement("02-05", "02-25", 5_000)]
    row = aged(tmp_path, "02-10", product="kind", statements=asked, transactions=[payment(8_000, "01-20")])
    assert row["minimum_unpaid_minor"] == 5_000


def test_payment_on_the_closing_date_belongs_to_the_statement_that_closes(tmp_path: Path) -> None:
    book = opened(tmp_path, "02-04", statements=[statement("01-05", "01-25", 9_000)])
    next_one = statement("02-05", "02-25", 5_000)
    book.run(day("02-05"), statements=[next_one], transactions=[payment(9_000, "02-05")])
    row = book.account()
    assert (row["paid_late_1"], row["paid_on_time_0"], row["minimum_unpaid_minor"]) == (9_000, 0, 5_000)


def test_more_than_the_minimum_payment_does_not_pay_the_next_one(tmp_path: Path) -> None:
    asked = [statement("01-05", "01-25", 9_000), statement("02-05", "02-25", 5_000)]
    row = aged(tmp_path, "03-01", statements=asked, transactions=[payment(90_000, "01-20")])
    assert (row["dpd"], row["past_due_minor"]) == (4, 5_000)


def test_a_payment_before_the_first_statement_pays_no_minimum(tmp_path: Path) -> None:
    book = opened(tmp_path, "01-03", transactions=[payment(50_000, "01-02")])
    assert (book.account()["statements_n"], book.account()["dpd"], book.account()["minimum_unpaid_minor"]) == (0, 0, 0)
    row = book.run(day("01-30"), statements=[statement("01-05", "01-25", 9_000)]).account()
    assert (row["dpd"], row["minimum_unpaid_minor"], row["balance_minor"]) == (5, 9_000, 450_000)


@pytest.mark.parametrize("value", ["2025-12-20", "01-10"])
def test_a_reversal_of_a_payment_that_the_book_never_saw_leaves_days_past_due_counted(tmp_path: Path, value: str) -> None:
    bounced = reversal(40_000, value, posted_date=day("01-30"))
    row = aged(tmp_path, "01-30", statements=[statement("01-05", "01-25", 9_000)], transactions=[bounced])
    assert (row["dpd"], row["oldest_due_date"], row["balance_minor"]) == (5, day("01-25"), 540_000)


def test_nothing_is_asked_of_an_account_without_a_statement(tmp_path: Path) -> None:
    row = aged(tmp_path, "01-30", transactions=[reversal(40_000, "01-10", posted_date=day("01-30"))])
    assert (row["dpd"], row["bucket"], row["minimum_unpaid_minor"], row["first_payment_default"]) == (0, 0, 0, False)
    assert (row["close_0"], row["oldest_due_date"], row["paid_ratio_bp"]) == (None, None, 10_000)


def test_a_statement_of_the_same_date_corrects_the_newest(tmp_path: Path) -> None:
    book = opened(tmp_path, "01-10", statements=[statement("01-05", "01-25", 9_000, balance=400_000)])
    book.run(day("01-11"), statements=[statement("01-05", "01-28", 7_000, balance=300_000)])
    row = book.account()
    assert (row["due_0"], row["due_new_0"], row["close_1"], row["statements_n"]) == (day("01-28"), 7_000, None, 1)
    assert (row["statement_balance_minor"], row["previous_statement_balance_minor"]) == (300_000, 0)


def test_a_cycle_cut_short_moves_to_the_next_due_date(tmp_path: Path) -> None:
    asked = [statement("01-05", "01-25", 9_000), statement("01-15", "02-04", 2_000)]
    paid = [payment(9_000, "01-12"), payment(2_000, "02-04")]
    row = aged(tmp_path, "02-10", statements=asked, transactions=paid)
    assert (row["dpd"], row["ever_overdue"], row["close_1"]) == (0, False, day("01-05"))


def test_a_due_date_on_29_february_is_a_day_like_any_other(tmp_path: Path) -> None:
    asked = [statement("2028-02-09", "2028-02-29", 9_000)]
    book = opened(tmp_path, "2028-02-29", statements=asked)
    assert book.account()["dpd"] == 0
    assert book.run(day("2028-03-01")).account()["dpd"] == 1


def test_a_refund_that_clears_the_balance_leaves_nothing_past_due(tmp_path: Path) -> None:
    book = opened(tmp_path, "02-01", statements=[statement("01-05", "01-25", 9_000)])
    assert book.account()["dpd"] == 7
    row = book.run(day("02-02"), transactions=[posting("refund", 500_000, "02-02")]).account()
    assert (row["balance_minor"], row["minimum_unpaid_minor"], row["dpd"], row["cured_today"]) == (0, 0, 0, True)
    assert row["paid_late_0"] == 0


def test_a_closed_account_in_credit_is_not_past_due(tmp_path: Path) -> None:
    book = opened(tmp_path, "02-01", statements=[statement("01-05", "01-25", 9_000)])
    closed = account(status="closed")
    row = book.run(day("02-02"), accounts=[closed], transactions=[payment(500_100, "02-02")]).account()
    assert (row["status"], row["balance_minor"], row["dpd"], row["utilisation_bp"]) == ("closed", -100, 0, 0)


def test_the_unpaid_minimum_is_never_above_the_balance(tmp_path: Path) -> None:
    row = aged(tmp_path, "02-01", opening=4_000, statements=[statement("01-05", "01-25", 9_000)])
    assert (row["minimum_unpaid_minor"], row["past_due_minor"]) == (4_000, 4_000)


def test_what_is_due_later_is_unpaid_but_not_past_due(tmp_path: Path) -> None:
    asked = [statement("01-05", "01-25", 9_000), statement("02-05", "02-25", 14_000, past_due=9_000)]
    row = aged(tmp_path, "02-10", statements=asked)
    assert (row["minimum_unpaid_minor"], row["past_due_minor"], row["cycles_past_due"]) == (14_000, 9_000, 1)


def test_the_first_minimum_payment_missed_is_a_first_payment_default_for_good(tmp_path: Path) -> None:
    closes = months_of(day("2025-01-05"), CYCLES + 2)
    asked = [statement(str(close), str(close + timedelta(days=20)), 1_000) for close in closes]
    paid = [payment(5_000, str(close + timedelta(days=15))) for close in closes[1:]]
    row = aged(tmp_path, str(closes[-1] + timedelta(days=25)), statements=asked, transactions=paid)
    assert (row["first_payment_default"], row["times_overdue_12"], row["times_overdue_total"]) == (True, 0, 1)
    assert (row["ever_overdue"], row["dpd"], row["statements_n"]) == (True, 0, CYCLES + 2)


def test_a_second_minimum_payment_missed_is_no_first_payment_default(tmp_path: Path) -> None:
    asked = [statement("01-05", "01-25", 9_000), statement("02-05", "02-25", 5_000)]
    row = aged(tmp_path, "03-01", statements=asked, transactions=[payment(9_000, "01-20")])
    assert (row["first_payment_default"], row["ever_overdue"]) == (False, True)


def test_a_late_cycle_that_nobody_worked_is_cured_by_itself(tmp_path: Path) -> None:
    asked, paid = [statement("01-05", "01-25", 9_000)], [payment(9_000, "01-28")]
    letters = [contact("01-27", channel="sms"), contact("01-27", direction="inbound"), contact("01-04")]
    row = aged(tmp_path, "02-01", statements=asked, transactions=paid, contacts=letters)
    assert (row["times_overdue_12"], row["self_cured_12"]) == (1, 1)


@pytest.mark.parametrize("channel", ["call", "letter", "visit"])
def test_a_late_cycle_that_somebody_worked_is_not_cured_by_itself(tmp_path: Path, channel: str) -> None:
    asked = [statement("01-05", "01-25", 9_000)]
    book = opened(tmp_path, "01-27", statements=asked, contacts=[contact("01-27", channel=channel)])
    row = book.run(
        day("02-06"), statements=[statement("02-05", "02-25", 500)], transactions=[payment(9_000, "01-28")]
    ).account()
    assert (row["times_overdue_12"], row["self_cured_12"], row["worked_cycles"]) == (1, 0, 0b10)


def test_a_cycle_not_paid_in_full_is_not_cured(tmp_path: Path) -> None:
    row = aged(tmp_path, "02-01", statements=[statement("01-05", "01-25", 9_000)], transactions=[payment(8_999, "01-28")])
    assert (row["times_overdue_12"], row["self_cured_12"], row["past_due_minor"]) == (1, 0, 1)


def test_bucket_entry_date_is_the_day_the_account_rolled_and_stays(tmp_path: Path) -> None:
    book = opened(tmp_path, "01-24", statements=[statement("01-05", "01-25", 9_000)])
    seen = {}
    for as_of in ("01-25", "01-26", "01-27", "02-24", "02-25", "02-26"):
        row = book.run(day(as_of)).account()
        seen[as_of] = (row["bucket_before"], row["bucket"], row["bucket_entry_date"])
    assert seen == {
        "01-25": (0, 0, day("2019-03-01")), "01-26": (0, 1, day("01-26")), "01-27": (1, 1, day("01-26")),
        "02-24": (1, 1, day("01-26")), "02-25": (1, 2, day("02-25")), "02-26": (2, 2, day("02-25")),
    }  # fmt: skip


def test_an_account_first_seen_current_is_not_taken_for_freshly_cured(tmp_path: Path) -> None:
    row = aged(tmp_path, "03-10", statements=[statement("02-20", "03-12", 9_000)])
    assert (row["bucket"], row["bucket_before"], row["bucket_entry_date"]) == (0, None, row["opened_date"])


def test_an_account_first_seen_past_due_entered_its_bucket_before(tmp_path: Path) -> None:
    row = aged(tmp_path, "03-10", statements=[statement("01-05", "01-25", 9_000)])
    assert (row["dpd"], row["bucket"], row["bucket_before"], row["bucket_entry_date"]) == (44, 2, None, day("02-25"))
    assert row["cured_today"] is False


def test_an_account_is_aged_by_its_own_product_and_calendar(tmp_path: Path) -> None:
    cards = [account("A1", product_id="classic"), account("A2", product_id="patient"), account("A3", product_id="classic")]
    asked = [statement("01-05", "01-25", 9_000, name) for name in ("A1", "A2")] + [statement("01-12", "02-01", 9_000, "A3")]
    book = Book(tmp_path).run(day("02-03"), **NEW, accounts=cards, statements=asked)
    assert {row["account_id"]: row["dpd"] for row in book.rows("accounts")} == {"A1": 9, "A2": 0, "A3": 2}


def never_paid(count: int) -> tuple[list[Row], str]:
    closes = months_of(day("2024-06-05"), count)
    return [statement(str(close), str(close + timedelta(days=20)), 1_000) for close in closes], str(closes[-1])


def test_unpaid_statements_older_than_the_kept_ones_keep_the_earliest_due_date(tmp_path: Path) -> None:
    asked, as_of = never_paid(CYCLES + 3)
    row = aged(tmp_path, as_of, statements=asked)
    assert (row["older_unpaid_minor"], row["older_due_date"], row["older_overdue_n"]) == (3_000, day("2024-06-25"), 3)
    assert (row["oldest_due_date"], row["minimum_unpaid_minor"]) == (day("2024-06-25"), 15_000)
    assert (row["past_due_minor"], row["cycles_past_due"], row["bucket"]) == (14_000, CYCLES - 1, 7)


def test_a_payment_older_than_the_kept_statements_is_taken_off_their_sum(tmp_path: Path) -> None:
    asked, as_of = never_paid(CYCLES + 3)
    book = opened(tmp_path, as_of, statements=asked)
    paid = payment(3_000, "2024-06-20", posted_date=day(as_of) + timedelta(days=1))
    row = book.run(day(as_of) + timedelta(days=1), transactions=[paid]).account()
    assert (row["older_unpaid_minor"], row["oldest_due_date"]) == (0, day("2024-09-25"))


def test_a_tolerated_rest_of_an_older_statement_does_not_date_the_arrears(tmp_path: Path) -> None:
    asked, as_of = never_paid(CYCLES + 2)
    asked = [row | {"minimum_payment_minor": 5_000} for row in asked]
    kept = aged(tmp_path / "kept", as_of, product="kind", statements=asked[: CYCLES + 1],
                transactions=[payment(4_500, "2024-07-10")])  # fmt: skip
    left = aged(tmp_path / "left", as_of, product="kind", statements=asked, transactions=[payment(4_500, "2024-07-10")])
    assert kept["oldest_due_date"] == left["oldest_due_date"] == day("2024-07-25")
