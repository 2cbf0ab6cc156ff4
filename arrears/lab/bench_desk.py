"""Time the collectors' pages: many customers, a long ledger, and collectors who work at once in front of a served desk.

A bank's day is run and published into a store of its own in a temporary folder, then as many customers as asked for are made up
beside it, each with a call due, and the ledger is filled with entries of the past: these bear no chain, since what is timed
is the pages and not the ledger, which `arrears bench gate` times. The desk is served as a user serves it, by `arrears serve`;
a collector is a thread with a session and a connection of its own: the next customer, the gate, what came of it, and so on.
"""

from __future__ import annotations

import http.client
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np

from arrears.day.workspace import Workspace
from arrears.desk.current import Desk
from arrears.desk.opening import Store, connected, opened
from arrears.desk.plan.publishing import analyse, publish
from arrears.desk.plan.rows import day_of_plan
from arrears.desk.serving import Address
from arrears.desk.serving import prepare as prepare_desk
from arrears.errors import UsageError
from arrears.lab.bench_day import DAY, prepare, timed_day
from arrears.lab.bench_gate import CUSTOMERS, INTENTS, STANDINGS

ACCOUNTS = 3_000
"""Of the bank whose day gives the plan, the packs and the settings."""
OPENING = datetime(DAY.year, DAY.month, DAY.day, 2, 0, tzinfo=UTC)
"""Ten in the morning in Shanghai."""
PAST_DAYS = 400
CASE = re.compile(r"/work/case/(\w+)/")
CALL = re.compile(rb'name="intent" value="(\d+)"')
ATTEMPT = re.compile(rb'name="attempt" value="(\d+)"')
TIMED = re.compile(r"dur=([0-9.]+)")
OTHERS = (
    "/supervision/",
    "/supervision/queue/?segment=bench&channel=call",
    "/supervision/quality/",
    "/supervision/matters/",
    "/supervision/targets/",
    "/figures/",
    "/figures/rolls/",
    "/figures/work/?by=day",
    "/figures/work/?by=segment",
    "/figures/work/behind/?kind=contacts&by=agent&name=agent-1&measure=attempts",
    "/compliance/",
    "/compliance/refused/",
)
OUTCOMES = ("no_answer", "busy", "right_party", "refused", "voicemail")


@dataclass(frozen=True)
class DeskFigures:
    """What one run found; times in milliseconds."""

    customers: int
    ledger_entries: int
    collectors: int
    pause_seconds: float
    """Between what a collector does and the next, half to one and a half times it."""
    cores: int
    seconds: float
    requests: int
    per_second: float
    server_p50_ms: float
    server_p95_ms: float
    """Within the desk's own code and database, of every page, as its Server-Timing header tells."""
    whole_p95_ms: float
    """As the browser waits, with queueing, on the same machine."""
    calls: int
    """That the gate allowed."""
    errors: int
    answers: dict[str, int]
    """Status to how many."""
    pages: dict[str, float]
    """What was asked for to its server time's p95."""
    others: dict[str, tuple[float, float]]
    """Pages of supervisors, managers and compliance, nobody else at work: the server time of the first look and of the next."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def as_text(self) -> str:
        others = ", ".join(f"{name} {first:.0f} / {after:.0f} ms" for name, (first, after) in self.others.items())
        return (
            f"{self.collectors} collectors, {self.pause_seconds:g} s between clicks, {self.customers:,} customers, "
            f"{self.ledger_entries:,} ledger entries, {self.cores} cores\n"
            f"{self.requests:,} requests in {self.seconds:.0f} s ({self.per_second:.1f} a second), {self.calls:,} calls "
            f"allowed, {self.errors} errors\n"
            f"server time p50 {self.server_p50_ms:.1f} ms, p95 {self.server_p95_ms:.1f} ms; "
            f"whole p95 {self.whole_p95_ms:.1f} ms\n"
            f"p95 by page: {', '.join(f'{name} {ms:.1f} ms' for name, ms in self.pages.items())}\n"
            f"other pages, first look / next: {others}"
        )


def bench_desk(
    customers: int, entries: int, collectors: int, *, pause: float, seconds: int,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> DeskFigures:  # fmt: skip
    """Make up the desk and let the collectors work; raises `UsageError` for sizes out of range."""
    for flag, n, low, high in (
        ("--customers", customers, 1_000, 10_000_000), ("--entries", entries, 1, 200_000_000),
        ("--collectors", collectors, 1, 1_000),
    ):  # fmt: skip
        if not low <= n <= high:
            raise UsageError(f"{n:,} is out of range", where=flag, remedy=f"give {low:,} to {high:,}")
    folder = Path(tempfile.mkdtemp(prefix="arrears-bench-desk-"))
    try:
        workspace = prepare(folder, accounts=ACCOUNTS, progress=lambda done, total: progress("making up a bank", done, total))
        timed_day(workspace, folder / "feed", ACCOUNTS)
        with opened(workspace.path, {}) as store:
            progress("making up customers", 0, 1)
            _make_up(store, workspace, customers)
            _fill_ledger(store, customers, entries, progress)
            prepare_desk(Desk(store, workspace.path, OPENING), Address("127.0.0.1", 80))
            cookies = [_session(f"bench-{n:04d}", "collector") for n in range(collectors)]
            seer = _session("bench-seer", "supervisor", "manager", "compliance")
            with _served(workspace) as port:
                progress("collectors at work", 0, 1)
                found = _work(port, cookies, pause, seconds)
                progress("looking at the other pages", 0, 1)
                others = _look(port, seer)
        return _figures(found, others, customers, entries, collectors, pause, seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_up(store: Store, workspace: Workspace, customers: int) -> None:
    publish(store, day_of_plan(workspace, DAY))
    with store.connect() as connection:
        connection.execute(CUSTOMERS, [customers])
        connection.execute(STANDINGS, [DAY, customers])
        connection.execute(INTENTS, [DAY, OPENING - timedelta(minutes=1), DAY, 1, customers])


_PAST = """INSERT INTO ledger_entry (seq, recorded_at, at, local_at, customer_id, kind, actor, attempt_seq, step, account_id,
    contact_id, channel, party, outcome, body, previous, hash)
