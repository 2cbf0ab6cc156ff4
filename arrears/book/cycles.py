"""What a feed does to the accounts: open them, shift in a statement, credit payments to the cycle they are valued in.

A *round* takes at most one statement an account, and the transactions valued up to the account's next one; a normal day is one
round, an on-boarding feed with a year of history is twelve, and either way the accounts pass through the same states as if
every day had been run. `postings` and `carried_forward` are the two halves of a round.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from arrears.bank import Bank
from arrears.book.columns import ACCOUNT_COLUMNS, ACCOUNT_STATE, CYCLE_COLUMNS, CYCLES
from arrears.book.tables import days_between, product_column
from arrears.card.delinquency import carried
from arrears.feed.contracts import DEBIT_KINDS, PAYMENT_KINDS
from arrears.money import choose, largest

WORKED_CHANNELS = ("call", "letter", "visit")
"""Channels in which somebody, or something costly, works the account; messages are not counted."""

_SUMS = ("paid_on_time", "paid_late")
CARRIED_COLUMNS = (*(column.name for column in ACCOUNT_STATE + CYCLE_COLUMNS), "bucket", "bucket_entry_date")
"""What a round takes and gives: everything that is not derived, and yesterday's bucket."""

CLOSING_SCHEMA = {
    "closing_account": "string", "closing_customer": "string", "grace": "int64",
    **{f"{stem}_{k}": "date" for stem in ("close", "due") for k in range(CYCLES)},
}  # fmt: skip
"""Columns of `closings`."""

PLACED_SCHEMA = {
    "account_id": "string", "change": "int64", "credited": "int64", "paid_on": "date", "cycle": "int64", "on_time": "boolean",
}  # fmt: skip
"""Columns of `placed`."""

POSTED_SCHEMA = {
    "posted_account": "string", "balance_change": "int64", "newest_payment": "date", "older_paid": "int64",
    **{f"add_{stem}_{k}": "int64" for stem in ("paid_on_time", "paid_late") for k in range(CYCLES)},
}  # fmt: skip
"""Columns of `postings`."""

WORKED_SCHEMA = {"worked_account": "string", "add_worked": "int64"}
"""Columns of `workings`."""


def opened(before: ir.Table, delivered: ir.Table) -> ir.Table:
    """Yesterday's accounts with what the feed changed, and the accounts first seen today.

    `delivered` has, beside the feed's columns, `seen_before`: how many accounts the shard had yesterday. Columns: the
    state and the cycles, yesterday's `bucket` (null for a new account) and `bucket_entry_date`.
    """
    news = delivered.select(
        news_id="account_id", news_customer="customer_id", news_product="product_id",
        news_limit="credit_limit_minor", news_status="status",
    )  # fmt: skip
    joined = before.left_join(news, before.account_id == news.news_id)
    told = joined.news_id.notnull()
    changed = {
        "customer_id": ibis.ifelse(told, joined.news_customer, joined.customer_id),
        "product_id": ibis.ifelse(told, joined.news_product, joined.product_id),
        "credit_limit_minor": ibis.ifelse(told, joined.news_limit, joined.credit_limit_minor),
        "status": ibis.ifelse(told, joined.news_status, joined.status),
    }
    known = joined.select(**{name: changed.get(name, joined[name]) for name in CARRIED_COLUMNS})
    first_seen = delivered.anti_join(before, delivered.account_id == before.account_id)
    return known.union(_empty_accounts(first_seen))


def _empty_accounts(delivered: ir.Table) -> ir.Table:
    """Accounts without a statement yet, in the columns of `opened`."""
    place = ibis.row_number().over(order_by=delivered.account_id).cast("int64")
    given = {
        "seq": delivered.seen_before + place,
        "balance_minor": delivered.opening_balance_minor,
        **{name: delivered[name] for name in (
            "account_id", "customer_id", "product_id", "currency", "opened_date", "status", "credit_limit_minor",
        )},
    }  # fmt: skip
    types = {column.name: column.type for column in ACCOUNT_COLUMNS}
    zero = {"int64": ibis.literal(0, "int64"), "boolean": ibis.literal(False)}
    absent = {
        name: ibis.null(types[name]) if types[name] == "date" or name == "bucket" else zero.get(types[name])
        for name in CARRIED_COLUMNS
    }
    return delivered.select(**{name: given.get(name, absent[name]) for name in CARRIED_COLUMNS})


