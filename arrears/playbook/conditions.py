"""Conditions on a customer: written once as data, read as a column, as plain Python, and as an expression for zen-engine.

A condition on a value that is missing does not hold; `not` of such a condition does. So every reading is two-valued, whatever
the nulls in the book.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from arrears.book.columns import CUSTOMER_COLUMNS, schema

SCORE_COLUMNS = {"score": "int64", "band": "string"}
"""What the risk step adds: the score, and its band A (best) to E."""

BANDS = ("A", "B", "C", "D", "E")

COLUMNS: dict[str, str] = {
    name: kind
    for name, kind in (schema(CUSTOMER_COLUMNS) | SCORE_COLUMNS).items()
    if not name.endswith("_id") or name == "product_id"
}
"""Columns that conditions may name, with their type. Ids are left out: a playbook treats classes, not persons."""
for _name in ("customer_hash", "flags", "consents", "refusals", "zones", "address_zones"):
    del COLUMNS[_name]  # random splits belong to experiments, flags have their own words, consents are the law's


@dataclass(frozen=True)
class Between:
    """A whole number within limits, both included; None is no limit."""

    column: str
    low: int | None
    high: int | None


@dataclass(frozen=True)
class OneOf:
    """A text, a whole number or a boolean that is one of these."""

    column: str
    values: tuple[str | int | bool, ...]


@dataclass(frozen=True)
class DaysAgo:
    """A date that lies `low` to `high` days before the business date; negative is after it."""

    column: str
    low: int | None
    high: int | None


@dataclass(frozen=True)
class Flagged:
    """An active flag of the customer."""

    flag: str


@dataclass(frozen=True)
class All:
    """Every part holds; without parts, always."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Either:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: Condition


Condition = Between | OneOf | DaysAgo | Flagged | All | Either | Not
Atom = Between | OneOf | DaysAgo | Flagged


def atoms(condition: Condition) -> Iterator[Atom]:
    """Every condition on a single column, left to right."""
    if isinstance(condition, All | Either):
        for part in condition.parts:
            yield from atoms(part)
    elif isinstance(condition, Not):
        yield from atoms(condition.part)
    else:
        yield condition


def columns_of(condition: Condition) -> frozenset[str]:
    """The columns a condition looks at; flags count as `flags`."""
    return frozenset("flags" if isinstance(atom, Flagged) else atom.column for atom in atoms(condition))


def without(condition: Condition, columns: Collection[str]) -> Condition:
    """A looser condition that does not look at `columns`: whoever meets the condition meets it."""
    if isinstance(condition, All | Either):
        parts = tuple(without(part, columns) for part in condition.parts)
        if isinstance(condition, Either) and any(part == All(()) for part in parts):
            return All(())
        return All(tuple(part for part in parts if part != All(()))) if isinstance(condition, All) else Either(parts)
    return All(()) if columns_of(condition) & set(columns) else condition


def as_column(condition: Condition, table: ir.Table, as_of: date) -> ir.BooleanValue:  # noqa: PLR0911  one return a kind of condition
    """The condition as a boolean column of `table`; a null counts as false."""
    if isinstance(condition, All):
        return _joined(operator.and_, [as_column(part, table, as_of) for part in condition.parts], True)
    if isinstance(condition, Either):
        return _joined(operator.or_, [as_column(part, table, as_of) for part in condition.parts], False)
    if isinstance(condition, Not):
        # and / or carry nulls to "not true" by themselves; only a negation would turn one into null
        return ~ibis.coalesce(as_column(condition.part, table, as_of), ibis.literal(False))
    if isinstance(condition, Flagged):
        return table["flags"].contains(f",{condition.flag},")
    column = table[condition.column]
    if isinstance(condition, OneOf):
        return column == condition.values[0] if len(condition.values) == 1 else column.isin(condition.values)
    if isinstance(condition, DaysAgo):
        oldest, newest = (None if days is None else as_of - timedelta(days=days) for days in (condition.high, condition.low))
        return _within(
            column, None if oldest is None else ibis.literal(oldest), None if newest is None else ibis.literal(newest)
        )
    return _within(column, condition.low, condition.high)


def _within(column: Any, low: Any, high: Any) -> ir.BooleanValue:
    return _joined(operator.and_, ([] if low is None else [column >= low]) + ([] if high is None else [column <= high]), True)


def _joined(join: Callable[[Any, Any], Any], parts: list[Any], empty: bool) -> ir.BooleanValue:
    return functools.reduce(join, parts) if parts else ibis.literal(empty)


def holds(condition: Condition, row: Mapping[str, Any], as_of: date | None) -> bool:  # noqa: PLR0911
    """The same for one customer as a plain mapping; `as_of` is needed only where dates are compared."""
    if isinstance(condition, All):
        return all(holds(part, row, as_of) for part in condition.parts)
    if isinstance(condition, Either):
        return any(holds(part, row, as_of) for part in condition.parts)
    if isinstance(condition, Not):
        return not holds(condition.part, row, as_of)
    if isinstance(condition, Flagged):
        return f",{condition.flag}," in (row.get("flags") or "")
    value = row.get(condition.column)
    if value is None:
        return False
    if isinstance(condition, OneOf):
        return value in condition.values
    if isinstance(condition, DaysAgo):
        if as_of is None:
            raise ValueError(f"{condition.column} is compared with the business date: pass as_of")
        value = (as_of - value).days
    return (condition.low is None or value >= condition.low) and (condition.high is None or value <= condition.high)


def text_of(condition: Condition) -> str:
    """The condition in words that read in both languages: `dpd 1..15 and band A|B`."""
    if isinstance(condition, All):
        return " and ".join(_bracketed(part) for part in condition.parts) or "always"
    if isinstance(condition, Either):
        return " or ".join(_bracketed(part) for part in condition.parts)
    if isinstance(condition, Not):
        return f"not ({text_of(condition.part)})"
    if isinstance(condition, Flagged):
        return f"flag {condition.flag}"
    if isinstance(condition, OneOf):
        return f"{condition.column} " + "|".join(
            str(value).lower() if isinstance(value, bool) else str(value) for value in condition.values
        )
    limits = f"{'' if condition.low is None else condition.low}..{'' if condition.high is None else condition.high}"
    return f"{condition.column} {limits}" + (" days ago" if isinstance(condition, DaysAgo) else "")


def _bracketed(part: Condition) -> str:
    return f"({text_of(part)})" if isinstance(part, All | Either) else text_of(part)
