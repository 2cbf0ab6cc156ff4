"""What each pattern is called, and what a person is to do about it, in both languages."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """English and Chinese."""

    title_en: str
    title_zh: str
    do_en: str
    do_zh: str


PATTERNS: dict[str, Words] = {
    "outside_law": Words(
        "contacts outside the law", "已发生的违规联系",
        "stop such contacts today, find out how they left, record the breach, and tell compliance",
        "当日停止此类联系，查明其如何发出，登记违规并报告合规部门",
    ),
    "contact_after_cease": Words(
        "contacts after a request to cease", "客户要求停止联系后仍有联系",
        "stop contact, check that the flag reaches whoever makes contacts, and answer the customer in writing",
        "停止联系，核查停止标识是否传达至执行方，并书面答复客户",
    ),
    "contact_after_opt_out": Words(
        "contacts after the channel was refused", "客户拒绝该渠道后仍有联系",
        "stop using the channel and check that refusals reach whoever makes contacts",
        "停止使用该渠道，核查拒绝意愿是否传达至执行方",
    ),
    "contact_after_refused": Words(
        "many contacts soon after a refusal", "客户拒绝后短期内多次联系",
        "listen to the refusal, pause the calls, and offer another channel or a plan instead",
        "复听拒绝录音，暂停拨打，改用其他渠道或提供还款方案",
    ),
    "third_party_after_refusal": Words(
        "a third party contacted after refusing", "第三人拒绝后仍被联系",
        "strike the contact point, apologise, and check who dialled it",
        "停用该联系方式，致歉，并核查拨打人",
    ),
    "third_party_without_condition": Words(
        "third parties contacted while the customer is not known to be out of contact", "未确认失联即联系第三人",
        "stop contacting third parties; record the evidence of lost contact if there is any",
        "停止联系第三人；如确已失联，补充登记失联凭证",
    ),
    "third_party_repeated": Words(
        "third parties contacted again and again", "反复联系第三人",
        "stop; one message to relay is what the exception is for",
        "停止联系；例外仅限于请其转告一次",
    ),
    "complaint": Words(
        "a complaint, and the contacts before it", "客户投诉及其之前的联系",
        "review the contacts listed with their recordings before anybody contacts the customer again",
        "再次联系客户前，复核所列联系及录音",
    ),
    "outlier_refusals": Words(
        "far more refusals than peers", "拒绝率远高于同侪",
        "listen to a sample of the conversations and coach, or take the agent off the queue",
        "抽听通话录音并辅导，必要时暂停其作业",
    ),
    "outlier_complaints": Words(
        "far more complaints after contacts than peers", "联系后投诉率远高于同侪",
        "listen to the conversations before each complaint and decide on measures",
        "复听每起投诉前的通话并决定处置措施",
    ),
    "outlier_redials": Words(
        "far more redials at short intervals than peers", "短时重拨率远高于同侪",
        "check dialler settings and the agent's manual calls; enforce a pause between calls",
        "检查外呼系统设置与人工拨打，强制拨打间隔",
    ),
    "outlier_near_limit": Words(
        "far more contacts near the limits than peers", "临界联系率远高于同侪",
        "check shift times and targets that push towards the edge of lawful hours and caps",
        "检查班次与指标是否迫使其贴近时间与频次上限",
    ),
    "attempts_without_conversation": Words(
        "many attempts and no conversation", "多次尝试而无一次对话",
        "check the number, try another channel or hour, and lower the number of attempts",
        "核实联系方式，更换渠道或时段，减少尝试次数",
    ),
    "near_cap": Words(
        "a frequency cap nearly used up", "联系频次接近上限",
        "leave the rest of the cap for contacts the customer asks for",
        "剩余次数留给客户主动要求的联系",
    ),
    "near_cool_off": Words(
        "contacted as soon as a silence ended", "静默期刚满即联系",
        "check whether the contact was needed at once",
        "核查是否有立即联系的必要",
    ),
    "near_hours": Words(
        "contacted close to the edge of lawful hours", "贴近允许时段边缘联系",
        "plan contacts away from the edge: clocks and places may be wrong",
        "安排联系时避开时段边缘：时钟与所在地可能有误",
    ),
}  # fmt: skip
"""Every pattern, severest kind first."""

SEVERITY_WORDS = {"breach": ("BREACH", "违规"), "serious": ("serious", "严重"), "watch": ("watch", "关注")}
SUBJECT_WORDS = {
    "customer": ("customer", "客户"), "debt": ("account", "账户"), "contact_point": ("contact point", "联系方式"),
    "agent": ("agent", "人员"), "company": ("company", "机构"),
}  # fmt: skip
ISSUER = ("the issuer itself", "发卡机构本身")
