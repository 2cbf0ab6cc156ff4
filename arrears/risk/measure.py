"""How well a scorecard tells those who default from those who do not: AUC and KS, exact, in parts per million."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeAlias

import duckdb
import ibis
import numpy as np
import pyarrow as pa

from arrears.book.columns import CUSTOMER_COLUMNS, schema
from arrears.money import PPM
from arrears.risk.score import scored
from arrears.risk.scorecard import Performance, RiskError, Scorecard

Features: TypeAlias = pa.Table | Mapping[str, Any]
"""Columns named as in the customers book, each with one value a customer; others are ignored."""


def scores_of(features: Features, scorecard: Scorecard) -> np.ndarray:
    """The score of each row, in order, computed by the same expression as the business day's."""
    table = features if isinstance(features, pa.Table) else pa.table(dict(features))
    absent = [attribute.id for attribute in scorecard.attributes if attribute.id not in table.column_names]
    if absent:
        raise RiskError(
            f"the features lack {', '.join(absent)}",
            where=f"scorecard {scorecard.name}",
            remedy="add these columns of the book",
        )
    types = schema(CUSTOMER_COLUMNS)
    names = [attribute.id for attribute in scorecard.attributes]
    row_ids = pa.array(np.char.zfill(np.arange(table.num_rows).astype(str), 12))
    numbered = pa.table({"customer_id": row_ids} | {name: table[name] for name in names})
    customers = ibis.table({"customer_id": "string"} | {name: types[name] for name in names}, name="features")
    query = ibis.to_sql(scored(customers, scorecard, scorecard.from_ or date.min).order_by("customer_id"), dialect="duckdb")
    with duckdb.connect(":memory:") as connection:
        connection.register("features", numbered)
        return np.asarray(connection.sql(str(query)).to_arrow_table()["score"].to_numpy(), dtype=np.int64)


def evaluate(features: Features, default: Any, scorecard: Scorecard) -> Performance:
    """AUC and KS of the scorecard on these customers; `default` holds 1 (or true) for each that defaulted, in their order.

    Raises `RiskError` where a column is missing, the lengths differ, or all or none defaulted.
    """
    bad = np.asarray(default).astype(bool)
    scores = scores_of(features, scorecard)
    if len(bad) != len(scores):
        raise RiskError(
            f"{len(scores)} customers but {len(bad)} outcomes", where="default", remedy="give one outcome a customer"
        )
    return performance(scores, bad)


def evaluate_parts(customers: pa.Table, outcomes: pa.Table, scorecard: Scorecard) -> dict[str, Performance]:
    """`training` and `held_out` performance on customers of the book.

    `customers` needs `customer_id` and the attributes; `outcomes` needs `customer_id`, `defaulted`, `held_out`, one row a
    customer (`arrears.risk.features.uci_outcomes` with the book's ids). Customers without an outcome are left out; raises
    `RiskError` where an outcome has no customer.
    """
    features = customers.select(["customer_id", *(attribute.id for attribute in scorecard.attributes)])
    known = outcomes.select(["customer_id", "defaulted", "held_out"]).join(features, "customer_id", join_type="inner")
    if known.num_rows != outcomes.num_rows:
        raise RiskError(
            f"{outcomes.num_rows - known.num_rows} outcomes belong to no customer",
            where="outcomes",
            remedy="give customer_id as the book has it, once a customer",
        )
    kept = known["held_out"].to_numpy()
    parts = {"training": known.filter(pa.array(~kept)), "held_out": known.filter(pa.array(kept))}
    return {name: evaluate(part, part["defaulted"].to_numpy(), scorecard) for name, part in parts.items()}


def performance(scores: np.ndarray, bad: np.ndarray) -> Performance:
    """AUC and KS of whole-number scores (more is less risk), by counting pairs, so without rounding until the end."""
    defaults_n, goods_n = int(bad.sum()), int((~bad).sum())
    if not defaults_n or not goods_n:
        raise RiskError(
            "AUC needs customers that defaulted and customers that did not", where="default", remedy="use a larger sample"
        )
    _, place = np.unique(scores, return_inverse=True)
    bads = np.bincount(place, weights=bad).astype(np.int64)
    goods = np.bincount(place, weights=~bad).astype(np.int64)
    goods_above = goods_n - np.cumsum(goods)

    won_twice = int((bads * (2 * goods_above + goods)).sum())
    gap = int(np.abs(np.cumsum(bads) * goods_n - np.cumsum(goods) * defaults_n).max())
    pairs = defaults_n * goods_n
    return Performance(
        accounts_n=len(scores),
        defaults_n=defaults_n,
        auc_ppm=won_twice * PPM // (2 * pairs),
        ks_ppm=gap * PPM // pairs,
    )
