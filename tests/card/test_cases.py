"""Cases on the command line: exact values in, one clear line for everything else."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.card.cases import COMMANDS, case_schema, examples, run_case
from arrears.errors import CardError, UsageError

EXAMPLES = examples()


def command_of(example: str) -> str:
    return max((command for command in COMMANDS if example.startswith(command)), key=len)


def changed(example: str, **changes: Any) -> str:
    """The example with keys replaced; a value of `...` takes the key away."""
    case = copy.deepcopy(EXAMPLES[example])
    for key, value in changes.items():
        if value is ...:
            del case[key]
        else:
            case[key] = value
    return json.dumps(case)


def refusal(command: str, raw: bytes | str) -> CardError:
    with pytest.raises(CardError) as caught:
        run_case(command, raw)
    error = caught.value
    assert "\n" not in error.line()
    assert error.where.startswith(command)
    assert error.remedy
    return error


def test_every_command_has_an_example_and_a_schema() -> None:
    assert {command_of(name) for name in EXAMPLES} == set(COMMANDS)
    for command in COMMANDS:
        assert json.dumps(case_schema(command))


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_every_example_is_answered_in_plain_values(name: str) -> None:
    answer = run_case(command_of(name), json.dumps(EXAMPLES[name]))
    assert answer == json.loads(json.dumps(answer))
    assert answer["command"] == command_of(name)


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"\xff\xfe{}", "byte 1 is not UTF-8"),
        (b'{"currency": "CN\x80"}', "byte 17 is not UTF-8"),
        (b"{", "not JSON"),
        (b"[]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b'{"balance": NaN}', "NaN"),
        (b'{"balance": -Infinity}', "-Infinity"),
        (b'{"balance": 1, "balance": 1}', "twice"),
        (b'{"a": {"b": 1, "b": 1}}', "twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"balance": ' + b"9" * 5_000 + b"}", "too many digits"),
        (b" " * 1_000_001, "larger than"),
    ],
)
def test_what_is_not_a_case_is_refused_in_one_line(raw: bytes, what: str) -> None:
    assert what in refusal("minimum", raw).what


@pytest.mark.parametrize(
    ("example", "changes", "where", "what"),
    [
        ("minimum", {"balance": 12.5}, "minimum: balance", "floating-point"),
        ("minimum", {"balance": 1e3}, "minimum: balance", "floating-point"),
        ("minimum", {"balance": True}, "minimum: balance", "not an amount (found true)"),
        ("minimum", {"balance": None}, "minimum: balance", "not an amount"),
        ("minimum", {"balance": "1,234.56"}, "minimum: balance", "not an amount"),
        ("minimum", {"balance": "1e3"}, "minimum: balance", "not an amount"),
        ("minimum", {"balance": "NaN"}, "minimum: balance", "not an amount"),
        ("minimum", {"balance": "١٢"}, "minimum: balance", "not an amount"),
        ("minimum", {"balance": "1.005"}, "minimum: balance", "more than 2 decimal places"),
        ("minimum", {"balance": "1.5", "currency": "JPY"}, "minimum: balance", "more than 0 decimal places"),
        ("minimum", {"balance": 10**15 + 1}, "minimum: balance", "out of range"),
        ("minimum", {"purchases": -1}, "minimum: purchases", "out of range"),
        ("minimum", {"balance": ...}, "minimum: balance", "missing"),
        ("minimum", {"currency": "yuan"}, "minimum: currency", "not a currency code"),
        ("minimum", {"currency": 7}, "minimum: currency", "not text"),
        ("minimum", {"purchases_share": "10.001%"}, "minimum: purchases_share", "finer than a hundredth"),
        ("minimum", {"purchases_share": "101%"}, "minimum: purchases_share", "more than the whole"),
        ("minimum", {"purchase": 1}, "minimum: purchase", "unknown key"),
        ("interest-residual", {"due_date": "2026-02-29"}, "interest: due_date", "not in the calendar"),
        ("interest-residual", {"due_date": "20260423"}, "interest: due_date", "not a date"),
        ("interest-residual", {"due_date": 20260423}, "interest: due_date", "not a date"),
        ("interest-residual", {"due_date": "2026-04-04"}, "interest", "before statement_date"),
        ("interest-residual", {"until": "2026-04-23"}, "interest", "after the last day of grace"),
        ("interest-residual", {"daily_rate": 0.0005}, "interest: daily_rate", "floating-point"),
        ("interest-residual", {"daily_rate": "0.05"}, "interest: daily_rate", "not a rate"),
        ("interest-residual", {"daily_rate": "0.00001%"}, "interest: daily_rate", "finer than one part"),
        ("interest-residual", {"daily_rate": "-1%"}, "interest: daily_rate", "not a rate"),
        ("interest-residual", {"grace_days": 2.5}, "interest: grace_days", "floating-point"),
        ("interest-residual", {"grace_days": "3"}, "interest: grace_days", "not a whole number"),
        ("interest-residual", {"method": "both"}, "interest: method", 'allowed (found "both")'),
        (
            "interest-residual",
            {"postings": [{"date": "2026-04-01", "kind": "gift", "amount": 1}]},
            "postings.0.kind",
            "allowed",
        ),
        ("interest-residual", {"postings": {}}, "interest: postings", "not a list"),
        ("payoff-never", {"balances": []}, "payoff: balances", "at least 1"),
        ("payoff-never", {"balances": [{"amount": -1, "apr": 1}, {"amount": 1, "apr": 1}]}, "payoff", "in credit"),
        ("payoff-never", {"balances": [{"amount": 1, "apr": 1, "promotional_apr": 0}]}, "payoff: balances.0", "promotion"),
        ("payoff-never", {"balances": [{"amount": 1, "apr": "1001%"}]}, "payoff: balances.0.apr", "out of range"),
        ("plan", {"term_months": 0}, "plan: term_months", "greater than or equal to 1"),
        ("plan", {"term_months": 61}, "plan: term_months", "CN-CC2011-70a"),
        ("plan", {"term_months": "3"}, "plan: term_months", "not a whole number"),
        ("plan", {"one_off_fee": 1, "one_off_fee_share": "1%"}, "plan", "as an amount and as a share"),
        ("plan", {"one_off_fee": "12000.00", "one_off_fee_at": "start"}, "plan: one_off_fee", "whole principal"),
        ("late-charge", {"first": {"floor": 2, "cap": 1}}, "late-charge: first", "floor is above the cap"),
        ("apportion-us", {"law": "UK"}, "apportion: law", "CN or US"),
        ("apportion-us", {"law": ...}, "apportion: law", "CN or US"),
        ("apportion-china", {"dpd": -1}, "apportion: dpd", "greater than or equal to 0"),
        ("classify", {"dpd": 5}, "classify", "either dpd"),
        ("classify", {"as_of": ...}, "classify", "either dpd"),
    ],
)
def test_a_wrong_value_is_named_with_its_key(example: str, changes: dict[str, Any], where: str, what: str) -> None:
    error = refusal(command_of(example), changed(example, **changes))
    assert where in error.where
    assert what in error.what


def test_a_misspelt_key_is_answered_with_the_right_one() -> None:
    assert refusal("minimum", changed("minimum", purchase=1)).remedy == "did you mean purchases?"


def test_what_somebody_named_is_not_repeated_in_an_error() -> None:
    postings = [{"name": "王芳" * 40, "date": "2026-04-01", "kind": "cash", "amount": 1}]
    assert "王" not in refusal("interest", changed("interest-residual", postings=postings)).line()


def test_an_unknown_command_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="payoff"):
        run_case("payof", b"{}")


def test_minor_units_and_decimal_strings_are_the_same_amount() -> None:
    as_text = run_case("minimum", changed("minimum", balance="8642.1", floor="50"))
    assert as_text == run_case("minimum", changed("minimum", balance=864_210, floor=5_000))
    assert run_case("minimum", changed("minimum", currency="KWD", balance="8642.105"))["balance_minor"] == 8_642_105


def test_a_rate_in_ppm_and_as_percent_are_the_same() -> None:
    assert run_case("interest", changed("interest-residual", daily_rate=500))["interest_minor"] == 180


def test_a_byte_order_mark_is_no_matter() -> None:
    assert run_case("minimum", b"\xef\xbb\xbf" + changed("minimum").encode()) == run_case("minimum", changed("minimum"))


@pytest.mark.parametrize(("balance", "set_by"), [(0, "nothing is owed"), (-500, "nothing is owed"), (3_000, "balance")])
def test_minimum_of_little_or_nothing(balance: int, set_by: str) -> None:
    answer = run_case("minimum", changed("minimum", balance=balance, paid=0))
    assert (answer["minimum_payment_minor"], answer["set_by"]) == (max(balance, 0), set_by)


def test_balance_in_credit_is_paid_off() -> None:
    answer = run_case("payoff", changed("payoff-never", balances=[{"amount": "-20.00", "apr": "20%"}]))
    assert (answer["months"], answer["total_minor"], answer["in_36_months"]["shown"]) == (0, 0, False)


def test_huge_amounts_are_exact() -> None:
    answer = run_case("payoff", changed("payoff-never", balances=[{"amount": 10**15, "apr": 0}], minimum={"share": "100%"}))
    assert (answer["months"], answer["total_minor"]) == (1, 10**15)


def test_schedule_is_shown_on_request_and_ends_at_zero() -> None:
    answer = run_case("payoff", changed("payoff-appendix-m2", show_schedule=True))
    (schedule,) = answer["schedules"]
    assert (len(schedule), schedule[-1]["balance_minor"]) == (93, 0)


def test_saving_of_the_appendix_m2_sample_is_of_rounded_totals() -> None:
    answer = run_case("payoff", changed("payoff-appendix-m2"))
    assert (answer["total_rounded"], answer["in_36_months"]["total_rounded"], answer["in_36_months"]["saving_rounded"]) == (
        1850,
        1276,
        574,
    )


def test_interest_exact_of_a_currency_without_minor_units() -> None:
    postings = [{"date": "2026-04-05", "kind": "cash", "amount": 1_001}]
    answer = run_case("interest", changed("interest-residual", currency="JPY", postings=postings))
    assert (answer["interest_exact"], answer["interest_minor"]) == ("15.015", 15)


def test_plan_compared_with_paying_the_minimum_only_says_what_it_saves() -> None:
    answer = run_case("plan", changed("plan"))
    told = answer["minimum_only"]
    assert told["clause"] == "R8"
    assert told["plan_saves_minor"] == told["total_minor"] - answer["total_minor"] > 0
    never = run_case("plan", changed("plan", compare={"apr": "24%", "minimum": {"share": "2%"}}))["minimum_only"]
    assert (never["months"], never["total_minor"], never["plan_saves_minor"]) == (None, None, None)


@pytest.mark.parametrize(
    ("apr", "contract", "word"), [("6%", "18%", "reduced"), (0, "18%", "frozen"), ("18%", "18%", "charged")]
)
def test_plan_says_what_happens_to_the_interest(apr: object, contract: str, word: str) -> None:
    assert run_case("plan", changed("plan", apr=apr, contract_apr=contract))["interest"] == word


def test_plan_dates_keep_the_day_or_end_of_month() -> None:
    dates = [row["due_date"] for row in run_case("plan", changed("plan"))["schedule"]]
    assert dates == ["2028-01-31", "2028-02-29", "2028-03-31"]


@pytest.mark.parametrize(
    ("changes", "dpd", "stricter"),
    [
        ({}, 122, "doubtful"),
        ({"unpaid": "10.00"}, 0, "normal"),
        ({"oldest_due_date": ...}, 0, "normal"),
        ({"oldest_due_date": "2028-02-27"}, 0, "normal"),
        ({"oldest_due_date": "2028-02-26"}, 4, "special_mention"),
        ({"oldest_due_date": "2028-04-01"}, 0, "normal"),
        ({"assigned_class": "loss"}, 122, "loss"),
    ],
)
def test_classification_from_dates(changes: dict[str, Any], dpd: int, stricter: str) -> None:
    answer = run_case("classify", changed("classify", **changes))
    assert (answer["dpd"], answer["class_stricter"]) == (dpd, stricter)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(EXAMPLES)), st.data())
def test_anything_in_place_of_a_value_is_answered_or_refused_in_one_line(name: str, data: st.DataObject) -> None:
    case = copy.deepcopy(EXAMPLES[name])
    case[data.draw(st.sampled_from(sorted(case)) | st.text(max_size=8))] = data.draw(JSON)
    try:
        answer = run_case(command_of(name), json.dumps(case))
    except CardError as error:
        assert "\n" not in error.line()
        error.line().encode()
    else:
        json.dumps(answer, allow_nan=False).encode()


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(COMMANDS), st.binary(max_size=60))
def test_any_bytes_are_refused_in_one_line(command: str, raw: bytes) -> None:
    assert refusal(command, raw).exit_code == 1
