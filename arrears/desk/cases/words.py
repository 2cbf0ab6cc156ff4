"""The codes of a case, in both languages, and which state rules where several stand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

REASONS: dict[str, tuple[str, str]] = {
    "forgot": ("forgot", "忘记还款"), "lost_income": ("lost income", "收入减少或失业"), "illness": ("illness", "疾病"),
    "business": ("business trouble", "经营困难"), "over_indebted": ("too many debts", "负债过多"),
    "family": ("family events", "家庭变故"), "dispute": ("disputes the debt", "对欠款有异议"), "fraud": ("fraud", "被欺诈"),
    "abroad": ("away or abroad", "外出或在境外"), "unwilling": ("does not want to pay", "无还款意愿"),
    "technical": ("payment failed", "还款失败（技术原因）"), "other": ("other", "其他"),
}  # fmt: skip
"""Why a customer fell behind: (English, Chinese)."""

MATTER_OUTCOMES: dict[str, tuple[str, str]] = {
    "upheld": ("upheld", "成立"), "partly_upheld": ("partly upheld", "部分成立"), "rejected": ("rejected", "不成立"),
    "explained": ("explained", "已解释"), "helped": ("help was given", "已提供帮助"), "withdrawn": ("withdrawn", "客户撤回"),
}  # fmt: skip
"""What came of a dispute, a complaint or a request for help: (English, Chinese). Codes, for the ledger keeps no texts."""

TASKS: dict[str, tuple[str, str]] = {
    "follow_up": ("look at the case again", "复核案件"), "check_payment": ("look for a payment", "核查还款"),
    "check_documents": ("check documents", "审核材料"), "check_address": ("check number and address", "核实联系信息"),
    "prepare_plan": ("work out a plan", "拟定还款方案"), "ask_supervisor": ("ask the supervisor", "请示主管"),
    "legal_review": ("have it looked at by the lawyers", "提交法务审查"), "prepare_visit": ("prepare a visit", "准备上门"),
}  # fmt: skip
"""What somebody may have to do on a case beside what rules it: (English, Chinese). None is a contact: those pass the gate."""

TASK_OUTCOMES: dict[str, tuple[str, str]] = {"done": ("done", "已完成"), "dropped": ("dropped", "已取消")}

DOCUMENTS: dict[str, tuple[str, str]] = {
    "identity": ("identity", "身份证明"), "income": ("income", "收入证明"), "medical": ("medical", "医疗证明"),
    "death": ("death certificate", "死亡证明"), "court": ("court paper", "法院文书"),
    "mandate": ("attorney's mandate", "授权委托书"), "letter": ("letter", "往来函件"), "other": ("other", "其他"),
}  # fmt: skip
"""Kinds of documents of a case: (English, Chinese)."""

Action = Literal[
    "estate", "insolvency", "fraud_team", "attorney", "write_only", "wait", "guardian", "answer_dispute", "answer_complaint",
    "offer_plan", "await_instalment", "await_promise", "trace", "contact",
]  # fmt: skip


class Ruling(NamedTuple):
    """A state and what it means for the case while it rules."""

    state: str
    action: Action
    en: str
    zh: str


PRECEDENCE: tuple[Ruling, ...] = (
    Ruling("deceased", "estate", "deceased: only the estate is spoken to", "已故：仅与遗产管理人联系"),
    Ruling("bankruptcy", "insolvency", "bankruptcy: the court's proceedings decide", "破产：依破产程序办理"),
    Ruling("identity_theft", "fraud_team", "identity theft: not this person's debt until found so", "身份冒用：核实前不得催收"),
    Ruling("fraud", "fraud_team", "fraud reported: checked before anything else", "已报欺诈：先行核查"),
    Ruling("minor", "guardian", "a minor: the guardian is spoken to", "未成年人：联系监护人"),
    Ruling("incapacitated", "guardian", "incapacity: the guardian is spoken to", "无或限制民事行为能力：联系监护人"),
    Ruling("attorney", "attorney", "represented: the attorney is spoken to", "已委托律师：联系律师"),
    Ruling("mental_health_crisis", "wait", "crisis moratorium: nobody writes or calls", "危机宽限期：暂停一切催收"),
    Ruling("breathing_space", "wait", "breathing space: nobody writes or calls", "债务宽限期：暂停一切催收"),
    Ruling(
        "cease", "write_only", "asked us to stop: only what the law requires in writing", "要求停止联系：仅可作法定书面通知"
    ),
    Ruling("dispute", "answer_dispute", "dispute: answered before collection goes on", "异议处理中：答复前暂停催收"),
    Ruling("complaint", "answer_complaint", "complaint: answered before collection goes on", "投诉处理中：答复前暂停催收"),
    Ruling("military_service", "wait", "military service: the law's protection is checked first", "服役：先核对法定保护"),
    Ruling("plan_performing", "await_instalment", "a plan is being kept", "分期协议正常履行"),
    Ruling("promise", "await_promise", "a promise is open", "承诺还款未到期"),
    Ruling("hardship", "offer_plan", "hardship: a plan is offered before anything is demanded", "生活困难：先行提供方案"),
    Ruling("lost_contact", "trace", "contact lost: the customer is looked for", "失联：查找下落"),
    Ruling(
        "attorney_unresponsive",
        "contact",
        "the attorney does not respond: the law may let the customer be contacted",
        "律师未予回应：依法可联系本人的，予以联系",
    ),
    Ruling(
        "attorney_consents",
        "contact",
        "the attorney consents: the law may let the customer be contacted",
        "律师同意直接联系：依法可联系本人的，予以联系",
    ),
    Ruling("court_permission", "contact", "a court permits contact", "法院许可：依许可范围联系"),
)
"""The first that stands rules: it says who deals with the case and what happens next. The others stand all the same, and the
gate asks every one of them; a plan or promise goes on being judged under a state above it. `promise` is an open promise that is
not due yet."""

CONTACT = Ruling("", "contact", "nothing stands in the way", "无特殊状态")


def ruling(states: Iterable[str]) -> Ruling:
    """The state that rules among those that stand."""
    standing = set(states)
    return next((one for one in PRECEDENCE if one.state in standing), CONTACT)
