"""The report of a workspace's experiments on a date: arms, effects at both kinds of look, and what the rules say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from arrears.allocate.response import Response, load_response
from arrears.bank import Bank, load_bank
from arrears.day.past import playbook_of
from arrears.day.workspace import Workspace
from arrears.errors import UsageError
from arrears.lab.experiments import checks
from arrears.lab.experiments.entries import Outcomes, outcomes
from arrears.lab.experiments.estimates import plain
from arrears.lab.experiments.findings import Finding, note, p_text, warning
from arrears.lab.experiments.measures import Effect, Signals, effects, signals
from arrears.lab.experiments.stopping import CHAMPION, HOLDOUT, Decision, decided
from arrears.money import PPM
from arrears.playbook import Playbook
from arrears.playbook.model import Experiment, Words

WINDOW_DAYS = 30
ALPHA = 0.05

RESPONSE = "response.yaml"
"""The workspace's own table of response and efforts; the one that comes with arrears where it is missing."""


@dataclass(frozen=True)
class Arm:
    """One arm: its share by the playbook, customers, and each measure's mean over those whose window has passed."""

    arm: str
    title: Words
    share_ppm: int
    entered_n: int
    matured_n: int
    figures: dict[str, Signals]
    npl_now_ppm: int | None
    """NPL ratio on the date of the report over all who entered, parts per million."""

    def as_json(self) -> dict[str, Any]:
        means = {key: (one.mean, one.mean.variance) for key, one in self.figures.items() if len(one.values) > 1}
        return {
            "arm": self.arm, "title_en": self.title.en, "title_zh": self.title.zh, "share_ppm": self.share_ppm,
            "entered": self.entered_n, "matured": self.matured_n, "npl_now_ppm": self.npl_now_ppm,
            "measures": {
                key: {"n": mean.n, "mean": plain(mean.mean), "se": plain(np.sqrt(variance))}
                for key, (mean, variance) in means.items()
            },
        }  # fmt: skip


@dataclass(frozen=True)
class Against:
    """One arm held against another."""

    arm: str
    against: str
    effects: tuple[Effect, ...]

    def as_json(self) -> dict[str, Any]:
        return {"arm": self.arm, "against": self.against, "effects": [one.as_json() for one in self.effects]}


@dataclass(frozen=True)
class Report:
    """One experiment on one date."""

    experiment: str
    title: Words
    day: date
    since: date | None
    window_days: int
    currency: str
    segments: tuple[str, ...]
    first_entry: date
    arms: tuple[Arm, ...]
    ratio_p: float
    against: tuple[Against, ...]
    decisions: tuple[Decision, ...]
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "experiment": self.experiment, "title_en": self.title.en, "title_zh": self.title.zh, "date": self.day,
            "since": self.since, "window_days": self.window_days, "currency": self.currency, "segments": list(self.segments),
            "first_entry": self.first_entry, "arms": [one.as_json() for one in self.arms],
            "sample_ratio_p": plain(self.ratio_p), "comparisons": [one.as_json() for one in self.against],
            "decisions": [one.as_json() for one in self.decisions],
            "warnings": [one.as_json() for one in self.findings if one.severity == "warning"],
            "notes": [one.as_json() for one in self.findings if one.severity == "note"],
        }  # fmt: skip


def report(
    workspace: Path, day: date, experiment: str | None = None, *, since: date | None = None, window_days: int = WINDOW_DAYS,
    smallest_minor: int | None = None, planned_end: date | None = None,
) -> list[Report]:  # fmt: skip
    """The report of one experiment, or of all of the playbook's; raises an `ArrearsError` where there is none."""
    place = Workspace(workspace)
    place.require("playbook", day)
    playbook, bank = playbook_of(place, day), load_bank(workspace / "bank.toml")
    own = workspace / RESPONSE
    response = load_response(own if own.exists() else None)
    return [
        _reported(
            place, bank, playbook, one, response, day, since=since, window=window_days, smallest_minor=smallest_minor,
            planned_end=planned_end,
        )
        for one in _chosen(playbook, experiment)
    ]  # fmt: skip


def _chosen(playbook: Playbook, experiment: str | None) -> list[Experiment]:
    known = {one.id: one for one in playbook.experiments}
    if not known:
        raise UsageError(
            f"the playbook {playbook.id!r} has no experiments", where="experiment report",
            remedy="add challengers or a holdout to it: docs/playbook.md",
        )  # fmt: skip
    if experiment is None:
        return list(known.values())
    if experiment not in known:
        raise UsageError(f"there is no experiment {experiment!r}", where="--experiment", remedy=f"there is: {', '.join(known)}")
    return [known[experiment]]


def shares_ppm(experiment: Experiment) -> dict[str, int]:
    """Arm to its share; champion first, holdout last."""
    challengers = {one.id: one.share_ppm for one in experiment.challengers}
    rest = PPM - experiment.holdout_ppm - sum(challengers.values())
    holdout = {HOLDOUT: experiment.holdout_ppm} if experiment.holdout_ppm else {}
    return {CHAMPION: rest, **challengers, **holdout}


