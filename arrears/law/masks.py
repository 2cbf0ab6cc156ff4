"""Rules as bits of int64 words: a question that many rules ask of the same facts is asked once for all of them."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Iterator, Sequence, Set

import ibis
import ibis.expr.types as ir
from ibis.expr import operations

BITS_A_WORD = 60
"""Bits of an int64 that are used."""
NAMES_A_LOOKUP = 6
"""Bits whose names are listed by one look into a table of all their combinations."""


class Questions:
    """Conditions, each with the names that ask it; what is asked twice in the same words is one condition."""

    def __init__(self) -> None:
        self._asked: dict[object, tuple[ir.BooleanValue, set[str]]] = {}

    def ask(self, name: str, *conditions: ir.BooleanValue) -> None:
        for condition in conditions:
            self._asked.setdefault(condition.op(), (condition, set()))[1].add(name)

    def __iter__(self) -> Iterator[tuple[ir.BooleanValue, set[str]]]:
        return iter(self._asked.values())

    @property
    def names(self) -> set[str]:
        return {name for _, names in self for name in names}

    @property
    def columns(self) -> set[str]:
        """Every column that some condition reads."""
        return {column for condition, _ in self for column in columns_read(condition)}

    def without(self, columns: Set[str]) -> tuple[Questions, Questions]:
        """Those that read none of `columns`, and the others."""
        sides = Questions(), Questions()
        for condition, names in self:
            for name in sorted(names):
                sides[not columns.isdisjoint(columns_read(condition))].ask(name, condition)
        return sides

    def of(self, table: ir.Table, other: ir.Table) -> Questions:
        """The same asked of `other`, which has the columns of `table` that they read."""
        places = {table[name].op(): other[name].op() for name in self.columns}
        found = Questions()
        for condition, names in self:
            for name in sorted(names):
                found.ask(name, condition.op().replace(places).to_expr())
        return found


def columns_read(value: ir.Value) -> set[str]:
    return {field.name for field in value.op().find(operations.Field, filter=operations.Value)}


def conjuncts(condition: ir.BooleanValue) -> list[ir.BooleanValue]:
    """Conditions all of which hold where the one holds."""
    op = condition.op()
    if isinstance(op, operations.And):
        return [*conjuncts(op.left.to_expr()), *conjuncts(op.right.to_expr())]
    return [condition]


class Masks:
    """Names, in order, as the bits of so many words."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = sorted(names)
        self.words = range(-(-len(self.names) // BITS_A_WORD))

    def mask(self, word: int, names: Iterable[str]) -> int:
        """The bits of those of `names` that stand in the word."""
        wanted = set(names)
        return sum(1 << bit for bit, name in enumerate(self._of(word)) if name in wanted)

    def has(self, words: Sequence[ir.IntegerValue], *names: str) -> ir.BooleanValue:
        """Whether any of these bits is set."""
        found = [(words[word] & _literal(mask)) != 0 for word in self.words if (mask := self.mask(word, names))]
        return functools.reduce(operator.or_, found, ibis.literal(False)) if len(found) != 1 else found[0]

    def any_of(self, word: int, questions: Questions) -> ir.IntegerValue:
        """The bits of names of which some condition holds."""
        found = [
            ibis.ifelse(condition, _literal(mask), _literal(0))
            for condition, names in questions
            if (mask := self.mask(word, names))
        ]
        return functools.reduce(operator.or_, found) if found else _literal(0)

    def all_of(self, word: int, questions: Questions) -> ir.IntegerValue:
        """The bits of names of which all conditions hold, those that ask nothing among them."""
        everything = self.mask(word, self.names)
        found = [
            ibis.ifelse(condition, _literal(everything), _literal(everything & ~mask))
            for condition, names in questions
            if (mask := self.mask(word, names))
        ]
        return functools.reduce(operator.and_, found) if found else _literal(everything)

    def listed(self, words: Sequence[ir.IntegerValue]) -> ir.StringValue:
        """The names whose bits are set, each with a comma before it."""
        found = ibis.literal("")
        for word, value in zip(self.words, words, strict=True):
            names = self._of(word)
            for start in range(0, len(names), NAMES_A_LOOKUP):
                few = names[start : start + NAMES_A_LOOKUP]
                texts = ["".join(f",{name}" for bit, name in enumerate(few) if at >> bit & 1) for at in range(1 << len(few))]
                at = (value >> start) & ((1 << len(few)) - 1)
                found = found.concat(ibis.literal(texts, type="array<string>")[at])
        return found

    def _of(self, word: int) -> list[str]:
        return self.names[word * BITS_A_WORD : (word + 1) * BITS_A_WORD]


def _literal(mask: int) -> ir.IntegerScalar:
    return ibis.literal(mask, type="int64")
