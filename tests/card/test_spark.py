"""The formulas on Spark give what they give on a Python int, to the last unit."""

from __future__ import annotations

import random
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from arrears.card import delinquency
from arrears.card.apportion import apportion_china_sums
from arrears.card.interest import base_full, daily_interest
from arrears.card.late import late_charge
from arrears.card.minimum import MinimumTerms, minimum_payment
from arrears.engine import Sessions

TERMS = MinimumTerms(floor_minor=5_000)
FORMULAS = {
    "minimum": lambda a, b, c, d: minimum_payment(a, TERMS, purchases_minor=b, cash_minor=c, past_due_minor=b - b),
    "late": lambda a, b, c, d: late_charge(a, 500, 1_000, 50_000),
    "base": lambda a, b, c, d: base_full(a, b, 1_000),
    "interest": lambda a, b, c, d: daily_interest(a, 500, d),
    "to_charges": lambda a, b, c, d: apportion_china_sums(a, b, c, d)[0],
    "to_principal": lambda a, b, c, d: apportion_china_sums(a, b, c, d)[1],
    "dpd": lambda a, b, c, d: delinquency.days_past_due(d, 3),
    "bucket": lambda a, b, c, d: delinquency.bucket(d),
    "class_card": lambda a, b, c, d: delinquency.class_card(d),
    "class_stricter": lambda a, b, c, d: delinquency.class_stricter(d),
}


@pytest.mark.spark
def test_formulas_on_spark_give_what_they_give_on_an_int(tmp_path: Path, spark: Sessions) -> None:
    draw = random.Random(11)
    rows = [
        (draw.randint(-(10**12), 10**12), draw.randint(0, 10**12), draw.randint(0, 10**12), draw.randint(-30, 500))
        for _ in range(2_000)
    ]
    columns = dict(zip("abcd", zip(*rows, strict=True), strict=True))
    pq.write_table(pa.table({"row": range(len(rows)), **columns}), tmp_path / "t.parquet")

    t = ibis.table({"row": "int64", "a": "int64", "b": "int64", "c": "int64", "d": "int64"}, name="card_formulas")
    answers = t.select("row", **{name: formula(t.a, t.b, t.c, t.d) for name, formula in FORMULAS.items()}).order_by("row")
    with spark.session() as session:
        session.bind("card_formulas", [tmp_path / "t.parquet"])
        got = session.rows(str(ibis.to_sql(answers, dialect="pyspark")))

    assert got == [(i, *(formula(*row) for formula in FORMULAS.values())) for i, row in enumerate(rows)]
