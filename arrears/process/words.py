"""Every word of the process in English and Chinese, side by side, so that no language can miss one."""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "zh"]

WORDS: dict[str, tuple[str, str]] = {
    "process": ("The process", "作业流程"),
    "lead": (
        "Contacts and payments from {since}, cases and plans from {first}, both to {day}. {left_alone} customers past due are "
        "left alone on purpose "
        "(held segments, holdouts) and wait for nothing here.",
        "截至{day}：联系与还款自{since}起，案件与计划自{first}起。"
        "另有 {left_alone} 位逾期客户按策略不主动联系（暂停催收分群、对照组），不计入等待。",
    ),
    # --- waits
    "waits": ("Where cases wait", "案件在何处等待"),
    "waits_caption": (
        "Days waited, by days past due: median, 90th percentile, share over target",
        "等待天数（按逾期天数）：中位数、90 分位数、超出目标的占比",
    ),
    "first_attempt": ("Entry to first attempt", "进入阶段至首次联系"),
    "right_party": ("Entry to right party", "进入阶段至首次与本人通话"),
    "promise": ("Promise to payment", "承诺至还款"),
    "idle": ("Since last contact", "距上次联系"),
    "dpd": ("Days past due", "逾期天数"),
    "median": ("median", "中位数"),
    "p90": ("90 %", "90%"),
    "over": ("over", "超目标"),
    "stage_0": ("not past due", "未逾期"),
    "stage": ("{first}\N{EN DASH}{last} days", "{first}\N{EN DASH}{last} 天"),
    "stage_last": ("over 180 days", "180 天以上"),
    "segments_caption": ("Queues with the most cases over target", "超出目标案件最多的队列"),
    "segment": ("Segment", "分群"),
    "clock": ("Waiting for", "等待事项"),
    "cases": ("Cases", "案件数"),
    "waiting": ("Waiting", "等待中"),
    "target": ("Target, days", "目标（天）"),
    "over_n": ("Over target", "超出目标"),
    "waits_note": (
        "Cases that still wait, or went away before, count as having waited at least so long (product-limit estimate); "
        "> means more than that many days, none were followed longer. A promise not paid in {promise_days} days counts as "
        "broken: the feed does not tell the day promised.",
        "仍在等待或中途离开的案件按“至少等待至此”计（乘积限估计）；“>”表示超过该天数，没有观察到更久的案件。"
        "承诺后 {promise_days} 天内未还款视为违约：数据中没有约定日期。",
    ),
    "no_waits": ("No case came past due in these days.", "期间没有新进入逾期的案件。"),
    # --- held up
    "held_up_caption": (
        "Customers with a step due for whom nothing could be planned, and how long until something was",
        "有应执行步骤而当日无任何联系可安排的客户，以及其后多久才有安排",
    ),
    "rule": ("Rule", "规则"),
    "no_contact_point": ("no contact point", "无可用联系方式"),
    "customers": ("Customers", "客户数"),
    "spells": ("Times", "次数"),
    "still": ("Still", "仍未安排"),
    "median_days": ("Median, days", "中位数（天）"),
    "p90_days": ("90 %, days", "90 分位（天）"),
    # --- planned and made
    "made_caption": ("Planned contacts that were made", "计划联系的执行情况"),
    "channel": ("Channel", "渠道"),
    "planned": ("Planned", "计划"),
    "made": ("Made", "已执行"),
    "made_share": ("Share", "占比"),
    "not_made": ("Not made", "未执行"),
    "made_last": ("Made of the day before's plan", "前一日计划的执行"),
    "pending": ("Pending", "待定"),
    "made_note": (
        "A contact bears no step in the feed: it is told by customer, channel and party, on the day of the plan or so many "
        "days after as the channel takes, and never from before the plan.",
        "数据中的联系不含步骤编号：按客户、渠道、对象，在计划当日或渠道允许的天数内匹配，且不早于计划。",
    ),
    "sms": ("SMS", "短信"),
    "email": ("E-mail", "电子邮件"),
    "call": ("Calls", "电话"),
    "letter": ("Letters", "信函"),
    "visit": ("Visits", "上门"),
    # --- steps
    "steps": ("Which steps change nothing", "哪些步骤没有改变结果"),
    "steps_caption": (
        "Paid within {payment_days} days: customers for whom the step was made against those due for whom it was not",
        "{payment_days} 天内还款：步骤已执行的客户与应执行而未执行的客户",
    ),
    "step": ("Step", "步骤"),
    "reached": ("Reached", "触达本人"),
    "paid_with": ("Paid with", "执行后还款"),
    "paid_without": ("Paid without", "未执行还款"),
    "difference": ("Difference (95 %)", "差异（95% 区间）"),
    "interval": ("{difference} ({low} to {high})", "{difference}（{low} 至 {high}）"),
    "reading": ("Reading", "解读"),
    "more_paid": ("more paid", "还款更多"),
    "fewer_paid": ("fewer paid", "还款更少"),
    "nothing_seen": (
        "nothing seen; from ±{detectable} it would have been",
        "未见差异；差异达 ±{detectable} 才可识别",
    ),
    "too_few": ("too few to compare", "样本不足，无法比较"),
    "steps_note": (
        "This describes and does not prove: those whom a step missed (refused by law, not reached, not worked) differ from the "
        "others beforehand. Nothing seen is not nothing there: a true effect of the size named would have been seen four times "
        "in five, a smaller one less often (power 80 %, 5 % two-sided).",
        "此处仅为描述，不能证明因果：步骤未覆盖的客户（被规则拒绝、无法联系、未执行）事先就与其他客户不同。"
        "未见差异不等于没有差异：真实效果达到所列幅度时有八成机会识别，更小则更难（检验效能 80%，双侧 5%）。",
    ),
    "arms_caption": (
        "Arms drawn at random: paid within {experiment_days} days of entry. Here the difference is caused by the steps that "
        "the arms do not share, all together",
        "随机分组：入组 {experiment_days} 天内还款。差异由两组不同的步骤共同造成",
    ),
    "arm": ("Arm", "组别"),
    "against": ("{arm} against {against}", "{arm} 对比 {against}"),
    "arms_steps": ("Steps that differ", "不同的步骤"),
    "paid_arm": ("Paid", "还款"),
    "paid_other": ("Paid, other arm", "对比组还款"),
    "paid_of": ("{share} of {n}", "{share}（{n} 人）"),
    # --- agents
    "agents": ("Agents' idle time and load", "人员空闲与负荷"),
    "agents_lead": (
        "{agents} agents made calls. Attempts differ between agents of a day by {cv} of their mean (coefficient of variation); "
        "far above the others' attempts an hour: {above}, far below: {below}.",
        "{agents} 名人员拨打过电话。同日人员间拨打量的变异系数为 {cv}；"
        "每小时拨打量远高于他人的 {above} 名，远低于他人的 {below} 名。",
    ),
    "agents_caption": ("Agents: the far ones first, then the busiest", "人员：先列偏离明显者，再列拨打最多者"),
    "agent": ("Agent", "人员"),
    "days": ("Days", "天数"),
    "attempts": ("Attempts", "拨打"),
    "connected": ("Answered", "接通"),
    "per_hour": ("An hour", "每小时"),
    "idle_hours": ("Idle hours", "空闲小时"),
    "gap": ("Longest gap, min", "最长间隔（分）"),
    "load_cv": ("Variation", "变异系数"),
    "far": ("Against others", "与他人相比"),
    "above": ("far above", "远高于"),
    "below": ("far below", "远低于"),
    "agent_day": (
        "On {day}: {agents} agents, {attempts} attempts, the most by one agent {most}, the longest gap {gap} minutes.",
        "{day}：{agents} 名人员共拨打 {attempts} 次，单人最多 {most} 次，最长间隔 {gap} 分钟。",
    ),
    "agents_note": (
        "An idle hour is an hour of the clock between an agent's first and last attempt of a day without any. The feed tells "
        "no shifts, talk times or breaks: no attempt is not always no work.",
        "空闲小时指人员当日首末次拨打之间没有拨打的钟点。数据不含班次、通话时长与休息：没有拨打并不总等于没有工作。",
    ),
    "no_agents": ("No agent made a call in these days.", "期间没有人员拨打电话。"),
    "hours_figure": ("Contacts by hour of the bank's clock, planned and made", "各时段联系数（本行时间），计划与实际"),
    "hours_alt": ("Bar chart of contacts planned and made by hour: {values}.", "条形图，各时段计划与实际联系数：{values}。"),
    "hour": ("{hour}:00", "{hour} 时"),
    # --- terminal
    "t_process": ("Process", "流程"),
    "t_summary": (
        "{over} waits exceed their target; {not_made} of {planned} planned contacts were not made; "
        "{unproven} of {compared} steps compared show no difference",
        "{over} 项等待超出目标；{planned} 次计划联系中 {not_made} 次未执行；可比较的 {compared} 个步骤中 {unproven} 个未见差异",
    ),
    "t_whole": ("All of it: arrears process --date {day}", "完整内容：arrears process --date {day}"),
    "t_title": ("The process from {since} to {day}", "{since} 至 {day} 的作业流程"),
    "t_hours": ("Contacts by hour: planned, made; calls planned, made", "各时段联系：计划、实际；其中电话计划、实际"),
    "all_segments": ("all segments", "全部分群"),
    "more": ("and {n} more; --json lists them", "另有 {n} 项，见 --json"),
}


def say(key: str, language: Language, /, **values: object) -> str:
    """The words of `key`, filled in."""
    return WORDS[key][language == "zh"].format(**values)


def stage(bucket: int, language: Language) -> str:
    """A bucket by its days past due."""
    if bucket <= 0:
        return say("stage_0", language)
    if bucket >= 7:
        return say("stage_last", language)
    return say("stage", language, first=30 * bucket - 29, last=30 * bucket)
