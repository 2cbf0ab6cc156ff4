"""An explanation as lines for a terminal, in English or Chinese; every word of it stands here, side by side."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from arrears.card.delinquency import class_stricter
from arrears.money import format_minor
from arrears.risk.explain import reasons_of

if TYPE_CHECKING:
    from arrears.day.explain import Explanation, Way

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


def told(found: Explanation) -> list[str]:
    """The explanation in paragraphs, an empty line between them."""
    parts = (_head, _statements, _delinquency, _score, _segment, _contacts, _outcome, _inputs)
    lines: list[str] = []
    for part in parts:
        lines += [*([""] if lines else []), *part(found)]
    return lines


def _say(found: Explanation, key: str, **values: object) -> str:
    return WORDS[key][found.language == "zh"].format(**values)


def _word(found: Explanation, words: dict[str, tuple[str, str]], key: str) -> str:
    return words[key][found.language == "zh"]


def _money(found: Explanation, name: str) -> str:
    return format_minor(found.account[name], found.currency)


def _head(found: Explanation) -> Iterator[str]:
    yield _say(found, "title", account=found.account_id, customer=found.customer_id, day=found.day)
    yield "  " + _say(
        found, "owed", balance=_money(found, "balance_minor"), unpaid=_money(found, "minimum_unpaid_minor"),
        past_due=_money(found, "past_due_minor"), status=found.account["status"], product=found.account["product_id"],
    )  # fmt: skip


def _statements(found: Explanation) -> Iterator[str]:
    if not found.cycles:
        yield _say(found, "no_cycles")
        return
    yield _say(found, "cycles", currency=found.currency)
    amount = len(found.currency) + 1
    rows = [["", *(_say(found, name) for name in ("closing", "due", "due_new", "on_time", "late", "unpaid"))]]
    for cycle in found.cycles:
        amounts = (cycle.due_new_minor, cycle.paid_on_time_minor, cycle.paid_late_minor, cycle.unpaid_minor)
        cells = [format_minor(minor, found.currency)[amount:] for minor in amounts]
        rows.append(["*" if cycle.is_oldest_unpaid else "", str(cycle.closing_date), str(cycle.due_date), *cells])
    yield from _table(rows, left=3)


def _delinquency(found: Explanation) -> Iterator[str]:
    account = found.account
    yield _say(found, "dpd")
    yield "  " + _how_late(found)
    stricter = class_stricter(account["dpd"])
    card, general, counts = (
        _word(found, CLASS_WORDS, code) for code in (account["class_card"], account["class_general"], stricter)
    )
    yield "  " + _say(found, "class", card=card, general=general, stricter=counts)
    yield "  " + _say(found, "since", date=account["bucket_entry_date"])
    yield "  " + _against_yesterday(found)
    if account["cured_today"]:
        yield "  " + _say(found, "cured")
    if found.customer["account_id"] != found.account_id:
        yield "  " + _say(found, "worst", worst=found.customer["account_id"], dpd=found.customer["dpd"])
    flags = found.customer["flags"].strip(",").replace(",", ", ")
    yield "  " + _say(found, "flags", flags=flags or _say(found, "none"))


def _how_late(found: Explanation) -> str:
    account = found.account
    due = account["oldest_due_date"]
    if due is None:
        return _say(found, "dpd_none", tolerance=format_minor(account["tolerance_minor"], found.currency))
    if account["dpd"] == 0:
        return _say(found, "dpd_to_come", due=due, grace=account["grace_days"])
    return _say(
        found, "dpd_late", due=due, dpd=account["dpd"], day=found.day, bucket=account["bucket"],
        cycles=account["cycles_past_due"],
    )  # fmt: skip


def _against_yesterday(found: Explanation) -> str:
    if found.before is None:
        return _say(found, "new")
    changes = []
    for column, *names in WATCHED:
        old, new = found.before[column], found.account[column]
        if old != new:
            shown = [format_minor(value, found.currency) if column.endswith("_minor") else str(value) for value in (old, new)]
            if column == "class_card":
                shown = [_word(found, CLASS_WORDS, value) for value in (old, new)]
            changes.append(f"{names[found.language == 'zh']} {shown[0]} -> {shown[1]}")
    return _say(found, "changed", changes="; ".join(changes)) if changes else _say(found, "same")


def _score(found: Explanation) -> Iterator[str]:
    yield _say(found, "score", score=found.score, band=found.band)
    lost = reasons_of(list(found.score_lines))
    for line in lost:
        reason = line.reason.zh if found.language == "zh" else line.reason.en
        yield "  " + _say(found, "lost", lost=line.lost, reason=reason, attribute=line.attribute, seen=_seen(line.seen))
    if not lost:
        yield "  " + _say(found, "lost_nothing")


def _segment(found: Explanation) -> Iterator[str]:
    yield _say(found, "segment", id=found.segment, title=found.segment_title)
    for condition in found.asked[-1].conditions:
        values = ", ".join(f"{name} = {_seen(value)}" for name, value in condition.values.items())
        yield f"  {_say(found, 'because')} {condition.condition}" + (f"  [{values}]" if values else "")
    earlier = len(found.asked) - 1
    yield "  " + (_say(found, "asked", n=earlier) if earlier else _say(found, "asked_none"))
    if found.arm:
        yield "  " + _say(found, "arm", arm=found.arm)
    if found.segment_note:
        yield "  " + _say(found, "note", note=found.segment_note)


def _contacts(found: Explanation) -> Iterator[str]:
    if not found.ways:
        yield _say(found, "no_contacts")
        return
    yield _say(found, "contacts")
    for way in found.ways:
        channel, party = _word(found, CHANNEL_WORDS, way.channel), _word(found, PARTY_WORDS, way.party)
        name = f"{way.step}.{way.alternative} [{way.clause}]"
        yield f"  {name}  {channel}, {party}, {way.local_time}, {way.content}: {_decision(found, way)}"
        for refusal in way.refusals:
            earliest = _say(found, "earliest", time=refusal.earliest) if refusal.earliest else ""
            cited = f" ({refusal.citation})" if refusal.citation else ""
            yield f"    {refusal.rule}  {refusal.title}{cited}{earliest}"


def _decision(found: Explanation, way: Way) -> str:
    because = way.because
    if way.decision == "chosen":
        instead = ", ".join(str(number) for number in because["instead_of"])
        return _say(found, "chosen_instead", instead=instead) if instead else _say(found, "chosen")
    if way.decision == "not_needed":
        return _say(found, "not_needed", alternative=because["earlier_alternative"])
    if way.decision == "outranked" and "more_urgent_in_channel" in because:
        return _say(found, "outranked_channel", step=because["more_urgent_in_channel"])
    if way.decision == "outranked":
        limits = {"day": because["per_day_max"], "week": because["per_7_days_max"]}
        return _say(found, "outranked_day", **limits, today=because["today_n"], recent=because["recent_n"])
    return _say(found, way.decision)


def _outcome(found: Explanation) -> Iterator[str]:
    yield _say(found, "outcome")
    for way in found.chosen:
        channel, party = _word(found, CHANNEL_WORDS, way.channel), _word(found, PARTY_WORDS, way.party)
        yield "  " + _say(
            found, "contact", channel=channel, time=way.local_time, party=party, point=way.contact_id, content=way.content,
            step=way.step, clause=way.clause,
        )  # fmt: skip
    if not found.chosen:
        yield "  " + _say(found, "nothing")


def _inputs(found: Explanation) -> Iterator[str]:
    yield _say(found, "inputs")
    yield "  " + "  ".join(f"{name} {value if name == 'arrears' else value[:12]}" for name, value in found.inputs.items())
    if found.changed:
        yield "  " + _say(found, "changed_since", names=", ".join(found.changed))


def _seen(value: object) -> str:
    return "-" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _table(rows: Sequence[Sequence[str]], left: int) -> Iterator[str]:
    """Cells in columns, the first `left` of them to the left and the others to the right; Chinese signs are two wide."""
    widths = [max(_width(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        cells = []
        for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
            blank = " " * (width - _width(cell))
            cells.append(cell + blank if place < left else blank + cell)
        yield ("  " + "  ".join(cells)).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
