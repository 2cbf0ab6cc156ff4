"""What is scarce, what a day's lawful contacts would take of it, and the protocol of whoever shares it out.

Offers and capacities come in as columns, a choice of offers goes out. Whatever an allocator answers is held against the rules
of a day (`require_possible`): one way of each step, one contact a channel, no more than a customer's room, and the capacities.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from arrears.errors import ArrearsError
from arrears.feed.contracts import CHANNELS
from arrears.lab.simulation.parameters import PRICES

RESOURCES = ("agent_seconds", "sms", "letters", "visits", "money_minor")
"""What is scarce, a day: agents' time on the telephone, messages, registered letters, visits, money in minor units."""

TAKES = np.zeros((len(CHANNELS), len(RESOURCES)), np.int64)
"""What a contact is planned to take, by channel and resource."""
for _number, _channel in enumerate(CHANNELS):
    TAKES[_number] = (
        PRICES[_channel].agent_seconds, _channel == "sms", _channel == "letter", _channel == "visit",
        PRICES[_channel].cost_minor,
    )  # fmt: skip


@dataclass(frozen=True)
class Capacities:
    """What a bank has for a day; the same for every strategy that is compared."""

    agent_seconds: int
    sms: int
    letters: int
    visits: int
    money_minor: int

    @property
    def columns(self) -> np.ndarray:
        """By `RESOURCES`, int64."""
        return np.array([getattr(self, name) for name in RESOURCES], np.int64)


PER_MILLION = Capacities(agent_seconds=400_000, sms=12_000, letters=900, visits=60, money_minor=3_000_000)
"""For a million cardholders, chosen by us: some 18 agents of 22,000 seconds on the telephone, so that calls are about half of
what the guide asks for."""


def capacities_for(accounts: int) -> Capacities:
    """`PER_MILLION` in proportion, rounded up."""
    return Capacities(**{name: -(-getattr(PER_MILLION, name) * accounts // 1_000_000) for name in RESOURCES})


@dataclass(frozen=True)
class Offers:
    """Today's lawful contacts that have a contact point, one entry each, by customer, step and alternative.

    Steps that a rule requires are not among them: they are made first, and capacities and rooms are what they left.
    """

    customer: np.ndarray
    """Number of the cardholder."""
    step: np.ndarray
    """Number of the step within the playbook; with the customer it names the group of which one at most is made."""
    alternative: np.ndarray
    channel: np.ndarray
    """Index into `feed.contracts.CHANNELS`."""
    priority: np.ndarray
    """The playbook's, larger first."""
    planned: np.ndarray
    """`first_lawful` chose it: the first lawful alternative of its step, the most urgent in its channel, within the room."""
    room: np.ndarray
    """Contacts left for the customer today, by the segment's intensity by day and by seven days."""
    segment: np.ndarray
    """Index into the playbook's segments."""
    band: np.ndarray
    """0 for A to 4 for E; -1 without a score."""
    score: np.ndarray
    dpd: np.ndarray
    bucket: np.ndarray
    past_due_minor: np.ndarray
    balance_minor: np.ndarray
    recent_contacts: np.ndarray
    """Contacts with the customer on the six days before."""
    purpose: np.ndarray
    """Index into `PURPOSES`."""
    debtor: np.ndarray
    """Meant for the debtor, not for a relative."""

    def __len__(self) -> int:
        return len(self.customer)

    @property
    def takes(self) -> np.ndarray:
        """What each would take, one row an offer, one column a resource; minor units, seconds, pieces."""
        taken: np.ndarray = TAKES[self.channel]
        return taken


PURPOSES = ("reminder", "collection", "education", "relay", "offer")


class Allocator(Protocol):
    """Shares a day's scarce effort out. Deterministic: the same offers, capacities and day give the same answer."""

    def __call__(self, offers: Offers, left: np.ndarray, day: int) -> np.ndarray:
        """A boolean for each offer: whether it is made. `left` is what is left of each of `RESOURCES`; `day` is days since
        1970-01-01, for ties."""


class AllocationError(ArrearsError):
    """An allocator made what a day does not allow."""


def require_possible(offers: Offers, left: np.ndarray, made: np.ndarray) -> None:
    """Raise `AllocationError` where the choice breaks a rule of the day."""
    chosen = np.flatnonzero(made)
    who, step, channel = offers.customer[chosen], offers.step[chosen], offers.channel[chosen]
    taken = TAKES[channel].sum(axis=0)
    broken = [
        f"{name}: {int(used):,} of {int(most):,}" for name, used, most in zip(RESOURCES, taken, left, strict=True)
        if used > max(int(most), 0)
    ]  # fmt: skip
    if len(np.unique(np.stack([who, step]), axis=1).T) != len(chosen):
        broken.append("two ways of one step")
    if len(np.unique(np.stack([who, channel]), axis=1).T) != len(chosen):
        broken.append("two contacts in one channel with one customer")
    _, first, count = np.unique(who, return_index=True, return_counts=True)
    if np.any(count > offers.room[chosen][first]):
        broken.append("more contacts with a customer than the segment's intensity leaves")
    if broken:
        raise AllocationError("the allocator's choice is impossible: " + "; ".join(broken), remedy="mend the allocator")
