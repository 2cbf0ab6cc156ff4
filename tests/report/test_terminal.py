"""What a person reads in the terminal, and how numbers are written."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from arrears.report import Summary, figures, print_summary, summarise
from arrears.report.figures import Language
from tests.report.world import BANK, DAY, World


def _printed(summary: Summary, language: Language, width: int = 110) -> list[str]:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    print_summary(summary, console, language)
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_terminal_says_what_happened_to_whom_why_and_where_to_look(summary: Summary) -> None:
    lines = _printed(summary, "en")
    text = "\n".join(lines)
    assert lines[0] == "Bank of <Tests> & Sons  Saturday 14 March 2026"
    assert "7 accounts owe CNY 22.0 k" in text
    assert "1 fell past due, 1 cured, 1 rolled forward" in text
    assert "NPL ratio 54.55 % (card ladder 22.73 %, general ladder 31.82 %)" in text
    assert "CN-CBA-time  No collection at night without the debtor's consent" in text
    assert "arrears explain A000004 --date 2026-03-14" in text
    assert len(lines) <= 50


def test_terminal_speaks_chinese(summary: Summary) -> None:
    text = "\n".join(_printed(summary, "zh"))
    assert "测试银行  2026年3月14日 星期六" in text
    assert "7 个账户共欠 2.2 万元" in text
    assert "未经债务人同意，夜间不得催收" in text
    assert "past due" not in text


def test_commands_are_never_broken_over_lines(summary: Summary) -> None:
    assert any("arrears explain A000004 --date 2026-03-14" in line for line in _printed(summary, "en", width=40))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_empty_bank_prints_without_ratios(tmp_path: Path, language: Language) -> None:
    text = "\n".join(_printed(summarise(World(tmp_path).day(accounts=[]).path, DAY, BANK), language))
    assert figures.NOTHING in text
    assert "None" not in text


@pytest.mark.parametrize(
    ("minor", "currency", "english", "chinese"),
    [
        (0, "CNY", "CNY 0", "0 元"),
        (99_949, "CNY", "CNY 999", "999 元"),
        (123_456_789, "CNY", "CNY 1.2 m", "123.5 万元"),
        (-250_000, "USD", "USD −2.5 k", "USD −2,500"),
        (1_234_567_890_123, "CNY", "CNY 12.3 bn", "123.5 亿元"),
        (1_000_000, "JPY", "JPY 1.0 m", "JPY 100.0 万"),
    ],
)
def test_money_is_scaled_as_each_language_counts(minor: int, currency: str, english: str, chinese: str) -> None:
    assert figures.money(minor, currency, "en") == english
    assert figures.money(minor, currency, "zh") == chinese


def test_ratios_and_changes_round_half_up() -> None:
    assert figures.percent(19_250, "en", 1) == "1.9 %"
    assert figures.percent(19_500, "en", 1) == "2.0 %"
    assert figures.percent(0, "zh") == "0.00%"
    assert figures.percent(None, "en") == "–"
    assert figures.points(-349, "en") == "−0.03 pp"
    assert figures.points(49, "en") == "±0.00 pp"
    assert figures.signed(0) == "±0"


def test_dates_are_written_out() -> None:
    assert figures.long_date(date(2026, 11, 24), "en") == "Tuesday 24 November 2026"
    assert figures.short_date(date(2026, 5, 1), "en") == "1 May 2026"
    assert figures.short_date(date(2026, 5, 1), "zh") == "2026年5月1日"
