"""Published examples of Regulation Z (12 CFR 1026 and Supplement I), and of SCRA, FCRA and the FFIEC's policy.

Each is named by its comment or paragraph; what follows a dash is a variant of it at the boundary. Beside the rules that refuse
stands by how much: the figure that the example gives or that follows from it.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import yaml

from arrears.law import load_packs
from arrears.law.loading import parse_pack
from arrears.law.matter import parse_matter
from arrears.law.matters import judge
from arrears.law.model import Pack

US = load_packs(["US"])
LAWFUL: dict[str, int] = {}

Facts = dict[str, Any]


def matter(name: str, on: str = "2026-03-26", events: dict[str, str] | None = None, **facts: Any) -> Facts:
    """An issuer's matter; events are told apart by plus signs where one comes twice."""
    happened = {"events": [{"event": event.rstrip("+"), "on": day} for event, day in events.items()]} if events else {}
    return {"matter": name, "on": on, "jurisdictions": ["US"], "acts": "issuer", **happened, **facts}


def refused(facts: Facts, packs: list[Pack] | tuple[Pack, ...] = tuple(US)) -> dict[str, int]:
    return {one.rule: one.over for one in judge(parse_matter(json.dumps(facts)), packs).refusals}


# 52(b): penalty fees


def fee(dollars: float, charge: str = "late_charge", *, minimum: float = 100, **facts: Any) -> Facts:
    amounts = {"amount_minor": round(dollars * 100), "minimum_due_minor": round(minimum * 100)}
    return matter("charge", charge=charge, currency="USD", **amounts, **facts)


CAP, EVENT, NONE = "US-RZ-52b2", "US-RZ-52b2-event", "US-RZ-52b2-none"
FEES = {
    "52(b)(2)-1 a fee of $27 on a violation of $27": (fee(27, minimum=27), LAWFUL),
    "52(b)(2)-1 - on one of $26": (fee(27, minimum=26), {CAP: 100}),
    "52(b)(2)-1 a fee of $25 on one of less": (fee(25, minimum=24.99), {CAP: 1}),
    "52(b)(2)(i)-1.i a minimum of $15": (fee(15, minimum=15), LAWFUL),
    "52(b)(2)(i)-1.i - $25 all the same": (fee(25, minimum=15), {CAP: 1000}),
    "52(b)(2)(i)-1.ii $10 of it paid: the whole minimum counts": (fee(15, minimum=15, unpaid_minimum_minor=500), LAWFUL),
    "52(b)(2)(i)-1.ii - a cent more": (fee(15.01, minimum=15, unpaid_minimum_minor=500), {CAP: 1}),
    "52(b)(2)(i)-1.iii October's $15, not November's $50": (fee(16, minimum=15), {CAP: 100}),
    "52(b)(2)(i)-2.i a returned payment": (fee(15, "returned_payment_fee", minimum=15), LAWFUL),
    "52(b)(2)(i)-2.i - at most the minimum": (fee(25, "returned_payment_fee", minimum=15), {CAP: 1000}),
    "52(b)(2)(i)-2.ii March's $15, not April's $30": (fee(30, "returned_payment_fee", minimum=15), {CAP: 1500}),
    "52(b)(2)(i)-2.iii returned a second time": (
        fee(15, "returned_payment_fee", minimum=15, charged_before_n=1), {EVENT: 1500}),
    "52(b)(2)(i)-2.iv a second payment of the cycle returned": (fee(15, "returned_payment_fee", minimum=15), LAWFUL),
    "52(b)(2)(i)-5 inactivity": (fee(50, "inactivity_fee"), {NONE: 5000}),
    "52(b)(2)(i)-6.i closing": (fee(25, "closing_fee"), {NONE: 2500}),
    "52(b)(2)(i)-7 a declined transaction": (fee(25, "declined_fee"), {NONE: 2500}),
    "52(b)(2)(ii)-1.i the first late fee of March": (fee(20, minimum=20), LAWFUL),
    "52(b)(2)(ii)-1.i another on 31 March": (fee(20, minimum=20, charged_before_n=1), {EVENT: 2000}),
    "52(b)(2)(ii)-1.i.A April's minimum, in which March's is included": (fee(35, minimum=70, cycles_since_late=1), LAWFUL),
    "52(b)(2)(ii)-1.i.B April's was paid: it would be for March's": (fee(20, minimum=20, charged_before_n=1), {EVENT: 2000}),
    "52(b)(2)(ii)-1.ii.A a late fee": (fee(25, minimum=30), LAWFUL),
    "52(b)(2)(ii)-1.ii.A or a returned-payment fee": (fee(25, "returned_payment_fee", minimum=30), LAWFUL),
    "52(b)(2)(ii)-1.ii.A not both": (fee(25, "returned_payment_fee", minimum=30, charged_before_n=1), {EVENT: 2500}),
    "52(b)(2)(ii)-1.ii.B if nothing is paid by April 25": (fee(25, minimum=30, cycles_since_late=1), LAWFUL),
    "52(b)(2)(ii)-1.iii a payment beside the minimum returned": (fee(25, "returned_payment_fee", minimum=30), LAWFUL),
    "52(b)(2)(ii)-1.iv late and over the limit are two events": (fee(25, "overlimit_fee", minimum=35), LAWFUL),
    "52(b)(2)(ii)-1.v returned and over the limit are one": (fee(25, "overlimit_fee", charged_before_n=1), {EVENT: 2500}),
    "52(b)(2)(ii)-1.vi the second check: late or returned": (fee(25, minimum=50), LAWFUL),
    "52(b)(2)(ii)-1.vi - and then returned too": (
        fee(35, "returned_payment_fee", minimum=50, charged_before_n=1), {EVENT: 3500}),
    "52(b)(2)(ii)-1.vii no late fee for the payment that was returned": (
        fee(25, minimum=120, charged_before_n=1), {EVENT: 2500}),
}  # fmt: skip


