"""The program of 12 CFR 1026 Appendix M2, step by step in floating point: an independent judge of `arrears.card.payoff`.

Names are the program's (`xxxbal`, `pmt`, `fc`, `expm`, `rrate`). It takes three balances in ascending order of rate, of which
the first may be promotional. Appendix M2 prints no results, only the program, so the program is run.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

DAYS = 365 / 12


def _round(value: float, unit: float) -> float:
    """SAS `round`: to the nearest multiple, halves away from zero, with its fuzz for binary fractions."""
    return math.floor(value / unit + 0.5 + 1e-9) * unit


@dataclass(frozen=True)
class Disclosure:
    month: int
    sumpmts: float
    pmt01: float
    sumpmts36: float
    savtot: float


def run(
    apr: tuple[float, float, float],
    cbal: tuple[float, float, float],
    *,
    dmin: float,
    pmin: float,
    expm: int,
    rrate: float,
    regular_from: int,
) -> Disclosure:
    """`regular_from` is the first month at the regular rate."""
    perrate = [rate / 365 * DAYS for rate in apr]
    first36 = (expm / 36) * perrate[0] + (1 - expm / 36) * (rrate / 365) * DAYS if expm > 0 else perrate[0]
    tbal = sum(cbal)
    perrate36 = (cbal[0] * first36 + cbal[1] * perrate[1] + cbal[2] * perrate[2]) / tbal
    pvaf = (1 - (1 + perrate36) ** -36) / perrate36
    pmt01 = _round(tbal / pvaf, 0.01)

    balances, month, sumpmts = list(cbal), 0, 0.0
    while tbal > 0.001:
        month += 1
        if expm != 0 and month >= regular_from:
            perrate[0] = rrate / 365 * DAYS
        pmt = max(_round(pmin * tbal, 0.01), dmin)
        xxxbal = [_round(balance * (1 + rate), 0.01) for balance, rate in zip(balances, perrate, strict=True)]
        fc = sum(xxxbal) - tbal
        pmt = min(pmt, tbal + fc)
        left = pmt
        for i in range(3):
            part = min(left, xxxbal[i])
            balances[i] = _round(xxxbal[i] - part, 0.01)
            left -= part
        sumpmts += pmt
        tbal = sum(balances)
    return Disclosure(month, sumpmts, pmt01, 36 * pmt01, _round(sumpmts, 1) - _round(36 * pmt01, 1))
