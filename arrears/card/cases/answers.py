"""From a checked case to its answer: the formulas are called, the results laid out as plain values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from arrears.card import apportion as order
from arrears.card import delinquency, disclosure
from arrears.card import interest as daily
from arrears.card.cases.models import (
    ApportionChinaCase,
    ApportionUsCase,
    ClassifyCase,
    InterestCase,
    LateChargeCase,
    LateChargeTerms,
    MinimumCase,
    MinimumFormula,
    PayoffCase,
)
from arrears.card.late import LateTerms, late_charge_by_history, not_above_minimum
from arrears.card.minimum import MinimumTerms, minimum_payment, unpaid_after
from arrears.card.payoff import Balance, MinimumRule
from arrears.money import PPM, divide_half_up, format_minor, minor_digits


def rule_of(formula: MinimumFormula) -> MinimumRule:
    return MinimumRule(formula.share, formula.plus_interest, formula.fees, formula.floor)


def payoff(case: PayoffCase) -> dict[str, Any]:
    groups: dict[MinimumRule, list[Balance]] = {}
    for item in case.balances:
        rule = rule_of(item.minimum or case.minimum)
        balance = Balance(max(item.amount, 0), item.apr, item.promotional_apr or 0, item.promotional_months)
        groups.setdefault(rule, []).append(balance)
    warning = disclosure.warn_of_minimum(list(groups.items()), case.compounding)
    answer = payoff_of(warning, case.currency)
    if case.show_schedule:
        answer["schedules"] = [
            [
                {
                    "month": row.month,
                    "payment_minor": row.payment_minor,
                    "interest_minor": row.interest_minor,
                    "balance_minor": row.balance_minor,
                }
                for row in part.schedule
            ]
            for part in warning.parts
        ]
    return answer


def payoff_of(warning: disclosure.MinimumWarning, currency: str) -> dict[str, Any]:
    """The warning as plain values; the totals are null where the balance is never repaid."""
    clear, done = warning.clear, warning.amortises
    return {
        "currency": currency,
        "balance_minor": warning.balance_minor,
        "minimum_payment_minor": warning.minimum_minor,
        "amortises": done,
        "never_because": warning.never,
        "still_owed_minor": warning.still_owed_minor,
        "months": warning.months if done else None,
        "shown_as": disclosure.time_shown(warning.months) if done else "never",
        "total_minor": warning.total_minor if done else None,
        "total_rounded": _whole_units(warning.total_minor, currency) if done else None,
        "interest_minor": warning.interest_minor if done else None,
        "warning_not_required_because": warning.not_required,
        "in_36_months": {
            "payment_minor": clear.payment_minor,
            "total_minor": clear.total_minor,
            "total_rounded": _whole_units(clear.total_minor, currency),
            "saving_minor": clear.saving_minor,
            "saving_rounded": None
            if clear.saving_minor is None
            else _whole_units(warning.total_minor, currency) - _whole_units(clear.total_minor, currency),
            "shown": not clear.omitted,
            "omitted_because": clear.omitted,
        },
    }


def interest(case: InterestCase) -> dict[str, Any]:
    terms = daily.InterestTerms(
        case.statement_date,
        case.due_date,
        case.until,
        case.daily_rate,
        case.method,
        case.grace_days,
        case.tolerance,
        case.interest_from,
        case.payment_order,
        case.interest_bears_interest,
    )
    postings = [daily.Posting(entry.name, entry.date, entry.kind, entry.amount) for entry in case.postings]
    result = daily.statement_interest(postings, terms)
    digits = minor_digits(case.currency)
    return {
        "currency": case.currency,
        "method": case.method,
        "statement_balance_minor": result.statement_balance_minor,
        "grace_end": terms.grace_end.isoformat(),
        "unpaid_at_grace_end_minor": result.unpaid_at_grace_end_minor,
        "paid_in_full": result.paid_in_full,
        "interest_minor": result.interest_minor,
        "interest_exact": _exact(sum(line.amount_days for line in result.lines) * case.daily_rate, digits),
        "balance_before_interest_minor": result.balance_minor,
        "postings": [_line(line, case.daily_rate, digits, case.currency) for line in result.lines],
        "postings_left_out": sum(entry.day >= terms.until for entry in postings),
    }


def minimum(case: MinimumCase) -> dict[str, Any]:
    terms = MinimumTerms(
        case.purchases_share, case.cash_share, case.instalments_share, case.interest_share, case.fees_share, case.floor
    )
    parts = {
        "purchases_minor": case.purchases,
        "cash_minor": case.cash,
        "instalments_minor": case.instalments,
        "interest_minor": case.interest,
        "fees_minor": case.fees,
    }
    shares = minimum_payment(sum(parts.values()), replace(terms, floor_minor=0), **parts)
    asked = minimum_payment(case.balance, terms, **parts, past_due_minor=case.past_due)
    set_by = "shares and past due"
    if asked != shares + case.past_due:
        set_by = "floor" if asked == case.floor else "balance"
    return {
        "currency": case.currency,
        "balance_minor": case.balance,
        "shares_minor": shares,
        "past_due_minor": case.past_due,
        "floor_minor": case.floor,
        "minimum_payment_minor": asked,
        "set_by": set_by if case.balance > 0 else "nothing is owed",
        "paid_minor": case.paid,
        "unpaid_minor": unpaid_after(asked, case.paid),
    }


def late(case: LateChargeCase) -> dict[str, Any]:
    unpaid = max(delinquency.carried(case.minimum_due - case.paid, case.tolerance), 0)
    first, repeated = _late_terms(case.first), _late_terms(case.repeated or case.first)
    charge = late_charge_by_history(unpaid, case.late_before, first, repeated)
    limited = not_above_minimum(charge, case.minimum_due) if case.law == "US" else charge
    return {
        "currency": case.currency,
        "unpaid_minor": unpaid,
        "terms": "repeated" if case.repeated and case.late_before else "first",
        "charge_minor": limited,
        "reduced_by_law_minor": charge - limited,
        "rule": "US-RZ-52b2" if charge > limited else "",
    }


def apportion(case: ApportionChinaCase | ApportionUsCase) -> dict[str, Any]:
    if isinstance(case, ApportionChinaCase):
        charges = [order.Charge(item.name, item.kind, item.amount) for item in case.charges]
        applied, left = order.apportion_china(case.payment, charges, case.dpd)
        names, owed, rule = [c.name for c in charges], [c.amount_minor for c in charges], "CN-CC2011-57"
        sequence = "principal first" if case.dpd >= order.PRINCIPAL_FIRST_DPD else "interest and fees first"
    else:
        balances = [order.RatedBalance(item.name, item.amount, item.apr, item.deferred_cycles_left) for item in case.balances]
        applied, left = order.apportion_us(case.payment, case.minimum_due, balances, case.minimum_to)
        names, owed, rule = [b.name for b in balances], [b.amount_minor for b in balances], "US-RZ-53"
        sequence = "above the minimum: deferred balances in their last two cycles, then the highest rate"
    return {
        "currency": case.currency,
        "law": case.law,
        "rule": rule,
        "order": sequence,
        "payment_minor": case.payment,
        "applied": [
            {"name": name, "applied_minor": part, "left_minor": amount - part}
            for name, amount, part in zip(names, owed, applied, strict=True)
        ],
        "credit_minor": left,
    }


def classify(case: ClassifyCase) -> dict[str, Any]:
    dpd = _dpd(case)
    rank = delinquency.class_stricter_rank(dpd)
    if case.assigned_class is not None:
        rank = max(rank, delinquency.class_rank(case.assigned_class))
    flags = [int(cycle == "unpaid") for cycle in case.cycles]
    return {
        "dpd": dpd,
        "bucket": delinquency.bucket(dpd),
        "class_card": delinquency.class_card(dpd),
        "class_general": delinquency.class_general(dpd),
        "class_stricter": delinquency.CLASSES[rank],
        "non_performing": rank >= delinquency.CLASSES.index("substandard"),
        "cured": None if case.dpd_before is None else bool(delinquency.cured(case.dpd_before, dpd)),
        "cycles_past_due": delinquency.cycles_past_due(flags),
        "cycles_past_due_total": delinquency.cycles_past_due_total(flags),
    }


def _dpd(case: ClassifyCase) -> int:
    if case.dpd is not None:
        return case.dpd
    tolerated = case.unpaid is not None and delinquency.carried(case.unpaid, case.tolerance) <= 0
    if case.as_of is None or case.oldest_due_date is None or tolerated:
        return 0
    return int(delinquency.days_past_due((case.as_of - case.oldest_due_date).days, case.grace_days))


def _late_terms(terms: LateChargeTerms) -> LateTerms:
    return LateTerms(terms.share, terms.floor, terms.cap)


def _whole_units(amount_minor: int, currency: str) -> int:
    """To the nearest whole dollar, as a statement may show it."""
    return int(divide_half_up(amount_minor, 10 ** minor_digits(currency)))


def _line(line: daily.PostingInterest, daily_rate_ppm: int, digits: int, currency: str) -> dict[str, Any]:
    return {
        "name": line.posting.name,
        "date": line.posting.day.isoformat(),
        "kind": line.posting.kind,
        "amount_minor": line.posting.amount_minor,
        "days": line.days,
        "interest_exact": _exact(line.amount_days * daily_rate_ppm, digits),
        "reason": line.reason,
        "explanation": [_segment(segment, daily_rate_ppm, currency) for segment in line.segments],
    }


def _segment(segment: daily.Segment, daily_rate_ppm: int, currency: str) -> str:
    amount = format_minor(segment.amount_minor, currency)
    interest = _exact(segment.amount_minor * segment.days * daily_rate_ppm, minor_digits(currency))
    return f"{_span(segment.start, segment.end)}: {amount} x {segment.days} days x {daily_rate_ppm} ppm = {interest}"


def _span(start: date, end: date) -> str:
    return f"{start} to before {end}"


def _exact(minor_times_ppm: int, digits: int) -> str:
    """Minor units times parts per million as an exact decimal in major units, at least to the minor unit."""
    whole, part = divmod(minor_times_ppm, PPM * 10**digits)
    text = f"{part:0{6 + digits}d}"
    return f"{whole}.{text[:digits]}{text[digits:].rstrip('0')}".rstrip(".")
