"""What must hold for a row, as SQL conditions that are true where it does not.

Each table's checks are one ordered list: a row is quarantined for the first that fails, and the others are named with it.
Conditions see the parsed columns, the text they were parsed from (`<column>__raw`), and what `relations` joined on
(`_parent`, `_currency`, `_close`, `_duplicate`, ...).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from arrears.bank import Bank
from arrears.feed.contracts import Column, Contract
from arrears.feed.reasons import REASONS
from arrears.feed.sources import wanted
from arrears.money import MONEY_MAX_MINOR
from arrears.places.addresses import zones_of_countries

TEXT_CHARACTERS_MAX = 1_000
VALUE_AGE_DAYS_MAX = 400
"""How far before the business date a transaction may count; the book keeps the twelve cycles this covers."""
DATE_LOW, DATE_HIGH = date(1900, 1, 1), date(2199, 12, 31)

PARSED = ("int", "money", "date", "timestamp", "bool")
"""Kinds that are parsed where a file holds them as text."""

_ID = "[A-Za-z0-9._-]{1,32}"
_WHOLE = "-?[0-9]+"
_UTC = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|\+00(:?00)?)?"


@dataclass(frozen=True)
class Check:
    """One condition; `bad` is SQL that is true where the row fails, `wanted` what the contract allows."""

    code: str
    column: str
    bad: str
    wanted: str = ""

    @property
    def en(self) -> str:
        return REASONS[self.code].en.format(column=self.column, wanted=self.wanted)

    @property
    def zh(self) -> str:
        return REASONS[self.code].zh.format(column=self.column, wanted=self.wanted)

    @property
    def remedy(self) -> str:
        return REASONS[self.code].remedy.format(column=self.column, wanted=self.wanted)


def parsed(column: Column, text: bool) -> str:
    """The value of a raw column, null where it is not of its kind."""
    name = f'"{column.name}"'
    if not text or column.kind not in PARSED:
        return name
    return {
        "int": f"CASE WHEN regexp_full_match({name}, '{_WHOLE}') THEN TRY_CAST({name} AS BIGINT) END",
        "money": f"CASE WHEN regexp_full_match({name}, '{_WHOLE}') THEN TRY_CAST({name} AS BIGINT) END",
        "date": f"CASE WHEN CAST(TRY_CAST({name} AS DATE) AS VARCHAR) = {name} THEN TRY_CAST({name} AS DATE) END",
        "timestamp": f"CASE WHEN regexp_full_match({name}, '{_UTC}') THEN TRY_CAST({name} AS TIMESTAMP) END",
        "bool": f"CASE lower({name}) WHEN 'true' THEN true WHEN '1' THEN true WHEN 'false' THEN false WHEN '0' THEN false END",
    }[column.kind]


def row_checks(contract: Contract, bank: Bank, business_date: date, text: frozenset[str]) -> tuple[Check, ...]:
    """Every check of a table's rows but those on reversals, which need the whole table (`relations.reversal_checks`)."""
    columns = tuple(check for column in contract.columns for check in _column_checks(column, column.name in text))
    return columns + _RULES[contract.name](bank, business_date) + _duplicates(contract) + _parents(contract)


def _column_checks(column: Column, text: bool) -> tuple[Check, ...]:
    name, value = column.name, f'"{column.name}"'
    raw = f'"{column.name}__raw"' if text and column.kind in PARSED else value
    checks = [Check("missing_value", name, f"{raw} IS NULL")] if column.required else []

    if text and column.kind in PARSED:
        checks += _unparsed(column, f"{raw} IS NOT NULL AND {value} IS NULL AND ")
    if column.kind == "id":
        checks.append(Check("bad_id", name, f"NOT regexp_full_match({value}, '{_ID}')"))
    if column.kind == "currency":
        checks.append(
            Check("wrong_type", name, f"NOT regexp_full_match({value}, '[A-Z]{{3}}')", "an ISO 4217 code such as CNY")
        )
    if column.kind == "code":
        checks.append(Check("unknown_code", name, f"{value} NOT IN ({_listed(column.values)})", ", ".join(column.values)))
    if column.kind == "text":
        checks.append(Check("too_long", name, f"length({value}) > {TEXT_CHARACTERS_MAX}", str(TEXT_CHARACTERS_MAX)))
        checks.append(Check("bad_characters", name, rf"regexp_matches({value}, '[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]')"))
    if column.kind in ("int", "money"):
        checks += _range(column)
    if column.kind in ("date", "timestamp"):
        high = DATE_HIGH + timedelta(days=1)
        outside = f"{value} < {_day(DATE_LOW)} OR {value} >= {_day(high)}"
        checks.append(Check("date_out_of_range", name, outside, f"{DATE_LOW} .. {DATE_HIGH}"))
    return tuple(checks)


def _unparsed(column: Column, failed: str) -> list[Check]:
    """Why a text is no value of its kind; the last one holds whatever the others do not."""
    name, raw = column.name, f'"{column.name}__raw"'
    tests: list[tuple[str, str, str]] = []
    if column.kind in ("int", "money"):
        tests.append(("above_high", "[0-9]+", str(_high(column))))
        tests.append(("below_low", "-[0-9]+", str(_low(column))))
    if column.kind == "money":
        tests.append(("decimal_amount", "-?[0-9]*[.,][0-9]+", ""))
    if column.kind == "date":
        tests.append(("no_such_date", "[0-9]{4}-[0-9]{2}-[0-9]{2}", ""))

    checks = [Check(code, name, f"{failed} regexp_full_match({raw}, '{shape}')", limit) for code, shape, limit in tests]
    others = "".join(f" AND NOT regexp_full_match({raw}, '{shape}')" for _, shape, _ in tests)
    return [*checks, Check("wrong_type", name, f"{failed} true{others}", wanted(column.kind))]


