"""A bank small enough to know by name, written as the tables of a day that has run, and its list of conduct."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from arrears.book.build import TABLE_SCHEMAS
from arrears.book.tables import feed_schema
from arrears.conduct import Conduct, Finding, load_thresholds, monitor
from arrears.day.queries import DECISIONS
from arrears.day.workspace import Workspace
from arrears.engine import open_sessions
from arrears.store import Manifest, publish

DAY = date(2026, 3, 10)
"""A Tuesday; every rule of the Chinese pack is in force."""
EVE = DAY - timedelta(days=1)
SHARD = "0000.parquet"
HOME = "Asia/Shanghai"
NUMBER = "+8613900001234"
"""What no list may tell."""

BANK = """
name = "Lotus Bank"
country = "CN"
timezone = "Asia/Shanghai"
currency = "CNY"
jurisdictions = [{packs}]

[[products]]
product_id = "classic"
currency = "CNY"
"""

Row = dict[str, Any]
_ARROW = {
    "string": pa.string(), "int64": pa.int64(), "boolean": pa.bool_(), "date": pa.date32(), "timestamp(6)": pa.timestamp("us"),
}  # fmt: skip
_NONE = {"string": "", "int64": 0, "boolean": False, "date": None}


def arrow(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str], fill: Mapping[str, Any] | None = None) -> pa.Table:
    """Rows as a table in these columns; what a row does not name is `fill` by type, or null."""
    whole = [{name: row.get(name, (fill or {}).get(kind)) for name, kind in columns.items()} for row in rows]
    return pa.Table.from_pylist(whole, schema=pa.schema([(name, _ARROW[kind]) for name, kind in columns.items()]))


def ago(days: int) -> date:
    """The local date so many days before the day."""
    return DAY - timedelta(days=days)


class World:
    """Customers by name; everything about one is said in one place."""

    def __init__(self) -> None:
        self.customers: dict[str, Row] = {}
        self.contacts: list[Row] = []
        self.flags: list[Row] = []
        self.consents: list[Row] = []
        self.points: list[Row] = []
        self.eve: dict[str, Row] = {}
        """What was otherwise on the eve: columns of customers, and states of contact points, by id."""
        self.planned: list[str] = []

    def customer(self, name: str, **changed: Any) -> str:
        """A cardholder in Shanghai, 40 days past due, with a mobile number `<name>-mobile`."""
        self.customers[name] = {
            "customer_id": name, "country": "CN", "region": "SH", "dpd": 40, "zones": HOME, "timezone": HOME,
            "mobile_id": f"{name}-mobile", "flags": "", "consents": "", "refusals": "", "account_id": f"A-{name}",
        } | changed  # fmt: skip
        self.point(f"{name}-mobile", name)
        return name

    def point(self, contact_id: str, customer: str, **changed: Any) -> None:
        self.points.append(
            {"contact_id": contact_id, "customer_id": customer, "kind": "mobile", "value": NUMBER, "party": "debtor",
             "source": "contract", "status": "active", "rank": 1} | changed
        )  # fmt: skip

    def contact(self, customer: str, on: date, clock: str = "10:00", **changed: Any) -> str:
        """A contact by the wall clock in Shanghai, an unanswered call to the debtor unless told otherwise; returns its id."""
        hour, minute = (int(part) for part in clock.split(":"))
        at = datetime(on.year, on.month, on.day, hour, minute, tzinfo=ZoneInfo(HOME))
        event = f"E{len(self.contacts):06d}"
        self.contacts.append(
            {"event_id": event, "customer_id": customer, "account_id": f"A-{customer}", "contact_id": f"{customer}-mobile",
             "at": at.astimezone(ZoneInfo("UTC")).replace(tzinfo=None), "local_date": on, "channel": "call",
             "direction": "outbound", "party": "debtor", "outcome": "no_answer", "actor": None, "agent": None,
             "requested": None} | changed
        )  # fmt: skip
        return event

    def calls(self, customer: str, on: date, times: int, *, hour: int = 10, **changed: Any) -> list[str]:
        """So many calls an hour apart from `hour` on."""
        return [self.contact(customer, on, f"{hour + number}:00", **changed) for number in range(times)]

    def flag(self, customer: str, flag: str, since: date, **changed: Any) -> None:
        self.flags.append({"customer_id": customer, "flag": flag, "active": True, "from_date": since} | changed)

    def refusal(self, customer: str, channel: str, on: date) -> None:
        self.consents.append(
            {"customer_id": customer, "channel": channel, "purpose": "collection", "given": False, "at_date": on}
        )

    def written(self, root: Path, *, packs: tuple[str, ...] = ("CN",)) -> Workspace:
        """The workspace of the day: the feed of the day and of the eve, both books, the plan."""
        root.mkdir(parents=True)
        (root / "bank.toml").write_text(BANK.format(packs=", ".join(f'"{pack}"' for pack in packs)), encoding="utf-8")
        workspace = Workspace(root)
        late = [row for row in self.contacts if row.get("delivered", DAY) == DAY]
        early = [row for row in self.contacts if row.get("delivered", DAY) != DAY]
        for day, rows in ((EVE, early), (DAY, late)):
            _published(workspace, "feed", day, {"contacts": arrow(rows, feed_schema("contacts"))})
            customers = [row | (self.eve.get(row["customer_id"], {}) if day == EVE else {}) for row in self.customers.values()]
            points = [row | (self.eve.get(row["contact_id"], {}) if day == EVE else {}) for row in self.points]
            _published(workspace, "book", day, {
                "customers": arrow(customers, TABLE_SCHEMAS["customers"], _NONE),
                "contact_points": arrow(points, TABLE_SCHEMAS["contact_points"]),
                "contact_points_changes": arrow([], TABLE_SCHEMAS["contact_points"]),
                "flags": arrow(self.flags, TABLE_SCHEMAS["flags"]), "consents": arrow(self.consents, TABLE_SCHEMAS["consents"]),
            })  # fmt: skip
        chosen = [{"customer_id": one, "decision": "chosen"} for one in self.planned]
        _published(workspace, "plan", DAY, {"contacts": arrow(chosen, DECISIONS)})
        return workspace

    def conduct(self, root: Path, *, packs: tuple[str, ...] = ("CN",), settings: str = "", engine: Any = None) -> Conduct:
        """The list of the day; `settings` is the bank's conduct.yaml."""
        workspace = self.written(root, packs=packs)
        if settings:
            (root / "conduct.yaml").write_text(settings, encoding="utf-8")
        sessions = engine or open_sessions("duckdb", memory_limit_mb=1_000, workers=1)
        return monitor(workspace, DAY, load_thresholds(root), sessions=sessions)


def _published(workspace: Workspace, step: str, day: date, tables: dict[str, pa.Table]) -> None:
    staging = workspace.path / step / f".staging-{day}"
    for name, table in tables.items():
        (staging / name).mkdir(parents=True)
        pq.write_table(table, staging / name / SHARD)
    publish(staging, workspace.step(step, day), Manifest(step, day.isoformat(), {}, {}))


def of(conduct: Conduct, pattern: str, subject: str, rule: str = "") -> Finding | None:
    """The finding of that pattern about a subject or customer; None where there is none."""
    found = [
        one for one in conduct.findings
        if one.pattern == pattern and subject in (one.subject, one.customer_id) and rule in ("", one.rule)
    ]  # fmt: skip
    assert len({(one.rule, one.window_days, one.subject) for one in found}) == len(found)
    return found[0] if found else None
