"""The gate decides one case: every refusing rule, the first lawful moment, what the caps leave, in the user's language."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jsonschema import Draft202012Validator

from arrears.errors import LawError
from arrears.law import Verdict, case_schema, gate, load_packs, read_case
from arrears.law.clock import first_instant
from arrears.law.gating import parse_case

CN = load_packs(["CN"])
US = load_packs(["US"])

CHINESE: dict[str, Any] = {
    "at": "2026-03-02T10:00:00+08:00",
    "jurisdictions": ["CN"],
    "acts": "issuer",
    "channel": "call",
    "party": "debtor",
    "purpose": "collection",
    "debt": "D1",
    "debts": [{"id": "D1", "dpd": 40}],
    "contact_point": "P1",
    "contact_points": [{"id": "P1", "source": "contract"}],
    "places": [{"zone": "Asia/Shanghai"}],
}
AMERICAN: dict[str, Any] = {
    **CHINESE,
    "at": "2026-03-02T12:00:00-05:00",
    "jurisdictions": ["US-NY"],
    "acts": "agency",
    "places": [{"zone": "America/New_York"}],
}


def decided(base: dict[str, Any], **over: Any) -> Verdict:
    return gate(parse_case(json.dumps({**base, **over})), CN if base is CHINESE else US)


def rules(verdict: Verdict) -> list[str]:
    return [one.rule for one in verdict.refusals]


def called(at: str, outcome: str = "no_answer", times: int = 1, **more: Any) -> dict[str, Any]:
    return {"at": at, "channel": "call", "outcome": outcome, "times": times, "debt": "D1", "contact_point": "P1", **more}


def test_a_lawful_call_is_allowed_at_once() -> None:
    verdict = decided(CHINESE)
    assert verdict.allowed
    assert verdict.allowed_from == datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_a_night_call_is_allowed_from_eight_in_the_morning() -> None:
    verdict = decided(CHINESE, at="2026-03-02T23:10:00+08:00")
    assert rules(verdict) == ["CN-CBA-time", "CN-GBT-time"]
    assert verdict.allowed_from == datetime(2026, 3, 3, 8, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_the_last_of_all_places_decides_when_the_day_begins() -> None:
    places = [{"zone": "America/New_York"}, {"zone": "America/Los_Angeles"}]
    verdict = decided(AMERICAN, at="2026-03-02T08:30:00-05:00", places=places)
    assert rules(verdict) == ["US-RF-6b1"]
    assert verdict.allowed_from == datetime(2026, 3, 2, 11, tzinfo=ZoneInfo("America/New_York"))


def test_every_refusing_rule_is_listed_with_its_citation() -> None:
    verdict = decided(CHINESE, at="2026-03-02T23:00:00+08:00", channel="visit", visitors=1, flags=[{"flag": "plan_performing"}])
    assert rules(verdict) == ["CN-CBA-time", "CN-CBA-visit", "CN-CC2011-70c", "CN-GBT-time"]
    assert "Art. 70" in verdict.refusals[2].citation


def test_a_hold_without_an_end_is_not_cured_by_waiting() -> None:
    verdict = decided(CHINESE, flags=[{"flag": "plan_performing"}])
    assert verdict.allowed_from is None
    assert "CN-CC2011-70c" in verdict.allowed_from_why


def test_a_hold_with_a_last_day_ends_after_it() -> None:
    verdict = decided(CHINESE, flags=[{"flag": "plan_performing", "until_date": "2026-07-31"}])
    assert verdict.allowed_from == datetime(2026, 8, 1, 8, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_reasons_come_in_chinese_when_asked() -> None:
    verdict = decided(CHINESE, at="2026-03-02T22:00:00+08:00", language="zh")
    assert verdict.refusals[0].title == "未经债务人同意，夜间不得催收"
    assert "仅可在 08:00-22:00 联系" in verdict.refusals[0].reason


def test_silence_after_a_conversation_ends_on_the_eighth_day() -> None:
    verdict = decided(AMERICAN, history=[called("2026-02-26T20:00:00-05:00", "right_party", direction="inbound")])
    assert rules(verdict) == ["US-RF-14b-quiet"]
    assert verdict.allowed_from == datetime(2026, 3, 5, 8, tzinfo=ZoneInfo("America/New_York"))


def test_a_customers_own_call_is_refused_by_nothing() -> None:
    assert decided(CHINESE, direction="inbound", at="2026-03-02T23:00:00+08:00").allowed


def test_no_pack_for_a_jurisdiction_refuses() -> None:
    verdict = decided(CHINESE, jurisdictions=["CN", "JP"])
    assert rules(verdict) == ["NO-PACK"]
    assert verdict.allowed_from is None


def test_a_number_that_became_another_persons_is_a_third_partys() -> None:
    point = {"id": "P1", "source": "contract", "belongs_to": "relative"}
    assert "CN-CC2011-68a" in rules(decided(CHINESE, contact_points=[point]))


def budget(verdict: Verdict, channel: str) -> tuple[int | None, int | None]:
    return next((one.today, one.this_week) for one in verdict.remaining if one.channel == channel)


def test_the_remaining_budget_is_the_smallest_of_the_caps() -> None:
    # three conversations a day against six unanswered calls
    assert budget(decided(CHINESE), "call") == (3, 21)
    assert budget(decided(CHINESE, history=[called("2026-03-02T09:00:00+08:00", times=4)]), "call") == (2, 20)
    assert budget(decided(CHINESE), "sms") == (None, None)


def test_the_budget_of_a_rolling_week_frees_as_days_fall_out() -> None:
    verdict = decided(AMERICAN, history=[called("2026-02-25T10:00:00-05:00", times=5)])
    # two today; the five of 25 February fall out of the window on 4 March
    assert budget(verdict, "call") == (2, 7)


def test_no_budget_while_a_conversation_silences() -> None:
    verdict = decided(AMERICAN, history=[called("2026-03-01T10:00:00-05:00", "promise")])
    # silence from 1 to 7 March; on the 8th all seven calls are free again
    assert budget(verdict, "call") == (0, 7)


def test_the_largest_count_of_the_plausible_places_decides() -> None:
    # 23:30 in Los Angeles on the 1st is 02:30 in New York on the 2nd: today in one place, and so it counts
    history = [called("2026-03-01T23:30:00-08:00", times=7)]
    at = "2026-03-08T11:00:00-04:00"
    places = [{"zone": "America/New_York"}, {"zone": "America/Los_Angeles"}]
    assert rules(decided(AMERICAN, at=at, history=history, places=places[1:])) == []
    assert rules(decided(AMERICAN, at="2026-03-08T11:00:00-04:00", history=history, places=places)) == ["US-RF-14b"]


@pytest.mark.parametrize(
    ("zone", "day", "second", "instant"),
    [
        ("America/New_York", date(2026, 3, 8), 9_000, "2026-03-08T07:00:00+00:00"),  # 02:30 is skipped: first passed at 03:00
        ("America/New_York", date(2026, 11, 1), 5_400, "2026-11-01T05:30:00+00:00"),  # 01:30 comes twice: the first
        ("Africa/Cairo", date(2026, 4, 24), 0, "2026-04-23T22:00:00+00:00"),  # midnight itself is skipped
        ("Asia/Shanghai", date(2026, 3, 2), 28_800, "2026-03-02T00:00:00+00:00"),
    ],
)
def test_clock_times_that_are_skipped_or_come_twice(zone: str, day: date, second: int, instant: str) -> None:
    assert first_instant(zone, day, second) == datetime.fromisoformat(instant)


def test_eight_o_clock_is_kept_across_the_clock_change() -> None:
    verdict = decided(AMERICAN, at="2026-03-07T22:00:00-05:00")
    assert verdict.allowed_from is not None
    assert verdict.allowed_from.isoformat() == "2026-03-08T08:00:00-04:00"


@pytest.mark.parametrize(
    ("over", "named"),
    [
        ({"colour": "red"}, "case: colour: unknown key"),
        ({"at": "2026-03-02T10:00:00"}, "case: at"),
        ({"acts": None}, "case: acts"),
        ({"channel": "fax"}, "case: channel"),
        ({"places": []}, "case: places"),
        ({"places": [{"zone": "Asia/Peking"}]}, "unknown time zone"),
        ({"history": [called("2026-03-02T10:00:01+08:00")]}, "lies after the contact"),
        ({"contact_point": "P9"}, "contact_point: names no entry"),
        ({"visitors": "2"}, "case: visitors"),
        ({"format": True}, "case: format"),
        ({"at": "20260302"}, "case: at: not a moment"),
        ({"at": 1772413200}, "case: at: not a moment"),
        ({"at": "2026-03-02 10:00:00+08:00"}, "case: at: not a moment"),
        ({"at": "2026-03-02T24:00:00+08:00"}, "case: at: no such day or time of day"),
        ({"at": "9999-12-31T23:59:59Z"}, "case: at: Input should be less than 3000"),
        ({"history": [called("20260302")]}, "case: history.0.at: not a moment"),
        ({"k\x1b\n" + "k" * 999: 1}, f"case: k??{'k' * 61}: unknown key"),
    ],
)
def test_a_case_that_does_not_validate_names_its_key(over: dict[str, Any], named: str) -> None:
    with pytest.raises(LawError) as refused:
        parse_case(json.dumps({**CHINESE, **over}))
    assert named in refused.value.line()


@pytest.mark.parametrize(
    "over",
    [{"party": "Wang 13800138000"}, {"places": [{"zone": "Wang 13800138000"}]}, {"flags": [{"flag": "Wang 13800138000"}]}],
)
def test_an_error_never_tells_the_value(over: dict[str, Any]) -> None:
    with pytest.raises(LawError) as refused:
        parse_case(json.dumps({**CHINESE, **over}))
    assert "Wang" not in refused.value.line()


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        ('{"channel": "sms", "channel": "call"}', "case: channel: the key is there twice"),
        ('{"history": [{"times": 1, "times": 1}]}', "case: times: the key is there twice"),
        ('{"at": NaN}', "NaN is not a number"),
        ("[" * 9_999, "nested too deeply"),
        (" ", "case: it is empty"),
        ("[]", "case: it is not a JSON object"),
        ('{\n"at": }', "case: line 2 column 7: this is not JSON"),
    ],
)
def test_a_case_can_be_read_in_one_way_only(raw: str, named: str) -> None:
    with pytest.raises(LawError) as refused:
        read_case(raw.encode())
    assert named in refused.value.line()


def test_a_state_that_ends_on_the_last_day_there_is_does_not_end() -> None:
    held = decided(CHINESE, flags=[{"flag": "dispute", "from_date": "2026-02-20", "until_date": "9999-12-31"}])
    assert not held.allowed
    assert (held.allowed_from, held.allowed_from_why) == (None, "no lawful moment in the next 400 days")


def alike(purpose: str, given: bool) -> list[dict[str, Any]]:
    """Two words of one day, one of which ends a week before the other."""
    word = {"channel": "call", "purpose": purpose, "given": given, "at_date": "2026-03-01"}
    return [{**word, "until_date": end} for end in ("2026-03-02", "2026-03-09")]


@pytest.mark.parametrize("order", [1, -1])
def test_of_consents_alike_on_one_day_the_one_that_ends_first_counts_in_whatever_order(order: int) -> None:
    consents = alike("night_contact", True)[::order]
    assert decided(CHINESE, at="2026-03-02T23:00:00+08:00", consents=consents).allowed
    assert not decided(CHINESE, at="2026-03-03T23:00:00+08:00", consents=consents).allowed


@pytest.mark.parametrize("order", [1, -1])
def test_of_refusals_alike_on_one_day_the_one_that_ends_last_counts_in_whatever_order(order: int) -> None:
    consents = alike("collection", False)[::order]
    assert not decided(AMERICAN, at="2026-03-09T12:00:00-04:00", consents=consents).allowed
    assert decided(AMERICAN, at="2026-03-10T12:00:00-04:00", consents=consents).allowed


HALF_PAST_NINE = "2026-03-02T21:30:00-05:00"


def night(at: str, *said: tuple[bool, str | None]) -> Verdict:
    """A call at night after these words on calls at night, each of that day, with their hours where they are known."""
    words = [
        {"channel": "call", "purpose": "night_contact", "given": given, "at_date": "2026-03-02"}
        | ({"at": hour} if hour else {})
        for given, hour in said
    ]
    return decided(AMERICAN, at=at, consents=words)


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        (((True, HALF_PAST_NINE),), True),
        (((True, "2026-03-02T22:00:01-05:00"),), False),
        (((False, "2026-03-02T21:00:00-05:00"), (True, HALF_PAST_NINE)), True),
        (((False, "2026-03-02T21:45:00-05:00"), (True, HALF_PAST_NINE)), False),
        (((False, "2026-03-02T22:45:00-05:00"), (True, HALF_PAST_NINE)), True),
        (((False, None), (True, HALF_PAST_NINE)), False),
        (((False, "2026-03-02T21:00:00-05:00"), (True, None)), False),
    ],
    ids=["given before", "given later", "agreed after refusing", "refused after agreeing", "not refused yet",
         "refused at an hour unknown", "agreed at an hour unknown"],
)  # fmt: skip
def test_of_words_of_one_day_the_hours_decide_where_they_are_known(words: Any, allowed: bool) -> None:
    for order in (words, words[::-1]):
        assert night("2026-03-02T22:00:00-05:00", *order).allowed is allowed


def test_a_consent_told_ahead_of_its_hour_allows_from_then_on() -> None:
    verdict = night("2026-03-02T21:10:00-05:00", (True, HALF_PAST_NINE))
    assert rules(verdict) == ["US-RF-6b1"]
    assert verdict.allowed_from == datetime.fromisoformat(HALF_PAST_NINE)


def test_a_call_before_the_hour_of_the_consent_counts() -> None:
    def further(hour: str) -> Verdict:
        agreed = {"channel": "call", "purpose": "extra_contact", "given": True, "at_date": "2026-02-24", "at": hour}
        made = [called("2026-02-24T10:00:00-05:00", times=7)]
        return decided(AMERICAN, at="2026-03-02T12:00:00-05:00", consents=[agreed, agreed | {
            "given": False, "at_date": "2026-02-25", "at": "2026-02-25T09:00:00-05:00"}], history=made)  # fmt: skip

    assert further("2026-02-24T10:00:00-05:00").allowed
    assert rules(further("2026-02-24T10:00:01-05:00")) == ["US-RF-14b"]


def test_the_hour_of_a_consent_is_of_its_date() -> None:
    with pytest.raises(LawError, match=r"consents\.0: at: is not of at_date"):
        night("2026-03-02T22:00:00-05:00", (True, "2026-03-03T00:30:00-05:00"))


def test_an_exception_that_begins_tomorrow_allows_from_tomorrow() -> None:
    silent = {"flag": "attorney_unresponsive", "evidence": "DOC-1", "from_date": "2026-03-03"}
    verdict = decided(AMERICAN, flags=[{"flag": "attorney"}, silent])
    assert rules(verdict) == ["US-RF-6b2"]
    assert verdict.allowed_from == datetime(2026, 3, 3, 8, tzinfo=ZoneInfo("America/New_York"))
    assert decided(AMERICAN, flags=[{"flag": "attorney"}, silent | {"evidence": ""}]).allowed_from is None


def test_an_exception_stands_at_every_place_or_not_at_all() -> None:
    places = [{"zone": "America/New_York"}, {"zone": "Pacific/Kiritimati"}]
    silent = {"flag": "attorney_unresponsive", "evidence": "DOC-1", "until_date": "2026-03-02"}
    verdict = decided(AMERICAN, places=places, flags=[{"flag": "attorney"}, silent])  # the 3rd in Kiritimati
    assert "US-RF-6b2" in rules(verdict)


def test_a_way_to_others_opens_when_the_day_of_the_dials_is_over_at_every_place() -> None:
    """Dialled on the evening of 31 October in New York, in Urumqi on 1 November already: at midnight there it is over."""
    others = decided(
        CHINESE, at="2026-11-01T02:54:00Z", party="contact_person", purpose="relay", channel="letter", debts=[{"id": "D1"}],
        places=[{"zone": "Asia/Urumqi"}, {"zone": "America/New_York"}], history=[called("2026-11-01T01:54:00Z", times=3)],
    )  # fmt: skip
    assert not others.allowed
    assert others.allowed_from == datetime(2026, 11, 2, tzinfo=ZoneInfo("Asia/Urumqi"))


PLACES = [
    ({"zone": "Asia/Shanghai"}, True),
    ({"country": "CN", "region": "XJ"}, True),
    ({"zone": None, "country": "CN"}, True),
    ({"zone": "Asia/Shanghai", "region": ""}, True),
    ({}, False),
    ({"zone": "Asia/Shanghai", "country": "CN"}, False),
    ({"zone": "Asia/Shanghai", "region": "XJ"}, False),
]
ODD = [
    *(({"places": [place]}, well) for place, well in PLACES),
    ({"format": True}, False),
    ({"at": "20260302"}, False),
    ({"at": "2026-03-02T10:00+08:00"}, False),
    ({"at": "2026-03-02T02:00:00.25Z"}, True),
]


@pytest.mark.parametrize(("over", "well"), ODD)
def test_the_schema_takes_what_the_reader_takes(over: dict[str, Any], well: bool) -> None:
    case = {**CHINESE, **over}
    assert Draft202012Validator(case_schema()).is_valid(case) is well
    if well:
        parse_case(json.dumps(case))
        return
    with pytest.raises(LawError):
        parse_case(json.dumps(case))


def test_json_in_and_out_with_several_packs() -> None:
    answer = gate(parse_case(json.dumps(CHINESE).encode()), load_packs(["cn", "us"])).as_json()
    assert answer["allowed"] is True
    assert json.loads(json.dumps(answer)) == answer
    with pytest.raises(LawError):
        parse_case(b"{")


def test_the_schema_lists_every_key_and_closes_the_door() -> None:
    schema = case_schema()
    assert schema["additionalProperties"] is False
    assert {"jurisdictions", "acts", "history", "consents", "places", "content"} <= set(schema["properties"])


@pytest.mark.parametrize("hours", [-23, -12, -5, 0, 8, 14, 23])
def test_a_contact_counts_by_its_instant_whatever_offset_it_is_written_with(hours: int) -> None:
    """The US cap of seven days is full on the seventh day and open on the eighth, by the customer's calendar."""
    made = datetime(2026, 2, 24, 23, 30, tzinfo=ZoneInfo("America/New_York"))
    written = made.astimezone(timezone(timedelta(hours=hours))).isoformat()
    history = [called(written, times=7)]
    full = decided(AMERICAN, at="2026-03-02T12:00:00-05:00", history=history)
    assert rules(full) == ["US-RF-14b"]
    assert full.allowed_from == datetime(2026, 3, 3, 8, tzinfo=ZoneInfo("America/New_York"))
    for offset in (-12, -5, 14):
        asked = datetime(2026, 3, 3, 8, tzinfo=ZoneInfo("America/New_York")).astimezone(timezone(timedelta(hours=offset)))
        assert decided(AMERICAN, at=asked.isoformat(), history=history).allowed
