"""The tables of supervision, column by column, and the words that stand in them."""

from __future__ import annotations

CHARGES = ("interest", "late_charge", "cash_fee", "instalment_fee", "over_limit_fee", "other_fee", "minimum_payment")
"""What is checked. A fee that the product's terms do not explain is an `over_limit_fee` where the account owes more than its
limit, else an `other_fee`; a minimum payment is no charge, and is checked because it demands."""

CLOSING_CHARGES = ("interest", "late_charge")
"""Kinds of transaction posted with a statement, one of each."""

PRODUCT_RULES = {
    "interest": "PRODUCT-INTEREST", "late_charge": "PRODUCT-LATE-CHARGE", "cash_fee": "PRODUCT-CASH-FEE",
    "instalment_fee": "PRODUCT-INSTALMENT-FEE", "over_limit_fee": "PRODUCT-FEE", "other_fee": "PRODUCT-FEE",
    "minimum_payment": "PRODUCT-MINIMUM",
}  # fmt: skip
"""The code of a breach of the product's terms, by charge."""
DISCLOSURE_RATE = "DISCLOSURE-RATE"
"""Interest above the annual rate that the customer was told."""

REASONS = ("history_too_short", "no_statement", "posted_late", "residual_method")
"""Why a charge is not checkable: transactions before the first feed decide it; interest or late charge without a statement of
that day; delivered after the day it was posted; the product charges interest by a method that is not recomputed."""

HISTORY_DAYS = 40
"""Days of feeds that a day's supervision reads, itself among them: a cycle has 31 at most, some banks move closing dates."""
FIRST_CYCLE_DAYS = 31
"""The first statement of an account closes at most so many days after it was opened."""

CHECKS = {
    "account_id": "string", "customer_id": "string", "transaction_id": "string", "charge": "string", "posted_date": "date",
    "currency": "string", "days": "int64", "base_minor": "int64", "fee_base_minor": "int64", "rate_ppm": "int64",
    "expected_minor": "int64", "charged_minor": "int64", "difference_minor": "int64", "not_checkable": "string",
}  # fmt: skip
"""Every charge of the day. `base_minor` times `rate_ppm` is the charge before rounding, floor and cap; for interest it is the
sum over the `days` of what bore interest each day. `transaction_id` is empty for a minimum payment, and for a charge that the
product allows and nobody posted. `fee_base_minor` is the sum over the days of fees and late charges where interest was charged
on them: where they alone explain what is over. `expected_minor` and `difference_minor` (charged less expected) are null where
`not_checkable` says why."""
CHECK_KEY = ("account_id", "charge", "posted_date", "transaction_id")

STANDINGS = {
    "account_id": "string", "customer_id": "string", "close_date": "date", "paid_in_full": "boolean",
    "free_days_minor": "int64", "charge_days_minor": "int64", "is_free_known": "boolean",
    "cash_low_minor": "int64", "cash_high_minor": "int64", "charges_low_minor": "int64", "unpaid_minor": "int64",
    "charges_high_minor": "int64",
}  # fmt: skip
"""What the next closing of an account needs of this one: whether the statement before was paid in full (null: unknown), the sum
over that cycle's days of what bore interest, without cash, and of charges (minor units times days), and how much of the
balance was cash and charges at the end of the closing date, between a low and a high bound that are equal where it is known.
`unpaid_minor` is what was unpaid of the minimum payments before, below zero where more was paid; null: unknown."""

FINDINGS = {
    "account_id": "string", "customer_id": "string", "transaction_id": "string", "charge": "string", "posted_date": "date",
    "rule": "string", "charged_minor": "int64", "allowed_minor": "int64", "over_minor": "int64", "currency": "string",
    "correct_kind": "string", "correct_minor": "int64", "reverses_id": "string", "found_date": "date", "cleared_date": "date",
    "reversed_minor": "int64",
}  # fmt: skip
"""Every breach open at the end of the day or cleared on it. The correcting entry is `correct_kind`, of `correct_minor`,
reversing `reverses_id`; where one charge breaks several rules it is the same, the largest, on each line. `reversed_minor` is
what has been reversed so far."""
BREACHES = {
    name: FINDINGS[name] for name in (
        "account_id", "customer_id", "transaction_id", "charge", "posted_date", "rule", "charged_minor", "allowed_minor",
        "currency",
    )
}  # fmt: skip
"""What each source of breaches gives: one row a charge and rule."""
FINDING_KEY = ("account_id", "posted_date", "charge", "transaction_id", "rule")

BLOCKED = {
    "account_id": "string", "customer_id": "string", "transaction_id": "string", "charge": "string", "posted_date": "date",
    "rules": "string", "over_minor": "int64", "currency": "string", "correct_kind": "string", "correct_minor": "int64",
    "reverses_id": "string", "found_date": "date",
}  # fmt: skip
"""One row a charge with open findings: what the plan blocks. `rules` are comma-separated, `over_minor` the largest of them."""
BLOCKED_KEY = ("account_id", "posted_date", "charge", "transaction_id")

CORRECTS_CHARGE, CORRECTS_STATEMENT = "charge_reversal", "statement_correction"
