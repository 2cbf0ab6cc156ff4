"""The columns of the book: one row an account, one row a customer, as of the end of a business date.

An account carries its last `CYCLES` statements as fixed columns, so that ageing is plain arithmetic on columns and a backdated
payment finds the cycle it belongs to. Cycle 0 is the newest statement. `due_new_k` is what statement k newly asked for, its
minimum payment less the past-due part; `paid_on_time_k` and `paid_late_k` are the payments (less reversals) valued after
closing date k and up to the next one, before or after the due date plus the product's grace days.
"""

from __future__ import annotations

from typing import NamedTuple

CYCLES = 12
"""Statements kept on the account; older unpaid ones are carried in one sum, `older_unpaid_minor`."""


class BookColumn(NamedTuple):
    """A column of the book: name, Ibis type, unit and meaning."""

    name: str
    type: str
    meaning: str


def _cycle(k: int) -> tuple[BookColumn, ...]:
    return (
        BookColumn(f"close_{k}", "date", f"closing date of statement {k}; null where there is none"),
        BookColumn(f"due_{k}", "date", f"due date of statement {k}"),
        BookColumn(f"due_new_{k}", "int64", f"minor units newly due by statement {k}; 0 where there is none"),
        BookColumn(f"paid_on_time_{k}", "int64", f"minor units paid in cycle {k} up to due date and grace"),
        BookColumn(f"paid_late_{k}", "int64", f"minor units paid in cycle {k} after that"),
    )


CYCLE_COLUMNS: tuple[BookColumn, ...] = tuple(column for k in range(CYCLES) for column in _cycle(k))

ACCOUNT_STATE: tuple[BookColumn, ...] = (
    BookColumn("seq", "int64", "place in its shard, in order of first appearance: the table's order, and it never changes"),
    BookColumn("account_id", "string", "the account"),
    BookColumn("customer_id", "string", "its holder"),
    BookColumn("product_id", "string", "product of bank.toml"),
    BookColumn("currency", "string", "ISO 4217"),
    BookColumn("opened_date", "date", "opened on"),
    BookColumn("status", "string", "open, blocked, closed, charged_off, sold"),
    BookColumn("credit_limit_minor", "int64", "minor units"),
    BookColumn("balance_minor", "int64", "owed now, minor units; negative in credit"),
    BookColumn("statement_balance_minor", "int64", "balance of the newest statement"),
    BookColumn("previous_statement_balance_minor", "int64", "balance of the statement before"),
    BookColumn("statements_n", "int64", "statements ever seen"),
    BookColumn("last_payment_date", "date", "newest value date of a payment"),
    BookColumn("worked_cycles", "int64", "bit k is set where cycle k saw an outbound call, letter or visit"),
    BookColumn("older_unpaid_minor", "int64", "unpaid of statements older than the kept ones, minor units"),
    BookColumn("older_due_date", "date", "due date of the oldest of these; null where none"),
    BookColumn("older_overdue_n", "int64", "how many statements older than the kept ones were paid late or not"),
    BookColumn("older_first_missed", "boolean", "the first statement is older than the kept ones and was paid late or not"),
)
"""What the feed moves. Everything in `ACCOUNT_DERIVED` follows from these and the cycle columns by `book.ageing`."""

ACCOUNT_DERIVED: tuple[BookColumn, ...] = (
    BookColumn("minimum_unpaid_minor", "int64", "unpaid of all minimum payments asked for, due or not, minor units"),
    BookColumn("past_due_minor", "int64", "part of it whose due date has passed, minor units"),
    BookColumn("oldest_due_date", "date", "due date of the oldest unpaid minimum payment; null where all is paid"),
    BookColumn("dpd", "int64", "days past due"),
    BookColumn("bucket", "int64", "0 current, 1 = 1-30 DPD, 2 = 31-60, ... 7 = over 180"),
    BookColumn("cycles_past_due", "int64", "statements in a row with an unpaid, past-due minimum payment"),
    BookColumn("times_overdue_12", "int64", "of the kept statements whose due date has passed: how many were paid late or not"),
    BookColumn("times_overdue_total", "int64", "the same over all statements ever seen"),
    BookColumn("ever_overdue", "boolean", "a minimum payment was ever late"),
    BookColumn("first_payment_default", "boolean", "the first minimum payment ever asked for was not met in time"),
    BookColumn(
        "self_cured_12",
        "int64",
        "kept statements paid late but within their cycle, with no outbound call, letter or visit in it",
    ),
    BookColumn("bucket_before", "int64", "bucket at the end of the day before; null for a new account"),
    BookColumn("cured_today", "boolean", "past due yesterday, current today"),
    BookColumn("bucket_entry_date", "date", "since when in this bucket"),
    BookColumn("utilisation_bp", "int64", "balance as a share of the limit, basis points, 0 to 20,000"),
    BookColumn(
        "paid_ratio_bp", "int64", "paid in the last closed cycle as a share of that statement's balance, bp, 0 to 10,000"
    ),
    BookColumn("late_in_6", "int64", "late ones among the newest six statements whose due date has passed"),
    BookColumn("months_on_book", "int64", "whole months since opening"),
    BookColumn("class_card", "string", "card ladder: normal, special_mention, substandard, doubtful, loss"),
    BookColumn("class_general", "string", "general ladder of 2023; the stricter of the two counts"),
)

