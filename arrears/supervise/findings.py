"""Breaches, from the day they are found to the day they are cleared, and what they block meanwhile.

A finding stays open until at least the amount over has been reversed of the charge; one about a minimum payment until the
statement is delivered again with no more than is allowed, or the account has a newer one.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from arrears.bank import Bank
from arrears.book.customers import minor_fx_ppm
from arrears.money import PPM, choose, divide_down, divide_half_up, largest
from arrears.supervise.closings import with_terms
from arrears.supervise.columns import (
    BLOCKED,
    BREACHES,
    CORRECTS_CHARGE,
    CORRECTS_STATEMENT,
    DISCLOSURE_RATE,
    FINDINGS,
    PRODUCT_RULES,
)

_ZERO = ibis.literal(0, "int64")
_YEAR_BP_PER_DAY = 365 * 10_000
_CHARGE_KEY = ("account_id", "posted_date", "charge", "transaction_id")


def breaches_of_product(checks: ir.Table) -> ir.Table:
    """Charges above what the product's terms give, as `BREACHES`."""
    rule = ibis.cases(*((checks.charge == charge, ibis.literal(code)) for charge, code in PRODUCT_RULES.items()), else_="")
    over = checks.mutate(rule=rule, allowed_minor=checks.expected_minor)
    return over.filter((over.not_checkable == "") & (over.difference_minor > 0)).select(*BREACHES)


def breaches_of_disclosure(checks: ir.Table, accounts: ir.Table, bank: Bank) -> ir.Table:
    """Interest above 365 times what the annual rate told to the customer comes to a day."""
    cards = accounts.select(card="account_id", product_id="product_id")
    mine = checks.filter((checks.charge == "interest") & (checks.not_checkable == ""))
    told = with_terms(mine.inner_join(cards, mine.account_id == cards.card), bank, "disclosed_annual_rate_bp")
    # what was charged on fees was charged at the rate told: it breaks another rule
    days_minor = told.base_minor + told.fee_base_minor
    whole = divide_down(days_minor, _YEAR_BP_PER_DAY)
    rest = (days_minor - whole * _YEAR_BP_PER_DAY) * told.disclosed_annual_rate_bp
    allowed = whole * told.disclosed_annual_rate_bp + divide_half_up(rest, _YEAR_BP_PER_DAY)
    over = told.mutate(rule=ibis.literal(DISCLOSURE_RATE), allowed_minor=allowed)
    return over.filter(over.charged_minor > over.allowed_minor).select(*BREACHES)


def findings(before: ir.Table, breaches: ir.Table, posted: ir.Table, statements: ir.Table, day: ir.Table) -> ir.Table:
    """`FINDINGS` of today: yesterday's open ones and today's breaches, cleared where today's feed corrects them.

    `before` is yesterday's table, `posted` and `statements` are what was delivered today; `day` has one row, `as_of`.
    """
    old = before.filter(before.cleared_date.isnull()).select(*BREACHES, "over_minor", "found_date", "reversed_minor")
    new = breaches.cross_join(day)
    fresh = new.select(
        *BREACHES, over_minor=new.charged_minor - new.allowed_minor, found_date="as_of", reversed_minor=_ZERO
    )  # fmt: skip
    all_of_them = old.union(fresh.select(*old.columns))

    backwards = posted.filter((posted.kind == "charge_reversal") & posted.reverses_id.notnull())
    reversals = backwards.group_by(reversed_of="account_id", reversed_id="reverses_id").agg(
        now_minor=backwards.amount_minor.sum().cast("int64")
    )
    newer = statements.select(issued_of="account_id", issued_date="statement_date", issued_minor="minimum_payment_minor")
    asked = all_of_them.filter(all_of_them.charge == "minimum_payment")
    told = asked.inner_join(newer, asked.account_id == newer.issued_of)
    mended = told.filter(
        (told.issued_date > told.posted_date)
        | ((told.issued_date == told.posted_date) & (told.issued_minor <= told.allowed_minor))
    )  # fmt: skip
    mended = mended.select(mended_of="account_id", mended_date="posted_date").distinct()

    joined = all_of_them.left_join(
        reversals, [all_of_them.account_id == reversals.reversed_of, all_of_them.transaction_id == reversals.reversed_id]
    )
    joined = joined.left_join(mended, [joined.account_id == mended.mended_of, joined.posted_date == mended.mended_date])
    joined = joined.cross_join(day)
    demands = joined.charge == "minimum_payment"
    table = joined.mutate(reversed_minor=joined.reversed_minor + joined.now_minor.coalesce(0))
    cleared = ibis.ifelse(demands, table.mended_of.notnull(), table.reversed_minor >= table.over_minor)
    same_charge = ibis.window(group_by=[table[name] for name in _CHARGE_KEY])
    return table.mutate(
        cleared_date=ibis.ifelse(cleared, table.as_of, ibis.null("date")),
        correct_kind=ibis.ifelse(demands, CORRECTS_STATEMENT, CORRECTS_CHARGE),
        correct_minor=table.over_minor.max().over(same_charge).cast("int64"),
        reverses_id=ibis.ifelse(demands, table.posted_date.cast("string"), table.transaction_id),
    ).select(*FINDINGS)


