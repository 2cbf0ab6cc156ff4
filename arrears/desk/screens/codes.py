"""The words of the codes that pages show, in both languages, by kind; those that other rooms have are taken from there."""

from __future__ import annotations

from collections.abc import Mapping

from arrears.desk.cases.words import DOCUMENTS, MATTER_OUTCOMES, PRECEDENCE, REASONS, TASK_OUTCOMES, TASKS
from arrears.desk.people.roles import NAMES
from arrears.desk.saying import language
from arrears.desk.work.words import WRITE_OFF_REASONS

Pair = tuple[str, str]

CODES: dict[str, dict[str, Pair]] = {
    "role": {role.value: pair for role, pair in NAMES.items()},
    "reason": {"": ("not known", "未知"), **REASONS},
    "matter_outcome": MATTER_OUTCOMES,
    "document": DOCUMENTS,
    "task": TASKS,
    "task_outcome": TASK_OUTCOMES,
    "state": {one.state: (one.state.replace("_", " "), one.zh.split("：")[0]) for one in PRECEDENCE},
    "channel": {
        "sms": ("SMS", "短信"), "email": ("e-mail", "邮件"), "call": ("call", "电话"), "letter": ("letter", "信函"),
        "visit": ("visit", "上门"),
    },
    "party": {
        "debtor": ("customer", "持卡人本人"), "guarantor": ("guarantor", "担保人"), "relative": ("relative", "亲属"),
        "contact_person": ("contact person", "联系人"), "employer": ("employer", "单位"), "attorney": ("attorney", "律师"),
        "spouse": ("spouse", "配偶"), "guardian": ("guardian", "监护人"), "executor": ("executor", "遗产管理人"),
        "other": ("somebody else", "其他人"),
    },
    "purpose": {
        "collection": ("collection", "催收"), "reminder": ("reminder", "提醒"), "relay": ("relay", "转告"),
        "education": ("education", "金融知识"), "offer": ("offer", "方案"), "location": ("location", "查找"),
    },
    "outcome": {
        "sent": ("sent", "已发送"), "delivered": ("delivered", "已送达"), "bounced": ("bounced", "被退回"),
        "no_answer": ("no answer", "无人接听"), "busy": ("busy", "占线"), "dead_line": ("number out of service", "空号停机"),
        "voicemail": ("voicemail", "语音信箱"), "connected": ("answered, hung up", "接通后挂断"),
        "right_party": ("spoke to the customer", "与本人通话"), "wrong_party": ("another person", "他人接听"),
        "promise": ("promised to pay", "承诺还款"), "refused": ("refused to pay", "拒绝还款"),
        "left_message": ("left a message", "已留言"), "not_home": ("nobody home", "家中无人"), "met": ("met", "已面见"),
    },
    "fate": {
        "allowed": ("allowed", "准许"), "deferred": ("put off", "推迟"), "refused": ("refused by law", "依规拒绝"),
        "withdrawn": ("not now", "暂不联系"), "expired": ("its day is over", "当日已过"),
    },
    "held": {
        "paid": ("paid", "已还款"), "promise": ("a promise is open", "承诺未到期"), "dispute": ("dispute", "异议处理中"),
        "complaint": ("complaint", "投诉处理中"), "plan_performing": ("a plan is being kept", "协议履行中"),
        "hardship": ("request for help", "困难申请处理中"),
    },
    "why": {
        "segment": ("segment", "客群"), "band": ("score band", "评分等级"), "dpd": ("days past due", "逾期天数"),
        "date": ("day", "日期"), "due": ("due date", "到期日"), "bucket": ("bucket", "阶段"),
    },
    "by": {
        "day": ("day", "日期"), "month": ("month", "月份"), "channel": ("channel", "渠道"), "segment": ("segment", "客群"),
        "agent": ("agent", "坐席"),
    },
    "figure": {
        "npl": ("non-performing", "不良"), "book": ("on the book", "在账"), "roll": ("from bucket to bucket", "阶段迁徙"),
        "bucket": ("bucket", "阶段"), "vintage": ("opened in the quarter from", "开户季度"), "arm": ("arm", "实验组"),
    },
    "behind": {
        "contacts": ("Contacts made", "已联系记录"), "promises": ("promises", "承诺"), "payments": ("Payments", "还款"),
        "attempts": ("attempts", "联系次数"), "told": ("outcome told", "已登记结果"), "right_party": ("right party", "本人"),
        "kept": ("kept", "已履行"), "broken": ("broken", "未履行"), "open": ("not judged yet", "尚未判定"),
    },
    "fault": {
        "status": ("answered with status", "返回状态码"), "timeout": ("no answer in time", "响应超时"),
        "unreachable": ("not reached", "无法连接"), "address": ("an address that may not be called", "地址不允许访问"),
        "tls": ("its certificate is not trusted", "证书不受信任"), "unreadable": ("an answer nobody can read", "响应无法解析"),
        "secret": ("the desk's key was changed: add it anew", "系统密钥已更换，请重新添加"),
    },
    "origin": {"book": ("from the book", "账册"), "desk": ("entered here", "本系统录入")},
    "language": {"zh": ("Chinese", "中文"), "en": ("English", "英文")},
    "intent": {
        "due": ("due", "待办"), "sending": ("being sent", "发送中"), "sent": ("sent", "已发送"), "made": ("made", "已联系"),
        "failed": ("failed", "失败"), "unknown": ("unknown", "不明"), "refused": ("refused by law", "依规拒绝"),
        "withdrawn": ("withdrawn", "已撤回"), "expired": ("day over", "已过期"),
    },
    "promise": {
        "open": ("open", "未到期"), "kept": ("kept", "已履行"), "broken": ("broken", "未履行"),
        "replaced": ("replaced", "已替代"),
    },
    "plan": {
        "to_approve": ("to approve", "待审批"), "approved": ("approved", "已批准"), "performing": ("performing", "履行中"),
        "completed": ("completed", "已完成"), "breached": ("breached", "已违约"), "declined": ("declined", "已拒绝"),
    },
    "matter": {
        "dispute": ("dispute", "异议"), "complaint": ("complaint", "投诉"), "hardship": ("request for help", "困难申请"),
    },
    "entry": {
        "attempt": ("attempt", "联系"), "receipt": ("receipt", "回执"), "outcome": ("outcome", "结果"),
        "inbound": ("inbound", "来电来函"), "refusal": ("not made", "未联系"), "payment": ("payment", "还款"),
        "state": ("state", "状态"), "promise": ("promise", "承诺"), "plan": ("plan", "协议"), "matter": ("matter", "事项"),
        "note": ("note", "备注"),
    },
    "action": {
        "estate": ("speak to the estate", "联系遗产管理人"), "insolvency": ("follow the court's proceedings", "依破产程序办理"),
        "fraud_team": ("check the fraud first", "先行核查欺诈"), "attorney": ("write to the attorney", "联系律师"),
        "write_only": ("only what the law requires in writing", "仅可作法定书面通知"), "wait": ("wait", "等待"),
        "guardian": ("speak to the guardian", "联系监护人"), "answer_dispute": ("answer the dispute", "答复异议"),
        "answer_complaint": ("answer the complaint", "答复投诉"), "offer_plan": ("offer a plan", "提供还款方案"),
        "await_instalment": ("await the next instalment", "等待下期还款"),
        "await_promise": ("await the promise", "等待承诺到期"),
        "trace": ("look for the customer", "查找下落"), "contact": ("contact", "联系"),
    },
    "approval": {
        "open": ("waiting", "待决定"), "approved": ("approved", "已批准"), "rejected": ("rejected", "已驳回"),
        "withdrawn": ("withdrawn", "已撤回"), "ready": ("approved: to be carried out", "已批准，待执行"),
        "lapsed": ("approved, but lapsed", "已批准，已失效"), "done": ("carried out", "已执行"),
    },
    "approval_kind": {
        "plan": ("repayment plan", "还款协议"), "write_off": ("write-off", "核销"), "strategy": ("playbook", "策略手册"),
        "policy": ("policy", "政策"), "user_new": ("new user", "新增用户"), "user_roles": ("roles of a user", "用户角色"),
        "user_reset": ("new password and second factor", "重置密码与双重验证"),
        "user_open": ("user let in again", "恢复用户登录"), "token": ("API token", "接口令牌"),
    },
    "write_off": WRITE_OFF_REASONS,
    "approval_detail": {
        "amount_minor": ("sum", "金额"), "reason": ("why", "原因"), "name": ("name", "名称"), "owner": ("owner", "所有者"),
        "roles": ("roles wanted", "申请的角色"), "agency": ("agency", "委外机构"), "before_roles": ("roles now", "现有角色"),
        "before_agency": ("agency now", "现有委外机构"),
        "before_active": ("may sign in now", "目前可否登录"), "language": ("language", "语言"), "scopes": ("may", "权限"),
        "days": ("days", "天数"),
    },
    "record": {
        "look": ("looked at", "查看"), "sign_in": ("signed in", "登录"), "sign_out": ("signed out", "退出"),
        "refused": ("refused", "拒绝访问"), "user": ("user", "用户"), "asked": ("asked", "提出申请"),
        "decided": ("decided", "作出决定"), "verified": ("ledger verified", "台账校验"), "token": ("API token", "接口令牌"),
        "assigned": ("assigned", "分配客户"), "target": ("target set", "设定目标"),
    },
    "record_subject": {
        "case": ("case", "案件"), "name and number": ("name and number", "姓名与号码"), "document": ("document", "文件"),
        "documents": ("documents", "文件列表"), "timeline": ("timeline", "时间线"), "quote": ("plan reckoned", "方案试算"),
        "quality check": ("quality check", "质检"), "quality": ("quality checks", "质检列表"), "queue": ("queue", "队列"),
        "agents": ("agents", "坐席列表"), "work": ("own work", "本人工作"), "visits": ("visits", "上门列表"),
        "plans": ("plans to approve", "待审批协议"), "approvals": ("approvals", "审批列表"),
        "matters": ("disputes and complaints", "异议与投诉"), "placements": ("placements", "委外列表"),
        "write-offs": ("write-offs", "核销列表"), "refusals": ("refusals", "未实施的联系"),
        "refusal entries": ("refused contacts", "未实施的联系明细"), "conduct": ("conduct", "催收行为监测"),
        "findings": ("charges recomputed", "复算的收费"), "accounts": ("accounts behind a figure", "指标明细账户"),
        "accounts.csv": ("accounts behind a figure, as a file", "指标明细账户（文件）"), "webhook": ("webhook", "事件推送"),
        "sound": ("sound", "完整"), "unsound": ("not sound", "不完整"), "too long": ("too long", "超过时长"),
        "signed in elsewhere": ("signed in elsewhere", "已在别处登录"), "themselves": ("themselves", "本人"),
    },
    "record_detail": {
        "page": ("page", "页"), "rows": ("rows", "行数"), "first": ("from", "起"), "last": ("to", "止"), "day": ("day", "日期"),
        "segment": ("segment", "客群"), "channel": ("channel", "渠道"), "matter": ("kind", "类别"),
        "agency": ("agency", "委外机构"), "fate": ("fate", "处理结果"), "what": ("what", "事项"),
        "figure": ("figure", "指标"), "token": ("token", "令牌"),
        "approval_id": ("approval", "审批编号"), "document_id": ("document", "文件编号"), "check_id": ("check", "质检编号"),
        "before": ("before", "此前"), "call_backs": ("call-backs", "回拨"), "tasks": ("tasks", "待办"), "did": ("did", "操作"),
        "roles": ("roles", "角色"), "owner": ("owner", "所有者"), "scopes": ("scopes", "权限"), "state": ("state", "状态"),
        "value_bp": ("value, bp", "目标值（基点）"),
        "asked_by": ("asked by", "申请人"), "approved_by": ("approved by", "批准人"),
    },
}  # fmt: skip
"""Kind -> code -> (English, Chinese)."""


def in_language(pair: Pair) -> str:
    """The reader's of two."""
    return pair[language() == "zh"]


def word_of(kind: str, code: str) -> str:
    """The word of a code in the reader's language; the code itself where there is none."""
    pair = CODES.get(kind, {}).get(code)
    return code if pair is None else in_language(pair)


def said(pairs: Mapping[str, Pair]) -> list[tuple[str, str]]:
    """Codes with their words in the reader's language, as a form's choices."""
    return [(code, in_language(pair)) for code, pair in pairs.items()]


def choices_of(kind: str) -> list[tuple[str, str]]:
    """Every code of a kind, as a form's choices."""
    return said(CODES[kind])
