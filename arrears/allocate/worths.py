"""What a day's openings are worth and what they take of the bank's capacities, as arrays.

A table of openings, a response and capacities come in; whole numbers go out, minor units and the capacities' own. Never
looks at what became of earlier contacts: that is in the response already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from arrears.allocate.problem import NO_CAPACITY, Capacity
from arrears.allocate.response import STAGES, Channel, Response, ResponseError
from arrears.bank import Bank, Effort
from arrears.bank import Capacity as Limit

Ints = NDArray[np.int64]
UNITS = {"contacts": "contacts", "seconds": "s", "money_minor": "minor units", "complaints_ppm": "ppm"}
PPM = 1_000_000


@dataclass(frozen=True)
class Worths:
    """Columns beside a table of openings, one entry a row."""

    share_ppm: Ints
    """Extra share of the balance that the contact is taken to bring."""
    owed_minor: Ints
    cost_minor: Ints
    resource: NDArray[np.int32]
    """Numbers of the capacities it draws on, `NO_CAPACITY` for none; shape (rows, slots)."""
    amount: Ints
    """So much of each; shape (rows, slots)."""

    @property
    def worth_minor(self) -> Ints:
        """What the contact alone brings, less its cost."""
        return self.owed_minor * self.share_ppm // PPM - self.cost_minor


def capacities_of(effort: Effort) -> tuple[Capacity, ...]:
    """The bank's capacities as the solver knows them, in their order."""
    return tuple(Capacity(one.name, one.amount, UNITS[one.of]) for one in effort.capacities)


def worths(openings: pa.Table, response: Response, effort: Effort, bank: Bank) -> Worths:
    """Worth and takings of every opening (`arrears.allocate.openings.OPENINGS`).

    The table is small in distinct cases: channel, stage, band, language and region decide everything but what is owed.
    Raises `ResponseError` where the response's costs cannot be told in the bank's currency.
    """
    costs = response.costs_minor(bank)
    if costs is None:
        raise ResponseError(
            f"its costs are in {response.currency}, and bank.toml has no rate for it", where="response.yaml: currency",
            remedy=f"add fx_ppm.{response.currency}, or a response.yaml of the bank's own",
        )  # fmt: skip
    which, cases = _cases(openings)
    drawn = [_drawn(case, effort, response, costs) for case in cases]
    width = max([1, *map(len, drawn)])
    share, cost = np.zeros(len(cases), np.int64), np.zeros(len(cases), np.int64)
    resource, amount = np.full((len(cases), width), NO_CAPACITY, np.int32), np.zeros((len(cases), width), np.int64)
    for number, case in enumerate(cases):
        channel, stage, band, _, _ = case
        share[number] = (
            response.share_ppm(channel, STAGES[stage], band, effort.caution_bp) if channel in response.effects else 0
        )
        cost[number] = costs.get(channel, 0)
        for slot, (capacity, taken) in enumerate(drawn[number]):
            resource[number, slot], amount[number, slot] = capacity, taken
    owed = openings["owed_minor"].to_numpy()
    return Worths(share[which], owed, cost[which], resource[which], amount[which])


Case = tuple[Channel, int, str, str, str]
"""Channel, stage, band, language, region."""


def _cases(openings: pa.Table) -> tuple[Ints, list[Case]]:
    """Each row's number among the distinct cases, and these."""
    names = ("channel", "stage", "band", "language", "region")
    code = np.zeros(len(openings), np.int64)
    for name in names:
        coded = openings[name].combine_chunks().dictionary_encode()
        code = code * max(len(coded.dictionary), 1) + coded.indices.to_numpy()
    _, first, which = np.unique(code, return_index=True, return_inverse=True)
    rows = openings.select(names).take(pa.array(first)).to_pylist()
    cases: list[Any] = [tuple(row[name] for name in names) for row in rows]
    return which.astype(np.int64), cases


def _drawn(case: Case, effort: Effort, response: Response, costs: Mapping[str, int]) -> Sequence[tuple[int, int]]:
    """The capacities that a contact draws on, and how much of each."""
    return [
        (number, taken)
        for number, limit in enumerate(effort.capacities)
        if _covers(limit, case) and (taken := _taken(limit, case, response, costs))
    ]


def _covers(limit: Limit, case: Case) -> bool:
    channel, _, _, language, region = case
    return (
        (not limit.channels or channel in limit.channels)
        and (not limit.languages or language in limit.languages)
        and (not limit.regions or region in limit.regions)
    )


def _taken(limit: Limit, case: Case, response: Response, costs: Mapping[str, int]) -> int:
    channel, stage = case[0], case[1]
    if limit.of == "contacts":
        return 1
    if limit.of == "complaints_ppm":
        return response.complaints[channel][STAGES[stage]].ppm if channel in response.complaints else 0
    if limit.of == "money_minor":
        return costs.get(channel, 0)
    return response.efforts[channel].seconds if channel in response.efforts else 0


def groups_of(openings: pa.Table) -> Ints:
    """The first row of each customer, and the number of rows: openings of a customer stand together."""
    ids = openings["customer_id"].combine_chunks()
    if not len(ids):
        return np.zeros(1, np.int64)
    turns = pc.not_equal(ids[1:], ids[:-1]).to_numpy(zero_copy_only=False)
    return np.concatenate([[0], np.flatnonzero(turns) + 1, [len(ids)]]).astype(np.int64)
