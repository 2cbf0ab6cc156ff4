"""The accounts that got a statement today, and where the recomputation of each can begin.

It begins at the *anchor*: the closing for which an earlier day left a standing; else the opening of the account; else the
oldest statement that the feeds brought. There the parts of the balance that are cash and charges are known, or lie between two
bounds.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from arrears.bank import Bank, Product
from arrears.book.tables import days_between, product_column
from arrears.feed.contracts import DEBIT_KINDS
from arrears.money import choose, largest
from arrears.supervise.columns import FIRST_CYCLE_DAYS

_ZERO = ibis.literal(0, "int64")

TERMS: dict[str, Callable[[Product], int]] = {
    "daily_rate_ppm": lambda product: product.daily_rate_ppm,
    "disclosed_annual_rate_bp": lambda product: product.disclosed_annual_rate_bp,
    "is_residual": lambda product: int(product.interest_method == "residual"),
    "interest_bears": lambda product: int(product.interest_on_interest),
    "grace_days": lambda product: product.grace_days,
    "tolerance_minor": lambda product: product.tolerance_minor,
    "minimum_share_bp": lambda product: product.minimum_share_bp,
    "minimum_floor_minor": lambda product: product.minimum_floor_minor,
    "late_charge_bp": lambda product: product.late_charge_bp,
    "late_charge_floor_minor": lambda product: product.late_charge_floor_minor,
    "late_charge_cap_minor": lambda product: product.late_charge_cap_minor,
    "cash_fee_bp": lambda product: product.cash_fee_bp,
    "cash_fee_floor_minor": lambda product: product.cash_fee_floor_minor,
    "instalment_months": lambda product: product.instalment_months,
    "instalment_fee_bp": lambda product: product.instalment_fee_bp,
}


def with_terms(table: ir.Table, bank: Bank, *names: str) -> ir.Table:
    """Adds the product's terms of these names (`TERMS`), by `product_id`."""
    return table.mutate(**{name: product_column(table.product_id, bank, TERMS[name]) for name in names})


def charge_free(product_id: ir.StringValue, flags: ir.StringValue, bank: Bank) -> ir.BooleanValue:
    """Whether a flag of the customer stops interest and late charges under the account's product."""
    cases = [
        (product_id == product.product_id) & flags.contains(f",{flag},")
        for product in bank.products
        for flag in product.charge_free_flags
    ]
    return functools.reduce(lambda left, right: left | right, cases, ibis.literal(False))


def closed(issued: ir.Table, accounts: ir.Table, customers: ir.Table, bank: Bank) -> ir.Table:
    """Each account with a statement of today: `close_date`, `balance_minor`, `asked_minor`, `asked_past_due_minor`, its terms,
    and whether it `is_free` of charges."""
    facts = accounts.select(who="account_id", holder="customer_id", product_id="product_id", opened_date="opened_date")
    states = customers.select(person="customer_id", flags="flags")
    joined = issued.inner_join(facts, issued.account_id == facts.who)
    joined = joined.inner_join(states, joined.holder == states.person)
    chosen = joined.select(
        "account_id", "product_id", "opened_date", "currency", customer_id="holder",
        close_date="statement_date", balance_minor="balance_minor", asked_minor="minimum_payment_minor",
        asked_past_due_minor="past_due_minor", is_free=charge_free(joined.product_id, joined.flags, bank),
    )  # fmt: skip
    return with_terms(
        chosen, bank, "daily_rate_ppm", "is_residual", "interest_bears", "grace_days", "tolerance_minor", "minimum_share_bp",
        "minimum_floor_minor", "late_charge_bp", "late_charge_floor_minor", "late_charge_cap_minor",
    )  # fmt: skip


def earlier_statements(issued: ir.Table, closing: ir.Table) -> ir.Table:
    """The statements known of these accounts before today's; of one delivered again as corrected, the lower amounts count."""
    ends = closing.select(closer="account_id", closes="close_date")
    mine = issued.inner_join(ends, issued.account_id == ends.closer)
    mine = mine.filter(mine.statement_date < mine.closes)
    return mine.group_by("account_id", "statement_date").agg(
        due_date=mine.due_date.min(), balance_minor=mine.balance_minor.min(),
        minimum_minor=mine.minimum_payment_minor.min(), past_due_minor=mine.past_due_minor.min(),
    )  # fmt: skip


