"""Every word of an explanation in English and Chinese, side by side, so that no language can miss one."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "title": ("Account {account} of customer {customer} on {day}", "账户 {account}（客户 {customer}），{day}"),
    "owed": (
        "{balance} owed, {unpaid} of minimum payments unpaid, {past_due} of it past due; account {status}, product {product}.",
        "欠款 {balance}，最低还款额未还 {unpaid}，其中逾期 {past_due}；账户状态 {status}，产品 {product}。",
    ),
    "cycles": ("Statements, newest first ({currency})", "账单（由新到旧，{currency}）"),
    "no_cycles": ("No statement yet.", "尚无账单。"),
    "closing": ("closed", "账单日"),
    "due": ("due", "到期日"),
    "due_new": ("newly due", "本期应还"),
    "on_time": ("paid on time", "按时已还"),
    "late": ("paid late", "逾期后还"),
    "unpaid": ("unpaid at end", "期末未还"),
    "dpd": ("Days past due", "逾期天数"),
    "dpd_none": (
        "No minimum payment is unpaid beyond the tolerance of {tolerance}, so 0 days past due, bucket 0.",
        "没有超出容差 {tolerance} 的未还最低还款额，逾期 0 天，阶段 0。",
    ),
    "dpd_to_come": (
        "The oldest unpaid minimum payment (marked *) falls due on {due}, grace of {grace} days after it: 0 days past due.",
        "最早未还的最低还款额（标 *）于 {due} 到期，另有宽限 {grace} 天：逾期 0 天。",
    ),
    "dpd_late": (
        "The oldest unpaid minimum payment (marked *) was due on {due}: {dpd} days to {day}, so bucket {bucket}; "
        "{cycles} statements in a row past due.",
        "最早未还的最低还款额（标 *）于 {due} 到期，至 {day} 已 {dpd} 天，阶段 {bucket}；连续逾期 {cycles} 期。",
    ),
    "class": (
        "Class: card ladder {card}, general ladder {general}; the stricter, {stricter}, counts.",
        "分类：信用卡分类 {card}，金融资产风险分类 {general}；从严取 {stricter}。",
    ),
    "since": ("In this bucket since {date}.", "自 {date} 起处于该阶段。"),
    "new": ("Against yesterday: the account is new in the book.", "较昨日：账户新入账册。"),
    "same": ("Against yesterday: nothing of this changed.", "较昨日：以上均无变化。"),
    "changed": ("Against yesterday: {changes}.", "较昨日：{changes}。"),
    "cured": ("Cured today.", "今日恢复正常。"),
    "worst": (
        "The customer is treated by the worst account, {worst}: {dpd} days past due.",
        "按客户最差账户 {worst} 处理：逾期 {dpd} 天。",
    ),
    "flags": ("Flags: {flags}", "标识：{flags}"),
    "none": ("none", "无"),
    "score": ("Score {score}, band {band}", "评分 {score}，等级 {band}"),
    "lost": ("-{lost}  {reason} ({attribute} = {seen})", "-{lost}  {reason}（{attribute} = {seen}）"),
    "lost_nothing": ("No points lost.", "未失分。"),
    "segment": ("Segment {id}: {title}", "分群 {id}：{title}"),
    "because": ("because", "条件"),
    "asked": (
        "{n} segments were asked before and did not fit (--json lists all of their conditions).",
        "此前有 {n} 个分群不符合（--json 列出全部条件）。",
    ),
    "asked_none": ("It is the first segment asked.", "为首个分群。"),
    "arm": ("Experiment: {arm}", "实验组：{arm}"),
    "note": ("People: {note}", "人工：{note}"),
    "contacts": ("Possible contacts today", "今日可能的联系"),
    "no_contacts": ("No step of this segment is due today.", "该分群今日没有应执行的步骤。"),
    "outcome": ("Outcome", "结果"),
    "contact": (
        "{channel} at {time} to {party} ({point}), content {content}: step {step}, clause {clause}",
        "{time} 以 {channel} 联系 {party}（{point}），内容 {content}：步骤 {step}，条款 {clause}",
    ),
    "nothing": ("No contact today.", "今日不联系。"),
    "chosen": ("chosen", "选定"),
    "chosen_instead": ("chosen, in place of alternative {instead}", "选定（替代方式 {instead}）"),
    "charges": ("Charges blocked until they are corrected", "收费已冻结，待纠正"),
    "charge_over": (
        "{charge} of {date}: {amount} over by {rules} (found {since}); correcting entry: {entry}",
        "{date} 的{charge}：多收 {amount}，违反 {rules}（{since} 发现）；更正分录：{entry}",
    ),
    "charges_less": (
        "No contact asks for what is over: it is taken off the amounts in texts and work files.",
        "任何联系均不要求支付多收部分，文本和作业文件中的金额已扣除。",
    ),
    "charges_blocked": ("not made: it would ask for blocked charges only", "不联系：仅涉及已冻结的收费"),
    "effort_elsewhere": (
        "not made: worth {worth} alone, while its effort brings {effort} elsewhere today",
        "不联系：该联系预计带来 {worth}，其所占资源今日用于他处可带来 {effort}",
    ),
    "effort_otherwise": (
        "not made: worth {worth} alone, but other contacts with this customer are worth more, or the day's limit is full",
        "不联系：该联系预计带来 {worth}，但对该客户的其他联系收益更高，或当日次数已满",
    ),
    "chosen_required": ("made whatever it is worth: a rule or a floor demands it", "必须联系：规则或保障要求，不计收益"),
    "refused": ("refused by law", "因合规规则被拒绝"),
    "no_contact_point": ("no contact point for this channel and party", "无该渠道和对象的联系方式"),
    "not_needed": ("not needed: alternative {alternative} can be made", "无需：方式 {alternative} 可行"),
    "outranked_channel": (
        "outranked: step {step} is more urgent in the same channel", "让位：同渠道的步骤 {step} 更紧急",
    ),
    "outranked_day": (
        "outranked: the segment allows {day} a day and {week} in 7 days; {today} made today, {recent} on the 6 days before",
        "让位：该分群每日至多 {day} 次、7 天至多 {week} 次；今日已有 {today} 次，前 6 天 {recent} 次",
    ),
    "earliest": ("; by the hours allowed from {time} today", "；今日 {time} 起为允许时段"),
    "inputs": ("Decided by (SHA-256)", "依据（SHA-256）"),
    "changed_since": (
        "Not the same any more: {names}. The decisions above are that day's; titles of rules are today's.",
        "已有变化：{names}。以上决定为当日所作，规则标题为现行版本。",
    ),
}  # fmt: skip

CLASS_WORDS = {
    "normal": ("normal", "正常"), "special_mention": ("special mention", "关注"), "substandard": ("substandard", "次级"),
    "doubtful": ("doubtful", "可疑"), "loss": ("loss", "损失"),
}  # fmt: skip
CHANNEL_WORDS = {
    "sms": ("SMS", "短信"), "email": ("e-mail", "电子邮件"), "call": ("call", "电话"), "letter": ("letter", "信函"),
    "visit": ("visit", "上门"),
}  # fmt: skip
PARTY_WORDS = {
    "debtor": ("the cardholder", "持卡人"), "relative": ("a relative", "亲属"),
    "contact_person": ("a contact person", "联系人"), "guarantor": ("the guarantor", "担保人"),
    "employer": ("the employer", "单位"), "attorney": ("the attorney", "律师"), "other": ("another person", "其他人"),
}  # fmt: skip
WATCHED = (
    ("dpd", "dpd", "dpd"), ("bucket", "bucket", "阶段"), ("past_due_minor", "past due", "逾期金额"),
    ("minimum_unpaid_minor", "unpaid", "未还最低还款额"), ("balance_minor", "balance", "欠款"),
    ("statements_n", "statements", "账单数"), ("class_card", "class", "分类"),
)  # fmt: skip
"""What is compared with yesterday: column, and its name in both languages."""
