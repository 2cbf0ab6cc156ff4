"""Who makes the simulated bank's contacts: its own desk, a voice robot, and two agencies for what is long past due.

Contact numbers, customers and days past due come in; companies, agents and call-backs go out. Nothing is drawn here: it all
follows from the numbers, so that naming who called leaves every other draw of a life as it is.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from arrears.feed.contracts import CHANNELS, CONVERSATION_OUTCOMES, OUTCOMES
from arrears.lab.identity import coded

COMPANIES = ("", "agency-east", "agency-west")
"""The bank itself, and the agencies."""
AGENCY_FROM_DPD = 91
TEAMS = (24, 9, 9)
"""Agents of each company."""
ROBOT = "robot-1"
ROBOT_SHARE = 0.25
"""Of the bank's own outgoing calls."""
CALL_BACK_SHARE = 0.01
"""Of the outgoing calls in which somebody spoke: the customer had asked for the call."""

AGENTS = (
    ROBOT,
    *(f"{team}-{n:02d}" for team, size in zip(("bank", "east", "west"), TEAMS, strict=True) for n in range(1, size + 1)),
)
_FIRST = np.array([1, 1 + TEAMS[0], 1 + TEAMS[0] + TEAMS[1]])
_SPOKEN = np.array([outcome in CONVERSATION_OUTCOMES for outcome in OUTCOMES])


def company_of(customer: np.ndarray, dpd: np.ndarray) -> np.ndarray:
    """Index into `COMPANIES`, int8: a customer stays with one agency from `AGENCY_FROM_DPD` on."""
    agency = 1 + (mixed(customer, 1) < 0.5)
    return np.where(dpd >= AGENCY_FROM_DPD, agency, 0).astype(np.int8)


def agents(numbers: np.ndarray, company: np.ndarray, channel: np.ndarray, inbound: np.ndarray) -> pa.Array:
    """Who made each contact; null for messages and letters, which nobody makes by hand."""
    person = _FIRST[company] + (mixed(numbers, 2) * np.array(TEAMS)[company]).astype(np.int64)
    called = channel == CHANNELS.index("call")
    robot = called & (company == 0) & ~inbound & (mixed(numbers, 3) < ROBOT_SHARE)
    by_hand = called | (channel == CHANNELS.index("visit"))
    return coded(AGENTS, np.where(by_hand, np.where(robot, 0, person), -1))


def requested(numbers: np.ndarray, channel: np.ndarray, inbound: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """Whether the customer had asked for the contact: a call-back."""
    called: np.ndarray = (channel == CHANNELS.index("call")) & ~inbound & _SPOKEN[outcome]
    return called & (mixed(numbers, 4) < CALL_BACK_SHARE)


def mixed(numbers: np.ndarray, salt: int) -> np.ndarray:
    """A number in [0, 1) that follows from each whole number and the salt (the finaliser of SplitMix64)."""
    state = numbers.astype(np.uint64) + np.uint64(salt * 0x9E3779B97F4A7C15 % 2**64)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((state ^ (state >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) / 2**53