def movements(transactions: ir.Table, closing: ir.Table) -> ir.Table:
    """The transactions known of these accounts, up to today, with `change` of the balance (minor units)."""
    ends = closing.select(closer="account_id", closes="close_date", interest_bears="interest_bears")
    mine = transactions.inner_join(ends, transactions.account_id == ends.closer)
    mine = mine.filter(mine.posted_date <= mine.closes)
    change = choose(mine.kind.isin(DEBIT_KINDS), mine.amount_minor, -mine.amount_minor)
    return mine.select("account_id", "kind", "amount_minor", "posted_date", "value_date", "interest_bears", change=change)


def newest_standings(standings: ir.Table, closing: ir.Table) -> ir.Table:
    """Of each of these accounts the last standing before today's closing."""
    ends = closing.select(closer="account_id", closes="close_date")
    mine = standings.inner_join(ends, standings.account_id == ends.closer)
    mine = mine.filter(mine.close_date < mine.closes)
    newest = mine.group_by("account_id").agg(close_date=mine.close_date.max())
    return mine.drop("closer", "closes").inner_join(newest, ["account_id", "close_date"])


def anchored(closing: ir.Table, statements: ir.Table, standings: ir.Table, moved: ir.Table) -> ir.Table:
    """Per closing account with a place to begin: `anchor_date`, `is_opening`, and what is known there.

    `full_before` and `unpaid_before` (null: unknown), `free_days_before`, `charge_days_before` and `is_free_before_known` speak
    of the cycle before; the bounds are those of `STANDINGS`. At an opening all is known and nothing is owed. At an oldest
    statement without a past-due part its charges are at most its minimum payment: earlier ones were asked for in full and paid.
    """
    firsts = statements.group_by(first_of="account_id").agg(first_date=statements.statement_date.min())
    joined = closing.left_join(firsts, closing.account_id == firsts.first_of)
    joined = joined.mutate(first_statement=joined.first_date.coalesce(joined.close_date))
    oldest = statements.select(
        oldest_of="account_id", oldest_date="statement_date", oldest_balance="balance_minor", oldest_minimum="minimum_minor",
        oldest_past_due="past_due_minor",
    )  # fmt: skip
    joined = joined.left_join(oldest, [joined.account_id == oldest.oldest_of, joined.first_statement == oldest.oldest_date])
    since = joined.select(moved_of="account_id", until="first_statement")
    before = moved.inner_join(since, moved.account_id == since.moved_of)
    before = before.filter(before.posted_date <= before.until)
    spent = before.group_by(spent_of="account_id").agg(spent=before.change.sum().cast("int64"))
    joined = joined.left_join(spent, joined.account_id == spent.spent_of)
    known = standings.rename(known_of="account_id", known_date="close_date").drop("customer_id")
    joined = joined.left_join(known, joined.account_id == known.known_of)

    stands = joined.known_of.notnull()
    is_first = days_between(joined.first_statement, joined.opened_date) <= FIRST_CYCLE_DAYS
    at_first = joined.oldest_balance.coalesce(joined.balance_minor)
    opens = ~stands & is_first & (joined.spent.coalesce(0) == at_first)
    owed = largest(joined.oldest_balance.coalesce(0), _ZERO)
    billed = choose(joined.oldest_past_due == 0, joined.oldest_minimum + joined.tolerance_minor, owed)
    begins = (joined.opened_date - ibis.interval(days=1)).cast("date")

    def bound(standing: ir.IntegerValue, oldest_high: ir.IntegerValue) -> ir.IntegerValue:
        return ibis.cases((stands, standing), (opens, _ZERO), else_=oldest_high)

    table = joined.select(
        "account_id", "close_date", "tolerance_minor", "grace_days",
        anchor_date=ibis.cases((stands, joined.known_date), (opens, begins), else_=joined.first_date),
        is_opening=opens,
        full_before=ibis.cases((stands, joined.paid_in_full), (opens, ibis.literal(True)), else_=ibis.null("boolean")),
        free_days_before=ibis.ifelse(stands, joined.free_days_minor.coalesce(0), _ZERO),
        charge_days_before=ibis.ifelse(stands, joined.charge_days_minor.coalesce(0), _ZERO),
        is_free_before_known=ibis.ifelse(stands, joined.is_free_known, opens),
        unpaid_before=ibis.cases((stands, joined.unpaid_minor), (opens, _ZERO), else_=ibis.null("int64")),
        cash_low=bound(joined.cash_low_minor, _ZERO), cash_high=bound(joined.cash_high_minor, owed),
        charges_low=bound(joined.charges_low_minor, _ZERO), charges_high=bound(joined.charges_high_minor, billed),
    )  # fmt: skip
    return table.filter(table.anchor_date.notnull())
