"""What changed in the law is told rule by rule and key by key, and nothing else is."""

from __future__ import annotations

import json
from datetime import date

import pytest

from arrears.errors import LawError
from arrears.law import gate, load_pack, load_packs
from arrears.law.comparing import KeyChange, between, compared, standing_on, told
from arrears.law.gating import parse_case
from arrears.law.loading import packs_shipped, parse_pack

CN = load_pack("cn")
CBA, EVE = date(2026, 1, 30), date(2026, 1, 29)
VISITORS = """
format: 1
id: small
title: {en: Small, zh: 小}
covers: [XX]
source: a test
base_case: {at: "2026-03-02T12:00:00+00:00", jurisdictions: [XX], acts: issuer, channel: visit, party: debtor,
  purpose: collection, places: [{zone: UTC}], visitors: 3}
rules:
  - id: XX-visit
    title: {en: Visitors, zh: 上门人数}
    citation: {instrument: An act, article: "1"}
    evidence: text
    from: 2020-01-01
    binding: law
    applies_to: both
    kind: visitors
    params: {min: 2}
    examples:
      - {expect: allow, case: {visitors: 2}}
      - {expect: refuse, case: {visitors: 1}}
"""


def small(**written: str):
    """The small pack with words replaced: `small(**{"min: 2": "min: 3"})`."""
    text = VISITORS
    for old, new in written.items():
        assert old in text
        text = text.replace(old, new)
    return parse_pack(text.encode(), "small.yaml")


SECOND_VERSION = VISITORS.replace("from: 2020-01-01", "from: 2020-01-01\n    to: 2025-12-31") + (
    VISITORS[VISITORS.index("  - id") :]
    .replace("2020-01-01", "2026-01-01")
    .replace("min: 2", "min: 3")
    .replace("visitors: 2", "visitors: 3")
)


def test_the_guideline_of_the_banking_association_comes_into_force_whole() -> None:
    changes = between([CN], EVE, CBA)
    begun = {rule.id for rule in CN.rules if rule.from_date == CBA and rule.enabled}
    assert begun and {change.rule for change in changes} == begun
    assert {(change.what, change.from_date) for change in changes} == {("begins", CBA)}


def test_nothing_changes_on_a_day_on_which_no_rule_begins_or_ends() -> None:
    turns = {
        day for pack in load_packs(packs_shipped()) for rule in pack.rules for day in (rule.from_date, rule.to_date) if day
    }
    quiet = date(2026, 6, 15)
    assert not any(quiet <= day <= date(2026, 6, 20) for day in turns)
    assert between(load_packs(packs_shipped()), quiet, date(2026, 6, 20)) == ()


def test_the_american_rule_of_2027_begins_on_its_day() -> None:
    us = [load_pack("us")]
    assert [change.rule for change in between(us, date(2027, 1, 30), date(2027, 1, 31))] == ["US-TCPA-all"]
    assert between(us, date(2027, 1, 31), date(2027, 3, 1)) == ()


def test_a_rule_ends_the_day_after_its_last() -> None:
    ended = small(**{"from: 2020-01-01": "from: 2020-01-01\n    to: 2026-06-30"})
    assert between([ended], date(2026, 6, 1), date(2026, 6, 30)) == ()
    (change,) = between([ended], date(2026, 6, 30), date(2026, 7, 1))
    assert (change.what, change.to_date) == ("ends", date(2026, 6, 30))


def test_a_rule_that_held_in_between_only_is_told() -> None:
    brief = small(**{"from: 2020-01-01": "from: 2026-02-01\n    to: 2026-02-28"})
    (change,) = between([brief], date(2026, 1, 1), date(2026, 4, 1))
    assert change.what == "between"


def test_another_version_of_a_rule_names_what_changed_in_it() -> None:
    pack = parse_pack(SECOND_VERSION.encode(), "small.yaml")
    (change,) = between([pack], date(2025, 12, 31), date(2026, 1, 1))
    assert change.what == "changed"
    assert KeyChange("params.min", 2, 3) in change.keys
    assert KeyChange("from", "2020-01-01", "2026-01-01") in change.keys