@pytest.mark.parametrize(("facts", "expected"), FEES.values(), ids=FEES)
def test_comment_52b2_penalty_fees(facts: Facts, expected: dict[str, int]) -> None:
    assert refused(facts) == expected


def _harbours() -> Pack:
    """A bank's policy with the amounts that the examples were written with: $25, and $35 within six cycles."""
    again = {"cycles_since_late": {"at_least": 1, "at_most": 6}}
    costed = {"costing_months": {"at_least": 1, "at_most": 12}}
    rules = [
        {
            "id": rule, "title": {"en": "Safe harbour", "zh": "安全港"}, "from": date(2010, 8, 22), "binding": "policy",
            "citation": {"instrument": "12 CFR 1026", "article": "52(b)(1)(ii)"}, "evidence": "text", "applies_to": "issuer",
            "kind": "fee_cap",
            "params": {"of": ["late_charge"], "max_minor": cap, "currency": "USD", where: again, "excused": costed},
            "examples": [
                {"expect": expect, "case": {"currency": "USD", "amount_minor": amount, "cycles_since_late": cycles}}
                for expect, amount in (("allow", cap), ("refuse", cap + 1))
            ],
        }
        for rule, cap, where, cycles in (("FIRST", 2_500, "where_not", 7), ("AGAIN", 3_500, "where", 6))
    ]  # fmt: skip
    base = {
        "at": "2026-03-02T12:00:00-05:00", "jurisdictions": ["US"], "acts": "issuer", "channel": "letter", "party": "debtor",
        "purpose": "collection", "places": [{"zone": "America/New_York"}],
    }  # fmt: skip
    pack = {
        "format": 1, "id": "harbour", "title": {"en": "Safe harbours of 2010", "zh": "2010年安全港"}, "covers": ["US"],
        "source": "12 CFR 1026, Supplement I, comment 52(b)(1)(ii)-1.iii", "base_case": base, "rules": rules,
    }  # fmt: skip
    return parse_pack(yaml.safe_dump(pack, allow_unicode=True).encode(), "harbour.yaml")


