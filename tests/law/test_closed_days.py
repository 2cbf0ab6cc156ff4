"""Closed days refuse by the calendar of every place where the customer may be, and never guess a calendar."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from arrears.errors import CalendarError, LawError
from arrears.law import gate, load_pack, load_packs, test_pack
from arrears.law.examples import case_of, refusing_rules
from arrears.law.gating import parse_case
from arrears.law.kinds import ClosedDays
from arrears.law.loading import parse_pack

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "policy.yaml"
POLICY = load_pack(EXAMPLE)


def pack(params: str, **head: str):
    """A pack of one rule of closed days, with a Monday open and 2026-03-01, a Sunday, closed in every variant."""
    return parse_pack(
        f"""
format: 1
id: closed
title: {{en: Closed, zh: 关闭}}
covers: [CN, US]
source: a test
base_case: {{at: "2026-03-02T12:00:00+08:00", jurisdictions: [CN], acts: issuer, channel: call, party: debtor,
  purpose: collection, places: [{{zone: Asia/Shanghai}}]}}
rules:
  - id: X-closed
    title: {{en: Closed days, zh: 停止联系日}}
    citation: {{instrument: Policy, article: "1"}}
    evidence: text
    from: 2020-01-01
    binding: policy
    applies_to: both
    kind: closed_days
    params: {params}
    examples:
      - {{expect: allow, case: {{}}}}
      - {{expect: refuse, case: {{at: "2026-03-01T12:00:00+08:00"}}}}
