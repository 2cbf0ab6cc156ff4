"""Published and canonical examples of the other packs, and of what binds issuers beside Regulations F and Z.

Each is named by its source; what follows a dash is a variant of it at the boundary. `lawful` wants no rule to refuse, a rule's
id wants that one among those that do. Rules that are switched off are decided alone, as if they were on.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from arrears.law import gate, load_pack
from arrears.law.content.reading import read_text
from arrears.law.examples import switched_on
from arrears.law.gating import parse_case
from arrears.law.matter import parse_matter
from arrears.law.matters import judge
from arrears.law.words import Language

PACKS = {name: load_pack(name) for name in ("us", "cn", "uk", "eu", "in", "sg")}
LAWFUL = "lawful"

Facts = dict[str, Any]


def contact(jurisdiction: str, zone: str, at: str, **facts: Any) -> Facts:
    usual = {
        "at": at, "jurisdictions": [jurisdiction], "acts": "issuer", "channel": "call", "party": "debtor",
        "purpose": "collection",
        "debt": "D1", "debts": [{"id": "D1", "dpd": 40}, {"id": "D2", "dpd": 40}], "contact_point": "M",
        "contact_points": [{"id": "M", "source": "contract"}, {"id": "R", "party": "relative", "source": "customer_provided"}],
        "places": [{"zone": zone}], "visitors": 2,
    }  # fmt: skip
    return usual | facts


def china(at: str = "2026-03-02T10:00:00", **facts: Any) -> Facts:
    return contact("CN", "Asia/Shanghai", f"{at}+08:00", **facts)


def india(at: str = "2026-03-02T12:00:00", **facts: Any) -> Facts:
    return contact("IN", "Asia/Kolkata", f"{at}+05:30", **facts)


def england(at: str = "2026-03-02T12:00:00", **facts: Any) -> Facts:
    return contact("GB-ENG", "Europe/London", f"{at}+00:00", **facts)


def boston(at: str = "2026-03-02T12:00:00", **facts: Any) -> Facts:
    return contact("US-MA", "America/New_York", f"{at}-05:00", **facts)


def tried(at: str, outcome: str = "no_answer", **more: Any) -> Facts:
    return {"at": at, "channel": "call", "outcome": outcome, "debt": "D1", "contact_point": "M"} | more


def december(day: int, outcome: str = "voicemail", **more: Any) -> Facts:
    return tried(f"2025-12-{day}T11:00:00-05:00", outcome, **more)


def yesterday(*outcomes: str, **more: Any) -> list[Facts]:
    return [tried(f"2026-03-01T1{hour}:00:00+08:00", outcome, **more) for hour, outcome in enumerate(outcomes)]


RELAY: Facts = {"party": "relative", "contact_point": "R", "purpose": "relay"}
EVIDENCED = [{"flag": "lost_contact", "evidence": "EV-1"}]
SIX = [tried("2026-03-02T08:30:00+08:00", times=6)]
GREETING = "【榆树银行】您好，请转告王芳女士尽快与我行联系，电话95000。"

CONTACTS = {
    "us": {
        # Massachusetts: 940 CMR 7.00 and 209 CMR 18.00; TCPA: 47 CFR 64.1200
        "Watkins v. Glenn: spoken to on 17 December, called on the 22nd": (
            boston("2025-12-22T12:00:00", history=[december(17, "right_party")]), LAWFUL),
        "Watkins v. Glenn: a second call on the 22nd": (
            boston("2025-12-22T12:00:00", history=[december(17, "right_party"), december(22)]), "US-MA-freq"),
        "Watkins v. Glenn: on the 23rd, no message having been left": (
            boston("2025-12-23T12:00:00", history=[december(22, times=2)]), "US-MA-freq"),
        "Armata v. Target: dialled by a machine and unanswered": (
            boston("2025-12-23T12:00:00", history=[december(21, "no_answer"), december(22, "no_answer")]), "US-MA-freq"),
        "AG guidance of 2013 - truly unable to reach or leave a message": (
            boston("2025-12-23T12:00:00", history=[december(21, "dead_line"), december(22, "busy")]), LAWFUL),
        "940 CMR 7.04(1)(f) a text is one of the two": (
            boston("2025-12-23T12:00:00", channel="sms", history=[december(21), december(22, "delivered", channel="sms")]),
            "US-MA-freq"),
        "940 CMR 7.04(1)(f) an e-mail or a letter is not": (
            boston("2025-12-23T12:00:00", channel="email", history=[december(22, times=2)]), LAWFUL),
        "940 CMR 7.04(1)(f) for each debt": (
            boston("2025-12-23T12:00:00", debt="D2", history=[december(22, times=2)]), LAWFUL),
        "940 CMR 7.04(1)(f) on the eighth day": (boston("2025-12-29T12:00:00", history=[december(22, times=2)]), LAWFUL),
        "940 CMR 7.04(1)(f) - on the seventh": (boston("2025-12-28T12:00:00", history=[december(22, times=2)]), "US-MA-freq"),
        "940 CMR 7.04(1)(f) - in New Hampshire": (
            boston("2025-12-23T12:00:00", jurisdictions=["US-NH"], history=[december(22, times=2)]), LAWFUL),
        "940 CMR 7.04(1)(f) at work, two in thirty days": (
            boston("2025-12-30T12:00:00", contact_points=[{"id": "M", "source": "contract", "workplace": True}],
                   history=[december(10, times=2)]), "US-MA-freq-elsewhere"),
        "209 CMR 18.16(1)(d) an agency": (
            boston("2025-12-23T12:00:00", acts="agency", history=[december(22, times=2)]), "US-MA-freq"),
        "209 CMR 18.17(6) a visit at 8:00": (
            boston("2026-03-02T08:00:00", acts="agency", channel="visit"), LAWFUL),
        "209 CMR 18.17(6) - before": (boston("2026-03-02T07:59:00", acts="agency", channel="visit"), "US-MA-visit"),
        "209 CMR 18.17(6) one in thirty days": (
            boston("2025-12-30T12:00:00", acts="agency", channel="visit", history=[december(10, "met", channel="visit")]),
            "US-MA-visit-once"),
        "209 CMR 18.17(6) nobody having been contacted": (
            boston("2025-12-30T12:00:00", acts="agency", channel="visit", history=[december(10, "not_home", channel="visit")]),
            LAWFUL),
        "209 CMR 18.17(6) no visit to the workplace": (
            boston(acts="agency", channel="visit", contact_points=[{"id": "M", "source": "contract", "workplace": True}]),
            "US-MA-visit-work"),
        "940 CMR 7.05(3)(d) two calls a week to the household": (
            boston("2025-12-23T12:00:00", party="relative", purpose="relay", contact_point="R",
                   history=[december(22, "connected", party="relative", contact_point="R", times=2)]), "US-MA-household"),
        "940 CMR 7.05(3)(e) after nine in the evening": (
            boston("2025-12-23T21:01:00", party="relative", purpose="relay", contact_point="R"), "US-MA-household-hours"),
        "940 CMR 7.05(2) implying the debt": (
            boston(party="relative", purpose="relay", contact_point="R",
                   content={"language": "en", "text": "Elm Bank here about an unpaid bill of Ada Byron."}),
            "US-MA-household-disclosure"),
        "47 CFR 64.1200(a)(10) after the revocation": (
            boston(channel="sms", consents=[{"channel": "sms", "purpose": "collection", "given": False,
            "at_date": "2026-03-01"}]),
            "US-TCPA-rev"),
        "47 CFR 64.1200(a)(12) the one confirming text": (
            boston(channel="sms", requested=True,
                   consents=[{"channel": "sms", "purpose": "collection", "given": False, "at_date": "2026-03-02"}]), LAWFUL),
        "DA 26-12 until 30 January 2027 each channel by itself": (
            boston("2027-01-30T12:00:00",
                   consents=[{"channel": "sms", "purpose": "collection", "given": False, "at_date": "2027-01-04"}]), LAWFUL),
        "DA 26-12 from 31 January 2027 one revocation for all": (
            boston("2027-01-31T12:00:00",
                   consents=[{"channel": "sms", "purpose": "collection", "given": False, "at_date": "2027-01-04"}]),
                   "US-TCPA-all"),
        "Regulation F, 1006.2(i) - eight calls by the issuer in New York State": (
            boston(jurisdictions=["US-NY"], history=[tried("2026-03-01T11:00:00-05:00", times=8)]), LAWFUL),
    },
    "cn": {
        # 催收工作指引 (2026-01-30), GB/T 45251-2025, 监督管理办法 Art. 68-70
        "指引 22:00以后": (china("2026-03-02T22:00:00"), "CN-CBA-time"),
        "指引 - 21:59:59": (china("2026-03-02T21:59:59"), LAWFUL),
        "指引 8:00": (china("2026-03-02T08:00:00"), LAWFUL),
        "指引 - 7:59:59": (china("2026-03-02T07:59:59"), "CN-CBA-time"),
        "指引 午夜短信": (china("2026-03-02T23:30:00", channel="sms"), "CN-CBA-time"),
        "指引 经债务人同意": (
            china("2026-03-02T22:30:00",
                  consents=[{"channel": "call", "purpose": "night_contact", "given": True, "at_date": "2026-03-01"}]), LAWFUL),
        "指引 - 同意电话不等于同意上门": (
            china("2026-03-02T22:30:00", channel="visit",
                  consents=[{"channel": "call", "purpose": "night_contact", "given": True, "at_date": "2026-03-01"}]),
            "CN-CBA-time"),
        "指引 - 尚未逾期的到期提醒": (
            china("2026-03-02T22:30:00", purpose="reminder", debts=[{"id": "D1", "dpd": 0}, {"id": "D2", "dpd": 0}]), LAWFUL),
        "指引施行前一日 22:30仍受国标约束": (china("2026-01-29T22:30:00"), "CN-GBT-time"),
        "国标施行前一日 22:30": (china("2025-02-27T22:30:00"), LAWFUL),
        "国标5.3 当日第三次有效通话": (china(history=[tried("2026-03-02T08:30:00+08:00", "right_party", times=2)]), LAWFUL),
        "国标5.3 - 第四次": (china(history=[tried("2026-03-02T08:30:00+08:00", "right_party", times=3)]), "CN-GBT-freq"),
        "国标5.3 - 两张卡合计": (
            china(history=[tried("2026-03-02T08:30:00+08:00", "promise", debt="D2", times=3)]), "CN-GBT-freq"),
        "国标5.3 - 次日重新计算": (
        china("2026-03-03T08:00:00", history=[tried("2026-03-02T20:30:00+08:00", "refused", times=3)]), LAWFUL),
        "国标5.3 债务人来电不计": (
            china(history=[tried("2026-03-02T08:30:00+08:00", "right_party", direction="inbound", times=3)]), LAWFUL),
        "指引 未接通时第六次拨打": (china(history=[tried("2026-03-02T08:30:00+08:00", times=5)]), LAWFUL),
        "指引 - 第七次": (china(history=SIX), "CN-CBA-freq"),
        "指引 - 同日另一号码": (
            china(history=SIX, contact_point="N",
                  contact_points=[{"id": "M", "source": "contract"}, {"id": "N", "source": "contract"}]), LAWFUL),
        "指引 - 与债务人另有约定": (
            china(history=SIX, consents=[{"channel": "call", "purpose": "extra_contact", "given": True,
            "at_date": "2026-03-01"}]),
            LAWFUL),
        "指引 失联：连续三次拨打未接通的次日": (china(**RELAY, history=yesterday("no_answer", "busy", "voicemail")), LAWFUL),
        "指引 - 当日": (
            china("2026-03-01T20:00:00", **RELAY, history=yesterday("no_answer", "busy", "voicemail")), "CN-CBA-third"),
        "指引 - 中间一次已接通": (
        china(**RELAY, history=yesterday("no_answer", "connected", "no_answer", "no_answer")), "CN-CBA-third"),
        "指引 失联：手机号码无效": (
            china(**RELAY, contact_points=[{"id": "M", "source": "contract", "status": "invalid"},
                                           {"id": "R", "party": "relative", "source": "customer_provided"}]), LAWFUL),
        "指引 失联：连续三日无法联系，有凭据": (china(**RELAY, flags=EVIDENCED), LAWFUL),
        "指引 - 无凭据": (china(**RELAY, flags=[{"flag": "lost_contact"}]), "CN-CBA-third"),
        "指引 - 对第三人催收": (china(**(RELAY | {"purpose": "collection"}), flags=EVIDENCED), "CN-CC2011-68a"),
        "指引 - 债务人重新取得联系后停止": (
            china(**RELAY, history=[*yesterday("no_answer", "no_answer", "no_answer"),
                                    tried("2026-03-02T08:10:00+08:00", "right_party", direction="inbound")]), "CN-CBA-third"),
        "指引 - 第三人已拒绝": (
            china(**RELAY, flags=EVIDENCED,
                  history=[tried("2025-11-11T10:00:00+08:00", "refused", party="relative", contact_point="R")]),
                  "CN-CBA-third"),
        "指引 转告而不透露债务": (
            china(**RELAY, flags=EVIDENCED, channel="sms", content={"language": "zh", "text": GREETING}), LAWFUL),
        "指引 - 透露欠款": (
            china(**RELAY, flags=EVIDENCED, channel="sms", content={"language": "zh",
            "text": GREETING + "其信用卡欠款已逾期。"}),
            "CN-CBA-third-disclosure"),
        "指引 单人外访": (china(channel="visit", visitors=1), "CN-CBA-visit"),
        "指引 - 两人": (china(channel="visit"), LAWFUL),
        "指引 六类合法来源": (china(contact_points=[{"id": "M", "source": "authorised_bureau"}]), LAWFUL),
        "指引 - 来源不明的号码": (china(contact_points=[{"id": "M", "source": "unknown"}]), "CN-CBA-channels"),
        "办法第68条 对担保人": (china(party="guarantor"), LAWFUL),
        "办法第68条 对工作单位": (china(party="employer"), "CN-CC2011-68a"),
        "办法第68条 对持卡人的父母": (china(party="relative", contact_point="R"), "CN-CC2011-68a"),
        "办法第68条 胁迫": (
            china(channel="sms", content={"language": "zh", "text": "【榆树银行】再不还款就上门砸你家门！"}), "CN-CC2011-68b"),
        "办法第70条 个性化分期履行期间停止催收": (china(flags=[{"flag": "plan_performing"}]), "CN-CC2011-70c"),
        "办法第70条 外包机构亦同": (china(flags=[{"flag": "plan_performing"}], acts="agency"), "CN-CC2011-70c"),
        "办法第70条 - 违约后恢复": (
            china(flags=[{"flag": "plan_performing", "until_date": "2026-03-01"}]), LAWFUL),
        "办法第70条 - 另一张卡的分期": (china(flags=[{"flag": "plan_performing", "debt": "D2"}]), LAWFUL),
        "个人信息保护法第15条 联系人撤回同意": (
            china(**RELAY, flags=EVIDENCED,
                  contact_points=[{"id": "R", "party": "relative", "source": "customer_provided", "status": "withdrawn"}]),
            "CN-PIPL-13"),
    },
    "in": {
        "RBI/2022-23/108 at 8 a.m.": (india("2026-03-02T08:00:00"), LAWFUL),
        "RBI/2022-23/108 before 8 a.m.": (india("2026-03-02T07:59:59"), "IN-RBI-2022"),
        "RBI/2022-23/108 at 7 p.m.": (india("2026-03-02T19:00:00"), LAWFUL),
        "RBI/2022-23/108 after 7 p.m.": (india("2026-03-02T19:00:01"), "IN-RBI-2022"),
        "RBI/2022-23/108 after 7 p.m. by an agent": (india("2026-03-02T20:00:00", acts="agency"), "IN-RBI-2022"),
        "RBI/2022-23/108 - the day before it was issued": (india("2022-08-11T20:00:00"), LAWFUL),
        "RBI/2022-23/108 - not overdue": (
            india("2026-03-02T20:00:00", purpose="reminder", debts=[{"id": "D1", "dpd": 0}, {"id": "D2", "dpd": 0}]), LAWFUL),
        "RBI/2022-23/108 intrusion upon family": (india(party="relative", contact_point="R"), "IN-RBI-2022-others"),
        "RBI/2022-23/108 upon referees and friends": (india(party="contact_person"), "IN-RBI-2022-others"),
        "RBI/2022-23/108 humiliation": (
            india(channel="sms", content={"language": "en",
            "text": "Elm Bank: pay, or the whole village will know about you."}),
            "IN-RBI-2022-conduct"),
        "RBI/2022-23/108 threatening messages": (
            india(channel="sms", content={"language": "en", "text": "Elm Bank: pay today or the police will arrest you."}),
            "IN-RBI-2022-conduct"),
        "RBI/2022-23/108 anonymous calls": (
            india(content={"language": "en", "text": "Good day, may I speak with Asha Rao?"}), "IN-RBI-2022-anonymous"),
        "RBI/2022-23/108 - naming the bank": (
            india(content={"language": "en", "text": "Good day, this is Elm Bank. May I speak with Asha Rao?"}), LAWFUL),
    },
    "uk": {
        "SI 2020/1311 a demand in the moratorium": (england(flags=[{"flag": "breathing_space"}]), "UK-BS"),
        "SI 2020/1311 by an agent": (england(flags=[{"flag": "breathing_space"}], acts="agency", channel="letter"), "UK-BS"),
        "SI 2020/1311 on its sixtieth and last day": (
            england("2026-03-02T12:00:00", flags=[{"flag": "breathing_space", "from_date": "2026-01-02",
            "until_date": "2026-03-02"}]),
            "UK-BS"),
        "SI 2020/1311 - a day later": (
            england("2026-03-03T12:00:00", flags=[{"flag": "breathing_space", "from_date": "2026-01-02",
            "until_date": "2026-03-02"}]),
            LAWFUL),
        "SI 2020/1311 the other debt is no moratorium debt": (
            england(flags=[{"flag": "breathing_space", "debt": "D2"}]), LAWFUL),
        "SI 2020/1311 - in Wales": (england(jurisdictions=["GB-WLS"], flags=[{"flag": "breathing_space"}]), "UK-BS"),
        "SI 2020/1311 - in Scotland": (england(jurisdictions=["GB-SCT"], flags=[{"flag": "breathing_space"}]), LAWFUL),
        "SI 2020/1311 in a mental-health crisis": (england(flags=[{"flag": "mental_health_crisis"}]), "UK-MHBS"),
        "SI 2020/1311 debt advice": (england(flags=[{"flag": "mental_health_crisis"}], purpose="education"), LAWFUL),
    },
}  # fmt: skip


def _cases(of: dict[str, dict[str, tuple[Any, ...]]]) -> list[Any]:
    return [pytest.param(pack, *told, id=f"{pack}: {name}") for pack, named in of.items() for name, told in named.items()]


@pytest.mark.parametrize(("pack", "facts", "expected"), _cases(CONTACTS))
def test_contacts(pack: str, facts: Facts, expected: str) -> None:
    off = [one for one in PACKS[pack].rules if one.id.startswith("US-MA-freq")]
    assert not any(one.enabled for one in off)
    asked = [PACKS[pack], *(switched_on(PACKS[pack], one) for one in off)]
    refused = [one.rule for one in gate(parse_case(json.dumps(facts)), asked).refusals]
    assert (refused == []) if expected == LAWFUL else (expected in refused), refused


# What is no contact


def matter(jurisdiction: str, name: str, on: str, events: dict[str, str] | None = None, **facts: Any) -> Facts:
    """Events are told apart by plus signs where one comes twice."""
    happened = {"events": [{"event": event.rstrip("+"), "on": day} for event, day in events.items()]} if events else {}
    return {"matter": name, "on": on, "jurisdictions": [jurisdiction], "acts": "issuer", **happened, **facts}


def cn(name: str, on: str = "2026-03-02", events: dict[str, str] | None = None, **facts: Any) -> Facts:
    return matter("CN", name, on, events, **facts)


def gb(name: str, on: str = "2026-03-02", events: dict[str, str] | None = None, **facts: Any) -> Facts:
    return matter("GB-ENG", name, on, events, **facts)


AGREEMENT = ["balance_structure_currency", "schedule", "fees_interest_flag", "no_new_card_undertaking", "default_liability"]


def paid_at(dpd: int, charges: float, principal: float) -> Facts:
    """2,000 yuan on 1,500 of interest and fees and 8,000 of principal."""
    return cn("payment", dpd=dpd, currency="CNY", amount_minor=200_000, owed_charges_minor=150_000,
        owed_principal_minor=800_000,
              to_charges_minor=round(charges * 100), to_principal_minor=round(principal * 100))  # fmt: skip


def plan(months: int, yuan: float, name: str, fields: list[str], **facts: Any) -> Facts:
    return cn("plan", plan=name, currency="CNY", amount_minor=round(yuan * 100), term_months=months, fields=fields, **facts)


def classed(dpd: int, into: str, jurisdiction: str = "CN") -> Facts:
    return matter(jurisdiction, "classification", "2026-03-02", classed="receivable", dpd=dpd, classed_as=into)


def repaired(yuan: float, arose: str, repaid: str | None, on: str) -> Facts:
    events = {"arose": arose} | ({"repaid": repaid} if repaid else {})
    return cn("record", on, events, record="adverse_item", action="keep", currency="CNY", amount_minor=round(yuan * 100))


def referral(principal: float, *collected: str, on: str = "2026-03-02") -> Facts:
    events = {"effective_collection" + "+" * number: day for number, day in enumerate(collected)}
    return cn("act", on, events, act="criminal_referral", currency="CNY", principal_minor=round(principal * 100))


def singapore(times: float, *, months: int = 3, income: float = 5_000, **facts: Any) -> Facts:
    """An application for more credit by somebody who earns so much a month and owes so many times it unsecured."""
    return matter("SG", "act", "2026-03-02", act="extend_credit", currency="SGD", unsecured_minor=round(times * income * 100),
                  monthly_income_minor=round(income * 100), months_above=months, **facts)  # fmt: skip


def late(rupees: float, dpd: int) -> Facts:
    return matter("IN", "charge", "2026-03-02", charge="late_charge", currency="INR", amount_minor=round(rupees * 100), dpd=dpd)


def frozen(flag: str, jurisdiction: str = "GB-ENG", *more: str, **facts: Any) -> Facts:
    return matter(jurisdiction, "charge", "2026-03-02", currency="GBP", amount_minor=1_234, flags=[flag, *more], **facts)


MATTERS: dict[str, dict[str, tuple[Facts, dict[str, int]]]] = {
    "cn": {
        "办法第57条 逾期1-90天先息费后本金": (paid_at(90, 1500, 500), {}),
        "办法第57条 - 先还本金": (paid_at(90, 0, 2000), {"CN-CC2011-57": 150_000}),
        "办法第57条 逾期91天以上先本金": (paid_at(91, 0, 2000), {}),
        "办法第57条 - 先还息费": (paid_at(91, 1500, 500), {"CN-CC2011-57": 150_000}),
        "办法第57条 - 一分钱": (paid_at(91, 0.01, 1999.99), {"CN-CC2011-57": 1}),
        "办法第70条 最长五年": (plan(60, 80_000, "hardship", AGREEMENT), {}),
        "办法第70条 - 六十一个月": (plan(61, 80_000, "hardship", AGREEMENT), {"CN-CC2011-70a": 1}),
        "办法第70条 未载明不再申请信用卡的承诺": (
            plan(24, 80_000, "hardship", [one for one in AGREEMENT if one != "no_new_card_undertaking"]), {"CN-CC2011-70b": 1}),
        "办法第70条 口头协议未录音": (plan(24, 80_000, "hardship", AGREEMENT, flags=["oral"]), {"CN-CC2011-70d": 1}),
        "办法第70条 录音保存至结清": (cn("record", record="oral_plan_recording", action="delete"), {"CN-CC2011-70d-keep": 1}),
        "办法第92条 逾期1天": (classed(1, "normal"), {"CN-CC2011-92": 1}),
        "办法第92条 逾期90天": (classed(90, "special_mention"), {}),
        "办法第92条 逾期91天": (classed(91, "special_mention"), {"CN-CC2011-92": 1}),
        "办法第92条 逾期120天": (classed(120, "substandard"), {}),
        "办法第92条 逾期121天": (classed(121, "substandard"), {"CN-CC2011-92": 1}),
        "办法第92条 逾期180天": (classed(180, "doubtful"), {}),
        "办法第92条 逾期181天": (classed(181, "doubtful"), {"CN-CC2011-92": 1}),
        "办法第68条 录音至少保存二年，自律公约五年": (
            cn("record", "2026-03-01", {"contact": "2021-03-02"}, record="recording", action="delete"), {"CN-NIFA2018": 1}),
        "银发〔2016〕111号 日利率上限万分之五": (
            cn("charge", "2018-06-01", charge="interest", currency="CNY", amount_minor=100, daily_rate_ppm=501),
            {"CN-111-1": 1}),
        "银发〔2016〕111号 下限为其0.7倍": (
            cn("charge", "2018-06-01", charge="interest", currency="CNY", amount_minor=100, daily_rate_ppm=349),
            {"CN-111-1": 1}),
        "银发〔2020〕327号 2021年起放开": (
            cn("charge", "2021-01-01", charge="interest", currency="CNY", amount_minor=100, daily_rate_ppm=349), {}),
        "银发〔2016〕111号 超限费": (
            cn("charge", charge="overlimit_fee", currency="CNY", amount_minor=500), {"CN-111-3b": 500}),
        "银发〔2016〕111号 违约金按约定": (
            cn("charge", charge="late_charge", currency="CNY", amount_minor=5000, agreed_minor=4000), {"CN-111-3a": 1000}),
        "银发〔2016〕111号 违约金不计息": (
            cn("charge", charge="interest", currency="CNY", amount_minor=1530, base_minor=102_000, fee_base_minor=2_000,
               daily_rate_ppm=500, days=30), {"CN-111-3c": 30}),
        "银发〔2016〕111号 提前45天通知、60天报告": (
            cn("act", "2026-03-02", {"customer_notice": "2026-01-16", "central_bank_report": "2026-01-01"},
            act="change_terms"), {}),
        "银发〔2016〕111号 - 提前44天": (
            cn("act", "2026-03-02", {"customer_notice": "2026-01-17", "central_bank_report": "2026-01-01"}, act="change_terms"),
            {"CN-111-4": 1}),
        "银保监规〔2022〕13号 现金分期5万元、两年": (plan(24, 50_000, "cash_instalment", ["separate_contract"]), {}),
        "银保监规〔2022〕13号 - 5万元零1分": (
            plan(24, 50_000.01, "cash_instalment", ["separate_contract"]), {"CN-2022-inst-cash": 1}),
        "银保监规〔2022〕13号 - 二十五个月": (
            plan(25, 50_000, "cash_instalment", ["separate_contract"]), {"CN-2022-inst-cash-term": 1}),
        "银保监规〔2022〕13号 长期睡眠卡20%": (cn("act", act="issue_card", dormant_share_ppm=200_001), {"CN-2022-sleep": 1}),
        "征信业管理条例第15条 未事先告知": (cn("act", act="furnish_adverse"), {"CN-CRA-15": 1}),
        "征信业管理条例第16条 自终止之日起5年": (
            cn("record", "2026-03-02", {"adverse_event_ended": "2021-03-02"}, record="adverse_item", action="keep"), {}),
        "征信业管理条例第16条 - 超过一日": (
            cn("record", "2026-03-03", {"adverse_event_ended": "2021-03-02"}, record="adverse_item", action="keep"),
            {"CN-CRA-16": 1}),
        "征信业管理条例第25条 20日内书面答复": (
            cn("duty", "2026-03-22", {"objection_received": "2026-03-01", "objection_answered": "2026-03-22"},
               duty="answer_objection"), {"CN-CRA-25": 1}),
        "征信业管理条例第17条 每年两次免费": (
            cn("charge", charge="report_fee", currency="CNY", amount_minor=1_000, reports_this_year=2),
            {"CN-CRA-17-free": 1_000}),
        "一次性信用修复 2026年1月还清，2月底前": (repaired(9_900, "2024-08-20", "2026-01-15", "2026-02-28"), {}),
        "一次性信用修复 - 3月1日仍展示": (
        repaired(9_900, "2024-08-20", "2026-01-15", "2026-03-01"), {"CN-PBOC-repair-later": 1}),
        "一次性信用修复 - 超过10,000元": (repaired(10_000.01, "2024-08-20", "2026-01-15", "2026-03-01"), {}),
        "一次性信用修复 - 3月31日后还清": (repaired(3_000, "2024-08-20", "2026-04-01", "2026-06-01"), {}),
        "一次性信用修复 - 2026年产生": (repaired(3_000, "2026-01-01", "2026-02-01", "2026-06-01"), {}),
        "一次性信用修复 - 尚未还清": (repaired(3_000, "2024-08-20", None, "2026-06-01"), {}),
        "法释〔2018〕19号 两次有效催收后超过三个月": (referral(50_000, "2025-11-01", "2025-12-01"), {}),
        "法释〔2018〕19号 - 恰满三个月": (referral(50_000, "2025-11-01", "2025-12-01", on="2026-03-01"), {"CN-SPC-fraud": 1}),
        "法释〔2018〕19号 - 间隔29日": (referral(50_000, "2025-11-02", "2025-12-01"), {"CN-SPC-fraud": 1}),
        "法释〔2018〕19号 - 本金不足五万元": (
            referral(49_999.99, "2025-11-01", "2025-12-01"), {"CN-SPC-fraud-amount": 1}),
        "个人信息保护法第28条 未满十四周岁": (cn("act", act="process_data", age=13), {"CN-PIPL-28-minor": 1}),
        "个人信息保护法第28条 - 年满十四周岁": (cn("act", act="process_data", age=14), {}),
        "个人信息保护法第56条 报告保存三年": (
            cn("record", "2026-03-01", {"assessment_made": "2023-03-02"}, record="impact_assessment", action="delete"),
            {"CN-PIPL-55": 1}),
    },
    "uk": {
        "SI 2020/1311 interest in breathing space": (frozen("breathing_space", charge="interest"), {"UK-BS-freeze": 1_234}),
        "SI 2020/1311 a late charge": (frozen("breathing_space", charge="late_charge"), {"UK-BS-freeze": 1_234}),
        "SI 2020/1311 interest in a mental-health crisis": (
            frozen("mental_health_crisis", charge="interest"), {"UK-MHBS-freeze": 1_234}),
        "SI 2020/1311 - in Scotland": (frozen("mental_health_crisis", "GB-SCT", charge="interest"), {}),
        "SI 2020/1311 - a secured principal": (frozen("breathing_space", "GB-ENG", "secured", charge="interest"), {}),
        "SI 2020/1311 thirty days from the end of the treatment": (
            gb("act", "2026-03-02", {"crisis_treatment_ended": "2026-01-31"}, act="resume_collection",
               flags=["mental_health_crisis"]), {}),
        "SI 2020/1311 - on the 29th": (
            gb("act", "2026-03-01", {"crisis_treatment_ended": "2026-01-31"}, act="resume_collection",
               flags=["mental_health_crisis"]), {"UK-MHBS-tail": 1}),
        "CONC 6.7.27R after eighteen months": (
            gb("duty", "2026-03-02", {"persistent_debt_began": "2024-09-01"}, duty="send_persistent_debt_letter",
            currency="GBP",
               amount_minor=20_000), {"UK-PD-18": 1}),
        "CONC 6.7.27R - a balance below £200": (
            gb("duty", "2026-03-02", {"persistent_debt_began": "2024-09-01"}, duty="send_persistent_debt_letter",
            currency="GBP",
               amount_minor=19_999), {}),
        "CONC 6.7.29R nine months after the first letter": (
            gb("duty", "2026-03-02", {"persistent_debt_began": "2023-12-01"}, duty="send_persistent_debt_reminder"),
            {"UK-PD-27": 1}),
    },
    "sg": {
        "MAS Notice 635 twelve times the monthly income": (singapore(12), {}),
        "MAS Notice 635 - a dollar more": (singapore(12.0002), {"SG-MAS-12x": 100}),
        "MAS Notice 635 - for two months only": (singapore(13, months=2), {}),
        "MAS Notice 635 - earning S$120,000": (singapore(13, income=10_000, annual_income_minor=12_000_000), {}),
        "MAS Notice 635 - net assets above S$2 million": (singapore(13, net_assets_minor=200_000_001), {}),
    },
}  # fmt: skip


@pytest.mark.parametrize(("pack", "facts", "expected"), _cases(MATTERS))
def test_matters(pack: str, facts: Facts, expected: dict[str, int]) -> None:
    refused = {one.rule: one.over for one in judge(parse_matter(json.dumps(facts)), [PACKS[pack]]).refusals}
    assert refused == expected


@pytest.mark.parametrize(
    ("yuan", "repaid", "on", "gone"),
    [
        (3_000, "2025-11-30", "2026-01-01", True),
        (9_900, "2024-12-31", "2026-01-01", True),
        (10_000, "2025-11-30", "2026-01-01", True),
        (10_000.01, "2025-11-30", "2026-01-01", False),
        (3_000, "2025-12-01", "2026-01-01", False),
        (3_000, "2025-12-01", "2026-02-01", True),
    ],
)
def test_the_central_banks_repair_of_small_items_repaid_in_time(yuan: float, repaid: str, on: str, gone: bool) -> None:
    verdict = judge(parse_matter(json.dumps(repaired(yuan, "2024-07-20", repaid, on))), [PACKS["cn"]])
    assert verdict.must_be_deleted is gone


OFF: dict[str, tuple[str, Facts, int]] = {
    "IN-RBI-CC third day past due": ("in", late(500, 3), 50_000),
    "IN-RBI-CC fourth day": ("in", late(500, 4), 0),
    "IN-RBI-CC-furnish third day": ("in", matter("IN", "act", "2026-03-02", act="furnish_adverse", dpd=3), 1),
    "IN-RBI-CC-furnish fourth day": ("in", matter("IN", "act", "2026-03-02", act="furnish_adverse", dpd=4), 0),
    "IN-RBI-CC-npa ninety days": ("in", classed(90, "special_mention", "IN"), 1),
    "IN-RBI-CC-npa eighty-nine": ("in", classed(89, "special_mention", "IN"), 0),
    "UK-CCA-87 fourteen days' default notice": (
        "uk", gb("act", "2026-03-16", {"default_notice": "2026-03-02"}, act="accelerate"), 0),
    "UK-CCA-87 thirteen": ("uk", gb("act", "2026-03-15", {"default_notice": "2026-03-02"}, act="accelerate"), 1),
    "UK-BS-days sixty days": (
        "uk", gb("act", "2026-03-02", {"breathing_space_began": "2026-01-01"}, act="resume_collection"), 0),
    "UK-BS-once again within a year": (
        "uk", gb("act", "2026-03-02", {"breathing_space_began": "2025-03-03"}, act="begin_breathing_space"), 1),
    "EU-2021-2167-10 collected before the notice": ("eu", matter("DE", "act", "2026-03-02", act="first_collection"), 1),
    "EU-2021-2167-10 told before": (
        "eu", matter("DE", "act", "2026-03-02", {"transfer_notice": "2026-03-01"}, act="first_collection"), 0),
    "SG-MAS-60 sixty-one days past due": ("sg", matter("SG", "act", "2026-03-02", act="issue_card", dpd=61), 1),
    "SG-MAS-60 sixty": ("sg", matter("SG", "act", "2026-03-02", act="issue_card", dpd=60), 0),
    "CN-CLASS-2023 270 days": ("cn", classed(270, "substandard"), 0),
    "CN-CLASS-2023 271 days": ("cn", classed(271, "substandard"), 1),
}  # fmt: skip


@pytest.mark.parametrize(("pack", "facts", "over"), OFF.values(), ids=OFF)
def test_rules_that_are_off_as_if_on(pack: str, facts: Facts, over: int, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.id.split()[0]
    rule = next(one for one in PACKS[pack].rules if one.id == name)
    assert not rule.enabled
    found = judge(parse_matter(json.dumps(facts)), [switched_on(PACKS[pack], rule)]).refusals
    assert [one.over for one in found] == ([over] if over else [])


# What may not be said: FDCPA 806 to 808, the eight prohibitions of 催收工作指引, RBI/2022-23/108

SAID = {
    "806(1) violence": ("en", "We will break your legs.", "threat"),
    "806(2) abuse": ("en", "You are a deadbeat and a thief.", "insult"),
    "806(3) a list of consumers who refuse to pay": ("en", "Pay now, or we publish a list of debtors.", "shaming"),
    "807(1) affiliated with a state": ("en", "This is Officer Smith of the county sheriff's office.", "false_authority"),
    "807(3) an attorney": ("en", "This is attorney John Smith; legal papers are being prepared.", "false_authority"),
    "807(4) arrest": ("en", "You will be arrested if you do not pay.", "threat"),
    "807(4) garnishment": ("en", "We will garnish your wages without going to court.", "threat"),
    "807(7) a crime": ("en", "You have committed a crime by not paying.", "threat"),
    "22(f)(4) a page that others see": ("en", "We will post your name on Facebook.", "shaming"),
    "RBI: friends": ("en", "Borrow from a friend to pay us today.", "forced_borrowing"),
    "指引 暴力": ("zh", "再不还款就上门砸你家门！", "threat"),
    "指引 恐吓": ("zh", "小心你家人的安全。", "threat"),
    "指引 辱骂": ("zh", "老赖，你还要不要脸！", "insult"),
    "指引 冒充公安": ("zh", "我们是公安局的，请配合调查。", "false_authority"),
    "指引 虚假黑名单": ("zh", "你已被列入失信黑名单，禁止乘坐高铁。", "false_statement"),
    "指引 额外收费": ("zh", "本次收取催收费200元。", "extra_fee"),
    "指引 诱导举债": ("zh", "请向亲友借款还清欠款。", "forced_borrowing"),
    "指引 公共场所张贴": ("zh", "将你的欠款信息张贴到小区。", "shaming"),
    "指引 群扰": ("zh", "把你的通讯录都打一遍。", "shaming"),
    "指引 私人账户": ("zh", "请将款项转入本人支付宝账户。", "private_channel"),
}


@pytest.mark.parametrize(("language", "text", "feature"), SAID.values(), ids=SAID)
def test_what_may_not_be_said_is_read(language: Language, text: str, feature: str) -> None:
    assert feature in read_text(text, language, "sms").feature_names


def test_the_bureaus_model_form_does_nothing_that_is_forbidden() -> None:
    form = (
        "North South Group is a debt collector. We are trying to collect a debt that you owe to Bank of Rockville. We "
        "will use any information you give us to help collect the debt. Call or write to us by August 28, 2020, to "
        "dispute all or part of the debt. If you do not, we will assume that our information is correct. If you write to "
        "us by August 28, 2020, we must stop collection on any amount you dispute until we send you information that "
        "shows you owe the debt. You may use the form below or write to us without the form. You may also include "
        "supporting documents."
    )
    assert read_text(form, "en", "letter").feature_names == {"discloses_debt"}
