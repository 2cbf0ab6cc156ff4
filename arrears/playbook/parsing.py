"""Conditions as written in the playbook, read into `conditions`; what cannot be read is told with its place and a remedy."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from arrears.feed.contracts import FLAGS
from arrears.playbook.conditions import BANDS, COLUMNS, All, Between, Condition, DaysAgo, Either, Flagged, Not, OneOf
from arrears.saying import said

GROUPS = ("all", "any", "not", "flag", "no_flag")
"""Keys beside columns."""


class ConditionError(Exception):
    """A condition that cannot be read: `path` inside it, what is wrong, what to write instead."""

    def __init__(self, path: tuple[str | int, ...], what: str, remedy: str) -> None:
        self.path, self.what, self.remedy = path, what, remedy
        super().__init__(what)


def parse(raw: Any) -> Condition:
    """The condition written as `raw`; raises `ConditionError`. `always` holds for everybody."""
    if raw == "always":
        return All(())
    parts = _parts(raw, ())
    return parts[0] if len(parts) == 1 else All(parts)


def _parts(raw: Any, path: tuple[str | int, ...]) -> tuple[Condition, ...]:
    if not isinstance(raw, Mapping) or not raw:
        raise ConditionError(
            path, said("conditions are a mapping of columns"), said("write for instance `dpd: {from: 1, to: 15}`, or `always`")
        )
    return tuple(_part(str(key), value, (*path, str(key))) for key, value in raw.items())


def _part(key: str, value: Any, path: tuple[str | int, ...]) -> Condition:
    if key in ("all", "any"):
        if not isinstance(value, tuple) or not value:
            raise ConditionError(
                path,
                said("`{key}` takes a list of conditions", key=key),
                said("write `{key}:` and below it `- dpd: 3`", key=key),
            )
        groups = tuple(_parts(item, (*path, position)) for position, item in enumerate(value))
        joined = tuple(group[0] if len(group) == 1 else All(group) for group in groups)
        return All(joined) if key == "all" else Either(joined)
    if key == "not":
        inner = _parts(value, path)
        return Not(inner[0] if len(inner) == 1 else All(inner))
    if key in ("flag", "no_flag"):
        flags = _flags(value, path)
        some = flags[0] if len(flags) == 1 else Either(flags)
        return some if key == "flag" else Not(some)
    if key not in COLUMNS:
        raise ConditionError(
            path,
            said("unknown column {key!r}", key=key),
            nearest(key, (*COLUMNS, *GROUPS), said("see docs/playbook.md for the columns")),
        )
    return _READERS[COLUMNS[key]](key, value, path)


def _flags(value: Any, path: tuple[str | int, ...]) -> tuple[Flagged, ...]:
    flags = value if isinstance(value, tuple) else (value,)
    for flag in flags:
        if flag not in FLAGS:
            raise ConditionError(
                path,
                said("unknown flag {flag!r}", flag=flag),
                nearest(str(flag), FLAGS, said("flags are {known}", known=", ".join(FLAGS))),
            )
    if not flags:
        raise ConditionError(path, said("an empty list of flags"), said("name at least one"))
    return tuple(Flagged(flag) for flag in flags)


def _limits(value: Mapping[str, Any], path: tuple[str | int, ...]) -> tuple[int | None, int | None]:
    for key, limit in value.items():
        if key not in ("from", "to"):
            raise ConditionError(
                (*path, key), said("unknown key {key!r} in limits", key=key), said("limits are `from` and `to`, both included")
            )
        if not _is_int(limit):
            raise ConditionError(
                (*path, key), said("{limit!r} is not a whole number", limit=limit), said("write a whole number")
            )
    low, high = value.get("from"), value.get("to")
    if low is None and high is None:
        raise ConditionError(path, said("limits without `from` or `to`"), said("write at least one of them"))
    if low is not None and high is not None and low > high:
        raise ConditionError(path, said("from {low} to {high} holds for nothing", low=low, high=high), said("swap the two"))
    return low, high


def _read_int(column: str, value: Any, path: tuple[str | int, ...]) -> Condition:
    if isinstance(value, Mapping):
        return Between(column, *_limits(value, path))
    values = value if isinstance(value, tuple) else (value,)
    if not values or not all(_is_int(one) for one in values):
        raise ConditionError(
            path,
            said("`{column}` is a whole number", column=column),
            said("write `{column}: 3`, a list, or `{column}: {{from: 1, to: 15}}`", column=column),
        )
    return OneOf(column, values)


def _read_text(column: str, value: Any, path: tuple[str | int, ...]) -> Condition:
    values = value if isinstance(value, tuple) else (value,)
    if not values or not all(isinstance(one, str) for one in values):
        raise ConditionError(
            path,
            said("`{column}` is text", column=column),
            said("write `{column}: A` or `{column}: [A, B]`; quote words like 'true'", column=column),
        )
    for one in values:
        if '"' in one:
            raise ConditionError(
                path, said("text with a double quote in it"), said("conditions compare codes; leave the quote out")
            )
        if column == "band" and one not in BANDS:
            raise ConditionError(path, said("unknown band {band!r}", band=one), said("bands are A (best), B, C, D, E"))
    return OneOf(column, values)


def _read_bool(column: str, value: Any, path: tuple[str | int, ...]) -> Condition:
    if not isinstance(value, bool):
        raise ConditionError(
            path, said("`{column}` is true or false", column=column), said("write `{column}: true`", column=column)
        )
    return OneOf(column, (value,))


def _read_date(column: str, value: Any, path: tuple[str | int, ...]) -> Condition:
    limits = value.get("days_ago") if isinstance(value, Mapping) and set(value) == {"days_ago"} else None
    if not isinstance(limits, Mapping):
        raise ConditionError(
            path,
            said("`{column}` is a date", column=column),
            said("write `{column}: {{days_ago: {{from: 0, to: 30}}}}`", column=column),
        )
    return DaysAgo(column, *_limits(limits, (*path, "days_ago")))


_READERS: dict[str, Callable[[str, Any, tuple[str | int, ...]], Condition]] = {
    "int64": _read_int, "string": _read_text, "boolean": _read_bool, "date": _read_date,
}  # fmt: skip


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def nearest(word: str, known: tuple[str, ...], otherwise: str) -> str:
    """A remedy that names the known word most like `word`, or `otherwise`."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.55)
    return said("did you mean {word!r}?", word=close[0]) if close else otherwise
