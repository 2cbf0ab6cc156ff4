"""A log of contacts drawn at random, read and refused where nothing can be learned from it.

Parquet or CSV files come in, columns of customer-days go out, sorted by customer and day. A log without recorded chances, with
chances of 0 or 1, or with chances that do not fit the draws is refused: what it would show is who was chosen, not what it did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from arrears.allocate.response import STAGES
from arrears.errors import UsageError
from arrears.feed.contracts import CHANNELS
from arrears.money import PPM
from arrears.store import quoted

Array = np.ndarray[Any, Any]

NONE = -1
"""The action `none`."""
OFFERED_MIN = 50
"""A channel on offer so often and never drawn was not drawn at random."""
DEVIATION_MAX, DEVIATIONS_Z = 0.05, 6.0
"""Weights may miss the customer-days they stand for by this share, or by so many standard errors."""
REMEDY = "learn from a log of contacts drawn with known chances, such as: arrears simulate --explore 500000 --log FILE"


@dataclass(frozen=True)
class Draws:
    """One entry a customer-day, sorted by customer and day."""

    customer: Array
    """Dense numbers; customers of different files are different ones."""
    customers_n: int
    day: Array
    """Days since 1970-01-01."""
    stage: Array
    """Index into `STAGES`."""
    band: Array
    """Index into `bands`; -1 without a band."""
    bands: tuple[str, ...]
    offered: dict[str, Array]
    """Channel to whether it was on offer."""
    action: Array
    """Index into `CHANNELS`, or `NONE`."""
    propensity: Array
    due_minor: Array
    owed_minor: Array
    """The balance, 0 or more."""
    paid_minor: Array
    """Within `outcome_days`, 0 or more; what is not known yet is 0."""
    known: Array
    """Whether the outcome is known."""
    complained: Array
    complaint_known: Array
    outcome_days: int
    complaint_days: int

    def __len__(self) -> int:
        return len(self.action)


def read_draws(paths: Sequence[Path], days: int) -> Draws:
    """The customer-days of these files; raises `UsageError` naming file and column."""
    parts = [_read(path, days) for path in paths]
    bands = tuple(sorted({band for part in parts for band in part["bands"]}))
    columns: dict[str, Array] = {}
    for name in (*_LOGGED, "owed_minor", "paid_minor", "complained", *_offers()):
        columns[name] = np.concatenate([part[name] for part in parts])
    band = np.concatenate([_recoded(part["band"], part["bands"], bands) for part in parts])
    starts = np.cumsum([0, *(part["customers_n"] for part in parts)])
    customer = np.concatenate([part["customer"] + start for part, start in zip(parts, starts, strict=False)])
    paid, complained = columns["paid_minor"], columns["complained"]
    found = Draws(
        customer, int(starts[-1]), columns["day"], np.clip(columns["bucket"], 0, len(STAGES) - 1), band, bands,
        {channel: columns[f"can_{channel}"] for channel in CHANNELS}, columns["action"], columns["propensity_ppm"] / PPM,
        np.maximum(columns["due_minor"], 0), np.maximum(columns["owed_minor"], 0), np.maximum(paid, 0), paid != _UNKNOWN,
        complained > 0, complained >= 0, days, parts[0]["complaint_days"],
    )  # fmt: skip
    _require_overlap(found, ", ".join(map(str, paths)))
    return found


_LOGGED = ("day", "bucket", "action", "propensity_ppm", "due_minor")
"""Columns that are taken as the log has them."""
_UNKNOWN = -(2**62)
"""An amount that is not there."""


def _offers() -> list[str]:
    return [f"can_{channel}" for channel in CHANNELS]


def _read(path: Path, days: int) -> dict[str, Any]:
    if not path.is_file():
        raise UsageError("there is no such file", where=str(path), remedy=REMEDY)
    with path.open("rb") as stream:
        parquet = stream.read(4) == b"PAR1"
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false; SET TimeZone = 'UTC'")
        source = f"read_parquet({quoted(path)})" if parquet else f"read_csv({quoted(path)}, header = true)"
        try:
            con.execute(f"CREATE VIEW log AS SELECT * FROM {source}")
            names = [row[0] for row in con.execute("DESCRIBE log").fetchall()]
            complaint_days = _require_columns(names, path, days)
            return _columns(con, names, path, days, complaint_days)
        except duckdb.Error as error:
            raise UsageError(
                str(error).splitlines()[0], where=str(path), remedy="give a log as docs/values.md has it"
            ) from None


def _require_columns(names: list[str], path: Path, days: int) -> int:
    """The days of the complaints' column: those asked for, or the nearest there is."""
    for name in ("customer_id", "band", *_LOGGED, "balance_minor", f"paid_{days}_minor"):
        if name not in names:
            there = ", ".join(one for one in names if one.startswith("paid_")) if name.startswith("paid_") else ", ".join(names)
            hint = "--days fits the column" if name.startswith("paid_") else "docs/values.md lists the columns"
            raise UsageError(f"there is no column {name!r}", where=str(path), remedy=f"it has: {there or 'none'}; {hint}")
    if not set(names) & set(_offers()):
        raise UsageError("no column says what was on offer", where=str(path), remedy=f"give {', '.join(_offers())}: yes or no")
    tails = [name.removeprefix("complained_") for name in names if name.startswith("complained_")]
    spans = [int(tail) for tail in tails if tail.isdigit()]
    if not spans:
        raise UsageError(f"there is no column 'complained_{days}'", where=str(path), remedy="give whether a complaint followed")
    return min(spans, key=lambda span: (abs(span - days), span))


