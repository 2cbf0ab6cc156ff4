"""Time the law: the screen over millions of candidate contacts, the gate over thousands of single cases.

The candidates and their history are made up beforehand, cut into shards and written as the day has them on disk. Timed are the
screen from those files to every verdict, shard by shard on all cores as the day runs it, and the gate from a parsed case to the
whole verdict, case by case in one process.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from arrears.errors import UsageError
from arrears.lab.law_cases import case_texts
from arrears.law import gate_of, load_packs, parse_case
from arrears.law.asking import active_rules
from arrears.law.columns import CANDIDATE_SCHEMA, HISTORY_SCHEMA
from arrears.law.examples import compiled
from arrears.store import COPY_OPTIONS, quoted

DAY = date(2026, 6, 15)
CANDIDATES_MIN, CANDIDATES_MAX = 10_000, 100_000_000
CASES_MIN, CASES_MAX = 100, 1_000_000
OFFSETS = (("Asia/Shanghai", 480), ("Asia/Urumqi", 360))
REPEATS = 5


@dataclass(frozen=True)
class LawFigures:
    """What one run found; seconds are medians of `REPEATS` runs after one that is not counted."""

    pack: str
    rules: int
    """Rules in force that decide over contacts."""
    cores: int
    candidates: int
    history: int
    """Contacts made before, of the customers in question."""
    refused_share_bp: int
    screen_seconds: float
    screen_per_second: int
    cases: int
    case_events: int
    """Lines of history in all cases together."""
    case_refused_share_bp: int
    gate_per_second: int
    gate_p50_ms: float
    gate_p99_ms: float
    gate_json_per_second: int
    """From the text of a case to the text of its verdict."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def as_text(self) -> str:
        return (
            f"pack {self.pack}, {self.rules} rules on contacts, {self.cores} cores\n"
            f"screen: {self.candidates:,} candidates against {self.history:,} contacts of 60 days in "
            f"{self.screen_seconds:.2f} s: {self.screen_per_second:,} a second ({self.refused_share_bp / 100:.1f} % refused)\n"
            f"gate: {self.cases:,} cases with {self.case_events:,} lines of history: {self.gate_per_second:,} a second in one "
            f"process, median {self.gate_p50_ms:.3f} ms, p99 {self.gate_p99_ms:.3f} ms "
            f"({self.case_refused_share_bp / 100:.1f} % refused); JSON to JSON {self.gate_json_per_second:,} a second"
        )


def bench_law(
    candidates: int, cases: int, *, pack: str = "cn", seed: int = 1, progress: Callable[[str, int, int], None] | None = None
) -> LawFigures:
    """Make up both and time them; raises `UsageError` for sizes out of range.

    Shares are of what was refused, in basis points.
    """
    tell = progress or (lambda *_: None)
    for flag, n, low, high in (
        ("--candidates", candidates, CANDIDATES_MIN, CANDIDATES_MAX), ("--cases", cases, CASES_MIN, CASES_MAX),
    ):  # fmt: skip
        if not low <= n <= high:
            raise UsageError(f"{n:,} cannot be timed", where=flag, remedy=f"give {low:,} to {high:,}")
    packs = load_packs(pack.split(","))
    cores = len(os.sched_getaffinity(0))
    folder = Path(tempfile.mkdtemp(prefix="arrears-bench-law-"))
    try:
        shards = _write_shards(folder, candidates, cores, tell)
        query = _checked(compiled(packs, DAY, OFFSETS))
        seconds = []
        for run in range(REPEATS + 1):
            tell("screening", run, REPEATS + 1)
            started = time.perf_counter()
            judged, refused, history = _screen(shards, query, cores)
            seconds.append(time.perf_counter() - started)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    assert judged == candidates  # noqa: S101 - every candidate has its verdict
    tell("asking the gate", 0, 1)
    timed = _time_gate(pack, case_texts(cases, DAY, seed))
    screen_seconds = median(seconds[1:])
    return LawFigures(
        pack=pack, rules=len(active_rules(packs, DAY)), cores=cores, candidates=candidates, history=history,
        refused_share_bp=round(refused * 10_000 / candidates), screen_seconds=round(screen_seconds, 3),
        screen_per_second=round(candidates / screen_seconds), cases=cases, **timed,
    )  # fmt: skip