SELECT i, at, at, to_char(at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS'), who,
    CASE WHEN i %% 2 = 1 THEN 'attempt' ELSE 'outcome' END, 'agent-' || who_n %% 500,
    CASE WHEN i %% 2 = 1 THEN NULL ELSE i - 1 END, 'step', 'A' || who, 'P' || who, 'call', 'debtor',
    CASE WHEN i %% 2 = 1 THEN NULL ELSE 'no_answer' END, '{"verdict":"allowed"}', '\\x00', '\\x00'
FROM (SELECT i, who_n, 'C' || lpad(who_n::text, 9, '0') AS who,
    %(opening)s - (%(days)s * interval '1 day') * ((%(entries)s - i)::float8 / %(entries)s) - interval '1 hour' AS at
    FROM (SELECT i, 1 + ((i - 1) / 2) %% %(customers)s AS who_n
        FROM generate_series(%(first)s, %(last)s) AS i) AS numbered) AS made"""
SLICE = 1_000_000


def _fill_ledger(store: Store, customers: int, entries: int, progress: Callable[[str, int, int], None]) -> None:
    """Entries of the past without a chain, as only the owner of the tables can write them; indexes are made at the end."""
    with connected(store.owner, autocommit=True) as connection:
        connection.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        connection.execute("ALTER TABLE ledger_head DISABLE TRIGGER USER")
        found = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'ledger_entry' AND indexdef NOT LIKE '%UNIQUE%'"
        ).fetchall()
        for name, _ in found:
            connection.execute(f'DROP INDEX "{name}"'.encode())
        values = {"opening": OPENING, "days": PAST_DAYS, "entries": entries, "customers": customers}
        for first in range(1, entries + 1, SLICE):
            progress("filling the ledger", first, entries)
            connection.execute(_PAST, {**values, "first": first, "last": min(first + SLICE - 1, entries)})
        connection.execute("UPDATE ledger_head SET seq = %s", [entries])
        progress("making its indexes", 0, 1)
        for _, definition in found:
            connection.execute(str(definition).encode())
        connection.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")
        connection.execute("ALTER TABLE ledger_head ENABLE TRIGGER USER")
        connection.execute("VACUUM ANALYZE ledger_entry")
    analyse(store)


def _session(username: str, *roles: str) -> str:
    """A user with both factors, signed in; the session's key."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: PLC0415 - after the settings
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415
    from django_otp import DEVICE_ID_SESSION_KEY  # noqa: PLC0415
    from django_otp.plugins.otp_static.models import StaticDevice  # noqa: PLC0415

    from arrears.desk.people.models import User  # noqa: PLC0415

    user = User(username=username, name="", roles=list(roles), must_change_password=False)
    user.set_unusable_password()
    user.save()
    device = StaticDevice.objects.create(user=user, name="bench")
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.create()
    user.session_key = session.session_key
    user.save(update_fields=["session_key"])
    return str(session.session_key)


@contextmanager
def _served(workspace: Workspace) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    program = Path(sys.executable).parent / "arrears"
    command = [str(program), "serve", "--port", str(port), "--at", OPENING.isoformat(), "--workspace", str(workspace.path)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        if server.stdout is None or "The desk is at" not in server.stdout.readline():
            raise UsageError("the desk did not start", where="bench desk", remedy="look at what it printed above")
        yield port
    finally:
        server.terminate()
        server.wait(30)


class _Collector:
    """One of them: asks for pages and remembers how long each took."""

    def __init__(self, port: int, session: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.token = secrets.token_hex(16)
        self.cookie = f"sessionid={session}; csrftoken={self.token}"
        self.server_ms: dict[str, list[float]] = defaultdict(list)
        self.whole_ms: list[float] = []
        self.answers: Counter[str] = Counter()
        self.calls = 0

    def ask(self, method: str, path: str, **fields: str) -> tuple[str, bytes]:
        """One request; returns where it sends on to, and the page."""
        headers = {"Cookie": self.cookie, "X-CSRFToken": self.token, "Content-Type": "application/x-www-form-urlencoded"}
        began = time.perf_counter()
        try:
            self.connection.request(method, path, urlencode(fields) if fields else None, headers)
            answer = self.connection.getresponse()
            page = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            self.answers[type(error).__name__] += 1
            return "", b""
        self.whole_ms.append((time.perf_counter() - began) * 1000)
        self.answers[str(answer.status)] += 1
        if timed := TIMED.search(answer.headers.get("Server-Timing", "")):
            self.server_ms[f"{method} {CASE.sub('', path).strip('/') or 'case'}"].append(float(timed[1]))
        return answer.headers.get("Location", ""), page

    def work(self, until: float, pause: float, chance: np.random.Generator) -> None:
        time.sleep(float(chance.uniform(0, pause)))
        while time.perf_counter() < until:
            case, _ = self.ask("POST", "/work/take/", next="1")
            if not CASE.fullmatch(case):
                return
            for field, pattern, path in (("intent", CALL, "contact/"), ("attempt", ATTEMPT, "outcome/")):
                _, page = self.ask("GET", case)
                time.sleep(float(chance.uniform(0.5, 1.5)) * pause)
                if (found := pattern.search(page)) is None or time.perf_counter() > until:
                    break
                self.calls += field == "attempt"
                self.ask("POST", case + path, **{field: found[1].decode(), "outcome": str(chance.choice(OUTCOMES))})


def _work(port: int, cookies: list[str], pause: float, seconds: int) -> list[_Collector]:
    found = [_Collector(port, cookie) for cookie in cookies]
    until = time.perf_counter() + seconds
    chances = np.random.default_rng(1).spawn(len(found))
    threads = [
        threading.Thread(target=one.work, args=[until, pause, chance]) for one, chance in zip(found, chances, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _look(port: int, session: str) -> dict[str, tuple[float, float]]:
    """Each of the other pages twice; milliseconds of the server."""
    one = _Collector(port, session)
    for path in OTHERS * 2:
        one.ask("GET", path)
    if set(one.answers) != {"200"}:
        raise UsageError(
            f"pages answered {dict(one.answers)}", where="bench desk", remedy="look at the server's messages above"
        )
    return {path.strip("/"): tuple(one.server_ms[f"GET {path.strip('/')}"]) for path in OTHERS}  # type: ignore[misc]


def _figures(
    found: list[_Collector], others: dict[str, tuple[float, float]], customers: int, entries: int, collectors: int,
    pause: float, seconds: int,
) -> DeskFigures:  # fmt: skip
    pages: dict[str, list[float]] = defaultdict(list)
    for one in found:
        for name, times in one.server_ms.items():
            pages[name] += times
    server = [ms for times in pages.values() for ms in times] or [0.0]
    whole = [ms for one in found for ms in one.whole_ms] or [0.0]
    answers: Counter[str] = sum((one.answers for one in found), Counter())
    errors = sum(n for status, n in answers.items() if status not in ("200", "302"))
    p50, p95 = np.percentile(server, [50, 95])
    return DeskFigures(
        customers, entries, collectors, pause, os.cpu_count() or 1, seconds, answers.total(),
        round(answers.total() / seconds, 1),
        round(float(p50), 1), round(float(p95), 1), round(float(np.percentile(whole, 95)), 1), sum(one.calls for one in found),
        errors, dict(answers), {name: round(float(np.percentile(times, 95)), 1) for name, times in pages.items()},
        others,
    )  # fmt: skip
