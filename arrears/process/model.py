"""The process as frozen data: counts, whole days and minutes, shares and differences of shares in parts per million."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

Clock = Literal["first_attempt", "right_party", "promise", "idle"]
CLOCKS: tuple[Clock, ...] = ("first_attempt", "right_party", "promise", "idle")
EVERY = ""
"""In place of a segment: all of them together."""
NO_POINT = "no_contact_point"
"""In place of a rule: nobody could be reached, and no rule had refused."""

Verdict = Literal["more_paid", "fewer_paid", "nothing_seen", "too_few"]


@dataclass(frozen=True)
class Wait:
    """How long cases of one segment and bucket wait, by one clock."""

    clock: Clock
    segment: str
    bucket: int
    cases_n: int
    ended_n: int
    """What was waited for came."""
    left_n: int
    """The case left the stage before: paid, or rolled on."""
    waiting_n: int
    """Waiting still."""
    median_days: int | None
    """Product-limit estimate; None where fewer than half are known to have waited no longer."""
    p90_days: int | None
    target_days: int
    over_n: int
    """Seen to have waited longer than the target."""
    over_ppm: int | None
    """Share that waits longer than the target, by the same estimate; None where nobody was followed that long."""
    followed_days: int
    """Longest wait seen; a quantile that is None lies beyond it."""


@dataclass(frozen=True)
class HeldUp:
    """Customers for whom a rule refused so that nothing was planned, until something was."""

    rule_id: str
    spells_n: int
    customers_n: int
    still_n: int
    median_days: int | None
    """By the same estimate as `Wait`."""
    p90_days: int | None
    followed_days: int


@dataclass(frozen=True)
class Made:
    """Planned contacts of one channel against those made: of the day before, and of the whole window."""

    channel: str
    planned_n: int
    """Of plans old enough to know."""
    made_n: int
    last_planned_n: int
    """Of the plan of the day before, as far as it is known by now."""
    last_made_n: int
    pending_n: int
    """Not made yet, and not late."""


@dataclass(frozen=True)
class Difference:
    """One share of customers who paid against another."""

    with_n: int
    with_paid_n: int
    without_n: int
    without_paid_n: int
    difference_ppm: int
    se_ppm: int
    low_ppm: int
    """95 % interval."""
    high_ppm: int
    detectable_ppm: int
    """Difference that would have been told from nothing four times out of five (5 %, two-sided)."""


@dataclass(frozen=True)
class StepEffect:
    """One step of the playbook in one segment; the comparison is descriptive, whatever it shows."""

    segment: str
    step: str
    channel: str
    planned_n: int
    made_n: int
    reached_n: int
    """Of those made: somebody spoke on the customer's side."""
    compared: Difference | None
    """Customers due for whom it was made against those due for whom it was not; None where there are too few of either."""
    verdict: Verdict


@dataclass(frozen=True)
class ArmEffect:
    """Two arms of an experiment, drawn at random: the difference is what the steps that only one of them has do together."""

    experiment: str
    arm: str
    against: str
    steps: tuple[str, ...]
    """Steps that the arms do not share."""
    entered_n: int
    difference: Difference | None
    verdict: Verdict


@dataclass(frozen=True)
class AgentDay:
    """One agent's calls of one day, by the bank's clock."""

    agent: str
    attempts_n: int
    connected_n: int
    right_party_n: int
    first_minute: int
    """Minute of the day of the first attempt."""
    last_minute: int
    idle_hours_n: int
    """Whole hours of the clock between the first and the last attempt without any."""
    longest_gap_min: int


@dataclass(frozen=True)
class Agent:
    """One agent over the window."""

    agent: str
    days_n: int
    attempts_n: int
    connected_n: int
    right_party_n: int
    hours_n: int
    """Hours of the clock from the first to the last attempt of each day, both counted."""
    idle_hours_n: int
    longest_gap_median_min: int
    attempts_per_hour_centi: int
    """Hundredths of an attempt."""
    load_cv_ppm: int | None
    """Coefficient of variation of attempts a day; None where there is one day."""
    score_milli: int | None
    """Modified z-score of attempts an hour among the agents compared; None where there is nothing to compare."""
    far: Literal["", "above", "below"]


@dataclass(frozen=True)
class Hour:
    """One hour of the bank's clock, over the days planned."""

    hour: int
    planned_n: int
    made_n: int
    calls_planned_n: int
    calls_made_n: int


@dataclass(frozen=True)
class Process:
    """The process of one bank from `since` to `day`."""

    day: date
    since: date
    """Contacts and payments count from here on."""
    first_day: date
    """First day run in the window: cases, promises and plans count from here on."""
    payment_days: int
    promise_days: int
    experiment_days: int
    left_alone_n: int
    """Customers past due today whom the playbook leaves alone: held segments and holdouts."""
    waits: tuple[Wait, ...]
    """By clock, segments together first, then in the playbook's order."""
    held_up: tuple[HeldUp, ...]
    """Most spells first."""
    made: tuple[Made, ...]
    steps: tuple[StepEffect, ...]
    """Most planned first."""
    arms: tuple[ArmEffect, ...]
    agents: tuple[Agent, ...]
    """Most attempts first."""
    agents_cv_ppm: int | None
    """Coefficient of variation of attempts between the agents of a day, mean of the days."""
    agent_day: date | None
    """The newest day on which an agent made a call."""
    agent_days: tuple[AgentDay, ...]
    hours: tuple[Hour, ...]

    def stages(self, clock: Clock) -> tuple[Wait, ...]:
        """The waits by one clock, segments together, by bucket."""
        return tuple(wait for wait in self.waits if wait.clock == clock and wait.segment == EVERY)

    def segments(self, clock: Clock) -> tuple[Wait, ...]:
        """The waits by one clock in each segment, most over the target first."""
        found = (wait for wait in self.waits if wait.clock == clock and wait.segment != EVERY)
        return tuple(sorted(found, key=lambda wait: (-wait.over_n, -wait.cases_n, wait.segment, wait.bucket)))

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; dates as YYYY-MM-DD."""
        dates = {
            name: value.isoformat() if (value := getattr(self, name)) else None
            for name in ("day", "since", "first_day", "agent_day")
        }
        return asdict(self) | dates
