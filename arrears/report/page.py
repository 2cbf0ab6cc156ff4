"""The summary as one self-contained HTML page: both languages, one script, no network.

Each language is a complete `<main>`; the other one is hidden until the reader switches, so a page can be handed to anybody.
Without JavaScript the first language stands there with all its tables.
"""

from __future__ import annotations

import functools
import json
import os
from importlib import resources
from pathlib import Path
from typing import get_args

import jinja2

from arrears.money import format_minor
from arrears.process import telling as process_telling
from arrears.process import words as process_words
from arrears.report import figures
from arrears.report.charts import Chart, charts, script
from arrears.report.figures import Language
from arrears.report.shading import shade
from arrears.report.summary import BUCKETS, LEFT_THE_BOOK, Summary, ratio_ppm
from arrears.report.telling import charges_text, lead, look_text
from arrears.report.tiles import tiles
from arrears.report.words import bucket_days, say, short_days

LANGUAGES: tuple[Language, ...] = get_args(Language)
NPL_DAYS_SHOWN = 7
"""Days in the table of ratios; the chart has them all."""
HTML_LANG = {"en": "en", "zh": "zh-Hans"}


def write_page(summary: Summary, path: Path, language: Language = "en") -> None:
    """Write the page whole or not at all; `language` is the one shown first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(page(summary, language), encoding="utf-8", newline="\n")
    os.replace(partial, path)


def page(summary: Summary, language: Language = "en") -> str:
    """The page as text; the same summary gives the same text."""
    assets = resources.files("arrears.report") / "assets"
    drawn = {each: charts(summary, each) for each in LANGUAGES}
    specs = {each: {chart.id: chart.spec for chart in drawn[each].values()} for each in LANGUAGES}
    return (
        _environment()
        .get_template("page.html")
        .render(
            first=language,
            html_lang=HTML_LANG,
            summary=summary,
            bodies={each: _body(summary, each, drawn[each], hidden=each != language) for each in LANGUAGES},
            title=_title(summary, language),
            # `<` would let a text end the script element it stands in.
            specs=json.dumps(specs, ensure_ascii=False, sort_keys=True, separators=(",", ":")).replace("<", "\\u003c"),
            script=script(),
            css=(assets / "report.css").read_text(encoding="utf-8"),
            js=(assets / "report.js").read_text(encoding="utf-8"),
        )
    )


def _body(summary: Summary, language: Language, drawn: dict[str, Chart], *, hidden: bool) -> str:
    """One language's part."""
    other: Language = "zh" if language == "en" else "en"
    return (
        _environment()
        .get_template("body.html")
        .render(
            s=summary,
            language=language,
            other=other,
            hidden=hidden,
            html_lang=HTML_LANG,
            title=_title(summary, language),
            bank=_bank(summary, language),
            npl_days=NPL_DAYS_SHOWN,
            charts=drawn,
            lead=lead(summary, language),
            tiles=tiles(summary, language),
            buckets=BUCKETS,
            left=LEFT_THE_BOOK,
            say=functools.partial(_say, language),
            days=lambda bucket: bucket_days(bucket, language),
            short=lambda bucket: short_days(bucket, language),
            charges_text=charges_text(summary.supervision, language) if summary.supervision else "",
            exact=format_minor,
            look_text=lambda look: look_text(look, summary, language),
            count=figures.count,
            ratio=ratio_ppm,
            percent=lambda ppm, digits=2: figures.percent(ppm, language, digits),
            number=lambda ppm, digits: figures.percent(ppm, language, digits).removesuffix("%").rstrip(),
            whole=lambda minor: figures.whole(minor, summary.currency),
            date=lambda day: figures.short_date(day, language),
            long_date=lambda day: figures.long_date(day, language),
            shade=shade,
            p=summary.process,
            psay=functools.partial(_process_say, language),
            stage=lambda bucket: process_words.stage(bucket, language),
            telling=process_telling,
            title_of=lambda segment: summary.segment_titles.get(segment, (segment, segment))[language == "zh"],
            own=lambda english, chinese: chinese if language == "zh" else english,
        )
    )


def _say(language: Language, key: str, /, **values: object) -> str:
    return say(key, language, **values)


def _process_say(language: Language, key: str, /, **values: object) -> str:
    return process_words.say(key, language, **values)


def _bank(summary: Summary, language: Language) -> str:
    return summary.bank_zh if language == "zh" else summary.bank_en


def _title(summary: Summary, language: Language) -> str:
    return f"{say('title', language, bank=_bank(summary, language))} · {summary.day}"


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("arrears.report", "assets"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
