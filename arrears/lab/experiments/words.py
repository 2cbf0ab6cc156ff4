"""What findings, reasons and headings are called, in English and Chinese."""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "zh"]

FINDINGS: dict[str, tuple[str, str]] = {
    "sample_ratio": (
        "sample-ratio mismatch: {counts} against declared shares {shares} (p = {p}); find out what was lost or added before "
        "believing any difference",
        "样本比例失衡：实际 {counts}，声明比例 {shares}（p = {p}）；查明样本增减原因之前，任何差异都不可信",
    ),
    "sample_ratio_assumed": (
        "sample-ratio mismatch: {counts} are close to equal shares but not by chance (p = {p}; equal shares were assumed, "
        "as none were declared); if other shares were meant, declare them: --share ARM=0.3",
        "样本比例失衡：实际 {counts}，接近均分但并非偶然（p = {p}；未声明比例，故假定均分）；"
        "若本意并非均分，请声明：--share 组=0.3",
    ),
    "sample_ratio_unequal": (
        "arms are of unequal size by design or by loss: {counts}; no shares were declared, so this was not tested; declare "
        "them: --share ARM=0.3",
        "各组规模不等，可能是设计如此，也可能有流失：{counts}；未声明比例，故未检验；请声明：--share 组=0.3",
    ),
    "propensity_ratio": (
        "arm {arm}: by its propensities it stands for {stands_for} rows instead of {n} (p = {p}); propensities or rows are "
        "wrong",
        "{arm} 组：按倾向得分应代表 {stands_for} 行，实为 {n} 行（p = {p}）；倾向得分或数据有误",
    ),
    "imbalance": (
        "{feature} differs between arms (p = {p} after Holm, largest standardised difference {difference}): either the "
        "assignment was not random, or the column was measured after treatment",
        "{feature} 在各组间不平衡（Holm 校正后 p = {p}，最大标准化差异 {difference}）：分组并非随机，或该列在处理之后测得",
    ),
    "imbalance_joint": (
        "features taken together tell the arms apart (p = {p}): the assignment does not look random",
        "各特征合起来能区分各组（p = {p}）：分组不像是随机的",
    ),
    "missing_feature": (
        "{feature} is missing in different shares by arm: {shares} (p = {p} after Holm)",
        "{feature} 的缺失率各组不同：{shares}（Holm 校正后 p = {p}）",
    ),
    "attrition": (
        "the outcome is missing in different shares by arm: {shares} (p = {p}); those left are no longer a random comparison",
        "结果缺失率各组不同：{shares}（p = {p}）；剩余样本不再是随机对照",
    ),
    "outcome_missing": (
        "{n} rows have no outcome and are left out of every mean: {shares} by arm",
        "{n} 行没有结果，未计入均值：各组缺失率 {shares}",
    ),
    "treatment_missing": ("{n} rows name no arm and are left out", "{n} 行没有分组，未计入"),
    "weight_missing": ("{n} rows have no weight and are left out", "{n} 行没有权重，未计入"),
    "cluster_missing": (
        "{n} rows name no cluster; each counts as a cluster of its own", "{n} 行没有聚类编号，各自视为一类",
    ),
    "feature_missing": (
        "features with missing values, kept as a level of their own: {counts}", "含缺失值的特征（缺失自成一类）：{counts}",
    ),
    "leaks_outcome": (
        "{feature} is almost the outcome itself (it explains {share} of it) and is not used: was it measured after treatment?",
        "{feature} 几乎就是结果本身（可解释其 {share}），未使用：是否在处理之后测得？",
    ),
    "leaks_treatment": (
        "{feature} is almost the treatment itself (it explains {share} of it) and is not used",
        "{feature} 几乎就是处理本身（可解释其 {share}），未使用",
    ),
    "feature_unusable": ("not used as a feature: {features}", "未用作特征：{features}"),
    "features_assumed": (
        "no --features were named: every other column is taken as known before treatment; a column measured later would "
        "mislead the checks and the search for who responds ({features})",
        "未指定 --features：其余各列一律视为处理前已知；若有处理后测得的列，检验与响应人群分析将被误导（{features}）",
    ),
    "control_assumed": (
        "the control arm was not named; taken: {control} ({why}); else: --control VALUE",
        "未指定对照组，取 {control}（{why}）；如不对：--control VALUE",
    ),
    "repeated_ids": (
        "{column} repeats on {n} rows, {crossing} ids are in more than one arm; name it as --cluster if rows belong together",
        "{column} 有 {n} 行重复，其中 {crossing} 个编号出现在多个组；若同属一体请用 --cluster 指定",
    ),
    "repeated_rows": (
        "{n} rows are copies of another in every column: were rows loaded twice?", "{n} 行与其他行完全相同：是否重复导入？",
    ),
    "tiny_arm": (
        "arm {arm} has {n} {units}: its interval is a rough guess", "{arm} 组仅有 {n} 个{units}：区间仅供参考",
    ),
    "heavy_tail": (
        "arm {arm}: the outcome has a tail so heavy (skewness {skewness} in {n} rows) that the normal interval is doubtful; "
        "look at the permutation p",
        "{arm} 组：结果分布尾部过重（偏度 {skewness}，{n} 行），正态区间存疑；请看置换检验 p",
    ),
    "few_events": (
        "arm {arm}: so few events that the normal interval is doubtful; look at Fisher's exact p",
        "{arm} 组：事件过少，正态区间存疑；请看 Fisher 精确检验 p",
    ),
    "cluster_arms": (
        "each cluster is in one arm: arms are compared and checked by cluster, {clusters} in all",
        "每个聚类只在一个组：按聚类比较与检验，共 {clusters} 个",
    ),
    "outcome_constant": (
        "the outcome is {value} in every row: there is nothing to compare", "所有行的结果均为 {value}：无可比较",
    ),
    "not_adjusted": (
        "arm {arm}: no adjusted estimate, {n} rows are too few for {columns} columns",
        "{arm} 组：{n} 行不足以对 {columns} 列回归，不给出校正估计",
    ),
    "ranking_unweighted": (
        "the ranking of who responds knows no weights and is not given", "响应排序不支持权重，故不给出",
    ),
    "effective_n": (
        "the weights leave the worth of {effective} of {n} decisions: the new policy is far from the one that was logged",
        "加权后有效样本仅相当于 {n} 次决策中的 {effective} 次：新策略与记录中的策略相去甚远",
    ),
    "large_weight": (
        "one decision has weight {largest}, {share} of all: the interval is doubtful; --weight-cap trades this for a bias",
        "单次决策权重达 {largest}，占总权重 {share}：区间存疑；可用 --weight-cap，但会引入偏差",
    ),
    "capped": (
        "weights were cut at {cap}: {n} decisions, {share} of the whole weight; IPS and SNIPS lean towards decisions with "
        "small weights, DR towards its outcome model",
        "权重上限 {cap}：削减 {n} 次决策，占总权重 {share}；IPS 与 SNIPS 偏向小权重决策，DR 偏向结果模型",
    ),
    "weights_off": (
        "the weights average {mean} instead of 1 (p = {p}): the propensities are not those the actions were drawn by",
        "权重均值为 {mean}，应为 1（p = {p}）：倾向得分并非实际抽取动作所用的概率",
    ),
    "no_support": (
        "the new policy takes {action} in {segments} ({n} decisions), where it was never logged: there only the model speaks",
        "新策略在 {segments} 中采取 {action}（{n} 次决策），而记录中从未有过：此处仅凭模型推测",
    ),
    "arm_moved": (
        "{n} customers were drawn another arm on a later day; they are counted in the arm they entered by",
        "{n} 名客户之后被分到其他组；仍按入组时的组计",
    ),
    "shares_changed": (
        "the experiment was another one up to {day} (shares, steps or segments): compare only those who entered after it with "
        "--since, or give a changed experiment a new id",
        "{day} 及之前该实验的设计不同（比例、步骤或客群）：请用 --since 只比较之后入组者，或为改动后的实验另起编号",
    ),
    "not_matured": (
        "{n} customers entered less than {window} days ago and are not counted yet",
        "{n} 名客户入组不足 {window} 天，暂未计入",
    ),
    "costs_assumed": (
        "contacts' costs are round figures that come with arrears; put a response.yaml with the bank's own into the workspace",
        "联系成本为系统自带的约数；请在工作区放入含本行成本的 response.yaml",
    ),
    "costs_no_rate": (
        "no cost is told: response.yaml has costs in {currency}, for which bank.toml has no rate; add fx_ppm.{currency}",
        "未给出成本：response.yaml 的成本币种为 {currency}，bank.toml 无汇率；请补充 fx_ppm.{currency}",
    ),
}  # fmt: skip

WHY = {
    "all_missing": ("all missing", "全部缺失"),
    "constant": ("one value only", "只有一个值"),
    "id": ("names its rows", "是行的编号"),
    "free_text": ("free text", "自由文本"),
    "infinite": ("holds infinite values", "含无穷值"),
}
"""Why a column is no feature."""

CONTROL_WHY = {
    "name": ("by its name", "据名称"),
    "zero": ("the smallest number", "最小的数"),
    "largest": ("the largest arm", "人数最多的组"),
}

ROWS, CLUSTERS = ("rows", "行"), ("clusters", "聚类")


def word(pair: tuple[str, str], language: Language) -> str:
    return pair[language == "zh"]
