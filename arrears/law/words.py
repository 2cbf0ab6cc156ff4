"""The words a pack and a case may use, as types; the codes themselves are the feed contract's (`arrears.feed.contracts`)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from arrears.feed.contracts import CHANNELS, CONSENTS, CONTACT_POINTS, CONTACT_SOURCES, FLAGS, OUTCOMES, PARTIES
from arrears.saying import said

PURPOSES = ("reminder", "collection", "education", "relay", "offer", "location")
"""What a contact is for (docs/architecture.md, "Candidates")."""

CONSENT_PURPOSES = CONSENTS.column("purpose").values
CONTACT_STATUSES = CONTACT_POINTS.column("status").values

CONTENT_FIELDS = (
    "sender", "cardholder_name", "balance", "reason", "legal_basis", "rights_obligations", "how_to_query", "how_to_repay",
    "how_to_object", "how_to_submit_evidence", "issuer_contact", "business_seal", "opt_out", "debt_collector",
    "collection_attempt", "information_use",
)  # fmt: skip
"""Elements a text may have to carry."""

CONTENT_FEATURES = (
    "threat", "insult", "false_authority", "false_statement", "threat_of_suit", "shaming", "forced_borrowing", "extra_fee",
    "private_channel", "discloses_debt",
)  # fmt: skip
"""What a text may do that rules forbid."""

LIMITED_MESSAGE = "limited_message"
"""Stands among the fields of a candidate that would leave but a limited-content message (`Content.limited`)."""

Notice = Literal["efforts_ended", "remedy_possible", "remedy_intended", "required_by_law"]
"""What a notice says that may be sent to who refused further contact (12 CFR 1006.6(c)(2)), or that the law requires by the
medium they refused (1006.14(h)(2)(iii)); it says nothing else."""
NOTICE_PREFIX = "notice:"
"""Before a notice among the fields of a candidate (`Content.notice`)."""

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of `date.weekday`."""

Language = Literal["en", "zh"]
Actor = Literal["issuer", "agency"]
"""For whom the contact counts: the card issuer's own desk, or an agency or debt buyer."""

Circumstance = Literal["any", "state", "word", "contact", "stranger", "stated_time"]
"""What a case must hold before a rule can refuse it: nothing in particular; a state of the customer that stands; a consent or a
refusal; a contact of the history; somebody else answering than the contact is meant for; a time said to be inconvenient."""


WORD_SHOWN_MAX = 64
"""Characters of an unknown word that an error shows."""


