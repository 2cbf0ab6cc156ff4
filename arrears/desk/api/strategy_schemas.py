"""What strategists and those who propose policies send, and what they are answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from arrears.desk.api.values import In, Out
from arrears.desk.strategy import handed_in, policies, simulated


class Words(Out):
    en: str
    zh: str


class PlaybookText(In):
    text: Annotated[str, Field(min_length=1, max_length=handed_in.FILE_BYTES_MAX)]
    """The playbook, YAML."""


class PlaybookIn(PlaybookText):
    simulation: Annotated[str, Field(min_length=1, max_length=simulated.FILE_BYTES_MAX)]
    """What `arrears simulate --playbook FILE --out RESULT.json` wrote of this very playbook."""


class PolicyIn(In):
    text: Annotated[str, Field(min_length=1, max_length=policies.FILE_BYTES_MAX)]
    """The policy, YAML."""


class PlaybookFindingOut(Out):
    level: str
    """`error`: it cannot be submitted; `warning`."""
    where: str
    """`text` and the line."""
    what: str
    remedy: str


class PlaybookCheckedOut(Out):
    hash: str | None
    """By which it would be known; null: one of the findings is an error."""
    findings: list[PlaybookFindingOut]


class AskedOut(Out):
    """A request for a second person, and what came of it."""

    approval_id: int
    state: str
    """`open`, `approved`, `rejected`, `withdrawn`."""
    asked_by: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    note: str


class SubjectOut(AskedOut):
    hash: str
    """Of what was submitted or proposed."""
    title: str


class Submitted(Out):
    hash: str
    """By which it is known here."""
    approval_id: int
    """Of the request for a second person."""


class VersionOut(Out):
    hash: str
    """SHA-256 of the playbook's meaning; only its first 12 letters where the file can no longer be read."""
    id: str | None
    title: Words | None
    origin: str
    """`in_force`, `candidate` (submitted here), `day` (a day was run with it), `shipped` (comes with arrears)."""
    put_in_force_at: datetime | None
    """When two people put it in force here last; null: they did not."""


class PlaybooksOut(Out):
    playbooks: list[VersionOut]
    """The one in force first."""
    submitted: list[SubjectOut]
    """The latest requests for a second person, twenty a page."""
    next_page: int | None
    """To be given as `page` for requests that follow; null: there are none."""


class WayOut(Out):
    channel: str
    content: str
    party: str
    purpose: str
    at: str
    """The customer's own time, planned."""
    visitors: int


class StepOut(Out):
    id: str
    clause: str
    when: str
    """In words."""
    counted_from: str
    """`dpd`: days past due; `due`: days from the due date; `bucket_day`, `since_days`, `month_day`."""
    days: list[int]
    goes_on: bool
    """It comes again after the last of these days."""
    priority: int
    required_by: str | None
    ways: list[WayOut]
    """The step itself, then what is done where it is refused or has no contact point."""


class PlaybookArmOut(Out):
    name: str
    """`champion`, a challenger's id, `holdout`; empty outside of experiments."""
    share_ppm: int
    """Of the segment's customers, parts per million."""
    steps: list[StepOut]


class TargetOut(Out):
    measure: str
    by_day: int
    value_bp: int


class IntensityOut(Out):
    per_day_max: int
    per_7_days_max: int


class SegmentOut(Out):
    id: str
    title: Words
    when: str
    """The condition in words."""
    condition: Any
    """As the playbook writes it."""
    note: Words | None
    target: TargetOut | None
    intensity: IntensityOut
    floor: bool
    experiment: str | None
    arms: list[PlaybookArmOut]


class ChallengerOut(Out):
    id: str
    title: Words
    share_ppm: int
    segments: list[str]


class ExperimentOut(Out):
    id: str
    title: Words
    segments: list[str]
    holdout_ppm: int
    challengers: list[ChallengerOut]
    shares_ppm: dict[str, int]
    """By arm, the champion's too."""


class PlaybookOut(Out):
    hash: str
    id: str
    title: Words
    origin: str
    contents: str
    """The folder of its texts."""
    segments: list[SegmentOut]
    """In order: a customer is in the first that takes them."""
    experiments: list[ExperimentOut]


class ChangeOut(Out):
    path: str
    change: str
    """`added`, `removed`, `changed`, `moved`."""
    old: Any
    new: Any


class DifferenceOut(Out):
    from_hash: str
    to_hash: str
    changes_n: int
    changes: list[ChangeOut]
    """The first 500."""


class SideOut(Out):
    name: str
    playbook: str
    playbook_hash: str
    is_candidate: bool
    allocator: str
    mean: dict[str, float]
    """By measure of docs/simulation.md: `_minor` in minor units, `_bp` in basis points, `_n` counts."""


class GapOut(Out):
    mean: float
    low: float | None
    high: float | None


class SimulationOut(Out):
    accounts: int
    days: int
    start: str
    seeds_n: int
    sides: list[SideOut]
    difference: dict[str, GapOut]
    """The first side less the second by measure, with the 95 % interval where there are several seeds."""


class CandidateOut(Out):
    hash: str
    id: str
    title: Words
    in_force: bool
    in_force_hash: str
    """Of the one in force now; see `playbooks/{hash}/difference`."""
    changes_n: int
    """Differences from that one."""
    approval: AskedOut | None
    simulation: SimulationOut | None
    """Null: it was kept here, but nobody submitted it."""


class InForce(Out):
    hash: str
    in_force: bool = True


class OwnOut(Out):
    hash: str | None
    """SHA-256 of its file; null: it is a folder."""
    id: str
    title: Words
    name: str
    """As bank.toml names it."""
    rules_n: int


class PoliciesOut(Out):
    in_force: list[OwnOut]
    """The bank's own; the packs that come with arrears are not among them."""
    proposed: list[SubjectOut]
    """The latest requests for a second person, twenty a page."""
    next_page: int | None
    """To be given as `page` for requests that follow; null: there are none."""


class KeyOut(Out):
    key: str
    old: Any
    new: Any


class RuleChangeOut(Out):
    rule: str
    """Empty: the pack's own keys."""
    title_en: str
    title_zh: str
    what: str
    """`added`, `removed`, `changed`."""
    from_: date | None = Field(alias="from")
    to: date | None
    keys: list[KeyOut]
    examples_added: int
    examples_removed: int


class PolicyOut(Out):
    hash: str
    id: str
    title: Words
    text: str
    """YAML."""
    in_force: bool
    approval: AskedOut | None
    changes: list[RuleChangeOut]
    """What it changes of the policy of its id as it is now."""
