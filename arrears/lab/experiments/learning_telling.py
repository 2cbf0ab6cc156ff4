"""What contacts bring, in sections for a terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping

from arrears.lab.experiments.learning import Learned, Learning
from arrears.lab.experiments.sections import Section, number
from arrears.lab.experiments.words import Language


def sections(found: Learning, language: Language) -> list[Section]:
    """What was read, the effects by channel, complaints, self-cure, and what cannot be told."""
    zh = language == "zh"
    read = (
        f"{found.rows_n:,} 个客户日（{found.known_n:,} 个结果已知），{found.customers_n:,} 位客户；"
        f"{found.outcome_days} 天内还款" if zh else
        f"{found.rows_n:,} customer-days, {found.known_n:,} with a known outcome, of {found.customers_n:,} customers; "
        f"payments within {found.outcome_days} days"
    )  # fmt: skip
    kinds = "逾期各阶段间、同阶段各档间的标准差" if zh else "standard deviation between stages past due, and bands of one"
    spreads = tuple(
        f"{channel}: {kinds}: {_percent(one['stages'])}, {_percent(one['bands'])}" for channel, one in found.spreads.items()
    )
    days = found.complaint_days
    effect, complaint, quiet, quiet_today = (
        ("因接触而多还的欠款余额比例", f"{days} 天内因接触而投诉的机会", "整段时间不接触仍还的应还金额比例",
         "当天不接触（其后照旧）仍还的比例") if zh else
        ("Extra share of the balance repaid because of a contact",
         f"Extra chance of a complaint within {days} days because of a contact",
         "Share of the amount due paid with no contact in the whole window",
         "The same with no contact on the first day, later days as drawn")
    )  # fmt: skip
    by_channel, by_stage = ("渠道 阶段", "阶段 档") if zh else ("channel stage", "stage band")
    rows = tuple(
        (f"{channel} {stage} {band}", *_cells(one))
        for channel, stages in found.effects.items() for stage, bands in stages.items() for band, one in bands.items()
    )  # fmt: skip
    told = [
        Section(effect, (read, *spreads), _head(f"{by_channel} {'档' if zh else 'band'}", language), rows),
        Section(complaint, (), _head(by_channel, language), _flat(found.complaints)),
        Section(quiet, (), _head(by_stage, language), _flat(found.self_cure)),
        Section(quiet_today, (), _head(by_stage, language), _flat(found.unworked_today)),
    ]
    if found.unlearned:
        line = ("抽中太少，按无效果处理：" if zh else "drawn too seldom to say, taken to bring nothing: ") + ", ".join(
            found.unlearned
        )
        told.append(Section("未能得知" if zh else "Not learned", (line,)))
    return told


def _head(first: str, language: Language) -> tuple[str, ...]:
    zh = language == "zh"
    rest = ("接触数", "数据本身", "标准误", "汇合后", "标准差") if zh else ("contacts", "data alone", "se", "pooled", "sd")
    return (first, *rest)


def _flat(table: Mapping[str, Mapping[str, Learned]]) -> tuple[tuple[str, ...], ...]:
    return tuple((f"{key} {inner}", *_cells(one)) for key, ones in table.items() for inner, one in ones.items())


def _cells(one: Learned) -> tuple[str, ...]:
    return f"{one.n:,}", _percent(one.direct), _percent(one.direct_se), _percent(one.value), _percent(one.sd)


def _percent(share: float) -> str:
    return f"{number(100 * share, 3)} %" if math.isfinite(share) else "-"
