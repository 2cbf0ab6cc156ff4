"""A question as a chain of named tables, each computed once before the next is asked.

Engines substitute expressions into each other and compute a shared part at every use; cut here, they do not.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from arrears.engine import Session
from arrears.engine.session import to_sql


@dataclass
class Chain:
    """Names and tables in the order in which they are computed; the last one is the answer."""

    links: list[tuple[str, ir.Table]] = field(default_factory=list)

    def let(self, name: str, table: ir.Table) -> ir.Table:
        """The table that `name` will stand for once `table` is computed."""
        self.links.append((name, table))
        return ibis.table(table.schema(), name=name)

    def compiled(self, dialect: str) -> CompiledChain:
        return CompiledChain(tuple((name, to_sql(table, dialect)) for name, table in self.links))


@dataclass(frozen=True)
class CompiledChain:
    """The SQL of a chain for one engine."""

    links: tuple[tuple[str, str], ...]

    def run(self, session: Session) -> str:
        """Compute every link; returns the name of the last."""
        for name, query in self.links:
            session.let(name, query)
        return self.links[-1][0]