def _write_shards(folder: Path, candidates: int, n: int, tell: Callable[[str, int, int], None]) -> list[tuple[Path, Path]]:
    """Candidates two a customer and as many contacts of the last 60 days, in the order in which the day has them.

    As many shards as there are workers: planning the query costs a tenth of a second a shard.
    """
    shards = []
    size = -(-candidates // (2 * n)) * 2
    starts = range(0, candidates, size)
    with duckdb.connect(":memory:") as connection:
        for number, first in enumerate(starts):
            tell("making up candidates", number, len(starts))
            last = min(first + size, candidates)
            made = (folder / f"candidates-{number}.parquet", folder / f"contacts-{number}.parquet")
            for path, rows in zip(made, (_CANDIDATES, _CONTACTS), strict=True):
                query = _whole(rows, CANDIDATE_SCHEMA if rows is _CANDIDATES else HISTORY_SCHEMA).format(
                    first=first, last=last, day=DAY.isoformat(), since=(DAY - timedelta(days=59)).isoformat()
                )
                connection.execute(f"COPY ({query}) TO {quoted(path)} ({COPY_OPTIONS})")
            shards.append(made)
    return shards


def _whole(rows: str, schema: dict[str, str]) -> str:
    """The rows with the schema's columns that they leave out: empty, zero or false, as of most contacts."""
    empty = {"string": "''", "int64": "0::BIGINT", "boolean": "FALSE", "date": "NULL::DATE"}
    more = [
        f"{empty[kind]} AS {name}"
        for name, kind in schema.items()
        if f" AS {name}" not in rows and f'AS "{name}"' not in rows and name != "local_date"
    ]
    return f"SELECT *, {', '.join(more)} FROM ({rows})" if more else rows


_CANDIDATES = """
SELECT 'C' || lpad((i // 2)::VARCHAR, 9, '0') AS customer_id, 'A' || lpad((i // 2)::VARCHAR, 9, '0') AS account_id,
       'step-' || (h % 9) AS step, i % 2 AS alternative,
       ['sms', 'call', 'call', 'letter', 'sms', 'email', 'call', 'sms', 'visit'][1 + h % 9] AS channel,
       CASE WHEN h % 47 = 0 THEN 'relative' ELSE 'debtor' END AS party,
       CASE WHEN h % 47 = 0 THEN 'relay' WHEN h % 9 = 5 THEN 'reminder' ELSE 'collection' END AS purpose,
       CASE WHEN h % 47 = 0 THEN 'R' ELSE 'P' END || lpad((i // 2)::VARCHAR, 9, '0') AS contact_id,
       CASE WHEN h % 400 = 3 THEN 440 ELSE 540 + h % 600 END AS minute, 2::BIGINT AS visitors,
       CASE WHEN h % 50 = 4 THEN 'CN-XJ'
            ELSE 'CN-' || ['SH', 'BJ', 'GD', 'SC'][1 + h % 4] END AS jurisdiction, 'issuer' AS acts, h % 180 AS dpd,
       CASE WHEN c % 40 = 0 THEN ',dispute,' WHEN c % 41 = 0 THEN ',hardship,plan_performing,'
            WHEN c % 43 = 0 THEN ',lost_contact,lost_contact:evidenced,' ELSE '' END AS flags,
       CASE WHEN c % 30 = 0 THEN ',call:night_contact@2026-02-01,' ELSE '' END AS consents,
       CASE WHEN c % 33 = 0 THEN ',sms:collection,' ELSE '' END AS refusals,
       CASE WHEN h % 50 = 4 THEN 'Asia/Shanghai,Asia/Urumqi' ELSE 'Asia/Shanghai' END AS zones,
       480::BIGINT AS "offset", CASE WHEN h % 50 = 4 THEN 360 ELSE 480 END::BIGINT AS offset_lo, 480::BIGINT AS offset_hi,
       CASE WHEN h % 300 = 7 THEN 'unknown' ELSE 'contract' END AS source, 'active' AS contact_status
FROM (SELECT i, i // 2 AS c, (hash(i) % 1000003)::BIGINT AS h FROM range({first}, {last}) AS t(i))
ORDER BY customer_id, step, alternative
"""

_CONTACTS = """
SELECT 'C' || lpad(c::VARCHAR, 9, '0') AS customer_id, 'A' || lpad(c::VARCHAR, 9, '0') AS account_id,
       'P' || lpad(c::VARCHAR, 9, '0') AS contact_id, local_date + INTERVAL (60 * (2 + h % 9)) MINUTE AS "at", local_date,
       ['sms', 'call', 'call', 'letter', 'call'][1 + h % 5] AS channel, 'outbound' AS direction, 'debtor' AS party,
       ['delivered', 'no_answer', 'right_party', 'delivered', 'busy'][1 + h % 5] AS outcome
FROM (SELECT i // 2 AS c, (hash(i + 7) % 1000003)::BIGINT AS h, (DATE '{since}' + (hash(i) % 60)::INT) AS local_date
      FROM range({first}, {last}) AS t(i))
ORDER BY local_date, customer_id
"""


def _checked(query: str) -> str:
    """The query's verdicts as a few sums over every column, so that none is left out because nobody reads it.

    Cheap ones: hashed, the verdicts take a twenty-fifth of what is timed, and that is no work of the screen's.
    """
    return (
        "SELECT count(*), count(*) FILTER (NOT lawful), sum(strlen(refused_by)), sum(earliest_minute), "
        f"sum(strlen(customer_id)), sum(strlen(step)), sum(alternative) FROM ({query})"
    )


def _screen(shards: list[tuple[Path, Path]], query: str, workers: int) -> tuple[int, int, int]:
    """Every shard screened by a worker with one thread; returns candidates, those refused, and lines of history."""

    def one(shard: tuple[Path, Path]) -> tuple[int, int, int]:
        with duckdb.connect(":memory:") as connection:
            connection.execute("SET threads = 1")
            for name, path in zip(("candidates", "contacts"), shard, strict=True):
                connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({quoted(path)})")
            judged, refused, *_ = connection.execute(query).fetchall()[0]
            history = connection.execute("SELECT count(*) FROM contacts").fetchall()[0][0]
        return judged, refused, history

    with ThreadPoolExecutor(workers) as pool:
        found = list(pool.map(one, shards))
    judged, refused, history = (sum(column) for column in zip(*found, strict=True))
    return judged, refused, history


def _time_gate(pack: str, texts: list[str]) -> dict[str, Any]:
    """The gate's figures over the cases, all asked once before."""
    door = gate_of(load_packs(pack.split(",")))
    cases = [parse_case(text) for text in texts]
    refused = sum(not door.judge(case).allowed for case in cases)
    nanoseconds, rates, clock = [], [], time.perf_counter_ns
    for _ in range(REPEATS):
        began = clock()
        for case in cases:
            started = clock()
            door.judge(case)
            nanoseconds.append(clock() - started)
        rates.append(len(cases) * 1e9 / (clock() - began))
    nanoseconds.sort()
    began = clock()
    for text in texts:
        json.dumps(door.judge(parse_case(text)).as_json(), ensure_ascii=False)
    whole = clock() - began
    return {
        "case_events": sum(len(case.history) for case in cases),
        "case_refused_share_bp": round(refused * 10_000 / len(cases)),
        "gate_per_second": round(median(rates)),
        "gate_p50_ms": round(nanoseconds[len(nanoseconds) // 2] / 1e6, 4),
        "gate_p99_ms": round(nanoseconds[len(nanoseconds) * 99 // 100] / 1e6, 4),
        "gate_json_per_second": round(len(texts) * 1e9 / whole),
    }
