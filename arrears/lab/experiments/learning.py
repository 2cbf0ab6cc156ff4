"""What a contact brings, learned from contacts drawn at random: by channel, stage and band, pooled, with how sure it is.

A log of draws comes in, a table of response goes out as `arrears.allocate.response` has it. Every figure rests on the draw
alone; contacts that were chosen for a reason are refused. What each figure means and does not mean: docs/values.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError

from arrears.allocate.response import ANY_BAND, STAGES, Response
from arrears.errors import UsageError
from arrears.feed.contracts import CHANNELS
from arrears.lab.experiments.contrasts import Contrast, differences, ratios
from arrears.lab.experiments.draws import NONE, Draws, read_draws
from arrears.lab.experiments.pooling import Pooled, pooled
from arrears.lab.simulation.parameters import PRICES
from arrears.money import PPM

Array = np.ndarray[Any, Any]
Progress = Callable[[str, int, int], None]

BEFORE_DUE, PAST_DUE = (0,), (1, 2, 3, 4)
"""Stages that lean on each other: a reminder before the due date is another thing than a contact after it."""
VISIT_SECONDS = 3_600
"""Of a visitor, the way included; chosen by us. The simulated bank has no other price of a visit than its cost."""
_NOTHING_KNOWN = PPM


@dataclass(frozen=True)
class Learned:
    """A figure as the data alone have it, and leaned on its kin; shares, not parts per million."""

    direct: float
    """NaN where the draws are too few."""
    direct_se: float
    value: float
    sd: float
    n: int

    def as_json(self) -> dict[str, Any]:
        known = np.isfinite(self.direct)
        return {
            "direct_ppm": _ppm(self.direct) if known else None, "direct_error_ppm": _ppm(self.direct_se) if known else None,
            "ppm": _ppm(self.value), "error_ppm": _ppm(self.sd), "n": self.n,
        }  # fmt: skip


Cells = dict[str, dict[str, dict[str, Learned]]]


@dataclass(frozen=True)
class Learning:
    """Everything learned from one set of logs."""

    rows_n: int
    known_n: int
    """Of them with a known outcome."""
    customers_n: int
    outcome_days: int
    complaint_days: int
    effects: Cells
    """By channel, stage and band, `*` the stage's own."""
    complaints: dict[str, dict[str, Learned]]
    self_cure: dict[str, dict[str, Learned]]
    """Nothing drawn on any day of the window."""
    unworked_today: dict[str, dict[str, Learned]]
    """Nothing drawn on the first day of the window, whatever came later."""
    spreads: dict[str, dict[str, float]]
    """Channel to the standard deviations between bands of a stage, and between stages past due."""
    unlearned: tuple[str, ...]
    """Channels and stages that were never drawn often enough: taken to bring nothing."""
    efforts: dict[str, dict[str, int]]
    response: Response

    def as_json(self) -> dict[str, Any]:
        def told(cells: Mapping[str, Any]) -> dict[str, Any]:
            return {key: one.as_json() if isinstance(one, Learned) else told(one) for key, one in cells.items()}

        facts = ("rows_n", "known_n", "customers_n", "outcome_days", "complaint_days", "spreads", "unlearned", "efforts")
        tables = ("effects", "complaints", "self_cure", "unworked_today")
        return (
            {name: getattr(self, name) for name in facts}
            | {name: told(getattr(self, name)) for name in tables}
            | {"content_hash": self.response.content_hash}
        )


