"""What the gate answers: allowed or not, by which rules, from when, and what the caps leave."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple


class Refusal(NamedTuple):
    """A rule that refuses, in the case's language."""

    rule: str
    title: str
    citation: str
    reason: str


class Budget(NamedTuple):
    """How many more contacts a channel may make under the caps; null where no cap limits it."""

    channel: str
    today: int | None
    this_week: int | None
    """In the seven days that begin today, each contact counted as if it will count under the caps."""
    rules: tuple[str, ...]
    """The rules that limit it."""


class Verdict(NamedTuple):
    """Whether the contact may be made, and if not, why and from when."""

    allowed: bool
    refusals: tuple[Refusal, ...]
    """Every refusing rule, in order of id."""
    unchecked: tuple[str, ...]
    """Rules that the case does not tell enough for, such as those about content where none is given; to be asked again."""
    allowed_from: datetime | None
    """First moment at which it would be allowed if nothing else happens (`at` where it is); null where waiting does not do."""
    allowed_from_why: str
    """What must happen first, where `allowed_from` is null; else empty."""
    remaining: tuple[Budget, ...]
    """One line a channel."""

    def as_json(self) -> dict[str, Any]:
        """The verdict as `arrears law gate --json` prints it."""
        return self._asdict() | {
            "refusals": [one._asdict() for one in self.refusals],
            "unchecked": list(self.unchecked),
            "allowed_from": None if self.allowed_from is None else self.allowed_from.isoformat(),
            "remaining": [one._asdict() | {"rules": list(one.rules)} for one in self.remaining],
        }
