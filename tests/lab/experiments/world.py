"""A bank of a few thousand customers whose days are written as tables at once, with a truth we know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from arrears.playbook.model import Playbook
from arrears.playbook.segmenting import arm_of
from arrears.store import Manifest

FIRST = date(2026, 1, 1)
BANK = """
name = "Test Bank"
country = "CN"
timezone = "Asia/Shanghai"
currency = "CNY"
languages = ["zh"]
jurisdictions = ["CN"]
phone = "+861000000000"

[[products]]
product_id = "classic"
currency = "CNY"
"""
PLAYBOOK = """
format: 1
id: trial
title: {en: Trial, zh: 试验}
contents: default
segments:
  - id: late
    title: {en: Late, zh: 逾期}
    when: {dpd: {from: 1}}
    intensity: {per_day_max: 1, per_7_days_max: 2}
    steps: []
  - id: rest
    title: {en: Rest, zh: 其余}
    when: always
    intensity: {per_day_max: 1, per_7_days_max: 2}
experiments:
  - id: early
    title: {en: Does a call pay, zh: 电话是否有效}
    segments: [late]
    holdout_ppm: 200000
    challengers:
      - id: caller
        title: {en: One call more, zh: 多打一次电话}
        share_ppm: 300000
        steps: {}
"""


@dataclass
class World:
    """Customers who fall late on a day of the first ten, and what each arm makes of them."""

    customers_n: int = 3_000
    days_n: int = 45
    seed: int = 1
    pay_share: Mapping[str, float] = field(default_factory=lambda: {"champion": 0.5, "caller": 0.5, "holdout": 0.5})
    complain_share: Mapping[str, float] = field(default_factory=lambda: {"champion": 0.02, "caller": 0.02, "holdout": 0.02})
    calls: Mapping[str, int] = field(default_factory=lambda: {"champion": 1, "caller": 2, "holdout": 0})
    lost_arm: str = ""
    """An arm of which every third customer is lost from the tables."""

    def written(self, root: Path) -> Path:
        """Write the workspace; returns its folder."""
        root.mkdir(parents=True, exist_ok=True)
        (root / "bank.toml").write_text(BANK, encoding="utf-8")
        (root / "playbook.yaml").write_text(PLAYBOOK, encoding="utf-8")
        people = self._people(root)
        for back in range(self.days_n):
            self._day(root, FIRST + timedelta(days=back), people)
        return root

    @property
    def last(self) -> date:
        return FIRST + timedelta(days=self.days_n - 1)

    def _people(self, root: Path) -> list[dict[str, Any]]:
        from arrears.playbook import load

        rng, playbook = np.random.default_rng(self.seed), load(root / "playbook.yaml")
        people = []
        for place in range(self.customers_n):
            arm = _arm(int(rng.integers(0, 2**31)), playbook)
            entry = FIRST + timedelta(days=int(rng.integers(0, 10)))
            pays, complains = rng.random() < self.pay_share[arm], rng.random() < self.complain_share[arm]
            paid_on = entry + timedelta(days=int(rng.integers(1, 25)))
            if arm == self.lost_arm and place % 3 == 0:
                continue
            people.append({
                "id": f"C{place:05d}", "arm": arm, "entry": entry, "paid_on": paid_on if pays else None,
                "minor": int(rng.integers(5_000, 15_000)), "complained_on": entry + timedelta(days=9) if complains else None,
            })  # fmt: skip
        return people

    def _day(self, root: Path, day: date, people: list[dict[str, Any]]) -> None:
        late = [one["entry"] <= day and not (one["paid_on"] and one["paid_on"] <= day) for one in people]
        dpd = [30 + (day - one["entry"]).days if is_late else 0 for one, is_late in zip(people, late, strict=True)]
        ids = [one["id"] for one in people]
        _write(root, "playbook", day, "segments", {
            "customer_id": ids, "segment": ["late" if one else "rest" for one in late],
            "arm": [f"early:{one['arm']}" if is_late else "" for one, is_late in zip(people, late, strict=True)],
        })  # fmt: skip
        _write(root, "book", day, "customers", {"customer_id": ids, "dpd": pa.array(dpd, pa.int64())})
        _write(root, "book", day, "accounts", {
            "account_id": ids, "customer_id": ids, "currency": ["CNY"] * len(ids), "status": ["open"] * len(ids),
            "balance_minor": pa.array([100_000] * len(ids), pa.int64()), "dpd": pa.array([one * 2 for one in dpd], pa.int64()),
        })  # fmt: skip
        paying = [one for one in people if one["paid_on"] == day]
        _write(root, "feed", day, "transactions", {
            "transaction_id": pa.array([f"T{one['id']}" for one in paying], pa.string()),
            "customer_id": pa.array([one["id"] for one in paying], pa.string()),
            "kind": pa.array(["payment"] * len(paying), pa.string()),
            "amount_minor": pa.array([one["minor"] for one in paying], pa.int64()),
            "currency": pa.array(["CNY"] * len(paying), pa.string()),
            "posted_date": pa.array([day] * len(paying), pa.date32()),
        })  # fmt: skip
        called = [
            (one, number) for one in people for number in range(self.calls[one["arm"]])
            if one["entry"] + timedelta(days=2 + number) == day
        ]  # fmt: skip
        _write(root, "feed", day, "contacts", {
            "event_id": pa.array([f"E{one['id']}-{number}" for one, number in called], pa.string()),
            "customer_id": pa.array([one["id"] for one, _ in called], pa.string()),
            "channel": pa.array(["call"] * len(called), pa.string()),
            "direction": pa.array(["outbound"] * len(called), pa.string()),
            "local_date": pa.array([day] * len(called), pa.date32()),
        })  # fmt: skip
        upset = [one for one in people if one["complained_on"] == day]
        _write(root, "feed", day, "flags", {
            "customer_id": pa.array([one["id"] for one in upset], pa.string()),
            "flag": pa.array(["complaint"] * len(upset), pa.string()),
            "active": pa.array([True] * len(upset), pa.bool_()),
            "from_date": pa.array([day] * len(upset), pa.date32()),
        })  # fmt: skip


def _arm(customer_hash: int, playbook: Playbook) -> str:
    return arm_of(customer_hash, "late", playbook).split(":", 1)[1]


def _write(root: Path, step: str, day: date, table: str, columns: Mapping[str, Any]) -> None:
    folder = root / step / f"date={day.isoformat()}"
    (folder / table).mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(dict(columns)), folder / table / "0000.parquet")
    (folder / "manifest.json").write_text(Manifest(step, day.isoformat(), {}, {}).as_json(), encoding="utf-8")
