"""The value of a policy in sections."""

from __future__ import annotations

from arrears.lab.experiments.offpolicy import PolicyValue
from arrears.lab.experiments.sections import CONFIDENCE_WORD, Section, number, with_se
from arrears.lab.experiments.words import Language


def sections(found: PolicyValue, language: Language) -> list[Section]:
    """Warnings, then the estimators side by side."""
    zh = language == "zh"
    head = ("估计", "每次决策价值", "标准误", f"{CONFIDENCE_WORD} 区间", "p（为零）") if zh else (
        "estimator", "value a decision", "se", f"{CONFIDENCE_WORD} interval", "p (zero)"
    )  # fmt: skip
    names = (
        ("记录中的策略", "逆倾向加权 IPS", "自归一 SNIPS", "双重稳健 DR", "增益（DR − 记录）") if zh else
        ("the logged policy", "inverse propensity (IPS)", "self-normalised (SNIPS)", "doubly robust (DR)", "gain (DR - logged)")
    )  # fmt: skip
    values = (found.logged, found.ips, found.snips, found.dr, found.gain)
    rows = tuple((name, *with_se(value)) for name, value in zip(names, values, strict=True))
    line = (
        f"{found.n:,} 次决策，{found.clusters_n:,} 个聚类；有效样本 {found.effective_n:,.0f}；"
        f"权重均值 {number(found.weight_mean)}，最大 {number(found.weight_max)}" if zh else
        f"{found.n:,} decisions of {found.clusters_n:,} clusters, worth {found.effective_n:,.0f} of the new policy's own; "
        f"weights average {number(found.weight_mean)}, largest {number(found.weight_max)}"
    )  # fmt: skip
    told = [Section("新策略的价值" if zh else "Value of the new policy", (line,), head, rows)]
    for severity, title in (("warning", "警告" if zh else "Warnings"), ("note", "说明" if zh else "Notes")):
        lines = tuple(one.text(language) for one in found.findings if one.severity == severity)
        told = [*told, Section(title, lines)] if lines else told
    return told
