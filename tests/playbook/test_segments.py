"""Segments: the first condition that holds, the same by column, in plain Python and in zen-engine."""

import json
from datetime import timedelta

import zen
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.playbook import decision_input, decision_table, default_path, explain_segment, load
from arrears.playbook.segmenting import PRIME, arm_of, draw
from tests.playbook.world import AS_OF, REST, connected, customer, random_customers, segment, segments_of, small

GUIDE = load(default_path())

TRICKY = (
    segment("dates", "{since_date: {days_ago: {from: 20, to: 200}}, not: {next_due_date: {days_ago: {from: -3, to: 0}}}}")
    + segment("unscored", "{not: {score: {from: 0}}, dpd: 0}")
    + segment("groups", "{any: [{band: [A, E]}, {all: [{dpd: {from: 31}}, {flag: [dispute, hardship]}]}], no_flag: deceased}")
    + segment("quoted", '{product_id: "o\'hara", bucket: [1, 3]}')
    + segment("never_late", "{ever_overdue: false, dpd: {to: 0}}")
    + REST
)


def test_the_columns_and_plain_python_find_the_same_segment(tmp_path):
    customers = random_customers(3000, seed=5)
    connection = connected(customers)
    for playbook in (GUIDE, small(tmp_path, TRICKY)):
        found = segments_of(connection, playbook)
        assert len(found) == len(customers)
        for one in customers:
            row = one if one["band"] is not None else one | {"score": None}
            asked = explain_segment(row, playbook, AS_OF)
            assert found[one["customer_id"]]["segment"] == asked[-1].segment
            assert found[one["customer_id"]]["arm"] == arm_of(one["customer_hash"], asked[-1].segment, playbook)


def test_random_customers_reach_every_segment_of_the_guide():
    found = segments_of(connected(random_customers(30_000, seed=6)), GUIDE)
    assert {row["segment"] for row in found.values()} == {segment.id for segment in GUIDE.segments}


def test_zen_engine_decides_the_same_for_a_thousand_customers(tmp_path):
    customers = random_customers(1000, seed=7)
    connection = connected(customers)
    for playbook in (GUIDE, small(tmp_path, TRICKY)):
        found = segments_of(connection, playbook)
        decision = zen.ZenEngine().create_decision(json.dumps(decision_table(playbook)))
        for one in customers:
            row = one if one["band"] is not None else one | {"score": None}
            answer = decision.evaluate(decision_input(row, playbook, AS_OF))["result"]
            assert answer == {"segment": found[one["customer_id"]]["segment"]}


def test_the_explanation_ends_with_the_segment_and_shows_the_values_seen():
    *earlier, last = explain_segment(customer(dpd=12, band="D", times_overdue_12=3, times_overdue_total=3), GUIDE)
    assert last.segment == "early_history_high" and last.matched
    assert [(seen.condition, dict(seen.values)) for seen in last.conditions] == [
        ("dpd 1..30", {"dpd": 12}), ("times_overdue_12 2..", {"times_overdue_12": 3}), ("band D|E", {"band": "D"}),
    ]  # fmt: skip
    assert not any(one.matched for one in earlier)


def test_a_hold_comes_before_every_stage():
    for flag in ("deceased", "attorney", "bankruptcy", "fraud", "dispute"):
        asked = explain_segment(customer(dpd=95, flags=f",{flag},"), GUIDE)
        assert not GUIDE.steps_of(GUIDE.segment(asked[-1].segment)) or asked[-1].segment == "disputed"


@given(st.integers(0, 2**31 - 1), st.text("abcxyz_", min_size=1, max_size=20))
@settings(max_examples=200, deadline=None)
def test_the_draw_is_a_share_of_a_million_and_its_products_fit_64_bits(customer_hash, experiment):
    assert 0 <= draw(customer_hash, experiment) < 1_000_000
    assert (2**31 - 1) * (PRIME - 1) + PRIME < 2**63


def test_shares_of_an_experiment_come_out_as_asked():
    arms = [arm_of(number * 7919 % 2**31, "early_low", GUIDE) for number in range(100_000)]
    assert abs(arms.count("early_touch:holdout") - 2_000) < 200
    assert abs(arms.count("early_touch:patient") - 10_000) < 500


def test_the_arm_stays_when_the_customer_moves_between_segments_of_an_experiment():
    for number in range(500):
        assert arm_of(number * 104_729, "early_low", GUIDE) == arm_of(number * 104_729, "early_mid", GUIDE)


def test_days_ago_counts_from_the_business_date(tmp_path):
    playbook = small(tmp_path, segment("fresh", "{since_date: {days_ago: {to: 30}}}") + REST)
    day_30, day_31 = (customer(n, since_date=AS_OF - timedelta(days=n)) for n in (30, 31))
    found = segments_of(connected([day_30, day_31]), playbook)
    assert [found[one["customer_id"]]["segment"] for one in (day_30, day_31)] == ["fresh", "rest"]
