"""Small scorecards, customers and a way to score them, in the field's words."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest

from arrears.book.columns import CUSTOMER_COLUMNS, schema
from arrears.risk.score import bin_counts, scored
from arrears.risk.scorecard import Scorecard, parse_scorecard

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
UCI = DATA / "uci_credit_card" / "default_of_credit_card_clients.tsv"
CREDIT_RECORD = DATA / "credit_record_monthly" / "credit_record.zip"
needs_uci = pytest.mark.skipif(not UCI.exists(), reason=f"needs the UCI credit-card data at {UCI}")
needs_credit_record = pytest.mark.skipif(not CREDIT_RECORD.exists(), reason=f"needs the credit record at {CREDIT_RECORD}")

DAY = date(2026, 1, 12)
TYPES = schema(CUSTOMER_COLUMNS)
ARROW = {"int64": pa.int64(), "string": pa.string(), "boolean": pa.bool_()}


def text(en: str) -> dict[str, str]:
    return {"en": en, "zh": en}


def attribute(id_: str, bins: list[dict[str, Any]], missing: int = 0) -> dict[str, Any]:
    return {"id": id_, "title": text(id_), "reason": text(f"{id_} cost points"), "bins": bins, "missing": {"points": missing}}


def card(*attributes: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A scorecard as a file would hold it."""
    bands = [{"band": "A", "from": 90}, {"band": "B", "from": 70}, {"band": "C", "from": 50}, {"band": "D", "from": 30}]
    bands.append({"band": "E"})
    return {
        "name": "small", "version": 1, "title": text("Small"), "base": 10, "attributes": list(attributes), "bands": bands,
    } | changes  # fmt: skip


LATE = attribute(
    "late_in_6", [{"to": 0, "points": 40}, {"from": 1, "to": 2, "points": 15}, {"from": 3, "points": 0}], missing=20
)
USED = attribute("utilisation_bp", [{"to": 5000, "points": 40}, {"from": 5001, "points": 15}])
EVER = attribute("ever_overdue", [{"values": [False], "points": 10}, {"values": [True], "points": 0}])
PRODUCT = attribute("product_id", [{"values": ["gold", "black"], "points": 5}, {"values": ["classic"], "points": 3}], missing=1)


def small_scorecard() -> Scorecard:
    return parse_scorecard(card(LATE, USED, EVER, PRODUCT), where="small.yaml")


def customers_of(rows: list[dict[str, Any]], scorecard: Scorecard) -> pa.Table:
    """Rows as a table with the columns the scorecard needs; customers are numbered in order."""
    columns = {"customer_id": pa.array([f"C{place:06d}" for place in range(len(rows))])}
    for each in scorecard.attributes:
        columns[each.id] = pa.array([row[each.id] for row in rows], ARROW[TYPES[each.id]])
    return pa.table(columns)


def unbound(scorecard: Scorecard) -> ibis.Table:
    names = ["customer_id", *(each.id for each in scorecard.attributes)]
    return ibis.table({name: TYPES[name] for name in names}, name="customers")


def run(expression: ibis.Table, customers: pa.Table) -> pa.Table:
    with duckdb.connect(":memory:") as connection:
        connection.register("customers", customers)
        return connection.sql(str(ibis.to_sql(expression, dialect="duckdb"))).to_arrow_table()


def score_rows(rows: list[dict[str, Any]], scorecard: Scorecard) -> list[dict[str, Any]]:
    """What the columns say of each row, in order."""
    expression = scored(unbound(scorecard), scorecard, DAY).order_by("customer_id")
    found: list[dict[str, Any]] = run(expression, customers_of(rows, scorecard)).to_pylist()
    return found


def count_rows(rows: list[dict[str, Any]], scorecard: Scorecard) -> pa.Table:
    return run(bin_counts(unbound(scorecard), scorecard), customers_of(rows, scorecard))


GOOD_FEATURES: dict[str, Any] = {
    "late_in_6": [0, 1, 3],
    "utilisation_bp": [0, 5000, 5000],
    "ever_overdue": [False, False, False],
    "product_id": ["gold", "black", "gold"],
    "balance_minor": [1, 2, 3],
}
"""Three customers, from good to bad."""
