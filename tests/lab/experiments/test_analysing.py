"""Who responds, and what broken randomisation looks like."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from arrears.lab.experiments import Analysis, analyse
from tests.lab.experiments.tables import trial

FEATURES = ["region", "age", "score"]


def analysed(table: dict[str, object] | pd.DataFrame, **named: object) -> Analysis:
    return analyse(pd.DataFrame(table), **{"treatment": "arm", "outcome": "paid", "features": FEATURES, **named})  # type: ignore[arg-type]


def kinds(found: Analysis, severity: str = "warning") -> set[str]:
    return {one.kind for one in found.findings if one.severity == severity}


def test_who_responds_is_found_and_named() -> None:
    who = analysed(trial(extra_in="west", extra=3.0)).comparisons[0].who
    assert who is not None and who.found
    first = min(who.responses, key=lambda one: one.p)
    assert first.feature == "region" and first.p_holm < 0.001
    assert max(first.levels, key=lambda one: one.effect.value).level == "west"


def test_the_ranking_gains_out_of_sample_and_knows_who_is_on_top() -> None:
    who = analysed(trial(extra_in="west", extra=3.0)).comparisons[0].who
    assert who is not None and who.ranking is not None
    assert who.ranking.p < 0.001 and who.ranking.gap.low > 0
    assert (who.ranking.profile[0].feature, who.ranking.profile[0].level) == ("region", "west")
    assert abs(who.ranking.groups[-1].value - 4.0) < 4 * who.ranking.groups[-1].se


def test_the_honest_tree_splits_where_the_effect_does() -> None:
    who = analysed(trial(extra_in="west", extra=3.0)).comparisons[0].who
    assert who is not None and who.tree is not None
    best = who.tree.leaves[0]
    assert "region = west" in best.conditions and best.effect.low < 4.0 < best.effect.high


def test_no_difference_is_found_where_there_is_none() -> None:
    found = sum(bool((who := analysed(trial(600, seed)).comparisons[0].who) and who.found) for seed in range(30))
    assert found <= 5  # one or two are expected at 5 %; six or more happen once in three hundred times


def test_a_continuous_response_shows_in_the_quantiles() -> None:
    table = trial()
    table["paid"] = table["paid"] + (table["arm"] == "call") * (table["age"] - 49) / 15
    who = analysed(table).comparisons[0].who
    assert who is not None
    age = next(one for one in who.responses if one.feature == "age")
    assert age.p_holm < 0.001
    effects = [level.effect.value for level in age.levels]
    assert effects[0] < effects[2] < effects[-1]


def test_many_arms_are_held_against_the_control_each_with_holm() -> None:
    rng = np.random.default_rng(2)
    arm = rng.choice(["none", "sms", "call", "letter"], 4_000)
    paid = rng.normal(0, 1, 4_000) + 0.3 * (arm == "call")
    found = analyse(pd.DataFrame({"arm": arm, "paid": paid}), treatment="arm", outcome="paid")
    assert found.control == "none"
    by_arm = {one.arm: one for one in found.comparisons}
    assert by_arm["call"].p_holm < 0.001 < min(by_arm["sms"].p_holm, by_arm["letter"].p_holm)


def test_a_sound_trial_has_no_warnings() -> None:
    assert not analysed(trial()).warnings


def test_shares_other_than_declared_are_a_mismatch() -> None:
    table = pd.DataFrame(trial())
    lost = table[(table["arm"] == "call") | (np.arange(len(table)) % 5 > 0)]
    assert "sample_ratio" in kinds(analysed(lost, shares={"call": 0.5}))


def test_nearly_equal_arms_without_declared_shares_are_a_mismatch_of_assumed_ones() -> None:
    table = pd.DataFrame(trial(20_000))
    lost = table[(table["arm"] == "call") | (np.arange(len(table)) % 10 > 0)]
    assert "sample_ratio_assumed" in kinds(analysed(lost))


def test_plainly_unequal_arms_without_declared_shares_are_only_noted() -> None:
    table = pd.DataFrame(trial())
    fewer = table[(table["arm"] == "call") | (np.arange(len(table)) % 3 == 0)]
    found = analysed(fewer)
    assert not kinds(found) and "sample_ratio_unequal" in kinds(found, "note")
    assert not kinds(analysed(fewer, shares={"call": 0.75, "control": 0.25}))


def test_a_feature_that_drives_the_assignment_is_seen() -> None:
    table = trial()
    table["score"] = table["score"] + 15 * (table["arm"] == "call")
    assert {"imbalance", "imbalance_joint"} <= kinds(analysed(table))


def test_outcomes_lost_in_one_arm_are_seen_and_counted() -> None:
    table = pd.DataFrame(trial())
    table.loc[(table["arm"] == "call") & (table.index % 6 == 0), "paid"] = np.nan
    found = analysed(table)
    assert "attrition" in kinds(found) and "outcome_missing" in kinds(found, "note")
    by_name = {name: (n, mean.n) for name, n, mean in found.arms}
    assert by_name["call"][1] < by_name["call"][0] and by_name["control"][0] == by_name["control"][1]


def test_a_feature_that_is_the_outcome_is_left_out() -> None:
    table = trial() | {"balance_after": 0.0}
    table["balance_after"] = 1_000 - table["paid"] * 1.5
    found = analysed(table, features=[*FEATURES, "balance_after"])
    assert "leaks_outcome" in kinds(found) and "balance_after" not in found.features


def test_a_feature_that_is_the_treatment_is_left_out() -> None:
    table = trial()
    table["calls_made"] = (table["arm"] == "call").astype(int) * 3
    found = analysed(table, features=[*FEATURES, "calls_made"])
    assert "leaks_treatment" in kinds(found) and "calls_made" not in found.features


def test_ids_in_two_arms_are_seen() -> None:
    table = pd.DataFrame(trial())
    table["customer_id"] = [f"C{place % 3900:05d}" for place in range(len(table))]
    found = analysed(table, features=None)
    repeated = next(one for one in found.warnings if one.kind == "repeated_ids")
    assert repeated.facts["n"] == 200 and repeated.facts["crossing"] > 20
    assert "customer_id" not in found.features


def test_rows_loaded_twice_are_seen() -> None:
    table = pd.DataFrame(trial())
    assert "repeated_rows" in kinds(analysed(pd.concat([table, table.head(200)])))


def test_without_features_named_the_others_are_taken_and_it_is_said() -> None:
    found = analysed(trial(), features=None)
    assert found.features == ("region", "age", "score") and "features_assumed" in kinds(found, "note")
    assert found.comparisons[0].adjusted is None


def test_heavy_tails_get_a_permutation_test() -> None:
    table = trial(200)
    table["paid"] = np.exp(np.random.default_rng(3).normal(0, 3, 200))
    found = analysed(table)
    assert "heavy_tail" in kinds(found)
    assert found.comparisons[0].exact is not None and found.comparisons[0].exact[0] == "permutation"


def test_few_events_get_fishers_test() -> None:
    table = pd.DataFrame({"arm": ["a"] * 50 + ["control"] * 50, "paid": [1] * 5 + [0] * 95})
    found = analyse(table, treatment="arm", outcome="paid")
    exact = found.comparisons[0].exact
    assert exact is not None and exact[0] == "fisher" and exact[1] == pytest.approx(0.0563, abs=1e-4)


def test_propensities_undo_a_design_that_favours_some() -> None:
    rng = np.random.default_rng(4)
    rich = rng.random(20_000) < 0.5
    p = np.where(rich, 0.8, 0.2)
    treated = rng.random(20_000) < p
    paid = 5.0 * rich + 1.0 * treated + rng.normal(size=20_000)
    table = pd.DataFrame({"arm": treated.astype(int), "paid": paid, "p": np.where(treated, p, 1 - p), "rich": rich})
    found = analyse(table, treatment="arm", outcome="paid", propensity="p", features=["rich"])
    gap = found.comparisons[0].difference
    assert gap.low < 1.0 < gap.high and gap.value < 1.5
    assert not kinds(found)


def test_the_mean_of_rows_is_the_same_in_both_languages() -> None:
    found = analysed(trial(), features=None)
    assert all(one.text("en") != one.text("zh") for one in found.findings)
