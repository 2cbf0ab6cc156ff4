"""Charts drawn on the server as SVG, without a script and without inline style, which the pages' policy forbids.

Every mark is a link to what is behind it, with a name of its own.
"""

from __future__ import annotations

import functools
import json
import re
from typing import Any

import altair as alt
import vl_convert
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

INK, ACCENT, BAD, GOOD, RULE = "#1f2529", "#1d5a73", "#9c1c1c", "#1f6b3a", "#d9dee2"
DRAWINGS_KEPT = 64
_STYLE = re.compile(r'\sstyle="([^"]*)"')
_HERE = "http://here.invalid"
"""Stands before our own addresses while they are drawn: the drawer takes whole ones only."""


def steps(rows: list[dict[str, Any]], label: str) -> SafeString:
    """A waterfall: rows of `name`, `from`, `to`, `end`, `kind`, `text` and `url`, in their order."""
    base = alt.Chart(_linked(rows)).encode(
        y=alt.Y("name:N", sort=None, axis=alt.Axis(title=None, domain=False, ticks=False, labelLimit=160)),
        x=alt.X(
            "from:Q",
            axis=alt.Axis(title="%", grid=True, gridColor=RULE, domain=False, tickCount=8),
            scale=alt.Scale(zero=False),
        ),
    )
    colour = alt.Color("kind:N", scale=alt.Scale(domain=["up", "down", "whole"], range=[BAD, GOOD, ACCENT]), legend=None)
    bars = base.mark_bar(height=16).encode(x2="to:Q", color=colour, href="url:N", description="said:N")
    text = base.mark_text(align="left", dx=6, color=INK, fontSize=12).encode(x=alt.X("end:Q"), text="text:N")
    return drawn((bars + text).properties(width=620, height={"step": 26}), label)


def line(rows: list[dict[str, Any]], label: str) -> SafeString:
    """A line over days: rows of `name` (the day), `value`, `text` and `url`."""
    percent = alt.Axis(title="%", titleAngle=0, titleY=-8, titleX=-14, titleAnchor="end", gridColor=RULE, domain=False)
    marked = [row["name"] for row in rows[:: -max(1, len(rows) // 8)]]
    days = alt.Axis(title=None, labelAngle=0, values=marked)
    base = alt.Chart(_linked(rows)).encode(
        x=alt.X("name:O", axis=days), y=alt.Y("value:Q", scale=alt.Scale(zero=False), axis=percent)
    )
    points = base.mark_point(color=ACCENT, filled=True, size=40, opacity=1).encode(href="url:N", description="said:N")
    return drawn((base.mark_line(color=ACCENT) + points).properties(width=620, height=180), label)


def curves(rows: list[dict[str, Any]], label: str, months: str) -> SafeString:
    """A line for each `group` over months on book: rows of `group`, `months`, `value`, `name`, `text` and `url`.

    The latest group is the darkest. `months` is the title of the axis of months.
    """
    groups = sorted({row["group"] for row in rows})
    percent = alt.Axis(title="%", titleAngle=0, titleY=-8, titleX=-14, titleAnchor="end", gridColor=RULE, domain=False)
    base = alt.Chart(_linked(rows)).encode(
        x=alt.X("months:Q", axis=alt.Axis(title=months, grid=False, tickMinStep=1)),
        y=alt.Y("value:Q", scale=alt.Scale(zero=True), axis=percent),
        color=alt.Color("group:O", scale=alt.Scale(domain=groups, scheme="tealblues"), legend=None),
    )
    points = base.mark_point(filled=True, size=40, opacity=1).encode(href="url:N", description="said:N")
    ends = (
        base.transform_filter("datum.end")
        .mark_text(align="left", dx=8, fontSize=11, color=INK)
        .encode(text="group:O", color=alt.value(INK))
    )
    return drawn((base.mark_line() + points + ends).properties(width=620, height=240), label)


def _linked(rows: list[dict[str, Any]]) -> alt.Data:
    return alt.Data(values=[{**row, "url": f"{_HERE}{row['url']}", "said": f"{row['name']}: {row['text']}"} for row in rows])


def drawn(chart: Any, label: str) -> SafeString:
    """The SVG of a chart with its accessible name; the same numbers stand in a table beside it."""
    dressed = chart.configure(
        background="transparent", font="sans-serif", view=alt.ViewConfig(stroke=None), padding={"left": 24, "right": 64},
        axis=alt.AxisConfig(labelFontSize=12, titleFontSize=12, labelColor=INK, titleColor=INK),
    )  # fmt: skip
    named = _svg(json.dumps(dressed.to_dict(), sort_keys=True)).replace(
        "<svg ", f'<svg role="group" aria-label="{escape(label)}" ', 1
    )
    return mark_safe(named)  # noqa: S308 - our own drawing; its label is escaped


@functools.lru_cache(maxsize=DRAWINGS_KEPT)
def _svg(chart: str) -> str:
    """Drawn once: drawing takes a tenth of a second, and the figures of a day do not change."""
    svg = vl_convert.vegalite_to_svg(json.loads(chart))
    svg = _STYLE.sub(_as_attributes, re.sub(r"^.*?(<svg )", r"\1", svg, flags=re.S))
    return svg.replace(f'xlink:href="{_HERE}', 'href="')


def _as_attributes(style: re.Match[str]) -> str:
    pairs = (part.partition(":") for part in style[1].split(";") if ":" in part)
    return "".join(f' {name.strip()}="{escape(value.strip())}"' for name, _, value in pairs)