def learn(
    paths: Sequence[Path], *, days: int = 30, learned_from: str, efforts: Path | None = None,
    currency: str = "CNY", progress: Progress = lambda what, done, total: None,
) -> Learning:  # fmt: skip
    """The response of these logs; raises `UsageError` naming file and column where they cannot tell it."""
    steps = len(CHANNELS) + 2
    progress("reading", 0, steps)
    draws = read_draws(paths, days)
    effects: Cells = {}
    complaints: dict[str, dict[str, Learned]] = {}
    spreads: dict[str, dict[str, float]] = {}
    unlearned: list[str] = []
    for number, channel in enumerate(CHANNELS):
        progress(channel, number + 1, steps)
        effects[channel], spreads[channel] = _effects(draws, number)
        complaints[channel] = _complaints(draws, number)
        unlearned += [f"{channel} {stage}" for stage, bands in effects[channel].items() if set(bands) == {ANY_BAND}]
    progress("self-cure", steps - 1, steps)
    self_cure = _shares(draws, *_left_alone(draws, days))
    today = _shares(draws, (draws.action == NONE) & draws.known, 1 / draws.propensity)
    takes = _efforts(efforts)
    response = _response(days, learned_from, effects, complaints, self_cure, takes, currency)
    progress("done", steps, steps)
    return Learning(
        len(draws), int(draws.known.sum()), draws.customers_n, days, draws.complaint_days, effects, complaints, self_cure,
        today, spreads, tuple(unlearned), takes, response,
    )  # fmt: skip


