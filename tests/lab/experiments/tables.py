"""Tables with a truth we know."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

SALK = {"vaccine": (33, 200_745), "placebo": (115, 201_229)}
"""Cases of paralytic polio among vaccinated and placebo children, 1954 (Francis et al. 1955; Meier 1972)."""
ISIS_2 = {"aspirin": (804, 8_587), "placebo": (1_016, 8_600)}
"""Vascular deaths within five weeks (ISIS-2 Collaborative Group 1988)."""
PHYSICIANS = {"aspirin": (104, 11_037), "placebo": (189, 11_034)}
"""Heart attacks in the Physicians' Health Study (1988; Agresti, Categorical Data Analysis)."""


def two_by_two(counts: dict[str, tuple[int, int]]) -> pa.Table:
    """One row a person of a published 2x2 table."""
    arms = [arm for arm, (_, n) in counts.items() for _ in range(n)]
    events = [int(place < hits) for hits, n in counts.values() for place in range(n)]
    return pa.table({"arm": arms, "event": events})


def trial(n: int = 4_000, seed: int = 1, *, extra_in: str = "", extra: float = 0.0, effect: float = 1.0) -> dict[str, Any]:
    """A two-armed trial: region, age and score are known before, the effect is larger by `extra` in region `extra_in`."""
    rng = np.random.default_rng(seed)
    region = rng.choice(["north", "south", "west"], n, p=[0.5, 0.3, 0.2])
    age, score = rng.integers(18, 80, n), rng.normal(600, 50, n).round(1)
    arm = rng.choice(["call", "control"], n)
    paid = 10 + (score - 600) / 25 + rng.normal(0, 3, n) + (arm == "call") * (effect + extra * (region == extra_in))
    return {"arm": arm, "paid": paid.round(4), "region": region, "age": age, "score": score}


def written(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]], *, encoding: str = "utf-8", sep: str = ",") -> Path:
    """A CSV as some program would write it."""
    with path.open("w", encoding=encoding, newline="") as stream:
        out = csv.writer(stream, delimiter=sep)
        out.writerow(head)
        out.writerows(rows)
    return path