HARBOURS = {
    "52(b)(1)(ii)-1.iii.A March: $25": (fee(25, minimum=50), LAWFUL),
    "52(b)(1)(ii)-1.iii.A - $25.01": (fee(25.01, minimum=50), {"FIRST": 1}),
    "52(b)(1)(ii)-1.iii.A.1 April: $35": (fee(35, cycles_since_late=1), LAWFUL),
    "52(b)(1)(ii)-1.iii.A September, the sixth cycle: $35": (fee(35, cycles_since_late=6), LAWFUL),
    "52(b)(1)(ii)-1.iii.A - $35.01": (fee(35.01, cycles_since_late=6), {"AGAIN": 1}),
    "52(b)(1)(ii)-1.iii.A.2 October, the seventh: $25 again": (fee(35, minimum=60, cycles_since_late=7), {"FIRST": 1000}),
    "52(b)(1)(ii)-1.iii.A.2 $25": (fee(25, minimum=60, cycles_since_late=7), LAWFUL),
    "52(b)(1)(ii)-1.iii.B late in August and again in October: $35": (fee(35, minimum=60, cycles_since_late=2), LAWFUL),
    "52(b)(1)(ii)-1.iii.C late in July and in August: $35": (fee(35, minimum=50, cycles_since_late=1), LAWFUL),
    "52(b)(2)(i)-1.i - a minimum of $15 caps the harbour's $25": (fee(25, minimum=15), {CAP: 1000}),
}  # fmt: skip


@pytest.mark.parametrize(("facts", "expected"), HARBOURS.values(), ids=HARBOURS)
def test_comment_52b1ii_safe_harbours_as_a_policy(facts: Facts, expected: dict[str, int]) -> None:
    assert refused(facts, (*US, _harbours())) == expected


@pytest.mark.parametrize(
    ("months", "expected"),
    [(0, {"FIRST": 1000}), (1, LAWFUL), (12, LAWFUL), (13, {"FIRST": 1000})],
    ids=["stands on no determination", "determined this month", "the twelfth month", "not re-evaluated within twelve months"],
)
def test_52b1i_a_fee_that_stands_on_the_issuers_costs_is_excused_and_told(months: int, expected: dict[str, int]) -> None:
    facts, packs = fee(35, minimum=50, costing_months=months), (*US, _harbours())
    assert refused(facts, packs) == expected
    assert judge(parse_matter(json.dumps(facts)), packs).excused == (("FIRST",) if expected == LAWFUL else None)


def test_52b1i_a_fee_below_the_safe_harbour_needs_no_excuse() -> None:
    facts = fee(25, minimum=50, costing_months=1)
    assert judge(parse_matter(json.dumps(facts)), (*US, _harbours())).excused is None


# 52(a): fees of the first year

YEAR = "US-RZ-52a"


def first_year(dollars: float, charge: str, before: float = 0, limit: float = 500, months: int = 0, **facts: Any) -> Facts:
    return matter("charge", charge=charge, currency="USD", amount_minor=round(dollars * 100), minimum_due_minor=10_000,
                  fees_first_year_minor=round(before * 100), credit_limit_minor=round(limit * 100), months_on_book=months,
                  **facts)  # fmt: skip


FIRST_YEAR = {
    "52(a)(1)-1.i $120 at opening": (first_year(120, "annual_fee"), LAWFUL),
    "52(a)(1)-1.i $5 for cash reaches the limit": (first_year(5, "cash_fee", 120, months=1), LAWFUL),
    "52(a)(1)-1.i - $5.01": (first_year(5.01, "cash_fee", 120, months=1), {YEAR: 1}),
    "52(a)(1)-1.i the late fee is exempt": (first_year(15, "late_charge", 125, months=2), LAWFUL),
    "52(a)(1)-1.i $2.50 for cash in July": (first_year(2.5, "cash_fee", 125, months=6), {YEAR: 250}),
    "52(a)(1)-1.ii $125 at opening": (first_year(125, "annual_fee"), LAWFUL),
    "52(a)(1)-1.ii - a cent more": (first_year(125.01, "annual_fee"), {YEAR: 1}),
    "52(a)(1)-1.iii $50 on a limit of $200": (first_year(50, "annual_fee", limit=200), LAWFUL),
    "52(a)(1)-3.i no more although the limit of $400 rose": (
        first_year(10, "other_fee", 100, limit=400, months=6), {YEAR: 1000}),
    "52(a)(1)-4.ii.A from July 1 of year two it does not apply": (first_year(50, "annual_fee", 125, months=12), LAWFUL),
    "52(a)(1)-4.ii.A - a month before": (first_year(50, "annual_fee", 125, months=11), {YEAR: 5000}),
    "52(a)(2)-1.iii a foreign transaction": (first_year(3, "fx_fee", 125, months=3), {YEAR: 300}),
    "52(a)(2)-4 an expedited payment": (first_year(10, "payment_fee", 125, months=3, flags=["expedited"]), LAWFUL),
    "52(a)(2)-4 a lost card": (first_year(10, "other_fee", 125, months=3, flags=["avoidable"]), LAWFUL),
    "52(a)(2)(i) a returned payment": (first_year(15, "returned_payment_fee", 125, months=3), LAWFUL),
    "52(a)(2)(i) over the limit": (first_year(15, "overlimit_fee", 125, months=3), LAWFUL),
}  # fmt: skip


