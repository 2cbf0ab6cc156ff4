"""Ageing: what an account owes by when, and how late it is, from its kept statements and the payments credited to them.

Minimum payments are paid oldest first, so whatever is unpaid belongs to the newest ones. Reading the cycles from old to new,
what is unpaid at a cycle's end is `max(0, start + newly due - paid)`, and a rest up to the product's tolerance counts as paid
when the next statement closes. Everything here is arithmetic on columns of one row: no history is read.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from arrears.bank import Bank
from arrears.book.columns import ACCOUNT_COLUMNS, CYCLES
from arrears.book.tables import days_between, product_column
from arrears.card.delinquency import bucket, carried, class_card, class_general, days_past_due
from arrears.money import BASIS_POINTS, SHARED_MAX_MINOR, choose, divide_down, largest, smallest

_ZERO = ibis.literal(0, "int64")


def aged(accounts: ir.Table, bank: Bank) -> ir.Table:
    """Accounts with every column of `ACCOUNT_COLUMNS`, as of the end of their column `as_of`.

    Needs the state, the cycles, and yesterday's `bucket` (null for a new account) and `bucket_entry_date`. The date is a
    column and no literal, so that the query is compiled once and serves every day.
    """
    table = with_product(accounts.rename(bucket_before="bucket"), bank)
    table = with_cycle_ends(table)
    table = with_unpaid(table)
    table = with_days_past_due(table)
    table = with_history(table)
    table = with_ratios(table)
    table = with_diary(table)
    return table.select(*(column.name for column in ACCOUNT_COLUMNS))


def with_product(accounts: ir.Table, bank: Bank) -> ir.Table:
    """Adds `grace_days` and `tolerance_minor` of the account's product."""
    return accounts.mutate(
        grace_days=product_column(accounts.product_id, bank, lambda product: product.grace_days),
        tolerance_minor=product_column(accounts.product_id, bank, lambda product: product.tolerance_minor),
    )


def with_cycle_ends(accounts: ir.Table) -> ir.Table:
    """Adds, per cycle k, `short_k`: unpaid after the on-time payments, and `rest_k`: unpaid at its end (minor units)."""
    table = accounts
    before: ir.IntegerValue = table.older_unpaid_minor
    for k in reversed(range(CYCLES)):
        start = carried(before, table.tolerance_minor) if k < CYCLES - 1 else before
        short = start + table[f"due_new_{k}"] - table[f"paid_on_time_{k}"]
        table = table.mutate(**{f"short_{k}": short, f"rest_{k}": largest(short - table[f"paid_late_{k}"], _ZERO)})
        before = table[f"rest_{k}"]
    return table


def with_unpaid(accounts: ir.Table) -> ir.Table:
    """Adds `minimum_unpaid_minor` (never above the balance) and, per cycle k, `newer_k`: what statements newer than k asked."""
    newer: dict[str, ir.IntegerValue] = {"newer_0": _ZERO}
    for k in range(1, CYCLES + 1):
        newer[f"newer_{k}"] = newer[f"newer_{k - 1}"] + accounts[f"due_new_{k - 1}"]
    return accounts.mutate(minimum_unpaid_minor=smallest(accounts.rest_0, largest(accounts.balance_minor, _ZERO)), **newer)


def with_days_past_due(accounts: ir.Table) -> ir.Table:
    """Adds `oldest_due_date`, `dpd`, `bucket`, `past_due_minor`, `cycles_past_due`, `class_card`, `class_general`.

    The oldest unpaid statement is the oldest k for which more than the tolerance is unpaid beyond all that newer ones asked.
    """
    day = accounts.as_of
    unpaid, tolerance = accounts.minimum_unpaid_minor, accounts.tolerance_minor
    older = (unpaid - accounts[f"newer_{CYCLES}"] > tolerance) & accounts.older_due_date.notnull()
    # most accounts owe nothing, and leave by the first branch
    branches = [(unpaid <= tolerance, ibis.null("date")), (older, accounts.older_due_date)]
    for k in reversed(range(CYCLES)):  # a reversal of what was paid before the first statement belongs to that statement
        is_open = (unpaid - accounts[f"newer_{k}"] > tolerance) & accounts[f"due_{k}"].notnull()
        branches.append((is_open, accounts[f"due_{k}"]))
    table = accounts.mutate(oldest_due_date=ibis.cases(*branches, else_=ibis.null("date")))

    since_due = days_between(day, table.oldest_due_date).coalesce(_ZERO)
    table = table.mutate(dpd=days_past_due(since_due, table.grace_days))

    to_come = _ZERO
    overdue_n = _ZERO
    for k in range(CYCLES):
        passed = (day > table[f"due_{k}"]).fill_null(False)
        to_come = to_come + table[f"due_new_{k}"] * (~passed).cast("int64")
        is_open = table.minimum_unpaid_minor - table[f"newer_{k}"] > table.tolerance_minor
        overdue_n = overdue_n + (passed & is_open & (table[f"due_new_{k}"] > 0)).cast("int64")
    table = table.mutate(
        past_due_minor=choose(table.dpd > 0, largest(table.minimum_unpaid_minor - to_come, _ZERO), _ZERO),
        cycles_past_due=choose(table.dpd > 0, overdue_n, _ZERO),
        bucket=bucket(table.dpd),
    )
    return table.mutate(class_card=class_card(table.dpd), class_general=class_general(table.dpd))