CUSTOMER_COLUMNS: tuple[BookColumn, ...] = (
    BookColumn("seq", "int64", "place in its shard, in order of first appearance: the table's order, and it never changes"),
    BookColumn("customer_id", "string", "the customer"),
    BookColumn("customer_hash", "int64", "31 bits of MD5 of the id: shards and experiments are cut by it"),
    BookColumn("language", "string", "zh or en"),
    BookColumn("country", "string", "ISO 3166-1"),
    BookColumn("region", "string", "ISO 3166-2 without the country; empty if unknown"),
    BookColumn("timezone", "string", "IANA zone stated, else of most people in the region, else of the bank"),
    BookColumn("address_zones", "string", "zones of country and region, sorted, comma-separated; empty where one is stated"),
    BookColumn("since_date", "date", "customer since"),
    # by the worst account
    BookColumn("accounts_n", "int64", "accounts"),
    BookColumn("accounts_past_due_n", "int64", "of them past due"),
    BookColumn("account_id", "string", "the worst account: most DPD, then largest past due, then smallest id"),
    BookColumn("product_id", "string", "of the worst account"),
    BookColumn("dpd", "int64", "of the worst account"),
    BookColumn("bucket", "int64", "of the worst account"),
    BookColumn("bucket_entry_date", "date", "of the worst account"),
    BookColumn("cycles_past_due", "int64", "of the worst account"),
    BookColumn("oldest_due_date", "date", "of the worst account; null where all is paid"),
    BookColumn("first_payment_default", "boolean", "of any account"),
    BookColumn("ever_overdue", "boolean", "of any account"),
    BookColumn("times_overdue_12", "int64", "the largest of any account"),
    BookColumn("times_overdue_total", "int64", "the largest of any account"),
    BookColumn("self_cured_12", "int64", "the largest of any account"),
    BookColumn("late_in_6", "int64", "the largest of any account"),
    BookColumn("months_on_book", "int64", "the largest of any account"),
    BookColumn("utilisation_bp", "int64", "of all accounts together, basis points"),
    BookColumn("paid_ratio_bp", "int64", "the smallest of any account with a statement"),
    # sums in the bank's currency
    BookColumn("currency", "string", "the bank's"),
    BookColumn("credit_limit_minor", "int64", "sum, minor units of the bank's currency"),
    BookColumn("balance_minor", "int64", "sum"),
    BookColumn("past_due_minor", "int64", "sum"),
    BookColumn("minimum_unpaid_minor", "int64", "sum"),
    BookColumn("next_due_date", "date", "nearest due date, today or later, with an unpaid minimum payment; null where none"),
    BookColumn("next_due_minor", "int64", "unpaid minimum payment of that due date; 0 where none"),
    # where and how they can be reached: contact ids only, the numbers stay in contact_points
    BookColumn("mobile_id", "string", "first active mobile of the debtor; empty if none"),
    BookColumn("email_id", "string", "first active e-mail of the debtor; empty if none"),
    BookColumn("address_id", "string", "first active address of the debtor; empty if none"),
    BookColumn("landline_id", "string", "first active landline of the debtor; empty if none"),
    BookColumn("relative_id", "string", "first active mobile of a relative or contact person; empty if none"),
    BookColumn("zones", "string", "every plausible IANA zone, sorted, comma-separated"),
    # states and consents as of the date
    BookColumn(
        "flags",
        "string",
        "active flags, sorted, comma-separated, with a comma at both ends; empty if none; beside "
        "`lost_contact` stands `lost_contact:evidenced` where the flag names its evidence, and so for the others that open "
        "what a rule closes: `attorney_unresponsive`, `attorney_consents`, `court_permission`",
    ),
    BookColumn("consents", "string", "given ones as channel:purpose@date, likewise"),
    BookColumn("refusals", "string", "refused ones as channel:purpose, likewise"),
    BookColumn("last_worked_date", "date", "last outbound call, letter or visit; null if never"),
)
"""One row a customer."""

DIARY = ("bucket_before", "bucket_entry_date", "cured_today")
"""Derived columns that tell how the account came here; all others follow from the state alone, however it was reached."""

ACCOUNT_COLUMNS: tuple[BookColumn, ...] = ACCOUNT_STATE + CYCLE_COLUMNS + ACCOUNT_DERIVED


def schema(columns: tuple[BookColumn, ...]) -> dict[str, str]:
    """Name to Ibis type."""
    return {column.name: column.type for column in columns}
