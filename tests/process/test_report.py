"""The process on the report's page and terminal, in both languages."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from arrears.process import measure
from arrears.process.words import WORDS
from arrears.report import Summary, page, print_summary, summarise
from arrears.report.figures import Language
from tests.process.test_telling import some_days
from tests.process.world import BANK, PLAYBOOK
from tests.report.world import BANK as REPORTED
from tests.report.world import DAY, small_bank

SECTIONS = ("process", "steps", "agents", "waits_note", "made_note", "steps_note", "agents_note", "hours_figure")


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    bank = small_bank(tmp_path_factory.mktemp("reported"))
    world = some_days()
    found = measure(world.written(tmp_path_factory.mktemp("measured")), world.last, BANK, PLAYBOOK)
    return replace(summarise(bank.path, DAY, REPORTED), process=found)


@pytest.mark.parametrize("place", [0, 1], ids=["en", "zh"])
def test_the_page_shows_every_part_in_both_languages(place: int, summary: Summary) -> None:
    told = page(summary).replace("&#39;", "'").replace("&gt;", ">")
    for key in SECTIONS:
        assert WORDS[key][place].format(promise_days=7) in told, key
    assert 'id="hours-en"' in told and 'id="hours-zh"' in told


def test_the_page_names_agents_by_id_and_no_customer(summary: Summary) -> None:
    told = page(summary)
    assert "agent-1" in told and not re.search(r">C[0-9]<", told)


@pytest.mark.parametrize(("language", "word"), [("en", "waits exceed"), ("zh", "项等待超出目标")])
def test_the_terminal_tells_the_process_in_one_line(language: Language, word: str, summary: Summary) -> None:
    out = io.StringIO()
    print_summary(summary, Console(file=out, width=200), language)
    assert word in out.getvalue() and "arrears process --date" in out.getvalue()


def test_without_the_feeds_of_the_days_the_page_leaves_the_process_out(summary: Summary) -> None:
    told = page(replace(summary, process=None))
    assert 'id="s-process-en"' not in told
