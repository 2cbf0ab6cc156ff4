from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.book.columns import CUSTOMER_COLUMNS, schema
from arrears.engine import Sessions, open_sessions
from arrears.risk.explain import explain_score, reasons_of
from arrears.risk.score import bin_counts, scored
from arrears.risk.scorecard import SCORABLE, RiskError, Scorecard, load_scorecard, parse_scorecard
from tests.risk.worlds import DAY, EVER, LATE, TYPES, USED, attribute, card, count_rows, score_rows, small_scorecard, unbound

GOOD: dict[str, Any] = {"late_in_6": 0, "utilisation_bp": 100, "ever_overdue": False, "product_id": "gold"}


def test_best_customer_has_all_points_and_no_reason() -> None:
    (found,) = score_rows([GOOD], small_scorecard())

    assert found == {
        "customer_id": "C000000", "score": 105, "band": "A", "reason_1": "", "reason_2": "", "reason_3": "",
    }  # fmt: skip


def test_reasons_stand_by_points_lost_and_equal_losses_by_order_of_the_scorecard() -> None:
    # late_in_6 and utilisation_bp both lose 25, ever_overdue 10, product_id 2: the fourth is not told.
    row = {"late_in_6": 1, "utilisation_bp": 9000, "ever_overdue": True, "product_id": "classic"}
    turned = parse_scorecard(card(USED, LATE, EVER), where="")

    (found,) = score_rows([row], small_scorecard())
    (other,) = score_rows([row], turned)

    assert [found[f"reason_{n}"] for n in (1, 2, 3)] == ["late_in_6", "utilisation_bp", "ever_overdue"]
    assert [other[f"reason_{n}"] for n in (1, 2, 3)] == ["utilisation_bp", "late_in_6", "ever_overdue"]
    assert found["score"] == 10 + 15 + 15 + 0 + 3


def test_unknown_values_fall_into_the_missing_bin() -> None:
    unknown = dict.fromkeys(GOOD, None)
    unlisted = GOOD | {"product_id": "platinum"}

    found, other = score_rows([unknown, unlisted], small_scorecard())

    assert found["score"] == 10 + 20 + 0 + 0 + 1
    assert other["score"] == 105 - 4
    assert other["reason_1"] == "product_id"


@pytest.mark.parametrize(("late", "band"), [(0, "C"), (1, "E"), (3, "E"), (None, "D")])
def test_bands_are_cut_at_their_from(late: int | None, band: str) -> None:
    one = parse_scorecard(card(LATE), where="")

    assert score_rows([{"late_in_6": late}], one)[0]["band"] == band


def test_scorecard_out_of_force_is_refused_on_the_date() -> None:
    bounded = parse_scorecard(card(LATE, **{"from": "2026-01-01", "to": "2026-06-30"}), where="")

    scored(unbound(bounded), bounded, date(2026, 6, 30))
    for day in (date(2025, 12, 31), date(2026, 7, 1)):
        with pytest.raises(RiskError, match=f"not to be used on {day}"):
            scored(unbound(bounded), bounded, day)


def test_columns_are_those_of_the_contract_with_whole_numbers_of_64_bits() -> None:
    customers = ibis.table(schema(CUSTOMER_COLUMNS), name="customers")
    expression = scored(customers, load_scorecard(), DAY)

    assert dict(expression.schema().items()) == {
        "customer_id": ibis.dtype("string"), "score": ibis.dtype("int64"), "band": ibis.dtype("string"),
        "reason_1": ibis.dtype("string"), "reason_2": ibis.dtype("string"), "reason_3": ibis.dtype("string"),
    }  # fmt: skip


@pytest.mark.parametrize("dialect", ["duckdb", "pyspark"])
def test_sql_grows_with_the_attributes_and_not_with_their_powers(dialect: str) -> None:
    names = [name for name in SCORABLE if TYPES[name] == "int64"][:16]
    wide = parse_scorecard(card(*(attribute(name, LATE["bins"]) for name in names)), where="")

    assert len(str(ibis.to_sql(scored(unbound(wide), wide, DAY), dialect=dialect))) < 30_000


def test_counts_by_bin_and_band_add_up_to_the_customers() -> None:
    rows: list[dict[str, Any]] = [
        GOOD,
        GOOD | {"late_in_6": 2},
        GOOD | {"late_in_6": None},
        GOOD | {"late_in_6": 0, "product_id": "?"},
    ]

    counts = {(row["attribute"], row["bin"]): row["customers_n"] for row in count_rows(rows, small_scorecard()).to_pylist()}

    assert counts == {
        ("late_in_6", 0): 2, ("late_in_6", 1): 1, ("late_in_6", -1): 1, ("utilisation_bp", 0): 4, ("ever_overdue", 0): 4,
        ("product_id", 0): 3, ("product_id", -1): 1, ("band", 0): 2, ("band", 1): 2,
    }  # fmt: skip