def blocked(findings: ir.Table) -> ir.Table:
    """`BLOCKED`: one row a charge with open findings; `over_minor` is what is over still, reversed parts taken off."""
    open_now = findings.filter(findings.cleared_date.isnull())
    grouped = open_now.group_by(*_CHARGE_KEY, "customer_id", "currency", "correct_kind", "reverses_id").agg(
        rules=open_now.rule.collect(distinct=True).sort().join(","),
        over_minor=(open_now.over_minor - open_now.reversed_minor).max().cast("int64"),
        correct_minor=(open_now.correct_minor - open_now.reversed_minor).max().cast("int64"),
        found_date=open_now.found_date.min(),
    )
    return grouped.select(*BLOCKED)


def amounts_over(blocked: ir.Table, bank: Bank) -> ir.Table:
    """Per customer with blocked charges, in the bank's currency: `charges_over_minor`, which no contact may demand, and
    `asked_over_minor`, by which minimum payments ask too much beside that."""
    rates = {product.currency: minor_fx_ppm(product, bank) for product in bank.products}
    rate = ibis.cases(*((blocked.currency == name, ibis.literal(ppm, "int64")) for name, ppm in sorted(rates.items())),
                      else_=ibis.literal(PPM, "int64"))  # fmt: skip
    whole = divide_down(blocked.over_minor, PPM)
    # in two parts, so that a large amount times a rate stays inside int64; to the next whole unit, in the customer's favour
    home = whole * rate + divide_down((blocked.over_minor - whole * PPM) * rate + PPM - 1, PPM)
    asks = blocked.charge == "minimum_payment"
    return blocked.group_by(blocked_customer="customer_id").agg(
        charges_over_minor=choose(asks, _ZERO, home).sum().cast("int64"),
        asked_over_minor=choose(asks, home, _ZERO).sum().cast("int64"),
    )


OVER = {"blocked_customer": "string", "charges_over_minor": "int64", "asked_over_minor": "int64"}
"""Columns of `amounts_over`."""


def less_blocked(table: ir.Table, over: ir.Table) -> ir.Table:
    """Rows with customers' amounts, the blocked ones taken off, and `blocked_minor`: what may not be demanded.

    `table` has `customer_id` and any of `balance_minor`, `past_due_minor`, `minimum_unpaid_minor`, `next_due_minor`.
    """
    joined = table.left_join(over, table.customer_id == over.blocked_customer)
    charges, asked = joined.charges_over_minor.coalesce(0), joined.asked_over_minor.coalesce(0)
    less = {"balance_minor": charges, "past_due_minor": charges + asked, "minimum_unpaid_minor": charges + asked,
            "next_due_minor": charges + asked}  # fmt: skip
    taken = {
        # what is in credit, or 0, is not owed: nothing is taken off it
        name: choose(joined[name] <= 0, joined[name], largest(joined[name] - part, _ZERO))
        for name, part in less.items()
        if name in table.columns
    }
    return joined.mutate(**taken, blocked_minor=charges + asked).drop(*over.columns)