@pytest.mark.parametrize(("facts", "expected"), FIRST_YEAR.values(), ids=FIRST_YEAR)
def test_comment_52a_fees_of_the_first_year(facts: Facts, expected: dict[str, int]) -> None:
    assert refused(facts) == expected


# 53: allocation of payments


def paid(excess: float, *balances: tuple[float, float, float], minimum: float = 0, deferred: int = 0, **facts: Any) -> Facts:
    """So many dollars above the minimum; each balance: rate in %, owed, applied. `deferred` cycles are left to the last one."""
    told = [
        {"apr_ppm": round(rate * 10_000), "owed_minor": round(owed * 100), "applied_minor": round(applied * 100)}
        for rate, owed, applied in balances
    ]
    if deferred:
        told[-1]["deferred_cycles_left"] = deferred
    amounts = {"amount_minor": round((excess + minimum) * 100), "minimum_due_minor": round(minimum * 100)}
    return matter("payment", currency="USD", balances=told, **amounts, **facts)


ORDER = "US-RZ-53"
PAYMENTS = {
    "53-2.i by the rates of 31 March": (paid(400, (15, 200, 200), (5, 500, 200)), LAWFUL),
    "53-2.i by the rates of the day it is credited": (paid(400, (18, 500, 400), (15, 300, 0)), LAWFUL),
    "53-2.i - one day's rates with the other day's order": (paid(400, (18, 500, 200), (15, 200, 200)), {ORDER: 20000}),
    "53-2.ii $750 by the rates of the day": (paid(750, (18, 500, 500), (15, 300, 250)), LAWFUL),
    "53-3.i $200 of the cash advance is disputed": (paid(900, (25, 300, 300), (17, 1000, 600)), LAWFUL),
    "53-3.ii $1,400": (paid(1400, (25, 300, 300), (17, 1000, 1000)), LAWFUL),
    "53-4 a deferred balance counts as 0 %": (paid(1200, (15, 1000, 1000), (15, 2000, 200), deferred=3), LAWFUL),
    "53-4 - paid first": (paid(1200, (15, 1000, 0), (15, 2000, 1200), deferred=3), {ORDER: 100000}),
    "53-4 in the last two cycles it comes first": (paid(1200, (15, 1000, 0), (15, 2000, 1200), deferred=2), LAWFUL),
    "53-5.i $800 to $500 at 20 % and $1,500 at 15 %": (paid(800, (20, 500, 500), (15, 1500, 300)), LAWFUL),
    "53-5.i - $300 and $500": (paid(800, (20, 500, 300), (15, 1500, 500)), {ORDER: 20000}),
    "53-5.i - all to the purchases": (paid(800, (20, 500, 0), (15, 1500, 800)), {ORDER: 50000}),
    "53-5.i - a cent too little": (paid(800, (20, 500, 499.99), (15, 1500, 300.01)), {ORDER: 1}),
    "53-5.i - in proportion": (paid(800, (20, 500, 200), (15, 1500, 600)), {ORDER: 30000}),
    "53-5.ii the entire $400 to the cash advance": (paid(400, (20, 500, 400), (15, 1500, 0)), LAWFUL),
    "53-5.ii - $100 elsewhere": (paid(400, (20, 500, 300), (15, 1500, 100)), {ORDER: 10000}),
    "53-5.iii $500: 100, 300, 100": (paid(500, (20, 100, 100), (18, 300, 300), (12, 600, 100)), LAWFUL),
    "53-5.iii - 100, 100, 300": (paid(500, (20, 100, 100), (18, 300, 100), (12, 600, 300)), {ORDER: 20000}),
    "53-5.iii - lowest first": (paid(500, (20, 100, 0), (18, 300, 0), (12, 600, 500)), {ORDER: 40000}),
    "53-5.iv $800: the rest among equals as it pleases": (paid(800, (20, 500, 500), (15, 1000, 0), (15, 2000, 300)), LAWFUL),
    "53-5.iv - among equals before the highest": (paid(800, (20, 500, 0), (15, 1000, 300), (15, 2000, 500)), {ORDER: 50000}),
    "53-5.v.A April: $200 and $200": (paid(400, (15, 200, 200), (15, 1000, 200), deferred=3), LAWFUL),
    "53-5.v.A May: all to the deferred balance": (paid(400, (15, 200, 0), (15, 600, 400), deferred=2), LAWFUL),
    "53-5.v.A - May as in April": (paid(400, (15, 200, 200), (15, 600, 200), deferred=2), {ORDER: 20000}),
    "53-5.v.A June: it is paid off, the rest to the others": (paid(400, (15, 400, 200), (15, 200, 200), deferred=1), LAWFUL),
    "53-5.v.B as the consumer asked": (paid(800, (15, 200, 0), (15, 800, 800), deferred=3, flags=["consumer_request"]), LAWFUL),
    "53-5.v.B - had the consumer not asked": (paid(800, (15, 200, 0), (15, 800, 800), deferred=3), {ORDER: 20000}),
    "53-1 the minimum may go anywhere": (paid(800, (20, 500, 500), (15, 1500, 340), minimum=40), LAWFUL),
    "53-1 - and no more than it": (paid(800, (20, 500, 490), (15, 1500, 350), minimum=40), {ORDER: 1000}),
    "53-1 - it went to interest and fees": (paid(800, (20, 500, 490), (15, 1500, 310), minimum=40), {ORDER: 1000}),
    "53-1 a payment of the minimum alone": (paid(0, (20, 500, 0), (15, 1500, 40), minimum=40), LAWFUL),
}  # fmt: skip


