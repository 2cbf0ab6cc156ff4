"""Fields and features as people read them: (English, Chinese)."""

FIELD_WORDS: dict[str, tuple[str, str]] = {
    "sender": ("who writes or calls", "发送人"),
    "cardholder_name": ("the cardholder's name", "持卡人姓名"),
    "balance": ("the balance owed", "欠款余额"),
    "reason": ("why we write", "致函事由"),
    "legal_basis": ("the legal basis", "法律依据"),
    "rights_obligations": ("rights and obligations", "权利与义务"),
    "how_to_query": ("how to query the account", "查询账户的渠道"),
    "how_to_repay": ("how to pay", "还款渠道"),
    "how_to_object": ("how to object", "提出异议的渠道"),
    "how_to_submit_evidence": ("how to hand in evidence", "提交证明材料的渠道"),
    "issuer_contact": ("how to reach the issuer", "发卡银行联系方式"),
    "business_seal": ("the business seal", "业务公章"),
    "opt_out": ("how to stop messages", "退订方式"),
    "debt_collector": ("that a debt collector writes or calls", "表明催收机构身份"),
    "collection_attempt": ("that it is an attempt to collect a debt", "表明意在催收债务"),
    "information_use": ("that information will be used to collect", "表明所获信息将用于催收"),
}

FEATURE_WORDS: dict[str, tuple[str, str]] = {
    "threat": ("a threat", "威胁、恐吓"),
    "insult": ("an insult", "辱骂、侮辱"),
    "false_authority": ("a pretence of authority", "冒充机关、律师等身份"),
    "false_statement": ("a false statement", "虚假陈述"),
    "threat_of_suit": ("the announcement of a suit", "起诉表示"),
    "shaming": ("public shaming", "公开羞辱、散布隐私"),
    "forced_borrowing": ("pressure to borrow elsewhere", "诱导或强迫借新还旧"),
    "extra_fee": ("a fee outside the agreement", "额外收费"),
    "private_channel": ("a private account, telephone or chat", "私人账户或私人联系方式"),
    "discloses_debt": ("that there is a debt", "欠款信息"),
}
