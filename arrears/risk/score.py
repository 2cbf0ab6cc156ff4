"""Scores as columns: `table -> table` expressions that mean the same on DuckDB and on Spark."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from arrears.risk.scorecard import Attribute, RiskError, Scorecard

_PLACES = 100
"""Room for the place of an attribute below the points it lost, when both are packed into one number."""


def _whole(value: int) -> ir.IntegerScalar:
    return ibis.literal(value, "int64")


def _small(value: int) -> ir.IntegerScalar:
    # Engines read bare numbers as 32 bits whatever Ibis calls them, so a CASE of them says so and is then cast, for good.
    return ibis.literal(value, "int32")


def _by_bin(column: ir.Column, attribute: Attribute, of_bin: list[int], of_missing: int) -> ir.IntegerValue:
    """The number that belongs to the bin a value falls into, int64."""
    missing = (column.isnull(), _small(of_missing))
    if attribute.by_values:
        listed = ((column.isin(each.values), _small(n)) for each, n in zip(attribute.bins, of_bin, strict=True))
        return ibis.cases(missing, *listed, else_=_small(of_missing)).cast("int64")
    ranges = ((column <= each.to, _small(n)) for each, n in zip(attribute.bins[:-1], of_bin[:-1], strict=True))
    return ibis.cases(missing, *ranges, else_=_small(of_bin[-1])).cast("int64")


def _band(score: ir.IntegerValue, scorecard: Scorecard) -> ir.StringValue:
    better = ((score >= _whole(band.from_), band.band) for band in scorecard.bands if band.from_ is not None)
    return ibis.cases(*better, else_=scorecard.bands[-1].band)


def _require_in_force(scorecard: Scorecard, as_of: date) -> None:
    early = scorecard.from_ is not None and as_of < scorecard.from_
    late = scorecard.to is not None and as_of > scorecard.to
    if early or late:
        raise RiskError(
            f"not to be used on {as_of}: it is in force from {scorecard.from_ or 'ever'} to {scorecard.to or 'further notice'}",
            where=f"scorecard {scorecard.name} version {scorecard.version}",
            remedy="approve a scorecard for that date, or extend 'to' after a review",
        )


def with_points_lost(customers: ir.Table, scorecard: Scorecard) -> ir.Table:
    """`customer_id`, `score` (points) and `lost_0`, `lost_1`, ..: points lost against the best bin of each attribute."""
    lost = [
        _by_bin(
            customers[attribute.id],
            attribute,
            [attribute.best - each.points for each in attribute.bins],
            attribute.best - attribute.missing.points,
        )
        for attribute in scorecard.attributes
    ]
    table = customers.select("customer_id", **{f"lost_{place}": column for place, column in enumerate(lost)})
    best = scorecard.base + sum(attribute.best for attribute in scorecard.attributes)
    score = _whole(best)
    for place in range(len(lost)):
        score = score - table[f"lost_{place}"]
    return table.mutate(score=score)


def scored(customers: ir.Table, scorecard: Scorecard, as_of: date) -> ir.Table:
    """`customer_id`, `score` (points, int64), `band` (A best .. E) and `reason_1..3`, one row a customer.

    Reasons are ids of the attributes that lost the most points against their best bin, most first, in the scorecard's order
    where they lost the same; empty where nothing was lost. `customers` needs `customer_id` and the attributes' columns.
    Raises `RiskError` where the scorecard is not in force on `as_of`.
    """
    _require_in_force(scorecard, as_of)
    table = with_points_lost(customers, scorecard)
    places = range(len(scorecard.attributes))

    # Points lost and place in one number: the largest is the first reason, and no two are equal but for 0, "nothing lost".
    packed = [
        ibis.ifelse(table[f"lost_{place}"] > 0, table[f"lost_{place}"] * _PLACES + (_PLACES - 1 - place), _whole(0))
        for place in places
    ]
    table = table.select("customer_id", "score", **{f"packed_{place}": column for place, column in enumerate(packed)})
    for n in (1, 2, 3):
        left = [table[f"packed_{place}"] for place in places]
        if n > 1:
            left = [ibis.ifelse(each < table[f"top_{n - 1}"], each, _whole(0)) for each in left]
        table = table.mutate(**{f"top_{n}": ibis.greatest(*left) if len(left) > 1 else left[0]})

    def reason(top: ir.IntegerValue) -> ir.StringValue:
        named = ((top % _PLACES == _PLACES - 1 - place, scorecard.attributes[place].id) for place in places)
        return ibis.cases((top == 0, ""), *named, else_="")

    return table.select(
        "customer_id",
        "score",
        band=_band(table.score, scorecard),
        **{f"reason_{n}": reason(table[f"top_{n}"]) for n in (1, 2, 3)},
    )


def bin_counts(customers: ir.Table, scorecard: Scorecard) -> ir.Table:
    """How many customers fall into each bin: `attribute` (id, or `band`), `bin` (0.., -1 missing), `customers_n`.

    The bins of `band` are 0 for A to 4 for E. Bins nobody falls into have no row.
    """
    counted = []
    for attribute in scorecard.attributes:
        column = _by_bin(customers[attribute.id], attribute, list(range(len(attribute.bins))), -1)
        counted.append(_counted(customers.select(attribute=ibis.literal(attribute.id), bin=column)))
    table = with_points_lost(customers, scorecard)
    worse = ((table.score >= _whole(band.from_), _small(n)) for n, band in enumerate(scorecard.bands) if band.from_ is not None)
    place = ibis.cases(*worse, else_=_small(len(scorecard.bands) - 1)).cast("int64")
    counted.append(_counted(table.select(attribute=ibis.literal("band"), bin=place)))
    return ibis.union(*counted)


def _counted(binned: ir.Table) -> ir.Table:
    return binned.group_by("attribute", "bin").agg(customers_n=binned.count().cast("int64"))
