"""The numbers of the report, worked out by hand for a bank of eight accounts."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from arrears.errors import BookError
from arrears.report import Summary, summarise
from arrears.report.of_feed import masked
from arrears.report.summary import Band, Flow, Npl, RollCell, Totals, Work
from tests.report.world import BANK, DAY, World, account, candidate


def test_headline_counts_what_is_on_the_book_in_the_banks_currency(summary: Summary) -> None:
    owed = 110_000 + 190_000 + 300_000 + 400_000 + 500_000 + 100_000 * 7  # the charged-off one and the credit count nothing
    assert owed == 2_200_000
    assert summary.today == Totals(
        day=DAY, accounts_n=7, customers_n=8, balance_minor=owed, past_due_accounts_n=4,
        past_due_balance_minor=300_000 + 400_000 + 500_000 + 700_000, past_due_minor=30_000 + 40_000 + 50_000 + 70_000,
        cured_n=1, entered_n=1, forward_n=1, quarantined_n=5, npl=summary.today.npl,
    )  # fmt: skip


def test_npl_ratio_by_the_stricter_ladder_is_at_least_either(summary: Summary) -> None:
    # Card: account 5 (500,000). General: account 7 (700,000). Either: both, of 2,200,000.
    assert summary.today.npl == Npl(DAY, over_90_ppm=227_273, card_ppm=227_273, general_ppm=318_182, stricter_ppm=545_455)


def test_buckets_add_up_to_the_headline(summary: Summary) -> None:
    assert [bucket.accounts_n for bucket in summary.buckets] == [3, 1, 2, 0, 1, 0, 0, 0]
    assert sum(bucket.balance_minor for bucket in summary.buckets) == summary.today.balance_minor
    assert sum(bucket.past_due_minor for bucket in summary.buckets) == summary.today.past_due_minor


def test_roll_tells_where_each_bucket_went_since_the_day_before(summary: Summary) -> None:
    assert (summary.roll.from_day, summary.roll.to_day) == (DAY - timedelta(days=1), DAY)
    assert summary.roll.cell(1, 0) == RollCell(1, 0, 1, 190_000)
    assert summary.roll.cell(0, 1) == RollCell(0, 1, 1, 300_000)
    assert summary.roll.cell(1, 2) == RollCell(1, 2, 1, 400_000)
    assert summary.roll.cell(None, 0) == RollCell(None, 0, 1, 0)
    assert summary.roll.row(1).accounts_n == 2
    assert summary.roll.befores() == (0, 1, 2, 4, None)


def test_yesterday_is_summed_from_yesterdays_book(summary: Summary) -> None:
    assert summary.yesterday is not None
    assert summary.yesterday.accounts_n == 7
    assert summary.yesterday.balance_minor == 2_100_000 + 700_000
    assert [npl.day for npl in summary.npl] == [DAY - timedelta(days=1), DAY]


def test_flow_accounts_for_every_candidate(summary: Summary) -> None:
    flow = summary.flow
    assert flow == Flow(8, 3, 4, 7, 2, 1, 1, 1, 2, 2)
    assert flow.candidates_n == (
        flow.refused_n + flow.no_contact_point_n + flow.not_needed_n + flow.outranked_n + flow.chosen_n
    )  # fmt: skip


def test_a_candidate_counts_for_each_rule_that_refuses_it(summary: Summary) -> None:
    night, unknown = summary.rules
    assert (night.rule_id, night.refused_n, night.alone_n) == ("CN-CBA-time", 2, 1)
    assert night.title_en == "No collection at night without the debtor's consent"
    assert night.citation_en and night.citation_zh and night.binding == "standard"
    assert (unknown.rule_id, unknown.refused_n, unknown.alone_n, unknown.title_en) == ("X-9", 1, 0, "")


def test_work_is_by_channel_and_clause(summary: Summary) -> None:
    assert summary.work == (Work("sms", "R2", 1), Work("visit", "R9", 1))


def test_segments_tell_customers_holdout_and_contacts(summary: Summary) -> None:
    early = next(segment for segment in summary.segments if segment.segment_id == "early")
    assert (early.customers_n, early.holdout_n, early.due_n, early.contacts_n) == (5, 1, 2, 1)


def test_bands_tell_how_many_are_past_due(summary: Summary) -> None:
    assert summary.bands == (Band("A", 4, 3), Band("B", 4, 2))


def test_quarantine_shows_the_most_frequent_reason_first_and_no_whole_id(summary: Summary) -> None:
    first, second = summary.quarantine
    assert (first.reason, first.rows_n, [example.row for example in first.examples]) == ("decimal_amount", 4, [1, 2, 4])
    assert first.examples[0].key == "transaction_id=T0…001, account_id=A1…567"
    assert second.examples[0].key == "customer_id=C1"
    assert summary.delivered_n == 110
    assert "Secret" not in json.dumps(summary.as_json())


def test_masked_shortens_ids_and_nothing_else() -> None:
    assert masked("account_id=A00000123, date=2026-03-01, purpose=collection") == (
        "account_id=A0…123, date=2026-03-01, purpose=collection"
    )


def test_looks_are_three_accounts_and_name_the_command(summary: Summary) -> None:
    assert [(look.kind, look.account_id) for look in summary.looks] == [
        ("worst_roll", "A000004"),
        ("largest_self_cure", "A000002"),
    ]
    assert summary.looks[0].command(DAY) == f"arrears explain A000004 --date {DAY}"


def test_most_refused_is_another_account_than_the_ones_named_before(tmp_path: Path) -> None:
    decisions = [
        candidate(2, "call_d31", "call", "refused", refused_by="X-9"),
        candidate(9, "s", "sms", "refused", account_id=""),
    ]
    world = World(tmp_path).day(accounts=[account(1, 2, 10, bucket_before=1), account(2, 1, 10)], decisions=decisions)
    looks = summarise(world.path, DAY, BANK).looks
    assert [(look.kind, look.account_id, look.refused_n) for look in looks] == [
        ("worst_roll", "A000001", 0),
        ("most_refused", "A000002", 1),
    ]


def test_somebody_called_in_the_cycle_did_not_cure_alone(tmp_path: Path) -> None:
    cured = [
        account(1, 0, 900, bucket_before=1, cured_today=True, worked_cycles=0b10, statement_balance_minor=900),
        account(2, 0, 0, bucket_before=1, cured_today=True, worked_cycles=0b100, statement_balance_minor=500),
    ]
    looks = summarise(World(tmp_path).day(accounts=cured).path, DAY, BANK).looks
    assert [(look.account_id, look.amount_minor) for look in looks] == [("A000002", 500)]


def test_month_over_month_follows_each_account_from_a_book_30_days_old(tmp_path: Path) -> None:
    world = World(tmp_path)
    for days_ago in (33, 31):
        world.day(DAY - timedelta(days=days_ago), accounts=[account(1, 0, 700), account(2, 1, 300), account(3, 6, 900)])
    world.day(accounts=[account(1, 1, 100), account(2, 0, 50), account(3, 7, 900, status="charged_off"), account(4, 0, 5)])
    month = summarise(world.path, DAY, BANK).month
    assert month is not None
    assert month.from_day == DAY - timedelta(days=31)
    assert month.cells == (RollCell(0, 1, 1, 700), RollCell(1, 0, 1, 300), RollCell(6, -1, 1, 900))


def test_first_day_of_a_workspace_has_no_yesterday_and_no_month(tmp_path: Path) -> None:
    summary = summarise(World(tmp_path).day(accounts=[account(1, 1, 10, bucket_before=None)]).path, DAY, BANK)
    assert (summary.yesterday, summary.month, len(summary.npl)) == (None, None, 1)
    assert summary.today.entered_n == 1


def test_bank_without_accounts_has_no_ratio(tmp_path: Path) -> None:
    summary = summarise(World(tmp_path).day(accounts=[]).path, DAY, BANK)
    assert summary.today.accounts_n == 0
    assert summary.today.npl == Npl(DAY, None, None, None, None)
    assert summary.flow.candidates_n == 0
    assert summary.looks == ()


def test_day_that_did_not_run_is_refused_with_the_command(bank_of_two_days: World) -> None:
    with pytest.raises(BookError, match="arrears run --feed DIR --date 2026-05-01"):
        summarise(bank_of_two_days.path, date(2026, 5, 1), BANK)


def test_summary_is_json_of_plain_values(summary: Summary) -> None:
    value = json.loads(json.dumps(summary.as_json()))
    assert value["day"] == "2026-03-14"
    assert value["flow"]["chosen_n"] == 2
    assert value["roll"]["cells"][0]["before"] == 0
