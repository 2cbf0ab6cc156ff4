"""`arrears demo` from nothing, and a second time."""

from __future__ import annotations

import json
import socket
from pathlib import Path

from arrears.cli.people import free_port
from tests.cli.conftest import Call

SMALL = ("--accounts", "300", "--days", "2")


def test_demo_tells_the_last_day_and_where_to_look(call: Call, tmp_path: Path) -> None:
    first = call("demo", *SMALL)
    assert (first.code, first.err) == (0, "")
    for said in ("made a simulated bank", "2026-01-06: ", "arrears explain", "Where to look next", "calls, SMS, e-mail"):
        assert said in first.out
    page = tmp_path / "demo" / "workspace" / "report" / "date=2026-01-06" / "index.html"
    assert page.exists() and str(page.relative_to(tmp_path)) in first.out

    again = call("demo", *SMALL, "--json")
    found = json.loads(again.out)
    assert (found["days"], found["desk"]["days"]) == (2, 0), "what was lived through is there already"

    other = call("demo", "--accounts", "301", "--days", "2")
    assert other.code == 2
    assert "this demo was made with --accounts 300" in other.err


def test_demo_does_not_touch_a_folder_of_something_else(call: Call, tmp_path: Path) -> None:
    (tmp_path / "demo" / "workspace").mkdir(parents=True)
    answer = call("demo", *SMALL)
    assert answer.code == 2
    assert "holds something else" in answer.err


def test_a_taken_port_is_no_obstacle(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port("127.0.0.1", port) not in (0, port)