def _effects(draws: Draws, number: int) -> tuple[dict[str, dict[str, Learned]], dict[str, float]]:
    """Extra share of what is owed that is repaid because of a contact, among customer-days with the channel on offer."""
    rows = np.flatnonzero(
        draws.offered[CHANNELS[number]] & draws.known & (draws.owed_minor > 0) & np.isin(draws.action, (NONE, number))
    )
    bands_n = len(draws.bands) + 1
    group = draws.stage[rows] * bands_n + draws.band[rows] % bands_n
    owed = draws.owed_minor[rows].astype(float)
    found = differences(
        np.minimum(draws.paid_minor[rows], owed), owed, 1 / draws.propensity[rows], draws.action[rows] == number, group,
        len(STAGES) * bands_n, draws.customer[rows], draws.customers_n,
    )  # fmt: skip
    told: dict[str, dict[str, Learned]] = {}
    spreads = {"bands": 0.0, "stages": 0.0}
    for stages in (BEFORE_DUE, PAST_DUE):
        places = np.flatnonzero(np.isin(found.group // bands_n, stages))
        lean = _leaned(found, places, found.group[places] // bands_n - stages[0], len(stages))
        if lean and stages == PAST_DUE:
            spreads = {"bands": lean.member_tau, "stages": lean.family_tau}
        for stage in stages:
            told[STAGES[stage]] = _bands(draws, found, places, lean, stage, stage - stages[0])
    return told, spreads


def _leaned(found: Contrast, places: Array, family: Array, families_n: int) -> Pooled | None:
    if not len(places):
        return None
    return pooled(found.value[places], found.covariance[np.ix_(places, places)], family, families_n)


def _bands(
    draws: Draws, found: Contrast, places: Array, lean: Pooled | None, stage: int, family: int
) -> dict[str, Learned]:  # fmt: skip
    """The bands of a stage, and `*` for every other; a stage that was not learned is taken to bring nothing."""
    bands_n = len(draws.bands) + 1
    counts = found.rows_n[stage * bands_n : (stage + 1) * bands_n]
    learned = found.group[places] // bands_n == stage
    if lean is None or not learned.any():
        doubt = 1.0 if lean is None else float(np.hypot(lean.new_value, lean.new_sd))
        return {ANY_BAND: Learned(np.nan, np.nan, 0.0, min(doubt, 1.0), int(counts.sum()))}
    any_band = Learned(np.nan, np.nan, float(lean.family_value[family]), float(lean.family_sd[family]), int(counts.sum()))
    bands = {ANY_BAND: any_band}
    for place in np.flatnonzero(learned):
        band = int(found.group[places[place]]) % bands_n
        if band < len(draws.bands):
            at = places[place]
            bands[draws.bands[band]] = Learned(
                float(found.value[at]), float(found.se[at]), float(lean.value[place]), float(lean.sd[place]), int(counts[band])
            )
    return bands


def _complaints(draws: Draws, number: int) -> dict[str, Learned]:
    """Extra chance of a complaint because of a contact, by stage; never below zero."""
    offered = draws.offered[CHANNELS[number]] & draws.complaint_known
    rows = np.flatnonzero(offered & np.isin(draws.action, (NONE, number)))
    found = differences(
        draws.complained[rows].astype(float), np.ones(len(rows)), 1 / draws.propensity[rows], draws.action[rows] == number,
        draws.stage[rows], len(STAGES), draws.customer[rows], draws.customers_n,
    )  # fmt: skip
    found = _never_certain(found, draws, rows, number)
    lean = _leaned(found, np.arange(len(found.group)), np.zeros(len(found.group), int), 1)
    told: dict[str, Learned] = {}
    for stage, name in enumerate(STAGES):
        count, at = int(found.rows_n[stage]), np.flatnonzero(found.group == stage)
        if lean is None:
            told[name] = Learned(np.nan, np.nan, 0.0, 1.0, count)
        elif len(at):
            direct, se = float(found.value[at[0]]), float(found.se[at[0]])
            told[name] = Learned(direct, se, max(float(lean.value[at[0]]), 0.0), float(lean.sd[at[0]]), count)
        else:
            told[name] = Learned(np.nan, np.nan, max(lean.new_value, 0.0), lean.new_sd, count)
    return told


def _never_certain(found: Contrast, draws: Draws, rows: Array, number: int) -> Contrast:
    """Where an arm has no complaint its variance is that of half a one: none seen is not none possible (Jeffreys)."""
    least = np.zeros(len(found.group))
    for treated in (True, False):
        mine = rows[(draws.action[rows] == number) == treated]
        n = np.bincount(draws.stage[mine], minlength=len(STAGES))[found.group]
        events = np.bincount(draws.stage[mine], weights=draws.complained[mine], minlength=len(STAGES))[found.group]
        chance = (events + 0.5) / (n + 1)
        least += chance * (1 - chance) / np.maximum(n, 1)
    covariance = found.covariance.copy()
    covariance[np.diag_indices_from(covariance)] = np.maximum(np.diag(covariance), least)
    return Contrast(found.group, found.value, covariance, found.rows_n)


def _left_alone(draws: Draws, days: int) -> tuple[Array, Array]:
    """Rows after which nothing was drawn in the whole window, the first day included, and one over the chance of that."""
    worked = np.concatenate([[0], np.cumsum(draws.action != NONE)])
    doubt = np.concatenate([[0.0], np.cumsum(np.where(draws.action == NONE, -np.log(draws.propensity), 0.0))])
    first_day = int(draws.day.min(initial=0))
    key = draws.customer.astype(np.int64) * 100_000 + (draws.day - first_day)
    end = np.searchsorted(key, key + days, side="left")
    start = np.arange(len(draws))
    quiet = (worked[end] == worked[start]) & draws.known
    return quiet, np.exp(doubt[end] - doubt[start])


def _shares(draws: Draws, mine: Array, weight: Array) -> dict[str, dict[str, Learned]]:
    """Share of the amount due that is paid in these rows, by stage and band."""
    rows = np.flatnonzero(mine & (draws.due_minor > 0))
    bands_n = len(draws.bands) + 1
    due = draws.due_minor[rows].astype(float)
    found = ratios(
        np.minimum(draws.paid_minor[rows], due), due, weight[rows], draws.stage[rows] * bands_n + draws.band[rows] % bands_n,
        len(STAGES) * bands_n, draws.customer[rows], draws.customers_n,
    )  # fmt: skip
    told: dict[str, dict[str, Learned]] = {}
    for stage, name in enumerate(STAGES):
        places = np.flatnonzero(found.group // bands_n == stage)
        bands = _bands(draws, found, places, _leaned(found, places, np.zeros(len(places), int), 1), stage, 0)
        if bands[ANY_BAND].sd < 1.0:
            told[name] = bands
    return told


class _Takes(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    seconds: Annotated[int, Field(ge=0)] = 0
    cost_minor: Annotated[int, Field(ge=0)] = 0


class _AllTakes(RootModel[dict[str, _Takes]]):
    pass


def _efforts(path: Path | None) -> dict[str, dict[str, int]]:
    """What a contact takes: the bank's own file of channel to seconds and cost_minor, or the simulated bank's prices."""
    if path is None:
        seconds = {name: price.agent_seconds for name, price in PRICES.items()} | {"visit": VISIT_SECONDS}
        return {name: {"seconds": seconds[name], "cost_minor": price.cost_minor} for name, price in PRICES.items()}
    remedy = "give each channel seconds and cost_minor, whole numbers, as docs/values.md has it"
    try:
        found = _AllTakes.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).root
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(str(error).splitlines()[0], where=str(path), remedy=remedy) from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "file"
        raise UsageError(str(first["msg"]), where=f"{path}: {key}", remedy=remedy) from None
    if set(found) != set(CHANNELS):
        raise UsageError("a channel is missing or unknown", where=str(path), remedy=f"give each of {', '.join(CHANNELS)}")
    return {name: found[name].model_dump() for name in CHANNELS}


def _ppm(share: float) -> int:
    return int(np.clip(round(share * PPM), -PPM, PPM))


def _estimate(one: Learned) -> dict[str, int]:
    return {"ppm": _ppm(one.value), "error_ppm": _ppm(one.sd), "n": one.n}


def _chance(one: Learned) -> dict[str, int]:
    return _estimate(one) | {"ppm": max(_ppm(one.value), 0)}


def _response(
    days: int, learned_from: str, effects: Cells, complaints: Mapping[str, Mapping[str, Learned]],
    self_cure: Mapping[str, Mapping[str, Learned]], efforts: Mapping[str, Mapping[str, int]], currency: str,
) -> Response:  # fmt: skip
    """The table as the allocator takes it, validated."""
    return Response.model_validate({
        "format": 2, "learned_from": learned_from, "outcome_days": days, "currency": currency,
        "effects": {
            channel: {stage: {band: _estimate(one) for band, one in bands.items()} for stage, bands in stages.items()}
            for channel, stages in effects.items()
        },
        "complaints": {
            channel: {stage: _chance(one) for stage, one in stages.items()} for channel, stages in complaints.items()
        },
        "self_cure": {stage: {band: _chance(one) for band, one in bands.items()} for stage, bands in self_cure.items()},
        "efforts": efforts,
    })  # fmt: skip


def as_yaml(response: Response) -> str:
    """The table as a file people read: an estimate a line."""
    document = response.model_dump(mode="json")
    lines = [
        "# What contacts bring: parts per million of the balance, with standard errors. Format and method: docs/values.md.",
        f"format: {document.pop('format')}",
        "learned_from: >-",
        *(f"  {line}" for line in document.pop("learned_from").splitlines()),
        f"outcome_days: {document.pop('outcome_days')}",
        f"currency: {document.pop('currency')}",
    ]
    for name, table in document.items():
        lines += [f"{name}:", *_listed(table, 1)]
    return "\n".join(lines) + "\n"


def _listed(table: Mapping[str, Any], depth: int) -> list[str]:
    lines = []
    for key, value in table.items():
        name = yaml.safe_dump(key, default_style='"' if not key.isalpha() else None).split("\n")[0]
        if isinstance(next(iter(value.values()), None), Mapping):
            lines += [f"{'  ' * depth}{name}:", *_listed(value, depth + 1)]
        else:
            inner = ", ".join(f"{field}: {number}" for field, number in value.items())
            lines.append(f"{'  ' * depth}{name}: {{{inner}}}")
    return lines
