"""Conditions on a customer: written once as data, read as a column, as plain Python, and as an expression for zen-engine.

A condition on a value that is missing does not hold; `not` of such a condition does. So every reading is two-valued, whatever
the nulls in the book.
"""

from __future__ import annotations

import difflib
import functools
import operator
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from arrears.book.columns import CUSTOMER_COLUMNS, schema
from arrears.feed.contracts import FLAGS

SCORE_COLUMNS = {"score": "int64", "band": "string"}
"""What the risk step adds: the score, and its band A (best) to E."""

BANDS = ("A", "B", "C", "D", "E")

COLUMNS: dict[str, str] = {
    name: kind
    for name, kind in (schema(CUSTOMER_COLUMNS) | SCORE_COLUMNS).items()
    if not name.endswith("_id") or name == "product_id"
}
"""Columns that conditions may name, with their type. Ids are left out: a playbook treats classes, not persons."""
for _name in ("customer_hash", "flags", "consents", "refusals", "zones"):
    del COLUMNS[_name]  # random splits belong to experiments, flags have their own words, consents are the law's

GROUPS = ("all", "any", "not", "flag", "no_flag")


class ConditionError(Exception):
    """A condition that cannot be read: `path` inside it, what is wrong, what to write instead."""

    def __init__(self, path: tuple[str | int, ...], what: str, remedy: str) -> None:
        self.path, self.what, self.remedy = path, what, remedy
        super().__init__(what)


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
class Any_:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: Condition


Condition = Between | OneOf | DaysAgo | Flagged | All | Any_ | Not
Atom = Between | OneOf | DaysAgo | Flagged


# --- from data ----------


def parse(raw: Any) -> Condition:
    """The condition written as `raw`; raises `ConditionError`. `always` holds for everybody."""
    if raw == "always":
        return All(())
    parts = _parts(raw, ())
    return parts[0] if len(parts) == 1 else All(parts)


def _parts(raw: Any, path: tuple[str | int, ...]) -> tuple[Condition, ...]:
    if not isinstance(raw, Mapping) or not raw:
        raise ConditionError(
            path, "conditions are a mapping of columns", "write for instance `dpd: {from: 1, to: 15}`, or `always`"
        )
    return tuple(_part(str(key), value, (*path, str(key))) for key, value in raw.items())


def _part(key: str, value: Any, path: tuple[str | int, ...]) -> Condition:
    if key in ("all", "any"):
        if not isinstance(value, tuple) or not value:
            raise ConditionError(path, f"`{key}` takes a list of conditions", f"write `{key}:` and below it `- dpd: 3`")
        groups = tuple(_parts(item, (*path, position)) for position, item in enumerate(value))
        joined = tuple(group[0] if len(group) == 1 else All(group) for group in groups)
        return All(joined) if key == "all" else Any_(joined)
    if key == "not":
        inner = _parts(value, path)
        return Not(inner[0] if len(inner) == 1 else All(inner))
    if key in ("flag", "no_flag"):
        flags = _flags(value, path)
        some = flags[0] if len(flags) == 1 else Any_(flags)
        return some if key == "flag" else Not(some)
    if key not in COLUMNS:
        raise ConditionError(
            path, f"unknown column {key!r}", nearest(key, (*COLUMNS, *GROUPS), "see docs/playbook.md for the columns")
        )
    return _READERS[COLUMNS[key]](key, value, path)


def _flags(value: Any, path: tuple[str | int, ...]) -> tuple[Flagged, ...]:
    flags = value if isinstance(value, tuple) else (value,)
    for flag in flags:
        if flag not in FLAGS:
            raise ConditionError(path, f"unknown flag {flag!r}", nearest(str(flag), FLAGS, f"flags are {', '.join(FLAGS)}"))
    if not flags:
        raise ConditionError(path, "an empty list of flags", "name at least one")
    return tuple(Flagged(flag) for flag in flags)


