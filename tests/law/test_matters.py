"""Rules about charges, plans, payments, acts, duties, records, classes and documents: one by one and as columns."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from arrears.card import apportion, delinquency
from arrears.errors import LawError
from arrears.law import load_pack, test_pack
from arrears.law.kinds import KINDS, MATTER_KINDS, MatterKind, Procedural
from arrears.law.kinds.repayment import PlanTerms
from arrears.law.loading import packs_shipped
from arrears.law.matter import MODELS, Event, Matter, MatterBase, parse_matter
from arrears.law.matter_facts import RowFacts, months_later, weekdays_until
from arrears.law.matter_rows import columns_of, matters_table, row_of
from arrears.law.matter_words import EVENTS, FIELDS, MATTER_FLAGS
from arrears.law.matters import judge, screen_matters, test_matters
from arrears.law.matters.examples import breaches_sql, dated_table, matter_of
from arrears.law.matters.judging import MatterRule, breaches_of, covered_codes
from arrears.law.model import Pack, Rule

PACKS = {name: load_pack(name) for name in packs_shipped()}
RULES = [
    MatterRule(pack, rule, rule.params) for pack in PACKS.values() for rule in pack.rules if isinstance(rule.params, MatterKind)
]
EACH_RULE = [pytest.param(one.pack, one.rule, id=one.rule.id) for one in RULES]
MONDAY = date(2026, 3, 2)


def of_rule(rule_id: str) -> MatterRule:
    return next(one for one in RULES if one.rule.id == rule_id)


def matter(**facts: Any) -> Matter:
    usual = {"on": MONDAY, "jurisdictions": ["CN"], "acts": "issuer"}
    return parse_matter(json.dumps(usual | facts, default=date.isoformat))


def refusing(one: Matter, *packs: str) -> list[str]:
    return [refusal.rule for refusal in judge(one, [PACKS[name] for name in packs]).refusals]


def screened(rows: list[dict[str, Any]], name: str, packs: list[Pack], on: date) -> list[tuple[str, str, int]]:
    asked = screen_matters(ibis.table(columns_of(name), name="matters"), name, packs, as_of=on)  # type: ignore[arg-type]
    with duckdb.connect(":memory:") as connection:
        connection.register("matters", matters_table(name, rows))
        return sorted(connection.execute(str(ibis.to_sql(asked, dialect="duckdb"))).fetchall())


@pytest.mark.parametrize("name", PACKS)
def test_every_example_comes_out_one_by_one_and_as_columns(name: str) -> None:
    assert [failure.line() for failure in test_matters(PACKS[name])] == []


@pytest.mark.parametrize(("pack", "rule"), EACH_RULE)
def test_every_rule_has_an_example_on_either_side_even_when_it_is_off(pack: Pack, rule: Rule) -> None:
    assert {example.expect for example in rule.examples} == {"allow", "refuse"}


def test_a_wrong_example_is_reported_by_both_ways() -> None:
    one = of_rule("CN-CC2011-70a")
    wrong = [example.model_copy(update={"expect": "allow"}) for example in one.rule.examples]
    rule = one.rule.model_copy(update={"examples": tuple(wrong)})
    failures = [failure.line() for failure in test_pack(one.pack.with_rules((rule,), "wrong example"))]
    assert failures == [
        "CN-CC2011-70a: example 2: judge says refused by CN-CC2011-70a; expected: allow",
        "CN-CC2011-70a: example 2: screen says refused by CN-CC2011-70a; expected: allow",
    ]


# Every number matters


def _mutants(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every whole number, date and clock time in the parameters, a step down and a step up."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _mutants(inner, (*path, key))
    elif isinstance(value, list | tuple):
        for at, inner in enumerate(value):
            yield from _mutants(inner, (*path, at))
    elif isinstance(value, date):
        yield from ((path, value + timedelta(days=step)) for step in (-1, 1))
    elif isinstance(value, int) and not isinstance(value, bool):
        yield from ((path, value + step) for step in (-1, 1))
    elif isinstance(value, str) and len(value) == 5 and value[2] == ":":
        minutes = int(value[:2]) * 60 + int(value[3:])
        yield from ((path, f"{(minutes + step) // 60:02d}:{(minutes + step) % 60:02d}") for step in (-1, 1))


def _with(value: Any, path: tuple[str | int, ...], instead: Any) -> Any:
    if not path:
        return instead
    key, *rest = path
    if isinstance(value, dict):
        return {**value, key: _with(value[key], tuple(rest), instead)}
    return tuple(_with(inner, tuple(rest), instead) if at == key else inner for at, inner in enumerate(value))


def _given(params: MatterKind) -> dict[str, Any]:
    """The parameters a pack gives."""
    return params.model_dump(exclude_unset=True)


@pytest.mark.parametrize(("pack", "rule"), EACH_RULE)
def test_no_number_can_change_without_an_example_noticing(pack: Pack, rule: Rule) -> None:
    assert isinstance(rule.params, MatterKind)
    cases = [(example.expect, matter_of(pack, rule, example)) for example in rule.examples]
    for path, instead in _mutants(_given(rule.params)):
        try:
            changed = type(rule.params).model_validate(_with(_given(rule.params), path, instead))
        except ValueError:
            continue
        own = [MatterRule(pack, rule, changed)]
        outcomes = [
            (expect, bool(breaches_of(one, own)) and (not rule.enabled or rule.in_force(one.on))) for expect, one in cases
        ]
        assert any(refused == (expect == "allow") for expect, refused in outcomes), f"nobody notices {path} = {instead}"


@pytest.mark.parametrize(("pack", "rule"), EACH_RULE)
def test_a_rule_refuses_from_its_first_day_to_its_last_and_not_a_day_beyond(pack: Pack, rule: Rule) -> None:
    refused = next(matter_of(pack, rule, example) for example in rule.examples if example.expect == "refuse")
    day = timedelta(days=1)
    spans = {
        "first day": (refused.on, None, True),
        "day before": (refused.on + day, None, False),
        "last day": (refused.on, refused.on, True),
        "day after": (refused.on - day, refused.on - day, False),
    }
    for name, (first, last, expected) in spans.items():
        dated = rule.model_copy(update={"enabled": True, "from_date": first, "to_date": last})
        found = {one.rule for one in judge(refused, [pack.with_rules((dated,), f"{rule.id} {name}")]).refusals}
        assert (rule.id in found) is expected, name


@pytest.mark.parametrize(
    ("rule_id", "day", "refuses"),
    [
        ("CN-1999-22-rate", date(2016, 12, 31), True),
        ("CN-1999-22-rate", date(2017, 1, 1), False),
        ("CN-111-1", date(2016, 12, 31), False),
        ("CN-111-1", date(2017, 1, 1), True),
        ("CN-111-1", date(2020, 12, 31), True),
        ("CN-111-1", date(2021, 1, 1), False),
    ],
)
def test_the_daily_rate_is_capped_in_its_time_only(rule_id: str, day: date, refuses: bool) -> None:
    charged = matter(matter="charge", charge="interest", on=day, currency="CNY", amount_minor=100, daily_rate_ppm=501)
    assert (rule_id in refusing(charged, "cn")) is refuses


# Both ways say the same


def _numbers_of(params: Any) -> set[int]:
    return {value for _, value in _mutants(params) if isinstance(value, int)}


def _words_of(one: MatterRule) -> list[str]:
    return json.dumps(_given(one.kind), default=str).split('"')


NEAR = sorted({0, 1, 2, 3, 10_000, 10**12} | {value for one in RULES for value in _numbers_of(_given(one.kind)) if value >= 0})
DAYS = st.sampled_from([MONDAY + timedelta(days=step) for step in (-2000, -1097, -1096, -730, -366, -180, -61, -60, -45, -44,
                        -31, -30, -21, -20, -14, -5, -1, 0, 1, 5, 30, 60)])  # fmt: skip
EVENTS_READ = sorted({word for one in RULES for word in _words_of(one) if word in EVENTS})
FLAGS_READ = sorted({flag for one in RULES for flag in (*one.kind.when, *one.kind.unless) if flag in MATTER_FLAGS})


def numbers(limit: int) -> st.SearchStrategy[int]:
    return st.one_of(st.sampled_from([one for one in NEAR if one <= limit]), st.integers(0, min(limit, 10**13)))


@functools.cache
def all_breaches(name: str) -> str:
    """Every rule on such matters, in force or not."""
    return breaches_sql(name, [one for one in RULES if one.kind.matter == name])


@st.composite
def matters(draw: st.DrawFn, name: str) -> MatterBase:
    model = MODELS[name]
    mine = [one for one in RULES if one.kind.matter == name]
    rule = draw(st.sampled_from(mine))
    facts: dict[str, Any] = {
        "matter": name,
        "on": MONDAY + timedelta(days=draw(st.sampled_from((-3650, -60, 0, 0, 1, 365)))),
        "jurisdictions": (draw(st.sampled_from((*rule.pack.covers, "US-NY", "CN-SH", "JP", "C"))),),
        "acts": draw(st.sampled_from(("issuer", "agency"))),
        "currency": draw(st.sampled_from(("CNY", "USD", "GBP", "SGD", ""))),
        "flags": tuple(draw(st.lists(st.sampled_from(FLAGS_READ), max_size=2, unique=True))),
    }
    for key, field in model.model_fields.items():
        if field.annotation is int:
            limits = {type(one).__name__: one for one in field.metadata}
            facts[key] = max(limits["Ge"].ge, draw(numbers(limits["Le"].le)))
    for key in sorted({model.subject, "fields", "action", "classed_as"} & set(model.model_fields)):
        words = model.model_json_schema()["properties"][key]
        if key == "fields":
            facts[key] = tuple(draw(st.lists(st.sampled_from(sorted(FIELDS)), max_size=30, unique=True)))
        elif key == "classed_as":
            facts[key] = draw(st.sampled_from(("active", "dormant", "normal", "special_mention", "loss")))
        else:
            facts[key] = draw(st.sampled_from((*(rule.kind.of * 4 if key == model.subject else ()), *words["enum"])))
    if "classed" in facts:
        facts["classed"] = "card" if facts["classed_as"] in ("active", "dormant") else "receivable"
    if "events" in model.model_fields:
        happened = draw(st.lists(st.tuples(st.sampled_from(EVENTS_READ), DAYS), max_size=5))
        own = [word for word in _words_of(rule) if word in EVENTS]
        happened += [(draw(st.sampled_from(own)), draw(DAYS))] if own else []
        facts["events"] = tuple(Event(event=event, on=day) for event, day in happened)
    if "balances" in model.model_fields:
        kinds = st.fixed_dictionaries({
            "apr_ppm": numbers(300_000), "owed_minor": st.integers(0, 9), "applied_minor": st.integers(0, 9),
            "deferred_cycles_left": st.integers(0, 4),
        })  # fmt: skip
        facts["balances"] = tuple(draw(st.lists(kinds, max_size=4)))
        facts["minimum_due_minor"] = draw(st.integers(0, 20))
    return model.model_validate(facts)


# No shrinking: a batch shrinks for minutes, and the assertion already names the one matter.
@pytest.mark.parametrize("name", MODELS)
@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(st.data())
def test_the_same_rules_refuse_by_as_much_in_both(name: str, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(matters(name), min_size=60, max_size=60))
    rules = [one for one in RULES if one.kind.matter == name]
    with duckdb.connect(":memory:") as connection:
        connection.register("matters", dated_table(name, [(str(at), one) for at, one in enumerate(drawn)]))  # type: ignore[misc]
        found = set(connection.execute(all_breaches(name)).fetchall())
    for at, one in enumerate(drawn):
        by_columns = {rule: over for matter_id, rule, over in found if matter_id == str(at)}
        by_judge = {rule.rule.id: breach.over for rule, breach in breaches_of(one, rules)}  # type: ignore[arg-type]
        assert by_columns == by_judge, one.model_dump_json(exclude_defaults=True)


def test_a_jurisdiction_no_pack_speaks_for_is_refused_by_both() -> None:
    one = matter(matter="act", act="set_off", jurisdictions=["JP"])
    assert refusing(one, "cn", "us") == ["NO-PACK"]
    assert screened([row_of(one, "A")], "act", [PACKS["cn"], PACKS["us"]], MONDAY) == [("A", "NO-PACK", 1)]


def test_a_table_that_lacks_a_column_is_refused_by_its_name() -> None:
    columns = {name: kind for name, kind in columns_of("charge").items() if name != "fee_base_minor"}
    with pytest.raises(LawError, match="lacks fee_base_minor"):
        screen_matters(ibis.table(columns, name="charges"), "charge", [PACKS["cn"]], as_of=MONDAY)


def test_a_null_is_as_unknown() -> None:
    row = row_of(matter(matter="charge", charge="late_charge", currency="CNY", amount_minor=5), "A")
    found = screened([{**row, "agreed_minor": None, "flags": None}], "charge", [PACKS["cn"]], MONDAY)
    assert found == [("A", "CN-111-3a", 5)]


def test_columns_and_facts_are_the_same_words() -> None:
    for name, model in MODELS.items():
        spread = {"format", "matter", "on", "jurisdictions", "language", "events", "balances"}
        assert set(columns_of(name)) >= set(model.model_fields) - spread


# What a verdict says


def test_what_is_over_a_cap_is_told_in_both_languages_with_the_amount() -> None:
    facts = {
        "matter": "plan", "plan": "cash_instalment", "currency": "CNY", "amount_minor": 5_000_100, "term_months": 12,
        "fields": ["separate_contract"],
    }  # fmt: skip
    (english,) = judge(matter(**facts), [PACKS["cn"]]).refusals
    (chinese,) = judge(matter(**facts, language="zh"), [PACKS["cn"]]).refusals
    assert (english.rule, english.over, english.unit) == ("CN-2022-inst-cash", 100, "minor units")
    assert english.reason == "a plan of CNY 50,001.00; at most CNY 50,000.00 may be"
    assert chinese.reason == "分期金额 CNY 50,001.00，上限 CNY 50,000.00"
    assert chinese.title == "现金分期金额不超过5万元"


@pytest.mark.parametrize(("pack", "rule"), EACH_RULE)
def test_every_refusal_is_told_in_both_languages(pack: Pack, rule: Rule) -> None:
    assert isinstance(rule.params, MatterKind)
    for example in rule.examples:
        one = matter_of(pack, rule, example)
        breach = rule.params.judged(RowFacts(row_of(one), one.on))
        if breach is not None:
            assert breach.over > 0
            assert not any(mark in breach.reason.en + breach.reason.zh for mark in ("None", "{", "_"))
            assert any("一" <= letter <= "鿿" for letter in breach.reason.zh)
            assert breach.reason.en.isascii()


def test_interest_on_fees_is_over_by_the_interest_they_bore() -> None:
    charged = matter(
        matter="charge", charge="interest", currency="CNY", amount_minor=550, base_minor=110_000, fee_base_minor=10_000,
        daily_rate_ppm=500, days=10,
    )  # fmt: skip
    assert [(one.rule, one.over) for one in judge(charged, [PACKS["cn"]]).refusals] == [("CN-111-3c", 50)]


def test_first_year_fees_are_over_by_no_more_than_the_fee_itself() -> None:
    charged = matter(
        matter="charge", charge="annual_fee", jurisdictions=["US"], currency="USD", amount_minor=100,
        fees_first_year_minor=90_000, credit_limit_minor=50_000,
    )  # fmt: skip
    assert [(one.rule, one.over) for one in judge(charged, [PACKS["us"]]).refusals] == [("US-RZ-52a", 100)]


@pytest.mark.parametrize(
    ("on", "may", "must"),
    [(date(2026, 3, 1), False, False), (date(2026, 3, 2), True, False)],
)
def test_a_recording_may_be_deleted_once_the_longest_period_is_over(on: date, may: bool, must: bool) -> None:
    event = [{"event": "contact", "on": "2021-03-02"}]
    verdict = judge(matter(matter="record", record="recording", action="delete", on=on, events=event), [PACKS["cn"]])
    assert (verdict.allowed, verdict.may_be_deleted, verdict.must_be_deleted) == (may, may, must)


def test_an_adverse_item_must_go_five_years_after_its_end() -> None:
    event = [{"event": "adverse_event_ended", "on": "2021-03-01"}]
    verdict = judge(matter(matter="record", record="adverse_item", action="keep", events=event), [PACKS["cn"]])
    assert (verdict.allowed, verdict.must_be_deleted) == (False, True)
    assert verdict.refusals[0].reason == "it had to be deleted by 2026-03-01, reckoned from adverse event ended"


def test_a_record_under_a_legal_period_need_not_go_though_its_purpose_is_done() -> None:
    facts = {
        "matter": "record",
        "record": "personal_data",
        "action": "keep",
        "events": [{"event": "purpose_done", "on": "2025-01-01"}],
    }
    assert judge(matter(**facts), [PACKS["cn"]]).must_be_deleted
    assert not judge(matter(**facts, flags=["legal_period_runs"]), [PACKS["cn"]]).must_be_deleted


# The packs agree with the card's own arithmetic


@pytest.mark.parametrize(
    ("rule_id", "ranked"),
    [("CN-CC2011-92", delinquency.class_card), ("CN-CLASS-2023", delinquency.class_general)],
)
def test_the_ladders_are_those_of_the_card(rule_id: str, ranked: Any) -> None:
    one = of_rule(rule_id)
    for dpd in range(400):
        facts = RowFacts(row_of(matter(matter="classification", classed="receivable", classed_as="normal", dpd=dpd)), MONDAY)
        asked = one.kind.required_rank(facts)  # type: ignore[attr-defined]
        assert delinquency.CLASSES[asked] == ranked(dpd), dpd


def test_the_american_ladder_charges_off_where_the_chinese_ones_call_it_loss_or_before() -> None:
    one = of_rule("US-FFIEC")
    facts = {dpd: RowFacts(row_of(matter(matter="classification", classed="receivable", classed_as="normal", dpd=dpd)), MONDAY)
             for dpd in (89, 90, 179, 180)}  # fmt: skip
    asked = [one.kind.required_rank(one_day) for one_day in facts.values()]  # type: ignore[attr-defined]
    assert asked == [0, delinquency.CLASSES.index("substandard"), delinquency.CLASSES.index("substandard"), 5]


@given(st.integers(0, 30), st.integers(0, 20), st.integers(0, 20), st.sampled_from((1, 30, 90, 91, 200)))
def test_a_payment_apportioned_by_the_card_keeps_the_chinese_order(paid: int, charges: int, principal: int, dpd: int) -> None:
    to_charges, to_principal, _ = apportion.apportion_china_sums(paid, charges, principal, dpd)
    one = matter(
        matter="payment", currency="CNY", amount_minor=paid, dpd=dpd, owed_charges_minor=charges,
        owed_principal_minor=principal,
        to_charges_minor=to_charges, to_principal_minor=to_principal,
    )  # fmt: skip
    assert refusing(one, "cn") == []


MINIMUM_TO = ("lowest_apr", "highest_apr")
balances = st.builds(
    apportion.RatedBalance, st.just("one"), st.integers(0, 9), st.integers(1, 4), st.sampled_from((None, None, 1, 2, 3))
)


@given(st.lists(balances, min_size=1, max_size=4), st.integers(0, 30), st.integers(0, 9), st.sampled_from(MINIMUM_TO))
def test_a_payment_apportioned_by_the_card_keeps_the_american_order(
    held: list[apportion.RatedBalance], paid: int, minimum: int, minimum_to: Any
) -> None:
    applied, _ = apportion.apportion_us(paid, minimum, held, minimum_to)
    told = [
        {
            "apr_ppm": balance.apr_ppm, "owed_minor": balance.amount_minor, "applied_minor": part,
            "deferred_cycles_left": balance.deferred_cycles_left or 0,
        }
        for balance, part in zip(held, applied, strict=True)
    ]  # fmt: skip
    one = matter(
        matter="payment", jurisdictions=["US"], currency="USD", amount_minor=paid, minimum_due_minor=minimum, balances=told
    )
    assert refusing(one, "us") == []


# Days


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 3, 2), 0, date(2026, 3, 2)),
    ],
)
def test_a_month_ends_on_the_day_of_the_same_number_or_on_its_last(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 400))
def test_weekdays_are_counted_as_a_calendar_counts_them(day: date, days: int) -> None:
    counted = sum((day + timedelta(days=step)).weekday() < 5 for step in range(1, days + 1))
    first = (day - date(1970, 1, 1)).days
    assert weekdays_until(first + days) - weekdays_until(first) == counted


# The packs are whole


def test_a_procedural_rule_holds_no_numbers() -> None:
    assert set(Procedural.model_fields) - set(KINDS["hold"].model_fields) == {"do"}
    with pytest.raises(ValueError, match="numbers"):
        Procedural.model_validate({"do": {"en": "Do it.", "zh": "办理。"}, "numbers": {"days": 3}})


def test_every_fact_stands_in_a_pack() -> None:
    facts = Path("/work/shared/law/rules.json")
    if not facts.exists():
        pytest.skip("the facts the packs were compiled from are not on this machine")
    known = {rule.id for pack in PACKS.values() for rule in pack.rules}
    assert {fact["id"] for fact in json.loads(facts.read_text(encoding="utf-8"))} - known == set()


def test_every_kind_of_rule_about_matters_is_used() -> None:
    assert {one.kind.name for one in RULES} == {kind.name for kind in MATTER_KINDS}


def test_the_disputed_late_fee_ships_off_and_says_why() -> None:
    for rule_id in ("US-RZ-52b1", "US-RZ-52b1-repeat", "US-RZ-52b1-alt", "US-RZ-52b1-alt-repeat"):
        rule = of_rule(rule_id).rule
        assert not rule.enabled
        assert rule.why and "different amounts" in rule.why.en


# What is refused at the door


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        (
            {"matter": "plan", "plan": "hardship", "amount_minor": 1, "term_months": 1, "colour": 1},
            "matter: colour: unknown key",
        ),
        ({"matter": "plan", "plan": "holiday", "amount_minor": 1, "term_months": 1}, "matter: plan: 'holiday' is not one of"),
        ({"matter": "plan", "plan": "hardship", "amount_minor": 1}, "matter: term_months: this key is missing"),
        ({"matter": "plan", "plan": "hardship", "amount_minor": -1, "term_months": 1}, "matter: amount_minor"),
        ({"matter": "charge", "charge": "interest", "flags": ["rich"]}, "matter: flags.0: 'rich' is not one of"),
        ({"matter": "loan"}, "matter"),
        ({"matter": "classification", "classed": "card", "classed_as": "loss"}, "a card is one of active, dormant"),
        ({"matter": "act", "act": "set_off", "events": [{"event": "due", "on": "2026-01-01"}] * 7}, "matter: events"),
    ],
)
def test_a_matter_that_does_not_validate_names_the_key(facts: dict[str, Any], named: str) -> None:
    with pytest.raises(LawError) as refused:
        matter(**facts)
    assert named in refused.value.line()
    assert "\n" not in refused.value.line()


@pytest.mark.parametrize(
    ("kind", "params", "named"),
    [
        ("plan_terms", {"max_months": 60, "of": ("holiday",)}, "'holiday' is not one of"),
        ("plan_terms", {"max_months": 60, "max_minor": 5, "currency": "CNY"}, "give months, or max_minor"),
        ("plan_terms", {"max_minor": 5}, "max_minor needs one"),
        ("fee_cap", {"max_minor": 5}, "an amount needs one"),
        ("fee_cap", {"max_minor": 0, "not_above": "agreed"}, "give one of"),
        ("fee_cap", {"max_minor": 0, "where": {"colour": {"at_most": 1}}}, "'colour' is not a number of: charge"),
        ("rate_cap", {"not_above": "rate_before"}, "compares annual rates"),
        ("limit", {"number": "dpd", "min": 1, "max": 2}, "give one of min"),
        ("limit", {"number": "wealth", "min": 1}, "'wealth' is not a number of: act"),
        ("retention", {"after": ("contact",)}, "either at_least or at_most"),
        ("deadline", {"at_most": {"days": 1}}, "either after or after_date"),
        ("deadline", {"after": ("due",), "at_most": {"days": 1, "month_ends": 1}}, "month_ends alone"),
        ("deadline", {"matter": "payment", "after": ("received",), "business_days": {"at_most": 1}}, "'holidays_between'"),
        ("payment_order", {"bands": ({"dpd_from": 9, "first": "principal"}, {"dpd_from": 1, "first": "principal"})}, "rising"),
        ("classification", {"ladder": ({"into": "loss", "at_least": 1}, {"into": "doubtful", "at_least": 2})}, "best class"),
    ],
)
def test_parameters_that_contradict_each_other_do_not_load(kind: str, params: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        KINDS[kind].model_validate(params)


def test_an_amount_in_another_currency_than_the_limits_is_over_as_a_whole() -> None:
    cap = PlanTerms(max_minor=5_000_000, currency="CNY")
    one = matter(matter="plan", plan="cash_instalment", currency="USD", amount_minor=7, term_months=12)
    breach = cap.judged(RowFacts(row_of(one), MONDAY))
    assert breach is not None
    assert breach.over == 7


def test_the_codes_covered_leave_out_everywhere() -> None:
    everywhere = PACKS["cn"].model_copy(update={"covers": ("*",)})
    assert covered_codes([everywhere, PACKS["sg"]]) == ("SG",)


def test_the_page_describes_every_matter_and_every_parameter_of_every_kind() -> None:
    page = (Path(__file__).parents[2] / "docs" / "matters.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip(): line for line in page.splitlines() if line.startswith("| `")}
    for name in MODELS:
        assert f"`{name}`" in rows
    for kind in MATTER_KINDS:
        own = set(kind.model_fields) - set(MatterKind.model_fields)
        assert [name for name in own if name not in rows[f"`{kind.name}`"]] == []
    assert [name for name in MatterKind.model_fields if f"`{name}`" not in page] == []
