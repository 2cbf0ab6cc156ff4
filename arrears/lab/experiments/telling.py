"""An analysis in sections and as JSON, in English and Chinese."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

from arrears.lab.experiments.analysing import Analysis, Comparison, WhoResponds
from arrears.lab.experiments.estimates import plain
from arrears.lab.experiments.findings import p_text
from arrears.lab.experiments.ranking import Ranking, Trait
from arrears.lab.experiments.sections import CONFIDENCE_WORD, Section, number, with_se
from arrears.lab.experiments.words import Language

LEVELS_SHOWN_OF = 3
"""Features whose levels the terminal shows although their test found nothing."""


def sections(found: Analysis, language: Language) -> list[Section]:
    """The analysis in order of weight: warnings, arms, differences, who responds, checks, notes."""
    zh = language == "zh"
    warnings = tuple(one.text(language) for one in found.warnings)
    notes = tuple(one.text(language) for one in found.findings if one.severity == "note")
    told = [Section("警告" if zh else "Warnings", warnings or (_fine(found, zh),)), _arms(found, zh), _differences(found, zh)]
    for one in found.comparisons:
        if one.who is not None:
            told += _who(found, one, one.who, zh)
    if found.balance:
        told.append(_balance(found, zh))
    return [*told, Section("说明" if zh else "Notes", notes)] if notes else told


def _fine(found: Analysis, zh: bool) -> str:
    if not found.features:
        return "样本比例与结果缺失未见异常；无特征可检验平衡性" if zh else (
            "nothing conspicuous in arm sizes and missing outcomes; no features to check balance by"
        )  # fmt: skip
    return "未见随机分组被破坏的迹象" if zh else "no sign of a broken randomisation"


def _arms(found: Analysis, zh: bool) -> Section:
    head = ("组", "行数", "有结果", "均值", "标准差") if zh else ("arm", "rows", "with outcome", "mean", "sd")
    rows = tuple(
        (name + ((" （对照）" if zh else " (control)") if name == found.control else ""), f"{n:,}", f"{mean.n:,}",
         number(mean.mean), number(mean.sd))
        for name, n, mean in found.arms
    )  # fmt: skip
    kind = ("是/否" if found.binary else "数值") if zh else ("yes or no" if found.binary else "a quantity")
    line = f"{found.where}：{found.rows_n:,} 行，结果 {found.outcome}（{kind}）" if zh else (
        f"{found.where}: {found.rows_n:,} rows, outcome {found.outcome} ({kind}), treatment {found.treatment}"
    )  # fmt: skip
    return Section("各组" if zh else "Arms", (line,), head, rows)


def _differences(found: Analysis, zh: bool) -> Section:
    interval = f"{CONFIDENCE_WORD} 区间" if zh else f"{CONFIDENCE_WORD} interval"
    head = ("组", "差值", "标准误", interval, "p", "Holm p", "相对提升", "标准误") if zh else (
        "arm", "difference", "se", interval, "p", "p Holm", "lift", "se"
    )  # fmt: skip
    rows, lines = [], []
    for one in found.comparisons:
        rows.append((one.arm, *with_se(one.difference), p_text(one.p_holm), *_lift(one)))
        if one.adjusted is not None:
            word = f"  {one.arm}，回归校正（Lin）" if zh else f"  {one.arm}, adjusted (Lin)"
            rows.append((word, *with_se(one.adjusted.difference), "", "", ""))
        if one.exact is not None:
            how, p, shuffles = one.exact
            fisher = "Fisher 精确检验" if zh else "Fisher's exact test"
            shuffled = f"置换检验（{shuffles:,} 次）" if zh else f"permutation test, {shuffles:,} shuffles"
            lines.append(f"{one.arm}: {fisher if how == 'fisher' else shuffled}, p = {p_text(p)}")
    against = f"与 {found.control} 相比" if zh else f"Difference to {found.control}"
    return Section(against, tuple(lines), head, tuple(rows))


def _lift(one: Comparison) -> tuple[str, str]:
    return ("-", "-") if one.lift is None else (f"{one.lift.value:+.1%}", f"{one.lift.se:.1%}")


def _who(found: Analysis, one: Comparison, who: WhoResponds, zh: bool) -> list[Section]:
    title = f"谁有响应：{one.arm}" if zh else f"Who responds to {one.arm}"
    told = [Section(title, _verdict(found, one, who, zh), *_features(who, zh))]
    shown = [r for r in who.responses if r.p_holm < 0.05] or sorted(
        (r for r in who.responses if not math.isnan(r.p)), key=lambda r: r.p
    )[:LEVELS_SHOWN_OF]  # fmt: skip
    head = ("水平", "处理行数", "对照行数", "效应", "标准误", f"{CONFIDENCE_WORD} 区间", "p") if zh else (
        "level", "treated", "control", "effect", "se", f"{CONFIDENCE_WORD} interval", "p"
    )  # fmt: skip
    rows = tuple(
        (f"{r.feature}: {level.level}", f"{level.n_treated:,}", f"{level.n_control:,}", *with_se(level.effect))
        for r in shown for level in r.levels
    )  # fmt: skip
    if rows:
        told.append(Section("各水平的效应" if zh else "Effect by level", (), head, rows))
    if who.ranking is not None:
        told.append(_ranking(who.ranking, zh))
    if who.tree is not None and len(who.tree.leaves) > 1:
        line = (f"在另一半样本上检验：p = {p_text(who.tree.p)}" if zh
                else f"chosen on one half of the rows, told from the other: alike p = {p_text(who.tree.p)}")  # fmt: skip
        rows = tuple(
            (" & ".join(leaf.conditions), f"{leaf.n_treated:,}", f"{leaf.n_control:,}", *with_se(leaf.effect))
            for leaf in who.tree.leaves
        )  # fmt: skip
        told.append(Section("诚实树" if zh else "Honest tree", (line,), head, rows))
    return told


def _verdict(found: Analysis, one: Comparison, who: WhoResponds, zh: bool) -> tuple[str, ...]:
    if not who.found:
        p = p_text(who.p)
        return ((f"未发现差异：没有证据表明效应因人而异（p = {p}）" if zh else
                 f"no difference found: nothing shows that the effect differs between customers (p = {p})"),)  # fmt: skip
    lines = [f"效应因人而异（p = {p_text(who.p)}）" if zh else f"the effect differs between customers (p = {p_text(who.p)})"]
    for response in sorted((r for r in who.responses if r.p_holm < 0.05), key=lambda r: r.p):
        best = max(response.levels, key=lambda level: level.effect.value)
        least = min(response.levels, key=lambda level: level.effect.value)
        lines.append(
            f"{response.feature}：{best.level} 最大，{number(best.effect.value)}（标准误 {number(best.effect.se)}）；"
            f"{least.level} 最小，{number(least.effect.value)}（标准误 {number(least.effect.se)}）" if zh else
            f"by {response.feature}: most in {best.level}, {number(best.effect.value)} (se {number(best.effect.se)}); least in "
            f"{least.level}, {number(least.effect.value)} (se {number(least.effect.se)})"
        )  # fmt: skip
    if who.ranking is not None and who.ranking.p < 0.05:
        top, bottom = who.ranking.groups[-1], who.ranking.groups[0]
        lines.append(
            f"样本外：最有响应的五分之一效应 {number(top.value)}（标准误 {number(top.se)}），最无响应的 {number(bottom.value)}"
            f"（标准误 {number(bottom.se)}）" if zh else
            f"out of sample: the most responsive fifth gains {number(top.value)} (se {number(top.se)}), the least "
            f"{number(bottom.value)} (se {number(bottom.se)})"
        )  # fmt: skip
    return tuple(lines)


def _features(who: WhoResponds, zh: bool) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    head = ("特征", "交互检验 p", "Holm p", "FDR q") if zh else ("feature", "p interaction", "p Holm", "q FDR")
    rows = [
        (one.feature, p_text(one.p), p_text(one.p_holm), p_text(one.q))
        for one in sorted(who.responses, key=lambda one: (math.isnan(one.p), one.p))
    ]  # fmt: skip
    if not math.isnan(who.slopes_p):
        rows.append(("（所有特征，线性）" if zh else "(all together, linear)", p_text(who.slopes_p), "", ""))
    return head, tuple(rows)


def _ranking(found: Ranking, zh: bool) -> Section:
    lines = [
        f"排序优于随机：p = {p_text(found.p)}；校准斜率 {number(found.slope.value)}（标准误 {number(found.slope.se)}），"
        f"Qini 增益 {number(found.qini.value)}（标准误 {number(found.qini.se)}）" if zh else
        f"cross-fitted score orders better than chance: p = {p_text(found.p)}; calibration slope {number(found.slope.value)} "
        f"(se {number(found.slope.se)}), Qini gain {number(found.qini.value)} (se {number(found.qini.se)})"
    ]  # fmt: skip
    for trait in found.profile[:3]:
        if trait.level:
            lines.append(
                f"最有响应者：{trait.feature} = {trait.level} 占 {trait.top:.0%}，全体 {trait.all:.0%}" if zh else
                f"top fifth: {trait.feature} = {trait.level} in {trait.top:.0%}, of all {trait.all:.0%}"
            )  # fmt: skip
        else:
            lines.append(
                f"最有响应者：{trait.feature} 均值 {_average(trait, trait.top)}，全体 {_average(trait, trait.all)}" if zh else
                f"top fifth: {trait.feature} averages {_average(trait, trait.top)}, of all {_average(trait, trait.all)}"
            )  # fmt: skip
    head = ("五分位（按预测效应）", "效应", "标准误", f"{CONFIDENCE_WORD} 区间", "p") if zh else (
        "fifth by score", "effect", "se", f"{CONFIDENCE_WORD} interval", "p"
    )  # fmt: skip
    ends = ("最低", "最高") if zh else ("least", "most")
    names = [f"1 ({ends[0]})", "2", "3", "4", f"5 ({ends[1]})"]
    rows = [(name, *with_se(one)) for name, one in zip(names, found.groups, strict=True)]
    rows.append(("5 - 1", *with_se(found.gap)))
    return Section(
        "按预测响应排序（样本外）" if zh else "Ranked by predicted response, out of sample", tuple(lines), head, tuple(rows)
    )


def _average(trait: Trait, value: float) -> str:
    return (date(1970, 1, 1) + timedelta(days=round(value))).isoformat() if trait.date else number(value)


def _balance(found: Analysis, zh: bool) -> Section:
    head = ("特征", "最大标准化差异", "p", "Holm p") if zh else ("feature", "largest std. difference", "p", "p Holm")
    rows = tuple((one.feature, number(one.difference, 3), p_text(one.p), p_text(one.p_holm)) for one in found.balance)
    ratio, shares = found.ratio, "已声明" if zh else "declared"
    assumed = "假定均分" if zh else "equal shares assumed"
    lines = [
        (f"样本比例（{shares if ratio['declared'] else assumed}）：p = {p_text(ratio['p'])}" if zh else
         f"sample ratio ({shares if ratio['declared'] else assumed}): p = {p_text(ratio['p'])}")
    ]  # fmt: skip
    lines.append(
        f"联合平衡检验：p = {p_text(found.balance_p)}" if zh else f"all features together: p = {p_text(found.balance_p)}"
    )
    return Section("分组是否随机" if zh else "Was the assignment random", tuple(lines), head, rows)


def as_json(found: Analysis) -> dict[str, Any]:
    """The whole analysis as one JSON value."""
    return {
        "file": found.where, "rows": found.rows_n, "treatment": found.treatment, "outcome": found.outcome,
        "outcome_kind": "binary" if found.binary else "continuous", "control": found.control,
        "arms": [
            {"arm": name, "rows": n, "n": mean.n, "mean": plain(mean.mean), "sd": plain(mean.sd),
             "se": plain(math.sqrt(mean.variance)) if mean.variance >= 0 else None, "units": mean.units_n}
            for name, n, mean in found.arms
        ],
        "comparisons": [_comparison_json(one) for one in found.comparisons], "features": list(found.features),
        "sample_ratio": {**found.ratio, "p": plain(found.ratio["p"])},
        "balance": {
            "p": plain(found.balance_p),
            "features": [{name: plain(value) for name, value in vars(one).items()} for one in found.balance],
        },
        "warnings": [one.as_json() for one in found.warnings],
        "notes": [one.as_json() for one in found.findings if one.severity == "note"],
    }  # fmt: skip


def _comparison_json(one: Comparison) -> dict[str, Any]:
    exact = None if one.exact is None else dict(zip(("test", "p", "shuffles"), map(plain, one.exact), strict=True))
    adjusted = None if one.adjusted is None else one.adjusted.difference.as_json() | {"columns": one.adjusted.columns_n}
    return {
        "arm": one.arm, "difference": one.difference.as_json(), "p_holm": plain(one.p_holm),
        "lift": one.lift.as_json() if one.lift else None, "adjusted": adjusted, "exact": exact,
        "who_responds": _who_json(one.who) if one.who else None,
    }  # fmt: skip


def _who_json(who: WhoResponds) -> dict[str, Any]:
    return {
        "found": who.found, "p": plain(who.p),
        "features": [
            {"feature": r.feature, "statistic": plain(r.statistic), "p": plain(r.p), "p_holm": plain(r.p_holm), "q": plain(r.q),
             "levels": [
                 {"level": level.level, "n_treated": level.n_treated, "n_control": level.n_control, **level.effect.as_json()}
                 for level in r.levels
             ]}
            for r in who.responses
        ],
        "all_features": {"statistic": plain(who.slopes_statistic), "p": plain(who.slopes_p)},
        "ranking": _ranking_json(who.ranking) if who.ranking else None,
        "tree": None if who.tree is None else {
            "p_alike": plain(who.tree.p),
            "leaves": [
                {"conditions": list(leaf.conditions), "n_treated": leaf.n_treated, "n_control": leaf.n_control,
                 **leaf.effect.as_json()}
                for leaf in who.tree.leaves
            ],
        },
    }  # fmt: skip


def _ranking_json(found: Ranking) -> dict[str, Any]:
    return {
        "p": plain(found.p), "rows": found.rows_n, "groups": [one.as_json() for one in found.groups],
        "top_minus_bottom": found.gap.as_json(), "calibration_slope": found.slope.as_json(), "qini": found.qini.as_json(),
        "curve": [{"share": share, **one.as_json()} for share, one in found.curve],
        "profile": [{name: plain(value) for name, value in vars(trait).items()} for trait in found.profile],
    }  # fmt: skip
