"""The desk's commands as a person types them, one bank from the plan to the export.

A process for each would cost more than what it is told to do: most run here, on a server that stays up, and some of every kind
as the program itself.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import duckdb
import psycopg
import pyarrow.parquet as pq
import pytest

from arrears.cli.edge import run
from arrears.desk.server import OWNER, BundledServer
from arrears.feed.contracts import CONTRACTS
from tests.desk.conftest import DAY, Bank

ARREARS = (sys.executable, "-c", "from arrears.cli import main; main()")


def program(*words: object, expect: int = 0) -> str:
    """What the program says, run as a process."""
    command = [*ARREARS, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return said(done.returncode, done.stdout, done.stderr, expect)


def arrears(*words: object, expect: int = 0) -> str:
    """The same of a command that runs in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run([str(word) for word in words])
    return said(code, out.getvalue(), err.getvalue(), expect)


def said(code: int, out: str, err: str, expect: int) -> str:
    assert code == expect, err
    assert "this is a defect" not in err
    return out if expect == 0 else err or out


def kept_up(workspace: Path) -> contextlib.AbstractContextManager[None]:
    """The workspace's server stays up from one command to the next."""
    return BundledServer((workspace / "store").resolve()).in_use()


@pytest.fixture
def at_work(bank: Bank) -> Path:
    """The bank's workspace; every test leaves what it put on the desk."""
    return bank.workspace.path


def test_a_day_of_the_desk(at_work: Path, tmp_path: Path) -> None:
    where, restored = ("--workspace", at_work), ("--workspace", tmp_path / "restored")
    out, saved = tmp_path / "feed", tmp_path / "desk.backup"
    assert "published" in program("publish", "--date", DAY, *where)
    with kept_up(at_work):
        assert "published already" in arrears("publish", "--date", DAY, *where)
        sent = json.loads(program("dispatch", "--at", f"{DAY}T13:00:00+08:00", "--workers", 2, "--json", *where))
        assert sent["fates"]["allowed"] == sent["receipts"]["sent"] > 5
        spooled = list((at_work / "rehearsal").rglob("*.json"))
        assert len(spooled) == sent["receipts"]["sent"]
        assert {path.stat().st_mode & 0o777 for path in spooled} == {0o600}
        again = json.loads(arrears("dispatch", "--at", f"{DAY}T13:00:00+08:00", "--json", *where))
        assert again["receipts"] == {}
        refused = arrears("received", "state", "--customer", "C404", "--flag", "dispute", *where, expect=1)
        assert refused.count("\n") == 1
        assert "the chain is sound" in arrears("ledger", "verify", *where)
        assert "链完好" in program("ledger", "verify", "--lang", "zh", *where)
        assert (at_work / "ledger-anchors.jsonl").exists()
        exported = json.loads(arrears("ledger", "export", "--date", DAY, "--out", out, "--json", *where))
        assert exported["contacts"] == len(spooled)
        rows = pq.read_table(out / "contacts" / "ledger.parquet").to_pylist()
        assert len({row["event_id"][:17] for row in rows}) == 1
        arrears("backup", saved, *where)
        assert saved.stat().st_mode & 0o777 == 0o600
        assert "this store is for rehearsals" in arrears("dispatch", *where, expect=1)
    assert "sound" in program("restore", saved, *restored)
    with kept_up(tmp_path / "restored"):
        assert json.loads(arrears("dispatch", "--at", f"{DAY}T20:00:00+08:00", "--json", *restored)) == {
            "fates": {}, "receipts": {}, "lost": 0
        }, "what may have gone out since the backup does not go out again"  # fmt: skip
        assert "mix two ledgers" in arrears("restore", saved, *restored, expect=1)
        assert json.loads(arrears("ledger", "verify", "--json", *restored))["entries_n"] >= len(spooled)


