"""What a driver carries, and what it says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Message:
    """One contact to be made."""

    number: str
    """Like no other message's, whatever database it came from: a driver that has seen it does not carry it again."""
    channel: str
    to: str
    """The number or address."""
    name: str
    language: str
    subject: str
    text: str


@dataclass(frozen=True)
class Receipt:
    """What became of a message as far as the driver knows."""

    accepted: bool
    reference: str = ""
    """The carrier's own number of it."""
    problem: str = ""
    """Why it was not accepted, without personal data."""
    outcome: str = ""
    """What came of it, where the carrier knows at once, as a dialler does: one of the feed's `outcome` codes."""


class Driver(Protocol):
    """Carries messages of one channel."""

    def check(self) -> None:
        """Raise `OSError` where nothing can be carried now."""

    def carry(self, message: Message) -> Receipt:
        """Carry it, at most once; raises `OSError` where it cannot be told whether it was carried."""
