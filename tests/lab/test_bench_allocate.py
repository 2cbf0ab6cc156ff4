"""The allocation's benchmark times a hard instance, and says what the issue asks for."""

from __future__ import annotations

import json

import numpy as np
import pytest

from arrears.errors import UsageError
from arrears.lab.allocate_highs import HighsFigures, Solved, against_highs
from arrears.lab.bench_allocate import AllocateFigures, bench_allocate
from arrears.lab.collections_day import CollectionsDay


@pytest.fixture(scope="module")
def figures() -> AllocateFigures:
    return bench_allocate(50_000, treatments=8, capacities=5)


def test_figures_tell_what_the_issue_asks_for(figures: AllocateFigures) -> None:
    told = json.loads(json.dumps(figures.as_json()))

    assert {"accounts", "seconds", "objective", "bound", "gap", "peak_bytes", "feasible", "prices"} <= told.keys()
    assert (told["accounts"], told["treatments"], told["capacities"], told["feasible"]) == (50_000, 8, 5, True)
    assert 0 <= told["gap"] < 0.002


def test_every_capacity_is_scarce(figures: AllocateFigures) -> None:
    assert all(price > 0 for price in figures.plan.prices)
    assert all(use > 0.98 * have.amount for use, have in zip(figures.plan.use, figures.plan.capacities, strict=True))


def test_highs_agrees_on_the_same_instance() -> None:
    ours = bench_allocate(1_000, treatments=4, capacities=3)

    compared = against_highs(ours, capacities=3, seed=1, seconds_max=60)

    assert compared.agree
    assert compared.linear.objective is not None and compared.integer is not None and compared.integer.objective is not None
    assert compared.integer.objective <= compared.linear.objective * (1 + 1e-6)
    assert ours.plan.objective <= compared.linear.objective * (1 + 1e-6)
    assert compared.as_json().keys() >= {"highs_seconds", "highs_objective", "ratio"}


def test_highs_is_ended_at_its_limit_and_the_ratio_says_at_least(figures: AllocateFigures) -> None:
    compared = against_highs(figures, capacities=5, seed=1, seconds_max=0.2, whole=False)

    told = compared.as_json()
    assert told["highs_objective"] is None and told["ratio_is_a_lower_bound"] and not told["agree"]
    assert "no answer" in compared.as_text()


def test_a_wrong_objective_does_not_agree(figures: AllocateFigures) -> None:
    bound = float(figures.plan.bound)
    assert HighsFigures(Solved(1.0, bound, bound, "optimal"), None, figures).agree
    assert not HighsFigures(Solved(1.0, bound * 1.001, bound * 1.001, "optimal"), None, figures).agree
    assert not HighsFigures(Solved(1.0, figures.plan.objective * 0.999, None, "optimal"), None, figures).agree


def test_an_account_is_the_same_whatever_chunk_it_is_made_in() -> None:
    day = CollectionsDay(5_000)
    whole, part = day.chunk(0, 5_000), day.chunk(1_234, 1_300)

    assert (whole.rows(1_234, 1_300).value == part.value).all()
    assert (whole.rows(1_234, 1_300).amount == part.amount).all()


def test_values_are_heavy_tailed_and_some_are_negative() -> None:
    value = np.asarray(CollectionsDay(50_000).chunk(0, 50_000).value)

    assert (value < 0).mean() > 0.02
    assert np.sort(value)[-len(value) // 100 :].sum() > 0.2 * value[value > 0].sum()


def test_sizes_out_of_range_are_refused() -> None:
    with pytest.raises(UsageError, match="--treatments"):
        bench_allocate(3_000, treatments=99)
