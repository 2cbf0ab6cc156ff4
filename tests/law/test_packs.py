"""The packs as data: every example comes out, every number matters, dates and evidence are kept, errors name the place."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from arrears.errors import LawError
from arrears.law import gate, listing, load_pack, load_packs, show, test_pack
from arrears.law.citing import names
from arrears.law.clock import zone_of
from arrears.law.examples import case_of, switched_on
from arrears.law.gating import parse_case
from arrears.law.kinds import Hours, Kind
from arrears.law.loading import packs_shipped, parse_pack
from arrears.law.model import Pack, Rule
from arrears.law.words import Text

SHIPPED = {name: load_pack(name) for name in packs_shipped()}


def _as_on(pack: Pack, rule: Rule) -> tuple[Pack, Rule]:
    """The rule in its pack; one that is switched off alone and on."""
    alone = pack if rule.enabled else switched_on(pack, rule)
    return alone, rule if rule.enabled else alone.rules[0]


CONTACT_RULES = [
    pytest.param(*_as_on(pack, rule), id=rule.id)
    for pack in SHIPPED.values()
    for rule in pack.rules
    if rule.params.binds_contacts()
]
"""Every rule on contacts, those that are switched off as if they were on."""
SMALL = """
format: 1
id: small
title: {en: Small, zh: 小}
covers: [XX]
source: a test
base_case: {at: "2026-03-02T12:00:00+00:00", jurisdictions: [XX], acts: issuer, channel: visit, party: debtor,
  purpose: collection, places: [{zone: UTC}], visitors: 2}
rules:
  - id: XX-visit
    title: {en: Two visitors, zh: 两人}
    citation: {instrument: An act, article: "1"}
    evidence: text
    from: 2020-01-01
    binding: law
    applies_to: both
    kind: visitors
    params: {min: 2}
    examples:
      - {expect: allow, case: {}}
      - {expect: refuse, case: {visitors: 1}}