@st.composite
def scorecards(draw: st.DrawFn) -> Scorecard:
    points = st.integers(0, 12)
    attributes = []
    for name in draw(st.lists(st.sampled_from(SCORABLE), min_size=1, max_size=7, unique=True)):
        if TYPES[name] == "int64":
            ends = sorted(draw(st.sets(st.integers(-3, 12), max_size=4)))
            starts: list[int | None] = [None, *(end + 1 for end in ends)]
            bins: list[dict[str, Any]] = [
                {"from": a, "to": b, "points": draw(points)} for a, b in zip(starts, [*ends, None], strict=True)
            ]
        else:
            values: list[Any] = [True, False] if TYPES[name] == "boolean" else ["a", "b", "it's"]
            chosen = draw(st.lists(st.sampled_from(values), min_size=1, unique=True))
            bins = [{"values": [value], "points": draw(points)} for value in chosen]
        attributes.append(attribute(name, bins, missing=draw(points)))
    return parse_scorecard(card(*attributes), where="drawn")


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "int64": st.none() | st.integers(-5, 15),
    "boolean": st.none() | st.booleans(),
    "string": st.none() | st.sampled_from(["a", "b", "it's", ""]),
}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_columns_and_explanation_say_the_same_of_every_customer(data: st.DataObject) -> None:
    scorecard = data.draw(scorecards())
    row = st.fixed_dictionaries({each.id: VALUES[TYPES[each.id]] for each in scorecard.attributes})
    rows = data.draw(st.lists(row, min_size=1, max_size=20))

    for seen, found in zip(rows, score_rows(rows, scorecard), strict=True):
        lines = explain_score(seen, scorecard)
        reasons = [line.attribute for line in reasons_of(lines)] + ["", "", ""]
        assert found["score"] == scorecard.base + sum(line.points for line in lines)
        assert [found["reason_1"], found["reason_2"], found["reason_3"]] == reasons[:3]


def test_explanation_tells_what_was_seen_and_what_it_cost() -> None:
    lines = explain_score(GOOD | {"late_in_6": 2, "product_id": None}, small_scorecard())

    late, product = lines[0], lines[3]
    assert (late.seen, late.bin, late.points, late.lost) == (2, "1 to 2", 15, 25)
    assert late.reason.en == "late_in_6 cost points"
    assert (product.bin, product.lost, product.reason.en) == ("missing", 4, "Not known yet: product_id.")


def test_explanation_of_a_row_without_a_column_is_refused() -> None:
    with pytest.raises(RiskError, match="no column late_in_6"):
        explain_score({"utilisation_bp": 1}, small_scorecard())


@pytest.mark.spark
def test_spark_and_duckdb_score_alike(tmp_path: Any, spark: Sessions) -> None:
    import pyarrow.parquet as pq

    from tests.risk.worlds import customers_of

    scorecard = small_scorecard()
    rows: list[dict[str, Any]] = [
        {"late_in_6": late, "utilisation_bp": used, "ever_overdue": ever, "product_id": product}
        for late in (None, 0, 1, 2, 3) for used in (None, -5, 5000, 5001) for ever in (None, True, False)
        for product in (None, "gold", "classic", "?")
    ]  # fmt: skip
    file = tmp_path / "customers.parquet"
    pq.write_table(customers_of(rows, scorecard), file)
    written = {}
    for engine, sessions in (("duckdb", open_sessions("duckdb", memory_limit_mb=1024, workers=1)), ("spark", spark)):
        with sessions.session() as session:
            session.bind("customers", [file])
            for name, expression, key in (
                ("scores", scored(unbound(scorecard), scorecard, DAY), ["customer_id"]),
                ("counts", bin_counts(unbound(scorecard), scorecard), ["attribute", "bin"]),
            ):
                path = tmp_path / engine / f"{name}.parquet"
                session.write(str(ibis.to_sql(expression, dialect=sessions.dialect)), path, key)
                written[engine, name] = pq.read_table(path)

    assert written["duckdb", "scores"].num_rows == len(rows)
    for name in ("scores", "counts"):
        ours, theirs = written["duckdb", name], written["spark", name]
        assert ours.to_pylist() == theirs.to_pylist()
        assert ours.schema.types == theirs.schema.types