def test_a_waiting_dispatch_ends_cleanly(at_work: Path) -> None:
    arrears("publish", "--date", DAY, "--workspace", at_work)
    shutil.rmtree(at_work / "rehearsal", ignore_errors=True)
    words = ["dispatch", "--wait", "--at", f"{DAY}T13:00:00+08:00", "--json", "--workspace", str(at_work)]
    child = subprocess.Popen(
        [*ARREARS, *words], stdout=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - no thread runs here
    )  # fmt: skip
    until = time.monotonic() + 60
    while not (at_work / "rehearsal").exists() and time.monotonic() < until:
        time.sleep(0.1)  # its carrier is asked whether it can carry just before the first round
    os.kill(child.pid, signal.SIGINT)
    out, _ = child.communicate(timeout=30)
    assert child.returncode == 0
    assert "fates" in json.loads(out)


class Hearer(BaseHTTPRequestHandler):
    """A system on this machine that takes what it is told."""

    heard: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["type"])
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


def test_another_system_is_told_of_what_was_sent(bank: Bank, tmp_path: Path) -> None:
    place = tmp_path / "workspace"
    shutil.copytree(bank.workspace.path, place, ignore=shutil.ignore_patterns("store", "rehearsal", "*.jsonl"))
    where = ("--workspace", place)
    with HTTPServer(("127.0.0.1", 0), Hearer) as server, kept_up(place):
        arrears("publish", "--date", DAY, *where)
        arrears("dispatch", "--at", f"{DAY}T07:00:00+08:00", "--channel", "letter", *where)  # from here on a rehearsal
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/told"
        secret = json.loads(
            arrears("webhook", "add", "--name", "crm", "--url", url, "--event", "contact.made", "--json", *where)
        )
        assert secret["secret"].startswith("whsec_")
        sent = json.loads(arrears("dispatch", "--at", f"{DAY}T10:00:00+08:00", "--json", *where))["receipts"]["sent"]
        assert json.loads(program("webhook", "deliver", "--json", *where)) == {"told": sent, "failed": 0}
        assert json.loads(arrears("webhook", "deliver", "--json", *where)) == {"told": 0, "failed": 0}
        waiting = subprocess.Popen(
            [*ARREARS, "webhook", "deliver", "--wait", "--json", "--workspace", str(place)], stdout=subprocess.PIPE, text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - no thread runs in it
        )  # fmt: skip
        later = json.loads(arrears("dispatch", "--at", f"{DAY}T13:00:00+08:00", "--json", *where))["receipts"]["sent"]
        until = time.monotonic() + 60
        while len(Hearer.heard) < sent + later and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(3)  # it is surely between two rounds, or begins one
        os.kill(waiting.pid, signal.SIGINT)
        out, _ = waiting.communicate(timeout=30)
        server.shutdown()
    assert waiting.returncode == 0
    assert json.loads(out) == {"told": later, "failed": 0}
    assert Hearer.heard == ["contact.made"] * (sent + later)
    assert sent > 5
    assert later > 0, "so it had begun before it was ended"


@pytest.mark.parametrize("words", [
    ["publish", "--date", "2031-01-01"], ["dispatch", "--at", "nonsense"], ["dispatch", "--channel", "call"],
    ["received", "payment", "--customer", "C1"], ["restore", "nowhere.backup"],
])  # fmt: skip
def test_wrong_words_are_one_line(words: list[str], tmp_path: Path) -> None:
    said = arrears(*words, "--workspace", tmp_path, expect=1 if words[0] in ("publish", "restore") else 2)
    assert said.count("\n") == 1
    assert said.startswith("arrears")


