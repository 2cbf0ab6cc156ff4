"""Small worlds: random customers with the book's columns, playbooks in few lines, and both halves run on DuckDB."""

from __future__ import annotations

import random
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa

from arrears.book.columns import CUSTOMER_COLUMNS, schema
from arrears.feed.contracts import FLAGS
from arrears.playbook import Playbook, candidates, default_contents, load, segmented

AS_OF = date(2026, 11, 12)
CUSTOMERS = ibis.table(schema(CUSTOMER_COLUMNS), name="customers")
SCORES = ibis.table({"customer_id": "string", "score": "int64", "band": "string"}, name="scores")
SEGMENTS = ibis.table(
    {"customer_id": "string", "segment": "string", "arm": "string", "score": "int64", "band": "string"}, name="segments"
)
ARROW = {"string": pa.string(), "int64": pa.int64(), "date": pa.date32(), "boolean": pa.bool_()}

EMPTY: dict[str, Any] = {
    column.name: {"string": "", "int64": 0, "date": None, "boolean": False}[column.type] for column in CUSTOMER_COLUMNS
}


def customer(number: int = 1, **values: Any) -> dict[str, Any]:
    """A customer of the book, current, long with the bank and reachable everywhere, with what is said of them."""
    known = {
        "customer_id": f"C{number:06d}", "account_id": f"A{number:06d}", "customer_hash": number, "language": "zh",
        "country": "CN", "since_date": date(2020, 1, 1), "months_on_book": 80, "mobile_id": f"M{number}",
        "email_id": f"E{number}", "address_id": f"L{number}", "landline_id": f"T{number}", "relative_id": f"R{number}",
        "band": "B", "score": 700,
    }  # fmt: skip
    return EMPTY | known | values


def random_customers(count: int, seed: int) -> list[dict[str, Any]]:
    """Customers of every kind, with missing values where the book may have them."""
    draw = random.Random(seed)
    found = []
    for number in range(count):
        dpd = draw.choice([0, 0, draw.randint(1, 30), draw.randint(31, 60), draw.randint(61, 90), draw.randint(91, 400)])
        flags = sorted(draw.sample(FLAGS, draw.choice([0] * 8 + [1, 2])))
        months = draw.choice([0, 1, 2, 4, 6, 20, 90])
        values = {
            "customer_hash": draw.randrange(2**31),
            "language": draw.choice(["zh", "en"]),
            "dpd": dpd,
            "bucket": min(7, (dpd + 29) // 30),
            "bucket_entry_date": AS_OF - timedelta(days=(dpd - 1) % 30 if dpd else draw.randint(0, 9)),
            "since_date": AS_OF - timedelta(days=months * 30 + draw.choice([3, 20, 9])),
            "months_on_book": months,
            "next_due_date": draw.choice([None, AS_OF + timedelta(days=draw.randint(0, 8))]),
            "ever_overdue": dpd > 0 or draw.random() < 0.3,
            "first_payment_default": draw.random() < 0.2,
            "times_overdue_12": draw.randint(0, 3),
            "times_overdue_total": draw.randint(0, 4),
            "late_in_6": draw.randint(0, 2),
            "self_cured_12": draw.randint(0, 3),
            "balance_minor": draw.choice([0, 4_999_999, 5_000_000, 123_456]),
            "paid_ratio_bp": draw.choice([0, 1, 900, 1500, 1501, 10_000]),
            "flags": f",{','.join(flags)}," if flags else "",
            "band": draw.choice([*"ABCDE", None]),
            "score": draw.choice([None, 300, 650, 800]),
            "product_id": draw.choice(["classic", "gold", "o'hara"]),
        }
        values |= {name: "" for name in ("mobile_id", "email_id", "landline_id", "relative_id") if draw.random() < 0.3}
        found.append(customer(number, **values))
    return found


def connected(customers: list[dict[str, Any]]) -> duckdb.DuckDBPyConnection:
    """A database with these customers, and the scores of those who have one."""
    connection = duckdb.connect()
    columns = {
        column.name: pa.array([one[column.name] for one in customers], ARROW[column.type]) for column in CUSTOMER_COLUMNS
    }
    scored = [one for one in customers if one["band"] is not None]
    scores = {
        "customer_id": pa.array([one["customer_id"] for one in scored], pa.string()),
        "score": pa.array([one["score"] for one in scored], pa.int64()),
        "band": pa.array([one["band"] for one in scored], pa.string()),
    }
    connection.register("customers_arrow", pa.table(columns))
    connection.register("scores_arrow", pa.table(scores))
    connection.execute("create table customers as from customers_arrow; create table scores as from scores_arrow")
    return connection


def segments_of(connection: duckdb.DuckDBPyConnection, playbook: Playbook, as_of: date = AS_OF) -> dict[str, dict[str, Any]]:
    """Customer to their row of segments, which is kept as a table too."""
    query = ibis.to_sql(segmented(CUSTOMERS, SCORES, playbook, as_of), dialect="duckdb")
    connection.execute(f"create or replace table segments as {query}")
    return {row["customer_id"]: row for row in connection.sql("from segments").to_arrow_table().to_pylist()}


def due(customers: list[dict[str, Any]], playbook: Playbook, as_of: date = AS_OF) -> list[dict[str, Any]]:
    """The candidates of these customers, by customer, step and alternative."""
    connection = connected(customers)
    segments_of(connection, playbook, as_of)
    query = ibis.to_sql(candidates(CUSTOMERS, SEGMENTS, playbook, as_of), dialect="duckdb")
    return connection.sql(f"from ({query}) order by customer_id, step, alternative").to_arrow_table().to_pylist()


def written(folder: Path, segments: str, rest: str = "") -> Path:
    """A playbook file with the default contents beside it; `segments` is YAML below `segments:`."""
    if not (folder / "contents").exists():
        shutil.copytree(default_contents(), folder / "contents")
    path = folder / "playbook.yaml"
    path.write_text(f"format: 1\nid: small\ntitle: {{en: Small, zh: 小}}\n{rest}segments:\n{segments}", encoding="utf-8")
    return path


def small(folder: Path, segments: str, rest: str = "") -> Playbook:
    return load(written(folder, segments, rest))


REST = "  - {id: rest, title: {en: Rest, zh: 其余}, when: always, intensity: {per_day_max: 1, per_7_days_max: 2}}\n"


def segment(segment_id: str, when: str, steps: str = "", more: str = "") -> str:
    """One segment as YAML; `steps` are flow mappings, one a line."""
    head = f"  - id: {segment_id}\n    title: {{en: {segment_id}, zh: 段}}\n    when: {when}\n"
    body = "".join(f"      - {{{line.strip()}}}\n" for line in steps.strip().splitlines())
    return head + "    intensity: {per_day_max: 1, per_7_days_max: 3}\n" + more + (f"    steps:\n{body}" if body else "")


def step(step_id: str, trigger: str, **values: str) -> str:
    """One step as a flow mapping's inside."""
    known = {"clause": "R4", "channel": "sms", "content": "missed_payment", "purpose": "collection"} | values
    return f"id: {step_id}, trigger: {trigger}, " + ", ".join(f"{key}: {value}" for key, value in known.items())
