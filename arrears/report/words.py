"""Every word of the report in English and Chinese, side by side, so that no language can miss one."""

from __future__ import annotations

from arrears.report.figures import Language

WORDS: dict[str, tuple[str, str]] = {
    # --- headline
    "title": ("The day at {bank}", "{bank}：当日报告"),
    "day_report": ("Delinquency, business day", "逾期管理 · 营业日"),
    "lead_book": (
        "{accounts} accounts owe {balance}. {past_due_accounts} of them ({past_due_share}) are past due, with {past_due}.",
        "{accounts} 个账户共欠 {balance}，其中 {past_due_accounts} 个（{past_due_share}）逾期，逾期金额 {past_due}。",
    ),
    "lead_day": (
        "Today {entered} fell past due, {cured} cured and {forward} rolled into a later bucket.",
        "今日新增逾期 {entered} 个，恢复正常 {cured} 个，{forward} 个滚入更深的逾期阶段。",
    ),
    "lead_plan": (
        "The playbook had a step for {due} customers; {contacts} contacts go to {contacted} of them. "
        "The law refused {refused} of {candidates} possible contacts.",
        "策略今日涉及 {due} 位客户；将对其中 {contacted} 位进行 {contacts} 次联系。"
        "{candidates} 个候选联系中有 {refused} 个因合规规则被拒绝。",
    ),
    "lead_empty": ("The playbook had no step for anybody today.", "策略今日没有需要执行的步骤。"),
    "accounts": ("Accounts", "账户数"),
    "customers": ("Customers", "客户数"),
    "balance": ("Balance", "余额"),
    "past_due_accounts": ("Accounts past due", "逾期账户"),
    "past_due_balance": ("Balance of these", "逾期账户余额"),
    "past_due_minor": ("Amount past due", "逾期金额"),
    "npl": ("NPL ratio", "不良率"),
    "npl_tile": ("NPL ratio, stricter ladder", "不良率（两种分类从严）"),
    "contacts_today": ("Contacts to make", "今日联系"),
    "to_customers": ("to {n} customers", "涉及 {n} 位客户"),
    "cured": ("Cured today", "今日恢复正常"),
    "entered": ("Fell past due today", "今日新增逾期"),
    "forward": ("Rolled forward today", "今日滚入更深阶段"),
    "quarantined": ("Rows quarantined", "隔离的数据行"),
    "since_yesterday": ("{change} since yesterday", "较昨日 {change}"),
    "no_yesterday": ("no book of yesterday here", "工作区内没有昨日账册"),
    "yesterday_was": ("yesterday {n}", "昨日 {n}"),
    # --- sections and tables
    "contents": ("On this page", "本页内容"),
    "skip": ("Skip to the report", "跳到正文"),
    "book": ("The book by bucket", "各逾期阶段的账户"),
    "roll": ("Where accounts went", "逾期阶段的迁徙"),
    "npl_history": ("Non-performing balances", "不良余额占比"),
    "plan": ("From customers to contacts", "从客户到联系计划"),
    "refusals": ("What the law refused", "因合规规则被拒绝的联系"),
    "work": ("Today's work", "今日工作"),
    "segments": ("Segments", "客户分群"),
    "bands": ("Scores", "评分等级"),
    "quarantine": ("Quarantined rows", "隔离的数据行"),
    "look": ("Where to look next", "接下来看什么"),
    "notes": ("How to read these numbers", "口径说明"),
    "bucket": ("Bucket", "阶段"),
    "dpd": ("Days past due", "逾期天数"),
    "current": ("current", "正常"),
    "bucket_days": ("{first}\N{EN DASH}{last} days", "{first}\N{EN DASH}{last} 天"),
    "bucket_over": ("over 180 days", "180 天以上"),
    "short_days": ("{first}\N{EN DASH}{last}", "{first}\N{EN DASH}{last}"),
    "short_over": ("over 180", "180 以上"),
    "new_account": ("new account", "新账户"),
    "left_the_book": ("off the book", "已出表"),
    "share_accounts": ("Share of accounts", "账户占比"),
    "share_balance": ("Share of balance", "余额占比"),
    "in_currency": ("{what}, {currency}", "{what}（{currency}）"),
    "total": ("Total", "合计"),
    "book_caption": ("Accounts at the end of the day, by days past due", "日终账户，按逾期天数"),
    "book_figure": ("Balance of accounts past due, by days past due", "逾期账户余额，按逾期天数"),
    "book_alt": ("Bar chart of balances past due by bucket: {values}.", "条形图，各阶段逾期账户余额：{values}。"),
    "roll_day_caption": (
        "Of the accounts in each bucket at the end of {before}: where they were at the end of {after}, by days past due, "
        "% of accounts",
        "{before}日终各阶段账户在{after}日终的去向（按逾期天数，占账户数的百分比）",
    ),
    "roll_month_caption": (
        "Month over month, from {before} to {after}: where each bucket's balance of then is now, by days past due, "
        "% of that balance",
        "月度迁徙（{before}至{after}）：期初各阶段余额的去向（按逾期天数，占期初余额的百分比）",
    ),
    "roll_no_month": (
        "No book 25 to 35 days old is in the workspace, so there is no month-over-month matrix yet.",
        "工作区内没有 25 至 35 天前的账册，暂无月度迁徙矩阵。",
    ),
    "roll_key": (
        "Rows: bucket before. Columns: bucket now. The diagonal is framed; right of it is worse. Shading follows the number.",
        "行：此前阶段；列：当前阶段。对角线加框，其右侧为恶化。底色深浅与数值一致。",
    ),
    "roll_from": ("Before", "此前"),
    "then_accounts": ("Accounts", "账户数"),
    "npl_figure": ("NPL ratio by day, % of balances", "每日不良率（占余额的百分比）"),
    "npl_alt": (
        "Line chart of the NPL ratio from {first} to {last}: card ladder from {card_first} to {card_last}, general ladder "
        "from {general_first} to {general_last}.",
        "折线图，{first}至{last}的不良率：信用卡分类由 {card_first} 变为 {card_last}，"
        "金融资产风险分类由 {general_first} 变为 {general_last}。",
    ),
    "npl_one_day": ("One day only: the line starts tomorrow.", "目前只有一天的数据，趋势自明日起显示。"),
    "npl_caption": ("The last {n} days of the workspace", "工作区内最近 {n} 天"),
    "date": ("Date", "日期"),
    "card_ladder": ("Card ladder", "信用卡分类"),
    "general_ladder": ("General ladder", "金融资产风险分类"),
    "stricter": ("Stricter of both", "从严"),
    "over_90": ("Over 90 days", "逾期 90 天以上"),
    "flow_figure": ("Possible contacts, by what was decided", "候选联系的决定结果（个）"),
    "flow_alt": ("Bar chart of {candidates} possible contacts: {values}.", "条形图，{candidates} 个候选联系：{values}。"),
    "flow_caption": ("Step by step", "逐步拆解"),
    "flow_step": ("What", "项目"),
    "number": ("Number", "数量"),
    "flow_customers": ("Customers in the book", "账册内客户"),
    "flow_customers_due": ("with a step due today", "其中今日有步骤的客户"),
    "flow_steps": ("Steps due", "应执行步骤"),
    "flow_candidates": ("Candidates: steps and their fallbacks", "候选联系（步骤及其备选）"),
    "flow_refused": ("refused by the law", "因合规规则被拒绝"),
    "flow_no_contact_point": ("no contact point", "无可用联系方式"),
    "flow_not_needed": ("not needed, an earlier way was chosen", "无需，已选用靠前的方式"),
    "flow_outranked": ("outranked, the day's limit was reached", "让位，当日次数已满"),
    "flow_charges_blocked": ("charges blocked, nothing else to ask for", "收费已冻结，无其他应还"),
    "flow_effort_elsewhere": ("effort elsewhere, where it is worth more", "资源用于他处，收益更高"),
    "flow_chosen": ("chosen", "选定"),
    "flow_contacted": ("Customers contacted", "将联系的客户"),
    "rule": ("Rule", "规则"),
    "citation": ("Source", "依据"),
    "refused_n": ("Refused", "拒绝数"),
    "alone_n": ("By it alone", "仅因此规则"),
    "rules_caption": (
        "Every refusing rule; several rules may refuse the same candidate",
        "全部拒绝规则（同一候选可被多条规则拒绝）",
    ),
    "rules_figure": ("Refused candidates by rule", "各规则拒绝的候选联系（个）"),
    "rules_alt": ("Bar chart of refusals by rule: {values}.", "条形图，各规则的拒绝数：{values}。"),
    "no_refusals": ("No rule refused anything today.", "今日没有被拒绝的联系。"),
    "more_rules": ("and {n} more rules in the table", "其余 {n} 条规则见表"),
    "unknown_rule": ("not in a pack in force", "不在现行规则包内"),
    "binding_law": ("law", "法律法规"),
    "binding_standard": ("standard", "行业标准"),
    "binding_policy": ("policy", "内部政策"),
    "binding": ("Binding as", "效力"),
    "work_caption": ("Chosen, by channel and clause of the guide", "选定的联系，按渠道与指引条款"),
    "channel": ("Channel", "渠道"),
    "no_work": ("No contact is to be made today.", "今日没有需要进行的联系。"),
    "sms": ("SMS", "短信"),
    "email": ("E-mail", "电子邮件"),
    "call": ("Calls", "电话"),
    "letter": ("Letters", "信函"),
    "visit": ("Visits", "上门"),
    "segment": ("Segment", "分群"),
    "segments_caption": ("Segments in the playbook's order", "客户分群（按策略顺序）"),
    "due_today": ("Due today", "今日应联系"),
    "contacts": ("Contacts", "联系数"),
    "holdout": ("Holdout", "对照组"),
    "target": ("Target", "目标"),
    "target_text": ("{measure} {value} by day {day}", "第 {day} 天{measure}达 {value}"),
    "cure_rate": ("cure rate", "恢复率"),
    "kept_promise_rate": ("promises kept", "承诺兑现率"),
    "right_party_rate": ("right-party rate", "有效联系率"),
    "on_time_rate": ("paid on time", "按时还款率"),
    "recovered_share": ("recovered", "回收率"),
    "band": ("Band", "等级"),
    "bands_figure": ("Customers past due by score band, %", "各评分等级客户的逾期占比（%）"),
    "bands_caption": ("Customers by score band, A best", "各评分等级客户（A 最佳）"),
    "bands_alt": ("Bar chart of the share past due by band: {values}.", "条形图，各等级逾期占比：{values}。"),
    "past_due_customers": ("Past due", "逾期"),
    "past_due_share": ("Share past due", "逾期占比"),
    "quarantine_caption": (
        "{n} of {delivered} rows delivered were not taken in; ids are shortened",
        "收到 {delivered} 行，其中 {n} 行未入账（标识已部分隐藏）",
    ),
    "no_quarantine": ("All {delivered} rows delivered were taken in.", "收到的 {delivered} 行全部入账。"),
    "table": ("Table", "数据表"),
    "reason": ("Reason", "原因"),
    "rows": ("Rows", "行数"),
    "examples": ("First examples", "首批示例"),
    "row_at": ("{file}, row {row}: {key}", "{file} 第 {row} 行：{key}"),
    "look_worst_roll": (
        "The worst that rolled today: {before} → {after}, {amount}",
        "今日恶化最重：{before} → {after}，{amount}",
    ),
    "look_largest_self_cure": (
        "The largest that cured without a call, letter or visit: {before} → {after}, statement of {amount}",
        "未经电话、信函或上门即恢复正常的最大账户：{before} → {after}，账单 {amount}",
    ),
    "look_most_refused": ("Most candidates refused: {n}", "被拒绝的候选最多：{n} 个"),
    "no_looks": ("Nothing stands out today.", "今日没有特别需要关注的账户。"),
    "note_book": (
        "Accounts count while open or blocked, or closed with a balance; charged-off and sold ones do not. "
        "Accounts in credit owe nothing. Amounts are in {currency}, other currencies at the bank's own rates.",
        "统计口径：正常、冻结账户及仍有余额的已销户账户；已核销和已转让账户不计。贷方余额按零计。"
        "金额以 {currency} 计，其他货币按本行汇率折算。",
    ),
    "note_npl": (
        "NPL ratio: balances classed substandard or worse over all balances. The card ladder goes by days past due of the "
        "card, the general ladder by the 2023 rules on financial assets; the stricter one counts.",
        "不良率：次级及以下余额占全部余额之比。信用卡分类按卡片逾期天数，金融资产风险分类按 2023 年办法，两者从严。",
    ),
    "note_flow": (
        "A step of the playbook has fallbacks; each of them is a candidate. Candidates = refused + no contact point + "
        "not needed + outranked + chosen, any that would ask for blocked charges only, and any whose effort brings more "
        "elsewhere.",
        "策略的每个步骤可有多个备选方式，各为一个候选。候选 = 被拒绝 + 无联系方式 + 无需 + 让位 + 选定，"
        "另有仅涉及已冻结收费、或其资源用于他处收益更高的联系。",
    ),
    "note_roll": (
        "The daily matrix counts accounts, the monthly one the balance owed at its beginning. Off the book: charged off, "
        "sold, or closed since.",
        "每日迁徙按账户数，月度迁徙按期初余额。已出表：期间核销、转让或销户。",
    ),
    "made_from": (
        "Made from plan {hash} of this day; the same day gives the same page.",
        "依据当日计划 {hash} 生成；同一天重复生成结果一致。",
    ),
    "toggle": ("中文", "English"),
    "toggle_label": ("切换到中文", "Switch to English"),
    "scroll": ("Table, scrolls sideways", "表格，可横向滚动"),
    "thousand": ("thousand", "千"),
    "no_script": (
        "Charts need JavaScript, which is inside this page; every number is in the tables too.",
        "图表需要 JavaScript（已包含在本页内）；全部数字也列在表格中。",
    ),
    "charges": ("Interest and fees supervised", "利息与收费监督"),
    "charges_text": (
        "{charges} charges recomputed, {not_checkable} could not be; {open} breaches are open on {accounts} accounts{over}, "
        "{cleared} cleared today.",
        "复算收费 {charges} 笔，{not_checkable} 笔无法复算；{accounts} 个账户有 {open} 项未纠正的违规{over}，"
        "今日纠正 {cleared} 项。",
    ),
    "charges_over_in": (", {amounts} over", "，多收 {amounts}"),
    "charges_caption": (
        "Open breaches by rule; one charge may break several. Until they are cleared, contacts do not ask for what is over",
        "按规则列示未纠正的违规（同一笔收费可违反多条规则）；纠正之前，联系中不得要求支付多收部分",
    ),
    "charges_open": ("Open", "未纠正"),
    "charges_new": ("New today", "今日新增"),
    "charges_over": ("Amount over", "多收金额"),
    "t_charges": ("Charges", "收费"),
    # --- terminal only
    "t_book": ("The book", "账册"),
    "t_today": ("Today", "今日"),
    "t_plan": ("The plan", "计划"),
    "t_feed": ("The feed", "数据"),
    "t_moved": (
        "{entered} fell past due, {cured} cured, {forward} rolled forward",
        "新增逾期 {entered}，恢复正常 {cured}，滚入更深阶段 {forward}",
    ),
    "t_npl": (
        "NPL ratio {npl} (card ladder {card}, general ladder {general})",
        "不良率 {npl}（信用卡分类 {card}，金融资产风险分类 {general}）",
    ),
    "t_busiest": ("Busiest segments", "联系最多的分群"),
    "t_of": ("{contacts} contacts, {customers} customers", "{contacts} 次联系，{customers} 位客户"),
    "t_more": ("and {n} more", "另有 {n} 项"),
    "t_page": ("The whole report: arrears report --date {day}", "完整报告：arrears report --date {day}"),
    "t_change": (
        "Since yesterday: balance {balance}, accounts past due {late}, NPL ratio {npl}",
        "较昨日：余额 {balance}，逾期账户 {late}，不良率 {npl}",
    ),
}


def say(key: str, language: Language, /, **values: object) -> str:
    """The words of `key`, filled in."""
    return WORDS[key][language == "zh"].format(**values)


def bucket_days(bucket: int | None, language: Language) -> str:
    """A bucket by its days past due: `current`, `1-30 days`, `over 180 days`."""
    if bucket is None:
        return say("new_account", language)
    if bucket < 0:
        return say("left_the_book", language)
    if bucket == 0:
        return say("current", language)
    if bucket >= 7:
        return say("bucket_over", language)
    return say("bucket_days", language, first=30 * bucket - 29, last=30 * bucket)


def short_days(bucket: int, language: Language) -> str:
    """The same for the head of a narrow column: `1-30`, `over 180`."""
    if bucket <= 0:
        return bucket_days(bucket, language)
    return say("short_over", language) if bucket >= 7 else say("short_days", language, first=30 * bucket - 29, last=30 * bucket)
