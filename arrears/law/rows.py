"""A case as the screen sees it: one candidate row and its history, so that both implementations can be asked the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pyarrow as pa

from arrears.feed.contracts import CONTACTS
from arrears.law.case import Case, zone_of
from arrears.law.columns import CANDIDATE_SCHEMA
from arrears.law.moment import Facts, Moment

_ARROW = {"string": pa.string(), "int64": pa.int64()}


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

    It plans outbound contacts at whole minutes, in one jurisdiction, on one calendar date, and of a contact point that is
    another person's it knows only that.
    """
    facts = Facts(case)
    moment = Moment(facts, case.at.astimezone(UTC))
    point = facts.point
    found_out = None if point is None else point.belongs_to
    known = found_out is None or (found_out == "other" and point is not None and point.status in ("active", "wrong_party"))
    return (
        known
        and case.direction == "outbound"
        and len(case.jurisdictions) == 1
        and moment.local[0].second % 60 == 0
        and all(place.date == moment.today for place in moment.local)
        and all(len(set(event.dates)) == 1 for event in facts.events)
    )


def candidate_row(case: Case, customer_id: str) -> dict[str, Any]:
    """The candidate's row, with the facts the day joins; the customer's id stands for `step` as well."""
    facts = Facts(case)
    moment = Moment(facts, case.at.astimezone(UTC))
    offsets = [_minutes(case.at.astimezone(clock)) for clock in facts.clocks]
    point = facts.point
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
        "flags": _listed(moment.flags),
        "consents": _listed(f"{channel}:{purpose}" for channel, purpose in moment.consents),
        "refusals": _listed(f"{channel}:{purpose}" for channel, purpose in moment.refusals),
        "zones": ",".join(sorted(facts.zones)),
        "offset": offsets[0],
        "offset_lo": min(offsets),
        "offset_hi": max(offsets),
        "source": point.source if point else "",
        "contact_status": "" if point is None else "wrong_party" if point.belongs_to == "other" else point.status,
    }


def candidates_table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, _ARROW[kind]) for name, kind in CANDIDATE_SCHEMA.items()]))


def history_rows(case: Case, customer_id: str) -> list[dict[str, Any]]:
    """The history as rows of the contract table `contacts`; ids of debts and contact points are the customer's own."""
    facts = Facts(case)
    rows = []
    for number, (event, counted) in enumerate(zip(case.history, facts.events, strict=True)):
        row = {
            "customer_id": customer_id,
            "account_id": event.debt,
            "contact_id": event.contact_point,
            "at": event.at.astimezone(UTC).replace(tzinfo=None),
            "local_date": counted.dates[0],
            "channel": event.channel,
            "direction": event.direction,
            "party": event.party,
            "outcome": event.outcome,
        }
        rows += [{"event_id": f"{customer_id}-{number}-{copy}", **row} for copy in range(event.times)]
    return rows


def history_table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=CONTACTS.schema)


def own_ids(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows whose debts and contact points bear the customer's id, so that cases do not share them."""
    return [
        {**row, **{name: f"{row['customer_id']}.{row[name]}" for name in ("account_id", "contact_id") if row[name]}}
        for row in rows
    ]


def _listed(words: Iterable[str]) -> str:
    found = ",".join(sorted(words))
    return f",{found}," if found else ""


def _minutes(local: datetime) -> int:
    return int((local.utcoffset() or timedelta()).total_seconds()) // 60