def _reported(
    place: Workspace, bank: Bank, playbook: Playbook, experiment: Experiment, response: Response, day: date, *,
    since: date | None, window: int, smallest_minor: int | None, planned_end: date | None,
) -> Report:  # fmt: skip
    found = outcomes(place, bank, experiment.id, day, since=since, window=window)
    shares = shares_ppm(experiment)
    unknown = sorted(set(found.arm.tolist()) - set(shares))
    names = [*shares, *unknown]
    per_contact = response.costs_minor(bank)
    told = signals(found, per_contact, names)
    arms = tuple(_arm(name, experiment, shares.get(name, 0), found, told[name]) for name in names)
    counts = np.array([one.entered_n for one in arms])
    expected = np.array([one.share_ppm / PPM for one in arms])
    ratio_p = checks.ratio_p(counts, expected) if len(counts) > 1 else float("nan")
    against = [
        Against(one, other, effects(told[one], told[other]))
        for other in (CHAMPION, HOLDOUT) if other in told
        for one in names if one != other and (one, other) != (HOLDOUT, CHAMPION)
    ]  # fmt: skip
    findings = _findings(place, experiment, found, arms, ratio_p, response, per_contact is None, day, window)
    return Report(
        experiment.id, experiment.title, day, since, window, bank.currency, experiment.segments,
        found.entry.min().astype("datetime64[D]").item(), arms, ratio_p, tuple(against),
        tuple(_decisions(arms, told, day, smallest_minor, planned_end)), tuple(findings),
    )  # fmt: skip


def _arm(name: str, experiment: Experiment, share_ppm: int, found: Outcomes, figures: dict[str, Signals]) -> Arm:
    titles = {one.id: one.title for one in experiment.challengers}
    titles |= {CHAMPION: Words(en="as the playbook says", zh="现行策略"), HOLDOUT: Words(en="not worked", zh="留白组")}
    mine = found.arm == name
    balance = int(found.balance_now_minor[mine].sum())
    npl_now = None if balance <= 0 else int(found.npl_now_minor[mine].sum()) * PPM // balance
    title = titles.get(name, Words(en="no longer in the playbook", zh="已不在策略中"))
    return Arm(name, title, share_ppm, int(mine.sum()), int((mine & found.matured).sum()), figures, npl_now)


def _decisions(
    arms: Iterable[Arm], told: dict[str, dict[str, Signals]], day: date, smallest_minor: int | None, planned_end: date | None
) -> list[Decision]:
    """Each challenger against the champion, and the champion against the holdout, which is never stopped."""
    by_name = {one.arm: one for one in arms}
    pairs = [(name, CHAMPION) for name in by_name if name not in (CHAMPION, HOLDOUT)]
    pairs += [(CHAMPION, HOLDOUT)] if HOLDOUT in by_name else []
    return [
        decided(
            one, other, effects(told[one], told[other]), effects(told[one], told[other], ALPHA / len(pairs)),
            min(by_name[one].matured_n, by_name[other].matured_n), day=day, smallest_minor=smallest_minor,
            planned_end=planned_end,
        )
        for one, other in pairs
    ]  # fmt: skip


def _findings(
    place: Workspace, experiment: Experiment, found: Outcomes, arms: tuple[Arm, ...], ratio_p: float, response: Response,
    no_rate: bool, day: date, window: int,
) -> list[Finding]:  # fmt: skip
    told: list[Finding] = []
    if ratio_p < checks.RATIO_LEVEL:
        counts = {one.arm: one.entered_n for one in arms}
        shares = {one.arm: f"{one.share_ppm / PPM:.2%}" for one in arms}
        told.append(warning("sample_ratio", counts=counts, shares=shares, p=p_text(ratio_p)))
    if found.moved.any():
        told.append(warning("arm_moved", n=int(found.moved.sum())))
    changed = _changed(place, experiment, found.entry.min().astype("datetime64[D]").item(), day)
    if changed is not None:
        told.append(warning("shares_changed", day=changed.isoformat()))
    waiting = int((~found.matured).sum())
    if waiting:
        told.append(note("not_matured", n=waiting, window=window))
    if no_rate:
        told.append(note("costs_no_rate", currency=response.currency))
    elif not (place.path / RESPONSE).exists():
        told.append(note("costs_assumed"))
    return told


def _changed(place: Workspace, experiment: Experiment, first: date, day: date) -> date | None:
    """The last day on which the playbook of that day has another design for the experiment than today's."""
    today = place.manifest("playbook", day)
    seen = {today.inputs.get("playbook", ""): True} if today else {}
    for one in reversed([known for known in place.days("playbook") if first <= known < day]):
        manifest = place.manifest("playbook", one)
        digest = manifest.inputs.get("playbook", "") if manifest else ""
        if digest not in seen:
            then = {known.id: known for known in playbook_of(place, one).experiments}.get(experiment.id)
            seen[digest] = then is not None and _design(then) == _design(experiment)
        if not seen[digest]:
            return one
    return None


def _design(experiment: Experiment) -> dict[str, Any]:
    return experiment.model_dump(exclude={"title"})
