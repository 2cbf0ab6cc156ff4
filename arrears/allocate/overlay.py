"""The decisions of a day on which effort is scarce: the plain rule's, with what was shared out laid over them.

Decisions and what became of each opening come in; decisions go out. A contact that could be made and is not bears one word,
whether a capacity went to others or another way was worth more.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

MADE = {
    "customer_id": "string", "step": "string", "alternative": "int64", "made": "boolean", "required": "boolean",
    "worth_minor": "int64", "effort_minor": "int64",
}  # fmt: skip
"""What became of each opening: whether it is made, whether it had to be, what it is worth alone, and what the effort it takes
would bring elsewhere at the day's prices; minor units."""

EFFORT_ELSEWHERE = "effort_elsewhere"
"""Decision on a contact that may be made, while the effort it takes brings more elsewhere."""


def as_shared_out(decisions: ir.Table, worths: ir.Table) -> ir.Table:
    """`decisions`, those of openings by `worths` (`MADE`): `chosen` where made, else `EFFORT_ELSEWHERE`."""
    said = worths.select(
        shared_customer="customer_id", shared_step="step", shared_alternative="alternative", shared_made="made"
    )  # fmt: skip
    same = [
        decisions.customer_id == said.shared_customer,
        decisions.step == said.shared_step,
        decisions.alternative == said.shared_alternative,
    ]
    joined = decisions.left_join(said, same)
    decision = ibis.cases(
        (joined.shared_made.isnull(), joined.decision), (joined.shared_made, ibis.literal("chosen")),
        else_=ibis.literal(EFFORT_ELSEWHERE),
    )  # fmt: skip
    return joined.mutate(decision=decision).select(*decisions.columns)