def statements_of_round(statements: ir.Table, number: int) -> ir.Table:
    """The `number`th statement of each account in the feed, oldest first, from 1."""
    order = ibis.window(group_by=statements.account_id, order_by=statements.statement_date)
    ranked = statements.mutate(ordinal=(ibis.row_number().over(order) + 1).cast("int64"))
    return ranked.filter(ranked.ordinal == number).drop("ordinal")


def transactions_of_round(transactions: ir.Table, statements: ir.Table, number: int, rounds: int) -> ir.Table:
    """The transactions valued in the round's cycle: after the statement before it and up to its own (last: the rest)."""
    earlier = statements.select(statement_account="account_id", statement_date="statement_date")
    behind = (
        transactions.inner_join(
            earlier, (transactions.account_id == earlier.statement_account) & (transactions.value_date > earlier.statement_date)
        )
        .group_by("transaction_id")
        .agg(behind_n=lambda table: table.count().cast("int64"))
        .rename(behind_id="transaction_id")
    )
    placed = transactions.left_join(behind, transactions.transaction_id == behind.behind_id)
    place = ibis.least(placed.behind_n.coalesce(0) + 1, ibis.literal(rounds, "int64"))
    return placed.filter(place == number).drop("behind_id", "behind_n")


def with_statement(accounts: ir.Table, statements: ir.Table) -> ir.Table:
    """Accounts with the round's statement joined: `news_*` columns, null where there is none."""
    news = statements.select(
        news_id="account_id", news_close="statement_date", news_due="due_date", news_balance="balance_minor",
        news_new=statements.minimum_payment_minor - statements.past_due_minor,
    )  # fmt: skip
    return accounts.left_join(news, accounts.account_id == news.news_id).drop("news_id")


def _is_next(joined: ir.Table) -> ir.BooleanValue:
    """A statement later than the newest one known: the cycles move by one. (The same date again corrects the newest.)"""
    return joined.news_close.notnull() & (joined.close_0.isnull() | (joined.news_close > joined.close_0))


def closings(accounts: ir.Table, statements: ir.Table, bank: Bank) -> ir.Table:
    """Per account, after the round's statement: its product's `grace` days and, per cycle k, `close_k` and `due_k`."""
    joined = with_statement(accounts, statements)
    moves = _is_next(joined)
    grace = product_column(joined.product_id, bank, lambda product: product.grace_days)
    closes = {f"close_{k}": ibis.ifelse(moves, _previous(joined, "close", k), joined[f"close_{k}"]) for k in range(CYCLES)}
    dues = [ibis.ifelse(moves, _previous(joined, "due", k), joined[f"due_{k}"]) for k in range(CYCLES)]
    dues[0] = joined.news_due.coalesce(joined.due_0)
    return joined.select(
        closing_account="account_id", closing_customer="customer_id", grace=grace, **closes,
        **{f"due_{k}": due for k, due in enumerate(dues)},
    )  # fmt: skip


def _previous(joined: ir.Table, stem: str, k: int) -> ir.Value:
    """Column `stem_k` after a shift by one: what was at k-1, or the new statement's."""
    return joined[f"{stem}_{k - 1}"] if k else joined[f"news_{stem}"]


def _cycle_of(day: ir.DateValue, table: ir.Table) -> ir.IntegerValue:
    """How many of the account's closing dates are on or after `day`: the cycle a payment valued then belongs to."""
    passed = [ibis.ifelse((day <= table[f"close_{k}"]).fill_null(False), 1, 0).cast("int64") for k in range(CYCLES)]
    total = passed[0]
    for one in passed[1:]:
        total = total + one
    return total


