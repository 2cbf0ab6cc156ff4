"""Chance without a generator's state: a uniform number for each seed, person, day and purpose, whatever was asked before.

Common random numbers follow: two strategies with one seed meet the same luck wherever they do the same, and neither the order
of the rows nor the number of threads or chunks can change a result.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from scipy.special import ndtri

(
    STATE, MISHAP, MISHAP_KIND, SPEND, FORGET, PAY_EARLY, PAY_MODE, MARK, MARK_SIZE, PROMISE, ANSWER, HEARD, REMINDED,
    COMPLAINS, LEARNS, ASKS, DURATION, REPAY,
) = range(1, 19)  # fmt: skip
"""Purposes. `REPAY` is the last: the n-th repayment of a day draws for `REPAY + n`."""
CHANNEL_STEP = 64
"""Purposes of contacts are kept apart by channel: purpose plus this many times the channel's number, plus one."""
PERSON = 4_096
"""Purposes from here on belong to the drawing of the population."""


@njit(cache=True, inline="always")
def _mixed(x: np.uint64) -> np.uint64:
    """The finaliser of SplitMix64 (Steele, Lea and Flood 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@njit(cache=True)
def uniform(seed: int, who: int, day: int, purpose: int) -> float:
    """In (0, 1), never 0 nor 1."""
    x = _mixed(np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(purpose) * np.uint64(0xD1342543DE82EF95))
    x = _mixed(x + np.uint64(who) * np.uint64(0xA0761D6478BD642F) + np.uint64(day) * np.uint64(0xE7037ED1A0B428DB))
    return (float(x >> np.uint64(12)) + 0.5) * (1.0 / 4503599627370496.0)


@njit(cache=True)
def uniforms(seed: int, first: int, count: int, day: int, purpose: int) -> np.ndarray:
    """The same for the persons from `first` on."""
    found = np.empty(count)
    for n in range(count):
        found[n] = uniform(seed, first + n, day, purpose)
    return found


@njit(cache=True)
def uniforms_of(seed: int, who: np.ndarray, day: int, purpose: int) -> np.ndarray:
    """The same for these persons."""
    found = np.empty(len(who))
    for n in range(len(who)):
        found[n] = uniform(seed, who[n], day, purpose)
    return found


def normals(seed: int, first: int, count: int, purpose: int) -> np.ndarray:
    """Standard normal numbers for the persons from `first` on."""
    drawn: np.ndarray = ndtri(uniforms(seed, first, count, 0, purpose))
    return drawn


def normals_of(seed: int, who: np.ndarray, day: int, purpose: int) -> np.ndarray:
    """Standard normal numbers for these persons and this day."""
    drawn: np.ndarray = ndtri(uniforms_of(seed, who, day, purpose))
    return drawn
