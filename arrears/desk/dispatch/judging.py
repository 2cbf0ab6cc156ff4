"""One due contact before the gate: the case as the law reads it, and what is to become of the contact."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from arrears.desk.dispatch.claiming import Claimed, Known
from arrears.desk.ledger.history import Contact
from arrears.law import Gate, Verdict, parse_case

Fate = Literal["allowed", "deferred", "refused", "withdrawn", "expired"]
Gates = Callable[[date], Gate]
"""The gate of a business day's law packs."""
ASKING_FOR_MONEY = ("reminder", "collection", "relay")
COLLECTING = ("collection", "relay")
HOLDING = ("dispute", "complaint", "plan_performing")
"""States for which nobody collects, whatever a jurisdiction's pack says; hardship too, while a request for help is open."""


@dataclass(frozen=True)
class Judged:
    """What is to become of one contact, and why."""

    intent: Any
    fate: Fate
    zone: str
    """The customer's own."""
    why: dict[str, Any]
    """For the ledger."""
    until: datetime | None = None
    """When a deferred one is due again."""


def judge(claimed: Claimed, gates: Gates) -> list[Judged]:
    """Every contact in its order; one that is allowed counts for those after it."""
    return [_judge(one, claimed, gates) for one in claimed.intents]


def _judge(intent: Any, claimed: Claimed, gates: Gates) -> Judged:
    standing = claimed.standings[intent.business_date, intent.customer_id]
    known, now = claimed.known[intent.customer_id], claimed.now
    zone = standing.zones.split(",")[0]
    if now >= intent.not_after:
        return Judged(intent, "expired", zone, {"expired_at": intent.not_after.isoformat()})
    if _paid_up(intent, standing, known):
        return Judged(intent, "withdrawn", zone, {"reason": "paid"})
    verdict = verdict_of(intent, claimed, gates)
    put_off = verdict.allowed_from is not None and now < verdict.allowed_from < intent.not_after
    if not verdict.allowed and not put_off:
        return Judged(intent, "refused", zone, _why(verdict))
    held = _held(intent, standing, known, now.astimezone(ZoneInfo(zone)).date())
    if held:
        return Judged(intent, "withdrawn", zone, {"reason": held})
    if not verdict.allowed:
        return Judged(intent, "deferred", zone, _why(verdict), verdict.allowed_from)
    known.contacts.append(_made(intent, now))
    return Judged(intent, "allowed", zone, {"verdict": "allowed", "business_date": intent.business_date.isoformat()})


def verdict_of(intent: Any, claimed: Claimed, gates: Gates) -> Verdict:
    """The law's own word."""
    standing, known = claimed.standings[intent.business_date, intent.customer_id], claimed.known[intent.customer_id]
    return gates(intent.business_date).judge(parse_case(case_text(intent, standing, known, claimed.now)))


def _why(verdict: Verdict) -> dict[str, Any]:
    from_ = None if verdict.allowed_from is None else verdict.allowed_from.isoformat()
    return {"verdict": "refused", "rules": [one.rule for one in verdict.refusals], "allowed_from": from_}


def withdrawn(claimed: Claimed) -> list[Judged]:
    """Those whose money has come in."""
    found = []
    for one in claimed.intents:
        standing = claimed.standings[one.business_date, one.customer_id]
        if _paid_up(one, standing, claimed.known[one.customer_id]):
            found.append(Judged(one, "withdrawn", standing.zones.split(",")[0], {"reason": "paid"}))
    return found


def _paid_up(intent: Any, standing: Any, known: Known) -> bool:
    """What was asked for has come in since the book was made: what is past due, or where nothing is, the minimum payments.

    Of the payments those count that are valued on the book's date or later, by the bank's calendar, or were told to the desk
    after the plan was published. One that the book has already may count again: then a day's contact is not made, and nobody is
    asked for what they paid.
    """
    wanted = standing.past_due_minor if standing.past_due_minor > 0 else standing.minimum_unpaid_minor
    since = datetime.combine(intent.business_date, datetime.min.time(), ZoneInfo(standing.timezone))
    paid = sum(
        amount
        for currency, at, received_at, amount in known.payments
        if currency == standing.currency and (at >= since or received_at >= standing.published_at)
    )
    return intent.purpose in ASKING_FOR_MONEY and 0 < wanted <= paid


