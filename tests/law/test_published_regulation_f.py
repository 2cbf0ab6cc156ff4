"""Further published examples of Regulation F (12 CFR 1006 and Supplement I), beside those of test_regulation_f.

Each is named by its comment or paragraph; what follows a dash is a variant of it at the boundary. `lawful` wants no rule to
refuse, a rule's id wants that one among those that do.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from arrears.law import gate, load_packs
from arrears.law.gating import parse_case
from arrears.law.matter import parse_matter
from arrears.law.matters import judge

US = load_packs(["US"])
LAWFUL = "lawful"
CALLED_TODAY, QUIET = "US-RF-14b", "US-RF-14b-quiet"

Facts = dict[str, Any]


def case(at: str, **facts: Any) -> Facts:
    """A debt collector would call the consumer about the debt D1, by Eastern summer time."""
    usual = {
        "at": f"{at}-04:00", "jurisdictions": ["US"], "acts": "agency", "actor": "ABC", "channel": "call", "party": "debtor",
        "purpose": "collection", "debt": "D1", "debts": [{"id": debt, "dpd": 150} for debt in ("D1", "D2", "D3")],
        "contact_point": "M", "contact_points": [{"id": "M", "source": "contract"}], "places": [{"zone": "America/New_York"}],
    }  # fmt: skip
    return usual | facts


def call(day: str, outcome: str = "no_answer", clock: str = "10:00", **more: Any) -> Facts:
    event = {"at": f"{day}T{clock}:00-04:00", "channel": "call", "outcome": outcome, "debt": "D1", "contact_point": "M"}
    return event | more


def calls(first: str, *, days: int, outcome: str = "no_answer", **more: Any) -> list[Facts]:
    """One call a day, on so many days in a row."""
    begun = date.fromisoformat(first)
    return [call((begun + timedelta(days=day)).isoformat(), outcome, **more) for day in range(days)]


def allowed_again(facts: Facts) -> str | None:
    at = gate(parse_case(json.dumps(facts)), US).allowed_from
    return None if at is None else at.date().isoformat()


def check(facts: Facts, expected: str) -> None:
    refused = [one.rule for one in gate(parse_case(json.dumps(facts)), US).refusals]
    assert (refused == []) if expected == LAWFUL else (expected in refused), refused


# 6(b): when and where

EAST, WEST = {"number_prefix": "+1212"}, {"country": "US", "region": "CA"}
FRIDAYS = [{"weekdays": ["fri"]}]
WORKING_DAYS = ["mon", "tue", "wed", "thu", "fri"]
AFTERNOONS = [{"weekdays": WORKING_DAYS, "begins": "15:00", "ends": "17:00"}, {"weekdays": ["sat", "sun"]}]
UNTIL_NEW_YEAR = [{"weekdays": ["tue", "thu"], "until_date": "2026-12-31"}]
NOT_AT_HOME = [
    {"id": "M", "source": "contract"},
    {"id": "home-line", "kind": "landline", "source": "contract", "inconvenient": True},
    {"id": "home", "kind": "address", "source": "contract", "inconvenient": True},
    {"id": "mail", "kind": "email", "source": "contract"},
]
NIGHT = {"channel": "call", "purpose": "night_contact", "given": True, "at_date": "2026-06-16"}
REPRESENTED = [{"flag": "attorney"}]
SILENT = {"flag": "attorney_unresponsive", "evidence": "LETTER-7", "from_date": "2026-06-17"}
AGREES = {"flag": "attorney_consents", "evidence": "LETTER-8"}
PERMITTED = {"flag": "court_permission", "evidence": "ORDER-1"}
AT_WORK = {"id": "M", "source": "contract", "workplace": True}

WHEN_AND_WHERE = {
    "6(b)(1)(i) 8:00 sharp": (case("2026-06-17T08:00:00"), LAWFUL),
    "6(b)(1)(i) - a second before": (case("2026-06-17T07:59:59"), "US-RF-6b1"),
    "6(b)(1)(i) 21:00 sharp": (case("2026-06-17T21:00:00"), LAWFUL),
    "6(b)(1)(i) - a second after": (case("2026-06-17T21:00:01"), "US-RF-6b1"),
    "6(b)(1)(i) - a text at 21:30": (case("2026-06-17T21:30:00", channel="sms"), "US-RF-6b1"),
    "6(b)(1)(i) - the issuer's own desk": (case("2026-06-17T21:30:00", acts="issuer"), LAWFUL),
    "6(b)(1)(i)-2.i 11:00 Eastern, a Pacific address": (case("2026-06-17T11:00:00", places=[EAST, WEST]), LAWFUL),
    "6(b)(1)(i)-2.i - 10:59 Eastern": (case("2026-06-17T10:59:59", places=[EAST, WEST]), "US-RF-6b1"),
    "6(b)(1)(i)-2.i 21:00 Eastern": (case("2026-06-17T21:00:00", places=[EAST, WEST]), LAWFUL),
    "6(b)(1)(i)-2.i - 21:01 Eastern is 18:01 Pacific": (case("2026-06-17T21:01:00", places=[EAST, WEST]), "US-RF-6b1"),
    "6(b)(1)(i)-2.i - the address comes first": (case("2026-06-17T10:59:00", places=[WEST, EAST]), "US-RF-6b1"),
    "6(b)(1)(i)-2.i - in winter": (case("2026-01-14T11:59:00", places=[EAST, WEST]), "US-RF-6b1"),
    "6(b)(1)(i)-2.ii 10:00 Eastern, a Mountain landline": (
        case("2026-06-17T10:00:00", places=[EAST, {"number_prefix": "+1303"}]), LAWFUL),
    "6(b)(1)(i)-2.ii - 9:59 Eastern": (case("2026-06-17T09:59:00", places=[EAST, {"number_prefix": "+1303"}]), "US-RF-6b1"),
    "6(b)(1)(i)-2.ii - Arizona keeps no summer time": (
        case("2026-06-17T10:59:00", places=[EAST, {"country": "US", "region": "AZ"}]), "US-RF-6b1"),
    "6(b)(1)-1.i a Tuesday in December": (case("2026-12-29T12:00:00", inconvenient_times=UNTIL_NEW_YEAR), "US-RF-6b1-stated"),
    "6(b)(1)-1.i a Wednesday": (case("2026-12-30T12:00:00", inconvenient_times=UNTIL_NEW_YEAR), LAWFUL),
    "6(b)(1)-1.i the last Thursday": (case("2026-12-31T12:00:00", inconvenient_times=UNTIL_NEW_YEAR), "US-RF-6b1-stated"),
    "6(b)(1)-1.i - a Tuesday of the next year": (case("2027-01-05T12:00:00", inconvenient_times=UNTIL_NEW_YEAR), LAWFUL),
    "6(b)(1)-1.ii - at 14:59:59": (case("2026-06-17T14:59:59", inconvenient_times=AFTERNOONS), LAWFUL),
    "6(b)(1)-1.ii at three": (case("2026-06-17T15:00:00", inconvenient_times=AFTERNOONS), "US-RF-6b1-stated"),
    "6(b)(1)-1.ii at five": (case("2026-06-17T17:00:00", inconvenient_times=AFTERNOONS), LAWFUL),
    "6(b)(1)-1.ii an e-mail at the weekend": (
        case("2026-06-20T10:00:00", inconvenient_times=AFTERNOONS, channel="email"), "US-RF-6b1-stated"),
    "6(b)(1)-1.ii - three Eastern while the consumer may be in California": (
        case("2026-06-17T18:30:00", inconvenient_times=AFTERNOONS, places=[EAST, WEST]), "US-RF-6b1-stated"),
    "6(b)(1)-1.iii a call to the landline at home": (
        case("2026-06-17T12:00:00", contact_points=NOT_AT_HOME, contact_point="home-line"), "US-RF-6b1-place"),
    "6(b)(1)-1.iii mail to the home": (
        case("2026-06-17T12:00:00", contact_points=NOT_AT_HOME, contact_point="home", channel="letter"), "US-RF-6b1-place"),
    "6(b)(1)(ii)-1.i a call to the mobile": (case("2026-06-17T12:00:00", contact_points=NOT_AT_HOME), LAWFUL),
    "6(b)(1)(ii)-1.i a text to the mobile": (case("2026-06-17T12:00:00", contact_points=NOT_AT_HOME, channel="sms"), LAWFUL),
    "6(b)(1)(ii)-1.i an e-mail": (
        case("2026-06-17T12:00:00", contact_points=NOT_AT_HOME, channel="email", contact_point="mail"), LAWFUL),
    "6(b)(1)-2.i one reply to the e-mail of half past three": (
        case("2026-06-17T15:40:00", inconvenient_times=AFTERNOONS, channel="email", requested=True), LAWFUL),
    "6(b)(1)-2.i - a second e-mail of its own": (
        case("2026-06-17T15:50:00", inconvenient_times=AFTERNOONS, channel="email"), "US-RF-6b1-stated"),
    "6(b)(1)-2.ii the consumer calls from home": (
        case("2026-06-17T12:00:00", contact_points=NOT_AT_HOME, contact_point="home-line", direction="inbound"), LAWFUL),
    "6(b)(1)-2.ii a later call to the home": (
        case("2026-06-17T13:00:00", contact_points=NOT_AT_HOME, contact_point="home-line",
             history=[call("2026-06-17", "right_party", direction="inbound", contact_point="home-line")]), "US-RF-6b1-place"),
    "6(b)(1)-2.iv an automated reply at half past eight on Friday": (
        case("2026-06-19T20:30:30", inconvenient_times=FRIDAYS, channel="email", requested=True), LAWFUL),
    "6(b)(1)-2.iii any further one on Friday": (
        case("2026-06-19T20:45:00", inconvenient_times=FRIDAYS, channel="email"), "US-RF-6b1-stated"),
    "6(b)(4)(i) consent given directly": (case("2026-06-17T21:30:00", consents=[NIGHT]), LAWFUL),
    "6(b)(4)(i) - withdrawn since": (
        case("2026-06-17T21:30:00", consents=[NIGHT, NIGHT | {"given": False, "at_date": "2026-06-17"}]), "US-RF-6b1"),
    "6(b)(4)(i)-2 consent given to the creditor": (
        case("2026-06-17T21:30:00", consents=[NIGHT | {"direct": False}]), "US-RF-6b1"),
    "6(b)(2) a represented consumer": (case("2026-06-17T12:00:00", flags=REPRESENTED), "US-RF-6b2"),
    "6(b)(2) the attorney": (case("2026-06-17T12:00:00", flags=REPRESENTED, party="attorney"), LAWFUL),
    "6(b)(2)-1 a reply to the represented consumer": (case("2026-06-17T12:00:00", flags=REPRESENTED, requested=True), LAWFUL),
    "6(b)(2)-1 after the reply": (case("2026-06-18T12:00:00", flags=REPRESENTED), "US-RF-6b2"),
    "6(b)(2) represented with respect to another debt": (
        case("2026-06-17T12:00:00", flags=[{"flag": "attorney", "debt": "D2"}]), LAWFUL),
    "6(b)(2) represented with respect to such debt": (
        case("2026-06-17T12:00:00", flags=[{"flag": "attorney", "debt": "D1"}]), "US-RF-6b2"),
    "6(b)(2)(i) the attorney does not respond within a reasonable time": (
        case("2026-06-17T12:00:00", flags=[*REPRESENTED, SILENT]), LAWFUL),
    "6(b)(2)(i) - while the time is running": (case("2026-06-16T12:00:00", flags=[*REPRESENTED, SILENT]), "US-RF-6b2"),
    "6(b)(2)(i) - nothing shows it": (
        case("2026-06-17T12:00:00", flags=[*REPRESENTED, {"flag": "attorney_unresponsive"}]), "US-RF-6b2"),
    "6(b)(2)(ii) the attorney consents to direct communication": (
        case("2026-06-17T12:00:00", flags=[*REPRESENTED, AGREES]), LAWFUL),
    "6(b)(2)(ii) - with respect to another debt": (
        case("2026-06-17T12:00:00", flags=[*REPRESENTED, AGREES | {"debt": "D2"}]), "US-RF-6b2"),
    "6(b)(2)(ii) - with respect to this debt, about none in particular": (
        case("2026-06-17T12:00:00", debt=None, flags=[*REPRESENTED, AGREES | {"debt": "D1"}]), "US-RF-6b2"),
    "6(b)(2)(ii) - which ends no request to cease": (
        case("2026-06-17T12:00:00", flags=[*REPRESENTED, AGREES, {"flag": "cease"}]), "US-RF-6c"),
    "6(b)(4)(ii) a court permits contact at night": (case("2026-06-17T21:30:00", flags=[PERMITTED]), LAWFUL),
    "6(b)(4)(ii) at an inconvenient time": (case("2026-06-19T12:00:00", inconvenient_times=FRIDAYS, flags=[PERMITTED]), LAWFUL),
    "6(b)(4)(ii) with the represented consumer": (case("2026-06-17T12:00:00", flags=[*REPRESENTED, PERMITTED]), LAWFUL),
    "6(b)(4)(ii) at work": (
        case("2026-06-17T12:00:00", contact_points=[AT_WORK | {"employer_prohibits": True}], flags=[PERMITTED]), LAWFUL),
    "6(b)(4)(ii) - the order is not shown": (
        case("2026-06-17T21:30:00", flags=[{"flag": "court_permission"}]), "US-RF-6b1"),
    "6(b)(4)(i) - prior consent: given at half past nine": (
        case("2026-06-17T21:30:00", consents=[NIGHT | {"at_date": "2026-06-17", "at": "2026-06-17T21:30:00-04:00"}]), LAWFUL),
    "6(b)(4)(i) - prior consent: not given yet": (
        case("2026-06-17T21:29:59", consents=[NIGHT | {"at_date": "2026-06-17", "at": "2026-06-17T21:30:00-04:00"}]),
        "US-RF-6b1"),
    "6(b)(3) a call at work": (case("2026-06-17T12:00:00", contact_points=[AT_WORK]), LAWFUL),
    "6(b)(3)-1 cannot take personal calls at work": (
        case("2026-06-17T12:00:00", contact_points=[AT_WORK | {"employer_prohibits": True}]), "US-RF-6b3"),
    "6(b)(3)-1 - the mobile instead": (
        case("2026-06-17T12:00:00",
             contact_points=[{"id": "M", "source": "contract"}, AT_WORK | {"id": "W", "employer_prohibits": True}]), LAWFUL),
}  # fmt: skip


@pytest.mark.parametrize(("facts", "expected"), WHEN_AND_WHERE.values(), ids=WHEN_AND_WHERE)
def test_comment_6b_when_and_where(facts: Facts, expected: str) -> None:
    check(facts, expected)


# 6(a), 6(c), 6(d), 10: whom

CEASED = [{"flag": "cease", "from_date": "2026-08-06"}]
ASK = {"purpose": "location", "party": "relative", "contact_point": "R",
       "contact_points": [{"id": "R", "party": "relative", "source": "lawful_public"}]}  # fmt: skip


def asked(outcome: str, **more: Any) -> list[Facts]:
    return [call("2025-11-03", outcome, party="relative", contact_point="R", **more)]


def notified(
    notice: str | None, flags: list[Facts] = CEASED, features: tuple[str, ...] = (), *, barred: bool = False, **more: Any
) -> Facts:
    """A letter after the refusal of 6 August, which says what every later communication has to."""
    content = {"notice": notice, "fields": ["debt_collector", "collection_attempt", "information_use"], "features": features}
    debts = [{"id": "D1", "dpd": 150, "time_barred": barred}]
    return case("2026-08-10T12:00:00", channel="letter", flags=flags, content=content, debts=debts, **more)


WHOM = {
    "6(a)(1) the spouse": (case("2026-06-17T12:00:00", party="spouse"), LAWFUL),
    "6(a)(1)-1 the surviving spouse": (case("2026-06-17T12:00:00", party="spouse", flags=[{"flag": "deceased"}]), LAWFUL),
    "6(a)(2) a minor's parent": (case("2026-06-17T12:00:00", party="guardian", flags=[{"flag": "minor"}]), LAWFUL),
    "6(a)(4)-1 the personal representative": (
        case("2026-06-17T12:00:00", party="executor", flags=[{"flag": "deceased"}]), LAWFUL),
    "6(c)(1)-1.i the e-mail of 4 August": (case("2026-08-04T12:00:00", channel="email", flags=CEASED), LAWFUL),
    "6(c)(1)-1.i - on the day before receipt": (case("2026-08-05T20:59:00", channel="email", flags=CEASED), LAWFUL),
    "6(c)(1)-1.i on the day of receipt": (case("2026-08-06T12:00:00", channel="email", flags=CEASED), "US-RF-6c"),
    "6(c)(1) with respect to such debt": (
        case("2026-08-06T12:00:00", flags=[{"flag": "cease", "from_date": "2026-08-06", "debt": "D1"}]), "US-RF-6c"),
    "6(c)(1) - about another debt": (
        case("2026-08-06T12:00:00", flags=[{"flag": "cease", "from_date": "2026-08-06", "debt": "D2"}]), LAWFUL),
    "6(c)(1) - about no debt in particular": (
        case("2026-08-06T12:00:00", debt=None, flags=[{"flag": "cease", "debt": "D3"}]), "US-RF-6c"),
    "6(c)(2)(i) that further efforts are being terminated": (notified("efforts_ended"), LAWFUL),
    "6(c)(2)(ii) that a specified remedy may be invoked": (notified("remedy_possible"), LAWFUL),
    "6(c)(2)(iii) that it is intended to invoke one": (notified("remedy_intended"), LAWFUL),
    "6(c)(2) - any other letter": (notified(None), "US-RF-6c"),
    "6(c)(2) - the notice is none to the represented consumer": (
        notified("remedy_possible", flags=[*CEASED, *REPRESENTED]), "US-RF-6b2"),
    "6(c)(2) - nor may it threaten": (notified("remedy_intended", features=("threat_of_suit",), barred=True), "US-RF-26"),
    "6(d)(1) a friend": (case("2026-06-17T12:00:00", party="other"), "US-RF-6d"),
    "6(d)(1) the employer": (case("2026-06-17T12:00:00", party="employer"), "US-RF-6d"),
    "6(d)(1) a number that turned out to be a stranger's": (
        case("2026-06-17T12:00:00", contact_points=[{"id": "M", "source": "contract", "status": "wrong_party"}]), "US-RF-6d"),
    "6(d)(2)(ii) with consent given directly": (
        case("2026-06-17T12:00:00", party="relative",
             consents=[{"channel": "call", "purpose": "relative", "given": True, "at_date": "2026-06-01"}]), LAWFUL),
    "6(d)(1) with the express permission of a court": (
        case("2026-06-17T12:00:00", party="employer", flags=[PERMITTED]), LAWFUL),
    "6(d)(2)-1 - consent given to the creditor": (
        case("2026-06-17T12:00:00", party="relative",
             consents=[{"channel": "call", "purpose": "relative", "given": True, "at_date": "2026-06-01", "direct": False}]),
        "US-RF-6d"),
    "6(d)(2)(i) where the consumer is": (case("2026-06-17T12:00:00", **ASK), LAWFUL),
    "10(c) once asked and answered": (case("2026-06-17T12:00:00", **ASK, history=asked("connected")), "US-RF-10"),
    "10(c) - nobody took it": (case("2026-06-17T12:00:00", **ASK, history=asked("no_answer")), LAWFUL),
    "10(c)(1) - the person asked for it": (
        case("2026-06-17T12:00:00", **ASK, history=asked("connected"), requested=True), LAWFUL),
    "10(c) - another collector asked before": (
        case("2026-06-17T12:00:00", **ASK, history=asked("connected", actor="XYZ")), LAWFUL),
    "38(d)(2) a dispute": (case("2026-06-17T12:00:00", flags=[{"flag": "dispute"}]), "US-RF-38"),
    "38(d)(2) until it was verified": (
        case("2026-06-17T12:00:00", flags=[{"flag": "dispute", "until_date": "2026-06-16"}]), LAWFUL),
    "38(d)(2) - on the day of the verification": (
        case("2026-06-17T12:00:00", flags=[{"flag": "dispute", "until_date": "2026-06-17"}]), "US-RF-38"),
    "38(d)(2) collection of the disputed debt": (
        case("2026-06-17T12:00:00", flags=[{"flag": "dispute", "debt": "D1"}]), "US-RF-38"),
    "38(d)(2) - the other debt goes on": (case("2026-06-17T12:00:00", flags=[{"flag": "dispute", "debt": "D2"}]), LAWFUL),
}  # fmt: skip


@pytest.mark.parametrize(("facts", "expected"), WHOM.values(), ids=WHOM)
def test_comments_6a_6c_6d_10_38_whom(facts: Facts, expected: str) -> None:
    check(facts, expected)


# 14(b): how often

APRIL = [call("2026-04-01", "voicemail")]
CALL_BACK = {"channel": "call", "purpose": "extra_contact", "given": True, "at_date": "2026-04-03"}
BY_MAIL = CALL_BACK | {"at_date": "2026-06-04"}
"""Consent of 4 June, by e-mail."""
JUNE = [*calls("2026-06-01", days=3), *calls("2026-06-08", days=2, times=3), call("2026-06-10", times=2)]
TWO_SPOKE = [call("2026-11-09", "right_party")]
VISITED = [call("2026-11-09", "no_answer", times=2, debt="D1"), call("2026-11-10", "no_answer", times=4, debt="D2")]

HOW_OFTEN = {
    "14(b)(2)(i)-1.i the seventh call on 7 April": (case("2026-04-07T12:00:00", history=calls("2026-04-01", days=6)), LAWFUL),
    "14(b)(2)(i)-1.i - the eighth on 7 April": (case("2026-04-07T12:00:00", history=calls("2026-04-01", days=7)), CALLED_TODAY),
    "14(b)(2)(i)-1.i again on 8 April": (case("2026-04-08T08:00:00", history=calls("2026-04-01", days=7)), LAWFUL),
    "14(b)(2)(i)-2.i six calls on 3 April after one on the 1st": (
        case("2026-04-03T19:00:00", history=[*APRIL, call("2026-04-03", times=5)]), LAWFUL),
    "14(b)(2)(i)-2.i - a seventh that day": (
        case("2026-04-03T19:00:00", history=[*APRIL, call("2026-04-03", times=6)]), CALLED_TODAY),
    "14(b)(2)(i)-2.i seven within one day": (case("2026-04-03T19:00:00", history=[call("2026-04-03", times=6)]), LAWFUL),
    "14(b)(2)(ii)-1.i two on each of three business days, then Tuesday": (
        case("2026-04-07T12:00:00",
             history=[*APRIL, *(call(day, times=2) for day in ("2026-04-02", "2026-04-03", "2026-04-06"))]), CALLED_TODAY),
    "14(b)(2)(ii)-1.ii on Thursday 20 August": (
        case("2026-08-20T20:59:00", history=[call("2026-08-11"), call("2026-08-14", "right_party")]), QUIET),
    "14(b)(2)(ii)-1.ii on Friday 21 August": (
        case("2026-08-21T08:00:00", history=[call("2026-08-11"), call("2026-08-14", "right_party")]), LAWFUL),
    "14(b)(2)(i)-1.ii the consumer called on 13 August": (
        case("2026-08-19T20:00:00", history=[call("2026-08-13", "right_party", direction="inbound")]), QUIET),
    "14(b)(2)(i)-1.ii on 20 August": (
        case("2026-08-20T08:00:00", history=[call("2026-08-13", "right_party", direction="inbound")]), LAWFUL),
    "14(b)(2)(i)-1.iii - an eighth call to the third party": (
        case("2026-10-12T12:00:00", **ASK,
             history=calls("2026-10-06", days=7, party="relative", contact_point="R")), CALLED_TODAY),
    "14(b)(2)(i)-1.iii - calls to the third party are not to the consumer": (
        case("2026-10-12T12:00:00", history=calls("2026-10-06", days=7, party="relative", contact_point="R")), LAWFUL),
    "14(b)(2)(i)-3 the number belongs to someone else": (
        case("2026-06-18T12:00:00", contact_point="N",
             contact_points=[{"id": "M", "source": "contract", "status": "wrong_party"}, {"id": "N", "source": "contract"}],
             history=[call("2026-06-15", times=4), call("2026-06-17", times=3)]), LAWFUL),
    "14(b)-1 texts and e-mails are no calls": (
        case("2026-06-18T12:00:00", history=[call("2026-06-17", "delivered", channel="sms", times=9),
                                             call("2026-06-16", "sent", channel="email", times=9)]), LAWFUL),
    "14(b)-1 - nor is a text held up by seven calls": (
        case("2026-06-18T12:00:00", channel="sms", history=[call("2026-06-17", times=7)]), LAWFUL),
    "14(b)-1 a ringless voicemail is a call": (
        case("2026-06-18T12:00:00", history=[call("2026-06-17", "voicemail", times=7)]), CALLED_TODAY),
    "14(b)(2) a particular person - the spouse was called": (
        case("2026-06-18T12:00:00", history=[call("2026-06-17", party="spouse", times=7)]), LAWFUL),
    "14(b)(2) - the debt came to another collector": (
        case("2026-06-18T12:00:00", actor="XYZ", history=[call("2026-06-17", times=7, actor="ABC")]), LAWFUL),
    "14(b)(3)(i)-3.i call back on Monday": (
        case("2026-04-06T12:00:00", consents=[CALL_BACK], history=[call("2026-04-03", "right_party")]), LAWFUL),
    "14(b)(3)(i)-3.i - a second unanswered call that Monday": (
        case("2026-04-06T15:00:00", consents=[CALL_BACK], history=[call("2026-04-03", "right_party"), call("2026-04-06")]),
        LAWFUL),
    "14(b)(3)(i)-3.i - without having said so": (
        case("2026-04-06T12:00:00", history=[call("2026-04-03", "right_party")]), QUIET),
    "14(b)(3)(i)-3.ii on Wednesday after the conversation of Monday": (
        case("2026-04-08T12:00:00", consents=[CALL_BACK],
             history=[call("2026-04-03", "right_party"), call("2026-04-06", "right_party")]), QUIET),
    "14(b)(3)(i)-3.ii - with additional consent": (
        case("2026-04-08T12:00:00", consents=[CALL_BACK, CALL_BACK | {"at_date": "2026-04-06"}],
             history=[call("2026-04-03", "right_party"), call("2026-04-06", "right_party")]), LAWFUL),
    "14(b)(3)(i)-3.iii the eighth call of 8 to 10 June": (
        case("2026-06-10T12:00:00", consents=[BY_MAIL], history=[*JUNE[:-1], call("2026-06-10")]), LAWFUL),
    "14(b)(3)(i)-3.iii - on the last day of the consent, after eight": (
        case("2026-06-10T15:00:00", consents=[BY_MAIL], history=JUNE), LAWFUL),
    "14(b)(3)(i)-3.iii on 11 June none of the eight counts": (
        case("2026-06-11T12:00:00", consents=[BY_MAIL], history=JUNE), LAWFUL),
    "14(b)(3)(i)-3.iii on 11 June those of that day count": (
        case("2026-06-11T20:00:00", consents=[BY_MAIL], history=[*JUNE, call("2026-06-11", times=7)]), CALLED_TODAY),
    "14(b)(3)(i)-3.iii - the same calls without consent": (case("2026-06-10T15:00:00", history=JUNE), CALLED_TODAY),
    "14(b)(3)(i)-2 (1) consent until 8 June: calls of the 9th count": (
        case("2026-06-10T12:00:00", consents=[BY_MAIL | {"until_date": "2026-06-08"}],
             history=[call("2026-06-08", times=8), call("2026-06-09", times=7)]), CALLED_TODAY),
    "14(b)(3)(i)-2 (1) - those of the 8th do not": (
        case("2026-06-10T12:00:00", consents=[BY_MAIL | {"until_date": "2026-06-08"}],
             history=[call("2026-06-08", times=8), call("2026-06-09", times=6)]), LAWFUL),
    "14(b)(3)(i)-2 (2) revoked on 9 June: calls of the 10th count": (
        case("2026-06-11T12:00:00", consents=[BY_MAIL, BY_MAIL | {"given": False, "at_date": "2026-06-09"}],
             history=[call("2026-06-08", times=8), call("2026-06-10", times=7)]), CALLED_TODAY),
    "14(b)(3)(i)-2 (2) - those before do not": (
        case("2026-06-11T12:00:00", consents=[BY_MAIL, BY_MAIL | {"given": False, "at_date": "2026-06-09"}],
             history=[call("2026-06-08", times=8), call("2026-06-10", times=6)]), LAWFUL),
    "14(b)(3)(i)-2 (2) - revoked: the limit is back": (
        case("2026-06-09T12:00:00", consents=[BY_MAIL, BY_MAIL | {"given": False, "at_date": "2026-06-09"}],
             history=calls("2026-06-03", days=1, times=7)), CALLED_TODAY),
    "14(b)(3)(i)-2 (3) a conversation regarding the debt spends it": (
        case("2026-06-09T12:00:00", consents=[BY_MAIL],
             history=[call("2026-06-05", times=7), call("2026-06-08", "right_party"), call("2026-06-09", times=6)]), QUIET),
    "14(b)(3)(i)-2 (3) - one regarding another debt does not": (
        case("2026-06-09T12:00:00", consents=[BY_MAIL],
             history=[call("2026-06-08", "right_party", debt="D2"), call("2026-06-09", times=7)]), LAWFUL),
    "14(b)(3)(i)-2 consent is about a particular debt": (
        case("2026-06-10T12:00:00", consents=[BY_MAIL | {"debt": "D2"}], history=[call("2026-06-08", times=7)]), CALLED_TODAY),
    "14(b)(3)(i)-2 - about this one": (
        case("2026-06-10T12:00:00", consents=[BY_MAIL | {"debt": "D1"}], history=[call("2026-06-08", times=7)]), LAWFUL),
    "14(b)(3)(i)-1 consent to more calls is none to calls at night": (
        case("2026-06-10T21:30:00", consents=[BY_MAIL]), "US-RF-6b1"),
    "14(b)(3)(i)-1 - nor to a medium that was refused": (
        case("2026-06-10T12:00:00",
             consents=[BY_MAIL, {"channel": "call", "purpose": "collection", "given": False, "at_date": "2026-06-01"}]),
        "US-RF-14h"),
    "14(b)(3)(ii)-1 a busy signal": (case("2026-06-10T12:00:00", history=[call("2026-06-09", "busy", times=7)]), LAWFUL),
    "14(b)(3)(ii)-1 not in service": (case("2026-06-10T12:00:00", history=[call("2026-06-09", "dead_line", times=7)]), LAWFUL),
    "14(b)(3)(ii)-1 answered, then dropped": (
        case("2026-06-10T12:00:00", history=[call("2026-06-09", "connected", times=7)]), CALLED_TODAY),
    "14(b)(3)(ii)-1 rang and nobody answered": (
        case("2026-06-10T12:00:00", history=[call("2026-06-09", "no_answer", times=7)]), CALLED_TODAY),
    "14(b)(3)(ii)-1 connected to a voicemail": (
        case("2026-06-10T12:00:00", history=[call("2026-06-09", "voicemail", times=7)]), CALLED_TODAY),
    "14(b)(3)(iii) calls to the consumer's attorney": (
        case("2026-06-10T12:00:00", party="attorney", history=[call("2026-06-09", party="attorney", times=9)]), LAWFUL),
    "14(b)(4)-2.i 21 unanswered calls, seven counted to each of three debts": (
        case("2026-06-10T12:00:00",
             history=[call("2026-06-09", times=times, debt=debt) for debt, times in (("D1", 6), ("D2", 7), ("D3", 7))]),
        LAWFUL),
    "14(b)(4)-2.i - a 22nd": (
        case("2026-06-10T12:00:00",
             history=[call("2026-06-09", times=7, debt=debt) for debt in ("D1", "D2", "D3")]), CALLED_TODAY),
    "14(b)(4)-2.ii a limited-content message counted to the other debt": (
        case("2026-06-10T12:00:00", history=[call("2026-06-09", times=6), call("2026-06-10", "voicemail", debt="D2")]), LAWFUL),
    "14(b)(4)-2.iii a conversation solely about the medical debt": (
        case("2026-11-10T12:00:00", debt="D2", history=TWO_SPOKE), LAWFUL),
    "14(b)(4)-2.iii the medical debt": (case("2026-11-10T12:00:00", history=TWO_SPOKE), QUIET),
    "14(b)(4)-2.iv a conversation about both": (
        case("2026-11-10T12:00:00", debt="D2", history=[*TWO_SPOKE, call("2026-11-09", "right_party", debt="D2")]), QUIET),
    "14(b)(4)-2.v a general conversation counted to the medical debt": (
        case("2026-11-12T12:00:00", debt="D2", history=[*VISITED, call("2026-11-12", "right_party", debt="D1")]), LAWFUL),
    "14(b)(4)-2.v the medical debt": (
        case("2026-11-12T12:00:00", history=[*VISITED, call("2026-11-12", "right_party", debt="D1")]), QUIET),
    "14(b)(4)-2.vi the consumer turns to the card debt": (
        case("2026-11-10T12:00:00", debt="D2",
             history=[*TWO_SPOKE, call("2026-11-09", "right_party", debt="D2", direction="inbound")]), QUIET),
    "14(b)(4)-2.vi no call was placed about it": (
        case("2026-11-16T12:00:00", debt="D2",
             history=[call("2026-11-09", "right_party", debt="D2", direction="inbound"),
                      call("2026-11-10", times=6, debt="D2")]),
        LAWFUL),
    "14(b)(4)-2.vii three student loans under one account number: the eighth call": (
        case("2026-06-10T12:00:00", debt="LOANS", debts=[{"id": "LOANS", "dpd": 120}],
             history=[call("2026-06-09", times=7, debt="LOANS")]), CALLED_TODAY),
    "14(b)(4)-2.vii the seventh": (
        case("2026-06-10T12:00:00", debt="LOANS", debts=[{"id": "LOANS", "dpd": 120}],
             history=[call("2026-06-09", times=6, debt="LOANS")]), LAWFUL),
}  # fmt: skip


@pytest.mark.parametrize(("facts", "expected"), HOW_OFTEN.values(), ids=HOW_OFTEN)
def test_comment_14b_how_often(facts: Facts, expected: str) -> None:
    check(facts, expected)


@pytest.mark.parametrize(
    ("facts", "again"),
    [
        (case("2026-04-07T12:00:00", history=calls("2026-04-01", days=7)), "2026-04-08"),
        (case("2026-08-14T12:00:00", history=[call("2026-08-14", "right_party")]), "2026-08-21"),
        (case("2026-08-13T12:00:00", history=[call("2026-08-13", "right_party", direction="inbound")]), "2026-08-20"),
        (case("2026-04-03T19:00:00", history=[*APRIL, call("2026-04-03", times=6)]), "2026-04-08"),
    ],
    ids=["14(b)(2)(i)-1.i", "14(b)(2)(ii)-1.ii", "14(b)(2)(i)-1.ii", "14(b)(2)(i)-2.i"],
)
def test_the_day_from_which_the_bureau_lets_the_collector_call_again(facts: Facts, again: str) -> None:
    assert allowed_again(facts) == again


# 14(h): by what

STOP_CALLING = [{"channel": "call", "purpose": "collection", "given": False, "at_date": "2026-06-01"}]
STOP_TEXTING = [{"channel": "sms", "purpose": "collection", "given": False, "at_date": "2026-06-01"}]
STOP_WRITING = [{"channel": "letter", "purpose": "collection", "given": False, "at_date": "2026-06-01"}]
TWO_MOBILES = [{"id": "M", "source": "contract", "status": "withdrawn"}, {"id": "N", "source": "contract"}]

BY_WHAT = {
    "14(h)(1)-3.i stop calling": (case("2026-06-10T12:00:00", consents=STOP_CALLING), "US-RF-14h"),
    "14(h)(1)-3.i - a letter": (case("2026-06-10T12:00:00", consents=STOP_CALLING, channel="letter"), LAWFUL),
    "14(h)(1)-2 one of two mobiles is not to be used": (
        case("2026-06-10T12:00:00", contact_points=TWO_MOBILES), "US-RF-14h-address"),
    "14(h)(1)-2 the other may be": (case("2026-06-10T12:00:00", contact_points=TWO_MOBILES, contact_point="N"), LAWFUL),
    "14(h)(1)-3.ii opted out at an e-mail address": (
        case("2026-06-10T12:00:00", channel="email", contact_points=[{"id": "M", "kind": "email", "status": "withdrawn"}]),
        "US-RF-14h-address"),
    "14(h)(1)-3.ii - another address": (
        case("2026-06-10T12:00:00", channel="email", contact_point="N",
             contact_points=[{"id": "M", "kind": "email", "status": "withdrawn"}, {"id": "N", "kind": "email"}]), LAWFUL),
    "14(h)(2)(i) one confirmation of the opt-out": (
        case("2026-06-10T12:00:00", channel="sms", consents=STOP_TEXTING, requested=True), LAWFUL),
    "14(h)(2)(i) - no further text": (case("2026-06-10T12:00:00", channel="sms", consents=STOP_TEXTING), "US-RF-14h"),
    "14(h)(2)(iii) what the law requires by that medium": (
        notified("required_by_law", flags=[], consents=STOP_WRITING), LAWFUL),
    "14(h)(2)(iii) - any other letter": (notified(None, flags=[], consents=STOP_WRITING), "US-RF-14h"),
    "14(h)(2)(iii) - nor does it end a request to cease": (notified("required_by_law"), "US-RF-6c"),
    "14(h)(2)(ii) one reply by the medium the consumer used": (
        case("2026-06-10T12:00:00", consents=STOP_CALLING, requested=True), LAWFUL),
}  # fmt: skip


@pytest.mark.parametrize(("facts", "expected"), BY_WHAT.values(), ids=BY_WHAT)
def test_comment_14h_by_what(facts: Facts, expected: str) -> None:
    check(facts, expected)


# 6(e), 10(b), 18(e), 26(b): what is said

LIMITED = (
    "Hi, this is Robin Smith calling from ABC Inc. It is 4:15 p.m. on Wednesday, September 1. Please contact me or any of our "
    "representatives at 1-800-555-1212 today until 6:00 p.m. Eastern time, or any weekday from 8:00 a.m. to 6:00 p.m. Eastern "
    "time."
)
MINI_MIRANDA = "This is an attempt to collect a debt and any information obtained will be used for that purpose."
LATER = "This communication is from a debt collector."
WROTE = [{"at": "2026-06-01T10:00:00-04:00", "channel": "letter", "outcome": "sent", "debt": "D1"}]
MODEL_FORM = (
    "North South Group is a debt collector. We are trying to collect a debt that you owe to Bank of Rockville. We will use any "
    "information you give us to help collect the debt."
)
"""Model Form B-1 of appendix B."""
BARRED = [{"id": "D1", "dpd": 2900, "time_barred": True}]


def says(text: str, *, at: str = "2026-06-10T12:00:00", limited: bool = False, **facts: Any) -> Facts:
    return case(at, content={"language": "en", "text": text, "limited": limited}, **facts)


WHAT_IS_SAID = {
    "6(e)-1.i reply STOP": (
        says(f"{LATER} Reply STOP to stop texts to this telephone number.", channel="sms", history=WROTE), LAWFUL),
    "6(e)-1.ii a hyperlink": (
        says(f"{LATER} Click here to opt out of further emails to this email address.", channel="email", history=WROTE),
        LAWFUL),
    "6(e)-1.iii the word stop in the subject line": (
        says(f"{LATER} You may opt out of emails to this address by replying with the word \"stop\" in the subject line.",
             channel="email", history=WROTE), LAWFUL),
    "47 CFR 64.1200(a)(10) the words that revoke": (
        says(f"{LATER} Reply REVOKE to end these texts.", channel="sms", history=WROTE), LAWFUL),
    "6(e) - no way to opt out": (says(LATER, channel="sms", history=WROTE), "US-RF-6e"),
    "10(b)(2)-1 who may act for the estate": (
        says("Good day, this is Robin Smith. I am seeking to identify and locate the person who is authorized to act on behalf "
             "of the estate of Ada Byron.", **ASK), LAWFUL),
    "10(b)(2)-1 who handles the financial affairs": (
        says("Good day, this is Robin Smith. I am seeking to identify and locate the person handling the financial affairs of "
             "Ada Byron.", **ASK), LAWFUL),
    "10(b)(2) - that she owes": (
        says("Good day, this is Robin Smith. Ada Byron owes us money; who acts for her estate?", **ASK), "US-RF-10-disclosure"),
    "2(j)-2, 18(e)-1 a limited-content message": (says(LIMITED, limited=True), LAWFUL),
    "18(e)-1 a later limited-content message": (says(LIMITED, limited=True, history=WROTE), LAWFUL),
    "18(e)-1 - the same words written": (says(LIMITED, limited=True, channel="letter"), "US-RF-18e-initial"),
    "18(e)-1 a voicemail that conveys more": (
        says(f"{LIMITED} It is about your past due account.", limited=True), "US-RF-18e-initial"),
    "2(j)(1)(i) a name that tells of collection": (
        says(LIMITED.replace("ABC Inc", "ABC Debt Collection"), limited=True), "US-RF-18e-initial"),
    "18(e)(1) the first communication": (says(MINI_MIRANDA, channel="letter"), LAWFUL),
    "34(d)(2)(i), Model Form B-1 as the first communication": (says(MODEL_FORM, channel="letter"), LAWFUL),
    "34(d)(2)(i)-1 Model Form B-1 after it": (says(MODEL_FORM, channel="letter", history=WROTE), LAWFUL),
    "Model Form B-1 - without its last sentence": (
        says(MODEL_FORM.partition(" We will")[0], channel="letter"), "US-RF-18e-initial"),
    "18(e)(1) - half of it": (says("This is an attempt to collect a debt.", channel="letter"), "US-RF-18e-initial"),
    "18(e)(1)-1 after a limited-content message the consumer's call is the first": (
        says(LATER, history=[call("2026-06-09", "voicemail")]), "US-RF-18e-initial"),
    "18(e)(1)-1 in that call": (says(MINI_MIRANDA, history=[call("2026-06-09", "voicemail")]), LAWFUL),
    "18(e)(2) each later one": (says(LATER, channel="letter", history=WROTE), LAWFUL),
    "18(e)(2) - says nothing of it": (says("Please call us at 1-800-555-1212.", channel="letter", history=WROTE), "US-RF-18e"),
    "34(c)(1)-1.i the first disclosure serves as the later one": (says(MINI_MIRANDA, channel="letter", history=WROTE), LAWFUL),
    "26(b) a threat of suit": (says(f"{LATER} We will sue you.", channel="letter", history=WROTE, debts=BARRED), "US-RF-26"),
    "26(b) - while the debt is not time-barred": (says(f"{LATER} We will sue you.", channel="letter", history=WROTE), LAWFUL),
    "34(d)(3)(iv)(B)-1 that there will be no suit": (
        says(f"{LATER} The law limits how long you can be sued on a debt. We will not sue you to collect it.", channel="letter",
             history=WROTE, debts=BARRED), LAWFUL),
}  # fmt: skip


@pytest.mark.parametrize(("facts", "expected"), WHAT_IS_SAID.values(), ids=WHAT_IS_SAID)
def test_comments_6e_10b_18e_26b_what_is_said(facts: Facts, expected: str) -> None:
    check(facts, expected)


# 6(d)(4)-(5), 30, 34, 100: what is no contact


def matter(on: str, events: dict[str, str] | None = None, **facts: Any) -> Facts:
    happened = [{"event": event.rstrip("+"), "on": day} for event, day in (events or {}).items()]
    return {"on": on, "jurisdictions": ["US"], "acts": "agency", "events": happened} | facts


def act(name: str, on: str, **events: str) -> Facts:
    return matter(on, events, matter="act", act=name)


def duty(name: str, on: str, holidays: int = 0, **events: str) -> Facts:
    return matter(on, events, matter="duty", duty=name, holidays_between=holidays)


def delete(name: str, on: str, **events: str) -> Facts:
    return matter(on, events, matter="record", record=name, action="delete")


SENT_TWICE = {"letter": "2026-05-01", "undeliverable": "2026-05-10", "letter+": "2026-05-11"}
NO_CONTACTS: dict[str, tuple[Facts, str, int]] = {
    "6(d)(4)(ii)(C)(5) the opt-out period of 35 days": (
        act("use_creditor_email", "2026-06-05", creditor_email_notice="2026-05-01"), LAWFUL, 0),
    "6(d)(4)(ii)(D) - a day before it expires": (
        act("use_creditor_email", "2026-06-04", creditor_email_notice="2026-05-01"), "US-RF-6d4", 1),
    "6(d)(4)(ii)(E)-2 known to be the employer's": (
        act("use_creditor_email", "2026-06-05", creditor_email_notice="2026-05-01") | {"flags": ["employer_domain"]},
        "US-RF-6d4-employer", 1),
    "6(d)(5) the number was checked 60 days ago": (
        act("use_number_for_text", "2026-06-30", number_checked="2026-05-01"), LAWFUL, 0),
    "6(d)(5) - 61 days ago": (act("use_number_for_text", "2026-07-01", number_checked="2026-05-01"), "US-RF-6d5", 1),
    "6(d)(5) - checked again": (
        act("use_number_for_text", "2026-07-01", consent_renewed="2026-05-01", number_checked="2026-06-30"), LAWFUL, 0),
    "30(a)(1)(i) having spoken": (act("furnish_adverse", "2026-05-01", conversation="2026-05-01"), LAWFUL, 0),
    "30(a)(1) nothing was said yet": (act("furnish_adverse", "2026-05-01"), "US-RF-30a", 1),
    "30(a)(1)-2 from 1 May to 14 May, then furnished": (act("furnish_adverse", "2026-05-15", letter="2026-05-01"), LAWFUL, 0),
    "30(a)(1)-2 - on 14 May": (act("furnish_adverse", "2026-05-14", letter="2026-05-01"), "US-RF-30a", 1),
    "30(a)(1)-3.i returned on 10 May and furnished all the same": (
        act("furnish_adverse", "2026-05-20", letter="2026-05-01", undeliverable="2026-05-10"), "US-RF-30a", 1),
    "30(a)(1)-3.ii mailed again on 11 May": (matter("2026-05-25", SENT_TWICE, matter="act", act="furnish_adverse"), LAWFUL, 0),
    "30(a)(1)-3.ii - furnished on 24 May": (
        matter("2026-05-24", SENT_TWICE, matter="act", act="furnish_adverse"), "US-RF-30a", 1),
    "30(a)(1)-3.iii returned after the reasonable period": (
        act("furnish_adverse", "2026-06-20", letter="2026-05-01", undeliverable="2026-05-20"), LAWFUL, 0),
    "30(b)(1) sale of a paid debt": (act("place_debt", "2026-05-01") | {"flags": ["paid"]}, "US-RF-30b", 1),
    "30(b)(1) sale of one discharged in bankruptcy": (
        act("place_debt", "2026-05-01") | {"flags": ["discharged"]}, "US-RF-30b", 1),
    "30(b)(1) - of one that is owed": (act("place_debt", "2026-05-01"), LAWFUL, 0),
    "30(c) a payment to the disputed debt": (
        matter("2026-05-01", matter="payment", amount_minor=5000, to_disputed_minor=1200), "US-RF-30b-payment", 1200),
    "34(a)(1)(i)(B) within five days of the initial communication": (
        duty("send_validation_notice", "2026-05-08", first_communication="2026-05-01", validation_notice="2026-05-06"),
        LAWFUL, 0),
    "34(a)(1)(i)(B) - on the sixth": (
        duty("send_validation_notice", "2026-05-08", first_communication="2026-05-01", validation_notice="2026-05-07"),
        "US-RF-34", 1),
    "34(a)(1)(i)(A) in the initial communication": (
        duty("send_validation_notice", "2026-05-08", first_communication="2026-05-01", validation_notice="2026-05-01"),
        LAWFUL, 0),
    "34(b)(5)-2 sent again on 15 January: received on the 23rd, a holiday between": (
        duty("set_validation_period", "2026-01-15", 1, validation_notice="2026-01-15", assumed_receipt="2026-01-23",
             validation_end="2026-02-22"), LAWFUL, 0),
    "34(b)(5) - on the 22nd": (
        duty("set_validation_period", "2026-01-15", 1, validation_notice="2026-01-15", assumed_receipt="2026-01-22",
             validation_end="2026-02-22"), "US-RF-34-receipt", 1),
    "34(b)(5)-2 - reckoned from the first notice": (
        duty("set_validation_period", "2026-01-15", 1, validation_notice="2026-01-15", assumed_receipt="2026-01-23",
             validation_end="2026-02-08"), "US-RF-34-validation", 14),
    "34(b)(5) - a day short": (
        duty("set_validation_period", "2026-01-15", 1, validation_notice="2026-01-15", assumed_receipt="2026-01-23",
             validation_end="2026-02-21"), "US-RF-34-validation", 1),
    "100(a) three years after the last collection activity": (
        delete("evidence", "2029-05-01", last_collection="2026-05-01"), LAWFUL, 0),
    "100(a) - a day before": (delete("evidence", "2029-04-30", last_collection="2026-05-01"), "US-RF-100", 1),
    "100(a) while collection goes on": (delete("evidence", "2029-05-01"), "US-RF-100", 1080),
    "100(b) three years after the call": (delete("recording", "2029-05-01", call="2026-05-01"), LAWFUL, 0),
    "100(b) - a day before": (delete("recording", "2029-04-30", call="2026-05-01"), "US-RF-100-recording", 1),
}  # fmt: skip


@pytest.mark.parametrize(("facts", "expected", "over"), NO_CONTACTS.values(), ids=NO_CONTACTS)
def test_6d_30_34_100_what_is_no_contact(facts: Facts, expected: str, over: int) -> None:
    refused = {one.rule: one.over for one in judge(parse_matter(json.dumps(facts)), US).refusals}
    assert refused == ({} if expected == LAWFUL else {expected: over})
