"""No code but dispatch's own can send, and none but the ledger's own can write to it: searched for in the source."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

ROOT = Path(__file__).parents[2] / "arrears"
CARRIERS = {
    "smtplib",
    "socket",
    "http",
    "urllib",
    "requests",
    "httpx",
    "aiohttp",
    "ftplib",
    "telnetlib",
    "asyncio",
    "aiosmtplib",
}
"""Modules by which something could leave the house."""
MAY_CARRY = {"channels/", "cli/people.py", "lab/bench_desk.py", "desk/api/delivering.py"}
"""Drivers; who asks whether a port is free; who asks our own pages; who tells other systems of events, in codes alone."""


@functools.cache
def modules() -> list[tuple[str, str, ast.Module]]:
    """Every module: its path, text and tree."""
    texts = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in sorted(ROOT.rglob("*.py"))}
    return [(name, text, ast.parse(text)) for name, text in texts.items()]


def imported(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_only_drivers_could_reach_the_outside() -> None:
    reaching = {
        name for name, _, tree in modules() if {module.split(".")[0] for module in imported(tree)} & CARRIERS
    }  # fmt: skip
    assert {name for name in reaching if not any(name.startswith(may) for may in MAY_CARRY)} == set()


def test_only_sending_calls_a_driver() -> None:
    calls = {
        name
        for name, _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "carry"
    }
    assert calls == {"desk/dispatch/sending.py"}


def test_only_workers_and_the_bench_hold_drivers() -> None:
    holding = {name for name, _, tree in modules() if any(one.startswith("arrears.channels") for one in imported(tree))}
    assert holding == {
        "channels/__init__.py", "channels/spool.py", "desk/dispatch/gatekeeping.py", "desk/dispatch/running.py",
        "desk/dispatch/sending.py", "desk/dispatch/workers.py", "lab/gate_worker.py", "lab/living.py",
    }  # fmt: skip


def test_only_the_gate_makes_what_sending_takes() -> None:
    making = {
        name
        for name, _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Passed", "Message")
    }
    assert making == {"desk/dispatch/gatekeeping.py"}


def test_only_appending_writes_to_the_ledger() -> None:
    writing = {
        name
        for name, text, _ in modules()
        if re.search(r"(INSERT\s+INTO|COPY|UPDATE|DELETE\s+FROM|TRUNCATE)\s+ledger_", text, re.I) and "migrations" not in name
    }
    assert writing == {"desk/ledger/appending.py", "desk/saving.py", "lab/bench_desk.py"}, (
        "a restore gives the ledger another identity, no entry; the bench fills one of its own as only the tables' owner can"
    )


def test_only_dispatch_moves_a_contact() -> None:
    moving = {name for name, text, _ in modules() if re.search(r"UPDATE\s+intent\b", text)}
    assert moving == {"desk/dispatch/gatekeeping.py", "desk/dispatch/sending.py", "desk/saving.py"}, (
        "a restore ends, never begins"
    )
