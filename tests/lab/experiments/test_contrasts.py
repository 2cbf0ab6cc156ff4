"""Differences of ratios by group with customers who come back."""

from __future__ import annotations

import numpy as np
import pytest

from arrears.lab.experiments.contrasts import differences, ratios


def test_weights_undo_unequal_chances_of_treatment() -> None:
    """Half of the rows are treated nine times out of ten, and pay more by themselves: only the weights tell the effect."""
    rng = np.random.default_rng(1)
    n = 200_000
    rich = rng.random(n) < 0.5
    chance = np.where(rich, 0.9, 0.2)
    treated = rng.random(n) < chance
    due = np.full(n, 100.0)
    paid = due * (np.where(rich, 0.6, 0.1) + 0.05 * treated)
    weight = 1 / np.where(treated, chance, 1 - chance)
    found = differences(paid, due, weight, treated, np.zeros(n, int), 1, np.arange(n), n)
    assert found.value[0] == pytest.approx(0.05, abs=4 * found.se[0]) and found.se[0] < 0.005
    crude = differences(paid, due, np.ones(n), treated, np.zeros(n, int), 1, np.arange(n), n)
    assert crude.value[0] > 0.3


def test_it_is_money_that_is_counted() -> None:
    """One in ten owes ten times as much and does not respond."""
    n = 40_000
    big = np.arange(n) % 10 == 0
    treated = np.arange(n) // 10 % 2 == 0
    due = np.where(big, 1_000.0, 100.0)
    paid = due * np.where(big, 0.1, 0.1 + 0.2 * treated)
    found = differences(paid, due, np.full(n, 2.0), treated, np.zeros(n, int), 1, np.arange(n), n)
    assert found.value[0] == pytest.approx(0.2 * 900 / 1_900)


def test_intervals_cover_with_customers_of_many_days_and_groups_that_share_them() -> None:
    rng, inside, shared = np.random.default_rng(2), [], []
    customers, days = 400, 8
    who = np.repeat(np.arange(customers), days)
    for _ in range(300):
        level = rng.normal(0, 0.3, customers)[who]
        treated = rng.random(len(who)) < 0.5
        group = np.tile(np.arange(days) % 2, customers)
        y = 0.3 + level + 0.1 * treated + rng.normal(0, 0.1, len(who))
        found = differences(y, np.ones(len(who)), np.full(len(who), 2.0), treated, group, 2, who, customers)
        inside.append(np.abs(found.value - 0.1) < 1.96 * found.se)
        level_of = ratios(y, np.ones(len(who)), np.ones(len(who)), group, 2, who, customers)
        shared.append(level_of.covariance[0, 1] / level_of.covariance[0, 0])
    assert np.mean(inside) == pytest.approx(0.95, abs=0.03)
    assert np.mean(shared) > 0.8


def test_a_few_rows_say_nothing_and_none_that_paid_does_not_make_them_sure() -> None:
    n = 2_000
    treated, group = np.arange(n) % 20 == 0, np.arange(n) % 2
    treated &= (group == 0) | (np.arange(n) < 400)
    paid = np.where(treated, 0.0, (np.arange(n) % 5 == 1) | (np.arange(n) % 5 == 2))
    found = differences(paid, np.ones(n), np.ones(n), treated, group, 2, np.arange(n), n)
    assert found.group.tolist() == [0] and found.rows_n.tolist() == [100, 0]
    assert found.se[0] > 0.9 * np.sqrt(0.35 * 0.65 / 100)