@pytest.mark.parametrize(("facts", "expected"), PAYMENTS.values(), ids=PAYMENTS)
def test_comment_53_allocation_of_payments(facts: Facts, expected: dict[str, int]) -> None:
    assert refused(facts) == expected


# 5(b), 10, 11(c), 54, 55, SCRA, FCRA, FFIEC

WARNED: Facts = {
    "fields": ["minimum_payment_warning", "payoff_time", "payoff_cost", "counselors"],
    "counselors_n": 3,
    "document": "statement",
}


def interest(rate: float, before: float = 0, **facts: Any) -> Facts:
    rates = {"annual_rate_ppm": round(rate * 10_000), "rate_before_ppm": round(before * 10_000)}
    return matter("charge", charge="interest", currency="USD", amount_minor=1_000, **rates, **facts)


def april(repaid: float, **facts: Any) -> Facts:
    """Interest of April at 15 % a year on $600 of March's purchases, so much of which was repaid by the 25th."""
    usual = {
        "charge": "interest",
        "currency": "USD",
        "amount_minor": 740,
        "base_minor": 60_000,
        "days": 30,
        "daily_rate_ppm": 411,
    }
    return matter("charge", grace_base_minor=round(repaid * 100), **(usual | facts))


def act(name: str, on: str, events: dict[str, str] | None = None, **facts: Any) -> Facts:
    return matter("act", on, events, act=name, **facts)


def duty(name: str, on: str, **events: str) -> Facts:
    return matter("duty", on, events, duty=name)


def credited(received: str, on: str, minute: int = 600, **facts: Any) -> Facts:
    return matter("payment", on, {"received": received, "credited": on}, amount_minor=100, received_minute=minute, **facts)


