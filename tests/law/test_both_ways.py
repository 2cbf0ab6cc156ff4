"""The screen and the gate are two implementations of the same rules: on the same facts the same rules refuse."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from arrears.feed.contracts import CHANNELS, CONTACT_SOURCES, FLAGS, OUTCOMES, PARTIES
from arrears.law import gate, load_packs
from arrears.law.case import Case
from arrears.law.examples import refusing_rules
from arrears.law.gating import parse_case
from arrears.law.loading import packs_shipped
from arrears.law.rows import plannable
from arrears.law.words import CONTENT_FEATURES, CONTENT_FIELDS, PURPOSES, Notice

PACKS = load_packs(packs_shipped())
DAY = date(2026, 6, 15)
ZONES = {
    "CN": ("Asia/Shanghai", "Asia/Urumqi"),
    "US": ("America/New_York", "America/Chicago", "America/Los_Angeles", "Pacific/Honolulu", "Pacific/Guam"),
    "GB": ("Europe/London",),
    "IN": ("Asia/Kolkata",),
}
JURISDICTIONS = ("CN", "CN-SH", "US", "US-MA", "GB", "GB-SCT", "IN", "DE", "JP", "C")
CASES_A_RUN = 30
INCONVENIENT: tuple[list[dict[str, Any]], ...] = (
    [],
    [],
    [{"begins": "08:00", "ends": "13:00"}],
    [{"weekdays": ["mon"]}],
    [{"weekdays": ["tue", "sun"]}, {"begins": "19:01", "ends": "24:00", "channels": ["call"]}],
    [{"until_date": "2026-06-14"}],
)
"""The day is a Monday."""


@st.composite
def histories(draw: st.DrawFn, zone: ZoneInfo) -> dict[str, Any]:
    """One line of history, around noon so that every place has the same date, or in the hours before the contact."""
    ago = draw(st.sampled_from((1, 1, 2, 5, 6, 7, 8, 29, 30, 31, 59, 60)))
    at = datetime(DAY.year, DAY.month, DAY.day, 12, draw(st.integers(0, 59)), tzinfo=zone) - timedelta(days=ago)
    event: dict[str, Any] = {
        "at": at.isoformat(),
        "channel": draw(st.sampled_from(("call", "call", "call", *CHANNELS))),
        "direction": draw(st.sampled_from(("outbound", "outbound", "inbound"))),
        "party": draw(st.sampled_from(("debtor", "debtor", "debtor", *PARTIES))),
        "outcome": draw(st.sampled_from(("no_answer", "no_answer", "right_party", *OUTCOMES))),
        "times": draw(st.integers(1, 7)),
        "requested": draw(st.sampled_from((False, False, True))),
        "actor": draw(st.sampled_from(("", "agency-1", "agency-2"))),
    }
    for name, ids in (("debt", ("D1", "D2")), ("contact_point", ("P1", "P2"))):
        chosen = draw(st.sampled_from((None, *ids)))
        if chosen:
            event[name] = chosen
    return event


def today_event(event: dict[str, Any], at: datetime) -> dict[str, Any]:
    """The same line some minutes before the contact: today, for the daily caps."""
    return {**event, "at": (at - timedelta(minutes=7)).isoformat()}


TOGETHER = (
    (), (), ("attorney", "attorney_unresponsive"), ("attorney", "attorney_consents"), ("attorney", "court_permission"),
    ("breathing_space", "court_permission"), ("court_permission",), ("cease",),
)  # fmt: skip
"""States that hold contacts and those that lift the rule, which would hardly meet by chance."""

TEXTS = (
    "",
    "【榆树银行】您好，退订请回复TD，客服电话95000。",
    "This is an attempt to collect a debt and any information obtained will be used for that purpose. Reply STOP.",
    "This communication is from a debt collector. We will sue you.",
    "再不还就报警，让你坐牢。",
    "Your card is past due. " * 40,
)


@st.composite
def contents(draw: st.DrawFn) -> dict[str, Any]:
    """What is said: mostly all fields and few features, so that single rules decide."""
    kept = draw(st.sampled_from((CONTENT_FIELDS, CONTENT_FIELDS, ())))
    lacking = draw(st.lists(st.sampled_from(CONTENT_FIELDS), max_size=2))
    return {
        "fields": [field for field in kept if field not in lacking],
        "features": draw(st.lists(st.sampled_from(CONTENT_FEATURES), max_size=2, unique=True)),
        "discloses_debt": draw(st.booleans()),
        "text": draw(st.sampled_from(TEXTS)),
        "notice": draw(st.sampled_from((None, None, *get_args(Notice)))),
    }


@st.composite
def cases(draw: st.DrawFn) -> Case:
    country = draw(st.sampled_from(tuple(ZONES)))
    places = draw(st.lists(st.sampled_from(ZONES[country]), min_size=1, max_size=3, unique=True))
    clock = ZoneInfo(places[0])
    minute = draw(st.one_of(st.sampled_from((479, 480, 600, 780, 1140, 1141, 1260, 1261, 1319, 1320)), st.integers(0, 1439)))
    at = datetime(DAY.year, DAY.month, DAY.day, minute // 60, minute % 60, tzinfo=clock)
    history = draw(st.lists(histories(clock), max_size=3))
    if draw(st.booleans()):
        history = [today_event(event, at) if number == 0 else event for number, event in enumerate(history)]
    hour = draw(st.sampled_from(("00", "06", "12", "15", "23")))
    home = tuple(code for code in JURISDICTIONS if code.startswith(country))
    facts = {
        "at": at.isoformat(),
        "jurisdictions": [draw(st.sampled_from((*home, *home, "DE", "JP")))],
        "acts": draw(st.sampled_from(("issuer", "agency"))),
        "channel": draw(st.sampled_from(("call", *CHANNELS))),
        "party": draw(st.sampled_from(("debtor", "debtor", "relative", *PARTIES))),
        "purpose": draw(st.sampled_from(("collection", "relay", *PURPOSES))),
        "debt": draw(st.sampled_from(("D1", "D1", "D1", None))),
        "debts": [
            {"id": "D1", "dpd": draw(st.sampled_from((0, 1, 40))), "time_barred": draw(st.booleans())},
            {"id": "D2", "dpd": 99},
        ],
        "contact_points": [
            {
                "id": "P1",
                "source": draw(st.sampled_from(("contract", *CONTACT_SOURCES))),
                "status": draw(st.sampled_from(("active", "active", "invalid", "wrong_party", "withdrawn"))),
                "workplace": draw(st.booleans()),
                "employer_prohibits": draw(st.booleans()),
                "inconvenient": draw(st.booleans()),
                **draw(st.sampled_from(({}, {}, {"belongs_to": "other"}))),
            },
            {"id": "P2", "status": draw(st.sampled_from(("active", "invalid", "wrong_party")))},
        ],
        "requested": draw(st.sampled_from((False, False, False, True))),
        "actor": draw(st.sampled_from(("", "agency-1"))),
        "consents": [
            {
                "channel": channel,
                "purpose": purpose,
                "given": draw(st.booleans()),
                "at_date": draw(st.sampled_from(("2026-05-01", "2026-06-08", "2026-06-09", "2026-06-13", "2026-06-15"))),
                "direct": draw(st.sampled_from((True, True, False))),
                **draw(st.sampled_from(({}, {}, {"at_date": "2026-06-15", "at": f"2026-06-15T{hour}:00:00Z"}))),
                **draw(st.sampled_from(({}, {"until_date": "2026-06-14"}, {"until_date": "2026-06-15"}))),
                **draw(st.sampled_from(({}, {}, {"debt": "D1"}, {"debt": "D2"}))),
            }
            for channel, purpose in draw(
                st.lists(
                    st.tuples(
                        st.sampled_from(("call", *CHANNELS)),
                        st.sampled_from(("collection", "night_contact", "extra_contact", "relative")),
                    ),
                    max_size=3,
                )
            )
        ],
        "places": [{"zone": zone} for zone in places],
        "flags": [
            {
                "flag": flag,
                "evidence": draw(st.sampled_from(("", "EV-1", "EV-1"))),
                "debt": draw(st.sampled_from((None, None, "D1", "D2"))),
            }
            for flag in dict.fromkeys(
                [*draw(st.sampled_from(TOGETHER)), *draw(st.lists(st.sampled_from(("lost_contact", *FLAGS)), max_size=2))]
            )
        ],
        "inconvenient_times": draw(st.sampled_from(INCONVENIENT)),
        "visitors": draw(st.integers(0, 3)),
        "content": draw(st.one_of(st.none(), contents())),
        "history": history,
    }
    if draw(st.booleans()):
        facts["contact_point"] = "P1"
    return parse_case(json.dumps(facts))


# No shrinking: a batch shrinks for minutes, and the assertion already names the one case.
@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(cases().filter(plannable), min_size=CASES_A_RUN, max_size=CASES_A_RUN))
def test_the_same_rules_refuse_in_both(drawn: list[Case]) -> None:
    screened = refusing_rules(drawn, PACKS, zones=tuple(zone for zones in ZONES.values() for zone in zones))
    for case, refused_by in zip(drawn, screened, strict=True):
        gated = tuple(one.rule for one in gate(case, PACKS).refusals)
        if refused_by != gated:
            pytest.fail(f"screen: {refused_by}; gate: {gated}; case: {case.model_dump_json(exclude_defaults=True)}")
