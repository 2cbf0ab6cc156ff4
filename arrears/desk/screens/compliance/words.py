"""Words of the law's own codes, as its pages show them: (English, Chinese)."""

SECTION_WORDS: dict[str, tuple[str, str]] = {
    "in force": ("Rules on contacts in force", "现行联系规则"),
    "matters": ("Rules on charges, plans and other matters in force", "现行收费、分期及其他事项规则"),
    "procedural": ("Duties of people", "人工履行的义务"), "off": ("Switched off, and why", "已停用及原因"),
    "not yet": ("Not yet in force", "尚未生效"), "ended": ("No longer in force", "已失效"),
}  # fmt: skip
EVIDENCE_WORDS: dict[str, tuple[str, str]] = {
    "text": ("the text itself", "原文"), "second-hand": ("reports on the text", "转述"),
    "unconfirmed": ("not confirmed", "未确认"),
}  # fmt: skip
BINDING_WORDS: dict[str, tuple[str, str]] = {
    "law": ("law", "法律法规"), "standard": ("standard", "行业规范"), "policy": ("the bank's policy", "本行政策"),
}  # fmt: skip
APPLIES_WORDS: dict[str, tuple[str, str]] = {
    "issuer": ("the bank's own", "发卡行"), "agency": ("agencies", "委外机构"),
    "both": ("the bank's own and agencies", "发卡行及委外机构"),
}  # fmt: skip
VERDICT_WORDS: dict[str, tuple[str, str]] = {"allow": ("allowed", "允许"), "refuse": ("refused", "拒绝")}
