"""Time the gate at send time: many workers on one ledger, some killed, some with clocks set back, and no cap broken.

A store of its own is made up in a temporary folder: customers with two telephone numbers each and more calls and messages due
than the law allows. Workers are processes of their own. Counted are the attempts that the ledger has; breaches are counted from
the ledger alone by `arrears.lab.gate_breaches`, and the chain is verified.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from arrears.desk.ledger.verifying import verify
from arrears.desk.opening import Store, opened
from arrears.desk.plan.publishing import analyse
from arrears.errors import UsageError
from arrears.lab.gate_breaches import Breaches, count_breaches

DAY = date(2026, 6, 15)
OPENING = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)
"""Ten in the morning in Shanghai."""
CALLS_A_CUSTOMER, MESSAGES_A_CUSTOMER = 8, 2
WORKERS_MAX = 64
KILL_EVERY_SECONDS = 0.4
SET_BACKS = (0, 0, 3 * 3600, 26 * 3600)
"""Seconds by which the clocks of the first, second, ... worker go back where that is asked for."""
IDLE_ROUNDS = 20


@dataclass(frozen=True)
class GateFigures:
    """What one run found."""

    workers: int
    cores: int
    customers: int
    due: int
    """Contacts that were due."""
    decided: int
    """Of them allowed, refused or put off."""
    attempts: int
    """Allowed, and written to the ledger before anything was sent."""
    seconds: float
    """From the first entry of the ledger to the last."""
    per_second: int
    """Attempts a second."""
    decided_per_second: int
    p50_ms: float
    p99_ms: float
    """Of the transaction that decided about a contact, with up to 31 others, as the contact waits for it."""
    breaches: int
    broken: dict[str, int]
    unknown: int
    """Contacts whose worker was killed between attempt and receipt: never tried again."""
    killed: int
    set_back: bool
    chain_sound: bool

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def as_text(self) -> str:
        trouble = f", {self.killed} killed" if self.killed else ""
        trouble += ", some clocks set back by 3 and 26 hours" if self.set_back else ""
        return (
            f"{self.workers} workers on {self.cores} cores{trouble}: {self.due:,} contacts due with {self.customers:,} "
            f"customers\n"
            f"{self.attempts:,} attempts in {self.seconds:.1f} s: {self.per_second:,} a second "
            f"({self.decided_per_second:,} decisions); the deciding transaction p50 {self.p50_ms:.1f} ms, "
            f"p99 {self.p99_ms:.1f} ms\n"
            f"breaches, counted from the ledger alone: {self.breaches}; chain sound: {'yes' if self.chain_sound else 'NO'}; "
            f"left unknown: {self.unknown}"
        )


def bench_gate(
    customers: int, workers: int, *, kill: bool = False, set_back: bool = False, seed: int = 1,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> GateFigures:  # fmt: skip
    """Make up a store and let the workers work it off; raises `UsageError` for sizes out of range."""
    for flag, n, low, high in (("--customers", customers, 10, 1_000_000), ("--workers", workers, 1, WORKERS_MAX)):
        if not low <= n <= high:
            raise UsageError(f"{n:,} is out of range", where=flag, remedy=f"give {low:,} to {high:,}")
    folder = Path(tempfile.mkdtemp(prefix="arrears-bench-gate-"))
    try:
        with opened(folder, {}) as store:
            progress("making up customers", 0, 1)
            _make_up(store, customers)
            killed, waits = _work_off(store, folder, workers, kill=kill, set_back=set_back, seed=seed, progress=progress)
            return _figures(store, customers, workers, killed, waits, set_back=set_back)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_up(store: Store, customers: int) -> None:
    with store.connect() as connection:
        connection.execute(CUSTOMERS, [customers])
        connection.execute(
            "INSERT INTO publication VALUES (%s, 'bench', '{}', %s, %s, 'Asia/Shanghai', clock_timestamp())",
            [DAY, customers, customers],
        )
        connection.execute(STANDINGS, [DAY, customers])
        connection.execute(INTENTS, [DAY, OPENING, DAY, CALLS_A_CUSTOMER + MESSAGES_A_CUSTOMER, customers])
    analyse(store)


CUSTOMERS = "INSERT INTO customer SELECT 'C' || lpad(i::text, 9, '0') FROM generate_series(1, %s) AS i"
STANDINGS = """INSERT INTO standing SELECT %s, c, 'CN-SH', 'Asia/Shanghai', 'zh', 'CNY', 10000, 10000, 50000, '', '', '',
    '[{"id":"A' || c || '","dpd":20,"currency":"CNY","balance_minor":50000}]',
    '[{"id":"P' || c || '","kind":"mobile","party":"debtor","source":"contract","status":"active"},'
    || '{"id":"Q' || c || '","kind":"mobile","party":"debtor","source":"contract","status":"active"}]', '[]'
