"""The examples of the official interpretations of Regulation F (12 CFR 1006, Supplement I), decided as the Bureau does."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from arrears.law import Verdict, gate, load_packs
from arrears.law.gating import parse_case

US = load_packs(["US"])
EASTERN = [{"zone": "America/New_York"}]
WEEK = ["mon", "tue", "wed", "thu", "fri"]


def asked(at: str, **facts: Any) -> Verdict:
    """A debt collector would call the consumer about the debt D1 at that moment."""
    case = {
        "at": f"{at}-04:00", "jurisdictions": ["US"], "acts": "agency", "actor": "agency", "channel": "call", "party": "debtor",
        "purpose": "collection", "debt": "D1", "debts": [{"id": "D1", "dpd": 150}], "contact_point": "P1",
        "contact_points": [{"id": "P1", "source": "contract"}], "places": EASTERN,
    }  # fmt: skip
    return gate(parse_case(json.dumps(case | facts)), US)


def calls(*days: str, outcome: str = "no_answer", **more: Any) -> list[dict[str, Any]]:
    """One call at ten in the morning of each day."""
    return [
        {"at": f"{day}T10:00:00-04:00", "channel": "call", "outcome": outcome, "debt": "D1", "contact_point": "P1", **more}
        for day in days
    ]


def refused_by(verdict: Verdict) -> list[str]:
    return [one.rule for one in verdict.refusals]


def allowed_on(verdict: Verdict) -> str | None:
    return None if verdict.allowed_from is None else verdict.allowed_from.date().isoformat()


def test_14b2i_1i_seven_calls_from_1_to_7_april_and_the_next_on_the_8th() -> None:
    before = calls("2026-04-01", outcome="left_message") + calls(*(f"2026-04-0{day}" for day in range(2, 8)))
    assert asked("2026-04-07T11:00:00", history=before[:-1]).allowed
    eighth = asked("2026-04-07T11:00:00", history=before)
    assert refused_by(eighth) == ["US-RF-14b"]
    assert allowed_on(eighth) == "2026-04-08"
    assert asked("2026-04-08T10:00:00", history=before).allowed


def test_14b2i_1ii_the_consumers_own_call_of_13_august_silences_until_the_20th() -> None:
    spoke = calls("2026-08-13", outcome="right_party", direction="inbound")
    assert refused_by(asked("2026-08-19T12:00:00", history=spoke)) == ["US-RF-14b-quiet"]
    assert allowed_on(asked("2026-08-14T12:00:00", history=spoke)) == "2026-08-20"
    assert asked("2026-08-20T12:00:00", history=spoke).allowed


def test_14b2i_1iii_seven_unanswered_location_calls_to_a_third_party() -> None:
    third = {"party": "relative", "purpose": "location", "contact_point": "R1",
             "contact_points": [{"id": "R1", "party": "relative", "source": "lawful_public"}]}  # fmt: skip
    days = [f"2026-10-{day:02d}" for day in range(6, 13)]
    before = [{**event, "contact_point": "R1"} for event in calls(*days, party="relative")]
    assert asked("2026-10-12T11:00:00", history=before[:-1], **third).allowed
    assert refused_by(asked("2026-10-12T11:00:00", history=before, **third)) == ["US-RF-14b"]


def test_14b2i_3_calls_to_a_number_that_is_somebody_elses_were_no_calls_to_the_consumer() -> None:
    before = calls("2026-03-02", "2026-03-04", times=4)
    assert refused_by(asked("2026-03-05T12:00:00", history=before)) == ["US-RF-14b"]
    points = [{"id": "P1", "source": "contract", "status": "wrong_party"}, {"id": "P2", "source": "customer_provided"}]
    assert asked("2026-03-05T12:00:00", history=before, contact_point="P2", contact_points=points).allowed


def test_14b2ii_1i_the_eighth_call_on_7_april() -> None:
    before = calls("2026-04-01", outcome="left_message") + calls("2026-04-02", "2026-04-03", "2026-04-06", times=2)
    assert refused_by(asked("2026-04-07T12:00:00", history=before)) == ["US-RF-14b"]


@pytest.mark.parametrize(("day", "allowed"), [("2026-08-15", False), ("2026-08-20", False), ("2026-08-21", True)])
def test_14b2ii_1ii_no_call_before_21_august_after_a_conversation_on_the_14th(day: str, allowed: bool) -> None:
    before = calls("2026-08-11") + calls("2026-08-14", outcome="right_party")
    assert asked(f"{day}T12:00:00", history=before).allowed is allowed


CALL_BACK = {"channel": "call", "purpose": "extra_contact", "given": True, "at_date": "2026-04-03"}


def test_14b3i_3i_a_consumer_who_said_call_back_on_monday_is_called_on_monday() -> None:
    spoke = calls("2026-04-03", outcome="right_party")
    assert not asked("2026-04-06T12:00:00", history=spoke).allowed
    assert asked("2026-04-06T12:00:00", history=spoke, consents=[CALL_BACK]).allowed


def test_14b3i_3ii_the_conversation_on_monday_spends_the_consent() -> None:
    spoke = calls("2026-04-03", "2026-04-06", outcome="right_party")
    assert refused_by(asked("2026-04-08T12:00:00", history=spoke, consents=[CALL_BACK])) == ["US-RF-14b-quiet"]


def test_14b3i_3iii_eight_calls_under_a_consent_of_4_june_do_not_count() -> None:
    consent = {**CALL_BACK, "at_date": "2026-06-04"}
    before = calls("2026-06-01", "2026-06-02", "2026-06-03") + calls("2026-06-08", "2026-06-09", times=3)
    assert asked("2026-06-10T12:00:00", history=before, consents=[consent]).allowed
    before += calls("2026-06-10", times=2)
    assert asked("2026-06-11T12:00:00", history=before, consents=[consent]).allowed
    assert refused_by(asked("2026-06-11T12:00:00", history=before)) == ["US-RF-14b"]
    counted = calls("2026-06-11", times=7)
    assert refused_by(asked("2026-06-12T12:00:00", history=before + counted, consents=[consent])) == ["US-RF-14b"]


@pytest.mark.parametrize(
    ("outcome", "counts"),
    [("busy", False), ("dead_line", False), ("no_answer", True), ("voicemail", True), ("connected", True)],
)
def test_14b3ii_1_a_call_counts_where_it_connected_to_the_number(outcome: str, counts: bool) -> None:
    before = calls("2026-03-02", outcome=outcome, times=7)
    assert asked("2026-03-03T12:00:00", history=before).allowed is not counts


@pytest.mark.parametrize(
    ("places", "first", "last"),
    [
        ([{"number_prefix": "+1212"}, {"country": "US", "region": "CA"}], "11:00", "21:00"),
        ([{"number_prefix": "+1212"}, {"number_prefix": "+1303"}], "10:00", "21:00"),
        ([{"zone": "America/New_York"}], "08:00", "21:00"),
    ],
)
def test_6b1i_2_a_time_convenient_at_all_places(places: list[dict[str, str]], first: str, last: str) -> None:
    def at(clock: str, seconds: int) -> bool:
        moment = datetime.fromisoformat(f"2026-06-17T{clock}:00") + timedelta(seconds=seconds)
        return asked(moment.isoformat(), places=places).allowed

    assert [at(first, -1), at(first, 0), at(last, 0), at(last, 1)] == [False, True, True, False]


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_6b1i_1_a_message_counts_when_it_is_sent(channel: str) -> None:
    assert "US-RF-6b1" in refused_by(asked("2026-06-17T21:30:00", channel=channel))


def test_6b1_1i_tuesdays_and_thursdays_until_the_end_of_the_year() -> None:
    stated = [{"weekdays": ["tue", "thu"], "until_date": "2026-12-31"}]
    assert refused_by(asked("2026-12-29T12:00:00", inconvenient_times=stated)) == ["US-RF-6b1-stated"]
    assert allowed_on(asked("2026-12-29T12:00:00", inconvenient_times=stated)) == "2026-12-30"
    assert asked("2027-01-05T12:00:00", inconvenient_times=stated).allowed


BUSY = [{"weekdays": WEEK, "begins": "15:00", "ends": "17:00"}, {"weekdays": ["sat", "sun"]}]


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        ("2026-06-17T14:59:00", True), ("2026-06-17T15:00:00", False), ("2026-06-17T16:59:00", False),
        ("2026-06-17T17:00:00", True), ("2026-06-20T12:00:00", False), ("2026-06-21T20:00:00", False),
    ],
)  # fmt: skip
def test_6b1_1ii_not_from_three_to_five_on_weekdays_and_not_at_weekends(at: str, allowed: bool) -> None:
    assert asked(at, inconvenient_times=BUSY).allowed is allowed


def test_6b1_2i_one_reply_to_the_consumers_mail_of_half_past_three() -> None:
    assert asked("2026-06-17T15:31:00", channel="email", requested=True, inconvenient_times=BUSY).allowed
    assert not asked("2026-06-17T15:31:00", channel="email", inconvenient_times=BUSY).allowed


def test_6b1_1iii_not_at_home_but_on_the_mobile() -> None:
    home = [
        {"id": "P1", "source": "contract"},
        {"id": "L1", "kind": "landline", "source": "contract", "inconvenient": True},
        {"id": "A1", "kind": "address", "source": "contract", "inconvenient": True},
    ]
    assert asked("2026-06-17T12:00:00", contact_points=home).allowed
    assert refused_by(asked("2026-06-17T12:00:00", contact_points=home, contact_point="L1")) == ["US-RF-6b1-place"]
    letter = asked("2026-06-17T12:00:00", contact_points=home, contact_point="A1", channel="letter")
    assert "US-RF-6b1-place" in refused_by(letter)


def test_6b2_1_a_represented_consumer_who_writes_is_answered_once() -> None:
    represented = {"channel": "email", "flags": [{"flag": "attorney"}]}
    assert "US-RF-6b2" in refused_by(asked("2026-06-17T12:00:00", **represented))
    assert "US-RF-6b2" not in refused_by(asked("2026-06-17T12:00:00", requested=True, **represented))


def test_6b3_1_a_consumer_who_cannot_take_calls_at_work() -> None:
    work = {"id": "P1", "source": "contract", "workplace": True}
    assert asked("2026-06-17T12:00:00", contact_points=[work]).allowed
    told = asked("2026-06-17T12:00:00", contact_points=[{**work, "employer_prohibits": True}])
    assert refused_by(told) == ["US-RF-6b3"]


def test_6b4i_2_a_consent_given_to_the_creditor_is_no_consent() -> None:
    given = {"channel": "call", "purpose": "night_contact", "given": True, "at_date": "2026-06-01"}
    assert asked("2026-06-17T21:30:00", consents=[given]).allowed
    assert not asked("2026-06-17T21:30:00", consents=[{**given, "direct": False}]).allowed


def test_6c1_1_a_letter_of_refusal_counts_from_its_receipt() -> None:
    received = [{"flag": "cease", "from_date": "2026-08-06"}]
    assert asked("2026-08-04T12:00:00", flags=received).allowed
    assert refused_by(asked("2026-08-06T12:00:00", flags=received)) == ["US-RF-6c"]