def _columns(con: duckdb.DuckDBPyConnection, names: list[str], path: Path, days: int, complaint_days: int) -> dict[str, Any]:
    actions = " ".join(f"WHEN '{channel}' THEN {number}" for number, channel in enumerate(CHANNELS))
    offers = ", ".join(f"coalesce(CAST({one} AS BOOLEAN), false) AS {one}" if one in names else f"false AS {one}"
                       for one in _offers())  # fmt: skip
    con.execute("CREATE TABLE ids AS SELECT customer_id, row_number() OVER () - 1 AS number FROM "
                "(SELECT DISTINCT customer_id FROM log)")  # fmt: skip
    con.execute("CREATE TABLE band_names AS SELECT DISTINCT CAST(band AS VARCHAR) AS band FROM log WHERE band IS NOT NULL")
    bands = tuple(sorted(row[0] for row in con.execute("SELECT band FROM band_names").fetchall() if row[0]))
    band = " ".join(f"WHEN {quoted(name)} THEN {number}" for number, name in enumerate(bands))
    rows = con.execute(f"""
        SELECT ids.number AS customer, CAST(CAST(day AS DATE) - DATE '1970-01-01' AS INTEGER) AS day,
               coalesce(CAST(bucket AS INTEGER), -1) AS bucket,
               {f"CASE CAST(band AS VARCHAR) {band} ELSE -1 END" if bands else "-1"} AS band,
               CASE CAST(action AS VARCHAR) WHEN 'none' THEN {NONE} {actions} ELSE -2 END AS action,
               coalesce(CAST(propensity_ppm AS BIGINT), -1) AS propensity_ppm,
               coalesce(CAST(due_minor AS BIGINT), 0) AS due_minor,
               coalesce(CAST(balance_minor AS BIGINT), 0) AS owed_minor,
               coalesce(CAST(paid_{days}_minor AS BIGINT), {_UNKNOWN}) AS paid_minor,
               coalesce(CAST(CAST(complained_{complaint_days} AS BOOLEAN) AS TINYINT), -1) AS complained, {offers}
        FROM log JOIN ids USING (customer_id)
        ORDER BY customer, day
    """).fetchnumpy()
    found: dict[str, Any] = {name: np.asarray(values) for name, values in rows.items()}
    found |= {"bands": bands, "customers_n": int(found["customer"].max(initial=-1)) + 1, "complaint_days": complaint_days}
    _require_drawn(found, path)
    return found


def _require_drawn(rows: dict[str, Any], path: Path) -> None:
    """Every row names a draw with a chance, once a customer and day."""
    if not len(rows["action"]):
        raise UsageError("the log has no rows with a customer", where=str(path), remedy=REMEDY)
    action, propensity = rows["action"], rows["propensity_ppm"]
    offered = np.column_stack([rows[name] for name in _offers()])
    drawn = np.flatnonzero(action >= 0)
    lawless = np.zeros(len(action), np.bool_)
    lawless[drawn] = ~offered[drawn, action[drawn]]
    again = (np.diff(rows["customer"]) == 0) & (np.diff(rows["day"]) == 0)
    for column, wrong, what, remedy in (
        ("propensity_ppm", propensity < 0, "the chance of the action is missing or negative", REMEDY),
        ("propensity_ppm", propensity == 0, "the chance of an action that was taken is 0", REMEDY),
        ("propensity_ppm", propensity >= PPM, "the action was certain: nothing was drawn", REMEDY),
        ("action", action < NONE, "the action is neither none nor a channel", f"use none, {', '.join(CHANNELS)}"),
        ("action", lawless, "the channel drawn was not on offer", "set can_CHANNEL where it was"),
        ("bucket", rows["bucket"] < 0, "the bucket is missing or negative", "give 0, 1, 2, ..."),
        ("day", np.append(again, False), "a customer has two rows on one day", "give one draw a customer and day"),
    ):  # fmt: skip
        if wrong.any():
            raise UsageError(f"{what} in {int(wrong.sum()):,} of {len(wrong):,} rows", where=f"{path}: {column}", remedy=remedy)


def _require_overlap(draws: Draws, where: str) -> None:
    """Every channel that was on offer was drawn now and then, and so was none; and the weights fit the draws."""
    for number, channel in enumerate(CHANNELS):
        mine = draws.offered[channel]
        for action, name in ((number, channel), (NONE, "none")):
            taken = mine & (draws.action == action)
            if mine.sum() >= OFFERED_MIN and not taken.any():
                raise UsageError(
                    f"on offer in {int(mine.sum()):,} customer-days and {name!r} was never drawn: no overlap",
                    where=f"{where}: can_{channel}", remedy=REMEDY,
                )  # fmt: skip
            chance = draws.propensity[taken]
            stands, spread = float((1 / chance).sum()), float(np.sqrt(((1 - chance) / chance**2).sum()))
            off = abs(stands - float(mine.sum()))
            if off > max(DEVIATION_MAX * float(mine.sum()), DEVIATIONS_Z * spread):
                raise UsageError(
                    f"the chances of {name!r} where {channel} was on offer stand for {stands:,.0f} customer-days in place of "
                    f"{int(mine.sum()):,}: they are not those it was drawn with",
                    where=f"{where}: propensity_ppm",
                    remedy=REMEDY,
                )


def _recoded(codes: Array, names: tuple[str, ...], all_names: tuple[str, ...]) -> Array:
    places = np.array([*(all_names.index(name) for name in names), -1])
    recoded: Array = places[codes]
    return recoded