def _held(intent: Any, standing: Any, known: Known, today: date) -> str:
    """What the desk itself holds asking for money back for, whatever the law packs say; empty where nothing is."""
    if intent.purpose in ASKING_FOR_MONEY and known.promised_on is not None and today <= known.promised_on:
        return "promise"
    if intent.purpose not in COLLECTING:
        return ""
    here = {one["flag"] for one in known.states if one.get("until_date", "9999") >= today.isoformat()}
    stands = here | set(_listed(standing.flags))
    asked = known.matters & {"hardship"}
    return next((flag for flag in HOLDING if flag in stands), next(iter(asked), ""))


def _made(intent: Any, now: datetime) -> Contact:
    """How an allowed contact counts for those after it in the same round."""
    return Contact(
        0, intent.customer_id, now, "", intent.channel, intent.party, "outbound", intent.account_id, intent.contact_id, "", ""
    )


def case_text(intent: Any, standing: Any, known: Known, now: datetime) -> bytes:
    """The case of docs/law.md, as JSON."""
    day = intent.business_date
    case: dict[str, Any] = {
        "at": now.isoformat(), "jurisdictions": [standing.jurisdiction], "acts": "issuer", "channel": intent.channel,
        "party": intent.party, "purpose": intent.purpose, "visitors": intent.visitors,
        "places": [{"zone": zone} for zone in standing.zones.split(",")],
        "flags": [*_flags(standing.flags), *known.states],
        "consents": [*_words(standing.consents, True, day), *_words(standing.refusals, False, day)],
        "content": {"id": intent.content, "language": intent.language if intent.language in ("en", "zh") else "en",
                    "fields": _listed(intent.content_fields), "features": _listed(intent.content_features)},
    }  # fmt: skip
    if f'"id":"{intent.account_id}"' in standing.debts:
        case["debt"] = intent.account_id
    points = standing.points
    if intent.contact_id:
        case["contact_point"] = intent.contact_id
        if f'"id":"{intent.contact_id}"' not in points:
            points = json.dumps([{"id": intent.contact_id, "source": "unknown"}])
    history = _history(standing.history, known.contacts, now)
    text = json.dumps(case, ensure_ascii=False)
    return f'{text[:-1]}, "debts": {standing.debts}, "contact_points": {points}, "history": {history}}}'.encode()


def _history(told: str, contacts: Sequence[Contact], now: datetime) -> str:
    """The contacts that the bank's feeds told of, and those of the ledger. None lies after the contact in question: one that a
    clock ahead of ours dated so is taken as made now."""
    moment = now.astimezone(UTC)
    if _latest(told) > moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"):
        events = [one | {"at": min(datetime.fromisoformat(one["at"]), moment).isoformat()} for one in json.loads(told)]
        told = json.dumps(events)
    mine = json.dumps([event for one in contacts for event in one.as_events()])
    return told if mine == "[]" else mine if told == "[]" else f"{told[:-1]},{mine[1:]}"


def _latest(told: str) -> str:
    """The time of the last contact of a list in order of time; empty where there is none."""
    begins = told.rfind('"at":"')
    return "" if begins < 0 else told[begins + len('"at":"') :].split('"', 1)[0]


def _listed(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


def _flags(text: str) -> list[dict[str, Any]]:
    found = _listed(text)
    evidenced = {flag.removesuffix(":evidenced") for flag in found if flag.endswith(":evidenced")}
    return [
        {"flag": flag, "evidence": "recorded" if flag in evidenced else ""} for flag in found if not flag.endswith(":evidenced")
    ]


def _words(text: str, given: bool, day: date) -> list[dict[str, Any]]:
    """`,sms:collection@2026-02-01,` as the case has it; a refusal bears no date and stands as of the book's."""
    found = []
    for part in _listed(text):
        what, _, on = part.partition("@")
        channel, _, purpose = what.partition(":")
        found.append({"channel": channel, "purpose": purpose, "given": given, "at_date": on or day.isoformat()})
    return found