def with_history(accounts: ir.Table) -> ir.Table:
    """Adds `times_overdue_12`, `times_overdue_total`, `ever_overdue`, `first_payment_default`, `self_cured_12`, `late_in_6`."""
    day = accounts.as_of
    late, cured = [], []
    for k in range(CYCLES):
        judged = (days_between(day, accounts[f"due_{k}"]) > accounts.grace_days).fill_null(False)
        is_late = judged & (accounts[f"short_{k}"] > accounts.tolerance_minor)
        late.append(is_late.cast("int64"))
        alone = (accounts[f"rest_{k}"] <= accounts.tolerance_minor) & ((accounts.worked_cycles & 2**k) == 0)
        cured.append((is_late & alone).cast("int64"))
    newest_judged = (days_between(day, accounts.due_0) > accounts.grace_days).fill_null(False)
    table = accounts.mutate(
        times_overdue_12=_sum(late),
        self_cured_12=_sum(cured),
        late_in_6=_sum(late[1:6]) + choose(newest_judged, late[0], late[6]),
        first_late=ibis.cases(
            *((accounts.statements_n == k + 1, late[k] == 1) for k in range(CYCLES)), else_=accounts.older_first_missed
        ).fill_null(False),
    )
    table = table.mutate(times_overdue_total=table.times_overdue_12 + table.older_overdue_n)
    return table.mutate(ever_overdue=table.times_overdue_total > 0, first_payment_default=table.first_late)


def with_ratios(accounts: ir.Table) -> ir.Table:
    """Adds `utilisation_bp`, `paid_ratio_bp` (basis points) and `months_on_book`."""
    whole = ibis.literal(BASIS_POINTS, "int64")
    most = ibis.literal(SHARED_MAX_MINOR, "int64")
    limit, owed = smallest(accounts.credit_limit_minor, most), smallest(largest(accounts.balance_minor, _ZERO), most)
    used = choose(limit > 0, divide_down(owed * BASIS_POINTS, largest(limit, ibis.literal(1, "int64"))),
                  choose(owed > 0, 2 * whole, _ZERO))  # fmt: skip
    billed = accounts.previous_statement_balance_minor
    paid = smallest(largest(accounts.paid_on_time_1 + accounts.paid_late_1, _ZERO), most)
    ratio = choose(billed > 0, divide_down(paid * BASIS_POINTS, largest(billed, ibis.literal(1, "int64"))), whole)
    day, since = accounts.as_of, accounts.opened_date
    months = (day.year().cast("int64") - since.year()) * 12 + (day.month().cast("int64") - since.month())
    incomplete = choose(since.day() > day.day(), ibis.literal(1, "int64"), _ZERO)
    return accounts.mutate(
        utilisation_bp=smallest(used, 2 * whole),
        paid_ratio_bp=smallest(ratio, whole),
        months_on_book=largest(months.cast("int64") - incomplete, _ZERO),
    )


def with_diary(accounts: ir.Table) -> ir.Table:
    """Adds `cured_today` and carries `bucket_entry_date`: yesterday's while the bucket stays the same.

    An account that comes to the book current counts as current since it was opened: when it was late last is not known, and as
    of today would make every account of a new workspace look freshly cured.
    """
    day = accounts.as_of
    stays = (accounts.bucket_before == accounts.bucket).fill_null(False)
    first_seen = accounts.bucket_before.isnull()
    rolled_in = ibis.cases(
        *(
            (accounts.bucket == number, (accounts.oldest_due_date + ibis.interval(days=30 * (number - 1) + 1)).cast("date"))
            for number in range(1, 8)
        ),
        else_=ibis.least(accounts.opened_date, day),
    )
    since = ibis.ifelse(first_seen, rolled_in, day)
    return accounts.mutate(
        cured_today=((accounts.bucket_before > 0) & (accounts.bucket == 0)).fill_null(False),
        bucket_entry_date=ibis.ifelse(stays, accounts.bucket_entry_date, since),
    )


def _sum(columns: list[ir.IntegerValue]) -> ir.IntegerValue:
    total = columns[0]
    for column in columns[1:]:
        total = total + column
    return total
