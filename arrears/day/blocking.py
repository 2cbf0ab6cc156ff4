"""What blocked charges do to the day's contacts: nobody is asked for an amount that was charged wrongly.

Of every amount that a contact, its text or its work row names, what is over is taken off until it is cleared; a contact that
would ask for nothing else is not made.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from arrears.supervise.findings import less_blocked

CHARGES_BLOCKED = "charges_blocked"
"""Decision on a contact that would ask for blocked charges alone, and the word in a work row's reason."""
ASKS_NOTHING = ("education",)
"""Purposes of contacts that ask for no money."""


def held_back(decisions: ir.Table, customers: ir.Table, over: ir.Table) -> ir.Table:
    """Decisions, those `chosen` become `CHARGES_BLOCKED` where nothing but blocked charges is left to ask for.

    A reminder asks for what falls due next, everything else for what is past due. `over` is `amounts_over`.
    """
    owed = customers.select(
        "customer_id", "past_due_minor", "next_due_minor", past_due_before="past_due_minor", next_due_before="next_due_minor"
    )
    owed = less_blocked(owed, over)
    owed = owed.filter(owed.blocked_minor > 0)
    left = owed.select(
        owing="customer_id", no_past_due=(owed.past_due_before > 0) & (owed.past_due_minor == 0),
        no_next_due=(owed.next_due_before > 0) & (owed.next_due_minor == 0),
    )  # fmt: skip
    joined = decisions.left_join(left, decisions.customer_id == left.owing)
    nothing = ibis.ifelse(joined.purpose == "reminder", joined.no_next_due, joined.no_past_due).fill_null(False)
    holds = nothing & (joined.decision == "chosen") & ~joined.purpose.isin(ASKS_NOTHING)
    return joined.mutate(decision=ibis.ifelse(holds, CHARGES_BLOCKED, joined.decision)).select(*decisions.columns)


def asked_less(facts: ir.Table, over: ir.Table) -> ir.Table:
    """Contacts with customers' amounts, the blocked ones taken off; `reason` then begins with how much, in minor units."""
    less = less_blocked(facts, over)
    told = ibis.literal(f"{CHARGES_BLOCKED}=") + less.blocked_minor.cast("string") + ";" + less.reason
    return less.mutate(reason=ibis.ifelse(less.blocked_minor > 0, told, less.reason)).drop("blocked_minor")
