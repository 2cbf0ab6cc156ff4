"""From customers and scores to each customer's segment and experiment arm."""

from __future__ import annotations

import hashlib
from datetime import date

import ibis
import ibis.expr.types as ir

from arrears.money import PPM
from arrears.playbook.conditions import SCORE_COLUMNS, as_column, columns_of
from arrears.playbook.model import Experiment, Playbook

PRIME = 2**31 - 1
"""Modulus of the draw; a product with the 31 bits of `customer_hash` stays inside int64."""


def draw_terms(experiment_id: str) -> tuple[int, int]:
    """The two constants of an experiment's draw, from the SHA-256 of its id: factor (never 0) and offset."""
    digest = hashlib.sha256(experiment_id.encode()).digest()
    return 1 + int.from_bytes(digest[:8]) % (PRIME - 1), int.from_bytes(digest[8:16]) % PRIME


def draw(customer_hash: int, experiment_id: str) -> int:
    """Where a customer stands in an experiment: 0 to 999,999, the same for ever."""
    factor, offset = draw_terms(experiment_id)
    return (customer_hash * factor + offset) % PRIME % PPM


def arm_limits(experiment: Experiment) -> tuple[tuple[int, str], ...]:
    """Upper limit of the draw (excluded) and arm, in order: holdout, challengers, champion."""
    limits, upper = [], 0
    for arm, share in (("holdout", experiment.holdout_ppm), *((one.id, one.share_ppm) for one in experiment.challengers)):
        upper += share
        limits.append((upper, f"{experiment.id}:{arm}"))
    return (*limits, (PPM, f"{experiment.id}:champion"))


def arm_of(customer_hash: int, segment_id: str, playbook: Playbook) -> str:
    """The arm of one customer in plain Python; empty outside experiments."""
    experiment = playbook.experiment_of(segment_id)
    if experiment is None:
        return ""
    drawn = draw(customer_hash, experiment.id)
    return next(arm for upper, arm in arm_limits(experiment) if drawn < upper)


def segmented(customers: ir.Table, scores: ir.Table, playbook: Playbook, as_of: date) -> ir.Table:
    """Every customer with `segment`, `arm` (empty outside experiments), and the `score` and `band` it was decided by.

    The segment is one CASE over the playbook's conditions in their order: the first that holds. A customer without a score has
    a null score and an empty band.
    """
    return armed(with_segment(scored(customers, scores, playbook), playbook, as_of), playbook).select(
        "customer_id", "segment", "arm", "score", "band"
    )


def scored(customers: ir.Table, scores: ir.Table, playbook: Playbook) -> ir.Table:
    """What segments are decided by: the columns the playbook names, `customer_hash`, and `score` and `band`."""
    named = frozenset[str]().union(*(columns_of(segment.condition) for segment in playbook.segments))
    own = [name for name in customers.columns if name in named and name not in SCORE_COLUMNS]
    left = customers.select("customer_id", "customer_hash", *own)
    right = scores.select(scored_id=scores.customer_id, score=scores.score, found_band=scores.band)
    joined = left.left_join(right, left.customer_id == right.scored_id)
    return joined.mutate(band=ibis.coalesce(joined.found_band, ibis.literal(""))).drop("scored_id", "found_band")


def with_segment(table: ir.Table, playbook: Playbook, as_of: date) -> ir.Table:
    """`segment`: id of the first segment whose condition holds."""
    *named, last = playbook.segments
    branches = [(as_column(segment.condition, table, as_of), ibis.literal(segment.id)) for segment in named]
    return table.mutate(segment=ibis.cases(*branches, else_=last.id) if branches else ibis.literal(last.id))


def armed(table: ir.Table, playbook: Playbook) -> ir.Table:
    """`arm`: `experiment:arm` by the customer's draw, empty outside experiments."""
    branches = []
    for experiment in playbook.experiments:
        factor, offset = draw_terms(experiment.id)
        drawn = (table.customer_hash * factor + offset) % PRIME % PPM
        within = table.segment.isin(experiment.segments)
        branches += [(within & (drawn < upper), ibis.literal(arm)) for upper, arm in arm_limits(experiment)]
    return table.mutate(arm=ibis.cases(*branches, else_="") if branches else ibis.literal(""))
