"""A case as the screen sees it: one candidate row and its history, so that both implementations can be asked the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pyarrow as pa

from arrears.law.case import Case, ConsentGiven
from arrears.law.clock import zone_of
from arrears.law.columns import CANDIDATE_SCHEMA, HISTORY_SCHEMA
from arrears.law.facts import Facts
from arrears.law.moment import Moment
from arrears.law.words import LIMITED_MESSAGE, NOTICE_PREFIX

_ARROW = {
    "string": pa.string(), "int64": pa.int64(), "boolean": pa.bool_(), "date": pa.date32(), "timestamp(6)": pa.timestamp("us"),
}  # fmt: skip


def utc_offsets(zones: Iterable[str], day: date) -> dict[str, int]:
    """Minutes east of UTC at noon of `day` in each zone: the offset of the hours in which contacts are made."""
    noon = datetime.combine(day, time(12))
    found = {}
    for zone in sorted(set(zones)):
        offset = noon.replace(tzinfo=zone_of(zone)).utcoffset()
        found[zone] = int((offset or timedelta()).total_seconds()) // 60
    return found


def plannable(case: Case) -> bool:
    """Whether the screen can be asked.

    It plans outbound contacts at whole minutes, in one jurisdiction, on one calendar date, with one inconvenient time a day,
    and of a contact point that is another person's it knows only that.
    """
    facts = Facts(case)
    moment = Moment(facts, case.at.astimezone(UTC))
    point = facts.point
    found_out = None if point is None else point.belongs_to
    known = found_out is None or (found_out == "other" and point is not None and point.status in ("active", "wrong_party"))
    quiet_at_once = len(_quiet_minutes(case, moment)) <= 1 and (not case.inconvenient_times or len(facts.zones) <= 2)
    return (
        known
        and quiet_at_once
        and case.direction == "outbound"
        and len(case.jurisdictions) == 1
        and moment.local[0].second % 60 == 0
        and all(place.date == moment.today for place in moment.local)
        and all(len(set(made.days)) == 1 for made in facts.made)
    )


def candidate_row(case: Case, customer_id: str) -> dict[str, Any]:
    """The candidate's row, with the facts the day joins; the customer's id stands for `step` as well."""
    facts = Facts(case)
    moment = Moment(facts, case.at.astimezone(UTC))
    offsets = [_minutes(case.at.astimezone(clock)) for clock in facts.clocks]
    point = facts.point
    quiet = next(iter(_quiet_minutes(case, moment)), (0, 0))
    return {
        "customer_id": customer_id,
        "account_id": facts.debt or "",
        "step": customer_id,
        "alternative": 0,
        "channel": case.channel,
        "party": case.party,
        "purpose": case.purpose,
        "contact_id": case.contact_point or "",
        "minute": moment.local[0].second // 60,
        "visitors": case.visitors,
        "jurisdiction": case.jurisdictions[0],
        "acts": case.acts,
        "dpd": facts.dpd,
        "flags": _listed([*moment.flags, *(f"{flag}:evidenced" for flag in moment.shown)]),
        "consents": _listed(_consent(word) for word in moment.words.values() if word.given),
        "refusals": _listed(f"{channel}:{purpose}" for (channel, purpose), word in moment.words.items() if not word.given),
        "zones": ",".join(sorted(facts.zones)),
        "offset": offsets[0],
        "offset_lo": min(offsets),
        "offset_hi": max(offsets),
        "source": point.source if point else "",
        "contact_status": "" if point is None else "wrong_party" if point.belongs_to == "other" else point.status,
        "actor": case.actor,
        "requested": int(case.requested),
        "workplace": 0 if point is None or not point.workplace else 2 if point.employer_prohibits else 1,
        "mobile_invalid": int(facts.mobile_invalid),
        "inconvenient": int(point is not None and point.inconvenient),
        "quiet_from": quiet[0],
        "quiet_to": quiet[1],
        "content_known": int(case.content is not None),
        "content_fields": _listed(_fields(facts)),
        "content_features": _listed(facts.said.features if facts.said else ()),
        "sms_parts": facts.said.sms_parts if facts.said else 0,
        "time_barred": int(facts.time_barred),
    }


def _fields(facts: Facts) -> list[str]:
    """What the content carries, and what is declared of it as a whole."""
    limited = [LIMITED_MESSAGE] if facts.limited else []
    notice = [] if facts.notice is None else [NOTICE_PREFIX + facts.notice]
    return [*(facts.said.fields if facts.said else ()), *limited, *notice]


def _quiet_minutes(case: Case, moment: Moment) -> list[tuple[int, int]]:
    """The inconvenient times of today's date, in minutes of the day."""
    covering = (one for one in case.inconvenient_times if one.covers(case.channel, moment.today))
    return sorted({(one.seconds[0] // 60, one.seconds[1] // 60) for one in covering})


def candidates_table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, _ARROW[kind]) for name, kind in CANDIDATE_SCHEMA.items()]))


def history_rows(case: Case, customer_id: str) -> list[dict[str, Any]]:
    """The history as rows of `columns.HISTORY_SCHEMA`; ids of debts and contact points are the customer's own."""
    facts = Facts(case)
    rows = []
    for number, (event, made) in enumerate(zip(case.history, facts.made, strict=True)):
        row = {
            "customer_id": customer_id,
            "account_id": event.debt,
            "contact_id": event.contact_point,
            "at": event.at.astimezone(UTC).replace(tzinfo=None),
            "local_date": date.fromordinal(made.days[0]),
            "channel": event.channel,
            "direction": event.direction,
            "party": event.party,
            "outcome": event.outcome,
            "actor": event.actor or None,
            "requested": event.requested,
            "misdirected": event.contact_point in facts.misdirected,
            "agreed_date": None if made.agreed_day is None else date.fromordinal(made.agreed_day),
        }
        rows += [{"event_id": f"{customer_id}-{number}-{copy}", **row} for copy in range(event.times)]
    return rows


def history_table(rows: list[dict[str, Any]]) -> pa.Table:
    columns = [("event_id", pa.string()), *((name, _ARROW[kind]) for name, kind in HISTORY_SCHEMA.items())]
    return pa.Table.from_pylist(rows, schema=pa.schema(columns))


def own_ids(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows whose debts and contact points bear the customer's id, so that cases do not share them."""
    return [
        {**row, **{name: f"{row['customer_id']}.{row[name]}" for name in ("account_id", "contact_id") if row[name]}}
        for row in rows
    ]


def _consent(word: ConsentGiven) -> str:
    """`call:night_contact@2026-03-01`; one that was passed on stands behind a dash."""
    return f"{'' if word.direct else '-'}{word.channel}:{word.purpose}@{word.at_date.isoformat()}"


def _listed(words: Iterable[str]) -> str:
    found = ",".join(sorted(words))
    return f",{found}," if found else ""


def _minutes(local: datetime) -> int:
    return int((local.utcoffset() or timedelta()).total_seconds()) // 60
