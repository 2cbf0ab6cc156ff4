"""Rules that no single contact can break: what a person or another part of the bank must do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import ibis
import ibis.expr.types as ir

from arrears.law.kinds.base import Kind
from arrears.law.words import Reason, Text

if TYPE_CHECKING:
    from arrears.law.columns import Columns
    from arrears.law.moment import Moment


class Procedural(Kind):
    """Listed with the rest, and what to do about it; it refuses nothing, so it holds no number."""

    name: ClassVar[str] = "procedural"

    do: Text
    """What a person must do, as an instruction."""

    def screened(self, columns: Columns) -> ir.BooleanValue:
        return ibis.literal(False)

    def judged(self, moment: Moment) -> Reason | None:
        return None

    def binds_contacts(self) -> bool:
        return False
