"""Partial pooling: leaning on kin by as much as kin are alike, and standard deviations that mean what they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.lab.experiments.pooling import pooled

FAMILIES, MEMBERS = 6, 5
FAMILY = np.repeat(np.arange(FAMILIES), MEMBERS)


def _drawn(rng: np.random.Generator, family_sd: float, member_sd: float, se: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    truth = 0.05 + rng.normal(0, family_sd, FAMILIES)[FAMILY] + rng.normal(0, member_sd, len(FAMILY))
    return truth, truth + rng.normal(0, se)


def test_spreads_come_near_those_that_groups_were_drawn_with() -> None:
    rng, found = np.random.default_rng(5), []
    for _ in range(100):
        _, seen = _drawn(rng, 0.05, 0.03, np.full(len(FAMILY), 0.01))
        one = pooled(seen, 0.01**2 * np.eye(len(FAMILY)), FAMILY, FAMILIES)
        found.append((one.family_tau, one.member_tau))
    families, members = np.mean(found, axis=0)
    assert members == pytest.approx(0.03, rel=0.1) and families == pytest.approx(0.05, rel=0.25)


def test_alike_groups_are_pooled_to_their_common_mean() -> None:
    found = pooled(np.full(4, 0.2), np.diag([0.01, 0.02, 0.03, 0.04]), np.array([0, 0, 1, 1]), 2)
    assert found.member_tau == found.family_tau == 0.0
    assert found.value == pytest.approx(np.full(4, 0.2))
    assert found.sd == pytest.approx(np.full(4, (100 + 50 + 100 / 3 + 25) ** -0.5))


@given(st.lists(st.floats(-0.5, 0.5), min_size=3, max_size=8), st.floats(0.001, 0.2))
def test_a_pooled_figure_lies_between_its_own_and_the_others(values: list[float], se: float) -> None:
    found = pooled(np.array(values), se**2 * np.eye(len(values)), np.zeros(len(values), int), 1)
    low, high = min(values) - 1e-9, max(values) + 1e-9
    assert np.all((found.value >= low) & (found.value <= high)) and np.all(found.sd > 0)


def test_a_single_group_keeps_its_figure_and_its_error() -> None:
    found = pooled(np.array([0.3]), np.array([[0.04]]), np.zeros(1, int), 2)
    assert found.value[0] == pytest.approx(0.3) and found.sd[0] == pytest.approx(0.2)
    assert found.family_value[1] == pytest.approx(0.3)


def test_intervals_cover_and_pooled_figures_are_nearer_to_the_truth() -> None:
    rng = np.random.default_rng(7)
    inside, new_inside, squares, direct = [], [], [], []
    for _ in range(150):
        se = rng.uniform(0.01, 0.06, len(FAMILY))
        truth, seen = _drawn(rng, 0.03, 0.02, se)
        kept = rng.permutation(len(FAMILY))[:-1]
        found = pooled(seen[kept], np.diag(se[kept] ** 2), FAMILY[kept], FAMILIES)
        left = int(np.setdiff1d(np.arange(len(FAMILY)), kept)[0])
        inside.append(np.abs(found.value - truth[kept]) < 1.96 * found.sd)
        new_inside.append(abs(found.family_value[FAMILY[left]] - truth[left]) < 1.96 * found.family_sd[FAMILY[left]])
        squares.append(np.mean((found.value - truth[kept]) ** 2))
        direct.append(np.mean((seen[kept] - truth[kept]) ** 2))
    assert np.mean(inside) == pytest.approx(0.95, abs=0.03)
    assert np.mean(new_inside) == pytest.approx(0.95, abs=0.06)
    assert np.mean(squares) < 0.6 * np.mean(direct)


def test_errors_that_move_together_are_not_taken_for_a_spread() -> None:
    """One shock common to all moves the mean, and says nothing of how the groups differ."""
    rng = np.random.default_rng(3)
    y = 0.1 + rng.normal(0, 0.01, 6)
    alone = pooled(y, 0.01**2 * np.eye(6), np.zeros(6, int), 1)
    shocked = pooled(y + 0.05, 0.01**2 * np.eye(6) + 0.05**2, np.zeros(6, int), 1)
    assert shocked.member_tau == pytest.approx(alone.member_tau)
    assert shocked.value == pytest.approx(alone.value + 0.05)
    assert np.all(shocked.sd > alone.sd + 0.03)