""".encode(),
        "closed.yaml",
    )


def refused(made: Any, at: str, **facts: Any) -> str:
    """The reason, empty where it is allowed."""
    case = {**made.base_case, "at": at, **facts}
    verdict = gate(parse_case(json.dumps(case, default=str)), [made])
    return verdict.refusals[0].reason if verdict.refusals else ""


SUNDAYS = pack("{weekdays: [sun]}")
CHINA = pack("{weekdays: [sat, sun], holidays: CN, breaks: true, adjusted: true}")
CHINA_STRICT = pack("{weekdays: [sat, sun], holidays: CN}")


def test_the_example_policy_comes_out_by_gate_and_by_screen() -> None:
    assert [failure.line() for failure in test_pack(POLICY)] == []


def test_every_example_of_the_policy_comes_out_on_top_of_the_law_of_china() -> None:
    packs = load_packs(["cn", EXAMPLE])
    for rule in POLICY.rules:
        for example in rule.examples:
            refusals = {one.rule for one in gate(case_of(POLICY, example), packs).refusals}
            assert not refusals if example.expect == "allow" else rule.id in refusals, (rule.id, example)


def test_the_example_policy_is_policy_for_everywhere() -> None:
    assert POLICY.covers == ("*",)
    assert {rule.binding for rule in POLICY.rules} == {"policy"}
    assert {rule.kind for rule in POLICY.rules} >= {"hours", "frequency_cap", "closed_days", "hold"}


@pytest.mark.parametrize(
    ("at", "open_", "open_unadjusted"),
    [
        ("2026-02-28T12:00:00+08:00", True, False),  # a Saturday made a working day
        ("2026-01-04T12:00:00+08:00", True, False),  # a Sunday made one
        ("2026-03-01T12:00:00+08:00", False, False),
        ("2026-02-23T12:00:00+08:00", False, False),  # a Monday given off instead
        ("2026-02-24T12:00:00+08:00", True, True),
    ],
)
def test_adjusted_days_are_open_where_the_rule_says_so(at: str, open_: bool, open_unadjusted: bool) -> None:
    assert (refused(CHINA, at) == "", refused(CHINA_STRICT, at) == "") == (open_, open_unadjusted)


def test_the_first_and_the_last_second_of_a_closed_day_are_closed() -> None:
    moments = [
        "2026-02-28T23:59:59+08:00",
        "2026-03-01T00:00:00+08:00",
        "2026-03-01T23:59:59+08:00",
        "2026-03-02T00:00:00+08:00",
    ]
    assert [refused(SUNDAYS, at) == "" for at in moments] == [True, False, False, True]


@pytest.mark.parametrize("at", ["2026-03-02T10:00:00+08:00", "2026-02-28T23:00:00-08:00"])
def test_any_place_with_a_closed_date_refuses(at: str) -> None:
    both = [{"zone": "Asia/Shanghai"}, {"zone": "America/Los_Angeles"}]
    assert refused(SUNDAYS, at, places=both)
    assert (refused(SUNDAYS, at) == "") == at.endswith("+08:00")


def test_a_region_has_its_own_holidays() -> None:
    massachusetts = pack("{weekdays: [sun], holidays: US-MA}")
    assert "Patriots' Day" in refused(massachusetts, "2026-04-20T12:00:00-04:00", places=[{"zone": "America/New_York"}])


def test_a_holiday_is_named_in_the_language_of_the_case() -> None:
    assert "春节" in refused(CHINA, "2026-02-17T12:00:00+08:00", language="zh")
    assert "Spring Festival" in refused(CHINA, "2026-02-17T12:00:00+08:00")


def test_the_first_lawful_moment_is_the_first_open_days() -> None:
    case = parse_case(json.dumps({**CHINA.base_case, "at": "2026-02-15T12:00:00+08:00"}))
    allowed_from = gate(case, [CHINA]).allowed_from
    assert allowed_from is not None and allowed_from.isoformat() == "2026-02-24T00:00:00+08:00"


def test_the_first_lawful_moment_is_open_at_every_place() -> None:
    places = [{"zone": "Asia/Shanghai"}, {"zone": "America/Los_Angeles"}]
    case = parse_case(json.dumps({**SUNDAYS.base_case, "at": "2026-03-01T12:00:00+08:00", "places": places}))
    allowed_from = gate(case, [SUNDAYS]).allowed_from
    assert allowed_from is not None and allowed_from.isoformat() == "2026-03-02T16:00:00+08:00"


def test_a_year_that_is_not_loaded_is_an_error_in_gate_and_screen() -> None:
    case = parse_case(json.dumps({**CHINA.base_case, "at": "2027-03-02T12:00:00+08:00"}))
    with pytest.raises(CalendarError, match="CN: the days of 2027 are not loaded"):
        gate(case, [CHINA])
    with pytest.raises(CalendarError, match="CN: the days of 2027 are not loaded"):
        refusing_rules([case], [CHINA])


def test_no_first_lawful_moment_is_promised_beyond_the_calendar() -> None:
    closing = pack("{weekdays: [sun], holidays: CN, dates: [2026-12-31]}")
    verdict = gate(parse_case(json.dumps({**closing.base_case, "at": "2026-12-31T12:00:00+08:00"})), [closing])
    assert not verdict.allowed
    assert verdict.allowed_from is None


def test_a_year_given_in_the_rule_stands() -> None:
    year = "{year: 2027, holidays: [2027-01-01], working_days: [2027-01-03]}"
    given = pack(f"{{weekdays: [sat, sun], holidays: CN, adjusted: true, years: [{year}]}}")
    days = [f"2027-01-0{day}T12:00:00+08:00" for day in (1, 2, 3, 4)]
    assert [refused(given, at) == "" for at in days] == [False, False, True, True]
    assert "公共假日" in refused(given, days[0], language="zh")


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ("{}", "closes no day"),
        ("{weekdays: [sunday]}", "weekdays"),
        ("{weekdays: [sun], adjusted: true}", "holidays: CN"),
        ("{holidays: CN, adjusted: true}", "weekdays"),
        ("{holidays: XX}", "ISO 3166-1"),
        ("{holidays: US-ZZ}", "its regions"),
        ("{weekdays: [sun], breaks: true}", "holidays: CN"),
        ("{holidays: CN, years: [{year: 2027, holidays: [2026-01-01]}]}", "2026-01-01 is not in 2027"),
        ("{holidays: CN, years: [{year: 2027, holidays: [2027-01-01]}, {year: 2027, holidays: [2027-01-01]}]}", "twice"),
        ("{weekdays: [sun], open: true}", "unknown key"),
    ],
)
def test_a_rule_that_makes_no_sense_does_not_load(params: str, told: str) -> None:
    with pytest.raises(LawError) as error:
        pack(params)
    assert told in error.value.line() and "X-closed" in error.value.line()


def test_letters_are_sent_on_any_day_unless_they_are_named() -> None:
    assert refused(SUNDAYS, "2026-03-01T12:00:00+08:00", channel="letter") == ""
    assert refused(pack("{weekdays: [sun], channels: [call, letter]}"), "2026-03-01T12:00:00+08:00", channel="letter")


@pytest.mark.slow
def test_gate_and_screen_agree_on_every_day_of_two_years() -> None:
    days = [date.fromordinal(number) for number in range(date(2025, 1, 1).toordinal(), date(2026, 12, 31).toordinal() + 1)]
    cases = [parse_case(json.dumps({**CHINA.base_case, "at": f"{day}T12:00:00+08:00"})) for day in days[::3]]
    gated = [tuple(one.rule for one in gate(case, [CHINA]).refusals) for case in cases]
    assert refusing_rules(cases, [CHINA]) == gated
    assert 50 < sum(map(bool, gated)) < 120


def test_the_calendar_of_a_rule_counts_working_days() -> None:
    rule = CHINA.rules[0].params
    assert isinstance(rule, ClosedDays) and rule.calendar is not None
    assert rule.calendar.add_working_days(date(2026, 2, 14), 1) == date(2026, 2, 24)
