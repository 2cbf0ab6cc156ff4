"""A verdict in words, a few lines for whoever asked, in the language of the case."""

from __future__ import annotations

from collections.abc import Iterator

from arrears.law.verdict import Budget, Verdict
from arrears.law.words import CHANNEL_WORDS, Language


def verdict_lines(verdict: Verdict, language: Language) -> Iterator[str]:
    """Whether, and if not by which rules and from when; what could not be checked; what the caps leave."""
    zh = language == "zh"
    yield ("允许联系" if zh else "allowed") if verdict.allowed else ("不得联系" if zh else "refused")
    for one in verdict.refusals:
        yield f"  {one.rule}  {one.title}"
        yield f"    {one.reason}（{one.citation}）" if zh else f"    {one.reason} ({one.citation})"
    if not verdict.allowed:
        when = verdict.allowed_from
        if when is None:
            yield f"{'何时可联系：' if zh else 'allowed from: '}{verdict.allowed_from_why}"
        else:
            said = when.isoformat(sep=" ", timespec="minutes" if when.second == 0 else "seconds")
            yield f"{'最早可联系时间：' if zh else 'allowed from: '}{said}"
    if verdict.unchecked:
        rules = ("、" if zh else ", ").join(verdict.unchecked)
        yield f"未给出内容，尚待核查：{rules}" if zh else f"still to be checked, the case does not tell enough: {rules}"
    for budget in verdict.remaining:
        if budget.rules:
            yield _budget(budget, language)
    free = [CHANNEL_WORDS[budget.channel][zh] for budget in verdict.remaining if not budget.rules]
    if free:
        yield f"不限次数：{'、'.join(free)}" if zh else f"no cap on: {', '.join(free)}"


def _budget(budget: Budget, language: Language) -> str:
    zh = language == "zh"
    channel = CHANNEL_WORDS[budget.channel][zh]
    rules = ("、" if zh else ", ").join(budget.rules)
    if budget.this_week is None:
        return (
            f"剩余次数：{channel}今日{budget.today}次（{rules}）" if zh else f"left: {channel} {budget.today} today ({rules})"
        )
    if zh:
        return f"剩余次数：{channel}今日{budget.today}次，七日内{budget.this_week}次（{rules}）"
    return f"left: {channel} {budget.today} today, {budget.this_week} in seven days ({rules})"
