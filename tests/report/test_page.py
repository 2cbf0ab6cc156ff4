"""The page stands alone, says the same in both languages, and can be read by everybody."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from arrears.report import Summary, page, summarise, write_page
from arrears.report.charts import ACCENT, INK, QUIET, TINT, charts, script
from arrears.report.figures import Language
from arrears.report.shading import background
from arrears.report.words import WORDS
from tests.report.world import BANK, DAY, World, account

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Outline(HTMLParser):
    """What stands in a page: tags, ids, headings, and whether every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.headings: list[str] = []
        self.targets: set[str] = set()
        self.images: list[dict[str, str | None]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags[tag] += 1
        if found.get("id"):
            self.ids[str(found["id"])] += 1
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        if tag == "a":
            self.targets.add(str(found.get("href")))
        if found.get("role") == "img":
            self.images.append(found)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def html(summary: Summary) -> str:
    return page(summary, "en")


@pytest.fixture(scope="module")
def outline(html: str) -> Outline:
    parser = Outline()
    parser.feed(html)
    assert parser.open == []
    return parser


def test_page_names_no_other_site(html: str) -> None:
    addresses = set(re.findall(r"https?://[^\s\"'`<>)\\]*", html))
    assert addresses == {"http://www.w3.org/1999/xlink", "http://www.w3.org/2000/svg", "http://www.w3.org/2000/xmlns/"}
    assert not re.search(r"""(?:src|href)=["']?//""", html)
    own = html.replace(script(), "")
    assert not re.search(r"<(?:script|img|iframe|link)[^>]+(?:src|href)=[\"'](?!data:)", own)


def test_page_carries_the_script_once_and_stays_small(html: str) -> None:
    assert html.count(script()) == 1
    assert len(html) < len(script()) + 120_000


def test_page_is_the_same_for_the_same_day(bank_of_two_days: World, html: str) -> None:
    assert page(summarise(bank_of_two_days.path, DAY, BANK), "en") == html


def test_page_is_written_whole(summary: Summary, tmp_path: Path) -> None:
    write_page(summary, tmp_path / "new" / "report.html", "zh")
    written = (tmp_path / "new" / "report.html").read_text(encoding="utf-8")
    assert written == page(summary, "zh")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["report.html"]
    assert '<html lang="zh-Hans">' in written
    assert re.search(r'id="report-en" hidden>', written) and not re.search(r'id="report-zh" hidden>', written)


def test_headings_tables_and_images_are_named(outline: Outline) -> None:
    assert outline.headings.count("h1") == 2  # one a language; one of them is hidden
    assert set(outline.headings) == {"h1", "h2"}
    assert outline.tags["table"] == outline.tags["caption"] > 10
    assert len(outline.images) == 2 * 5
    assert all(image["aria-label"] for image in outline.images)


def test_ids_are_unique_and_links_lead_somewhere(outline: Outline) -> None:
    assert max(outline.ids.values()) == 1
    assert all(target.removeprefix("#") in outline.ids for target in outline.targets)


def test_words_of_the_bank_are_escaped(html: str) -> None:
    assert "Bank of &lt;Tests&gt; &amp; Sons" in html
    assert "<Tests>" not in html and "<b>is</b>" not in html


def test_specifications_are_json_that_cannot_end_their_script(html: str) -> None:
    found = re.search(r'<script type="application/json" id="charts">(.*?)</script>', html, re.DOTALL)
    assert found
    specs = json.loads(found[1])
    assert set(specs) == {"en", "zh"}
    assert set(specs["en"]) == set(specs["zh"]) == {"book", "npl", "flow", "rules", "bands"}


@pytest.mark.parametrize("key", sorted(WORDS))
def test_every_text_stands_in_both_languages_with_the_same_places(key: str) -> None:
    english, chinese = WORDS[key]
    assert english.strip() and chinese.strip()
    assert set(re.findall(r"{(\w+)}", english)) == set(re.findall(r"{(\w+)}", chinese))
    assert not re.search(r"[\u4e00-\u9fff]", english) or key in ("toggle", "toggle_label")


def test_chinese_page_holds_no_english_sentence(summary: Summary) -> None:
    part = re.search(r'<main [^>]*id="report-zh".*?</main>', page(summary, "zh"), re.DOTALL)
    assert part
    words = {english for english, _ in WORDS.values() if len(english) > 12 and "{" not in english}
    assert not {english for english in words if english in part[0]}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_charts_have_bars_from_zero(summary: Summary, language: Language) -> None:
    for name, chart in charts(summary, language).items():
        assert chart.alt and chart.title
        for layer in chart.spec.get("layer", ()):
            assert layer["encoding"]["x"]["scale"]["domain"][0] == 0, name


def _luminance(colour: tuple[int, int, int]) -> float:
    parts = [part / 255 for part in colour]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def test_every_shade_can_be_read() -> None:
    assert min(_contrast(background(share), _rgb(INK)) for share in range(0, 1_000_001, 5_000)) >= 4.5


def test_colours_of_text_and_lines_can_be_seen() -> None:
    css = (Path(__file__).parents[2] / "arrears/report/assets/report.css").read_text(encoding="utf-8")
    quiet = re.search(r"--quiet: (#\w{6})", css)
    assert quiet
    white, wash = (255, 255, 255), _rgb("#f4f6f7")
    assert all(_contrast(_rgb(colour), white) >= 4.5 for colour in (INK, QUIET, ACCENT, quiet[1]))
    assert _contrast(_rgb(ACCENT), wash) >= 4.5
    assert _contrast(_rgb(TINT), white) >= 3


@pytest.mark.parametrize("accounts", [[], [account(1, 0, 0)]])
def test_day_on_which_nothing_happened_has_a_page_without_charts(tmp_path: Path, accounts: list[dict[str, object]]) -> None:
    made = page(summarise(World(tmp_path).day(accounts=accounts).path, DAY, BANK))
    parser = Outline()
    parser.feed(made)
    assert parser.images == []
    for sentence in ("no_refusals", "no_work", "no_looks", "roll_no_month", "npl_one_day", "lead_empty"):
        assert WORDS[sentence][0] in made and WORDS[sentence][1] in made


@pytest.mark.parametrize("seldom", ["charges_blocked", "effort_elsewhere"])
def test_whatever_became_of_a_contact_has_its_row_in_the_table_and_a_whole_label(summary: Summary, seldom: str) -> None:
    told = replace(summary, flow=replace(summary.flow, **{f"{seldom}_n": 4_321}))
    text = page(told)
    for language, place in (("en", 0), ("zh", 1)):
        assert WORDS[f"flow_{seldom}"][place] in text
        assert "4,321" in json.dumps(charts(told, language)["flow"].spec)  # type: ignore[arg-type]
        label = re.split("[,，]", WORDS[f"flow_{seldom}"][place])[0]
        assert sum(1 if sign.isascii() else 2 for sign in label) <= LABEL_SIGNS_MAX, "or the chart cuts it short"


LABEL_SIGNS_MAX = 18
"""So many Latin letters of the bars' labels have room."""
