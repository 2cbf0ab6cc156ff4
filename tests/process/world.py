"""Days of a bank made by hand: who was late since when, who was contacted, by whom, what was due, and who paid."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from arrears.bank import Bank
from arrears.book.columns import CUSTOMER_COLUMNS, schema
from arrears.book.tables import feed_schema
from arrears.day.queries import DECISIONS, SEGMENTS
from arrears.day.workspace import Workspace
from arrears.playbook import Playbook
from arrears.store import Manifest, publish

FIRST = date(2026, 3, 2)
"""A Monday; every day is counted from it."""
BANK = Bank.model_validate(
    {
        "name": "Lotus Bank", "country": "CN", "timezone": "Asia/Shanghai", "currency": "CNY",
        "products": ({"product_id": "classic", "currency": "CNY"},),
    }
)  # fmt: skip
AHEAD_HOURS = 8
"""Shanghai, east of UTC."""


def step(name: str, channel: str = "call", **values: Any) -> dict[str, Any]:
    return {
        "id": name, "clause": "R1", "trigger": {"dpd": 3}, "channel": channel, "content": "plan_offer", "purpose": "collection",
    } | values  # fmt: skip


PLAYBOOK = Playbook.model_validate(
    {
        "format": 1, "id": "small", "title": {"en": "Small", "zh": "小"},
        "segments": (
            {
                "id": "held", "title": {"en": "Held", "zh": "暂停"}, "when": {"flag": "deceased"},
                "intensity": {"per_day_max": 0, "per_7_days_max": 0},
            },
            {
                "id": "early", "title": {"en": "Early", "zh": "早期"}, "when": "always",
                "intensity": {"per_day_max": 2, "per_7_days_max": 9}, "steps": (step("call_d3"), step("sms_d5", "sms")),
            },
        ),
        "experiments": (
            {
                "id": "calls", "title": {"en": "Calls", "zh": "电话"}, "segments": ("early",), "holdout_ppm": 200_000,
                "challengers": (
                    {
                        "id": "quiet", "title": {"en": "Quiet", "zh": "少打"}, "share_ppm": 100_000,
                        "steps": {"early": (step("sms_d5", "sms"),)},
                    },
                ),
            },
        ),
    }
)  # fmt: skip

Row = dict[str, Any]
_ARROW = {
    "string": pa.string(), "int64": pa.int64(), "boolean": pa.bool_(), "date": pa.date32(), "timestamp(6)": pa.timestamp("us"),
}  # fmt: skip


def on(day: int) -> date:
    """Day 0 is `FIRST`."""
    return FIRST + timedelta(days=day)


class World:
    """So many days; everybody is told by name and by numbers of days."""

    def __init__(self, days: int) -> None:
        self.days = days
        self._late: defaultdict[int, list[Row]] = defaultdict(list)
        self._segments: defaultdict[int, list[Row]] = defaultdict(list)
        self._contacts: defaultdict[int, list[Row]] = defaultdict(list)
        self._payments: defaultdict[int, list[Row]] = defaultdict(list)
        self._due: defaultdict[int, list[Row]] = defaultdict(list)
        self._count = 0

    @property
    def last(self) -> date:
        return on(self.days - 1)

    def late(
        self, who: str, entered: int, left: int | None = None, *, bucket: int = 1, segment: str = "early", arm: str = ""
    ) -> None:
        """In the bucket from the evening of one day to that before another, or to the end."""
        for day in range(max(entered, 0), self.days if left is None else left):
            row = {"customer_id": who, "bucket": bucket, "bucket_entry_date": on(entered), "timezone": "Asia/Shanghai"}
            self._late[day].append(row | {"dpd": 30 * (bucket - 1) + day - entered + 1})
            self._segments[day].append({"customer_id": who, "segment": segment, "arm": arm})

    def contact(
        self, who: str, day: int, outcome: str = "no_answer", *, channel: str = "call", clock: str = "10:00", **values: Any
    ) -> None:
        """A contact by the clock in Shanghai, brought by the feed of its day unless `delivered` says otherwise."""
        at = datetime.combine(on(day), time.fromisoformat(clock)) - timedelta(hours=AHEAD_HOURS)
        self._count += 1
        row = {
            "event_id": f"E{self._count}", "customer_id": who, "at": at, "local_date": on(day), "channel": channel,
            "direction": "outbound", "party": "debtor", "outcome": outcome,
        }  # fmt: skip
        self._contacts[values.pop("delivered", day)].append(row | values)

    def pays(self, who: str, day: int) -> str:
        self._count += 1
        name = f"T{self._count}"
        self._moves(who, day, name, "payment")
        return name

    def takes_back(self, who: str, day: int, payment: str) -> None:
        self._count += 1
        self._moves(who, day, f"T{self._count}", "payment_reversal", reverses_id=payment)

    def _moves(self, who: str, day: int, name: str, kind: str, **values: Any) -> None:
        row = {
            "transaction_id": name, "account_id": f"A-{who}", "customer_id": who, "kind": kind, "amount_minor": 100,
            "currency": "CNY", "posted_date": on(day), "value_date": on(day),
        }  # fmt: skip
        self._payments[day].append(row | values)

    def due(
        self, who: str, day: int, decision: str = "chosen", *, step: str = "call_d3", channel: str = "call", **values: Any
    ) -> None:
        """A step due on a day, and what was decided of it."""
        self._due[day].append(
            {"customer_id": who, "segment": "early", "step": step, "alternative": 0, "channel": channel, "party": "debtor",
             "minute": 600, "decision": decision, "refused_by": "", "lawful": decision != "refused"} | values
        )  # fmt: skip

    def written(self, root: Path) -> Workspace:
        """The workspace, with the steps that are read."""
        place = Workspace(root)
        for number in range(self.days):
            day = on(number)
            customers = {row["customer_id"]: row for row in self._late[number]}
            for row in self._due[number]:
                well = {"customer_id": row["customer_id"], "bucket": 0, "timezone": "Asia/Shanghai"}
                customers.setdefault(row["customer_id"], well)
            feed = {
                "contacts": (feed_schema("contacts"), self._contacts[number]),
                "transactions": (feed_schema("transactions"), self._payments[number]),
            }
            self._step(place, "feed", day, feed)
            self._step(place, "book", day, {"customers": (schema(CUSTOMER_COLUMNS), list(customers.values()))})
            self._step(place, "playbook", day, {"segments": (SEGMENTS, self._segments[number])})
            self._step(place, "plan", day, {"decisions": (DECISIONS, self._due[number])})
        return place

    def _step(self, place: Workspace, step: str, day: date, tables: dict[str, tuple[dict[str, str], list[Row]]]) -> None:
        staging = place.path / f".staging-{step}-{day}"
        for name, (columns, content) in tables.items():
            (staging / name).mkdir(parents=True)
            whole = pa.schema([(column, _ARROW[kind]) for column, kind in columns.items()])
            rows = [{column: row.get(column) for column in columns} for row in content]
            pq.write_table(pa.Table.from_pylist(rows, schema=whole), staging / name / "0000.parquet")
        publish(staging, place.step(step, day), Manifest(step, day.isoformat(), inputs={}, outputs={}))
