"""Fits the packaged scorecard: monotone bins, weights of evidence, a logistic regression, points.

Needs the extra `fit` (optbinning, scikit-learn); nothing of the business day imports this module. The steps and the choice of
attributes are explained in docs/risk.md. The same file and seed give the same scorecard, byte for byte.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from arrears.errors import UsageError
from arrears.risk.features import Sample, held_out, uci_sample
from arrears.risk.measure import evaluate, scores_of
from arrears.risk.scorecard import Attribute, Band, Bin, Fitted, Missing, RiskError, Scale, Scorecard, Text
from arrears.store import sha256_file

SEED = 1
"""Seed of the split for the packaged scorecard."""
FITTED_ON = date(2026, 11, 24)
SCALE = Scale(target_score=600, target_odds=20, points_to_double=40)
BAND_DEFAULTS_PERCENT = (("A", 12), ("B", 15), ("C", 25), ("D", 50))
"""Most defaults expected in each band, in percent of accounts; E is above."""


@dataclass(frozen=True)
class Candidate:
    """An attribute to fit: the direction of risk, how small a bin may be (percent of accounts), and its texts."""

    id: str
    trend: str
    bin_percent_min: int
    bins_max: int
    apart: tuple[int, ...]
    """Values that get a bin of their own outside the trend; they must be the smallest."""
    title: Text
    reason: Text


CANDIDATES = (
    Candidate(
        "cycles_past_due", "ascending", 1, 6, (),
        Text(en="Statements past due now", zh="当前连续逾期期数"),
        Text(en="One or more minimum payments are past due.", zh="目前有一期或多期最低还款额逾期未还。"),
    ),
    Candidate(
        "late_in_6", "ascending", 1, 6, (),
        Text(en="Late payments in the last six statements", zh="最近六期中逾期次数"),
        Text(en="Minimum payments were late in the last six months.", zh="最近六个月内曾逾期还款。"),
    ),
    Candidate(
        "utilisation_bp", "ascending", 5, 5, (0,),
        Text(en="Share of the credit limit in use (basis points)", zh="信用额度使用率（基点）"),
        Text(en="How much of the credit limit is in use.", zh="信用额度的使用情况。"),
    ),
    Candidate(
        "paid_ratio_bp", "descending", 5, 5, (),
        Text(en="Share of the last statement that was paid (basis points)", zh="上期账单还款比例（基点）"),
        Text(en="Only a small part of the last statement was paid.", zh="上期账单仅偿还了较小部分。"),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class _Cut:
    """A bin of the fit: upper end (open for the last), accounts and defaults of the training part."""

    to: int | None
    accounts_n: int
    defaults_n: int


def fit_uci(path: Path, seed: int = SEED) -> Scorecard:
    """The scorecard fitted on four fifths of the UCI data and measured on the fifth held out by `seed`.

    Raises `RiskError` where the file does not read, `UsageError` where the extra `fit` is not installed.
    """
    sample = uci_sample(path)
    kept_out = held_out(sample.ids, seed)
    training, test = sample.part(~kept_out), sample.part(kept_out)

    cuts = [_cut(candidate, training) for candidate in CANDIDATES]
    weights = [_weights_of_evidence(each, training) for each in cuts]
    slopes, intercept = _logistic(cuts, weights, training)
    bare = _scorecard(cuts, weights, slopes, intercept)
    fitted = Fitted(
        data="UCI data set 350, Default of credit card clients (Taiwan, 2005), I-Cheng Yeh, CC BY 4.0, DOI 10.24432/C55S3H",
        source_sha256=sha256_file(path),
        outcome="default payment next month (October 2005)",
        fitted_on=FITTED_ON,
        seed=seed,
        training=evaluate(training.features, training.defaulted, bare),
        held_out=evaluate(test.features, test.defaulted, bare),
    )
    return bare.model_copy(update={"fitted": fitted, "bands": _counted_bands(bare, training)})


def _cut(candidate: Candidate, training: Sample) -> list[_Cut]:
    """Monotone bins of one attribute: the values apart first, then the ranges that optbinning finds best."""
    optbinning = _needed("optbinning")
    values = training.features[candidate.id].to_numpy()
    trended = ~np.isin(values, candidate.apart)
    binning = optbinning.OptimalBinning(
        dtype="numerical",
        solver="cp",
        monotonic_trend=candidate.trend,
        min_bin_size=candidate.bin_percent_min / 100,
        max_n_bins=candidate.bins_max,
    ).fit(values[trended].astype(float), training.defaulted[trended].astype(int))

    ends: list[int | None] = [*candidate.apart, *(math.ceil(split) - 1 for split in binning.splits), None]
    below = -1  # no attribute is negative
    cuts = []
    for to in ends:
        inside = (values > below) & (values <= to) if to is not None else values > below
        cuts.append(_Cut(to, int(inside.sum()), int(training.defaulted[inside].sum())))
        below = to if to is not None else below
    return cuts


def _weights_of_evidence(cuts: list[_Cut], training: Sample) -> list[float]:
    """ln(share of the paying in the bin / share of the defaulting in it); above 0 is better than average."""
    defaults_n = int(training.defaulted.sum())
    goods_n = len(training.defaulted) - defaults_n
    return [math.log((cut.accounts_n - cut.defaults_n) * defaults_n / (cut.defaults_n * goods_n)) for cut in cuts]


def _logistic(cuts: list[list[_Cut]], weights: list[list[float]], training: Sample) -> tuple[list[float], float]:
    """Slopes on the weights and the intercept of the log-odds of paying."""
    linear_model = _needed("sklearn.linear_model")
    columns = []
    for candidate, ranges, weight in zip(CANDIDATES, cuts, weights, strict=True):
        ends = [cut.to for cut in ranges if cut.to is not None]
        place = np.searchsorted(np.array(ends), training.features[candidate.id].to_numpy(), side="left")
        columns.append(np.array(weight)[place])
    # C is so large that nothing is shrunk: with four attributes and 24,000 accounts there is nothing to hold back.
    model = linear_model.LogisticRegression(C=1e6, tol=1e-10, max_iter=1000)
    model.fit(np.stack(columns, axis=1), ~training.defaulted)
    slopes = [float(slope) for slope in model.coef_[0]]
    if min(slopes) <= 0:
        against = CANDIDATES[slopes.index(min(slopes))].id
        raise RiskError(
            f"{against} counts against its own bins beside the other attributes",
            where="arrears.risk.fit",
            remedy="use more accounts, or leave the attribute out of CANDIDATES",
        )
    return slopes, float(model.intercept_[0])


def _scorecard(cuts: list[list[_Cut]], weights: list[list[float]], slopes: list[float], intercept: float) -> Scorecard:
    """Points: each bin's log-odds on the scale, moved so that the worst bin of each attribute has none."""
    factor = SCALE.points_to_double / math.log(2)
    attributes = []
    base = SCALE.target_score + factor * (intercept - math.log(SCALE.target_odds))
    for candidate, ranges, weight, slope in zip(CANDIDATES, cuts, weights, slopes, strict=True):
        worst = min(weight) * slope * factor
        points = [_nearest(each * slope * factor - worst) for each in weight]
        starts = [None, *(cut.to + 1 for cut in ranges if cut.to is not None)]
        bins = tuple(
            Bin(from_=start, to=cut.to, points=point, accounts_n=cut.accounts_n, defaults_n=cut.defaults_n)
            for start, cut, point in zip(starts, ranges, points, strict=True)
        )
        # Nothing is missing in the data; an unknown value says neither good nor bad, which is a weight of evidence of 0.
        missing = Missing(points=_nearest(-worst), accounts_n=0, defaults_n=0)
        attributes.append(
            Attribute(id=candidate.id, title=candidate.title, reason=candidate.reason, bins=bins, missing=missing)
        )
        base += worst
    bands = tuple(Band(band=band, from_=_score_at(percent)) for band, percent in BAND_DEFAULTS_PERCENT)  # type: ignore[arg-type]
    return Scorecard(
        name="uci-behaviour",
        version=1,
        title=Text(en="Behaviour scorecard of Taiwan card accounts, 2005", zh="台湾信用卡账户行为评分卡（2005）"),
        scale=SCALE,
        base=_nearest(base),
        attributes=tuple(attributes),
        bands=(*bands, Band(band="E")),
    )


def _score_at(defaults_percent: int) -> int:
    """The score at which so many of a hundred accounts default."""
    odds = (100 - defaults_percent) / defaults_percent
    return _nearest(SCALE.target_score + SCALE.points_to_double * math.log2(odds / SCALE.target_odds))


def _counted_bands(scorecard: Scorecard, training: Sample) -> tuple[Band, ...]:
    scores = scores_of(training.features, scorecard)
    counted, above = [], np.zeros(len(scores), dtype=bool)
    for band in scorecard.bands:
        inside = ~above if band.from_ is None else ~above & (scores >= band.from_)
        above |= inside
        update = {"accounts_n": int(inside.sum()), "defaults_n": int(training.defaulted[inside].sum())}
        counted.append(band.model_copy(update=update))
    return tuple(counted)


def _nearest(value: float) -> int:
    return math.floor(value + 0.5)


def _needed(module: str) -> Any:
    import importlib  # noqa: PLC0415 - only fitting needs it

    try:
        return importlib.import_module(module)
    except ImportError:
        raise UsageError(f"fitting needs {module}", where="arrears.risk.fit", remedy="pip install 'arrears[fit]'") from None
