"""The answer to a plan: the quote, what the law has the holder told, and what paying the minimum only would cost instead."""

from __future__ import annotations

from datetime import date
from typing import Any

from arrears.card.cases.answers import payoff_of, rule_of
from arrears.card.cases.models import PlanCase, PlanCompare
from arrears.card.cycle import closing_in_month
from arrears.card.disclosure import MinimumWarning, warn_of_minimum
from arrears.card.payoff import Balance
from arrears.card.plan import Instalment, PlanTerms, Quote, quote, require_lawful
from arrears.errors import CardError
from arrears.money import share_ppm

NOTICES = {
    "CN-327": "show the annualised rate, never a daily rate or a daily payment alone",
    "CN-2022-inst-disp": "show the cost as interest, annualised, not as a handling fee",
    "CN-2022-inst-re": "a fee collected at the start may not be the only choice, nor the one ticked beforehand",
    "CN-COST-2026": "the holder confirms a table of the whole financing cost, the cost of default in it, before agreeing",
    "CN-CC2011-70b": "the agreement names balance, instalments, whether interest and fees run, and no new card",
    "CN-CC2011-70c": "while the plan performs, the issuer and its agencies stop collecting",
}
"""What a rule asks for around a plan, by rule id."""


def plan(case: PlanCase) -> dict[str, Any]:
    require_lawful(case.principal, case.term_months, case.kind, case.law, case.currency)
    fee = case.one_off_fee or int(share_ppm(max(case.principal, 0), case.one_off_fee_share))
    _require_whole_kept(case, fee)
    quoted = quote(
        PlanTerms(
            case.principal,
            case.term_months,
            case.method,
            case.apr,
            fee,
            case.one_off_fee_at,
            case.periodic_fee_share,
        )
    )
    return {
        "currency": case.currency,
        "kind": case.kind,
        "method": case.method,
        "principal_minor": case.principal,
        "term_months": len(quoted.schedule),
        "apr_ppm": case.apr,
        "interest": _interest_word(case),
        "interest_minor": quoted.interest_minor,
        "fees_minor": quoted.fees_minor,
        "cost_minor": quoted.cost_minor,
        "total_minor": quoted.total_minor,
        "fee_at_start_minor": quoted.fee_at_start_minor,
        "annualised_rate_ppm": quoted.annualised_rate_ppm,
        "effective_rate_ppm": quoted.effective_rate_ppm,
        "schedule": [_row(row, case.first_due_date) for row in quoted.schedule],
        "notices": [{"rule": rule, "says": NOTICES[rule]} for rule in _rules(case)],
        "minimum_only": None if case.compare is None else _minimum_only(case, case.compare, quoted),
    }


def _require_whole_kept(case: PlanCase, fee_minor: int) -> None:
    if case.one_off_fee_at == "start" and 0 < case.principal <= fee_minor:
        raise CardError(
            "the fee at the start takes the whole principal", where="plan: one_off_fee", remedy="quote a smaller fee"
        )


def _interest_word(case: PlanCase) -> str:
    if case.apr == 0:
        return "frozen" if case.contract_apr or case.kind == "hardship" else "none"
    return "reduced" if case.contract_apr is not None and case.apr < case.contract_apr else "charged"


def _row(row: Instalment, first_due: date | None) -> dict[str, Any]:
    return {
        "number": row.number,
        "due_date": None if first_due is None else _due(first_due, row.number).isoformat(),
        "payment_minor": row.payment_minor,
        "principal_minor": row.principal_minor,
        "interest_minor": row.interest_minor,
        "fee_minor": row.fee_minor,
        "balance_minor": row.balance_minor,
    }


def _due(first_due: date, number: int) -> date:
    """The due date of instalment 1, 2, ...: the first one's day of the month, or that month's last day."""
    month = first_due.month - 1 + number - 1
    return closing_in_month(first_due.year + month // 12, month % 12 + 1, first_due.day)


def _rules(case: PlanCase) -> list[str]:
    if case.law != "CN":
        return []
    rules = ["CN-327", "CN-2022-inst-disp", "CN-COST-2026"]
    if case.one_off_fee_at == "start" and (case.one_off_fee or case.one_off_fee_share):
        rules.append("CN-2022-inst-re")
    return [*rules, "CN-CC2011-70b", "CN-CC2011-70c"] if case.kind == "hardship" else rules


def _minimum_only(case: PlanCase, compare: PlanCompare, quoted: Quote) -> dict[str, Any]:
    """Clause R8: what goes on costing if only the minimum is paid, and what the plan saves against it."""
    balance = Balance(max(case.principal, 0), compare.apr)
    warning: MinimumWarning = warn_of_minimum([(rule_of(compare.minimum), [balance])], compare.compounding)
    told = payoff_of(warning, case.currency)
    kept = ("minimum_payment_minor", "amortises", "never_because", "months", "shown_as", "total_minor", "interest_minor")
    saving = warning.total_minor - quoted.total_minor if warning.amortises else None
    return {"clause": "R8", **{key: told[key] for key in kept}, "plan_saves_minor": saving}