OTHERS = {
    "5(b)(2)(ii)(A) mailed 21 days before the due date": (
        matter("disclosure", "2026-03-04", {"statement_mailed": "2026-03-04", "due": "2026-03-25"}, **WARNED), LAWFUL),
    "5(b)(2)(ii)(A) - 20 days": (
        matter("disclosure", "2026-03-05", {"statement_mailed": "2026-03-05", "due": "2026-03-25"}, **WARNED),
        {"US-RZ-5b2": 1}),
    "5(b)(2)(ii)(A) in February of a leap year": (
        matter("disclosure", "2028-02-09", {"statement_mailed": "2028-02-09", "due": "2028-03-01"}, **WARNED), LAWFUL),
    "5(b)(2)(ii)(A)(2) received on the 21st day it is not late": (
        act("treat_as_late", "2026-03-25", {"statement_mailed": "2026-03-04"}), {"US-RZ-5b2-late": 1}),
    "5(b)(2)(ii)(A)(2) on the 22nd it may be": (act("treat_as_late", "2026-03-26", {"statement_mailed": "2026-03-04"}), LAWFUL),
    "10(a) credited as of the day of receipt": (credited("2026-03-25", "2026-03-25"), LAWFUL),
    "10(a) - a day later": (credited("2026-03-25", "2026-03-26"), {"US-RZ-10": 1}),
    "10(b)(2)(ii) received at five sharp": (credited("2026-03-25", "2026-03-26", 17 * 60), {"US-RZ-10": 1}),
    "10(b)(2)(ii) - a minute past": (credited("2026-03-25", "2026-03-26", 17 * 60 + 1), LAWFUL),
    "10(b)(4) nonconforming, within five days": (credited("2026-03-25", "2026-03-30", flags=["nonconforming"]), LAWFUL),
    "10(b)(4) - on the sixth": (credited("2026-03-25", "2026-03-31", flags=["nonconforming"]), {"US-RZ-10-nonconforming": 1}),
    "10(e) a fee for paying by telephone": (fee(5, "payment_fee"), {"US-RZ-10-fee": 500}),
    "10(e) expedited, by a representative": (fee(5, "payment_fee", flags=["expedited"]), LAWFUL),
    "11(c)(1) the estate's balance on the 30th day": (
        duty("tell_estate_balance", "2026-05-01", administrator_request="2026-03-01", balance_told="2026-03-31"), LAWFUL),
    "11(c)(1) - on the 31st": (
        duty("tell_estate_balance", "2026-05-01", administrator_request="2026-03-01", balance_told="2026-04-01"),
        {"US-RZ-11c": 1}),
    "11(c)(2)(i) a late fee after the request": (fee(25, flags=["estate_requested"]), {"US-RZ-11c-fees": 2500}),
    "11(c)(2)(i) an annual fee after it": (fee(25, "annual_fee", flags=["estate_requested"], months_on_book=30),
                                           {"US-RZ-11c-fees": 2500}),
    "11(c)(2)(i) - a returned payment": (fee(25, "returned_payment_fee", flags=["estate_requested"]), {"US-RZ-11c-fees": 2500}),
    "11(c)(2)(i) - with a joint account holder": (fee(25, flags=["estate_requested", "joint_holder"]), LAWFUL),
    "11(c)(2)(i) a higher rate": (interest(20, 15, flags=["estate_requested"]), {"US-RZ-11c-rate": 50_000}),
    "54(a)(1)-6 none was repaid": (april(0), LAWFUL),
    "54(a)(1)-6.i interest on the $500 repaid by April 25": (april(500), {"US-RZ-54": 617}),
    "54(a)(1)-6.i - as the annual rate has it": (april(500, daily_rate_ppm=0, annual_rate_ppm=150_000), {"US-RZ-54": 616}),
    "54(a)(1)-6.ii interest on the $350": (april(350), {"US-RZ-54": 432}),
    "54(b) after a payment was returned": (april(500, flags=["returned_payment"]), LAWFUL),
    "55(b)(4)-1 $50 received on May 14, the sixtieth day": (
        act("raise_to_penalty_rate", "2026-05-14", dpd=60), {"US-RZ-55": 1}),
    "55(b)(4)-1 $40 received: from May 15": (act("raise_to_penalty_rate", "2026-05-15", dpd=61), LAWFUL),
    "55(b)(4)-3.iv.A 28 % while five payments were on time": (
        interest(28, 15, flags=["penalty_rate"], on_time_payments=5), LAWFUL),
    "55(b)(4)-3.iv.A after six the rate is 15 %": (
        interest(28, 15, flags=["penalty_rate"], on_time_payments=6), {"US-RZ-55-cure": 130_000}),
    "55(b)(4)-3.iv.A 15 %": (interest(15, 15, flags=["penalty_rate"], on_time_payments=6), LAWFUL),
    "55(b)(4)-3.iv.B the 20 % that had been to come": (
        interest(28, 20, flags=["penalty_rate"], on_time_payments=6), {"US-RZ-55-cure": 80_000}),
    "55(b)(5)-4.ii after the hardship plan up to the 30 % before it": (interest(30, 30, flags=["after_workout"]), LAWFUL),
    "55(b)(5)-4.ii - 31 %": (interest(31, 30, flags=["after_workout"]), {"US-RZ-55-workout": 10_000}),
    "55(b)(5)-3 15 % before the workout, 15 % after it": (interest(15, 15, flags=["after_workout"]), LAWFUL),
    "55(c)(2)(ii) five years": (
        matter("plan", plan="protected_balance", currency="USD", amount_minor=100_000, term_months=60), LAWFUL),
    "55(c)(2)(ii) - four years and eleven months": (
        matter("plan", plan="protected_balance", currency="USD", amount_minor=100_000, term_months=59),
        {"US-RZ-55-amortise": 1}),
    "55(c)(2)(iii) twice the percentage": (
        matter("plan", plan="protected_balance", currency="USD", amount_minor=100_000, term_months=30,
               flags=["double_minimum"]), LAWFUL),
    "55(b)(6)-3 6 % while SCRA applies": (interest(6, 18, flags=["military_service"]), LAWFUL),
    "50 USC 3937(a)(1) - 18 % on a debt from before": (interest(18, 18, flags=["military_service"]), {"US-SCRA": 120_000}),
    "50 USC 3937(b)(1) asked for on the 180th day after": (
        act("refuse_service_relief", "2026-06-30", {"service_ended": "2026-01-01"}), {"US-SCRA-notice": 1}),
    "50 USC 3937(b)(1) - on the 181st": (act("refuse_service_relief", "2026-07-01", {"service_ended": "2026-01-01"}), LAWFUL),
    "15 USC 1681c(c)(1) seven years from 180 days after the delinquency": (
        matter("record", "2026-06-30", {"delinquency_began": "2019-01-01"}, record="adverse_item", action="keep"), LAWFUL),
    "15 USC 1681c(c)(1) - a day more": (
        matter("record", "2026-07-01", {"delinquency_began": "2019-01-01"}, record="adverse_item", action="keep"),
        {"US-FCRA-605": 1}),
    "15 USC 1681s-2(a)(5) on the 90th day": (
        duty("report_delinquency_date", "2026-06-01", furnished="2026-01-01", delinquency_date_reported="2026-04-01"), LAWFUL),
    "15 USC 1681s-2(a)(5) - on the 91st": (
        duty("report_delinquency_date", "2026-06-01", furnished="2026-01-01", delinquency_date_reported="2026-04-02"),
        {"US-FCRA-623a5": 1}),
    "65 FR 36903 open-end at 90 days": (
        matter("classification", classed="receivable", dpd=90, classed_as="special_mention"), {"US-FFIEC": 1}),
    "65 FR 36903 open-end at 180 days": (
        matter("classification", classed="receivable", dpd=180, classed_as="substandard"), {"US-FFIEC": 3}),
    "65 FR 36903 - at 179": (matter("classification", classed="receivable", dpd=179, classed_as="substandard"), LAWFUL),
    "65 FR 36903 closed-end at 120 days": (
        matter("classification", classed="receivable", dpd=120, classed_as="substandard", flags=["closed_end"]),
        {"US-FFIEC-closed": 3}),
}  # fmt: skip


@pytest.mark.parametrize(("facts", "expected"), OTHERS.values(), ids=OTHERS)
def test_regulation_z_and_beside_it(facts: Facts, expected: dict[str, int]) -> None:
    assert refused(facts) == expected
