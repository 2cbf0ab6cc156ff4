"""Blocked charges in the day's plan: nobody is asked for an amount that was charged wrongly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from arrears.bank import load_bank
from arrears.cli.edge import run as command
from arrears.day.explain import explain
from arrears.day.replay import replay
from arrears.day.workspace import Workspace
from arrears.report import print_summary, summarise
from arrears.report.page import page
from tests.day.compiled import book_queries, compile_once, sessions
from tests.day.world import LEAP_DAY, Row, cardholder, deliver, rows, run, together, work_file, workspace

NEXT_DAY = LEAP_DAY + timedelta(days=1)


def posting(number: int, name: str, kind: str, amount: int, on: Any, reverses: str | None = None) -> dict[str, list[Row]]:
    row = {
        "transaction_id": name, "account_id": f"A{number}", "kind": kind, "amount_minor": amount, "currency": "CNY",
        "posted_date": on, "value_date": on, "reverses_id": reverses,
    }  # fmt: skip
    return {"transactions": [row]}


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """C1 is past due and paid a wrong fee of 50.00; of C2 less is past due than the wrong fee; C3 is past due and nothing else.

    The next day the fee of C1 is taken back.
    """
    compile_once()
    folder = tmp_path_factory.mktemp("blocked")
    where = workspace(folder / "workspace")
    cards = [cardholder(1, LEAP_DAY, dpd=12), cardholder(2, LEAP_DAY, dpd=12, minimum=4_000), cardholder(3, LEAP_DAY, dpd=12)]
    fees = [posting(1, "TF1", "fee", 5_000, LEAP_DAY), posting(2, "TF2", "fee", 5_000, LEAP_DAY)]
    deliver(folder / "feed", LEAP_DAY, together(*cards, *fees))
    deliver(folder / "feed", NEXT_DAY, posting(1, "TR1", "charge_reversal", 5_000, NEXT_DAY, "TF1"))
    for day in (LEAP_DAY, NEXT_DAY):
        run(where, folder / "feed", day)
    yield where


def work(bank: Workspace) -> dict[str, Row]:
    return {row["customer_id"]: row for row in rows(bank, "plan", LEAP_DAY, "work")}


def decisions(bank: Workspace, customer: str) -> set[str]:
    return {row["decision"] for row in rows(bank, "plan", LEAP_DAY, "decisions") if row["customer_id"] == customer}


def test_work_row_does_not_ask_for_the_amount_over(bank: Workspace) -> None:
    row, other = work(bank)["C1"], work(bank)["C3"]
    assert (row["past_due_minor"], other["past_due_minor"]) == (55_000, 60_000)
    assert row["minimum_unpaid_minor"] == other["minimum_unpaid_minor"] - 5_000
    assert row["reason"].startswith("charges_blocked=5000;")
    assert "charges_blocked" not in other["reason"]


def test_text_to_the_customer_names_the_amount_without_what_is_over(bank: Workspace) -> None:
    said, other = work(bank)["C1"]["text"], work(bank)["C3"]["text"]
    assert "CNY 600.00" in other and "CNY 550.00" in said
    assert "CNY 600.00" not in said


def test_contact_that_would_ask_for_nothing_else_is_not_made(bank: Workspace) -> None:
    assert "C2" not in work(bank)
    assert "charges_blocked" in decisions(bank, "C2") and "chosen" not in decisions(bank, "C2")
    assert "chosen" in decisions(bank, "C1")


def test_plan_lists_blocked_charges_with_their_correcting_entries(bank: Workspace) -> None:
    found = rows(bank, "plan", LEAP_DAY, "blocked_charges")
    assert [(row["account_id"], row["rules"], row["over_minor"]) for row in found] == [
        ("A1", "PRODUCT-FEE", 5_000), ("A2", "PRODUCT-FEE", 5_000),
    ]  # fmt: skip
    listed = work_file(bank, LEAP_DAY, "blocked_charges.csv")
    assert [(row["account_id"], row["correct_kind"], row["correct_minor"], row["reverses_id"]) for row in listed] == [
        ("A1", "charge_reversal", "5000", "TF1"), ("A2", "charge_reversal", "5000", "TF2"),
    ]  # fmt: skip


def test_account_is_free_again_once_the_charge_is_taken_back(bank: Workspace) -> None:
    assert [row["account_id"] for row in rows(bank, "plan", NEXT_DAY, "blocked_charges")] == ["A2"]


def test_explanation_says_what_is_blocked_and_why_nobody_calls(bank: Workspace) -> None:
    first = "\n".join(explain(bank, "A1", LEAP_DAY, "en").lines())
    assert "CNY 50.00 over by PRODUCT-FEE" in first and "reverse CNY 50.00 of TF1" in first
    second = "\n".join(explain(bank, "A2", LEAP_DAY, "zh").lines())
    assert "收费已冻结" in second and "不联系：仅涉及已冻结的收费" in second
    third = explain(bank, "A3", LEAP_DAY, "en")
    assert third.charges_blocked == () and "blocked" not in "\n".join(third.lines())


def test_day_with_blocked_charges_replays_the_same(bank: Workspace) -> None:
    for day in (LEAP_DAY, NEXT_DAY):
        found = replay(bank, day, sessions=sessions(), book_queries=book_queries(bank.strategy().bank))
        assert found.same, found.lines()


def test_report_counts_and_sums_them_in_both_languages(bank: Workspace) -> None:
    summary = summarise(bank.path, LEAP_DAY, load_bank(bank.path / "bank.toml"))
    found = summary.supervision
    assert found is not None
    assert (found.open_n, found.accounts_n, found.blocked[0].over_minor, summary.flow.charges_blocked_n) == (2, 2, 10_000, 1)
    said = StringIO()
    for language in ("en", "zh"):
        print_summary(summary, Console(file=said, width=160), language)
    assert "2 breaches are open on 2 accounts, CNY 100.00 over" in said.getvalue()
    assert "2 个账户有 2 项未纠正的违规，多收 CNY 100.00" in said.getvalue()
    html = page(summary)
    assert "PRODUCT-FEE" in html and "A fee that the product does not have" in html and "产品约定以外的费用" in html


# --- the command ---
def test_command_ends_with_1_while_a_breach_is_open(bank: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["supervise", "--date", str(LEAP_DAY), "--workspace", str(bank.path)]) == 1
    said = capsys.readouterr().out
    assert "reverse CNY 50.00 of TF2" in said and "PRODUCT-FEE" in said


def test_command_speaks_chinese_and_json(bank: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["supervise", "--date", str(LEAP_DAY), "--workspace", str(bank.path)]
    assert command([*words, "--lang", "zh"]) == 1
    assert "冲回 TF2 的 CNY 50.00" in capsys.readouterr().out
    assert command([*words, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [(row["account_id"], row["over_minor"]) for row in told["findings"]] == [("A1", 5_000), ("A2", 5_000)]
    assert told["broken"][0]["open_n"] == 2 and told["law_speaks"] is True


def test_command_ends_with_0_when_nothing_is_open(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = workspace(tmp_path / "workspace")
    run(where, deliver(tmp_path / "feed", LEAP_DAY, cardholder(1, LEAP_DAY, dpd=12)), LEAP_DAY)
    assert command(["supervise", "--date", str(LEAP_DAY), "--workspace", str(where.path)]) == 0
    assert "No breach is open." in capsys.readouterr().out


def test_command_names_the_day_that_was_not_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = workspace(tmp_path / "workspace")
    assert command(["supervise", "--date", "2028-02-29", "--workspace", str(where.path)]) == 1
    assert "arrears run --feed DIR --date 2028-02-29" in capsys.readouterr().err
