"""Each charge of the day beside what the product's terms make of it: `CHECKS`, one row a charge."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from arrears.bank import Bank
from arrears.money import choose, largest, share_bp, share_ppm, smallest
from arrears.supervise.closings import with_terms
from arrears.supervise.columns import CHECKS, CLOSING_CHARGES, STANDINGS

_ZERO = ibis.literal(0, "int64")
_BP_IN_PPM = 100


def checks(closing: ir.Table, posted: ir.Table, issued_late: ir.Table, accounts: ir.Table, bank: Bank) -> ir.Table:
    """Every charge of the day.

    `closing` is what `accrual.recomputed` gave, `posted` today's transactions with `as_of`, `issued_late` statements
    of earlier days that came today, `accounts` the book.
    """
    tables = (
        _closing_charges(closing, posted), _fees(posted, accounts, bank), _minimum_payments(closing), _late(posted),
        _late_statements(issued_late),
    )  # fmt: skip
    rows = tables[0].select(*CHECKS)
    for table in tables[1:]:
        rows = rows.union(table.select(*CHECKS))
    return rows


def standings(closing: ir.Table) -> ir.Table:
    """What the next closing of each account needs, from what `accrual.recomputed` gave; see `STANDINGS`."""
    owed = largest(closing.balance_minor, _ZERO)
    billed = choose(closing.asked_past_due_minor == 0, closing.asked_minor + closing.tolerance_minor, owed)
    return closing.select(
        "account_id", "customer_id", "close_date", paid_in_full="full", free_days_minor="free_days",
        charge_days_minor="charge_days",
        is_free_known=closing.is_free_known.fill_null(False),
        cash_low_minor=closing.cash_low_now_end.coalesce(0), cash_high_minor=closing.cash_high_now_end.coalesce(owed),
        charges_low_minor=closing.charges_low_now_end.coalesce(0),
        charges_high_minor=closing.charges_high_now_end.coalesce(billed),
        unpaid_minor=ibis.ifelse(closing.no_minimum == "", closing.unpaid_end_minor, ibis.null("int64")),
    ).select(*STANDINGS)  # fmt: skip


def _closing_charges(closing: ir.Table, posted: ir.Table) -> ir.Table:
    """Interest and late charges: what the terms allow goes to the first posting of a kind, and a second one is over."""
    parts = {
        "interest": ("interest_minor", "days", "amount_days", "daily_rate_ppm", "no_interest"),
        "late_charge": ("late_charge_minor", None, "missing_minor", "late_charge_bp", "no_late"),
    }
    allowed = [
        closing.select(
            allowed_of="account_id", allowed_customer="customer_id", allowed_kind=ibis.literal(kind), close_date="close_date",
            allowed_currency="currency", allowed_minor=amount, days=closing[days] if days else _ZERO, base_minor=base,
            rate_ppm=closing[rate] * (1 if rate.endswith("ppm") else _BP_IN_PPM), why=why,
            fee_days=closing.fee_days if kind == "interest" else _ZERO,
        )
        for kind, (amount, days, base, rate, why) in parts.items()
    ]  # fmt: skip
    terms = allowed[0].union(allowed[1])
    mine = posted.filter(posted.kind.isin(CLOSING_CHARGES) & (posted.posted_date == posted.as_of))
    up_to = ibis.cumulative_window(group_by=[mine.account_id, mine.kind], order_by=mine.transaction_id)
    mine = mine.mutate(charged_before=mine.amount_minor.sum().over(up_to).cast("int64") - mine.amount_minor)
    joined = mine.left_join(terms, [mine.account_id == terms.allowed_of, mine.kind == terms.allowed_kind])
    why = joined.why.coalesce("no_statement")
    on_fees = (
        (joined.charged_before == 0) & (joined.fee_days > 0) & (joined.amount_minor > joined.allowed_minor)
        & (joined.amount_minor == share_ppm(joined.base_minor + joined.fee_days, joined.rate_ppm))
    ).fill_null(False)  # fmt: skip
    found = joined.select(
        "account_id", "customer_id", "transaction_id", "posted_date", "currency", charge="kind", days=joined.days.coalesce(0),
        fee_base_minor=choose(on_fees, joined.fee_days.coalesce(0), _ZERO),
        base_minor=joined.base_minor.coalesce(0), rate_ppm=joined.rate_ppm.coalesce(0),
        expected_minor=largest(joined.allowed_minor.coalesce(0) - joined.charged_before, _ZERO), charged_minor="amount_minor",
        not_checkable=why,
    )  # fmt: skip
    missing = terms.anti_join(mine, [terms.allowed_of == mine.account_id, terms.allowed_kind == mine.kind])
    missing = missing.filter((missing.allowed_minor > 0) & (missing.why == ""))
    unposted = missing.select(
        account_id="allowed_of", customer_id="allowed_customer", transaction_id=ibis.literal(""), posted_date="close_date",
        currency="allowed_currency", charge="allowed_kind", days="days", fee_base_minor=_ZERO, base_minor="base_minor",
        rate_ppm="rate_ppm",
        expected_minor="allowed_minor", charged_minor=_ZERO, not_checkable="why",
    )  # fmt: skip
    return _compared(found.union(unposted.select(*found.columns)))


def _minimum_payments(closing: ir.Table) -> ir.Table:
    """The minimum payments of today's statements; the base is what a share is asked of."""
    owed = largest(closing.balance_minor, _ZERO)
    base = largest(owed - smallest(closing.unpaid_minor, owed) - closing.in_full_minor, _ZERO)
    return _compared(
        closing.select(
            "account_id", "customer_id", "currency", transaction_id=ibis.literal(""), charge=ibis.literal("minimum_payment"),
            posted_date="close_date", days=_ZERO, fee_base_minor=_ZERO, base_minor=base,
            rate_ppm=closing.minimum_share_bp * _BP_IN_PPM,
            expected_minor="minimum_minor", charged_minor="asked_minor", not_checkable="no_minimum",
        )
    )  # fmt: skip