def _limits(value: Mapping[str, Any], path: tuple[str | int, ...]) -> tuple[int | None, int | None]:
    for key, limit in value.items():
        if key not in ("from", "to"):
            raise ConditionError((*path, key), f"unknown key {key!r} in limits", "limits are `from` and `to`, both included")
        if not _is_int(limit):
            raise ConditionError((*path, key), f"{limit!r} is not a whole number", "write a whole number")
    low, high = value.get("from"), value.get("to")
    if low is None and high is None:
        raise ConditionError(path, "limits without `from` or `to`", "write at least one of them")
    if low is not None and high is not None and low > high:
        raise ConditionError(path, f"from {low} to {high} holds for nothing", "swap the two")
    return low, high


def _read_int(column: str, value: Any, path: tuple[str | int, ...]) -> Condition:
    if isinstance(value, Mapping):
        return Between(column, *_limits(value, path))
    values = value if isinstance(value, tuple) else (value,)
    if not values or not all(_is_int(one) for one in values):
        raise ConditionError(
            path, f"`{column}` is a whole number", f"write `{column}: 3`, a list, or `{column}: {{from: 1, to: 15}}`"
        )
    return OneOf(column, values)


def _read_text(column: str, value: Any, path: tuple[str | int, ...]) -> Condition:
    values = value if isinstance(value, tuple) else (value,)
    if not values or not all(isinstance(one, str) for one in values):
        raise ConditionError(path, f"`{column}` is text", f"write `{column}: A` or `{column}: [A, B]`; quote words like 'true'")
    for one in values:
        if column == "band" and one not in BANDS:
            raise ConditionError(path, f"unknown band {one!r}", "bands are A (best), B, C, D, E")
    return OneOf(column, values)


def _read_bool(column: str, value: Any, path: tuple[str | int, ...]) -> Condition:
    if not isinstance(value, bool):
        raise ConditionError(path, f"`{column}` is true or false", f"write `{column}: true`")
    return OneOf(column, (value,))


def _read_date(column: str, value: Any, path: tuple[str | int, ...]) -> Condition:
    limits = value.get("days_ago") if isinstance(value, Mapping) and set(value) == {"days_ago"} else None
    if not isinstance(limits, Mapping):
        raise ConditionError(path, f"`{column}` is a date", f"write `{column}: {{days_ago: {{from: 0, to: 30}}}}`")
    return DaysAgo(column, *_limits(limits, (*path, "days_ago")))


_READERS: dict[str, Callable[[str, Any, tuple[str | int, ...]], Condition]] = {
    "int64": _read_int, "string": _read_text, "boolean": _read_bool, "date": _read_date,
}  # fmt: skip


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def nearest(word: str, known: tuple[str, ...], otherwise: str) -> str:
    """A remedy that names the known word most like `word`, or `otherwise`."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.55)
    return f"did you mean {close[0]!r}?" if close else otherwise


# --- read ----------


def atoms(condition: Condition) -> Iterator[Atom]:
    """Every condition on a single column, left to right."""
    if isinstance(condition, All | Any_):
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
    if isinstance(condition, All | Any_):
        parts = tuple(without(part, columns) for part in condition.parts)
        if isinstance(condition, Any_) and any(part == All(()) for part in parts):
            return All(())
        return All(tuple(part for part in parts if part != All(()))) if isinstance(condition, All) else Any_(parts)
    return All(()) if columns_of(condition) & set(columns) else condition


def as_column(condition: Condition, table: ir.Table, as_of: date) -> ir.BooleanValue:
    """The condition as a boolean column of `table`; a null counts as false."""
    if isinstance(condition, All):
        return _joined(operator.and_, [as_column(part, table, as_of) for part in condition.parts], True)
    if isinstance(condition, Any_):
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


def holds(condition: Condition, row: Mapping[str, Any], as_of: date | None) -> bool:
    """The same for one customer as a plain mapping; `as_of` is needed only where dates are compared."""
    if isinstance(condition, All):
        return all(holds(part, row, as_of) for part in condition.parts)
    if isinstance(condition, Any_):
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


# --- told ----------


def text_of(condition: Condition) -> str:
    """The condition in words that read in both languages: `dpd 1..15 and band A|B`."""
    if isinstance(condition, All):
        return " and ".join(_bracketed(part) for part in condition.parts) or "always"
    if isinstance(condition, Any_):
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
    return f"({text_of(part)})" if isinstance(part, All | Any_) else text_of(part)
