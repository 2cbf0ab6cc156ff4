"""The words of a matter beside the feed's: what is charged, planned, done, owed, kept, classed and shown, and what happened.

Each list is closed, so that a misspelt word is an error and not a rule that never speaks. The English word is the code, the
Chinese one stands beside it. A new rule that needs a new word adds it here (docs/matters.md, "Adding a rule").
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from arrears.law.words import FLAG_WORDS
from arrears.law.words import _one_of as one_of

MATTERS = ("charge", "plan", "payment", "act", "duty", "record", "classification", "disclosure")

CHARGES = {
    "interest": "利息", "late_charge": "违约金", "overlimit_fee": "超限费", "annual_fee": "年费", "cash_fee": "取现手续费",
    "fx_fee": "货币兑换费", "instalment_fee": "分期手续费", "payment_fee": "还款手续费", "declined_fee": "交易被拒费",
    "inactivity_fee": "账户不活动费", "closing_fee": "销户费", "report_fee": "信用报告费", "other_fee": "其他费用",
    "returned_payment_fee": "退回还款费",
}  # fmt: skip
PLANS = {
    "purchase_instalment": "消费分期", "bill_instalment": "账单分期", "cash_instalment": "现金分期",
    "hardship": "个性化分期", "protected_balance": "受保护余额的偿还", "persistent_debt": "持续负债偿还方案",
}  # fmt: skip
"""`hardship` is the personalised plan; `protected_balance` repays what was owed when a rate was raised."""
ACTS = {
    "furnish_adverse": "报送不良信息", "furnish_database": "向信用信息基础数据库报送", "query_bureau": "查询征信",
    "change_terms": "变更条款", "criminal_referral": "刑事报案", "use_creditor_email": "使用债权人提供的邮箱",
    "use_number_for_text": "向该号码发送短信", "place_debt": "委外或转让债务", "set_off": "抵扣资产",
    "share_data": "向他方提供数据", "process_data": "处理个人信息", "process_sensitive_data": "处理敏感个人信息",
    "extend_credit": "新增授信", "issue_card": "新发卡", "reage": "重置账龄", "raise_to_penalty_rate": "改用惩罚利率",
    "accelerate": "加速到期", "enforce": "强制执行", "first_collection": "首次催收", "resume_collection": "恢复催收",
    "begin_breathing_space": "开始债务宽限期", "upgrade_class": "上调分类", "end_agency_contract": "终止外包合同",
    "treat_as_late": "认定为逾期", "refuse_service_relief": "拒绝服役减息申请",
}  # fmt: skip
DUTIES = {
    "remind_before_due": "到期前提醒", "answer_objection": "答复异议", "review_agency": "评估外包机构",
    "inspect_agency": "检查外包机构", "train_staff": "培训人员", "send_validation_notice": "发送债务确认通知",
    "set_validation_period": "设定确认期", "tell_estate_balance": "向遗产管理人告知余额",
    "report_delinquency_date": "报送首次逾期日", "send_negative_notice": "负面信息通知", "substantiate_debt": "证明债务",
    "charge_off": "核销", "send_persistent_debt_letter": "持续负债函件", "send_persistent_debt_reminder": "持续负债提醒",
    "offer_persistent_debt_plan": "提供持续负债偿还方案", "review_breathing_space": "债务宽限期中期审查",
    "reclassify_old_business": "存量业务重新分类", "change_process": "流程整改", "mend_old_business": "存量业务整改",
    "sue": "起诉", "honour_revocation": "执行撤回",
}  # fmt: skip
RECORDS = {
    "recording": "录音", "collection_record": "催收记录", "evidence": "合规证据", "oral_plan_recording": "口头协议录音",
    "impact_assessment": "影响评估报告", "adverse_item": "不良信息", "personal_data": "个人信息",
}  # fmt: skip
RECORD_ACTIONS = {"keep": "保存", "delete": "删除"}
"""`keep` asks whether a record, or an item in reports, may still be kept on the day; `delete` whether it may go."""
DOCUMENTS = {
    "contract": "合同", "rate_display": "利率展示", "instalment_offer": "分期推介页面",
    "cost_statement": "综合融资成本明示表", "website": "网站", "privacy_notice": "个人信息处理告知",
    "processor_contract": "委托处理合同", "statement": "账单", "visit_record": "外访记录",
}  # fmt: skip

CLASSES = {
    "normal": "正常", "special_mention": "关注", "substandard": "次级", "doubtful": "可疑", "loss": "损失",
    "charged_off": "核销",
}  # fmt: skip
"""Classes of a receivable, best first; the first five are `arrears.card.delinquency.CLASSES`."""
CARD_STATES = {"active": "活跃", "dormant": "睡眠"}
CLASSED = {"receivable": "应收账款", "card": "卡片"}

MATTER_FLAGS = {flag: zh for flag, (_, zh) in FLAG_WORDS.items()} | {
    # of a charge
    "made_in_service": "服役期间产生的债务", "penalty_rate": "惩罚利率", "after_workout": "重组方案结束后",
    "estate_requested": "遗产管理人已申请", "joint_holder": "另有共同持卡人", "expedited": "加急还款",
    "dispute_adjustment": "争议调整", "returned_payment": "退回的还款", "avoidable": "持卡人可不支付的费用",
    # of a plan
    "reinstalment": "对分期余额再次分期", "minimum_payment_on_it": "对分期提供最低还款",
    "upfront_interest_only": "仅提供一次性收息", "upfront_interest_preticked": "默认勾选一次性收息", "oral": "口头协议",
    "double_minimum": "最低还款比例翻倍方式",
    # of a payment
    "nonconforming": "不合要求的还款", "consumer_request": "应消费者要求", "secured": "有担保余额",
    # of an act or a duty
    "employer_domain": "雇主域名邮箱", "paid": "已清偿", "settled": "已和解", "discharged": "已免责",
    "authorised_by_contract": "合同已授权", "required_by_law": "法律另有规定", "public_by_law": "依法公开的信息",
    "false_information": "提供虚假信息", "contact_changed_untold": "变更联系方式未告知", "workout": "重组方案",
    "need_based_loan": "按需贷款", "business_card": "商务卡", "forbearance_plan": "已在宽容方案中",
    "technical_overdue": "短期操作性逾期", "policy_function": "附加政策功能卡",
    # of a record or a document
    "legal_period_runs": "法定保存期未满", "exempt_by_law": "依法豁免", "charge_card": "签账卡",
    "paid_in_full_twice": "连续两期全额还款", "minimum_pays_all": "最低还款即全额", "shown_in_months": "以月数列示",
    "shown_in_years": "以年数列示", "online": "线上办理", "closed_end": "封闭式贷款",
}  # fmt: skip
"""What else is so: the customer's flags, and words of the matter's own."""

EVENTS = {
    "customer_notice": "通知客户", "central_bank_report": "报告人民银行", "adverse_notice": "不良信息告知",
    "written_consent": "书面同意", "separate_consent": "单独同意", "conversation": "通话", "letter": "信函或电子信息",
    "effective_collection": "有效催收", "creditor_email_notice": "债权人邮箱使用通知", "number_checked": "号码核查",
    "consent_renewed": "同意更新", "default_notice": "违约通知", "transfer_notice": "转让通知",
    "forbearance_offered": "提供宽容措施", "agency_review": "机构评估", "agency_started": "机构开始合作",
    "agency_inspection": "机构检查", "staff_training": "人员培训", "staff_started": "人员入职", "reage": "账龄重置",
    "workout_reage": "重组账龄重置", "breathing_space_began": "债务宽限期开始", "breathing_space_review": "中期审查",
    "first_repayment_due": "首个约定还款日", "service_ended": "服役结束", "due": "到期还款日", "reminder": "提醒",
    "objection_received": "收到异议", "objection_answered": "书面答复", "first_communication": "首次沟通",
    "validation_notice": "债务确认通知", "assumed_receipt": "推定收到", "validation_end": "确认期届满",
    "administrator_request": "遗产管理人申请", "balance_told": "告知余额", "furnished": "报送",
    "delinquency_date_reported": "报送首次逾期日", "negative_notice": "负面信息通知",
    "substantiation_requested": "要求证明", "substantiated": "提供证明", "bankruptcy_notice": "破产通知",
    "death_notice": "死亡通知", "fraud_discovered": "发现欺诈", "charged_off": "核销",
    "persistent_debt_began": "持续负债开始", "persistent_debt_letter": "持续负债函件",
    "persistent_debt_reminder": "持续负债提醒", "persistent_debt_offer": "偿还方案", "reclassified": "重新分类",
    "process_changed": "流程整改", "old_business_mended": "存量整改", "limitation_interrupted": "时效中断", "sued": "起诉",
    "statement_mailed": "账单寄出", "received": "收到还款", "credited": "入账", "contact": "联系",
    "last_collection": "最后一次催收", "call": "通话录音", "debt_settled": "欠款结清", "assessment_made": "评估完成",
    "adverse_event_ended": "不良行为终止", "delinquency_began": "逾期开始", "arose": "发生逾期", "repaid": "足额偿还",
    "purpose_done": "处理目的实现", "revocation_received": "收到撤回", "revocation_honoured": "停止联系",
    "crisis_treatment_ended": "危机治疗结束", "undeliverable": "收到无法送达通知",
}  # fmt: skip
"""What happened on a day, and what a rule reckons from."""

FIELDS = {
    # an agreement on a plan
    "balance_structure_currency": "余额、结构、币种", "schedule": "还款周期、方式、币种、日期和每期金额",
    "fees_interest_flag": "是否计收年费、利息和其他费用", "no_new_card_undertaking": "结清前不再申请信用卡的承诺",
    "default_liability": "权利义务和违约责任", "recording": "录音", "separate_contract": "单独合同",
    # what a rate, an instalment or a contract must show
    "annualised_rate": "年化利率", "annualised_interest": "年化利息", "highest_annualised_rate": "最高年化利率",
    "interest_explained": "利息说明", "compound_interest_explained": "复利说明", "fees_explained": "费用说明",
    "late_charge_explained": "违约金说明", "interest_highlighted": "利息条款提示",
    "compound_interest_highlighted": "复利条款提示", "fees_highlighted": "费用条款提示",
    "late_charge_highlighted": "违约金条款提示", "interest_cost": "利息成本", "instalment_fee_cost": "分期费用",
    "guarantee_fee_cost": "担保费用", "default_cost": "违约情形下的成本", "confirmed": "客户确认",
    "reading_time": "强制阅读时间", "handling_fee": "手续费表述", "daily_rate": "日利率",
    # what a website, a notice or a contract on data carries
    "agency_list": "外包催收机构名单", "account_query": "账户查询", "handler_name": "处理者名称",
    "handler_contact": "处理者联系方式", "purpose": "处理目的", "method": "处理方式", "categories": "信息种类",
    "retention_period": "保存期限", "rights": "行使权利的方式", "term": "期限", "protection": "保护措施",
    "supervision": "监督", "return_or_deletion": "返还或删除",
    # the statement's minimum payment warning
    "minimum_payment_warning": "最低还款警示", "payoff_time": "还清时间", "payoff_cost": "还清总成本",
    "counselors": "咨询机构",
    # a record of a visit
    "audio": "录音", "video": "录像",
}  # fmt: skip
"""What a document, a plan's agreement or a record carries."""