FROM (SELECT 'C' || lpad(i::text, 9, '0') AS c FROM generate_series(1, %s) AS i) AS made"""
INTENTS = f"""INSERT INTO intent (business_date, customer_id, account_id, contact_id, step, alternative, channel, party,
    purpose, content, content_fields, content_features, visitors, priority, language, subject, text, name, contact, segment,
    clause, reason, due_at, not_after)
SELECT %s, c, 'A' || c, CASE WHEN k %% 2 = 0 THEN 'P' ELSE 'Q' END || c, 'step-' || k, 0,
    CASE WHEN k >= {CALLS_A_CUSTOMER} THEN 'sms' ELSE 'call' END, 'debtor', 'collection', 'missed_payment',
    ',sender,cardholder_name,reason,issuer_contact,opt_out,', '', 0, 0, 'zh', '', 'text', 'name', '+8613800000000', 'bench',
    'R1', '', %s + k * interval '1 second', (%s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
FROM (SELECT 'C' || lpad(i::text, 9, '0') AS c, k
    FROM generate_series(0, %s - 1) AS k, generate_series(1, %s) AS i) AS made"""


def _work_off(
    store: Store, folder: Path, workers: int, *, kill: bool, set_back: bool, seed: int,
    progress: Callable[[str, int, int], None],
) -> tuple[int, list[float]]:  # fmt: skip
    """Run the workers to the end; returns how many were killed, and the waits that the others told of, in seconds."""
    chance, began, killed, number = random.Random(seed), time.time(), 0, 0  # noqa: S311 - no secret
    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        nonlocal number
        settings = {
            "database": dict(store.worker), "opening": OPENING.isoformat(), "began": began, "number": number,
            "set_back_seconds": SET_BACKS[number % len(SET_BACKS)] if set_back else 0, "idle_rounds": IDLE_ROUNDS,
            "figures": str(folder / f"figures-{number}.json"), "ready": str(folder / f"ready-{number}"),
            "go": str(folder / "go"),
        }  # fmt: skip
        path = folder / f"worker-{number}.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(settings), encoding="utf-8")
        running.append(subprocess.Popen([sys.executable, "-m", "arrears.lab.gate_worker", str(path)]))
        number += 1

    for _ in range(workers):
        start()
    try:
        while len(list(folder.glob("ready-*"))) < workers:  # what is timed is the work, not the reading of the packs
            if any(one.poll() is not None for one in running):
                raise UsageError("a worker did not start", where="bench gate", remedy="run it with fewer --workers")
            time.sleep(0.05)
        (folder / "go").touch()
        last = time.monotonic()
        while any(one.poll() is None for one in running):
            time.sleep(0.05)
            progress("working off", sum(one.poll() is not None for one in running), len(running))
            alive = [one for one in running if one.poll() is None]
            if kill and len(alive) == workers and time.monotonic() - last > KILL_EVERY_SECONDS:
                os.kill(chance.choice(alive).pid, signal.SIGKILL)
                killed, last = killed + 1, time.monotonic()
                start()
    finally:
        for one in running:
            one.kill()
            one.wait()
    waits = [wait for path in folder.glob("figures-*.json") for wait in json.loads(path.read_text("utf-8"))["waits"]]
    return killed, sorted(waits)


def _figures(store: Store, customers: int, workers: int, killed: int, waits: list[float], *, set_back: bool) -> GateFigures:
    with store.connect() as connection:
        found = connection.execute(
            "SELECT count(*) FILTER (WHERE kind = 'attempt'), count(*) FILTER (WHERE kind IN ('attempt', 'refusal')), "
            "extract(epoch FROM max(recorded_at) - min(recorded_at)) FROM ledger_entry"
        ).fetchone()
        states = dict(connection.execute("SELECT state, count(*) FROM intent GROUP BY state").fetchall())
        broken: Breaches = count_breaches(connection)
        sound = not verify(connection).findings
    attempts, decided, seconds = (int(found[0]), int(found[1]), float(found[2] or 1)) if found else (0, 0, 1.0)
    middle, last = (waits[len(waits) // 2], waits[len(waits) * 99 // 100]) if waits else (0.0, 0.0)
    return GateFigures(
        workers=workers, cores=len(os.sched_getaffinity(0)), customers=customers,
        due=customers * (CALLS_A_CUSTOMER + MESSAGES_A_CUSTOMER), decided=decided, attempts=attempts, seconds=round(seconds, 2),
        per_second=round(attempts / seconds), decided_per_second=round(decided / seconds), p50_ms=round(middle * 1000, 1),
        p99_ms=round(last * 1000, 1), breaches=broken.total, broken=broken.as_json(),
        unknown=int(states.get("unknown", 0)) + int(states.get("sending", 0)), killed=killed, set_back=set_back,
        chain_sound=sound,
    )  # fmt: skip