"""


@pytest.mark.parametrize("name", SHIPPED)
def test_every_example_comes_out_by_gate_and_by_screen(name: str) -> None:
    assert [failure.line() for failure in test_pack(SHIPPED[name])] == []


def _numbers(params: dict[str, Any], path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for key, value in params.items():
        if isinstance(value, dict):
            found += _numbers(value, (*path, key))
        elif isinstance(value, int) and not isinstance(value, bool):
            found.append((*path, key))
    return found


def _with(params: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    key, *rest = path
    return {**params, key: _with(params[key], tuple(rest), value) if rest else value}


def _mutants(params: Kind) -> list[Kind]:
    plain = {name: getattr(params, name) for name in params.model_fields_set}
    plain = {name: value.model_dump() if hasattr(value, "model_dump") else value for name, value in plain.items()}
    mutated: list[dict[str, Any]] = []
    for path in _numbers(plain):
        value = plain
        for key in path:
            value = value[key]
        mutated += [_with(plain, path, value + step) for step in (-1, 1)]  # type: ignore[operator]
    if isinstance(params, Hours):
        for name in ("allowed", "forbidden"):
            for end, clock in enumerate(plain.get(name) or ()):
                minutes = int(clock[:2]) * 60 + int(clock[3:])
                for step in (-1, 1):
                    moved = f"{(minutes + step) // 60:02d}:{(minutes + step) % 60:02d}"
                    mutated.append({**plain, name: tuple(moved if at == end else old for at, old in enumerate(plain[name]))})
    alive = []
    for one in mutated:
        try:
            alive.append(type(params).model_validate(one))
        except ValueError:
            continue
    return alive


@pytest.mark.parametrize(("pack", "rule"), CONTACT_RULES)
def test_no_number_can_change_without_an_example_failing(pack: Pack, rule: Rule) -> None:
    for params in _mutants(rule.params):
        changed = pack.with_rules(
            tuple(one.model_copy(update={"params": params}) if one is rule else one for one in pack.rules),
            f"{rule.id} with {params!r}",
        )
        outcomes = [
            (example.expect, {one.rule for one in gate(case_of(pack, example), [changed]).refusals})
            for example in rule.examples
        ]
        caught = [rule.id in refused if expect == "allow" else rule.id not in refused for expect, refused in outcomes]
        assert any(caught), f"{rule.id}: no example notices {params!r}"


@pytest.mark.parametrize(("pack", "rule"), CONTACT_RULES)
def test_a_rule_refuses_only_from_its_first_day_on(pack: Pack, rule: Rule) -> None:
    assert rule.from_date is not None
    before = rule.from_date - timedelta(days=1)
    assert rule.in_force(rule.from_date)
    assert not rule.in_force(before)
    assert rule.id not in {one.id for one in pack.rules_in_force(before)}


def _moved(value: Any, days: int) -> Any:
    """Every date and moment in a case, so many days later."""
    if isinstance(value, dict):
        return {key: _moved(inner, days) for key, inner in value.items()}
    if isinstance(value, list):
        return [_moved(inner, days) for inner in value]
    if isinstance(value, str) and len(value) >= len("2026-01-05") and value[4:5] == value[7:8] == "-" and value[:4].isdigit():
        moved = date.fromisoformat(value[:10]) + timedelta(days=days)
        return moved.isoformat() + value[10:]
    return value


@pytest.mark.parametrize(("pack", "rule"), CONTACT_RULES)
def test_the_same_case_before_and_after_the_first_day_gives_both_verdicts(pack: Pack, rule: Rule) -> None:
    assert rule.from_date is not None
    refused = next(example for example in rule.examples if example.expect == "refuse")
    case = case_of(pack, refused, rule.id)
    first = case.at.astimezone(zone_of(case.zones[0])).date()
    plain = json.loads(case.model_dump_json())
    alone = pack.with_rules((rule,), f"{rule.id} alone")
    for to, expected in ((rule.from_date, [rule.id]), (rule.from_date - timedelta(days=1), [])):
        moved = parse_case(json.dumps(_moved(plain, (to - first).days)))
        assert [one.rule for one in gate(moved, [alone]).refusals] == expected, to


@pytest.mark.parametrize("pack", SHIPPED.values(), ids=SHIPPED)
def test_unconfirmed_rules_ship_off_and_say_why(pack: Pack) -> None:
    for rule in pack.rules:
        if rule.evidence == "unconfirmed":
            assert not rule.enabled
            assert rule.why


REMARKS = [
    pytest.param(remark, id=f"{rule.id}-{name}")
    for pack in SHIPPED.values()
    for rule in pack.rules
    for name, remark in (("note", rule.note), ("why", rule.why))
    if remark is not None
]


@pytest.mark.parametrize("remark", REMARKS)
def test_a_note_and_why_a_rule_is_off_are_in_both_languages(remark: Text) -> None:
    assert re.search(r"[\u4e00-\u9fff]", remark.zh)
    assert not re.search(r"[\u4e00-\u9fff]", remark.en)
    assert not re.search(r"[\u3000-\u9fff\uff00-\uffef] [\u3000-\u9fff\uff00-\uffef]", remark.zh), "a line was folded"
    assert not re.search(r"[a-z]{3,} [a-z]{2,}", remark.zh), "English is left"


@pytest.mark.parametrize("remark", REMARKS)
def test_a_note_names_the_same_rules_in_both_languages(remark: Text) -> None:
    ids = re.compile(r"\b(?:CN|US|UK|EU|IN|SG)-[A-Za-z0-9][A-Za-z0-9.-]*[A-Za-z0-9]", re.ASCII)
    assert sorted(ids.findall(remark.en)) == sorted(ids.findall(remark.zh))


def test_a_plain_note_stands_for_both_languages_and_an_empty_one_for_none() -> None:
    plain = SMALL.replace("    binding: law", "    binding: law\n    note: 两人一组\n    enabled: false\n    why: 试行")
    (rule,) = parse_pack(plain.encode(), "small.yaml").rules
    assert rule.note == Text(en="两人一组", zh="两人一组")
    assert rule.why == Text(en="试行", zh="试行")
    (rule,) = parse_pack(SMALL.replace("    binding: law", '    binding: law\n    note: ""').encode(), "small.yaml").rules
    assert (rule.note, rule.why) == (None, None)


def test_every_rule_of_the_facts_stands_in_a_pack() -> None:
    facts = Path("/work/shared/law/rules.json")
    if not facts.exists():
        pytest.skip("the facts the packs were compiled from are not on this machine")
    known = {rule.id for pack in SHIPPED.values() for rule in pack.rules}
    assert {rule["id"] for rule in json.loads(facts.read_text(encoding="utf-8"))} - known == set()


def test_the_hash_follows_the_content() -> None:
    first, again = parse_pack(SMALL.encode(), "a.yaml"), parse_pack(SMALL.encode(), "b.yaml")
    changed = parse_pack(SMALL.replace("min: 2", "min: 3").encode(), "a.yaml")
    assert first.content_hash == again.content_hash != changed.content_hash


@pytest.mark.parametrize(
    ("written", "instead", "named"),
    [
        ("params: {min: 2}", "params: {min: 2, max: 3}", "small.yaml: XX-visit: params.max: unknown key"),
        ("params: {min: 2}", "params: {min: two}", "small.yaml: XX-visit: params.min"),
        ("kind: visitors", "kind: visits", "small.yaml: XX-visit: kind: unknown kind 'visits'"),
        ("    binding: law", "    binding: law\n    force: 1", "small.yaml: XX-visit: force: unknown key"),
        ("      - {expect: refuse, case: {visitors: 1}}", "", "untested rule does not load"),
        ("evidence: text", "evidence: unconfirmed", "unconfirmed rule ships switched off"),
        ("from: 2020-01-01", "to: 2020-01-01", "first day"),
        ("    binding: law", "    binding: law\n    note: {en: x}", "small.yaml: XX-visit: note: zh: this key is missing"),
        ("    binding: law", "    binding: law\n    enabled: false", "say why the rule is switched off"),
        ("    binding: law", '    binding: law\n    enabled: false\n    why: ""', "say why the rule is switched off"),
        ("min: 2}", "min: 2, min: 3}", "stands twice"),
        ("format: 1", "format: 2", "small.yaml: format"),
        ("format: 1", "format: true", "small.yaml: format"),
        ("format: 1", "format: " + "[" * 999, "small.yaml: nested too deeply"),
        ("format: 1", 'format: "\\ud800"', "small.yaml: a text with half a character"),
        (
            "format: 1",
            "".join(f"{new}: &{new} [*{old}{f', *{old}' * 9}]\n" for old, new in pairwise("abcdefg")).replace("*a", "1"),
            "small.yaml: more than 1000000 values, its aliases counted",
        ),
    ],
)
def test_a_pack_that_does_not_validate_names_file_rule_and_key(written: str, instead: str, named: str) -> None:
    assert written in SMALL
    with pytest.raises(LawError) as refused:
        parse_pack(SMALL.replace(written, instead).encode(), "small.yaml")
    assert named in refused.value.line()
    assert "\n" not in refused.value.line()


def test_two_versions_of_a_rule_may_not_hold_on_the_same_day() -> None:
    rule = SMALL[SMALL.index("  - id: XX-visit") :]
    with pytest.raises(LawError, match="two versions hold on the same day"):
        parse_pack((SMALL + rule).encode(), "small.yaml")
    ended = SMALL.replace("from: 2020-01-01", "from: 2020-01-01\n    to: 2024-12-31")
    pack = parse_pack((ended + rule.replace("2020-01-01", "2025-01-01").replace("min: 2", "min: 1")).encode(), "small.yaml")
    minima = [pack.rules_in_force(day)[0].params.min for day in (date(2024, 12, 31), date(2025, 1, 1))]  # type: ignore[attr-defined]
    assert minima == [2, 1]


def test_an_unknown_pack_names_those_there_are() -> None:
    with pytest.raises(LawError, match="one of: cn, eu, in, sg, uk, us"):
        load_packs(["CN", "XX"])


def test_a_wrong_example_is_reported_by_both(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(SMALL.replace("visitors: 1}", "visitors: 2}"), encoding="utf-8")
    assert [failure.line() for failure in test_pack(load_pack(file))] == [
        "XX-visit: example 2: gate says allowed; expected: refuse",
        "XX-visit: example 2: screen says allowed; expected: refuse",
    ]


def test_listing_and_show_give_a_rule_with_its_state() -> None:
    rows = {row["rule"]: row["state"] for row in listing(SHIPPED["cn"], date(2026, 1, 29))}
    assert rows["CN-CBA-time"] == "not yet"
    assert rows["CN-GBT-time"] == "in force"
    assert rows["CN-111-1"] == "ended"
    assert rows["CN-SPC-24"] == "off"
    assert rows["CN-CRA-25"] == "in force"
    assert rows["CN-CRA-41"] == "procedural"
    (shown,) = show("CN-CBA-time")
    assert shown["params"]["forbidden"] == ["22:00", "08:00"]
    assert shown["note"]["en"].startswith("Covers every immediate contact")
    assert shown["note"]["zh"].startswith("涵盖")
    assert shown["why"] is None
    (row,) = (row for row in listing(SHIPPED["cn"], date(2026, 1, 29)) if row["rule"] == "CN-SPC-card-3")
    assert row["note_en"].startswith("Interrupted by") and row["note_zh"].startswith("中断")
    assert row["why_en"].startswith("Art. 3 was read") and "《民法典》第188条" in row["why_zh"]
    with pytest.raises(LawError, match="arrears law list"):
        show("CN-nothing")


def test_every_citation_can_be_read_in_chinese() -> None:
    for pack in SHIPPED.values():
        for rule in pack.rules:
            assert rule.citation.instrument in names()["instruments"], rule.id
            part = rule.citation.line("zh").rsplit("，", 1)[-1]
            assert not re.search(r"[A-Za-z]{5,}", part), f"{rule.id}: {part}"
