"""The charts of the page as Vega-Lite specifications, made with Altair, and the one script that draws them all.

Every chart has a text that tells the same (`alt`), and every number stands in a table beside it. One accent colour; which line
is which is said by dash and label, not by colour alone.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any

import altair as alt
import vl_convert

from arrears.process import words as process_words
from arrears.report import figures
from arrears.report.figures import Language
from arrears.report.summary import Summary, ratio_ppm
from arrears.report.words import bucket_days, say

ACCENT, TINT, QUIET, INK, RULE = "#1d5a73", "#5d91aa", "#58626b", "#1f2529", "#d9dee2"
FONT = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', "
    "'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
)
"""As in `report.css`."""
RULES_SHOWN = 8
BAR_STEP = 30
"""Pixels from bar to bar."""

DECISIONS = ("chosen", "refused", "no_contact_point", "not_needed", "outranked")


@dataclass(frozen=True)
class Chart:
    """A chart: its id on the page, heading, what it shows in words, and its Vega-Lite specification."""

    id: str
    title: str
    alt: str
    spec: dict[str, Any]


def charts(summary: Summary, language: Language) -> dict[str, Chart]:
    """The charts that the day has data for, by id."""
    made = (
        _buckets(summary, language), _npl(summary, language), _flow(summary, language), _rules(summary, language),
        _bands(summary, language), _hours(summary, language),
    )  # fmt: skip
    return {chart.id: chart for chart in made if chart is not None}


@functools.cache
def script() -> str:
    """Vega, Vega-Lite and Vega-Embed with all they need, as one script that sets `window.vegaEmbed`.

    It holds a few addresses that it never visits unasked (its online editor, an issue in a message). They are taken out, so
    that "this page names no other site" can be checked by searching it. Their paths stay: a version is read off one of them.
    """
    bundle = str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))
    return re.sub(r"https?://(?!www\.w3\.org/)[A-Za-z0-9.-]+", "about:blank", bundle)


def _buckets(summary: Summary, language: Language) -> Chart | None:
    late = [bucket for bucket in summary.buckets if bucket.bucket > 0]
    if not any(bucket.balance_minor for bucket in late):
        return None
    rows = [
        {
            "label": bucket_days(bucket.bucket, language),
            "value": bucket.balance_minor,
            "text": figures.money(bucket.balance_minor, summary.currency, language),
        }
        for bucket in late
    ]
    values = _listed(rows, language)
    return Chart("book", say("book_figure", language), say("book_alt", language, values=values), _bars(rows, label_width=104))


def _npl(summary: Summary, language: Language) -> Chart | None:
    known = [npl for npl in summary.npl if npl.card_ppm is not None]
    if len(known) < 2:
        return None
    ladders = [say("card_ladder", language), say("general_ladder", language)]
    rows = [
        {"day": npl.day.isoformat(), "ladder": name, "value": ppm / 10_000, "text": figures.percent(ppm, language)}
        for npl in known
        for name, ppm in zip(ladders, (npl.card_ppm or 0, npl.general_ppm or 0), strict=True)
    ]
    # One legend for all three scales. The dashed line is thin and lies on top, so that both show where they agree.
    key = {"domain": ladders}
    legend = alt.Legend(title=None, orient="top", symbolType="stroke")
    colour = alt.Color("ladder:N", scale=alt.Scale(**key, range=[TINT, INK]), legend=legend)
    dash = alt.StrokeDash("ladder:N", scale=alt.Scale(**key, range=[[1, 0], [4, 4]]), legend=legend)
    width = alt.StrokeWidth("ladder:N", scale=alt.Scale(**key, range=[4, 1.5]), legend=legend)
    # Every so many days, counted back from today, so that today is always one of them.
    marked = [npl.day for npl in known[:: -max(1, len(known) // 5)]]
    days = alt.Axis(
        title=None, grid=False, labelOverlap=True, format="%-d %b" if language == "en" else "%-m月%-d日",
        values=[alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True) for day in marked],
    )  # fmt: skip
    share = alt.Axis(title="%", titleAngle=0, titleAlign="right", titleY=-8, tickCount=5)
    line = (
        alt.Chart(alt.Data(values=rows))
        .mark_line()
        .encode(
            x=alt.X("day:T", scale=alt.Scale(type="utc"), axis=days),
            y=alt.Y("value:Q", scale=alt.Scale(zero=True), axis=share),
            color=colour,
            strokeDash=dash,
            strokeWidth=width,
            tooltip=["ladder:N", "text:N"],
        )
    )
    first, last = known[0], known[-1]
    told = say(
        "npl_alt", language, first=figures.short_date(first.day, language), last=figures.short_date(last.day, language),
        card_first=figures.percent(first.card_ppm, language), card_last=figures.percent(last.card_ppm, language),
        general_first=figures.percent(first.general_ppm, language), general_last=figures.percent(last.general_ppm, language),
    )  # fmt: skip
    return Chart("npl", say("npl_figure", language), told, _dressed(line.properties(width="container", height=220)))


def _flow(summary: Summary, language: Language) -> Chart | None:
    if not summary.flow.candidates_n:
        return None
    rows = []
    seldom = [name for name in ("charges_blocked", "effort_elsewhere") if getattr(summary.flow, f"{name}_n")]
    shown = (*DECISIONS, *seldom)
    for decision in shown:
        number = getattr(summary.flow, f"{decision}_n")
        share = figures.percent(ratio_ppm(number, summary.flow.candidates_n), language, 1)
        name = say(f"flow_{decision}", language).replace("，", ", ").split(", ")[0]
        rows.append({"label": name, "value": number, "text": f"{figures.count(number)} ({share})"})
    told = say("flow_alt", language, candidates=figures.count(summary.flow.candidates_n), values=_listed(rows, language))
    return Chart("flow", say("flow_figure", language), told, _bars(rows, label_width=130, room=96))


def _rules(summary: Summary, language: Language) -> Chart | None:
    if not summary.rules:
        return None
    rows = [
        {"label": rule.rule_id, "value": rule.refused_n, "text": figures.count(rule.refused_n)}
        for rule in summary.rules[:RULES_SHOWN]
    ]
    told = say("rules_alt", language, values=_listed(rows, language))
    return Chart("rules", say("rules_figure", language), told, _bars(rows, label_width=150))


def _bands(summary: Summary, language: Language) -> Chart | None:
    rows = []
    for band in summary.bands:
        share = ratio_ppm(band.past_due_n, band.customers_n) or 0
        rows.append({"label": band.band, "value": share / 10_000, "text": figures.percent(share, language, 1)})
    if not any(row["value"] for row in rows):
        return None
    told = say("bands_alt", language, values=_listed(rows, language))
    return Chart("bands", say("bands_figure", language), told, _bars(rows, label_width=24))


def _hours(summary: Summary, language: Language) -> Chart | None:
    if summary.process is None or not summary.process.hours:
        return None
    planned, made = (process_words.say(key, language) for key in ("planned", "made"))
    rows = [
        {
            "hour": process_words.say("hour", language, hour=hour.hour),
            "what": what,
            "value": number,
            "text": figures.count(number),
        }
        for hour in summary.process.hours
        for what, number in ((planned, hour.planned_n), (made, hour.made_n))
    ]
    colour = alt.Color(
        "what:N", scale=alt.Scale(domain=[planned, made], range=[TINT, INK]),
        legend=alt.Legend(title=None, orient="top", symbolType="square", symbolSize=120),
    )  # fmt: skip
    bars = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar()
        .encode(
            x=alt.X("hour:N", sort=None, axis=alt.Axis(title=None, labelAngle=0, ticks=False, labelOverlap=True)),
            xOffset=alt.XOffset("what:N", sort=[planned, made]),
            y=alt.Y("value:Q", axis=alt.Axis(title=None, tickCount=4)),
            color=colour,
            tooltip=["hour:N", "what:N", "text:N"],
        )
    )
    told = process_words.say("hours_alt", language, values=_listed(
        [{"label": f"{row['hour']} {row['what']}", "text": row["text"]} for row in rows], language
    ))  # fmt: skip
    return Chart(
        "hours", process_words.say("hours_figure", language), told, _dressed(bars.properties(width="container", height=200))
    )


def _bars(rows: list[dict[str, Any]], *, label_width: int, room: int = 72) -> dict[str, Any]:
    """Horizontal bars from zero in the order given, each with its number at the end; `room` pixels are kept for it."""
    y = alt.Y(
        "label:N", sort=None, axis=alt.Axis(title=None, labelLimit=label_width, domain=False, ticks=False, labelPadding=8)
    )
    largest = max((row["value"] for row in rows), default=0) or 1
    # A scale from zero to the largest, drawn short of the right edge by the room for the number.
    x = alt.X(
        "value:Q",
        scale=alt.Scale(domain=[0, largest], nice=False, range=[0, {"expr": f"max(width - {room}, 40)"}]),
        axis=None,
    )
    base = alt.Chart(alt.Data(values=rows)).encode(y=y, x=x)
    bars = base.mark_bar(color=ACCENT, height=16, tooltip=False)
    text = base.mark_text(align="left", dx=6, color=INK, fontSize=12).encode(text="text:N")
    return _dressed((bars + text).properties(width="container", height={"step": BAR_STEP}))


def _dressed(chart: Any) -> dict[str, Any]:
    """A chart in the page's dress, as Vega-Lite."""
    dressed = chart.configure(
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"), background="transparent", font=FONT,
        axis=alt.AxisConfig(
            labelColor=INK, titleColor=QUIET, labelFontSize=12, titleFontSize=12, titleFontWeight="normal", gridColor=RULE,
            domainColor=QUIET, tickColor=QUIET,
        ),
        view=alt.ViewConfig(stroke=None), legend=alt.LegendConfig(labelFontSize=12, labelColor=INK, symbolSize=500),
    )  # fmt: skip
    spec: dict[str, Any] = dressed.to_dict()
    del spec["$schema"]  # an address, and the script knows what it draws
    return spec


def _listed(rows: list[dict[str, Any]], language: Language) -> str:
    joint = ("; ", " ") if language == "en" else ("；", " ")
    return joint[0].join(f"{row['label']}{joint[1]}{row['text']}" for row in rows)
