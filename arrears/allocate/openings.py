"""The openings of a day: every contact that may be made, with what its worth and its place under capacities depend on.

Candidates, verdicts and customers come in as tables; one row a lawful candidate with a contact point goes out. What a
contact is worth and takes is not said here (`worths`), nor which are made (`options`, `solve`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from arrears.allocate.first_lawful import limit_of

OPENINGS = {
    "customer_id": "string", "step": "string", "alternative": "int64", "channel": "string", "priority": "int64",
    "required": "boolean", "room": "int64", "language": "string", "region": "string", "stage": "int64", "band": "string",
    "owed_minor": "int64",
}  # fmt: skip
"""`required`: a rule or a floor demands it. `room`: contacts that the segment's intensity leaves the customer today.
`stage`: the bucket, 4 for all above. `owed_minor`: the balance of all cards, 0 or more, minor units of the
bank's currency."""

LAST_STAGE = 4


def openings(
    possible: ir.Table, customers: ir.Table, segments: ir.Table, recent: ir.Table, *, required: Sequence[str],
    floors: Sequence[str], per_day: Mapping[str, int], per_7_days: Mapping[str, int],
) -> ir.Table:  # fmt: skip
    """`OPENINGS` of the candidates `possible`: lawful, with a contact point, asking for something.

    `required` are steps that a rule demands, `floors` segments whose every step is made whatever it is worth; `recent` is what
    `first_lawful.recent_contacts` gave.
    """
    people = customers.select(
        "language", "region", "bucket", "balance_minor", who="customer_id"
    )  # fmt: skip
    bands = segments.select(banded="customer_id", band="band")
    joined = possible.inner_join(people, possible.customer_id == people.who)
    joined = joined.left_join(bands, joined.customer_id == bands.banded)
    joined = joined.left_join(recent, joined.customer_id == recent.recent_customer)
    today_n, recent_n = joined.today_n.coalesce(0), joined.recent_n.coalesce(0)
    most = ibis.least(limit_of(joined.segment, per_day) - today_n, limit_of(joined.segment, per_7_days) - recent_n - today_n)
    return joined.select(
        "customer_id", "step", "alternative", "channel", "priority",
        required=_one_of(joined.step, required) | _one_of(joined.segment, floors),
        room=ibis.greatest(most, ibis.literal(0, "int64")).cast("int64"),
        language=joined.language.coalesce(""), region=joined.region.coalesce(""),
        stage=ibis.least(joined.bucket, ibis.literal(LAST_STAGE, "int64")).cast("int64"), band=joined.band.coalesce(""),
        owed_minor=ibis.greatest(joined.balance_minor.coalesce(0), ibis.literal(0, "int64")).cast("int64"),
    )  # fmt: skip


def _one_of(column: ir.StringValue, names: Sequence[str]) -> ir.BooleanValue:
    return column.isin(sorted(names)) if names else ibis.literal(False)
