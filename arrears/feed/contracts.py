"""The contracts of what a card system delivers each business date: tables, columns, types, units, meaning.

These definitions are the one source for the checks, the quarantine's messages, the documentation page (`docs/feed.md`) and
the schema of the tables taken in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

Kind = Literal["id", "text", "code", "date", "timestamp", "int", "money", "currency", "bool"]

ARROW: dict[str, pa.DataType] = {
    "id": pa.string(),
    "text": pa.string(),
    "code": pa.string(),
    "currency": pa.string(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "int": pa.int64(),
    "money": pa.int64(),
    "bool": pa.bool_(),
}


@dataclass(frozen=True)
class Column:
    """One column. `money` is int64 minor units; `timestamp` is UTC; `id` is 1-32 of A-Z a-z 0-9 . _ -"""

    name: str
    kind: Kind
    meaning: str
    required: bool = True
    """Without the column the file is refused, and a row without a value is quarantined. What is not required is optional: a
    file may lack the column, and reads as if it stood there empty."""
    values: tuple[str, ...] = ()
    """The codes allowed, for `code`."""
    low: int | None = None
    high: int | None = None
    personal: bool = False
    """Personal data: never printed in a log, a report or an error."""
    example: str = ""


@dataclass(frozen=True)
class Contract:
    """One table of the feed. `key` identifies a row; `parents` name the tables and columns an id must be known in."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    parents: dict[str, tuple[str, str]] = field(default_factory=dict)
    rule: str = ""

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema of the table once taken in."""
        return pa.schema([(column.name, ARROW[column.kind]) for column in self.columns])

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


TRANSACTION_KINDS = (
    "purchase", "cash", "instalment", "interest", "fee", "late_charge",
    "payment", "refund", "payment_reversal", "charge_reversal",
)  # fmt: skip
DEBIT_KINDS = ("purchase", "cash", "instalment", "interest", "fee", "late_charge", "payment_reversal")
"""Kinds that raise the balance; the others lower it. Amounts themselves are never negative."""
PAYMENT_KINDS = ("payment", "payment_reversal")
"""Kinds that count against the minimum payment; refunds lower the balance but are not payments."""

ACCOUNT_STATUSES = ("open", "blocked", "closed", "charged_off", "sold")
FLAGS = (
    "dispute", "complaint", "hardship", "deceased", "bankruptcy", "attorney", "cease", "fraud", "identity_theft",
    "plan_performing", "breathing_space", "mental_health_crisis", "military_service", "minor", "incapacitated", "lost_contact",
    "attorney_unresponsive", "attorney_consents", "court_permission",
)  # fmt: skip
OPENING_FLAGS = ("lost_contact", "attorney_unresponsive", "attorney_consents", "court_permission")
"""Flags that open what a rule of law closes; where one names its evidence it is told as `lost_contact:evidenced` besides."""
CHANNELS = ("sms", "email", "call", "letter", "visit")
PARTIES = (
    "debtor",
    "guarantor",
    "relative",
    "contact_person",
    "employer",
    "attorney",
    "other",
    "spouse",
    "guardian",
    "executor",
)
CONTACT_SOURCES = (
    "contract", "customer_provided", "debtor_authorisation", "lawful_public", "reserved_contact",
    "authorised_bureau", "unknown",
)  # fmt: skip
OUTCOMES = (
    "sent", "delivered", "bounced", "no_answer", "busy", "dead_line", "voicemail", "connected", "right_party", "wrong_party",
    "promise", "refused", "left_message", "not_home", "met",
)  # fmt: skip

CUSTOMERS = Contract(
    "customers",
    "Cardholders, new or changed since the last feed.",
    ("customer_id",),
    (
        Column("customer_id", "id", "The bank's id of the customer", example="C000001"),
        Column("full_name", "text", "Name as on the statement", personal=True, example="王芳"),
        Column("language", "code", "Language for contacts", values=("zh", "en"), example="zh"),
        Column("country", "text", "Country of the statement address, ISO 3166-1 alpha-2", example="CN"),
        Column("region", "text", "State or province, ISO 3166-2 without the country", required=False, example="SH"),
        Column(
            "timezone",
            "text",
            "IANA zone the customer stated or lives in; empty: every zone of region and country counts",
            required=False,
            example="Asia/Shanghai",
        ),
        Column("since_date", "date", "Customer since", example="2019-03-01"),
    ),
)

ACCOUNTS = Contract(
    "accounts",
    "Card accounts, new or changed since the last feed.",
    ("account_id",),
    (
        Column("account_id", "id", "The bank's id of the card account", example="A000001"),
        Column("customer_id", "id", "Its holder", example="C000001"),
        Column("product_id", "id", "A product of bank.toml", example="classic"),
        Column("currency", "currency", "ISO 4217; the product's", example="CNY"),
        Column("opened_date", "date", "Opened on", example="2019-03-01"),
        Column("credit_limit_minor", "money", "Credit limit, minor units", low=0, example="5000000"),
        Column("status", "code", "State of the account", values=ACCOUNT_STATUSES, example="open"),
        Column(
            "opening_balance_minor", "money",
            "Balance owed before the transactions of this feed, minor units (negative: in credit); read only when the "
            "account is first seen", low=-(10**15), example="0",
        ),
    ),
    parents={"customer_id": ("customers", "customer_id")},
)  # fmt: skip

STATEMENTS = Contract(
    "statements",
    "Statements issued since the last feed (the first feed may bring older ones).",
    ("account_id", "statement_date"),
    (
        Column("account_id", "id", "The account", example="A000001"),
        Column("statement_date", "date", "Closing date; transactions valued up to and on it are in it", example="2026-01-05"),
        Column("due_date", "date", "Payment due date, after the closing date", example="2026-01-25"),
        Column("currency", "currency", "ISO 4217; the account's", example="CNY"),
        Column(
            "balance_minor", "money", "Statement balance, minor units (negative: in credit)", low=-(10**15), example="352310"
        ),
        Column("minimum_payment_minor", "money", "Minimum payment, past-due part included", low=0, example="35231"),
        Column(
            "past_due_minor",
            "money",
            "Part of the minimum payment that carries over from earlier unpaid ones",
            low=0,
            example="0",
        ),
    ),
    parents={"account_id": ("accounts", "account_id")},
    rule="due_date is after statement_date; past_due_minor is at most minimum_payment_minor",
)

TRANSACTIONS = Contract(
    "transactions",
    "Transactions posted since the last feed.",
    ("transaction_id",),
    (
        Column("transaction_id", "id", "The bank's id of the posting", example="T00000001"),
        Column("account_id", "id", "The account", example="A000001"),
        Column(
            "kind", "code", "What it is; refunds are credits that are not payments", values=TRANSACTION_KINDS, example="payment"
        ),
        Column("amount_minor", "money", "Amount, minor units, never negative: the kind gives the sign", low=0, example="50000"),
        Column("currency", "currency", "ISO 4217; the account's", example="CNY"),
        Column("posted_date", "date", "Booked on; at most the business date", example="2026-01-20"),
        Column(
            "value_date", "date", "Counts from; at most the business date, earlier when backdated. A reversal bears the value "
            "date of what it reverses", example="2026-01-20",
        ),
        Column("reverses_id", "id", "For reversals: the transaction reversed", required=False, example=""),
    ),
    parents={"account_id": ("accounts", "account_id")},
    rule="a reversal names what it reverses",
)  # fmt: skip

CONTACT_POINTS = Contract(
    "contact_points",
    "Telephone numbers and addresses, new or changed since the last feed.",
    ("contact_id",),
    (
        Column("contact_id", "id", "The bank's id of the contact point", example="P000001"),
        Column("customer_id", "id", "The customer it was given for", example="C000001"),
        Column("kind", "code", "What it is", values=("mobile", "landline", "email", "address"), example="mobile"),
        Column("value", "text", "The number (E.164) or the address", personal=True, example="+8613800000000"),
        Column("party", "code", "Who answers there", values=PARTIES, example="debtor"),
        Column("source", "code", "How the bank came by it", values=CONTACT_SOURCES, example="contract"),
        Column(
            "timezone",
            "text",
            "IANA zone of the number or address; empty: every zone of the number's prefix counts",
            required=False,
            example="Asia/Shanghai",
        ),
        Column("status", "code", "Known state", values=("active", "invalid", "wrong_party", "withdrawn"), example="active"),
        Column("rank", "int", "1 is tried first among its kind and party", low=1, high=99, example="1"),
    ),
    parents={"customer_id": ("customers", "customer_id")},
)

CONSENTS = Contract(
    "consents",
    "Consents and refusals, new or changed since the last feed.",
    ("customer_id", "channel", "purpose"),
    (
        Column("customer_id", "id", "The customer", example="C000001"),
        Column("channel", "code", "Channel", values=CHANNELS, example="sms"),
        Column(
            "purpose", "code", "For what", values=("collection", "night_contact", "extra_contact", "relative"),
            example="collection",
        ),
        Column("given", "bool", "true: agreed; false: refused or withdrawn", example="true"),
        Column("at_date", "date", "When", example="2025-11-02"),
        Column("until_date", "date", "Last day of the consent", required=False, example=""),
    ),
    parents={"customer_id": ("customers", "customer_id")},
)  # fmt: skip

FLAGS_TABLE = Contract(
    "flags",
    "States that hold or change collection, set or cleared since the last feed.",
    ("customer_id", "flag"),
    (
        Column("customer_id", "id", "The customer", example="C000001"),
        Column("flag", "code", "The state", values=FLAGS, example="dispute"),
        Column("active", "bool", "true: set; false: cleared", example="true"),
        Column("from_date", "date", "Since", example="2026-01-10"),
        Column("until_date", "date", "Last day, where the state ends by itself", required=False, example=""),
        Column(
            "evidence", "text", "Number of the record or document that shows the state; a reference, never personal data",
            required=False, example="",
        ),
    ),
    parents={"customer_id": ("customers", "customer_id")},
)  # fmt: skip

CONTACTS = Contract(
    "contacts",
    "Contacts made or received since the last feed, by whom- and whatsoever: the history the law counts.",
    ("event_id",),
    (
        Column("event_id", "id", "The bank's id of the contact", example="E00000001"),
        Column("customer_id", "id", "The customer concerned", example="C000001"),
        Column("account_id", "id", "The debt concerned", required=False, example="A000001"),
        Column("contact_id", "id", "The contact point used", required=False, example="P000001"),
        Column("at", "timestamp", "When, UTC", example="2026-01-12 02:15:00"),
        Column("local_date", "date", "The customer's calendar date then", example="2026-01-12"),
        Column("channel", "code", "Channel", values=CHANNELS, example="call"),
        Column("direction", "code", "Who began it", values=("outbound", "inbound"), example="outbound"),
        Column("party", "code", "Who was meant", values=PARTIES, example="debtor"),
        Column("outcome", "code", "What came of it", values=OUTCOMES, example="right_party"),
        Column("actor", "id", "The company that made it; empty: the issuer itself, or unknown", required=False, example=""),
        Column("agent", "id", "The person or robot that made it, by staff number", required=False, example="agent-017"),
        Column(
            "requested", "bool", "The customer had asked for it: a call-back; empty is false", required=False, example="false"
        ),
    ),
    parents={"customer_id": ("customers", "customer_id")},
)  # fmt: skip

CONTRACTS: dict[str, Contract] = {
    contract.name: contract
    for contract in (
        CUSTOMERS, ACCOUNTS, STATEMENTS, TRANSACTIONS, CONTACT_POINTS, CONSENTS, FLAGS_TABLE, CONTACTS,
    )
}  # fmt: skip
"""Every table of a feed, in the order they are checked: parents before children."""

CONVERSATION_OUTCOMES = ("right_party", "promise", "refused", "met")
"""Outcomes in which somebody on the customer's side spoke."""
