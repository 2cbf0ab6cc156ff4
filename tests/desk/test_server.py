"""The bundled PostgreSQL: starts by itself, is nobody else's, is stopped by the last, and keeps its data."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from arrears.desk.opening import opened, parameters_of
from arrears.desk.server import OWNER, WORKER, BundledServer, bundled_version
from arrears.errors import StoreError


def test_it_starts_stops_and_keeps_its_data(tmp_path: Path) -> None:
    server = BundledServer(tmp_path / "store")
    assert not server.running()
    with server.in_use():
        assert server.running()
        with psycopg.connect(**server.parameters(OWNER)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
    assert not server.running()
    with server.in_use(), psycopg.connect(**server.parameters(OWNER)) as connection:
        assert connection.execute("SELECT seven FROM kept").fetchone() == (7,)
    assert not server.running()


def test_nobody_else_can_reach_it(tmp_path: Path) -> None:
    server = BundledServer(tmp_path / "store")
    with server.in_use():
        with psycopg.connect(**server.parameters(OWNER)) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
            rights = {
                path: stat.S_IMODE(path.stat().st_mode) for path in (server.folder, Path(server.parameters(OWNER)["host"]))
            }
            secrets = [stat.S_IMODE((server.folder / f"{role}.password").stat().st_mode) for role in (OWNER, WORKER)]
        assert set(rights.values()) == {0o700}
        assert secrets == [0o600, 0o600]
        for role in (OWNER, WORKER):
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(**{**server.parameters(role), "password": "guessed"})


def test_the_last_to_leave_stops_it(tmp_path: Path) -> None:
    server = BundledServer(tmp_path / "store")
    entered, leave = threading.Event(), threading.Event()

    def other() -> None:
        with BundledServer(tmp_path / "store").in_use():
            entered.set()
            leave.wait(30)

    thread = threading.Thread(target=other)
    with server.in_use():
        thread.start()
        assert entered.wait(30)
    assert server.running(), "somebody still uses it"
    leave.set()
    thread.join()
    assert not server.running()


def test_a_killed_user_leaves_nothing_that_hinders_the_next(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from arrears.desk.server import BundledServer\n"
        "with BundledServer(Path(sys.argv[1])).in_use():\n    print('up', flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "store")], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "up\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    server = BundledServer(tmp_path / "store")
    assert server.running(), "nobody was left to stop it"
    with server.in_use(), psycopg.connect(**server.parameters(OWNER)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not server.running()


def test_a_killed_server_recovers(tmp_path: Path) -> None:
    server = BundledServer(tmp_path / "store")
    with server.in_use():
        with psycopg.connect(**server.parameters(OWNER)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
        pid = int((server.data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGKILL)
    for _ in range(200):
        if not server.running():
            break
    with server.in_use(), psycopg.connect(**server.parameters(OWNER)) as connection:
        assert connection.execute("SELECT seven FROM kept").fetchone() == (7,)


def test_data_of_another_version_are_refused(tmp_path: Path) -> None:
    data = tmp_path / "store" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("12\n")
    with pytest.raises(StoreError, match=f"of PostgreSQL 12, and arrears brings {bundled_version()}.*arrears backup"):
        BundledServer(tmp_path / "store").in_use().__enter__()


def test_a_path_with_spaces_and_an_apostrophe(tmp_path: Path) -> None:
    server = BundledServer(tmp_path / "the bank's desk" / "store")
    with server.in_use(), psycopg.connect(**server.parameters(OWNER)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_long_path_gets_its_socket_elsewhere(tmp_path: Path) -> None:
    server = BundledServer(tmp_path / ("deep" * 30) / "store")
    with server.in_use():
        host = server.parameters(OWNER)["host"]
        assert len(host) < 100
        assert stat.S_IMODE(Path(host).stat().st_mode) == 0o700


def test_a_server_of_the_banks_own(tmp_path: Path) -> None:
    server = BundledServer(tmp_path / "store")
    with server.in_use():
        known = server.parameters(OWNER)
        url = f"postgresql://{OWNER}:{known['password']}@/arrears?host={known['host']}&port={known['port']}"
        with opened(tmp_path / "other", {"ARREARS_DATABASE_URL": url}) as store, store.connect() as connection:
            assert connection.execute("SELECT seq FROM ledger_head").fetchone() == (0,)
        assert not (tmp_path / "other").exists(), "no server of its own was made"


def test_a_bad_url_is_refused_without_repeating_it() -> None:
    with pytest.raises(StoreError) as refused:
        parameters_of("mysql://user:hunter2@host/x", "ARREARS_DATABASE_URL")
    assert "hunter2" not in refused.value.line()
    with (
        pytest.raises(StoreError, match="does not answer"),
        opened(Path(), {"ARREARS_DATABASE_URL": "postgresql://nobody:hunter2@127.0.0.1:1/x"}),
    ):
        pass