@pytest.mark.slow
def test_what_the_desk_did_comes_into_the_next_days_book(bank: Bank, tmp_path: Path) -> None:
    """Plan, publish, dispatch, export; the next day counts these contacts as the bank's own, and publishing leaves them out."""
    place = tmp_path / "workspace"
    shutil.copytree(bank.workspace.path, place, ignore=shutil.ignore_patterns("store", "spool", "*.jsonl"))
    where, after = ("--workspace", place), DAY + timedelta(days=1)
    program("publish", "--date", DAY, *where)
    sent = json.loads(program("dispatch", "--at", f"{DAY}T13:00:00+08:00", "--json", *where))["receipts"]["sent"]
    feed = tmp_path / "feed"
    for contract in CONTRACTS.values():
        folder = feed / f"date={after}" / contract.name
        folder.mkdir(parents=True)
        (folder / "bank.csv").write_text(",".join(column.name for column in contract.columns) + "\n", encoding="utf-8")
    program("ledger", "export", "--date", DAY, "--out", feed / f"date={after}", *where)
    program("run", "--feed", feed, "--date", after, *where)
    with duckdb.connect() as connection:
        counted = connection.execute(
            "SELECT count(*) FROM read_parquet(?) WHERE event_id LIKE 'LGR-%'",
            [str(place / "feed" / f"date={after}" / "contacts" / "*.parquet")],
        ).fetchone()
    assert counted == (sent,)
    assert sent > 0
    program("publish", "--date", after, *where)
    with (
        BundledServer(place / "store").in_use(),
        psycopg.connect(**BundledServer(place / "store").parameters(OWNER)) as connection,
    ):
        histories = connection.execute("SELECT history FROM standing WHERE business_date = %s", [after]).fetchall()
        ids = {row[0] for row in connection.execute("SELECT DISTINCT customer_id FROM ledger_entry").fetchall()}
        both = connection.execute(
            "SELECT count(*) FROM standing WHERE business_date = %s AND customer_id = ANY(%s)", [after, list(ids)]
        ).fetchone()
    assert histories
    assert both is not None
    told = [event for (text,) in histories for event in json.loads(text) if event["at"].startswith(f"{DAY}T05:00:00")]
    assert told == [], "the ledger tells of them itself"


def test_a_case_by_hand(bank: Bank, tmp_path: Path) -> None:
    place = tmp_path / "workspace"
    shutil.copytree(bank.workspace.path, place, ignore=shutil.ignore_patterns("store", "spool", "*.jsonl"))
    where = ("--workspace", place)
    arrears("publish", "--date", DAY, *where)
    with duckdb.connect() as connection:
        files = str(place / "plan" / f"date={DAY}" / "contacts" / "*.parquet")
        found = connection.execute("SELECT min(customer_id) FROM read_parquet(?)", [files]).fetchone()
    assert found is not None
    who, now = ("--customer", found[0]), ("--at", f"{DAY}T10:00:00+08:00")
    with kept_up(place):
        arrears("case", "reason", *who, "--reason", "lost_income", *now, *where)
        arrears("case", "promise", *who, "--amount", 5000, "--due", DAY + timedelta(days=3), *now, *where)
        payment = ("--id", "X1", "--amount", 5000, "--currency", "CNY", "--at", f"{DAY}T11:00:00+08:00")
        paid = arrears("received", "payment", *who, *payment, *where)
        assert "promise kept" in paid
        plan = ("case", "plan")
        terms = ("--amount", 90000, "--months", 24, "--first-due", DAY + timedelta(days=20))
        offered = arrears(*plan, "offer", *who, *terms, *now, *where)
        assert "to_approve" in offered
        assert "does not approve it" in arrears(*plan, "approve", "--plan", 1, "--as", "manager", *now, *where, expect=1)
        arrears(*plan, "approve", "--plan", 1, "--as", "supervisor", "--by", "sup-1", *now, *where)
        arrears(*plan, "accept", "--plan", 1, *now, *where)
        arrears("case", "matter", *who, "--open", "dispute", *now, *where)
        task = ("case", "task")
        assert "task 1 open" in arrears(*task, *who, "--open", "legal_review", "--due", DAY, "--agent", "lawyer", *now, *where)
        assert "use one of follow_up" in arrears(*task, *who, "--open", "call", "--due", DAY, *now, *where, expect=1)
        assert "either --open or --close" in arrears(*task, *who, *now, *where, expect=2)
        assert "done" in program(*task, "--close", 1, *now, *where)
        assert "closed already" in arrears(*task, "--close", 1, *now, *where, expect=1)
        assert "nothing came due" in arrears("case", "judge", *now, *where)
        shown = json.loads(arrears("case", "show", *who, "--json", *now, *where))
        stands = (shown["ruling"]["state"], shown["next"]["action"], shown["reason"])
        assert stands == ("dispute", "answer_dispute", "lost_income")
        assert [one["state"] for one in shown["plans"]] == ["performing"]
        assert "异议处理中" in program("case", "show", *who, "--lang", "zh", *now, *where)
        assert "closed" in arrears("case", "matter", "--close", 1, "--outcome", "explained", *now, *where)
