"""`arrears demo` from nothing, a second time, and its page in a browser's eyes."""

from __future__ import annotations

import json
import threading
from http.client import HTTPConnection
from pathlib import Path

from arrears.cli.serving import ADDRESS, server_of
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
    assert json.loads(again.out)["days"] == 2

    other = call("demo", "--accounts", "301", "--days", "2")
    assert other.code == 2
    assert "this demo was made with --accounts 300" in other.err


def test_demo_does_not_touch_a_folder_of_something_else(call: Call, tmp_path: Path) -> None:
    (tmp_path / "demo" / "workspace").mkdir(parents=True)
    answer = call("demo", *SMALL)
    assert answer.code == 2
    assert "holds something else" in answer.err


def test_a_taken_port_is_no_obstacle_and_the_page_is_served(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("the report")
    with server_of(tmp_path, 0) as first, server_of(tmp_path, first.server_port) as second:
        assert second.server_port != first.server_port
        threading.Thread(target=second.serve_forever, daemon=True).start()
        connection = HTTPConnection(ADDRESS, second.server_port, timeout=10)
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"the report"
        connection.close()
        second.shutdown()