def placed(transactions: ir.Table, closing: ir.Table) -> ir.Table:
    """Each transaction with `change` of the balance, `credited` against minimum payments (minor units), `paid_on`, the `cycle`
    it belongs to (`CYCLES` for older ones) and whether it was `on_time` for that cycle's due date."""
    joined = transactions.inner_join(closing, transactions.account_id == closing.closing_account)
    amount = joined.amount_minor
    is_payment = joined.kind.isin(PAYMENT_KINDS)
    table = joined.mutate(
        change=choose(joined.kind.isin(DEBIT_KINDS), amount, -amount),
        credited=choose(is_payment, choose(joined.kind == "payment", amount, -amount), ibis.literal(0, "int64")),
        paid_on=ibis.ifelse(joined.kind == "payment", joined.value_date, ibis.null("date")),
        cycle=_cycle_of(joined.value_date, joined),
    )
    due = ibis.cases(*((table.cycle == k, table[f"due_{k}"]) for k in range(CYCLES)), else_=ibis.null("date"))
    on_time = (days_between(table.value_date, due) <= table.grace).fill_null(True)
    asked = due.notnull() | (table.cycle == CYCLES)  # before the first statement there is no minimum payment to count against
    credited = choose(asked, table.credited, ibis.literal(0, "int64"))
    return table.select("account_id", "change", "paid_on", "cycle", credited=credited, on_time=on_time)


def postings(table: ir.Table) -> ir.Table:
    """Per account in `placed`: `balance_change`, `newest_payment`, `older_paid`, and what it paid in each cycle k,
    `add_paid_on_time_k` and `add_paid_late_k` (minor units)."""

    def summed(k: int, on_time: ir.BooleanValue) -> ir.IntegerValue:
        return choose((table.cycle == k) & on_time, table.credited, ibis.literal(0, "int64")).sum().cast("int64")

    return table.group_by(posted_account=table.account_id).agg(
        balance_change=table.change.sum().cast("int64"),
        newest_payment=table.paid_on.max(),
        older_paid=choose(table.cycle == CYCLES, table.credited, ibis.literal(0, "int64")).sum().cast("int64"),
        **{f"add_paid_on_time_{k}": summed(k, table.on_time) for k in range(CYCLES)},
        **{f"add_paid_late_{k}": summed(k, ~table.on_time) for k in range(CYCLES)},
    )


def workings(contacts: ir.Table, closing: ir.Table) -> ir.Table:
    """Per account whose holder was called, written to or visited: `add_worked`, a bit for each such cycle."""
    worked = contacts.filter((contacts.direction == "outbound") & contacts.channel.isin(WORKED_CHANNELS))
    worked = worked.select(worked_customer="customer_id", local_date="local_date")
    joined = worked.inner_join(closing, worked.worked_customer == closing.closing_customer)
    placed = joined.select("closing_account", cycle=_cycle_of(joined.local_date, joined))
    bits = [choose(placed.cycle == k, ibis.literal(2**k, "int64"), ibis.literal(0, "int64")).max() for k in range(CYCLES)]
    total = bits[0]
    for bit in bits[1:]:
        total = total + bit
    return placed.group_by(worked_account=placed.closing_account).agg(add_worked=total.cast("int64"))


