"""A playbook in words: conditions, triggers, and what a change is about, in either language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from arrears.law.words import FLAG_WORDS
from arrears.money import format_minor
from arrears.playbook.conditions import All, Between, Condition, DaysAgo, Either, Flagged, Not, OneOf
from arrears.playbook.parsing import ConditionError, parse
from arrears.playbook.showing import trigger_text
from arrears.playbook.triggers import Trigger

Pair = tuple[str, str]
COLUMN_WORDS: dict[str, Pair] = {
    "language": ("language", "语言"), "country": ("country", "国家"), "region": ("region", "地区"),
    "timezone": ("time zone", "时区"),
    "since_date": ("customer since", "成为客户日"), "accounts_n": ("accounts", "账户数"),
    "accounts_past_due_n": ("accounts past due", "逾期账户数"), "product_id": ("product", "产品"),
    "dpd": ("days past due", "逾期天数"), "bucket": ("bucket", "账龄段"),
    "bucket_entry_date": ("in the bucket since", "进入账龄段日"),
    "cycles_past_due": ("cycles past due", "逾期期数"), "oldest_due_date": ("oldest due date", "最早应还日"),
    "first_payment_default": ("first payment missed", "首期未还"), "ever_overdue": ("ever overdue", "曾经逾期"),
    "times_overdue_12": ("times overdue in 12 months", "近12个月逾期次数"),
    "times_overdue_total": ("times overdue in all", "累计逾期次数"),
    "self_cured_12": ("paid unasked in 12 months", "近12个月自行还清次数"),
    "late_in_6": ("late in 6 months", "近6个月迟还次数"),
    "months_on_book": ("months on book", "开户月数"), "utilisation_bp": ("utilisation", "额度使用率"),
    "paid_ratio_bp": ("share paid of the statement", "账单还款比例"), "currency": ("currency", "币种"),
    "credit_limit_minor": ("credit limit", "授信额度"), "balance_minor": ("balance", "余额"),
    "past_due_minor": ("past due", "逾期金额"), "minimum_unpaid_minor": ("minimum unpaid", "未还最低额"),
    "next_due_date": ("next due date", "下一还款日"), "next_due_minor": ("next minimum payment", "下期最低额"),
    "last_worked_date": ("last worked", "最近催收日"), "score": ("score", "评分"), "band": ("score band", "评分等级"),
}  # fmt: skip
KEY_WORDS: dict[str, Pair] = {
    "segments": ("segment", "客群"), "sequences": ("shared sequence", "共用序列"), "steps": ("step", "步骤"),
    "experiments": ("experiment", "实验"), "challengers": ("challenger", "挑战策略"),
    "order of segments": ("order of segments", "客群顺序"),
    "title": ("title", "名称"), "when": ("condition", "条件"), "note": ("what people do besides", "人工处理"),
    "target": ("target", "目标"),
    "measure": ("measure", "指标"), "by_day": ("by day", "考核天数"), "value_bp": ("value", "目标值"),
    "intensity": ("intensity", "强度"),
    "per_day_max": ("a day at most", "每日上限"), "per_7_days_max": ("in seven days at most", "七日上限"),
    "floor": ("floor", "保底"),
    "clause": ("clause", "条款"), "trigger": ("when due", "触发时点"), "channel": ("channel", "渠道"),
    "content": ("content", "话术"),
    "purpose": ("purpose", "目的"), "party": ("party", "对象"), "at": ("planned time", "计划时间"),
    "priority": ("priority", "优先级"),
    "visitors": ("visitors", "上门人数"), "fallback": ("fallback", "备选"), "required_by": ("required by rule", "依规必做"),
    "holdout_ppm": ("holdout", "对照组"), "share_ppm": ("share", "占比"), "contents": ("texts", "文本"), "id": ("id", "标识"),
    "format": ("format", "格式"), "en": ("in English", "英文"), "zh": ("in Chinese", "中文"),
}  # fmt: skip
CHANGE_WORDS: dict[str, Pair] = {
    "added": ("added", "新增"), "removed": ("removed", "删除"), "changed": ("changed", "变更"),
    "moved": ("moved", "调整顺序"),
}  # fmt: skip
MEASURE_WORDS: dict[str, Pair] = {
    "cure_rate": ("cured", "治愈率"), "kept_promise_rate": ("promises kept", "承诺履行率"),
    "right_party_rate": ("customers reached", "本人接通率"), "on_time_rate": ("paid on time", "按时还款率"),
    "recovered_share": ("recovered of the balance", "余额回收比例"),
}  # fmt: skip
SHORT_MAX = 300


def condition_words(condition: Condition, language: str, currency: str) -> str:
    """`days past due 1 to 30 and score band D or E`."""
    zh = language == "zh"
    if isinstance(condition, All | Either):
        if not condition.parts:
            return "全部其余客户" if zh else "everybody left"
        join = (" 且 " if zh else " and ") if isinstance(condition, All) else (" 或 " if zh else " or ")
        return join.join(_bracketed(part, language, currency) for part in condition.parts)
    if isinstance(condition, Not):
        inner = condition_words(condition.part, language, currency)
        return f"非（{inner}）" if zh else f"not ({inner})"
    if isinstance(condition, Flagged):
        word = FLAG_WORDS.get(condition.flag, (condition.flag, condition.flag))[zh]
        return f"存在“{word}”" if zh else f"there is {word}"
    column = COLUMN_WORDS.get(condition.column, (condition.column, condition.column))[zh]
    return _of_column(condition, column, zh, currency)


def _of_column(condition: Between | OneOf | DaysAgo, column: str, zh: bool, currency: str) -> str:
    gap = "" if zh else " "
    if isinstance(condition, OneOf):
        if condition.values in ((True,), (False,)):
            yes = condition.values == (True,)
            return (f"{column}：是" if yes else f"{column}：否") if zh else f"{column}: {'yes' if yes else 'no'}"
        return f"{column}{' ' if not zh else '为'}{(' 或 ' if zh else ' or ').join(str(value) for value in condition.values)}"
    low, high = (None if end is None else _number(condition.column, end, currency) for end in (condition.low, condition.high))
    days = ("天前" if zh else " days ago") if isinstance(condition, DaysAgo) else ""
    if low is None:
        return f"{column}{gap}{'不超过' if zh else 'up to '}{high}{days}"
    if high is None:
        return f"{column}{gap}{low}及以上{days}" if zh else f"{column} {low} or more{days}"
    return f"{column}{gap}{low if low == high else low + ('至' if zh else ' to ') + str(high)}{days}"


def _number(column: str, value: int, currency: str) -> str:
    if column.endswith("_minor"):
        return format_minor(value, currency)
    return f"{value / 100:g} %" if column.endswith("_bp") else str(value)


def _bracketed(part: Condition, language: str, currency: str) -> str:
    words = condition_words(part, language, currency)
    return words if not isinstance(part, All | Either) else f"（{words}）" if language == "zh" else f"({words})"


def trigger_words(trigger: Trigger, language: str) -> str:  # noqa: PLR0911 - one a kind of trigger
    """`day 3, 10 past due`."""
    if language != "zh":
        return trigger_text(trigger)
    if trigger.dpd is not None:
        days = trigger.dpd
        if days.days is not None:
            return f"逾期第{_listed(days.days)}天"
        return f"逾期第{days.from_}天起每{days.every}天" + (f"，至第{days.to}天" if days.to else "")
    if trigger.due is not None:
        return "、".join("还款日当天" if day == 0 else f"还款日前{-day}天" for day in trigger.due)
    if trigger.bucket_day is not None:
        return f"进入账龄段第{_listed(trigger.bucket_day)}天"
    if trigger.since_days is not None:
        return f"成为客户第{_listed(trigger.since_days)}天"
    return f"每月{_listed(trigger.month_day or ())}日"


def _listed(numbers: tuple[int, ...]) -> str:
    return "、".join(str(number) for number in numbers)


def path_words(path: str, language: str) -> str:
    """`segment early_low > step low_sms > priority`."""
    zh = language == "zh"
    found: list[str] = []
    named = False
    for part in [path] if path == "order of segments" else path.split("."):
        if named:
            found[-1] += f" {part}"
            named = False
            continue
        found.append(KEY_WORDS.get(part, (part, part))[zh])
        named = part in ("segments", "sequences", "steps", "experiments", "challengers")
    return " › ".join(found)


def value_words(path: str, value: Any, language: str, currency: str) -> str:
    """A value of a change as words, cut where it is long."""
    told = _value(path.rsplit(".", 1)[-1], value, language, currency)
    return told if len(told) <= SHORT_MAX else told[: SHORT_MAX - 1] + "…"


def _value(key: str, value: Any, language: str, currency: str) -> str:  # noqa: PLR0911 - one a kind of value
    zh = language == "zh"
    if value is None:
        return ""
    if isinstance(value, bool):
        return (("no", "否"), ("yes", "是"))[value][zh]
    try:
        if key == "when":
            return condition_words(parse(value), language, currency)
        if key == "trigger":
            return trigger_words(Trigger.model_validate(_tuples(value)), language)
    except (ConditionError, ValidationError):
        return str(value)
    if isinstance(value, Mapping):
        if set(value) == {"en", "zh"}:
            return str(value[language])
        join = "；" if zh else "; "
        return join.join(
            f"{KEY_WORDS.get(name, (name, name))[zh]} {_value(name, one, language, currency)}" for name, one in value.items()
        )
    if isinstance(value, list | tuple):
        return ("、" if zh else ", ").join(_value(key, one, language, currency) for one in value)
    if isinstance(value, int) and key.endswith(("_bp", "_ppm")):
        return f"{value / (100 if key.endswith('_bp') else 10_000):g} %"
    return f"{value // 60:02d}:{value % 60:02d}" if key == "at" and isinstance(value, int) else str(value)


def _tuples(value: Any) -> Any:
    """Lists as the playbook's own reader gives them."""
    if isinstance(value, Mapping):
        return {key: _tuples(inner) for key, inner in value.items() if inner is not None}
    return tuple(value) if isinstance(value, list) else value


ORIGIN_WORDS: dict[str, Pair] = {
    "in_force": ("in force", "现行"), "candidate": ("submitted here", "在此提交"),
    "day": ("a day was run with it", "曾用于日批"),
    "shipped": ("comes with arrears", "系统自带"),
}  # fmt: skip