def _fees(posted: ir.Table, accounts: ir.Table, bank: Bank) -> ir.Table:
    """Fees, each beside one that the terms explain: of a cash advance or an instalment of the same day.

    One of the very amount comes first; what is left is matched largest to largest, and a fee without a match was not agreed.
    """
    now = posted.filter(posted.posted_date == posted.as_of)
    cards = accounts.select(card="account_id", product_id="product_id", limit_minor="credit_limit_minor", owed="balance_minor")
    fees = now.filter(now.kind == "fee").inner_join(cards, now.account_id == cards.card)
    fees = fees.select(
        "account_id", "customer_id", "transaction_id", "posted_date", "currency", "amount_minor",
        over_limit=fees.owed > fees.limit_minor,
    )  # fmt: skip
    causes = now.filter(now.kind.isin(("cash", "instalment"))).semi_join(fees, "account_id")
    causes = with_terms(
        causes.inner_join(cards, causes.account_id == cards.card), bank, "cash_fee_bp", "cash_fee_floor_minor",
        "instalment_months", "instalment_fee_bp",
    )  # fmt: skip
    of_cash = causes.kind == "cash"
    financed = causes.amount_minor * causes.instalment_months
    explained = causes.select(
        cause_of="account_id", cause_id="transaction_id", cause=ibis.ifelse(of_cash, "cash_fee", "instalment_fee"),
        cause_base=choose(of_cash, causes.amount_minor, financed),
        cause_rate=choose(of_cash, causes.cash_fee_bp, causes.instalment_fee_bp) * _BP_IN_PPM,
        fee_minor=choose(
            of_cash, largest(share_bp(causes.amount_minor, causes.cash_fee_bp), causes.cash_fee_floor_minor),
            share_bp(financed, causes.instalment_fee_bp),
        ),
    )  # fmt: skip
    explained = explained.filter(explained.fee_minor > 0)
    exact = _numbered(fees, ("account_id", "amount_minor"), (fees.transaction_id,))
    alike = _numbered(explained, ("cause_of", "fee_minor"), (explained.cause_id,))
    same = [exact.account_id == alike.cause_of, exact.amount_minor == alike.fee_minor, exact.place == alike.place]
    matched = exact.inner_join(alike, same)
    rest = fees.anti_join(matched, "transaction_id")
    rest = _numbered(rest, ("account_id",), (rest.amount_minor.desc(), rest.transaction_id))
    over = explained.anti_join(matched, "cause_id")
    over = _numbered(over, ("cause_of",), (over.fee_minor.desc(), over.cause_id))
    unmatched = rest.left_join(over, [rest.account_id == over.cause_of, rest.place == over.place])
    return _compared(_as_checks(matched).union(_as_checks(unmatched)))


def _numbered(table: ir.Table, group: tuple[str, ...], order: tuple[ir.Value, ...]) -> ir.Table:
    window = ibis.window(group_by=[table[name] for name in group], order_by=list(order))
    return table.mutate(place=ibis.row_number().over(window).cast("int64"))


def _as_checks(joined: ir.Table) -> ir.Table:
    unexplained = ibis.ifelse(joined.over_limit, "over_limit_fee", "other_fee")
    return joined.select(
        "account_id", "customer_id", "transaction_id", "posted_date", "currency", charge=joined.cause.coalesce(unexplained),
        days=_ZERO, fee_base_minor=_ZERO, base_minor=joined.cause_base.coalesce(0), rate_ppm=joined.cause_rate.coalesce(0),
        expected_minor=joined.fee_minor.coalesce(0), charged_minor="amount_minor", not_checkable=ibis.literal(""),
    )  # fmt: skip


def _late(posted: ir.Table) -> ir.Table:
    """Charges delivered after their day: their closing is no longer at hand."""
    mine = posted.filter(posted.kind.isin((*CLOSING_CHARGES, "fee")) & (posted.posted_date < posted.as_of))
    return _compared(
        mine.select(
            "account_id", "customer_id", "transaction_id", "posted_date", "currency",
            charge=ibis.ifelse(mine.kind == "fee", "other_fee", mine.kind), days=_ZERO, base_minor=_ZERO,
            fee_base_minor=_ZERO, rate_ppm=_ZERO,
            expected_minor=_ZERO, charged_minor="amount_minor", not_checkable=ibis.literal("posted_late"),
        )
    )  # fmt: skip


def _late_statements(issued: ir.Table) -> ir.Table:
    """Minimum payments of statements delivered after their day, corrected ones among them."""
    return _compared(
        issued.select(
            "account_id", "customer_id", "currency", transaction_id=ibis.literal(""), charge=ibis.literal("minimum_payment"),
            posted_date="statement_date", days=_ZERO, base_minor=_ZERO, fee_base_minor=_ZERO, rate_ppm=_ZERO,
            expected_minor=_ZERO, charged_minor="minimum_payment_minor", not_checkable=ibis.literal("posted_late"),
        )
    )  # fmt: skip


def _compared(table: ir.Table) -> ir.Table:
    """Adds `difference_minor`; where the charge is not checkable, neither it nor what was expected is told."""
    told = table.not_checkable == ""
    expected = ibis.ifelse(told, table.expected_minor, ibis.null("int64"))
    return table.mutate(expected_minor=expected, difference_minor=table.charged_minor - expected).select(*CHECKS)