def _low(column: Column) -> int:
    return -MONEY_MAX_MINOR if column.low is None else column.low


def _high(column: Column) -> int:
    return MONEY_MAX_MINOR if column.high is None else column.high


def _range(column: Column) -> list[Check]:
    low, high = _low(column), _high(column)
    return [
        Check("below_low", column.name, f'"{column.name}" < {low}', str(low)),
        Check("above_high", column.name, f'"{column.name}" > {high}', str(high)),
    ]


def _duplicates(contract: Contract) -> tuple[Check, ...]:
    key = contract.key[0]
    return (Check("duplicate_row", key, "_duplicate = 'same'"), Check("duplicate_conflict", key, "_duplicate = 'conflict'"))


def _parents(contract: Contract) -> tuple[Check, ...]:
    """Whether the parent is known; first whether its row was refused, since that is what has to be mended."""
    checks = []
    for name, (table, _) in contract.parents.items():
        checks.append(Check("parent_quarantined", name, "_parent = 'quarantined'", table))
        checks.append(Check("unknown_parent", name, "_parent = 'unknown'", table))
    if contract.name in ("statements", "transactions"):
        checks.append(Check("account_currency", "currency", "currency <> _currency"))
    if contract.name == "statements":
        checks.append(Check("statement_not_newer", "statement_date", "statement_date < _close"))
    return tuple(checks)


def _customers(_: Bank, day: date) -> tuple[Check, ...]:
    return (
        Check("unknown_country", "country", "NOT regexp_full_match(country, '[A-Z]{2}')"),
        Check("unknown_country", "country", f"timezone IS NULL AND country NOT IN ({_listed(tuple(zones_of_countries()))})"),
        _zone_check(),
        _future("since_date", day),
    )


def _accounts(bank: Bank, day: date) -> tuple[Check, ...]:
    another = " OR ".join(f"(product_id = '{one.product_id}' AND currency <> '{one.currency}')" for one in bank.products)
    return (
        Check("unknown_product", "product_id", f"product_id NOT IN ({_listed(tuple(p.product_id for p in bank.products))})"),
        Check("product_currency", "currency", another or "false"),
        _future("opened_date", day),
        Check("account_moved", "customer_id", "_book_customer <> customer_id"),
        Check("account_moved", "currency", "_book_currency <> currency"),
    )


def _statements(_: Bank, day: date) -> tuple[Check, ...]:
    return (
        _future("statement_date", day),
        Check("dates_disagree", "due_date", "due_date <= statement_date", "due_date is after statement_date"),
        Check("past_due_above_minimum", "past_due_minor", "past_due_minor > minimum_payment_minor"),
    )


def _transactions(_: Bank, day: date) -> tuple[Check, ...]:
    oldest = day - timedelta(days=VALUE_AGE_DAYS_MAX)
    return (
        _future("posted_date", day),
        _future("value_date", day),
        Check("too_old", "value_date", f"value_date < {_day(oldest)}", str(VALUE_AGE_DAYS_MAX)),
        Check(
            "reversal_without_original",
            "reverses_id",
            "kind IN ('payment_reversal', 'charge_reversal') AND reverses_id IS NULL",
        ),
    )


def _contact_points(_: Bank, __: date) -> tuple[Check, ...]:
    return (_zone_check(),)


def _consents(_: Bank, day: date) -> tuple[Check, ...]:
    order = Check("dates_disagree", "until_date", "until_date < at_date", "until_date is not before at_date")
    return (_future("at_date", day), order)


def _flags(_: Bank, __: date) -> tuple[Check, ...]:
    """A flag may begin later (a breathing space registered today begins tomorrow), so `from_date` may lie ahead."""
    return (Check("dates_disagree", "until_date", "until_date < from_date", "until_date is not before from_date"),)


def _contacts(_: Bank, day: date) -> tuple[Check, ...]:
    """Local dates run up to a day ahead of or behind UTC; more is a mistake."""
    far = 'abs(local_date - CAST("at" AS DATE)) > 1'
    return (
        Check("future_date", "local_date", f"local_date > {_day(day + timedelta(days=1))}", f"the business date {day}"),
        Check("dates_disagree", "local_date", far, "local_date is within a day of at (UTC)"),
    )


_RULES: dict[str, Callable[[Bank, date], tuple[Check, ...]]] = {
    "customers": _customers, "accounts": _accounts, "statements": _statements, "transactions": _transactions,
    "contact_points": _contact_points, "consents": _consents, "flags": _flags, "contacts": _contacts,
}  # fmt: skip


def _future(name: str, day: date) -> Check:
    return Check("future_date", name, f"{name} > {_day(day)}", f"the business date {day}")


def _zone_check() -> Check:
    return Check("unknown_time_zone", "timezone", "timezone NOT IN (SELECT zone FROM zones)")


def _day(day: date) -> str:
    return f"DATE '{day}'"


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)
