"""A rule's parameters as a reader's words: each with its label, in both languages; codes that have words get them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arrears.desk.screens.codes import CODES
from arrears.law import matter_words
from arrears.law.content.named import FEATURE_WORDS, FIELD_WORDS
from arrears.law.model import Rule
from arrears.law.words import (
    CHANNEL_WORDS,
    CONSENT_WORDS,
    FLAG_WORDS,
    NOTICE_WORDS,
    PARTY_WORDS,
    PURPOSE_WORDS,
    SOURCE_WORDS,
    STATUS_WORDS,
)
from arrears.money import format_minor

LABELS: dict[str, tuple[str, str]] = {
    "across": ("a refusal also counts from", "下列渠道的拒绝同样有效"), "after": ("after", "起算事件"),
    "after_date": ("after the day", "起算日"), "agreed_days": ("days that an agreement lifts it for", "同意后放宽天数"),
    "adjusted": ("with adjusted working days", "含调休"), "allowed": ("allowed", "允许"), "at_least": ("at least", "不少于"),
    "at_most": ("at most", "不超过"), "at_work": ("at the customer's work", "单位联系方式"),
    "bands": ("order by stage", "按阶段"),
    "breaks": ("with the days between", "含连休"), "business_days": ("working days", "工作日"), "by": ("by", "依据"),
    "channels": ("channels", "渠道"), "communication": ("which communication", "适用沟通"),
    "unless_limited": ("except limited-content messages", "有限内容留言除外"), "undone_by": ("undone by", "因下列情形不计"),
    "count_inbound": ("the customer's own contacts count", "计入客户来电"), "counted": ("counted", "计入"),
    "counted_parties": ("counted parties", "计入对象"), "counting": ("counting", "计数口径"),
    "currency": ("currency", "币种"),
    "dated": ("dates", "日期条件"), "dates": ("dates", "日期"), "days": ("days", "天数"),
    "days_apart": ("days apart", "间隔天数"),
    "direct": ("given directly", "须直接给予"), "do": ("what a person does", "人工要求"), "done": ("done by", "完成标志"),
    "dpd_from": ("from days past due", "逾期天数自"), "events": ("events", "事件"),
    "evidenced": ("shown by evidence", "须有证据"), "excess": ("what exceeds it", "超出部分"),
    "excluded": ("left out", "不计入"),
    "excused": ("excused where", "豁免条件"),
    "first": ("first", "优先"), "flags": ("while there is", "存续状态"), "floor_minor": ("floor", "下限金额"),
    "for_purposes": ("only for", "仅限目的"), "forbidden": ("forbidden", "禁止"),
    "forbidden_features": ("must not hold", "内容不得含有"), "holidays": ("public holidays of", "法定节假日"),
    "in_currency": ("in the currency", "适用币种"), "inconvenient": ("inconvenient places", "不便地点"),
    "into": ("becomes", "归入"),
    "ladder": ("steps", "分级"), "lifted_by": ("lifted by consent to", "经同意放宽"),
    "lifted_by_flags": ("not once it is shown that there is", "经证明存在下列情形的除外"),
    "lifted_by_notice": ("except the notice", "下列通知除外"),
    "lifted_on_request": ("not where the customer asked for it", "客户要求的除外"), "matter": ("about", "事项"),
    "max": ("at most", "最多"), "max_age_days": ("days that it lasts", "有效天数"), "max_minor": ("at most", "金额上限"),
    "max_months": ("months at most", "最长月数"), "max_per_event": ("times for one event", "每事件次数上限"),
    "max_ppm": ("at most", "上限"), "max_share_bp": ("share at most", "比例上限"), "max_times": ("times at most", "倍数上限"),
    "min": ("at least", "至少"), "min_months": ("months at least", "最短月数"), "min_ppm": ("at least", "下限"),
    "min_share_bp": ("share at least", "比例下限"), "months": ("months", "月"), "n": ("times", "次数"),
    "needed": ("needs consent to", "须经同意"),
    "needs": ("needs before", "前置要求"), "never_to": ("never to", "不得冲抵"), "not_above": ("not above", "不高于"),
    "not_counted": ("outcomes not counted", "不计结果"), "number": ("number", "数值"), "of": ("of", "适用于"),
    "of_number": ("of", "占"), "part": ("part", "部分"), "parties": ("parties", "对象"), "per": ("counted by", "计数单位"),
    "purpose": ("purpose", "目的"), "purposes": ("purposes", "目的"), "rate": ("rate", "利率口径"),
    "received_by": ("received by", "收到时点"), "refusal": ("after refusing", "拒绝后"),
    "refusal_closes": ("ends when they refuse", "拒绝即止"), "refused_status": ("contact points refused", "拒用联系方式"),
    "required": ("required", "须载明"), "required_fields": ("must hold", "内容须含有"),
    "rolling_days": ("days in a row", "连续天数"),
    "share_of": ("share of", "占比基数"), "sms_parts_max": ("parts of a message at most", "短信条数上限"),
    "third_parties": ("third parties", "第三人"), "unless": ("not where", "除外"),
    "until_conversation": ("until a conversation", "至通话为止"), "until_refused": ("until they refuse", "至其拒绝为止"),
    "weekdays": ("weekdays", "星期"), "when": ("where", "适用情形"),
    "when_failed_dials": ("after calls in vain", "拨打未接次数"),
    "when_flags": ("while there is", "存续状态"),
    "when_mobile_invalid": ("where no mobile number is valid", "手机号均无效时"),
    "when_time_barred": ("not once time-barred", "时效届满后不得"), "where": ("where", "条件"),
    "where_not": ("not where", "除外条件"),
    "whom": ("whose contacts with whom count", "对象口径"), "whose": ("whose contacts count", "主体口径"),
    "window": ("within", "期间"),
    "within": ("within", "期间"), "workplace": ("at the customer's work", "单位联系方式"),
    "years": ("years given by hand", "指定年份"),
    "days_max": ("days at most", "最多天数"), "arose": ("arose", "产生"), "repaid": ("repaid", "还清"),
}  # fmt: skip
VALUES: dict[str, tuple[str, str]] = {
    "calendar_day": ("a calendar day", "每自然日"), "ever": ("ever", "始终"), "customer": ("customer", "客户"),
    "debt": ("debt", "债务"), "contact_point": ("contact point", "联系方式"), "attempts": ("attempts", "拨打尝试"),
    "conversations": ("conversations", "有效沟通"), "misdirected": ("contacts with a wrong number", "误拨"),
    "requested": ("those the customer asked for", "客户要求的"), "own": ("one company's own", "本机构"),
    "all": ("all", "全部"),
    "same": ("the same party", "同一对象"), "every": ("every", "每次"), "first": ("the first", "首次"),
    "later": ("later ones", "后续"),
    "unless_prohibited": ("unless the employer forbids it", "单位禁止的除外"), "refused": ("refused", "不得使用"),
    "allowed": ("allowed", "可以使用"), "daily": ("a day", "日利率"), "annual": ("a year", "年利率"),
    "total": ("in all", "合计"),
    "mon": ("Mon", "周一"), "tue": ("Tue", "周二"), "wed": ("Wed", "周三"), "thu": ("Thu", "周四"), "fri": ("Fri", "周五"),
    "sat": ("Sat", "周六"), "sun": ("Sun", "周日"), "principal": ("principal", "本金"),
    "unpaid_minimum": ("unpaid minimum", "未还最低额"),
    "interest_or_fees": ("interest or fees", "利息或费用"), "credit_limit": ("credit limit", "授信额度"),
    "agreed": ("what was agreed", "约定金额"),
    "minimum_due": ("the minimum due", "应还最低额"), "charge": ("charge", "收费"), "plan": ("plan", "分期"),
    "payment": ("payment", "还款"), "act": ("act", "行为"), "duty": ("duty", "义务"), "record": ("record", "记录"),
    "classification": ("classification", "分类"), "disclosure": ("disclosure", "披露"),
    "rate_before": ("the rate before", "原利率"),
}  # fmt: skip
_MATTERS: Mapping[str, str] = {
    code: zh
    for name in ("CHARGES", "PLANS", "ACTS", "DUTIES", "RECORDS", "DOCUMENTS", "CLASSES", "CARD_STATES", "CLASSED",
                 "MATTER_FLAGS", "EVENTS", "FIELDS", "NUMBERS")
    for code, zh in getattr(matter_words, name).items()
}  # fmt: skip
_BY_KEY: dict[str, Mapping[str, tuple[str, str]]] = {
    "channels": CHANNEL_WORDS, "across": CHANNEL_WORDS, "parties": PARTY_WORDS, "counted_parties": PARTY_WORDS,
    "purposes": PURPOSE_WORDS, "for_purposes": PURPOSE_WORDS, "flags": FLAG_WORDS, "when_flags": FLAG_WORDS,
    "evidenced": FLAG_WORDS, "not_counted": CODES["outcome"], "required_fields": FIELD_WORDS,
    "forbidden_features": FEATURE_WORDS, "when_time_barred": FEATURE_WORDS, "refused_status": STATUS_WORDS,
    "lifted_by": CONSENT_WORDS, "purpose": CONSENT_WORDS, "needed": CONSENT_WORDS, "refusal": CONSENT_WORDS,
    "until_refused": CONSENT_WORDS, "lifted_by_flags": FLAG_WORDS, "lifted_by_notice": NOTICE_WORDS,
}  # fmt: skip
_ALLOWED: dict[str, Mapping[str, tuple[str, str]]] = {"party": PARTY_WORDS, "source": SOURCE_WORDS}
PPM_PERCENT, BP_PERCENT = 10_000, 100


def parameters(rule: Rule, language: str) -> list[tuple[str, str]]:
    """(label, words) of each parameter that the rule sets; a duty of people says what they do."""
    given = rule.params.model_dump(mode="json", exclude_defaults=True)
    reader = _Reader(rule.kind, str(given.get("currency", "")), 1 if language == "zh" else 0)
    return [(reader.label(key), reader.value(key, value)) for key, value in given.items()]


class _Reader:
    def __init__(self, kind: str, currency: str, language: int) -> None:
        self.kind, self.currency, self.language = kind, currency, language

    def label(self, key: str) -> str:
        pair = LABELS.get(key)
        if pair is None:
            return self._word("", key)
        return pair[self.language]

    def value(self, key: str, value: Any) -> str:
        if isinstance(value, int):
            return self._number(key, value)
        if isinstance(value, Mapping):
            if set(value) == {"en", "zh"}:
                return str(value["zh" if self.language else "en"])
            join = "；" if self.language else "; "
            return join.join(f"{self.label(inner)} {self.value(inner, one)}" for inner, one in value.items() if one is not None)
        if isinstance(value, list | tuple):
            if self.kind == "hours" and len(value) == 2:
                return f"{value[0]} - {value[1]}"
            return ("、" if self.language else ", ").join(self.value(key, one) for one in value)
        return self._word(key, str(value))

    def _number(self, key: str, value: int) -> str:
        if isinstance(value, bool):
            return (("no", "否"), ("yes", "是"))[value][self.language]
        if key.endswith("_ppm"):
            return f"{value / PPM_PERCENT:g} %"
        if key.endswith("_bp"):
            return f"{value / BP_PERCENT:g} %"
        if key.endswith("_minor") and self.currency:
            return format_minor(value, self.currency)
        return f"{value:,}"

    def _word(self, key: str, code: str) -> str:
        tables = [_BY_KEY.get(key), _ALLOWED.get(self.kind) if key == "allowed" else None, VALUES]
        for table in tables:
            if table is not None and code in table:
                return table[code][self.language]
        if self.language and code in _MATTERS:
            return _MATTERS[code]
        return code.replace("_", " ")
