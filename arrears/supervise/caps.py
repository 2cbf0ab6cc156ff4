"""The day's charges as the law asks for them, and its breaches as amounts that can be given back.

Rates and fees follow the law of the bank's seat, whose state or province is the customer's where the customer lives there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from arrears.bank import Bank
from arrears.law.kinds.charges import YEAR_DAYS, InterestFree, RateCap
from arrears.law.matter_rows import columns_of
from arrears.law.matters.judging import matter_rules
from arrears.law.matters.screening import screen_matters
from arrears.law.model import NO_PACK, Pack
from arrears.money import PPM, choose, divide_down, largest, share_ppm, smallest
from arrears.supervise.columns import BREACHES

_ZERO = ibis.literal(0, "int64")
CHARGE_WORDS = {"over_limit_fee": "overlimit_fee"}
"""Charges that the law calls by another word."""
RATE_MAX_PPM = 100 * PPM
_BASE_MAX = 10**15
"""Sums over days above this count as so much where a rate is found from them."""


def speaks(packs: Sequence[Pack], day: date) -> bool:
    """Whether a rule in force speaks of charges at all."""
    return bool(matter_rules(packs, day, "charge"))


def charge_matters(checks: ir.Table, closing: ir.Table, accounts: ir.Table, customers: ir.Table, bank: Bank) -> ir.Table:
    """The checkable charges of the day in the columns of `columns_of("charge")`, and `allowed_minor`, `charged_minor` beside.

    For interest the base is the sum over the days, so `days` is 1; its rate is the lowest that rounds to what was charged.
    What the feed does not tell is 0: a rate before a penalty rate, the fees of the first year, the charges since a default, how
    long ago the issuer determined its costs.
    """
    mine = checks.filter((checks.not_checkable == "") & (checks.charged_minor > 0) & (checks.charge != "minimum_payment"))
    cards = accounts.select(card="account_id", limit_minor="credit_limit_minor", owed="balance_minor",
                            months="months_on_book", late_n="cycles_past_due", late_days="dpd")  # fmt: skip
    people = customers.select(person="customer_id", country="country", region="region", states="flags")
    ended = closing.select(
        closed="account_id", closed_on="close_date", earlier_days="earlier_days", cost_minor="cost_minor",
        asked_then="asked_then", missing_minor="missing_minor",
    )  # fmt: skip
    joined = mine.inner_join(cards, mine.account_id == cards.card).inner_join(people, mine.customer_id == people.person)
    joined = joined.left_join(ended, [joined.account_id == ended.closed, joined.posted_date == ended.closed_on])
    same = ibis.window(group_by=[joined.account_id, joined.charge, joined.posted_date], order_by=joined.transaction_id)
    joined = joined.mutate(
        rate=_rate_charged(joined), before_n=ibis.row_number().over(same).cast("int64"),
        days_minor=joined.base_minor + joined.fee_base_minor,
    )  # fmt: skip
    is_interest, is_late = joined.charge == "interest", joined.charge == "late_charge"
    at_home = joined.country == bank.country
    place = ibis.ifelse(at_home & (joined.region != ""), bank.country + "-" + joined.region, ibis.literal(bank.country))
    cost = joined.cost_minor.coalesce(0)
    word = ibis.cases(
        *((joined.charge == ours, ibis.literal(theirs)) for ours, theirs in CHARGE_WORDS.items()), else_=joined.charge
    )
    one = ibis.literal(1, "int64")
    known = {
        "matter_id": joined.account_id + "|" + joined.charge + "|" + joined.transaction_id,
        "jurisdiction": place, "acts": ibis.literal("issuer"), "currency": joined.currency, "flags": joined.states,
        "charge": word, "amount_minor": joined.charged_minor, "base_minor": joined.days_minor,
        "fee_base_minor": joined.fee_base_minor, "days": choose(is_interest, one, _ZERO),
        "grace_base_minor": choose(is_interest, joined.earlier_days.coalesce(0), _ZERO),
        "daily_rate_ppm": choose(is_interest, joined.rate, _ZERO),
        "annual_rate_ppm": choose(is_interest, smallest(joined.rate * YEAR_DAYS, RATE_MAX_PPM), _ZERO),
        "total_rate_ppm": choose(is_interest, _annual(largest(cost, joined.charged_minor), joined.days_minor), _ZERO),
        "agreed_minor": joined.expected_minor, "minimum_due_minor": joined.asked_then.coalesce(0),
        "unpaid_minimum_minor": choose(is_late, joined.missing_minor.coalesce(0), _ZERO),
        "credit_limit_minor": joined.limit_minor, "principal_minor": largest(joined.owed, _ZERO),
        "months_on_book": joined.months,
        "charged_before_n": choose(is_late, joined.before_n, _ZERO), "cycles_late": joined.late_n, "dpd": joined.late_days,
    }  # fmt: skip
    empty = {name: ibis.literal("") if kind == "string" else _ZERO for name, kind in columns_of("charge").items()}
    return joined.select(
        "account_id", "customer_id", "transaction_id", "posted_date", "charged_minor", checked_charge="charge",
        **(empty | known),
    )  # fmt: skip


def breaches_of_law(matters: ir.Table, packs: Sequence[Pack], day: date) -> ir.Table:
    """What the packs' rules in force refuse of `charge_matters`, as `BREACHES`; a rate over its cap is told as interest."""
    found = screen_matters(matters, "charge", packs, as_of=day)
    found = found.filter(found.rule != NO_PACK).rename(broken_id="matter_id")
    joined = found.inner_join(matters, found.broken_id == matters.matter_id)
    rules = matter_rules(packs, day, "charge")
    rates = {one.rule.id: one.kind.rate for one in rules if isinstance(one.kind, RateCap)}
    over = joined.over
    for period, year in (("daily", 1), ("annual", YEAR_DAYS), ("total", YEAR_DAYS)):
        of_period = sorted(rule for rule, rate in rates.items() if rate == period)
        if of_period:
            over = ibis.ifelse(joined.rule.isin(of_period), _interest_over(joined, year), over)
    free = sorted(one.rule.id for one in rules if isinstance(one.kind, InterestFree) and one.kind.part == "fees")
    if free:  # rounded once, not the part by itself
        over = ibis.ifelse(joined.rule.isin(free), joined.charged_minor - joined.agreed_minor, over)
    judged = joined.mutate(over_minor=smallest(over, joined.charged_minor).cast("int64"))
    judged = judged.filter(judged.over_minor > 0)  # a rate below a floor takes nothing from the customer
    return judged.mutate(allowed_minor=judged.charged_minor - judged.over_minor, charge=judged.checked_charge).select(*BREACHES)


