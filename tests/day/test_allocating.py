"""The allocation held against a plain reading of its own rule, on any candidates and verdicts."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import duckdb
import ibis
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arrears.allocate.first_lawful import DECISIONS, decided, recent_contacts
from arrears.book.tables import feed_schema
from arrears.day.queries import CANDIDATES, VERDICTS
from arrears.engine.session import to_sql

Row = dict[str, Any]

DAY = date(2028, 2, 29)
PER_DAY = {"calm": 1, "busy": 3, "never": 0}
PER_7_DAYS = {"calm": 2, "busy": 5, "never": 0}
CHANNELS = ("sms", "email", "call", "letter", "visit")
ARROW = {
    "string": pa.string(), "int64": pa.int64(), "boolean": pa.bool_(), "date": pa.date32(), "timestamp(6)": pa.timestamp("us"),
}  # fmt: skip

QUERY = to_sql(
    decided(
        ibis.table(CANDIDATES, name="candidates"), ibis.table(VERDICTS, name="verdicts"),
        recent_contacts(ibis.table(feed_schema("contacts"), name="history"), DAY), PER_DAY, PER_7_DAYS,
    ), "duckdb",
)  # fmt: skip


@st.composite
def days(draw: st.DrawFn) -> tuple[list[Row], list[Row], list[Row]]:
    """Candidates, verdicts and the contacts made before, of up to six customers."""
    candidates, verdicts, history = [], [], []
    for customer in ("C1", "C2", "C3", "C4", "C5", "C6")[: draw(st.integers(1, 6))]:
        segment = draw(st.sampled_from(sorted(PER_DAY)))
        for step in ("a", "b", "c", "d")[: draw(st.integers(0, 4))]:
            priority = draw(st.integers(0, 3))
            for alternative in range(draw(st.integers(1, 3))):
                refused_by = draw(st.sampled_from(("", "", "R-1", "R-1,R-2")))
                key = {"customer_id": customer, "step": step, "alternative": alternative}
                candidates.append(
                    dict.fromkeys(CANDIDATES, "") | key | {
                        "segment": segment, "channel": draw(st.sampled_from(CHANNELS)), "priority": priority, "minute": 600,
                        "visitors": 0, "contact_id": draw(st.sampled_from(("P1", "P1", ""))),
                    }
                )  # fmt: skip
                verdicts.append(key | {"lawful": not refused_by, "refused_by": refused_by, "earliest_minute": None})
        for number in range(draw(st.integers(0, 4))):
            history.append(
                dict.fromkeys(feed_schema("contacts")) | {
                    "event_id": f"E{number}", "customer_id": customer,
                    "local_date": DAY - timedelta(days=draw(st.integers(0, 8))),
                    "direction": draw(st.sampled_from(("outbound", "outbound", "inbound"))),
                }
            )  # fmt: skip
    return candidates, verdicts, history


def allocated(candidates: list[Row], verdicts: list[Row], history: list[Row]) -> list[Row]:
    with duckdb.connect() as connection:
        for name, found, types in (
            ("candidates", candidates, CANDIDATES), ("verdicts", verdicts, VERDICTS),
            ("history", history, feed_schema("contacts")),
        ):  # fmt: skip
            schema = pa.schema([(column, ARROW[kind]) for column, kind in types.items()])
            connection.register(name, pa.Table.from_pylist(found, schema=schema))
        return connection.sql(QUERY).to_arrow_table().to_pylist()


def by_hand(candidates: list[Row], verdicts: list[Row], history: list[Row]) -> dict[tuple[str, str, int], str]:
    """The rule as a person would apply it: customer by customer, step by step."""
    said = {(row["customer_id"], row["step"], row["alternative"]): row["lawful"] for row in verdicts}
    decisions: dict[tuple[str, str, int], str] = {}
    best: dict[str, list[Row]] = defaultdict(list)
    found_for: set[tuple[str, str]] = set()
    for row in sorted(candidates, key=lambda row: row["alternative"]):
        key = (row["customer_id"], row["step"], row["alternative"])
        if not said[key]:
            decisions[key] = "refused"
        elif not row["contact_id"]:
            decisions[key] = "no_contact_point"
        elif key[:2] in found_for:
            decisions[key] = "not_needed"
        else:
            found_for.add(key[:2])
            best[row["customer_id"]].append(row)
    for customer, rows in best.items():
        made = [row["local_date"] for row in history if row["customer_id"] == customer and row["direction"] == "outbound"]
        today, week = sum(day == DAY for day in made), sum(day > DAY - timedelta(days=7) for day in made)
        room = min(PER_DAY[rows[0]["segment"]] - today, PER_7_DAYS[rows[0]["segment"]] - week)
        used: set[str] = set()
        for row in sorted(rows, key=lambda row: (-row["priority"], row["step"])):
            chosen = row["channel"] not in used and room > 0
            used.add(row["channel"])
            room -= chosen
            decisions[row["customer_id"], row["step"], row["alternative"]] = "chosen" if chosen else "outranked"
    return decisions


PATIENT = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@PATIENT
@given(days())
def test_decisions_are_those_of_the_rule_applied_by_hand(day: tuple[list[Row], list[Row], list[Row]]) -> None:
    found = allocated(*day)
    assert {(row["customer_id"], row["step"], row["alternative"]): row["decision"] for row in found} == by_hand(*day)
    assert {row["decision"] for row in found} <= set(DECISIONS)


@PATIENT
@given(days())
def test_what_is_chosen_is_lawful_reachable_first_of_its_step_and_alone_in_its_channel(
    day: tuple[list[Row], list[Row], list[Row]],
) -> None:
    found = allocated(*day)
    assert len(found) == len(day[0])
    chosen = [row for row in found if row["decision"] == "chosen"]
    for row in chosen:
        assert row["lawful"] and row["contact_id"]
        step = [other for other in found if (other["customer_id"], other["step"]) == (row["customer_id"], row["step"])]
        earlier = [other for other in step if other["alternative"] < row["alternative"]]
        assert all(not other["lawful"] or not other["contact_id"] for other in earlier)
        assert sum(other["decision"] == "chosen" for other in step) == 1
    channels = [(row["customer_id"], row["channel"]) for row in chosen]
    assert len(channels) == len(set(channels))