def test_dates_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(LawError, match="lies before"):
        between([CN], CBA, EVE)


def test_a_pack_does_not_differ_from_itself() -> None:
    assert compared([CN], [CN]) == ()
    assert compared([small()], [small()]) == ()
    assert told((), "en") == ["no differences"]
    assert told((), "zh") == ["没有差异"]


@pytest.mark.parametrize(
    ("old", "new", "keys"),
    [
        ("min: 2", "min: 3", {"params.min"}),
        ("binding: law", "binding: policy", {"binding"}),
        ("zh: 上门人数", "zh: 人数", {"title.zh"}),
        ('article: "1"', 'article: "2"', {"citation.article"}),
        ("params: {min: 2}", "params: {min: 2, dpd_from: 5}", {"params.dpd_from"}),
        ("from: 2020-01-01", "from: 2020-01-02", {"from"}),
    ],
)
def test_a_changed_key_is_named_with_both_values(old: str, new: str, keys: set[str]) -> None:
    (change,) = compared([small()], [small(**{old: new})])
    assert (change.rule, change.what, {one.key for one in change.keys}) == ("XX-visit", "changed", keys)
    assert all(one.old != one.new for one in change.keys)


def test_added_and_removed_examples_are_counted() -> None:
    more = small(**{"      - {expect: refuse, case: {visitors: 1}}": "      - {expect: refuse, case: {visitors: 0}}\n"
                    "      - {expect: refuse, case: {visitors: 1}}"})  # fmt: skip
    (change,) = compared([small()], [more])
    assert (change.keys, change.examples_added, change.examples_removed) == ((), 1, 0)
    (back,) = compared([more], [small()])
    assert (back.examples_added, back.examples_removed) == (0, 1)


def test_a_rule_on_one_side_only_is_added_or_removed() -> None:
    other = small(**{"XX-visit": "XX-other"})
    assert {(one.rule, one.what) for one in compared([small()], [other])} == {("XX-visit", "removed"), ("XX-other", "added")}


def test_a_rule_moved_to_another_pack_has_not_changed() -> None:
    assert compared([small()], [small(**{"id: small": "id: other"})]) == ()


def test_a_packs_own_keys_are_told_once() -> None:
    (change,) = compared([small()], [small(**{"covers: [XX]": "covers: [XX, YY]"})])
    assert (change.rule, change.keys) == ("", (KeyChange("covers", ["XX"], ["XX", "YY"]),))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_name_rule_key_and_both_values(language: str) -> None:
    lines = told(compared([small()], [small(**{"min: 2": "min: 3"})]), language)  # type: ignore[arg-type]
    assert lines[0].startswith("~ XX-visit") and ("Visitors" if language == "en" else "上门人数") in lines[0]
    assert lines[1].strip() == "params.min: 2 -> 3"
    assert "1" in lines[-1] and ("difference" if language == "en" else "差异") in lines[-1]


def test_changes_are_plain_data() -> None:
    changes = compared([CN], [small()])
    assert (
        len(json.loads(json.dumps([change.as_json() for change in changes], default=str)))
        == len({one.id for one in CN.rules}) + 1
    )


def test_packs_standing_on_a_date_say_on_any_day_what_they_said_on_it() -> None:
    pack = parse_pack(SECOND_VERSION.encode(), "small.yaml")
    case = {"jurisdictions": ["XX"], "acts": "issuer", "channel": "visit", "party": "debtor", "purpose": "collection",
            "places": [{"zone": "UTC"}], "visitors": 2, "at": "2030-05-05T12:00:00+00:00"}  # fmt: skip
    verdicts = [
        gate(parse_case(json.dumps(case)), standing_on([pack], day)).allowed for day in (date(2025, 12, 31), date(2026, 1, 1))
    ]
    assert verdicts == [True, False]
    before_all = standing_on([pack], date(2019, 1, 1))
    assert gate(parse_case(json.dumps(case | {"visitors": 0})), before_all).allowed