class Strict(BaseModel):
    """Frozen; unknown keys and loose types are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Text(Strict):
    """The same sentence in both languages."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)

    def said(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


Format = Annotated[int, Field(ge=1, le=1, json_schema_extra={"const": 1})]
"""The first format of a file. `Literal[1]` would take `true` for it."""


def _both(value: Any) -> Any:
    """A bank writes its own policy for its own people, mostly in one language; an empty text says nothing."""
    return ({"en": value, "zh": value} if value else None) if isinstance(value, str) else value


Remark = Annotated[Text | None, BeforeValidator(_both, json_schema_input_type=Text | str | None)]
"""A text that may be left out, or be written as a plain string, which then stands for both languages."""


class UnknownWordError(ValueError):
    """A word that is none of ours; `known` are those that are. Who may not show the word says so without it."""

    def __init__(self, word: str, known: tuple[str, ...]) -> None:
        self.known = ", ".join(known)
        super().__init__(said("{value!r} is not one of {known}", value=word[:WORD_SHOWN_MAX], known=self.known))


def _one_of(values: tuple[str, ...]) -> AfterValidator:
    def known(value: str) -> str:
        if value not in values:
            raise UnknownWordError(value, values)
        return value

    return AfterValidator(known)


Channel = Annotated[str, _one_of(CHANNELS), Field(json_schema_extra={"enum": list(CHANNELS)})]
Party = Annotated[str, _one_of(PARTIES), Field(json_schema_extra={"enum": list(PARTIES)})]
Purpose = Annotated[str, _one_of(PURPOSES), Field(json_schema_extra={"enum": list(PURPOSES)})]
Outcome = Annotated[str, _one_of(OUTCOMES), Field(json_schema_extra={"enum": list(OUTCOMES)})]
Flag = Annotated[str, _one_of(FLAGS), Field(json_schema_extra={"enum": list(FLAGS)})]
Source = Annotated[str, _one_of(CONTACT_SOURCES), Field(json_schema_extra={"enum": list(CONTACT_SOURCES)})]
ConsentPurpose = Annotated[str, _one_of(CONSENT_PURPOSES), Field(json_schema_extra={"enum": list(CONSENT_PURPOSES)})]
ContactStatus = Annotated[str, _one_of(CONTACT_STATUSES), Field(json_schema_extra={"enum": list(CONTACT_STATUSES)})]
ContentField = Annotated[str, _one_of(CONTENT_FIELDS), Field(json_schema_extra={"enum": list(CONTENT_FIELDS)})]
ContentFeature = Annotated[str, _one_of(CONTENT_FEATURES), Field(json_schema_extra={"enum": list(CONTENT_FEATURES)})]

FLAG_WORDS: dict[str, tuple[str, str]] = {
    "dispute": ("an open dispute", "异议处理中"),
    "complaint": ("an open complaint", "投诉处理中"),
    "hardship": ("hardship", "生活困难"),
    "deceased": ("the customer's death", "客户已故"),
    "bankruptcy": ("bankruptcy", "破产"),
    "attorney": ("representation by an attorney", "已委托律师"),
    "cease": ("a request to cease contact", "已要求停止联系"),
    "fraud": ("reported fraud", "已报欺诈"),
    "identity_theft": ("identity theft", "身份冒用"),
    "plan_performing": ("a repayment plan being kept", "分期协议正常履行"),
    "breathing_space": ("a breathing-space moratorium", "债务宽限期"),
    "mental_health_crisis": ("a mental-health crisis moratorium", "精神健康危机宽限期"),
    "military_service": ("military service", "服役"),
    "minor": ("the customer being a minor", "未成年"),
    "incapacitated": ("incapacity", "无或限制民事行为能力"),
    "lost_contact": ("lost contact", "失联"),
    "attorney_unresponsive": ("an attorney who does not respond", "律师未予回应"),
    "attorney_consents": ("the attorney's consent to direct contact", "律师同意直接联系"),
    "court_permission": ("a court's permission", "法院许可"),
}
"""A flag as it stands in a reason: (English, Chinese)."""

CHANNEL_WORDS: dict[str, tuple[str, str]] = {
    "sms": ("SMS", "短信"), "email": ("e-mail", "电子邮件"), "call": ("telephone", "电话"), "letter": ("letter", "信函"),
    "visit": ("visit", "上门"),
}  # fmt: skip
PARTY_WORDS: dict[str, tuple[str, str]] = {
    "debtor": ("the debtor", "债务人"), "guarantor": ("the guarantor", "担保人"), "relative": ("a relative", "亲属"),
    "contact_person": ("a contact person", "联系人"), "employer": ("the employer", "工作单位"),
    "attorney": ("the attorney", "律师"), "other": ("another person", "其他人"), "spouse": ("the spouse", "配偶"),
    "guardian": ("the guardian", "监护人"), "executor": ("the executor of the estate", "遗产管理人"),
}  # fmt: skip
PURPOSE_WORDS: dict[str, tuple[str, str]] = {
    "reminder": ("a reminder", "提醒"), "collection": ("collection", "催收"), "education": ("education", "教育宣传"),
    "relay": ("relaying a message", "转告"), "offer": ("an offer", "方案推介"), "location": ("locating the debtor", "查找下落"),
}  # fmt: skip
CONSENT_WORDS: dict[str, tuple[str, str]] = {
    "collection": ("collection contacts", "催收联系"), "night_contact": ("contact at night", "夜间联系"),
    "extra_contact": ("further contacts", "增加联系次数"), "relative": ("contact with relatives", "联系亲友"),
}  # fmt: skip
NOTICE_WORDS: dict[str, tuple[str, str]] = {
    "efforts_ended": ("that efforts to collect end", "终止催收的通知"),
    "remedy_possible": ("that a remedy may be invoked", "可能采取某项救济措施的通知"),
    "remedy_intended": ("that a remedy will be invoked", "拟采取某项救济措施的通知"),
    "required_by_law": ("that the law requires by this medium", "法律要求以该渠道发送的通知"),
}  # fmt: skip
SOURCE_WORDS: dict[str, tuple[str, str]] = {
    "contract": ("the contract", "合同"), "customer_provided": ("the customer", "客户本人提供"),
    "debtor_authorisation": ("the debtor's authorisation", "债务人授权"), "lawful_public": ("a public source", "合法公开渠道"),
    "reserved_contact": ("a reserved contact", "预留联系人告知"), "authorised_bureau": ("an authorised bureau", "依法授权机构"),
    "unknown": ("an unknown source", "不明来源"),
}  # fmt: skip
STATUS_WORDS: dict[str, tuple[str, str]] = {
    "active": ("in use", "有效"), "invalid": ("invalid", "无效"), "wrong_party": ("another person's", "他人所有"),
    "withdrawn": ("withdrawn", "已撤回"),
}  # fmt: skip
"""Codes as they stand in a reason: (English, Chinese). A test holds them complete."""


class Reason(NamedTuple):
    """Why one rule refuses. `passes` says that time alone ends the refusal."""

    en: str
    zh: str
    passes: bool


def day_text(day: date) -> str:
    return day.isoformat()
