"""A column as codes and labels, and what it can be read as: numbers, yes and no, dates, levels, arms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Kind = Literal["number", "date", "text"]
Array = np.ndarray[Any, Any]

MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "<na>"})
"""What stands for "not known" in any column, in any case."""
MISSING_NUMBERS = frozenset({"none", ".", "?", "-"})
"""What does so only among numbers: `none` may be the name of an arm."""
YES, NO = frozenset({"true", "t", "yes", "y", "是"}), frozenset({"false", "f", "no", "n", "否"})
MERGED_MAX = 10_000
"""Distinct labels up to which different spellings (blanks around them, 1 and 1.0) are brought together."""


@dataclass(frozen=True)
class Column:
    """`codes` point into `labels`, -1 where the value is missing; `numbers` are the labels as floats, if they all are."""

    name: str
    codes: Array
    labels: Array
    kind: Kind
    numbers: Array | None = None

    @property
    def missing_n(self) -> int:
        return int((self.codes < 0).sum())

    @cached_property
    def distinct_n(self) -> int:
        return len(self.labels)

    @cached_property
    def values(self) -> Array:
        """A float a row, NaN where missing; dates are days since 1970-01-01."""
        assert self.numbers is not None  # noqa: S101 - the caller looked at `kind`
        return np.where(self.codes < 0, np.nan, self.numbers[np.maximum(self.codes, 0)]) if len(self.numbers) else np.full(
            len(self.codes), np.nan
        )  # fmt: skip

    def shown(self, value: float) -> str:
        """A value of this column as a person reads it."""
        if self.kind == "date":
            return datetime.fromtimestamp(value * 86_400, UTC).date().isoformat()
        return f"{value:.6g}"


def column_of(name: str, stored: pa.ChunkedArray, *, decimal_comma: bool = False) -> Column:
    """A stored column, text or typed, as codes and labels."""
    kind = stored.type
    if pa.types.is_dictionary(kind):
        stored = stored.cast(kind.value_type)
        kind = stored.type
    if pa.types.is_boolean(kind):
        stored, kind = stored.cast(pa.string()), pa.string()
    if pa.types.is_null(kind):
        stored = stored.cast(pa.string())
    if pa.types.is_temporal(kind) and not pa.types.is_time(kind) and not pa.types.is_duration(kind):
        stored = stored.cast(pa.timestamp("us")) if pa.types.is_date(kind) or not kind_has_zone(kind) else stored
        stored = pc.strftime(stored, "%Y-%m-%dT%H:%M:%S")
    if pa.types.is_decimal(kind):
        stored = stored.cast(pa.float64())
    if pa.types.is_integer(stored.type) or pa.types.is_floating(stored.type):
        return _typed(name, stored)
    encoded = stored.cast(pa.string()).combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return _from_text(name, codes, [text.strip() for text in encoded.dictionary.to_pylist()], decimal_comma)


def kind_has_zone(kind: pa.DataType) -> bool:
    return getattr(kind, "tz", None) is not None


def _typed(name: str, stored: pa.ChunkedArray) -> Column:
    floats = stored.cast(pa.float64(), safe=False).to_numpy().astype(np.float64)
    known = ~np.isnan(floats)
    numbers, inverse = np.unique(floats[known], return_inverse=True)
    codes = np.full(len(floats), -1, dtype=np.int64)
    codes[known] = inverse
    labels = np.array([_label(number) for number in numbers], dtype=object) if len(numbers) <= MERGED_MAX else numbers
    return Column(name, codes, labels, "number", numbers)


def _label(number: float) -> str:
    """A number as an arm or level is called: `1`, not `1.0`."""
    return str(int(number)) if number == np.floor(number) and abs(number) < 1e15 else repr(float(number))


def _from_text(name: str, codes: Array, texts: list[str], decimal_comma: bool) -> Column:
    folded = [text.casefold() for text in texts]
    known = [text not in MISSING for text in folded]
    numbers = _numbers(folded, known, decimal_comma)
    if numbers is not None:
        known = [a and not np.isnan(number) for a, number in zip(known, numbers, strict=True)]
        return _merged(name, codes, texts, known, "number", numbers)
    days = _days(texts, known)
    if days is not None:
        return _merged(name, codes, texts, known, "date", days)
    return _merged(name, codes, texts, known, "text", None)


def _merged(
    name: str, codes: Array, texts: list[str], known: list[bool], kind: Kind, numbers: Array | None
) -> Column:  # fmt: skip
    """Codes renumbered over the known labels, equal ones as one, in order of value or text."""
    kept = np.flatnonzero(known)
    if numbers is not None:
        order, place = np.unique(numbers[kept], return_inverse=True)
        labels: Array = order if len(order) > MERGED_MAX else np.array([_label(one) for one in order], dtype=object)
    else:
        words = np.array([texts[index] for index in kept], dtype=object)
        order, place = np.unique(words, return_inverse=True) if len(words) else (words, np.zeros(0, np.int64))
        labels = order
    new = np.full(len(texts) + 1, -1, dtype=np.int64)
    new[kept] = place
    if kind == "date" and len(order) <= MERGED_MAX:
        labels = np.array([Column(name, codes, order, "date").shown(one) for one in order], dtype=object)
    return Column(name, new[codes], labels, kind, order if numbers is not None else None)


def _numbers(folded: list[str], known: list[bool], decimal_comma: bool) -> Array | None:
    """The labels as floats; yes and no as 1 and 0; None where one of them is no number."""
    wanted = {text for text, a in zip(folded, known, strict=True) if a}
    if wanted and wanted <= YES | NO:
        return np.array([1.0 if text in YES else 0.0 if text in NO else np.nan for text in folded])
    found = np.full(len(folded), np.nan)
    any_number = False
    for place, text in enumerate(folded):
        if not known[place] or text in MISSING_NUMBERS:
            continue
        plain = text.replace(",", ".") if decimal_comma and text.count(",") == 1 and "." not in text else text
        if "_" in plain:
            return None
        try:
            found[place] = float(plain)
        except ValueError:
            return None
        any_number = True
    return found if any_number else None


def _days(texts: list[str], known: list[bool]) -> Array | None:
    """The labels as days since 1970-01-01 (with parts of days); None where one is no date in ISO order."""
    found = np.full(len(texts), np.nan)
    any_date = False
    for place, text in enumerate(texts):
        if not known[place]:
            continue
        if len(text) < 8 or not text[0].isdigit():
            return None
        plain = text.replace("/", "-") if "/" in text[:8] else text
        try:
            found[place] = _day(plain)
        except ValueError:
            return None
        any_date = True
    return found if any_date else None


def _day(text: str) -> float:
    if len(text) <= 10:
        year, month, day = text.split("-") if "-" in text else (text[:4], text[4:6], text[6:])
        return float((date(int(year), int(month), int(day)) - date(1970, 1, 1)).days)
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.timestamp() / 86_400
