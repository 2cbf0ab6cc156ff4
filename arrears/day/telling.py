"""An explanation as lines for a terminal, in English or Chinese; its words are in `arrears.day.words`."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from arrears.allocate.overlay import EFFORT_ELSEWHERE
from arrears.card.delinquency import class_stricter
from arrears.day.words import CHANNEL_WORDS, CLASS_WORDS, PARTY_WORDS, WATCHED, WORDS
from arrears.money import format_minor
from arrears.risk.explain import reasons_of
from arrears.supervise.words import CHARGE_WORDS, CORRECT_WORDS

if TYPE_CHECKING:
    from arrears.day.explain import Explanation, Way


def told(found: Explanation) -> list[str]:
    """The explanation in paragraphs, an empty line between them."""
    parts = (_head, _statements, _delinquency, _charges, _score, _segment, _contacts, _outcome, _inputs)
    lines: list[str] = []
    for part in parts:
        if said := list(part(found)):
            lines += [*([""] if lines else []), *said]
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


def _charges(found: Explanation) -> Iterator[str]:
    """Charges that are blocked; nothing where there are none."""
    if not found.charges_blocked:
        return
    yield _say(found, "charges")
    for one in found.charges_blocked:
        amount, correct = (format_minor(one[name], one["currency"]) for name in ("over_minor", "correct_minor"))
        entry = CORRECT_WORDS[one["correct_kind"]][found.language == "zh"].format(amount=correct, id=one["reverses_id"])
        yield "  " + _say(
            found, "charge_over", charge=_word(found, CHARGE_WORDS, one["charge"]), date=one["posted_date"], amount=amount,
            rules=one["rules"].replace(",", ", "), entry=entry, since=one["found_date"],
        )  # fmt: skip
    yield "  " + _say(found, "charges_less")


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
        return _chosen(found, way)
    if way.decision == "not_needed":
        return _say(found, "not_needed", alternative=because["earlier_alternative"])
    if way.decision == "outranked" and "more_urgent_in_channel" in because:
        return _say(found, "outranked_channel", step=because["more_urgent_in_channel"])
    if way.decision == "outranked":
        limits = {"day": because["per_day_max"], "week": because["per_7_days_max"]}
        return _say(found, "outranked_day", **limits, today=because["today_n"], recent=because["recent_n"])
    if way.decision == EFFORT_ELSEWHERE:
        currency = found.customer["bank_currency"]
        amounts = {name: format_minor(because[f"{name}_minor"], currency) for name in ("worth", "effort")}
        dear = because["worth_minor"] <= because["effort_minor"]
        return _say(found, "effort_elsewhere" if dear else "effort_otherwise", **amounts)
    return _say(found, way.decision)


def _chosen(found: Explanation, way: Way) -> str:
    if way.because.get("required"):
        return _say(found, "chosen_required")
    instead = ", ".join(str(number) for number in way.because["instead_of"])
    return _say(found, "chosen_instead", instead=instead) if instead else _say(found, "chosen")


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
