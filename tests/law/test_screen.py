"""The screen as a table: shape, budgets, hours, unknown facts, and the same bytes from DuckDB and from Spark."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq
import pytest

from arrears.engine.session import Sessions, open_sessions, to_sql
from arrears.law import cap_budgets, load_packs, screen, utc_offsets
from arrears.law.columns import CANDIDATE_SCHEMA, HISTORY_SCHEMA
from arrears.law.loading import packs_shipped
from arrears.law.model import Pack
from arrears.law.rows import candidates_table, history_table

DAY = date(2026, 6, 15)
CN = load_packs(["CN"])
ALL = load_packs(packs_shipped())
CANDIDATES = ibis.table(CANDIDATE_SCHEMA, name="candidates")
HISTORY = ibis.table(HISTORY_SCHEMA, name="contacts")
OFFSETS = utc_offsets(["Asia/Shanghai", "America/New_York", "America/Los_Angeles", "Pacific/Guam"], DAY)
CALL: dict[str, Any] = {
    "customer_id": "C1", "account_id": "A1", "step": "call", "alternative": 0, "channel": "call", "party": "debtor",
    "purpose": "collection", "contact_id": "P1", "minute": 600, "visitors": 0, "jurisdiction": "CN",
    "acts": "issuer", "dpd": 40, "flags": "", "consents": "", "refusals": "",
    "zones": "Asia/Shanghai", "offset": 480, "offset_lo": 480, "offset_hi": 480,
    "source": "contract", "contact_status": "active",
}  # fmt: skip


def event(days_ago: int = 0, **over: Any) -> dict[str, Any]:
    day = DAY - timedelta(days=days_ago)
    return {
        "event_id": "E", "customer_id": "C1", "account_id": "A1", "contact_id": "P1",
        "at": datetime.combine(day, time(1, 30)), "local_date": day, "channel": "call", "direction": "outbound",
        "party": "debtor", "outcome": "no_answer", **over,
    }  # fmt: skip


def run(expression: ir.Table, rows: list[dict[str, Any]], history: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    with duckdb.connect(":memory:") as connection:
        connection.register("candidates", candidates_table(rows))
        connection.register("contacts", history_table(history))
        return connection.execute(f"SELECT * FROM ({ibis.to_sql(expression, dialect='duckdb')}) ORDER BY ALL").fetchall()


def screened(
    rows: list[dict[str, Any]], history: list[dict[str, Any]] | None = None, packs: tuple[Pack, ...] = CN
) -> list[Any]:
    return run(screen(CANDIDATES, HISTORY, packs, as_of=DAY, business_utc_offsets=OFFSETS), rows, history or [])


def test_a_lawful_candidate_has_an_empty_list_of_rules() -> None:
    assert screened([CALL]) == [("C1", "call", 0, True, "", 480)]


def test_every_refusing_rule_is_listed_in_order() -> None:
    ((*_, lawful, refused_by, earliest),) = screened([{**CALL, "minute": 1380, "flags": ",dispute,plan_performing,"}])
    assert (lawful, refused_by, earliest) == (False, "CN-CBA-time,CN-CC2011-70c,CN-GBT-time,CN-policy-hold", 480)


def test_one_row_a_candidate_whatever_the_history() -> None:
    rows = [{**CALL, "alternative": number} for number in range(3)]
    assert len(screened(rows, [event(outcome="right_party") for _ in range(9)])) == 3


def test_the_first_lawful_minute_waits_for_the_last_of_the_places() -> None:
    row = {**CALL, "jurisdiction": "US", "acts": "agency", "zones": "America/Los_Angeles,America/New_York", "offset": -240,
           "offset_lo": -420, "offset_hi": -240}  # fmt: skip
    assert screened([{**row, "minute": 659}], packs=ALL)[0][3:] == (False, "US-RF-6b1", 660)
    assert screened([{**row, "minute": 660}], packs=ALL)[0][3:] == (True, "", 660)
    # seen from Los Angeles, New York's evening ends the day
    west = {**row, "offset": -420}
    assert screened([{**west, "minute": 1080}], packs=ALL)[0][3:] == (True, "", 480)
    assert screened([{**west, "minute": 1081}], packs=ALL)[0][3:] == (False, "US-RF-6b1", 480)


def test_night_between_two_places_that_both_have_day() -> None:
    # 20:00 in Los Angeles is 13:00 the next day in Guam, and 23:00 in New York
    row = {**CALL, "jurisdiction": "US", "acts": "agency", "offset": -420, "offset_lo": -420, "offset_hi": 600, "minute": 1200}
    assert screened([{**row, "zones": "America/Los_Angeles,Pacific/Guam"}], packs=ALL)[0][3:5] == (True, "")
    among = "America/Los_Angeles,America/New_York,Pacific/Guam"
    assert screened([{**row, "zones": among}], packs=ALL)[0][3:5] == (False, "US-RF-6b1")


def test_no_hour_is_lawful_where_the_place_is_unknown() -> None:
    assert screened([{**CALL, "offset_lo": None}])[0][3:] == (False, "CN-CBA-time,CN-GBT-time", None)


def test_unknown_facts_refuse_rather_than_pass() -> None:
    nothing = dict.fromkeys(CALL) | {name: CALL[name] for name in ("customer_id", "step", "alternative")}
    assert screened([nothing])[0][3:5] == (False, "NO-PACK")
    assert screened([{**CALL, "party": None}])[0][4] == "CN-CBA-third,CN-CC2011-68a,CN-GBT-contact,CN-GBT-party"
    assert screened([{**CALL, "source": None}])[0][4] == "CN-CBA-channels"


def test_a_jurisdiction_without_a_pack_is_refused() -> None:
    assert screened([{**CALL, "jurisdiction": "JP"}])[0][4] == "NO-PACK"


def test_rules_of_packs_not_in_force_are_not_compiled_in() -> None:
    assert "US-RF" not in str(ibis.to_sql(screen(CANDIDATES, HISTORY, CN, as_of=DAY, business_utc_offsets=OFFSETS)))


def test_budgets_are_what_the_caps_leave_today() -> None:
    history = [event() for _ in range(4)] + [event(outcome="right_party", contact_id="P2")]
    rows = [CALL, {**CALL, "step": "second", "contact_id": "P2"}, {**CALL, "step": "sms", "channel": "sms"}]
    budgets = run(cap_budgets(CANDIDATES, HISTORY, CN, as_of=DAY, business_utc_offsets=OFFSETS), rows, history)
    assert budgets == [
        ("C1", "call", 0, "CN-CBA-freq", "P1", 2),
        ("C1", "call", 0, "CN-GBT-freq", "C1", 2),
        ("C1", "second", 0, "CN-CBA-freq", "P2", 6),
        ("C1", "second", 0, "CN-GBT-freq", "C1", 2),
    ]


def test_no_caps_no_budgets() -> None:
    sg = load_packs(["SG"])
    assert run(cap_budgets(CANDIDATES, HISTORY, sg, as_of=DAY, business_utc_offsets=OFFSETS), [CALL], []) == []


@pytest.mark.spark
def test_spark_gives_the_same_bytes(tmp_path: Path, spark: Sessions) -> None:
    rows = [
        {
            **CALL,
            "customer_id": f"C{number}",
            "account_id": f"A{number}",
            "contact_id": f"P{number}",
            "minute": 400 + number * 37 % 1000,
            "channel": ("call", "sms", "visit", "letter")[number % 4],
            "party": ("debtor", "relative")[number % 3 // 2],
            "purpose": ("collection", "relay", "reminder")[number % 3],
            "jurisdiction": ("CN", "US-MA", "GB", None)[number % 5 % 4],
            "acts": ("issuer", "agency")[number % 2],
            "flags": ("", ",dispute,", ",lost_contact,", None)[number % 4],
            "consents": ("", ",call:night_contact,")[number % 2],
            "offset_lo": (480, 300, None)[number % 3],
            "zones": "Asia/Shanghai,Pacific/Guam",
        }
        for number in range(40)
    ]
    history = [
        event(
            number % 9,
            event_id=f"E{number}",
            customer_id=f"C{number % 12}",
            account_id=f"A{number % 12}" if number % 5 else None,
            contact_id=f"P{number % 12}" if number % 4 else None,
            outcome=("no_answer", "right_party")[number % 7 // 6],
        )
        for number in range(150)
    ]
    for name, table in (("candidates", candidates_table(rows)), ("contacts", history_table(history))):
        pq.write_table(table, tmp_path / f"{name}.parquet")
    asked = {
        "verdicts": (
            screen(CANDIDATES, HISTORY, load_packs(["CN", "UK"]), as_of=DAY, business_utc_offsets=OFFSETS),
            ("customer_id",),
        ),
        "budgets": (cap_budgets(CANDIDATES, HISTORY, ALL, as_of=DAY, business_utc_offsets=OFFSETS), ("customer_id", "rule")),
    }
    for engine, sessions in (("duckdb", open_sessions("duckdb", memory_limit_mb=1024, workers=1)), ("spark", spark)):
        with sessions.session() as session:
            for name in ("candidates", "contacts"):
                session.bind(name, [tmp_path / f"{name}.parquet"])
            for name, (expression, order) in asked.items():
                session.write(to_sql(expression, sessions.dialect), tmp_path / f"{engine}.{name}.parquet", order)
    for name in asked:
        files = [(tmp_path / f"{engine}.{name}.parquet") for engine in ("duckdb", "spark")]
        assert files[0].read_bytes() == files[1].read_bytes()
    refused = pq.read_table(tmp_path / "duckdb.verdicts.parquet")["refused_by"].to_pylist()
    assert len({rule for one in refused for rule in one.split(",")}) >= 8
