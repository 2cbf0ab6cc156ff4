"""A comparison for people: a table in English or Chinese, money in major units, differences with their intervals.

A comparison comes in, lines go out. Numbers are those of `Comparison`; nothing is computed here but their layout.
"""

from __future__ import annotations

from typing import Literal

from arrears.lab.simulation.comparing import Comparison, Difference
from arrears.lab.simulation.measures import MEASURES
from arrears.money import minor_digits

Language = Literal["en", "zh"]

TITLES: dict[str, tuple[str, str]] = {
    "net_recovery_minor": ("net recovery", "净回收额"), "recovered_minor": ("recovered past due", "逾期回收额"),
    "cost_minor": ("cost of contacts", "联系成本"), "paid_minor": ("paid on all cards", "全部还款额"),
    "charged_off_minor": ("charged off", "核销额"), "past_due_end_minor": ("past due at the end", "期末逾期余额"),
    "npl_bp": ("NPL ratio at the end", "期末不良率"), "npl_mean_bp": ("NPL ratio, mean of days", "日均不良率"),
    "entered_n": ("came past due", "新增逾期"), "cured_n": ("cured", "治愈"),
    "cure_rate_bp": ("cured within 30 days", "30天治愈率"), "contacts_n": ("contacts", "联系次数"),
    "sms_n": ("messages", "短信"), "email_n": ("e-mails", "电子邮件"), "call_n": ("calls", "电话"),
    "letter_n": ("letters", "信函"), "visit_n": ("visits", "上门"),
    "conversations_n": ("conversations", "有效通话"), "promises_n": ("promises", "承诺还款"),
    "promises_due_n": ("promises come due", "到期承诺"), "promises_kept_n": ("promises kept", "履行承诺"),
    "complaints_n": ("complaints", "投诉"), "agent_seconds_used_bp": ("agents' time used", "坐席时间使用率"),
    "sms_used_bp": ("messages used", "短信额度使用率"), "letters_used_bp": ("letters used", "信函额度使用率"),
    "visits_used_bp": ("visits used", "上门额度使用率"), "money_minor_used_bp": ("money used", "费用额度使用率"),
}  # fmt: skip
assert set(TITLES) == set(MEASURES)  # noqa: S101 - every measure is told


def lines(comparison: Comparison, language: Language, currency: str) -> tuple[list[str], list[list[str]], list[str]]:
    """Head and rows of the table, and the lines below it."""
    zh, settings = language == "zh", comparison.settings
    both = len(settings.sides) == 2
    interval = "95%区间" if zh else "95 % interval"
    head = ["指标" if zh else "measure", "A", *(("B", "A - B", interval) if both else ())]
    rows = []
    for measure in MEASURES:
        title = TITLES[measure][1 if zh else 0]
        cells = [_shown(comparison.mean(side, measure), measure, currency) for side in range(len(settings.sides))]
        if both:
            found = comparison.difference(measure)
            cells += [_shown(found.mean, measure, currency, signed=True), _interval(found, measure, currency)]
        rows.append([title, *cells])
    return head, rows, _below(comparison, zh, currency)


def _below(comparison: Comparison, zh: bool, currency: str) -> list[str]:
    settings = comparison.settings
    sides = "; ".join(f"{name} = {side.playbook} / {side.allocator}" for name, side in zip("AB", settings.sides, strict=False))
    seeds, speed = len(settings.seeds), comparison.account_days_per_second
    if zh:
        return [
            f"{sides}；{seeds} 个种子的平均值，{settings.accounts:,} 名持卡人，{settings.days} 天；金额单位 {currency}",
            f"用时 {comparison.seconds:.1f} 秒（编译 {comparison.compile_seconds:.1f} 秒），每秒 {speed:,} 户日，"
            f"内存峰值 {comparison.peak_bytes / 1e9:.1f} GB",
            "持卡人均为模拟；模型与参数见 docs/simulation.md，不代表真实持卡人。",
        ]
    return [
        f"{sides}; means of {seeds} seeds, {settings.accounts:,} cardholders, {settings.days} days; money in {currency}",
        f"{comparison.seconds:.1f} s (compiling {comparison.compile_seconds:.1f} s), {speed:,} account-days a second, "
        f"peak memory {comparison.peak_bytes / 1e9:.1f} GB",
        "The cardholders are simulated; the model and its parameters are in docs/simulation.md and say nothing of real ones.",
    ]


def _shown(value: float, measure: str, currency: str, *, signed: bool = False) -> str:
    sign = "+" if signed else ""
    if measure.endswith("_bp"):
        return f"{value / 100:{sign}.2f} %"
    if measure.endswith("_minor"):
        return f"{value / 10 ** minor_digits(currency):{sign},.0f}"
    return f"{value:{sign},.1f}" if value % 1 else f"{value:{sign},.0f}"


def _interval(found: Difference, measure: str, currency: str) -> str:
    if found.low is None or found.high is None:
        return "-"
    ends = (_shown(end, measure, currency, signed=True) for end in (found.low, found.high))
    return " .. ".join(ends) + (" *" if found.clear_of_zero else "")