def carried_forward(accounts: ir.Table, statements: ir.Table, posted: ir.Table, worked: ir.Table, bank: Bank) -> ir.Table:
    """Accounts after a round: the statement shifted in, the payments and contacts credited to their cycles; `as_of` is kept."""
    joined = with_statement(accounts, statements)
    joined = joined.left_join(posted, joined.account_id == posted.posted_account)
    joined = joined.left_join(worked, joined.account_id == worked.worked_account)
    moves = _is_next(joined)
    tolerance = product_column(joined.product_id, bank, lambda product: product.tolerance_minor)
    shifted = _shifted(joined, moves) | _older(joined, moves, tolerance)
    add = {
        f"{stem}_{k}": shifted[f"{stem}_{k}"] + joined[f"add_{stem}_{k}"].coalesce(0) for stem in _SUMS for k in range(CYCLES)
    }
    told = joined.news_close.notnull()
    rest = {
        "balance_minor": joined.balance_minor + joined.balance_change.coalesce(0),
        "statement_balance_minor": ibis.ifelse(told, joined.news_balance, joined.statement_balance_minor),
        "previous_statement_balance_minor": ibis.ifelse(
            moves, joined.statement_balance_minor, joined.previous_statement_balance_minor
        ),
        "statements_n": joined.statements_n + ibis.ifelse(moves, 1, 0).cast("int64"),
        "last_payment_date": ibis.greatest(
            joined.last_payment_date.coalesce(joined.newest_payment), joined.newest_payment.coalesce(joined.last_payment_date)
        ),
        "worked_cycles": ibis.ifelse(moves, joined.worked_cycles * 2 % 2**CYCLES, joined.worked_cycles)
        | joined.add_worked.coalesce(0).cast("int64"),
        "older_unpaid_minor": largest(shifted["older_unpaid_minor"] - joined.older_paid.coalesce(0), ibis.literal(0, "int64")),
    }
    columns = (*CARRIED_COLUMNS, "as_of")
    return joined.select(**{name: (shifted | add | rest).get(name, joined[name]) for name in columns})


def _shifted(joined: ir.Table, moves: ir.BooleanValue) -> dict[str, ir.Value]:
    """The cycle columns after the statement: moved by one where there is a next one, corrected where it is the newest again."""
    zero = ibis.literal(0, "int64")
    columns: dict[str, ir.Value] = {}
    for k in range(CYCLES):
        for stem in ("close", "due", "due_new"):
            source = "new" if stem == "due_new" else stem
            before = joined[f"{stem}_{k - 1}"] if k else joined[f"news_{source}"]
            columns[f"{stem}_{k}"] = ibis.ifelse(moves, before, joined[f"{stem}_{k}"])
        for stem in _SUMS:
            columns[f"{stem}_{k}"] = ibis.ifelse(moves, joined[f"{stem}_{k - 1}"] if k else zero, joined[f"{stem}_{k}"])
    columns["due_0"] = joined.news_due.coalesce(joined.due_0)
    columns["due_new_0"] = joined.news_new.coalesce(joined.due_new_0)
    return columns


def _older(joined: ir.Table, moves: ir.BooleanValue, tolerance: ir.IntegerValue) -> dict[str, ir.Value]:
    """What the statement that falls out of the kept cycles leaves behind: unpaid money, its date, and whether it was late."""
    last = CYCLES - 1
    leaves = moves & joined[f"close_{last}"].notnull()
    asked = joined.older_unpaid_minor + joined[f"due_new_{last}"]
    short = asked - joined[f"paid_on_time_{last}"]
    unpaid = carried(largest(short - joined[f"paid_late_{last}"], ibis.literal(0, "int64")), tolerance)
    was_late = short > tolerance
    still_older = (joined.older_unpaid_minor > 0) & (unpaid - joined[f"due_new_{last}"] > tolerance)
    since = ibis.ifelse(unpaid > 0, ibis.ifelse(still_older, joined.older_due_date, joined[f"due_{last}"]), ibis.null("date"))
    is_first = joined.statements_n == CYCLES
    return {
        "older_unpaid_minor": ibis.ifelse(leaves, unpaid, joined.older_unpaid_minor),
        "older_due_date": ibis.ifelse(leaves, since, joined.older_due_date),
        "older_overdue_n": joined.older_overdue_n + ibis.ifelse(leaves & was_late, 1, 0).cast("int64"),
        "older_first_missed": joined.older_first_missed | (leaves & is_first & was_late),
    }
