"""Whether today's customers still look like those the scorecard was fitted on: the population stability index.

PSI = sum over bins of (share today - share then) * ln(share today / share then). By the field's rule of thumb, below 0.1 the
population is stable, from 0.25 on it has shifted. It is shown in parts per million: 0.1 is 100,000.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import pyarrow as pa

from arrears.money import PPM
from arrears.risk.scorecard import RiskError, Scorecard

WATCH_FROM_PPM = 100_000
SHIFTED_FROM_PPM = 250_000
MISSING = -1
"""The bin number of unknown values, as in `bin_counts`."""

COUNTS = pa.schema([("attribute", pa.string()), ("bin", pa.int64()), ("customers_n", pa.int64())])
STABILITY = pa.schema([("attribute", pa.string()), ("psi_ppm", pa.int64()), ("verdict", pa.string())])


def development_counts(scorecard: Scorecard) -> pa.Table:
    """Accounts of the fit in each bin and band, in the form of `bin_counts`; raises `RiskError` where the file holds none."""
    rows: list[tuple[str, int, int | None]] = []
    for attribute in scorecard.attributes:
        rows += [(attribute.id, place, each.accounts_n) for place, each in enumerate(attribute.bins)]
        rows.append((attribute.id, MISSING, attribute.missing.accounts_n))
    rows += [("band", place, band.accounts_n) for place, band in enumerate(scorecard.bands)]
    if any(accounts_n is None for _, _, accounts_n in rows):
        raise RiskError(
            "some bins have no accounts_n, so there is nothing to compare with",
            where=f"scorecard {scorecard.name}",
            remedy="compare with the bin_counts of an earlier date instead",
        )
    return pa.Table.from_pylist([dict(zip(COUNTS.names, row, strict=True)) for row in rows if row[2]], schema=COUNTS)


def monitoring(today: pa.Table, reference: pa.Table) -> pa.Table:
    """`attribute`, `psi_ppm`, `verdict` (stable, watch, shifted) for each attribute and for `band`, in order of name.

    Both tables are the rows of `bin_counts`, one of today, one of the date (or the fit: `development_counts`) to compare with.
    Raises `RiskError` where one of them lacks an attribute of the other.
    """
    now, then = _by_attribute(today), _by_attribute(reference)
    if set(now) != set(then):
        raise RiskError(
            f"only one of the two has {', '.join(sorted(set(now) ^ set(then)))}",
            where="monitoring",
            remedy="count both with the same scorecard",
        )
    psi = {attribute: stability_ppm(now[attribute], then[attribute]) for attribute in sorted(now)}
    rows = [{"attribute": attribute, "psi_ppm": ppm, "verdict": _verdict(ppm)} for attribute, ppm in psi.items()]
    return pa.Table.from_pylist(rows, schema=STABILITY)


def stability_ppm(today: Mapping[int, int], reference: Mapping[int, int]) -> int:
    """The index of two counts by bin, in parts per million; 0 where the shares are the same.

    An empty bin counts as half a customer, so that a bin which fills up or empties is seen and nothing is divided by 0.
    """
    bins = sorted(set(today) | set(reference))
    now, then = _shares(today, bins), _shares(reference, bins)
    return round(PPM * math.fsum((a - b) * math.log(a / b) for a, b in zip(now, then, strict=True)))


def _shares(counts: Mapping[int, int], bins: list[int]) -> list[float]:
    filled = [counts.get(each, 0) or 0.5 for each in bins]
    whole = sum(filled)
    return [each / whole for each in filled]


def _verdict(psi_ppm: int) -> str:
    if psi_ppm >= SHIFTED_FROM_PPM:
        return "shifted"
    return "watch" if psi_ppm >= WATCH_FROM_PPM else "stable"


def _by_attribute(counts: pa.Table) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for row in counts.select(COUNTS.names).to_pylist():
        found.setdefault(row["attribute"], {})[row["bin"]] = row["customers_n"]
    return found
