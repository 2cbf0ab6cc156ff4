"""Contacts drawn at random with known chances, so that what a contact does can be learned from the log.

Lawful offers and a share come in; a draw for each customer goes out. With the chance of the share a customer gets one contact,
each channel on offer as likely as the other, within it the most urgent step; else none. The draw is a hash of the experiment,
the customer and the day, and depends on nothing that came before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from arrears.feed.contracts import CHANNELS
from arrears.lab.simulation.chance import uniforms_of
from arrears.lab.simulation.efforts import Offers
from arrears.money import PPM

EXPERIMENT = 77
"""Seed of the draw: the experiment's, not the world's."""
_TREATED, _CHANNEL = 2_001, 2_002


class Drawn(NamedTuple):
    """One entry a customer with an offer today."""

    customer: np.ndarray
    first: np.ndarray
    """Place of the customer's first offer."""
    channels: np.ndarray
    """Bit c: channel c was on offer."""
    action: np.ndarray
    """The channel drawn; -1 for none."""
    propensity_ppm: np.ndarray
    """Chance of that action, parts per million, rounded down."""


def explored(offers: Offers, share_ppm: int, day: int) -> tuple[np.ndarray, Drawn]:
    """Which offers are made, and the draw of each customer."""
    who, first, group, channels = _customers(offers)
    count = np.bitwise_count(channels).astype(np.int64)
    treated = uniforms_of(EXPERIMENT, who, day, _TREATED) * PPM < share_ppm
    place = (uniforms_of(EXPERIMENT, who, day, _CHANNEL) * count).astype(np.int64)
    action = np.where(treated, _nth_channel(channels, place), -1)
    propensity = np.where(treated, share_ppm // np.maximum(count, 1), PPM - share_ppm)
    return _made(offers, group, action), Drawn(who, first, channels, action, propensity)


def mapped(offers: Offers, wanted: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> np.ndarray:
    """Which offers are made if a mapping of stage and band chooses; drawn on nothing, so that its value can be told apart.

    `wanted(bucket, band)` gives a row a customer of channels in order of preference, -1 for no more: the first on offer is
    taken.
    """
    _, first, group, channels = _customers(offers)
    action = np.full(len(first), -1)
    for choice in wanted(offers.bucket[first], offers.band[first]).T:
        action = np.where((action < 0) & (choice >= 0) & ((channels >> np.maximum(choice, 0)) & 1 == 1), choice, action)
    return _made(offers, group, action)


def _customers(offers: Offers) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The customers with an offer, the place of each one's first, whose each offer is, and the channels on offer as bits."""
    who, first = np.unique(offers.customer, return_index=True)
    group = np.searchsorted(who, offers.customer)
    channels = np.zeros(len(who), np.int64)
    np.bitwise_or.at(channels, group, 1 << offers.channel)
    return who, first, group, channels


def _made(offers: Offers, group: np.ndarray, action: np.ndarray) -> np.ndarray:
    """Of each customer's offers in the channel that is to be used, the most urgent and then the first."""
    made = np.zeros(len(offers), np.bool_)
    matching = np.flatnonzero(offers.channel == action[group])
    order = matching[np.lexsort((matching, -offers.priority[matching], group[matching]))]
    made[order[np.unique(group[order], return_index=True)[1]]] = True
    return made


def _nth_channel(channels: np.ndarray, place: np.ndarray) -> np.ndarray:
    """The channel that is the `place`th of the bits set."""
    found = np.full(len(channels), -1)
    seen = np.zeros(len(channels), np.int64)
    for channel in range(len(CHANNELS)):
        there = (channels >> channel) & 1 == 1
        found = np.where(there & (seen == place) & (found < 0), channel, found)
        seen += there
    return found