NUMBERS = {
    "principal_minor": "未还本金", "shortfall_minor": "还款差额", "unsecured_minor": "无抵押债务",
    "months_on_book": "开户月数", "dormant_share_ppm": "睡眠卡占比", "payments_in_row": "连续还款次数",
    "periods_n": "连续还款期数", "dpd": "逾期天数", "counselors_n": "咨询机构数", "minimum_due_minor": "最低还款额",
    "grace_days": "免息还款期天数",
}  # fmt: skip
"""The numbers that rules of kind `limit` read."""

EventWord = Annotated[str, one_of(tuple(EVENTS)), Field(json_schema_extra={"enum": list(EVENTS)})]
FlagWord = Annotated[str, one_of(tuple(MATTER_FLAGS)), Field(json_schema_extra={"enum": list(MATTER_FLAGS)})]
FieldWord = Annotated[str, one_of(tuple(FIELDS)), Field(json_schema_extra={"enum": list(FIELDS)})]
ChargeWord = Annotated[str, one_of(tuple(CHARGES)), Field(json_schema_extra={"enum": list(CHARGES)})]
PlanWord = Annotated[str, one_of(tuple(PLANS)), Field(json_schema_extra={"enum": list(PLANS)})]
ActWord = Annotated[str, one_of(tuple(ACTS)), Field(json_schema_extra={"enum": list(ACTS)})]
DutyWord = Annotated[str, one_of(tuple(DUTIES)), Field(json_schema_extra={"enum": list(DUTIES)})]
RecordWord = Annotated[str, one_of(tuple(RECORDS)), Field(json_schema_extra={"enum": list(RECORDS)})]
RecordAction = Annotated[str, one_of(tuple(RECORD_ACTIONS)), Field(json_schema_extra={"enum": list(RECORD_ACTIONS)})]
Classed = Annotated[str, one_of(tuple(CLASSED)), Field(json_schema_extra={"enum": list(CLASSED)})]
ClassWord = Annotated[str, one_of((*CLASSES, *CARD_STATES)), Field(json_schema_extra={"enum": [*CLASSES, *CARD_STATES]})]
DocumentWord = Annotated[str, one_of(tuple(DOCUMENTS)), Field(json_schema_extra={"enum": list(DOCUMENTS)})]


def words_of(code: str, words: dict[str, str]) -> tuple[str, str]:
    """A code as a person reads it: (English, Chinese)."""
    return code.replace("_", " "), words[code]


def listed(codes: tuple[str, ...], words: dict[str, str]) -> tuple[str, str]:
    """Several codes as a person reads them: (English, Chinese)."""
    return ", ".join(code.replace("_", " ") for code in codes), "、".join(words[code] for code in codes)