def _rate_charged(table: ir.Table) -> ir.IntegerValue:
    """Ppm a day: the product's where that gives the charge, else the lowest that rounds to it; 0 where nothing bore any."""
    base = table.base_minor + table.fee_base_minor
    wide = smallest(base, _BASE_MAX)
    # half a unit is rounded up, so the charge less half of one is the least that it came from; a large base is taken as it is
    doubled = largest(2 * wide, ibis.literal(1, "int64"))
    least = divide_down((2 * smallest(table.charged_minor, 10**12) - 1) * PPM + doubled - 1, doubled)
    agreed = table.charged_minor == share_ppm(base, table.rate_ppm)
    return ibis.cases((base <= 0, _ZERO), (agreed, table.rate_ppm), else_=smallest(least, RATE_MAX_PPM))


def _annual(amount_minor: ir.IntegerValue, days_minor: ir.IntegerValue) -> ir.IntegerValue:
    """What an amount on a sum over days comes to a year, ppm; the lowest that rounds to it."""
    wide = largest(smallest(days_minor, _BASE_MAX), ibis.literal(1, "int64"))
    daily = divide_down(smallest(amount_minor, 10**10) * PPM * YEAR_DAYS, wide)
    return choose(days_minor <= 0, _ZERO, smallest(daily, RATE_MAX_PPM))


def _interest_over(joined: ir.Table, year: int) -> ir.IntegerValue:
    """The part of a charge that a rate over its cap makes; `over` is a rate a day, or a year where `year` is 365 days."""
    excess = share_ppm(joined.base_minor, smallest(joined.over, RATE_MAX_PPM))
    part = divide_down(excess, year) if year > 1 else excess
    # where no rate can be told nothing bore interest, and the whole charge is over
    return ibis.ifelse(joined.base_minor <= 0, joined.charged_minor, part)
