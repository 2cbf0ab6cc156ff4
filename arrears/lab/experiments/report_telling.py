"""A report of an experiment in sections: for the terminal now, for the report page whenever it wants them."""

from __future__ import annotations

import math

from arrears.lab.experiments.findings import p_text
from arrears.lab.experiments.measures import MEASURES, Effect, Measure, Signals
from arrears.lab.experiments.reporting import Against, Report
from arrears.lab.experiments.sections import CONFIDENCE_WORD, Section, number
from arrears.lab.experiments.words import Language
from arrears.money import minor_digits


def sections(found: Report, language: Language) -> list[Section]:
    """What the rules say first, then warnings, arms, differences, notes."""
    zh = language == "zh"
    title = found.title.zh if zh else found.title.en
    warnings = tuple(one.text(language) for one in found.findings if one.severity == "warning")
    notes = tuple(one.text(language) for one in found.findings if one.severity == "note")
    since = f"，仅计 {found.since} 起入组者" if zh else f", entries since {found.since} only"
    line = (
        f"{found.experiment}，截至 {found.day}；首批入组 {found.first_entry}；窗口期 {found.window_days} 天" if zh else
        f"{found.experiment} on {found.day}; first entry {found.first_entry}; window {found.window_days} days after entry"
    )  # fmt: skip
    told = [Section(title, (line + (since if found.since else ""), *(one.text(language) for one in found.decisions)))]
    if warnings:
        told.append(Section("警告" if zh else "Warnings", warnings))
    told += [_sizes(found, zh), _figures(found, zh), *(_against(found, one, zh) for one in found.against if one.effects)]
    return [*told, Section("说明" if zh else "Notes", notes)] if notes else told


def _sizes(found: Report, zh: bool) -> Section:
    head = ("组", "策略", "比例", "入组", "满窗口期", "现不良率") if zh else (
        "arm", "strategy", "share", "entered", "whole window", "NPL ratio now"
    )  # fmt: skip
    rows = tuple(
        (one.arm, one.title.zh if zh else one.title.en, f"{one.share_ppm / 10_000:.1f}%", f"{one.entered_n:,}",
         f"{one.matured_n:,}", "-" if one.npl_now_ppm is None else f"{one.npl_now_ppm / 10_000:.2f}%")
        for one in found.arms
    )  # fmt: skip
    p = p_text(found.ratio_p)
    return Section(
        "各组" if zh else "Arms",
        (f"样本比例检验：p = {p}" if zh else f"sample ratio against these shares: p = {p}",),
        head,
        rows,
    )


def _figures(found: Report, zh: bool) -> Section:
    head = ("组" if zh else "arm", *((one.zh if zh else one.en) for one in MEASURES))
    rows = tuple(
        (arm.arm, *(_mean(arm.figures.get(measure.key), measure, found.currency) for measure in MEASURES)) for arm in found.arms
    )
    return Section("每组指标（标准误）" if zh else "Figures by arm (standard error)", (), head, rows)


def _mean(one: Signals | None, measure: Measure, currency: str) -> str:
    if one is None or len(one.values) < 2:
        return "-"
    mean = one.mean
    return f"{_shown(mean.mean, measure, currency)} ({_shown(math.sqrt(mean.variance), measure, currency)})"


def _shown(value: float, measure: Measure, currency: str) -> str:
    if not math.isfinite(value):
        return "-"
    if measure.unit == "money":
        digits = minor_digits(currency)
        return f"{value / 10**digits:,.{digits}f}"
    return f"{value:.2%}" if measure.unit == "share" else number(value, 3)


def _against(found: Report, one: Against, zh: bool) -> Section:
    looks = (f"{CONFIDENCE_WORD} 区间（单次查看）", "p", f"{CONFIDENCE_WORD} 区间（每日可看）", "p（每日可看）")
    head = ("指标", "差值", "标准误", *looks) if zh else (
        "measure", "difference", "se", f"{CONFIDENCE_WORD}, one look", "p", f"{CONFIDENCE_WORD}, every look", "p, every look"
    )  # fmt: skip
    rows = tuple(_row(effect, found.currency, zh) for effect in one.effects)
    title = f"{one.arm} 与 {one.against} 相比" if zh else f"{one.arm} against {one.against}"
    line = f"金额单位：{found.currency}/户" if zh else f"money in {found.currency} a customer"
    return Section(title, (line,), head, rows)


def _row(effect: Effect, currency: str, zh: bool) -> tuple[str, ...]:
    measure, gap = effect.measure, effect.difference

    def span(low: float, high: float) -> str:
        return "-" if math.isnan(low) else f"{_shown(low, measure, currency)} .. {_shown(high, measure, currency)}"

    return (
        measure.zh if zh else measure.en, _shown(gap.value, measure, currency), _shown(gap.se, measure, currency),
        span(gap.low, gap.high), p_text(gap.p), span(effect.low, effect.high), p_text(effect.always_p),
    )  # fmt: skip
